#include "gen/jobs/batch_job.h"

#include "gen/base/file.h"
#include "gen/cue_files.h"
#include "gen/jobs/inside.h"
#include "gen/jobs/made.h"
#include "gen/jobs/manifest.h"
#include "gen/jobs/naming.h"
#include "gen/jobs/row.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/// Digits of the content after a name that another job has: as good as unique.
enum { LONG_DIGITS = 24, MAX_FILES = 4 + CS_MAX_ALTERNATES + CS_N_STEMS };

/// Kinds of texts that are remembered of a list.
enum { SEEN_CONTENT = 'c', SEEN_FILE = 'f', SEEN_FOLDER = 'd' };

static const char *
option_of(const CsBatchJob *job, const char *name)
{
  for (size_t i = 0; i < job->n_options; i++)
    if (strcmp(job->options[i].name, name) == 0)
      return job->options[i].value;
  return NULL;
}

// ---- Options and name -------------------------------------------------------

static void
merge_options(CsBatchJob *job)
{
  const CsBatchGround *ground = job->ground;
  const CsListedJob *listed   = &job->listed;
  for (size_t i = 0; i < ground->n_defaults; i++) {
    bool is_said = false;
    for (size_t k = 0; k < listed->n_options && !is_said; k++)
      is_said = strcmp(listed->options[k].name, ground->defaults[i].name) == 0;
    if (!is_said)
      job->options[job->n_options++] = ground->defaults[i];
  }
  for (size_t i = 0; i < listed->n_options; i++)
    job->options[job->n_options++] = listed->options[i];
}

static CsStatus
refuse_equal(CsBatchJob *job, const CsSeen *seen, const char *content)
{
  const uint64_t line = cs_seen_line(seen, SEEN_CONTENT, content);
  if (line == 0)
    return CS_OK;
  return cs_fail(job->arena, CS_ERR_REQUEST,
      "this is the job of line %llu again; remove it, or give it another seed "
      "or an output of its own",
      (unsigned long long)line);
}

/// Called after what it asks, where it says no name.
static CsStatus
make_name(CsBatchJob *job, CsSeen *seen)
{
  char content[65];
  cs_content_of(job->listed.prompt, job->options, job->n_options, content);
  CS_TRY(refuse_equal(job, seen, content));
  CS_TRY(cs_seen_put(seen, SEEN_CONTENT, content, job->listed.line));
  CS_TRY(cs_job_name(
      job->arena, job->listed.prompt, content, ".wav", &job->output));
  if (cs_seen_line(seen, SEEN_FILE, job->output) == 0)
    return CS_OK;
  // One of some thousand million pairs of jobs has the same 8 digits.
  const char *ending =
      cs_arena_printf(job->arena, "%.*s.wav", LONG_DIGITS - 8, content + 8);
  CS_TRY_NEW(ending);
  return cs_job_name(
      job->arena, job->listed.prompt, content, ending, &job->output);
}

static CsStatus
choose_name(CsBatchJob *job, CsSeen *seen)
{
  const char *given     = option_of(job, "output");
  CsContainer container = CS_WAV;
  if (given == NULL)
    return make_name(job, seen);
  CS_TRY(cs_inside_name(job->arena, "output", given, &job->output));
  return cs_container_of(job->arena, job->output, &container);
}

// ---- Files ------------------------------------------------------------------

static CsStatus
add_file(CsBatchJob *job, const char *what, const char *name)
{
  if (name == NULL)
    return CS_OK;
  CS_TRY(cs_inside_name(job->arena, what, name, &name));
  if (strcmp(name, "-") == 0)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "\"%s\" of a job is a file, not standard output; give it a name", what);
  if (cs_is_manifest(name))
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "\"%s\": %s is a name of the batch's own; choose another", what, name);
  job->files[job->n_files++] = name;
  return CS_OK;
}

static CsStatus
add_stems(CsBatchJob *job)
{
  const char *folder = option_of(job, "stems");
  for (size_t s = 0; folder != NULL && s < CS_N_STEMS; s++) {
    CS_TRY(cs_inside_name(job->arena, "stems", folder, &folder));
    const char *name =
        cs_arena_printf(job->arena, "%s/%s.wav", folder, cs_stem_names[s]);
    CS_TRY_NEW(name);
    CS_TRY(add_file(job, "stems", name));
  }
  return CS_OK;
}

static CsStatus
add_alternates(CsBatchJob *job)
{
  const char *list = option_of(job, "alt");
  CsAlternates all = {0};
  if (list != NULL)
    CS_TRY(cs_alternates_parse(job->arena, list, &all));
  for (size_t i = 0; i < all.n; i++) {
    const char *name = NULL;
    CS_TRY(cs_alternate_path(job->arena, job->output, &all.items[i], &name));
    CS_TRY(add_file(job, "alt", name));
  }
  return CS_OK;
}

/// Sound that was encoded holds no record: it gets one beside it, by which a
/// later run knows it.
static CsStatus
add_record(CsBatchJob *job)
{
  CsContainer container = CS_WAV;
  CS_TRY(cs_container_of(job->arena, job->output, &container));
  if (option_of(job, "record") != NULL || container == CS_WAV ||
      container == CS_FLAC)
    return CS_OK;
  const char *name = cs_arena_printf(
      job->arena, "%.*s.json", (int)cs_path_stem(job->output), job->output);
  CS_TRY_NEW(name);
  job->options[job->n_options++] = (CsGivenOption){"record", name};
  return CS_OK;
}

static CsStatus
list_files(CsBatchJob *job)
{
  static const char *const named[] = {"midi", "record", "picture"};
  job->files = CS_NEW_N(job->arena, const char *, MAX_FILES);
  CS_TRY_NEW(job->files);
  CS_TRY(add_record(job));
  CS_TRY(add_file(job, "output", job->output));
  for (size_t i = 0; i < sizeof named / sizeof *named; i++)
    CS_TRY(add_file(job, named[i], option_of(job, named[i])));
  CS_TRY(add_alternates(job));
  return add_stems(job);
}

static CsStatus
refuse_claimed(CsBatchJob *job, const char *name, uint64_t line)
{
  if (line == 0)
    return CS_OK;
  if (line == job->listed.line)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "%s is named for two outputs; give each its own file", name);
  return cs_fail(job->arena, CS_ERR_REQUEST,
      "%s is an output of line %llu already; give each job its own", name,
      (unsigned long long)line);
}

/// A file is one job's alone, and no file of one is a folder of another.
static CsStatus
claim(CsBatchJob *job, CsSeen *seen, const char *name)
{
  const uint64_t line = job->listed.line;
  char *part          = cs_arena_copy(job->arena, name, strlen(name));
  CS_TRY_NEW(part);
  CS_TRY(refuse_claimed(job, name, cs_seen_line(seen, SEEN_FILE, name)));
  CS_TRY(refuse_claimed(job, name, cs_seen_line(seen, SEEN_FOLDER, name)));
  CS_TRY(cs_seen_put(seen, SEEN_FILE, name, line));
  for (char *slash = strrchr(part, '/'); slash != NULL;
       slash       = strrchr(part, '/')) {
    *slash = '\0';
    CS_TRY(refuse_claimed(job, part, cs_seen_line(seen, SEEN_FILE, part)));
    CS_TRY(cs_seen_put(seen, SEEN_FOLDER, part, line));
  }
  return CS_OK;
}

// ---- Fates ------------------------------------------------------------------

/// The members that every row begins with.
static void
begin_row(const CsBatchJob *job, CsJsonWriter *w)
{
  cs_json_begin_object(w, NULL);
  cs_json_put_number(w, "line", (double)job->listed.line);
  if (job->output != NULL)
    cs_json_put_string(w, "file", job->output);
  if (job->listed.prompt != NULL)
    cs_json_put_string(w, "prompt", job->listed.prompt);
}

static CsStatus
end_row(CsBatchJob *job, CsJsonWriter *w)
{
  cs_json_end_object(w);
  cs_text_add(w->text, "\n");
  return cs_text_take(w->text, &job->row);
}

static CsStatus
put_failure(CsBatchJob *job)
{
  CsText text    = cs_text_new(job->arena);
  CsJsonWriter w = cs_json_writer(&text, false);
  begin_row(job, &w);
  cs_json_put_string(&w, "status", "failed");
  cs_json_put_string(&w, "error", job->why);
  return end_row(job, &w);
}

static CsStatus
put_record(CsBatchJob *job, const char *record)
{
  CsText text    = cs_text_new(job->arena);
  CsJsonWriter w = cs_json_writer(&text, false);
  begin_row(job, &w);
  CS_TRY(cs_row_put_record(job->arena, record, strlen(record), &w));
  return end_row(job, &w);
}

/// A failure is the job's own; only a lack of memory is everybody's.
static CsStatus
fail_job(CsBatchJob *job, CsStatus status, const char *why)
{
  if (status == CS_OK || status == CS_ERR_MEMORY)
    return status;
  job->fate = CS_JOB_FAILED;
  job->why  = cs_arena_copy(job->arena, why, strlen(why));
  CS_TRY_NEW(job->why);
  cs_arena_clear_error(job->arena);
  return put_failure(job);
}

static CsStatus
prepare(CsBatchJob *job, CsSeen *seen)
{
  if (job->listed.fault != NULL)
    return cs_fail(job->arena, CS_ERR_REQUEST, "%s", job->listed.fault);
  merge_options(job);
  CS_TRY(choose_name(job, seen));
  CS_TRY(list_files(job));
  for (size_t i = 0; i < job->n_files; i++)
    CS_TRY(claim(job, seen, job->files[i]));
  return CS_OK;
}

CsStatus
cs_batch_job_prepare(CsBatchJob *job, CsSeen *seen)
{
  return fail_job(job, prepare(job, seen), cs_arena_error(job->arena));
}

// ---- The work ---------------------------------------------------------------

/// Options that name an output of the job, and what stands for it here.
static CsStatus
place_option(CsBatchJob *job, const CsGivenOption *option, const char **value)
{
  static const char *const files[] = {"midi", "record", "picture"};
  const char *folder               = job->ground->folder;
  *value                           = option->value;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    if (strcmp(option->name, files[i]) == 0)
      return cs_inside_path(
          job->arena, folder, option->name, option->value, value);
  if (strcmp(option->name, "stems") == 0)
    return cs_inside_folder(
        job->arena, folder, option->name, option->value, value);
  return CS_OK;
}

/// A style that the presets lack may be one of the person's own.
static CsStatus
own_style(CsBatchJob *job, const CsGivenOption *option, const char **value)
{
  const CsBatchGround *ground = job->ground;
  if (strcmp(option->name, "style") != 0 || ground->styles_folder == NULL ||
      strchr(option->value, '/') != NULL ||
      cs_find_style(ground->engine->presets, option->value) != NULL)
    return CS_OK;
  const char *path = cs_arena_printf(
      job->arena, "%s/%s.json", ground->styles_folder, option->value);
  CS_TRY_NEW(path);
  if (access(path, F_OK) == 0)
    *value = path;
  return CS_OK;
}

/// Every file of the job can be written inside the folder.
static CsStatus
enter_folders(CsBatchJob *job, const char **output)
{
  for (size_t i = job->n_files; i-- > 0;)
    CS_TRY(cs_inside_path(job->arena, job->ground->folder,
        i == 0 ? "output" : "files", job->files[i], output));
  return CS_OK;
}

/// @return What failed in `cue` stands there; else in the job's arena.
static CsStatus
set_options(CsBatchJob *job, CsJob *cue, int n_threads)
{
  const CsBatchGround *ground = job->ground;
  const char *output          = NULL;
  char threads[16];
  cs_format_number(n_threads, threads);
  cue->cache_folder = ground->cache_folder;
  CS_TRY(enter_folders(job, &output));
  if (ground->words != NULL)
    CS_TRY(cs_job_set(cue, "lexicon", ground->words));
  for (size_t i = 0; i < job->n_options; i++) {
    const CsGivenOption *option = &job->options[i];
    const char *value           = NULL;
    CS_TRY(place_option(job, option, &value));
    CS_TRY(own_style(job, option, &value));
    CS_TRY(cs_job_set(cue, option->name, value));
  }
  CS_TRY(cs_job_set(cue, "output", output));
  return cs_job_set(cue, "threads", threads);
}

static CsStatus
keep(CsBatchJob *job, const char *record)
{
  size_t n_missed = 0;
  CS_TRY(cs_row_n_missed(job->arena, record, strlen(record), &n_missed));
  job->fate       = CS_JOB_KEPT;
  job->was_missed = n_missed > 0;
  return put_record(job, record);
}

static CsStatus
make(CsBatchJob *job, CsJob *cue)
{
  const char *record = NULL;
  if (job->ground->resumes)
    CS_TRY(cs_made_look(cue, job->listed.prompt, &record));
  if (record != NULL)
    return keep(job, record);
  CS_TRY(cs_job_parse(cue, job->listed.prompt));
  const CsStatus status = cs_job_write(cue);
  if (status != CS_OK && status != CS_ERR_MISSED)
    return status;
  job->fate = status == CS_OK ? CS_JOB_MADE : CS_JOB_MISSED;
  if (status == CS_ERR_MISSED) {
    const char *why = cs_job_error(cue);
    job->why        = cs_arena_copy(job->arena, why, strlen(why));
    CS_TRY_NEW(job->why);
  }
  return put_record(job, cs_job_record_json(cue));
}

CsStatus
cs_batch_job_do(
    CsBatchJob *job, int n_threads, CsProgressFn *goes_on, void *user)
{
  CsJob *cue = NULL;
  CS_TRY(cs_job_new(job->ground->engine, &cue));
  cs_job_on_progress(cue, goes_on, user);
  CsStatus status = set_options(job, cue, n_threads);
  if (status == CS_OK)
    status = make(job, cue);
  if (status == CS_ERR_CANCELLED) {
    job->fate = CS_JOB_UNDONE;
    status    = CS_OK;
  } else {
    const char *why = cs_job_error(cue);
    if (why[0] == '\0')
      why = cs_arena_error(job->arena);
    status = fail_job(job, status, why);
  }
  cs_job_free(cue);
  return status;
}
