// Properties of playing, layers, seeds and mood, on a cue written by hand that
// keeps them and on one that does not.

#include "tests/unit/audit_fixture.h"

#include <math.h>

// ---- T46, T47 --------------------------------------------------------------

static void
quarters(Cue *c, int velocity, int more)
{
  for (int bar = 0; bar < N_BARS; bar++)
    for (int i = 0; i < 4; i++) {
      const int v = velocity + more * ((bar * 5 + i * 3) % 4);
      loud_note(c, CHORDS, bar, 4 * i, 4, 60, v);
      loud_note(c, BASS, bar, 4 * i, 4, 36, v);
    }
}

static void
lively_velocities(Cue *c)
{
  quarters(c, 70, 6);
}

static void
dead_velocities(Cue *c)
{
  quarters(c, 70, 0);
}

static void
test_velocities_vary(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T46a", lively_velocities, dead_velocities);
  judge(CS_THEMATIC, "T46b", lively_velocities, dead_velocities);
}

static void
test_drum_machines_may_be_even(void **state)
{
  (void)state;
  Cue c = cue_new(CS_THEMATIC);
  for (int bar = 0; bar < N_BARS; bar++)
    for (int i = 0; i < 4; i++)
      note(&c, DRUMS, bar, 4 * i, 1, 36);
  assert_false(find(&c, "T46a").holds);
  c.f.plan->tracks[DRUMS].program = 25;
  assert_false(find(&c, "T46a").applies);
  cue_free(&c);
}

/// A number between -1 and 1 that looks as if it were drawn.
static double
drawn(int64_t place)
{
  const uint64_t x = (uint64_t)(place + 7) * UINT64_C(0x9e3779b97f4a7c15);
  return (double)(x >> 40) / (double)(1 << 23) - 1.0;
}

/// Uniform between -sqrt(3) and sqrt(3): a deviation of 1.
static double
shared_and_own(size_t track, int64_t tick)
{
  const int64_t quarter = tick / CS_TICKS_PER_QUARTER;
  return sqrt(3.0) * (0.85 * drawn(quarter) +
                         0.53 * drawn(1000 + 777 * (int64_t)track + quarter));
}

static double
human_ms(size_t track, int64_t tick)
{
  return (track == BASS ? 6.0 : 8.0) * shared_and_own(track, tick);
}

static double
sloppy_ms(size_t track, int64_t tick)
{
  return 14.0 * shared_and_own(track, tick);
}

static double
lonely_ms(size_t track, int64_t tick)
{
  return 5.0 * sqrt(3.0) *
         drawn(9999 * (int64_t)track + tick / CS_TICKS_PER_QUARTER);
}

static void
human_time(Cue *c)
{
  c->late_ms = human_ms;
  lively_velocities(c);
}

static void
sloppy_time(Cue *c)
{
  c->late_ms = sloppy_ms;
  lively_velocities(c);
}

static void
lonely_time(Cue *c)
{
  c->late_ms = lonely_ms;
  lively_velocities(c);
}

static void
test_timing_varies_as_hands_do(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T47a", human_time, lively_velocities);
  judge(CS_THEMATIC, "T47a", human_time, sloppy_time);
  judge(CS_THEMATIC, "T47b", human_time, sloppy_time);
  judge(CS_THEMATIC, "T47c", human_time, lonely_time);
}

// ---- T48, T49 --------------------------------------------------------------

/// Long pad notes over a gain curve with a point every `gap_s`, `step_db` up
/// and down.
static void
swell(Cue *c, double gap_s, double step_db)
{
  cue_sections(c, "I % % %", "I % % %");
  for (int bar = 0; bar < N_BARS; bar += 4)
    note(c, PAD, bar, 0, 4 * BAR, 60);
  evidence_of(c);
  CsPlayedTrack *track = &c->performance.tracks[PAD];
  const size_t n       = (size_t)(c->f.plan->duration_s / gap_s);
  track->gains         = CS_NEW_N(c->f.arena, CsGainPoint, n);
  track->n_gains       = n;
  for (size_t i = 0; i < n; i++)
    track->gains[i] = (CsGainPoint){
        (int64_t)((double)i * gap_s * 48000.0), i % 2 == 0 ? 0.0 : -step_db};
}

static void
gentle_swells(Cue *c)
{
  swell(c, 0.5, 2.0);
}

static void
no_swells(Cue *c)
{
  swell(c, 4.0, 2.0);
}

static void
steep_swells(Cue *c)
{
  swell(c, 0.05, 3.0);
}

static void
test_long_notes_swell(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T48a", gentle_swells, no_swells);
}

static void
test_swells_do_not_jump(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T48b", gentle_swells, steep_swells);
}

static void
clean_pedal(Cue *c)
{
  for (int bar = 0; bar < N_BARS; bar++)
    note(c, CHORDS, bar, 0, BAR, triads[bar % 4][0]);
}

static void
blurred_pedal(Cue *c)
{
  clean_pedal(c);
  note(c, CHORDS, 4, 8, 12, 64); // E over V
}

static void
test_no_pedal_over_a_new_chord(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T49", clean_pedal, blurred_pedal);
}

// ---- T50 -------------------------------------------------------------------

static void
layers_come_and_go(Cue *c)
{
  pad_bars(c, 0, N_BARS);
  for (int bar = 8; bar < N_BARS; bar++)
    note(c, BASS, bar, 0, BAR, 36);
  for (int bar = 16; bar < N_BARS; bar++)
    note(c, CHORDS, bar, 0, BAR, 60);
}

/// A bass that rests for two bars of every eight: once after a phrase in which
/// it plays on and on, once after bars of which it plays every other one.
static void
a_bass_breaks_off(Cue *c)
{
  pad_bars(c, 0, N_BARS);
  for (int bar = 0; bar < N_BARS; bar++)
    if (bar % 8 < 6)
      note(c, BASS, bar, 0, BAR, 36);
}

static void
a_bass_plays_now_and_then(Cue *c)
{
  pad_bars(c, 0, N_BARS);
  for (int bar = 0; bar < N_BARS; bar++)
    if (bar % 8 == 0 || bar % 8 == 3 || bar % 8 == 5)
      note(c, BASS, bar, 0, BAR, 36);
}

static void
test_who_plays_on_and_falls_silent_has_left(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T50a", a_bass_breaks_off, a_bass_plays_now_and_then);
}

static void
test_something_changes_every_eight_bars(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T50a", layers_come_and_go, planned_chords);
}

static void
all_at_once(Cue *c)
{
  pad_bars(c, 0, N_BARS);
  for (int bar = 8; bar < N_BARS; bar++) {
    note(c, BASS, bar, 0, BAR, 36);
    note(c, CHORDS, bar, 0, BAR, 60);
    note(c, MELODY, bar, 0, BAR, 72);
  }
}

static void
test_no_more_than_two_enter_at_once(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T50b", layers_come_and_go, all_at_once);
}

static void
test_four_may_enter_at_a_climax(void **state)
{
  (void)state;
  Cue c                      = cue_new(CS_THEMATIC);
  c.f.plan->sections[1].kind = CS_SECTION_CLIMAX;
  all_at_once(&c);
  assert_holds(&c, "T50b");
  cue_free(&c);
}

// ---- T56 -------------------------------------------------------------------

/// A cue that the composer makes of a few words, as the others are judged.
static CsEvidence
composed(CsArena *arena, CsBrief *brief, CsPlanWish *wish)
{
  CsEvidence e   = {.presets = shipped, .brief = brief, .wish = wish};
  CsPlan *plan   = NULL;
  CsScore *score = NULL;
  CsPerformance *performance = NULL;
  *brief                     = (CsBrief){.prompt = "",
                          .said = CS_SAID_DURATION | CS_SAID_FUNCTION | CS_SAID_VALENCE |
                                  CS_SAID_AROUSAL,
                          .duration_s = 60.0,
                          .function   = CS_THEMATIC,
                          .valence    = 0.6,
                          .arousal    = 0.3};
  *wish = (CsPlanWish){.sample_rate = 48000, .seed = 1, .theme_seed = 1};
  assert_int_equal(cs_plan_make(arena, shipped, brief, wish, &plan), CS_OK);
  assert_int_equal(cs_compose(arena, shipped, plan, &score), CS_OK);
  assert_int_equal(cs_perform(arena, shipped, score, &performance), CS_OK);
  e.plan        = plan;
  e.score       = score;
  e.performance = performance;
  assert_int_equal(cs_evidence_gather(arena, &e), CS_OK);
  return e;
}

static CsFinding
find_in(CsArena *arena, const CsEvidence *e, const char *id)
{
  CsFinding f = {.holds = true};
  assert_int_equal(property_of(id)->fn(arena, e, &f), CS_OK);
  assert_true(f.applies);
  return f;
}

static void
test_one_seed_gives_the_same_notes_again(void **state)
{
  (void)state;
  CsArena *arena = cs_arena_new(NULL);
  CsBrief brief;
  CsPlanWish wish;
  const CsEvidence e = composed(arena, &brief, &wish);
  assert_true(find_in(arena, &e, "T56a").holds);
  e.score->parts[0].notes[0].key++;
  assert_false(find_in(arena, &e, "T56a").holds);
  cs_arena_free(arena);
}

static void
test_another_seed_gives_another_tune(void **state)
{
  (void)state;
  CsArena *arena = cs_arena_new(NULL);
  CsBrief brief;
  CsPlanWish wish;
  CsEvidence e = composed(arena, &brief, &wish);
  assert_true(find_in(arena, &e, "T56b").holds);
  CsPlanWish before = wish; // its next seed is the one that it was made with
  before.seed--;
  before.theme_seed--;
  e.wish = &before;
  assert_false(find_in(arena, &e, "T56b").holds);
  cs_arena_free(arena);
}

// ---- T60 -------------------------------------------------------------------

static void
test_a_cut_keeps_the_motif(void **state)
{
  (void)state;
  CsArena *arena = cs_arena_new(NULL);
  CsBrief brief;
  CsPlanWish wish;
  CsEvidence e = composed(arena, &brief, &wish);
  assert_true(find_in(arena, &e, "T60").holds);
  CsPlanWish other = wish; // a cut of another theme
  other.theme_seed += 5;
  e.wish = &other;
  assert_false(find_in(arena, &e, "T60").holds);
  cs_arena_free(arena);
}

// ---- T57 -------------------------------------------------------------------

static void
asked_mood(Cue *c, double valence, double arousal)
{
  c->brief.said    = CS_SAID_VALENCE | CS_SAID_AROUSAL;
  c->brief.valence = c->f.plan->valence = valence;
  c->brief.arousal = c->f.plan->arousal = arousal;
  planned_chords(c); // C major, 120 BPM, few notes
  for (int bar = 0; bar < N_BARS; bar++)
    for (int i = 0; i < 4; i++)
      loud_note(c, MELODY, bar, 4 * i, 4, triads[bar % 4][i % 3] + 12, 85);
}

static void
asked_bright(Cue *c)
{
  asked_mood(c, 0.6, 0.3);
}

static void
asked_sad(Cue *c)
{
  asked_mood(c, -0.6, -0.6);
}

static void
test_the_notes_tell_the_mood(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T57a", asked_bright, asked_sad);
  judge(CS_THEMATIC, "T57b", asked_bright, asked_sad);
}

static void
test_what_words_set_tells_no_mood(void **state)
{
  (void)state;
  Cue c = cue_new(CS_THEMATIC);
  asked_mood(&c, -0.6, 0.3);
  const CsFinding free = find(&c, "T57a");
  c.wish.has_key       = true; // the major key was asked for
  assert_true(fabs(find(&c, "T57a").value - free.value) > 0.1);
  cue_free(&c);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_who_plays_on_and_falls_silent_has_left),
      cmocka_unit_test(test_velocities_vary),
      cmocka_unit_test(test_drum_machines_may_be_even),
      cmocka_unit_test(test_timing_varies_as_hands_do),
      cmocka_unit_test(test_long_notes_swell),
      cmocka_unit_test(test_swells_do_not_jump),
      cmocka_unit_test(test_no_pedal_over_a_new_chord),
      cmocka_unit_test(test_something_changes_every_eight_bars),
      cmocka_unit_test(test_no_more_than_two_enter_at_once),
      cmocka_unit_test(test_four_may_enter_at_a_climax),
      cmocka_unit_test(test_one_seed_gives_the_same_notes_again),
      cmocka_unit_test(test_another_seed_gives_another_tune),
      cmocka_unit_test(test_a_cut_keeps_the_motif),
      cmocka_unit_test(test_a_cut_keeps_the_motif),
      cmocka_unit_test(test_the_notes_tell_the_mood),
      cmocka_unit_test(test_what_words_set_tells_no_mood),
  };
  return cmocka_run_group_tests(tests, load_shipped, free_shipped);
}
