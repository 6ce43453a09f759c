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

/// T54 of octaves that fall evenly, but for what is added to one of them, in a
/// cue of one note.
static CsFinding
judged_with(CsFunction function, double fall_db, size_t octave, double add_db,
    uint8_t key)
{
  CsTrack track             = {.bank = 0};
  CsPlayedNote note         = {.off_frame = 48000, .key = key, .velocity = 80};
  CsPerformance performance = {
      .sample_rate = 48000, .n_frames = 48000, .notes = &note, .n_notes = 1};
  CsPlan plan   = {.function = function, .tracks = &track, .n_tracks = 1};
  CsHeard heard = {.sample_rate = 48000, .n_channels = 2, .rms_dbfs = -20.0};
  CsEvidence e  = {.plan = &plan, .sound = &heard, .performance = &performance};
  CsFinding f   = {.applies = false};
  CsArena *arena = cs_arena_new(NULL);
  for (size_t o = 0; o < CS_N_OCTAVES; o++)
    heard.octave_db[o] = -30.0 - fall_db * (double)o;
  heard.octave_db[octave] += add_db;
  assert_int_equal(cs_property_T54.fn(arena, &e, &f), CS_OK);
  assert_true(f.applies);
  cs_arena_free(arena);
  return f;
}

/// The same over a note in the lowest octave.
static CsFinding
judged(CsFunction function, double fall_db, size_t octave, double add_db)
{
  return judged_with(function, fall_db, octave, add_db, 36);
}

static void
test_octaves_that_nothing_is_written_for_may_be_empty(void **state)
{
  (void)state;
  assert_false(judged_with(CS_THEMATIC, 1.5, 0, -40.0, 40).holds);
  assert_true(judged_with(CS_THEMATIC, 1.5, 0, -40.0, 48).holds);
  assert_false(judged_with(CS_THEMATIC, 1.5, 0, 10.0, 48).holds);
  assert_false(judged_with(CS_THEMATIC, 1.5, 1, -40.0, 48).holds);
  assert_true(judged_with(CS_THEMATIC, 1.5, 1, -40.0, 60).holds);
  assert_false(judged_with(CS_THEMATIC, 1.5, 2, -40.0, 72).holds);
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
      cmocka_unit_test(test_octaves_that_nothing_is_written_for_may_be_empty),
      cmocka_unit_test(test_an_octave_that_sticks_out_is_named),
      cmocka_unit_test(test_what_lies_under_a_voice_may_be_dark_not_bright),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
