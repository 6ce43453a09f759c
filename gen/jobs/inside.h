/// Names of outputs inside one folder. Whoever wrote a list of jobs may name
/// files there and nowhere else: nothing is ever written outside the folder.
#ifndef CS_GEN_JOBS_INSIDE_H
#define CS_GEN_JOBS_INSIDE_H

#include "gen/base/arena.h"

/// Make the folder where it is missing; its own parent must be there. The
/// folder itself may be a link: the person who started the program named it.
///
/// @return CS_ERR_REQUEST when it cannot be made or is no folder.
CS_NODISCARD CsStatus cs_inside_open(CsArena *arena, const char *folder);

/// Check a name without looking at the disk.
///
/// @param what   What messages call it: "output".
/// @param name   As given: "a/bed.wav".
/// @param clean  Receives the same without "." and doubled slashes: two ways to
///               write one name become equal.
/// @return CS_ERR_REQUEST for a name that is empty, absolute, climbs ("..") or
///         ends in a slash.
CS_NODISCARD CsStatus cs_inside_name(
    CsArena *arena, const char *what, const char *name, const char **clean);

/// The path of a file inside the folder. Sub-folders are made.
///
/// @param path  Receives "FOLDER/a/bed.wav".
/// @return CS_ERR_REQUEST for names that cs_inside_name() refuses, and where a
///         part of the name is a link or a file that stands in the way.
CS_NODISCARD CsStatus cs_inside_path(CsArena *arena, const char *folder,
    const char *what, const char *name, const char **path);

/// The same for a folder: its last part is made, too.
CS_NODISCARD CsStatus cs_inside_folder(CsArena *arena, const char *folder,
    const char *what, const char *name, const char **path);

#endif
