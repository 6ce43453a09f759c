/// The tune of a cue as it was written, for the properties that judge it.
#ifndef CS_GEN_AUDIT_MELODY_LINE_H
#define CS_GEN_AUDIT_MELODY_LINE_H

#include "gen/audit/audit.h"

/// One note after another, in order of time.
typedef struct CsTune {
  size_t track;
  const CsNote *notes;
  size_t n; ///< 0: there is none.
} CsTune;

/// The notes of the first melody track that has any.
CsTune cs_tune_of(const CsEvidence *e);

/// The same where a tune stands in the foreground: in metred themes, from
/// `least` notes on.
CsTune cs_theme_tune(const CsEvidence *e, size_t least);

/// Semitones from a note to the next one; a rest of more than a bar parts them.
///
/// @return false when there is no next note, or not near enough.
bool cs_tune_move(
    const CsEvidence *e, const CsTune *tune, size_t note, int *semitones);

/// The phrase that begins with a note: up to a rest of half a beat once it is
/// two beats long, four bars and the section's end at most.
///
/// @return Index after its last note.
size_t cs_tune_phrase_end(
    const CsEvidence *e, const CsTune *tune, size_t first);

/// Notes of a bar: indexes first..end-1.
typedef struct CsTuneBar {
  size_t first, end;
} CsTuneBar;

CsTuneBar cs_tune_bar(const CsEvidence *e, const CsTune *tune, int bar);

/// RULEBOOK 9, melody similarity: of the sets {sixteenth from the melody's
/// first downbeat, pitch class above the tonic}, what both hold against what
/// either holds; the largest over shifts by whole bars up to 4.
CS_NODISCARD CsStatus cs_tune_similarity(CsArena *scratch, const CsEvidence *a,
    const CsEvidence *b, double *similarity);

#endif
