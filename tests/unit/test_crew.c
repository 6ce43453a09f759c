#include "gen/jobs/crew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { N_JOBS = 3000 };

typedef struct Job {
  int number;
  bool is_made;
  bool is_told; ///< That the crew is stopping.
  bool came;
  int result;
} Job;

typedef struct Shop {
  int n_out, n_came, n_done, n_made;
  int n_wanted;
  int fails_at;      ///< The number whose next() or done() fails; -1 none.
  bool fails_in_end; ///< done() fails, not next().
  int stops_after;   ///< goes_on() says no from then on; -1 never.
  bool is_slow;
  int n_later; ///< next() has nothing that many times.
  bool in_order;
  int n_job_threads;
  atomic_int n_at_work, most_at_work;
} Shop;

static CsStatus
next(void *user, void **job, bool *ended)
{
  Shop *shop = user;
  if (shop->n_later > 0) {
    shop->n_later--;
    return CS_OK;
  }
  if (shop->n_out == shop->n_wanted) {
    *ended = true;
    return CS_OK;
  }
  if (shop->n_out == shop->fails_at && !shop->fails_in_end)
    return CS_ERR_WORK;
  Job *made = calloc(1, sizeof *made);
  assert_non_null(made);
  made->number = shop->n_out++;
  *job         = made;
  return CS_OK;
}

static void
work(void *user, void *job, const CsCrew *crew)
{
  Shop *shop  = user;
  Job *it     = job;
  const int n = atomic_fetch_add(&shop->n_at_work, 1) + 1;
  if (n > atomic_load(&shop->most_at_work))
    atomic_store(&shop->most_at_work, n);
  if (it->number == 0)
    shop->n_job_threads = cs_crew_job_threads(crew);
  const struct timespec nap = {0, shop->is_slow ? 1000000 : 1000};
  for (int i = 0; i < (shop->is_slow ? 5000 : it->number % 3); i++) {
    it->is_told = cs_crew_is_stopping(crew);
    if (it->is_told)
      break;
    (void)nanosleep(&nap, NULL);
  }
  it->result  = it->number * 7;
  it->is_made = true;
  atomic_fetch_sub(&shop->n_at_work, 1);
}

static void
came(void *user, void *job)
{
  Shop *shop         = user;
  ((Job *)job)->came = true;
  shop->n_came++;
}

static CsStatus
done(void *user, void *job)
{
  Shop *shop     = user;
  Job *it        = job;
  shop->in_order = shop->in_order && it->number == shop->n_done && it->came;
  if (it->is_made)
    assert_int_equal(it->result, it->number * 7);
  shop->n_made += it->is_made;
  shop->n_done++;
  const bool fails = it->number == shop->fails_at && shop->fails_in_end;
  free(it);
  return fails ? CS_ERR_MEMORY : CS_OK;
}

static bool
goes_on(void *user)
{
  const Shop *shop = user;
  return shop->stops_after < 0 || shop->n_done < shop->stops_after;
}

static CsStatus
run(Shop *shop, int n_threads, size_t n_known)
{
  shop->in_order        = true;
  const CsCrewTask task = {.user = shop,
      .next                      = next,
      .work                      = work,
      .came                      = came,
      .done                      = done,
      .goes_on                   = goes_on,
      .n_threads                 = n_threads,
      .n_jobs                    = n_known};
  return cs_crew_run(&task);
}

static void
test_every_job_comes_back_in_order(void **state)
{
  (void)state;
  for (int n_threads = 1; n_threads <= 9; n_threads += 4) {
    Shop shop = {.n_wanted = N_JOBS, .fails_at = -1, .stops_after = -1};
    assert_int_equal(run(&shop, n_threads, 0), CS_OK);
    assert_true(shop.in_order);
    assert_int_equal(shop.n_done, N_JOBS);
    assert_int_equal(shop.n_came, N_JOBS);
    assert_int_equal(shop.n_made, N_JOBS);
    assert_in_range(shop.most_at_work, 1, n_threads);
    assert_int_equal(shop.n_job_threads, 1);
  }
}

static void
test_few_jobs_share_the_threads(void **state)
{
  (void)state;
  Shop shop = {.n_wanted = 2, .fails_at = -1, .stops_after = -1};
  assert_int_equal(run(&shop, 8, 2), CS_OK);
  assert_int_equal(shop.n_job_threads, 4);
}

static void
test_no_job_is_no_failure(void **state)
{
  (void)state;
  Shop shop = {.fails_at = -1, .stops_after = -1};
  assert_int_equal(run(&shop, 0, 0), CS_OK);
  assert_int_equal(shop.n_done, 0);
}

static void
test_a_source_may_have_nothing_yet(void **state)
{
  (void)state;
  Shop shop = {.n_wanted = 5, .fails_at = -1, .stops_after = -1, .n_later = 3};
  assert_int_equal(run(&shop, 2, 0), CS_OK);
  assert_int_equal(shop.n_made, 5);
}

static void
test_what_was_handed_out_is_done_when_the_source_fails(void **state)
{
  (void)state;
  Shop shop = {.n_wanted = N_JOBS, .fails_at = 100, .stops_after = -1};
  assert_int_equal(run(&shop, 2, 0), CS_ERR_WORK);
  assert_int_equal(shop.n_made, 100);
  assert_int_equal(shop.n_done, 100);
}

static void
test_a_failing_consumer_stops_the_crew(void **state)
{
  (void)state;
  Shop shop = {.n_wanted = N_JOBS,
      .fails_at          = 50,
      .fails_in_end      = true,
      .stops_after       = -1};
  assert_int_equal(run(&shop, 2, 0), CS_ERR_MEMORY);
  assert_int_equal(shop.n_done, shop.n_out); // each is freed once
  assert_true(shop.in_order);
  assert_true(shop.n_made < N_JOBS);
}

static void
test_a_stop_reaches_jobs_under_way(void **state)
{
  (void)state;
  Shop shop = {
      .n_wanted = N_JOBS, .fails_at = -1, .stops_after = 0, .is_slow = true};
  assert_int_equal(run(&shop, 2, 0), CS_ERR_CANCELLED);
  assert_int_equal(shop.n_done, shop.n_out);
  assert_in_range(shop.n_out, 1, 10);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_job_comes_back_in_order),
      cmocka_unit_test(test_few_jobs_share_the_threads),
      cmocka_unit_test(test_no_job_is_no_failure),
      cmocka_unit_test(test_a_source_may_have_nothing_yet),
      cmocka_unit_test(test_what_was_handed_out_is_done_when_the_source_fails),
      cmocka_unit_test(test_a_failing_consumer_stops_the_crew),
      cmocka_unit_test(test_a_stop_reaches_jobs_under_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
