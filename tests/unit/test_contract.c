// Requests that are hard to keep: every hard property of the notes holds.

#include "gen/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
// clang-format off
#include <cmocka.h>
// clang-format on

static CsEngine *engine;

static int
open_engine(void **state)
{
  (void)state;
  return cs_engine_open(NULL, NULL, &engine) != CS_OK;
}

static int
close_engine(void **state)
{
  (void)state;
  cs_engine_close(engine);
  return 0;
}

static CsJob *
composed(const char *prompt, unsigned seed)
{
  char number[16];
  CsJob *job = NULL;
  (void)snprintf(number, sizeof number, "%u", seed);
  assert_int_equal(cs_job_new(engine, &job), CS_OK);
  assert_int_equal(cs_job_set(job, "seed", number), CS_OK);
  if (cs_job_parse(job, prompt) != CS_OK || cs_job_compose(job) != CS_OK)
    fail_msg("%s: %s", prompt, cs_job_error(job));
  return job;
}

static void
assert_kept(const char *prompt, unsigned seed)
{
  CsEvidence e;
  CsAudit audit;
  CsJob *job     = composed(prompt, seed);
  CsArena *arena = cs_arena_new(NULL);
  assert_int_equal(cs_job_evidence(arena, job, &e), CS_OK);
  assert_int_equal(cs_audit_run(arena, &e, true, &audit), CS_OK);
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsFinding *f = &audit.findings[i];
    if (cs_properties[i]->is_hard && f->applies && !f->holds)
      fail_msg("%s (seed %u): %s is %g, wanted %g to %g; %s", prompt, seed,
          cs_properties[i]->id, f->value, f->low, f->high, f->where);
  }
  cs_arena_free(arena);
  cs_job_free(job);
}

static void
assert_kept_by_seeds(const char *prompt, unsigned first, unsigned last)
{
  for (unsigned seed = first; seed <= last; seed++)
    assert_kept(prompt, seed);
}

static void
test_a_short_cue_keeps_the_key_that_was_asked(void **state)
{
  (void)state;
  assert_kept_by_seeds(
      "stinger that lasts 9 s, brass, C minor, peak at 3 s", 5, 12);
}

static void
test_a_lone_player_plays_up_in_the_climax(void **state)
{
  (void)state;
  const char *prompt =
      "solo violin, nothing else, 45 s, mournful, ends on a long held note";
  assert_kept(prompt, 3);
  assert_kept_by_seeds(prompt, 15, 20);
}

static void
test_the_next_build_leaves_the_climax_before_it(void **state)
{
  (void)state;
  const char *prompt =
      "three builds: 0:05-0:15, 0:25-0:35, 0:45-0:55, then a drop, 70 s";
  assert_kept_by_seeds(prompt, 5, 6);
  assert_kept(prompt, 12);
}

static void
test_a_tune_in_seven_eighths_rests_on_the_chord(void **state)
{
  (void)state;
  assert_kept_by_seeds(
      "7/8, tense, 33.3 s, no strings, no piano, no percussion", 1, 5);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_short_cue_keeps_the_key_that_was_asked),
      cmocka_unit_test(test_a_lone_player_plays_up_in_the_climax),
      cmocka_unit_test(test_the_next_build_leaves_the_climax_before_it),
      cmocka_unit_test(test_a_tune_in_seven_eighths_rests_on_the_chord),
  };
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
