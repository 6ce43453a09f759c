#include "gen/compose/score.h"

#include "gen/base/text.h"

#include <assert.h>
#include <stdlib.h>

CsStatus
cs_score_add_note(CsArena *arena, CsScore *score, size_t part, CsNote note)
{
  assert(part < score->n_parts && note.n_ticks > 0 && note.key < 128);
  assert(note.velocity >= 1 && note.velocity < 128);
  CsPart *p   = &score->parts[part];
  void *notes = p->notes;
  CS_TRY(cs_arena_grow(
      arena, &notes, &p->capacity, p->n_notes + 1, sizeof(CsNote)));
  p->notes               = notes;
  p->notes[p->n_notes++] = note;
  return CS_OK;
}

static int
sign(int64_t x)
{
  return (x > 0) - (x < 0);
}

/// By start, then key; of equal ones the loudest and longest first. Total, so
/// that the order never depends on the sorting.
static int
compare_notes(const void *left, const void *right)
{
  const CsNote *a = left;
  const CsNote *b = right;
  if (a->start_tick != b->start_tick)
    return sign(a->start_tick - b->start_tick);
  if (a->key != b->key)
    return (int)a->key - (int)b->key;
  if (a->velocity != b->velocity)
    return (int)b->velocity - (int)a->velocity;
  if (a->n_ticks != b->n_ticks)
    return sign(b->n_ticks - a->n_ticks);
  return (a->delay_ms > b->delay_ms) - (a->delay_ms < b->delay_ms);
}

/// One note per start and key stays; the one before it on that key ends where
/// the next begins.
static void
untangle_part(CsPart *part)
{
  size_t last_of_key[128];
  for (size_t key = 0; key < 128; key++)
    last_of_key[key] = SIZE_MAX;
  size_t n = 0;
  for (size_t i = 0; i < part->n_notes; i++) {
    const CsNote note = part->notes[i];
    const size_t last = last_of_key[note.key];
    if (last != SIZE_MAX) {
      CsNote *before    = &part->notes[last];
      const int64_t gap = note.start_tick - before->start_tick;
      if (gap == 0)
        continue;
      if (before->n_ticks > gap)
        before->n_ticks = gap;
    }
    last_of_key[note.key] = n;
    part->notes[n++]      = note;
  }
  part->n_notes = n;
}

void
cs_score_finish(CsScore *score)
{
  for (size_t i = 0; i < score->n_parts; i++) {
    CsPart *part = &score->parts[i];
    if (part->n_notes == 0)
      continue;
    qsort(part->notes, part->n_notes, sizeof(CsNote), compare_notes);
    untangle_part(part);
  }
}

static void
dump_note(CsText *text, const CsTimeline *timeline, const CsNote *note)
{
  const int bar          = cs_bar_of_tick(timeline, note->start_tick);
  const int64_t position = note->start_tick - cs_bar_tick(timeline, bar);
  cs_text_addf(text, "  %d:%04lld %lld key %d vel %d", bar + 1,
      (long long)position, (long long)note->n_ticks, note->key, note->velocity);
  if (note->delay_ms > 0.0F || note->delay_ms < 0.0F)
    cs_text_addf(text, " delay %.1f", (double)note->delay_ms);
  cs_text_add(text, "\n");
}

CsStatus
cs_score_dump(CsArena *arena, const CsScore *score, const char **text)
{
  CsText out = cs_text_new(arena);
  for (size_t i = 0; i < score->n_parts; i++) {
    const CsTrack *track = &score->plan->tracks[i];
    cs_text_addf(
        &out, "%s %s\n", cs_role_names[track->role], track->instrument);
    for (size_t k = 0; k < score->parts[i].n_notes; k++)
      dump_note(&out, score->timeline, &score->parts[i].notes[k]);
  }
  return cs_text_take(&out, text);
}
