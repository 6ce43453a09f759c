#include "gen/master/quantise.h"

#include "gen/base/wide.h"

#include <assert.h>
#include <string.h>

static const struct {
  double steps_in_one;
  int32_t lowest, highest; ///< Of a stem; the mix stays within +-1.
} grids[] = {
    [CS_PCM_16] = {32768.0, -32768, 32767},
    [CS_PCM_24] = {8388608.0, -8388608, 8388607},
    // Two times full scale: a float that large still holds every step.
    [CS_FLOAT_32] = {8388608.0, -16777216, 16777216},
};
static_assert(sizeof grids / sizeof grids[0] == CS_N_SAMPLE_FORMATS,
    "a grid for each format");

const char *const cs_sample_format_names[CS_N_SAMPLE_FORMATS] = {
    [CS_PCM_16]   = "16",
    [CS_PCM_24]   = "24",
    [CS_FLOAT_32] = "32f",
};

double
cs_grid_of(CsSampleFormat format)
{
  return grids[format].steps_in_one;
}

/// To the nearest whole number, ties to even: adding 1.5 * 2^52 leaves no room
/// for a fraction. Exact in IEEE 754 for what a sample can be.
static inline double
nearest(double x)
{
  const double big = 6755399441055744.0;
  return (x + big) - big;
}

static inline int32_t
clamp_steps(CsSampleFormat format, int64_t x)
{
  const int64_t low = grids[format].lowest, high = grids[format].highest;
  return (int32_t)(x < low ? low : x > high ? high : x);
}

/// A number in -1..1, more likely near 0: the difference of two even ones.
static inline double
triangle(CsRng *rng)
{
  const uint64_t bits = cs_rng_next(rng);
  return ((double)(bits >> 32) - (double)(bits & 0xffffffffU)) * 0x1p-32;
}

static void
quantise_dithered(CsSampleFormat format, const float *samples,
    const double *gains, size_t n_frames, size_t n_channels, CsRng *dither,
    int32_t *steps)
{
  const double grid = cs_grid_of(format);
  for (size_t f = 0; f < n_frames; f++)
    for (size_t c = 0; c < n_channels; c++) {
      const size_t i     = f * n_channels + c;
      const double noise = triangle(dither);
      const double x     = (double)samples[i] * gains[f] * grid;
      const double y     = samples[i] != 0.0F ? nearest(x + noise) : 0.0;
      steps[i]           = clamp_steps(format, (int64_t)y);
    }
}

void
cs_quantise(CsSampleFormat format, const float *samples, const double *gains,
    size_t n_frames, size_t n_channels, CsRng *dither, int32_t *steps)
{
  if (dither != NULL) {
    quantise_dithered(
        format, samples, gains, n_frames, n_channels, dither, steps);
    return;
  }
  const double grid = cs_grid_of(format);
  const double low = grids[format].lowest, high = grids[format].highest;
  for (size_t f = 0; f < n_frames; f++)
    for (size_t c = 0; c < n_channels; c++) {
      const size_t i = f * n_channels + c;
      const double y = nearest((double)samples[i] * gains[f] * grid);
      steps[i]       = (int32_t)(y < low ? low : y > high ? high : y);
    }
}

// ---- Loops over all samples -------------------------------------------------

// In chunks of fixed length, which compilers turn into vectors, and once more
// for wide vectors.

enum { CHUNK = 64 };

/// How samples become steps of a grid.
typedef struct Scale {
  double gain, low, high;
} Scale;

CS_SAME_LOOP void
quantise_chunk(const float *restrict samples, const Scale *scale,
    size_t n_samples, int32_t *restrict steps)
{
  for (size_t i = 0; i < n_samples; i++) {
    const double y = nearest((double)samples[i] * scale->gain);
    const double z = y < scale->low ? scale->low : y;
    steps[i]       = (int32_t)(z > scale->high ? scale->high : z);
  }
}

CS_SAME_LOOP void
quantise_chunks(
    const float *samples, const Scale *scale, size_t n_samples, int32_t *steps)
{
  size_t i = 0;
  for (; i + CHUNK <= n_samples; i += CHUNK)
    quantise_chunk(samples + i, scale, CHUNK, steps + i);
  quantise_chunk(samples + i, scale, n_samples - i, steps + i);
}

CS_SAME_LOOP void
scale_chunk(const int32_t *restrict steps, float scale, size_t n_samples,
    float *restrict samples)
{
  for (size_t i = 0; i < n_samples; i++)
    samples[i] = (float)steps[i] * scale;
}

CS_SAME_LOOP void
scale_chunks(
    const int32_t *steps, float scale, size_t n_samples, float *samples)
{
  size_t i = 0;
  for (; i + CHUNK <= n_samples; i += CHUNK)
    scale_chunk(steps + i, scale, CHUNK, samples + i);
  scale_chunk(steps + i, scale, n_samples - i, samples + i);
}

CS_WIDE static void
quantise_wide(
    const float *samples, const Scale *scale, size_t n_samples, int32_t *steps)
{
  quantise_chunks(samples, scale, n_samples, steps);
}

CS_WIDE static void
scale_wide(const int32_t *steps, float scale, size_t n_samples, float *samples)
{
  scale_chunks(steps, scale, n_samples, samples);
}

/// The grid is a power of two, so that it may be part of the gain.
void
cs_quantise_evenly(CsSampleFormat format, const float *samples, double gain,
    size_t n_samples, int32_t *steps)
{
  const Scale scale = {
      gain * cs_grid_of(format), grids[format].lowest, grids[format].highest};
  if (cs_can_go_wide())
    quantise_wide(samples, &scale, n_samples, steps);
  else
    quantise_chunks(samples, &scale, n_samples, steps);
}

void
cs_steps_to_floats(CsSampleFormat format, const int32_t *steps,
    size_t n_samples, float *samples)
{
  const float scale = (float)(1.0 / cs_grid_of(format)); // a power of two
  if (cs_can_go_wide())
    scale_wide(steps, scale, n_samples, samples);
  else
    scale_chunks(steps, scale, n_samples, samples);
}

// ---- Stems ------------------------------------------------------------------

static size_t
loudest(int32_t *const *stems, size_t n_stems, size_t n_samples)
{
  size_t best     = 0;
  double best_sum = -1.0;
  for (size_t s = 0; s < n_stems; s++) {
    double sum = 0.0;
    for (size_t i = 0; i < n_samples; i++)
      sum += (double)stems[s][i] * (double)stems[s][i];
    if (sum > best_sum) {
      best     = s;
      best_sum = sum;
    }
  }
  return best;
}

/// Add as much of `missing` as the scale allows; gives what is left.
static inline int64_t
add_steps(CsSampleFormat format, int32_t *stem, int64_t missing)
{
  const int64_t before = *stem;
  *stem                = clamp_steps(format, before + missing);
  return missing - (*stem - before);
}

void
cs_quantise_balance(CsSampleFormat format, const int32_t *mix,
    int32_t *const *stems, size_t n_stems, size_t n_samples)
{
  if (n_stems == 0)
    return;
  const size_t taker = loudest(stems, n_stems, n_samples);
  for (size_t i = 0; i < n_samples; i++) {
    int64_t missing = mix[i];
    for (size_t s = 0; s < n_stems; s++)
      missing -= stems[s][i];
    missing = add_steps(format, &stems[taker][i], missing);
    for (size_t s = 0; s < n_stems && missing != 0; s++)
      missing = add_steps(format, &stems[s][i], missing);
    assert(missing == 0); // the mix itself is on the scale
  }
}

// ---- Bytes ------------------------------------------------------------------

size_t
cs_sample_bytes(CsSampleFormat format)
{
  static const size_t bytes[CS_N_SAMPLE_FORMATS] = {
      [CS_PCM_16] = 2, [CS_PCM_24] = 3, [CS_FLOAT_32] = 4};
  return bytes[format];
}

static inline void
put_le32(unsigned char *out, uint32_t x)
{
  out[0] = (unsigned char)(x & 0xff);
  out[1] = (unsigned char)(x >> 8 & 0xff);
  out[2] = (unsigned char)(x >> 16 & 0xff);
  out[3] = (unsigned char)(x >> 24);
}

static void
pack_16(const int32_t *steps, size_t n_samples, unsigned char *out)
{
  for (size_t i = 0; i < n_samples; i++) {
    const uint32_t x = (uint32_t)steps[i];
    out[2 * i]       = (unsigned char)(x & 0xff);
    out[2 * i + 1]   = (unsigned char)(x >> 8 & 0xff);
  }
}

#if CS_MAY_GO_WIDE

typedef uint8_t Bytes __attribute__((vector_size(16)));

/// The lower three bytes of each of four samples. Four more are written than
/// belong to them, so the last few samples are left.
/// @return How many are packed.
CS_WIDE static size_t
pack_24_wide(const int32_t *steps, size_t n_samples, unsigned char *out)
{
  size_t i = 0;
  for (; i + 6 <= n_samples; i += 4, out += 12) {
    Bytes b;
    memcpy(&b, steps + i, sizeof b);
    b = __builtin_shufflevector(
        b, b, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15);
    memcpy(out, &b, sizeof b);
  }
  return i;
}

#else

static size_t
pack_24_wide(const int32_t *steps, size_t n_samples, unsigned char *out)
{
  (void)steps, (void)n_samples, (void)out;
  return 0;
}

#endif

/// Four samples at a time are three whole words.
static void
pack_24(const int32_t *steps, size_t n_samples, unsigned char *out)
{
  const uint32_t low = 0xffffff;
  size_t i = cs_can_go_wide() ? pack_24_wide(steps, n_samples, out) : 0;
  out += 3 * i;
  for (; i + 4 <= n_samples; i += 4, out += 12) {
    const uint32_t a = (uint32_t)steps[i] & low, d = (uint32_t)steps[i + 3];
    const uint32_t b = (uint32_t)steps[i + 1] & low;
    const uint32_t c = (uint32_t)steps[i + 2] & low;
    put_le32(out, a | b << 24);
    put_le32(out + 4, b >> 8 | c << 16);
    put_le32(out + 8, c >> 16 | d << 8);
  }
  for (; i < n_samples; i++, out += 3) {
    const uint32_t x = (uint32_t)steps[i];
    out[0]           = (unsigned char)(x & 0xff);
    out[1]           = (unsigned char)(x >> 8 & 0xff);
    out[2]           = (unsigned char)(x >> 16 & 0xff);
  }
}

static void
pack_floats(const float *floats, size_t n_samples, unsigned char *out)
{
  for (size_t i = 0; i < n_samples; i++) {
    uint32_t bits = 0;
    memcpy(&bits, &floats[i], sizeof bits);
    put_le32(out + 4 * i, bits);
  }
}

void
cs_pack_samples(CsSampleFormat format, const int32_t *whole,
    const float *floats, size_t n_samples, unsigned char *out)
{
  switch (format) {
  case CS_PCM_16:
    pack_16(whole, n_samples, out);
    return;
  case CS_PCM_24:
    pack_24(whole, n_samples, out);
    return;
  case CS_FLOAT_32:
    pack_floats(floats, n_samples, out);
    return;
  case CS_N_SAMPLE_FORMATS:
    break;
  }
  assert(false);
}
