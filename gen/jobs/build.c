#include "gen/jobs/build.h"

#include "gen/io/output.h"
#include "gen/jobs/crew.h"
#include "gen/jobs/inside.h"
#include "gen/jobs/sweep.h"

#include <stdio.h>
#include <string.h>

/// What one build shares while it runs.
typedef struct Builder {
  CsArena *arena;
  CsArena *scratch; ///< For what is needed for one part.
  const CsBuildWish *wish;
  CsCourseBuild *build;
  size_t next; ///< Row to be handed out next.
  size_t n_due, n_done;
  size_t problems_capacity;
} Builder;

/// A part under way.
typedef struct Task {
  Builder *builder;
  CsPartRow *row;
  const char *path;
  const CsCrew *crew; ///< That does it.
  CsStatus status;
  char sha256[65];
  double n_bytes;
  bool is_done;
} Task;

static const char *
copy(CsArena *arena, const char *text)
{
  return cs_arena_copy(arena, text, strlen(text));
}

static bool
goes_on(void *user)
{
  Builder *b = user;
  return b->wish->on_progress == NULL ||
         b->wish->on_progress(b->wish->user, b->n_done, b->n_due);
}

// ---- What is due ------------------------------------------------------------

static CsStatus
add_problem(Builder *b, const char *problem)
{
  CsStrings *list = &b->build->problems;
  void *items     = list->items;
  CS_TRY(cs_arena_grow(
      b->arena, &items, &b->problems_capacity, list->n + 1, sizeof problem));
  list->items            = items;
  list->items[list->n++] = problem;
  return CS_OK;
}

static CsStatus
add_warnings(
    CsArena *arena, const CsWarning *warnings, size_t n, CsStrings *list)
{
  for (size_t i = 0; i < n; i++) {
    list->items[list->n] =
        cs_arena_printf(arena, "%s: %s", warnings[i].code, warnings[i].message);
    CS_TRY_NEW(list->items[list->n]);
    list->n++;
  }
  return CS_OK;
}

static CsStatus
take_warnings(Builder *b, CsPartRow *row)
{
  const CsBrief *brief = row->piece->job->brief;
  const CsPlan *plan   = row->piece->job->plan;
  row->warnings.items =
      CS_NEW_N(b->arena, const char *, brief->n_warnings + plan->n_warnings);
  CS_TRY_NEW(row->warnings.items);
  CS_TRY(add_warnings(
      b->arena, brief->warnings, brief->n_warnings, &row->warnings));
  return add_warnings(
      b->arena, plan->warnings, plan->n_warnings, &row->warnings);
}

static CsStatus
decide(Builder *b, CsPartRow *row)
{
  CsCourseBuild *build       = b->build;
  const CsCoursePiece *piece = row->piece;
  if (piece->problem != NULL) {
    row->fate    = CS_PART_FAILED;
    row->problem = piece->problem;
    return CS_OK;
  }
  CS_TRY(take_warnings(b, row));
  CS_TRY(cs_request_text(b->arena, piece->part->prompt, piece->options,
      piece->n_options, &row->request));
  row->built = cs_build_state_find(&build->state, piece->part->output);
  CS_TRY(cs_rebuild_reason(b->arena, b->wish->folder, row->built, row->request,
      &build->ground, &row->why));
  row->fate = row->why == NULL ? CS_PART_KEPT : CS_PART_DUE;
  if (row->why != NULL) {
    row->built = NULL;
    b->n_due++;
  }
  return CS_OK;
}

static CsStatus
decide_all(Builder *b)
{
  CsCourseBuild *build     = b->build;
  const CsCoursePlan *plan = &build->plan;
  size_t n                 = 0;
  for (size_t u = 0; u < plan->n_units; u++)
    n += plan->units[u].n_pieces;
  build->rows = CS_NEW_N(b->arena, CsPartRow, n);
  CS_TRY_NEW(build->rows);
  for (size_t u = 0; u < plan->n_units; u++)
    for (size_t i = 0; i < plan->units[u].n_pieces; i++) {
      CsPartRow *row = &build->rows[build->n_rows++];
      *row           = (CsPartRow){
                    .unit = &plan->units[u], .piece = &plan->units[u].pieces[i]};
      CS_TRY(decide(b, row));
    }
  for (size_t i = 0; i < plan->problems.n; i++)
    CS_TRY(add_problem(b, plan->problems.items[i]));
  for (size_t i = 0; i < plan->n_pairs; i++)
    build->n_off += !cs_relation_holds(&plan->pairs[i].relation);
  return CS_OK;
}

// ---- Making parts -----------------------------------------------------------

static CsStatus
fail_row(Builder *b, CsPartRow *row, const char *why)
{
  row->fate    = CS_PART_FAILED;
  row->problem = cs_arena_printf(b->arena, "%s: %s (module \"%s\")",
      cs_json_place(b->arena, row->piece->part->node), why,
      row->unit->module->name);
  CS_TRY_NEW(row->problem);
  return add_problem(b, row->problem);
}

/// Find the place of a row's file.
///
/// @param path  Receives NULL where there is none; the row has failed then.
static CsStatus
find_path(Builder *b, CsPartRow *row, const char **path)
{
  const CsStatus status = cs_inside_path(
      b->arena, b->wish->folder, "output", row->piece->part->output, path);
  if (status != CS_ERR_REQUEST)
    return status;
  const char *why = copy(b->scratch, cs_arena_error(b->arena));
  CS_TRY_NEW(why);
  cs_arena_clear_error(b->arena);
  *path = NULL;
  return fail_row(b, row, why);
}

static CsStatus
next(void *user, void **job, bool *ended)
{
  Builder *b = user;
  *job       = NULL;
  for (; b->next < b->build->n_rows; b->next++) {
    CsPartRow *row   = &b->build->rows[b->next];
    const char *path = NULL;
    if (row->fate != CS_PART_DUE)
      continue;
    CS_TRY(find_path(b, row, &path));
    if (path == NULL)
      continue;
    Task *task = CS_NEW(b->arena, Task);
    CS_TRY_NEW(task);
    *task = (Task){.builder = b, .row = row, .path = path};
    *job  = task;
    b->next++;
    return CS_OK;
  }
  *ended = true;
  return CS_OK;
}

static bool
keep_going(void *user, const char *stage, double share)
{
  const Task *task = user;
  (void)stage, (void)share;
  return !cs_crew_is_stopping(task->crew);
}

static CsStatus
write_part(Task *task, CsJob *job, int n_threads)
{
  const char *soundfont = task->builder->wish->soundfont;
  char threads[16];
  (void)snprintf(threads, sizeof threads, "%d", n_threads);
  job->cache_folder = task->builder->wish->cache_folder;
  CS_TRY(cs_job_set(job, "output", task->path));
  CS_TRY(cs_job_set(job, "threads", threads));
  if (soundfont != NULL)
    CS_TRY(cs_job_set(job, "soundfont", soundfont));
  const CsStatus status = cs_job_write(job);
  if (status != CS_OK && status != CS_ERR_MISSED)
    return status;
  return cs_file_hash(job->arena, task->path, task->sha256, &task->n_bytes);
}

/// On a thread of the crew; the job belongs to it alone.
static void
work(void *user, void *job, const CsCrew *crew)
{
  (void)user;
  Task *task = job;
  CsJob *cue = task->row->piece->job;
  task->crew = crew;
  cs_job_on_progress(cue, keep_going, task);
  task->status  = write_part(task, cue, cs_crew_job_threads(crew));
  task->is_done = true;
}

static CsStatus
note_built(Builder *b, const Task *task)
{
  CsPartRow *row      = task->row;
  const CsJob *job    = row->piece->job;
  const bool is_sting = job->plan->function == CS_STINGER;
  const char *missed  = job->n_missed > 0 ? job->missed_text : "";
  CsBuilt *built      = CS_NEW(b->arena, CsBuilt);
  CS_TRY_NEW(built);
  *built = (CsBuilt){
      .output         = row->piece->part->output,
      .request        = row->request,
      .ground         = b->build->ground,
      .sha256         = copy(b->arena, task->sha256),
      .n_bytes        = task->n_bytes,
      .duration_s     = job->plan->duration_s,
      .lufs           = is_sting ? job->measured.momentary_lufs
                                 : job->measured.integrated_lufs,
      .true_peak_dbtp = job->measured.true_peak_dbtp,
      .missed         = copy(b->arena, missed),
  };
  CS_TRY_NEW(built->sha256);
  CS_TRY_NEW(built->missed);
  row->fate  = CS_PART_BUILT;
  row->built = built;
  CS_TRY(cs_build_state_put(b->arena, &b->build->state, built));
  return cs_build_state_write(b->scratch, b->wish->folder, &b->build->state);
}

static CsStatus
settle(Builder *b, const Task *task)
{
  const CsJob *job = task->row->piece->job;
  b->n_done++;
  switch (task->status) {
  case CS_OK:
  case CS_ERR_MISSED:
    return note_built(b, task);
  case CS_ERR_REQUEST:
  case CS_ERR_WORK:
    return fail_row(b, task->row, cs_job_error(job));
  case CS_ERR_CANCELLED:
  case CS_ERR_MEMORY:
    return task->status;
  }
  return task->status;
}

static CsStatus
done(void *user, void *job)
{
  Builder *b      = user;
  Task *task      = job;
  CsStatus status = task->is_done ? settle(b, task) : CS_OK;
  if (status != CS_OK && cs_arena_error(b->scratch)[0] != '\0')
    (void)cs_fail(b->arena, status, "%s", cs_arena_error(b->scratch));
  cs_job_free(task->row->piece->job);
  task->row->piece->job = NULL;
  cs_arena_reset(b->scratch);
  return status;
}

static CsStatus
put_report(Builder *b)
{
  const char *path = NULL, *json = NULL;
  CsOutputs *files = NULL;
  CS_TRY(cs_inside_path(
      b->arena, b->wish->folder, "report", CS_REPORT_NAME, &path));
  CS_TRY(cs_build_report_json(b->arena, b->build, &json));
  CS_TRY(cs_outputs_new(b->arena, &files));
  CsStatus status = cs_outputs_put(b->arena, files, path, json, strlen(json));
  if (status == CS_OK)
    status = cs_outputs_commit(b->arena, files);
  cs_outputs_free(files);
  return status;
}

/// Remove what a killed build left half written.
static CsStatus
sweep(Builder *b)
{
  const char *folder = b->wish->folder;
  CsSweep found      = {0};
  CS_TRY(cs_sweep_find(b->arena, folder, &found));
  cs_sweep_output(&found, folder, CS_STATE_NAME);
  cs_sweep_output(&found, folder, CS_REPORT_NAME);
  for (size_t i = 0; i < b->build->n_rows; i++)
    if (b->build->rows[i].fate == CS_PART_DUE)
      cs_sweep_output(&found, folder, b->build->rows[i].piece->part->output);
  return CS_OK;
}

/// What is up to date needs its notes no longer.
static void
free_kept(Builder *b)
{
  for (size_t i = 0; i < b->build->n_rows; i++) {
    CsPartRow *row = &b->build->rows[i];
    if (row->fate == CS_PART_DUE)
      continue;
    cs_job_free(row->piece->job);
    row->piece->job = NULL;
  }
}

static CsStatus
make_due(Builder *b)
{
  const CsCrewTask task = {
      .user      = b,
      .next      = next,
      .work      = work,
      .done      = done,
      .goes_on   = goes_on,
      .n_threads = b->wish->n_threads,
      .n_jobs    = b->n_due,
  };
  free_kept(b);
  CS_TRY(sweep(b));
  if (b->n_due > 0)
    CS_TRY(cs_crew_run(&task));
  CS_TRY(cs_build_state_write(b->arena, b->wish->folder, &b->build->state));
  return put_report(b);
}

// ---- The whole --------------------------------------------------------------

static void
count_missed(CsCourseBuild *build)
{
  for (size_t i = 0; i < build->n_rows; i++)
    build->n_missed +=
        build->rows[i].built != NULL && build->rows[i].built->missed[0] != '\0';
}

static CsStatus
build_all(Builder *b, const CsEngine *engine)
{
  const CsBuildWish *wish = b->wish;
  CsCourseBuild *build    = b->build;
  CS_TRY(cs_course_read(b->arena, wish->course, &build->file));
  CS_TRY(cs_ground_find(b->arena, engine, wish->soundfont, &build->ground));
  CS_TRY(cs_build_state_read(b->arena, wish->folder, &build->state));
  CS_TRY(cs_course_plan(b->arena, engine, &build->file, &build->ground,
      &build->state.draws, goes_on, b, &build->plan));
  build->state.draws = build->plan.draws;
  if (!wish->is_dry)
    CS_TRY(cs_inside_open(b->arena, wish->folder));
  CS_TRY(decide_all(b));
  if (!wish->is_dry)
    CS_TRY(make_due(b));
  count_missed(build);
  return CS_OK;
}

CsStatus
cs_course_build(CsArena *arena, const CsEngine *engine, const CsBuildWish *wish,
    CsCourseBuild *build)
{
  *build    = (CsCourseBuild){0};
  Builder b = {.arena = arena,
      .scratch        = cs_arena_new(NULL),
      .wish           = wish,
      .build          = build};
  if (b.scratch == NULL)
    return CS_ERR_MEMORY;
  const CsStatus status = build_all(&b, engine);
  cs_course_plan_free(&build->plan);
  cs_arena_free(b.scratch);
  return status;
}

size_t
cs_build_count(const CsCourseBuild *build, CsPartFate fate)
{
  size_t n = 0;
  for (size_t i = 0; i < build->n_rows; i++)
    n += build->rows[i].fate == fate;
  return n;
}
