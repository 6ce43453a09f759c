#include "gen/cue_files.h"

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
  const size_t n   = cs_path_stem(path);
  const char *name = cs_arena_printf(arena, "%.*s%s", (int)n, path, ending);
  CS_TRY_NEW(name);
  *found = access(name, F_OK) == 0 ? name : NULL;
  return CS_OK;
}

static CsStatus
read_record_file(CsArena *arena, const char *path, CsCueFiles *files)
{
  files->record_path = path;
  return cs_file_read(
      arena, path, MAX_RECORD_BYTES, &files->json, &files->n_bytes);
}

/// A record was named: the sound file of its name is the one it speaks of.
static CsStatus
take_record(CsArena *arena, const char *path, CsCueFiles *files)
{
  CS_TRY(read_record_file(arena, path, files));
  for (size_t i = 0; i < N_SOUND_ENDINGS && files->sound_path == NULL; i++)
    CS_TRY(find_beside(arena, path, sound_endings[i], &files->sound_path));
  return CS_OK;
}

/// A sound file was named.
static CsStatus
take_sound(
    CsArena *arena, const char *path, const char *record, CsCueFiles *files)
{
  CsAudioInfo info;
  const char *beside = record;
  files->sound_path  = path;
  CS_TRY(cs_audio_info(arena, path, false, &info));
  if (record == NULL && info.record != NULL) {
    files->record_path = path;
    files->json        = info.record;
    files->n_bytes     = strlen(info.record);
    return CS_OK;
  }
  if (beside == NULL)
    CS_TRY(find_beside(arena, path, ".json", &beside));
  if (beside == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s holds no record and none of its name is beside it; name its "
        "RECORD.json after it",
        path);
  return read_record_file(arena, beside, files);
}

CsStatus
cs_cue_files_find(
    CsArena *arena, const char *path, const char *record, CsCueFiles *files)
{
  *files = (CsCueFiles){NULL};
  if (!ends_in(path, ".json"))
    return take_sound(arena, path, record, files);
  if (record != NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s and %s are two records; name a sound file first", path, record);
  return take_record(arena, path, files);
}
