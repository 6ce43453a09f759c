#include "gen/words.h"

#include "gen/base/file.h"

#include <string.h>

enum { MAX_FILE_BYTES = 256 * 1024 };

static CsStatus
add(CsArena *arena, CsWords *words, CsUserWords file)
{
  if (words->n == CS_MAX_WORD_FILES)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s is one file of words too many; at most %d are read, so join some",
        file.name, CS_MAX_WORD_FILES);
  words->files[words->n++] = file;
  return CS_OK;
}

CsStatus
cs_words_read(CsArena *arena, CsWords *words, const char *path, int level)
{
  CsUserWords file = {.level = level};
  file.name        = cs_arena_copy(arena, path, strlen(path));
  CS_TRY_NEW(file.name);
  CS_TRY(cs_file_read(arena, path, MAX_FILE_BYTES, &file.json, &file.n_bytes));
  return add(arena, words, file);
}

typedef struct Row {
  const char *file;
  const char *words;
  int level;
} Row;

static const CsField fields[] = {
    {"file", CS_FIELD_STRING, offsetof(Row, file), .what = "name",
        .required = true},
    {"level", CS_FIELD_INT, offsetof(Row, level), .low = CS_WORDS_OF_FOLDER,
        .high = CS_WORDS_OF_OPTION, .what = "level", .required = true},
    {"words", CS_FIELD_STRING, offsetof(Row, words), .what = "JSON text",
        .required = true},
};

CsStatus
cs_words_parse(CsArena *arena, CsWords *words, const char *json)
{
  const CsJson *root = NULL;
  CS_TRY(cs_json_parse(arena, "the words", json, strlen(json), &root));
  if (root->kind != CS_JSON_ARRAY)
    return cs_json_fail(arena, root, "a list [...] is wanted here");
  for (const CsJson *at = root->first; at != NULL; at = at->next) {
    Row row = {0};
    CS_TRY(
        cs_json_read(arena, at, fields, sizeof fields / sizeof *fields, &row));
    CS_TRY(add(arena, words,
        (CsUserWords){row.file, row.words, strlen(row.words), row.level}));
  }
  return CS_OK;
}

CsStatus
cs_words_json(CsArena *arena, const CsWords *words, const char **json)
{
  CsText text    = cs_text_new(arena);
  CsJsonWriter w = cs_json_writer(&text, false);
  cs_json_begin_array(&w, NULL);
  for (size_t i = 0; i < words->n; i++) {
    const CsUserWords *file = &words->files[i];
    cs_json_begin_object(&w, NULL);
    cs_json_put_string(&w, "file", cs_path_name(file->name));
    cs_json_put_number(&w, "level", file->level);
    cs_json_put_string(&w, "words", file->json);
    cs_json_end_object(&w);
  }
  cs_json_end_array(&w);
  return cs_text_take(&text, json);
}
