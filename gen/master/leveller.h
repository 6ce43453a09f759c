/// The slow compression of RULEBOOK 8.4 (1.5 to 1, at most 2 dB), as one curve
/// over the cue: where its range is too wide, or the peaks of a climax keep the
/// whole from its loudness, the climax steps back a little.
///
/// It follows the loudness of the 3 s around each place, so that it moves with
/// the sections and not with the beat, and knows what comes. It hangs on the
/// mix alone; every stem gets the same.
#ifndef CS_GEN_MASTER_LEVELLER_H
#define CS_GEN_MASTER_LEVELLER_H

#include "gen/master/loudness.h"
#include "gen/master/true_peak.h"

typedef struct CsLeveller {
  float *gains; ///< One per tenth of a second; NULL while off.
  size_t n_gains;
  size_t n_hop;   ///< Frames between two gains.
  int64_t n_loop; ///< Frames of a loop, whose ends are joined; else 0.
  double most_db; ///< Taken away at the loudest place.
} CsLeveller;

enum { CS_MOST_LEVELLING_DB = 2 };

/// Set the curve from a measurement.
///
/// @param most_db  What the loudest place loses, up to CS_MOST_LEVELLING_DB.
CS_NODISCARD CsStatus cs_leveller_set(CsArena *arena,
    const CsLoudness *loudness, double most_db, CsLeveller *leveller);

/// Apply it to interleaved frames, the first of which is frame `first`. Does
/// nothing while off.
void cs_leveller_run(const CsLeveller *leveller, int64_t first, float *frames,
    size_t n_frames, size_t n_channels);

/// What it does to the power of a hop: the mean square of its gains, which move
/// by little within one.
double cs_leveller_power(const CsLeveller *leveller, size_t hop);

/// The farthest that frames reach behind it, or a little more.
///
/// @param extent  How far they reach before it.
CsExtent cs_leveller_extent(const CsLeveller *leveller, int64_t first,
    size_t n_frames, CsExtent extent);

#endif
