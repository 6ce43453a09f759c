/// Sounds in memory, written as one SoundFont 2 file.
#ifndef CS_SOUNDFONTS_SF2_WRITE_H
#define CS_SOUNDFONTS_SF2_WRITE_H

#include "soundfonts/sound.h"

/// What a bank says of itself.
typedef struct CsSf2Info {
  const char *name;      ///< INAM.
  const char *copyright; ///< ICOP: the holders.
  const char *comment;   ///< ICMT: the notices of the licences, whole.
} CsSf2Info;

/// Write a bank: the same bytes for the same sounds. Recordings that zones have
/// in common are written once; stereo is two mono zones, and no sample is
/// linked to another. The file appears whole or not at all.
///
/// @param sounds  No two of the same bank and program; any order.
/// @return CS_ERR_REQUEST when the sounds pass what the format can count
///         (65535 generators or modulators), CS_ERR_WORK when a write fails.
CS_NODISCARD CsStatus cs_sf2_write(CsArena *arena, const char *path,
    const CsSf2Info *info, const CsSound *sounds, size_t n_sounds);

#endif
