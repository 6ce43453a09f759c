// Comparisons with a cue that is not known: small steps, and that it is said.
#include "grammar_fixture.h"

static const double small_step = 0.25, smaller_step = 0.15, larger_step = 0.4;

static void
test_a_comparison_is_a_small_step_from_neutral(void **state)
{
  CsBrief *b = parse(*state, "darker than last time, 30 s");
  assert_float_equal(b->valence, -small_step, 1e-9);
  assert_string_equal(phrase_of(b, "valence")->rule, "small step");
  assert_string_equal(phrase_of(b, "valence")->text, "darker than last time");
  const char *said = warning_of(b, "earlier_cue_unknown");
  assert_non_null(said);
  assert_non_null(strstr(said, "\"darker than last time\""));
  assert_non_null(strstr(said, "no earlier cue is known here"));
  assert_non_null(strstr(said, "valence -0.25"));
  assert_non_null(strstr(explanation_of(*state, b), "(small step)"));
}

static void
test_a_comparison_is_a_step_from_the_other_words(void **state)
{
  const CsBrief *plain = parse(*state, "dreamy pads, 30 s");
  const CsBrief *moved = parse(*state, "dreamy pads, darker than before, 30 s");
  const double want    = plain->valence - small_step;
  assert_true(fabs(moved->valence - want) < 1e-9);
}

typedef struct Row {
  const char *prompt;
  double valence, arousal, density, tempo; ///< 0 where nothing is said.
} Row;

static void
check(Fixture *f, const Row *row)
{
  const CsBrief *b   = parse(f, row->prompt);
  const double got[] = {b->said & CS_SAID_VALENCE ? b->valence : 0.0,
      b->said & CS_SAID_AROUSAL ? b->arousal : 0.0,
      b->said & CS_SAID_DENSITY ? b->density : 0.0,
      b->said & CS_SAID_TEMPO_STEP ? b->tempo_step : 0.0};
  const double want[] = {row->valence, row->arousal, row->density, row->tempo};
  for (size_t i = 0; i < 4; i++)
    if (want[i] != 0.0 && fabs(got[i] - want[i]) > 1e-9)
      fail_msg("%s: field %zu is %g, not %g", row->prompt, i, got[i], want[i]);
  if (!warns(b, "earlier_cue_unknown") || b->n_arc > 0 ||
      (b->said & (CS_SAID_FLAT_ARC | CS_SAID_TEMPO)))
    fail_msg("%s: no step, or more than a step", row->prompt);
}

static void
test_every_form_of_comparison_is_a_step(void **state)
{
  static const Row rows[] = {
      {"brighter than last time", .valence = small_step},
      {"a bit brighter than before", .valence = smaller_step},
      {"much brighter than the previous one", .valence = larger_step},
      {"even darker", .valence = -small_step},
      {"less dark than version 1", .valence = small_step},
      {"a little less dark, please", .valence = smaller_step},
      {"calmer please", .arousal = -small_step},
      {"more energy", .arousal = small_step},
      {"a lot more energy than the last take", .arousal = larger_step},
      {"less epic", .arousal = -small_step},
      {"more upbeat than what you sent me", .valence = small_step},
      {"louder than last time", .arousal = small_step},
      {"busier", .density = small_step},
      {"less busy than the previous one", .density = -small_step},
      {"not as busy as last time", .density = -small_step},
      {"sparser than before", .density = -small_step},
      {"fuller, please", .density = small_step},
      {"slightly slower", .tempo = -0.048},
      {"a bit faster than before", .tempo = 0.048},
      {"faster than the last version", .tempo = 0.08},
      {"much slower than the last one", .tempo = -0.128},
      {"same as last time but slower", .tempo = -0.08},
      {"like the previous version, only sadder", .valence = -small_step},
      {"darker and slower than last time", .valence = -small_step,
          .tempo = -0.08},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check(*state, &rows[i]);
}

static void
test_a_comparison_with_a_time_is_a_change(void **state)
{
  static const char *const prompts[] = {"calm bed, 1 min, louder at 0:40",
      "1 min bed, calmer in the second half", "soft, then fuller, 40 s",
      "bed, 1 min, at 20 s louder, more energy",
      "tense bed, 1 min, sparser from 0:30"};
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++) {
    const CsBrief *b = parse(*state, prompts[i]);
    if (warns(b, "earlier_cue_unknown") || b->n_arc == 0)
      fail_msg("%s is a step", prompts[i]);
  }
}

static void
test_a_comparison_inside_the_mix_is_no_step(void **state)
{
  static const char *const prompts[] = {
      "bed, never louder than the voice, 30 s",
      "rock, no slower than 120, 25 s", "calm, not darker, 20 s",
      "pads louder than the drums, 20 s", "no longer than 45 seconds"};
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
    if (warns(parse(*state, prompts[i]), "earlier_cue_unknown"))
      fail_msg("%s is a step", prompts[i]);
}

static void
test_a_number_of_beats_stands_against_a_step(void **state)
{
  CsBrief *b = parse(*state, "30 s, 100 BPM, a bit faster than last time");
  assert_float_equal(b->tempo_bpm[0], 100.0, 1e-9);
  assert_false(b->said & CS_SAID_TEMPO_STEP);
  assert_non_null(strstr(warning_of(b, "earlier_cue_unknown"), "stands"));
}

static void
test_another_take_without_a_comparison_is_said_to_be_unknown(void **state)
{
  static const char *const prompts[] = {"same as last time, 30 s",
      "like the previous version, 30 s", "longer than last time",
      "less piano than before, 30 s"};
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
    if (!warns(parse(*state, prompts[i]), "earlier_cue_unknown"))
      fail_msg("%s: nothing is said", prompts[i]);
  const CsBrief *b = parse(*state, "last time it was 30 s, this one is 45 s");
  assert_float_equal(b->duration_s, 45.0, 1e-9);
}

static void
test_steps_read_back_from_json(void **state)
{
  Fixture *f         = *state;
  const CsJson *root = NULL;
  CsBrief *again     = NULL;
  CsBrief *b         = parse(f, "a bit faster and busier than last time");
  const char *json   = json_of(f, b);
  assert_int_equal(
      cs_json_parse(f->arena, "brief", json, strlen(json), &root), CS_OK);
  assert_int_equal(cs_brief_read_json(f->arena, root, &again), CS_OK);
  assert_int_equal(again->said, b->said);
  assert_float_equal(again->tempo_step, b->tempo_step, 1e-3);
  assert_float_equal(again->density, b->density, 1e-3);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_a_comparison_is_a_small_step_from_neutral),
      TEST(test_a_comparison_is_a_step_from_the_other_words),
      TEST(test_every_form_of_comparison_is_a_step),
      TEST(test_a_comparison_with_a_time_is_a_change),
      TEST(test_a_comparison_inside_the_mix_is_no_step),
      TEST(test_a_number_of_beats_stands_against_a_step),
      TEST(test_another_take_without_a_comparison_is_said_to_be_unknown),
      TEST(test_steps_read_back_from_json),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
