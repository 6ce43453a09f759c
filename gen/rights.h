/// Where the sounds of a finished cue come from, and what its owner may say of
/// it.
#ifndef CS_GEN_RIGHTS_H
#define CS_GEN_RIGHTS_H

#include "gen/cue_files.h"

/// Is the sound still the one that the record names?
typedef enum CsSoundState {
  CS_SOUND_ABSENT,  ///< No file, or one whose samples are not kept (lossy).
  CS_SOUND_SAME,    ///< Its samples have the record's checksum.
  CS_SOUND_CHANGED, ///< They have another.
} CsSoundState;

/// The rights of a cue as text for a person: samples with font and licence,
/// what was synthesised, the licence of the audio, and a statement for a claim
/// dispute. Or the same as JSON.
///
/// @return CS_ERR_REQUEST when the record is no record.
CS_NODISCARD CsStatus cs_rights_text(CsArena *arena, const CsCueFiles *files,
    bool as_json, const char **text, CsSoundState *state);

#endif
