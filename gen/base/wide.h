/// Vectors of four doubles where the processor has them (AVX2), asked for while
/// the program runs. Sums and products are those of the narrow way, so samples
/// are the same to the bit. Without AVX2, gcc and clang would keep such vectors
/// in memory, hence two ways.
///
/// What uses them stands in `#if CS_MAY_GO_WIDE`, in functions that are
/// CS_WIDE or CS_WIDE_INLINE, and is called where cs_can_go_wide(). A loop that
/// the compiler turns into vectors by itself is a CS_SAME_LOOP, called from a
/// CS_WIDE function and from another.
#ifndef CS_GEN_BASE_WIDE_H
#define CS_GEN_BASE_WIDE_H

#include <stdbool.h>
#include <stdint.h>

#if defined __x86_64__ && defined __GNUC__
#define CS_MAY_GO_WIDE 1
#define CS_WIDE __attribute__((target("avx2")))
#define CS_WIDE_INLINE                                                         \
  static inline __attribute__((always_inline, target("avx2")))
typedef double CsQuad __attribute__((vector_size(32)));
#else
#define CS_MAY_GO_WIDE 0
#define CS_WIDE
#endif

#define CS_SAME_LOOP static inline __attribute__((always_inline))

/// Floats that are worked on together, at any place. Eight are two registers
/// where the processor has no wide ones; sums and products are the same.
typedef float CsFour __attribute__((vector_size(16), aligned(4), may_alias));
typedef float CsEight __attribute__((vector_size(32), aligned(4), may_alias));

CS_SAME_LOOP CsFour *
cs_four(const float *x)
{
  return (CsFour *)(uintptr_t)x;
}

CS_SAME_LOOP CsEight *
cs_eight(const float *x)
{
  return (CsEight *)(uintptr_t)x;
}

static inline bool
cs_can_go_wide(void)
{
#if CS_MAY_GO_WIDE
  return __builtin_cpu_supports("avx2") != 0;
#else
  return false;
#endif
}

#endif
