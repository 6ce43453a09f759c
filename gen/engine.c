#include "gen/engine.h"

#include "gen/base/file.h"

#include <stdio.h>
#include <stdlib.h>

const char *
cs_version(void)
{
  return CS_VERSION;
}

int
cs_engine_version(void)
{
  return CS_ENGINE_VERSION;
}

/// What a cue of a minute and more takes at least.
static const size_t prepared_bytes = (size_t)64 << 20;

static CsStatus
load(CsEngine *engine, const char *data_dir)
{
  CsArena *arena = engine->arena;
  CS_TRY(cs_data_folder(arena, data_dir, &engine->data_folder));
  const char *words =
      cs_arena_printf(arena, "%s/grammar/lexicon", engine->data_folder);
  const char *sounds =
      cs_arena_printf(arena, "%s/soundfonts", engine->data_folder);
  if (words == NULL || sounds == NULL)
    return CS_ERR_MEMORY;
  engine->words_folder = words;
  CS_TRY(cs_lexicon_load(arena, words, &engine->lexicon));
  CS_TRY(cs_presets_load(arena, engine->data_folder, &engine->presets));
  return cs_catalogue_load(arena, sounds, &engine->catalogue);
}

static CsStatus
open_engine(
    const char *data_dir, bool makes_at_once, char *why, CsEngine **engine)
{
  *engine = NULL;
  if (why != NULL)
    why[0] = '\0';
  CsEngine *made  = calloc(1, sizeof *made);
  CsArena *arena  = cs_arena_new(NULL);
  CsChunks *sound = cs_chunks_new();
  CsStatus status = CS_ERR_MEMORY;
  if (made != NULL && arena != NULL && sound != NULL) {
    made->arena  = arena;
    made->chunks = sound;
    if (makes_at_once)
      cs_chunks_prepare(sound, prepared_bytes);
    status = load(made, data_dir);
  }
  if (status == CS_OK) {
    *engine = made;
    return CS_OK;
  }
  const char *said = arena != NULL ? cs_arena_error(arena) : "";
  if (why != NULL)
    (void)snprintf(why, CS_MESSAGE_BYTES, "%s",
        said[0] != '\0' ? said : "not enough memory");
  if (made != NULL)
    cs_lexicon_free(made->lexicon);
  cs_chunks_free(sound);
  cs_arena_free(arena);
  free(made);
  return status;
}

CsStatus
cs_engine_open(const char *data_dir, char *why, CsEngine **engine)
{
  return open_engine(data_dir, false, why, engine);
}

CsStatus
cs_engine_open_to_make(const char *data_dir, char *why, CsEngine **engine)
{
  return open_engine(data_dir, true, why, engine);
}

CsStatus
cs_engine_share_notes(CsEngine *engine, size_t most_bytes)
{
  cs_note_store_free(engine->notes);
  engine->notes = most_bytes > 0 ? cs_note_store_new(most_bytes) : NULL;
  return most_bytes > 0 && engine->notes == NULL ? CS_ERR_MEMORY : CS_OK;
}

void
cs_engine_close(CsEngine *engine)
{
  if (engine == NULL)
    return;
  cs_lexicon_free(engine->lexicon);
  cs_note_store_free(engine->notes);
  cs_chunks_free(engine->chunks);
  cs_arena_free(engine->arena);
  free(engine);
}
