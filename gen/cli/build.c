// cuesmith build: the music of a course from its template.

#include "gen/cli/cli.h"

#include "gen/jobs/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Line {
  bool is_shown;
} Line;

static bool
show(void *user, size_t n_done, size_t n_due)
{
  const Line *line = user;
  if (line->is_shown && n_due > 0)
    (void)fprintf(stderr, "\r%zu of %zu parts      ", n_done, n_due);
  else if (line->is_shown)
    (void)fputs("\rrelating modules", stderr);
  return cs_signal_seen() == 0;
}

static CsStatus
read_wish(CsCli *cli, CsBuildWish *wish)
{
  const char *threads = cs_args_option(&cli->args, "threads");
  CsOptions options;
  CS_TRY(cs_args_allow(cli->arena, &cli->args, "build",
      "output soundfont threads dry-run json quiet"));
  CS_TRY(cs_args_one(
      cli->arena, &cli->args, "the course, a JSON file,", &wish->course));
  wish->folder    = cs_args_option(&cli->args, "output");
  wish->soundfont = cs_args_option(&cli->args, "soundfont");
  wish->is_dry    = cs_args_option(&cli->args, "dry-run") != NULL;
  if (wish->folder == NULL)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "the folder for the music is missing; name one with -o DIR");
  wish->cache_folder = cs_cli_cache_folder(cli->arena);
  cs_options_default(&options);
  if (threads != NULL)
    CS_TRY(cs_options_set(
        cli->arena, cli->engine->presets, &options, "threads", threads));
  wish->n_threads = options.n_threads;
  return CS_OK;
}

static CsStatus
print_report(CsCli *cli, const CsCourseBuild *build)
{
  const char *text = NULL;
  for (size_t i = 0; i < build->problems.n; i++)
    (void)fprintf(stderr, "cuesmith: %s\n", build->problems.items[i]);
  if (cs_args_option(&cli->args, "json") != NULL)
    CS_TRY(cs_build_report_json(cli->arena, build, &text));
  else if (cs_args_option(&cli->args, "quiet") == NULL)
    CS_TRY(cs_build_report_table(cli->arena, build, &text));
  return text != NULL ? cs_print(cli->arena, text) : CS_OK;
}

static CsStatus
verdict(CsCli *cli, const CsCourseBuild *build)
{
  if (build->problems.n > 0)
    return cs_fail(cli->arena, CS_ERR_WORK,
        "parts or modules that could not be made: %zu; the others stand; mend "
        "what the lines above name and build again",
        build->problems.n);
  if (build->n_off > 0)
    return cs_fail(cli->arena, CS_ERR_MISSED,
        "pairs of modules that are not related as asked: %zu; bring their "
        "words closer together, or take another \"theme_seed\"",
        build->n_off);
  if (build->n_missed > 0)
    return cs_fail(cli->arena, CS_ERR_MISSED,
        "parts that miss a hard property: %zu; `cuesmith audit` shows which, "
        "other words or another \"theme_seed\" mend it",
        build->n_missed);
  return CS_OK;
}

CsStatus
cs_cli_build(CsCli *cli)
{
  Line line        = {.is_shown = isatty(STDERR_FILENO) == 1 &&
                                  cs_args_option(&cli->args, "quiet") == NULL};
  CsBuildWish wish = {.on_progress = show, .user = &line};
  CsCourseBuild build;
  CS_TRY(read_wish(cli, &wish));
  const CsStatus status =
      cs_course_build(cli->arena, cli->engine, &wish, &build);
  if (line.is_shown)
    (void)fprintf(stderr, "\r%-24s\r", "");
  CS_TRY(status);
  CS_TRY(print_report(cli, &build));
  return verdict(cli, &build);
}
