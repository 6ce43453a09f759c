// The record: how a cue was made and what it measures (DESIGN, section 5),
// written and read back.

#include "gen/base/file.h"
#include "gen/engine.h"

#include "gen/render/render.h"

#include <string.h>

static const char statement[] =
    "Composed by rule and rendered by cuesmith; no recording or composition of "
    "others is used beyond the samples named here. The audio is given to you "
    "without conditions.";

/// FluidSynth is named where it has played.
static void
write_libraries(CsJsonWriter *w, const CsJob *job)
{
  cs_json_begin_object(w, "libraries");
  if (job->options.render_way == CS_RENDER_REFERENCE)
    cs_json_put_string(w, "fluidsynth", cs_fluidsynth_version());
  cs_json_put_string(w, "libsndfile", cs_sndfile_version());
  cs_json_end_object(w);
}

static void
write_audio(
    CsJsonWriter *w, const CsJob *job, const CsMeasured *m, bool is_full)
{
  cs_json_begin_object(w, "audio");
  cs_json_put_number(w, "frames", (double)job->plan->n_frames);
  cs_json_put_number(w, "sample_rate", job->plan->sample_rate);
  cs_json_put_number(w, "channels", job->options.n_channels);
  cs_json_put_string(w, "bits", cs_sample_format_names[job->options.format]);
  cs_json_put_rounded(w, "integrated_lufs", m->integrated_lufs, 2);
  cs_json_put_rounded(w, "momentary_max_lufs", m->momentary_lufs, 2);
  cs_json_put_rounded(w, "true_peak_dbtp", m->true_peak_dbtp, 2);
  if (is_full && job->is_decoded_known)
    cs_json_put_rounded(w, "decoded_true_peak_dbtp", job->decoded_peak_dbtp, 2);
  cs_json_put_rounded(w, "target_lufs", m->target_lufs, 2);
  cs_json_put_rounded(w, "gave_way_lu", m->gave_way_lu, 2);
  cs_json_put_rounded(w, "limiting_db", m->limiting_db, 2);
  cs_json_put_rounded(w, "trimming_db", m->trimming_db, 2);
  cs_json_put_string(w, "sha256", m->sha256);
  cs_json_end_object(w);
}

/// The alternates beside the mix.
static void
write_alternates(CsJsonWriter *w, const CsJob *job)
{
  const CsAlternates *all = &job->options.alternates;
  if (all->n == 0)
    return;
  cs_json_begin_array(w, "alternates");
  for (size_t i = 0; i < all->n; i++) {
    const CsMeasured *m = &job->alternates[i].measured;
    if (!job->alternates[i].sounds)
      continue;
    cs_json_begin_flat_object(w, NULL);
    cs_json_put_string(w, "name", all->items[i].name);
    cs_json_put_rounded(w, "integrated_lufs", m->integrated_lufs, 2);
    cs_json_put_rounded(w, "true_peak_dbtp", m->true_peak_dbtp, 2);
    cs_json_put_string(w, "sha256", m->sha256);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
}

/// Roles that were drawn anew because their notes missed a hard property.
static void
write_mended(CsJsonWriter *w, const CsJob *job)
{
  if (job->n_mended == 0)
    return;
  cs_json_begin_array(w, "mended");
  for (size_t i = 0; i < job->n_mended; i++) {
    cs_json_begin_flat_object(w, NULL);
    cs_json_put_string(w, "property", job->mended[i].property);
    cs_json_put_string(w, "reroll", job->mended[i].rerolls);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
}

static void
write_audit(CsJsonWriter *w, const CsJob *job)
{
  cs_json_begin_object(w, "audit");
  cs_json_begin_flat_array(w, "hard_missed");
  for (size_t i = 0; i < job->n_missed; i++)
    cs_json_put_string(w, NULL, job->missed[i]);
  cs_json_end_array(w);
  cs_json_end_object(w);
}

static bool
is_played(const CsPerformance *p, size_t track)
{
  for (size_t i = 0; i < p->n_notes; i++)
    if (p->notes[i].track == track)
      return true;
  return false;
}

/// The instruments that are heard and whose samples came from one origin of the
/// font, each once: an index into its origins, or CS_ORIGIN_...
static CsStatus
write_instruments(CsArena *arena, CsJsonWriter *w, const char *key,
    const CsJob *job, int origin)
{
  const CsPerformance *p = job->performance;
  CsStrings names        = {CS_NEW_N(arena, const char *, p->n_tracks + 1), 0};
  CS_TRY_NEW(names.items);
  for (size_t i = 0; job->sounds != NULL && i < p->n_tracks; i++) {
    const CsTrackSound *sound = &job->sounds[i];
    const char *name          = p->tracks[i].track->instrument;
    if (cs_font_origin(arena, &job->font, sound->bank, sound->program) ==
            origin &&
        !cs_strings_have(&names, name) && is_played(p, i))
      names.items[names.n++] = name;
  }
  if (names.n > 0)
    cs_json_put_strings(w, key, &names);
  return CS_OK;
}

/// The fonts that samples of a bank came from, with the instruments of each.
static CsStatus
write_origins(CsArena *arena, CsJsonWriter *w, const CsJob *job)
{
  const CsFont *font = &job->font;
  if (font->n_origins == 0)
    return CS_OK;
  cs_json_begin_array(w, "made_from");
  for (size_t i = 0; i < font->n_origins; i++) {
    cs_json_begin_object(w, NULL);
    cs_json_put_string(w, "name", font->origins[i].name);
    cs_json_put_string(w, "sha256", font->origins[i].sha256);
    cs_json_put_string(w, "licence", font->origins[i].licence);
    cs_json_put_string(w, "holder", font->origins[i].holder);
    CS_TRY(write_instruments(arena, w, "instruments", job, (int)i));
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
  return CS_OK;
}

static CsStatus
write_provenance(CsArena *arena, CsJsonWriter *w, const CsJob *job)
{
  const CsFont *font = &job->font;
  cs_json_begin_object(w, "provenance");
  cs_json_begin_array(w, "soundfonts");
  cs_json_begin_object(w, NULL);
  cs_json_put_string(w, "name", font->name);
  cs_json_put_string(w, "file", cs_path_name(font->path));
  cs_json_put_string(w, "sha256", font->sha256);
  cs_json_put_string(w, "licence", font->licence);
  if (font->holder != NULL)
    cs_json_put_string(w, "holder", font->holder);
  CS_TRY(write_origins(arena, w, job));
  CS_TRY(write_instruments(arena, w, "instruments", job, CS_ORIGIN_ITSELF));
  cs_json_end_object(w);
  cs_json_end_array(w);
  CS_TRY(
      write_instruments(arena, w, "synthesised", job, CS_ORIGIN_SYNTHESISED));
  cs_json_put_string(w, "licence", "CC0-1.0");
  cs_json_put_string(w, "statement", statement);
  cs_json_end_object(w);
  return CS_OK;
}

/// @param index  Of an alternate; -1 for the full mix.
static CsStatus
make_record(CsArena *arena, const CsJob *job, int index, const char **json)
{
  const bool is_full = index < 0;
  CsText text        = cs_text_new(arena);
  CsJsonWriter w     = cs_json_writer(&text, true);
  cs_json_begin_object(&w, NULL);
  cs_json_put_string(&w, "cuesmith", cs_version());
  cs_json_put_number(&w, "engine", CS_ENGINE_VERSION);
  cs_json_put_string(
      &w, "prompt", job->brief != NULL ? job->brief->prompt : "");
  cs_options_write_json(&job->options, &w, "options");
  cs_json_put_number(&w, "seed", (double)job->plan->seed);
  cs_json_put_bool(&w, "plan_edited", job->plan_is_edited);
  if (job->family != NULL)
    cs_json_put_raw(&w, "family", job->family);
  write_libraries(&w, job);
  if (job->brief != NULL)
    cs_brief_write_json(job->brief, &w, "brief");
  cs_plan_write_json(job->plan, &w, "plan");
  write_mended(&w, job);
  if (!is_full)
    cs_json_put_string(
        &w, "alternate", job->options.alternates.items[index].name);
  write_audio(&w, job,
      is_full ? &job->measured : &job->alternates[index].measured, is_full);
  if (is_full) {
    write_alternates(&w, job);
    write_audit(&w, job);
  }
  CS_TRY(write_provenance(arena, &w, job));
  cs_json_end_object(&w);
  cs_text_add(&text, "\n");
  return cs_text_take(&text, json);
}

CsStatus
cs_record_make(CsArena *arena, const CsJob *job, const char **json)
{
  return make_record(arena, job, -1, json);
}

CsStatus
cs_record_make_alternate(
    CsArena *arena, const CsJob *job, size_t index, const char **json)
{
  return make_record(arena, job, (int)index, json);
}

// ---- Reading ----------------------------------------------------------------

static const char *
font_of(const CsJson *root)
{
  const CsJson *fonts =
      cs_json_member_of(cs_json_member_of(root, "provenance", CS_JSON_OBJECT),
          "soundfonts", CS_JSON_ARRAY);
  return fonts != NULL ? cs_json_text_of(fonts->first, "sha256") : NULL;
}

CsStatus
cs_record_read(CsArena *arena, const char *path, const char *json,
    size_t n_bytes, CsRecord *record)
{
  const CsJson *root = NULL;
  const char *name   = cs_arena_printf(arena, "the record of %s", path);
  CS_TRY_NEW(name);
  CS_TRY(cs_json_parse(arena, name, json, n_bytes, &root));
  const CsJson *libraries =
      cs_json_member_of(root, "libraries", CS_JSON_OBJECT);
  const CsJson *edited = cs_json_member_of(root, "plan_edited", CS_JSON_BOOL);
  const CsJson *audio  = cs_json_member_of(root, "audio", CS_JSON_OBJECT);

  *record = (CsRecord){
      .engine         = cs_json_number_of(root, "engine"),
      .prompt         = cs_json_text_of(root, "prompt"),
      .plan_is_edited = edited != NULL && edited->number != 0.0,
      .options        = cs_json_member_of(root, "options", CS_JSON_OBJECT),
      .plan           = cs_json_member_of(root, "plan", CS_JSON_OBJECT),
      .sha256         = cs_json_text_of(audio, "sha256"),
      .target_lufs    = cs_json_number_of(audio, "target_lufs"),
      .alternate      = cs_json_text_of(root, "alternate"),
      .font_sha256    = font_of(root),
      .fluidsynth     = cs_json_text_of(libraries, "fluidsynth"),
  };
  if (record->prompt == NULL || record->options == NULL ||
      record->plan == NULL || record->sha256 == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the record of %s lacks prompt, options, plan or audio; it cannot be "
        "verified",
        path);
  return CS_OK;
}

/// Options that may name a file stand in a record with what the file held.
static bool
names_file(const CsJson *option)
{
  if (strcmp(option->key, "lexicon") == 0)
    return option->string[0] != '[';
  if (strcmp(option->key, "style") == 0)
    return cs_is_style_file(option->string);
  return option->string[0] == '@';
}

/// A record is the word of whoever made the file: it may set what decides the
/// bytes, and name no file.
static CsStatus
apply_option(CsJob *job, const CsJson *option)
{
  const CsOptionRow *row = cs_option_row(option->key);
  if (row == NULL || !row->decides_bytes)
    return cs_json_fail(
        job->arena, option, "a record holds no such option; it cannot be used");
  if (option->kind != CS_JSON_STRING || names_file(option))
    return cs_json_fail(
        job->arena, option, "an option's value as text is wanted here");
  return cs_job_set(job, option->key, option->string);
}

CsStatus
cs_record_apply(CsJob *job, const CsRecord *record)
{
  for (const CsJson *o = record->options->first; o != NULL; o = o->next)
    CS_TRY(apply_option(job, o));
  if (!record->plan_is_edited && record->prompt[0] != '\0')
    return cs_job_parse(job, record->prompt);
  CS_TRY(cs_plan_read_json(
      job->arena, cs_job_presets(job), record->plan, &job->plan));
  job->plan_is_edited = true;
  return CS_OK;
}
