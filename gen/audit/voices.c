#include "gen/audit/voices.h"

#include "gen/audit/facts.h"

bool
cs_is_chordal(const CsEvidence *e, size_t track)
{
  const CsRole role = e->plan->tracks[track].role;
  return (role == CS_ROLE_PAD || role == CS_ROLE_CHORDS) &&
         cs_is_pitched(e, track);
}

static void
put_key(CsVoices *v, int key)
{
  int i = v->n;
  if (v->n == CS_MOST_VOICES)
    return;
  while (i > 0 && v->keys[i - 1] >= key)
    i--;
  if (i < v->n && v->keys[i] == key)
    return;
  for (int k = v->n++; k > i; k--)
    v->keys[k] = v->keys[k - 1];
  v->keys[i] = key;
}

/// Ticks that a tail may last from a tick on.
static int64_t
tail_ticks(const CsEvidence *e, int64_t tick)
{
  const double most_tail_s = 0.26;
  const double at_s        = cs_seconds_at(e, tick);
  return cs_tick_of_seconds(e->score->timeline, at_s + most_tail_s) - tick;
}

CsVoices
cs_voices_on(const CsEvidence *e, size_t track, const CsChordSpan *chord)
{
  // Voices of one stroke may be written a little apart.
  enum { TOGETHER = CS_TICKS_PER_STEP / 2 };
  const CsPart *part = &e->score->parts[track];
  const size_t first = cs_first_from(part, chord->start_tick);
  int64_t strike     = chord->start_tick;
  CsVoices v         = {0};
  if (first < part->n_notes && part->notes[first].start_tick < chord->end_tick)
    strike = part->notes[first].start_tick;
  const int64_t tail = tail_ticks(e, strike);
  for (size_t i = 0; i < part->n_notes; i++) {
    const CsNote *note = &part->notes[i];
    const bool is_new  = note->start_tick >= strike;
    if (note->start_tick > strike + TOGETHER)
      break;
    if (note->start_tick + note->n_ticks > strike + (is_new ? 0 : tail))
      put_key(&v, note->key);
  }
  return v;
}

static bool
is_same_harmony(const CsChord *a, const CsChord *b)
{
  return a->root == b->root &&
         cs_chord_pitch_classes(a) == cs_chord_pitch_classes(b);
}

CsStatus
cs_each_change(CsArena *scratch, const CsEvidence *e, int least, CsChangeFn *fn,
    void *user)
{
  const int end = cs_n_body_bars(e);
  for (size_t t = 0; t < e->score->n_parts; t++) {
    CsVoices before = {0};
    for (size_t i = 0; cs_is_chordal(e, t) && i < e->n_chords; i++) {
      const CsChordSpan *chord = &e->chords[i];
      if (chord->bar >= end)
        break;
      if (i > 0 && is_same_harmony(&chord[-1].chord, &chord->chord))
        continue;
      const CsVoices after = cs_voices_on(e, t, chord);
      if (before.n >= least && after.n >= least)
        CS_TRY(fn(user, scratch, t, chord, &before, &after));
      before = after;
    }
  }
  return CS_OK;
}
