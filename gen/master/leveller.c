#include "gen/master/leveller.h"

#include "gen/base/mathx.h"

#include <math.h>

enum { MIDDLE_HOPS = 2 }; ///< From a window's start to its middle.

static const double kept_of_a_lu = 1.0 / 1.5;

/// The threshold lies as far below the loudest place as gives most_db there.
static double
gain_db_at(double lufs, double loudest_lufs, double most_db)
{
  const double taken_of_a_lu = 1.0 - kept_of_a_lu;
  const double threshold     = loudest_lufs - most_db / taken_of_a_lu;
  const double over          = lufs - threshold;
  // Rounded, so that the last bit of the meter's arithmetic decides nothing.
  return over > 0.0 ? floor(-over * taken_of_a_lu * 1024.0 + 0.5) / 1024.0
                    : 0.0;
}

/// Loudness of the 3 s around the middle of a window, or of what there is of
/// them.
static double
lufs_around(const CsLoudness *loudness, size_t window)
{
  enum { HALF_HOPS = 15 };
  const size_t middle = window + MIDDLE_HOPS;
  const size_t n_all  = cs_loudness_n_hops(loudness);
  const size_t first  = middle > HALF_HOPS ? middle - HALF_HOPS : 0;
  const size_t end    = middle + HALF_HOPS < n_all ? middle + HALF_HOPS : n_all;
  return cs_loudness_until(loudness, end - 1, end - first);
}

static double
loudest_lufs(const CsLoudness *loudness)
{
  double loudest = CS_SILENCE_DB;
  for (size_t i = 0; i < cs_loudness_n_windows(loudness); i++)
    loudest = fmax(loudest, lufs_around(loudness, i));
  return loudest;
}

CsStatus
cs_leveller_set(CsArena *arena, const CsLoudness *loudness, double most_db,
    CsLeveller *leveller)
{
  const double loudest = loudest_lufs(loudness);
  leveller->n_gains    = cs_loudness_n_windows(loudness);
  leveller->n_hop      = cs_loudness_n_hop(loudness);
  leveller->gains      = CS_NEW_N(arena, float, leveller->n_gains);
  CS_TRY_NEW(leveller->gains);
  for (size_t i = 0; i < leveller->n_gains; i++)
    leveller->gains[i] = (float)cs_gain_from_db(
        gain_db_at(lufs_around(loudness, i), loudest, most_db));
  leveller->most_db = most_db;
  return CS_OK;
}

// Each gain stands at the middle of its window, which is the end of a hop;
// between them it moves evenly.

/// Frames over which the gain moves evenly.
typedef struct Slope {
  double gain, step; ///< At the first frame, and by frame.
  int64_t end;       ///< The frame after the last.
} Slope;

/// From the last gain of a loop round to the first.
static Slope
round_the_loop(const CsLeveller *l, int64_t frame, int64_t start, int64_t last)
{
  const double from = (double)l->gains[l->n_gains - 1];
  const double step =
      ((double)l->gains[0] - from) / (double)(l->n_loop - last + start);
  const int64_t gone = frame < start ? frame + l->n_loop - last : frame - last;
  return (Slope){
      from + step * (double)gone, step, frame < start ? start : INT64_MAX};
}

static Slope
slope_at(const CsLeveller *l, int64_t frame)
{
  const int64_t hop   = (int64_t)l->n_hop;
  const int64_t start = MIDDLE_HOPS * hop;
  const int64_t last  = start + (int64_t)(l->n_gains - 1) * hop;
  if (frame >= start && frame < last) {
    const int64_t i   = (frame - start) / hop;
    const double from = (double)l->gains[i];
    const double step = ((double)l->gains[i + 1] - from) / (double)hop;
    const int64_t at  = start + i * hop;
    return (Slope){from + step * (double)(frame - at), step, at + hop};
  }
  if (l->n_loop > last - start)
    return round_the_loop(l, frame, start, last);
  const size_t nearest = frame < start ? 0 : l->n_gains - 1;
  return (Slope){
      (double)l->gains[nearest], 0.0, frame < start ? start : INT64_MAX};
}

static void
run_slope(const Slope *slope, float *frames, size_t n_frames, size_t n_channels)
{
  if (slope->gain >= 1.0 && slope->step >= 0.0)
    return;
  for (size_t f = 0; f < n_frames; f++) {
    const double gain = slope->gain + slope->step * (double)f;
    for (size_t c = 0; c < n_channels; c++) {
      float *sample = &frames[f * n_channels + c];
      *sample       = (float)((double)*sample * gain);
    }
  }
}

/// How many of the frames from one on lie on its slope.
static size_t
n_on(const Slope *slope, int64_t frame, size_t n_frames)
{
  const int64_t n = slope->end - frame;
  return n < (int64_t)n_frames ? (size_t)n : n_frames;
}

void
cs_leveller_run(const CsLeveller *leveller, int64_t first, float *frames,
    size_t n_frames, size_t n_channels)
{
  for (size_t at = 0, n = 0; leveller->gains != NULL && at < n_frames;
       at += n) {
    const Slope slope = slope_at(leveller, first + (int64_t)at);
    n                 = n_on(&slope, first + (int64_t)at, n_frames - at);
    run_slope(&slope, frames + at * n_channels, n, n_channels);
  }
}

double
cs_leveller_power(const CsLeveller *leveller, size_t hop)
{
  const int64_t n    = (int64_t)leveller->n_hop;
  const Slope slope  = slope_at(leveller, (int64_t)hop * n);
  const double start = slope.gain, end = start + slope.step * (double)n;
  return (start * start + start * end + end * end) / 3.0;
}

CsExtent
cs_leveller_extent(
    const CsLeveller *leveller, int64_t first, size_t n_frames, CsExtent extent)
{
  double highest = 0.0, steepest = 0.0;
  for (size_t at = 0, n = 0; at < n_frames; at += n) {
    const Slope slope = slope_at(leveller, first + (int64_t)at);
    n                 = n_on(&slope, first + (int64_t)at, n_frames - at);
    const double end  = slope.gain + slope.step * (double)n;
    highest           = fmax(highest, fmax(slope.gain, end));
    steepest          = fmax(steepest, fabs(slope.step));
  }
  const double size = (double)extent.size, bend = (double)extent.bend;
  return (CsExtent){
      (float)(size * highest), (float)(bend * highest + 2.0 * size * steepest)};
}
