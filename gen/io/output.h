/// Files that appear whole or not at all: written without a name, or beside
/// where the file system wants one, then put in place. Devices, FIFOs and "-"
/// are written directly.
#ifndef CS_GEN_IO_OUTPUT_H
#define CS_GEN_IO_OUTPUT_H

#include "gen/base/arena.h"

/// The files of one job on their way. Commit renames them in the order in which
/// they were opened, but for the one named to cs_outputs_rename_last(). They
/// live in the arena: free them before it.
typedef struct CsOutputs CsOutputs;

CS_NODISCARD CsStatus cs_outputs_new(CsArena *arena, CsOutputs **outputs);

/// Open a file for writing. Nothing stands at `path` until the commit.
///
/// @param path  "-" is standard output.
/// @param fd    Receives a descriptor that the outputs own (read and write for
///              regular files). Seekable unless it is a pipe or device.
/// @return CS_ERR_REQUEST when the folder is missing or not writable, or `path`
///         is a folder or was opened before by this job.
CS_NODISCARD CsStatus cs_outputs_open(
    CsArena *arena, CsOutputs *outputs, const char *path, int *fd);

/// Open, write and close in one step.
CS_NODISCARD CsStatus cs_outputs_put(CsArena *arena, CsOutputs *outputs,
    const char *path, const char *bytes, size_t n_bytes);

/// Let the commit rename this path after all others; NULL or an unknown path
/// does nothing.
void cs_outputs_rename_last(CsOutputs *outputs, const char *path);

/// Flush, close and rename all. On failure nothing that was not renamed stays.
CS_NODISCARD CsStatus cs_outputs_commit(CsArena *arena, CsOutputs *outputs);

/// Remove every temporary that was not committed, and free. Safe to call at any
/// time, also after a commit. NULL is accepted.
void cs_outputs_free(CsOutputs *outputs);

/// The path that is refused or accepted by cs_outputs_open(), tested without
/// leaving anything: a check before the work starts.
CS_NODISCARD CsStatus cs_output_check(CsArena *arena, const char *path);

/// Is that the name of a file that was not committed, left by a run that was
/// killed?
bool cs_output_is_half(const char *name);

/// The same, of one output. Both are paths under one folder.
bool cs_output_is_half_of(const char *half, const char *path);

/// Write all bytes to a descriptor, however often it takes less.
///
/// SIGPIPE must be ignored by the program for a closed pipe to become an error.
///
/// @param path  What messages call it.
/// @return CS_ERR_WORK: disk full, reader gone.
CS_NODISCARD CsStatus cs_write_all(CsArena *arena, int fd, const char *path,
    const void *bytes, size_t n_bytes);

/// Fail with CS_ERR_WORK and the sentence for what write(2) reported.
CsStatus cs_write_failed(CsArena *arena, const char *path, int error_number);

#endif
