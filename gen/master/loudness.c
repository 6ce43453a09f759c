#include "gen/master/loudness.h"

#include "gen/base/mathx.h"
#include "gen/master/filter.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// The signal goes through the K-weighting of ITU-R BS.1770-4, and the power of
// each tenth of a second is kept (8 bytes each, 3.5 MB for 12 h). Windows of
// 400 ms are gated here, because a gain that is yet to come shifts what the
// gates let through. They come from malloc and not from the arena, which would
// keep every length they grow through. Tests hold all figures to libebur128's,
// which takes three times as long.

enum { HOP_MS = 100, WINDOW_HOPS = 4, CHUNK_FRAMES = 512 };

static const double absolute_gate_lufs = -70.0;
static const double relative_gate_lu   = -10.0;
static const double range_gate_lu      = -20.0; ///< EBU Tech 3342.
static const double log2_per_lu        = 0.33219280948873623479;

/// -0.691 LU: what the weighting adds at 1 kHz, taken back.
static const double zero_power = 0.8529037030705663;

struct CsLoudness {
  int sample_rate;
  CsFilter weighting;
  size_t n_channels;
  size_t n_hop;    ///< Frames of a tenth of a second.
  size_t n_in_hop; ///< Frames since the last hop ended.
  size_t hop;      ///< That fills.
  bool is_leading; ///< It is only listened to.
  double energy;   ///< Of them.
  double *powers;  ///< Of each hop, 1.0 at 0 LUFS.
  size_t n_hops, powers_capacity;
};

// ---- The weighting ----------------------------------------------------------

// BS.1770 gives coefficients for 48 kHz alone. For other rates the analogue
// filters behind them, as Brecht De Man found them ("Evaluation of
// implementations of the EBU R128 loudness measurement", AES 145, 2018).

static double
bent(double hz, int sample_rate)
{
  const double w = CS_PI * hz / sample_rate;
  return cs_sin(w) / cs_cos(w);
}

static CsBiquad
head_shelf(int sample_rate)
{
  const double k    = bent(1681.974450955533, sample_rate);
  const double q    = 0.7071752369554196;
  const double high = 1.5848647011308556, band = 1.2587209302325617;
  const double a0 = 1.0 + k / q + k * k;
  return (CsBiquad){
      .b0 = (high + band * k / q + k * k) / a0,
      .b1 = 2.0 * (k * k - high) / a0,
      .b2 = (high - band * k / q + k * k) / a0,
      .a1 = 2.0 * (k * k - 1.0) / a0,
      .a2 = (1.0 - k / q + k * k) / a0,
  };
}

static CsBiquad
low_cut(int sample_rate)
{
  const double k  = bent(38.13547087602444, sample_rate);
  const double q  = 0.5003270373238773;
  const double a0 = 1.0 + k / q + k * k;
  return (CsBiquad){
      .b0 = 1.0,
      .b1 = -2.0,
      .b2 = 1.0,
      .a1 = 2.0 * (k * k - 1.0) / a0,
      .a2 = (1.0 - k / q + k * k) / a0,
  };
}

// ---- Measuring --------------------------------------------------------------

CsStatus
cs_loudness_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsLoudness **loudness)
{
  CsLoudness *l = CS_NEW(arena, CsLoudness);
  CS_TRY_NEW(l);
  assert(n_channels == 1 || n_channels == 2);
  l->n_channels  = n_channels;
  l->sample_rate = sample_rate;
  l->n_hop       = ((size_t)sample_rate + 5) / 10;
  CS_TRY(cs_loudness_begin(arena, l));
  *loudness = l;
  return CS_OK;
}

static CsStatus
make_room(CsArena *arena, CsLoudness *l, size_t n_hops)
{
  if (n_hops <= l->powers_capacity)
    return CS_OK;
  const size_t n = 2 * n_hops > 1024 ? 2 * n_hops : 1024;
  double *grown  = realloc(l->powers, n * sizeof *grown);
  if (grown == NULL)
    return cs_fail(arena, CS_ERR_MEMORY,
        "no memory for the loudness meter; free some and try again");
  l->powers          = grown;
  l->powers_capacity = n;
  return CS_OK;
}

void
cs_loudness_go_back(CsLoudness *l, size_t hop)
{
  assert(hop <= l->n_hops);
  l->weighting = (CsFilter){0};
  cs_filter_add(&l->weighting, head_shelf(l->sample_rate));
  cs_filter_add(&l->weighting, low_cut(l->sample_rate));
  l->n_in_hop   = 0;
  l->energy     = 0.0;
  l->hop        = hop;
  l->is_leading = hop > 0;
}

CsStatus
cs_loudness_begin(CsArena *arena, CsLoudness *l)
{
  cs_loudness_go_back(l, 0);
  l->n_hops = 0;
  return make_room(arena, l, WINDOW_HOPS);
}

CsStatus
cs_loudness_copy(
    CsArena *arena, CsLoudness *to, const CsLoudness *from, double gain)
{
  assert(to->n_hop == from->n_hop);
  CS_TRY(make_room(arena, to, from->n_hops));
  for (size_t i = 0; i < from->n_hops; i++)
    to->powers[i] = from->powers[i] * gain * gain;
  to->n_hops = from->n_hops;
  return CS_OK;
}

void
cs_loudness_scale(CsLoudness *l, size_t hop, double power)
{
  assert(hop < l->n_hops);
  l->powers[hop] *= power;
}

static CsStatus
end_hop(CsArena *arena, CsLoudness *l)
{
  const double power = l->energy / (double)l->n_hop * zero_power;
  l->n_in_hop        = 0;
  l->energy          = 0.0;
  if (l->is_leading) {
    l->is_leading = false;
    return CS_OK;
  }
  CS_TRY(make_room(arena, l, l->hop + 1));
  l->powers[l->hop++] = power;
  l->n_hops           = l->hop > l->n_hops ? l->hop : l->n_hops;
  return CS_OK;
}

/// In four rows, so that no sum waits for the one before.
static double
energy_of(const float *samples, size_t n_samples)
{
  double sums[4] = {0.0, 0.0, 0.0, 0.0};
  size_t i       = 0;
  for (; i + 4 <= n_samples; i += 4)
    for (size_t k = 0; k < 4; k++)
      sums[k] += (double)samples[i + k] * (double)samples[i + k];
  for (; i < n_samples; i++)
    sums[0] += (double)samples[i] * (double)samples[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// One channel is the left one, with silence to its right.
static void
weigh(CsLoudness *l, const float *frames, size_t n_frames)
{
  float weighted[2 * CHUNK_FRAMES];
  if (l->n_channels == 2)
    memcpy(weighted, frames, 2 * n_frames * sizeof *weighted);
  for (size_t i = 0; i < n_frames && l->n_channels == 1; i++) {
    weighted[2 * i]     = frames[i];
    weighted[2 * i + 1] = 0.0F;
  }
  cs_filter_run(&l->weighting, weighted, n_frames);
  l->energy += energy_of(weighted, 2 * n_frames);
}

CsStatus
cs_loudness_feed(
    CsArena *arena, CsLoudness *l, const float *frames, size_t n_frames)
{
  while (n_frames > 0) {
    const size_t n_left = l->n_hop - l->n_in_hop;
    const size_t n_most = n_left < CHUNK_FRAMES ? n_left : CHUNK_FRAMES;
    const size_t n      = n_frames < n_most ? n_frames : n_most;
    weigh(l, frames, n);
    l->n_in_hop += n;
    frames += n * l->n_channels;
    n_frames -= n;
    if (l->n_in_hop == l->n_hop)
      CS_TRY(end_hop(arena, l));
  }
  return CS_OK;
}

CsStatus
cs_loudness_end(CsArena *arena, CsLoudness *l)
{
  static const float silence[512];
  while (l->hop < WINDOW_HOPS) {
    const size_t n_left = l->n_hop - l->n_in_hop;
    const size_t n_fit  = sizeof silence / sizeof silence[0] / l->n_channels;
    CS_TRY(
        cs_loudness_feed(arena, l, silence, n_left < n_fit ? n_left : n_fit));
  }
  return CS_OK;
}

size_t
cs_loudness_n_windows(const CsLoudness *l)
{
  return l->n_hops < WINDOW_HOPS ? 0 : l->n_hops - WINDOW_HOPS + 1;
}

static double
window_power(const CsLoudness *l, size_t window)
{
  const double *p = l->powers + window;
  return ((p[0] + p[1]) + (p[2] + p[3])) / WINDOW_HOPS;
}

/// Mean power of the windows over a gate; 0 where there are none.
static double
gated_power(const CsLoudness *l, double gate)
{
  double sum = 0.0;
  size_t n   = 0;
  for (size_t i = 0; i < cs_loudness_n_windows(l); i++) {
    const double power = window_power(l, i);
    if (power >= gate) {
      sum += power;
      n++;
    }
  }
  return n > 0 ? sum / (double)n : 0.0;
}

static double
lufs_of(double power)
{
  return power > 1e-20 ? cs_log2(power) / log2_per_lu : CS_SILENCE_DB;
}

double
cs_loudness_integrated(const CsLoudness *l, double gain_db)
{
  const double absolute = cs_exp2((absolute_gate_lufs - gain_db) * log2_per_lu);
  const double relative =
      gated_power(l, absolute) * cs_exp2(relative_gate_lu * log2_per_lu);
  const double power =
      gated_power(l, relative > absolute ? relative : absolute);
  return power > 0.0 ? lufs_of(power) + gain_db : CS_SILENCE_DB;
}

double
cs_loudness_momentary(const CsLoudness *l)
{
  double max = 0.0;
  for (size_t i = 0; i < cs_loudness_n_windows(l); i++) {
    const double power = window_power(l, i);
    max                = power > max ? power : max;
  }
  return lufs_of(max);
}

double
cs_loudness_window_lufs(const CsLoudness *l, size_t window)
{
  return lufs_of(window_power(l, window));
}

size_t
cs_loudness_n_hop(const CsLoudness *l)
{
  return l->n_hop;
}

size_t
cs_loudness_n_hops(const CsLoudness *l)
{
  return l->n_hops;
}

double
cs_loudness_until(const CsLoudness *l, size_t last_hop, size_t n_hops)
{
  const size_t first = last_hop + 1 > n_hops ? last_hop + 1 - n_hops : 0;
  double sum         = 0.0;
  for (size_t i = first; i <= last_hop; i++)
    sum += l->powers[i];
  return lufs_of(sum / (double)n_hops);
}

// ---- Loudness range (EBU Tech 3342) -----------------------------------------

enum { SHORT_TERM_HOPS = 30 };

static int
by_size(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y ? 1 : 0;
}

/// Powers of the 3 s windows over the absolute gate, and their mean.
static size_t
short_term_powers(const CsLoudness *l, double *powers, double *mean)
{
  const double gate = cs_exp2(absolute_gate_lufs * log2_per_lu);
  size_t n          = 0;
  *mean             = 0.0;
  for (size_t i = SHORT_TERM_HOPS; i <= l->n_hops; i++) {
    double power = 0.0;
    for (size_t k = i - SHORT_TERM_HOPS; k < i; k++)
      power += l->powers[k] / SHORT_TERM_HOPS;
    if (power < gate)
      continue;
    powers[n++] = power;
    *mean += power;
  }
  *mean = n > 0 ? *mean / (double)n : 0.0;
  return n;
}

static double
share_lufs(const double *sorted, size_t n, double share)
{
  return lufs_of(sorted[(size_t)(share * (double)(n - 1) + 0.5)]);
}

CsStatus
cs_loudness_range(CsArena *arena, const CsLoudness *l, double *range_lu)
{
  double mean    = 0.0;
  double *powers = CS_NEW_N(arena, double, l->n_hops);
  CS_TRY_NEW(powers);
  *range_lu = 0.0;
  size_t n  = short_term_powers(l, powers, &mean);
  qsort(powers, n, sizeof *powers, by_size);
  const double gate = mean * cs_exp2(range_gate_lu * log2_per_lu);
  while (n > 0 && powers[0] < gate) {
    powers++;
    n--;
  }
  if (n > 0)
    *range_lu = share_lufs(powers, n, 0.95) - share_lufs(powers, n, 0.10);
  return CS_OK;
}

void
cs_loudness_free(CsLoudness *l)
{
  if (l != NULL)
    free(l->powers);
}
