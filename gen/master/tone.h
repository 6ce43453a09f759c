/// The tone of the whole cue, mended after it was heard: an octave that lies
/// far off the spectrum of finished music (T54) is brought nearer to it, by
/// 3 dB at most. Which octaves are full hangs on who plays what, so the desk's
/// fixed tone cannot know it.
#ifndef CS_GEN_MASTER_TONE_H
#define CS_GEN_MASTER_TONE_H

#include "gen/master/filter.h"
#include "gen/master/master.h"

enum { CS_TONE_OCTAVES = 8 }; ///< 63 Hz to 8 kHz.

typedef struct CsTone CsTone;

CS_NODISCARD CsStatus cs_tone_new(CsArena *arena, CsTone **tone);

/// Take a block of the mix. (One of three is listened to.)
///
/// @param frames  Interleaved. What is shorter than CS_BLOCK_FRAMES is ignored.
void cs_tone_hear(
    CsTone *tone, const float *frames, size_t n_frames, size_t n_channels);

/// The filter that what was heard asks for; without sections where it is well
/// as it is. Octaves of a voice are not raised under one, and nothing is
/// raised that is hardly there.
///
/// @param gains_db  What it does to each octave at its middle, but for its
///                  neighbours.
CsFilter cs_tone_filter(const CsTone *tone, const CsMasterWish *wish,
    double gains_db[CS_TONE_OCTAVES]);

#endif
