/// Do two series rise and fall together?
#ifndef CS_GEN_AUDIT_RANK_H
#define CS_GEN_AUDIT_RANK_H

#include "gen/base/arena.h"

/// Spearman's rank correlation of two series of n values, -1..1; 0 where one of
/// them stays the same.
CS_NODISCARD CsStatus cs_rank_correlation(CsArena *scratch, const double *x,
    const double *y, size_t n, double *correlated);

/// The same as a share of what can be reached: where wanted values are equal,
/// the order of what is heard there is free, and the correlation stays under 1
/// however well it follows.
CS_NODISCARD CsStatus cs_rank_agreement(CsArena *scratch, const double *wanted,
    const double *heard, size_t n, double *agreed);

#endif
