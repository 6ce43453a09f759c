#include "gen/perform/performer.h"

#include "gen/base/mathx.h"

#include <math.h>

CsStatus
cs_curve_add(const CsPerformer *p, CsCurve *curve, double frame, double gain_db)
{
  const int64_t at = (int64_t)floor(frame + 0.5);
  if (curve->n > 0 && at <= curve->points[curve->n - 1].frame) {
    curve->points[curve->n - 1].gain_db = gain_db;
    return CS_OK;
  }
  void *points = curve->points;
  CS_TRY(cs_arena_grow(p->arena, &points, &curve->capacity, curve->n + 1,
      sizeof *curve->points));
  curve->points             = points;
  curve->points[curve->n++] = (CsGainPoint){at, gain_db};
  return CS_OK;
}

double
cs_curve_at(const CsCurve *curve, size_t *cursor, int64_t frame)
{
  if (curve->n == 0)
    return 0.0;
  while (*cursor < curve->n && curve->points[*cursor].frame <= frame)
    (*cursor)++;
  if (*cursor == 0)
    return curve->points[0].gain_db;
  const CsGainPoint *a = &curve->points[*cursor - 1];
  if (*cursor == curve->n)
    return a->gain_db;
  const CsGainPoint *b = a + 1;
  return cs_lerp(a->gain_db, b->gain_db,
      (double)(frame - a->frame) / (double)(b->frame - a->frame));
}

double
cs_frame_of_bar(const CsPerformer *p, double bar)
{
  const int whole = (int)floor(bar);
  const double tick =
      (double)cs_bar_tick(p->timeline, whole) +
      (bar - whole) * (whole < p->plan->n_bars
                              ? (double)cs_bar_ticks(p->timeline, whole)
                              : 0.0);
  return cs_seconds_of_tick(p->timeline, tick) * p->rate;
}
