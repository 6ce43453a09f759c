#include "gen/base/pool.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct Count {
  int64_t steps[3];
  size_t fails_in;
} Count;

static bool
count_step(void *user, size_t lane, int64_t step)
{
  Count *count = user;
  if (step != count->steps[lane])
    return false;
  count->steps[lane]++;
  return !(count->fails_in == lane && step == 20);
}

static void
test_lanes_run_in_order_and_not_far_ahead(void **state)
{
  (void)state;
  Count count           = {.fails_in = 99};
  const CsPoolWork work = {.step = count_step, .user = &count};
  CsPool *pool          = cs_pool_new(&work, 3, 4);
  assert_non_null(pool);
  for (int64_t step = 0; step < 500; step++) {
    assert_true(cs_pool_await(pool));
    cs_pool_consume(pool);
  }
  cs_pool_free(pool);
  for (size_t i = 0; i < 3; i++)
    assert_in_range(count.steps[i], 500, 500 + CS_POOL_AHEAD);
}

static void
test_a_failing_lane_ends_the_work_without_hanging(void **state)
{
  (void)state;
  for (int n_threads = 1; n_threads < 4; n_threads++) {
    Count count           = {.fails_in = 1};
    const CsPoolWork work = {.step = count_step, .user = &count};
    CsPool *pool          = cs_pool_new(&work, 3, n_threads);
    assert_non_null(pool);
    int64_t n_good = 0;
    while (cs_pool_await(pool)) {
      n_good++;
      cs_pool_consume(pool);
    }
    assert_in_range(n_good, 20 - CS_POOL_AHEAD, 20);
    cs_pool_free(pool);
  }
}

enum { N_AHEAD = 7 };

typedef struct Ahead {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  int n_done[2];
  int64_t earliest;
} Ahead;

static bool
rest(void *user, size_t lane, int64_t step)
{
  (void)user, (void)lane, (void)step;
  return true;
}

/// Something to do N_AHEAD times in each lane.
static bool
do_ahead(void *user, size_t lane, int64_t step)
{
  Ahead *a = user;
  pthread_mutex_lock(&a->mutex);
  a->earliest     = step < a->earliest ? step : a->earliest;
  const bool goes = a->n_done[lane] < N_AHEAD;
  a->n_done[lane] += goes ? 1 : 0;
  pthread_cond_broadcast(&a->changed);
  pthread_mutex_unlock(&a->mutex);
  return goes;
}

static void
test_threads_work_ahead_while_the_reader_rests(void **state)
{
  (void)state;
  Ahead a               = {.earliest = INT64_MAX};
  const CsPoolWork work = {rest, do_ahead, &a};
  pthread_mutex_init(&a.mutex, NULL);
  pthread_cond_init(&a.changed, NULL);
  CsPool *pool = cs_pool_new(&work, 2, 2);
  assert_non_null(pool);
  assert_true(cs_pool_await(pool));
  pthread_mutex_lock(&a.mutex);
  while (a.n_done[0] < N_AHEAD || a.n_done[1] < N_AHEAD)
    pthread_cond_wait(&a.changed, &a.mutex);
  assert_int_equal(a.earliest, CS_POOL_AHEAD); // steps go first
  pthread_mutex_unlock(&a.mutex);
  cs_pool_consume(pool);
  assert_true(cs_pool_await(pool));
  cs_pool_free(pool);
  pthread_cond_destroy(&a.changed);
  pthread_mutex_destroy(&a.mutex);
}

enum { N_LINKS = 3, N_STEPS = 400 };

/// What was done: lanes of one step, and steps of one lane, come one after the
/// other, so that nobody else writes what is read here.
typedef struct Chain {
  bool is_done[N_LINKS][N_STEPS + CS_POOL_AHEAD];
  bool is_broken;
} Chain;

static bool
link_step(void *user, size_t lane, int64_t step)
{
  Chain *chain = user;
  if (step >= N_STEPS)
    return true;
  if (lane > 0 && !chain->is_done[lane - 1][step])
    chain->is_broken = true;
  chain->is_done[lane][step] = true;
  return true;
}

static void
test_links_of_a_chain_hand_their_steps_on(void **state)
{
  (void)state;
  for (int n_threads = 1; n_threads < 4; n_threads++) {
    Chain chain           = {.is_broken = false};
    const CsPoolWork work = {
        .step = link_step, .user = &chain, .is_chain = true};
    CsPool *pool = cs_pool_new(&work, N_LINKS, n_threads);
    assert_non_null(pool);
    for (int64_t step = 0; step < N_STEPS; step++) {
      assert_true(cs_pool_await(pool));
      assert_true(chain.is_done[N_LINKS - 1][step]);
      cs_pool_consume(pool);
    }
    cs_pool_free(pool);
    assert_false(chain.is_broken);
  }
}

static void
test_what_is_fed_is_done_before_its_place_is_needed(void **state)
{
  (void)state;
  for (int n_threads = 1; n_threads < 4; n_threads++) {
    Chain chain           = {.is_broken = false};
    const CsPoolWork work = {
        .step = link_step, .user = &chain, .is_chain = true, .is_fed = true};
    CsPool *pool = cs_pool_new(&work, N_LINKS, n_threads);
    assert_non_null(pool);
    assert_true(cs_pool_settle(pool)); // nothing was fed
    for (int64_t fed = 1; fed <= N_STEPS; fed++) {
      assert_true(cs_pool_feed(pool));
      if (fed >= CS_POOL_AHEAD)
        assert_true(chain.is_done[N_LINKS - 1][fed - CS_POOL_AHEAD]);
    }
    assert_true(cs_pool_settle(pool));
    assert_true(chain.is_done[N_LINKS - 1][N_STEPS - 1]);
    assert_false(chain.is_done[0][N_STEPS]);
    cs_pool_free(pool);
    assert_false(chain.is_broken);
  }
}

static void
test_a_feeder_hears_of_a_failure(void **state)
{
  (void)state;
  for (int n_threads = 1; n_threads < 4; n_threads++) {
    Count count           = {.fails_in = 0};
    const CsPoolWork work = {
        .step = count_step, .user = &count, .is_fed = true};
    CsPool *pool = cs_pool_new(&work, 1, n_threads);
    int64_t fed  = 0;
    assert_non_null(pool);
    while (cs_pool_feed(pool))
      fed++;
    assert_in_range(fed, 20, 20 + CS_POOL_AHEAD);
    assert_false(cs_pool_settle(pool));
    cs_pool_free(pool);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lanes_run_in_order_and_not_far_ahead),
      cmocka_unit_test(test_a_failing_lane_ends_the_work_without_hanging),
      cmocka_unit_test(test_threads_work_ahead_while_the_reader_rests),
      cmocka_unit_test(test_links_of_a_chain_hand_their_steps_on),
      cmocka_unit_test(test_what_is_fed_is_done_before_its_place_is_needed),
      cmocka_unit_test(test_a_feeder_hears_of_a_failure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
