/// The jobs of a list: each a prompt and options by name. In JSON Lines a job
/// is an object, {"prompt": "calm bed", "duration": 30, "loop": true}; in CSV a
/// row under a header of the same names.
#ifndef CS_GEN_JOBS_JOB_LIST_H
#define CS_GEN_JOBS_JOB_LIST_H

#include "gen/jobs/lines.h"
#include "gen/options.h"

/// A job as the list has it.
typedef struct CsListedJob {
  uint64_t line;      ///< Of the list, from 1.
  uint64_t index;     ///< Among the jobs, from 0; broken ones count.
  const char *prompt; ///< NULL where none is given.
  CsGivenOption options[CS_MAX_OPTIONS]; ///< Each name once.
  size_t n_options;
  const char *fault; ///< NULL, or why the line is no job.
} CsListedJob;

typedef struct CsJobList CsJobList;

/// @param path  "-" is standard input.
CS_NODISCARD CsStatus cs_job_list_open(
    CsArena *arena, const char *path, CsJobList **list);

/// The next job.
///
/// @param arena  Owns the job's texts. A line that cannot be used is no failure
///               of the call: job->fault says what is wrong.
/// @return CS_ERR_REQUEST for a header of CSV that cannot be used, and for a
///         list without any job; CS_ERR_WORK when reading fails. The arena that
///         the list was opened with has the sentence.
CS_NODISCARD CsStatus cs_job_list_next(
    CsArena *arena, CsJobList *list, CsListedJob *job, CsSupply *supply);

/// See cs_lines_share().
double cs_job_list_share(const CsJobList *list);

/// NULL is accepted.
void cs_job_list_close(CsJobList *list);

#endif
