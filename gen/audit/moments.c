// Moments that were asked for: hits and silences (T59, R16).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"

#include "gen/base/mathx.h"

// ---- T59 --------------------------------------------------------------------

/// RULEBOOK 3.3: a sound may come so early or late and still be on the picture.
#define EARLY_S 0.04
#define LATE_S 0.08

/// First note that begins at a time or later.
static size_t
first_played_from(const CsEvidence *e, double seconds)
{
  const CsPerformance *p = e->performance;
  size_t low = 0, high = p->n_notes;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (cs_played_s(e, &p->notes[middle]) < seconds)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/// Power of what begins around a moment, by the squared velocity law.
static double
accent_at(const CsEvidence *e, double seconds)
{
  const CsPerformance *p = e->performance;
  double sum             = 0.0;
  for (size_t i = first_played_from(e, seconds - EARLY_S);
       i < p->n_notes && cs_played_s(e, &p->notes[i]) <= seconds + LATE_S; i++)
    sum += cs_pow(p->notes[i].velocity / 127.0, 4.0);
  return sum;
}

/// How an accent stands out against the beats before and after it.
static double
accent_ratio(const CsEvidence *e, double seconds)
{
  const double beat_s =
      60.0 / cs_bpm_at(e, 0) * cs_meter_beat_quarters(e->plan->meter);
  const double here = accent_at(e, seconds);
  const double there =
      0.5 * (accent_at(e, seconds - beat_s) + accent_at(e, seconds + beat_s));
  return there > 0.0 ? here / there : here > 0.0 ? 9.0 : 0.0;
}

static CsStatus
hits(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    if (event->kind != CS_ARC_HIT || !event->has_start)
      continue;
    const double ratio = accent_ratio(e, event->start_s);
    if (f->applies && ratio >= f->value)
      continue;
    *f = cs_finding_at_least(ratio, 1.0);
    cs_finding_where(f, "%.2f s", event->start_s);
  }
  return CS_OK;
}

const CsProperty cs_property_T59 = {
    .id   = "T59",
    .name = "hits",
    .text = "On every hit that was asked, from 40 ms early to 80 ms late, more "
            "is struck than a beat before and after.",
    .unit = "times",
    .is_hard = true,
    .fn      = hits,
};

// ---- R16 --------------------------------------------------------------------

/// Timing is human by so much.
#define EDGE_S 0.03

static CsStatus
silences(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  const CsPerformance *p = e->performance;
  size_t n               = 0;
  if (e->plan->n_silences == 0)
    return CS_OK;
  for (size_t i = 0; i < p->n_notes; i++) {
    const double on_s  = cs_played_s(e, &p->notes[i]);
    const double off_s = (double)p->notes[i].off_frame / p->sample_rate;
    if (!cs_is_asked_silence(e, on_s + EDGE_S, off_s - EDGE_S))
      continue;
    n++;
    cs_finding_where(f, "%s, %.2f to %.2f s",
        e->plan->tracks[p->notes[i].track].instrument, on_s, off_s);
  }
  cs_finding_settle(f, cs_finding_at_most((double)n, 0.0));
  return CS_OK;
}

const CsProperty cs_property_R16 = {
    .id      = "R16",
    .name    = "asked silences",
    .text    = "No note is struck or held inside a silence that was asked.",
    .unit    = "notes",
    .is_hard = true,
    .fn      = silences,
};
