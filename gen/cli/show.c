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

static CsStatus
explain(CsCli *cli, CsJob *job, const char *prompt)
{
  const char *text = NULL;
  CS_TRY(cs_job_parse(job, prompt));
  if (job->options.json)
    text = cs_job_brief_json(job);
  else
    CS_TRY(cs_brief_explain(job->arena, job->brief, wants_colour(), &text));
  CS_TRY_NEW(text);
  return cs_print(cli->arena, text);
}

CsStatus
cs_cli_explain(CsCli *cli)
{
  const char *prompt = NULL;
  CsJob *job         = NULL;
  CS_TRY(
      cs_args_allow(cli->arena, &cli->args, "explain", "json quiet verbose"));
  CS_TRY(cs_args_one(cli->arena, &cli->args, "the prompt", &prompt));
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
  CS_TRY(cs_args_allow(cli->arena, &cli->args, "plan",
      "output duration tempo key meter function style ending seed theme-seed "
      "rate fade-in fade-out lufs peak quiet verbose json"));
  CS_TRY(cs_args_one(cli->arena, &cli->args, "the prompt", &prompt));
  CsStatus status = cs_cli_job(cli, &job);
  if (status == CS_OK)
    status = plan(cli, job, prompt);
  return cs_cli_end_job(cli, job, status);
}
