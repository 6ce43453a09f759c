#include "gen/plan/harmony.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { N_BARS = 8 };

static const char *turning[] = {"I", "V", "vi", "IV"};
static const char *turned[]  = {"vi", "IV", "I", "V"};
static const char *altered[] = {"I", "V", "ii", "IV"};
static const char *other[]   = {"I", "IV", "vi", "V"};
static const char *slow[]    = {"Iadd9", "%", "IVmaj7", "%"};
static const char *far[]     = {"bVI", "bIII", "bVI", "bIII"};

static CsLoop
loop_of(const char **chords)
{
  const CsProgression p = {.chords = {chords, 4}};
  CsLoop loop;
  cs_lay_out_loop(&p, 1, &loop);
  return loop;
}

static double
similarity(const char **a, const char **b)
{
  const CsLoop x = loop_of(a);
  const CsLoop y = loop_of(b);
  return cs_loop_similarity(&x, &y);
}

static void
test_similarity_counts_common_tones_and_basses_bar_by_bar(void **state)
{
  (void)state;
  assert_float_equal(similarity(turning, turning), 1.0, 1e-9);
  assert_float_equal(similarity(turning, other), similarity(other, turning), 0);
  assert_true(similarity(turning, altered) > similarity(turning, other));
  assert_true(similarity(turning, other) > similarity(turning, turned));
  assert_true(similarity(turning, far) < 0.15);
}

static const CsKinship wanted_kinship = {.least = 0.42, .most = 0.70};

static void
expect_bars(const char **a, const char **b, const char *const *wanted)
{
  const CsLoop x = loop_of(a);
  const CsLoop y = loop_of(b);
  const char *bars[N_BARS];
  cs_contrast_bars(&x, &y, &wanted_kinship, N_BARS, bars);
  for (int i = 0; i < N_BARS; i++)
    assert_string_equal(bars[i], wanted[i]);
}

static void
test_a_loop_that_is_kin_is_laid_out_as_it_is(void **state)
{
  (void)state;
  static const char *const wanted[N_BARS] = {
      "I", "IV", "vi", "V", "I", "IV", "vi", "V"};
  expect_bars(turning, other, wanted);
}

static void
test_the_same_loop_begins_in_its_middle_and_comes_home(void **state)
{
  (void)state;
  static const char *const wanted[N_BARS] = {
      "vi", "IV", "I", "V", "vi", "V", "vi", "IV"};
  expect_bars(turning, turning, wanted);
}

static void
test_a_loop_that_is_itself_again_in_its_middle_begins_elsewhere(void **state)
{
  (void)state;
  static const char *const wanted[N_BARS] = {
      "bIII", "bVI", "bIII", "bVI", "bIII", "bIII", "bVI", "bIII"};
  expect_bars(far, far, wanted);
}

static void
test_a_strange_loop_ends_on_whole_chords_of_the_other(void **state)
{
  (void)state;
  static const char *const wanted[N_BARS] = {
      "bVI", "bIII", "bVI", "bIII", "Iadd9", "%", "IVmaj7", "%"};
  expect_bars(slow, far, wanted);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(
          test_similarity_counts_common_tones_and_basses_bar_by_bar),
      cmocka_unit_test(test_a_loop_that_is_kin_is_laid_out_as_it_is),
      cmocka_unit_test(test_the_same_loop_begins_in_its_middle_and_comes_home),
      cmocka_unit_test(
          test_a_loop_that_is_itself_again_in_its_middle_begins_elsewhere),
      cmocka_unit_test(test_a_strange_loop_ends_on_whole_chords_of_the_other),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
