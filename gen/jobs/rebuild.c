#include "gen/jobs/rebuild.h"

#include "gen/base/file.h"
#include "gen/base/hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  MAX_PRESET_BYTES = 16 << 20,
  SHOWN_BYTES      = 40,  ///< Of a text in a reason.
  MAX_TEXT_BYTES   = 512, ///< Longer ones stand as their hash.
  PIECE_BYTES      = 64 * 1024,
};

// ---- Hashes -----------------------------------------------------------------

CsStatus
cs_file_hash(CsArena *arena, const char *path, char sha256[65], double *n_bytes)
{
  struct stat info;
  CsHash hash;
  char piece[PIECE_BYTES];
  size_t n = 0;
  if (lstat(path, &info) != 0 || !S_ISREG(info.st_mode))
    return cs_fail(arena, CS_ERR_REQUEST, "%s is no plain file", path);
  FILE *file = fopen(path, "rb");
  if (file == NULL)
    return cs_fail(arena, CS_ERR_REQUEST, "%s cannot be opened: %s", path,
        strerror(errno));
  cs_hash_begin(&hash);
  *n_bytes = 0.0;
  while ((n = fread(piece, 1, sizeof piece, file)) > 0) {
    cs_hash_add(&hash, piece, n);
    *n_bytes += (double)n;
  }
  cs_hash_end(&hash, sha256);
  const bool is_read = ferror(file) == 0;
  (void)fclose(file);
  return is_read ? CS_OK
                 : cs_fail(arena, CS_ERR_REQUEST, "%s cannot be read", path);
}

/// Names go in too, so that no two folders read the same.
static CsStatus
add_folder(CsArena *arena, const char *data, const char *room, CsHash *hash)
{
  CsStrings names;
  const char *folder = cs_arena_printf(arena, "%s/%s", data, room);
  CS_TRY_NEW(folder);
  CS_TRY(cs_folder_list(arena, folder, ".json", &names));
  for (size_t i = 0; i < names.n; i++) {
    const char *path = cs_arena_printf(arena, "%s/%s", folder, names.items[i]);
    const char *text = NULL;
    size_t n_bytes   = 0;
    CS_TRY_NEW(path);
    CS_TRY(cs_file_read(arena, path, MAX_PRESET_BYTES, &text, &n_bytes));
    cs_hash_add(hash, names.items[i], strlen(names.items[i]) + 1);
    cs_hash_add(hash, &n_bytes, sizeof n_bytes);
    cs_hash_add(hash, text, n_bytes);
  }
  return CS_OK;
}

CsStatus
cs_ground_find(CsArena *arena, const CsEngine *engine, const char *soundfont,
    CsGround *ground)
{
  static const char *const rooms[] = {"grammar/lexicon", "presets",
      "presets/patterns", "presets/styles", "soundfonts"};
  CsFont font;
  CsHash hash;
  char hex[65];
  cs_hash_begin(&hash);
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
    CS_TRY(add_folder(arena, engine->data_folder, rooms[i], &hash));
  cs_hash_end(&hash, hex);
  CS_TRY(cs_catalogue_choose(arena, engine->catalogue, soundfont, &font));
  ground->presets = cs_arena_copy(arena, hex, strlen(hex));
  ground->bank    = cs_arena_copy(arena, font.sha256, strlen(font.sha256));
  ground->engine  = cs_arena_printf(
       arena, "cuesmith %s, engine %d", cs_version(), cs_engine_version());
  CS_TRY_NEW(ground->presets);
  CS_TRY_NEW(ground->bank);
  CS_TRY_NEW(ground->engine);
  return CS_OK;
}

CsStatus
cs_request_text(CsArena *arena, const char *prompt,
    const CsGivenOption *options, size_t n_options, const char **json)
{
  CsText text    = cs_text_new(arena);
  CsJsonWriter w = cs_json_writer(&text, false);
  cs_json_begin_object(&w, NULL);
  cs_json_put_string(&w, "prompt", prompt);
  for (size_t i = 0; i < n_options; i++) {
    const char *value = options[i].value;
    char hex[65];
    CsHash hash;
    if (strlen(value) > MAX_TEXT_BYTES) {
      cs_hash_begin(&hash);
      cs_hash_add(&hash, value, strlen(value));
      cs_hash_end(&hash, hex);
      value = hex;
    }
    cs_json_put_string(&w, options[i].name, value);
  }
  cs_json_end_object(&w);
  return cs_text_take(&text, json);
}

// ---- Reasons ----------------------------------------------------------------

/// What a person calls an option.
static const char *
plain_name(const char *option)
{
  static const char *const names[][2] = {{"prompt", "brief"},
      {"duration", "length"}, {"reroll", "place among the modules"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(option, names[i][0]) == 0)
      return names[i][1];
  return option;
}

/// The begin of a text, cut between characters.
static int
shown(const char *text)
{
  const size_t n = strlen(text);
  return (int)cs_utf8_check(text, n < SHOWN_BYTES ? n : SHOWN_BYTES);
}

static CsStatus
say_change(CsArena *arena, const char *option, const char *before,
    const char *now, const char **why)
{
  const char *name = plain_name(option);
  if (before == NULL || now == NULL || strcmp(option, "reroll") == 0)
    *why = cs_arena_printf(arena, "%s changed", name);
  else
    *why = cs_arena_printf(arena, "%s changed: \"%.*s\" was \"%.*s\"", name,
        shown(now), now, shown(before), before);
  return *why != NULL ? CS_OK : CS_ERR_MEMORY;
}

static const char *
text_of(const CsJson *object, const char *key)
{
  const CsJson *m = cs_json_member(object, key);
  return m != NULL && m->kind == CS_JSON_STRING ? m->string : NULL;
}

/// The first member that one request has otherwise than the other.
static CsStatus
say_request(
    CsArena *arena, const char *before, const char *now, const char **why)
{
  const CsJson *old = NULL, *new = NULL;
  CS_TRY(cs_json_parse(arena, "request", now, strlen(now), &new));
  if (cs_json_parse(arena, "request", before, strlen(before), &old) != CS_OK ||
      old->kind != CS_JSON_OBJECT) {
    cs_arena_clear_error(arena);
    *why = "its request changed";
    return CS_OK;
  }
  for (const CsJson *m = new->first; m != NULL; m = m->next) {
    const char *was = text_of(old, m->key);
    if (was == NULL || strcmp(was, m->string) != 0)
      return say_change(arena, m->key, was, m->string, why);
  }
  for (const CsJson *m = old->first; m != NULL; m = m->next)
    if (cs_json_member(new, m->key) == NULL)
      return say_change(arena, m->key, NULL, NULL, why);
  *why = "its request changed";
  return CS_OK;
}

static CsStatus
check_file(
    CsArena *arena, const char *folder, const CsBuilt *before, const char **why)
{
  char sha256[65];
  double n_bytes   = 0.0;
  const char *path = cs_arena_printf(arena, "%s/%s", folder, before->output);
  CS_TRY_NEW(path);
  if (access(path, F_OK) != 0) {
    *why = "the file is missing";
    return CS_OK;
  }
  const CsStatus status = cs_file_hash(arena, path, sha256, &n_bytes);
  if (status == CS_ERR_REQUEST)
    cs_arena_clear_error(arena);
  else
    CS_TRY(status);
  if (status != CS_OK || strcmp(sha256, before->sha256) != 0)
    *why = status == CS_OK && n_bytes < before->n_bytes
               ? "the file was cut short"
               : "the file was changed";
  return CS_OK;
}

CsStatus
cs_rebuild_reason(CsArena *arena, const char *folder, const CsBuilt *before,
    const char *request, const CsGround *ground, const char **why)
{
  *why = NULL;
  if (before == NULL)
    *why = "new";
  else if (strcmp(before->request, request) != 0)
    return say_request(arena, before->request, request, why);
  else if (strcmp(before->ground.engine, ground->engine) != 0)
    *why = "the engine changed";
  else if (strcmp(before->ground.presets, ground->presets) != 0)
    *why = "words or presets changed";
  else if (strcmp(before->ground.bank, ground->bank) != 0)
    *why = "the soundfont changed";
  else
    return check_file(arena, folder, before, why);
  return CS_OK;
}
