/// A soundfont read into memory, preset by preset: SF2, and SF3 with its Ogg
/// Vorbis samples decoded.
#ifndef CS_SOUNDFONTS_SF2_READ_H
#define CS_SOUNDFONTS_SF2_READ_H

#include "soundfonts/sound.h"

#include <stdio.h>

typedef struct CsSf2 CsSf2;

typedef struct CsSf2Preset {
  char name[21];
  int bank, program;
} CsSf2Preset;

/// Open a font and read its tables, not yet its samples.
///
/// @param arena  Owns all that is read from the font.
/// @return CS_ERR_REQUEST in one sentence when it is no soundfont or damaged.
CS_NODISCARD CsStatus cs_sf2_open(
    CsArena *arena, const char *path, CsSf2 **font);

/// The same from an open stream, which the font closes. @param name For
/// messages.
CS_NODISCARD CsStatus cs_sf2_take(
    CsArena *arena, const char *name, FILE *stream, CsSf2 **font);

/// What the font holds, in the order of the file.
const CsSf2Preset *cs_sf2_presets(const CsSf2 *font, size_t *n);

/// Index of a preset, or -1.
int cs_sf2_find(const CsSf2 *font, int bank, int program);

/// Is this zone to be kept? Its samples are not there yet.
typedef bool CsSf2WantsFn(void *user, const CsSoundZone *zone);

/// Read one preset. The zones of presets and instruments are laid over each
/// other, so that the sound has a single row of zones; zones without a sample
/// of their own (in a ROM, or empty) are left out. Samples are read once and
/// shared.
///
/// @param index  Into cs_sf2_presets().
/// @param wants  Asked before the samples of a zone are read; NULL takes all.
/// @param sound  In the font's arena.
/// @return CS_ERR_REQUEST in one sentence when the preset is damaged.
CS_NODISCARD CsStatus cs_sf2_read(
    CsSf2 *font, size_t index, CsSf2WantsFn *wants, void *user, CsSound *sound);

/// Close the file; what was read stays. NULL is accepted.
void cs_sf2_close(CsSf2 *font);

#endif
