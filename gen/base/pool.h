/// Threads that run lanes of work, ahead of a reader or behind a feeder.
///
/// A lane is a row of steps 0, 1, 2 ... that must be done in order; different
/// lanes are independent, or hand their steps on in a chain. A reader consumes
/// step after step of all lanes at once; a lane runs at most CS_POOL_AHEAD
/// steps ahead of it. Or steps are fed, and lanes fall at most as many behind.
/// Who waits for lanes does some of their work.
#ifndef CS_GEN_BASE_POOL_H
#define CS_GEN_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Steps of a lane that may be done and not yet consumed, or fed and not done.
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
  bool is_chain; ///< A lane's step needs that of the lane before it.
  bool is_fed;   ///< By cs_pool_feed(); else it runs ahead.
} CsPoolWork;

/// Start. `n_threads` 1 is the caller's and starts no other; where the system
/// refuses threads, the work is done by fewer.
///
/// @return NULL when memory is short.
CsPool *cs_pool_new(const CsPoolWork *work, size_t n_lanes, int n_threads);

/// Wait until the reader's step is done in every lane. @return false when some
/// step failed.
bool cs_pool_await(CsPool *pool);

/// The reader is done with its step and goes to the next.
void cs_pool_consume(CsPool *pool);

/// One more step may be done. Comes back when the step CS_POOL_AHEAD before the
/// next is done, so that what it was fed with may be overwritten. @return false
/// when some step failed.
bool cs_pool_feed(CsPool *pool);

/// Wait until all is done that was fed. @return false when some step failed.
bool cs_pool_settle(CsPool *pool);

/// Stop after the steps that are under way, and join. NULL is accepted.
void cs_pool_free(CsPool *pool);

#endif
