/// A crew of threads that do independent jobs, and one consumer that gets every
/// job back in the order in which it was handed out. What comes back is the
/// same for any number of threads.
#ifndef CS_GEN_JOBS_CREW_H
#define CS_GEN_JOBS_CREW_H

#include "gen/cuesmith.h"

/// Jobs that may be done and wait for an earlier one.
enum { CS_CREW_WINDOW = 1024 };

typedef struct CsCrew CsCrew;

/// What a crew is for. `work` alone runs on the crew's threads; all others run
/// on the thread that called cs_crew_run(), one at a time.
typedef struct CsCrewTask {
  void *user; ///< Handed to every call.

  /// Hand out the next job, or leave *job NULL: none is there yet, or, with
  /// *ended set, none will come. A failure ends the handing out; jobs that
  /// were handed out are done, and cs_crew_run() returns it.
  CsStatus (*next)(void *user, void **job, bool *ended);

  /// Do a job. What becomes of it, a failure too, is written into the job.
  void (*work)(void *user, void *job, const CsCrew *crew);

  /// A job came back, in any order. May be NULL.
  void (*came)(void *user, void *job);

  /// A job came back, in the order of handing out. Every job comes here once,
  /// also those that a stop left undone: free it here. A failure stops the
  /// crew, and cs_crew_run() returns it.
  CsStatus (*done)(void *user, void *job);

  /// Asked some ten times a second. @return false to stop: jobs under way are
  /// told (cs_crew_is_stopping()), the others are left undone. May be NULL.
  bool (*goes_on)(void *user);

  int n_threads; ///< 0: all cores.
  size_t n_jobs; ///< How many there will be; 0 where nobody knows.
} CsCrewTask;

/// Run all jobs. Where the system refuses threads, fewer do the work.
///
/// @return The first failure of `next` or `done`; CS_ERR_CANCELLED when
///         `goes_on` said no; CS_ERR_MEMORY.
CS_NODISCARD CsStatus cs_crew_run(const CsCrewTask *task);

/// Threads that a job may use inside: 1 while the crew has several members and
/// jobs enough for them.
int cs_crew_job_threads(const CsCrew *crew);

/// Should a job under way end early? For a job's progress function. Safe on any
/// thread.
bool cs_crew_is_stopping(const CsCrew *crew);

#endif
