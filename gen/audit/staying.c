// Who is left after a fall: "drops to just piano" (R23).

#include "gen/audit/asked.h"
#include "gen/audit/properties.h"

#include <math.h>

/// The fall is drawn to a bar line, and so is what comes after it.
#define NEAR_BARS 1.05

static bool
ends_stay(const CsArcEvent *e)
{
  return e->kind == CS_ARC_BUILD || e->kind == CS_ARC_PEAK ||
         e->kind == CS_ARC_DROP || e->kind == CS_ARC_RISE ||
         e->kind == CS_ARC_ENTER || (e->kind == CS_ARC_FALL && e->stay.n > 0);
}

/// Until when nobody else was asked to play.
static double
end_of_stay(const CsEvidence *e, const CsArcEvent *fall)
{
  const double soon_s = 1.0;
  double end_s = fall->has_end ? fall->end_s : cs_bar_s(e, cs_n_body_bars(e));
  for (size_t i = 0; i < e->brief->n_arc; i++) {
    const CsArcEvent *other = &e->brief->arc[i];
    if (ends_stay(other) && other->has_start &&
        other->start_s > fall->start_s + soon_s)
      end_s = fmin(end_s, other->start_s);
  }
  return end_s;
}

/// Was the track named, to stay or to come at that moment?
static bool
may_play(const CsEvidence *e, const CsArcEvent *fall, size_t track)
{
  const double at_once_s = 1.0;
  for (size_t i = 0; i < fall->stay.n; i++)
    if (cs_count_named(e, track, fall->stay.items[i], NULL) > 0)
      return true;
  for (size_t i = 0; i < e->brief->n_arc; i++) {
    const CsArcEvent *other = &e->brief->arc[i];
    if (other->kind == CS_ARC_ENTER && other->target != NULL &&
        other->has_start && fabs(other->start_s - fall->start_s) <= at_once_s &&
        cs_count_named(e, track, other->target, NULL) > 0)
      return true;
  }
  return false;
}

/// A hit that was asked for may be struck by anybody.
static bool
is_hit(const CsEvidence *e, double at_s)
{
  for (size_t i = 0; i < e->brief->n_arc; i++)
    if (e->brief->arc[i].kind == CS_ARC_HIT && e->brief->arc[i].has_start &&
        fabs(e->brief->arc[i].start_s - at_s) < 0.1)
      return true;
  return false;
}

/// Notes that a track strikes in a span, hits apart.
static size_t
count_struck(const CsEvidence *e, size_t track, double from_s, double to_s,
    double *first_s)
{
  const CsPart *part  = &e->score->parts[track];
  const CsTimeline *t = e->score->timeline;
  size_t n            = 0;
  for (size_t i = cs_first_from(part, cs_tick_of_seconds(t, from_s));
       i < part->n_notes; i++) {
    const double at_s = cs_seconds_at(e, part->notes[i].start_tick);
    if (at_s >= to_s)
      break;
    if (is_hit(e, at_s))
      continue;
    if (n++ == 0)
      *first_s = at_s;
  }
  return n;
}

static void
judge_stay(const CsEvidence *e, const CsArcEvent *fall, CsFinding *f)
{
  const int bar       = cs_bar_near(e, fall->start_s);
  const double bar_s  = cs_bar_s(e, bar + 1) - cs_bar_s(e, bar);
  const double from_s = fall->start_s + NEAR_BARS * bar_s;
  const double to_s   = end_of_stay(e, fall) - NEAR_BARS * bar_s;
  size_t n_named = 0, n_others = 0;
  for (size_t i = 0; i < e->score->n_parts && to_s > from_s; i++) {
    double first_s      = 0.0;
    const size_t struck = count_struck(e, i, from_s, to_s, &first_s);
    if (may_play(e, fall, i)) {
      n_named += struck;
    } else if (struck > 0 && e->plan->tracks[i].role != CS_ROLE_EFFECTS) {
      n_others += struck;
      cs_finding_where(
          f, "%s plays at %.2f s", e->plan->tracks[i].instrument, first_s);
    }
  }
  if (to_s <= from_s)
    return;
  if (n_named == 0)
    cs_finding_where(
        f, "%s is silent from %.2f s on", fall->stay.items[0], fall->start_s);
  cs_finding_settle(
      f, cs_finding_at_most(n_named == 0 ? 1e3 : (double)n_others, 0.0));
}

static CsStatus
staying(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    if (event->kind == CS_ARC_FALL && event->stay.n > 0 && event->has_start &&
        f->holds)
      judge_stay(e, event, f);
  }
  return CS_OK;
}

const CsProperty cs_property_R23 = {
    .id      = "R23",
    .name    = "who is left",
    .text    = "Where a fall was asked to leave only certain instruments, they "
               "play, and from a bar after it to a bar before what comes next, "
               "or to the last downbeat, nothing else is struck but hits and "
               "effects.",
    .unit    = "notes",
    .is_hard = true,
    .fn      = staying,
};
