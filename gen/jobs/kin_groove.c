#include "gen/jobs/kin_groove.h"

#include "gen/audit/facts.h"
#include "gen/jobs/kin_bars.h"

#include <stdlib.h>
#include <string.h>

// ---- The groove -------------------------------------------------------------

typedef struct Stroke {
  uint32_t what; ///< Sixteenth, role and key.
  double weight; ///< Velocity squared.
} Stroke;

typedef struct Groove {
  Stroke *strokes;
  size_t n;
} Groove;

static int
by_what(const void *a, const void *b)
{
  const uint32_t x = ((const Stroke *)a)->what;
  const uint32_t y = ((const Stroke *)b)->what;
  return (x > y) - (x < y);
}

static void
collect_strokes(const CsKinBars *bars, int from_bar, int to_bar, Groove *groove)
{
  groove->n = 0;
  for (size_t i = bars->first[from_bar]; i < bars->first[to_bar]; i++) {
    const double velocity = bars->velocities[i];
    groove->strokes[groove->n++] =
        (Stroke){cs_kin_stroke_of(bars->notes[i]), velocity * velocity};
  }
  if (groove->n > 0)
    qsort(groove->strokes, groove->n, sizeof *groove->strokes, by_what);
}

/// Keep, once each and with their mean weight, the strokes that come `least`
/// times.
static void
keep_frequent(Groove *groove, size_t least)
{
  size_t n_kept = 0;
  for (size_t i = 0, end = 0; i < groove->n; i = end) {
    const Stroke first = groove->strokes[i];
    double weight      = 0.0;
    for (end = i; end < groove->n && groove->strokes[end].what == first.what;
         end++)
      weight += groove->strokes[end].weight;
    if (end - i >= least)
      groove->strokes[n_kept++] =
          (Stroke){first.what, weight / (double)(end - i)};
  }
  groove->n = n_kept;
}

/// What a section strikes in half of its bars.
static void
find_groove(const CsKinBars *bars, const CsSection *s, Groove *groove)
{
  const int end  = s->first_bar + s->n_bars;
  const int to   = end < bars->n_bars ? end : bars->n_bars;
  const int from = s->first_bar < to ? s->first_bar : to;
  collect_strokes(bars, from, to, groove);
  keep_frequent(groove, (size_t)(to - from + 1) / 2);
}

static bool
has_stroke(const CsKinBars *bars, int bar, uint32_t what)
{
  for (size_t i = bars->first[bar]; i < bars->first[bar + 1]; i++)
    if (cs_kin_stroke_of(bars->notes[i]) == what)
      return true;
  return false;
}

static bool
says_groove(const CsKinBars *bars, int bar, const Groove *groove)
{
  enum { FEW_STROKES = 2 };
  const double least = 2.0 / 3.0;
  double all = 0.0, said = 0.0;
  for (size_t i = 0; i < groove->n; i++) {
    const Stroke *stroke = &groove->strokes[i];
    all += stroke->weight;
    said += has_stroke(bars, bar, stroke->what) ? stroke->weight : 0.0;
  }
  return groove->n >= FEW_STROKES && said >= least * all;
}

CsStatus
cs_kin_count_groove(CsArena *scratch, const CsEvidence *whole,
    const CsEvidence *part, int *n_heard)
{
  CsKinBars x, y;
  *n_heard = 0;
  CS_TRY(cs_kin_bars(scratch, whole, &x));
  CS_TRY(cs_kin_bars(scratch, part, &y));
  Groove groove  = {CS_NEW_N(scratch, Stroke, x.first[x.n_bars] + 1), 0};
  bool *is_heard = CS_NEW_N(scratch, bool, (size_t)y.n_bars + 1);
  CS_TRY_NEW(groove.strokes);
  CS_TRY_NEW(is_heard);
  for (size_t s = 0; s < whole->plan->n_sections; s++) {
    find_groove(&x, &whole->plan->sections[s], &groove);
    for (int b = 0; b < y.n_bars; b++)
      is_heard[b] = is_heard[b] || says_groove(&y, b, &groove);
  }
  for (int b = 0; b < y.n_bars; b++)
    *n_heard += is_heard[b];
  return CS_OK;
}

// ---- The end ----------------------------------------------------------------

static bool
is_same_bar(const CsKinBars *bars, int a, int b)
{
  const size_t n = bars->first[a + 1] - bars->first[a];
  return n == bars->first[b + 1] - bars->first[b] &&
         memcmp(bars->notes + bars->first[a], bars->notes + bars->first[b],
             n * sizeof *bars->notes) == 0;
}

/// Is a stroke of any part near that span?
static bool
is_struck_between(const CsEvidence *e, int64_t from, int64_t to)
{
  for (size_t p = 0; p < e->score->n_parts; p++) {
    const CsPart *part = &e->score->parts[p];
    const size_t i     = cs_first_from(part, from);
    if (i < part->n_notes && part->notes[i].start_tick < to)
      return true;
  }
  return false;
}

CsStatus
cs_kin_drum_end(CsArena *scratch, const CsEvidence *e, CsDrumEnd *end)
{
  enum { NEAR_TICKS = 60 };
  CsKinBars bars;
  CS_TRY(cs_kin_bars(scratch, e, &bars));
  const int64_t tick = cs_bar_tick(e->score->timeline, bars.n_bars);
  end->is_struck = is_struck_between(e, tick - NEAR_TICKS, tick + NEAR_TICKS);
  end->is_led    = bars.n_bars > 0 && bars.first[bars.n_bars] > 0;
  for (int back = 1; back <= 2 && back < bars.n_bars; back++)
    end->is_led = end->is_led &&
                  !is_same_bar(&bars, bars.n_bars - 1 - back, bars.n_bars - 1);
  return CS_OK;
}
