/// Something that plays the notes of one preset: our own voices, or
/// FluidSynth's, which they are compared with.
#ifndef CS_GEN_RENDER_PLAYER_H
#define CS_GEN_RENDER_PLAYER_H

#include "gen/render/fluid.h"
#include "gen/synth/synth.h"

/// Its functions take `self` and do as those of synth.h do.
typedef struct CsPlayer {
  void *self; ///< NULL: memory was short.
  void (*note_on)(void *self, int key, int velocity);
  void (*note_off)(void *self, int key);
  bool (*is_silent)(void *self);
  bool (*render)(void *self, float *left, float *right, size_t n_frames);
  void (*free)(void *self);
} CsPlayer;

/// Both take over what they are given; NULL is accepted.
CsPlayer cs_player_of_synth(CsSynth *synth);
CsPlayer cs_player_of_fluid(CsFluidVoice *voice);

#endif
