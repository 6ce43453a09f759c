// What the fuzz targets found, so that it stays found.

#include "tests/unit/engine_fixture.h"

#include "gen/engine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static CsJob *
job_of(const char *prompt)
{
  CsJob *job = NULL;
  assert_int_equal(cs_job_new(engine, &job), CS_OK);
  if (cs_job_parse(job, prompt) != CS_OK || cs_job_plan(job) != CS_OK)
    fail_msg("%s: %s", prompt, cs_job_error(job));
  return job;
}

/// The plan's own JSON gives the same plan.
static void
assert_reads_back(CsJob *job)
{
  CsJob *again     = NULL;
  const char *json = cs_job_plan_json(job);
  assert_int_equal(cs_job_new(engine, &again), CS_OK);
  if (cs_job_read_plan(again, "plan.json", json, strlen(json)) != CS_OK)
    fail_msg("%s", cs_job_error(again));
  assert_string_equal(cs_job_plan_json(again), json);
  cs_job_free(again);
}

static void
test_a_prompt_may_be_nothing_but_ampersands(void **state)
{
  (void)state;
  char prompt[CS_MAX_PROMPT_BYTES + 1];
  memset(prompt, '&', sizeof prompt - 1);
  prompt[sizeof prompt - 1] = '\0';
  cs_job_free(job_of(prompt));
}

static void
test_a_loudness_out_of_range_is_not_planned(void **state)
{
  (void)state;
  static const char *const prompts[] = {
      "calm bed, 20 s, -83 LUFS", "calm bed, 20 s, -6 LUFS"};
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++) {
    CsJob *job = job_of(prompts[i]);
    assert_int_equal(job->brief->n_warnings, 1);
    assert_reads_back(job);
    cs_job_free(job);
  }
}

static void
test_an_entry_at_the_end_still_plays_before_it(void **state)
{
  (void)state;
  CsJob *job   = job_of("driving rock, 32 s, drums enter at 0:32");
  size_t n_all = 0;
  for (size_t i = 0; i < job->plan->n_tracks; i++)
    for (size_t k = 0; k < job->plan->tracks[i].n_spans; k++) {
      const CsSpan *span = &job->plan->tracks[i].spans[k];
      assert_true(span->start_s < span->end_s);
      assert_true(span->end_s <= job->plan->duration_s);
      n_all++;
    }
  assert_true(n_all > 0);
  assert_reads_back(job);
  cs_job_free(job);
}

static void
test_a_beat_is_taken_as_it_is_written(void **state)
{
  (void)state;
  CsJob *job       = job_of("driving rock, 12 s, hit at 0:06");
  const char *json = cs_job_plan_json(job);
  const char *beat = strstr(json, "\"beat\": ");
  char edited[32 * 1024];
  assert_non_null(beat);
  (void)snprintf(edited, sizeof edited, "%.*s\"beat\": 2.12345678901%s",
      (int)(beat - json), json, strchr(beat, ','));
  if (cs_job_read_plan(job, "plan.json", edited, strlen(edited)) != CS_OK)
    fail_msg("%s", cs_job_error(job));
  assert_reads_back(job);
  cs_job_free(job);
}

/// A record whose options are replaced.
static CsStatus
apply_options(CsJob *job, const char *options)
{
  CsRecord record;
  char json[512];
  (void)snprintf(json, sizeof json,
      "{\"prompt\": \"calm bed, 2 s\", \"options\": %s, \"plan\": {}, "
      "\"audio\": {\"sha256\": \"\"}}",
      options);
  CS_TRY(cs_record_read(job->arena, "x.wav", json, strlen(json), &record));
  return cs_record_apply(job, &record);
}

static void
test_a_record_cannot_name_files(void **state)
{
  (void)state;
  static const char *const bad[] = {"{\"output\": \"/tmp/x.wav\"}",
      "{\"stems\": \"/tmp\"}", "{\"duration\": \"@/dev/zero\"}",
      "{\"soundfont\": \"x\"}", "{\"tempo\": 90}", "{\"tampo\": \"90\"}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    CsJob *job = NULL;
    assert_int_equal(cs_job_new(engine, &job), CS_OK);
    assert_int_equal(apply_options(job, bad[i]), CS_ERR_REQUEST);
    assert_non_null(strstr(cs_job_error(job), "/options/"));
    cs_job_free(job);
  }
  CsJob *job = NULL;
  assert_int_equal(cs_job_new(engine, &job), CS_OK);
  assert_int_equal(apply_options(job, "{\"tempo\": \"90\"}"), CS_OK);
  assert_true(job->options.wish.tempo_bpm == 90.0);
  cs_job_free(job);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_prompt_may_be_nothing_but_ampersands),
      cmocka_unit_test(test_a_loudness_out_of_range_is_not_planned),
      cmocka_unit_test(test_an_entry_at_the_end_still_plays_before_it),
      cmocka_unit_test(test_a_beat_is_taken_as_it_is_written),
      cmocka_unit_test(test_a_record_cannot_name_files),
  };
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
