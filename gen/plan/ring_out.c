// How long a cue rings after its last downbeat (RULEBOOK 3.3, T02).

#include "gen/base/mathx.h"
#include "gen/plan/timeline.h"

#include <math.h>

/// A stinger longer than this is a short cue, whose last chord stands near its
/// end.
static const double longest_sting_s = 15.0;

bool
cs_is_sting_length(CsFunction function, double duration_s)
{
  return function == CS_STINGER && duration_s <= longest_sting_s;
}

double
cs_tail_silence_s(const CsPlan *plan)
{
  double silent_s = 0.0;
  for (size_t i = 0; i < plan->n_silences; i++)
    if (plan->silences[i].end_s >= plan->duration_s - 0.01)
      silent_s = fmax(
          silent_s, plan->duration_s - fmax(plan->silences[i].start_s, 0.0));
  return silent_s < 0.25 * plan->duration_s ? silent_s : 0.0;
}

typedef struct Point {
  double x, y;
} Point;

static double
on_line(const Point *points, size_t n, double x)
{
  if (x <= points[0].x)
    return points[0].y;
  for (size_t i = 1; i < n; i++)
    if (x <= points[i].x)
      return cs_lerp(points[i - 1].y, points[i].y,
          (x - points[i - 1].x) / (points[i].x - points[i - 1].x));
  return points[n - 1].y;
}

/// Is the cue so short that most of it may ring?
static bool
is_gesture(CsFunction function, double duration_s)
{
  return duration_s < 10.0 || cs_is_sting_length(function, duration_s);
}

static double
usual_ring_out(CsFunction function, double duration_s)
{
  static const Point metred[] = {{4, 2}, {10, 1.7}, {30, 1.7}, {45, 2}, {60, 2},
      {90, 2.5}, {120, 3}, {180, 4}};
  static const Point ambient[] = {
      {10, 5}, {30, 5}, {60, 6}, {180, 7}, {600, 8}};
  if (duration_s < 4.0)
    return 0.5 * duration_s;
  if (cs_is_sting_length(function, duration_s))
    return duration_s < 10.0 ? 0.5 * duration_s : fmax(5.0, 0.42 * duration_s);
  if (function == CS_STINGER)
    return 2.5;
  if (function == CS_AMBIENT)
    return duration_s < 10.0 ? 0.4 * duration_s
                             : on_line(ambient, 5, duration_s);
  return on_line(metred, 8, duration_s);
}

CsRingOut
cs_ring_out(CsFunction function, double duration_s, double beat_s)
{
  const double usual = usual_ring_out(function, duration_s);
  if (is_gesture(function, duration_s))
    return (CsRingOut){0.15 * duration_s, usual, 0.7 * duration_s};
  const double low = 0.8 * usual;
  return (CsRingOut){low > 1.5 ? low : 1.5, usual, 1.3 * usual + beat_s};
}
