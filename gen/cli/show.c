#include "gen/cli/cli.h"

#include "gen/io/output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
wants_colour(void)
{
  const char *no = getenv("NO_COLOR");
  return (no == NULL || no[0] == '\0') && isatty(STDOUT_FILENO) == 1;
}

// ---- explain ----------------------------------------------------------------

#define WISHES                                                                 \
  "lexicon file duration tempo key meter function style ending loop seed "     \
  "theme-seed palette-seed tempo-near times-for density reroll rate fade-in "  \
  "fade-out "                                                                  \
  "profile lufs peak quiet verbose "                                           \
  "json "

/// Options that stand for a field of the Brief.
typedef struct Beaten {
  const char *option;
  const char *field;
} Beaten;

static const Beaten beaten[] = {
    {"duration", "duration_s"},
    {"tempo", "tempo_bpm"},
    {"key", "key"},
    {"key", "mode"},
    {"meter", "meter"},
    {"function", "function"},
    {"ending", "ending"},
    {"loop", "ending"},
    {"lufs", "loudness_lufs"},
    {"profile", "loudness_lufs"},
};

/// "--tempo 90 stands; "120 BPM" (tempo_bpm = [120,120]) gives way"
static void
add_beaten(CsText *text, const CsBrief *brief, const CsGivenOption *option)
{
  size_t n = 0;
  for (size_t b = 0; b < sizeof beaten / sizeof *beaten; b++)
    for (size_t i = 0;
         strcmp(beaten[b].option, option->name) == 0 && i < brief->n_understood;
         i++) {
      const CsPhrase *phrase = &brief->understood[i];
      if (strcmp(phrase->field, beaten[b].field) != 0)
        continue;
      cs_text_addf(text, "%s \"%s\" (%s = %s)",
          n++ == 0 ? "; the prompt's" : ",", phrase->text, phrase->field,
          phrase->value);
    }
  cs_text_add(text, n == 0 ? "\n" : n == 1 ? " gives way\n" : " give way\n");
}

static void
add_options(CsText *text, const CsJob *job)
{
  bool any = false;
  for (size_t i = 0; i < cs_n_option_rows; i++) {
    const CsGivenOption *option = &job->options.given[i];
    if (option->name == NULL || !cs_option_rows[i].decides_bytes ||
        strcmp(option->name, "lexicon") == 0)
      continue;
    if (!any)
      cs_text_add(text, "\nOptions, which beat the prompt:\n");
    any = true;
    cs_text_addf(text, "  --%s %s", option->name,
        strcmp(option->name, "style") == 0 ? job->options.wish.style
                                           : option->value);
    add_beaten(text, job->brief, option);
  }
}

/// The style and what has to give way. A request that cannot be planned is
/// explained all the same.
static void
add_planned(CsText *text, CsJob *job)
{
  if (cs_job_plan(job) != CS_OK) {
    cs_arena_clear_error(job->arena);
    return;
  }
  const CsPlan *plan = job->plan;
  cs_text_addf(text, "\nPlanned:\n  style %s\n", plan->style_reason);
  const char *keys = NULL;
  if (plan->n_key_changes > 0 &&
      cs_plan_keys_text(job->arena, plan, &keys) == CS_OK)
    cs_text_addf(text, "  key %s\n", keys);
  for (size_t i = 0; i < plan->n_warnings; i++)
    cs_text_addf(
        text, "  %s: %s\n", plan->warnings[i].code, plan->warnings[i].message);
}

static CsStatus
explain_in_words(CsJob *job, const char **out)
{
  const char *brief = NULL;
  CsText text       = cs_text_new(job->arena);
  CS_TRY(cs_brief_explain(job->arena, job->brief, wants_colour(), &brief));
  cs_text_add(&text, brief);
  add_options(&text, job);
  add_planned(&text, job);
  return cs_text_take(&text, out);
}

static CsStatus
explain(CsCli *cli, CsJob *job, const char *prompt)
{
  const char *text = NULL;
  CS_TRY(cs_job_parse(job, prompt));
  if (job->options.json)
    text = cs_job_brief_json(job);
  else
    CS_TRY(explain_in_words(job, &text));
  CS_TRY_NEW(text);
  return cs_print(cli->arena, text);
}

CsStatus
cs_cli_explain(CsCli *cli)
{
  const char *prompt = NULL;
  CsJob *job         = NULL;
  CS_TRY(cs_args_allow(cli->arena, &cli->args, "explain", WISHES));
  CS_TRY(cs_cli_prompt(cli, &prompt));
  CsStatus status = cs_cli_job(cli, &job);
  if (status == CS_OK)
    status = explain(cli, job, prompt);
  return cs_cli_end_job(cli, job, status);
}

static CsStatus
write_plan(CsCli *cli, const char *path, const char *json)
{
  CsOutputs *outputs = NULL;
  if (path == NULL)
    return cs_print(cli->arena, json);
  CsStatus status = cs_outputs_new(cli->arena, &outputs);
  if (status == CS_OK)
    status = cs_outputs_put(cli->arena, outputs, path, json, strlen(json));
  if (status == CS_OK)
    status = cs_outputs_commit(cli->arena, outputs);
  cs_outputs_free(outputs);
  return status;
}

static CsStatus
plan(CsCli *cli, CsJob *job, const char *prompt)
{
  CS_TRY(cs_job_parse(job, prompt));
  CS_TRY(cs_job_plan(job));
  const char *json = cs_job_plan_json(job);
  CS_TRY_NEW(json);
  return write_plan(cli, job->options.output, json);
}

CsStatus
cs_cli_plan(CsCli *cli)
{
  const char *prompt = NULL;
  CsJob *job         = NULL;
  CS_TRY(cs_args_allow(cli->arena, &cli->args, "plan", WISHES "output"));
  CS_TRY(cs_cli_prompt(cli, &prompt));
  CsStatus status = cs_cli_job(cli, &job);
  if (status == CS_OK)
    status = plan(cli, job, prompt);
  return cs_cli_end_job(cli, job, status);
}
