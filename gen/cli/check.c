#include "gen/cli/cli.h"

#include "gen/render/render.h"
#include "soundfonts/sf2_file.h"

#include <stdio.h>
#include <string.h>

// ---- verify -----------------------------------------------------------------

static CsStatus
say_verdict(CsCli *cli, const char *path, const CsVerdict *verdict)
{
  const char *line =
      verdict->is_same
          ? cs_arena_printf(cli->arena, "%s: same; %s\n", path, verdict->reason)
          : cs_arena_printf(cli->arena, "%s: differs by up to %.1f dBFS; %s\n",
                path, verdict->difference_dbfs, verdict->reason);
  CS_TRY_NEW(line);
  CS_TRY(cs_print(cli->arena, line));
  return verdict->is_same ? CS_OK
                          : cs_fail(cli->arena, CS_ERR_MISSED,
                                "%s is not what its record makes", path);
}

static CsStatus
verify(CsCli *cli, const CsJob *job)
{
  const char *path = NULL;
  CsVerdict verdict;
  CS_TRY(cs_args_one(cli->arena, &cli->args, "the file", &path));
  CS_TRY(cs_verify(cli->engine, cli->arena, path, job->options.soundfont,
      job->options.n_threads, &verdict));
  return say_verdict(cli, path, &verdict);
}

CsStatus
cs_cli_verify(CsCli *cli)
{
  CsJob *job = NULL; // reads the options
  CS_TRY(cs_args_allow(
      cli->arena, &cli->args, "verify", "soundfont threads quiet verbose"));
  CsStatus status = cs_cli_job(cli, &job);
  if (status == CS_OK)
    status = verify(cli, job);
  return cs_cli_end_job(cli, job, status);
}

// ---- doctor -----------------------------------------------------------------

static void
check_data(CsCli *cli, CsText *text, bool *is_well)
{
  char why[CS_MESSAGE_BYTES];
  if (cs_engine_open(NULL, why, &cli->engine) != CS_OK) {
    cs_text_addf(text, "missing  %s\n", why);
    *is_well = false;
    return;
  }
  const CsPresets *presets = cli->engine->presets;
  cs_text_addf(
      text, "ok       words and presets in %s\n", cli->engine->data_folder);
  cs_text_addf(text,
      "ok       %zu styles, %zu instruments, %zu patterns, %zu progressions\n",
      presets->n_styles, presets->n_instruments, presets->n_patterns,
      presets->n_progressions);
  for (size_t i = 0; i < presets->n_broken; i++) {
    cs_text_addf(text, "broken   %s\n", presets->broken[i].message);
    *is_well = false;
  }
}

/// The styles in the config folder, each of which --style may name.
static CsStatus
check_own_styles(CsCli *cli, CsText *text, bool *is_well)
{
  CsStrings own = {0};
  CS_TRY(cs_cli_own_styles(cli, &own));
  for (size_t i = 0; i < own.n; i++) {
    CsJob *job       = NULL;
    const char *path = NULL;
    const char *name = cs_arena_copy(
        cli->arena, own.items[i], strlen(own.items[i]) - strlen(".json"));
    CS_TRY_NEW(name);
    CS_TRY(cs_cli_own_style(cli, name, &path));
    CS_TRY(cs_job_new(cli->engine, &job));
    if (path != NULL && cs_job_set(job, "style", path) != CS_OK) {
      cs_text_addf(text, "broken   your own style: %s\n", cs_job_error(job));
      *is_well = false;
    }
    cs_job_free(job);
  }
  return CS_OK;
}

/// The words in the config folder, which every command that reads a prompt
/// takes.
static void
check_own_words(CsCli *cli, CsText *text, bool *is_well)
{
  CsJob *job               = NULL;
  const CsLexicon *lexicon = NULL;
  CsStatus status          = cs_cli_job(cli, &job);
  if (status == CS_OK)
    status = cs_job_lexicon(job, &lexicon);
  if (status != CS_OK && job != NULL) {
    cs_text_addf(text, "broken   your own words: %s\n", cs_job_error(job));
    *is_well = false;
  }
  cs_job_free(job);
}

static void
check_font(CsCli *cli, CsText *text, bool *is_well)
{
  CsFont font;
  CsStatus status =
      cs_catalogue_choose(cli->arena, cli->engine->catalogue, NULL, &font);
  if (status == CS_OK)
    status = cs_sf2_check(cli->arena, font.path);
  if (status != CS_OK) {
    cs_text_addf(text, "missing  %s\n", cs_arena_error(cli->arena));
    *is_well = false;
    return;
  }
  cs_text_addf(text,
      "ok       soundfont %s (%s) in %s, the first of the catalogue that is "
      "here\n",
      font.name, font.licence, font.path);
  for (size_t i = 0; i < font.n_origins; i++)
    cs_text_addf(text, "ok       made from %s (%s, %s)\n", font.origins[i].name,
        font.origins[i].licence, font.origins[i].holder);
  if (font.is_made && font.n_origins == 0)
    cs_text_addf(text,
        "ok       made without any other font: all of it is synthesised\n");
}

static void
add_fluidsynth(CsText *text)
{
  const char *version = cs_fluidsynth_version();
  if (version != NULL)
    cs_text_addf(text, "ok       FluidSynth %s\n", version);
  else
    cs_text_add(text, "ok       no FluidSynth, which only --renderer reference "
                      "needs (Debian: libfluidsynth3)\n");
}

CsStatus
cs_cli_doctor(CsCli *cli)
{
  bool is_well    = true;
  const char *out = NULL;
  CsText text     = cs_text_new(cli->arena);
  CS_TRY(cs_args_allow(cli->arena, &cli->args, "doctor", "quiet verbose"));
  cs_text_addf(&text, "ok       cuesmith %s, engine %d\n", cs_version(),
      cs_engine_version());
  add_fluidsynth(&text);
  cs_text_addf(&text, "ok       %s\n", cs_sndfile_version());
  check_data(cli, &text, &is_well);
  if (cli->engine != NULL) {
    check_own_words(cli, &text, &is_well);
    CS_TRY(check_own_styles(cli, &text, &is_well));
    check_font(cli, &text, &is_well);
  }
  CS_TRY(cs_text_take(&text, &out));
  CS_TRY(cs_print(cli->arena, out));
  cs_arena_clear_error(cli->arena);
  return is_well ? CS_OK
                 : cs_fail(cli->arena, CS_ERR_WORK,
                       "something is missing or broken; the lines above say "
                       "how to mend "
                       "it");
}
