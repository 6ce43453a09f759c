/// The tune bar by bar, and which bars derive from one another (RULEBOOK 9).
#ifndef CS_GEN_AUDIT_MOTIF_H
#define CS_GEN_AUDIT_MOTIF_H

#include "gen/audit/audit.h"

enum { CS_MOST_BAR_NOTES = 24 };

/// A bar of the tune: onsets in sixteenths, and keys.
typedef struct CsToldBar {
  int n;
  int onsets[CS_MOST_BAR_NOTES];
  int keys[CS_MOST_BAR_NOTES];
} CsToldBar;

/// Edit distance on (interval, onset) against the longer bar, 0..1; upside down
/// counts too (6.3, inversion).
double cs_told_distance(const CsToldBar *a, const CsToldBar *b);

/// RULEBOOK 9: a bar derives from another when their edit distance is at most
/// 40 %.
bool cs_is_derived(const CsToldBar *a, const CsToldBar *b);

/// The bars of a tune, and which were told by a motif found so far.
typedef struct CsTelling {
  CsToldBar *bars;
  bool *is_told;
  int n_bars; ///< Before the last downbeat; 0 where nothing sings.
} CsTelling;

/// Read the first melody track that has notes.
CS_NODISCARD CsStatus cs_hear_tune(
    CsArena *scratch, const CsEvidence *e, CsTelling *telling);

/// The bar that most untold ones derive from; they are told then.
///
/// @return -1 where no bar has three notes.
int cs_find_motif(CsTelling *telling);

/// What the tune of a thematic cue is made of, told where it is long enough.
struct CsTold {
  CsTelling
      tune;     ///< Told by the motif and by its answer; no bars in other cues.
  int n_stated; ///< Bars that state the motif.
  int first, last; ///< Of them; -1 where there is none.
};

/// Hear it. Properties find it in their evidence.
CS_NODISCARD CsStatus cs_told_make(
    CsArena *arena, const CsEvidence *e, const CsTold **told);

#endif
