#include "gen/audit/share.h"

#include "gen/base/mathx.h"

#include <stdlib.h>

CsStatus
cs_figures_add(CsArena *scratch, CsFigures *figures, double value)
{
  void *values = figures->values;
  CS_TRY(cs_arena_grow(scratch, &values, &figures->capacity, figures->n + 1,
      sizeof *figures->values));
  figures->values               = values;
  figures->values[figures->n++] = value;
  return CS_OK;
}

static int
by_value(const void *a, const void *b)
{
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

double
cs_figures_rank(CsFigures *figures, double rank)
{
  if (figures->n == 0)
    return 0.0;
  qsort(figures->values, figures->n, sizeof *figures->values, by_value);
  const double at  = rank * (double)(figures->n - 1);
  const size_t low = (size_t)at;
  if (low + 1 >= figures->n)
    return figures->values[figures->n - 1];
  return cs_lerp(
      figures->values[low], figures->values[low + 1], at - (double)low);
}
