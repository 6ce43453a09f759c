/// The house bank: sounds that this project synthesises itself. How each one is
/// made stands in soundfonts/house.json; no recording is used.
#ifndef CS_SOUNDFONTS_HOUSE_HOUSE_H
#define CS_SOUNDFONTS_HOUSE_HOUSE_H

#include "soundfonts/sound.h"

typedef struct CsHouse CsHouse;

/// Read `folder`/house.json. The house stays in the arena, and so do the drums
/// it makes, which its kits share.
///
/// @return CS_ERR_REQUEST with the file, the place and what is allowed.
CS_NODISCARD CsStatus cs_house_load(
    CsArena *arena, const char *folder, CsHouse **house);

/// The same from a text. @param name  What messages call it.
CS_NODISCARD CsStatus cs_house_parse(CsArena *arena, const char *name,
    const char *text, size_t n_bytes, CsHouse **house);

/// How many sounds there are; the kits come last.
size_t cs_house_n_sounds(const CsHouse *house);

/// Name, bank and program of a sound that need not be made yet; no zones.
CsSound cs_house_outline(const CsHouse *house, size_t index);

/// Synthesise one sound. Its loudness is level: one note at velocity 64 is as
/// loud as every other sound's in the range that sounds best.
///
/// @param arena  Holds the sound; may differ from the house's, but no two calls
///               for one house at a time.
CS_NODISCARD CsStatus cs_house_make(
    CsArena *arena, CsHouse *house, size_t index, CsSound *sound);

/// The sound that plays a program of bank 0 (or, with bank 128, a kit) where
/// nothing else does; cs_house_n_sounds() when there is none.
size_t cs_house_stand_in(const CsHouse *house, int bank, int program);

#endif
