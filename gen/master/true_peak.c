#include "gen/master/true_peak.h"

#include "gen/base/mathx.h"

#include <assert.h>
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

void
cs_true_peak_begin(CsTruePeak *peak, int sample_rate, size_t n_channels)
{
  const int factor = sample_rate < 96000 ? 4 : 2;
  memset(peak, 0, sizeof *peak);
  peak->n_channels = n_channels;
  peak->n_phases   = (size_t)factor - 1;
  peak->half       = (size_t)((N_POINTS - 1) / factor / 2);
  for (size_t p = 0; p < peak->n_phases; p++) {
    float sum = 0.0F;
    for (size_t t = 0; t < 2 * peak->half; t++) {
      const int point  = (int)p + 1 + (int)t * factor;
      peak->taps[p][t] = (float)windowed_sinc(point, factor);
      sum += peak->taps[p][t] < 0.0F ? -peak->taps[p][t] : peak->taps[p][t];
    }
    peak->bound = sum > peak->bound ? sum : peak->bound;
  }
  peak->bound *= 1.0001F; // for the rounding of sums
}

static float
largest(const float *samples, size_t n_samples)
{
  float max[4] = {0.0F, 0.0F, 0.0F, 0.0F};
  size_t i     = 0;
  for (; i + 4 <= n_samples; i += 4)
    for (size_t k = 0; k < 4; k++) {
      const float x    = samples[i + k];
      const float size = x < 0.0F ? -x : x;
      max[k]           = size > max[k] ? size : max[k];
    }
  for (; i < n_samples; i++) {
    const float size = samples[i] < 0.0F ? -samples[i] : samples[i];
    max[0]           = size > max[0] ? size : max[0];
  }
  const float a = max[0] > max[1] ? max[0] : max[1];
  const float b = max[2] > max[3] ? max[2] : max[3];
  return a > b ? a : b;
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

static float
max3(float a, float b, float c)
{
  const float d = a > b ? a : b;
  return d > c ? d : c;
}

/// `line` begins half frames before the first frame asked for.
static void
step(CsTruePeak *peak, const float *line, size_t n_frames, float floor,
    float *peaks)
{
  const size_t ch = peak->n_channels, half = peak->half;
  const size_t n_seen = n_frames + 2 * half;
  if (largest(line, n_seen * ch) * peak->bound <= floor) {
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
      const float size = max3(x < 0.0F ? -x : x, peak->last_between[c], next);
      max              = size > max ? size : max;
      peak->last_between[c] = next;
    }
    peaks[f] = max;
  }
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
