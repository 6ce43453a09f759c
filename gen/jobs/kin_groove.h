/// What theme and cadence are where drums are all the music.
#ifndef CS_GEN_JOBS_KIN_GROOVE_H
#define CS_GEN_JOBS_KIN_GROOVE_H

#include "gen/audit/audit.h"

/// In how many bars of `part` is a groove of `whole` heard? A groove is what a
/// section of `whole` strikes on the same sixteenths in half of its bars; two
/// thirds of it are wanted, each stroke weighed by its velocity squared, so
/// that accents count and ghost notes hardly do.
CS_NODISCARD CsStatus cs_kin_count_groove(CsArena *scratch,
    const CsEvidence *whole, const CsEvidence *part, int *n_heard);

/// How drums alone end.
typedef struct CsDrumEnd {
  bool is_struck; ///< Something falls on the last downbeat.
  bool is_led;    ///< The bar before it turns: the two before that hold
                  ///< something else.
} CsDrumEnd;

CS_NODISCARD CsStatus cs_kin_drum_end(
    CsArena *scratch, const CsEvidence *e, CsDrumEnd *end);

#endif
