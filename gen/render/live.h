/// A track, or a part of one, played by a synthesizer while the blocks go by.
#ifndef CS_GEN_RENDER_LIVE_H
#define CS_GEN_RENDER_LIVE_H

#include "gen/perform/performance.h"
#include "gen/render/player.h"

typedef struct CsLive CsLive;

/// Takes over the player, also when it fails.
///
/// @param notes  Of one track, in any order; read now.
/// @return NULL when memory is short.
CsLive *cs_live_new(
    CsPlayer player, const CsPlayedNote *const *notes, size_t n_notes);

/// Play the next block.
///
/// @param start  Its first frame; blocks follow each other.
/// @param left, right  n_frames long; written only where the block is not
///                     silent.
/// @return false when the synthesizer fails.
bool cs_live_play(CsLive *live, int64_t start, size_t n_frames, float *left,
    float *right, bool *is_silent);

/// NULL is accepted.
void cs_live_free(CsLive *live);

#endif
