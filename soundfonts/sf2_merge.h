/// How the zones of a font that lie over each other become one: SoundFont 2.04,
/// sections 8.5 and 9.4. Pure.
#ifndef CS_SOUNDFONTS_SF2_MERGE_H
#define CS_SOUNDFONTS_SF2_MERGE_H

#include "soundfonts/generators.h"
#include "soundfonts/sound.h"

enum { CS_MAX_MODULATORS = 96 };

/// What a zone says.
typedef struct CsSf2Zone {
  int16_t amounts[CS_N_GENERATORS];
  bool is_set[CS_N_GENERATORS];
  int keys[2], velocities[2];
  CsModulator modulators[CS_MAX_MODULATORS];
  size_t n_modulators;
} CsSf2Zone;

/// A zone that says nothing: all keys, all velocities.
void cs_sf2_zone_clear(CsSf2Zone *zone);

/// Lay a modulator over those of a zone: of the same sources and destination
/// the later one stands. @return false when there is no more room.
bool cs_sf2_zone_add_modulator(CsSf2Zone *zone, const CsModulator *modulator);

/// An instrument's zone under a preset's: the preset's amounts are added.
///
/// @param out  May not be one of the others. Its ranges are those that both
///             have in common.
/// @return false when no key or no velocity is left, or no room.
bool cs_sf2_zone_merge(
    const CsSf2Zone *instrument, const CsSf2Zone *preset, CsSf2Zone *out);

/// The modulators that are there unless an instrument has its own (8.4), with
/// FluidSynth's amount for pan. The one from velocity to the filter is left
/// out: FluidSynth does nothing with it.
const CsModulator *cs_sf2_usual_modulators(size_t *n);

#endif
