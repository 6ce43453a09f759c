// Changes over time that were asked for, at their times: what grows, sinks,
// peaks and lands (R11 to R15).

#include "gen/audit/course.h"
#include "gen/audit/properties.h"
#include "gen/audit/rank.h"

#include <math.h>

enum {
  WINDOW_BARS   = 4, ///< What stands before and after a change.
  MIN_SPAN_BARS = 4,
  LANDING_BARS  = 1, ///< A change may be a bar early or late.
};

/// How much happens in each bar: octaves of density plus level in steps of 6 dB
/// (RULEBOOK 9, measured energy).
typedef struct Heard {
  const CsEvidence *e;
  int n_bars;
  double *energy;
} Heard;

static CsStatus
hear_energy(CsArena *scratch, const CsEvidence *e, Heard *heard)
{
  *heard        = (Heard){.e = e, .n_bars = cs_n_body_bars(e)};
  heard->energy = CS_NEW_N(scratch, double, (size_t)heard->n_bars);
  CS_TRY_NEW(heard->energy);
  for (int b = 0; b < heard->n_bars; b++)
    heard->energy[b] = cs_course_energy(e, e->course, b);
  return CS_OK;
}

static double
mean_of(const Heard *heard, CsStretch s)
{
  double sum = 0.0;
  for (int b = s.from; b < s.to; b++)
    sum += heard->energy[b];
  return s.to > s.from ? sum / (s.to - s.from) : 0.0;
}

static int
clamp_bar(int bar, int low, int high)
{
  return bar < low ? low : bar > high ? high : bar;
}

static int
bar_near(const Heard *heard, double seconds)
{
  return clamp_bar(cs_bar_near(heard->e, seconds), 0, heard->n_bars);
}

// ---- Around an event --------------------------------------------------------

/// The bar at which something else was asked to happen, before or after; 0 or
/// the last bar where nothing was.
static int
neighbour_bar(const Heard *heard, const CsArcEvent *event, bool is_after)
{
  const CsBrief *brief = heard->e->brief;
  int found            = is_after ? heard->n_bars : 0;
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *other = &brief->arc[i];
    if (other == event || !other->has_start)
      continue;
    const double at_s[2] = {
        other->start_s, other->has_end ? other->end_s : other->start_s};
    for (int k = 0; k < 2; k++) {
      const int bar = bar_near(heard, at_s[k]);
      if (is_after && at_s[k] > event->start_s + 0.5 && bar < found)
        found = bar;
      if (!is_after && at_s[k] < event->start_s - 0.5 && bar > found)
        found = bar;
    }
  }
  return found;
}

/// The energy before a change, or before the way that the plan makes up to it:
/// of the four bars before it or of those before them, whatever is softer.
///
/// @return false where the change is at the start.
static bool
energy_before(
    const Heard *heard, const CsArcEvent *event, bool is_least, double *energy)
{
  const int at         = bar_near(heard, event->start_s);
  const int first      = neighbour_bar(heard, event, false);
  const CsStretch near = {clamp_bar(at - WINDOW_BARS, first, at), at};
  const CsStretch far  = {
       clamp_bar(near.from - WINDOW_BARS, first, near.from), near.from};
  if (near.to == near.from)
    return false;
  *energy = mean_of(heard, near);
  if (is_least && far.to > far.from)
    *energy = fmin(*energy, mean_of(heard, far));
  return true;
}

/// What stands after a change; after the end of its span where it has one that
/// is a way and not a state.
static CsStretch
after_event(const Heard *heard, const CsArcEvent *event)
{
  const int at   = bar_near(heard, event->start_s);
  const int last = neighbour_bar(heard, event, true);
  return (CsStretch){at, clamp_bar(at + WINDOW_BARS, at, last)};
}

/// What a whole step must make in energy, up or down: a quarter more events and
/// 1 dB, or one of them alone so much the more; "slightly" asks for less.
#define STEP 0.4

/// Judge one event; a place that cannot be judged is left as it is.
typedef CsStatus EventFn(CsArena *scratch, const Heard *heard,
    const CsArcEvent *event, CsFinding *f);

/// Judge all events of a kind; the first that misses speaks, else the last.
static CsStatus
judge_events(CsArena *scratch, const CsEvidence *e, CsArcKind kind,
    EventFn *judge, CsFinding *f)
{
  Heard heard;
  if (!cs_has_said(e, kind) || cs_n_body_bars(e) < MIN_SPAN_BARS)
    return CS_OK;
  CS_TRY(hear_energy(scratch, e, &heard));
  for (size_t i = 0; i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    if (event->kind != kind || !event->has_start)
      continue;
    CS_TRY(judge(scratch, &heard, event, f));
    if (!f->applies || f->holds)
      continue;
    cs_finding_where(f, "%.1f s (bar %d)", event->start_s,
        cs_bar_near(e, event->start_s) + 1);
    return CS_OK;
  }
  return CS_OK;
}

/// How far the energy steps at an event, up or down.
///
/// @return false where nothing stands before or after it.
static bool
step_at(const Heard *heard, const CsArcEvent *event, bool is_up, double *step)
{
  CsStretch after = after_event(heard, event);
  double before   = 0.0;
  const int end   = event->has_end ? bar_near(heard, event->end_s) : 0;
  // What sinks or rises over a span has arrived at its end; the first half of
  // the span is the way there.
  if (end > after.from) {
    const int half = (end - after.from) / 2;
    const int from = end - clamp_bar(half, 1, WINDOW_BARS);
    after          = (CsStretch){from > after.from ? from : after.from, end};
  }
  if (after.to <= after.from || !energy_before(heard, event, is_up, &before))
    return false;
  *step = mean_of(heard, after) - before;
  return true;
}

/// A build that was asked for at the same moment is the way that a rise takes.
static CsArcEvent
with_its_build(const CsBrief *brief, const CsArcEvent *rise)
{
  CsArcEvent whole = *rise;
  for (size_t i = 0; i < brief->n_arc && !whole.has_end; i++) {
    const CsArcEvent *build = &brief->arc[i];
    if (build->kind != CS_ARC_BUILD || !build->has_start || !build->has_end ||
        fabs(build->start_s - rise->start_s) > 0.5)
      continue;
    whole.has_end = true;
    whole.end_s   = build->end_s;
  }
  return whole;
}

static CsStatus
judge_rise(
    CsArena *scratch, const Heard *heard, const CsArcEvent *event, CsFinding *f)
{
  (void)scratch;
  double step            = 0.0;
  const CsArcEvent whole = with_its_build(heard->e->brief, event);
  if (step_at(heard, &whole, true, &step))
    *f = cs_finding_at_least(step, STEP * event->amount);
  return CS_OK;
}

static CsStatus
judge_fall(
    CsArena *scratch, const Heard *heard, const CsArcEvent *event, CsFinding *f)
{
  (void)scratch;
  double step = 0.0, at_once = 0.0;
  CsArcEvent moment = *event;
  moment.has_end    = false;
  if (!step_at(heard, event, false, &step))
    return CS_OK;
  // A break falls where it begins, whatever it leads to at its end.
  if (event->has_end && step_at(heard, &moment, false, &at_once))
    step = fmin(step, at_once);
  *f = cs_finding_at_most(step, -STEP * event->amount);
  return CS_OK;
}

/// The strongest of all stretches that are as long and lie elsewhere.
static double
strongest_elsewhere(const Heard *heard, CsStretch peak)
{
  const int n = peak.to - peak.from;
  double most = -(double)INFINITY;
  for (int b = 0; b + n <= heard->n_bars; b++)
    if (b + n <= peak.from - LANDING_BARS || b >= peak.to + LANDING_BARS)
      most = fmax(most, mean_of(heard, (CsStretch){b, b + n}));
  return most;
}

/// A peak from which the cue is asked to fall at once is not a state: it stands
/// for two bars.
static bool
falls_at_once(const Heard *heard, const CsArcEvent *peak)
{
  const CsBrief *brief = heard->e->brief;
  for (size_t i = 0; i < brief->n_arc; i++)
    if (brief->arc[i].kind == CS_ARC_FALL && brief->arc[i].has_start &&
        fabs(brief->arc[i].start_s - peak->start_s) < 0.5)
      return true;
  return false;
}

/// What was asked to be the strongest is at most a little below the strongest.
static CsStatus
judge_peak(
    CsArena *scratch, const Heard *heard, const CsArcEvent *event, CsFinding *f)
{
  (void)scratch;
  CsStretch peak = after_event(heard, event);
  if (event->has_end && bar_near(heard, event->end_s) > peak.from)
    peak.to = bar_near(heard, event->end_s);
  else if (falls_at_once(heard, event))
    peak.to = clamp_bar(peak.to, peak.from, peak.from + WINDOW_BARS / 2);
  const double most = strongest_elsewhere(heard, peak);
  if (peak.to > peak.from && isfinite(most))
    *f = cs_finding_at_least(mean_of(heard, peak) - most, -0.25);
  return CS_OK;
}

/// Where a build has arrived: at its end, else where the next change of course
/// was asked.
static int
end_of_build(const Heard *heard, const CsArcEvent *event)
{
  const CsBrief *brief = heard->e->brief;
  double end_s         = heard->e->plan->duration_s;
  if (event->has_end)
    return bar_near(heard, event->end_s);
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *other = &brief->arc[i];
    const bool is_course =
        other->kind == CS_ARC_BUILD || other->kind == CS_ARC_FALL ||
        other->kind == CS_ARC_PEAK || other->kind == CS_ARC_DROP;
    if (is_course && other->has_start && other->start_s > event->start_s + 0.5)
      end_s = fmin(end_s, other->start_s);
  }
  return bar_near(heard, end_s);
}

/// Rank correlation of the energy with time.
static CsStatus
judge_build(
    CsArena *scratch, const Heard *heard, const CsArcEvent *event, CsFinding *f)
{
  const int from    = bar_near(heard, event->start_s);
  const int to      = end_of_build(heard, event);
  double correlated = 0.0;
  double *times     = CS_NEW_N(scratch, double, (size_t)heard->n_bars);
  CS_TRY_NEW(times);
  if (to - from < MIN_SPAN_BARS)
    return CS_OK;
  for (int b = from; b < to; b++)
    times[b - from] = b;
  CS_TRY(cs_rank_correlation(
      scratch, times, heard->energy + from, (size_t)(to - from), &correlated));
  *f = cs_finding_at_least(correlated, 0.6);
  return CS_OK;
}

// ---- The rows ---------------------------------------------------------------

static CsStatus
builds(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  return judge_events(scratch, e, CS_ARC_BUILD, judge_build, f);
}

static CsStatus
rises(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  return judge_events(scratch, e, CS_ARC_RISE, judge_rise, f);
}

static CsStatus
falls(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  return judge_events(scratch, e, CS_ARC_FALL, judge_fall, f);
}

static CsStatus
peaks(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  return judge_events(scratch, e, CS_ARC_PEAK, judge_peak, f);
}

static CsStatus
drops(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  return judge_events(scratch, e, CS_ARC_DROP, judge_peak, f);
}

const CsProperty cs_property_R11 = {
    .id   = "R11",
    .name = "builds grow",
    .text = "Through the whole span of an asked build, from four bars on, the "
            "energy of the notes grows from bar to bar: rank correlation with "
            "time of 0.6.",
    .unit = "",
    .is_hard = true,
    .fn      = builds,
};

const CsProperty cs_property_R12 = {
    .id   = "R12",
    .name = "rises step up",
    .text =
        "Where a rise was asked the energy of the notes (octaves of density "
        "plus level in steps of 6 dB) is higher by 0.4, less where less was "
        "asked, in the four bars after it than before it and before the "
        "bars that lead up to it; no further than what else was asked.",
    .unit    = "",
    .is_hard = true,
    .fn      = rises,
};

const CsProperty cs_property_R13 = {
    .id   = "R13",
    .name = "falls step down",
    .text = "Where a fall was asked the energy of the notes is lower by 0.4, "
            "less where less was asked, after it than before it, or at the end "
            "of its span where it has one.",
    .unit = "",
    .is_hard = true,
    .fn      = falls,
};

const CsProperty cs_property_R14 = {
    .id   = "R14",
    .name = "peaks are the top",
    .text = "No stretch as long is stronger, by more than 0.25 of energy, than "
            "the one that was asked to be the peak: four bars, two where the "
            "cue is asked to fall from it at once.",
    .unit = "",
    .is_hard = true,
    .fn      = peaks,
};

const CsProperty cs_property_R15 = {
    .id   = "R15",
    .name = "drops land",
    .text = "The four bars from an asked drop on are the strongest of the cue, "
            "to 0.25 of energy.",
    .unit = "",
    .is_hard = true,
    .fn      = drops,
};
