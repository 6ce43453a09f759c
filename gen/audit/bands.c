#include "gen/audit/bands.h"

#include "gen/audit/spectra.h"
#include "gen/base/mathx.h"

#include <math.h>
#include <string.h>

// Blocks of a third of a second tell the octaves apart with edges far steeper
// than any band filter's: bins are 3 Hz wide. Neighbouring octaves share an
// edge, and a bin that an edge cuts is shared out.

static const double block_s   = 1.0 / 3.0;
static const double lowest_hz = 62.5;

struct CsBands {
  CsSpectra *spectra;
  size_t n_points, n_hop, n_channels;
  double bin_hz;
  double *energies; ///< Per bin, over all blocks.
  CsSlice *slices;
  size_t n_slices, slices_capacity;
};

double
cs_octave_hz(size_t octave)
{
  return lowest_hz * (double)(1U << octave);
}

CsStatus
cs_bands_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsBands **bands)
{
  CsBands *b = CS_NEW(arena, CsBands);
  CS_TRY_NEW(b);
  b->n_points   = cs_spectra_points(sample_rate, block_s);
  b->n_hop      = b->n_points / 2;
  b->n_channels = n_channels;
  b->bin_hz     = (double)sample_rate / (double)b->n_points;
  b->energies   = CS_NEW_N(arena, double, b->n_points / 2 + 1);
  CS_TRY_NEW(b->energies);
  CS_TRY(cs_spectra_new(arena, b->n_points, b->n_hop, n_channels, &b->spectra));
  *bands = b;
  return CS_OK;
}

/// Bin k reaches from k - 1/2 to k + 1/2. The share of it between two places.
static double
share_of_bin(double bin, double from, double to)
{
  const double low  = fmax(from, bin - 0.5);
  const double high = fmin(to, bin + 0.5);
  return high > low ? high - low : 0.0;
}

static double
energy_between(
    const CsBands *b, const double *energies, double from_hz, double to_hz)
{
  const double last = (double)b->n_points / 2.0;
  const double from = from_hz / b->bin_hz;
  const double to   = fmin(to_hz / b->bin_hz, last + 0.5);
  double sum        = 0.0;
  for (double k = floor(from); k <= fmin(ceil(to), last); k += 1.0)
    sum += share_of_bin(k, from, to) * energies[(size_t)k];
  return sum;
}

static void
add_energies(double *restrict sums, const float *restrict energies, size_t n)
{
  for (size_t k = 0; k < n; k++)
    sums[k] += (double)energies[k];
}

static CsStatus
add_slice(CsArena *arena, CsBands *b, const float *energies)
{
  const size_t n_bins = b->n_points / 2 + 1;
  const size_t first  = (size_t)(CS_SPEECH_LOW_HZ / b->bin_hz + 0.5);
  const size_t end    = (size_t)(CS_SPEECH_HIGH_HZ / b->bin_hz + 0.5);
  const size_t last   = end < n_bins ? end : n_bins;
  void *slices        = b->slices;
  CS_TRY(cs_arena_grow(
      arena, &slices, &b->slices_capacity, b->n_slices + 1, sizeof *b->slices));
  add_energies(b->energies, energies, n_bins);
  b->slices                = slices;
  b->slices[b->n_slices++] = (CsSlice){.all = cs_spectra_sum(energies, n_bins),
      .speech =
          last > first ? cs_spectra_sum(energies + first, last - first) : 0.0F};
  return CS_OK;
}

CsStatus
cs_bands_hear(CsArena *arena, CsBands *b, const float *frames, size_t n_frames)
{
  while (n_frames > 0) {
    const float *energies = NULL;
    const size_t n = cs_spectra_take(b->spectra, frames, n_frames, &energies);
    if (energies != NULL)
      CS_TRY(add_slice(arena, b, energies));
    frames = frames != NULL ? frames + n * b->n_channels : NULL;
    n_frames -= n;
  }
  return CS_OK;
}

CsStatus
cs_bands_report(CsArena *arena, CsBands *b, int64_t n_frames, CsHeard *h)
{
  // The last frame's weight is whole when it is in the first half of a block.
  CS_TRY(cs_bands_hear(arena, b, NULL, b->n_points));
  const double n = (double)(n_frames > 0 ? n_frames : 1);
  for (size_t o = 0; o < CS_N_OCTAVES; o++) {
    const double hz = cs_octave_hz(o), half = sqrt(2.0);
    h->octave_db[o] = cs_db_from_power(
        energy_between(b, b->energies, hz / half, hz * half) / n);
  }
  const double speech =
      energy_between(b, b->energies, CS_SPEECH_LOW_HZ, CS_SPEECH_HIGH_HZ);
  h->speech_band_db = fmin(0.0, cs_db_from_power(speech / n) - h->rms_dbfs);
  h->slices         = b->slices;
  h->n_slices       = b->n_slices;
  h->slice_s        = (double)b->n_hop / h->sample_rate;
  return CS_OK;
}
