/// The manifest of a batch: one line of JSON for each job, in the order of the
/// list. Several machines write one each, which are joined to that of the
/// whole.
#ifndef CS_GEN_JOBS_MANIFEST_H
#define CS_GEN_JOBS_MANIFEST_H

#include "gen/jobs/shard.h"

/// "manifest.jsonl", or "manifest-2-of-8.jsonl" for a part.
CS_NODISCARD CsStatus cs_manifest_name(
    CsArena *arena, const CsShard *shard, const char **name);

/// Is that a name of manifests?
bool cs_is_manifest(const char *name);

/// Refuse a folder that holds manifests of another number of parts: for a part
/// whose number was worked out rather than given.
///
/// @return CS_ERR_REQUEST with the mend.
CS_NODISCARD CsStatus cs_manifest_check_parts(
    CsArena *arena, const char *folder, const CsShard *shard);

typedef struct CsJoined {
  uint64_t n_parts, n_jobs;
} CsJoined;

/// Join the manifests of all parts in a folder to manifest.jsonl there, which
/// is the one that a single run would have written.
///
/// @return CS_ERR_REQUEST when a part is missing (it is named), there are none,
///         or they are of two runs.
CS_NODISCARD CsStatus cs_manifest_join(
    CsArena *arena, const char *folder, CsJoined *joined);

#endif
