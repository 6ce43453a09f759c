/// JSON text to values: cJSON reads it, and its tree is copied into the arena.
/// The only file that includes cJSON.h.
#include "gen/base/json.h"

#include <cjson/cJSON.h>

#include <errno.h>
#include <pthread.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 64 };

typedef struct Reader {
  CsArena *arena;
  const char *name, *text;
  size_t n_bytes;
  /// Where the next text goes. None is longer than it is written in quotes, so
  /// one buffer as long as the file holds them all.
  char *free_bytes;
  // Where the copying stands in the text, which is valid then.
  const char *at;
  unsigned long line; ///< Of `at`; 0: lines are not wanted.
} Reader;

// ---- Lines ------------------------------------------------------------------

/// cJSON takes every control character for a blank.
static void
pass_blanks(Reader *r)
{
  const char *end = r->text + r->n_bytes;
  for (; r->at < end && (unsigned char)*r->at <= ' '; r->at++)
    r->line += *r->at == '\n';
}

/// Go behind a mark, which may be missing: a comma after the last member.
static void
pass_mark(Reader *r, char mark)
{
  pass_blanks(r);
  r->at += r->at < r->text + r->n_bytes && *r->at == mark;
}

static void
pass_string(Reader *r)
{
  const char *end = r->text + r->n_bytes;
  pass_mark(r, '"');
  while (r->at < end && *r->at != '"') {
    const bool escapes = *r->at == '\\' && r->at + 1 < end;
    r->line += *r->at == '\n';
    r->at += escapes ? 2 : 1;
  }
  pass_mark(r, '"');
}

static void
pass_word(Reader *r)
{
  const char *end = r->text + r->n_bytes;
  while (r->at < end && (unsigned char)*r->at > ' ' &&
         strchr(",]}", *r->at) == NULL)
    r->at++;
}

/// Note the line of a node whose value comes next, and go into it, or behind it
/// where nothing is in it.
static void
enter(Reader *r, CsJson *node)
{
  if (r->line == 0)
    return;
  if (node->parent != NULL && node->key != NULL) {
    pass_string(r);
    pass_mark(r, ':');
  }
  pass_blanks(r);
  node->line = r->line;
  if (node->kind == CS_JSON_OBJECT || node->kind == CS_JSON_ARRAY)
    r->at += r->at < r->text + r->n_bytes;
  else if (node->kind == CS_JSON_STRING)
    pass_string(r);
  else
    pass_word(r);
}

static void
leave(Reader *r, const CsJson *node)
{
  if (r->line == 0)
    return;
  if (node->kind == CS_JSON_OBJECT || node->kind == CS_JSON_ARRAY)
    pass_mark(r, node->kind == CS_JSON_OBJECT ? '}' : ']');
  pass_mark(r, ',');
}

// ---- Copying the tree -------------------------------------------------------

static const char *
take_text(Reader *r, const char *text)
{
  const size_t n = strlen(text) + 1;
  char *taken    = memcpy(r->free_bytes, text, n);
  r->free_bytes += n;
  return taken;
}

static CsJsonKind
kind_of(const cJSON *item)
{
  if (cJSON_IsObject(item))
    return CS_JSON_OBJECT;
  if (cJSON_IsArray(item))
    return CS_JSON_ARRAY;
  if (cJSON_IsString(item))
    return CS_JSON_STRING;
  if (cJSON_IsNumber(item))
    return CS_JSON_NUMBER;
  return cJSON_IsBool(item) ? CS_JSON_BOOL : CS_JSON_NULL;
}

static CsStatus copy(Reader *r, const cJSON *item, CsJson *node, int depth);

static CsStatus
copy_children(Reader *r, const cJSON *item, CsJson *node, int depth)
{
  CsJson *last = NULL;
  for (const cJSON *c = item->child; c != NULL; c = c->next) {
    CsJson *child = CS_NEW(r->arena, CsJson);
    CS_TRY_NEW(child);
    child->parent = node;
    child->index  = (uint32_t)node->n_children;
    if (node->kind == CS_JSON_OBJECT) {
      if (cs_json_member(node, c->string) != NULL)
        return cs_json_fail(r->arena, node,
            "the key \"%s\" stands twice; keep one of them", c->string);
      child->key = take_text(r, c->string);
    }
    CS_TRY(copy(r, c, child, depth + 1));
    if (last == NULL)
      node->first = child;
    else
      last->next = child;
    last = child;
    node->n_children++;
  }
  return CS_OK;
}

static CsStatus
copy_value(Reader *r, const cJSON *item, CsJson *node, int depth)
{
  switch (node->kind) {
  case CS_JSON_NULL:
    return CS_OK;
  case CS_JSON_BOOL:
    node->number = cJSON_IsTrue(item) ? 1.0 : 0.0;
    return CS_OK;
  case CS_JSON_NUMBER:
    node->number = item->valuedouble;
    return isfinite(node->number)
               ? CS_OK
               : cs_json_fail(r->arena, node, "the number is too large");
  case CS_JSON_STRING:
    node->string = take_text(r, item->valuestring);
    return CS_OK;
  case CS_JSON_ARRAY:
  case CS_JSON_OBJECT:
    return depth < MAX_DEPTH ? copy_children(r, item, node, depth)
                             : cs_json_fail(r->arena, node,
                                   "more than %d levels of nesting", MAX_DEPTH);
  }
  return CS_OK;
}

static CsStatus
copy(Reader *r, const cJSON *item, CsJson *node, int depth)
{
  node->kind = kind_of(item);
  enter(r, node);
  CS_TRY(copy_value(r, item, node, depth));
  leave(r, node);
  return CS_OK;
}

// ---- Memory of the tree -----------------------------------------------------

// A tree of cJSON is thousands of small pieces that live until it was copied.
// Where the process is ours they come from one block, which the next text uses
// again.

/// cJSON notes its last error for the whole process, and takes its memory from
/// one place.
static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER;

enum { BLOCK_BYTES = 1 << 20 };

typedef struct Block {
  struct Block *next;
  size_t n_used, n_bytes;
  max_align_t data[];
} Block;

static struct {
  bool is_ours;
  Block *blocks; ///< The one that is taken from first.
} pieces;

static Block *
add_block(size_t n_bytes)
{
  const size_t n = n_bytes > BLOCK_BYTES ? n_bytes : BLOCK_BYTES;
  Block *block   = malloc(sizeof *block + n);
  if (block == NULL)
    return NULL;
  *block        = (Block){.next = pieces.blocks, .n_bytes = n};
  pieces.blocks = block;
  return block;
}

static void *
take_piece(size_t n_bytes)
{
  const size_t align = sizeof(max_align_t);
  const size_t n     = (n_bytes + align - 1) / align * align;
  Block *block       = pieces.blocks;
  if (block == NULL || block->n_bytes - block->n_used < n)
    block = add_block(n);
  if (block == NULL)
    return NULL;
  void *piece = (char *)block->data + block->n_used;
  block->n_used += n;
  return piece;
}

static void
keep_piece(void *piece)
{
  (void)piece;
}

void
cs_json_own_process(void)
{
  cJSON_Hooks hooks = {take_piece, keep_piece};
  pieces.is_ours    = true;
  cJSON_InitHooks(&hooks);
}

/// The tree is done with: one block is kept.
static void
give_back(cJSON *tree)
{
  if (!pieces.is_ours) {
    cJSON_Delete(tree);
    return;
  }
  while (pieces.blocks != NULL && pieces.blocks->next != NULL) {
    Block *block  = pieces.blocks;
    pieces.blocks = block->next;
    free(block);
  }
  if (pieces.blocks != NULL)
    pieces.blocks->n_used = 0;
}

// ---- The text ---------------------------------------------------------------

static CsStatus
fail_at(const Reader *r, size_t at, const char *what)
{
  unsigned long line = 1, column = 1;
  for (size_t i = 0; i < at; i++) {
    column = r->text[i] == '\n' ? 1 : column + 1;
    line += r->text[i] == '\n';
  }
  return cs_fail(r->arena, CS_ERR_REQUEST, "%s line %lu column %lu: %s",
      r->name, line, column, what);
}

/// The first zero byte, written as it is or as an escape, at which cJSON would
/// cut a text off; NULL where there is none.
static const char *
find_zero(const Reader *r)
{
  const char *zero = memchr(r->text, '\0', r->n_bytes);
  const char *end  = r->text + r->n_bytes;
  const char *p    = memchr(r->text, '\\', r->n_bytes);
  while (zero == NULL && p != NULL) {
    if (end - p >= 6 && memcmp(p, "\\u0000", 6) == 0)
      zero = p;
    p += end - p >= 2 ? 2 : 1; // what is escaped escapes nothing
    p = memchr(p, '\\', (size_t)(end - p));
  }
  return zero;
}

static CsStatus
check_bytes(const Reader *r)
{
  const size_t n_valid = cs_utf8_check(r->text, r->n_bytes);
  if (n_valid < r->n_bytes)
    return fail_at(r, n_valid, "a byte is not valid UTF-8");
  const char *zero = find_zero(r);
  return zero == NULL ? CS_OK
                      : fail_at(r, (size_t)(zero - r->text),
                            "a zero byte stands in the text");
}

static CsStatus
check_rest(const Reader *r, const char *end)
{
  size_t at = (size_t)(end - r->text);
  while (at < r->n_bytes && strchr(" \t\r\n", r->text[at]) != NULL)
    at++;
  return at == r->n_bytes
             ? CS_OK
             : fail_at(
                   r, at, "more text stands after the JSON value; remove it");
}

static CsStatus
parse(const Reader *r, cJSON **tree)
{
  const char *end     = NULL;
  errno               = 0; // cJSON does not tell why; malloc() does
  *tree               = cJSON_ParseWithLengthOpts(r->text, r->n_bytes, &end, 0);
  const bool is_short = errno == ENOMEM;
  if (*tree != NULL)
    return check_rest(r, end);
  if (is_short)
    return cs_fail(
        r->arena, CS_ERR_MEMORY, "not enough memory to read %s", r->name);
  return fail_at(
      r, end != NULL ? (size_t)(end - r->text) : 0, "this is not valid JSON");
}

static CsStatus
read_text(Reader *r, const CsJson **root)
{
  CS_TRY(check_bytes(r));
  CsJson *node  = CS_NEW(r->arena, CsJson);
  r->free_bytes = cs_arena_alloc(r->arena, r->n_bytes + 1, 1);
  CS_TRY_NEW(node);
  CS_TRY_NEW(r->free_bytes);
  node->key = cs_arena_copy(r->arena, r->name, strlen(r->name));
  CS_TRY_NEW(node->key);
  cJSON *tree = NULL;
  (void)pthread_mutex_lock(&reading);
  CsStatus status = parse(r, &tree);
  r->at           = r->text;
  if (status == CS_OK)
    status = copy(r, tree, node, 0);
  give_back(tree);
  (void)pthread_mutex_unlock(&reading);
  *root = node;
  return status;
}

CsStatus
cs_json_parse(CsArena *arena, const char *name, const char *text,
    size_t n_bytes, const CsJson **root)
{
  Reader r = {.arena = arena, .name = name, .text = text, .n_bytes = n_bytes};
  return read_text(&r, root);
}

CsStatus
cs_json_parse_lines(CsArena *arena, const char *name, const char *text,
    size_t n_bytes, const CsJson **root)
{
  Reader r = {.arena = arena,
      .name          = name,
      .text          = text,
      .n_bytes       = n_bytes,
      .line          = 1};
  return read_text(&r, root);
}
