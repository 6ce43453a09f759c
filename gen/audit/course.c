#include "gen/audit/course.h"

#include "gen/base/mathx.h"

#include <math.h>

// ---- Bars -------------------------------------------------------------------

/// A struck note is heard for so long, however long it is held.
#define STRUCK_S 0.6

CsSound
cs_sound_of(const CsEvidence *e, const CsPlayedNote *n)
{
  const CsPerformance *p = e->performance;
  const CsInstrument *in = e->instruments[n->track];
  CsSound s              = {.on_s = cs_played_s(e, n),
                   .off_s         = (double)n->off_frame / p->sample_rate};
  if (in != NULL && in->sustain == CS_SUSTAIN_DECAYS)
    s.off_s = fmin(s.off_s, s.on_s + STRUCK_S);
  const double db = e->plan->tracks[n->track].level_db -
                    (in != NULL ? in->trim_db : 0.0) +
                    cs_track_gain_db(&p->tracks[n->track], n->on_frame);
  const double velocity = n->velocity / 127.0;
  const double gain     = cs_gain_from_db(db) * velocity * velocity;
  s.power               = gain * gain;
  return s;
}

void
cs_share_sound(
    const CsEvidence *e, const CsSound *sound, int *bar, double *power)
{
  const int n_bars = e->plan->n_bars;
  while (*bar + 1 < n_bars && cs_bar_s(e, *bar + 1) <= sound->on_s)
    (*bar)++;
  for (int b = *bar; b < n_bars; b++) {
    const double from_s = fmax(sound->on_s, cs_bar_s(e, b));
    const double to_s   = fmin(sound->off_s, cs_bar_s(e, b + 1));
    if (to_s > from_s)
      power[b] += (to_s - from_s) * sound->power;
    if (cs_bar_s(e, b + 1) >= sound->off_s)
      return;
  }
}

static double
sum_of(const double *per_bar, int from_bar, int to_bar)
{
  double sum = 0.0;
  for (int b = from_bar; b < to_bar; b++)
    sum += per_bar[b];
  return sum;
}

double
cs_course_rate(
    const CsEvidence *e, const double *per_bar, int from_bar, int to_bar)
{
  const double s = cs_bar_s(e, to_bar) - cs_bar_s(e, from_bar);
  return s > 0.0 ? sum_of(per_bar, from_bar, to_bar) / s : 0.0;
}

double
cs_course_energy(const CsEvidence *e, const CsCourse *course, int bar)
{
  return cs_log2(0.1 + cs_course_rate(e, course->events, bar, bar + 1)) +
         cs_course_level_db(e, course, bar, bar + 1) / 6.0;
}

double
cs_course_level_db(
    const CsEvidence *e, const CsCourse *course, int from_bar, int to_bar)
{
  const double rate = cs_course_rate(e, course->power, from_bar, to_bar);
  return 3.0102999566398120 * cs_log2(rate + 1e-12);
}

// ---- What was asked to change -----------------------------------------------

static CsStretch
asked_bars(const CsEvidence *e, const CsArcEvent *event)
{
  const double end_s = event->has_end ? event->end_s : e->plan->duration_s;
  const int last     = cs_n_body_bars(e);
  const int to       = cs_bar_near(e, end_s);
  return (CsStretch){cs_bar_near(e, event->start_s), to < last ? to : last};
}

/// By which a section grows that belongs to a build.
#define LEAST_GROWTH 0.05

CsStretch
cs_build_bars(const CsEvidence *e, const CsArcEvent *event)
{
  CsStretch s = {-1, -1};
  if (event->has_start)
    s = asked_bars(e, event);
  int from = -1, to = -1;
  for (size_t i = 0; i < e->plan->n_sections; i++) {
    const CsSection *x = &e->plan->sections[i];
    const int end      = x->first_bar + x->n_bars;
    // One that is too long for a build begins as a tune that grows.
    const bool grows =
        event->has_start && x->energy[1] - x->energy[0] >= LEAST_GROWTH;
    if ((x->kind != CS_SECTION_BUILD && !grows) ||
        (event->has_start &&
            (end <= s.from || (s.to > s.from && x->first_bar >= s.to))))
      continue;
    from = from < 0 ? x->first_bar : from;
    to   = end;
  }
  if (from < 0)
    return s;
  return (CsStretch){from, s.to > to ? s.to : to};
}

/// The bars in which an asked change goes on; none for one of a moment.
static CsStretch
changing_bars(const CsEvidence *e, const CsArcEvent *event)
{
  if (event->kind == CS_ARC_BUILD)
    return cs_build_bars(e, event);
  if (event->has_start && event->has_end)
    return asked_bars(e, event);
  return (CsStretch){0, 0};
}

static void
mark_changes(const CsEvidence *e, CsCourse *course)
{
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    const CsStretch s       = changing_bars(e, event);
    for (int b = s.from < 0 ? 0 : s.from; b < s.to && b < course->n_bars; b++)
      course->is_asked[b] = true;
    if (event->has_start && cs_bar_near(e, event->start_s) < course->n_bars)
      course->n_changes[cs_bar_near(e, event->start_s)]++;
  }
  for (int b = 1; b < course->n_bars; b++)
    course->n_changes[b] += course->n_changes[b - 1];
}

// ---- The course -------------------------------------------------------------

static CsStatus
make_room(CsArena *scratch, CsCourse *course)
{
  const size_t n    = (size_t)course->n_bars;
  course->power     = CS_NEW_N(scratch, double, n);
  course->events    = CS_NEW_N(scratch, double, n);
  course->onsets    = CS_NEW_N(scratch, double, n);
  course->is_asked  = CS_NEW_N(scratch, bool, n);
  course->n_changes = CS_NEW_N(scratch, int, n);
  CS_TRY_NEW(course->power);
  CS_TRY_NEW(course->events);
  CS_TRY_NEW(course->onsets);
  CS_TRY_NEW(course->is_asked);
  CS_TRY_NEW(course->n_changes);
  return CS_OK;
}

CsStatus
cs_course_make(CsArena *arena, const CsEvidence *e, const CsCourse **course)
{
  CsCourse *made = CS_NEW(arena, CsCourse);
  int bar        = 0;
  CS_TRY_NEW(made);
  made->n_bars = e->plan->n_bars;
  CS_TRY(make_room(arena, made));
  for (size_t i = 0; i < e->performance->n_notes; i++) {
    const CsSound sound = cs_sound_of(e, &e->performance->notes[i]);
    cs_share_sound(e, &sound, &bar, made->power);
  }
  for (int b = 0; b < made->n_bars; b++) {
    const double from_s = cs_bar_s(e, b);
    const double to_s   = cs_bar_s(e, b + 1);
    made->onsets[b]     = (double)cs_count_onsets(e, -1, from_s, to_s);
    for (size_t i = 0; i < e->score->n_parts; i++)
      made->events[b] += (double)cs_count_onsets(e, (int)i, from_s, to_s);
  }
  mark_changes(e, made);
  *course = made;
  return CS_OK;
}
