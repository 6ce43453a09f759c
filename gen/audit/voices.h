/// What the voices of a track hold on each chord.
#ifndef CS_GEN_AUDIT_VOICES_H
#define CS_GEN_AUDIT_VOICES_H

#include "gen/audit/audit.h"

enum { CS_MOST_VOICES = 12 };

/// Keys that sound together, rising.
typedef struct CsVoices {
  int n;
  int keys[CS_MOST_VOICES];
} CsVoices;

/// Does the track play chords: a pad or rhythmic harmony?
bool cs_is_chordal(const CsEvidence *e, size_t track);

/// What a track holds when it first sounds on a chord: what it strikes there
/// and what it holds on. What only dies away from the chord before (the 80 to
/// 250 ms by which pads overlap, RULEBOOK 7.4) is left out.
CsVoices cs_voices_on(
    const CsEvidence *e, size_t track, const CsChordSpan *chord);

/// Told of two chords that follow one another on one track, with at least
/// `least` voices each.
typedef CsStatus CsChangeFn(void *user, CsArena *scratch, size_t track,
    const CsChordSpan *chord, const CsVoices *before, const CsVoices *after);

/// Tell of every chord change of every chordal track, the last chord left out:
/// it is written wide on purpose.
CS_NODISCARD CsStatus cs_each_change(CsArena *scratch, const CsEvidence *e,
    int least, CsChangeFn *fn, void *user);

#endif
