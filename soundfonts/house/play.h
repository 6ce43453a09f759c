/// A small synthesizer for the sounds of the house, to measure them by: it
/// plays the generators that the house bank uses the way FluidSynth does.
#ifndef CS_SOUNDFONTS_HOUSE_PLAY_H
#define CS_SOUNDFONTS_HOUSE_PLAY_H

#include "soundfonts/sound.h"

/// One note.
typedef struct CsHouseNote {
  int key, velocity;
  double held_s;
} CsHouseNote;

enum { CS_HOUSE_PLAY_RATE = 48000 };

/// What is absent: no filter, no time.
enum { CS_NO_FILTER = 13500, CS_NO_TIME = -12000 };

/// How far the envelopes of a synthesizer fall in the time they state.
#define CS_ENVELOPE_DB 96.0

/// Add a note to a buffer, without the loss of velocity.
///
/// @param out  Interleaved stereo, n_frames long; full scale 1.
void cs_house_play(
    const CsSound *sound, CsHouseNote note, float *out, size_t n_frames);

#endif
