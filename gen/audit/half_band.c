#include "gen/audit/half_band.h"

#include "gen/base/mathx.h"
#include "gen/base/wide.h"

#include <math.h>
#include <string.h>

enum {
  N_PAIRS = 7, ///< Taps on each side of the middle that are not zero.
  WIDTH   = 8,
};

static const double kaiser_beta = 5.65; // 60 dB

struct CsHalfBand {
  size_t n_channels;
  float taps[N_PAIRS]; ///< From the middle on.
  /// Even frames and odd ones, after those that are still needed.
  float *even, *odd;
  float *out;
};

/// The modified Bessel function of order 0, by its series.
static double
bessel_i0(double x)
{
  double sum = 1.0, term = 1.0;
  for (int k = 1; k < 40; k++) {
    term *= x / (2.0 * k) * (x / (2.0 * k));
    sum += term;
  }
  return sum;
}

/// An ideal half-band filter under a Kaiser window, scaled to pass a constant.
static void
set_taps(CsHalfBand *h)
{
  double taps[N_PAIRS], sum = 0.0;
  for (int k = 0; k < N_PAIRS; k++) {
    const double at    = 2.0 * k + 1.0;
    const double share = at / (2.0 * N_PAIRS);
    taps[k]            = cs_sin(CS_PI * at / 2.0) / (CS_PI * at) *
              bessel_i0(kaiser_beta * sqrt(1.0 - share * share)) /
              bessel_i0(kaiser_beta);
    sum += taps[k];
  }
  for (int k = 0; k < N_PAIRS; k++)
    h->taps[k] = (float)(taps[k] * 0.25 / sum);
}

CsStatus
cs_half_band_new(
    CsArena *arena, size_t n_most, size_t n_channels, CsHalfBand **filter)
{
  CsHalfBand *h  = CS_NEW(arena, CsHalfBand);
  const size_t n = n_most / 2;
  CS_TRY_NEW(h);
  h->n_channels = n_channels;
  h->even       = CS_NEW_N(arena, float, (N_PAIRS + n) * n_channels);
  CS_TRY_NEW(h->even);
  h->odd = CS_NEW_N(arena, float, ((size_t)2 * N_PAIRS + n) * n_channels);
  CS_TRY_NEW(h->odd);
  h->out = CS_NEW_N(arena, float, n *n_channels);
  CS_TRY_NEW(h->out);
  set_taps(h);
  *filter = h;
  return CS_OK;
}

CS_SAME_LOOP void
part(const CsHalfBand *h, const float *from, float *even, float *odd, size_t n)
{
  for (size_t i = 0; i < n; i += WIDTH) {
    const CsEight a = *cs_eight(from + 2 * i),
                  b = *cs_eight(from + 2 * i + WIDTH);
    if (h->n_channels == 2) {
      *cs_eight(even + i) =
          __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13);
      *cs_eight(odd + i) =
          __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15);
    } else {
      *cs_eight(even + i) =
          __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
      *cs_eight(odd + i) =
          __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
    }
  }
}

/// @param n  Samples of each half.
CS_SAME_LOOP void
run(CsHalfBand *h, const float *frames, size_t n)
{
  const size_t ch  = h->n_channels;
  const float *odd = h->odd;
  part(h, frames, h->even + N_PAIRS * ch, h->odd + 2 * N_PAIRS * ch, n);
  for (size_t i = 0; i < n; i += WIDTH) {
    CsEight sum = 0.5F * *cs_eight(h->even + i);
    for (size_t k = 0; k < N_PAIRS; k++)
      sum += h->taps[k] * (*cs_eight(odd + (N_PAIRS - 1 - k) * ch + i) +
                              *cs_eight(odd + (N_PAIRS + k) * ch + i));
    *cs_eight(h->out + i) = sum;
  }
  memmove(h->even, h->even + n, N_PAIRS * ch * sizeof *h->even);
  memmove(h->odd, h->odd + n, 2 * N_PAIRS * ch * sizeof *h->odd);
}

CS_WIDE static void
run_wide(CsHalfBand *h, const float *frames, size_t n)
{
  run(h, frames, n);
}

const float *
cs_half_band_run(CsHalfBand *h, const float *frames, size_t n_frames)
{
  const size_t n = n_frames / 2 * h->n_channels;
  if (cs_can_go_wide())
    run_wide(h, frames, n);
  else
    run(h, frames, n);
  return h->out;
}
