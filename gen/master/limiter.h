/// A look-ahead limiter for true peaks. It makes one gain curve, which is then
/// applied to the mix and to every stem alike.
#ifndef CS_GEN_MASTER_LIMITER_H
#define CS_GEN_MASTER_LIMITER_H

#include "gen/base/arena.h"

#include <stdbool.h>

typedef struct CsLimiter CsLimiter;

CS_NODISCARD CsStatus cs_limiter_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsLimiter **limiter);

/// Back to the start of a cue.
///
/// @param gain     Applied before the limiter, as a factor.
/// @param ceiling  Highest true peak after it, as a factor.
void cs_limiter_begin(CsLimiter *limiter, double gain, double ceiling);

/// Frames by which the curve comes late: under 4096.
size_t cs_limiter_lookahead(const CsLimiter *limiter);

/// Would it leave frames as they are whose true peaks are below this, and is it
/// done with those before?
bool cs_limiter_is_idle(const CsLimiter *limiter);
double cs_limiter_threshold(const CsLimiter *limiter);

/// Go on as if these frames had been the last, and below the threshold.
///
/// @param frames    Interleaved, 2 * CS_PEAK_MAX_HALF or more.
void cs_limiter_resume(
    CsLimiter *limiter, const float *frames, size_t n_frames);

/// Take frames and append as many gains to the curve.
///
/// @param frames  Interleaved, before `gain`; NULL for silence. At most 4096.
/// @param curve   n_frames long. Its first entries, over all calls, belong to
///                the cs_limiter_lookahead() frames before the first.
void cs_limiter_run(
    CsLimiter *limiter, const float *frames, size_t n_frames, float *curve);

#endif
