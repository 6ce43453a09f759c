/// Which velocities of a key are one sound but for their level.
///
/// A recording of one velocity serves all whose sound differs from it by little
/// more than a gain; how far that goes is found by listening. The answer is a
/// function of preset, key and velocity: it does not depend on what was asked
/// before.
#ifndef CS_GEN_RENDER_LAYERS_H
#define CS_GEN_RENDER_LAYERS_H

#include "gen/synth/synth.h"

enum {
  CS_N_VELOCITIES = 128,
  /// Velocities at which classes may begin and end lie this far apart.
  CS_VELOCITY_STEP  = 8,
  CS_N_CLASS_POINTS = CS_N_VELOCITIES / CS_VELOCITY_STEP,
};

/// How a velocity is played: a recording at another one, and a gain.
typedef struct CsLayer {
  uint8_t velocity; ///< 0: not known yet.
  float gain;
} CsLayer;

/// What is known of a key so far; all zero is nothing.
typedef struct CsKeyLayers {
  CsLayer layers[CS_N_VELOCITIES];
  /// Points that classes reach down to, from the loudest class on.
  uint8_t lows[CS_N_CLASS_POINTS];
  size_t n_classes;
} CsKeyLayers;

typedef struct CsProber CsProber;

/// @param synth  Without notes; used by nobody else meanwhile.
CsProber *cs_prober_new(CsSynth *synth);

/// Find how some velocities of a key are played.
///
/// @param is_wanted  By velocity; what is known already is not tried again.
/// @return false when memory is short.
bool cs_find_layers(CsProber *prober, int key,
    const bool is_wanted[CS_N_VELOCITIES], CsKeyLayers *layers);

/// NULL is accepted.
void cs_prober_free(CsProber *prober);

#endif
