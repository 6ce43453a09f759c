/// Hand-made plans for the tests of the composer, and the scores they give.
#ifndef CS_TESTS_UNIT_CUE_H
#define CS_TESTS_UNIT_CUE_H

// cmocka wants these before itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gen/compose/composer.h"

#include <stdio.h>
#include <string.h>

typedef struct Cue {
  CsArena *arena;
  const CsPresets *presets;
  CsPlan *plan;
  CsScore *score;
} Cue;

/// A section to be made: kind, bars, energies, chords that go round.
typedef struct Block {
  CsSectionKind kind;
  int n_bars;
  double from, to;
  const char *chords[8]; ///< Ends with NULL or after eight.
} Block;

static inline void
cue_check(const Cue *cue, CsStatus status)
{
  if (status != CS_OK)
    fail_msg("%s", cs_arena_error(cue->arena));
}

static inline void
cue_open(Cue *cue)
{
  CsPresets *presets = NULL;
  *cue               = (Cue){.arena = cs_arena_new(NULL)};
  assert_non_null(cue->arena);
  cue_check(cue, cs_presets_load(cue->arena, ".", &presets));
  cue->presets = presets;
}

static inline void
cue_close(Cue *cue)
{
  cs_arena_free(cue->arena);
}

static inline CsSection
cue_section(Cue *cue, const Block *block, int first_bar)
{
  int n_chords = 0;
  while (n_chords < 8 && block->chords[n_chords] != NULL)
    n_chords++;
  CsSection s = {.name = cs_section_kind_names[block->kind],
      .kind            = block->kind,
      .first_bar       = first_bar,
      .n_bars          = block->n_bars,
      .energy          = {block->from, block->to},
      .chords          = {
                   .items = CS_NEW_N(cue->arena, const char *, (size_t)block->n_bars),
                   .n     = (size_t)block->n_bars}};
  for (int i = 0; i < block->n_bars; i++)
    s.chords.items[i] = block->chords[i % n_chords];
  return s;
}

/// A plan of those blocks in C major at 112 beats a minute, 4/4, without
/// tracks. The last block ends two seconds after its first downbeat when it is
/// the END.
static inline void
cue_begin(Cue *cue, CsFunction function, const Block *blocks, size_t n_blocks)
{
  CsPlan *p        = CS_NEW(cue->arena, CsPlan);
  *p               = (CsPlan){.engine = 1,
                    .seed             = 1,
                    .theme_seed       = 1,
                    .function         = function,
                    .style            = "corporate",
                    .meter            = {4, 4},
                    .sample_rate      = 48000,
                    .ring_out_s       = 2.0,
                    .valence          = 0.4,
                    .arousal          = 0.3,
                    .tempos           = CS_NEW(cue->arena, CsTempo),
                    .n_tempos         = 1,
                    .sections         = CS_NEW_N(cue->arena, CsSection, n_blocks),
                    .n_sections       = n_blocks,
                    .tracks           = CS_NEW_N(cue->arena, CsTrack, 16)};
  p->tempos[0].bpm = 112.0;
  for (size_t i = 0; i < n_blocks; i++) {
    p->sections[i] = cue_section(cue, &blocks[i], p->n_bars);
    p->n_bars += blocks[i].n_bars;
  }
  const bool has_end = blocks[n_blocks - 1].kind == CS_SECTION_END;
  p->duration_s      = (p->n_bars - (has_end ? 1 : 0)) * 240.0 / 112.0 +
                  (has_end ? p->ring_out_s : 0.0);
  p->n_frames = (uint64_t)(p->duration_s * 48000 + 0.5);
  cue->plan   = p;
}

/// Add a track by instrument; plays at any energy.
static inline CsTrack *
cue_track(Cue *cue, CsRole role, const char *instrument)
{
  const CsInstrument *i = cs_find_instrument(cue->presets, instrument);
  if (i == NULL)
    fail_msg("no instrument %s", instrument);
  CsTrack *t = &cue->plan->tracks[cue->plan->n_tracks++];
  *t         = (CsTrack){.role = role,
              .stem            = cs_stem_of_role(role),
              .instrument      = i->name,
              .bank            = i->bank,
              .program         = i->program,
              .range           = {i->range[0], i->range[1]},
              .leave           = 1.01,
              .seed            = 100 + cue->plan->n_tracks};
  return t;
}

static inline void
cue_pattern(Cue *cue, CsTrack *track, const char *id)
{
  track->patterns.items    = CS_NEW_N(cue->arena, const char *, 1);
  track->patterns.items[0] = id;
  track->patterns.n        = 1;
}

static inline void
cue_compose(Cue *cue)
{
  cue_check(cue, cs_compose(cue->arena, cue->presets, cue->plan, &cue->score));
}

static inline const CsPart *
cue_part(const Cue *cue, CsRole role)
{
  for (size_t i = 0; i < cue->plan->n_tracks; i++)
    if (cue->plan->tracks[i].role == role)
      return &cue->score->parts[i];
  fail_msg("no track of role %s", cs_role_names[role]);
  return NULL;
}

static inline int
note_bar(const Cue *cue, const CsNote *note)
{
  return cs_bar_of_tick(cue->score->timeline, note->start_tick);
}

/// Sixteenths from the bar line, rounded down.
static inline int
note_step(const Cue *cue, const CsNote *note)
{
  const int64_t in =
      note->start_tick - cs_bar_tick(cue->score->timeline, note_bar(cue, note));
  return (int)(in / (CS_TICKS_PER_QUARTER / 4));
}

/// Field by field: what lies between the fields is nobody's.
static inline bool
same_note(const CsNote *a, const CsNote *b)
{
  return a->start_tick == b->start_tick && a->n_ticks == b->n_ticks &&
         a->key == b->key && a->velocity == b->velocity &&
         a->delay_ms == b->delay_ms;
}

/// Are two parts equal, but for the notes that start in bars first..last?
static inline bool
equal_outside(const Cue *a, const Cue *b, size_t track, int first, int last)
{
  const CsPart *p = &a->score->parts[track];
  const CsPart *q = &b->score->parts[track];
  size_t j        = 0;
  for (size_t i = 0; i < p->n_notes; i++) {
    const int bar = note_bar(a, &p->notes[i]);
    if (bar >= first && bar <= last)
      continue;
    while (j < q->n_notes && note_bar(b, &q->notes[j]) >= first &&
           note_bar(b, &q->notes[j]) <= last)
      j++;
    if (j == q->n_notes || !same_note(&p->notes[i], &q->notes[j]))
      return false;
    j++;
  }
  return true;
}

#endif
