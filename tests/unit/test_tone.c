// The tone of the whole: what is heard of a spectrum, and what is given to it.

#include "gen/master/tone.h"

#include "gen/base/mathx.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
// clang-format off
#include <cmocka.h>
// clang-format on

enum { RATE = 48000, N_BLOCKS = 12 };

static void
assert_db(double db, double wanted, double most)
{
  if (db < wanted - most || db > wanted + most)
    fail_msg("%.2f dB instead of %.2f", db, wanted);
}

/// A tone in each octave, so far off the line of T54.
static void
hear(CsTone *tone, const double off_db[CS_TONE_OCTAVES], size_t n_channels)
{
  static float frames[2 * CS_BLOCK_FRAMES];
  int64_t t = 0;
  for (int b = 0; b < N_BLOCKS; b++) {
    for (size_t f = 0; f < CS_BLOCK_FRAMES; f++, t++) {
      double x = 0.0;
      for (size_t o = 0; o < CS_TONE_OCTAVES; o++)
        x += cs_gain_from_db(off_db[o] - 1.5 * (double)o) *
             cs_sin(2.0 * CS_PI * 62.5 * (double)(1U << o) * (double)t / RATE);
      for (size_t c = 0; c < n_channels; c++)
        frames[f * n_channels + c] = (float)(0.05 * x);
    }
    cs_tone_hear(tone, frames, CS_BLOCK_FRAMES, n_channels);
  }
}

static CsFilter
filter_for(CsFunction function, bool carves, const double off_db[],
    size_t n_channels, double gains_db[])
{
  const CsMasterWish wish = {
      .function = function, .sample_rate = RATE, .carves_speech = carves};
  CsArena *arena = cs_arena_new(NULL);
  CsTone *tone   = NULL;
  assert_int_equal(cs_tone_new(arena, &tone), CS_OK);
  hear(tone, off_db, n_channels);
  const CsFilter filter = cs_tone_filter(tone, &wish, gains_db);
  cs_arena_free(arena);
  return filter;
}

static void
test_what_is_near_the_line_is_left_alone(void **state)
{
  (void)state;
  static const double off[CS_TONE_OCTAVES] = {3, -3, 3, -3, 3, -3, 3, -3};
  double db[CS_TONE_OCTAVES];
  for (int f = 0; f < CS_N_FUNCTIONS; f++)
    assert_int_equal(
        filter_for((CsFunction)f, false, off, 2, db).n_sections, 0);
}

static void
test_an_octave_far_off_is_brought_back_by_three_db_at_most(void **state)
{
  (void)state;
  static const double off[CS_TONE_OCTAVES] = {0, 0, 0, 12, 0, 0, 0, -11};
  for (size_t n_channels = 1; n_channels <= 2; n_channels++) {
    double db[CS_TONE_OCTAVES];
    const CsFilter filter = filter_for(CS_THEMATIC, false, off, n_channels, db);
    assert_int_equal(filter.n_sections, 2);
    assert_db(db[3], -3.0, 1e-9);
    assert_db(db[7], 3.0, 1e-9);
  }
}

static void
test_a_little_too_much_is_mended_by_a_little(void **state)
{
  (void)state;
  static const double off[CS_TONE_OCTAVES] = {-1, -1, -1, 6, 0, -1, -1, -1};
  double db[CS_TONE_OCTAVES];
  (void)filter_for(CS_THEMATIC, false, off, 2, db);
  assert_db(db[3], -2.0, 0.3);
  for (size_t o = 0; o < CS_TONE_OCTAVES; o++)
    if (o != 3)
      assert_db(db[o], 0.0, 0.0);
}

static void
test_what_is_not_there_is_not_raised(void **state)
{
  (void)state;
  static const double off[CS_TONE_OCTAVES] = {-40, 1, -1, 1, -1, 1, -1, -30};
  double db[CS_TONE_OCTAVES];
  (void)filter_for(CS_THEMATIC, false, off, 2, db);
  assert_db(db[0], 0.0, 0.0);
  assert_db(db[7], 0.0, 0.0);
}

static void
test_nothing_is_raised_where_a_voice_speaks(void **state)
{
  (void)state;
  static const double off[CS_TONE_OCTAVES] = {1, -1, 1, -1, 1, -8, -8, -8};
  double db[CS_TONE_OCTAVES];
  assert_int_equal(filter_for(CS_BED, true, off, 2, db).n_sections, 0);
  assert_int_equal(filter_for(CS_THEMATIC, true, off, 2, db).n_sections, 0);
  assert_true(filter_for(CS_THEMATIC, false, off, 2, db).n_sections > 0);
}

static void
test_silence_asks_for_nothing(void **state)
{
  (void)state;
  static const double off[CS_TONE_OCTAVES] = {
      -400, -400, -400, -400, -400, -400, -400, -400};
  double db[CS_TONE_OCTAVES];
  assert_int_equal(filter_for(CS_THEMATIC, false, off, 2, db).n_sections, 0);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_is_near_the_line_is_left_alone),
      cmocka_unit_test(
          test_an_octave_far_off_is_brought_back_by_three_db_at_most),
      cmocka_unit_test(test_a_little_too_much_is_mended_by_a_little),
      cmocka_unit_test(test_what_is_not_there_is_not_raised),
      cmocka_unit_test(test_nothing_is_raised_where_a_voice_speaks),
      cmocka_unit_test(test_silence_asks_for_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
