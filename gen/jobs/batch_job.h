/// One job of a batch: what the list says with the batch's own options, the
/// files it writes, and what became of it.
#ifndef CS_GEN_JOBS_BATCH_JOB_H
#define CS_GEN_JOBS_BATCH_JOB_H

#include "gen/engine.h"
#include "gen/jobs/job_list.h"
#include "gen/jobs/seen.h"

typedef enum CsJobFate {
  CS_JOB_UNDONE, ///< Not begun, or stopped.
  CS_JOB_FAILED, ///< `why` says it.
  CS_JOB_MADE,
  CS_JOB_MISSED, ///< Made, but misses a hard property; `why` names it.
  CS_JOB_KEPT,   ///< Stood there already, whole.
} CsJobFate;

/// What all jobs of a batch share; read-only while they run.
typedef struct CsBatchGround {
  const CsEngine *engine;
  const char *folder;            ///< Where all outputs go.
  const CsGivenOption *defaults; ///< For jobs that do not say otherwise.
  size_t n_defaults;
  const char *words;         ///< JSON of the person's own words, or NULL.
  const char *styles_folder; ///< The person's own styles, or NULL.
  const char *cache_folder;  ///< See CsJob; or NULL.
  bool resumes;              ///< Cues that are there and whole are kept.
} CsBatchGround;

typedef struct CsBatchJob {
  CsArena *arena; ///< Owns the job.
  const CsBatchGround *ground;
  CsListedJob listed;
  /// The options together: the ground's first, then the list's.
  CsGivenOption options[CS_MAX_OPTIONS];
  size_t n_options;
  const char *output; ///< Name inside the folder.
  /// Every file that it may write, as names inside the folder.
  const char **files;
  size_t n_files;
  double share; ///< Of the list that was read when it came; -1 unknown.
  CsJobFate fate;
  bool was_missed; ///< A kept cue misses a hard property.
  const char *why; ///< One sentence; NULL where all is well.
  const char *row; ///< One line of JSON with its end, once the fate is known.
} CsBatchJob;

/// Put options together, name the output where the job does not, and claim its
/// files. What is wrong becomes the fate CS_JOB_FAILED.
///
/// @param seen  The files that earlier jobs of the list claimed.
/// @return CS_ERR_MEMORY.
CS_NODISCARD CsStatus cs_batch_job_prepare(CsBatchJob *job, CsSeen *seen);

/// Make the cue, or keep it, and write the row. On any thread.
///
/// @param goes_on  Asked while the work goes on; false leaves the job undone.
/// @return CS_ERR_MEMORY; every other failure is the job's fate.
CS_NODISCARD CsStatus cs_batch_job_do(
    CsBatchJob *job, int n_threads, CsProgressFn *goes_on, void *user);

#endif
