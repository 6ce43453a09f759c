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
  bool has_failed;
  bool must_stop;
  size_t n_lanes;
  Lane *lanes;
  size_t n_threads;
  pthread_t *threads;
};

/// The idle lane that is furthest behind and may go on, or NULL.
static Lane *
find_work(CsPool *pool)
{
  Lane *found = NULL;
  for (size_t i = 0; i < pool->n_lanes; i++) {
    Lane *lane = &pool->lanes[i];
    if (lane->is_busy || lane->next_step >= pool->read_step + CS_POOL_AHEAD)
      continue;
    if (found == NULL || lane->next_step < found->next_step)
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

static void *
work(void *user)
{
  CsPool *pool = user;
  pthread_mutex_lock(&pool->mutex);
  while (!pool->must_stop && !pool->has_failed) {
    Lane *lane  = find_work(pool);
    Lane *ahead = lane == NULL ? find_work_ahead(pool) : NULL;
    if (lane != NULL)
      do_step(pool, lane);
    else if (ahead != NULL)
      do_ahead(pool, ahead);
    else
      pthread_cond_wait(&pool->changed, &pool->mutex);
  }
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
  pool->work    = *work_to_do;
  pool->n_lanes = n_lanes;
  pool->lanes   = calloc(n_lanes + 1, sizeof *pool->lanes);
  pool->threads = calloc(n_workers + 1, sizeof *pool->threads);
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
is_step_done(const CsPool *pool)
{
  for (size_t i = 0; i < pool->n_lanes; i++) {
    if (pool->lanes[i].next_step <= pool->read_step)
      return false;
  }
  return true;
}

bool
cs_pool_await(CsPool *pool)
{
  pthread_mutex_lock(&pool->mutex);
  while (!pool->has_failed && !is_step_done(pool)) {
    Lane *lane = find_work(pool);
    if (lane != NULL)
      do_step(pool, lane);
    else
      pthread_cond_wait(&pool->changed, &pool->mutex);
  }
  const bool is_good = !pool->has_failed;
  pthread_mutex_unlock(&pool->mutex);
  return is_good;
}

void
cs_pool_consume(CsPool *pool)
{
  pthread_mutex_lock(&pool->mutex);
  pool->read_step++;
  for (size_t i = 0; i < pool->n_lanes; i++)
    pool->lanes[i].is_idle = false;
  pthread_cond_broadcast(&pool->changed);
  pthread_mutex_unlock(&pool->mutex);
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
