// Entries and exits that were asked for, as spans in which a track plays.

#include "gen/plan/band.h"

#include <string.h>

bool
cs_track_is(const CsPresets *presets, const CsTrack *track, const char *name)
{
  const CsInstrument *in = cs_find_instrument(presets, track->instrument);
  if (track->role == CS_ROLE_MOTION && strcmp(name, "arpeggio") == 0)
    return true; // whatever plays figures
  return strcmp(cs_role_names[track->role], name) == 0 ||
         (in != NULL && cs_instrument_is(in, name));
}

static CsStatus
add_span(CsArena *arena, CsTrack *track, double from, double to)
{
  if (from >= to)
    return CS_OK;
  CsSpan *spans = CS_NEW_N(arena, CsSpan, track->n_spans + 1);
  CS_TRY_NEW(spans);
  for (size_t i = 0; i < track->n_spans; i++)
    spans[i] = track->spans[i];
  spans[track->n_spans++] = (CsSpan){from, to};
  track->spans            = spans;
  return CS_OK;
}

/// The bar line nearest a moment and before the end, in seconds.
static double
bar_line_near(const CsPlan *plan, const CsTimeline *t, double seconds)
{
  const int bar     = cs_bar_of_tick(t, cs_tick_of_seconds(t, seconds));
  const double from = cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar));
  const double to   = cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar + 1));
  if (seconds <= plan->lead_in_s)
    return 0.0;
  return seconds - from <= to - seconds || to >= plan->duration_s ? from : to;
}

/// What entries and exits of one target say, in order, as spans of playing.
CsStatus
cs_span_track(const CsDraft *d, CsTrack *track)
{
  double from = -1.0;
  bool first = true, is_in = true;
  for (size_t i = 0; i < d->brief->n_arc; i++) {
    const CsArcEvent *e = &d->brief->arc[i];
    if ((e->kind != CS_ARC_ENTER && e->kind != CS_ARC_EXIT) ||
        e->target == NULL || !e->has_start ||
        !cs_track_is(d->presets, track, e->target))
      continue;
    const double at   = bar_line_near(d->plan, d->time, e->start_s);
    const bool enters = e->kind == CS_ARC_ENTER;
    if (first && !enters)
      from = 0.0;
    if (enters && (first || !is_in))
      from = at;
    if (!enters && (first || is_in))
      CS_TRY(add_span(d->arena, track, from, at));
    is_in = enters;
    first = false;
  }
  if (!first && is_in)
    CS_TRY(add_span(d->arena, track, from, d->plan->duration_s));
  return CS_OK;
}
