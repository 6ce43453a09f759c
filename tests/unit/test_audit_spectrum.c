// T54 on made-up octaves: which line it is, and who may be dark.

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/base/mathx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

/// T54 of octaves that fall evenly, but for what is added to one of them.
static CsFinding
judged(CsFunction function, double fall_db, size_t octave, double add_db)
{
  CsPlan plan    = {.function = function};
  CsHeard heard  = {.sample_rate = 48000, .n_channels = 2, .rms_dbfs = -20.0};
  CsEvidence e   = {.plan = &plan, .sound = &heard};
  CsFinding f    = {.applies = false};
  CsArena *arena = cs_arena_new(NULL);
  for (size_t o = 0; o < CS_N_OCTAVES; o++)
    heard.octave_db[o] = -30.0 - fall_db * (double)o;
  heard.octave_db[octave] += add_db;
  assert_int_equal(cs_property_T54.fn(arena, &e, &f), CS_OK);
  assert_true(f.applies);
  cs_arena_free(arena);
  return f;
}

static void
test_a_fall_of_4_5_db_per_hertz_is_1_5_db_per_band(void **state)
{
  (void)state;
  assert_float_equal(judged(CS_THEMATIC, 1.5, 0, 0.0).value, 0.0, 1e-9);
  assert_true(judged(CS_THEMATIC, 0.0, 0, 0.0).holds);  // pink noise
  assert_true(judged(CS_THEMATIC, 3.0, 0, 0.0).holds);  // brown noise
  assert_false(judged(CS_THEMATIC, 4.5, 0, 0.0).holds); // darker than that
  assert_false(judged(CS_THEMATIC, -1.5, 0, 0.0).holds);
}

static void
test_an_octave_that_sticks_out_is_named(void **state)
{
  (void)state;
  const CsFinding thin = judged(CS_THEMATIC, 1.5, 0, -9.0);
  assert_false(thin.holds);
  assert_true(thin.value < -7.0);
  assert_non_null(strstr(thin.where, "62 Hz"));
  const CsFinding boxy = judged(CS_BED, 1.5, 3, 9.0);
  assert_false(boxy.holds);
  assert_non_null(strstr(boxy.where, "500 Hz"));
  assert_true(judged(CS_UNDERSCORE, 1.5, 3, 9.0).holds); // 12 dB are allowed
}

static void
test_what_lies_under_a_voice_may_be_dark_not_bright(void **state)
{
  (void)state;
  for (size_t o = 5; o < CS_N_OCTAVES; o++) {
    assert_false(judged(CS_THEMATIC, 1.5, o, -20.0).holds);
    assert_true(judged(CS_BED, 1.5, o, -20.0).holds);
    assert_false(judged(CS_BED, 1.5, o, 8.0).holds);
    assert_true(judged(CS_AMBIENT, 1.5, o, -20.0).holds);
    assert_false(judged(CS_UNDERSCORE, 1.5, o, 13.0).holds);
  }
  assert_false(judged(CS_BED, 1.5, 4, -20.0).holds);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_fall_of_4_5_db_per_hertz_is_1_5_db_per_band),
      cmocka_unit_test(test_an_octave_that_sticks_out_is_named),
      cmocka_unit_test(test_what_lies_under_a_voice_may_be_dark_not_bright),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
