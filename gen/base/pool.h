/// Threads that run lanes of work ahead of a reader.
///
/// A lane is a row of steps 0, 1, 2 ... that must be done in order; different
/// lanes are independent. The reader consumes step after step of all lanes at
/// once; a lane runs at most CS_POOL_AHEAD steps ahead of it.
#ifndef CS_GEN_BASE_POOL_H
#define CS_GEN_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Steps of a lane that may be done and not yet consumed.
enum { CS_POOL_AHEAD = 8 };

typedef struct CsPool CsPool;

/// Do a step of a lane. @return false when it failed: all work stops then.
typedef bool CsPoolFn(void *user, size_t lane, int64_t step);

/// Do something that a step to come will need, the next of which is `step`.
///
/// @return false when there is nothing to do until the reader has moved.
typedef bool CsPoolAheadFn(void *user, size_t lane, int64_t step);

typedef struct CsPoolWork {
  CsPoolFn *step;
  CsPoolAheadFn *ahead; ///< What threads do when all lanes are far enough; may
                        ///< be NULL.
  void *user;
} CsPoolWork;

/// Start. The reader works too while it waits, so that `n_threads` 1 starts no
/// thread; where the system refuses threads, the work is done by fewer.
///
/// @return NULL when memory is short.
CsPool *cs_pool_new(const CsPoolWork *work, size_t n_lanes, int n_threads);

/// Wait until the reader's step is done in every lane. @return false when some
/// step failed.
bool cs_pool_await(CsPool *pool);

/// The reader is done with its step and goes to the next.
void cs_pool_consume(CsPool *pool);

/// Stop after the steps that are under way, and join. NULL is accepted.
void cs_pool_free(CsPool *pool);

#endif
