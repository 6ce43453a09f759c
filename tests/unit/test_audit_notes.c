// Each property that is measured on the notes, on a cue written by hand that
// keeps it and on one that does not.

#include "tests/unit/audit_fixture.h"

#include "gen/audit/rank.h"

// ---- T12, T17 --------------------------------------------------------------

static void
chromatic_steps(Cue *c)
{
  for (int bar = 0; bar < 8; bar++) {
    note(c, BASS, bar, 0, 14, 36);
    note(c, BASS, bar, 14, 2, 37); // a semitone on to the next bar
  }
  note(c, BASS, 8, 0, 14, 36);
}

static void
chromatic_leaps(Cue *c)
{
  for (int bar = 0; bar < 8; bar++) {
    note(c, BASS, bar, 0, 14, 36);
    note(c, BASS, bar, 14, 2, 42);
  }
}

static void
test_chromatic_notes_must_go_on_by_step(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T12", chromatic_steps, chromatic_leaps);
}

static void
brief_seconds(Cue *c)
{
  pad(c);
  for (int bar = 0; bar < N_BARS; bar++)
    note(c, CHORDS, bar, 4, 4, 61 + 12 * (bar % 2)); // one beat, no more
}

static void
long_seconds(Cue *c)
{
  pad(c);
  note(c, CHORDS, 0, 0, 12, 61);
  note(c, CHORDS, 4, 0, 12, 73);
}

static void
test_layers_may_rub_only_briefly(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T17", brief_seconds, long_seconds);
}

static void
test_a_tense_cue_may_rub_longer(void **state)
{
  (void)state;
  Cue c           = cue_new(CS_UNDERSCORE);
  c.f.plan->style = "tense";
  long_seconds(&c);
  assert_holds(&c, "T17");
  cue_free(&c);
}

// ---- T20 to T22 ------------------------------------------------------------

static void
one_chord(Cue *c)
{
  cue_sections(c, "I V vi IV", "I V vi IV");
  for (int bar = 0; bar < N_BARS; bar++)
    for (int i = 0; i < 3; i++)
      note(c, PAD, bar, 0, BAR, triads[0][i]);
}

static void
test_chords_change_as_planned(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T20", planned_chords, one_chord);
}

static void
usual_chords(Cue *c)
{
  cue_sections(c, "I V vi IV", "ii V I IV");
  pad_bars(c, 0, N_BARS);
}

static void
odd_chords(Cue *c)
{
  cue_sections(c, "I bVI iii bIII", "ii bVI iii bVII");
  pad_bars(c, 0, N_BARS);
}

static void
test_progressions_are_usual_ones(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T21", usual_chords, odd_chords);
}

static void
open_ends(Cue *c)
{
  cue_sections(c, "I V IV iii", "IV V vi iii");
  pad_bars(c, 0, N_BARS);
}

static void
test_sections_end_where_they_can_be_left(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T22", planned_chords, open_ends);
}

// ---- T23, T24, T26 ---------------------------------------------------------

static void
parallel_triads(Cue *c)
{
  static const int roots[4] = {48, 55, 57, 53};
  cue_sections(c, "I V vi IV", "I V vi IV");
  for (int bar = 0; bar < N_BARS; bar++) {
    const int third = bar % 4 == 2 ? 3 : 4;
    note(c, PAD, bar, 0, BAR, roots[bar % 4]);
    note(c, PAD, bar, 0, BAR, roots[bar % 4] + third);
    note(c, PAD, bar, 0, BAR, roots[bar % 4] + 7);
  }
}

static void
test_upper_voices_move_little(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T23a", pad, parallel_triads);
  judge(CS_THEMATIC, "T23b", pad, parallel_triads);
}

static void
test_strings_avoid_parallel_fifths(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T24", pad, parallel_triads);
}

static void
test_guitars_may_go_in_parallel(void **state)
{
  (void)state;
  Cue c                            = cue_new(CS_THEMATIC);
  c.f.plan->tracks[PAD].instrument = "acoustic guitar";
  parallel_triads(&c);
  assert_false(find(&c, "T24").applies);
  cue_free(&c);
}

static void
bass_over_pad(Cue *c)
{
  pad(c);
  for (int bar = 0; bar < N_BARS; bar++)
    note(c, BASS, bar, 0, BAR, bar == 7 ? 65 : 43);
}

static void
test_the_bass_stays_below(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T26a", planned_chords, bass_over_pad);
}

static void
torn_chords(Cue *c)
{
  pad(c);
  for (int bar = 0; bar < N_BARS; bar += 8)
    note(c, PAD, bar, 0, BAR, 88);
}

static void
test_upper_voices_lie_together(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T26b", pad, torn_chords);
}

// ---- The tune: T16, T28 to T32, T34, T58 -----------------------------------

/// A bar of the tune; each note lasts to the next, the last `last` steps.
static void
tune(Cue *c, int bar, int last, int n, const int *steps, const int *keys)
{
  for (int i = 0; i < n; i++) {
    const int end = i + 1 < n ? steps[i + 1] : steps[i] + last;
    note(c, MELODY, bar, steps[i], end - steps[i], keys[i]);
  }
}

#define TUNE(c, bar, last, steps, keys)                                        \
  tune(c, bar, last, (int)COUNT_OF(((int[])steps)), (int[])steps, (int[])keys)

static void
passing_notes(Cue *c)
{
  cue_sections(c, "I", "I");
  for (int bar = 0; bar < 8; bar++)
    TUNE(c, bar, 4, LIST(0, 4, 6, 8), LIST(72, 74, 76, 79));
}

static void
leapt_notes(Cue *c)
{
  cue_sections(c, "I", "I");
  for (int bar = 0; bar < 8; bar++)
    TUNE(c, bar, 4, LIST(0, 4, 6, 8), LIST(72, 77, 72, 79));
}

static void
test_foreign_notes_are_met_by_step(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T16", passing_notes, leapt_notes);
}

static void
turned_leaps(Cue *c)
{
  for (int bar = 0; bar < 8; bar++)
    TUNE(c, bar, 4, LIST(0, 4, 8), LIST(72, 79, 77));
}

static void
running_leaps(Cue *c)
{
  for (int bar = 0; bar < 8; bar++)
    TUNE(c, bar, 4, LIST(0, 4, 8), LIST(72, 77, 79));
}

static void
test_leaps_turn_back(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T28", turned_leaps, running_leaps);
}

static void
narrow_tune(Cue *c)
{
  for (int bar = 0; bar < 8; bar++)
    TUNE(c, bar, 4, LIST(0, 4, 8), LIST(72, 74, 72));
}

/// Six degrees over an octave, in phrases of three bars and a bar of rest.
static void
good_tune(Cue *c)
{
  for (int bar = 0; bar < N_BARS; bar += 4) {
    TUNE(c, bar, 4, LIST(0, 4, 8, 12), LIST(72, 76, 79, 81));
    TUNE(c, bar + 1, 8, LIST(0, 4, 8), LIST(79, 76 + bar / 4, 77));
    TUNE(c, bar + 2, 8, LIST(0, 4),
        LIST(bar % 8 == 0 ? 79 : 77, bar % 8 == 0 ? 74 : 72));
  }
}

static void
test_a_tune_has_some_range(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T29", good_tune, narrow_tune);
}

static void
test_a_tune_has_some_pitch_classes(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T30", good_tune, narrow_tune);
}

static void
breathless_tune(Cue *c)
{
  for (int bar = 0; bar < 16; bar++)
    TUNE(c, bar, 4, LIST(0, 4, 8, 12), LIST(72, 76, 79, 81));
}

static void
test_a_tune_breathes(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T31", good_tune, breathless_tune);
}

static void
clipped_ends(Cue *c)
{
  for (int bar = 0; bar < 16; bar += 2) {
    TUNE(c, bar, 4, LIST(0, 4, 8, 12), LIST(72, 76, 79, 81));
    TUNE(c, bar + 1, 4, LIST(0, 4), LIST(79, 74));
  }
}

static void
test_phrases_end_on_a_long_note(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T32", good_tune, clipped_ends);
}

static void
wandering_tune(Cue *c)
{
  static const int steps[8] = {0, 2, 4, 6, 8, 10, 11, 12};
  for (int bar = 0; bar < 16; bar++) // never the same bar, nor rhythm
    for (int i = 0; i < 4; i++)
      if ((bar >> i & 1) == 0)
        note(c, MELODY, bar, steps[2 * i], 1, 72 + bar % 7);
      else
        note(c, MELODY, bar, steps[2 * i + 1], 1, 74 + bar % 5);
}

static void
half_new_tune(Cue *c)
{
  for (int bar = 0; bar < 16; bar++)
    TUNE(c, bar, 4, LIST(0, 4, 8), LIST(72, 76, bar < 8 ? 71 + bar : 79));
  TUNE(c, 16, 4, LIST(0, 2, 4), LIST(72, 74, 76));
  TUNE(c, 17, 4, LIST(0, 6, 8), LIST(72, 74, 76));
}

static void
test_a_tune_repeats_itself(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T34a", good_tune, wandering_tune);
  judge(CS_THEMATIC, "T34b", half_new_tune, wandering_tune);
}

static void
held_over(Cue *c)
{
  note(c, MELODY, 7, 8, BAR, 72);
  note(c, MELODY, 15, 8, 8, 72);
}

static void
test_no_sung_note_is_held_over_an_edit_point(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T58", good_tune, held_over);
}

// ---- T35, T37 --------------------------------------------------------------

static void
sections_alike(Cue *c)
{
  planned_chords(c);
  for (int bar = 0; bar < 16; bar++)
    TUNE(c, bar, 4, LIST(0, 4, 8), LIST(72, 76, 79));
}

static void
sections_unlike(Cue *c)
{
  planned_chords(c);
  for (int bar = 0; bar < 16; bar++)
    if (bar < 8)
      TUNE(c, bar, 4, LIST(0, 4, 8), LIST(72, 76, 79));
    else
      TUNE(c, bar, 4, LIST(2, 6, 10), LIST(77, 74, 71));
}

static void
test_a_comes_back(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T35a", sections_alike, sections_unlike);
}

static void
other_b(Cue *c)
{
  pad(c); // the same chords, another tune over them
  bass_line(c);
  for (int bar = 0; bar < N_BARS; bar++)
    if (bar < 16)
      TUNE(c, bar, 4, LIST(0, 4, 6, 8), LIST(72, 76, 77, 79));
    else
      TUNE(c, bar, 4, LIST(2, 5, 7, 10), LIST(77, 76, 74, 71));
}

static void
test_b_is_something_else(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T35b", other_b, planned_chords);
}

static void
steady_drums(Cue *c)
{
  for (int bar = 0; bar < N_BARS; bar++) {
    note(c, DRUMS, bar, 0, 1, 36);
    note(c, DRUMS, bar, bar % 2 == 0 ? 8 : 10, 1, 36);
    note(c, DRUMS, bar, 4, 1, 38);
    note(c, DRUMS, bar, 12, 1, 38);
  }
}

static void
unsteady_drums(Cue *c)
{
  for (int bar = 0; bar < N_BARS; bar++)
    for (int i = 0; i < 4; i++)
      note(c, DRUMS, bar, 4 * i + bar % 2, 1, 36);
}

static void
test_drums_keep_their_groove(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T37a", steady_drums, unsteady_drums);
}

static void
restless_tune(Cue *c)
{
  for (int bar = 0; bar < 16; bar++)
    for (int i = 0; i < 4; i++)
      note(c, MELODY, bar, 4 * i + bar % 2, 1, 72);
}

static void
test_a_tune_keeps_its_groove(void **state)
{
  (void)state;
  judge(CS_THEMATIC, "T37b", sections_alike, restless_tune);
}

// ---- T39 -------------------------------------------------------------------

/// Agreement of two bars that want little and four that want more.
static double
agreement(const double heard[6])
{
  static const double wanted[6] = {0.2, 0.2, 0.8, 0.8, 0.8, 0.8};
  CsArena *arena                = cs_arena_new(NULL);
  double agreed                 = 0.0;
  assert_non_null(arena);
  assert_int_equal(
      cs_rank_agreement(arena, wanted, heard, 6, &agreed), CS_OK);
  cs_arena_free(arena);
  return agreed;
}

static void
test_bars_that_want_the_same_have_no_order(void **state)
{
  (void)state;
  assert_true(agreement((double[6]){2, 1, 6, 3, 5, 4}) > 0.999);
  assert_true(agreement((double[6]){1, 2, 3, 4, 5, 6}) > 0.999);
  assert_true(agreement((double[6]){1, 3, 2, 4, 5, 6}) < 0.9);
  assert_true(agreement((double[6]){6, 5, 4, 3, 2, 1}) < -0.999);
  assert_true(agreement((double[6]){1, 1, 1, 1, 1, 1}) == 0.0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_chromatic_notes_must_go_on_by_step),
      cmocka_unit_test(test_layers_may_rub_only_briefly),
      cmocka_unit_test(test_a_tense_cue_may_rub_longer),
      cmocka_unit_test(test_chords_change_as_planned),
      cmocka_unit_test(test_progressions_are_usual_ones),
      cmocka_unit_test(test_sections_end_where_they_can_be_left),
      cmocka_unit_test(test_upper_voices_move_little),
      cmocka_unit_test(test_strings_avoid_parallel_fifths),
      cmocka_unit_test(test_guitars_may_go_in_parallel),
      cmocka_unit_test(test_the_bass_stays_below),
      cmocka_unit_test(test_upper_voices_lie_together),
      cmocka_unit_test(test_foreign_notes_are_met_by_step),
      cmocka_unit_test(test_leaps_turn_back),
      cmocka_unit_test(test_a_tune_has_some_range),
      cmocka_unit_test(test_a_tune_has_some_pitch_classes),
      cmocka_unit_test(test_a_tune_breathes),
      cmocka_unit_test(test_phrases_end_on_a_long_note),
      cmocka_unit_test(test_a_tune_repeats_itself),
      cmocka_unit_test(test_no_sung_note_is_held_over_an_edit_point),
      cmocka_unit_test(test_a_comes_back),
      cmocka_unit_test(test_b_is_something_else),
      cmocka_unit_test(test_drums_keep_their_groove),
      cmocka_unit_test(test_a_tune_keeps_its_groove),
      cmocka_unit_test(test_bars_that_want_the_same_have_no_order),
  };
  return cmocka_run_group_tests(tests, load_shipped, free_shipped);
}
