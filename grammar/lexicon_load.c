/// Lexicon files to a lexicon: the folder's, then a person's own over them.
#include "grammar/lexicon_build.h"

#include "gen/base/file.h"

#include <string.h>

#define N_OF(table) (sizeof(table) / sizeof *(table))
#define NAMES(table) .names = (table), .n_names = N_OF(table)

enum { MAX_FILE_BYTES = 1 << 20 };

/// Groups that a shape's pattern must have.
static const char *const shape_groups[CS_N_SHAPES] = {
    [CS_SHAPE_TIMECODE] = "hmsfd",
    [CS_SHAPE_CLOCK]    = "s",
    [CS_SHAPE_PRIME]    = "s",
    [CS_SHAPE_KEY]      = "t",
    [CS_SHAPE_METER]    = "nd",
    [CS_SHAPE_LUFS]     = "n",
    [CS_SHAPE_RATE]     = "n",
    [CS_SHAPE_CUE_ID]   = "",
    [CS_SHAPE_WEIGHT]   = "n",
    [CS_SHAPE_NUMBER]   = "n",
};

typedef struct File {
  const char *about;
  int class_of;
  const CsJson *entries;
  const CsJson *patterns;
} File;

static const CsField file_fields[] = {
    {"about", CS_FIELD_STRING, offsetof(File, about), .what = "one sentence"},
    {"class", CS_FIELD_ENUM, offsetof(File, class_of), .what = "class",
        NAMES(cs_class_names)},
    {"entries", CS_FIELD_NODE, offsetof(File, entries),
        .what = "list of words"},
    {"patterns", CS_FIELD_NODE, offsetof(File, patterns),
        .what = "list of patterns"},
};

typedef struct PatternRow {
  int shape;
  const char *pattern;
  const char *about;
} PatternRow;

static const CsField pattern_fields[] = {
    {"shape", CS_FIELD_ENUM, offsetof(PatternRow, shape), .what = "shape",
        NAMES(cs_shape_names), .required = true},
    {"pattern", CS_FIELD_STRING, offsetof(PatternRow, pattern),
        .what = "regular expression", .required = true},
    {"about", CS_FIELD_STRING, offsetof(PatternRow, about), .what = "example"},
};

static CsStatus
want_list(CsArena *arena, const CsJson *node)
{
  if (node->kind != CS_JSON_ARRAY)
    return cs_json_fail(arena, node, "a list [...] is wanted here");
  return CS_OK;
}

static CsStatus
add_pattern(CsArena *arena, CsLexicon *lexicon, const CsJson *node, int level)
{
  char why[CS_MESSAGE_BYTES] = "";
  PatternRow row             = {0};
  CS_TRY(cs_json_read(arena, node, pattern_fields, N_OF(pattern_fields), &row));
  const CsJson *at = cs_json_member(node, "pattern");
  CsShapes *shapes = &lexicon->shapes[row.shape];
  CsShape **larger = CS_NEW_N(lexicon->arena, CsShape *, shapes->n + 1);
  CS_TRY_NEW(larger);
  if (shapes->n > 0)
    memcpy(larger, shapes->items, shapes->n * sizeof *larger);
  CsShape *shape        = NULL;
  const CsStatus status = cs_shape_new(row.pattern, why, &shape);
  if (status == CS_ERR_MEMORY)
    return cs_fail(arena, status, "%s", why);
  if (status != CS_OK)
    return cs_json_fail(arena, at, "the pattern cannot be used: %s", why);
  larger[shapes->n++] = shape;
  shapes->items       = larger;
  if (level > 0 && cs_pattern_is_slow(row.pattern))
    return cs_json_fail(arena, at,
        "the pattern takes too long on short texts; do not repeat what is "
        "repeated already, as in (a+)+");
  for (const char *g = shape_groups[row.shape]; *g != '\0'; g++)
    if (!cs_shape_has_group(shape, *g))
      return cs_json_fail(arena, at,
          "a pattern of shape \"%s\" needs a group (?<%c>...)",
          cs_shape_names[row.shape], *g);
  return CS_OK;
}

/// The mean of the mood words that a mood is like.
static CsStatus
take_likeness(CsArena *arena, const CsLexicon *lexicon, const CsJson *node,
    CsEntry *entry)
{
  const CsJson *list = cs_json_member(node, "like");
  double valence = 0.0, arousal = 0.0, n = 0.0;
  for (const CsJson *at = list != NULL ? list->first : NULL; at != NULL;
       at               = at->next) {
    const CsEntry *other = NULL;
    CS_TRY(cs_lexicon_lookup(lexicon->arena, lexicon, at->string, &other));
    if (other == NULL || other->class_of != CS_CLASS_MOOD || other->adds)
      return cs_json_fail(arena, at,
          "\"%s\" is no mood word of the lexicon; `cuesmith list words` shows "
          "them",
          at->string);
    valence += other->valence;
    arousal += other->arousal;
    n += 1.0;
  }
  if (n > 0.0 && entry->valence <= CS_UNSET)
    entry->valence = valence / n;
  if (n > 0.0 && entry->arousal <= CS_UNSET)
    entry->arousal = arousal / n;
  if (list != NULL && n == 0.0)
    return cs_json_fail(arena, list, "at least one mood word is wanted");
  return CS_OK;
}

/// One file, or one part of a person's file.
typedef struct Loaded {
  const char *name;
  int level;
  File file;
} Loaded;

static CsStatus
add_entry(
    CsArena *arena, CsLexicon *lexicon, const CsJson *node, const Loaded *from)
{
  CsEntry *entry = NULL;
  CS_TRY(cs_lexicon_add_entry(lexicon, &entry));
  *entry = (CsEntry){.class_of = (CsClass)from->file.class_of,
      .file                    = from->name,
      .level                   = from->level,
      .valence                 = CS_UNSET,
      .arousal                 = CS_UNSET,
      .density                 = CS_UNSET,
      .amount                  = 1.0,
      .scale                   = 1.0,
      .function                = -1,
      .strength                = 1,
      .ending                  = -1,
      .mode                    = -1,
      .form                    = -1,
      .kind                    = -1,
      .code                    = -1};
  CS_TRY(cs_entry_read(lexicon->arena, node, entry));
  CS_TRY(take_likeness(arena, lexicon, node, entry));
  const CsJson *words = cs_json_member(node, "words");
  for (const CsJson *w = words->first; w != NULL; w = w->next)
    CS_TRY(cs_lexicon_add_phrase(arena, lexicon, w, entry));
  return CS_OK;
}

static CsStatus
read_part(CsArena *arena, const CsJson *root, Loaded *loaded)
{
  loaded->file.class_of = -1;
  CS_TRY(
      cs_json_read(arena, root, file_fields, N_OF(file_fields), &loaded->file));
  if (loaded->file.about == NULL && loaded->level == 0)
    return cs_json_fail(arena, root, "\"about\" (one sentence) is missing");
  if (loaded->file.entries != NULL && loaded->file.class_of < 0)
    return cs_json_fail(arena, root, "\"class\" (class) is missing");
  if (loaded->file.entries != NULL)
    CS_TRY(want_list(arena, loaded->file.entries));
  if (loaded->file.patterns != NULL)
    CS_TRY(want_list(arena, loaded->file.patterns));
  return CS_OK;
}

static CsStatus
add_all(CsLexicon *lexicon, const Loaded *part)
{
  const File *file = &part->file;
  CsArena *arena   = lexicon->arena;
  for (const CsJson *e = file->entries != NULL ? file->entries->first : NULL;
       e != NULL; e    = e->next)
    CS_TRY(add_entry(arena, lexicon, e, part));
  for (const CsJson *e = file->patterns != NULL ? file->patterns->first : NULL;
       e != NULL; e    = e->next)
    CS_TRY(add_pattern(arena, lexicon, e, part->level));
  return CS_OK;
}

static CsStatus
load_part(CsLexicon *lexicon, const CsJson *root, const char *name, int level)
{
  Loaded part = {.name = name, .level = level};
  CS_TRY(read_part(lexicon->arena, root, &part));
  return add_all(lexicon, &part);
}

/// @param texts  Holds the text and its values for the time being.
static CsStatus
load_file(
    CsLexicon *lexicon, CsArena *texts, const char *folder, const char *name)
{
  CsArena *arena     = lexicon->arena;
  const CsJson *root = NULL;
  const char *path   = cs_arena_printf(arena, "%s/%s", folder, name);
  CS_TRY_NEW(path);
  CS_TRY(cs_file_read_json(arena, texts, path, path, MAX_FILE_BYTES, &root));
  return load_part(lexicon, root, path, 0);
}

static CsStatus
load_folder(CsLexicon *lexicon, CsArena *texts, const char *folder)
{
  CsStrings names = {0};
  CS_TRY(cs_folder_list(lexicon->arena, folder, ".json", &names));
  if (names.n == 0)
    return cs_fail(lexicon->arena, CS_ERR_REQUEST,
        "%s holds no .json file; it must be the folder of the lexicon", folder);
  for (size_t i = 0; i < names.n; i++)
    CS_TRY(load_file(lexicon, texts, folder, names.items[i]));
  return CS_OK;
}

/// A person's file: one part, or a list of them.
static CsStatus
load_user(CsLexicon *lexicon, const CsUserWords *user)
{
  const CsJson *root = NULL;
  CsArena *arena     = lexicon->arena;
  if (user->n_bytes > MAX_FILE_BYTES)
    return cs_fail(arena, CS_ERR_REQUEST, "%s: more than %d bytes of words",
        user->name, MAX_FILE_BYTES);
  CS_TRY(cs_json_parse(arena, user->name, user->json, user->n_bytes, &root));
  const bool list  = root->kind == CS_JSON_ARRAY;
  const CsJson *at = list ? root->first : root;
  for (; at != NULL; at = list ? at->next : NULL)
    CS_TRY(load_part(lexicon, at, user->name, user->level));
  return CS_OK;
}

/// Words that steps are taken of may stand in files that come later.
static CsStatus
check_steps(const CsLexicon *lexicon)
{
  for (size_t i = 0; i < lexicon->n_entries; i++) {
    const CsEntry *entry = lexicon->entries[i], *base = NULL;
    if (entry->step == NULL)
      continue;
    CS_TRY(cs_lexicon_lookup(lexicon->arena, lexicon, entry->step, &base));
    if (base == NULL || !cs_is_comparable(base))
      return cs_fail(lexicon->arena, CS_ERR_REQUEST,
          "%s: the step of \"%s\" is \"%s\", which is no mood, tempo or "
          "density of the lexicon",
          entry->file, entry->words.items[0], entry->step);
  }
  return CS_OK;
}

static CsStatus
load_files(CsLexicon *lexicon, const char *folder, const CsUserWords *users,
    size_t n_users)
{
  CsArena *texts  = cs_arena_new(NULL);
  CsStatus status = texts != NULL ? cs_lexicon_start(lexicon) : CS_ERR_MEMORY;
  if (status == CS_OK)
    status = load_folder(lexicon, texts, folder);
  cs_arena_free(texts);
  CS_TRY(status);
  for (size_t i = 0; i < n_users; i++)
    CS_TRY(load_user(lexicon, &users[i]));
  CS_TRY(check_steps(lexicon));
  return cs_lexicon_sort_words(lexicon);
}

CsStatus
cs_lexicon_load(CsArena *arena, const char *folder, CsLexicon **lexicon)
{
  return cs_lexicon_load_with(arena, folder, NULL, 0, lexicon);
}

CsStatus
cs_lexicon_load_with(CsArena *arena, const char *folder,
    const CsUserWords *users, size_t n_users, CsLexicon **lexicon)
{
  *lexicon     = NULL;
  CsArena *own = cs_arena_new(NULL);
  if (own == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "not enough memory for the lexicon");
  CsLexicon *fresh = CS_NEW(own, CsLexicon);
  if (fresh == NULL) {
    cs_arena_free(own);
    return cs_fail(arena, CS_ERR_MEMORY, "not enough memory for the lexicon");
  }
  fresh->arena    = own;
  fresh->scratch  = cs_arena_new(NULL);
  CsStatus status = fresh->scratch != NULL
                        ? load_files(fresh, folder, users, n_users)
                        : CS_ERR_MEMORY;
  cs_arena_free(fresh->scratch);
  fresh->scratch = NULL;
  if (status != CS_OK) {
    const char *why       = cs_arena_error(own);
    const CsStatus failed = cs_fail(arena, status, "%s",
        why[0] != '\0' ? why : "not enough memory for the lexicon");
    cs_lexicon_free(fresh);
    return failed;
  }
  *lexicon = fresh;
  return CS_OK;
}

void
cs_lexicon_free(CsLexicon *lexicon)
{
  if (lexicon == NULL)
    return;
  for (int kind = 0; kind < CS_N_SHAPES; kind++)
    for (size_t i = 0; i < lexicon->shapes[kind].n; i++)
      cs_shape_free(lexicon->shapes[kind].items[i]);
  cs_arena_free(lexicon->arena);
}
