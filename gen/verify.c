// Is a file what its record says? Make it again and compare.

#include "gen/engine.h"

#include "gen/base/mathx.h"
#include "gen/render/render.h"

#include <math.h>
#include <string.h>

// ---- Comparing --------------------------------------------------------------

typedef struct Comparison {
  CsJob *job;
  CsAudioReader *reader;
  CsSubmix *submix; ///< Of an alternate; NULL for a full mix.
  double largest;
} Comparison;

static CsStatus
compare_block(void *user, CsArena *arena, const CsCueBlock *block)
{
  Comparison *c = user;
  CsCueBlock sum;
  if (c->submix != NULL) {
    CS_TRY(cs_submix_add(arena, c->submix, block, &sum));
    block = &sum;
  }
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
reason_of(const CsVerdict *verdict, const CsRecord *record, const CsJob *job,
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
  if (record->fluidsynth != NULL && !cs_is_fluidsynth(record->fluidsynth))
    return "another version of FluidSynth was used";
  return "the record makes other samples here";
}

static CsStatus
compare(CsJob *job, const char *path, const CsAudioInfo *info,
    const CsRecord *record, CsVerdict *verdict)
{
  Comparison c     = {.job = job};
  const bool alike = info->sample_rate == job->plan->sample_rate &&
                     info->n_channels == job->options.n_channels;
  if (!alike)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "%s has another rate or channel count than its record", path);
  if (job->options.alternates.n > 0)
    CS_TRY(cs_submix_new(job->arena, job->options.alternates.items[0].stems,
        job->options.format, info->sample_rate, info->n_channels, &c.submix));
  CsStatus status = cs_audio_reader_open(job->arena, path, &c.reader);
  if (status == CS_OK)
    status = cs_job_sound(
        job, NULL, (CsBlockSink){.put = compare_block, .user = &c});
  cs_audio_reader_free(c.reader);
  if (status == CS_OK && c.submix != NULL) {
    CsLevels levels;
    status = cs_submix_end(job->arena, c.submix, &job->measured, &levels);
  }
  cs_submix_free(c.submix);
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
  CsRecord record;
  CS_TRY(cs_audio_info(job->arena, path, true, &info));
  if (info.record == NULL)
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "%s holds no record; only WAV and FLAC files made by cuesmith can be "
        "verified",
        path);
  CS_TRY(cs_record_read(
      job->arena, path, info.record, strlen(info.record), &record));
  CS_TRY(cs_record_apply(job, &record));
  if (record.alternate != NULL)
    CS_TRY(cs_alternates_parse(
        job->arena, record.alternate, &job->options.alternates));
  CS_TRY(cs_job_compose(job));
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
