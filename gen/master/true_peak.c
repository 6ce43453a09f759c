#include "gen/master/true_peak.h"

#include "gen/base/mathx.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// The interpolator is a sinc of 49 points under a Hann window. That is also
// what libebur128 measures with, so that both give one figure.

enum {
  N_POINTS = 49,
  STEP     = 32, ///< Frames that are skipped or worked out together.
};

static double
windowed_sinc(int point, int factor)
{
  const double t = (point - (N_POINTS - 1) / 2) * CS_PI / factor;
  const double window =
      0.5 * (1.0 - cs_cos(2.0 * CS_PI * point / (N_POINTS - 1)));
  return window * cs_sin(t) / t;
}

// A peak between two samples is the straight line between them plus the rest
// that the other taps add. Two sums by parts write the rest as a sum over bends
// (taps summed up twice), but for what the taps do to a constant and to a
// slope, which is next to nothing. Music bends little from sample to sample, so
// this bound is near to the samples themselves, where the sum of all taps'
// sizes is twice them.

/// Let the bounds hold for a phase, which lies at a share of the way from one
/// sample to the next.
static void
bind_phase(CsTruePeak *peak, size_t phase, double share)
{
  const double rounding = 1.0001;
  const size_t n        = 2 * peak->half;
  double once = 0.0, twice = 0.0, slope = 0.0, bent = 0.0;
  for (size_t t = 0; t < n; t++) {
    double rest = (double)peak->taps[phase][t];
    rest -= t + 1 == peak->half ? 1.0 - share : 0.0;
    rest -= t == peak->half ? share : 0.0;
    slope = twice;
    once += rest;
    twice += once;
    bent += t + 2 < n ? fabs(twice) : 0.0;
  }
  const float straight =
      (float)(rounding * (1.0 + fabs(once) + 2.0 * fabs(slope)));
  peak->straight = straight > peak->straight ? straight : peak->straight;
  if (rounding * bent > (double)peak->bent)
    peak->bent = (float)(rounding * bent);
}

void
cs_true_peak_begin(CsTruePeak *peak, int sample_rate, size_t n_channels)
{
  const int factor = sample_rate < 96000 ? 4 : 2;
  memset(peak, 0, sizeof *peak);
  peak->n_channels = n_channels;
  peak->n_phases   = (size_t)factor - 1;
  peak->half       = (size_t)((N_POINTS - 1) / factor / 2);
  for (size_t p = 0; p < peak->n_phases; p++) {
    for (size_t t = 0; t < 2 * peak->half; t++) {
      const int point  = (int)p + 1 + (int)t * factor;
      peak->taps[p][t] = (float)windowed_sinc(point, factor);
    }
    bind_phase(peak, p, 1.0 - (double)(p + 1) / factor);
  }
}

static inline float
larger(float a, float b)
{
  return a > b ? a : b;
}

/// In rows, so that no maximum waits for the one before.
CsExtent
cs_extent_of(const float *frames, size_t n_frames, size_t n_channels)
{
  enum { N_ROWS = 8 };
  float size[N_ROWS] = {0.0F}, bend[N_ROWS] = {0.0F};
  const size_t n = n_frames * n_channels, ch = n_channels;
  size_t i = 0;
  for (; i + N_ROWS + 2 * ch <= n; i += N_ROWS)
    for (size_t k = 0; k < N_ROWS; k++) {
      const float *x = frames + i + k;
      size[k]        = larger(fabsf(x[0]), size[k]);
      bend[k] = larger(fabsf((x[0] - x[ch]) + (x[2 * ch] - x[ch])), bend[k]);
    }
  for (; i < n; i++) {
    const float *x = frames + i;
    size[0]        = larger(fabsf(x[0]), size[0]);
    if (i + 2 * ch < n)
      bend[0] = larger(fabsf((x[0] - x[ch]) + (x[2 * ch] - x[ch])), bend[0]);
  }
  for (size_t k = 1; k < N_ROWS; k++) {
    size[0] = larger(size[k], size[0]);
    bend[0] = larger(bend[k], bend[0]);
  }
  return (CsExtent){size[0], bend[0]};
}

CsExtent
cs_extent_join(CsExtent a, CsExtent b)
{
  return (CsExtent){larger(a.size, b.size), larger(a.bend, b.bend)};
}

float
cs_true_peak_bound(const CsTruePeak *peak, CsExtent extent)
{
  return peak->straight * extent.size + peak->bent * extent.bend;
}

/// Largest value between sample i and the next of its channel, for 2 * STEP
/// samples. `x` begins half - 1 frames before.
static void
between_samples(
    const CsTruePeak *peak, const float *restrict x, float *restrict between)
{
  for (size_t i = 0; i < (size_t)2 * STEP; i++)
    between[i] = 0.0F;
  for (size_t p = 0; p < peak->n_phases; p++) {
    // One point of the curve is a row of sums, each over the taps.
    float sum[2 * STEP] = {0.0F};
    for (size_t t = 0; t < 2 * peak->half; t++) {
      const float tap = peak->taps[p][t];
      const float *in = x + t * peak->n_channels;
      for (size_t i = 0; i < (size_t)2 * STEP; i++)
        sum[i] += tap * in[i];
    }
    for (size_t i = 0; i < (size_t)2 * STEP; i++) {
      const float size = sum[i] < 0.0F ? -sum[i] : sum[i];
      between[i]       = size > between[i] ? size : between[i];
    }
  }
}

/// `line` begins half frames before the first frame asked for.
static void
step(CsTruePeak *peak, const float *line, size_t n_frames, float floor,
    float *peaks)
{
  const size_t ch = peak->n_channels, half = peak->half;
  const size_t n_seen = n_frames + 2 * half;
  if (cs_true_peak_bound(peak, cs_extent_of(line, n_seen, ch)) <= floor) {
    memset(peaks, 0, n_frames * sizeof *peaks);
    memset(peak->last_between, 0, sizeof peak->last_between);
    return;
  }
  // Padded, because the sums are always worked out for a whole step.
  float seen[2 * (2 * STEP + 2 * CS_PEAK_MAX_HALF)] = {0.0F};
  float between[2 * STEP];
  memcpy(seen, line, n_seen * ch * sizeof *seen);
  between_samples(peak, seen + ch, between);
  for (size_t f = 0; f < n_frames; f++) {
    float max = 0.0F;
    for (size_t c = 0; c < ch; c++) {
      const float x    = line[(f + half) * ch + c];
      const float next = between[f * ch + c];
      max = larger(larger(fabsf(x), max), larger(peak->last_between[c], next));
      peak->last_between[c] = next;
    }
    peaks[f] = max;
  }
}

void
cs_true_peak_resume(CsTruePeak *peak, const float *frames, size_t n_frames)
{
  const size_t ch = peak->n_channels, n_old = 2 * peak->half;
  assert(n_frames >= n_old);
  memcpy(peak->line, frames + (n_frames - n_old) * ch,
      n_old * ch * sizeof *frames);
  memset(peak->last_between, 0, sizeof peak->last_between);
}

void
cs_true_peak_run(CsTruePeak *peak, const float *frames, size_t n_frames,
    float floor, float *peaks)
{
  const size_t ch = peak->n_channels, n_old = 2 * peak->half * ch;
  assert(n_frames <= CS_PEAK_FRAMES);
  if (frames != NULL)
    memcpy(peak->line + n_old, frames, n_frames * ch * sizeof *frames);
  else
    memset(peak->line + n_old, 0, n_frames * ch * sizeof *frames);
  for (size_t i = 0; i < n_frames; i += STEP) {
    const size_t n = n_frames - i < STEP ? n_frames - i : STEP;
    step(peak, peak->line + i * ch, n, floor, peaks + i);
  }
  memmove(peak->line, peak->line + n_frames * ch, n_old * sizeof *peak->line);
}

float
cs_true_peak_max(
    CsTruePeak *peak, const float *frames, size_t n_frames, float max)
{
  float peaks[STEP];
  // Small steps, so that the floor follows the maximum at once.
  for (size_t i = 0; i < n_frames; i += STEP) {
    const size_t n = n_frames - i < STEP ? n_frames - i : STEP;
    cs_true_peak_run(peak,
        frames != NULL ? frames + i * peak->n_channels : NULL, n, max, peaks);
    for (size_t k = 0; k < n; k++)
      max = peaks[k] > max ? peaks[k] : max;
  }
  return max;
}
