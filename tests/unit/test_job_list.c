#define _GNU_SOURCE // mkstemps()

#include "gen/jobs/batch_job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX_JOBS = 16 };

/// A list in a file, and what was read of it.
typedef struct Shelf {
  CsArena *arena;
  char path[64];
  CsListedJob jobs[MAX_JOBS];
  size_t n;
  CsStatus status; ///< Of the last call.
} Shelf;

static int
set_up(void **state)
{
  Shelf *shelf = calloc(1, sizeof *shelf);
  assert_non_null(shelf);
  shelf->arena = cs_arena_new(NULL);
  assert_non_null(shelf->arena);
  *state = shelf;
  return 0;
}

static int
tear_down(void **state)
{
  Shelf *shelf = *state;
  cs_arena_free(shelf->arena);
  free(shelf);
  return 0;
}

static void
read_bytes(Shelf *shelf, const char *ending, const char *text, size_t n_bytes)
{
  CsJobList *list = NULL;
  CsSupply supply = CS_SUPPLY_LINE;
  (void)snprintf(
      shelf->path, sizeof shelf->path, "/tmp/cs-list-XXXXXX%s", ending);
  const int fd = mkstemps(shelf->path, (int)strlen(ending));
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, n_bytes), (ssize_t)n_bytes);
  (void)close(fd);
  cs_arena_clear_error(shelf->arena);
  shelf->n      = 0;
  shelf->status = cs_job_list_open(shelf->arena, shelf->path, &list);
  while (shelf->status == CS_OK) {
    CsListedJob job;
    shelf->status = cs_job_list_next(shelf->arena, list, &job, &supply);
    if (shelf->status != CS_OK || supply == CS_SUPPLY_END)
      break;
    assert_int_equal(supply, CS_SUPPLY_LINE);
    assert_true(shelf->n < MAX_JOBS);
    shelf->jobs[shelf->n++] = job;
  }
  cs_job_list_close(list);
  (void)unlink(shelf->path);
}

static void
read_text(Shelf *shelf, const char *ending, const char *text)
{
  read_bytes(shelf, ending, text, strlen(text));
}

static const char *
option(const CsListedJob *job, const char *name)
{
  for (size_t i = 0; i < job->n_options; i++)
    if (strcmp(job->options[i].name, name) == 0)
      return job->options[i].value;
  return NULL;
}

static void
faulty(const CsListedJob *job, uint64_t line, const char *word)
{
  assert_non_null(job->fault);
  assert_int_equal(job->line, line);
  if (strstr(job->fault, word) == NULL)
    fail_msg("\"%s\" lacks \"%s\"", job->fault, word);
}

static void
test_values_of_json_become_options(void **state)
{
  Shelf *shelf = *state;
  read_text(shelf, ".jsonl",
      "{\"prompt\": \"calm bed\", \"duration\": 30.5, \"seed\": "
      "9007199254740991, \"loop\": true, \"strict\": false, \"key\": null}");
  assert_int_equal(shelf->status, CS_OK);
  assert_int_equal(shelf->n, 1);
  const CsListedJob *job = &shelf->jobs[0];
  assert_null(job->fault);
  assert_string_equal(job->prompt, "calm bed");
  assert_string_equal(option(job, "duration"), "30.5");
  assert_string_equal(option(job, "seed"), "9007199254740991");
  assert_string_equal(option(job, "loop"), "");
  assert_null(option(job, "strict"));
  assert_null(option(job, "key"));
}

static void
test_broken_lines_are_faults_of_their_own(void **state)
{
  Shelf *shelf = *state;
  read_text(shelf, ".jsonl",
      "{\"prompt\": \"a\"}\n"
      "\n"
      "{\"prompt\": \n"
      "[1]\n"
      "{\"prompt\": \"a\", \"durration\": 3}\n"
      "{\"duration\": 3}\n"
      "{\"prompt\": \"a\", \"tempo\": [1]}\n"
      "{\"prompt\": \"a\", \"tempo\": true}\n"
      "{\"prompt\": \"a\", \"takes\": 2}\n"
      "{\"prompt\": \"a\", \"threads\": 2}\n"
      "{\"prompt\": \"a\", \"prompt\": \"b\"}\n"
      "{\"prompt\": \"a\", \"loop\": \"perhaps\"}\n"
      "{\"prompt\": \"\xff\"}\n"
      "{\"prompt\": \"z\"}");
  assert_int_equal(shelf->status, CS_OK);
  assert_int_equal(shelf->n, 13);
  const CsListedJob *j = shelf->jobs;
  assert_null(j[0].fault);
  faulty(&j[1], 3, "column");
  faulty(&j[2], 4, "object");
  faulty(&j[3], 5, "did you mean \"duration\"");
  faulty(&j[4], 6, "no prompt");
  faulty(&j[5], 7, "\"tempo\" takes a text or a number");
  faulty(&j[6], 8, "\"tempo\" takes a text or a number");
  faulty(&j[7], 9, "one job for each seed");
  faulty(&j[8], 10, "--threads");
  faulty(&j[9], 11, "prompt");
  faulty(&j[10], 12, "true or false");
  faulty(&j[11], 13, "UTF-8");
  assert_null(j[12].fault);
  assert_int_equal(j[12].line, 14);
  assert_int_equal(j[12].index, 12); // broken jobs count, blank lines do not
}

static void
test_csv_keeps_commas_quotes_and_breaks_in_quotes(void **state)
{
  Shelf *shelf = *state;
  read_text(shelf, ".csv",
      "\xef\xbb\xbfprompt, duration ,output,loop\r\n"
      "\"calm, \"\"soft\"\" bed\",30,a.wav,yes\r\n"
      "\"first\nsecond\"\t, 1:30 ,\"b c.wav\",0\r\n"
      "\r\n"
      "plain words,,,\r\n");
  assert_int_equal(shelf->status, CS_OK);
  assert_int_equal(shelf->n, 3);
  const CsListedJob *j = shelf->jobs;
  for (size_t i = 0; i < 3; i++)
    assert_null(j[i].fault);
  assert_string_equal(j[0].prompt, "calm, \"soft\" bed");
  assert_string_equal(option(&j[0], "duration"), "30");
  assert_string_equal(option(&j[0], "loop"), "");
  assert_string_equal(j[1].prompt, "first\nsecond");
  assert_string_equal(option(&j[1], "duration"), "1:30");
  assert_string_equal(option(&j[1], "output"), "b c.wav");
  assert_null(option(&j[1], "loop"));
  assert_int_equal(j[1].line, 3);
  assert_int_equal(j[2].line, 6);
  assert_int_equal(j[2].n_options, 0);
}

static void
test_broken_rows_are_faults_of_their_own(void **state)
{
  Shelf *shelf = *state;
  read_text(shelf, ".csv",
      "prompt,duration\n"
      "a,1,2\n"
      "a\n"
      "a \"b\" c,1\n"
      "\"a\" b,1\n"
      ",30\n"
      "\"open,1\n"
      "good,2\n");
  assert_int_equal(shelf->status, CS_OK);
  assert_int_equal(shelf->n, 7);
  faulty(&shelf->jobs[0], 2, "the row has 3 fields and the header 2");
  faulty(&shelf->jobs[1], 3, "1 fields");
  faulty(&shelf->jobs[2], 4, "a quote stands inside");
  faulty(&shelf->jobs[3], 5, "closing quote");
  faulty(&shelf->jobs[4], 6, "no prompt");
  faulty(&shelf->jobs[5], 7, "never closed");
  assert_null(shelf->jobs[6].fault);
  assert_string_equal(shelf->jobs[6].prompt, "good");
}

static void
refused(Shelf *shelf, const char *ending, const char *text, const char *word)
{
  read_text(shelf, ending, text);
  assert_int_equal(shelf->status, CS_ERR_REQUEST);
  if (strstr(cs_arena_error(shelf->arena), word) == NULL)
    fail_msg("\"%s\" lacks \"%s\"", cs_arena_error(shelf->arena), word);
}

static void
test_a_list_that_cannot_be_used_is_refused(void **state)
{
  Shelf *shelf = *state;
  refused(shelf, "", "", "holds no job");
  refused(shelf, ".jsonl", "\n \n\t\r\n", "holds no job");
  refused(shelf, ".csv", "prompt,seed\n", "a job in each row below");
  refused(shelf, ".csv", "prompt,sead\na,1\n", "line 1: \"sead\" is unknown");
  refused(shelf, ".csv", "\nprompt,,seed\n", "line 2: column 2 has no name");
  refused(shelf, ".csv", "prompt,seed,seed\n", "twice");
  refused(shelf, ".csv", "prompt;seed\na;1\n", "commas");
  refused(shelf, ".csv", "seed\n1\n", "no column \"prompt\"");
  refused(shelf, "", "just words\n", "unknown");
}

/// Without a telling name the first byte says what the list is.
static void
test_the_kind_is_told_by_name_or_by_the_first_byte(void **state)
{
  Shelf *shelf = *state;
  read_text(shelf, "", "\n  {\"prompt\": \"a\"}\n");
  assert_int_equal(shelf->n, 1);
  assert_null(shelf->jobs[0].fault);
  read_text(shelf, "", "prompt\na\n");
  assert_int_equal(shelf->n, 1);
  assert_null(shelf->jobs[0].fault);
  read_text(shelf, ".jsonl", "prompt\n{\"prompt\": \"a\"}\n");
  assert_int_equal(shelf->n, 2);
  faulty(&shelf->jobs[0], 1, "column");
  assert_null(shelf->jobs[1].fault);
}

/// Longer than the window, and what follows is still read.
static void
test_a_line_without_end_is_one_fault(void **state)
{
  Shelf *shelf          = *state;
  const size_t n_much   = 3 * CS_MAX_JOB_BYTES;
  static const char b[] = "\n{\"prompt\": \"b\"}\n";
  char *text            = calloc(1, n_much + sizeof b);
  assert_non_null(text);
  memset(text, 'x', n_much);
  memcpy(text, "{\"prompt\": \"", 12);
  memcpy(text + n_much, b, sizeof b);
  read_bytes(shelf, ".jsonl", text, n_much + sizeof b - 1);
  assert_int_equal(shelf->status, CS_OK);
  assert_int_equal(shelf->n, 2);
  faulty(&shelf->jobs[0], 1, "256 KiB");
  assert_null(shelf->jobs[1].fault);
  assert_int_equal(shelf->jobs[1].line, 2);
  memcpy(text, "prompt\n\"aaaa", 12);
  memcpy(text + n_much, "\ngood\n", 6);
  read_bytes(shelf, ".csv", text, n_much + 6);
  assert_int_equal(shelf->status, CS_OK);
  assert_int_equal(shelf->n, 2);
  faulty(&shelf->jobs[0], 2, "goes on for more than");
  assert_string_equal(shelf->jobs[1].prompt, "good");
  free(text);
}

// ---- Jobs together ----------------------------------------------------------

/// Prepare a job as a batch does.
static CsBatchJob
prepared(Shelf *shelf, CsSeen *seen, uint64_t line, const char *json)
{
  static const CsGivenOption defaults[] = {{"bits", "16"}};
  static const CsBatchGround ground     = {
          .folder = "out", .defaults = defaults, .n_defaults = 1};
  CsBatchJob job = {.arena = shelf->arena, .ground = &ground};
  read_text(shelf, ".jsonl", json);
  assert_int_equal(shelf->n, 1);
  job.listed      = shelf->jobs[0];
  job.listed.line = line;
  assert_int_equal(cs_batch_job_prepare(&job, seen), CS_OK);
  return job;
}

static void
clashes(Shelf *shelf, CsSeen *seen, const char *json, const char *word)
{
  const CsBatchJob job = prepared(shelf, seen, 99, json);
  assert_int_equal(job.fate, CS_JOB_FAILED);
  if (strstr(job.why, word) == NULL)
    fail_msg("\"%s\" lacks \"%s\"", job.why, word);
  assert_non_null(strstr(job.row, "\"status\":\"failed\""));
}

static void
test_jobs_share_no_file(void **state)
{
  Shelf *shelf = *state;
  CsSeen *seen = cs_seen_new();
  assert_non_null(seen);
  CsBatchJob job = prepared(shelf, seen, 1, "{\"prompt\": \"Calm bed\"}");
  assert_int_equal(job.fate, CS_JOB_UNDONE);
  assert_memory_equal(job.output, "calm-bed-", 9);
  assert_int_equal(strlen(job.output), strlen("calm-bed-01234567.wav"));
  assert_int_equal(job.n_options, 1); // the default of all
  job = prepared(shelf, seen, 2,
      "{\"prompt\": \"b\", \"output\": \"a//b.mp3\", \"bits\": 24, \"stems\": "
      "\"s\"}");
  assert_int_equal(job.fate, CS_JOB_UNDONE);
  assert_string_equal(job.output, "a/b.mp3");
  assert_string_equal(job.files[1], "a/b.json"); // the record of encoded sound
  clashes(shelf, seen, "{\"prompt\": \"Calm bed\"}", "job of line 1 again");
  clashes(shelf, seen, "{\"prompt\": \"c\", \"output\": \"a/./b.mp3\"}",
      "output of line 2");
  clashes(shelf, seen, "{\"prompt\": \"c\", \"output\": \"a/b.mp3/c.wav\"}",
      "a/b.mp3 is an output of line 2");
  clashes(shelf, seen, "{\"prompt\": \"c\", \"midi\": \"a\"}", "line 2");
  clashes(shelf, seen, "{\"prompt\": \"d\", \"output\": \"s/drums.wav\"}",
      "s/drums.wav is an output of line 2");
  clashes(shelf, seen,
      "{\"prompt\": \"e\", \"midi\": \"x\", \"record\": \"x\"}",
      "named for two outputs");
  clashes(shelf, seen,
      "{\"prompt\": \"f\", \"record\": \"manifest-1-of-2.jsonl\"}",
      "batch's own");
  clashes(
      shelf, seen, "{\"prompt\": \"g\", \"output\": \"../g.wav\"}", "climbs");
  clashes(shelf, seen, "{\"prompt\": \"h\", \"output\": \"h.aiff\"}", ".wav");
  clashes(shelf, seen, "{\"prompt\": \"i\", \"record\": \"-\"}",
      "not standard output");
  cs_seen_free(seen);
}

static void
test_hashes_of_a_long_list_stay_apart(void **state)
{
  (void)state;
  CsSeen *seen = cs_seen_new();
  char text[32];
  assert_non_null(seen);
  for (uint64_t i = 1; i <= 50000; i++) {
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)i);
    assert_int_equal(cs_seen_line(seen, 'a', text), 0);
    assert_int_equal(cs_seen_put(seen, 'a', text, i), CS_OK);
  }
  assert_int_equal(cs_seen_put(seen, 'a', "7", 50001), CS_OK);
  assert_int_equal(cs_seen_line(seen, 'a', "7"), 7);
  assert_int_equal(cs_seen_line(seen, 'a', "50000"), 50000);
  assert_int_equal(cs_seen_line(seen, 'b', "7"), 0);
  cs_seen_free(seen);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(
          test_values_of_json_become_options, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_broken_lines_are_faults_of_their_own, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_csv_keeps_commas_quotes_and_breaks_in_quotes, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_broken_rows_are_faults_of_their_own, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_a_list_that_cannot_be_used_is_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_the_kind_is_told_by_name_or_by_the_first_byte, set_up,
          tear_down),
      cmocka_unit_test_setup_teardown(
          test_a_line_without_end_is_one_fault, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_jobs_share_no_file, set_up, tear_down),
      cmocka_unit_test(test_hashes_of_a_long_list_stay_apart),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
