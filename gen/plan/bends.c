// Changes of tempo that put hits on beats where no single tempo does.
//
// Film composers' method (RULEBOOK 3.3): from one hit to the next the tempo is
// that which reaches it on a beat, as near to the cue's tempo as can be. Tempos
// change on bar lines. Of all ways to choose the beats the cheapest few are
// followed from hit to hit.

#include "gen/base/mathx.h"
#include "gen/plan/fit.h"

#include <math.h>

enum {
  N_KEPT      = 24, ///< Ways that are followed.
  NEAR_BARS   = 4,  ///< Bars tried on either side of where a hit would fall.
  END_BARS    = 2,  ///< Bars that the cue may be longer or shorter.
  END_STEPS   = 20, ///< Ring-outs tried.
  MOST_HALVES = 64, ///< Half beats of a bar that are tried.
};

/// RULEBOOK 3.3: up to 4 %; more than 2 % are heard.
static const double widest_bend = 0.04, heard_bend = 0.02;

/// How far a way has come: a stretch of one tempo that ends on a bar line.
typedef struct Step {
  int bar;         ///< The bar line after the hit, without the pick-up.
  double quarters; ///< From bar 0 to it.
  double at_s;
  double bpm; ///< Up to there.
  double cost;
  int before; ///< Index among the steps of the hit before.
} Step;

typedef struct Row {
  Step steps[N_KEPT];
  int n;
} Row;

/// What stays the same on the way.
typedef struct Way {
  const CsFitSearch *s;
  CsFit base;
  int n_bars; ///< Wanted; the base has room for more.
  double low_bpm, high_bpm;
} Way;

// ---- Costs -----------------------------------------------------------------

static double
cost_of_tempo(const Way *w, double bpm, double bpm_before)
{
  const double bend = fabs(cs_log2(bpm / w->base.bpm));
  const double jump = fabs(cs_log2(bpm / bpm_before));
  const double over = fabs(bpm / w->base.bpm - 1.0) - heard_bend;
  return 4.0 * bend + 3.0 * jump + (over > 0.0 ? 10.0 * over : 0.0);
}

/// Keep a step among the cheapest of its row, which stays in order.
static void
keep(Row *row, const Step *step)
{
  int at = row->n;
  if (at == N_KEPT && step->cost >= row->steps[at - 1].cost)
    return;
  at     = at < N_KEPT ? at : at - 1;
  row->n = at + 1;
  for (; at > 0 && row->steps[at - 1].cost > step->cost; at--)
    row->steps[at] = row->steps[at - 1];
  row->steps[at] = *step;
}

// ---- From hit to hit -------------------------------------------------------

/// The hit falls in a bar whose tempo is settled.
static void
stay(const Way *w, const Step *from, int index, double hit_s, Row *row)
{
  CsTempoStretch settled = {from->bar, from->quarters, from->at_s, from->bpm};
  CsFit fit              = w->base;
  fit.stretches          = &settled;
  fit.n_stretches        = 1;
  const CsHitPlace place = cs_fit_place_hit(w->s, &fit, hit_s);
  Step step              = *from;
  step.cost += cs_cost_of_place(w->s, &place);
  step.before = index;
  keep(row, &step);
}

/// Reach the hit on a given beat.
static void
go(const Way *w, const Step *from, int index, double hit_s,
    const CsHitPlace *there, Row *row)
{
  const double span_s   = hit_s - from->at_s;
  const double quarters = there->quarters - from->quarters;
  CsHitPlace place      = *there;
  Step step             = {.bar = there->bar, .before = index};
  if (quarters < -1e-9)
    return;
  step.bpm = from->bpm;
  if (quarters > 1e-9 && span_s > 1e-9)
    step.bpm = cs_clamp(60.0 * quarters / span_s, w->low_bpm, w->high_bpm);
  place.error_s = quarters * 60.0 / step.bpm - span_s;
  if (place.beat > 1e-9)
    step.bar++;
  step.quarters = cs_fit_quarters_to(w->s, &w->base, step.bar);
  step.at_s = from->at_s + (step.quarters - from->quarters) * 60.0 / step.bpm;
  step.cost = from->cost + cs_cost_of_place(w->s, &place) +
              cost_of_tempo(w, step.bpm, from->bpm);
  keep(row, &step);
}

/// All half beats of a bar.
static void
go_into_bar(
    const Way *w, const Step *from, int index, double hit_s, int bar, Row *row)
{
  const double half = 0.5 * cs_meter_beat_quarters(w->s->d->plan->meter);
  const double line = cs_fit_quarters_to(w->s, &w->base, bar);
  const double end  = cs_fit_quarters_to(w->s, &w->base, bar + 1);
  const int n       = cs_is_drop(w->s, hit_s) ? 1 : MOST_HALVES;
  for (int k = 0; k < n && line + k * half < end - 1e-9; k++) {
    const CsHitPlace place = {
        .bar = bar, .beat = k * half, .quarters = line + k * half};
    go(w, from, index, hit_s, &place, row);
  }
}

static void
go_on(const Way *w, const Step *from, int index, double hit_s, Row *row)
{
  if (hit_s < from->at_s) {
    stay(w, from, index, hit_s, row);
    return;
  }
  const double at = from->quarters + (hit_s - from->at_s) * w->base.bpm / 60.0;
  const int bar   = cs_fit_bar_at(w->s, &w->base, at);
  for (int b = bar - NEAR_BARS; b <= bar + NEAR_BARS; b++)
    if (b >= from->bar && b < w->base.n_bars)
      go_into_bar(w, from, index, hit_s, b, row);
}

// ---- To the end ------------------------------------------------------------

/// The last stretch, to a last downbeat that leaves that ring-out.
static void
end_at(const Way *w, const Step *from, int index, int n_bars, double ring_s,
    Row *row)
{
  const double end      = cs_fit_quarters_to(w->s, &w->base, n_bars);
  const double quarters = end - from->quarters;
  const double span_s   = w->s->length_s - ring_s - from->at_s;
  Step step             = {.bar = n_bars, .quarters = end, .before = index};
  if (quarters < 1e-9) {
    step.bpm  = from->bpm;
    step.at_s = from->at_s;
    ring_s    = w->s->length_s - from->at_s;
    if (ring_s < w->s->ring[0] - 1e-9 || ring_s > w->s->ring[2] + 1e-9)
      return;
  } else {
    if (span_s < 1e-9)
      return;
    step.bpm  = 60.0 * quarters / span_s;
    step.at_s = w->s->length_s - ring_s;
  }
  if (step.bpm < w->low_bpm || step.bpm > w->high_bpm)
    return;
  step.cost = from->cost + cost_of_tempo(w, step.bpm, from->bpm) +
              cs_cost_of_bars(w->s, n_bars);
  if (w->s->ring[1] > 0.0)
    step.cost += 0.3 * fabs(ring_s - w->s->ring[1]) / w->s->ring[1];
  keep(row, &step);
}

static void
end_from(const Way *w, const Step *from, int index, Row *row)
{
  const CsFitSearch *s = w->s;
  const int n          = s->ring[2] > s->ring[0] ? END_STEPS : 0;
  for (int b = w->n_bars - END_BARS; b <= w->n_bars + END_BARS; b++) {
    if (b < from->bar || b < 1 || b > s->max_bars)
      continue;
    for (int i = 0; i <= n; i++)
      end_at(w, from, index, b,
          cs_lerp(s->ring[0], s->ring[2], n > 0 ? (double)i / n : 0.0), row);
  }
}

// ---- The whole way ---------------------------------------------------------

static void
follow(const Way *w, Row *rows)
{
  const CsFitSearch *s = w->s;
  rows[0].n            = 1;
  rows[0].steps[0]     = (Step){
          .bar = w->base.pickup > 0.0 ? -1 : 0, .bpm = w->base.bpm, .before = -1};
  for (int h = 0; h < s->n_hits; h++)
    for (int i = 0; i < rows[h].n; i++)
      go_on(w, &rows[h].steps[i], i, s->hits_s[h], &rows[h + 1]);
  for (int i = 0; i < rows[s->n_hits].n; i++)
    end_from(w, &rows[s->n_hits].steps[i], i, &rows[s->n_hits + 1]);
}

/// The stretches of the cheapest way, first to last, equal ones joined.
static void
read_way(const Row *rows, int n_rows, CsFit *fit)
{
  int index = 0;
  for (int r = n_rows - 1; r > 0; r--) {
    const Step *step = &rows[r].steps[index];
    const Step *from = &rows[r - 1].steps[step->before];
    index            = step->before;
    if (step->quarters - from->quarters < 1e-9)
      continue;
    fit->stretches[fit->n_stretches++] =
        (CsTempoStretch){from->bar, from->quarters, from->at_s, step->bpm};
  }
  for (int i = 0; i < fit->n_stretches / 2; i++) {
    const CsTempoStretch first = fit->stretches[i];
    const int other            = fit->n_stretches - 1 - i;
    fit->stretches[i]          = fit->stretches[other];
    fit->stretches[other]      = first;
  }
}

CsStatus
cs_fit_bend(const CsFitSearch *s, CsFit *bent)
{
  const size_t n_rows = (size_t)s->n_hits + 2;
  Way w               = {.s = s, .base = s->best, .n_bars = s->best.n_bars};
  w.base.n_bars += END_BARS;
  w.low_bpm  = fmax(s->low_bpm, w.base.bpm * (1.0 - widest_bend));
  w.high_bpm = fmin(s->high_bpm, w.base.bpm * (1.0 + widest_bend));
  Row *rows  = CS_NEW_N(s->d->arena, Row, n_rows);
  *bent      = s->best;
  CS_TRY_NEW(rows);
  CS_TRY_NEW(bent->stretches = CS_NEW_N(s->d->arena, CsTempoStretch, n_rows));
  follow(&w, rows);
  if (rows[n_rows - 1].n == 0)
    return CS_OK;
  const Step *end = &rows[n_rows - 1].steps[0];
  read_way(rows, (int)n_rows, bent);
  bent->n_bars = end->bar;
  bent->ring_s = s->length_s - end->at_s;
  bent->cost   = end->cost + 4.0 * fabs(cs_log2(w.base.bpm / s->d->target_bpm));
  return CS_OK;
}
