/// What was built, and from what: the memory of a folder of outputs.
#ifndef CS_GEN_JOBS_BUILD_STATE_H
#define CS_GEN_JOBS_BUILD_STATE_H

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

#endif
