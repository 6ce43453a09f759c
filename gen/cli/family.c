#include "gen/cli/cli.h"

#include "gen/jobs/family.h"

#include <stdio.h>
#include <string.h>

/// Take an option of the family out of those of its members.
///
/// @return Its last value, or NULL.
static const char *
take_option(CsArgs *args, const char *name)
{
  const char *value = NULL;
  size_t n          = 0;
  for (size_t i = 0; i < args->n_options; i++) {
    if (strcmp(args->options[i].name, name) == 0)
      value = args->options[i].value;
    else
      args->options[n++] = args->options[i];
  }
  args->n_options = n;
  return value;
}

static CsStatus
begin(void *user, CsJob **job)
{
  return cs_cli_job(user, job);
}

// ---- What is said -----------------------------------------------------------

static bool
has_warning(const CsJob *job, const CsWarning *warning)
{
  for (size_t i = 0; i < job->brief->n_warnings; i++)
    if (strcmp(job->brief->warnings[i].message, warning->message) == 0)
      return true;
  for (size_t i = 0; i < job->plan->n_warnings; i++)
    if (strcmp(job->plan->warnings[i].message, warning->message) == 0)
      return true;
  return false;
}

/// What the full one warns of is said once.
static void
say_warnings(
    const CsMember *m, const CsJob *full, const CsWarning *warnings, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (m->job == full || !has_warning(full, &warnings[i]))
      (void)fprintf(stderr, "cuesmith: warning: %s: %s: %s\n", m->cut.name,
          warnings[i].code, warnings[i].message);
}

static void
say_notes(const CsFamily *family)
{
  for (const char *at = family->notes; *at != '\0';) {
    const size_t n = strcspn(at, "\n");
    (void)fprintf(stderr, "cuesmith: note: %.*s\n", (int)n, at);
    at += n + (at[n] == '\n');
  }
}

static void
say_before(const CsFamily *family)
{
  const CsJob *full = family->members[0].job;
  for (size_t i = 0; i < family->n; i++) {
    const CsMember *m = &family->members[i];
    if (m->job == NULL)
      continue;
    say_warnings(m, full, m->job->brief->warnings, m->job->brief->n_warnings);
    say_warnings(m, full, m->job->plan->warnings, m->job->plan->n_warnings);
  }
}

/// One line a member: what it shares with the others, and how it ends.
static void
say_figures(const CsFamily *family)
{
  for (size_t i = 0; i < family->n; i++) {
    const CsMember *m        = &family->members[i];
    const CsMemberFigures *f = &m->figures;
    if (m->job == NULL)
      continue;
    (void)fprintf(stderr,
        "%-8s %7.2f s  %6.2f BPM  %3.0f %% literal  theme %d times  last "
        "downbeat %.2f s before the end%s%s  draws %d%s%s\n",
        m->cut.name, m->job->plan->duration_s, f->tempo_bpm,
        100.0 * f->literal_share, f->theme.n_heard, f->ring_s,
        f->cadence != NULL ? ", " : "", f->cadence != NULL ? f->cadence : "",
        m->n_draws, m->n_wrong > 0 ? "  WRONG: " : "", m->wrong);
  }
}

// ---- The command ------------------------------------------------------------

static CsStatus
read_wish(CsCli *cli, CsFamilyWish *wish)
{
  CsArgs *args = &cli->args;
  if (args->plan != NULL)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "--plan does not go with `family`; give the prompt");
  wish->folder = take_option(args, "output");
  wish->cuts   = take_option(args, "cuts");
  wish->format = take_option(args, "format");
  wish->beside = take_option(args, "beside");
  if (wish->folder == NULL)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "the folder for the family is missing; name it with -o DIR");
  if (strcmp(wish->folder, "-") == 0)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "a family is several files and cannot go to standard output; name a "
        "folder with -o DIR");
  wish->begin = begin;
  wish->user  = cli;
  return cs_cli_prompt(cli, &wish->prompt);
}

static CsStatus
make_family(CsCli *cli, CsFamily *family, CsProgressLine *line)
{
  const CsOptions *options = &family->members[0].job->options;
  if (!options->quiet)
    say_before(family);
  const CsStatus status = cs_family_write(family);
  cs_progress_clear(line);
  if (status != CS_OK && status != CS_ERR_MISSED)
    return status;
  if (!options->quiet)
    say_notes(family);
  if (options->verbose)
    say_figures(family);
  if (options->json)
    CS_TRY(cs_print(cli->arena, family->json));
  return status;
}

CsStatus
cs_cli_family(CsCli *cli)
{
  CsFamilyWish wish = {NULL};
  CsFamily *family  = CS_NEW(cli->arena, CsFamily);
  CS_TRY_NEW(family);
  CS_TRY(read_wish(cli, &wish));
  CsProgressLine line =
      cs_progress_line(cs_args_option(&cli->args, "quiet") != NULL);
  wish.on_progress   = cs_progress_show;
  wish.progress_user = &line;
  CsStatus status    = cs_family_compose(cli->arena, &wish, family);
  if (status == CS_OK)
    status = make_family(cli, family, &line);
  cs_progress_clear(&line);
  cs_family_free(family);
  return status;
}
