/// How near two cues are of kin: the measures of families and courses, on what
/// was written. gen/jobs/README.md says why each is as it is.
#ifndef CS_GEN_JOBS_KIN_H
#define CS_GEN_JOBS_KIN_H

#include "gen/audit/audit.h"

/// Share of the bars of `part` that `whole` holds literally, 0..1: nine in ten
/// notes of either bar are in the other, by role, sixteenth and key. Bars
/// before the last downbeat count: there all cues of a key have the same chord.
/// Empty bars are not held, nor those of one stroke of a drum; where one
/// instrument plays all there is, two bars, an idea, are the theme itself and
/// no copy.
CS_NODISCARD CsStatus cs_kin_literal_share(CsArena *scratch,
    const CsEvidence *whole, const CsEvidence *part, double *share);

/// How alike the tunes of two cues are (RULEBOOK 9, melody similarity).
///
/// @param has_tunes   Receives false where one of them has no tune of eight
///                    notes; `similarity` is 0 then.
CS_NODISCARD CsStatus cs_kin_melody(CsArena *scratch, const CsEvidence *a,
    const CsEvidence *b, bool *has_tunes, double *similarity);

/// What carries the theme of a cue.
typedef enum CsCarrier {
  /// A motif: a bar of the tune that others derive from, three with itself and
  /// one in eight.
  CS_CARRIED_BY_TUNE,
  /// Nothing sings bars of notes: the chords of A.
  CS_CARRIED_BY_HARMONY,
  CS_CARRIED_BY_GROOVE,  ///< Drums alone: what they accent.
  CS_CARRIED_BY_NOTHING, ///< A gesture, or strokes now and then.
  CS_N_CARRIERS
} CsCarrier;

extern const char *const cs_carrier_names[CS_N_CARRIERS];

/// Whether a cue states the theme of another.
typedef struct CsStatement {
  CsCarrier carrier; ///< Of the theme's own cue.
  int n_heard;       ///< Bars with the motif nearly as it was; or how often the
                     ///< roots of the first chords come in their order; or
                     ///< bars with a groove of its sections.
} CsStatement;

/// Is the theme of `whole` heard in `part`? Of a motif a whole bar is wanted,
/// as one of those bars has it that derive from it in `whole`: the same onsets,
/// moves as wide to two semitones, two ornaments more or less. Of the harmony
/// the first four changes of chord are wanted, fewer where `part` has fewer
/// before its cadence. Of a groove two thirds by weight.
CS_NODISCARD CsStatus cs_kin_theme(CsArena *scratch, const CsEvidence *whole,
    const CsEvidence *part, CsStatement *statement);

/// Share of the instruments heard in `part` that are of the band of `whole`;
/// roles that `whole` lacks are not looked at. 1 where nothing is left.
double cs_kin_palette_share(const CsEvidence *whole, const CsEvidence *part);

/// Mean tempo of the bars of a cue, in quarter notes a minute.
double cs_kin_tempo_bpm(const CsEvidence *e);

/// How many fifths the tonics lie apart the short way round, 0..6.
int cs_kin_fifths_apart(CsKey a, CsKey b);

#endif
