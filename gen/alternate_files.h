/// The files of a job's alternates, written while the mix is.
#ifndef CS_GEN_ALTERNATE_FILES_H
#define CS_GEN_ALTERNATE_FILES_H

#include "gen/engine.h"
#include "gen/io/output.h"

typedef struct CsAlternateFiles CsAlternateFiles;

/// Before the work: can they all be written beside `path`?
CS_NODISCARD CsStatus cs_alternate_files_check(CsJob *job, const char *path);

/// Open a file for each alternate in which a stem sounds; the others are left
/// out, and job->alternates says so.
///
/// @param format          Of the mix, and theirs.
/// @param n_record_bytes  Room for the record of each.
/// @param files           Free with cs_alternate_files_free().
CS_NODISCARD CsStatus cs_alternate_files_open(CsJob *job, const char *path,
    const CsAudioFormat *format, const CsTags *tags, size_t n_record_bytes,
    const CsMaster *master, CsOutputs *outputs, CsAlternateFiles **files);

CS_NODISCARD CsStatus cs_alternate_files_put(
    CsArena *arena, CsAlternateFiles *files, const CsCueBlock *block);

/// After the last block: end the files, each with its record. Fills the figures
/// of job->alternates.
CS_NODISCARD CsStatus cs_alternate_files_close(
    CsJob *job, CsAlternateFiles *files);

/// NULL is accepted.
void cs_alternate_files_free(CsAlternateFiles *files);

#endif
