#include "gen/audit/facts.h"

#include "gen/base/mathx.h"

#include <math.h>

// ---- What kind of cue -------------------------------------------------------

bool
cs_is_struck_role(CsRole role)
{
  return role == CS_ROLE_DRUMS || role == CS_ROLE_PERCUSSION ||
         role == CS_ROLE_EFFECTS;
}

bool
cs_is_pitched(const CsEvidence *e, size_t track)
{
  const CsTrack *t = &e->plan->tracks[track];
  return !cs_is_struck_role(t->role) && t->bank != 128;
}

bool
cs_has_pitches(const CsEvidence *e)
{
  for (size_t i = 0; i < e->score->n_parts; i++)
    if (cs_is_pitched(e, i) && e->score->parts[i].n_notes > 0)
      return true;
  return false;
}

bool
cs_is_metred(const CsEvidence *e)
{
  return e->plan->function != CS_AMBIENT && e->plan->function != CS_STINGER &&
         e->plan->duration_s >= 4.0;
}

bool
cs_is_sting(const CsEvidence *e)
{
  return cs_is_sting_length(e->plan->function, e->plan->duration_s);
}

bool
cs_has_function(const CsEvidence *e, CsFunction function)
{
  return e->plan->function == function && e->plan->duration_s >= 4.0;
}

bool
cs_has_cadence(const CsEvidence *e)
{
  return e->plan->ending == CS_ENDING_RING ||
         e->plan->ending == CS_ENDING_BUTTON;
}

double
cs_last_hit_s(const CsEvidence *e)
{
  double last_s = -1.0;
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    if (event->kind == CS_ARC_HIT && event->has_start &&
        event->start_s <= e->plan->duration_s - CS_LEAST_HEARD_S)
      last_s = fmax(last_s, event->start_s);
  }
  return last_s;
}

bool
cs_is_hit_asked_after(const CsEvidence *e, double seconds)
{
  return cs_last_hit_s(e) > seconds;
}

bool
cs_has_said(const CsEvidence *e, CsArcKind kind)
{
  for (size_t i = 0; e->brief != NULL && i < e->brief->n_arc; i++)
    if (e->brief->arc[i].kind == kind)
      return true;
  return false;
}

// ---- Where ------------------------------------------------------------------

double
cs_seconds_at(const CsEvidence *e, int64_t tick)
{
  return cs_seconds_of_tick(e->score->timeline, (double)tick);
}

double
cs_bar_s(const CsEvidence *e, int bar)
{
  return cs_seconds_at(e, cs_bar_tick(e->score->timeline, bar));
}

int
cs_bar_near(const CsEvidence *e, double seconds)
{
  const CsTimeline *t = e->score->timeline;
  const int bar       = cs_bar_of_tick(t, cs_tick_of_seconds(t, seconds));
  const double before = fabs(cs_bar_s(e, bar) - seconds);
  return fabs(cs_bar_s(e, bar + 1) - seconds) < before ? bar + 1 : bar;
}

int
cs_n_body_bars(const CsEvidence *e)
{
  const CsPlan *plan = e->plan;
  if (plan->n_sections == 0)
    return plan->n_bars;
  const CsSection *last = &plan->sections[plan->n_sections - 1];
  return last->kind == CS_SECTION_END ? last->first_bar : plan->n_bars;
}

const CsSection *
cs_section_at(const CsEvidence *e, int64_t tick)
{
  const CsTimeline *t = e->score->timeline;
  return cs_section_of_bar(t, cs_bar_of_tick(t, tick));
}

double
cs_bpm_at(const CsEvidence *e, int bar)
{
  double bpm = e->plan->tempos[0].bpm;
  for (size_t i = 1; i < e->plan->n_tempos && e->plan->tempos[i].bar <= bar;
       i++)
    bpm = e->plan->tempos[i].bpm;
  return bpm;
}

int64_t
cs_beat_ticks(const CsEvidence *e)
{
  return (
      int64_t)(cs_meter_beat_quarters(e->plan->meter) * CS_TICKS_PER_QUARTER);
}

bool
cs_is_asked_silence(const CsEvidence *e, double from_s, double to_s)
{
  for (size_t i = 0; i < e->plan->n_silences; i++)
    if (e->plan->silences[i].start_s < to_s - 0.01 &&
        e->plan->silences[i].end_s > from_s + 0.01)
      return true;
  return false;
}

double
cs_played_s(const CsEvidence *e, const CsPlayedNote *note)
{
  return (double)note->on_frame / e->performance->sample_rate;
}

// ---- Notes ------------------------------------------------------------------

size_t
cs_track_of_role(const CsEvidence *e, CsRole role)
{
  for (size_t i = 0; i < e->score->n_parts; i++)
    if (e->plan->tracks[i].role == role && e->score->parts[i].n_notes > 0)
      return i;
  return e->score->n_parts;
}

size_t
cs_first_from(const CsPart *part, int64_t tick)
{
  size_t low = 0, high = part->n_notes;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (part->notes[middle].start_tick < tick)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

bool
cs_sounds_between(const CsNote *note, int64_t from, int64_t to)
{
  return note->start_tick < to && note->start_tick + note->n_ticks > from;
}

enum { MAX_PARTS = 64 };

/// Where the reading of each part stands, so that several are read as one.
typedef struct Merge {
  const CsEvidence *e;
  size_t first, end; ///< Parts.
  size_t at[MAX_PARTS];
} Merge;

static Merge
merge_from(const CsEvidence *e, int track, int64_t tick)
{
  Merge m = {.e = e, .first = 0, .end = e->score->n_parts};
  if (track >= 0)
    m.first = (size_t)track, m.end = m.first + 1;
  m.end = m.end < MAX_PARTS ? m.end : MAX_PARTS;
  for (size_t i = m.first; i < m.end; i++)
    m.at[i] = cs_first_from(&e->score->parts[i], tick);
  return m;
}

/// The next note of all parts, the lowest track's first; its note is NULL after
/// the last one.
static CsPlacedNote
next_note(Merge *m)
{
  CsPlacedNote next = {NULL, m->end};
  for (size_t i = m->first; i < m->end; i++) {
    const CsPart *part = &m->e->score->parts[i];
    if (m->at[i] < part->n_notes &&
        (next.note == NULL ||
            part->notes[m->at[i]].start_tick < next.note->start_tick))
      next = (CsPlacedNote){&part->notes[m->at[i]], i};
  }
  if (next.note != NULL)
    m->at[next.track]++;
  return next;
}

size_t
cs_count_onsets(const CsEvidence *e, int track, double from_s, double to_s)
{
  const CsTimeline *t = e->score->timeline;
  Merge m             = merge_from(e, track, cs_tick_of_seconds(t, from_s) - 1);
  size_t n            = 0;
  double first_s      = -1e9;
  for (;;) {
    const CsNote *note = next_note(&m).note;
    if (note == NULL)
      return n;
    const double at_s = cs_seconds_at(e, note->start_tick);
    if (at_s >= to_s - 1e-6)
      return n;
    if (at_s < from_s - 1e-6 || at_s - first_s <= CS_MELD_S)
      continue;
    first_s = at_s;
    n++;
  }
}

double
cs_event_density(const CsEvidence *e, int from_bar, int to_bar)
{
  const double from_s = cs_bar_s(e, from_bar);
  const double to_s   = cs_bar_s(e, to_bar);
  size_t n            = 0;
  for (size_t i = 0; i < e->score->n_parts; i++)
    n += cs_count_onsets(e, (int)i, from_s, to_s);
  return to_s > from_s ? (double)n / (to_s - from_s) : 0.0;
}

CsStatus
cs_notes_in_time(CsArena *scratch, const CsEvidence *e, unsigned roles,
    bool only_pitched, CsPlacedNote **notes, size_t *n_notes)
{
  size_t n_all = 0, n = 0;
  Merge m = merge_from(e, -1, INT64_MIN);
  for (size_t i = 0; i < m.end; i++) {
    const bool is_wanted =
        (roles & CS_ROLE_BIT(e->plan->tracks[i].role)) != 0 &&
        (!only_pitched || cs_is_pitched(e, i));
    if (!is_wanted)
      m.at[i] = e->score->parts[i].n_notes;
    n_all += e->score->parts[i].n_notes - m.at[i];
  }
  CsPlacedNote *all = CS_NEW_N(scratch, CsPlacedNote, n_all);
  CS_TRY_NEW(all);
  while (n < n_all)
    all[n++] = next_note(&m);
  *notes   = all;
  *n_notes = n;
  return CS_OK;
}

CsStatus
cs_sweep_to(CsArena *scratch, CsSweep *sweep, int64_t tick)
{
  size_t n = 0;
  for (size_t i = 0; i < sweep->n_active; i++) {
    const CsNote *note = sweep->active[i].note;
    if (note->start_tick + note->n_ticks > tick)
      sweep->active[n++] = sweep->active[i];
  }
  sweep->n_active = n;
  for (; sweep->next < sweep->n_notes &&
         sweep->notes[sweep->next].note->start_tick <= tick;
       sweep->next++) {
    const CsNote *note = sweep->notes[sweep->next].note;
    if (note->start_tick + note->n_ticks <= tick)
      continue;
    CS_TRY(cs_arena_grow(scratch, (void **)&sweep->active, &sweep->capacity,
        sweep->n_active + 1, sizeof *sweep->active));
    sweep->active[sweep->n_active++] = sweep->notes[sweep->next];
  }
  return CS_OK;
}

// ---- Harmony ----------------------------------------------------------------

const CsChordSpan *
cs_chord_span_at(const CsEvidence *e, int64_t tick)
{
  size_t low = 0, high = e->n_chords;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (e->chords[middle].start_tick <= tick)
      low = middle + 1;
    else
      high = middle;
  }
  return low > 0 ? &e->chords[low - 1] : NULL;
}

CsKey
cs_key_at(const CsEvidence *e, int64_t tick)
{
  return e->plan->n_key_changes == 0
             ? e->plan->key
             : cs_key_at_bar(e->plan, cs_bar_of_tick(e->score->timeline, tick));
}

int
cs_above_tonic(const CsEvidence *e, const CsNote *note)
{
  return cs_mod(note->key - cs_key_at(e, note->start_tick).tonic_pc, 12);
}

bool
cs_is_chord_tone(const CsChordSpan *chord, int key)
{
  const int above = cs_mod(key - chord->key.tonic_pc, 12);
  return (cs_chord_pitch_classes(&chord->chord) >> above & 1) != 0;
}
