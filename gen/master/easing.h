/// A gain that is needed frame by frame becomes a curve without corners that
/// never lies above it: it is down in time, and comes back slowly.
#ifndef CS_GEN_MASTER_EASING_H
#define CS_GEN_MASTER_EASING_H

#include "gen/base/arena.h"

#include <stdbool.h>

typedef struct CsEasing CsEasing;

/// @param release_s  Time constant of the way back to 1.
CS_NODISCARD CsStatus cs_easing_new(
    CsArena *arena, int sample_rate, double release_s, CsEasing **easing);

/// Back to where nothing was needed.
void cs_easing_begin(CsEasing *easing);

/// Frames by which the curve comes late.
size_t cs_easing_delay(const CsEasing *easing);

/// Is the curve at 1 until a frame comes that needs less?
bool cs_easing_is_idle(const CsEasing *easing);

/// Take the gain that the next frame needs and give the curve at the frame
/// cs_easing_delay() before it.
///
/// @param needed  0..1.
float cs_easing_next(CsEasing *easing, double needed);

#endif
