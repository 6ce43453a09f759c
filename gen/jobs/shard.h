/// Which part of a list of jobs one machine of several does.
#ifndef CS_GEN_JOBS_SHARD_H
#define CS_GEN_JOBS_SHARD_H

#include "gen/base/arena.h"

/// Job k of the list, counted from 0, belongs to part k mod n.
typedef struct CsShard {
  uint64_t index; ///< 0..n - 1.
  uint64_t n;     ///< 0: the list is not split.
} CsShard;

/// Where a part's number comes from: a text by name, or NULL. getenv() fits.
typedef char *CsVariable(const char *name);

/// Read "2/8", "slurm", "slurm/8", "k8s/8", "aws" or "aws/8".
///
/// slurm      (ID - MIN) / STEP of COUNT, from SLURM_ARRAY_TASK_*; refused when
///            the array has gaps or is a single task of a larger one, since its
///            numbers do not say then how many parts the list has.
/// slurm/N    SLURM_ARRAY_TASK_ID of N.
/// k8s/N      JOB_COMPLETION_INDEX of N; a Job does not tell its pods N.
/// aws[/N]    AWS_BATCH_JOB_ARRAY_INDEX of N, or of AWS_BATCH_JOB_ARRAY_SIZE.
///
/// @return CS_ERR_REQUEST with what is missing and the mend.
CS_NODISCARD CsStatus cs_shard_read(
    CsArena *arena, const char *text, CsVariable *variable, CsShard *shard);

bool cs_shard_has(const CsShard *shard, uint64_t job_index);

#endif
