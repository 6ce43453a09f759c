#include "gen/cli/cli.h"

#include "gen/audit/audit.h"

#include <stdio.h>
#include <string.h>

typedef struct Lister {
  CsCli *cli;
  const CsJob *job; ///< Its options are set.
  CsText text;
  CsJsonWriter json;
  bool is_json;
} Lister;

static void
put_row(Lister *l, const char *name, const char *title)
{
  if (!l->is_json) {
    cs_text_addf(&l->text, "%-20s %s\n", name, title);
    return;
  }
  cs_json_begin_flat_object(&l->json, NULL);
  cs_json_put_string(&l->json, "name", name);
  cs_json_put_string(&l->json, "title", title);
  cs_json_end_object(&l->json);
}

/// A style of the person's own folder; one that is broken is named aside, for
/// nobody asked for it.
static CsStatus
list_own_style(Lister *l, const char *file)
{
  CsJob *job       = NULL;
  CsCli *cli       = l->cli;
  const char *path = NULL;
  const char *name =
      cs_arena_copy(cli->arena, file, strlen(file) - strlen(".json"));
  CS_TRY_NEW(name);
  CS_TRY(cs_cli_own_style(cli, name, &path));
  if (path == NULL || cs_find_style(cli->engine->presets, name) != NULL)
    return CS_OK; // the built-in one stands
  CS_TRY(cs_job_new(cli->engine, &job));
  const CsStatus status = cs_job_set(job, "style", path);
  if (status == CS_OK)
    put_row(l, name,
        cs_find_style(cs_job_presets(job), job->options.wish.style)->title);
  else if (status == CS_ERR_REQUEST)
    (void)fprintf(
        stderr, "cuesmith: warning: preset_broken: %s\n", cs_job_error(job));
  cs_job_free(job);
  return status == CS_ERR_REQUEST ? CS_OK : status;
}

static CsStatus
list_styles(Lister *l)
{
  const CsPresets *presets = cs_job_presets(l->job);
  CsStrings own            = {0};
  for (size_t i = 0; i < presets->n_styles; i++)
    put_row(l, presets->styles[i].name, presets->styles[i].title);
  CS_TRY(cs_cli_own_styles(l->cli, &own));
  for (size_t i = 0; i < own.n; i++)
    CS_TRY(list_own_style(l, own.items[i]));
  for (size_t i = 0; i < presets->n_broken; i++)
    (void)fprintf(stderr, "cuesmith: warning: preset_broken: %s\n",
        presets->broken[i].message);
  return CS_OK;
}

static CsStatus
list_instruments(Lister *l)
{
  const CsPresets *presets = cs_job_presets(l->job);
  for (size_t i = 0; i < presets->n_instruments; i++) {
    const CsInstrument *in = &presets->instruments[i];
    const char *where =
        cs_arena_printf(l->cli->arena, "bank %d program %d, keys %d..%d",
            in->bank, in->program, in->range[0], in->range[1]);
    CS_TRY_NEW(where);
    put_row(l, in->name, where);
  }
  return CS_OK;
}

static CsStatus
list_endings(Lister *l)
{
  static const char *const titles[CS_N_ENDINGS] = {
      [CS_ENDING_RING]   = "the last chord is left to decay",
      [CS_ENDING_BUTTON] = "a last accent on the beat, and out",
      [CS_ENDING_FADE]   = "dies away while the music goes on",
      [CS_ENDING_CUT]    = "broken off at the last frame",
      [CS_ENDING_LOOP]   = "the end joins the start without a gap",
  };
  for (int i = 0; i < CS_N_ENDINGS; i++)
    put_row(l, cs_ending_names[i], titles[i]);
  return CS_OK;
}

static CsStatus
list_profiles(Lister *l)
{
  const CsPresets *presets = cs_job_presets(l->job);
  for (size_t i = 0; i < presets->n_profiles; i++)
    put_row(l, presets->profiles[i].name, presets->profiles[i].about);
  return CS_OK;
}

static CsStatus
list_soundfonts(Lister *l)
{
  const CsCatalogue *catalogue = l->cli->engine->catalogue;
  for (size_t i = 0; i < catalogue->n_fonts; i++) {
    const CsKnownFont *font = &catalogue->fonts[i];
    const char *path        = cs_catalogue_path(l->cli->arena, catalogue, font);
    const char *title = cs_arena_printf(l->cli->arena, "%s; %s", font->licence,
        path != NULL ? path : font->get);
    CS_TRY_NEW(title);
    put_row(l, font->name, title);
  }
  return CS_OK;
}

static void
put_property(CsJsonWriter *w, const CsProperty *property)
{
  cs_json_begin_flat_object(w, NULL);
  cs_json_put_string(w, "id", property->id);
  cs_json_put_string(w, "name", property->name);
  cs_json_put_bool(w, "hard", property->is_hard);
  cs_json_put_bool(w, "sound", property->wants_sound);
  cs_json_put_string(w, "unit", property->unit);
  cs_json_put_string(w, "text", property->text);
  cs_json_end_object(w);
}

static CsStatus
list_properties(Lister *l)
{
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsProperty *property = cs_properties[i];
    if (l->is_json)
      put_property(&l->json, property);
    else
      cs_text_addf(&l->text, "%-5s %-32s %-4s  %s\n", property->id,
          property->name, property->is_hard ? "hard" : "", property->text);
  }
  return CS_OK;
}

typedef struct Subject {
  const char *name;
  CsStatus (*list)(Lister *l);
} Subject;

static const Subject subjects[] = {
    {"styles", list_styles},
    {"instruments", list_instruments},
    {"endings", list_endings},
    {"profiles", list_profiles},
    {"soundfonts", list_soundfonts},
    {"properties", list_properties},
};

static CsStatus
list_words_of(CsCli *cli, CsJob *job)
{
  const CsLexicon *lexicon = NULL;
  const char *text         = NULL;
  const char *pattern =
      cli->args.n_positional > 1 ? cli->args.positional[1] : NULL;
  CS_TRY(cs_job_lexicon(job, &lexicon));
  CS_TRY(cs_lexicon_list(cli->arena, lexicon, pattern,
      cs_args_option(&cli->args, "json") != NULL, &text));
  return cs_print(cli->arena, text);
}

static CsStatus
list_subject(CsCli *cli, const CsJob *job, const Subject *subject)
{
  const char *text = NULL;
  Lister l         = {.cli = cli, .job = job, .text = cs_text_new(cli->arena)};
  l.json           = cs_json_writer(&l.text, true);
  l.is_json        = cs_args_option(&cli->args, "json") != NULL;
  if (l.is_json)
    cs_json_begin_array(&l.json, NULL);
  CS_TRY(subject->list(&l));
  if (l.is_json) {
    cs_json_end_array(&l.json);
    cs_text_add(&l.text, "\n");
  }
  CS_TRY(cs_text_take(&l.text, &text));
  return cs_print(cli->arena, text);
}

static CsStatus
list(CsCli *cli, CsJob *job)
{
  const size_t n   = cli->args.n_positional;
  const char *name = n > 0 ? cli->args.positional[0] : "";
  if (strcmp(name, "words") == 0 && n <= 2)
    return list_words_of(cli, job);
  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
    if (strcmp(name, subjects[i].name) == 0 && n == 1)
      return list_subject(cli, job, &subjects[i]);
  return cs_fail(cli->arena, CS_ERR_REQUEST,
      "`list %s` is unknown; list styles, instruments, words, endings, "
      "profiles, soundfonts or properties",
      name);
}

CsStatus
cs_cli_list(CsCli *cli)
{
  CsJob *job = NULL; // reads the options and the person's own words
  CS_TRY(cs_args_allow(
      cli->arena, &cli->args, "list", "lexicon style json quiet verbose"));
  CsStatus status = cs_cli_job(cli, &job);
  if (status == CS_OK)
    status = list(cli, job);
  return cs_cli_end_job(cli, job, status);
}
