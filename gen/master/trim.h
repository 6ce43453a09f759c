/// Strokes that stick out of the mix are taken back before the limiter: for the
/// few hundredths of a second that they do, drums, bass and effects get softer.
///
/// What makes a limiter work is drums with the bass under them, while most of
/// what it then takes down with them is everything else (measured on 23 cues
/// that missed their level: 60 to 100 % of each peak is drums and bass). So the
/// rhythm section gives way first, to one curve for all of it: the stems add up
/// as before.
#ifndef CS_GEN_MASTER_TRIM_H
#define CS_GEN_MASTER_TRIM_H

#include "gen/master/gain_curve.h"

#include <stdbool.h>

struct CsEasing;

typedef struct CsTrim {
  bool is_on;
  double gain_db;   ///< That it was set for.
  double threshold; ///< The mix keeps under this where the rhythm can make it.
  struct CsEasing *easing;
  CsGainCurve
      curves[2];    ///< The gain of the rhythm: the one in use, and another.
  size_t n_curve;   ///< Which is in use.
  float *gains;     ///< A block of it.
  float *rhythm;    ///< A block of the rhythm.
  float plain_peak; ///< True peak of the mix without trim; 0 until known.
} CsTrim;

CS_NODISCARD CsStatus cs_trim_new(CsArena *arena, int sample_rate,
    int64_t n_frames, CsSpool *spool, CsTrim *trim);

/// Does it change a block of CS_BLOCK_FRAMES of the mix?
bool cs_trim_changes(const CsTrim *trim, size_t block);

/// The lowest gain of the rhythm.
float cs_trim_lowest(const CsTrim *trim);

/// Take the rhythm back in a block that holds it, by the gains at hand.
///
/// @param frames  Interleaved.
void cs_trim_run(
    const CsTrim *trim, float *frames, size_t n_frames, size_t n_channels);

#endif
