#include "gen/audit/spectra.h"

#include "gen/base/fft.h"
#include "gen/base/mathx.h"

#include <string.h>

struct CsSpectra {
  size_t n_points, n_hop, n_channels;
  CsFft *fft;
  float *window;
  float *frames; ///< The block that fills, interleaved.
  size_t n_filled;
  float *re, *im;
  float *energies;
};

static CsStatus
new_floats(CsArena *arena, size_t n, float **floats)
{
  *floats = CS_NEW_N(arena, float, n);
  return *floats != NULL ? CS_OK : CS_ERR_MEMORY;
}

static CsStatus
new_buffers(CsArena *arena, CsSpectra *s)
{
  const size_t n = s->n_points;
  CS_TRY(new_floats(arena, n, &s->window));
  CS_TRY(new_floats(arena, n * s->n_channels, &s->frames));
  CS_TRY(new_floats(arena, n, &s->re));
  CS_TRY(new_floats(arena, n, &s->im));
  return new_floats(arena, n / 2 + 1, &s->energies);
}

CsStatus
cs_spectra_new(CsArena *arena, size_t n_points, size_t n_hop, size_t n_channels,
    CsSpectra **spectra)
{
  CsSpectra *s = CS_NEW(arena, CsSpectra);
  CS_TRY_NEW(s);
  *s = (CsSpectra){.n_points = n_points,
      .n_hop                 = n_hop,
      .n_channels            = n_channels,
      .n_filled              = n_points - n_hop};
  CS_TRY(cs_fft_new(arena, n_points, &s->fft));
  CS_TRY(new_buffers(arena, s));
  for (size_t i = 0; i < n_points; i++)
    s->window[i] = (float)cs_sin(CS_PI * ((double)i + 0.5) / (double)n_points);
  *spectra = s;
  return CS_OK;
}

/// Energies of the bins, in the place of their real parts; in chunks of fixed
/// length, which compilers turn into vectors.
static void
take_energies(float *restrict re, const float *restrict im, size_t n)
{
  enum { CHUNK = 16 }; // the least that is transformed
  for (size_t at = 0; at < n; at += CHUNK)
    for (size_t i = at; i < at + CHUNK; i++)
      re[i] = re[i] * re[i] + im[i] * im[i];
}

static void
transform(CsSpectra *s)
{
  const size_t n         = s->n_points;
  const float scale      = 1.0F / (float)(n * s->n_channels);
  const float *bins      = s->re;
  const uint32_t *places = cs_fft_places(s->fft);
  cs_fft_weigh(s->fft, s->frames, s->n_channels, s->window, s->re, s->im);
  cs_fft_run(s->fft, s->re, s->im);
  take_energies(s->re, s->im, n);
  s->energies[0]     = scale * bins[places[0]];
  s->energies[n / 2] = scale * bins[places[n / 2]];
  for (size_t k = 1; k < n / 2; k++)
    s->energies[k] = scale * (bins[places[k]] + bins[places[n - k]]);
}

size_t
cs_spectra_take(
    CsSpectra *s, const float *frames, size_t n_frames, const float **energies)
{
  const size_t ch     = s->n_channels;
  const size_t n_room = s->n_points - s->n_filled;
  const size_t n      = n_frames < n_room ? n_frames : n_room;
  float *to           = s->frames + s->n_filled * ch;
  if (frames != NULL)
    memcpy(to, frames, n * ch * sizeof *to);
  else
    memset(to, 0, n * ch * sizeof *to);
  s->n_filled += n;
  *energies = NULL;
  if (s->n_filled < s->n_points)
    return n;
  transform(s);
  *energies   = s->energies;
  s->n_filled = s->n_points - s->n_hop;
  memmove(s->frames, s->frames + s->n_hop * ch,
      s->n_filled * ch * sizeof *s->frames);
  return n;
}

// In rows, so that no sum waits for the one before.
float
cs_spectra_sum(const float *energies, size_t n)
{
  enum { ROWS = 8 };
  float sums[ROWS] = {0.0F}, rest = 0.0F;
  size_t k = 0;
  for (; k + ROWS <= n; k += ROWS)
    for (size_t i = 0; i < ROWS; i++)
      sums[i] += energies[k + i];
  for (; k < n; k++)
    rest += energies[k];
  return (((sums[0] + sums[1]) + (sums[2] + sums[3])) +
             ((sums[4] + sums[5]) + (sums[6] + sums[7]))) +
         rest;
}

size_t
cs_spectra_points(int sample_rate, double seconds)
{
  size_t n = 32;
  while ((double)n * 1.5 < seconds * sample_rate)
    n *= 2;
  return n;
}
