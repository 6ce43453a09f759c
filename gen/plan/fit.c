#include "gen/plan/fit.h"

#include "gen/base/mathx.h"

#include <math.h>

// ---- Bars of a candidate ---------------------------------------------------

double
cs_fit_quarters_to(const CsFitSearch *s, const CsFit *f, int bar)
{
  double quarters = f->pickup + bar * s->d->bar_quarters;
  for (int i = 0; i < f->n_shorts && f->shorts[i].bar < bar; i++)
    quarters -= s->d->bar_quarters - f->shorts[i].quarters;
  return quarters;
}

int
cs_fit_bar_at(const CsFitSearch *s, const CsFit *f, double quarters)
{
  int low = -1, high = f->n_bars + 1;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    if (cs_fit_quarters_to(s, f, middle) <= quarters)
      low = middle;
    else
      high = middle;
  }
  return low;
}

double
cs_fit_quarters_at(const CsFit *f, double seconds)
{
  if (f->n_stretches == 0)
    return seconds * f->bpm / 60.0;
  int i = 0;
  while (i + 1 < f->n_stretches && f->stretches[i + 1].at_s <= seconds)
    i++;
  const CsTempoStretch *t = &f->stretches[i];
  return t->quarters + (seconds - t->at_s) * t->bpm / 60.0;
}

static double
seconds_at(const CsFit *f, double quarters)
{
  if (f->n_stretches == 0)
    return quarters * 60.0 / f->bpm;
  int i = 0;
  while (i + 1 < f->n_stretches && f->stretches[i + 1].quarters <= quarters)
    i++;
  const CsTempoStretch *t = &f->stretches[i];
  return t->at_s + (quarters - t->quarters) * 60.0 / t->bpm;
}

// ---- Where a hit falls -----------------------------------------------------

static double
weight_of_beat(const CsDraft *d, double beat)
{
  const double unit = cs_meter_beat_quarters(d->plan->meter);
  const double at   = beat / unit;
  if (beat < 1e-9 || fabs(2.0 * beat - d->bar_quarters) < 1e-9)
    return 0.0;
  return fabs(at - floor(at + 0.5)) < 1e-9 ? 0.040 : 0.080;
}

bool
cs_is_on_hit(const CsHitPlace *p)
{
  return p->error_s >= -CS_HIT_EARLY_S && p->error_s <= CS_HIT_LATE_S;
}

double
cs_cost_of_place(const CsFitSearch *s, const CsHitPlace *p)
{
  const double error_s = fabs(p->error_s);
  const double cost    = (error_s + weight_of_beat(s->d, p->beat)) / 0.4;
  return cs_is_on_hit(p) ? cost : cost + 1.5 + fmin(2.0, error_s);
}

bool
cs_is_drop(const CsFitSearch *s, double hit_s)
{
  for (int i = 0; i < s->n_drops; i++)
    if (s->drops_s[i] == hit_s)
      return true;
  return false;
}

/// The best place of a hit so far.
typedef struct Choice {
  CsHitPlace place;
  double cost;
} Choice;

static void
try_place(const CsFitSearch *s, const CsFit *f, double hit_s, int bar,
    double beat, Choice *best)
{
  const double line  = bar < 0 ? 0.0 : cs_fit_quarters_to(s, f, bar);
  CsHitPlace p       = {.bar = bar, .beat = beat, .quarters = line + beat};
  p.error_s          = seconds_at(f, p.quarters) - hit_s;
  const double costs = cs_cost_of_place(s, &p);
  if (costs < best->cost)
    *best = (Choice){p, costs};
}

CsHitPlace
cs_fit_place_hit(const CsFitSearch *s, const CsFit *f, double hit_s)
{
  const double half = 0.5 * cs_meter_beat_quarters(s->d->plan->meter);
  const double at   = cs_fit_quarters_at(f, hit_s);
  const int bar     = cs_fit_bar_at(s, f, at);
  const double line = bar < 0 ? 0.0 : cs_fit_quarters_to(s, f, bar);
  const double width =
      bar < f->n_bars ? cs_fit_quarters_to(s, f, bar + 1) - line : 0;
  Choice best        = {.cost = 1e9};
  const bool on_line = cs_is_drop(s, hit_s);
  const double first = on_line ? 0.0 : floor((at - line) / half) - 1.0;
  for (int k = 0; k < (on_line ? 1 : 4); k++) {
    const double beat = (first + k) * half;
    if (beat < 0.0 || (beat > 0.0 && beat > width - 1e-9))
      continue;
    try_place(s, f, hit_s, bar, beat, &best);
  }
  if (bar < f->n_bars)
    try_place(s, f, hit_s, bar + 1, 0.0, &best);
  if (best.cost >= 1e9)
    try_place(s, f, hit_s, bar, 0.0, &best);
  return best.place;
}

/// Where no beat is near enough the nearest sixteenth, or else the very moment,
/// is an accent inside the bar (RULEBOOK 3.3).
CsHitPlace
cs_fit_place_anyhow(const CsFitSearch *s, const CsFit *f, double hit_s)
{
  const CsHitPlace beat = cs_fit_place_hit(s, f, hit_s);
  const double at       = cs_fit_quarters_at(f, hit_s);
  const int bar         = cs_fit_bar_at(s, f, at);
  const double line     = bar < 0 ? 0.0 : cs_fit_quarters_to(s, f, bar);
  const double grids[]  = {4.0, CS_TICKS_PER_QUARTER};
  if (cs_is_on_hit(&beat) || bar >= f->n_bars || cs_is_drop(s, hit_s))
    return beat;
  CsHitPlace p = {.bar = bar};
  for (int i = 0; i < 2; i++) {
    p.beat     = floor((at - line) * grids[i] + 0.5) / grids[i];
    p.quarters = line + p.beat;
    p.error_s  = seconds_at(f, p.quarters) - hit_s;
    if (cs_is_on_hit(&p) && p.quarters < cs_fit_quarters_to(s, f, bar + 1))
      return p;
  }
  return beat;
}

// ---- Costs -----------------------------------------------------------------

double
cs_cost_of_bars(const CsFitSearch *s, int n_bars)
{
  const bool is_short = s->d->plan->duration_s < 10.0;
  if (n_bars % 4 == 0 || (is_short && n_bars <= 2))
    return 0.0;
  if (n_bars % 2 == 0)
    return is_short ? 0.05 : 0.15;
  return is_short ? 0.1 : 0.35;
}

static double
cost_of_pickup(const CsFitSearch *s, double pickup)
{
  if (pickup <= 0.0)
    return 0.0;
  const double half = 0.5 * s->d->bar_quarters;
  const double unit = cs_meter_beat_quarters(s->d->plan->meter);
  const double part = fabs(pickup / unit - floor(pickup / unit + 0.5));
  return (pickup <= half + 1e-9 ? 0.2 : 0.35) + (part > 1e-9 ? 0.05 : 0.0);
}

/// Bars of whole beats are easier to follow than others.
static double
cost_of_shorts(const CsFitSearch *s, const CsFit *f)
{
  const double unit = cs_meter_beat_quarters(s->d->plan->meter);
  double cost       = 0.0;
  for (int i = 0; i < f->n_shorts; i++) {
    const double beats = f->shorts[i].quarters / unit;
    cost += fabs(beats - floor(beats + 0.5)) > 1e-9 ? 0.4 : 0.25;
  }
  return cost;
}

/// Builds and the like begin on phrases: the nearer a phrase begins to where
/// they were asked the better.
static double
cost_of_borders(const CsFitSearch *s, const CsFit *f)
{
  const double phrase = CS_PHRASE_BARS * s->d->bar_quarters;
  double cost         = 0.0;
  for (int i = 0; i < s->n_borders; i++) {
    const double at = (s->borders_s[i] * f->bpm / 60.0 - f->pickup) / phrase;
    cost += 0.3 * fabs(at - floor(at + 0.5));
  }
  return cost;
}

void
cs_fit_consider(CsFitSearch *s, CsFit *f)
{
  if (f->bpm < s->low_bpm || f->bpm > s->high_bpm)
    return;
  f->cost = 4.0 * fabs(cs_log2(f->bpm / s->d->target_bpm)) +
            cs_cost_of_bars(s, f->n_bars) + cost_of_pickup(s, f->pickup) +
            cost_of_shorts(s, f) + cost_of_borders(s, f);
  if (s->ring[1] > 0.0)
    f->cost += 0.3 * fabs(f->ring_s - s->ring[1]) / s->ring[1];
  for (int i = 0; i < s->n_hits && f->cost < s->best.cost; i++) {
    const CsHitPlace place = cs_fit_place_hit(s, f, s->hits_s[i]);
    f->cost += cs_cost_of_place(s, &place);
    s->n_looks++;
  }
  if (f->cost < s->best.cost - 1e-12)
    s->best = *f;
}

int
cs_fit_count_missed(const CsFitSearch *s, const CsFit *f)
{
  int n = 0;
  for (int i = 0; i < s->n_hits; i++) {
    const CsHitPlace p = cs_fit_place_hit(s, f, s->hits_s[i]);
    n += !cs_is_on_hit(&p);
  }
  return n;
}
