#include "gen/base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

typedef struct Lane {
  int64_t next_step;
  bool is_busy;
  bool is_idle; ///< Has nothing to do ahead until the reader moves.
} Lane;

struct CsPool {
  CsPoolWork work;
  pthread_mutex_t mutex;
  pthread_cond_t changed; ///< A lane moved, the reader moved, or stop.
  int64_t read_step;
  int64_t n_allowed; ///< Steps below this may be done.
  bool has_failed;
  bool must_stop;
  size_t n_lanes;
  Lane *lanes;
  size_t n_threads;
  pthread_t *threads;
};

/// May a lane's next step be done, and is there what it needs?
static bool
may_go_on(const CsPool *pool, size_t i)
{
  const Lane *lane = &pool->lanes[i];
  return !lane->is_busy && lane->next_step < pool->n_allowed &&
         (!pool->work.is_chain || i == 0 ||
             lane->next_step < pool->lanes[i - 1].next_step);
}

/// The first link of a chain that may go on, so that others find work behind
/// it; of lanes that are no chain, and for who waits, that furthest behind.
/// NULL where there is none.
static Lane *
find_work(CsPool *pool, bool is_waiting)
{
  const bool takes_first = pool->work.is_chain && !is_waiting;
  Lane *found            = NULL;
  for (size_t i = 0; i < pool->n_lanes; i++) {
    Lane *lane = &pool->lanes[i];
    if (may_go_on(pool, i) &&
        (found == NULL || (!takes_first && lane->next_step < found->next_step)))
      found = lane;
  }
  return found;
}

/// Called with the mutex held, which is let go during the work.
static void
do_step(CsPool *pool, Lane *lane)
{
  const size_t index = (size_t)(lane - pool->lanes);
  const int64_t step = lane->next_step;
  lane->is_busy      = true;
  pthread_mutex_unlock(&pool->mutex);
  const bool is_done = pool->work.step(pool->work.user, index, step);
  pthread_mutex_lock(&pool->mutex);
  lane->is_busy = false;
  lane->next_step++;
  pool->has_failed = pool->has_failed || !is_done;
  pthread_cond_broadcast(&pool->changed);
}

/// The lane that is furthest behind of those with something to do ahead.
static Lane *
find_work_ahead(CsPool *pool)
{
  Lane *found = NULL;
  for (size_t i = 0; i < pool->n_lanes && pool->work.ahead != NULL; i++) {
    Lane *lane = &pool->lanes[i];
    if (!lane->is_busy && !lane->is_idle &&
        (found == NULL || lane->next_step < found->next_step))
      found = lane;
  }
  return found;
}

/// Called with the mutex held, as do_step() is.
static void
do_ahead(CsPool *pool, Lane *lane)
{
  const size_t index = (size_t)(lane - pool->lanes);
  const int64_t step = lane->next_step;
  lane->is_busy      = true;
  pthread_mutex_unlock(&pool->mutex);
  const bool is_done = pool->work.ahead(pool->work.user, index, step);
  pthread_mutex_lock(&pool->mutex);
  lane->is_busy = false;
  lane->is_idle = !is_done;
  pthread_cond_broadcast(&pool->changed);
}

/// Do a step, or something ahead, as do_step(). @return false where there is
/// neither.
static bool
do_something(CsPool *pool, bool is_waiting)
{
  Lane *lane  = find_work(pool, is_waiting);
  Lane *ahead = lane == NULL ? find_work_ahead(pool) : NULL;
  if (lane != NULL)
    do_step(pool, lane);
  else if (ahead != NULL)
    do_ahead(pool, ahead);
  return lane != NULL || ahead != NULL;
}

static void *
work(void *user)
{
  CsPool *pool = user;
  pthread_mutex_lock(&pool->mutex);
  while (!pool->must_stop && !pool->has_failed)
    if (!do_something(pool, false))
      pthread_cond_wait(&pool->changed, &pool->mutex);
  pthread_mutex_unlock(&pool->mutex);
  return NULL;
}

/// Signals stay with the threads of the caller.
static void
start_threads(CsPool *pool, size_t n_wanted)
{
  sigset_t all, before;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
    return;
  while (pool->n_threads < n_wanted &&
         pthread_create(&pool->threads[pool->n_threads], NULL, work, pool) == 0)
    pool->n_threads++;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

CsPool *
cs_pool_new(const CsPoolWork *work_to_do, size_t n_lanes, int n_threads)
{
  size_t n_workers = n_threads > 1 ? (size_t)(n_threads - 1) : 0;
  n_workers        = n_workers > n_lanes ? n_lanes : n_workers;
  CsPool *pool     = calloc(1, sizeof *pool);
  if (pool == NULL)
    return NULL;
  pool->work      = *work_to_do;
  pool->n_allowed = work_to_do->is_fed ? 0 : CS_POOL_AHEAD;
  pool->n_lanes   = n_lanes;
  pool->lanes     = calloc(n_lanes + 1, sizeof *pool->lanes);
  pool->threads   = calloc(n_workers + 1, sizeof *pool->threads);
  if (pool->lanes == NULL || pool->threads == NULL ||
      pthread_mutex_init(&pool->mutex, NULL) != 0)
    goto no_mutex;
  if (pthread_cond_init(&pool->changed, NULL) != 0)
    goto no_condition;
  start_threads(pool, n_workers);
  return pool;

no_condition:
  pthread_mutex_destroy(&pool->mutex);
no_mutex:
  free(pool->threads);
  free(pool->lanes);
  free(pool);
  return NULL;
}

static bool
is_step_done(const CsPool *pool, int64_t step)
{
  for (size_t i = 0; i < pool->n_lanes; i++) {
    if (pool->lanes[i].next_step <= step)
      return false;
  }
  return true;
}

/// Called with the mutex held.
static bool
wait_for(CsPool *pool, int64_t step)
{
  while (!pool->has_failed && !is_step_done(pool, step))
    if (!do_something(pool, true))
      pthread_cond_wait(&pool->changed, &pool->mutex);
  return !pool->has_failed;
}

bool
cs_pool_await(CsPool *pool)
{
  pthread_mutex_lock(&pool->mutex);
  const bool is_good = wait_for(pool, pool->read_step);
  pthread_mutex_unlock(&pool->mutex);
  return is_good;
}

void
cs_pool_consume(CsPool *pool)
{
  pthread_mutex_lock(&pool->mutex);
  pool->read_step++;
  pool->n_allowed++;
  for (size_t i = 0; i < pool->n_lanes; i++)
    pool->lanes[i].is_idle = false;
  pthread_cond_broadcast(&pool->changed);
  pthread_mutex_unlock(&pool->mutex);
}

bool
cs_pool_feed(CsPool *pool)
{
  pthread_mutex_lock(&pool->mutex);
  pool->n_allowed++;
  pthread_cond_broadcast(&pool->changed);
  const bool is_good = wait_for(pool, pool->n_allowed - CS_POOL_AHEAD);
  pthread_mutex_unlock(&pool->mutex);
  return is_good;
}

bool
cs_pool_settle(CsPool *pool)
{
  pthread_mutex_lock(&pool->mutex);
  const bool is_good = wait_for(pool, pool->n_allowed - 1);
  pthread_mutex_unlock(&pool->mutex);
  return is_good;
}

void
cs_pool_free(CsPool *pool)
{
  if (pool == NULL)
    return;
  pthread_mutex_lock(&pool->mutex);
  pool->must_stop = true;
  pthread_cond_broadcast(&pool->changed);
  pthread_mutex_unlock(&pool->mutex);
  for (size_t i = 0; i < pool->n_threads; i++)
    pthread_join(pool->threads[i], NULL);
  pthread_cond_destroy(&pool->changed);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->threads);
  free(pool->lanes);
  free(pool);
}
