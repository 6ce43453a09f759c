/// The notes of a cue bar by bar, each one a number, so that bars of different
/// cues can be laid over each other.
#ifndef CS_GEN_JOBS_KIN_BARS_H
#define CS_GEN_JOBS_KIN_BARS_H

#include "gen/audit/audit.h"

typedef struct CsKinBars {
  uint32_t *notes; ///< Sixteenth, role and key, rising within a bar.
  uint8_t *velocities;
  size_t *first; ///< Note of a bar; that of bar n_bars is the end.
  int n_bars;    ///< Before the last downbeat.
} CsKinBars;

CS_NODISCARD CsStatus cs_kin_bars(
    CsArena *scratch, const CsEvidence *e, CsKinBars *bars);

/// What a groove is told by: a drum that is one of several has its key, one
/// that stands alone, such as timpani, plays any.
uint32_t cs_kin_stroke_of(uint32_t note);

#endif
