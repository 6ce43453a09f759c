#include "gen/papers.h"

#include "gen/base/file.h"
#include "gen/io/audio_file.h"

#include <string.h>
#include <unistd.h>

enum { MAX_RECORD_BYTES = 64 * 1024 * 1024 };

static const char *const sound_endings[] = {
    ".wav", ".flac", ".ogg", ".opus", ".mp3"};

enum { N_SOUND_ENDINGS = sizeof sound_endings / sizeof *sound_endings };

static bool
ends_in(const char *path, const char *ending)
{
  const size_t n     = strlen(path);
  const size_t n_end = strlen(ending);
  return n > n_end && strcmp(path + n - n_end, ending) == 0;
}

/// The same name with another ending, or NULL where no such file is.
static CsStatus
find_beside(
    CsArena *arena, const char *path, const char *ending, const char **found)
{
  const char *slash = strrchr(path, '/');
  const char *dot   = strrchr(slash != NULL ? slash : path, '.');
  const size_t n    = dot != NULL ? (size_t)(dot - path) : strlen(path);
  const char *name  = cs_arena_printf(arena, "%.*s%s", (int)n, path, ending);
  CS_TRY_NEW(name);
  *found = access(name, F_OK) == 0 ? name : NULL;
  return CS_OK;
}

static CsStatus
read_record_file(CsArena *arena, const char *path, CsPapers *papers)
{
  papers->record_path = path;
  return cs_file_read(
      arena, path, MAX_RECORD_BYTES, &papers->json, &papers->n_bytes);
}

/// A record was named: the sound file of its name is the one it speaks of.
static CsStatus
take_record(CsArena *arena, const char *path, CsPapers *papers)
{
  CS_TRY(read_record_file(arena, path, papers));
  for (size_t i = 0; i < N_SOUND_ENDINGS && papers->sound_path == NULL; i++)
    CS_TRY(find_beside(arena, path, sound_endings[i], &papers->sound_path));
  return CS_OK;
}

/// A sound file was named.
static CsStatus
take_sound(
    CsArena *arena, const char *path, const char *record, CsPapers *papers)
{
  CsAudioInfo info;
  const char *beside = record;
  papers->sound_path = path;
  CS_TRY(cs_audio_info(arena, path, false, &info));
  if (record == NULL && info.record != NULL) {
    papers->record_path = path;
    papers->json        = info.record;
    papers->n_bytes     = strlen(info.record);
    return CS_OK;
  }
  if (beside == NULL)
    CS_TRY(find_beside(arena, path, ".json", &beside));
  if (beside == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s holds no record and none of its name is beside it; name its "
        "RECORD.json after it",
        path);
  return read_record_file(arena, beside, papers);
}

CsStatus
cs_papers_gather(
    CsArena *arena, const char *path, const char *record, CsPapers *papers)
{
  *papers = (CsPapers){NULL};
  if (!ends_in(path, ".json"))
    return take_sound(arena, path, record, papers);
  if (record != NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s and %s are two records; name a sound file first", path, record);
  return take_record(arena, path, papers);
}
