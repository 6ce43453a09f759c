#include "gen/engine.h"

#include "gen/base/file.h"
#include "gen/compose/score.h"
#include "gen/mend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

CsStatus
cs_job_new(const CsEngine *engine, CsJob **job)
{
  *job           = NULL;
  CsArena *arena = cs_arena_new(NULL);
  CsJob *made    = arena != NULL ? CS_NEW(arena, CsJob) : NULL;
  if (made == NULL) {
    cs_arena_free(arena);
    return CS_ERR_MEMORY;
  }
  made->engine = engine;
  made->arena  = arena;
  cs_options_default(&made->options);
  *job = made;
  return CS_OK;
}

void
cs_job_free(CsJob *job)
{
  if (job == NULL)
    return;
  cs_lexicon_free(job->lexicon);
  cs_arena_free(job->arena);
}

const char *
cs_job_error(const CsJob *job)
{
  return cs_arena_error(job->arena);
}

CsStatus
cs_job_set(CsJob *job, const char *option, const char *value)
{
  cs_arena_clear_error(job->arena);
  return cs_options_set(
      job->arena, job->engine->presets, &job->options, option, value);
}

void
cs_job_on_progress(CsJob *job, CsProgressFn *fn, void *user)
{
  job->on_progress   = fn;
  job->progress_user = user;
}

CsStatus
cs_job_report(CsJob *job, const char *stage, double share)
{
  if (job->on_progress == NULL ||
      job->on_progress(job->progress_user, stage, share))
    return CS_OK;
  return cs_fail(job->arena, CS_ERR_CANCELLED, "stopped on request");
}

// ---- The line of values -----------------------------------------------------

/// What stands after a step that is done anew is no longer true.
static void
forget_after_brief(CsJob *job)
{
  job->plan           = NULL;
  job->plan_json      = NULL;
  job->plan_is_edited = false;
  job->score          = NULL;
  job->performance    = NULL;
  job->n_mended       = 0;
  job->n_missed       = 0;
  job->record_json    = NULL;
}

CsStatus
cs_job_lexicon(CsJob *job, const CsLexicon **lexicon)
{
  const CsWords *words = &job->options.words;
  *lexicon             = job->engine->lexicon;
  if (words->n == 0)
    return CS_OK;
  if (job->n_words != words->n) {
    cs_lexicon_free(job->lexicon);
    job->lexicon = NULL;
    job->n_words = 0;
    CS_TRY(cs_lexicon_load_with(job->arena, job->engine->words_folder,
        words->files, words->n, &job->lexicon));
    job->n_words = words->n;
  }
  *lexicon = job->lexicon;
  return CS_OK;
}

const CsPresets *
cs_job_presets(const CsJob *job)
{
  return job->options.presets != NULL ? job->options.presets
                                      : job->engine->presets;
}

/// What the prompt lacks or has wrong about the length does not matter where an
/// option gives it.
static void
drop_length_warnings(CsBrief *brief)
{
  size_t n = 0;
  for (size_t i = 0; i < brief->n_warnings; i++)
    if (strncmp(brief->warnings[i].code, "duration_", 9) != 0)
      brief->warnings[n++] = brief->warnings[i];
  brief->n_warnings = n;
}

/// The course of a long cue on the scale of a short one. A gesture and a loop
/// have no course of their own.
static CsStatus
scale_times(CsJob *job)
{
  const CsPlanWish *wish = &job->options.wish;
  const double meant_s   = job->options.times_for_s;
  const bool has_course  = wish->duration_s >= CS_LEAST_COURSE_S &&
                          !(wish->has_ending && wish->ending == CS_ENDING_LOOP);
  if (meant_s <= 0.0 || meant_s == wish->duration_s)
    return CS_OK;
  return cs_brief_scale_arc(
      job->arena, job->brief, meant_s, has_course ? wish->duration_s : 0.0);
}

CsStatus
cs_job_parse(CsJob *job, const char *prompt)
{
  cs_arena_clear_error(job->arena);
  forget_after_brief(job);
  job->brief               = NULL;
  job->brief_json          = NULL;
  const CsLexicon *lexicon = NULL;
  CS_TRY(cs_job_lexicon(job, &lexicon));
  CS_TRY(
      cs_brief_parse(job->arena, lexicon, prompt, strlen(prompt), &job->brief));
  if (!job->options.wish.has_duration)
    return CS_OK;
  drop_length_warnings(job->brief);
  return scale_times(job);
}

static CsStatus
write_notes(CsJob *job)
{
  const CsPresets *presets = cs_job_presets(job);
  CS_TRY(cs_compose(job->arena, presets, job->plan, &job->score));
  return cs_perform(job->arena, presets, job->score, &job->performance);
}

CsStatus
cs_job_plan(CsJob *job)
{
  cs_arena_clear_error(job->arena);
  if (job->brief == NULL)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "there is nothing to plan from; parse a prompt or read a plan first");
  forget_after_brief(job);
  CS_TRY(cs_plan_make(job->arena, cs_job_presets(job), job->brief,
      &job->options.wish, &job->plan));
  CS_TRY(write_notes(job));
  return cs_job_mend(job);
}

static CsStatus
reroll_plan(CsJob *job)
{
  const CsRerolls *rerolls = &job->options.wish.rerolls;
  if (rerolls->harmony > 0)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "--reroll harmony does not go with a plan, whose chords are written "
        "out; edit them there");
  const unsigned missing = cs_plan_reroll(job->plan, rerolls);
  for (int r = 0; r < CS_N_ROLES; r++)
    if (missing >> r & 1U)
      return cs_fail(job->arena, CS_ERR_REQUEST,
          "--reroll %s: the plan has no track with that role",
          cs_role_names[r]);
  return CS_OK;
}

/// A plan names its style; a style of a person's own has to be there.
static CsStatus
check_style_of_plan(CsJob *job)
{
  if (!cs_option_is_given(&job->options, "style"))
    return CS_OK;
  if (job->options.presets == NULL)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "--style does not go with a plan; edit it in the plan instead");
  if (strcmp(job->plan->style, job->options.wish.style) != 0)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "--style gives the style \"%s\", the plan is in \"%s\"; edit it in "
        "the plan",
        job->options.wish.style, job->plan->style);
  return CS_OK;
}

/// A plan holds its decisions; options may still change how it is delivered.
static CsStatus
deliver_by_options(CsJob *job)
{
  static const char *const decided[] = {"duration", "tempo", "key", "meter",
      "function", "ending", "loop", "seed", "theme-seed", "palette-seed",
      "tempo-near", "times-for", "density"};
  const CsPlanWish *wish             = &job->options.wish;
  CsPlan *plan                       = job->plan;
  for (size_t i = 0; i < sizeof decided / sizeof *decided; i++)
    if (cs_option_is_given(&job->options, decided[i]))
      return cs_fail(job->arena, CS_ERR_REQUEST,
          "--%s does not go with a plan; edit it in the plan instead",
          decided[i]);
  CS_TRY(check_style_of_plan(job));
  if (cs_option_is_given(&job->options, "rate")) {
    plan->sample_rate = wish->sample_rate;
    plan->n_frames =
        (uint64_t)llround(plan->duration_s * (double)plan->sample_rate);
  }
  CS_TRY(reroll_plan(job));
  if (wish->profile != NULL) {
    plan->loudness_lufs = wish->profile->lufs[plan->function];
    plan->peak_dbtp     = wish->profile->peak_dbtp;
  }
  if (wish->has_lufs)
    plan->loudness_lufs = wish->lufs;
  if (wish->has_peak)
    plan->peak_dbtp = wish->peak_dbtp;
  if (cs_option_is_given(&job->options, "fade-in"))
    plan->fade_in_s = wish->fade_in_s;
  if (cs_option_is_given(&job->options, "fade-out"))
    plan->fade_out_s = wish->fade_out_s;
  return CS_OK;
}

CsStatus
cs_job_read_plan(CsJob *job, const char *name, const char *json, size_t n_bytes)
{
  const CsJson *root = NULL;
  cs_arena_clear_error(job->arena);
  forget_after_brief(job);
  CS_TRY(cs_json_parse(job->arena, name, json, n_bytes, &root));
  CS_TRY(cs_plan_read_json(job->arena, cs_job_presets(job), root, &job->plan));
  job->plan_is_edited = true;
  return deliver_by_options(job);
}

CsStatus
cs_job_compose(CsJob *job)
{
  cs_arena_clear_error(job->arena);
  if (job->plan == NULL)
    CS_TRY(cs_job_plan(job));
  return job->performance == NULL ? write_notes(job) : CS_OK;
}

// ---- Values as JSON ---------------------------------------------------------

const char *
cs_job_brief_json(CsJob *job)
{
  if (job->brief == NULL)
    return NULL;
  if (job->brief_json == NULL) {
    CsText text         = cs_text_new(job->arena);
    CsJsonWriter writer = cs_json_writer(&text, true);
    cs_brief_write_json(job->brief, &writer, NULL);
    cs_text_add(&text, "\n");
    if (cs_text_take(&text, &job->brief_json) != CS_OK)
      return NULL;
  }
  return job->brief_json;
}

const char *
cs_job_plan_json(CsJob *job)
{
  if (job->plan == NULL)
    return NULL;
  if (job->plan_json == NULL) {
    CsText text         = cs_text_new(job->arena);
    CsJsonWriter writer = cs_json_writer(&text, true);
    cs_plan_write_json(job->plan, &writer, NULL);
    cs_text_add(&text, "\n");
    if (cs_text_take(&text, &job->plan_json) != CS_OK)
      return NULL;
  }
  return job->plan_json;
}

const char *
cs_job_record_json(CsJob *job)
{
  return job->record_json;
}
