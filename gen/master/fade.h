/// The envelope of a finished cue: fades and the silence at its end.
#ifndef CS_GEN_MASTER_FADE_H
#define CS_GEN_MASTER_FADE_H

#include "gen/master/master.h"

/// Frames of each part.
typedef struct CsFade {
  int64_t n_frames; ///< Of the cue.
  int64_t n_in, n_out;
  int64_t n_close;  ///< Down to nothing, before n_silent.
  int64_t n_silent; ///< Exact zeros at the end.
} CsFade;

CsFade cs_fade_of(const CsMasterWish *wish);

/// Gain at a frame of the cue.
double cs_fade_gain(const CsFade *fade, int64_t frame);

/// Apply to interleaved frames, the first of which is frame `first`.
void cs_fade_run(const CsFade *fade, int64_t first, float *frames,
    size_t n_frames, size_t n_channels);

#endif
