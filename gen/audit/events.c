#include "gen/audit/events.h"

#include "gen/audit/facts.h"

static bool
overlap(double a_from, double a_to, double b_from, double b_to)
{
  return a_from <= b_to && b_from <= a_to;
}

static double
event_end_s(const CsEvidence *e, const CsArcEvent *event)
{
  if (event->has_end)
    return event->end_s;
  const bool goes_on =
      event->kind == CS_ARC_BUILD || event->kind == CS_ARC_FALL;
  return goes_on ? e->plan->duration_s : event->start_s;
}

static bool
touches_arc(const CsEvidence *e, double from_s, double to_s)
{
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    if (event->has_start &&
        overlap(from_s, to_s, event->start_s, event_end_s(e, event)))
      return true;
  }
  return false;
}

/// Builds and climaxes are answers where something was asked.
static bool
touches_answer(const CsEvidence *e, double from_s, double to_s)
{
  if (e->brief != NULL && e->brief->n_arc == 0)
    return false;
  for (size_t i = 0; i < e->plan->n_sections; i++) {
    const CsSection *s = &e->plan->sections[i];
    if (s->kind != CS_SECTION_BUILD && s->kind != CS_SECTION_CLIMAX)
      continue;
    if (overlap(from_s, to_s, cs_bar_s(e, s->first_bar),
            cs_bar_s(e, s->first_bar + s->n_bars)))
      return true;
  }
  return false;
}

static bool
touches_hit(const CsEvidence *e, double from_s, double to_s)
{
  for (size_t i = 0; i < e->plan->n_hits; i++)
    if (overlap(
            from_s, to_s, e->plan->hits[i].is_at_s, e->plan->hits[i].is_at_s))
      return true;
  return false;
}

static bool
touches_fade(const CsEvidence *e, double from_s, double to_s)
{
  const CsPlan *p = e->plan;
  return (p->fade_in_s > 0.0 && from_s < p->fade_in_s) ||
         (p->fade_out_s > 0.0 && to_s > p->duration_s - p->fade_out_s);
}

bool
cs_is_eventful(const CsEvidence *e, double from_s, double to_s)
{
  return cs_is_asked_silence(e, from_s, to_s) ||
         touches_fade(e, from_s, to_s) || touches_hit(e, from_s, to_s) ||
         touches_arc(e, from_s, to_s) || touches_answer(e, from_s, to_s);
}
