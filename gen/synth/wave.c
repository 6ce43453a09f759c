#include "gen/synth/wave.h"

static uint64_t
phase_of(double frames)
{
  return (uint64_t)(frames * 4294967296.0);
}

/// The sample at a place that may lie beyond the end: there the loop begins
/// again, or the last sample stands.
static int16_t
sample_at(const CsWave *w, size_t place)
{
  const CsSoundZone *z = w->zone;
  if (w->loops && place >= z->loop_end)
    place =
        z->loop_start + (place - z->loop_end) % (z->loop_end - z->loop_start);
  return z->samples[place < z->n_frames ? place : z->n_frames - 1];
}

static int16_t
sample_before(const CsWave *w, size_t place)
{
  const CsSoundZone *z = w->zone;
  if (w->has_looped && place == z->loop_start)
    return z->samples[z->loop_end - 1];
  return sample_at(w, place > 0 ? place - 1 : 0);
}

/// In chunks of fixed length, which compilers turn into vectors.
static void
copy_samples(float *restrict to, const int16_t *restrict from, size_t n)
{
  enum { CHUNK = 8 };
  size_t i = 0;
  for (; i + CHUNK <= n; i += CHUNK)
    for (size_t k = 0; k < CHUNK; k++)
      to[i + k] = from[i + k];
  for (; i < n; i++)
    to[i] = from[i];
}

static void
fill_window(const CsWave *w, float *window, size_t n)
{
  const CsSoundZone *z  = w->zone;
  const size_t at       = (size_t)(w->phase >> 32);
  const size_t end      = w->loops ? z->loop_end : z->n_frames;
  const size_t n_plain  = at < end ? end - at : 0;
  const size_t n_copied = n_plain < n - 1 ? n_plain : n - 1;
  window[0]             = sample_before(w, at);
  copy_samples(window + 1, z->samples + at, n_copied);
  for (size_t i = n_copied; i + 1 < n; i++)
    window[1 + i] = sample_at(w, at + i);
}

/// How many frames of a step are left before the recording is over.
static int
frames_left(const CsWave *w, uint64_t increment)
{
  const uint64_t end = (uint64_t)w->zone->n_frames << 32;
  if (w->loops)
    return CS_SYNTH_STEP_FRAMES;
  if (w->phase >= end)
    return 0;
  const uint64_t n = (end - 1 - w->phase) / increment + 1;
  return n < CS_SYNTH_STEP_FRAMES ? (int)n : CS_SYNTH_STEP_FRAMES;
}

static void
move_on(CsWave *w, uint64_t increment)
{
  const CsSoundZone *z = w->zone;
  w->phase += increment * CS_SYNTH_STEP_FRAMES;
  const uint64_t end = (uint64_t)z->loop_end << 32;
  if (!w->loops || w->phase < end)
    return;
  const uint64_t start = (uint64_t)z->loop_start << 32;
  w->phase             = start + (w->phase - end) % (end - start);
  w->has_looped        = true;
}

CsWaveStep
cs_wave_step(CsWave *w, double speed, float *window)
{
  const double held = speed < CS_WAVE_MOST_SPEED ? speed : CS_WAVE_MOST_SPEED;
  CsWaveStep step   = {.phase = w->phase & 0xFFFFFFFFu};
  step.increment    = phase_of(held) > 0 ? phase_of(held) : 1;
  step.n_frames     = frames_left(w, step.increment);
  const uint64_t last =
      step.phase + step.increment * (CS_SYNTH_STEP_FRAMES - 1);
  if (step.n_frames > 0)
    fill_window(w, window, (size_t)(last >> 32) + CS_WAVE_POINTS);
  move_on(w, step.increment);
  return step;
}
