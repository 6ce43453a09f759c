/// A finished cue's files: where its record is and where its sound.
#ifndef CS_GEN_CUE_FILES_H
#define CS_GEN_CUE_FILES_H

#include "gen/base/arena.h"

typedef struct CsCueFiles {
  const char *record_path; ///< The file that holds the record.
  const char *json;        ///< The record.
  size_t n_bytes;
  const char *sound_path; ///< NULL where a record stands alone.
} CsCueFiles;

/// Find what belongs to a cue.
///
/// @param path    A sound file: its record is the one inside it, else `record`,
///                else the file of its name with .json beside it. Or a record:
///                the sound file of its name beside it, if any.
/// @param record  The record of `path`, or NULL.
/// @return CS_ERR_REQUEST when there is no record, with what would give one.
CS_NODISCARD CsStatus cs_cue_files_find(
    CsArena *arena, const char *path, const char *record, CsCueFiles *files);

#endif
