// Where words lie on the plane of mood, and how much each of them weighs.
#include "grammar_fixture.h"

static const double happy = 0.85, dark = -0.6, sad = -0.6, warm = 0.6;

static void
check_valence(Fixture *f, const char *prompt, double want)
{
  const CsBrief *b = parse(f, prompt);
  if (fabs(b->valence - want) > 1e-9)
    fail_msg("%s: valence is %g, not %g", prompt, b->valence, want);
}

static void
test_a_head_word_weighs_double_against_a_modifier(void **state)
{
  Fixture *f = *state;
  check_valence(
      f, "a happy piece with dark drums, 30 s", (2.0 * happy + dark) / 3.0);
  check_valence(
      f, "dark family photos, happy theme, 30 s", (2.0 * happy + dark) / 3.0);
  check_valence(
      f, "warm piano music over dark drums, 30 s", (2.0 * warm + dark) / 3.0);
  check_valence(f, "it should be happy, with sad strings, 30 s",
      (2.0 * happy + sad) / 3.0);
}

static void
test_words_of_the_same_kind_weigh_the_same(void **state)
{
  Fixture *f = *state;
  check_valence(f, "happy, dark, 30 s", (happy + dark) / 2.0);
  check_valence(f, "a warm and dark theme, 30 s", (warm + dark) / 2.0);
  check_valence(f, "happy drums, dark strings, 30 s", (happy + dark) / 2.0);
}

static void
test_what_is_said_of_the_picture_is_a_modifier(void **state)
{
  Fixture *f = *state;
  check_valence(f, "happy, like a sad dream, 30 s", (2.0 * happy + sad) / 3.0);
  check_valence(f, "warm, for a dark alley, 30 s", (2.0 * warm + dark) / 3.0);
  CsBrief *b = parse(f, "darkly happy, 30 s");
  assert_string_equal(b->understood[0].text, "darkly");
  assert_string_equal(b->understood[0].rule, "modifier");
  assert_true(b->valence > 0.1);
}

static void
test_images_and_uses_are_weak_beside_a_head_word(void **state)
{
  const CsBrief *b = parse(*state, "sad wedding theme, 30 s");
  assert_true(b->valence < -0.25);
  assert_true(parse(*state, "wedding film, 30 s")->valence > 0.1);
}

static void
test_a_quiet_beginning_is_left_behind_by_a_summit(void **state)
{
  Fixture *f       = *state;
  const CsBrief *b = parse(f, "starts very calm, explodes at 0:10, 40 s");
  assert_int_equal(b->said & CS_SAID_AROUSAL, 0);
  assert_int_equal(b->moods.n, 0);
  assert_true(parse(f, "starts calm, 40 s")->arousal < -0.5);
  assert_true(parse(f, "calm, explodes at 0:10, 40 s")->arousal < -0.5);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_a_head_word_weighs_double_against_a_modifier),
      TEST(test_words_of_the_same_kind_weigh_the_same),
      TEST(test_what_is_said_of_the_picture_is_a_modifier),
      TEST(test_images_and_uses_are_weak_beside_a_head_word),
      TEST(test_a_quiet_beginning_is_left_behind_by_a_summit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
