/// Stems in, finished cue out, for the tests of the master: signals are made
/// here, none comes from a file; libebur128 measures what came out.
#ifndef CS_TESTS_UNIT_MASTER_FIXTURE_H
#define CS_TESTS_UNIT_MASTER_FIXTURE_H

#include "gen/base/hash.h"
#include "gen/base/mathx.h"
#include "gen/base/rng.h"
#include "gen/master/master.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ebur128.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// A sample of a test signal at a frame (it may be negative) of a channel.
typedef float Signal(int stem, int64_t frame, int channel, int sample_rate);

/// What is made, and what came out.
typedef struct Run {
  CsMasterWish wish;
  Signal *signal;
  unsigned stems;  ///< Bit per stem that is there.
  int64_t n_given; ///< Frames fed after the pre-roll; all where 0.
  CsMeasured measured;
  float *mix;       ///< Interleaved, full scale 1.0.
  double *steps;    ///< The mix in steps of the format.
  double *stem_sum; ///< The stems' sum in steps.
  float *stem[CS_N_STEMS];
  int64_t n_frames;
  bool has_stem[CS_N_STEMS];
} Run;

static inline Run
run_of(Signal *signal)
{
  return (Run){
      .wish =
          {
              .function     = CS_THEMATIC,
              .sample_rate  = 48000,
              .n_channels   = 2,
              .format       = CS_PCM_24,
              .n_frames     = 4 * 48000 + 17,
              .target_lufs  = -16.0,
              .peak_dbtp    = -1.0,
              .ends_silent  = true,
              .room         = 0.4,
              .wet_db       = -12.0,
              .seed         = 5,
              .spool_folder = "/tmp",
          },
      .signal = signal,
      .stems  = 1U << CS_STEM_HARMONY | 1U << CS_STEM_DRUMS,
  };
}

static inline void
fill_block(const Run *run, int64_t first, CsStemBlock *block)
{
  for (int s = 0; s < CS_N_STEMS; s++)
    for (int64_t f = 0; block->stems[s] != NULL && f < CS_BLOCK_FRAMES; f++)
      for (int c = 0; c < 2; c++)
        block->stems[s][2 * f + c] =
            run->signal(s, first + f, c, run->wish.sample_rate);
}

static inline CsStatus
feed_all(CsArena *arena, CsMaster *master, const Run *run)
{
  CsStemBlock block = {.n_frames = CS_BLOCK_FRAMES};
  for (int s = 0; s < CS_N_STEMS; s++)
    if (run->stems >> s & 1U)
      block.stems[s] = CS_NEW_N(arena, float, 2 * (size_t)CS_BLOCK_FRAMES);
  const int64_t n_given = run->n_given > 0 ? run->n_given : run->wish.n_frames;
  CsStatus status       = CS_OK;
  for (int64_t f = -run->wish.n_preroll_frames; f < n_given && status == CS_OK;
       f += CS_BLOCK_FRAMES) {
    fill_block(run, f, &block);
    status = cs_master_feed(arena, master, &block);
  }
  return status;
}

static inline double
in_steps(const int32_t *whole, const float *floats, size_t i)
{
  return whole != NULL ? (double)whole[i] : (double)floats[i] * 0x1p23;
}

static inline void
keep_block(Run *run, const CsCueBlock *block)
{
  const size_t ch    = (size_t)run->wish.n_channels;
  const size_t at    = (size_t)run->n_frames * ch;
  const double scale = run->wish.format == CS_PCM_16 ? 0x1p-15 : 0x1p-23;
  assert_true(run->n_frames + (int64_t)block->n_frames <= run->wish.n_frames);
  for (size_t i = 0; i < block->n_frames * ch; i++) {
    run->steps[at + i] = in_steps(block->mix, block->mix_float, i);
    run->mix[at + i]   = (float)(run->steps[at + i] * scale);
    assert_true(block->mix_float[i] == run->mix[at + i]);
    for (int s = 0; s < CS_N_STEMS; s++) {
      if (block->stems[s] == NULL && block->stems_float[s] == NULL)
        continue;
      const double x = in_steps(block->stems[s], block->stems_float[s], i);
      run->stem_sum[at + i] += x;
      run->stem[s][at + i] = (float)(x * scale);
    }
  }
  run->n_frames += (int64_t)block->n_frames;
}

static inline void
make(CsArena *arena, Run *run)
{
  CsMaster *master = NULL;
  CsCueBlock block;
  const size_t n = (size_t)run->wish.n_frames * (size_t)run->wish.n_channels;
  run->mix       = CS_NEW_N(arena, float, n);
  run->steps     = CS_NEW_N(arena, double, n);
  run->stem_sum  = CS_NEW_N(arena, double, n);
  for (int s = 0; s < CS_N_STEMS; s++)
    run->stem[s] = CS_NEW_N(arena, float, n);
  assert_int_equal(cs_master_new(arena, &run->wish, &master), CS_OK);
  assert_int_equal(feed_all(arena, master, run), CS_OK);
  assert_int_equal(cs_master_decide(arena, master), CS_OK);
  for (;;) {
    assert_int_equal(cs_master_read(arena, master, &block), CS_OK);
    if (block.n_frames == 0)
      break;
    keep_block(run, &block);
  }
  for (int s = 0; s < CS_N_STEMS; s++)
    run->has_stem[s] = cs_master_has_stem(master, (CsStem)s);
  run->measured = *cs_master_measured(master);
  cs_master_free(master);
}

// ---- Signals
// -----------------------------------------------------------------

static inline float
noise(int stem, int64_t frame, int channel, int sample_rate)
{
  (void)sample_rate;
  CsRng rng = cs_rng_at(
      (uint64_t)(stem * 2 + channel), "noise", (uint64_t)(frame + 1000000), 0);
  return (float)(0.1 * cs_rng_normal(&rng));
}

static inline float
tone(int stem, int64_t frame, int channel, int sample_rate)
{
  const double hz = 220.0 * (stem + 1) + 3.0 * channel;
  return (float)(0.2 * cs_sin(2.0 * CS_PI * hz * (double)frame / sample_rate));
}

/// Two decaying strokes a second: a large crest.
static inline float
strokes(int stem, int64_t frame, int channel, int sample_rate)
{
  const int64_t period = sample_rate / 2;
  const int64_t since  = ((frame % period) + period) % period;
  const double decay =
      cs_exp2(-(double)since / (0.02 * sample_rate) / (stem + 1));
  return (float)(0.8 * decay * (double)noise(stem, frame, channel, 0) * 4.0);
}

/// A quarter of the rate, so that all samples miss the peak by 3 dB, with
/// clicks on top.
static inline float
between_samples(int stem, int64_t frame, int channel, int sample_rate)
{
  (void)stem, (void)channel, (void)sample_rate;
  const double click = frame % 9001 == 0 ? 0.9 : 0.0;
  return (
      float)(0.5 * cs_sin(CS_PI / 2.0 * (double)frame + CS_PI / 4.0) + click);
}

/// The two stems nearly cancel, so that each is far louder than the mix.
static inline float
cancelling(int stem, int64_t frame, int channel, int sample_rate)
{
  const double sign = stem == CS_STEM_BASS ? -0.97 : 1.0;
  return (float)(sign * (double)tone(3, frame, channel, sample_rate) * 4.0);
}

static inline float
silence(int stem, int64_t frame, int channel, int sample_rate)
{
  (void)stem, (void)frame, (void)channel, (void)sample_rate;
  return 0.0F;
}

static inline float
faint(int stem, int64_t frame, int channel, int sample_rate)
{
  return 0.0003F * tone(stem, frame, channel, sample_rate);
}

// ---- The outside meter
// -------------------------------------------------------

typedef struct Meter {
  double integrated_lufs, true_peak_dbtp, momentary_lufs;
} Meter;

static inline Meter
meter_of(const Run *run)
{
  Meter meter          = {.momentary_lufs = -HUGE_VAL};
  const unsigned n     = (unsigned)run->wish.n_channels;
  const size_t n_hop   = (size_t)run->wish.sample_rate / 10;
  ebur128_state *state = ebur128_init(n, (unsigned)run->wish.sample_rate,
      EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
  assert_non_null(state);
  const size_t n_frames = (size_t)run->n_frames;
  for (size_t f = 0; f < n_frames; f += n_hop) {
    const size_t n_here = n_frames - f < n_hop ? n_frames - f : n_hop;
    double now          = 0.0;
    ebur128_add_frames_float(state, run->mix + f * n, n_here);
    ebur128_loudness_momentary(state, &now);
    if (f + n_here >= 4 * n_hop && n_here == n_hop)
      meter.momentary_lufs = fmax(meter.momentary_lufs, now);
  }
  ebur128_loudness_global(state, &meter.integrated_lufs);
  double peak = 0.0;
  for (unsigned c = 0; c < n; c++) {
    double here = 0.0;
    ebur128_true_peak(state, c, &here);
    peak = fmax(peak, here);
  }
  meter.true_peak_dbtp = 20.0 * log10(peak);
  ebur128_destroy(&state);
  return meter;
}

static inline void
assert_near(const char *what, double is, double wanted, double tolerance)
{
  if (!(fabs(is - wanted) <= tolerance))
    fail_msg("%s is %.4f, wanted %.4f +- %.4f", what, is, wanted, tolerance);
}

static inline void
assert_at_most(const char *what, double is, double limit)
{
  if (!(is <= limit))
    fail_msg("%s is %.4f, limit %.4f", what, is, limit);
}

static inline double
end_rms_db(const Run *run)
{
  const size_t ch    = (size_t)run->wish.n_channels;
  const size_t n     = (size_t)(0.05 * run->wish.sample_rate) * ch;
  const size_t n_all = (size_t)run->n_frames * ch;
  double sum         = 0.0;
  for (size_t i = n_all - n; i < n_all; i++)
    sum += (double)run->mix[i] * (double)run->mix[i];
  return sum > 0.0 ? 10.0 * log10(sum / (double)n) : -200.0;
}

static inline bool
same_mix(const Run *a, const Run *b)
{
  const size_t n = (size_t)a->n_frames * (size_t)a->wish.n_channels;
  return a->n_frames == b->n_frames &&
         memcmp(a->steps, b->steps, n * sizeof *a->steps) == 0 &&
         strcmp(a->measured.sha256, b->measured.sha256) == 0;
}

static inline CsArena *
arena_new(void)
{
  CsArena *arena = cs_arena_new(NULL);
  assert_non_null(arena);
  return arena;
}

#endif
