// "Drops to just piano": who is left after a fall goes on alone.
//
// The others wait until something is asked to come, or to the end.

#include "gen/plan/band.h"

#include "gen/base/mathx.h"

#include <math.h>

/// Bars in which only some play.
typedef struct Rest {
  int first_bar, end_bar; ///< The bar of the last downbeat is among them.
  const CsArcEvent *fall;
} Rest;

static bool
brings_back(const CsArcEvent *e)
{
  return e->kind == CS_ARC_BUILD || e->kind == CS_ARC_PEAK ||
         e->kind == CS_ARC_DROP || e->kind == CS_ARC_RISE ||
         e->kind == CS_ARC_ENTER || (e->kind == CS_ARC_FALL && e->stay.n > 0);
}

static int
bar_near(const CsDraft *d, double seconds)
{
  const CsTimeline *t = d->time;
  const int bar       = cs_bar_of_tick(t, cs_tick_of_seconds(t, seconds));
  const double from   = cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar));
  const double to     = cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar + 1));
  return seconds - from <= to - seconds ? bar : bar + 1;
}

/// Where a section begins within a bar of there, else the bar itself.
static int
border_near(const CsPlan *plan, int bar)
{
  for (int off = 0; off <= 1; off++)
    for (size_t i = 0; i < plan->n_sections; i++) {
      const int border = plan->sections[i].first_bar;
      if (border == bar - off || border == bar + off)
        return border;
    }
  return bar;
}

/// When the rest goes on, by the request; false where nobody is named.
static bool
find_rest(const CsDraft *d, size_t event, Rest *rest)
{
  const CsArcEvent *fall  = &d->brief->arc[event];
  const double soon_s     = 1.0;
  const int last_downbeat = d->plan->n_bars - 1;
  if (fall->kind != CS_ARC_FALL || fall->stay.n == 0 || !fall->has_start)
    return false;
  double end_s = fall->has_end ? fall->end_s : d->plan->duration_s;
  for (size_t i = 0; i < d->brief->n_arc; i++) {
    const CsArcEvent *e = &d->brief->arc[i];
    if (e->has_start && e->start_s > fall->start_s + soon_s && brings_back(e))
      end_s = fmin(end_s, e->start_s);
  }
  *rest = (Rest){border_near(d->plan, bar_near(d, fall->start_s)),
      border_near(d->plan, bar_near(d, end_s)), fall};
  if (rest->end_bar >= last_downbeat || end_s > d->plan->duration_s - soon_s)
    rest->end_bar = d->plan->n_bars;
  return rest->first_bar < rest->end_bar && rest->first_bar < last_downbeat;
}

static double
bar_s(const CsDraft *d, int bar)
{
  return bar >= d->plan->n_bars
             ? d->plan->duration_s
             : cs_seconds_of_tick(d->time, (double)cs_bar_tick(d->time, bar));
}

/// Is the track of those that are left, or asked to come at that moment?
static bool
is_left(const CsDraft *d, const CsTrack *t, const Rest *rest)
{
  const double at_once_s = 1.0;
  for (size_t i = 0; i < rest->fall->stay.n; i++)
    if (cs_track_is(d->presets, t, rest->fall->stay.items[i]))
      return true;
  for (size_t i = 0; i < d->brief->n_arc; i++) {
    const CsArcEvent *e = &d->brief->arc[i];
    if (e->kind == CS_ARC_ENTER && e->target != NULL && e->has_start &&
        fabs(e->start_s - rest->fall->start_s) <= at_once_s &&
        cs_track_is(d->presets, t, e->target))
      return true;
  }
  return false;
}

// ---- What they play ---------------------------------------------------------

static bool
has_pitch(const CsTrackDraft *t)
{
  return !t->is_ghost && !cs_is_struck(t->track.role) &&
         t->instrument->bank != 128 && t->instrument->drum_key < 0;
}

/// Who of them could carry the music and does not: the first that has no chords
/// of its own, or, of those that sing, no tune either. NULL where somebody
/// does.
static const CsTrackDraft *
find_lone(const CsBand *band, const Rest *rest)
{
  const CsTrackDraft *lone = NULL;
  for (size_t i = 0; i < band->n; i++) {
    const CsTrackDraft *t = &band->tracks[i];
    if (!has_pitch(t) || !is_left(band->d, &t->track, rest) ||
        cs_instrument_is(t->instrument, "bass"))
      continue;
    if (cs_is_harmony(t->track.role))
      return NULL;
    lone = lone == NULL ? t : lone;
  }
  return lone;
}

/// One that sings holds a voice or two, as strings do in double stops: above
/// where thirds are muddy, if it goes so high (RULEBOOK 5.1).
static void
narrow(CsTrackDraft *t)
{
  enum { SPAN = 9, CLEAR = 55 };
  const int *sweet  = t->instrument->sweet;
  const int low     = cs_clamp_int(CLEAR, sweet[0], sweet[1] - SPAN);
  t->track.range[0] = cs_clamp_int(low, t->track.range[0], t->track.range[1]);
  t->track.range[1] =
      cs_clamp_int(low + SPAN, t->track.range[0], t->track.range[1]);
}

CsStatus
cs_add_left(CsBand *band)
{
  const CsDraft *d = band->d;
  Rest rest;
  for (size_t i = 0; i < d->brief->n_arc; i++) {
    const CsTrackDraft *lone =
        find_rest(d, i, &rest) ? find_lone(band, &rest) : NULL;
    if (lone == NULL)
      continue;
    const CsInstrument *in = lone->instrument;
    const bool sings       = in->sustain == CS_SUSTAIN_HELD;
    CsTrackDraft *more =
        cs_add_track(band, sings ? CS_ROLE_PAD : CS_ROLE_CHORDS, in, 500 + i);
    if (more == NULL)
      return CS_OK;
    if (sings)
      narrow(more);
    more->is_wanted   = true;
    more->track.spans = CS_NEW(d->arena, CsSpan);
    CS_TRY_NEW(more->track.spans);
    more->track.spans[0] =
        (CsSpan){bar_s(d, rest.first_bar), bar_s(d, rest.end_bar)};
    more->track.n_spans = 1;
    CS_TRY(cs_give_usual_pattern(band, more));
  }
  return CS_OK;
}

// ---- The others -------------------------------------------------------------

/// Can those that are left end the cue on its chord?
static bool
can_end(const CsDraft *d, const Rest *rest)
{
  for (size_t i = 0; i < d->plan->n_tracks; i++) {
    const CsTrack *t = &d->plan->tracks[i];
    if (!cs_is_struck(t->role) && t->bank != 128 && is_left(d, t, rest))
      return true;
  }
  return false;
}

/// Does a track play in a bar, once the others have left?
static bool
plays_then(const CsDraft *d, const CsTimeline *t, const CsTrack *track,
    const Rest *rest, int bar)
{
  const bool is_in  = bar >= rest->first_bar && bar < rest->end_bar;
  const bool is_end = bar == d->plan->n_bars - 1;
  if (!is_in)
    return cs_track_plays(t, track, bar);
  if (is_end && !can_end(d, rest)) // drums alone: all strike the last chord
    return cs_track_plays(t, track, rest->first_bar);
  return is_left(d, track, rest);
}

/// Write out when a track plays: by bars, whatever the energy says.
static CsStatus
set_spans(
    const CsDraft *d, const CsTimeline *t, CsTrack *track, const Rest *rest)
{
  const int n_bars = d->plan->n_bars;
  CsSpan *spans    = CS_NEW_N(d->arena, CsSpan, (size_t)n_bars);
  size_t n         = 0;
  CS_TRY_NEW(spans);
  for (int bar = 0; bar < n_bars; bar++) {
    if (!plays_then(d, t, track, rest, bar))
      continue;
    if (n == 0 || bar == 0 || spans[n - 1].end_s < bar_s(d, bar))
      spans[n++].start_s = bar == 0 ? 0.0 : bar_s(d, bar);
    spans[n - 1].end_s = bar_s(d, bar + 1);
  }
  if (n == 0)
    return CS_OK; // it never plays as it is
  track->spans   = spans;
  track->n_spans = n;
  return CS_OK;
}

static CsStatus
wait_for(const CsDraft *d, CsTrack *track, const Rest *rest)
{
  CsBars *waits = CS_NEW_N(d->arena, CsBars, track->n_waits + 1);
  CS_TRY_NEW(waits);
  for (size_t i = 0; i < track->n_waits; i++)
    waits[i] = track->waits[i];
  waits[track->n_waits++] =
      (CsBars){rest->first_bar, rest->end_bar - rest->first_bar};
  track->waits = waits;
  return CS_OK;
}

CsStatus
cs_leave_alone(const CsDraft *d)
{
  Rest rest;
  for (size_t i = 0; i < d->brief->n_arc; i++) {
    CsTimeline *t = NULL;
    if (!find_rest(d, i, &rest))
      continue;
    CS_TRY(cs_timeline_make(d->arena, d->plan, &t));
    const bool ends_on_chord =
        rest.end_bar < d->plan->n_bars || can_end(d, &rest);
    for (size_t k = 0; k < d->plan->n_tracks; k++) {
      CsTrack *track = &d->plan->tracks[k];
      if (track->role == CS_ROLE_EFFECTS)
        continue;
      if (track->n_spans == 0 && ends_on_chord && !is_left(d, track, &rest))
        CS_TRY(wait_for(d, track, &rest));
      else
        CS_TRY(set_spans(d, t, track, &rest));
    }
  }
  return CS_OK;
}
