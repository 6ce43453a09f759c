#include "gen/base/arena.h"

#include "gen/base/guards.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 * 1024 };

typedef struct Chunk {
  struct Chunk *next;
  size_t n_used;
  size_t n_bytes;
  max_align_t data[];
} Chunk;

struct CsArena {
  CsAllocator source;
  Chunk *chunks;
  Chunk *spare; ///< Kept by a reset.
  char error[CS_MESSAGE_BYTES];
};

static void *
heap_get(void *user, size_t n_bytes)
{
  (void)user;
  return malloc(n_bytes);
}

static void
heap_give_back(void *user, void *chunk)
{
  (void)user;
  free(chunk);
}

CsArena *
cs_arena_new(const CsAllocator *source)
{
  const CsAllocator heap = {heap_get, heap_give_back, NULL};
  const CsAllocator from = source != NULL ? *source : heap;
  CsArena *arena         = from.get(from.user, sizeof *arena);
  if (arena != NULL)
    *arena = (CsArena){.source = from};
  return arena;
}

/// The shortest chunk that a reset has kept and that is long enough, or NULL.
static Chunk *
take_spare(CsArena *arena, size_t n_wanted)
{
  Chunk **best = NULL;
  for (Chunk **at = &arena->spare; *at != NULL; at = &(*at)->next)
    if ((*at)->n_bytes >= n_wanted &&
        (best == NULL || (*at)->n_bytes < (*best)->n_bytes))
      best = at;
  if (best == NULL)
    return NULL;
  Chunk *chunk = *best;
  *best        = chunk->next;
  return chunk;
}

static Chunk *
new_chunk(CsArena *arena, size_t n_wanted)
{
  const size_t n_bytes = n_wanted > CHUNK_BYTES ? n_wanted : CHUNK_BYTES;
  Chunk *chunk = arena->source.get(arena->source.user, sizeof(Chunk) + n_bytes);
  if (chunk != NULL)
    chunk->n_bytes = n_bytes;
  return chunk;
}

static Chunk *
add_chunk(CsArena *arena, size_t n_wanted)
{
  Chunk *chunk = take_spare(arena, n_wanted);
  if (chunk == NULL)
    chunk = new_chunk(arena, n_wanted);
  if (chunk == NULL)
    return NULL;
  chunk->n_used = 0;
  // A chunk made for one large thing goes behind the current one, so that the
  // room left in the current one is still used.
  if (arena->chunks != NULL && n_wanted > CHUNK_BYTES / 2) {
    chunk->next         = arena->chunks->next;
    arena->chunks->next = chunk;
  } else {
    chunk->next   = arena->chunks;
    arena->chunks = chunk;
  }
  return chunk;
}

void *
cs_arena_room(CsArena *arena, size_t n, size_t size)
{
  const size_t align = sizeof(max_align_t);
  if (size != 0 && n > (SIZE_MAX - CHUNK_BYTES) / size) {
    (void)cs_fail(arena, CS_ERR_MEMORY, "a list is too long for memory");
    return NULL;
  }
  const size_t n_bytes =
      (n * size + align - 1) / align * align + CS_GUARD_BYTES;
  Chunk *chunk = arena->chunks;
  if (chunk == NULL || chunk->n_bytes - chunk->n_used < n_bytes)
    chunk = add_chunk(arena, n_bytes);
  if (chunk == NULL) {
    (void)cs_fail(arena, CS_ERR_MEMORY, "not enough memory");
    return NULL;
  }
  void *thing = (char *)chunk->data + chunk->n_used;
  chunk->n_used += n_bytes;
  cs_guard(thing, n * size, n_bytes);
  return thing;
}

void *
cs_arena_alloc(CsArena *arena, size_t n, size_t size)
{
  void *thing = cs_arena_room(arena, n, size);
  if (thing != NULL)
    memset(thing, 0, n * size);
  return thing;
}

CsStatus
cs_arena_grow(
    CsArena *arena, void **things, size_t *capacity, size_t n_new, size_t size)
{
  if (n_new <= *capacity)
    return CS_OK;
  const size_t doubled = *capacity < SIZE_MAX / 2 ? *capacity * 2 : n_new;
  size_t n_wanted      = doubled > n_new ? doubled : n_new;
  n_wanted             = n_wanted < 8 ? 8 : n_wanted;
  void *larger         = cs_arena_alloc(arena, n_wanted, size);
  CS_TRY_NEW(larger);
  if (*capacity > 0)
    memcpy(larger, *things, *capacity * size);
  *things   = larger;
  *capacity = n_wanted;
  return CS_OK;
}

void *
cs_arena_keep(CsArena *arena, const void *things, size_t n, size_t size)
{
  void *kept = cs_arena_alloc(arena, n, size);
  if (kept != NULL && n > 0)
    memcpy(kept, things, n * size);
  return kept;
}

char *
cs_arena_copy(CsArena *arena, const char *bytes, size_t n)
{
  char *copy = cs_arena_alloc(arena, n + 1, 1);
  if (copy != NULL && n > 0)
    memcpy(copy, bytes, n);
  return copy;
}

char *
cs_arena_printf(CsArena *arena, const char *format, ...)
{
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  const int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *text = n < 0 ? NULL : cs_arena_alloc(arena, (size_t)n + 1, 1);
  if (text != NULL)
    (void)vsnprintf(text, (size_t)n + 1, format, again);
  va_end(again);
  return text;
}

CsStatus
cs_fail(CsArena *arena, CsStatus status, const char *format, ...)
{
  if (arena->error[0] == '\0') {
    va_list args;
    va_start(args, format);
    (void)vsnprintf(arena->error, sizeof arena->error, format, args);
    va_end(args);
  }
  return status;
}

const char *
cs_arena_error(const CsArena *arena)
{
  return arena->error;
}

void
cs_arena_clear_error(CsArena *arena)
{
  arena->error[0] = '\0';
}

void
cs_arena_reset(CsArena *arena)
{
  Chunk **last = &arena->chunks;
  while (*last != NULL)
    last = &(*last)->next;
  *last         = arena->spare;
  arena->spare  = arena->chunks;
  arena->chunks = NULL;
}

static void
free_chunks(const CsAllocator *source, Chunk *chunk)
{
  for (Chunk *next; chunk != NULL; chunk = next) {
    next = chunk->next;
    cs_unguard(chunk->data, chunk->n_bytes);
    source->give_back(source->user, chunk);
  }
}

void
cs_arena_free(CsArena *arena)
{
  if (arena == NULL)
    return;
  const CsAllocator source = arena->source;
  free_chunks(&source, arena->chunks);
  free_chunks(&source, arena->spare);
  source.give_back(source.user, arena);
}
