#include "gen/master/packed.h"

#include "gen/base/wide.h"

#include <math.h>

/// In chunks of fixed length, which compilers turn into vectors, and once more
/// for wide vectors.
enum { CHUNK = 64 };

static const float most_steps = 32767.0F;
static const float softest    = 1e-30F; ///< most_steps over it is a float.

static inline float
larger(float a, float b)
{
  return a > b ? a : b;
}

/// In rows, so that no maximum waits for the one before.
CS_SAME_LOOP float
largest(const float *samples, size_t n_samples)
{
  float rows[CHUNK] = {0.0F};
  size_t i          = 0;
  for (; i + CHUNK <= n_samples; i += CHUNK)
    for (size_t k = 0; k < CHUNK; k++)
      rows[k] = larger(fabsf(samples[i + k]), rows[k]);
  for (; i < n_samples; i++)
    rows[0] = larger(fabsf(samples[i]), rows[0]);
  for (size_t k = 1; k < CHUNK; k++)
    rows[0] = larger(rows[k], rows[0]);
  return rows[0];
}

/// To the nearest step, ties to even: adding 1.5 * 2^23 leaves no room for a
/// fraction.
CS_SAME_LOOP void
pack_chunk(const float *restrict samples, float steps_in_one, size_t n_samples,
    int16_t *restrict steps)
{
  const float big = 12582912.0F;
  for (size_t i = 0; i < n_samples; i++)
    steps[i] = (int16_t)((samples[i] * steps_in_one + big) - big);
}

CS_SAME_LOOP float
pack(const float *samples, size_t n_samples, int16_t *steps)
{
  const float peak         = largest(samples, n_samples);
  const bool is_silent     = peak < softest;
  const float steps_in_one = is_silent ? 0.0F : most_steps / peak;
  size_t i                 = 0;
  for (; i + CHUNK <= n_samples; i += CHUNK)
    pack_chunk(samples + i, steps_in_one, CHUNK, steps + i);
  pack_chunk(samples + i, steps_in_one, n_samples - i, steps + i);
  return is_silent ? 0.0F : peak / most_steps;
}

CS_SAME_LOOP void
unpack_chunk(const int16_t *restrict steps, float step, size_t n_samples,
    float *restrict samples)
{
  for (size_t i = 0; i < n_samples; i++)
    samples[i] = (float)steps[i] * step;
}

CS_SAME_LOOP void
unpack(const int16_t *steps, float step, size_t n_samples, float *samples)
{
  size_t i = 0;
  for (; i + CHUNK <= n_samples; i += CHUNK)
    unpack_chunk(steps + i, step, CHUNK, samples + i);
  unpack_chunk(steps + i, step, n_samples - i, samples + i);
}

CS_WIDE static float
pack_wide(const float *samples, size_t n_samples, int16_t *steps)
{
  return pack(samples, n_samples, steps);
}

CS_WIDE static void
unpack_wide(const int16_t *steps, float step, size_t n_samples, float *samples)
{
  unpack(steps, step, n_samples, samples);
}

float
cs_pack(const float *samples, size_t n_samples, int16_t *steps)
{
  return cs_can_go_wide() ? pack_wide(samples, n_samples, steps)
                          : pack(samples, n_samples, steps);
}

void
cs_unpack(const int16_t *steps, float step, size_t n_samples, float *samples)
{
  if (cs_can_go_wide())
    unpack_wide(steps, step, n_samples, samples);
  else
    unpack(steps, step, n_samples, samples);
}
