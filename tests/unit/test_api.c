// The public C API: the steps one by one, several threads, cancelling, errors.

#include "tests/unit/engine_fixture.h"

#include "gen/cuesmith.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FONT "/usr/share/sounds/sf2/FluidR3_GM.sf2"

static void
need_font(void)
{
  if (access(FONT, R_OK) != 0)
    skip();
}

static CsJob *
new_job(const char *prompt)
{
  CsJob *job = NULL;
  assert_int_equal(cs_job_new(engine, &job), CS_OK);
  if (prompt != NULL)
    assert_int_equal(cs_job_parse(job, prompt), CS_OK);
  return job;
}

/// A running sum over the bytes of what is heard.
typedef struct Ear {
  uint64_t sum;
  size_t n_frames;
  size_t n_most; ///< Stop after so many frames.
} Ear;

static bool
hear(void *user, const float *frames, size_t n_frames)
{
  Ear *ear                   = user;
  const unsigned char *bytes = (const unsigned char *)frames;
  for (size_t i = 0; i < n_frames * 2 * sizeof *frames; i++)
    ear->sum = (ear->sum ^ bytes[i]) * UINT64_C(1099511628211);
  ear->n_frames += n_frames;
  return ear->n_frames <= ear->n_most;
}

static void
test_each_step_gives_its_value(void **state)
{
  (void)state;
  CsJob *job = new_job(NULL);
  assert_null(cs_job_brief_json(job));
  assert_int_equal(cs_job_parse(job, "calm piano bed, 10 s"), CS_OK);
  assert_non_null(strstr(cs_job_brief_json(job), "\"duration_s\": 10"));
  assert_null(cs_job_plan_json(job));
  assert_int_equal(cs_job_plan(job), CS_OK);
  assert_non_null(strstr(cs_job_plan_json(job), "\"sections\""));
  assert_int_equal(cs_job_compose(job), CS_OK);
  assert_null(cs_job_record_json(job));
  cs_job_free(job);
}

static void
test_a_plan_reads_back_as_the_same_plan(void **state)
{
  (void)state;
  CsJob *a = new_job("hopeful theme, 45 s, builds at the end");
  CsJob *b = new_job(NULL);
  assert_int_equal(cs_job_plan(a), CS_OK);
  const char *json = cs_job_plan_json(a);
  if (cs_job_read_plan(b, "a.json", json, strlen(json)) != CS_OK)
    fail_msg("%s", cs_job_error(b));
  assert_string_equal(cs_job_plan_json(b), json);
  cs_job_free(a);
  cs_job_free(b);
}

static void
test_steps_out_of_order_are_refused(void **state)
{
  (void)state;
  CsJob *job = new_job(NULL);
  assert_int_equal(cs_job_plan(job), CS_ERR_REQUEST);
  assert_string_not_equal(cs_job_error(job), "");
  assert_int_equal(cs_job_set(job, "tempo", "fast"), CS_ERR_REQUEST);
  assert_non_null(strstr(cs_job_error(job), "--tempo"));
  assert_int_equal(cs_job_set(job, "tempo", "90"), CS_OK);
  assert_string_equal(cs_job_error(job), "");
  cs_job_free(job);
}

static void
test_a_missing_data_folder_is_explained(void **state)
{
  (void)state;
  char why[CS_MESSAGE_BYTES];
  CsEngine *none = NULL;
  assert_int_equal(cs_engine_open("/nonexistent", why, &none), CS_ERR_REQUEST);
  assert_null(none);
  assert_non_null(strstr(why, "/nonexistent"));
}

static void
test_listening_gives_every_frame(void **state)
{
  (void)state;
  need_font();
  Ear ear    = {.n_most = SIZE_MAX};
  CsJob *job = new_job("calm piano bed, 2 s");
  if (cs_job_listen(job, hear, &ear) != CS_OK)
    fail_msg("%s", cs_job_error(job));
  assert_int_equal(ear.n_frames, 96000);
  assert_non_null(strstr(cs_job_record_json(job), "\"sha256\""));
  cs_job_free(job);
}

static void
test_a_listener_can_stop_the_work(void **state)
{
  (void)state;
  need_font();
  Ear ear    = {.n_most = 10000};
  CsJob *job = new_job("calm piano bed, 2 s");
  assert_int_equal(cs_job_listen(job, hear, &ear), CS_ERR_CANCELLED);
  assert_true(ear.n_frames < 96000);
  cs_job_free(job);
}

static bool
stop_late(void *user, const char *stage, double share)
{
  (void)stage;
  return share < *(double *)user;
}

static void
test_a_cancelled_job_leaves_no_file(void **state)
{
  (void)state;
  need_font();
  const double shares[] = {0.0, 0.4, 0.81, 0.9};
  for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
    double share  = shares[i];
    char folder[] = "/tmp/cuesmith-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[64];
    (void)snprintf(path, sizeof path, "%s/x.wav", folder);
    CsJob *job = new_job("calm piano bed, 4 s");
    cs_job_on_progress(job, stop_late, &share);
    assert_int_equal(cs_job_set(job, "output", path), CS_OK);
    assert_int_equal(cs_job_write(job), CS_ERR_CANCELLED);
    cs_job_free(job);
    assert_int_equal(rmdir(folder), 0); // fails when something is left
  }
}

// ---- Threads ----------------------------------------------------------------

enum { N_THREADS = 4 };

typedef struct Worker {
  const char *prompt;
  Ear ear;
  CsStatus status;
} Worker;

static void *
work(void *user)
{
  Worker *w  = user;
  CsJob *job = NULL;
  w->status  = cs_job_new(engine, &job);
  if (w->status == CS_OK)
    w->status = cs_job_set(job, "threads", "2");
  if (w->status == CS_OK)
    w->status = cs_job_parse(job, w->prompt);
  if (w->status == CS_OK)
    w->status = cs_job_listen(job, hear, &w->ear);
  cs_job_free(job);
  return NULL;
}

static void
test_four_threads_make_what_one_makes(void **state)
{
  (void)state;
  need_font();
  static const char *const prompts[N_THREADS] = {"calm piano bed, 2 s",
      "driving rock, 3 s", "calm piano bed, 2 s", "playful stinger, 1 s"};
  Worker workers[N_THREADS], alone = {.prompt = prompts[0]};
  pthread_t threads[N_THREADS];
  alone.ear.n_most = SIZE_MAX;
  (void)work(&alone);
  for (int i = 0; i < N_THREADS; i++) {
    workers[i] = (Worker){.prompt = prompts[i], .ear = {.n_most = SIZE_MAX}};
    assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
  }
  for (int i = 0; i < N_THREADS; i++) {
    assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(workers[i].status, CS_OK);
  }
  assert_true(workers[0].ear.sum == alone.ear.sum);
  assert_true(workers[2].ear.sum == alone.ear.sum);
  assert_true(workers[1].ear.sum != alone.ear.sum);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_step_gives_its_value),
      cmocka_unit_test(test_a_plan_reads_back_as_the_same_plan),
      cmocka_unit_test(test_steps_out_of_order_are_refused),
      cmocka_unit_test(test_a_missing_data_folder_is_explained),
      cmocka_unit_test(test_listening_gives_every_frame),
      cmocka_unit_test(test_a_listener_can_stop_the_work),
      cmocka_unit_test(test_a_cancelled_job_leaves_no_file),
      cmocka_unit_test(test_four_threads_make_what_one_makes),
  };
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
