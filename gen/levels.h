/// How loud the presets of a soundfont are, so that one font can be played in
/// the balance of another.
#ifndef CS_GEN_LEVELS_H
#define CS_GEN_LEVELS_H

#include "gen/presets/presets.h"
#include "gen/synth/synth.h"

/// Keys and velocities that a level is measured at.
enum { CS_LEVEL_KEYS = 3 };

/// Three keys of the register where an instrument sounds best; of a kit bass
/// drum, snare drum and tom.
void cs_level_keys(const CsInstrument *instrument, int keys[CS_LEVEL_KEYS]);

/// The level of a preset: the loudest 400 ms of single notes of 0.8 s, weighted
/// as in ITU-R BS.1770, on average over the keys and the velocities 64 and 100.
///
/// @param arena  Keeps the samples that were listened to.
/// @param level  In dB; CS_SILENCE_DB where nothing sounds.
CS_NODISCARD CsStatus cs_level_measure(CsArena *arena, CsSf2 *font, int bank,
    int program, const int keys[CS_LEVEL_KEYS], double *level);

#endif
