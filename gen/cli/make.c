#include "gen/cli/cli.h"

#include "gen/base/file.h"
#include "gen/decoded.h"

#include <stdio.h>
#include <string.h>

enum { MAX_PLAN_BYTES = 64 * 1024 * 1024 };

/// A style that the presets lack may be one of the person's own.
static CsStatus
set_option(CsCli *cli, CsJob *job, const CsGivenOption *option)
{
  const char *value = option->value;
  const char *own   = NULL;
  if (cs_args_is_of_command(option->name))
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "the option --%s does not go with this command; `cuesmith --help` "
        "shows with which",
        option->name);
  if (strcmp(option->name, "style") == 0 &&
      cs_find_style(cli->engine->presets, value) == NULL)
    CS_TRY(cs_cli_own_style(cli, value, &own));
  return cs_job_set(job, option->name, own != NULL ? own : value);
}

CsStatus
cs_cli_job(CsCli *cli, CsJob **job)
{
  CS_TRY(cs_job_new(cli->engine, job));
  (*job)->cache_folder = cs_cli_cache_folder((*job)->arena);
  CS_TRY(cs_cli_own_words(cli, *job));
  for (size_t i = 0; i < cli->args.n_options; i++)
    CS_TRY(set_option(cli, *job, &cli->args.options[i]));
  return CS_OK;
}

CsStatus
cs_cli_end_job(CsCli *cli, CsJob *job, CsStatus status)
{
  if (status != CS_OK && job != NULL && cs_job_error(job)[0] != '\0')
    (void)cs_fail(cli->arena, status, "%s", cs_job_error(job));
  cs_job_free(job);
  return status;
}

// ---- What is said about a cue -----------------------------------------------

static void
say_warnings(const CsWarning *warnings, size_t n)
{
  for (size_t i = 0; i < n; i++)
    (void)fprintf(stderr, "cuesmith: warning: %s: %s\n", warnings[i].code,
        warnings[i].message);
}

static void
say_form(const CsPlan *plan)
{
  for (size_t i = 0; i < plan->n_sections; i++) {
    const CsSection *s = &plan->sections[i];
    (void)fprintf(stderr,
        "section   %-8s bars %3d-%-3d %7.2f s  energy %.2f-%.2f\n", s->name,
        s->first_bar + 1, s->first_bar + s->n_bars, s->start_s, s->energy[0],
        s->energy[1]);
  }
  for (size_t i = 0; i < plan->n_tracks; i++)
    (void)fprintf(stderr, "track     %-10s %s\n",
        cs_role_names[plan->tracks[i].role], plan->tracks[i].instrument);
}

/// Key, meter and tempo, with what changes on the way.
static void
say_music(const CsPlan *plan, const char *keys)
{
  (void)fprintf(stderr, "music     %s, %d/%d, %.2f BPM", keys,
      plan->meter.numerator, plan->meter.denominator, plan->tempos[0].bpm);
  for (size_t i = 1; i < plan->n_tempos; i++)
    (void)fprintf(stderr, ", %.2f from bar %d", plan->tempos[i].bpm,
        plan->tempos[i].bar + 1);
  (void)fprintf(stderr, ", %d bars\n", plan->n_bars);
}

static void
say_decisions(const CsJob *job)
{
  const CsPlan *plan = job->plan;
  const char *keys   = NULL;
  if (cs_plan_keys_text(job->arena, plan, &keys) != CS_OK)
    return;
  if (plan->style_reason != NULL)
    (void)fprintf(stderr, "style     %s\n", plan->style_reason);
  (void)fprintf(stderr, "function  %s, ending %s\n",
      cs_function_names[plan->function], cs_ending_names[plan->ending]);
  say_music(plan, keys);
  say_form(plan);
}

static void
say_figures(const CsJob *job)
{
  const CsMeasured *m = &job->measured;
  const bool is_sting = job->plan->function == CS_STINGER;
  (void)fprintf(stderr,
      "measured  %lld frames at %d Hz, %.1f LUFS %s (target %.1f), true peak "
      "%.1f dBTP, last 50 ms %.0f dBFS\n",
      (long long)job->plan->n_frames, job->plan->sample_rate,
      is_sting ? m->momentary_lufs : m->integrated_lufs,
      is_sting ? "momentary" : "integrated", m->target_lufs, m->true_peak_dbtp,
      m->end_rms_dbfs);
}

/// From here on a limiter's work is said, and that the level gave way.
static const double worth_saying_db = 0.5, usual_limiting_db = 3.05;

static void
say_limiting(const CsJob *job)
{
  const CsMeasured *m = &job->measured;
  if (m->gave_way_lu > worth_saying_db)
    (void)fprintf(stderr,
        "cuesmith: warning: level_gave_way: %.1f LUFS instead of %.1f, since "
        "more than 3 dB of limiting would be heard; --lufs %g gets it all the "
        "same\n",
        m->target_lufs, job->plan->loudness_lufs, job->plan->loudness_lufs);
  if (m->limiting_db > usual_limiting_db)
    (void)fprintf(stderr,
        "cuesmith: warning: limiting: %.1f dB of limiting were needed for %.1f "
        "LUFS, more than 3 dB are heard\n",
        m->limiting_db, job->plan->loudness_lufs);
}

static CsStatus
say_decoded(const CsCli *cli, const CsJob *job)
{
  const char *sentence = NULL;
  CS_TRY(cs_decoded_warning(cli->arena, job, &sentence));
  if (sentence != NULL)
    (void)fprintf(stderr, "cuesmith: warning: decoded_peak: %s\n", sentence);
  return CS_OK;
}

static void
say_audit(const CsJob *job)
{
  for (size_t i = 0; i < job->n_mended; i++)
    (void)fprintf(stderr, "mended    %s: drew %s\n", job->mended[i].property,
        job->mended[i].rerolls);
  (void)fprintf(stderr, "audit     hard properties missed:");
  for (size_t i = 0; i < job->n_missed; i++)
    (void)fprintf(stderr, " %s", job->missed[i]);
  (void)fprintf(stderr, "%s\n", job->n_missed == 0 ? " none" : "");
}

static void
say_left_out(const CsJob *job)
{
  for (size_t i = 0; i < job->options.alternates.n; i++)
    if (!job->alternates[i].sounds)
      (void)fprintf(stderr,
          "cuesmith: warning: alternate_empty: nothing would sound in the "
          "alternate %s; it was left out\n",
          job->options.alternates.items[i].name);
}

static CsStatus
say(CsCli *cli, CsJob *job)
{
  if (!job->options.quiet) {
    if (job->brief != NULL)
      say_warnings(job->brief->warnings, job->brief->n_warnings);
    say_warnings(job->plan->warnings, job->plan->n_warnings);
    say_warnings(job->font_warnings, job->n_font_warnings);
    say_left_out(job);
    say_limiting(job);
    CS_TRY(say_decoded(cli, job));
  }
  if (job->options.verbose) {
    say_decisions(job);
    say_figures(job);
    say_audit(job);
  }
  return job->options.json ? cs_print(cli->arena, cs_job_record_json(job))
                           : CS_OK;
}

// ---- Takes ------------------------------------------------------------------

/// "cue.wav" and 2 give "cue-2.wav".
static const char *
numbered(CsArena *arena, const char *path, int number)
{
  const size_t n = cs_path_stem(path);
  return cs_arena_printf(arena, "%.*s-%d%s", (int)n, path, number, path + n);
}

static CsStatus
number_files(CsJob *job, int take)
{
  CsOptions *o         = &job->options;
  const char **paths[] = {
      &o->output, &o->midi, &o->record, &o->picture, &o->stems_folder};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    if (*paths[i] != NULL) {
      *paths[i] = numbered(job->arena, *paths[i], take);
      CS_TRY_NEW(*paths[i]);
    }
  char seed[32];
  (void)snprintf(seed, sizeof seed, "%llu",
      (unsigned long long)o->wish.seed + (unsigned long long)take - 1);
  return cs_job_set(job, "seed", seed);
}

static CsStatus
prepare_take(CsCli *cli, CsJob *job, int take)
{
  const char *output = job->options.output;
  if (job->options.n_takes == 1)
    return CS_OK;
  if (output != NULL && strcmp(output, "-") == 0)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "several takes cannot go to standard output; name a file");
  return number_files(job, take);
}

static CsStatus
read_plan(CsCli *cli, CsJob *job)
{
  const char *text = NULL;
  size_t n_bytes   = 0;
  CS_TRY(cs_file_read(
      job->arena, cli->args.plan, MAX_PLAN_BYTES, &text, &n_bytes));
  return cs_job_read_plan(job, cli->args.plan, text, n_bytes);
}

static CsStatus
write_cue(CsCli *cli, CsJob *job)
{
  CsProgressLine line = cs_progress_line(job->options.quiet);
  cs_job_on_progress(job, cs_progress_show, &line);
  const CsStatus status = cs_job_write(job);
  cs_progress_clear(&line);
  if (status != CS_OK && status != CS_ERR_MISSED)
    return status;
  CS_TRY(say(cli, job));
  return status;
}

static CsStatus
make_take(CsCli *cli, const char *prompt, int take, int *n_takes)
{
  CsJob *job      = NULL;
  CsStatus status = cs_cli_job(cli, &job);
  if (status == CS_OK)
    status = prepare_take(cli, job, take);
  if (status == CS_OK) {
    *n_takes = job->options.n_takes;
    status   = prompt != NULL ? cs_job_parse(job, prompt) : read_plan(cli, job);
  }
  if (status == CS_OK)
    status = write_cue(cli, job);
  return cs_cli_end_job(cli, job, status);
}

/// One of several takes: the others are made all the same.
static void
say_missed(CsCli *cli, int *n_missed)
{
  ++*n_missed;
  (void)fprintf(stderr, "cuesmith: %s\n", cs_arena_error(cli->arena));
  cs_arena_clear_error(cli->arena);
}

CsStatus
cs_cli_make(CsCli *cli)
{
  const char *prompt = NULL;
  int n_takes        = 1;
  if (cli->args.plan == NULL)
    CS_TRY(cs_cli_prompt(cli, &prompt));
  else if (cli->args.n_positional > 0 || cli->args.file != NULL)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "a prompt and --plan do not go together; leave one of them out");
  int n_missed = 0;
  for (int take = 1; take <= n_takes; take++) {
    const CsStatus status = make_take(cli, prompt, take, &n_takes);
    if (status != CS_ERR_MISSED)
      CS_TRY(status);
    else if (n_takes == 1)
      return status;
    else
      say_missed(cli, &n_missed);
  }
  return n_missed == 0 ? CS_OK
                       : cs_fail(cli->arena, CS_ERR_MISSED,
                             "%d of %d takes miss a hard property; the others "
                             "are as asked",
                             n_missed, n_takes);
}
