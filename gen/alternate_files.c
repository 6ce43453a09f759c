#include "gen/alternate_files.h"

#include <string.h>

typedef struct File {
  CsSubmix *submix;
  CsAudioWriter *writer;
} File;

struct CsAlternateFiles {
  File items[CS_MAX_ALTERNATES]; ///< Empty where nothing sounds.
  size_t n;
};

CsStatus
cs_alternate_files_check(CsJob *job, const char *path)
{
  const CsAlternates *wanted = &job->options.alternates;
  if (wanted->n > 0 &&
      (strcmp(path, "-") == 0 || strncmp(path, "/dev/", 5) == 0))
    return cs_fail(job->arena, CS_ERR_REQUEST,
        "--alt writes files beside the output; name a file with --output");
  for (size_t i = 0; i < wanted->n; i++) {
    const char *name = NULL;
    CS_TRY(cs_alternate_path(job->arena, path, &wanted->items[i], &name));
    CS_TRY(cs_output_check(job->arena, name));
  }
  return CS_OK;
}

static bool
sounds(const CsMaster *master, unsigned stems)
{
  for (unsigned s = 0; s < CS_N_STEMS; s++)
    if ((stems >> s & 1U) != 0 && cs_master_has_stem(master, (CsStem)s))
      return true;
  return false;
}

CsStatus
cs_alternate_files_open(CsJob *job, const char *path,
    const CsAudioFormat *format, const CsTags *tags, size_t n_record_bytes,
    const CsMaster *master, CsOutputs *outputs, CsAlternateFiles **files)
{
  const CsAlternates *wanted = &job->options.alternates;
  CsArena *arena             = job->arena;
  CsAlternateFiles *made     = CS_NEW(arena, CsAlternateFiles);
  CS_TRY_NEW(made);
  *files  = made;
  made->n = wanted->n;
  for (size_t i = 0; i < wanted->n; i++) {
    const CsAlternate *it     = &wanted->items[i];
    const char *name          = NULL;
    int fd                    = -1;
    job->alternates[i].sounds = sounds(master, it->stems);
    if (!job->alternates[i].sounds)
      continue;
    CS_TRY(cs_alternate_path(arena, path, it, &name));
    CS_TRY(cs_outputs_open(arena, outputs, name, &fd));
    CS_TRY(cs_submix_new(arena, it->stems, format->format, format->sample_rate,
        format->n_channels, &made->items[i].submix));
    CS_TRY(cs_audio_writer_new(
        arena, fd, name, format, tags, n_record_bytes, &made->items[i].writer));
  }
  return CS_OK;
}

CsStatus
cs_alternate_files_put(
    CsArena *arena, CsAlternateFiles *files, const CsCueBlock *block)
{
  for (size_t i = 0; files != NULL && i < files->n; i++) {
    File *file = &files->items[i];
    CsCueBlock sum;
    if (file->writer == NULL)
      continue;
    CS_TRY(cs_submix_add(arena, file->submix, block, &sum));
    CS_TRY(cs_audio_writer_put(
        arena, file->writer, sum.mix, sum.mix_float, sum.n_frames));
  }
  return CS_OK;
}

CsStatus
cs_alternate_files_close(CsJob *job, CsAlternateFiles *files)
{
  for (size_t i = 0; files != NULL && i < files->n; i++) {
    File *file            = &files->items[i];
    CsAudioWriter *writer = file->writer;
    const char *json      = NULL;
    CsLevels levels;
    if (writer == NULL)
      continue;
    CsMeasured *measured = &job->alternates[i].measured;
    *measured            = job->measured;
    CS_TRY(cs_submix_end(job->arena, file->submix, measured, &levels));
    CS_TRY(cs_record_make_alternate(job->arena, job, i, &json));
    file->writer = NULL;
    CS_TRY(cs_audio_writer_close(job->arena, writer, json, &levels));
  }
  return CS_OK;
}

void
cs_alternate_files_free(CsAlternateFiles *files)
{
  for (size_t i = 0; files != NULL && i < files->n; i++) {
    cs_submix_free(files->items[i].submix);
    cs_audio_writer_free(files->items[i].writer);
    files->items[i] = (File){NULL, NULL};
  }
}
