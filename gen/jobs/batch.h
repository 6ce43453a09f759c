/// Many cues from a list of jobs, with one loaded engine on all cores. Outputs
/// and manifest are the same for any number of threads, and whether the list is
/// done at once, in parts, or in several goes.
#ifndef CS_GEN_JOBS_BATCH_H
#define CS_GEN_JOBS_BATCH_H

#include "gen/jobs/batch_job.h"
#include "gen/jobs/shard.h"

typedef struct CsBatchCounts {
  uint64_t n_made, n_kept, n_failed;
  uint64_t n_missed; ///< Of those made and kept: miss a hard property.
  double share;      ///< Of the list that is done; -1 where unknown.
} CsBatchCounts;

typedef struct CsBatchWish {
  CsBatchGround ground; ///< `engine` is filled in by the run.
  const char *jobs;     ///< The list; "-" is standard input.
  CsShard shard;
  int n_threads; ///< 0: all cores.
  void *user;    ///< Handed to the calls below, which come on one thread.

  /// A job is over; in the order of the list.
  CsStatus (*tell)(
      void *user, const CsBatchJob *job, const CsBatchCounts *counts);
  /// Asked some ten times a second. @return false to stop.
  bool (*goes_on)(void *user, const CsBatchCounts *counts);
} CsBatchWish;

/// Run a batch and write its manifest. Jobs that fail do not stop the others.
///
/// @param arena   Of the run; has the sentence when the run itself fails.
/// @param counts  What became of the jobs, also after a failure.
/// @return CS_OK whatever became of the jobs; CS_ERR_REQUEST for a list or a
///         folder that cannot be used; CS_ERR_WORK when reading the list or
///         writing the manifest fails, CS_ERR_CANCELLED after a stop: there is
///         no manifest then.
CS_NODISCARD CsStatus cs_batch_run(const CsEngine *engine, CsArena *arena,
    const CsBatchWish *wish, CsBatchCounts *counts);

#endif
