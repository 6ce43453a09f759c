// The limiter's curve, the true-peak meter against libebur128's, and the spool.

#include "gen/base/mathx.h"
#include "gen/base/rng.h"
#include "gen/master/gain_curve.h"
#include "gen/master/limiter.h"
#include "gen/master/spool.h"
#include "gen/master/true_peak.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ebur128.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 48000, N_FRAMES = 3 * RATE };

static CsArena *
arena_new(void)
{
  CsArena *arena = cs_arena_new(NULL);
  assert_non_null(arena);
  return arena;
}

static void
assert_near(const char *what, double is, double wanted, double tolerance)
{
  if (!(fabs(is - wanted) <= tolerance))
    fail_msg("%s is %.6f, wanted %.6f +- %.6f", what, is, wanted, tolerance);
}

/// Noise with bursts that stick out by 6 dB, stereo.
static float *
bursts(CsArena *arena)
{
  float *frames = CS_NEW_N(arena, float, 2 * (size_t)N_FRAMES);
  CsRng rng     = cs_rng_at(1, "bursts", 0, 0);
  assert_non_null(frames);
  for (int i = 0; i < 2 * N_FRAMES; i++) {
    const double level = i / 2 % 30000 < 900 ? 0.4 : 0.15;
    frames[i]          = (float)(level * cs_rng_normal(&rng));
  }
  return frames;
}

static double
outside_true_peak(const float *frames, size_t n_frames, int rate)
{
  ebur128_state *state =
      ebur128_init(2, (unsigned long)rate, EBUR128_MODE_TRUE_PEAK);
  double left = 0.0, right = 0.0;
  assert_non_null(state);
  ebur128_add_frames_float(state, frames, n_frames);
  ebur128_true_peak(state, 0, &left);
  ebur128_true_peak(state, 1, &right);
  ebur128_destroy(&state);
  return fmax(left, right);
}

static void
test_true_peak_is_what_libebur128_measures(void **state)
{
  (void)state;
  static const int rates[] = {8000, 44100, 48000, 96000};
  CsArena *arena           = arena_new();
  float *frames            = bursts(arena);
  CsTruePeak *peak         = CS_NEW(arena, CsTruePeak);
  for (size_t i = 0; i < 4; i++) {
    float max = 0.0F;
    cs_true_peak_begin(peak, rates[i], 2);
    for (size_t f = 0; f < N_FRAMES; f += 1000)
      max = cs_true_peak_max(peak, frames + 2 * f, 1000, max);
    assert_near("true peak", (double)max,
        outside_true_peak(frames, N_FRAMES, rates[i]), 1e-5);
  }
  cs_arena_free(arena);
}

static void
test_peak_between_samples_is_found_at_a_quarter_of_the_rate(void **state)
{
  (void)state;
  CsArena *arena   = arena_new();
  CsTruePeak *peak = CS_NEW(arena, CsTruePeak);
  float frames[2000];
  float max = 0.0F;
  for (int i = 0; i < 2000; i++) // all samples are +-0.707
    frames[i] = (float)cs_sin(CS_PI / 2.0 * i + CS_PI / 4.0);
  cs_true_peak_begin(peak, RATE, 1);
  for (size_t f = 0; f < 2000; f += 500)
    max = cs_true_peak_max(peak, frames + f, 500, max);
  assert_near("peak", (double)max, 1.0, 0.03);
  cs_arena_free(arena);
}

/// Noise that changes from sample to sample, or every few samples by a step, or
/// a single sample, in turn.
static float
rough(CsRng *rng, int i)
{
  static const int lengths[] = {1, 2, 3, 7, 40};
  const int kind             = i / 1000 % 6;
  if (kind == 5)
    return i % 100 == 0 ? 1.0F : 0.0F;
  const float fresh = (float)cs_rng_between(rng, -1.0, 1.0);
  return i % lengths[kind] == 0 ? fresh : 2.0F;
}

static void
test_no_true_peak_is_over_its_bound(void **state)
{
  (void)state;
  static const int rates[] = {44100, 192000};
  enum { N = 6000, WINDOW = 20 };
  CsArena *arena   = arena_new();
  CsTruePeak *peak = CS_NEW(arena, CsTruePeak);
  float frames[N], peaks[N + CS_PEAK_MAX_HALF];
  CsRng rng = cs_rng_at(3, "bound", 0, 0);
  for (int i = 0; i < N; i++) {
    frames[i] = rough(&rng, i);
    if (frames[i] > 1.5F) // what was before goes on
      frames[i] = i > 0 ? frames[i - 1] : 0.0F;
  }
  for (size_t r = 0; r < 2; r++) {
    cs_true_peak_begin(peak, rates[r], 1);
    const size_t half = peak->half;
    for (size_t f = 0; f < N; f += 500)
      cs_true_peak_run(peak, frames + f, 500, 0.0F, peaks + f);
    for (size_t f = 4 * half; f + half + WINDOW < N; f += WINDOW) {
      const CsExtent extent =
          cs_extent_of(frames + f - 2 * half - 1, 2 * half + 2 + WINDOW, 1);
      const float bound = cs_true_peak_bound(peak, extent);
      for (size_t i = f; i < f + WINDOW - half; i++)
        if (peaks[i] > bound)
          fail_msg(
              "peak %g over %g at %zu", (double)peaks[i], (double)bound, i);
    }
  }
  cs_arena_free(arena);
}

static void
test_bound_of_a_low_tone_is_near_its_peak(void **state)
{
  (void)state;
  CsArena *arena   = arena_new();
  CsTruePeak *peak = CS_NEW(arena, CsTruePeak);
  float frames[2000];
  for (int i = 0; i < 2000; i++)
    frames[i] = (float)(0.5 * cs_sin(2.0 * CS_PI * 500.0 / RATE * i));
  cs_true_peak_begin(peak, RATE, 1);
  assert_near("bound",
      (double)cs_true_peak_bound(peak, cs_extent_of(frames, 2000, 1)), 0.5,
      0.01);
  cs_arena_free(arena);
}

/// The curve of a whole signal, frame by frame in step with it.
static float *
curve_of(CsArena *arena, const float *frames, double gain, double ceiling,
    size_t n_block)
{
  CsLimiter *limiter = NULL;
  assert_int_equal(cs_limiter_new(arena, RATE, 2, &limiter), CS_OK);
  const size_t n_late = cs_limiter_lookahead(limiter);
  float *curve        = CS_NEW_N(arena, float, N_FRAMES + n_late);
  size_t n_done       = 0;
  assert_non_null(curve);
  assert_true(n_late < 4096);
  cs_limiter_begin(limiter, gain, ceiling);
  while (n_done < N_FRAMES) {
    const size_t n_left = N_FRAMES - n_done;
    const size_t n      = n_left < n_block ? n_left : n_block;
    cs_limiter_run(limiter, frames + 2 * n_done, n, curve + n_done);
    n_done += n;
  }
  cs_limiter_run(limiter, NULL, n_late, curve + n_done);
  return curve + n_late;
}

/// Most is known to stay below the ceiling and passed over: the rest comes out
/// as if the limiter had heard everything.
static void
test_limiter_goes_on_after_what_it_did_not_hear(void **state)
{
  (void)state;
  CsArena *arena     = arena_new();
  CsLimiter *limiter = NULL;
  float *frames      = bursts(arena);
  const size_t first = 90000, n = 4000;
  for (size_t i = 0; i < 2 * (first - 1000); i++)
    frames[i] *= 0.3F;
  const float *whole = curve_of(arena, frames, 1.0, 1.2, 1000);
  float curve[4000];
  assert_int_equal(cs_limiter_new(arena, RATE, 2, &limiter), CS_OK);
  cs_limiter_begin(limiter, 1.0, 1.2);
  assert_true(cs_limiter_is_idle(limiter));
  const size_t n_late = cs_limiter_lookahead(limiter);
  for (size_t i = 0; i < first - n_late; i++)
    assert_true(whole[i] >= 1.0F); // so much may be passed over
  cs_limiter_resume(limiter, frames + 2 * (first - 100), 100);
  cs_limiter_run(limiter, frames + 2 * first, n, curve);
  for (size_t i = 0; i < n; i++)
    assert_true(curve[i] == whole[first - n_late + i]);
  assert_false(cs_limiter_is_idle(limiter));
  cs_arena_free(arena);
}

static void
test_curve_keeps_every_true_peak_under_the_ceiling(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  float *frames  = bursts(arena);
  float *curve   = curve_of(arena, frames, 1.2, 0.8, 4096);
  for (size_t i = 0; i < 2 * (size_t)N_FRAMES; i++) {
    frames[i] = (float)((double)frames[i] * 1.2 * (double)curve[i / 2]);
    assert_true(fabs((double)frames[i]) <= 0.8 * 1.000001);
  }
  const double peak = outside_true_peak(frames, N_FRAMES, RATE);
  assert_true(peak <= 0.8 * 1.005);
  assert_true(peak > 0.8 * 0.98); // and takes no more than it must
  cs_arena_free(arena);
}

static void
test_curve_has_no_steps_and_no_corners(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  float *curve   = curve_of(arena, bursts(arena), 1.0, 0.5, 4096);
  double lowest  = 1.0;
  for (size_t i = 2; i < N_FRAMES; i++) {
    const double a = (double)curve[i - 2], b = (double)curve[i - 1];
    const double c = (double)curve[i];
    assert_true(fabs(c - b) < 0.01);
    assert_true(fabs((c - b) - (b - a)) < 0.0005);
    lowest = fmin(lowest, c);
  }
  assert_true(lowest < 0.6); // it did work
  cs_arena_free(arena);
}

static void
test_curve_is_exactly_one_where_nothing_is_over(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  float *frames  = bursts(arena);
  float *curve   = curve_of(arena, frames, 0.2, 0.9, 4096);
  for (size_t i = 0; i < N_FRAMES; i++)
    assert_true(curve[i] == 1.0F);
  // One click: one before, less around it, one again after the release.
  memset(frames, 0, 2 * N_FRAMES * sizeof *frames);
  frames[2 * 50000] = 1.0F;
  curve             = curve_of(arena, frames, 1.0, 0.5, 4096);
  assert_true(curve[50000 - 300] == 1.0F);
  assert_near("gain at the click", (double)curve[50000], 0.5, 1e-6);
  assert_true(curve[N_FRAMES - 1] == 1.0F);
  cs_arena_free(arena);
}

static void
test_curve_does_not_depend_on_the_length_of_blocks(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  float *frames  = bursts(arena);
  float *a       = curve_of(arena, frames, 1.2, 0.6, 4096);
  float *b       = curve_of(arena, frames, 1.2, 0.6, 777);
  assert_memory_equal(a, b, N_FRAMES * sizeof *a);
  cs_arena_free(arena);
}

// ---- A curve that is mostly 1

enum { CURVE_FRAMES = 5 * 4096 + 100 };

static float
wanted_gain(size_t frame)
{
  const bool bends = frame / 4096 == 1 || frame > CURVE_FRAMES - 50;
  return bends ? 0.5F + (float)(frame % 1000) / 4000.0F : 1.0F;
}

static void
test_gain_curve_keeps_the_blocks_that_bend(void **state)
{
  (void)state;
  CsArena *arena   = arena_new();
  CsChunks *chunks = cs_chunks_new();
  CsSpool *spool   = NULL;
  CsGainCurve curve;
  float gains[4096];
  assert_int_equal(cs_spool_new(arena, "/tmp", 1 << 20, chunks, &spool), CS_OK);
  assert_int_equal(
      cs_gain_curve_new(arena, spool, CURVE_FRAMES, &curve), CS_OK);
  for (int round = 0; round < 2; round++) { // the second takes the same place
    cs_gain_curve_begin(&curve, 77);
    assert_int_equal(cs_gain_curve_add(arena, &curve, NULL, 50), CS_OK);
    for (size_t at = 0; at < CURVE_FRAMES + 27; at += 300) {
      bool is_even = true;
      for (size_t i = 0; i < 300; i++) {
        gains[i] = at + i < 27 ? 0.1F : wanted_gain(at + i - 27);
        is_even  = is_even && gains[i] >= 1.0F;
      }
      assert_int_equal(
          cs_gain_curve_add(arena, &curve, is_even ? NULL : gains, 300), CS_OK);
    }
    assert_int_equal(cs_spool_n_bytes(spool), (4096 + 100) * 4);
    for (size_t b = 0; b < 6; b++)
      assert_int_equal(cs_gain_curve_bends(&curve, b), b == 1 || b == 5);
    assert_true(curve.lowest == 0.5F);
    assert_int_equal(cs_gain_curve_get(arena, &curve, 1, gains, 4096), CS_OK);
    for (size_t i = 0; i < 4096; i++)
      assert_true(gains[i] == wanted_gain(4096 + i));
    assert_int_equal(cs_gain_curve_get(arena, &curve, 5, gains, 100), CS_OK);
    for (size_t i = 0; i < 100; i++)
      assert_true(gains[i] == wanted_gain(5 * 4096 + i));
  }
  cs_spool_free(spool);
  cs_chunks_free(chunks);
  cs_arena_free(arena);
}

// ---- Spool
// --------------------------------------------------------------------

static void
test_spool_gives_back_what_was_put_in_memory_and_in_the_file(void **state)
{
  (void)state;
  static const size_t limits[] = {0, 1 << 20, 64 << 20};
  for (size_t k = 0; k < 3; k++) {
    CsArena *arena   = arena_new();
    CsChunks *chunks = cs_chunks_new();
    CsSpool *spool   = NULL;
    float piece[5000];
    assert_int_equal(
        cs_spool_new(arena, "/tmp", limits[k], chunks, &spool), CS_OK);
    for (int b = 0; b < 100; b++) {
      for (int i = 0; i < 5000; i++)
        piece[i] = (float)(b * 5000 + i);
      assert_int_equal(cs_spool_put(arena, spool, piece, sizeof piece), CS_OK);
    }
    for (uint64_t first = 0; first + 5000 <= 500000; first += 12345) {
      assert_int_equal(
          cs_spool_get(arena, spool, 4 * first, piece, sizeof piece), CS_OK);
      for (uint64_t i = 0; i < 5000; i++)
        assert_true(piece[i] == (float)(first + i));
    }
    cs_spool_free(spool);
    cs_chunks_free(chunks);
    cs_arena_free(arena);
  }
}

static void
test_spool_in_a_missing_folder_names_it(void **state)
{
  (void)state;
  CsArena *arena    = arena_new();
  CsChunks *chunks  = cs_chunks_new();
  CsSpool *spool    = NULL;
  const float one[] = {1.0F};
  assert_int_equal(
      cs_spool_new(arena, "/no/such/folder", 0, chunks, &spool), CS_OK);
  assert_int_equal(cs_spool_put(arena, spool, one, sizeof one), CS_ERR_WORK);
  assert_non_null(strstr(cs_arena_error(arena), "/no/such/folder"));
  cs_spool_free(spool);
  cs_chunks_free(chunks);
  cs_arena_free(arena);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_true_peak_is_what_libebur128_measures),
      cmocka_unit_test(
          test_peak_between_samples_is_found_at_a_quarter_of_the_rate),
      cmocka_unit_test(test_no_true_peak_is_over_its_bound),
      cmocka_unit_test(test_bound_of_a_low_tone_is_near_its_peak),
      cmocka_unit_test(test_limiter_goes_on_after_what_it_did_not_hear),
      cmocka_unit_test(test_gain_curve_keeps_the_blocks_that_bend),
      cmocka_unit_test(test_curve_keeps_every_true_peak_under_the_ceiling),
      cmocka_unit_test(test_curve_has_no_steps_and_no_corners),
      cmocka_unit_test(test_curve_is_exactly_one_where_nothing_is_over),
      cmocka_unit_test(test_curve_does_not_depend_on_the_length_of_blocks),
      cmocka_unit_test(
          test_spool_gives_back_what_was_put_in_memory_and_in_the_file),
      cmocka_unit_test(test_spool_in_a_missing_folder_names_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
