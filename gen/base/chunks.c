#define _GNU_SOURCE // MADV_HUGEPAGE

#include "gen/base/chunks.h"

#include "gen/base/guards.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef CS_HAS_GUARDS
// malloc guards each by itself, which it could not in one piece.
enum { SLAB_BYTES = 2 * CS_CHUNK_BYTES, MAY_PREPARE = 0 };
#else
enum { SLAB_BYTES = 2 << 20, MAY_PREPARE = 1 }; // a large page
#endif

enum {
  N_IN_A_SLAB = SLAB_BYTES / CS_CHUNK_BYTES - 1,
  MOST_IDLE   = (32 << 20) / SLAB_BYTES, ///< Kept though nobody uses them.
};

/// Where a chunk was given back.
typedef struct Gap {
  struct Gap *next;
} Gap;

/// The head of a large page, in the place of its first chunk.
typedef struct Slab {
  CsChunks *owner;
  struct Slab *next, *before; ///< Of those with room.
  Gap *gaps;
  int n_used;
  int n_touched; ///< Chunks from here on have never been taken.
} Slab;

struct CsChunks {
  pthread_mutex_t mutex;
  Slab *with_room;
  int n_idle;
  /// Slabs in one piece, one after the other made ready and then taken.
  char *reserve;
  size_t n_reserved, n_ready, n_taken;
  bool is_preparing, is_over;
  pthread_t preparer;
};

CsChunks *
cs_chunks_new(void)
{
  CsChunks *c = calloc(1, sizeof *c);
  if (c != NULL && pthread_mutex_init(&c->mutex, NULL) == 0)
    return c;
  free(c);
  return NULL;
}

static void
link_slab(CsChunks *c, Slab *s)
{
  s->before = NULL;
  s->next   = c->with_room;
  if (s->next != NULL)
    s->next->before = s;
  c->with_room = s;
}

static void
unlink_slab(CsChunks *c, Slab *s)
{
  if (s->before != NULL)
    s->before->next = s->next;
  else
    c->with_room = s->next;
  if (s->next != NULL)
    s->next->before = s->before;
}

/// Slabs in a row; free() frees them.
static void *
new_memory(size_t n_slabs)
{
  void *place = NULL;
  if (posix_memalign(&place, SLAB_BYTES, n_slabs * SLAB_BYTES) != 0)
    return NULL;
#ifdef MADV_HUGEPAGE
  // It works without, too.
  (void)madvise(place, n_slabs * SLAB_BYTES, MADV_HUGEPAGE);
#endif
  return place;
}

/// One that was made ready, or a new one.
static Slab *
add_slab(CsChunks *c)
{
  const bool is_ready = c->n_taken < c->n_ready;
  void *place =
      is_ready ? c->reserve + SLAB_BYTES * c->n_taken++ : new_memory(1);
  if (place == NULL)
    return NULL;
  Slab *s = place;
  *s      = (Slab){.owner = c};
  link_slab(c, s);
  c->n_idle++;
  return s;
}

static bool
is_reserved(const CsChunks *c, const Slab *s)
{
  const uintptr_t from = (uintptr_t)c->reserve, at = (uintptr_t)s;
  return at >= from && at - from < SLAB_BYTES * c->n_reserved;
}

static void *
take_from(Slab *s)
{
  void *chunk = s->gaps;
  if (s->gaps != NULL)
    s->gaps = s->gaps->next;
  else
    chunk = (char *)s + (size_t)CS_CHUNK_BYTES * (size_t)++s->n_touched;
  s->n_used++;
  return chunk;
}

void *
cs_chunk_take(CsChunks *c)
{
  void *chunk = NULL;
  (void)pthread_mutex_lock(&c->mutex);
  Slab *s = c->with_room != NULL ? c->with_room : add_slab(c);
  if (s != NULL) {
    c->n_idle -= s->n_used == 0;
    chunk = take_from(s);
    if (s->n_used == N_IN_A_SLAB)
      unlink_slab(c, s);
  }
  (void)pthread_mutex_unlock(&c->mutex);
  return chunk;
}

static void
give_to(CsChunks *c, Slab *s, void *chunk)
{
  Gap *gap  = chunk;
  gap->next = s->gaps;
  s->gaps   = gap;
  if (s->n_used-- == N_IN_A_SLAB)
    link_slab(c, s);
  if (s->n_used > 0)
    return;
  if (++c->n_idle > MOST_IDLE && !is_reserved(c, s)) {
    unlink_slab(c, s);
    c->n_idle--;
    free(s);
  }
}

void
cs_chunk_give(void *chunk)
{
  if (chunk == NULL)
    return;
  Slab *s     = (Slab *)((uintptr_t)chunk / SLAB_BYTES * SLAB_BYTES);
  CsChunks *c = s->owner;
  (void)pthread_mutex_lock(&c->mutex);
  give_to(c, s, chunk);
  (void)pthread_mutex_unlock(&c->mutex);
}

// ---- Made ready -------------------------------------------------------------

/// By writes and not by MADV_POPULATE_WRITE, which keeps other threads from
/// growing their memory until it is done.
static void
touch(char *slab)
{
  enum { PAGE_BYTES = 4096 };
  volatile char *bytes = slab;
  for (size_t i = 0; i < SLAB_BYTES; i += PAGE_BYTES)
    bytes[i] = 0;
}

/// @return false when there is nothing more to do.
static bool
end_slab(CsChunks *c)
{
  (void)pthread_mutex_lock(&c->mutex);
  const bool goes_on = ++c->n_ready < c->n_reserved && !c->is_over;
  (void)pthread_mutex_unlock(&c->mutex);
  return goes_on;
}

static void *
prepare(void *user)
{
  CsChunks *c = user;
  char *slab  = c->reserve;
  do {
    touch(slab);
    slab += SLAB_BYTES;
  } while (end_slab(c));
  return NULL;
}

void
cs_chunks_prepare(CsChunks *c, size_t n_bytes)
{
  const size_t n = n_bytes / SLAB_BYTES;
  assert(c->reserve == NULL);
  if (!MAY_PREPARE || n == 0 || sysconf(_SC_NPROCESSORS_ONLN) < 2)
    return;
  // In one piece, for else this thread's next memory would wait for the other.
  c->reserve = new_memory(n);
  if (c->reserve == NULL)
    return;
  c->n_reserved   = n;
  c->is_preparing = pthread_create(&c->preparer, NULL, prepare, c) == 0;
}

static void
end_preparing(CsChunks *c)
{
  if (!c->is_preparing)
    return;
  (void)pthread_mutex_lock(&c->mutex);
  c->is_over = true;
  (void)pthread_mutex_unlock(&c->mutex);
  (void)pthread_join(c->preparer, NULL);
}

void
cs_chunks_free(CsChunks *c)
{
  if (c == NULL)
    return;
  end_preparing(c);
  while (c->with_room != NULL) {
    Slab *s = c->with_room;
    assert(s->n_used == 0);
    c->with_room = s->next;
    if (!is_reserved(c, s))
      free(s);
  }
  free(c->reserve);
  (void)pthread_mutex_destroy(&c->mutex);
  free(c);
}
