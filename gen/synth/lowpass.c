#include "gen/synth/lowpass.h"

#include "gen/base/mathx.h"

#include <math.h>
#include <string.h>

double
cs_lowpass_q(double centibels)
{
  // 3.01 dB less, so that no resonance is the flattest response.
  const double db = cs_clamp(centibels / 10.0, 0.0, 96.0) - 3.01;
  return cs_pow(10.0, db / 20.0);
}

/// Sine up to a right angle: the series to the 15th power, good to 1e-11.
static double
sine(double x)
{
  const double y = x * x;
  double sum     = -1.0 / 1307674368000.0;
  sum            = 1.0 / 6227020800.0 + y * sum;
  sum            = -1.0 / 39916800.0 + y * sum;
  sum            = 1.0 / 362880.0 + y * sum;
  sum            = -1.0 / 5040.0 + y * sum;
  sum            = 1.0 / 120.0 + y * sum;
  sum            = -1.0 / 6.0 + y * sum;
  return x + x * y * sum;
}

static bool
are_equal(double a, double b)
{
  return a <= b && a >= b;
}

static void
find_taps(double cutoff_hz, double q, int sample_rate, CsFoundTaps *found)
{
  double *taps = found->taps;
  if (are_equal(found->cutoff_hz, cutoff_hz) && are_equal(found->q, q))
    return;
  found->cutoff_hz = cutoff_hz;
  found->q         = q;
  // Sine and cosine of the cutoff's angle from the sine of its half.
  const double half  = sine(CS_PI * cutoff_hz / sample_rate);
  const double c     = 1.0 - 2.0 * half * half;
  const double alpha = half * sqrt(1.0 - half * half) / q;
  const double unit  = 1.0 / (1.0 + alpha);
  // The specification takes half the height of the resonance off the level.
  taps[CS_TAP_A1]  = -2.0 * c * unit;
  taps[CS_TAP_A2]  = (1.0 - alpha) * unit;
  taps[CS_TAP_B1]  = (1.0 - c) * unit / sqrt(q);
  taps[CS_TAP_B02] = taps[CS_TAP_B1] * 0.5;
}

void
cs_lowpass_turn(CsLowpass *f, double cutoff_hz, double q, int sample_rate,
    CsFoundTaps *found)
{
  const double most = 0.45 * sample_rate;
  const double hz   = cutoff_hz < most ? cutoff_hz : most;
  if (fabs(hz - f->cutoff_hz) <= 0.01)
    return;
  const bool is_start = !(f->cutoff_hz > 0.0);
  const double *to    = found->taps;
  find_taps(hz, q, sample_rate, found);
  f->cutoff_hz = hz;
  if (is_start) {
    memcpy(f->taps, to, sizeof f->taps);
    return;
  }
  const double ratio = to[CS_TAP_B02] / f->taps[CS_TAP_B02];
  f->is_moving       = true;
  f->keeps_level =
      fabs(f->taps[CS_TAP_B02]) > 0.0001 && (ratio < 0.5 || ratio > 2.0);
  for (int i = 0; i < CS_N_TAPS; i++)
    f->increments[i] = (to[i] - f->taps[i]) / CS_SYNTH_STEP_FRAMES;
}
