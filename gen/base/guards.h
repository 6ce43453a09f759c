/// Under the address sanitizer, memory that is handed out in pieces is guarded
/// piece by piece: what is read behind one is found.
#ifndef CS_GEN_BASE_GUARDS_H
#define CS_GEN_BASE_GUARDS_H

#include <stddef.h>

#if defined __has_feature
#if __has_feature(address_sanitizer)
#define CS_HAS_GUARDS 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define CS_HAS_GUARDS 1
#endif

#ifdef CS_HAS_GUARDS
#include <sanitizer/asan_interface.h>
enum { CS_GUARD_BYTES = 16 };
#else
enum { CS_GUARD_BYTES = 0 }; ///< Behind a piece.
#endif

/// Of `n_room` bytes the first `n` are a piece, the others are not to be
/// touched.
static inline void
cs_guard(void *piece, size_t n, size_t n_room)
{
#ifdef CS_HAS_GUARDS
  __asan_unpoison_memory_region(piece, n);
  __asan_poison_memory_region((char *)piece + n, n_room - n);
#else
  (void)piece, (void)n, (void)n_room;
#endif
}

/// All may be touched again, by whoever it belongs to.
static inline void
cs_unguard(void *piece, size_t n)
{
  cs_guard(piece, n, n);
}

#endif
