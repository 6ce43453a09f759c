/// Notes in ticks: the value that composing gives and performing takes.
#ifndef CS_GEN_COMPOSE_SCORE_H
#define CS_GEN_COMPOSE_SCORE_H

#include "gen/plan/plan.h"
#include "gen/plan/timeline.h"

typedef struct CsNote {
  int64_t start_tick;
  int64_t n_ticks;  ///< Sounding length, over 0.
  uint8_t key;      ///< MIDI key 0..127 (GM percussion key on a kit).
  uint8_t velocity; ///< 1..127.
  float delay_ms;   ///< Meant offset: strum, roll, laid-back; -30..120.
} CsNote;

/// The notes of one track of the plan, in order of start, then key.
typedef struct CsPart {
  CsNote *notes;
  size_t n_notes;
  size_t capacity;
} CsPart;

/// parts[i] belongs to plan->tracks[i].
typedef struct CsScore {
  const CsPlan *plan;
  const CsTimeline *timeline;
  CsPart *parts;
  size_t n_parts;
} CsScore;

/// Write every part. The same plan, presets and seeds give the same notes.
CS_NODISCARD CsStatus cs_compose(CsArena *arena, const CsPresets *presets,
    const CsPlan *plan, CsScore **score);

/// Add a note; start and length are clipped to nothing else than int64.
CS_NODISCARD CsStatus cs_score_add_note(
    CsArena *arena, CsScore *score, size_t part, CsNote note);

/// Sort every part, drop equal notes, and shorten notes that would overlap the
/// next one of the same key.
void cs_score_finish(CsScore *score);

/// The score as text, a line per note, for goldens and for reading.
CS_NODISCARD CsStatus cs_score_dump(
    CsArena *arena, const CsScore *score, const char **text);

#endif
