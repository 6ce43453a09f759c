// What rubs: chromatic notes and seconds between layers (T12, T17).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/share.h"
#include "gen/base/mathx.h"

#include <stdlib.h>
#include <string.h>

#define PITCHED_ROLES                                                          \
  (CS_ALL_ROLES &                                                              \
      ~(CS_ROLE_BIT(CS_ROLE_DRUMS) | CS_ROLE_BIT(CS_ROLE_PERCUSSION) |         \
          CS_ROLE_BIT(CS_ROLE_EFFECTS)))

// ---- T12 --------------------------------------------------------------------

/// Pitch classes above the tonic that the key has, its parent scale included.
static unsigned
scale_of(CsKey key)
{
  int degrees[7];
  unsigned scale = cs_mode_pitch_classes(key.mode);
  cs_mode_degrees(key.mode, degrees);
  for (int i = 0; i < 7; i++)
    scale |= 1U << degrees[i];
  return scale;
}

/// Outside the scale, and no tone of a borrowed chord either.
static bool
is_chromatic(const CsEvidence *e, const CsNote *note)
{
  const unsigned scale     = scale_of(cs_key_at(e, note->start_tick));
  const int above          = cs_above_tonic(e, note);
  const CsChordSpan *chord = cs_chord_span_at(e, note->start_tick);
  return (scale >> above & 1U) == 0 &&
         (chord == NULL || !cs_is_chord_tone(chord, note->key));
}

/// Is there a step on, within two beats of the note's end?
static bool
is_resolved(const CsEvidence *e, const CsPart *part, const CsNote *note)
{
  const int64_t until = note->start_tick + note->n_ticks + 2 * cs_beat_ticks(e);
  for (const CsNote *next = note + 1; next < part->notes + part->n_notes;
       next++) {
    if (next->start_tick > until)
      return false;
    const int size = abs(next->key - note->key);
    if (next->start_tick > note->start_tick && size >= 1 && size <= 2)
      return true;
  }
  return false;
}

static CsStatus
chromatic_notes(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  CsShare share    = {0};
  size_t n_pitched = 0;
  for (size_t t = 0; t < e->score->n_parts; t++) {
    const CsPart *part = &e->score->parts[t];
    for (size_t i = 0; cs_is_pitched(e, t) && i < part->n_notes; i++) {
      n_pitched++;
      if (!is_chromatic(e, &part->notes[i]))
        continue;
      const bool is_good = is_resolved(e, part, &part->notes[i]);
      cs_share_add(&share, is_good);
      if (!is_good)
        cs_finding_where(f, "bar %d: %s, key %d",
            cs_bar_of_tick(e->score->timeline, part->notes[i].start_tick) + 1,
            cs_role_names[e->plan->tracks[t].role], part->notes[i].key);
    }
  }
  if (n_pitched > 0)
    cs_finding_settle(f, cs_finding_at_least(cs_share_of(&share), 0.95));
  return CS_OK;
}

const CsProperty cs_property_T12 = {
    .id   = "T12",
    .name = "chromatic notes",
    .text = "Notes outside scale and chord that the same track resolves by one "
            "or two semitones within two beats: 95 % at least.",
    .unit = "share",
    .mend_roles = PITCHED_ROLES,
    .fn         = chromatic_notes,
};

// ---- T17 --------------------------------------------------------------------

/// Stretches of time, of which the covered whole is wanted.
typedef struct Cover {
  int64_t *starts, *ends;
  size_t n;
  size_t capacity[2];
} Cover;

static CsStatus
add_stretch(CsArena *scratch, Cover *cover, int64_t start, int64_t end)
{
  void *starts = cover->starts;
  void *ends   = cover->ends;
  CS_TRY(cs_arena_grow(
      scratch, &starts, &cover->capacity[0], cover->n + 1, sizeof(int64_t)));
  CS_TRY(cs_arena_grow(
      scratch, &ends, &cover->capacity[1], cover->n + 1, sizeof(int64_t)));
  cover->starts           = starts;
  cover->ends             = ends;
  cover->starts[cover->n] = start;
  cover->ends[cover->n++] = end;
  return CS_OK;
}

static int
by_tick(const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a;
  const int64_t y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/// Of rising starts and rising ends: as many stretches are open as starts are
/// ahead of ends.
static double
covered_s(const CsEvidence *e, Cover *cover)
{
  double sum = 0.0;
  if (cover->n == 0)
    return 0.0;
  qsort(cover->starts, cover->n, sizeof *cover->starts, by_tick);
  qsort(cover->ends, cover->n, sizeof *cover->ends, by_tick);
  int64_t open_from = cover->starts[0];
  for (size_t i = 0; i < cover->n; i++) {
    const bool is_last = i + 1 == cover->n;
    if (!is_last && cover->starts[i + 1] <= cover->ends[i])
      continue;
    sum += cs_seconds_at(e, cover->ends[i]) - cs_seconds_at(e, open_from);
    open_from = is_last ? 0 : cover->starts[i + 1];
  }
  return sum;
}

static int64_t
end_of(const CsPlacedNote *n)
{
  return n->note->start_tick + n->note->n_ticks;
}

static bool
rubs(const CsPlacedNote *a, const CsPlacedNote *b)
{
  const int size = abs(a->note->key - b->note->key);
  return a->track != b->track && (size == 1 || size == 13);
}

/// Every note against those that still sound when it comes in.
static CsStatus
find_rubs(CsArena *scratch, const CsEvidence *e, const CsPlacedNote *notes,
    size_t n_notes, Cover *cover, CsFinding *f)
{
  const CsPlacedNote **open = CS_NEW_N(scratch, const CsPlacedNote *, n_notes);
  const int64_t beat        = cs_beat_ticks(e);
  size_t n_open             = 0;
  CS_TRY_NEW(open);
  for (size_t i = 0; i < n_notes; i++) {
    const int64_t start = notes[i].note->start_tick;
    size_t n_kept       = 0;
    for (size_t k = 0; k < n_open; k++) {
      const int64_t end = end_of(open[k]) < end_of(&notes[i])
                              ? end_of(open[k])
                              : end_of(&notes[i]);
      if (end_of(open[k]) > start)
        open[n_kept++] = open[k];
      if (!rubs(open[k], &notes[i]) || end - start <= beat)
        continue;
      CS_TRY(add_stretch(scratch, cover, start, end));
      cs_finding_where(f, "bar %d: %d in %s against %d in %s",
          cs_bar_of_tick(e->score->timeline, start) + 1, open[k]->note->key,
          cs_role_names[e->plan->tracks[open[k]->track].role],
          notes[i].note->key,
          cs_role_names[e->plan->tracks[notes[i].track].role]);
    }
    n_open         = n_kept;
    open[n_open++] = &notes[i];
  }
  return CS_OK;
}

static CsStatus
seconds_between_layers(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  CsPlacedNote *notes = NULL;
  size_t n_notes      = 0;
  Cover cover         = {0};
  CS_TRY(cs_notes_in_time(scratch, e, PITCHED_ROLES, true, &notes, &n_notes));
  if (n_notes == 0)
    return CS_OK;
  CS_TRY(find_rubs(scratch, e, notes, n_notes, &cover, f));
  const bool is_tense =
      e->plan->style != NULL && strcmp(e->plan->style, "tense") == 0;
  cs_finding_settle(
      f, cs_finding_at_most(covered_s(e, &cover) / e->plan->duration_s,
             is_tense ? 0.20 : 0.02));
  return CS_OK;
}

const CsProperty cs_property_T17 = {
    .id   = "T17",
    .name = "seconds between layers",
    .text = "How much of the cue two tracks sound a minor second or ninth "
            "apart for more than a beat: 2 % at most, 20 % in tense music.",
    .unit = "share",
    .mend_roles = PITCHED_ROLES,
    .fn         = seconds_between_layers,
};
