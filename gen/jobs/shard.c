#include "gen/jobs/shard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PARTS UINT64_C(1000000)

/// A scheduler and what it tells a task.
typedef struct Scheduler {
  const char *name;
  const char *index; ///< Variable with the task's number.
  const char *size;  ///< Variable with the count of tasks, or NULL.
  const char *begin; ///< How it is asked for that number.
} Scheduler;

static const Scheduler schedulers[] = {
    {"slurm", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT",
        "submit with sbatch --array=0-7"},
    {"k8s", "JOB_COMPLETION_INDEX", NULL,
        "give the Job completionMode: Indexed"},
    {"aws", "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE",
        "submit with --array-properties size=8"},
};

enum { N_SCHEDULERS = sizeof schedulers / sizeof *schedulers };

/// A whole number that ends where `end` says.
static bool
read_whole(const char *text, char end, uint64_t *number, const char **rest)
{
  char *stop = NULL;
  errno      = 0;
  if (text[0] < '0' || text[0] > '9')
    return false;
  *number = strtoull(text, &stop, 10);
  *rest   = stop;
  return errno == 0 && *stop == end;
}

static CsStatus
read_count(CsArena *arena, const char *text, const char *count, uint64_t *n)
{
  const char *rest = NULL;
  if (read_whole(count, '\0', n, &rest) && *n >= 1 && *n <= MOST_PARTS)
    return CS_OK;
  return cs_fail(arena, CS_ERR_REQUEST,
      "--shard %s: \"%s\" is no count of parts; give 1..1000000", text, count);
}

static CsStatus
check_index(CsArena *arena, const char *text, const CsShard *shard)
{
  if (shard->index < shard->n)
    return CS_OK;
  return cs_fail(arena, CS_ERR_REQUEST,
      "--shard %s: there is no part %llu of %llu; parts count from 0 to %llu",
      text, (unsigned long long)shard->index, (unsigned long long)shard->n,
      (unsigned long long)(shard->n - 1));
}

static CsStatus
read_variable(CsArena *arena, const char *text, const Scheduler *scheduler,
    const char *name, CsVariable *variable, uint64_t *number)
{
  const char *value = variable(name);
  const char *rest  = NULL;
  if (value == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "--shard %s: %s is not set, so this is no task of an array; %s", text,
        name, scheduler->begin);
  if (!read_whole(value, '\0', number, &rest))
    return cs_fail(arena, CS_ERR_REQUEST,
        "--shard %s: %s is \"%s\", no whole number; %s", text, name, value,
        scheduler->begin);
  return CS_OK;
}

/// The part of a Slurm array that tells its whole shape.
static CsStatus
read_slurm(
    CsArena *arena, const char *text, CsVariable *variable, CsShard *shard)
{
  static const char *const names[] = {"SLURM_ARRAY_TASK_ID",
      "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP",
      "SLURM_ARRAY_TASK_COUNT"};
  uint64_t v[5];
  for (size_t i = 0; i < 5; i++)
    CS_TRY(
        read_variable(arena, text, &schedulers[0], names[i], variable, &v[i]));
  const uint64_t id = v[0], min = v[1], max = v[2], step = v[3], count = v[4];
  const bool is_whole = step > 0 && min <= id && id <= max &&
                        (id - min) % step == 0 && count <= MOST_PARTS &&
                        (max - min) / step + 1 == count;
  if (!is_whole)
    return cs_fail(arena, CS_ERR_REQUEST,
        "--shard slurm: the array has gaps (%llu tasks in %llu..%llu), so it "
        "does not say how many parts there are; give their count, --shard "
        "slurm/N, for an array that was 0..N-1 when it was whole",
        (unsigned long long)count, (unsigned long long)min,
        (unsigned long long)max);
  if (count == 1 && min > 0)
    return cs_fail(arena, CS_ERR_REQUEST,
        "--shard slurm: task %llu alone was submitted, which looks like one "
        "of a larger array again; give the count of its parts, --shard "
        "slurm/N",
        (unsigned long long)min);
  *shard = (CsShard){(id - min) / step, count};
  return CS_OK;
}

static CsStatus
read_scheduler(CsArena *arena, const char *text, const Scheduler *scheduler,
    const char *count, CsVariable *variable, CsShard *shard)
{
  if (count == NULL && scheduler == &schedulers[0])
    return read_slurm(arena, text, variable, shard);
  CS_TRY(read_variable(
      arena, text, scheduler, scheduler->index, variable, &shard->index));
  if (count == NULL && scheduler->size != NULL)
    count = variable(scheduler->size);
  if (count == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "--shard %s: nothing says how many parts there are; give their count, "
        "--shard %s/N",
        text, scheduler->name);
  CS_TRY(read_count(arena, text, count, &shard->n));
  return check_index(arena, text, shard);
}

CsStatus
cs_shard_read(
    CsArena *arena, const char *text, CsVariable *variable, CsShard *shard)
{
  const size_t n_name = strcspn(text, "/");
  const char *count   = text[n_name] == '/' ? text + n_name + 1 : NULL;
  const char *rest    = NULL;
  *shard              = (CsShard){0, 0};
  for (size_t i = 0; i < N_SCHEDULERS; i++)
    if (strlen(schedulers[i].name) == n_name &&
        memcmp(text, schedulers[i].name, n_name) == 0)
      return read_scheduler(
          arena, text, &schedulers[i], count, variable, shard);
  if (!read_whole(text, '/', &shard->index, &rest))
    return cs_fail(arena, CS_ERR_REQUEST,
        "--shard \"%s\" does not work; give a part such as 0/8, or slurm, k8s "
        "or aws with /N",
        text);
  CS_TRY(read_count(arena, text, rest + 1, &shard->n));
  return check_index(arena, text, shard);
}

bool
cs_shard_has(const CsShard *shard, uint64_t job_index)
{
  return shard->n == 0 || job_index % shard->n == shard->index;
}
