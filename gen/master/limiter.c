#include "gen/master/limiter.h"

#include "gen/base/mathx.h"
#include "gen/master/easing.h"
#include "gen/master/true_peak.h"

#include <string.h>

static const double release_s = 0.08; ///< Time constant.

struct CsLimiter {
  CsTruePeak peak;
  double ceiling; ///< Before the gain.
  CsEasing *easing;
  float *peaks;
};

CsStatus
cs_limiter_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsLimiter **out)
{
  CsLimiter *l = CS_NEW(arena, CsLimiter);
  CS_TRY_NEW(l);
  CS_TRY(cs_easing_new(arena, sample_rate, release_s, &l->easing));
  l->peaks = CS_NEW_N(arena, float, CS_PEAK_FRAMES);
  CS_TRY_NEW(l->peaks);
  cs_true_peak_begin(&l->peak, sample_rate, n_channels);
  cs_limiter_begin(l, 1.0, 1.0);
  *out = l;
  return CS_OK;
}

void
cs_limiter_begin(CsLimiter *l, double gain, double ceiling)
{
  memset(l->peak.line, 0, sizeof l->peak.line);
  memset(l->peak.last_between, 0, sizeof l->peak.last_between);
  l->ceiling = ceiling / gain;
  cs_easing_begin(l->easing);
}

size_t
cs_limiter_lookahead(const CsLimiter *l)
{
  return cs_easing_delay(l->easing) + l->peak.half;
}

bool
cs_limiter_is_idle(const CsLimiter *l)
{
  return cs_easing_is_idle(l->easing);
}

double
cs_limiter_threshold(const CsLimiter *l)
{
  return 0.999 * l->ceiling;
}

void
cs_limiter_resume(CsLimiter *l, const float *frames, size_t n_frames)
{
  cs_true_peak_resume(&l->peak, frames, n_frames);
}

void
cs_limiter_run(CsLimiter *l, const float *frames, size_t n_frames, float *curve)
{
  cs_true_peak_run(
      &l->peak, frames, n_frames, (float)cs_limiter_threshold(l), l->peaks);
  for (size_t i = 0; i < n_frames; i++) {
    const double peak = (double)l->peaks[i];
    curve[i] =
        cs_easing_next(l->easing, peak > l->ceiling ? l->ceiling / peak : 1.0);
  }
}
