// Moments that were asked for: hits, silences, who comes and goes (T59, R16,
// R18, R19).

#include "gen/audit/asked.h"
#include "gen/audit/properties.h"

#include "gen/base/mathx.h"

#include <math.h>
#include <string.h>

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

/// Is a hit asked there too, or does the last chord fall there?
static bool
is_marked(const CsEvidence *e, double seconds)
{
  const double last_s = cs_bar_s(e, cs_n_body_bars(e));
  if (cs_has_cadence(e) && fabs(last_s - seconds) <= LATE_S)
    return true;
  for (size_t i = 0; i < e->brief->n_arc; i++)
    if (e->brief->arc[i].kind == CS_ARC_HIT && e->brief->arc[i].has_start &&
        fabs(e->brief->arc[i].start_s - seconds) <= EARLY_S + LATE_S)
      return true;
  return false;
}

/// How an accent stands out against the beats before and after it that are no
/// accents themselves.
static double
accent_ratio(const CsEvidence *e, double seconds)
{
  const double beat_s =
      60.0 / cs_bpm_at(e, 0) * cs_meter_beat_quarters(e->plan->meter);
  const double here = accent_at(e, seconds);
  double there      = 0.0;
  int n             = 0;
  for (int side = -1; side <= 1; side += 2) {
    const double at_s = seconds + side * beat_s;
    if (is_marked(e, at_s))
      continue;
    there += accent_at(e, at_s);
    n++;
  }
  return there > 0.0 ? here * n / there : here > 0.0 ? 9.0 : 0.0;
}

static CsStatus
hits(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    if (event->kind != CS_ARC_HIT || !event->has_start ||
        event->start_s > e->plan->duration_s - CS_LEAST_HEARD_S)
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
    .text =
        "On every hit that was asked, up to 0.3 s before the end, more is "
        "struck from 40 ms early to 80 ms late than a beat before and after, "
        "where no other hit and not the last chord stands.",
    .unit    = "times",
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

// ---- R18, R19 ---------------------------------------------------------------

/// How early a line may be picked up, and how late its first note may come
/// after the bar line that is nearest, in bars.
#define EARLY_BARS 0.5
#define LATE_BARS 1.5

static double
bar_length_s(const CsEvidence *e, double at_s)
{
  const int bar = cs_bar_near(e, at_s);
  const int of  = bar < cs_n_body_bars(e) ? bar : cs_n_body_bars(e) - 1;
  return of < 0 ? 0.0 : cs_bar_s(e, of + 1) - cs_bar_s(e, of);
}

/// First onset from a time on of what a name means, over all tracks; infinite
/// where there is none.
static double
first_named_from(const CsEvidence *e, const char *name, double from_s)
{
  const int64_t from = cs_tick_of_seconds(e->score->timeline, from_s);
  double first_s     = (double)INFINITY;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsNote *note = cs_first_named(e, i, name, from);
    if (note != NULL)
      first_s = fmin(first_s, cs_seconds_at(e, note->start_tick));
  }
  return first_s;
}

/// When the same target was last, or is next, asked to do that.
static double
neighbour_s(
    const CsEvidence *e, const CsArcEvent *event, CsArcKind kind, bool is_after)
{
  double found_s = is_after ? e->plan->duration_s : 0.0;
  for (size_t i = 0; i < e->brief->n_arc; i++) {
    const CsArcEvent *other = &e->brief->arc[i];
    if (other->kind != kind || other->target == NULL || !other->has_start ||
        strcmp(other->target, event->target) != 0)
      continue;
    if (is_after && other->start_s > event->start_s)
      found_s = fmin(found_s, other->start_s);
    if (!is_after && other->start_s < event->start_s)
      found_s = fmax(found_s, other->start_s);
  }
  return found_s;
}

static bool
names_target(const CsArcEvent *event, CsArcKind kind)
{
  return event->kind == kind && event->target != NULL && event->has_start;
}

/// The worst entry speaks: how far its first note is from the moment.
static CsStatus
entries(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    if (!names_target(event, CS_ARC_ENTER))
      continue;
    const double bar_s  = bar_length_s(e, event->start_s);
    const double gone_s = neighbour_s(e, event, CS_ARC_EXIT, false);
    const double in_s   = first_named_from(
          e, event->target, gone_s > 0.0 ? gone_s + EARLY_BARS * bar_s : 0.0);
    const double late_bars =
        isfinite(in_s) ? (in_s - event->start_s) / bar_s : 99.0;
    CsFinding found = cs_finding_within(late_bars, -EARLY_BARS, LATE_BARS);
    if (f->applies && (!f->holds || found.holds))
      continue;
    *f = found;
    cs_finding_where(f, "%s at %.2f s instead of %.2f s", event->target, in_s,
        event->start_s);
  }
  return CS_OK;
}

/// Onsets after an exit, until what left may come again.
static CsStatus
exits(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    if (!names_target(event, CS_ARC_EXIT))
      continue;
    const double bar_s = bar_length_s(e, event->start_s);
    const double to_s  = neighbour_s(e, event, CS_ARC_ENTER, true);
    const double on_s  = first_named_from(
         e, event->target, event->start_s + (EARLY_BARS + 0.1) * bar_s);
    const bool plays = on_s < to_s - EARLY_BARS * bar_s;
    if (f->applies && (!f->holds || !plays))
      continue;
    *f = cs_finding_true(!plays);
    cs_finding_where(f, "%s plays at %.2f s, gone from %.2f s", event->target,
        on_s, event->start_s);
  }
  return CS_OK;
}

const CsProperty cs_property_R18 = {
    .id   = "R18",
    .name = "entries",
    .text = "What was asked to enter is not heard before, and its first note "
            "comes from half a bar before to one and a half bars after the "
            "moment.",
    .unit = "bars",
    .is_hard = true,
    .fn      = entries,
};

const CsProperty cs_property_R19 = {
    .id   = "R19",
    .name = "exits",
    .text = "What was asked to leave strikes no note from half a bar after the "
            "moment on, until it may come again.",
    .unit = "",
    .is_hard = true,
    .fn      = exits,
};
