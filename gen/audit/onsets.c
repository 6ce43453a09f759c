#include "gen/audit/onsets.h"

#include "gen/audit/spectra.h"

#include <math.h>
#include <string.h>

// An onset is a rise of some band. Bands are a third of an octave wide. Their
// height is the amplitude to the power of 3/4, so that soft notes count beside
// loud ones; less of it, and the restlessness of soft noise would count as much
// as they do. A gain over the whole changes nothing but the scale.

enum {
  HOPS_PER_S = 50,
  N_BACK     = 2,  ///< A rise is measured over this many hops.
  N_BANDS    = 20, ///< From 110 Hz to 11 kHz.
};

static const double around_s      = 1.25; ///< Half a period of 0.4 Hz.
static const double block_s       = 0.04;
static const double lowest_hz     = 110.0; ///< Four periods in a block.
static const double band_ratio    = 1.2599210498948732; // a third
static const double highest_share = 0.45;               ///< Of the sample rate.

struct CsOnsets {
  CsSpectra *spectra;
  size_t n_channels;
  double hop_s;
  size_t n_bands;
  size_t edges[N_BANDS + 1];     ///< First bin of a band.
  float before[N_BACK][N_BANDS]; ///< Heights of the last hops, in turn.
  size_t n_hops;
  float *envelope;
  size_t envelope_capacity;
};

static void
set_bands(CsOnsets *o, int sample_rate, size_t n_points)
{
  const double bin_hz = (double)sample_rate / (double)n_points;
  double edge_hz      = lowest_hz;
  for (size_t b = 0; b <= N_BANDS; b++) {
    if (edge_hz > highest_share * sample_rate)
      break;
    o->edges[b] = (size_t)(edge_hz / bin_hz + 0.5);
    o->n_bands  = b;
    edge_hz *= band_ratio;
  }
}

CsStatus
cs_onsets_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsOnsets **onsets)
{
  CsOnsets *o = CS_NEW(arena, CsOnsets);
  CS_TRY_NEW(o);
  const size_t n_points = cs_spectra_points(sample_rate, block_s);
  const size_t n_hop    = (size_t)(sample_rate / HOPS_PER_S);
  o->n_channels         = n_channels;
  o->hop_s              = (double)n_hop / sample_rate;
  set_bands(o, sample_rate, n_points);
  CS_TRY(cs_spectra_new(arena, n_points, n_hop, n_channels, &o->spectra));
  *onsets = o;
  return CS_OK;
}

static float
band_height(const CsOnsets *o, const float *energies, size_t band)
{
  double sum = 0.0;
  for (size_t k = o->edges[band]; k < o->edges[band + 1]; k++)
    sum += (double)energies[k];
  const double root = sqrt(sqrt(sum));
  return (float)(root * sqrt(root));
}

static CsStatus
add_hop(CsArena *arena, CsOnsets *o, const float *energies)
{
  float *before = o->before[o->n_hops % N_BACK];
  float rise    = 0.0F;
  for (size_t b = 0; b < o->n_bands; b++) {
    const float height = band_height(o, energies, b);
    rise += height > before[b] ? height - before[b] : 0.0F;
    before[b] = height;
  }
  void *envelope = o->envelope;
  CS_TRY(cs_arena_grow(arena, &envelope, &o->envelope_capacity, o->n_hops + 1,
      sizeof *o->envelope));
  o->envelope              = envelope;
  o->envelope[o->n_hops++] = rise;
  return CS_OK;
}

CsStatus
cs_onsets_hear(
    CsArena *arena, CsOnsets *o, const float *frames, size_t n_frames)
{
  while (n_frames > 0) {
    const float *energies = NULL;
    const size_t n = cs_spectra_take(o->spectra, frames, n_frames, &energies);
    if (energies != NULL)
      CS_TRY(add_hop(arena, o, energies));
    frames += n * o->n_channels;
    n_frames -= n;
  }
  return CS_OK;
}

/// Spread each onset over its neighbours, so that a beat that is played a
/// little early or late still meets the next.
static double
smoothed(const float *in, size_t n, size_t i)
{
  const double before = i > 0 ? (double)in[i - 1] : 0.0;
  const double after  = i + 1 < n ? (double)in[i + 1] : 0.0;
  return before + 2.0 * (double)in[i] + after;
}

/// What changes more slowly than any pulse, as a swell does, is taken away: the
/// mean of what stands around (the high-pass at 0.4 Hz of Ellis, "Beat tracking
/// by dynamic programming", 2007).
static void
flatten(const double *in, size_t n, size_t around, double *out)
{
  double sum  = 0.0;
  size_t from = 0, to = 0;
  for (size_t i = 0; i < n; i++) {
    for (; to < n && to <= i + around; to++)
      sum += in[to];
    for (; from + around < i; from++)
      sum -= in[from];
    out[i] = in[i] - sum / (double)(to - from);
  }
}

static double
likeness(const double *x, size_t n, size_t lag)
{
  double sum = 0.0;
  for (size_t i = 0; i + lag < n; i++)
    sum += x[i] * x[i + lag];
  return sum;
}

CsStatus
cs_onsets_pulse(CsArena *arena, const CsOnsets *o, double low_s, double high_s,
    double *pulse, double *lag_s)
{
  const size_t low  = (size_t)(low_s / o->hop_s + 0.5);
  const size_t high = (size_t)(high_s / o->hop_s + 0.5);
  double *rises     = CS_NEW_N(arena, double, o->n_hops);
  double *x         = CS_NEW_N(arena, double, o->n_hops);
  CS_TRY_NEW(rises);
  CS_TRY_NEW(x);
  for (size_t i = 0; i < o->n_hops; i++)
    rises[i] = smoothed(o->envelope, o->n_hops, i);
  flatten(rises, o->n_hops, (size_t)(around_s / o->hop_s + 0.5), x);
  const double whole = likeness(x, o->n_hops, 0);
  *pulse = *lag_s = 0.0;
  for (size_t lag = low; lag <= high && lag < o->n_hops; lag++) {
    const double alike =
        whole > 0.0 ? likeness(x, o->n_hops, lag) / whole : 0.0;
    if (alike > *pulse) {
      *pulse = alike;
      *lag_s = (double)lag * o->hop_s;
    }
  }
  return CS_OK;
}
