#include "gen/master/loudness.h"

#include "gen/base/mathx.h"

#include <ebur128.h>

// libebur128 filters and gives the power of each tenth of a second. That of
// every 400 ms is kept (8 bytes each, 3.5 MB for 12 h) and gated here, because
// a gain that is yet to come shifts what the gates let through.

enum { HOP_MS = 100 };

static const double absolute_gate_lufs = -70.0;
static const double relative_gate_lu   = -10.0;
static const double log2_per_lu        = 0.33219280948873623479;

struct CsLoudness {
  ebur128_state *meter;
  unsigned n_channels, sample_rate;
  size_t n_hop;    ///< Frames of a tenth of a second.
  size_t n_in_hop; ///< Frames since the last hop ended.
  double last[4];  ///< Power of the last four hops, 1.0 at 0 LUFS.
  double *powers;  ///< Of each 400 ms.
  size_t n_powers, powers_capacity;
  size_t n_hops;
};

CsStatus
cs_loudness_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsLoudness **loudness)
{
  CsLoudness *l = CS_NEW(arena, CsLoudness);
  CS_TRY_NEW(l);
  l->n_channels  = (unsigned)n_channels;
  l->sample_rate = (unsigned)sample_rate;
  l->n_hop       = ((size_t)sample_rate + 5) / 10; // as libebur128 counts
  CS_TRY(cs_loudness_begin(arena, l));
  *loudness = l;
  return CS_OK;
}

CsStatus
cs_loudness_begin(CsArena *arena, CsLoudness *l)
{
  if (l->meter != NULL)
    ebur128_destroy(&l->meter);
  l->meter    = ebur128_init(l->n_channels, l->sample_rate, EBUR128_MODE_M);
  l->n_in_hop = l->n_powers = l->n_hops = 0;
  if (l->meter == NULL)
    return cs_fail(arena, CS_ERR_MEMORY,
        "no memory for the loudness meter; free some and try again");
  return CS_OK;
}

static CsStatus
end_hop(CsArena *arena, CsLoudness *l)
{
  double lufs = 0.0;
  ebur128_loudness_window(l->meter, HOP_MS, &lufs);
  l->last[l->n_hops % 4] =
      lufs < CS_SILENCE_DB ? 0.0 : cs_exp2(lufs * log2_per_lu);
  l->n_in_hop = 0;
  l->n_hops++;
  if (l->n_hops < 4)
    return CS_OK;
  CS_TRY(cs_arena_grow(arena, (void **)&l->powers, &l->powers_capacity,
      l->n_powers + 1, sizeof *l->powers));
  const double *p          = l->last;
  l->powers[l->n_powers++] = ((p[0] + p[1]) + (p[2] + p[3])) / 4.0;
  return CS_OK;
}

CsStatus
cs_loudness_feed(
    CsArena *arena, CsLoudness *l, const float *frames, size_t n_frames)
{
  while (n_frames > 0) {
    const size_t n_left = l->n_hop - l->n_in_hop;
    const size_t n      = n_frames < n_left ? n_frames : n_left;
    if (ebur128_add_frames_float(l->meter, frames, n) != EBUR128_SUCCESS)
      return cs_fail(arena, CS_ERR_MEMORY,
          "no memory for the loudness meter; free some and try again");
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
  while (l->n_hops < 4) {
    const size_t n_left = l->n_hop - l->n_in_hop;
    const size_t n_fit  = sizeof silence / sizeof silence[0] / l->n_channels;
    CS_TRY(
        cs_loudness_feed(arena, l, silence, n_left < n_fit ? n_left : n_fit));
  }
  return CS_OK;
}

/// Mean power of the blocks over a gate; 0 where there are none.
static double
gated_power(const CsLoudness *l, double gate)
{
  double sum = 0.0;
  size_t n   = 0;
  for (size_t i = 0; i < l->n_powers; i++)
    if (l->powers[i] >= gate) {
      sum += l->powers[i];
      n++;
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
  for (size_t i = 0; i < l->n_powers; i++)
    max = l->powers[i] > max ? l->powers[i] : max;
  return lufs_of(max);
}

size_t
cs_loudness_n_windows(const CsLoudness *l)
{
  return l->n_powers;
}

double
cs_loudness_window_lufs(const CsLoudness *l, size_t window)
{
  return lufs_of(l->powers[window]);
}

size_t
cs_loudness_n_hop(const CsLoudness *l)
{
  return l->n_hop;
}

void
cs_loudness_free(CsLoudness *l)
{
  if (l != NULL && l->meter != NULL)
    ebur128_destroy(&l->meter);
}
