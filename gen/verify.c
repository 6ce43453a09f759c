// Is a file what its record says? Make it again and compare.

#include "gen/engine.h"

#include "gen/base/mathx.h"
#include "gen/render/render.h"

#include <math.h>
#include <string.h>

/// The parts of a record that making again needs.
typedef struct Record {
  double engine;
  const char *prompt;
  bool plan_is_edited;
  const CsJson *options, *plan;
  const char *sha256, *bits;
  double n_channels;
  const char *font_sha256, *fluidsynth;
} Record;

static const CsJson *
member_of(const CsJson *node, const char *key, CsJsonKind kind)
{
  const CsJson *m = node != NULL && node->kind == CS_JSON_OBJECT
                        ? cs_json_member(node, key)
                        : NULL;
  return m != NULL && m->kind == kind ? m : NULL;
}

static const char *
string_of(const CsJson *node, const char *key)
{
  const CsJson *m = member_of(node, key, CS_JSON_STRING);
  return m != NULL ? m->string : NULL;
}

static double
number_of(const CsJson *node, const char *key)
{
  const CsJson *m = member_of(node, key, CS_JSON_NUMBER);
  return m != NULL ? m->number : 0.0;
}

static CsStatus
read_record(CsArena *arena, const char *path, const char *json, Record *record)
{
  const CsJson *root = NULL;
  const char *name   = cs_arena_printf(arena, "the record of %s", path);
  CS_TRY_NEW(name);
  CS_TRY(cs_json_parse(arena, name, json, strlen(json), &root));
  const CsJson *audio  = member_of(root, "audio", CS_JSON_OBJECT);
  const CsJson *edited = member_of(root, "plan_edited", CS_JSON_BOOL);
  const CsJson *fonts = member_of(member_of(root, "provenance", CS_JSON_OBJECT),
      "soundfonts", CS_JSON_ARRAY);
  *record             = (Record){
                  .engine         = number_of(root, "engine"),
                  .prompt         = string_of(root, "prompt"),
                  .plan_is_edited = edited != NULL && edited->number != 0.0,
                  .options        = member_of(root, "options", CS_JSON_OBJECT),
                  .plan           = member_of(root, "plan", CS_JSON_OBJECT),
                  .sha256         = string_of(audio, "sha256"),
                  .bits           = string_of(audio, "bits"),
                  .n_channels     = number_of(audio, "channels"),
                  .font_sha256 = fonts != NULL ? string_of(fonts->first, "sha256") : NULL,
                  .fluidsynth =
                      string_of(member_of(root, "libraries", CS_JSON_OBJECT), "fluidsynth"),
  };
  if (record->prompt == NULL || record->options == NULL ||
      record->plan == NULL || record->sha256 == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the record of %s lacks prompt, options, plan or audio; it cannot be "
        "verified",
        path);
  return CS_OK;
}

/// Bring a fresh job to the performance that the record describes.
static CsStatus
repeat(CsJob *job, const Record *record)
{
  for (const CsJson *o = record->options->first; o != NULL; o = o->next)
    if (o->kind == CS_JSON_STRING)
      CS_TRY(cs_job_set(job, o->key, o->string));
  if (!record->plan_is_edited && record->prompt[0] != '\0') {
    CS_TRY(cs_job_parse(job, record->prompt));
    return cs_job_compose(job);
  }
  CS_TRY(cs_plan_read_json(
      job->arena, job->engine->presets, record->plan, &job->plan));
  job->plan_is_edited = true;
  return cs_job_compose(job);
}

// ---- Comparing --------------------------------------------------------------

typedef struct Comparison {
  CsJob *job;
  CsAudioReader *reader;
  double largest;
} Comparison;

static CsStatus
compare_block(void *user, CsArena *arena, const CsCueBlock *block)
{
  Comparison *c = user;
  float theirs[CS_BLOCK_FRAMES * 2];
  size_t n_read          = 0;
  const size_t n_samples = block->n_frames * (size_t)c->job->options.n_channels;
  const double scale = c->job->options.format == CS_PCM_16 ? 0x1p-15 : 0x1p-23;
  CS_TRY(
      cs_audio_reader_read(arena, c->reader, theirs, block->n_frames, &n_read));
  memset(theirs + n_read * (size_t)c->job->options.n_channels, 0,
      (block->n_frames - n_read) * (size_t)c->job->options.n_channels *
          sizeof *theirs);
  for (size_t i = 0; i < n_samples; i++) {
    const double ours = block->mix != NULL ? block->mix[i] * scale
                                           : (double)block->mix_float[i];
    const double off  = fabs(ours - (double)theirs[i]);
    c->largest        = off > c->largest ? off : c->largest;
  }
  return CS_OK;
}

static const char *
reason_of(const CsVerdict *verdict, const Record *record, const CsJob *job,
    bool hash_agrees)
{
  if (verdict->is_same)
    return "the samples are what the record makes";
  if (!hash_agrees)
    return "the file's samples are not those that its record names; the file "
           "was changed after it was made";
  if ((int)record->engine != CS_ENGINE_VERSION)
    return "the file was made by another version of the engine";
  if (record->font_sha256 != NULL &&
      strcmp(record->font_sha256, job->font.sha256) != 0)
    return "another soundfont was used; name it with --soundfont";
  if (record->fluidsynth != NULL &&
      strcmp(record->fluidsynth, cs_fluidsynth_version()) != 0)
    return "another version of FluidSynth was used";
  return "the record makes other samples here";
}

static CsStatus
compare(CsJob *job, const char *path, const CsAudioInfo *info,
    const Record *record, CsVerdict *verdict)
{
  Comparison c     = {.job = job};
  const bool alike = info->sample_rate == job->plan->sample_rate &&
                     info->n_channels == job->options.n_channels;
  if (!alike)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "%s has another rate or channel count than its record", path);
  CS_TRY(cs_audio_reader_open(job->arena, path, &c.reader));
  const CsStatus status =
      cs_job_sound(job, NULL, (CsBlockSink){compare_block, &c});
  cs_audio_reader_free(c.reader);
  CS_TRY(status);
  const bool hash_agrees   = strcmp(info->sha256, record->sha256) == 0;
  verdict->is_same         = strcmp(info->sha256, job->measured.sha256) == 0;
  verdict->difference_dbfs = cs_db_from_gain(c.largest);
  verdict->reason          = reason_of(verdict, record, job, hash_agrees);
  return CS_OK;
}

static CsStatus
verify_in(CsJob *job, const char *path, const char *soundfont, int n_threads,
    CsVerdict *verdict)
{
  CsAudioInfo info;
  Record record;
  CS_TRY(cs_audio_info(job->arena, path, true, &info));
  if (info.record == NULL)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "%s holds no record; only WAV and FLAC files made by cuesmith can be "
        "verified",
        path);
  CS_TRY(read_record(job->arena, path, info.record, &record));
  CS_TRY(repeat(job, &record));
  job->options.soundfont = soundfont;
  job->options.n_threads = n_threads;
  job->options.output    = path; // the spool lies beside it
  return compare(job, path, &info, &record, verdict);
}

CsStatus
cs_verify(const CsEngine *engine, CsArena *arena, const char *path,
    const char *soundfont, int n_threads, CsVerdict *verdict)
{
  CsJob *job = NULL;
  *verdict   = (CsVerdict){0};
  CS_TRY(cs_job_new(engine, &job));
  const CsStatus status = verify_in(job, path, soundfont, n_threads, verdict);
  if (status != CS_OK)
    (void)cs_fail(arena, status, "%s", cs_job_error(job));
  cs_job_free(job);
  return status;
}
