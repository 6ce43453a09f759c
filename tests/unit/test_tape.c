// Samples packed in 16 bits, and signals put aside block by block, in memory
// and in the file.

#include "gen/base/rng.h"
#include "gen/master/packed.h"
#include "gen/master/tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

enum { BLOCK = CS_BLOCK_FRAMES, MOST = 2 * BLOCK };

/// Noise that decays, so that a block holds large and small samples.
static void
fill(float *samples, size_t n, float peak, uint64_t seed)
{
  CsRng rng = cs_rng_at(seed, "samples", 0, 0);
  for (size_t i = 0; i < n; i++) {
    const double x = (double)cs_rng_below(&rng, 2000001) * 1e-6 - 1.0;
    samples[i]     = peak * (float)(x * exp(-0.001 * (double)i));
  }
}

static float
peak_of(const float *samples, size_t n)
{
  float peak = 0.0F;
  for (size_t i = 0; i < n; i++)
    peak = fmaxf(peak, fabsf(samples[i]));
  return peak;
}

// ---- Packed -----------------------------------------------------------------

static void
assert_near_enough(const float *is, const float *wanted, size_t n)
{
  const double most = pow(10.0, -96.0 / 20.0) * (double)peak_of(wanted, n);
  for (size_t i = 0; i < n; i++)
    if (!(fabs((double)is[i] - (double)wanted[i]) <= most))
      fail_msg("sample %zu of %zu is %g, wanted %g +- %g", i, n, (double)is[i],
          (double)wanted[i], most);
}

static void
test_no_sample_comes_back_farther_off_than_96_db_below_the_largest(void **state)
{
  (void)state;
  static const size_t lengths[] = {1, 63, 64, 65, 200, MOST - 1, MOST};
  static const float peaks[]    = {1e-29F, 3e-5F, 0.37F, 1.0F, 5.0F, 1e30F};
  float samples[MOST], back[MOST];
  int16_t steps[MOST];
  for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
    for (size_t p = 0; p < sizeof peaks / sizeof *peaks; p++) {
      fill(samples, lengths[l], peaks[p], 7 * l + p);
      const float step = cs_pack(samples, lengths[l], steps);
      cs_unpack(steps, step, lengths[l], back);
      assert_near_enough(back, samples, lengths[l]);
    }
}

static void
test_largest_sample_is_all_steps(void **state)
{
  (void)state;
  float samples[200] = {[3] = 0.3F, [64] = -0.7F, [199] = 0.7F};
  int16_t steps[200];
  assert_true(cs_pack(samples, 200, steps) == 0.7F / 32767.0F);
  assert_int_equal(steps[3], 14043);
  assert_int_equal(steps[64], -32767);
  assert_int_equal(steps[199], 32767);
}

/// The tests are built without wide vectors, and the C library rounds.
static void
test_steps_are_the_same_in_vectors_and_one_by_one(void **state)
{
  (void)state;
  float samples[MOST], back[MOST];
  int16_t steps[MOST];
  for (uint64_t round = 0; round < 200; round++) {
    const size_t n = round < 150 ? (size_t)round : (size_t)MOST - round % 70;
    fill(samples, n, 1.0F + 0.1F * (float)round, round);
    const float peak   = peak_of(samples, n);
    const float in_one = n > 0 ? 32767.0F / peak : 0.0F;
    const float step   = cs_pack(samples, n, steps);
    cs_unpack(steps, step, n, back);
    assert_true(step == peak / 32767.0F);
    for (size_t i = 0; i < n; i++) {
      assert_int_equal(steps[i], lrintf(samples[i] * in_one));
      assert_true(back[i] == (float)steps[i] * step);
    }
  }
}

static void
test_silence_comes_back_as_silence(void **state)
{
  (void)state;
  float samples[300] = {[7] = -0.0F, [200] = 1e-31F, [299] = -1e-38F};
  float back[300];
  int16_t steps[300];
  assert_true(cs_pack(samples, 300, steps) == 0.0F);
  cs_unpack(steps, 0.0F, 300, back);
  for (size_t i = 0; i < 300; i++)
    assert_true(steps[i] == 0 && back[i] == 0.0F);
}

// ---- Tape -------------------------------------------------------------------

enum { N_BLOCKS = 6, N_LAST = 100, N_SIGNALS = 4 };

static bool
packs(size_t signal)
{
  return signal % 2 == 1;
}

static size_t
n_of(size_t block)
{
  return block + 1 < N_BLOCKS ? BLOCK : N_LAST;
}

/// What a signal holds: each block of another loudness, one of them silent.
static void
fill_block(float *frames, size_t n, size_t block, size_t signal, int take)
{
  const float peak = block == 2 ? 0.0F : ldexpf(0.9F, -3 * (int)(block % 4));
  fill(frames, n, (float)(1 + 20 * take) * peak,
      (block * N_SIGNALS + signal) * 10 + (uint64_t)take);
}

/// @param takes  Of each block and signal, which one was put last.
static void
assert_holds(CsArena *arena, CsTape *tape, int takes[N_BLOCKS][N_SIGNALS])
{
  float wanted[MOST], is[MOST];
  for (size_t b = N_BLOCKS; b-- > 0;)
    for (size_t s = 0; s < N_SIGNALS; s++) {
      const size_t n = n_of(b) * tape->n_channels;
      fill_block(wanted, n, b, s, takes[b][s]);
      assert_int_equal(
          cs_tape_get(arena, tape, (int64_t)b * BLOCK, n_of(b), s, is), CS_OK);
      assert_near_enough(is, wanted, n);
      if (!packs(s))
        assert_memory_equal(is, wanted, n * sizeof *is);
    }
}

static void
record_and_mend(CsArena *arena, CsTape *tape)
{
  static const size_t mended[][2] = {{0, 1}, {2, 1}, {3, 0}, {5, 3}, {5, 2}};
  int takes[N_BLOCKS][N_SIGNALS]  = {{0}};
  float frames[MOST];
  for (size_t s = 0; s < N_SIGNALS; s++)
    assert_int_equal(cs_tape_add(arena, tape, packs(s)), CS_OK);
  for (size_t b = 0; b < N_BLOCKS; b++)
    for (size_t s = 0; s < N_SIGNALS; s++) {
      fill_block(frames, n_of(b) * tape->n_channels, b, s, 0);
      assert_int_equal(
          cs_tape_put(arena, tape, (int64_t)b * BLOCK, n_of(b), s, frames),
          CS_OK);
    }
  assert_holds(arena, tape, takes);
  for (size_t i = 0; i < sizeof mended / sizeof *mended; i++) {
    const size_t b = mended[i][0], s = mended[i][1];
    takes[b][s] = 1; // louder, in other steps
    fill_block(frames, n_of(b) * tape->n_channels, b, s, 1);
    assert_int_equal(
        cs_tape_set(arena, tape, (int64_t)b * BLOCK, n_of(b), s, frames),
        CS_OK);
  }
  assert_holds(arena, tape, takes);
}

static void
test_tape_gives_back_every_block_of_every_signal(void **state)
{
  (void)state;
  static const size_t limits[] = {0, 1 << 16, 64 << 20};
  for (size_t k = 0; k < 3; k++)
    for (size_t n_channels = 1; n_channels <= 2; n_channels++) {
      CsArena *arena   = cs_arena_new(NULL);
      CsChunks *chunks = cs_chunks_new();
      CsSpool *spool   = NULL;
      CsTape tape;
      assert_int_equal(
          cs_spool_new(arena, "/tmp", limits[k], chunks, &spool), CS_OK);
      assert_int_equal(
          cs_tape_new(arena, spool, n_channels, N_BLOCKS, &tape), CS_OK);
      record_and_mend(arena, &tape);
      const size_t n_frames = (N_BLOCKS - 1) * BLOCK + N_LAST;
      assert_int_equal(
          cs_spool_n_bytes(spool), n_frames * n_channels * (4 + 2 + 4 + 2));
      cs_spool_free(spool);
      cs_chunks_free(chunks);
      cs_arena_free(arena);
    }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(
          test_no_sample_comes_back_farther_off_than_96_db_below_the_largest),
      cmocka_unit_test(test_largest_sample_is_all_steps),
      cmocka_unit_test(test_steps_are_the_same_in_vectors_and_one_by_one),
      cmocka_unit_test(test_silence_comes_back_as_silence),
      cmocka_unit_test(test_tape_gives_back_every_block_of_every_signal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
