/// Files that a killed run left half written. There are some only where the
/// file system knows no files without a name.
#ifndef CS_GEN_JOBS_SWEEP_H
#define CS_GEN_JOBS_SWEEP_H

#include "gen/base/arena.h"

/// The half files of a folder, found once.
typedef struct CsSweep {
  const char **paths; ///< With the folder.
  size_t n, capacity;
} CsSweep;

/// Look through a folder and those inside it; links are not followed.
CS_NODISCARD CsStatus cs_sweep_find(
    CsArena *arena, const char *folder, CsSweep *sweep);

/// Remove the half files of one output. Those of others stay, since another
/// machine may be writing them.
///
/// @param name  Inside the folder that was looked through.
void cs_sweep_output(
    const CsSweep *sweep, const char *folder, const char *name);

#endif
