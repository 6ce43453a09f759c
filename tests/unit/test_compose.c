#include "tests/unit/compose_fixture.h"

#include "gen/base/mathx.h"

#include <stdlib.h>
#include <time.h>

static const CsFunction functions[] = {
    CS_UNDERSCORE, CS_BED, CS_STINGER, CS_THEMATIC, CS_AMBIENT};

enum { N_SEEDS = 12 };

/// Asked of every note of a part.
typedef void CheckNote(
    const Fixture *f, const CsScore *score, size_t part, const CsNote *note);

static void
check_every_note(Fixture *f, CheckNote *check)
{
  const CsScore *score = fixture_compose(f);
  for (size_t i = 0; i < score->n_parts; i++) {
    assert_true(score->parts[i].n_notes > 0);
    for (size_t k = 0; k < score->parts[i].n_notes; k++)
      check(f, score, i, &score->parts[i].notes[k]);
  }
}

static void
check_over_seeds(CheckNote *check)
{
  for (size_t i = 0; i < COUNT_OF(functions); i++)
    for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
      Fixture f = fixture_new(functions[i], seed);
      check_every_note(&f, check);
      fixture_free(&f);
    }
}

/// The first part of a role; an empty one where the plan has none.
static const CsPart *
part_of_role(const CsScore *score, CsRole role)
{
  static const CsPart none = {0};
  for (size_t i = 0; i < score->n_parts; i++)
    if (score->plan->tracks[i].role == role)
      return &score->parts[i];
  return &none;
}

static int64_t
end_of(const CsNote *note)
{
  return note->start_tick + note->n_ticks;
}

// --- Notes ------------------------------------------------------------------

static void
is_in_range(
    const Fixture *f, const CsScore *score, size_t part, const CsNote *note)
{
  (void)score;
  const CsTrack *track = &f->plan->tracks[part];
  assert_in_range(note->key, track->range[0], track->range[1]);
}

static void
test_notes_stay_in_their_tracks_range(void **state)
{
  (void)state;
  check_over_seeds(is_in_range);
}

static void
ends_in_time(
    const Fixture *f, const CsScore *score, size_t part, const CsNote *note)
{
  (void)part;
  assert_true(note->start_tick >= 0 && note->n_ticks > 0);
  assert_true(
      end_of(note) <= cs_tick_of_seconds(score->timeline, f->plan->duration_s));
}

static void
test_every_note_ends_before_the_file_does(void **state)
{
  (void)state;
  check_over_seeds(ends_in_time);
}

static void
test_no_key_is_struck_while_it_sounds(void **state)
{
  (void)state;
  for (size_t i = 0; i < COUNT_OF(functions); i++)
    for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
      Fixture f            = fixture_new(functions[i], seed);
      const CsScore *score = fixture_compose(&f);
      for (size_t p = 0; p < score->n_parts; p++) {
        int64_t free_from[128] = {0};
        for (size_t k = 0; k < score->parts[p].n_notes; k++) {
          const CsNote *note = &score->parts[p].notes[k];
          assert_true(note->start_tick >= free_from[note->key]);
          free_from[note->key] = end_of(note);
        }
      }
      fixture_free(&f);
    }
}

static void
test_nothing_sounds_in_an_asked_silence(void **state)
{
  (void)state;
  for (size_t i = 0; i < COUNT_OF(functions); i++)
    for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
      Fixture f            = fixture_new(functions[i], seed);
      CsSpan silences[]    = {{13.3, 15.1}, {40.0, 40.9}};
      f.plan->silences     = silences;
      f.plan->n_silences   = COUNT_OF(silences);
      const CsScore *score = fixture_compose(&f);
      for (size_t p = 0; p < score->n_parts; p++)
        for (size_t k = 0; k < score->parts[p].n_notes; k++)
          for (size_t s = 0; s < COUNT_OF(silences); s++) {
            const CsNote *note = &score->parts[p].notes[k];
            const int64_t from =
                cs_tick_of_seconds(score->timeline, silences[s].start_s);
            const int64_t to =
                cs_tick_of_seconds(score->timeline, silences[s].end_s);
            assert_true(end_of(note) <= from || note->start_tick >= to);
          }
      fixture_free(&f);
    }
}

static void
test_a_pad_comes_back_when_a_silence_is_over(void **state)
{
  (void)state;
  Fixture f            = fixture_new(CS_THEMATIC, 5);
  CsSpan silence[]     = {{14.0, 15.0}};
  f.plan->silences     = silence;
  f.plan->n_silences   = 1;
  const CsScore *score = fixture_compose(&f);
  const CsPart *pad    = part_of_role(score, CS_ROLE_PAD);
  const int64_t over   = cs_tick_of_seconds(score->timeline, 15.0);
  size_t n             = 0;
  for (size_t k = 0; k < pad->n_notes; k++)
    n += pad->notes[k].start_tick == over;
  assert_true(n >= 3);
  fixture_free(&f);
}

// --- Bass -------------------------------------------------------------------

static bool
is_chord_member(const CsPlan *plan, const CsChord *chord, int key)
{
  const int step = cs_mod(key - plan->key.tonic_pc, 12);
  return step == chord->bass ||
         (cs_chord_pitch_classes(chord) >> step & 1) != 0;
}

static void
check_bass(const CsScore *score, const CsChordSpan *chords, size_t n_chords)
{
  const CsPart *bass = part_of_role(score, CS_ROLE_BASS);
  size_t n_struck    = 0;
  for (size_t i = 0; i < n_chords; i++)
    for (size_t k = 0; k < bass->n_notes; k++) {
      if (bass->notes[k].start_tick != chords[i].start_tick)
        continue;
      n_struck++;
      assert_int_equal(
          cs_mod(bass->notes[k].key - score->plan->key.tonic_pc, 12),
          chords[i].chord.bass);
    }
  assert_true(n_struck >= n_chords * 9 / 10);
}

static void
test_the_bass_plays_the_written_bass_note_on_every_change(void **state)
{
  (void)state;
  for (size_t i = 0; i < COUNT_OF(functions); i++)
    for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
      Fixture f            = fixture_new(functions[i], seed);
      const CsScore *score = fixture_compose(&f);
      CsChordSpan *chords  = NULL;
      size_t n             = 0;
      assert_int_equal(
          cs_timeline_chords(f.arena, score->timeline, &chords, &n), CS_OK);
      check_bass(score, chords, n);
      fixture_free(&f);
    }
}

static const CsChordSpan *
span_at(const CsChordSpan *chords, size_t n, int64_t tick)
{
  for (size_t i = 0; i < n; i++)
    if (tick >= chords[i].start_tick && tick < chords[i].end_tick)
      return &chords[i];
  return &chords[n - 1];
}

static void
test_the_bass_has_chord_tones_on_the_strong_beats(void **state)
{
  (void)state;
  static const char *const patterns[] = {"B04", "B05", "B08"};
  for (size_t p = 0; p < COUNT_OF(patterns); p++)
    for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
      Fixture f                  = fixture_new(CS_THEMATIC, seed);
      f.plan->tracks[3].patterns = fixture_words(f.arena, patterns[p]);
      const CsScore *score       = fixture_compose(&f);
      CsChordSpan *chords        = NULL;
      size_t n                   = 0;
      assert_int_equal(
          cs_timeline_chords(f.arena, score->timeline, &chords, &n), CS_OK);
      for (size_t k = 0; k < score->parts[3].n_notes; k++) {
        const CsNote *note = &score->parts[3].notes[k];
        if (note->start_tick % (2 * CS_TICKS_PER_QUARTER) == 0)
          assert_true(is_chord_member(
              f.plan, &span_at(chords, n, note->start_tick)->chord, note->key));
        if (k > 0)
          assert_true(abs(note->key - score->parts[3].notes[k - 1].key) <= 12);
      }
      fixture_free(&f);
    }
}

// --- Registers --------------------------------------------------------------

/// Lowest sounding key and the next above it at a tick, over all parts; notes
/// that are about to be let go do not count.
static bool
lowest_two(const CsScore *score, int64_t tick, int *low, int *next)
{
  *low  = 128;
  *next = 128;
  for (size_t p = 0; p < score->n_parts; p++)
    for (size_t k = 0; k < score->parts[p].n_notes; k++) {
      const CsNote *note = &score->parts[p].notes[k];
      if (note->start_tick > tick || end_of(note) <= tick + 500)
        continue;
      if (note->key < *low) {
        *next = *low;
        *low  = note->key;
      } else if (note->key > *low && note->key < *next) {
        *next = note->key;
      }
    }
  return *next < 128;
}

static void
test_low_intervals_are_wide_across_all_parts(void **state)
{
  (void)state;
  size_t n = 0, n_close = 0;
  for (size_t i = 0; i < COUNT_OF(functions); i++)
    for (uint64_t seed = 1; seed <= 4; seed++) {
      Fixture f            = fixture_new(functions[i], seed);
      f.plan->key.tonic_pc = (int)(seed * 3 % 12);
      const CsScore *score = fixture_compose(&f);
      for (int64_t tick = 0; tick < cs_bar_tick(score->timeline, 36);
           tick += CS_TICKS_PER_QUARTER) {
        int low, next;
        if (!lowest_two(score, tick, &low, &next))
          continue;
        n++;
        n_close += next - low < cs_low_gap(low);
      }
      fixture_free(&f);
    }
  print_message("close low intervals: %zu of %zu beats\n", n_close, n);
  assert_true(n_close * 100 <= n);
}

static void
test_an_underscore_leaves_the_speakers_register(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    Fixture f            = fixture_new(CS_UNDERSCORE, seed);
    const CsScore *score = fixture_compose(&f);
    const int64_t end    = cs_bar_tick(score->timeline, 36);
    for (size_t p = 0; p < score->n_parts; p++)
      for (size_t k = 0; k < score->parts[p].n_notes; k++) {
        const CsNote *note = &score->parts[p].notes[k];
        assert_in_range(note->velocity, 40, 70);
        if (note->start_tick < end)
          assert_true(note->key <= 59 || note->key >= 79);
      }
    fixture_free(&f);
  }
}

static void
test_a_bed_keeps_most_notes_out_of_the_speech_octave(void **state)
{
  (void)state;
  size_t n = 0, n_speech = 0;
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    Fixture f            = fixture_new(CS_BED, seed);
    const CsScore *score = fixture_compose(&f);
    for (size_t p = 0; p < score->n_parts; p++)
      for (size_t k = 0; k < score->parts[p].n_notes; k++) {
        const int key = score->parts[p].notes[k].key;
        n++;
        n_speech += key >= 60 && key <= 76;
      }
    fixture_free(&f);
  }
  assert_true(n_speech * 100 <= n * 35);
}

// --- Density ----------------------------------------------------------------

/// Onsets per second from bar to bar; of all parts together, or per part and
/// summed.
static double
onset_rate(const CsScore *score, int from_bar, int to_bar, bool is_union)
{
  const int64_t from = cs_bar_tick(score->timeline, from_bar);
  const int64_t to   = cs_bar_tick(score->timeline, to_bar);
  size_t n           = 0;
  for (int64_t tick = from; tick < to; tick += 60) {
    size_t n_parts = 0;
    for (size_t p = 0; p < score->n_parts; p++) {
      bool is_struck = false;
      for (size_t k = 0; k < score->parts[p].n_notes && !is_struck; k++) {
        const int64_t start = score->parts[p].notes[k].start_tick;
        is_struck           = start >= tick && start < tick + 60;
      }
      n_parts += is_struck;
    }
    n += is_union ? n_parts > 0 : n_parts;
  }
  return (double)n / (cs_seconds_of_tick(score->timeline, (double)to) -
                         cs_seconds_of_tick(score->timeline, (double)from));
}

static void
check_build(CsFunction function, int n_bars, double ratio)
{
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    Fixture f                       = fixture_new(function, seed);
    const FixtureSection sections[] = {
        {CS_SECTION_A, 8, {0.5, 0.5}, "I V vi IV"},
        {CS_SECTION_BUILD, n_bars, {0.5, 0.9}, "IV V vi I/3"},
        {CS_SECTION_CLIMAX, 4, {0.95, 0.95}, "I V"},
    };
    fixture_sections(&f, sections, COUNT_OF(sections));
    fixture_fit(&f, function == CS_UNDERSCORE ? 80.0 : 112.0, 0.0);
    const CsScore *score = fixture_compose(&f);
    const double first   = onset_rate(score, 8, 10, false);
    const double last    = onset_rate(score, 6 + n_bars, 8 + n_bars, false);
    if (last < ratio * first)
      print_error("%s, %d bars, seed %d: %.2f to %.2f\n",
          cs_function_names[function], n_bars, (int)seed, first, last);
    assert_true(last >= ratio * first);
    fixture_free(&f);
  }
}

static void
test_a_build_multiplies_its_events(void **state)
{
  (void)state;
  for (int n_bars = 4; n_bars <= 16; n_bars *= 2) {
    check_build(CS_THEMATIC, n_bars, 1.8);
    check_build(CS_BED, n_bars, 1.4);
    check_build(CS_UNDERSCORE, n_bars, 1.4);
  }
}

static void
test_quiet_functions_have_few_onsets(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    Fixture f = fixture_new(CS_UNDERSCORE, seed);
    assert_true(onset_rate(fixture_compose(&f), 0, 20, true) <= 2.0);
    fixture_free(&f);
    f = fixture_new(CS_BED, seed);
    assert_true(onset_rate(fixture_compose(&f), 0, 20, true) <= 4.0);
    fixture_free(&f);
    f                            = fixture_new(CS_AMBIENT, seed);
    const FixtureSection drift[] = {
        {CS_SECTION_A, 32, {0.5, 0.5}, "I5 % % % IV/1 % % % Isus2 % % %"}};
    f.plan->tracks[2].patterns = fixture_words(f.arena, "A22");
    f.plan->n_tracks           = 3;
    fixture_sections(&f, drift, 1);
    fixture_fit(&f, 60.0, 0.0);
    const double rate = onset_rate(fixture_compose(&f), 0, 32, true);
    print_message("ambient: %.2f onsets/s\n", rate);
    assert_in_range((int)(rate * 100.0), 10, 80);
    fixture_free(&f);
  }
}

/// Keys and places of a bar's notes as a number; velocities do not count.
static uint64_t
print_of_bar(const CsScore *score, int bar)
{
  const int64_t from = cs_bar_tick(score->timeline, bar);
  const int64_t to   = cs_bar_tick(score->timeline, bar + 1);
  uint64_t print     = 0;
  for (size_t p = 0; p < score->n_parts; p++)
    for (size_t k = 0; k < score->parts[p].n_notes; k++) {
      const CsNote *note = &score->parts[p].notes[k];
      if (note->start_tick >= from && note->start_tick < to)
        print = print * 1000003 + (uint64_t)(note->start_tick - from) * 128 +
                note->key + p * 7;
    }
  return print;
}

static void
test_no_bar_is_heard_three_times_in_a_row(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    Fixture f                       = fixture_new(CS_THEMATIC, seed);
    const FixtureSection sections[] = {
        {CS_SECTION_A, 16, {0.5, 0.5}, "I % % %"},
        {CS_SECTION_B, 16, {0.8, 0.8}, "i7 IV7"},
    };
    fixture_sections(&f, sections, COUNT_OF(sections));
    fixture_fit(&f, 112.0, 0.0);
    const CsScore *score = fixture_compose(&f);
    for (int bar = 2; bar < f.plan->n_bars; bar++) {
      const uint64_t now = print_of_bar(score, bar);
      assert_false(now == print_of_bar(score, bar - 1) &&
                   now == print_of_bar(score, bar - 2));
    }
    fixture_free(&f);
  }
}

// --- Endings ----------------------------------------------------------------

/// The final chord: tonic lowest, its third at most once in each part, all
/// parts together at the downbeat.
static int64_t
check_final_chord(const Fixture *f, const CsScore *score)
{
  const int64_t tick = cs_bar_tick(score->timeline, f->plan->n_bars - 1);
  int lowest         = 128;
  int64_t ends       = 0;
  for (size_t p = 0; p < score->n_parts; p++) {
    int n_thirds = 0, n_notes = 0;
    for (size_t k = 0; k < score->parts[p].n_notes; k++) {
      const CsNote *note = &score->parts[p].notes[k];
      if (note->start_tick < tick)
        continue;
      const int step = cs_mod(note->key - f->plan->key.tonic_pc, 12);
      assert_int_equal(note->start_tick, tick);
      assert_true(step == 0 || step == 4 || step == 7);
      n_thirds += step == 4;
      n_notes++;
      lowest = note->key < lowest ? note->key : lowest;
      ends   = end_of(note) > ends ? end_of(note) : ends;
    }
    assert_true(n_notes > 0 && n_thirds <= 1);
  }
  assert_int_equal(cs_mod(lowest - f->plan->key.tonic_pc, 12), 0);
  return ends;
}

static void
test_a_ring_holds_the_tonic_chord_and_lets_go_in_time(void **state)
{
  (void)state;
  static const double rings[] = {1.5, 2.5, 4.0, 7.0};
  for (size_t i = 0; i < COUNT_OF(functions); i++)
    for (size_t r = 0; r < COUNT_OF(rings); r++) {
      Fixture f = fixture_new(functions[i], 3 + r);
      fixture_fit(&f, 96.0, rings[r]);
      const CsScore *score = fixture_compose(&f);
      const double end_s   = cs_seconds_of_tick(
            score->timeline, (double)check_final_chord(&f, score));
      assert_true(end_s >= f.plan->duration_s - rings[r] + 1.199);
      assert_true(end_s <= f.plan->duration_s - 0.15);
      fixture_free(&f);
    }
}

static void
test_a_button_lasts_one_beat(void **state)
{
  (void)state;
  Fixture f            = fixture_new(CS_THEMATIC, 9);
  f.plan->ending       = CS_ENDING_BUTTON;
  const CsScore *score = fixture_compose(&f);
  const int64_t tick   = cs_bar_tick(score->timeline, f.plan->n_bars - 1);
  assert_int_equal(check_final_chord(&f, score), tick + CS_TICKS_PER_QUARTER);
  fixture_free(&f);
}

static void
test_without_a_final_downbeat_the_music_goes_on(void **state)
{
  (void)state;
  Fixture f      = fixture_new(CS_BED, 9);
  f.plan->ending = CS_ENDING_LOOP;
  f.plan->n_sections -= 1;
  f.plan->n_bars -= 1;
  fixture_fit(&f, 112.0, 0.0);
  const CsScore *score = fixture_compose(&f);
  for (size_t p = 0; p < score->n_parts; p++) {
    const CsPart *part  = &score->parts[p];
    const int64_t start = part->notes[part->n_notes - 1].start_tick;
    assert_int_equal(
        cs_bar_of_tick(score->timeline, start), f.plan->n_bars - 1);
  }
  fixture_free(&f);
}

// --- Meters -----------------------------------------------------------------

static void
test_every_meter_and_short_bar_is_filled_and_kept(void **state)
{
  (void)state;
  static const CsMeter meters[] = {
      {3, 4}, {6, 8}, {12, 8}, {5, 4}, {7, 8}, {2, 4}, {4, 4}};
  for (size_t i = 0; i < COUNT_OF(meters); i++)
    for (uint64_t seed = 1; seed <= 4; seed++) {
      Fixture f               = fixture_new(CS_THEMATIC, seed);
      CsShortBar short_bars[] = {{.bar = 11, .quarters = 1.25}};
      f.plan->meter           = meters[i];
      f.plan->short_bars      = short_bars;
      f.plan->n_short_bars    = 1;
      fixture_fit(&f, 100.0, 2.5);
      const CsScore *score = fixture_compose(&f);
      for (int bar = 4; bar < f.plan->n_bars; bar++)
        assert_true(print_of_bar(score, bar) != 0);
      check_final_chord(&f, score);
      fixture_free(&f);
    }
}

static size_t
n_motion_notes(double arousal, const char *pattern)
{
  Fixture f                       = fixture_new(CS_THEMATIC, 4);
  const FixtureSection sections[] = {
      {CS_SECTION_A, 8, {0.5, 0.5}, "I % % % % % % %"}};
  f.plan->arousal            = arousal;
  f.plan->tracks[2].patterns = fixture_words(f.arena, pattern);
  fixture_sections(&f, sections, 1);
  fixture_fit(&f, 112.0, 0.0);
  const size_t n = fixture_compose(&f)->parts[2].n_notes;
  fixture_free(&f);
  return n;
}

static void
test_running_figures_go_as_fast_as_the_mood(void **state)
{
  (void)state;
  const size_t n_lively = n_motion_notes(1.0, "A11");
  const size_t n_calm   = n_motion_notes(0.2, "A11");
  assert_true(2 * n_calm <= n_lively + 8 && 2 * n_calm + 8 >= n_lively);
}

static void
test_an_arpeggio_drifts_across_the_bar_line(void **state)
{
  (void)state;
  Fixture f                       = fixture_new(CS_THEMATIC, 4);
  f.plan->arousal                 = 1.0; // lively enough for sixteenths
  f.plan->tracks[2].patterns      = fixture_words(f.arena, "A11");
  const FixtureSection sections[] = {
      {CS_SECTION_A, 8, {0.5, 0.5}, "I % % % % % % %"}};
  fixture_sections(&f, sections, 1);
  fixture_fit(&f, 112.0, 0.0);
  const CsScore *score = fixture_compose(&f);
  const CsNote *notes  = score->parts[2].notes;
  assert_true(score->parts[2].n_notes > 40);
  for (size_t k = 0; k < 10; k++) // six steps go round against sixteen
    assert_int_equal(notes[k].key, notes[k + 6].key);
  assert_int_not_equal(notes[0].key, notes[16].key);
  fixture_free(&f);
}

static void
test_an_off_beat_figure_is_straightened_and_not_lost(void **state)
{
  (void)state;
  Fixture f                  = fixture_new(CS_UNDERSCORE, 4);
  f.plan->tracks[1].patterns = fixture_words(f.arena, "A16b");
  const CsScore *score       = fixture_compose(&f);
  size_t n                   = 0;
  for (size_t k = 0; k < score->parts[1].n_notes; k++) {
    const int64_t tick = score->parts[1].notes[k].start_tick;
    assert_int_equal(tick % CS_TICKS_PER_QUARTER, 0);
    n += tick < cs_bar_tick(score->timeline, 20);
  }
  assert_true(n > 40);
  fixture_free(&f);
}

static void
test_a_pedal_stays_on_the_tonic_under_all_chords(void **state)
{
  (void)state;
  Fixture f = fixture_new(CS_THEMATIC, 4);
  for (size_t i = 0; i < f.presets->n_patterns; i++)
    f.presets->patterns[i].is_pedal =
        f.presets->patterns[i].kind == CS_PATTERN_BASS;
  const CsPart *bass = part_of_role(fixture_compose(&f), CS_ROLE_BASS);
  assert_true(bass->n_notes > 0);
  for (size_t k = 0; k < bass->n_notes; k++)
    assert_int_equal(bass->notes[k].key % 12, f.plan->key.tonic_pc);
  fixture_free(&f);
}

// --- Independence -----------------------------------------------------------

static void
test_the_same_plan_gives_the_same_notes(void **state)
{
  (void)state;
  for (size_t i = 0; i < COUNT_OF(functions); i++) {
    Fixture a = fixture_new(functions[i], 21);
    Fixture b = fixture_new(functions[i], 21);
    Fixture c = fixture_new(functions[i], 22);
    assert_string_equal(fixture_dump(&a), fixture_dump(&b));
    assert_string_not_equal(fixture_dump(&a), fixture_dump(&c));
    fixture_free(&a);
    fixture_free(&b);
    fixture_free(&c);
  }
}

static void
assert_same_part(const CsPart *a, const CsPart *b)
{
  assert_int_equal(a->n_notes, b->n_notes);
  for (size_t k = 0; k < a->n_notes; k++) {
    assert_int_equal(a->notes[k].start_tick, b->notes[k].start_tick);
    assert_int_equal(a->notes[k].n_ticks, b->notes[k].n_ticks);
    assert_int_equal(a->notes[k].key, b->notes[k].key);
    assert_int_equal(a->notes[k].velocity, b->notes[k].velocity);
  }
}

static void
test_taking_a_track_away_leaves_the_others(void **state)
{
  (void)state;
  for (size_t away = 0; away < 4; away++) {
    Fixture all          = fixture_new(CS_THEMATIC, 31);
    Fixture less         = fixture_new(CS_THEMATIC, 31);
    const CsScore *whole = fixture_compose(&all);
    memmove(&less.plan->tracks[away], &less.plan->tracks[away + 1],
        (3 - away) * sizeof(CsTrack));
    less.plan->n_tracks = 3;
    const CsScore *rest = fixture_compose(&less);
    for (size_t p = 0; p < 3; p++)
      assert_same_part(&whole->parts[p < away ? p : p + 1], &rest->parts[p]);
    fixture_free(&all);
    fixture_free(&less);
  }
}

static void
test_an_energy_edit_changes_its_own_section_only(void **state)
{
  (void)state;
  Fixture before                    = fixture_new(CS_THEMATIC, 41);
  Fixture after                     = fixture_new(CS_THEMATIC, 41);
  after.plan->sections[2].energy[0] = 0.8;
  after.plan->sections[2].energy[1] = 0.85;
  const CsScore *a                  = fixture_compose(&before);
  const CsScore *b                  = fixture_compose(&after);
  bool is_other                     = false;
  for (int bar = 0; bar < before.plan->n_bars; bar++) {
    const bool is_same = print_of_bar(a, bar) == print_of_bar(b, bar);
    if (bar < 12 || bar >= 20)
      assert_true(is_same);
    is_other = is_other || !is_same;
  }
  assert_true(is_other);
  fixture_free(&before);
  fixture_free(&after);
}

// --- Score ------------------------------------------------------------------

static void
test_finishing_sorts_drops_doubles_and_parts_overlaps(void **state)
{
  (void)state;
  CsArena *arena       = cs_arena_new(NULL);
  CsPart part          = {0};
  CsScore score        = {.parts = &part, .n_parts = 1};
  const CsNote notes[] = {
      {.start_tick = 480, .n_ticks = 100, .key = 60, .velocity = 70},
      {.start_tick = 0, .n_ticks = 960, .key = 60, .velocity = 80},
      {.start_tick = 0, .n_ticks = 500, .key = 60, .velocity = 60},
      {.start_tick = 0, .n_ticks = 960, .key = 55, .velocity = 80}};
  for (size_t i = 0; i < COUNT_OF(notes); i++)
    assert_int_equal(cs_score_add_note(arena, &score, 0, notes[i]), CS_OK);
  cs_score_finish(&score);
  assert_int_equal(part.n_notes, 3);
  assert_int_equal(part.notes[0].key, 55);
  assert_int_equal(part.notes[0].n_ticks, 960);
  assert_int_equal(part.notes[1].velocity, 80);
  assert_int_equal(part.notes[1].n_ticks, 480);
  assert_int_equal(part.notes[2].start_tick, 480);
  cs_arena_free(arena);
}

/// Refuses the nth request.
typedef struct Refusal {
  size_t n_left;
} Refusal;

static void *
get_or_refuse(void *user, size_t n_bytes)
{
  Refusal *refusal = user;
  if (refusal->n_left == 0)
    return NULL;
  refusal->n_left--;
  return malloc(n_bytes);
}

static void
give_back(void *user, void *chunk)
{
  (void)user;
  free(chunk);
}

static void
test_refused_memory_is_an_error_at_every_place(void **state)
{
  (void)state;
  Fixture f       = fixture_new(CS_THEMATIC, 51);
  CsStatus status = CS_ERR_MEMORY;
  for (size_t n = 1; status != CS_OK && n < 1000; n++) {
    Refusal refusal          = {n};
    const CsAllocator source = {get_or_refuse, give_back, &refusal};
    CsArena *arena           = cs_arena_new(&source);
    CsScore *score           = NULL;
    status                   = cs_compose(arena, f.presets, f.plan, &score);
    assert_true(status == CS_OK || status == CS_ERR_MEMORY);
    cs_arena_free(arena);
  }
  assert_int_equal(status, CS_OK);
  fixture_free(&f);
}

static void
test_an_hour_is_composed_within_its_time(void **state)
{
  (void)state;
  Fixture f                       = fixture_new(CS_BED, 61);
  const FixtureSection sections[] = {
      {CS_SECTION_A, 1680, {0.5, 0.5}, "I V/3 vi IV ii7 V I/3 Vsus4"}};
  fixture_sections(&f, sections, 1);
  fixture_fit(&f, 112.0, 0.0);
  const clock_t before = clock();
  (void)fixture_compose(&f);
  const double ms = 1000.0 * (double)(clock() - before) / CLOCKS_PER_SEC;
  print_message(
      "%.2f ms per minute of music\n", ms / (f.plan->duration_s / 60.0));
  assert_true(ms < 20.0 * f.plan->duration_s / 60.0);
  fixture_free(&f);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_notes_stay_in_their_tracks_range),
      cmocka_unit_test(test_every_note_ends_before_the_file_does),
      cmocka_unit_test(test_no_key_is_struck_while_it_sounds),
      cmocka_unit_test(test_nothing_sounds_in_an_asked_silence),
      cmocka_unit_test(test_a_pad_comes_back_when_a_silence_is_over),
      cmocka_unit_test(
          test_the_bass_plays_the_written_bass_note_on_every_change),
      cmocka_unit_test(test_the_bass_has_chord_tones_on_the_strong_beats),
      cmocka_unit_test(test_low_intervals_are_wide_across_all_parts),
      cmocka_unit_test(test_an_underscore_leaves_the_speakers_register),
      cmocka_unit_test(test_a_bed_keeps_most_notes_out_of_the_speech_octave),
      cmocka_unit_test(test_a_build_multiplies_its_events),
      cmocka_unit_test(test_quiet_functions_have_few_onsets),
      cmocka_unit_test(test_no_bar_is_heard_three_times_in_a_row),
      cmocka_unit_test(test_a_ring_holds_the_tonic_chord_and_lets_go_in_time),
      cmocka_unit_test(test_a_button_lasts_one_beat),
      cmocka_unit_test(test_without_a_final_downbeat_the_music_goes_on),
      cmocka_unit_test(test_every_meter_and_short_bar_is_filled_and_kept),
      cmocka_unit_test(test_running_figures_go_as_fast_as_the_mood),
      cmocka_unit_test(test_an_arpeggio_drifts_across_the_bar_line),
      cmocka_unit_test(test_an_off_beat_figure_is_straightened_and_not_lost),
      cmocka_unit_test(test_a_pedal_stays_on_the_tonic_under_all_chords),
      cmocka_unit_test(test_the_same_plan_gives_the_same_notes),
      cmocka_unit_test(test_taking_a_track_away_leaves_the_others),
      cmocka_unit_test(test_an_energy_edit_changes_its_own_section_only),
      cmocka_unit_test(test_finishing_sorts_drops_doubles_and_parts_overlaps),
      cmocka_unit_test(test_refused_memory_is_an_error_at_every_place),
      cmocka_unit_test(test_an_hour_is_composed_within_its_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
