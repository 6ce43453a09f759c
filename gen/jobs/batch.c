#include "gen/jobs/batch.h"

#include "gen/io/output.h"
#include "gen/jobs/crew.h"
#include "gen/jobs/inside.h"
#include "gen/jobs/manifest.h"
#include "gen/jobs/sweep.h"

#include <string.h>

typedef struct Batch {
  CsArena *arena;
  const CsBatchWish *wish;
  CsBatchGround ground;
  CsJobList *list;
  CsSeen *seen;
  CsSweep sweep;
  CsOutputs *outputs;
  const char *manifest;
  int manifest_fd;
  CsBatchCounts *counts;
} Batch;

// ---- Handing out ------------------------------------------------------------

/// The next job of the list, of this part or not.
static CsStatus
read_job(Batch *batch, CsArena *arena, CsBatchJob **job, CsSupply *supply)
{
  *job = CS_NEW(arena, CsBatchJob);
  CS_TRY_NEW(*job);
  **job = (CsBatchJob){.arena = arena, .ground = &batch->ground};
  CS_TRY(cs_job_list_next(arena, batch->list, &(*job)->listed, supply));
  if (*supply != CS_SUPPLY_LINE)
    return CS_OK;
  (*job)->share = cs_job_list_share(batch->list);
  return cs_batch_job_prepare(*job, batch->seen);
}

static CsStatus
next_job(void *user, void **out, bool *ended)
{
  Batch *batch = user;
  for (;;) {
    CsBatchJob *job = NULL;
    CsSupply supply = CS_SUPPLY_END;
    CsArena *arena  = cs_arena_new(NULL);
    const CsStatus status =
        arena != NULL ? read_job(batch, arena, &job, &supply) : CS_ERR_MEMORY;
    const bool is_mine = status == CS_OK && supply == CS_SUPPLY_LINE &&
                         cs_shard_has(&batch->wish->shard, job->listed.index);
    if (!is_mine)
      cs_arena_free(arena);
    CS_TRY(status);
    *ended = supply == CS_SUPPLY_END;
    if (supply != CS_SUPPLY_LINE)
      return CS_OK;
    if (!is_mine)
      continue;
    for (size_t i = 0; i < job->n_files; i++)
      cs_sweep_output(&batch->sweep, batch->ground.folder, job->files[i]);
    *out = job;
    return CS_OK;
  }
}

// ---- The work ---------------------------------------------------------------

static bool
goes_on(void *user, const char *stage, double share)
{
  (void)stage, (void)share;
  return !cs_crew_is_stopping(user);
}

static void
do_job(void *user, void *it, const CsCrew *crew)
{
  CsBatchJob *job = it;
  (void)user;
  if (job->fate != CS_JOB_UNDONE)
    return;
  // Without memory for its failure the job stays undone, which ends the run.
  if (cs_batch_job_do(job, cs_crew_job_threads(crew), goes_on,
          (void *)(uintptr_t)crew) != CS_OK)
    job->fate = CS_JOB_UNDONE;
}

// ---- What becomes of jobs ---------------------------------------------------

static void
count(CsBatchCounts *counts, const CsBatchJob *job)
{
  switch (job->fate) {
  case CS_JOB_UNDONE:
    break;
  case CS_JOB_FAILED:
    counts->n_failed++;
    break;
  case CS_JOB_MISSED:
    counts->n_missed++;
    counts->n_made++;
    break;
  case CS_JOB_MADE:
    counts->n_made++;
    break;
  case CS_JOB_KEPT:
    counts->n_kept++;
    counts->n_missed += job->was_missed;
    break;
  }
  counts->share = job->share;
}

static CsStatus
put_row(Batch *batch, const CsBatchJob *job)
{
  return cs_write_all(batch->arena, batch->manifest_fd, batch->manifest,
      job->row, strlen(job->row));
}

static CsStatus
end_job(void *user, void *it)
{
  Batch *batch    = user;
  CsBatchJob *job = it;
  CsStatus status = CS_OK;
  if (job->fate == CS_JOB_UNDONE)
    status = CS_ERR_MEMORY; // after a stop nobody looks at it
  else
    count(batch->counts, job);
  if (status == CS_OK)
    status = put_row(batch, job);
  if (status == CS_OK)
    status = batch->wish->tell(batch->wish->user, job, batch->counts);
  cs_arena_free(job->arena);
  return status;
}

static bool
ask(void *user)
{
  const Batch *batch = user;
  return batch->wish->goes_on(batch->wish->user, batch->counts);
}

// ---- The run ----------------------------------------------------------------

static CsStatus
open_all(Batch *batch)
{
  const CsBatchWish *wish = batch->wish;
  const char *name        = NULL;
  CS_TRY(cs_job_list_open(batch->arena, wish->jobs, &batch->list));
  CS_TRY(cs_inside_open(batch->arena, batch->ground.folder));
  batch->seen = cs_seen_new();
  CS_TRY_NEW(batch->seen);
  CS_TRY(cs_manifest_name(batch->arena, &wish->shard, &name));
  if (wish->ground.resumes) {
    CS_TRY(cs_sweep_find(batch->arena, batch->ground.folder, &batch->sweep));
    cs_sweep_output(&batch->sweep, batch->ground.folder, name);
  }
  CS_TRY(cs_inside_path(
      batch->arena, batch->ground.folder, "manifest", name, &batch->manifest));
  CS_TRY(cs_outputs_new(batch->arena, &batch->outputs));
  return cs_outputs_open(
      batch->arena, batch->outputs, batch->manifest, &batch->manifest_fd);
}

static CsStatus
run(Batch *batch)
{
  const CsCrewTask task = {.user = batch,
      .next                      = next_job,
      .work                      = do_job,
      .done                      = end_job,
      .goes_on                   = ask,
      .n_threads                 = batch->wish->n_threads};
  CS_TRY(open_all(batch));
  CS_TRY(cs_crew_run(&task));
  return cs_outputs_commit(batch->arena, batch->outputs);
}

CsStatus
cs_batch_run(const CsEngine *engine, CsArena *arena, const CsBatchWish *wish,
    CsBatchCounts *counts)
{
  Batch batch           = {.arena = arena,
                .wish             = wish,
                .ground           = wish->ground,
                .manifest_fd      = -1,
                .counts           = counts};
  batch.ground.engine   = engine;
  *counts               = (CsBatchCounts){.share = -1.0};
  const CsStatus status = run(&batch);
  cs_outputs_free(batch.outputs);
  cs_seen_free(batch.seen);
  cs_job_list_close(batch.list);
  return status;
}
