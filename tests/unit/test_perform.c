#include "gen/base/mathx.h"
#include "gen/perform/performance.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

// ---- A score made by hand: 120 BPM, 4/4, a bar lasts two seconds ------------

enum {
  RATE      = 48000,
  BAR       = 4 * CS_TICKS_PER_QUARTER,
  N_BARS    = 25,
  MAX_NOTES = 1024,
};

enum { PIANO, VIOLIN, BASS, PAD, KIT, N_TRACKS };

static CsInstrument instruments[] = {
    {.name = "piano", .program = 0, .attack_ms = 5.0},
    {.name         = "violin",
        .program   = 40,
        .attack_ms = 200.0,
        .sustain   = CS_SUSTAIN_HELD},
    {.name = "bass", .program = 33, .attack_ms = 8.0},
    {.name         = "warm pad",
        .program   = 89,
        .attack_ms = 400.0,
        .sustain   = CS_SUSTAIN_HELD},
};

static CsStyle styles[] = {
    {.name = "straight", .swing = 0.5, .swing_unit = 8, .humanise = 1.0},
    {.name = "swung", .swing = 0.66, .swing_unit = 8, .humanise = 0.0},
    {.name = "exact", .swing = 0.5, .swing_unit = 8, .humanise = 0.0},
};

static const CsPresets presets = {.instruments = instruments,
    .n_instruments = sizeof instruments / sizeof *instruments,
    .styles        = styles,
    .n_styles      = sizeof styles / sizeof *styles};

typedef struct Scene {
  CsArena *arena;
  CsPlan plan;
  CsTempo tempo;
  CsSection sections[4];
  CsTrack tracks[N_TRACKS];
  CsSpan silence;
  CsTimeline *timeline;
  CsScore score;
  CsPart parts[N_TRACKS];
  CsNote notes[N_TRACKS][MAX_NOTES];
} Scene;

static const char *chord_texts[N_BARS] = {"I", "V", "vi", "IV", "I", "V", "vi",
    "IV", "I", "V", "vi", "IV", "I", "V", "vi", "IV", "I", "V", "vi", "IV", "I",
    "V", "vi", "V", "I"};

static void
set_section(CsSection *s, const char *name, CsSectionKind kind, int first,
    int n, double from, double to)
{
  *s = (CsSection){.name = name,
      .kind              = kind,
      .first_bar         = first,
      .n_bars            = n,
      .energy            = {from, to},
      .chords            = {&chord_texts[first], (size_t)n}};
}

static Scene *
scene_new(const char *style)
{
  static const CsTrack tracks[N_TRACKS] = {
      [PIANO]  = {.role = CS_ROLE_CHORDS, .program = 0, .seed = 11},
      [VIOLIN] = {.role = CS_ROLE_MELODY, .program = 40, .seed = 12},
      [BASS]   = {.role = CS_ROLE_BASS, .program = 33, .seed = 13},
      [PAD]    = {.role = CS_ROLE_PAD, .program = 89, .seed = 14},
      [KIT]    = {.role = CS_ROLE_DRUMS, .bank = 128, .seed = 15},
  };
  Scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->arena = cs_arena_new(NULL);
  s->tempo = (CsTempo){.bpm = 120.0};
  memcpy(s->tracks, tracks, sizeof tracks);
  set_section(&s->sections[0], "A", CS_SECTION_A, 0, 8, 0.4, 0.5);
  set_section(&s->sections[1], "build", CS_SECTION_BUILD, 8, 8, 0.45, 0.9);
  set_section(&s->sections[2], "climax", CS_SECTION_CLIMAX, 16, 8, 1.0, 1.0);
  set_section(&s->sections[3], "end", CS_SECTION_END, 24, 1, 1.0, 1.0);
  s->plan = (CsPlan){.seed = 7,
      .function            = CS_THEMATIC,
      .style               = style,
      .key                 = {2, CS_MAJOR},
      .meter               = {4, 4},
      .duration_s          = 50.5,
      .n_frames            = 50 * RATE + RATE / 2,
      .sample_rate         = RATE,
      .ring_out_s          = 2.5,
      .n_bars              = N_BARS,
      .tempos              = &s->tempo,
      .n_tempos            = 1,
      .sections            = s->sections,
      .n_sections          = 4,
      .tracks              = s->tracks,
      .n_tracks            = N_TRACKS,
      .ending              = CS_ENDING_RING};
  for (size_t i = 0; i < N_TRACKS; i++)
    s->parts[i] = (CsPart){s->notes[i], 0, MAX_NOTES};
  s->score = (CsScore){&s->plan, NULL, s->parts, N_TRACKS};
  return s;
}

static void
scene_free(Scene *s)
{
  cs_arena_free(s->arena);
  free(s);
}

static void
add(Scene *s, size_t track, int64_t start, int64_t n_ticks, int key)
{
  CsPart *part = &s->parts[track];
  assert_true(part->n_notes < MAX_NOTES);
  part->notes[part->n_notes++] = (CsNote){.start_tick = start,
      .n_ticks                                        = n_ticks,
      .key                                            = (uint8_t)key,
      .velocity                                       = 80};
}

/// Eighths on piano, bass and hat, a tune in quarters, a chord per bar.
static void
add_music(Scene *s)
{
  for (int bar = 0; bar < N_BARS - 1; bar++) {
    for (int e = 0; e < 8; e++) {
      const int64_t tick = bar * BAR + e * BAR / 8;
      for (int k = 0; k < 3; k++)
        add(s, PIANO, tick, BAR / 8, 60 + 4 * k);
      add(s, BASS, tick, BAR / 8, 38);
      add(s, KIT, tick, BAR / 16, 42);
      if (e % 2 == 0)
        add(s, VIOLIN, tick, BAR / 4, 72 + (bar + e) % 5);
    }
    for (int k = 0; k < 4; k++)
      add(s, PAD, bar * BAR, BAR, 55 + 4 * k + bar % 2);
  }
  add(s, PIANO, (N_BARS - 1) * BAR, BAR, 62);
  add(s, PAD, (N_BARS - 1) * BAR, BAR, 62);
}

static CsPerformance *
perform(Scene *s)
{
  CsPerformance *p = NULL;
  assert_int_equal(cs_timeline_make(s->arena, &s->plan, &s->timeline), CS_OK);
  s->score.timeline = s->timeline;
  assert_int_equal(cs_perform(s->arena, &presets, &s->score, &p), CS_OK);
  return p;
}

/// How late, in ms, the nth note of a track comes against its tick.
static double
lateness_ms(const Scene *s, const CsPerformance *p, size_t track, size_t nth)
{
  size_t n = 0;
  for (size_t i = 0; i < p->n_notes; i++) {
    if (p->notes[i].track != track || n++ != nth)
      continue;
    const int64_t tick = s->notes[track][nth].start_tick;
    const double meant = cs_seconds_of_tick(s->timeline, (double)tick);
    return 1000.0 * ((double)p->notes[i].on_frame / RATE - meant);
  }
  fail_msg("track %zu has no note %zu", track, nth);
  return 0.0;
}

static double
gain_at(const CsPerformance *p, size_t track, double second)
{
  return cs_track_gain_db(
      &p->tracks[track], (int64_t)floor(second * RATE + 0.5));
}

// ---- Notes ------------------------------------------------------------------

static void
test_notes_lie_on_the_grid_in_order_and_never_overlap_on_a_key(void **state)
{
  (void)state;
  static const CsEnding endings[] = {CS_ENDING_RING, CS_ENDING_CUT,
      CS_ENDING_LOOP, CS_ENDING_FADE, CS_ENDING_BUTTON};
  for (size_t e = 0; e < sizeof endings / sizeof *endings; e++) {
    Scene *s       = scene_new("straight");
    s->plan.ending = endings[e];
    add_music(s);
    const CsPerformance *p = perform(s);
    int64_t last_off[N_TRACKS][128];
    for (size_t t = 0; t < N_TRACKS; t++)
      for (size_t k = 0; k < 128; k++)
        last_off[t][k] = INT64_MIN;
    for (size_t i = 0; i < p->n_notes; i++) {
      const CsPlayedNote *n = &p->notes[i];
      assert_int_equal(n->on_frame % CS_GRID_FRAMES, 0);
      assert_int_equal(n->off_frame % CS_GRID_FRAMES, 0);
      assert_true(n->off_frame > n->on_frame);
      assert_true(n->on_frame >= -p->n_preroll_frames);
      assert_true(n->on_frame < p->n_frames);
      assert_true(n->velocity >= 1 && n->velocity <= 127);
      assert_true(i == 0 || n->on_frame >= n[-1].on_frame);
      assert_true(n->on_frame >= last_off[n->track][n->key]);
      last_off[n->track][n->key] = n->off_frame;
    }
    scene_free(s);
  }
}

static void
test_a_repeated_key_is_let_go_before_it_is_struck_again(void **state)
{
  (void)state;
  Scene *s = scene_new("exact");
  add(s, PIANO, 0, BAR / 4, 60);
  add(s, PIANO, BAR / 4, BAR / 4, 60);
  const CsPerformance *p = perform(s);
  const double gap_ms =
      1000.0 * (double)(p->notes[1].on_frame - p->notes[0].off_frame) / RATE;
  assert_true(gap_ms >= 20.0 && gap_ms <= 35.0);
  scene_free(s);
}

static void
test_the_same_score_is_played_the_same_way_twice(void **state)
{
  (void)state;
  Scene *a = scene_new("straight"), *b = scene_new("straight");
  const char *first = NULL, *second = NULL;
  add_music(a);
  add_music(b);
  assert_int_equal(cs_performance_dump(a->arena, perform(a), &first), CS_OK);
  assert_int_equal(cs_performance_dump(b->arena, perform(b), &second), CS_OK);
  assert_true(strlen(first) > 1000);
  assert_string_equal(first, second);
  scene_free(a);
  scene_free(b);
}

static void
test_changing_one_track_leaves_the_others_as_they_were(void **state)
{
  (void)state;
  Scene *a = scene_new("straight"), *b = scene_new("straight");
  add_music(a);
  add_music(b);
  b->tracks[KIT].seed = 999;
  for (size_t i = 0; i < b->parts[KIT].n_notes; i++)
    b->notes[KIT][i].key = 38;
  const CsPerformance *p = perform(a), *q = perform(b);
  size_t k = 0, n_moved = 0;
  for (size_t i = 0; i < p->n_notes; i++) {
    if (p->notes[i].track == KIT)
      continue;
    while (k < q->n_notes && q->notes[k].track == KIT)
      k++;
    assert_true(k < q->n_notes);
    assert_memory_equal(&p->notes[i], &q->notes[k], sizeof *p->notes);
    k++;
  }
  for (size_t i = 1; i < 50; i++)
    n_moved += lateness_ms(a, p, KIT, i) != lateness_ms(b, q, KIT, i);
  assert_true(n_moved > 10);
  scene_free(a);
  scene_free(b);
}

static void *
get_until_refused(void *user, size_t n_bytes)
{
  int *n_left = user;
  return (*n_left)-- > 0 ? malloc(n_bytes) : NULL;
}

static void
give_back(void *user, void *chunk)
{
  (void)user;
  free(chunk);
}

static void
test_refused_memory_is_an_error_wherever_it_happens(void **state)
{
  (void)state;
  Scene *s       = scene_new("straight");
  s->plan.ending = CS_ENDING_LOOP;
  add_music(s);
  assert_int_equal(cs_timeline_make(s->arena, &s->plan, &s->timeline), CS_OK);
  s->score.timeline = s->timeline;
  CsStatus status   = CS_ERR_MEMORY;
  for (int n = 1; status != CS_OK; n++) {
    int n_left               = n;
    const CsAllocator stingy = {get_until_refused, give_back, &n_left};
    CsArena *arena           = cs_arena_new(&stingy);
    CsPerformance *p         = NULL;
    if (arena == NULL)
      continue;
    status = cs_perform(arena, &presets, &s->score, &p);
    assert_true(status == CS_OK || status == CS_ERR_MEMORY);
    assert_true(n < 1000);
    cs_arena_free(arena);
  }
  scene_free(s);
}

// ---- Timing -----------------------------------------------------------------

static void
test_deviations_are_as_wide_as_the_role_allows_and_capped(void **state)
{
  (void)state;
  static const struct {
    size_t track;
    double least, most;
  } rows[] = {{KIT, 2.5, 5.5}, {BASS, 3.5, 6.5}};
  Scene *s = scene_new("straight");
  add_music(s);
  const CsPerformance *p = perform(s);
  for (size_t r = 0; r < 2; r++) {
    const size_t n = s->parts[rows[r].track].n_notes;
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
      const double ms = lateness_ms(s, p, rows[r].track, i);
      assert_true(fabs(ms) <= 20.7); // 20 and half a grid step.
      sum += ms;
      squares += ms * ms;
    }
    const double mean = sum / (double)n;
    const double sd   = sqrt(squares / (double)n - mean * mean);
    if (sd < rows[r].least || sd > rows[r].most)
      fail_msg("track %zu deviates by %g ms", rows[r].track, sd);
  }
  scene_free(s);
}

static void
test_tracks_share_about_six_tenths_of_the_variance(void **state)
{
  (void)state;
  Scene *s = scene_new("straight");
  add_music(s);
  const CsPerformance *p = perform(s);
  const size_t n         = s->parts[BASS].n_notes;
  double xx = 0.0, yy = 0.0, xy = 0.0, mx = 0.0, my = 0.0;
  for (size_t i = 0; i < n; i++) {
    mx += lateness_ms(s, p, BASS, i) / (double)n;
    my += lateness_ms(s, p, KIT, i) / (double)n;
  }
  for (size_t i = 0; i < n; i++) {
    const double x = lateness_ms(s, p, BASS, i) - mx;
    const double y = lateness_ms(s, p, KIT, i) - my;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  const double shared = xy / sqrt(xx * yy);
  if (shared < 0.4 || shared > 0.8)
    fail_msg("correlation %g", shared);
  scene_free(s);
}

static void
test_notes_struck_together_stay_within_their_spread(void **state)
{
  (void)state;
  Scene *s = scene_new("straight");
  add_music(s);
  const CsPerformance *p = perform(s);
  int64_t low            = 0;
  size_t n               = 0;
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *note = &p->notes[i];
    if (note->track != PIANO || note->on_frame > 46 * RATE)
      continue;
    if (note->key == 60)
      low = note->on_frame;
    if (note->key == 68 && note->on_frame >= low) {
      assert_true(note->on_frame - low <= RATE / 100);
      n++;
    }
  }
  assert_true(n > 150);
  scene_free(s);
}

static void
test_the_first_onset_is_exact_and_the_last_downbeat_nearly(void **state)
{
  (void)state;
  for (uint64_t seed = 0; seed < 20; seed++) {
    Scene *s     = scene_new("straight");
    s->plan.seed = seed;
    add_music(s);
    const CsPerformance *p = perform(s);
    assert_int_equal(p->notes[0].on_frame, 0);
    const double late = lateness_ms(s, p, PIANO, s->parts[PIANO].n_notes - 1);
    assert_true(fabs(late) <= 10.0);
    scene_free(s);
  }
}

static void
test_swing_bends_the_off_beats_and_triplets_meet_them(void **state)
{
  (void)state;
  Scene *s = scene_new("swung");
  add(s, BASS, BAR, 240, 40);       // on the beat
  add(s, BASS, BAR + 480, 240, 40); // the off-beat: 0.66 of a beat
  add(s, BASS, BAR + 960 + 320, 100, 40);
  add(s, BASS, BAR + 960 + 640, 100, 40);
  const CsPerformance *p  = perform(s);
  const double wanted_s[] = {2.0, 2.33, 2.5 + 0.5 / 3, 2.5 + 0.33};
  for (size_t i = 0; i < 4; i++)
    assert_true(
        fabs((double)p->notes[i].on_frame / RATE - wanted_s[i]) < 0.001);
  scene_free(s);
}

static void
test_a_slow_sound_is_started_early_unless_the_chord_changes(void **state)
{
  (void)state;
  Scene *s = scene_new("exact");
  add(s, PIANO, 0, 960, 60);
  add(s, VIOLIN, BAR + 960, 960, 76);
  add(s, PAD, BAR, 960, 60);
  add(s, PAD, BAR + 960, 960, 60);
  const CsPerformance *p = perform(s);
  assert_true(fabs(lateness_ms(s, p, VIOLIN, 0) + 120.0) < 1.0);
  assert_true(fabs(lateness_ms(s, p, PAD, 0)) < 1.0);
  assert_true(fabs(lateness_ms(s, p, PAD, 1) + 120.0) < 1.0);
  scene_free(s);
}

static void
test_a_strum_keeps_the_offsets_that_were_written(void **state)
{
  (void)state;
  Scene *s = scene_new("exact");
  for (int k = 0; k < 3; k++) {
    add(s, PIANO, BAR, 960, 60 + 4 * k);
    s->notes[PIANO][k].delay_ms = (float)(15 * k);
  }
  const CsPerformance *p = perform(s);
  for (size_t k = 0; k < 3; k++)
    assert_true(fabs(lateness_ms(s, p, PIANO, k) - 15.0 * (double)k) < 0.7);
  scene_free(s);
}

// ---- Dynamics ---------------------------------------------------------------

static void
test_velocities_vary_a_little_and_never_repeat_for_long(void **state)
{
  (void)state;
  Scene *s = scene_new("straight");
  add_music(s);
  const CsPerformance *p = perform(s);
  for (size_t t = 0; t < N_TRACKS; t++) {
    double sum = 0.0, squares = 0.0;
    int n = 0, run = 0, last = 0;
    for (size_t i = 0; i < p->n_notes; i++) {
      if (p->notes[i].track != t)
        continue;
      const int v = p->notes[i].velocity;
      run         = v == last ? run + 1 : 1;
      last        = v;
      assert_true(run <= 8);
      sum += v;
      squares += (double)v * v;
      n++;
    }
    const double mean = sum / n, sd = sqrt(squares / n - mean * mean);
    if (sd < 3.5 || sd > 12.0)
      fail_msg("track %zu has velocity deviation %g", t, sd);
  }
  scene_free(s);
}

static void
test_an_underscore_stays_under_velocity_75(void **state)
{
  (void)state;
  Scene *s         = scene_new("straight");
  s->plan.function = CS_UNDERSCORE;
  add_music(s);
  const CsPerformance *p = perform(s);
  for (size_t i = 0; i < p->n_notes; i++)
    assert_in_range(p->notes[i].velocity, 1, 75);
  scene_free(s);
}

static void
test_a_tune_is_loudest_in_the_middle_of_its_phrase(void **state)
{
  (void)state;
  double ends = 0.0, middle = 0.0;
  for (uint64_t seed = 0; seed < 30; seed++) {
    Scene *s               = scene_new("exact");
    s->tracks[VIOLIN].seed = seed;
    for (int i = 0; i < 9; i++)
      add(s, VIOLIN, i * 960, 900, 72);
    const CsPerformance *p = perform(s);
    middle += p->notes[3].velocity + p->notes[5].velocity;
    ends += p->notes[1].velocity + p->notes[7].velocity;
    scene_free(s);
  }
  assert_true(middle > ends);
}

// ---- Gain curves ------------------------------------------------------------

static void
test_gain_points_rise_in_time_and_curves_have_no_jumps(void **state)
{
  (void)state;
  static const CsEnding endings[] = {CS_ENDING_RING, CS_ENDING_LOOP};
  for (size_t e = 0; e < 2; e++) {
    Scene *s       = scene_new("straight");
    s->plan.ending = endings[e];
    add_music(s);
    const CsPerformance *p = perform(s);
    for (size_t t = 0; t < p->n_tracks; t++) {
      const CsPlayedTrack *track = &p->tracks[t];
      assert_true(track->n_gains > 0);
      for (size_t i = 1; i < track->n_gains; i++)
        assert_true(track->gains[i].frame > track->gains[i - 1].frame);
      for (int64_t f = -p->n_preroll_frames; f < p->n_frames; f += 64)
        assert_true(fabs(cs_track_gain_db(track, f + 64) -
                         cs_track_gain_db(track, f)) < 0.5);
    }
    scene_free(s);
  }
}

static void
test_a_build_rises_five_to_nine_db_and_ever_faster(void **state)
{
  (void)state;
  Scene *s = scene_new("exact");
  add_music(s);
  const CsPerformance *p = perform(s);
  const double start     = gain_at(p, BASS, 16.01);
  const double middle    = gain_at(p, BASS, 24.0);
  const double end       = gain_at(p, BASS, 31.9);
  assert_true(end - start >= 5.0 && end - start <= 9.0);
  assert_true(middle - start < end - middle - 1.0);
  assert_true(gain_at(p, BASS, 33.0) >= end);
  scene_free(s);
}

static void
test_a_climax_with_less_power_than_the_build_before_it_is_raised(void **state)
{
  (void)state;
  enum { LAST = 15, ROLL = 32 };
  double under_climax_db[2];
  for (int i = 0; i < 2; i++) {
    Scene *s         = scene_new("exact");
    s->plan.n_tracks = s->score.n_parts = 1;
    s->tracks[0]                        = s->tracks[KIT];
    for (int beat = 0; beat < 4 * N_BARS; beat++) {
      const int n = i == 1 && beat / 4 == LAST ? ROLL / 4 : 1;
      for (int k = 0; k < n; k++)
        add(s, 0, (beat * ROLL / 4 + k) * BAR / ROLL, BAR / ROLL, 38);
    }
    const CsPerformance *p = perform(s);
    under_climax_db[i]     = gain_at(p, 0, 33.0) - gain_at(p, 0, 31.9);
    scene_free(s);
  }
  // Eight times the strokes have 9 dB more power; 3 dB can be made good.
  assert_true(under_climax_db[0] > 0.0);
  assert_true(fabs(under_climax_db[1] - under_climax_db[0] - 3.0) < 0.1);
}

/// Bars of the second of two sections, an octave of events thinner than add's.
static void
thin_out(Scene *s, int first_bar)
{
  for (size_t t = 0; t < N_TRACKS; t++) {
    size_t n = 0;
    for (size_t i = 0; i < s->parts[t].n_notes; i++) {
      const CsNote note = s->notes[t][i];
      if (note.start_tick < first_bar * BAR || note.start_tick % (BAR / 4) == 0)
        s->notes[t][n++] = note;
    }
    s->parts[t].n_notes = n;
  }
}

static void
test_a_thin_section_of_more_energy_is_played_up(void **state)
{
  (void)state;
  double step_db[2];
  for (int i = 0; i < 2; i++) {
    Scene *s = scene_new("exact");
    set_section(&s->sections[0], "A", CS_SECTION_A, 0, 8, 0.45, 0.45);
    set_section(&s->sections[1], "A'", CS_SECTION_A2, 8, 8, 0.55, 0.55);
    set_section(&s->sections[2], "B", CS_SECTION_B, 16, 8, 0.9, 0.9);
    add_music(s);
    if (i == 1)
      thin_out(s, 8);
    const CsPerformance *p = perform(s);
    step_db[i]             = gain_at(p, BASS, 20.0) - gain_at(p, BASS, 4.0);
    scene_free(s);
  }
  assert_true(step_db[0] > 0.5);
  assert_true(step_db[1] > step_db[0] + 2.0);
  assert_true(step_db[1] < step_db[0] + 8.0);
}

static void
test_a_bed_keeps_its_level(void **state)
{
  (void)state;
  Scene *s            = scene_new("exact");
  s->plan.function    = CS_BED;
  s->sections[1].kind = CS_SECTION_B;
  s->sections[2].kind = CS_SECTION_A2;
  add_music(s);
  for (size_t i = 0; i < 4; i++)
    s->sections[i].energy[0] = s->sections[i].energy[1] =
        0.35 + 0.1 * (double)i;
  const CsPerformance *p = perform(s);
  double low = 99.0, high = -99.0;
  for (double t = 0.0; t < 47.5; t += 0.1) {
    low  = fmin(low, gain_at(p, BASS, t));
    high = fmax(high, gain_at(p, BASS, t));
  }
  assert_true(high - low <= 1.5);
  assert_true(high - low > 0.3);
  scene_free(s);
}

static void
test_pads_swell_within_each_chord_and_others_do_not(void **state)
{
  (void)state;
  Scene *s = scene_new("exact");
  add_music(s);
  const CsPerformance *p = perform(s);
  const double pad       = gain_at(p, PAD, 5.0) - gain_at(p, PAD, 4.01);
  const double bass      = gain_at(p, BASS, 5.0) - gain_at(p, BASS, 4.01);
  assert_true(pad > 2.5 && pad < 5.0);
  assert_true(fabs(bass) < 0.3);
  assert_true(gain_at(p, PAD, 5.0) - gain_at(p, PAD, 5.9) > 1.5);
  scene_free(s);
}

static void
test_the_ring_out_dies_away_before_the_end(void **state)
{
  (void)state;
  Scene *s = scene_new("exact");
  add_music(s);
  const CsPerformance *p = perform(s);
  assert_true(fabs(gain_at(p, BASS, 48.9) - gain_at(p, BASS, 48.1)) < 0.1);
  assert_true(gain_at(p, BASS, 50.4) < gain_at(p, BASS, 48.5) - 40.0);
  for (size_t i = 0; i < p->n_notes; i++)
    assert_true(p->notes[i].off_frame <= 50 * RATE);
  scene_free(s);
}

static void
test_even_a_short_ring_out_is_over_seventy_ms_before_the_end(void **state)
{
  (void)state;
  Scene *s           = scene_new("exact");
  s->plan.ring_out_s = 0.4;
  add_music(s);
  const CsPerformance *p = perform(s);
  const double before    = gain_at(p, BASS, 50.2);
  assert_true(gain_at(p, BASS, 50.5 - 0.07) <= before - 55.0);
  assert_true(gain_at(p, BASS, 50.5) <= before - 55.0);
  scene_free(s);
}

static void
test_a_silence_is_silent(void **state)
{
  (void)state;
  Scene *s           = scene_new("straight");
  s->silence         = (CsSpan){10.0, 11.0};
  s->plan.silences   = &s->silence;
  s->plan.n_silences = 1;
  add_music(s);
  const CsPerformance *p = perform(s);
  for (double t = 10.0; t < 10.99; t += 0.01)
    assert_true(gain_at(p, PIANO, t) <= -150.0);
  assert_true(gain_at(p, PIANO, 9.95) > -20.0);
  assert_true(gain_at(p, PIANO, 11.0) > -20.0);
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *n = &p->notes[i];
    assert_true(n->on_frame < 10 * RATE ? n->off_frame <= 10 * RATE
                                        : n->on_frame >= 11 * RATE);
  }
  scene_free(s);
}

static void
test_chords_of_many_notes_are_turned_down(void **state)
{
  (void)state;
  Scene *s = scene_new("exact");
  add_music(s);
  const CsPerformance *p = perform(s);
  // By the usual voices of a chord part (3.5), whatever this one holds.
  const double difference = gain_at(p, BASS, 1.0) - gain_at(p, PIANO, 1.0);
  assert_true(fabs(difference - 7.0 * log10(3.5)) < 0.2);
  scene_free(s);
}

// ---- Loops ------------------------------------------------------------------

static void
test_a_loop_begins_with_the_notes_of_its_own_end(void **state)
{
  (void)state;
  Scene *s           = scene_new("straight");
  s->plan.ending     = CS_ENDING_LOOP;
  s->plan.n_frames   = (uint64_t)(2 * (N_BARS - 1) * RATE);
  s->plan.duration_s = 2.0 * (N_BARS - 1);
  s->plan.n_bars     = N_BARS - 1;
  s->plan.n_sections = 3;
  s->plan.ring_out_s = 0.0;
  add_music(s);
  s->parts[PIANO].n_notes--;
  s->parts[PAD].n_notes--;
  const CsPerformance *p = perform(s);
  assert_true(p->n_preroll_frames >= 8 * RATE - 64);
  assert_int_equal(p->n_preroll_frames % CS_GRID_FRAMES, 0);
  size_t n_before = 0, n_last = 0;
  for (size_t i = 0; i < p->n_notes; i++) {
    const CsPlayedNote *n = &p->notes[i];
    n_before += n->on_frame < 0 && n->on_frame >= -4 * RATE;
    n_last += n->on_frame >= p->n_frames - 4 * RATE;
  }
  assert_true(n_before > 50);
  assert_int_equal(n_before, n_last);
  for (int64_t f = -4 * RATE; f < 0; f += 480)
    assert_true(
        fabs(cs_track_gain_db(&p->tracks[PAD], f) -
             cs_track_gain_db(&p->tracks[PAD], f + p->n_frames)) < 0.05);
  scene_free(s);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(
          test_notes_lie_on_the_grid_in_order_and_never_overlap_on_a_key),
      cmocka_unit_test(test_a_repeated_key_is_let_go_before_it_is_struck_again),
      cmocka_unit_test(test_the_same_score_is_played_the_same_way_twice),
      cmocka_unit_test(test_changing_one_track_leaves_the_others_as_they_were),
      cmocka_unit_test(test_refused_memory_is_an_error_wherever_it_happens),
      cmocka_unit_test(
          test_deviations_are_as_wide_as_the_role_allows_and_capped),
      cmocka_unit_test(test_tracks_share_about_six_tenths_of_the_variance),
      cmocka_unit_test(test_notes_struck_together_stay_within_their_spread),
      cmocka_unit_test(
          test_the_first_onset_is_exact_and_the_last_downbeat_nearly),
      cmocka_unit_test(test_swing_bends_the_off_beats_and_triplets_meet_them),
      cmocka_unit_test(
          test_a_slow_sound_is_started_early_unless_the_chord_changes),
      cmocka_unit_test(test_a_strum_keeps_the_offsets_that_were_written),
      cmocka_unit_test(test_velocities_vary_a_little_and_never_repeat_for_long),
      cmocka_unit_test(test_an_underscore_stays_under_velocity_75),
      cmocka_unit_test(test_a_tune_is_loudest_in_the_middle_of_its_phrase),
      cmocka_unit_test(test_gain_points_rise_in_time_and_curves_have_no_jumps),
      cmocka_unit_test(test_a_build_rises_five_to_nine_db_and_ever_faster),
      cmocka_unit_test(
          test_a_climax_with_less_power_than_the_build_before_it_is_raised),
      cmocka_unit_test(test_a_thin_section_of_more_energy_is_played_up),
      cmocka_unit_test(test_a_bed_keeps_its_level),
      cmocka_unit_test(test_pads_swell_within_each_chord_and_others_do_not),
      cmocka_unit_test(test_the_ring_out_dies_away_before_the_end),
      cmocka_unit_test(
          test_even_a_short_ring_out_is_over_seventy_ms_before_the_end),
      cmocka_unit_test(test_a_silence_is_silent),
      cmocka_unit_test(test_chords_of_many_notes_are_turned_down),
      cmocka_unit_test(test_a_loop_begins_with_the_notes_of_its_own_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
