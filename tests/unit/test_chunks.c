#include "gen/base/chunks.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

enum { N = 600 }; // some 10 MB

static void
fill(void *chunk, int value)
{
  memset(chunk, value, CS_CHUNK_BYTES);
}

static bool
holds(const void *chunk, int value)
{
  const unsigned char *bytes = chunk;
  for (size_t i = 0; i < CS_CHUNK_BYTES; i++)
    if (bytes[i] != (unsigned char)value)
      return false;
  return true;
}

static int
by_address(const void *a, const void *b)
{
  const uintptr_t x = (uintptr_t) * (void *const *)a;
  const uintptr_t y = (uintptr_t) * (void *const *)b;
  return x < y ? -1 : x > y;
}

static void
test_chunks_do_not_overlap(void **state)
{
  (void)state;
  CsChunks *chunks = cs_chunks_new();
  void *taken[N];
  for (int i = 0; i < N; i++) {
    taken[i] = cs_chunk_take(chunks);
    assert_non_null(taken[i]);
    assert_int_equal((uintptr_t)taken[i] % 4096, 0);
    fill(taken[i], i);
  }
  for (int i = 0; i < N; i++) {
    assert_true(holds(taken[i], i));
    cs_chunk_give(taken[i]);
  }
  cs_chunks_free(chunks);
}

static void
test_what_was_given_back_is_taken_again(void **state)
{
  (void)state;
  enum { N_FEW = 30 };
  CsChunks *chunks = cs_chunks_new();
  void *first[N_FEW], *second[N_FEW];
  for (int i = 0; i < N_FEW; i++)
    first[i] = cs_chunk_take(chunks);
  for (int i = 0; i < N_FEW; i++)
    cs_chunk_give(first[i]);
  for (int i = 0; i < N_FEW; i++)
    second[i] = cs_chunk_take(chunks);
  qsort(first, N_FEW, sizeof *first, by_address);
  qsort(second, N_FEW, sizeof *second, by_address);
  assert_memory_equal(first, second, sizeof first);
  for (int i = 0; i < N_FEW; i++)
    cs_chunk_give(second[i]);
  cs_chunks_free(chunks);
}

static void
test_chunks_stay_while_others_come_and_go(void **state)
{
  (void)state;
  CsChunks *chunks = cs_chunks_new();
  void *taken[N]   = {NULL};
  uint32_t random  = 1;
  for (int round = 0; round < 20 * N; round++) {
    random      = random * 1664525U + 1013904223U;
    const int i = (int)((random >> 8) % N);
    if (taken[i] != NULL) {
      assert_int_equal(*(unsigned char *)taken[i], (unsigned char)i);
      cs_chunk_give(taken[i]);
      taken[i] = NULL;
    } else {
      taken[i] = cs_chunk_take(chunks);
      assert_non_null(taken[i]);
      fill(taken[i], i);
    }
  }
  for (int i = 0; i < N; i++) {
    assert_true(taken[i] == NULL || holds(taken[i], i));
    cs_chunk_give(taken[i]);
  }
  cs_chunks_free(chunks);
}

typedef struct Worker {
  CsChunks *chunks;
  void *received; ///< From another thread; it is given back here.
  int value;
  bool is_well;
} Worker;

static void *
work(void *user)
{
  Worker *w = user;
  cs_chunk_give(w->received);
  w->is_well = true;
  for (int round = 0; round < 500; round++) {
    void *few[8];
    for (int i = 0; i < 8; i++) {
      few[i] = cs_chunk_take(w->chunks);
      if (few[i] == NULL)
        return NULL;
      fill(few[i], w->value);
    }
    for (int i = 0; i < 8; i++) {
      w->is_well &= holds(few[i], w->value);
      cs_chunk_give(few[i]);
    }
  }
  return NULL;
}

static void
test_threads_take_and_give(void **state)
{
  (void)state;
  enum { N_THREADS = 4 };
  CsChunks *chunks = cs_chunks_new();
  pthread_t threads[N_THREADS];
  Worker workers[N_THREADS];
  for (int i = 0; i < N_THREADS; i++)
    workers[i] = (Worker){chunks, cs_chunk_take(chunks), i + 1, false};
  for (int i = 0; i < N_THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
  for (int i = 0; i < N_THREADS; i++) {
    pthread_join(threads[i], NULL);
    assert_true(workers[i].is_well);
  }
  cs_chunks_free(chunks);
}

/// It may be in any state of getting ready.
static void
test_pieces_made_ready_are_taken(void **state)
{
  (void)state;
  for (int round = 0; round < 20; round++) {
    CsChunks *chunks = cs_chunks_new();
    void *taken[N];
    cs_chunks_prepare(chunks, (size_t)round << 20);
    for (int i = 0; i < N; i++) {
      taken[i] = cs_chunk_take(chunks);
      assert_non_null(taken[i]);
      fill(taken[i], i);
    }
    for (int i = 0; i < N; i++) {
      assert_true(holds(taken[i], i));
      cs_chunk_give(taken[i]);
    }
    cs_chunks_free(chunks);
  }
}

static void
test_nobody_need_take_what_is_made_ready(void **state)
{
  (void)state;
  for (int round = 0; round < 20; round++) {
    CsChunks *chunks = cs_chunks_new();
    cs_chunks_prepare(chunks, (size_t)32 << 20);
    cs_chunks_free(chunks);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_chunks_do_not_overlap),
      cmocka_unit_test(test_what_was_given_back_is_taken_again),
      cmocka_unit_test(test_chunks_stay_while_others_come_and_go),
      cmocka_unit_test(test_threads_take_and_give),
      cmocka_unit_test(test_pieces_made_ready_are_taken),
      cmocka_unit_test(test_nobody_need_take_what_is_made_ready),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
