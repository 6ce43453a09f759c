/// Memory that is freed all at once, and the sentence that explains a failure.
///
/// One arena per cue holds brief, plan, score and performance. Nothing in it is
/// freed alone. Because every fallible call has the arena at hand, it also
/// carries the error detail: the first function that notices writes it.
#ifndef CS_GEN_BASE_ARENA_H
#define CS_GEN_BASE_ARENA_H

#include "gen/cuesmith.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/// Where an arena's chunks come from. A test can refuse the nth request.
typedef struct CsAllocator {
  void *(*get)(void *user, size_t n_bytes); ///< NULL refuses.
  void (*give_back)(void *user, void *chunk);
  void *user;
} CsAllocator;

typedef struct CsArena CsArena;

/// An empty arena, or NULL when memory is refused.
///
/// @param source  Copied; NULL takes malloc and free.
CsArena *cs_arena_new(const CsAllocator *source);

/// Zeroed memory for `n` things of `size` bytes, aligned for any type.
///
/// @return NULL when refused or when n * size overflows; the error detail says
///         so then. `n` 0 gives a valid pointer.
void *cs_arena_alloc(CsArena *arena, size_t n, size_t size);

/// The same of any content, for what is written whole at once: clearing it
/// would take as long.
void *cs_arena_room(CsArena *arena, size_t n, size_t size);

/// Room for `n_new` things where `n_old` were; old ones are copied, the rest is
/// zero. Capacity grows by doubling, so repeated growth by one is cheap: pass
/// the same `*capacity` each time.
CS_NODISCARD CsStatus cs_arena_grow(
    CsArena *arena, void **things, size_t *capacity, size_t n_new, size_t size);

/// A copy of `n` things of another arena, for as long as this one lasts, or
/// NULL. @param things  May be NULL when there are none.
void *cs_arena_keep(CsArena *arena, const void *things, size_t n, size_t size);

/// A copy of `n` bytes with an end mark, or NULL.
char *cs_arena_copy(CsArena *arena, const char *bytes, size_t n);

/// Formatted text, or NULL.
char *cs_arena_printf(CsArena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// Record why something failed and give the status back. Only the first detail
/// is kept until cs_arena_clear_error().
CsStatus cs_fail(CsArena *arena, CsStatus status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/// The first recorded detail, "" when there is none.
const char *cs_arena_error(const CsArena *arena);
void cs_arena_clear_error(CsArena *arena);

/// Take all that was allocated back and keep the memory for the next use. What
/// the arena gave out is no longer there; its error detail stays.
void cs_arena_reset(CsArena *arena);

/// Free everything. NULL is accepted.
void cs_arena_free(CsArena *arena);

#define CS_NEW(arena, type) ((type *)cs_arena_alloc((arena), 1, sizeof(type)))
#define CS_NEW_N(arena, type, n)                                               \
  ((type *)cs_arena_alloc((arena), (n), sizeof(type)))

/// Pass a failure up unchanged.
#define CS_TRY(call)                                                           \
  do {                                                                         \
    const CsStatus cs_try_status_ = (call);                                    \
    if (cs_try_status_ != CS_OK)                                               \
      return cs_try_status_;                                                   \
  } while (0)

/// Pass a refused allocation up.
#define CS_TRY_NEW(pointer)                                                    \
  do {                                                                         \
    if ((pointer) == NULL)                                                     \
      return CS_ERR_MEMORY;                                                    \
  } while (0)

#endif
