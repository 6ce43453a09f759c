/// Counting: how many of those looked at are as they should be.
#ifndef CS_GEN_AUDIT_SHARE_H
#define CS_GEN_AUDIT_SHARE_H

#include "gen/audit/audit.h"

typedef struct CsShare {
  size_t n;
  size_t n_good;
} CsShare;

static inline void
cs_share_add(CsShare *share, bool is_good)
{
  share->n++;
  share->n_good += is_good;
}

/// 1 when nothing was looked at.
static inline double
cs_share_of(const CsShare *share)
{
  return share->n > 0 ? (double)share->n_good / (double)share->n : 1.0;
}

/// Figures that grow, to be sorted and asked for a rank.
typedef struct CsFigures {
  double *values;
  size_t n;
  size_t capacity;
} CsFigures;

CS_NODISCARD CsStatus cs_figures_add(
    CsArena *scratch, CsFigures *figures, double value);
/// The value below which `rank` (0..1) of the figures lie, with the way between
/// two figures measured out; sorts them. 0 when there are none.
double cs_figures_rank(CsFigures *figures, double rank);

#endif
