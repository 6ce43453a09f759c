/// Sounds put right: level, tuning, silent keys, release, answer to velocity.
/// Pure; what changes is made anew in the arena.
#ifndef CS_SOUNDFONTS_MEND_H
#define CS_SOUNDFONTS_MEND_H

#include "soundfonts/recipe.h"
#include "soundfonts/sound.h"

/// Does a zone of the font go into the sound? For cs_sf2_read().
///
/// @param row  A const CsBankPreset.
bool cs_mend_wants(void *row, const CsSoundZone *zone);

/// Do what a row of the recipe asks for, and make a melodic sound answer to
/// every key.
///
/// @param level_db  Added to the row's gain: what levels the sound.
/// @return CS_ERR_REQUEST when a key is mended that no zone plays, or the row
///         leaves a key of its range silent.
CS_NODISCARD CsStatus cs_mend_sound(
    CsArena *arena, const CsBankPreset *row, double level_db, CsSound *sound);

/// Set a generator. The zone's list is copied.
CS_NODISCARD CsStatus cs_zone_set_generator(
    CsArena *arena, CsSoundZone *zone, int number, int amount);

/// Let the zones next to a silent key play it, so that all 128 keys sound.
void cs_mend_silent_keys(CsSound *sound);

/// Where zones over each other in velocity differ in their times alone, let a
/// modulator do what the layers above the lowest did. FluidR3 has nine layers
/// of each zone, to release loud notes more slowly.
CS_NODISCARD CsStatus cs_mend_layers(CsArena *arena, CsSound *sound);

#endif
