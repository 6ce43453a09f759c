/// What a note's key, velocity and controllers add to a zone's generators:
/// SoundFont 2.04, sections 8.2, 8.4 and 9.5.
#ifndef CS_GEN_SYNTH_MODULATORS_H
#define CS_GEN_SYNTH_MODULATORS_H

#include "soundfonts/generators.h"
#include "soundfonts/sound.h"

/// Controllers that a track sets; all others stand where a synthesizer leaves
/// them after a reset.
typedef struct CsControllers {
  int level; ///< 7, 0..127.
  int pan;   ///< 10, 0..127.
} CsControllers;

/// A zone's modulators with the usual ones that it does not replace.
///
/// @param all  Room for CS_MAX_MODULATORS.
/// @return How many.
size_t cs_modulators_of(const CsSoundZone *zone, CsModulator *all);

/// Add what they give to the amounts of the generators. Links between
/// modulators are not followed.
void cs_modulate(const CsModulator *modulators, size_t n, int key, int velocity,
    const CsControllers *controllers, double amounts[CS_N_GENERATORS]);

#endif
