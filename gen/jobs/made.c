#include "gen/jobs/made.h"

#include "gen/base/file.h"
#include "gen/cue_files.h"
#include "gen/io/audio_file.h"
#include "gen/render/render.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

// ---- The record -------------------------------------------------------------

static bool
is_text(const CsJson *from, const char *name, const char *wanted)
{
  const char *text = cs_json_text_of(from, name);
  return text != NULL && strcmp(text, wanted) == 0;
}

/// Are the options of a record those of the job?
static bool
has_options(const CsOptions *options, const CsJson *recorded)
{
  size_t n = 0;
  for (size_t i = 0; i < cs_n_option_rows; i++) {
    const CsGivenOption *given = &options->given[i];
    if (given->name == NULL || !cs_option_rows[i].decides_bytes)
      continue;
    if (!is_text(recorded, given->name, given->value))
      return false;
    n++;
  }
  return recorded->n_children == n;
}

/// @param record  Read.
static CsStatus
is_of_job(CsJob *job, const char *prompt, const CsJson *root,
    const CsRecord *record, bool *is_same)
{
  CsFont font;
  CS_TRY(cs_catalogue_choose(
      job->arena, job->engine->catalogue, job->options.soundfont, &font));
  *is_same =
      record->engine == CS_ENGINE_VERSION &&
      is_text(root, "cuesmith", cs_version()) &&
      strcmp(record->prompt, prompt) == 0 && !record->plan_is_edited &&
      record->alternate == NULL && record->font_sha256 != NULL &&
      strcmp(record->font_sha256, font.sha256) == 0 &&
      (record->fluidsynth == NULL || cs_is_fluidsynth(record->fluidsynth)) &&
      has_options(&job->options, record->options);
  return CS_OK;
}

// ---- The files --------------------------------------------------------------

static bool
is_there(const char *path)
{
  return path == NULL || access(path, R_OK) == 0;
}

static CsStatus
has_stems(CsJob *job, const CsJson *plan, bool *has)
{
  const char *folder   = job->options.stems_folder;
  const CsJson *tracks = cs_json_member_of(plan, "tracks", CS_JSON_ARRAY);
  const CsJson *track  = tracks != NULL ? tracks->first : NULL;
  for (; folder != NULL && *has && track != NULL; track = track->next) {
    const char *stem = cs_json_text_of(track, "stem");
    const char *path = cs_arena_printf(
        job->arena, "%s/%s.wav", folder, stem != NULL ? stem : "");
    CS_TRY_NEW(path);
    *has = is_there(path);
  }
  return CS_OK;
}

static bool
is_listed(const CsJson *list, const char *name)
{
  const CsJson *it = list != NULL ? list->first : NULL;
  while (it != NULL && !is_text(it, "name", name))
    it = it->next;
  return it != NULL;
}

/// An alternate that the record does not list was left out, where it lists any
/// or was asked for any.
static CsStatus
has_alternates(CsJob *job, const CsJson *root, bool *has)
{
  const CsAlternates *all = &job->options.alternates;
  const CsJson *list = cs_json_member_of(root, "alternates", CS_JSON_ARRAY);
  if (all->n > 0 && list == NULL)
    *has = false;
  for (size_t i = 0; *has && i < all->n; i++) {
    const char *path = NULL;
    CS_TRY(cs_alternate_path(
        job->arena, job->options.output, &all->items[i], &path));
    *has = !is_listed(list, all->items[i].name) || is_there(path);
  }
  return CS_OK;
}

/// The sound: its samples, or where they were encoded its length.
static CsStatus
is_whole(CsJob *job, const CsJson *root, const CsRecord *record,
    bool keeps_samples, bool *whole)
{
  CsAudioInfo info;
  const CsJson *audio = cs_json_member_of(root, "audio", CS_JSON_OBJECT);
  CS_TRY(cs_audio_info(job->arena, job->options.output, keeps_samples, &info));
  *whole = keeps_samples
               ? strcmp(info.sha256, record->sha256) == 0
               : (double)info.n_frames == cs_json_number_of(audio, "frames");
  return CS_OK;
}

static CsStatus
look(CsJob *job, const char *prompt, const char **json)
{
  const CsOptions *o = &job->options;
  const CsJson *root = NULL;
  CsCueFiles files;
  CsRecord record;
  CsContainer container = CS_WAV;
  bool fits = is_there(o->output) && is_there(o->midi) && is_there(o->record) &&
              is_there(o->picture);
  if (!fits)
    return CS_OK;
  CS_TRY(cs_container_of(job->arena, o->output, &container));
  const bool keeps_samples = container == CS_WAV || container == CS_FLAC;
  CS_TRY(cs_cue_files_find(
      job->arena, o->output, keeps_samples ? NULL : o->record, &files));
  CS_TRY(cs_record_read(
      job->arena, o->output, files.json, files.n_bytes, &record));
  CS_TRY(cs_json_parse(
      job->arena, "the record", files.json, files.n_bytes, &root));
  CS_TRY(is_of_job(job, prompt, root, &record, &fits));
  if (fits)
    CS_TRY(has_stems(job, record.plan, &fits));
  if (fits)
    CS_TRY(has_alternates(job, root, &fits));
  if (fits)
    CS_TRY(is_whole(job, root, &record, keeps_samples, &fits));
  if (fits)
    *json = files.json;
  return CS_OK;
}

/// A file that cannot be read is one to be made anew.
CsStatus
cs_made_look(CsJob *job, const char *prompt, const char **record)
{
  *record               = NULL;
  const CsStatus status = look(job, prompt, record);
  if (status == CS_OK || status == CS_ERR_MEMORY)
    return status;
  *record = NULL;
  cs_arena_clear_error(job->arena);
  return CS_OK;
}
