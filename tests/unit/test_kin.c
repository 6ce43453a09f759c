// What makes cues kin: bars they share, the theme they state, band, tempo, key.

#include "tests/unit/engine_fixture.h"

#include "gen/jobs/kin.h"
#include "gen/judge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Take {
  CsJob *job;
  CsEvidence e;
} Take;

/// Options as "name=value" with blanks between.
static Take
take_of(const char *prompt, const char *options)
{
  Take take = {.job = NULL};
  assert_int_equal(cs_job_new(engine, &take.job), CS_OK);
  assert_int_equal(set_options(take.job, options), CS_OK);
  if (cs_job_parse(take.job, prompt) != CS_OK ||
      cs_job_compose(take.job) != CS_OK ||
      cs_job_evidence(take.job->arena, take.job, &take.e) != CS_OK)
    fail_msg("%s: %s", prompt, cs_job_error(take.job));
  return take;
}

static double
literal_share(const Take *whole, const Take *part)
{
  double share     = -1.0;
  CsArena *scratch = cs_arena_new(NULL);
  assert_int_equal(
      cs_kin_literal_share(scratch, &whole->e, &part->e, &share), CS_OK);
  cs_arena_free(scratch);
  return share;
}

static CsStatement
statement_of(const Take *whole, const Take *part)
{
  CsStatement statement;
  CsArena *scratch = cs_arena_new(NULL);
  assert_int_equal(
      cs_kin_theme(scratch, &whole->e, &part->e, &statement), CS_OK);
  cs_arena_free(scratch);
  return statement;
}

static const char theme[] = "bright corporate theme";

static void
test_a_cue_holds_all_of_itself(void **state)
{
  (void)state;
  Take a            = take_of(theme, "duration=60");
  Take b            = take_of(theme, "duration=60");
  bool has_tunes    = false;
  double similarity = 0.0;
  assert_float_equal(literal_share(&a, &b), 1.0, 0.0);
  assert_float_equal(cs_kin_palette_share(&a.e, &b.e), 1.0, 0.0);
  assert_true(statement_of(&a, &b).n_heard > 0);
  assert_int_equal(
      cs_kin_melody(a.job->arena, &a.e, &b.e, &has_tunes, &similarity), CS_OK);
  assert_true(has_tunes);
  assert_float_equal(similarity, 1.0, 0.0);
  cs_job_free(a.job);
  cs_job_free(b.job);
}

static void
test_another_theme_shares_few_bars(void **state)
{
  (void)state;
  static const char *const prompts[] = {
      "bright corporate theme", "sad piano theme", "epic trailer theme"};
  for (size_t i = 0; i < COUNT(prompts); i++) {
    Take a = take_of(prompts[i], "duration=60 seed=1");
    Take b = take_of(prompts[i], "duration=60 seed=2");
    if (literal_share(&a, &b) > 0.1)
      fail_msg("%s: %.2f", prompts[i], literal_share(&a, &b));
    cs_job_free(a.job);
    cs_job_free(b.job);
  }
}

/// In how many of some cues is the theme of another heard?
static int
count_heard(const Take *whole, const char *prompt, const char *theme_option,
    int from, int to)
{
  int n = 0;
  for (int k = from; k < to; k++) {
    char options[96];
    (void)snprintf(options, sizeof options, "duration=%d seed=%d%s",
        15 * (1 + k % 4), k, theme_option);
    Take part = take_of(prompt, options);
    n += statement_of(whole, &part).n_heard > 0;
    cs_job_free(part.job);
  }
  return n;
}

/// The same theme in another length nearly always, another theme seldom.
static void
test_a_motif_tells_its_theme_from_others(void **state)
{
  (void)state;
  static const char *const prompts[] = {"bright corporate theme",
      "sad piano theme", "epic trailer theme", "folk guitar theme"};
  enum { N = 8, N_ALL = N * COUNT(prompts) };
  int n_own = 0, n_others = 0;
  for (size_t i = 0; i < COUNT(prompts); i++) {
    Take whole = take_of(prompts[i], "duration=90");
    assert_int_equal(statement_of(&whole, &whole).carrier, CS_CARRIED_BY_TUNE);
    n_own += count_heard(&whole, prompts[i], " theme-seed=1", 2, 2 + N);
    n_others += count_heard(&whole, prompts[i], "", 2, 2 + N);
    cs_job_free(whole.job);
  }
  if (n_own * 10 < N_ALL * 8 || n_others * 5 > N_ALL)
    fail_msg("of %d cues of a theme %d are heard to be; of as many others %d",
        (int)N_ALL, n_own, n_others);
}

static void
test_where_nothing_sings_the_chords_carry_the_theme(void **state)
{
  (void)state;
  Take whole = take_of("lo-fi beat without melody", "duration=60");
  Take own =
      take_of("lo-fi beat without melody", "duration=30 seed=7 theme-seed=1");
  Take other = take_of(
      "lo-fi beat without melody", "duration=30 theme-seed=1 reroll=harmony");
  assert_int_equal(statement_of(&whole, &own).carrier, CS_CARRIED_BY_HARMONY);
  assert_true(statement_of(&whole, &own).n_heard > 0);
  assert_int_equal(statement_of(&whole, &other).n_heard, 0);
  cs_job_free(whole.job);
  cs_job_free(own.job);
  cs_job_free(other.job);
}

/// Drums alone: other touches around the same accents are the same theme.
static void
test_the_groove_carries_the_theme_of_drums(void **state)
{
  (void)state;
  Take whole = take_of("drums alone", "duration=60");
  Take own   = take_of("drums alone", "duration=30 seed=7 palette-seed=1");
  Take other = take_of("bossa nova drums only", "duration=30 seed=7");
  Take sparse =
      take_of("ambient percussion only", "duration=120 function=ambient");
  assert_int_equal(statement_of(&whole, &own).carrier, CS_CARRIED_BY_GROOVE);
  assert_true(statement_of(&whole, &own).n_heard >= 4);
  assert_int_equal(statement_of(&whole, &other).n_heard, 0);
  assert_true(literal_share(&whole, &own) <= 0.4);
  assert_int_equal(
      statement_of(&sparse, &sparse).carrier, CS_CARRIED_BY_NOTHING);
  cs_job_free(whole.job);
  cs_job_free(own.job);
  cs_job_free(other.job);
  cs_job_free(sparse.job);
}

static void
test_a_palette_seed_keeps_the_band(void **state)
{
  (void)state;
  int n_changed = 0;
  Take a        = take_of(theme, "duration=60 seed=1");
  for (int k = 2; k < 12; k++) {
    char options[96];
    (void)snprintf(
        options, sizeof options, "duration=60 theme-seed=1 seed=%d", k);
    Take b = take_of(theme, options);
    n_changed += cs_kin_palette_share(&a.e, &b.e) < 1.0;
    cs_job_free(b.job);
    (void)snprintf(options, sizeof options,
        "duration=30 theme-seed=1 palette-seed=1 seed=%d", k);
    b = take_of(theme, options);
    assert_float_equal(cs_kin_palette_share(&a.e, &b.e), 1.0, 0.0);
    cs_job_free(b.job);
  }
  assert_true(n_changed >= 5);
  cs_job_free(a.job);
}

static void
test_a_tempo_stays_near_another(void **state)
{
  (void)state;
  static const int lengths_s[] = {5, 10, 15, 20, 25, 30, 45, 60};
  for (size_t i = 0; i < COUNT(lengths_s); i++)
    for (int bpm = 60; bpm <= 160; bpm += 12) {
      char options[96];
      (void)snprintf(options, sizeof options, "duration=%d tempo-near=%d",
          lengths_s[i], bpm);
      Take a             = take_of(theme, options);
      const double ratio = cs_kin_tempo_bpm(&a.e) / bpm;
      if (fabs(ratio - 1.0) > CS_TEMPO_NEAR + 0.001)
        fail_msg("%s: %.1f BPM", options, ratio * bpm);
      cs_job_free(a.job);
    }
}

static void
test_keys_lie_a_number_of_fifths_apart(void **state)
{
  (void)state;
  const CsKey c = {0, CS_MAJOR}, g = {7, CS_MAJOR}, f = {5, CS_MINOR},
              gb = {6, CS_MAJOR};
  assert_int_equal(cs_kin_fifths_apart(c, c), 0);
  assert_int_equal(cs_kin_fifths_apart(c, g), 1);
  assert_int_equal(cs_kin_fifths_apart(f, c), 1);
  assert_int_equal(cs_kin_fifths_apart(f, g), 2);
  assert_int_equal(cs_kin_fifths_apart(c, gb), 6);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_cue_holds_all_of_itself),
      cmocka_unit_test(test_another_theme_shares_few_bars),
      cmocka_unit_test(test_a_motif_tells_its_theme_from_others),
      cmocka_unit_test(test_where_nothing_sings_the_chords_carry_the_theme),
      cmocka_unit_test(test_the_groove_carries_the_theme_of_drums),
      cmocka_unit_test(test_a_palette_seed_keeps_the_band),
      cmocka_unit_test(test_a_tempo_stays_near_another),
      cmocka_unit_test(test_keys_lie_a_number_of_fifths_apart),
  };
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
