/// Half the sample rate of a sound that streams by.
#ifndef CS_GEN_AUDIT_HALF_BAND_H
#define CS_GEN_AUDIT_HALF_BAND_H

#include "gen/base/arena.h"

typedef struct CsHalfBand CsHalfBand;

/// A linear-phase filter of 27 taps, every other of which is zero: up to a
/// sixth of the rate it changes levels by less than 0.01 dB, and of what folds
/// back there it leaves 60 dB less.
///
/// @param n_most  Frames that are given at once; a multiple of 16.
CS_NODISCARD CsStatus cs_half_band_new(
    CsArena *arena, size_t n_most, size_t n_channels, CsHalfBand **filter);

/// @param frames    Interleaved.
/// @param n_frames  A multiple of 16, n_most at most.
/// @return n_frames / 2 frames, valid until the next call.
const float *cs_half_band_run(
    CsHalfBand *filter, const float *frames, size_t n_frames);

#endif
