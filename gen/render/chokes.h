/// Which keys of a preset end each other, as hats do: their zones have an
/// exclusive class.
#ifndef CS_GEN_RENDER_CHOKES_H
#define CS_GEN_RENDER_CHOKES_H

#include "soundfonts/sf2_read.h"

enum { CS_N_KEYS = 128 };

/// @param font  NULL: nothing is known of it.
/// @param keys  Receives true for each key that ends others or is ended. Where
///              the preset cannot be read, or a kit is missing and another will
///              stand in, every key of a kit may.
void cs_find_chokes(CsSf2 *font, int bank, int program, bool keys[CS_N_KEYS]);

#endif
