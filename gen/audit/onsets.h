/// How regularly something begins: the envelope of onsets and its likeness to
/// itself later on.
#ifndef CS_GEN_AUDIT_ONSETS_H
#define CS_GEN_AUDIT_ONSETS_H

#include "gen/base/arena.h"

typedef struct CsOnsets CsOnsets;

CS_NODISCARD CsStatus cs_onsets_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsOnsets **onsets);

/// @param frames  Interleaved.
CS_NODISCARD CsStatus cs_onsets_hear(
    CsArena *arena, CsOnsets *onsets, const float *frames, size_t n_frames);

/// Largest autocorrelation of the envelope at lags from `low_s` to `high_s`: 1
/// for a cue that repeats exactly, near 0 for one without a pulse. The level of
/// the cue does not matter.
///
/// @param lag_s  The lag at which it is; 0 where nothing is heard.
CS_NODISCARD CsStatus cs_onsets_pulse(CsArena *arena, const CsOnsets *onsets,
    double low_s, double high_s, double *pulse, double *lag_s);

#endif
