// Whoever was to come in is heard: a part that rests where its track enters
// opens with a long note; a bar in which nothing sounds is held.

#include "gen/compose/composer.h"

#include <stdlib.h>

/// An entry may be picked up so early and answered so late, in bars (R18).
enum { LATE_BARS = 1 };

/// Velocity of a note that only shows who is there; 80 is neutral.
static const int opening_stroke = 76;

static bool
has_pitches(const CsTrack *track)
{
  return track->role != CS_ROLE_DRUMS && track->role != CS_ROLE_PERCUSSION &&
         track->role != CS_ROLE_EFFECTS && track->bank != 128;
}

/// First note of a part from a tick on; NULL for none. Parts are not sorted
/// yet.
static const CsNote *
first_from(const CsPart *part, int64_t tick)
{
  const CsNote *first = NULL;
  for (size_t i = 0; i < part->n_notes; i++) {
    const CsNote *note = &part->notes[i];
    if (note->start_tick >= tick &&
        (first == NULL || note->start_tick < first->start_tick))
      first = note;
  }
  return first;
}

/// Key of the last note of a part that begins in the bar before a bar line; -1
/// for none.
static int
key_before(const CsComposer *c, const CsPart *part, int bar)
{
  const CsNote *last = NULL;
  const int64_t from = cs_bar_tick(c->timeline, bar - 1);
  for (size_t i = 0; bar > 0 && i < part->n_notes; i++) {
    const CsNote *note = &part->notes[i];
    if (note->start_tick >= from &&
        note->start_tick < cs_bar_tick(c->timeline, bar) &&
        (last == NULL || note->start_tick > last->start_tick))
      last = note;
  }
  return last != NULL ? last->key : -1;
}

/// A tone of the chord near what the part plays next, or in the middle of its
/// range; another one than in the bar before, if there is one.
static int
opening_key(const CsComposer *c, size_t track, int64_t tick, const CsNote *next)
{
  const CsTrack *t = &c->plan->tracks[track];
  const int near   = next != NULL ? next->key : (t->range[0] + t->range[1]) / 2;
  const int before =
      key_before(c, &c->score->parts[track], cs_bar_of_tick(c->timeline, tick));
  const CsChordSpan *chord = cs_chord_at(c, tick);
  const uint16_t pcs       = cs_chord_pcs(chord);
  int best                 = -1;
  for (int key = t->range[0]; key <= t->range[1]; key++)
    if ((pcs >> (key % 12) & 1) != 0 && key != before &&
        (best < 0 || abs(key - near) < abs(best - near)))
      best = key;
  return best >= 0 ? best : before;
}

/// A long note at the start of a bar, until the chord changes, the part goes on
/// or two bars are over.
static CsStatus
hold_from(CsComposer *c, size_t track, int bar)
{
  const int64_t tick = cs_bar_tick(c->timeline, bar);
  const CsSection *s = cs_section_of_bar(c->timeline, bar);
  const CsNote *next = first_from(&c->score->parts[track], tick);
  // What happens in another section has no say in this one.
  if (next != NULL &&
      next->start_tick >= cs_bar_tick(c->timeline, s->first_bar + s->n_bars))
    next = NULL;
  const int key = opening_key(c, track, tick, next);
  int64_t end   = cs_bar_tick(c->timeline, bar + 2);
  if (cs_chord_at(c, tick)->end_tick < end)
    end = cs_chord_at(c, tick)->end_tick;
  if (next != NULL && next->start_tick < end)
    end = next->start_tick;
  if (key < 0 || end <= tick)
    return CS_OK;
  return cs_add(c, track,
      (CsNote){.start_tick = tick,
          .n_ticks         = end - tick,
          .key             = (uint8_t)key,
          .velocity =
              (uint8_t)cs_velocity(c, track, tick, key, opening_stroke)});
}

// ---- Entries ---------------------------------------------------------------

/// Is the part heard around the start of a bar?
static bool
is_heard_at(const CsComposer *c, size_t track, int bar)
{
  const CsPart *part = &c->score->parts[track];
  const int64_t from =
      cs_bar_tick(c->timeline, bar) - cs_bar_ticks(c->timeline, bar) / 2;
  const CsNote *first = first_from(part, from);
  return first != NULL &&
         first->start_tick < cs_bar_tick(c->timeline, bar + LATE_BARS);
}

/// Where the plan lets a track in at a moment of its own it is to be heard.
static CsStatus
open_entries(CsComposer *c, size_t track)
{
  bool played = cs_plays(c, track, 0);
  for (int bar = 1; bar < c->plan->n_bars; bar++) {
    const bool plays = cs_plays(c, track, bar) && !cs_is_end_bar(c, bar);
    if (plays && !played && !is_heard_at(c, track, bar))
      CS_TRY(hold_from(c, track, bar));
    played = plays;
  }
  return CS_OK;
}

// ---- Empty bars ------------------------------------------------------------

static CsStatus
mark_bars(const CsComposer *c, bool **sounds)
{
  *sounds = CS_NEW_N(c->arena, bool, (size_t)c->plan->n_bars + 1);
  CS_TRY_NEW(*sounds);
  for (size_t t = 0; t < c->score->n_parts; t++)
    for (size_t i = 0; i < c->score->parts[t].n_notes; i++) {
      const CsNote *note = &c->score->parts[t].notes[i];
      const int64_t last = note->start_tick + note->n_ticks - 1;
      for (int bar = cs_bar_of_tick(c->timeline, note->start_tick);
           bar < c->plan->n_bars && cs_bar_tick(c->timeline, bar) <= last;
           bar++)
        (*sounds)[bar] = true;
    }
  return CS_OK;
}

/// The track that holds an empty bar: one that plays there; where the energy
/// lets nobody play, one that may begin. A tune rests when it rests.
static size_t
who_holds(const CsComposer *c, int bar)
{
  size_t found = c->score->n_parts;
  int best     = 0;
  for (size_t t = 0; t < c->score->n_parts; t++) {
    const CsTrack *track = &c->plan->tracks[t];
    const bool is_tune =
        track->role == CS_ROLE_MELODY || track->role == CS_ROLE_COUNTER;
    const int plays = cs_plays(c, t, bar) ? 2 : track->n_spans == 0 ? 1 : 0;
    if (has_pitches(track) && !is_tune && plays > best)
      best = plays, found = t;
  }
  return found;
}

static CsStatus
hold_empty_bars(CsComposer *c)
{
  bool *sounds = NULL;
  CS_TRY(mark_bars(c, &sounds));
  for (int bar = 0; bar < c->plan->n_bars; bar++) {
    const size_t track = who_holds(c, bar);
    if (sounds[bar] || track == c->score->n_parts || cs_is_end_bar(c, bar))
      continue;
    CS_TRY(hold_from(c, track, bar));
  }
  return CS_OK;
}

CsStatus
cs_show_presence(CsComposer *c)
{
  for (size_t t = 0; t < c->score->n_parts; t++)
    if (has_pitches(&c->plan->tracks[t]) && c->plan->tracks[t].n_spans > 0)
      CS_TRY(open_entries(c, t));
  return hold_empty_bars(c);
}
