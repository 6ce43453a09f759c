#include "gen/audit/rank.h"

#include <math.h>
#include <stdlib.h>

/// A value and the place that it had.
typedef struct Ranked {
  double value;
  size_t place;
} Ranked;

static int
by_value(const void *a, const void *b)
{
  const double x = ((const Ranked *)a)->value;
  const double y = ((const Ranked *)b)->value;
  return (x > y) - (x < y);
}

/// Ranks, those of equal values shared.
static CsStatus
rank(CsArena *scratch, const double *values, size_t n, double *ranks)
{
  Ranked *sorted = CS_NEW_N(scratch, Ranked, n);
  CS_TRY_NEW(sorted);
  for (size_t i = 0; i < n; i++)
    sorted[i] = (Ranked){values[i], i};
  qsort(sorted, n, sizeof *sorted, by_value);
  for (size_t i = 0, end; i < n; i = end) {
    for (end = i; end < n && sorted[end].value - sorted[i].value < 1e-9;)
      end++;
    for (size_t k = i; k < end; k++)
      ranks[sorted[k].place] = 0.5 * (double)(i + end - 1);
  }
  return CS_OK;
}

static double
correlation(const double *x, const double *y, size_t n)
{
  double mean_x = 0.0, mean_y = 0.0, xy = 0.0, xx = 0.0, yy = 0.0;
  for (size_t i = 0; i < n; i++)
    mean_x += x[i] / (double)n, mean_y += y[i] / (double)n;
  for (size_t i = 0; i < n; i++) {
    xy += (x[i] - mean_x) * (y[i] - mean_y);
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
  }
  return xx > 0.0 && yy > 0.0 ? xy / sqrt(xx * yy) : 0.0;
}

CsStatus
cs_rank_correlation(CsArena *scratch, const double *x, const double *y,
    size_t n, double *correlated)
{
  double *ranks = CS_NEW_N(scratch, double, 2 * n);
  CS_TRY_NEW(ranks);
  CS_TRY(rank(scratch, x, n, ranks));
  CS_TRY(rank(scratch, y, n, ranks + n));
  *correlated = correlation(ranks, ranks + n, n);
  return CS_OK;
}

/// How far apart ranks lie, against ranks of which none are shared.
static double
spread_of_ranks(const double *ranks, size_t n)
{
  const double middle = 0.5 * (double)(n - 1);
  double sum = 0.0, most = 0.0;
  for (size_t i = 0; i < n; i++) {
    sum += (ranks[i] - middle) * (ranks[i] - middle);
    most += ((double)i - middle) * ((double)i - middle);
  }
  return most > 0.0 ? sqrt(sum / most) : 0.0;
}

CsStatus
cs_rank_agreement(CsArena *scratch, const double *wanted, const double *heard,
    size_t n, double *agreed)
{
  double *ranks = CS_NEW_N(scratch, double, n);
  CS_TRY_NEW(ranks);
  CS_TRY(rank(scratch, wanted, n, ranks));
  CS_TRY(cs_rank_correlation(scratch, wanted, heard, n, agreed));
  const double most = spread_of_ranks(ranks, n);
  *agreed           = most > 0.0 ? *agreed / most : 0.0;
  return CS_OK;
}
