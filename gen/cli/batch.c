#include "gen/cli/cli.h"

#include "gen/jobs/batch.h"
#include "gen/jobs/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_WIDTH = 72, S_PER_MINUTE = 60, S_PER_HOUR = 3600 };

/// How long a shown line stays.
static const double show_every_s = 0.2;

/// What a run says while it goes on.
typedef struct Teller {
  CsCli *cli;
  const char *jobs; ///< As messages call the list.
  bool shows;       ///< A terminal looks on.
  double begun_s;   ///< From when on jobs were made rather than kept.
  double begun_share;
  uint64_t n_begun;
  double shown_s;
  bool is_shown;
} Teller;

// ---- The progress line ------------------------------------------------------

static double
now_s(void)
{
  struct timespec now = {0, 0};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void
clear_line(Teller *teller)
{
  if (teller->is_shown)
    (void)fprintf(stderr, "\r%-*s\r", LINE_WIDTH, "");
  teller->is_shown = false;
}

/// "2:05" or "1:02:05".
static void
write_time(double seconds, char *text, size_t n_bytes)
{
  const long s = seconds < 1e9 ? (long)(seconds + 0.5) : 0;
  if (s >= S_PER_HOUR)
    (void)snprintf(text, n_bytes, "%ld:%02ld:%02ld", s / S_PER_HOUR,
        s / S_PER_MINUTE % S_PER_MINUTE, s % S_PER_MINUTE);
  else
    (void)snprintf(
        text, n_bytes, "%ld:%02ld", s / S_PER_MINUTE, s % S_PER_MINUTE);
}

static void
show_line(Teller *teller, const CsBatchCounts *counts)
{
  char line[256], left[64] = "", rate[64] = "";
  const double now     = now_s();
  const double spent_s = now - teller->begun_s;
  const double gained  = counts->share - teller->begun_share;
  const uint64_t n     = counts->n_made + counts->n_failed;
  if (!teller->shows || now - teller->shown_s < show_every_s)
    return;
  if (spent_s > 0.0 && n > teller->n_begun)
    (void)snprintf(
        rate, sizeof rate, ", %.2f/s", (double)(n - teller->n_begun) / spent_s);
  if (counts->share >= 0.0 && gained > 0.0) {
    char time[32];
    write_time(spent_s * (1.0 - counts->share) / gained, time, sizeof time);
    (void)snprintf(
        left, sizeof left, ", %.0f %%, %s left", 100.0 * counts->share, time);
  }
  (void)snprintf(line, sizeof line, "%llu made, %llu kept, %llu failed%s%s",
      (unsigned long long)counts->n_made, (unsigned long long)counts->n_kept,
      (unsigned long long)counts->n_failed, rate, left);
  (void)fprintf(stderr, "\r%-*.*s", LINE_WIDTH, LINE_WIDTH, line);
  teller->is_shown = true;
  teller->shown_s  = now;
}

// ---- What is told -----------------------------------------------------------

static bool
goes_on(void *user, const CsBatchCounts *counts)
{
  show_line(user, counts);
  return cs_signal_seen() == 0;
}

static CsStatus
tell(void *user, const CsBatchJob *job, const CsBatchCounts *counts)
{
  Teller *teller  = user;
  const char *why = job->why;
  clear_line(teller);
  if (why == NULL && job->was_missed)
    why = "the cue stands, but misses a hard property; its row names it";
  if (why != NULL)
    (void)fprintf(stderr, "cuesmith: %s line %llu: %s\n", teller->jobs,
        (unsigned long long)job->listed.line, why);
  if (job->fate == CS_JOB_KEPT) {
    // Looking is much faster than making: the rate counts from here.
    teller->begun_s     = now_s();
    teller->begun_share = counts->share;
    teller->n_begun     = counts->n_made + counts->n_failed;
  }
  CS_TRY(cs_print(teller->cli->arena, job->row));
  show_line(teller, counts);
  return CS_OK;
}

static CsStatus
conclude(CsCli *cli, const CsBatchCounts *counts)
{
  const unsigned long long n_all =
      counts->n_made + counts->n_kept + counts->n_failed;
  if (counts->n_failed > 0)
    return cs_fail(cli->arena, CS_ERR_WORK,
        "%llu of %llu jobs failed; mend their lines and run it again with "
        "--resume",
        (unsigned long long)counts->n_failed, n_all);
  if (counts->n_missed > 0)
    return cs_fail(cli->arena, CS_ERR_MISSED,
        "%llu of %llu cues miss a hard property; the others are as asked",
        (unsigned long long)counts->n_missed, n_all);
  return CS_OK;
}

// ---- The wish ---------------------------------------------------------------

/// Options of the run; the others are for the jobs.
static bool
is_of_run(const char *name)
{
  static const char *const names[] = {
      "output", "threads", "quiet", "shard", "resume"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0)
      return true;
  return false;
}

/// An option for all jobs: none that would give them all one file.
static CsStatus
check_default(CsCli *cli, const CsGivenOption *option)
{
  static const char *const own[] = {"stems", "midi", "record", "picture"};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++)
    if (strcmp(option->name, own[i]) == 0)
      return cs_fail(cli->arena, CS_ERR_REQUEST,
          "--%s would give all jobs one name; give each job its own in the "
          "list",
          option->name);
  if (strcmp(option->name, "takes") == 0 || strcmp(option->name, "json") == 0 ||
      strcmp(option->name, "verbose") == 0 || strcmp(option->name, "join") == 0)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "the option --%s does not go with `batch`; leave it out", option->name);
  return CS_OK;
}

/// The last value of an option is the one that counts.
static bool
comes_again(const CsArgs *args, size_t at)
{
  for (size_t i = at + 1; i < args->n_options; i++)
    if (strcmp(args->options[i].name, args->options[at].name) == 0)
      return true;
  return false;
}

/// Options for all jobs are tried once, so that a wrong one is one error.
static CsStatus
read_defaults(CsCli *cli, CsBatchGround *ground)
{
  CsJob *trial           = NULL;
  CsGivenOption *options = CS_NEW_N(cli->arena, CsGivenOption, CS_MAX_OPTIONS);
  CS_TRY_NEW(options);
  CS_TRY(cs_job_new(cli->engine, &trial));
  CsStatus status = CS_OK;
  for (size_t i = 0; status == CS_OK && i < cli->args.n_options; i++) {
    const CsGivenOption *option = &cli->args.options[i];
    const char *own             = NULL;
    if (is_of_run(option->name) || comes_again(&cli->args, i))
      continue;
    status = check_default(cli, option);
    if (status == CS_OK && strcmp(option->name, "style") == 0 &&
        cs_find_style(cli->engine->presets, option->value) == NULL)
      status = cs_cli_own_style(cli, option->value, &own);
    if (status == CS_OK)
      status =
          cs_job_set(trial, option->name, own != NULL ? own : option->value);
    options[ground->n_defaults++] = *option;
  }
  ground->defaults = options;
  return cs_cli_end_job(cli, trial, status);
}

/// The person's own words, once for all jobs.
static CsStatus
read_words(CsCli *cli, CsBatchGround *ground)
{
  CsJob *trial = NULL;
  CS_TRY(cs_job_new(cli->engine, &trial));
  CsStatus status = cs_cli_own_words(cli, trial);
  if (status == CS_OK && trial->options.words.n > 0)
    status = cs_words_json(cli->arena, &trial->options.words, &ground->words);
  return cs_cli_end_job(cli, trial, status);
}

static CsStatus
read_threads(CsCli *cli, CsJob *trial, int *n_threads)
{
  const char *text = cs_args_option(&cli->args, "threads");
  CsStatus status  = CS_OK;
  if (text != NULL)
    status = cs_job_set(trial, "threads", text);
  *n_threads = trial->options.n_threads;
  return cs_cli_end_job(cli, trial, status);
}

static char *
variable(const char *name)
{
  return getenv(name);
}

static CsStatus
read_shard(CsCli *cli, CsBatchWish *wish)
{
  const char *text = cs_args_option(&cli->args, "shard");
  if (text == NULL)
    return CS_OK;
  return cs_shard_read(cli->arena, text, variable, &wish->shard);
}

/// A part that was worked out from an array has to fit what stands there.
static CsStatus
check_parts(CsCli *cli, const CsBatchWish *wish)
{
  const char *text = cs_args_option(&cli->args, "shard");
  if (text == NULL || strcmp(text, "slurm") != 0 ||
      access(wish->ground.folder, F_OK) != 0)
    return CS_OK;
  return cs_manifest_check_parts(cli->arena, wish->ground.folder, &wish->shard);
}

static CsStatus
read_wish(CsCli *cli, CsBatchWish *wish)
{
  CsJob *trial = NULL;
  if (cli->args.file != NULL || cli->args.plan != NULL)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "--file and --plan do not go with `batch`; name the list of jobs, or - "
        "for standard input");
  CS_TRY(cs_args_one(cli->arena, &cli->args, "the list of jobs", &wish->jobs));
  wish->ground.folder = cs_args_option(&cli->args, "output");
  if (wish->ground.folder == NULL)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "the folder for the outputs is missing; name it with -o DIR");
  CS_TRY(cs_job_new(cli->engine, &trial));
  CS_TRY(read_threads(cli, trial, &wish->n_threads));
  CS_TRY(read_shard(cli, wish));
  CS_TRY(check_parts(cli, wish));
  CS_TRY(read_words(cli, &wish->ground));
  wish->ground.resumes = cs_args_option(&cli->args, "resume") != NULL;
  CS_TRY(cs_cli_own_styles_folder(cli->arena, &wish->ground.styles_folder));
  wish->ground.cache_folder = cs_cli_cache_folder(cli->arena);
  return read_defaults(cli, &wish->ground);
}

static CsStatus
join(CsCli *cli, const char *folder)
{
  CsJoined joined = {0, 0};
  CS_TRY(cs_args_allow(cli->arena, &cli->args, "batch --join", "join quiet"));
  if (cli->args.n_positional > 0)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "\"%s\" is one argument too many; --join DIR stands alone",
        cli->args.positional[0]);
  return cs_manifest_join(cli->arena, folder, &joined);
}

CsStatus
cs_cli_batch(CsCli *cli)
{
  const char *folder   = cs_args_option(&cli->args, "join");
  CsBatchWish wish     = {.tell = tell, .goes_on = goes_on};
  CsBatchCounts counts = {0};
  if (folder != NULL)
    return join(cli, folder);
  CS_TRY(read_wish(cli, &wish));
  Teller teller = {.cli = cli, .jobs = wish.jobs, .begun_s = now_s()};
  teller.shows =
      isatty(STDERR_FILENO) == 1 && cs_args_option(&cli->args, "quiet") == NULL;
  if (strcmp(wish.jobs, "-") == 0)
    teller.jobs = "standard input";
  wish.user             = &teller;
  const CsStatus status = cs_batch_run(cli->engine, cli->arena, &wish, &counts);
  clear_line(&teller);
  CS_TRY(status);
  return conclude(cli, &counts);
}
