// Rendering and writing the members, side by side like the jobs of a batch.

#include "gen/jobs/family_parts.h"

#include "gen/decoded.h"
#include "gen/io/output.h"
#include "gen/jobs/crew.h"
#include "gen/jobs/inside.h"
#include "gen/judge.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/// A member under way.
typedef struct Task {
  CsMember *member;
  const CsCrew *crew;
  atomic_int permille; ///< Of its work.
  CsStatus status;
  bool is_done;
} Task;

/// What the writing of a family shares.
typedef struct Writer {
  CsFamily *family;
  Task tasks[CS_MAX_CUTS];
  size_t n, next;
} Writer;

// ---- Before the work --------------------------------------------------------

static CsStatus
set_path(CsFamily *f, CsJob *job, const char *option, const char *name,
    const char *ending)
{
  const char *path = NULL;
  const char *file = cs_arena_printf(f->arena, "%s%s", name, ending);
  CS_TRY_NEW(file);
  CS_TRY(cs_inside_path(f->arena, f->wish.folder, option, file, &path));
  return cs_family_set(f, job, option, path);
}

static CsStatus
set_files(CsFamily *f, CsMember *m)
{
  static const char *const endings[CS_N_BESIDE] = {
      [CS_BESIDE_MIDI]    = ".mid",
      [CS_BESIDE_PICTURE] = ".svg",
      [CS_BESIDE_RECORD]  = ".json",
      [CS_BESIDE_STEMS]   = "-stems",
  };
  CS_TRY(cs_family_set(f, m->job, "output", m->path));
  for (int b = 0; b < CS_N_BESIDE; b++)
    if ((f->beside >> b & 1U) != 0)
      CS_TRY(set_path(f, m->job, cs_beside_names[b], m->cut.name, endings[b]));
  return CS_OK;
}

/// The alternates are written with the full one.
static CsStatus
ask_for_alternates(CsFamily *f)
{
  CsText list      = cs_text_new(f->arena);
  const char *text = "";
  for (size_t i = 0; i < f->n; i++)
    if (f->members[i].cut.kind == CS_CUT_ALTERNATE)
      cs_text_addf(
          &list, "%s%s", list.n > 0 ? "," : "", f->members[i].cut.name);
  CS_TRY(cs_text_take(&list, &text));
  return text[0] == '\0' ? CS_OK
                         : cs_family_set(f, f->members[0].job, "alt", text);
}

static void
note_alternates(CsFamily *f)
{
  const CsJob *full = f->members[0].job;
  for (size_t i = 0; i < full->options.alternates.n; i++)
    for (size_t k = 1; k < f->n; k++)
      if (f->members[k].cut.kind == CS_CUT_ALTERNATE &&
          strcmp(f->members[k].cut.name,
              full->options.alternates.items[i].name) == 0 &&
          full->alternates[i].sounds)
        f->members[k].sha256 = full->alternates[i].measured.sha256;
}

// ---- The work ---------------------------------------------------------------

/// The share of all that is done: each member counts by its length.
static bool
goes_on(void *user)
{
  const Writer *w = user;
  double done_s = 0.0, all_s = 0.0;
  const char *name = "";
  if (w->family->wish.on_progress == NULL)
    return true;
  for (size_t i = w->n; i-- > 0;) {
    const double length_s = w->tasks[i].member->job->plan->duration_s;
    const int permille    = atomic_load(&w->tasks[i].permille);
    all_s += length_s;
    done_s += length_s * permille / 1000.0;
    name = permille < 1000 ? w->tasks[i].member->cut.name : name;
  }
  return w->family->wish.on_progress(
      w->family->wish.progress_user, name, done_s / all_s);
}

static bool
note_share(void *user, const char *stage, double share)
{
  Task *task = user;
  (void)stage;
  atomic_store(&task->permille, (int)(1000.0 * share));
  return !cs_crew_is_stopping(task->crew);
}

static CsStatus
next_member(void *user, void **job, bool *ended)
{
  Writer *w = user;
  *ended    = w->next == w->n;
  *job      = *ended ? NULL : &w->tasks[w->next++];
  return CS_OK;
}

/// On a thread of the crew; the job belongs to it alone.
static void
work(void *user, void *it, const CsCrew *crew)
{
  Task *task = it;
  CsJob *job = task->member->job;
  char threads[16];
  (void)user;
  (void)snprintf(threads, sizeof threads, "%d", cs_crew_job_threads(crew));
  task->crew = crew;
  cs_job_on_progress(job, note_share, task);
  task->status = cs_job_set(job, "threads", threads);
  if (task->status == CS_OK)
    task->status = cs_job_write(job);
  task->is_done = true;
}

/// What the sound misses is noted; the other members are made all the same.
static CsStatus
end_member(void *user, void *it)
{
  Writer *w   = user;
  Task *task  = it;
  CsMember *m = task->member;
  cs_job_on_progress(m->job, NULL, NULL);
  if (!task->is_done)
    return CS_OK; // after a stop
  if (task->status != CS_OK && task->status != CS_ERR_MISSED)
    return cs_fail(w->family->arena, task->status, "%s", cs_job_error(m->job));
  m->sha256 = m->job->measured.sha256;
  if (m->cut.kind == CS_CUT_FULL)
    note_alternates(w->family);
  return CS_OK;
}

static CsStatus
write_members(CsFamily *f)
{
  Writer *w = CS_NEW(f->arena, Writer);
  CS_TRY_NEW(w);
  w->family = f;
  for (size_t i = 0; i < f->n; i++) {
    CsMember *m = &f->members[i];
    if (m->job == NULL)
      continue;
    CS_TRY(set_files(f, m));
    CS_TRY(cs_family_note(f, m, &m->job->family));
    w->tasks[w->n++].member = m;
  }
  const CsCrewTask task = {.user = w,
      .next                      = next_member,
      .work                      = work,
      .done                      = end_member,
      .goes_on                   = goes_on,
      .n_threads                 = f->members[0].job->options.n_threads,
      .n_jobs                    = w->n};
  return cs_crew_run(&task);
}

// ---- After the work ---------------------------------------------------------

/// What the master aimed at in the end.
static double
level_of(const CsMember *m)
{
  return m->job->measured.target_lufs;
}

/// Where limiting ends the level gives way, in each member as far as it must.
static CsStatus
note_loudness(CsFamily *f)
{
  static const double heard_lu = 1.0;
  const CsMember *soft = &f->members[0], *loud = soft;
  for (size_t i = 1; i < f->n; i++) {
    const CsMember *m = &f->members[i];
    if (m->job == NULL)
      continue;
    soft = level_of(m) < level_of(soft) ? m : soft;
    loud = level_of(m) > level_of(loud) ? m : loud;
  }
  if (level_of(loud) - level_of(soft) < heard_lu)
    return CS_OK;
  f->notes = cs_arena_printf(f->arena,
      "%s%s is %.1f LU softer than %s, since more than 3 dB of limiting would "
      "be heard; --lufs %.1f makes all alike\n",
      f->notes, soft->cut.name, level_of(loud) - level_of(soft), loud->cut.name,
      level_of(soft));
  CS_TRY_NEW(f->notes);
  return CS_OK;
}

static CsStatus
note_decoded(CsFamily *f)
{
  for (size_t i = 0; i < f->n; i++) {
    const CsMember *m    = &f->members[i];
    const char *sentence = NULL;
    if (m->job == NULL)
      continue;
    CS_TRY(cs_decoded_warning(f->arena, m->job, &sentence));
    if (sentence == NULL)
      continue;
    f->notes =
        cs_arena_printf(f->arena, "%s%s: %s\n", f->notes, m->file, sentence);
    CS_TRY_NEW(f->notes);
  }
  return CS_OK;
}

/// An older list speaks of files that are about to be replaced.
static CsStatus
put_list(CsFamily *f, const char *path)
{
  CsOutputs *outputs = NULL;
  CS_TRY(cs_family_json(f, &f->json));
  CS_TRY(cs_outputs_new(f->arena, &outputs));
  CsStatus status =
      cs_outputs_put(f->arena, outputs, path, f->json, strlen(f->json));
  if (status == CS_OK)
    status = cs_outputs_commit(f->arena, outputs);
  cs_outputs_free(outputs);
  return status;
}

static CsStatus
end_with_missed(const CsFamily *f)
{
  for (size_t i = 0; i < f->n; i++) {
    const CsMember *m = &f->members[i];
    if (m->n_wrong > 0)
      return cs_fail(f->arena, CS_ERR_MISSED,
          "%s is made, but %s, also when drawn %d times; try another --seed, "
          "or take it as it is",
          m->file, m->wrong, m->n_draws);
    if (m->job != NULL && m->job->n_missed > 0)
      return cs_fail(f->arena, CS_ERR_MISSED, "%s", cs_job_error(m->job));
  }
  return CS_OK;
}

CsStatus
cs_family_write(CsFamily *family)
{
  CsFamily *f      = family;
  const char *path = NULL;
  CS_TRY(ask_for_alternates(f));
  CS_TRY(
      cs_inside_path(f->arena, f->wish.folder, "output", "family.json", &path));
  CS_TRY(cs_output_check(f->arena, path));
  (void)unlink(path);
  CS_TRY(write_members(f));
  CS_TRY(note_loudness(f));
  CS_TRY(note_decoded(f));
  CS_TRY(put_list(f, path));
  return end_with_missed(f);
}
