/// Octave bands, and how much lies where speech is understood.
#ifndef CS_GEN_AUDIT_BANDS_H
#define CS_GEN_AUDIT_BANDS_H

#include "gen/audit/ear.h"

typedef struct CsBands CsBands;

CS_NODISCARD CsStatus cs_bands_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsBands **bands);

/// @param frames  Interleaved.
CS_NODISCARD CsStatus cs_bands_hear(
    CsArena *arena, CsBands *bands, const float *frames, size_t n_frames);

/// Fill the octaves, the speech band and the slices. Call it once.
///
/// @param n_frames  All that were heard.
CS_NODISCARD CsStatus cs_bands_report(
    CsArena *arena, CsBands *bands, int64_t n_frames, CsHeard *heard);

#endif
