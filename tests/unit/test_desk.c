// What the desk does to a tone: cuts at the bottom, room for a voice, and the
// tone of the whole.

#include "gen/master/desk.h"

#include "gen/base/mathx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
// clang-format off
#include <cmocka.h>
// clang-format on

static double
energy(const float *frames)
{
  double sum = 0.0;
  for (size_t i = 0; i < 2 * (size_t)CS_BLOCK_FRAMES; i++)
    sum += (double)frames[i] * (double)frames[i];
  return sum;
}

/// Gain of a steady tone through one stem, without room, in dB.
static double
gain_db(CsFunction function, bool carves, CsStem stem, double hz)
{
  const CsMasterWish wish         = {.function = function,
              .sample_rate                     = 48000,
              .n_channels                      = 2,
              .carves_speech                   = carves,
              .room                            = 0.5,
              .wet_db                          = -200.0};
  const bool has_stem[CS_N_STEMS] = {
      [CS_STEM_DRUMS] = true, [CS_STEM_HARMONY] = true};
  CsArena *arena      = cs_arena_new(NULL);
  float *in           = CS_NEW_N(arena, float, 2 * (size_t)CS_BLOCK_FRAMES);
  float *mix          = CS_NEW_N(arena, float, 2 * (size_t)CS_BLOCK_FRAMES);
  float *rhythm       = CS_NEW_N(arena, float, 2 * (size_t)CS_BLOCK_FRAMES);
  const CsDeskOut out = {.mix = mix, .rhythm = rhythm};
  CsStemBlock block   = {.n_frames = CS_BLOCK_FRAMES};
  CsDesk *desk        = NULL;
  block.stems[stem]   = in;
  assert_int_equal(cs_desk_new(arena, &wish, has_stem, &desk), CS_OK);
  for (int64_t b = 0, t = 0; b < 8; b++) {
    for (int64_t f = 0; f < CS_BLOCK_FRAMES; f++, t++)
      in[2 * f] = in[2 * f + 1] =
          (float)cs_sin(2.0 * CS_PI * hz * (double)t / 48000.0);
    cs_desk_run(desk, &block, CS_BLOCK_FRAMES, &out);
  }
  const double db = cs_db_from_gain(energy(mix) / energy(in)) / 2.0;
  cs_arena_free(arena);
  return db;
}

static void
assert_db(double db, double wanted, double most)
{
  if (db < wanted - most || db > wanted + most)
    fail_msg("%.2f dB instead of %.2f", db, wanted);
}

static void
test_a_voice_gets_room_in_the_middle_and_below(void **state)
{
  (void)state;
  const CsFunction f = CS_UNDERSCORE;
  assert_db(gain_db(f, true, CS_STEM_HARMONY, 2000.0), -6.0, 0.1);
  assert_db(gain_db(CS_BED, true, CS_STEM_HARMONY, 2000.0) -
                gain_db(CS_BED, false, CS_STEM_HARMONY, 2000.0),
      -3.0, 0.1);
  assert_db(gain_db(f, false, CS_STEM_HARMONY, 2000.0), 0.0, 0.1);
  assert_db(gain_db(f, true, CS_STEM_HARMONY, 70.0), -3.0, 0.2);
  assert_db(gain_db(f, false, CS_STEM_HARMONY, 70.0), -0.4, 0.3);
  assert_true(gain_db(f, true, CS_STEM_HARMONY, 35.0) < -11.0);
  // Drums and bass keep their bottom and their strokes.
  assert_db(gain_db(f, true, CS_STEM_DRUMS, 2000.0), 0.0, 0.1);
  assert_db(gain_db(f, true, CS_STEM_DRUMS, 70.0), 0.0, 0.3);
}

static void
test_a_theme_under_a_voice_is_carved_and_as_dark_as_a_bed(void **state)
{
  (void)state;
  const CsStem s = CS_STEM_HARMONY;
  assert_db(gain_db(CS_THEMATIC, true, s, 2000.0),
      gain_db(CS_BED, true, s, 2000.0) - 3.0, 0.01);
  assert_db(gain_db(CS_THEMATIC, true, s, 12000.0),
      gain_db(CS_BED, true, s, 12000.0), 0.2);
  assert_true(gain_db(CS_THEMATIC, true, s, 2000.0) <
              gain_db(CS_THEMATIC, false, s, 2000.0) - 5.5);
  assert_db(gain_db(CS_AMBIENT, true, s, 2000.0), -3.0, 0.1);
}

static void
test_nothing_is_left_below_the_lowest_note(void **state)
{
  (void)state;
  for (int f = 0; f < CS_N_FUNCTIONS; f++) {
    const CsFunction function = (CsFunction)f;
    const double at           = gain_db(function, false, CS_STEM_DRUMS, 30.0);
    assert_true(gain_db(function, false, CS_STEM_DRUMS, 10.0) < at - 12.0);
  }
}

static void
test_the_whole_has_the_tone_of_its_function(void **state)
{
  (void)state;
  assert_true(gain_db(CS_THEMATIC, false, CS_STEM_DRUMS, 80.0) > 2.0);
  assert_db(gain_db(CS_THEMATIC, false, CS_STEM_DRUMS, 600.0), -2.0, 0.2);
  assert_db(gain_db(CS_THEMATIC, false, CS_STEM_DRUMS, 12000.0), 3.0, 0.2);
  assert_db(gain_db(CS_BED, false, CS_STEM_DRUMS, 600.0), -1.5, 0.2);
  assert_db(gain_db(CS_BED, false, CS_STEM_DRUMS, 12000.0), 0.0, 0.2);
  assert_db(gain_db(CS_AMBIENT, false, CS_STEM_DRUMS, 600.0), 0.0, 0.1);
  // An underscore leaves consonants their air (RULEBOOK 2.2).
  assert_db(gain_db(CS_UNDERSCORE, false, CS_STEM_DRUMS, 16000.0), -2.0, 0.3);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_voice_gets_room_in_the_middle_and_below),
      cmocka_unit_test(
          test_a_theme_under_a_voice_is_carved_and_as_dark_as_a_bed),
      cmocka_unit_test(test_nothing_is_left_below_the_lowest_note),
      cmocka_unit_test(test_the_whole_has_the_tone_of_its_function),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
