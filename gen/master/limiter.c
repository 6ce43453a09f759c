#include "gen/master/limiter.h"

#include "gen/base/mathx.h"
#include "gen/master/true_peak.h"

#include <assert.h>
#include <string.h>

// Needed gain -> slow release -> least value ahead -> two moving averages. The
// least value is taken over as many frames as the averages span, so an average
// never rises above what any frame in it needs; two averages make a curve
// without corners. Gains are whole numbers, so the running sums are exact and
// return to exactly 1.

enum { ONE_BITS = 30 };
static const int64_t one      = INT64_C(1) << ONE_BITS;
static const double attack_s  = 0.004; ///< Span of both averages.
static const double release_s = 0.08;  ///< Time constant.

struct CsLimiter {
  CsTruePeak peak;
  double ceiling;      ///< Before the gain.
  int64_t release_q16; ///< Share of the way back to one per frame, times 2^16.
  int64_t released;    ///< Gain after the release.
  size_t n_average;    ///< Frames of each average.
  size_t n_least;      ///< Frames of the least value.
  int64_t *least_gain; ///< Queue of candidates, rising: ring of n_least.
  uint64_t *least_at;
  size_t first, n_queued;
  uint64_t now;
  int64_t *rings[2]; ///< What each average spans.
  size_t at[2];
  int64_t sums[2];
  size_t n_idle; ///< Frames since anything had to be done.
  float *peaks;
};

CsStatus
cs_limiter_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsLimiter **out)
{
  CsLimiter *l = CS_NEW(arena, CsLimiter);
  CS_TRY_NEW(l);
  cs_true_peak_begin(&l->peak, sample_rate, n_channels);
  l->n_average   = (size_t)(attack_s / 2.0 * sample_rate + 0.5);
  l->n_least     = 2 * l->n_average - 1;
  l->release_q16 = (int64_t)(65536.0 / (release_s * sample_rate));
  l->least_gain  = CS_NEW_N(arena, int64_t, l->n_least);
  l->least_at    = CS_NEW_N(arena, uint64_t, l->n_least);
  l->rings[0]    = CS_NEW_N(arena, int64_t, l->n_average);
  l->rings[1]    = CS_NEW_N(arena, int64_t, l->n_average);
  l->peaks       = CS_NEW_N(arena, float, CS_PEAK_FRAMES);
  if (l->least_gain == NULL || l->least_at == NULL || l->rings[0] == NULL ||
      l->rings[1] == NULL || l->peaks == NULL)
    return CS_ERR_MEMORY;
  cs_true_peak_begin(&l->peak, sample_rate, n_channels);
  cs_limiter_begin(l, 1.0, 1.0);
  *out = l;
  return CS_OK;
}

void
cs_limiter_begin(CsLimiter *l, double gain, double ceiling)
{
  const int64_t n = (int64_t)l->n_average;
  memset(l->peak.line, 0, sizeof l->peak.line);
  memset(l->peak.last_between, 0, sizeof l->peak.last_between);
  l->ceiling  = ceiling / gain;
  l->released = one;
  l->n_queued = 0;
  l->now      = 0;
  for (size_t i = 0; i < l->n_average; i++) {
    l->rings[0][i] = one;
    l->rings[1][i] = one * n;
  }
  l->sums[0] = one * n;
  l->sums[1] = one * n * n;
  l->n_idle  = l->n_least + 2 * l->n_average;
}

size_t
cs_limiter_lookahead(const CsLimiter *l)
{
  return l->n_least - 1 + l->peak.half;
}

static int64_t
release(CsLimiter *l, int64_t needed)
{
  const int64_t way  = ((one - l->released) * l->release_q16 >> 16) + 1;
  const int64_t back = l->released + way < one ? l->released + way : one;
  l->released        = needed < back ? needed : back;
  return l->released;
}

/// Least of the last n_least gains. The queue holds those that are below all
/// that came after them.
static int64_t
least(CsLimiter *l, int64_t gain)
{
  const size_t n = l->n_least;
  if (l->n_queued > 0 && l->least_at[l->first] + n <= l->now) {
    l->first = l->first + 1 < n ? l->first + 1 : 0;
    l->n_queued--;
  }
  while (l->n_queued > 0) {
    const size_t end  = l->first + l->n_queued - 1;
    const size_t last = end < n ? end : end - n;
    if (l->least_gain[last] < gain)
      break;
    l->n_queued--;
  }
  const size_t end     = l->first + l->n_queued;
  const size_t place   = end < n ? end : end - n;
  l->least_gain[place] = gain;
  l->least_at[place]   = l->now;
  l->n_queued++;
  l->now++;
  return l->least_gain[l->first];
}

static int64_t
average(CsLimiter *l, size_t k, int64_t value)
{
  int64_t *oldest = &l->rings[k][l->at[k]];
  l->sums[k] += value - *oldest;
  *oldest  = value;
  l->at[k] = l->at[k] + 1 < l->n_average ? l->at[k] + 1 : 0;
  return l->sums[k];
}

static float
next_gain(CsLimiter *l, float peak)
{
  const bool is_needed = (double)peak > l->ceiling;
  if (!is_needed && l->n_idle > l->n_least + 2 * l->n_average)
    return 1.0F; // every stage holds nothing but ones
  const int64_t needed =
      is_needed ? (int64_t)(l->ceiling / (double)peak * (double)one) : one;
  const int64_t sum =
      average(l, 1, average(l, 0, least(l, release(l, needed))));
  l->n_idle = l->released == one ? l->n_idle + 1 : 0;
  if (l->n_idle > l->n_least + 2 * l->n_average)
    l->n_queued = 0;
  const double n = (double)l->n_average;
  return (float)((double)sum / (n * n * (double)one));
}

void
cs_limiter_run(CsLimiter *l, const float *frames, size_t n_frames, float *curve)
{
  cs_true_peak_run(
      &l->peak, frames, n_frames, (float)(0.999 * l->ceiling), l->peaks);
  for (size_t i = 0; i < n_frames; i++)
    curve[i] = next_gain(l, l->peaks[i]);
}
