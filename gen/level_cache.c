#include "gen/level_cache.h"

#include "gen/base/file.h"
#include "gen/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_CACHE_BYTES = 1 << 20 };

typedef struct File {
  int engine;
  const CsJson *levels;
} File;

static const CsField file_fields[] = {
    {"engine", CS_FIELD_INT, offsetof(File, engine), .high = 1e9,
        .what = "version", .required = true},
    {"levels", CS_FIELD_NODE, offsetof(File, levels),
        .what = "rows of [bank, program, dB]", .required = true},
};

static CsStatus
read_levels(CsArena *arena, const CsJson *rows, CsLevelCache *cache)
{
  for (const CsJson *row = rows->first; row != NULL; row = row->next) {
    const CsJson *bank    = row->first;
    const CsJson *program = bank != NULL ? bank->next : NULL;
    const CsJson *level   = program != NULL ? program->next : NULL;
    if (level == NULL || bank->kind != CS_JSON_NUMBER ||
        program->kind != CS_JSON_NUMBER || level->kind != CS_JSON_NUMBER ||
        !(bank->number >= 0.0 && bank->number <= 128.0) ||
        !(program->number >= 0.0 && program->number <= 127.0))
      return CS_OK; // the rest is measured again
    CS_TRY(cs_level_cache_add(arena, cache,
        (CsCachedLevel){
            (int)bank->number, (int)program->number, level->number}));
  }
  return CS_OK;
}

CsStatus
cs_level_cache_read(
    CsArena *arena, const char *folder, const char *sha256, CsLevelCache *cache)
{
  const char *text   = NULL;
  size_t n_bytes     = 0;
  const CsJson *root = NULL;
  File file          = {0, NULL};
  *cache             = (CsLevelCache){0};
  if (folder == NULL)
    return CS_OK;
  cache->path = cs_arena_printf(arena, "%s/levels-%.16s.json", folder, sha256);
  CS_TRY_NEW(cache->path);
  CsStatus status =
      cs_file_read(arena, cache->path, MAX_CACHE_BYTES, &text, &n_bytes);
  if (status == CS_OK)
    status = cs_json_parse(arena, cache->path, text, n_bytes, &root);
  if (status == CS_OK)
    status = cs_json_read(arena, root, file_fields, 2, &file);
  if (status == CS_OK && file.levels->kind == CS_JSON_ARRAY &&
      file.engine == CS_ENGINE_VERSION)
    status = read_levels(arena, file.levels, cache);
  if (status != CS_ERR_REQUEST)
    return status;
  cs_arena_clear_error(arena);
  return CS_OK;
}

bool
cs_level_cache_find(
    const CsLevelCache *cache, int bank, int program, double *level_db)
{
  for (size_t i = 0; i < cache->n_levels; i++)
    if (cache->levels[i].bank == bank && cache->levels[i].program == program) {
      *level_db = cache->levels[i].level_db;
      return true;
    }
  return false;
}

CsStatus
cs_level_cache_add(CsArena *arena, CsLevelCache *cache, CsCachedLevel level)
{
  void *levels = cache->levels;
  CS_TRY(cs_arena_grow(
      arena, &levels, &cache->capacity, cache->n_levels + 1, sizeof level));
  cache->levels                    = levels;
  cache->levels[cache->n_levels++] = level;
  return CS_OK;
}

static void
make_folders(char *path)
{
  for (char *slash = strchr(path + 1, '/'); slash != NULL;
       slash       = strchr(slash + 1, '/')) {
    *slash = '\0';
    (void)mkdir(path, 0755);
    *slash = '/';
  }
  (void)mkdir(path, 0755);
}

CsStatus
cs_level_cache_write(
    CsArena *arena, const char *folder, const CsLevelCache *cache)
{
  CsText text      = cs_text_new(arena);
  CsJsonWriter w   = cs_json_writer(&text, true);
  const char *json = NULL;
  if (cache->path == NULL)
    return CS_OK;
  cs_json_begin_object(&w, NULL);
  cs_json_put_number(&w, "engine", CS_ENGINE_VERSION);
  cs_json_begin_array(&w, "levels");
  for (size_t i = 0; i < cache->n_levels; i++) {
    cs_json_begin_flat_array(&w, NULL);
    cs_json_put_number(&w, NULL, cache->levels[i].bank);
    cs_json_put_number(&w, NULL, cache->levels[i].program);
    cs_json_put_rounded(&w, NULL, cache->levels[i].level_db, 1);
    cs_json_end_array(&w);
  }
  cs_json_end_array(&w);
  cs_json_end_object(&w);
  CS_TRY(cs_text_take(&text, &json));
  char *place = cs_arena_copy(arena, folder, strlen(folder));
  char *draft = cs_arena_printf(arena, "%s.XXXXXX", cache->path);
  if (place == NULL || draft == NULL)
    return CS_ERR_MEMORY;
  make_folders(place);
  const int fd    = mkstemp(draft); // several jobs of one process may write
  FILE *file      = fd >= 0 ? fdopen(fd, "wb") : NULL;
  const bool done = file != NULL && fputs(json, file) >= 0;
  if (fd >= 0 && file == NULL)
    (void)close(fd);
  if (file == NULL)
    return CS_OK;
  if (fclose(file) != 0 || !done || rename(draft, cache->path) != 0)
    (void)remove(draft);
  return CS_OK;
}
