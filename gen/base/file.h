/// Whole files and folders, read.
#ifndef CS_GEN_BASE_FILE_H
#define CS_GEN_BASE_FILE_H

#include "gen/base/arena.h"
#include "gen/base/json.h"

/// Read a file whole into the arena, with an end mark after the last byte.
///
/// @param limit_bytes  A longer file is refused.
/// @return CS_ERR_REQUEST when it is missing, unreadable, a folder or too long.
CS_NODISCARD CsStatus cs_file_read(CsArena *arena, const char *path,
    size_t limit_bytes, const char **bytes, size_t *n_bytes);

/// Read a JSON file.
///
/// @param arena    Gets the error detail.
/// @param scratch  Emptied first; holds the value.
/// @param title    What messages call the text.
/// @return CS_ERR_REQUEST when the file cannot be read or is no JSON.
CS_NODISCARD CsStatus cs_file_read_json(CsArena *arena, CsArena *scratch,
    const char *path, const char *title, size_t limit_bytes,
    const CsJson **root);

/// Names of the files in a folder that end in `suffix`, in byte order.
CS_NODISCARD CsStatus cs_folder_list(
    CsArena *arena, const char *path, const char *suffix, CsStrings *names);

/// The last part of a path.
const char *cs_path_name(const char *path);

/// Bytes of a path before the extension: 7 of "a.b/cue.wav", all where there is
/// none.
size_t cs_path_stem(const char *path);

/// Find the folder that holds grammar/, presets/ and soundfonts/.
///
/// @param wanted  A folder that must be it, or NULL to look at $CUESMITH_DATA,
///                then beside the running program (build tree: its parent;
///                prefix: ../share/cuesmith), then in the compiled-in folder.
CS_NODISCARD CsStatus cs_data_folder(
    CsArena *arena, const char *wanted, const char **path);

#endif
