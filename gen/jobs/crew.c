#include "gen/jobs/crew.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
  MAX_THREADS     = 256,
  WAITING_PER_ONE = 2, ///< Jobs read ahead for each thread.
  TICK_MS         = 100,
  NS_PER_MS       = 1000000,
  NS_PER_S        = 1000000000,
};

typedef enum SlotState {
  SLOT_WAITING, ///< Handed out, nobody does it yet.
  SLOT_BUSY,
  SLOT_BACK, ///< Done or left undone; the consumer has not seen it.
  SLOT_SEEN, ///< Only its turn is missing.
} SlotState;

typedef struct Slot {
  void *job;
  SlotState state;
} Slot;

struct CsCrew {
  const CsCrewTask *task;
  pthread_mutex_t mutex;
  pthread_cond_t wanted;  ///< A job waits, or the end.
  pthread_cond_t changed; ///< A job is back.
  Slot slots[CS_CREW_WINDOW];
  uint64_t first, begun, end; ///< Counts of jobs; slot = count % window.
  bool has_ended;             ///< No job will come.
  bool must_leave;            ///< The threads shall end.
  atomic_bool is_stopping;
  int n_job_threads;
  size_t n_threads;
  pthread_t threads[MAX_THREADS];
};

int
cs_crew_job_threads(const CsCrew *crew)
{
  return crew->n_job_threads;
}

bool
cs_crew_is_stopping(const CsCrew *crew)
{
  return atomic_load(&crew->is_stopping);
}

static Slot *
slot_at(CsCrew *crew, uint64_t count)
{
  return &crew->slots[count % CS_CREW_WINDOW];
}

// ---- The crew's threads -----------------------------------------------------

/// Called with the mutex held, which is let go during the work.
static void
do_next(CsCrew *crew)
{
  Slot *slot  = slot_at(crew, crew->begun++);
  slot->state = SLOT_BUSY;
  pthread_mutex_unlock(&crew->mutex);
  crew->task->work(crew->task->user, slot->job, crew);
  pthread_mutex_lock(&crew->mutex);
  slot->state = SLOT_BACK;
  pthread_cond_signal(&crew->changed);
}

static void *
live(void *user)
{
  CsCrew *crew = user;
  pthread_mutex_lock(&crew->mutex);
  while (!crew->must_leave) {
    if (crew->begun < crew->end)
      do_next(crew);
    else
      pthread_cond_wait(&crew->wanted, &crew->mutex);
  }
  pthread_mutex_unlock(&crew->mutex);
  return NULL;
}

/// Signals stay with the thread of the caller.
static void
start_threads(CsCrew *crew, size_t n_wanted)
{
  sigset_t all, before;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
    return;
  while (crew->n_threads < n_wanted &&
         pthread_create(&crew->threads[crew->n_threads], NULL, live, crew) == 0)
    crew->n_threads++;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void
end_threads(CsCrew *crew)
{
  pthread_mutex_lock(&crew->mutex);
  crew->must_leave = true;
  pthread_cond_broadcast(&crew->wanted);
  pthread_mutex_unlock(&crew->mutex);
  for (size_t i = 0; i < crew->n_threads; i++)
    pthread_join(crew->threads[i], NULL);
}

// ---- The consumer -----------------------------------------------------------

/// Jobs that nobody has begun come back as they are.
static void
leave_undone(CsCrew *crew)
{
  atomic_store(&crew->is_stopping, true);
  crew->has_ended = true;
  for (; crew->begun < crew->end; crew->begun++)
    slot_at(crew, crew->begun)->state = SLOT_BACK;
}

static void
note(CsCrew *crew, CsStatus status, CsStatus *kept)
{
  if (status != CS_OK && *kept == CS_OK)
    *kept = status;
  if (status != CS_OK)
    leave_undone(crew);
}

/// Take jobs from the task while threads could want them. Mutex held.
static void
hand_out(CsCrew *crew, CsStatus *status)
{
  const size_t n_ahead = WAITING_PER_ONE * (crew->n_threads + 1);
  while (!crew->has_ended && crew->end - crew->first < CS_CREW_WINDOW &&
         crew->end - crew->begun < n_ahead) {
    void *job = NULL;
    pthread_mutex_unlock(&crew->mutex);
    const CsStatus told =
        crew->task->next(crew->task->user, &job, &crew->has_ended);
    pthread_mutex_lock(&crew->mutex);
    if (told != CS_OK) {
      crew->has_ended = true;
      *status         = *status == CS_OK ? told : *status;
    }
    if (job == NULL)
      return;
    *slot_at(crew, crew->end++) = (Slot){job, SLOT_WAITING};
    pthread_cond_signal(&crew->wanted);
  }
}

/// Give back what came. Mutex held, let go during the calls.
static void
give_back(CsCrew *crew, CsStatus *status)
{
  const CsCrewTask *task = crew->task;
  for (uint64_t i = crew->first; i < crew->begun; i++) {
    Slot *slot = slot_at(crew, i);
    if (slot->state != SLOT_BACK)
      continue;
    slot->state = SLOT_SEEN;
    pthread_mutex_unlock(&crew->mutex);
    if (task->came != NULL)
      task->came(task->user, slot->job);
    pthread_mutex_lock(&crew->mutex);
  }
  while (crew->first < crew->begun &&
         slot_at(crew, crew->first)->state == SLOT_SEEN) {
    void *job = slot_at(crew, crew->first)->job;
    pthread_mutex_unlock(&crew->mutex);
    const CsStatus told = task->done(task->user, job);
    pthread_mutex_lock(&crew->mutex);
    crew->first++;
    note(crew, told, status);
  }
}

/// Mutex held.
static void
wait_for_change(CsCrew *crew)
{
  struct timespec until;
  if (crew->n_threads == 0 && crew->begun < crew->end) {
    do_next(crew);
    return;
  }
  (void)clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += TICK_MS * NS_PER_MS;
  until.tv_sec += until.tv_nsec / NS_PER_S;
  until.tv_nsec %= NS_PER_S;
  (void)pthread_cond_timedwait(&crew->changed, &crew->mutex, &until);
}

static bool
has_news(CsCrew *crew)
{
  for (uint64_t i = crew->first; i < crew->begun; i++)
    if (slot_at(crew, i)->state == SLOT_BACK)
      return true;
  return false;
}

static CsStatus
consume(CsCrew *crew)
{
  const CsCrewTask *task = crew->task;
  CsStatus status        = CS_OK;
  pthread_mutex_lock(&crew->mutex);
  for (;;) {
    hand_out(crew, &status);
    give_back(crew, &status);
    if (crew->has_ended && crew->first == crew->end)
      break;
    if (!has_news(crew))
      wait_for_change(crew);
    pthread_mutex_unlock(&crew->mutex);
    const bool goes_on = task->goes_on == NULL || task->goes_on(task->user);
    pthread_mutex_lock(&crew->mutex);
    if (!goes_on)
      note(crew, CS_ERR_CANCELLED, &status);
  }
  pthread_mutex_unlock(&crew->mutex);
  return status;
}

// ---- Begin and end ----------------------------------------------------------

static size_t
n_cores(void)
{
  const long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > MAX_THREADS ? MAX_THREADS : (size_t)n;
}

static bool
make_conditions(CsCrew *crew)
{
  pthread_condattr_t steady; // a clock that nobody sets
  if (pthread_condattr_init(&steady) != 0)
    return false;
  bool made = pthread_condattr_setclock(&steady, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(&crew->changed, &steady) == 0;
  if (made && pthread_cond_init(&crew->wanted, NULL) != 0) {
    pthread_cond_destroy(&crew->changed);
    made = false;
  }
  pthread_condattr_destroy(&steady);
  return made;
}

CsStatus
cs_crew_run(const CsCrewTask *task)
{
  const size_t n_wanted =
      task->n_threads > 0 ? (size_t)task->n_threads : n_cores();
  size_t n_members = n_wanted > MAX_THREADS ? MAX_THREADS : n_wanted;
  if (task->n_jobs > 0 && task->n_jobs < n_members)
    n_members = task->n_jobs;
  CsCrew *crew = calloc(1, sizeof *crew);
  if (crew == NULL)
    return CS_ERR_MEMORY;
  crew->task          = task;
  crew->n_job_threads = (int)(n_wanted / n_members);
  if (pthread_mutex_init(&crew->mutex, NULL) != 0) {
    free(crew);
    return CS_ERR_MEMORY;
  }
  if (!make_conditions(crew)) {
    pthread_mutex_destroy(&crew->mutex);
    free(crew);
    return CS_ERR_MEMORY;
  }
  start_threads(crew, n_members);
  const CsStatus status = consume(crew);
  end_threads(crew);
  pthread_cond_destroy(&crew->wanted);
  pthread_cond_destroy(&crew->changed);
  pthread_mutex_destroy(&crew->mutex);
  free(crew);
  return status;
}
