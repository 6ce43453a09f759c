#include "gen/io/output.h"
#include "gen/jobs/manifest.h"
#include "gen/jobs/sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct Place {
  CsArena *arena;
  char folder[64];
} Place;

static int
set_up(void **state)
{
  Place *place = calloc(1, sizeof *place);
  assert_non_null(place);
  strcpy(place->folder, "/tmp/cs-shard-XXXXXX");
  assert_non_null(mkdtemp(place->folder));
  place->arena = cs_arena_new(NULL);
  assert_non_null(place->arena);
  *state = place;
  return 0;
}

static int
tear_down(void **state)
{
  Place *place = *state;
  char command[128];
  (void)snprintf(command, sizeof command, "rm -rf '%s'", place->folder);
  assert_int_equal(system(command), 0);
  cs_arena_free(place->arena);
  free(place);
  return 0;
}

// ---- Parts ------------------------------------------------------------------

/// What the scheduler of a test says: pairs, ended by NULL.
static const char *const *said;

static char *
variable(const char *name)
{
  for (size_t i = 0; said != NULL && said[i] != NULL; i += 2)
    if (strcmp(said[i], name) == 0)
      return (char *)(uintptr_t)said[i + 1];
  return NULL;
}

#define SAYS(...)                                                              \
  said = (const char *const[])                                                 \
  {                                                                            \
    __VA_ARGS__, NULL                                                          \
  }
#define SLURM(id, min, max, step, count)                                       \
  SAYS("SLURM_ARRAY_TASK_ID", id, "SLURM_ARRAY_TASK_MIN", min,                 \
      "SLURM_ARRAY_TASK_MAX", max, "SLURM_ARRAY_TASK_STEP", step,              \
      "SLURM_ARRAY_TASK_COUNT", count)

static void
is_part(Place *place, const char *text, uint64_t index, uint64_t n)
{
  CsShard shard;
  cs_arena_clear_error(place->arena);
  if (cs_shard_read(place->arena, text, variable, &shard) != CS_OK)
    fail_msg("%s: %s", text, cs_arena_error(place->arena));
  assert_int_equal(shard.index, index);
  assert_int_equal(shard.n, n);
}

static void
refused(Place *place, const char *text, const char *word)
{
  CsShard shard;
  cs_arena_clear_error(place->arena);
  assert_int_equal(
      cs_shard_read(place->arena, text, variable, &shard), CS_ERR_REQUEST);
  if (strstr(cs_arena_error(place->arena), word) == NULL)
    fail_msg(
        "%s: \"%s\" lacks \"%s\"", text, cs_arena_error(place->arena), word);
}

static void
test_a_part_by_numbers(void **state)
{
  Place *place = *state;
  said         = NULL;
  is_part(place, "0/1", 0, 1);
  is_part(place, "7/8", 7, 8);
  refused(place, "8/8", "count from 0 to 7");
  refused(place, "0/0", "count of parts");
  refused(place, "1", "does not work");
  refused(place, "-1/8", "does not work");
  refused(place, "1/8x", "count of parts");
  refused(place, "1/", "count of parts");
  refused(place, "0/1000001", "count of parts");
  refused(place, "pbs/8", "slurm, k8s or aws");
  refused(place, "", "does not work");
  refused(place, "99999999999999999999/8", "does not work");
}

static void
test_every_job_has_one_part(void **state)
{
  (void)state;
  const CsShard whole = {0, 0};
  for (uint64_t job = 0; job < 20; job++) {
    int n = 0;
    for (uint64_t i = 0; i < 3; i++)
      n += cs_shard_has(&(CsShard){i, 3}, job);
    assert_int_equal(n, 1);
    assert_true(cs_shard_has(&whole, job));
  }
  assert_true(cs_shard_has(&(CsShard){2, 3}, 5));
}

static void
test_slurm_tells_the_shape_of_its_array(void **state)
{
  Place *place = *state;
  SLURM("3", "0", "7", "1", "8");
  is_part(place, "slurm", 3, 8);
  SLURM("8", "1", "8", "1", "8");
  is_part(place, "slurm", 7, 8);
  SLURM("14", "10", "24", "2", "8");
  is_part(place, "slurm", 2, 8);
  SLURM("0", "0", "0", "1", "1");
  is_part(place, "slurm", 0, 1);
}

static void
test_slurm_arrays_with_gaps_need_a_count(void **state)
{
  Place *place = *state;
  SLURM("3", "0", "7", "1", "3"); // --array=0,3,7
  refused(place, "slurm", "--shard slurm/N");
  is_part(place, "slurm/8", 3, 8);
  SLURM("5", "5", "5", "1", "1"); // one task again
  refused(place, "slurm", "--shard slurm/N");
  is_part(place, "slurm/8", 5, 8);
  SLURM("8", "1", "8", "1", "8");
  refused(place, "slurm/8", "count from 0");
  SLURM("3", "0", "7", "0", "8");
  refused(place, "slurm", "gaps");
  said = NULL;
  refused(place, "slurm", "SLURM_ARRAY_TASK_ID is not set");
  refused(place, "slurm/8", "sbatch --array");
  SAYS("SLURM_ARRAY_TASK_ID", "x");
  refused(place, "slurm/8", "no whole number");
}

static void
test_kubernetes_and_aws(void **state)
{
  Place *place = *state;
  SAYS("JOB_COMPLETION_INDEX", "4");
  is_part(place, "k8s/8", 4, 8);
  refused(place, "k8s", "--shard k8s/N");
  refused(place, "k8s/4", "no part 4 of 4");
  refused(place, "aws/8", "AWS_BATCH_JOB_ARRAY_INDEX is not set");
  SAYS("AWS_BATCH_JOB_ARRAY_INDEX", "4");
  is_part(place, "aws/8", 4, 8);
  refused(place, "aws", "--shard aws/N");
  SAYS("AWS_BATCH_JOB_ARRAY_INDEX", "4", "AWS_BATCH_JOB_ARRAY_SIZE", "5");
  is_part(place, "aws", 4, 5);
  SAYS("AWS_BATCH_JOB_ARRAY_INDEX", "4", "AWS_BATCH_JOB_ARRAY_SIZE", "0");
  refused(place, "aws", "count of parts");
  said = NULL;
  refused(place, "k8s/8", "completionMode: Indexed");
}

// ---- Manifests --------------------------------------------------------------

static void
put(Place *place, const char *name, const char *text)
{
  char path[256];
  (void)snprintf(path, sizeof path, "%s/%s", place->folder, name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  (void)fputs(text, file);
  assert_int_equal(fclose(file), 0);
}

static bool
exists(Place *place, const char *name)
{
  char path[256];
  struct stat info;
  (void)snprintf(path, sizeof path, "%s/%s", place->folder, name);
  return lstat(path, &info) == 0;
}

static void
test_parts_are_joined_in_the_order_of_the_list(void **state)
{
  Place *place = *state;
  CsJoined joined;
  char path[256], text[256] = "";
  put(place, "manifest-0-of-3.jsonl", "{\"line\":1}\n{\"line\":9,\"a\":2}\n");
  put(place, "manifest-1-of-3.jsonl", "{\"line\":2}\n{\"line\":10}\n");
  put(place, "manifest-2-of-3.jsonl", "{\"line\":4}\n");
  assert_int_equal(
      cs_manifest_join(place->arena, place->folder, &joined), CS_OK);
  assert_int_equal(joined.n_parts, 3);
  assert_int_equal(joined.n_jobs, 5);
  (void)snprintf(path, sizeof path, "%s/manifest.jsonl", place->folder);
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  assert_true(fread(text, 1, sizeof text - 1, file) > 0);
  (void)fclose(file);
  assert_string_equal(text, "{\"line\":1}\n{\"line\":2}\n{\"line\":4}\n"
                            "{\"line\":9,\"a\":2}\n{\"line\":10}\n");
}

static void
unjoined(Place *place, const char *word)
{
  CsJoined joined;
  cs_arena_clear_error(place->arena);
  assert_int_equal(
      cs_manifest_join(place->arena, place->folder, &joined), CS_ERR_REQUEST);
  if (strstr(cs_arena_error(place->arena), word) == NULL)
    fail_msg("\"%s\" lacks \"%s\"", cs_arena_error(place->arena), word);
  assert_false(exists(place, "manifest.jsonl"));
}

static void
test_parts_that_do_not_fit_are_not_joined(void **state)
{
  Place *place = *state;
  unjoined(place, "holds no manifest-I-of-N.jsonl");
  put(place, "manifest-1-of-2.jsonl", "{\"line\":2}\n");
  unjoined(place, "manifest-0-of-2.jsonl is missing");
  put(place, "manifest-0-of-2.jsonl", "{\"line\":3}\n");
  unjoined(place, "do not fit together");
  put(place, "manifest-0-of-2.jsonl", "");
  unjoined(place, "more jobs");
  put(place, "manifest-0-of-2.jsonl", "garbage\n");
  unjoined(place, "do not fit together");
  put(place, "manifest-0-of-2.jsonl", "{\"line\":1}"); // cut off
  unjoined(place, "do not fit together");
  put(place, "manifest-0-of-3.jsonl", "");
  unjoined(place, "of 2 and of 3 parts");
}

static void
test_another_split_is_noticed(void **state)
{
  Place *place = *state;
  put(place, "manifest-1-of-8.jsonl", "");
  assert_int_equal(
      cs_manifest_check_parts(place->arena, place->folder, &(CsShard){0, 8}),
      CS_OK);
  assert_int_equal(
      cs_manifest_check_parts(place->arena, place->folder, &(CsShard){0, 3}),
      CS_ERR_REQUEST);
  assert_non_null(strstr(cs_arena_error(place->arena), "slurm/8"));
}

// ---- Half files -------------------------------------------------------------

static void
test_half_files_are_told_by_name(void **state)
{
  (void)state;
  assert_true(cs_output_is_half(".x.wav.cuesmith-00ab12"));
  assert_false(cs_output_is_half("x.wav.cuesmith-00ab12"));
  assert_false(cs_output_is_half(".x.wav.cuesmith-00ab1"));
  assert_false(cs_output_is_half(".x.wav.cuesmith-00ab12.wav"));
  assert_false(cs_output_is_half(".x.wav"));
  assert_false(cs_output_is_half(".cuesmith-00ab12"));
  assert_true(cs_output_is_half_of("a/.x.wav.cuesmith-00ab12", "a/x.wav"));
  assert_false(cs_output_is_half_of("a/.x.wav.cuesmith-00ab12", "b/x.wav"));
  assert_false(cs_output_is_half_of("a/.x.wav.cuesmith-00ab12", "x.wav"));
  assert_false(cs_output_is_half_of("a/.x.wav.cuesmith-00ab12", "a/xx.wav"));
}

static void
test_only_halves_of_an_output_are_swept(void **state)
{
  Place *place = *state;
  CsSweep sweep;
  char path[256];
  (void)snprintf(path, sizeof path, "%s/a", place->folder);
  assert_int_equal(mkdir(path, 0777), 0);
  (void)snprintf(path, sizeof path, "%s/round", place->folder);
  assert_int_equal(symlink(".", path), 0);
  put(place, "a/.x.wav.cuesmith-00ab12", "half");
  put(place, "a/.y.wav.cuesmith-00ab13", "half of another");
  put(place, "a/x.wav", "whole");
  assert_int_equal(cs_sweep_find(place->arena, place->folder, &sweep), CS_OK);
  assert_int_equal(sweep.n, 2);
  cs_sweep_output(&sweep, place->folder, "a/x.wav");
  assert_false(exists(place, "a/.x.wav.cuesmith-00ab12"));
  assert_true(exists(place, "a/.y.wav.cuesmith-00ab13"));
  assert_true(exists(place, "a/x.wav"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(
          test_a_part_by_numbers, set_up, tear_down),
      cmocka_unit_test(test_every_job_has_one_part),
      cmocka_unit_test_setup_teardown(
          test_slurm_tells_the_shape_of_its_array, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_slurm_arrays_with_gaps_need_a_count, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_kubernetes_and_aws, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_parts_are_joined_in_the_order_of_the_list, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_parts_that_do_not_fit_are_not_joined, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_another_split_is_noticed, set_up, tear_down),
      cmocka_unit_test(test_half_files_are_told_by_name),
      cmocka_unit_test_setup_teardown(
          test_only_halves_of_an_output_are_swept, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
