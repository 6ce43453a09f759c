/// What was built, from what, and whether it has to be built again: the memory
/// of a folder of outputs, as make has it in the times of files, but by
/// content.
#ifndef CS_GEN_JOBS_REBUILD_H
#define CS_GEN_JOBS_REBUILD_H

#include "gen/jobs/course.h"

/// Name of the file that holds it, in the folder of the outputs.
#define CS_STATE_NAME "course.state.json"

/// A file that was built.
typedef struct CsBuilt {
  const char *output;  ///< Name inside the folder.
  const char *request; ///< Words and options as one JSON object.
  CsGround ground;
  const char *sha256; ///< Of the whole file.
  double n_bytes;
  double duration_s, lufs, true_peak_dbtp;
  const char *missed; ///< Hard properties that it misses, or "".
} CsBuilt;

typedef struct CsBuildState {
  CsBuilt *items;
  size_t n, capacity;
  CsCourseDraws draws; ///< `asked` NULL: none are known.
  bool was_damaged;    ///< It could not be read, and is empty.
} CsBuildState;

/// What the presets, words and soundfont of an engine are now.
///
/// @param soundfont  NULL: the catalogue's.
CS_NODISCARD CsStatus cs_ground_find(CsArena *arena, const CsEngine *engine,
    const char *soundfont, CsGround *ground);

/// What a job asks for: its prompt and options as one JSON object. Texts longer
/// than a line stand as their hash.
CS_NODISCARD CsStatus cs_request_text(CsArena *arena, const char *prompt,
    const CsGivenOption *options, size_t n_options, const char **json);

/// Read the state of a folder. A missing one is empty, and so is a damaged one.
CS_NODISCARD CsStatus cs_build_state_read(
    CsArena *arena, const char *folder, CsBuildState *state);

/// @return NULL where that file was never built.
const CsBuilt *cs_build_state_find(
    const CsBuildState *state, const char *output);

/// Put a file in, or over what is known of it. The texts must outlive `state`.
CS_NODISCARD CsStatus cs_build_state_put(
    CsArena *arena, CsBuildState *state, const CsBuilt *built);

/// Write the state, whole or not at all; files by name.
CS_NODISCARD CsStatus cs_build_state_write(
    CsArena *arena, const char *folder, CsBuildState *state);

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
