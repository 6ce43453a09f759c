#include "gen/master/easing.h"

// Needed gain -> slow release -> least value ahead -> two moving averages. The
// least value is taken over as many frames as the averages span, so an average
// never rises above what any frame in it needs; two averages make a curve
// without corners. Gains are whole numbers, so the running sums are exact and
// return to exactly 1.

enum { ONE_BITS = 30 };
static const int64_t one     = INT64_C(1) << ONE_BITS;
static const double attack_s = 0.004; ///< Span of both averages.

struct CsEasing {
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
};

CsStatus
cs_easing_new(
    CsArena *arena, int sample_rate, double release_s, CsEasing **easing)
{
  CsEasing *e = CS_NEW(arena, CsEasing);
  CS_TRY_NEW(e);
  e->n_average   = (size_t)(attack_s / 2.0 * sample_rate + 0.5);
  e->n_least     = 2 * e->n_average - 1;
  e->release_q16 = (int64_t)(65536.0 / (release_s * sample_rate));
  e->least_gain  = CS_NEW_N(arena, int64_t, e->n_least);
  e->least_at    = CS_NEW_N(arena, uint64_t, e->n_least);
  e->rings[0]    = CS_NEW_N(arena, int64_t, e->n_average);
  e->rings[1]    = CS_NEW_N(arena, int64_t, e->n_average);
  if (e->least_gain == NULL || e->least_at == NULL || e->rings[0] == NULL ||
      e->rings[1] == NULL)
    return CS_ERR_MEMORY;
  cs_easing_begin(e);
  *easing = e;
  return CS_OK;
}

void
cs_easing_begin(CsEasing *e)
{
  const int64_t n = (int64_t)e->n_average;
  e->released     = one;
  e->n_queued     = 0;
  e->now          = 0;
  for (size_t i = 0; i < e->n_average; i++) {
    e->rings[0][i] = one;
    e->rings[1][i] = one * n;
  }
  e->sums[0] = one * n;
  e->sums[1] = one * n * n;
  e->n_idle  = e->n_least + 2 * e->n_average + 1;
}

size_t
cs_easing_delay(const CsEasing *e)
{
  return e->n_least - 1;
}

static int64_t
release(CsEasing *e, int64_t needed)
{
  const int64_t way  = ((one - e->released) * e->release_q16 >> 16) + 1;
  const int64_t back = e->released + way < one ? e->released + way : one;
  e->released        = needed < back ? needed : back;
  return e->released;
}

/// Least of the last n_least gains. The queue holds those that are below all
/// that came after them.
static int64_t
least(CsEasing *e, int64_t gain)
{
  const size_t n = e->n_least;
  if (e->n_queued > 0 && e->least_at[e->first] + n <= e->now) {
    e->first = e->first + 1 < n ? e->first + 1 : 0;
    e->n_queued--;
  }
  while (e->n_queued > 0) {
    const size_t end  = e->first + e->n_queued - 1;
    const size_t last = end < n ? end : end - n;
    if (e->least_gain[last] < gain)
      break;
    e->n_queued--;
  }
  const size_t end     = e->first + e->n_queued;
  const size_t place   = end < n ? end : end - n;
  e->least_gain[place] = gain;
  e->least_at[place]   = e->now;
  e->n_queued++;
  e->now++;
  return e->least_gain[e->first];
}

static int64_t
average(CsEasing *e, size_t k, int64_t value)
{
  int64_t *oldest = &e->rings[k][e->at[k]];
  e->sums[k] += value - *oldest;
  *oldest  = value;
  e->at[k] = e->at[k] + 1 < e->n_average ? e->at[k] + 1 : 0;
  return e->sums[k];
}

bool
cs_easing_is_idle(const CsEasing *e)
{
  return e->n_idle > e->n_least + 2 * e->n_average;
}

float
cs_easing_next(CsEasing *e, double needed)
{
  if (needed >= 1.0 && cs_easing_is_idle(e))
    return 1.0F; // every stage holds nothing but ones
  const int64_t wanted = needed < 1.0 ? (int64_t)(needed * (double)one) : one;
  const int64_t sum =
      average(e, 1, average(e, 0, least(e, release(e, wanted))));
  e->n_idle = e->released == one ? e->n_idle + 1 : 0;
  if (cs_easing_is_idle(e))
    e->n_queued = 0;
  const double n = (double)e->n_average;
  return (float)((double)sum / (n * n * (double)one));
}
