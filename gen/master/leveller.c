#include "gen/master/leveller.h"

#include "gen/base/mathx.h"

#include <math.h>

static const double kept_of_a_lu   = 1.0 / 1.5;
static const double window_in_hops = 4.0; ///< Of the momentary loudness.

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
  enum { HALF_HOPS = 15, MIDDLE_HOPS = 2 };
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

/// Each gain stands at the middle of its window; between them it moves evenly.
static double
gain_at(const CsLeveller *l, int64_t frame)
{
  const double hop        = (double)l->n_hop;
  const double place      = (double)frame / hop - window_in_hops / 2.0;
  const double last       = (double)(l->n_gains - 1);
  const double first_gain = (double)l->gains[0];
  const double last_gain  = (double)l->gains[l->n_gains - 1];
  if (place >= 0.0 && place < last) {
    const size_t i = (size_t)place;
    return cs_lerp(
        (double)l->gains[i], (double)l->gains[i + 1], place - (double)i);
  }
  if (l->n_loop == 0)
    return place < 0.0 ? first_gain : last_gain;
  const double n_hops = (double)l->n_loop / hop;
  const double since  = place < 0.0 ? place + n_hops - last : place - last;
  return cs_lerp(last_gain, first_gain, since / (n_hops - last));
}

void
cs_leveller_run(const CsLeveller *leveller, int64_t first, float *frames,
    size_t n_frames, size_t n_channels)
{
  if (leveller->gains == NULL)
    return;
  for (size_t f = 0; f < n_frames; f++) {
    const double gain = gain_at(leveller, first + (int64_t)f);
    for (size_t c = 0; c < n_channels; c++) {
      float *sample = &frames[f * n_channels + c];
      *sample       = (float)((double)*sample * gain);
    }
  }
}
