/// Whether a file has to be built again: by content, as make tells it by the
/// times of files.
#ifndef CS_GEN_JOBS_REBUILD_H
#define CS_GEN_JOBS_REBUILD_H

#include "gen/jobs/build_state.h"

/// What the presets, words and soundfont of an engine are now.
///
/// @param soundfont  NULL: the catalogue's.
CS_NODISCARD CsStatus cs_ground_find(CsArena *arena, const CsEngine *engine,
    const char *soundfont, CsGround *ground);

/// What a job asks for: its prompt and options as one JSON object. Texts longer
/// than a line stand as their hash.
CS_NODISCARD CsStatus cs_request_text(CsArena *arena, const char *prompt,
    const CsGivenOption *options, size_t n_options, const char **json);

/// Why has a file to be built? Compares what it was built from with what it
/// would be built from now, and the file with what was built.
///
/// @param before  NULL: it was never built.
/// @param why     Receives a few words for a person, or NULL where it is up to
///                date.
CS_NODISCARD CsStatus cs_rebuild_reason(CsArena *arena, const char *folder,
    const CsBuilt *before, const char *request, const CsGround *ground,
    const char **why);

/// Hash and length of a whole file.
///
/// @return CS_ERR_REQUEST when it cannot be read or is no plain file.
CS_NODISCARD CsStatus cs_file_hash(
    CsArena *arena, const char *path, char sha256[65], double *n_bytes);

#endif
