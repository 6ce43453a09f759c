#include "gen/synth/wave.h"

#include "gen/base/wide.h"

#include <string.h>

static uint64_t
phase_of(double frames)
{
  return (uint64_t)(frames * 4294967296.0);
}

/// Which sample is read for a place that may lie beyond the end: there the loop
/// begins again, or the last sample stands.
static size_t
sample_for(const CsWave *w, size_t place)
{
  const CsSoundZone *z = w->zone;
  if (w->loops && place >= z->loop_end)
    place =
        z->loop_start + (place - z->loop_end) % (z->loop_end - z->loop_start);
  return place < z->n_frames ? place : z->n_frames - 1;
}

static size_t
sample_before(const CsWave *w, size_t place)
{
  const CsSoundZone *z = w->zone;
  if (w->has_looped && place == z->loop_start)
    return z->loop_end - 1;
  return sample_for(w, place > 0 ? place - 1 : 0);
}

/// Samples are copied in chunks of fixed length, which compilers turn into
/// vectors.
enum { CHUNK = 8 };

CS_SAME_LOOP void
copy_row(float *restrict to, const int16_t *restrict from, size_t n)
{
  size_t i = 0;
  for (; i + CHUNK <= n; i += CHUNK)
    for (size_t k = 0; k < CHUNK; k++)
      to[i + k] = from[i + k];
  for (; i < n; i++)
    to[i] = from[i];
}

typedef int16_t Samples __attribute__((vector_size(16)));

/// Samples of two recordings in turns.
CS_SAME_LOOP void
copy_rows(float *restrict to, const int16_t *restrict left,
    const int16_t *restrict right, size_t n)
{
  size_t i = 0;
  for (; i + CHUNK <= n; i += CHUNK) {
    Samples l, r;
    memcpy(&l, left + i, sizeof l);
    memcpy(&r, right + i, sizeof r);
    const Samples sides[2] = {
        __builtin_shufflevector(l, r, 0, 8, 1, 9, 2, 10, 3, 11),
        __builtin_shufflevector(l, r, 4, 12, 5, 13, 6, 14, 7, 15)};
    int16_t turns[2 * CHUNK];
    memcpy(turns, sides, sizeof turns);
    for (size_t k = 0; k < sizeof turns / sizeof *turns; k++)
      to[2 * i + k] = turns[k];
  }
  for (; i < n; i++) {
    to[2 * i]     = left[i];
    to[2 * i + 1] = right[i];
  }
}

CS_WIDE static void
copy_row_wide(float *to, const int16_t *from, size_t n)
{
  copy_row(to, from, n);
}

CS_WIDE static void
copy_rows_wide(float *to, const int16_t *left, const int16_t *right, size_t n)
{
  copy_rows(to, left, right, n);
}

static void
copy_samples(float *to, const int16_t *from, size_t n)
{
  if (cs_can_go_wide())
    copy_row_wide(to, from, n);
  else
    copy_row(to, from, n);
}

static void
copy_sides(float *to, const int16_t *left, const int16_t *right, size_t n)
{
  if (cs_can_go_wide())
    copy_rows_wide(to, left, right, n);
  else
    copy_rows(to, left, right, n);
}

/// How many frames from a place on lie in a row: so many as are wanted and some
/// more, in whole chunks, as the window has room for them.
static size_t
n_in_a_row(const CsWave *w, size_t at, size_t n_wanted)
{
  const size_t end    = w->loops ? w->zone->loop_end : w->zone->n_frames;
  const size_t n      = at < end ? end - at : 0;
  const size_t n_most = (n_wanted + CHUNK - 1) / CHUNK * CHUNK;
  return n < n_most ? n : n_most;
}

static void
fill_window(const CsWave *w, float *window, size_t n)
{
  const int16_t *samples = w->zone->samples;
  const size_t at        = (size_t)(w->phase >> 32);
  const size_t n_row     = n_in_a_row(w, at, n - 1);
  window[0]              = samples[sample_before(w, at)];
  copy_samples(window + 1, samples + at, n_row);
  for (size_t i = n_row; i + 1 < n; i++)
    window[1 + i] = samples[sample_for(w, at + i)];
}

/// As fill_window(), of two sides.
static void
fill_sides(const CsWave *w, float *window, size_t n)
{
  const int16_t *left = w->zone->samples, *right = w->other->samples;
  const size_t at     = (size_t)(w->phase >> 32);
  const size_t n_row  = n_in_a_row(w, at, n - 1);
  const size_t before = sample_before(w, at);
  window[0]           = left[before];
  window[1]           = right[before];
  copy_sides(window + 2, left + at, right + at, n_row);
  for (size_t i = n_row; i + 1 < n; i++) {
    const size_t sample     = sample_for(w, at + i);
    window[2 * (1 + i)]     = left[sample];
    window[2 * (1 + i) + 1] = right[sample];
  }
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

void
cs_wave_step(CsWave *w, double speed, float *window, CsWaveStep *step)
{
  const double held = speed < CS_WAVE_MOST_SPEED ? speed : CS_WAVE_MOST_SPEED;
  const uint64_t increment = phase_of(held) > 0 ? phase_of(held) : 1;
  const uint64_t phase     = w->phase & 0xFFFFFFFFu;
  const int n_frames       = frames_left(w, increment);
  const uint64_t last      = phase + increment * (CS_SYNTH_STEP_FRAMES - 1);
  const size_t n           = (size_t)(last >> 32) + CS_WAVE_POINTS;
  if (n_frames > 0 && w->other != NULL)
    fill_sides(w, window, n);
  else if (n_frames > 0)
    fill_window(w, window, n);
  move_on(w, increment);
  step->phase     = phase;
  step->increment = increment;
  step->n_frames  = n_frames;
}
