// Memory is refused at every place of the line, from opening the engine to the
// last file: nothing crashes, nothing leaks (under a sanitizer), nothing is
// left on the disk, and the failure is called by its name.
//
// The linker leads malloc and its kin of our own code and of PCRE2 to this
// file, where PCRE2 is there as an archive; cJSON has hooks. FluidSynth and
// libsndfile get their memory: GLib below them ends the process without it.

#include "gen/engine.h"
#include "gen/io/midi.h"
#include "gen/io/picture.h"

#include <cjson/cJSON.h>

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FONT "/usr/share/sounds/sf2/FluidR3_GM.sf2"

// ---- Refusing ---------------------------------------------------------------

/// Which requests are refused: from the nth on, or that one alone.
typedef struct Ration {
  bool counts;
  bool once;
  long n_asked;
  long refused; ///< 0 refuses none.
} Ration;

static Ration ration;
static pthread_mutex_t ration_lock = PTHREAD_MUTEX_INITIALIZER;

void *__real_malloc(size_t n_bytes);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t n_bytes);
int __real_posix_memalign(void **out, size_t align, size_t n_bytes);
void *__wrap_malloc(size_t n_bytes);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t n_bytes);
int __wrap_posix_memalign(void **out, size_t align, size_t n_bytes);

static bool
is_refused(void)
{
  (void)pthread_mutex_lock(&ration_lock);
  bool refused = false;
  if (ration.counts) {
    ration.n_asked++;
    refused =
        ration.refused > 0 && (ration.once ? ration.n_asked == ration.refused
                                           : ration.n_asked >= ration.refused);
  }
  (void)pthread_mutex_unlock(&ration_lock);
  if (refused)
    errno = ENOMEM;
  return refused;
}

void *
__wrap_malloc(size_t n_bytes)
{
  return is_refused() ? NULL : __real_malloc(n_bytes);
}

void *
__wrap_calloc(size_t n, size_t size)
{
  return is_refused() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *old, size_t n_bytes)
{
  return is_refused() ? NULL : __real_realloc(old, n_bytes);
}

int
__wrap_posix_memalign(void **out, size_t align, size_t n_bytes)
{
  return is_refused() ? ENOMEM : __real_posix_memalign(out, align, n_bytes);
}

static void
begin_ration(long refused, bool once)
{
  ration = (Ration){.counts = true, .once = once, .refused = refused};
}

/// @return Requests that were made.
static long
end_ration(void)
{
  ration.counts = false;
  return ration.n_asked;
}

// ---- Sweeping ---------------------------------------------------------------

/// Something that may fail; says why in `why`.
typedef CsStatus Work(char *why);

static void
check_refused(Work *work, long n, bool once)
{
  char why[CS_MESSAGE_BYTES] = "";
  begin_ration(n, once);
  const CsStatus status = work(why);
  (void)end_ration();
  if (status == CS_OK) // it got on without: machine code for a pattern
    return;
  if (status != CS_ERR_MEMORY || strstr(why, "memory") == NULL)
    fail_msg("request %ld: status %d, \"%s\"", n, (int)status, why);
}

/// Refuse some `n_places` of the requests, the first ones all; each alone and
/// with all that follow.
static void
sweep(Work *work, long n_places)
{
  char why[CS_MESSAGE_BYTES] = "";
  begin_ration(0, false);
  const CsStatus status = work(why);
  const long n_all      = end_ration();
  if (status != CS_OK)
    fail_msg("%s", why);
  assert_true(n_all > 0);
  const long n_first = n_places / 3;
  const long step    = 1 + n_all / (n_places - n_first);
  for (long n = 1; n <= n_all; n += n < n_first ? 1 : step) {
    check_refused(work, n, true);
    check_refused(work, n, false);
  }
}

// ---- Opening ----------------------------------------------------------------

static CsStatus
open_engine(char *why)
{
  CsEngine *engine      = NULL;
  const CsStatus status = cs_engine_open(NULL, why, &engine);
  cs_engine_close(engine);
  return status;
}

static void
test_an_engine_opens_or_says_that_memory_is_short(void **state)
{
  (void)state;
  sweep(open_engine, 60);
}

// ---- The line without sound -------------------------------------------------

static CsEngine *shared;

static CsStatus
make_values(CsJob *job)
{
  static const char prompt[] =
      "bright, forward-moving theme in D minor, no vocals, 30 s, hit at 0:12, "
      "drums enter at 8 s, builds in the last 10 s";
  const char *bytes = NULL;
  size_t n_bytes    = 0;
  CS_TRY(cs_job_set(job, "key", "D minor"));
  CS_TRY(cs_job_parse(job, prompt));
  CS_TRY(cs_brief_explain(job->arena, job->brief, true, &bytes));
  CS_TRY(cs_job_compose(job));
  CS_TRY(cs_midi_write(job->arena, job->performance, prompt, &bytes, &n_bytes));
  CS_TRY(cs_picture_draw(
      job->arena, job->performance, job->brief, NULL, NULL, &bytes));
  job->font = (CsFont){.path = "a.sf2", .name = "a", .licence = "MIT"};
  CS_TRY(cs_record_make(job->arena, job, &bytes));
  CsRecord record;
  return cs_record_read(job->arena, "a.wav", bytes, strlen(bytes), &record);
}

static CsStatus
with_job(CsStatus (*work)(CsJob *job), char *why)
{
  CsJob *job      = NULL;
  CsStatus status = cs_job_new(shared, &job);
  (void)snprintf(why, CS_MESSAGE_BYTES, "no memory for the job");
  if (status == CS_OK) {
    status = work(job);
    (void)snprintf(why, CS_MESSAGE_BYTES, "%s", cs_job_error(job));
  }
  cs_job_free(job);
  return status;
}

static CsStatus
make_line(char *why)
{
  return with_job(make_values, why);
}

static void
test_every_value_is_made_or_memory_is_short(void **state)
{
  (void)state;
  sweep(make_line, 400);
}

/// A plan that is read again asks cJSON for every node.
static CsStatus
make_plan_twice(CsJob *job)
{
  CS_TRY(cs_job_parse(job, "calm bed, 12 s, strings enter at 4 s"));
  CS_TRY(cs_job_plan(job));
  const char *json = cs_job_plan_json(job);
  CS_TRY_NEW(json);
  return cs_job_read_plan(job, "plan.json", json, strlen(json));
}

static CsStatus
read_plan(char *why)
{
  return with_job(make_plan_twice, why);
}

static void
test_a_plan_is_read_or_memory_is_short(void **state)
{
  (void)state;
  sweep(read_plan, 150);
}

// ---- Sound and files --------------------------------------------------------

static char folder[] = "/tmp/cuesmith-test-XXXXXX";

static CsStatus
set_path(CsJob *job, const char *option, const char *name)
{
  char path[128];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  return cs_job_set(job, option, path);
}

static CsStatus
write_files(CsJob *job)
{
  CS_TRY(cs_job_set(job, "rate", "8000"));
  CS_TRY(cs_job_set(job, "threads", "2"));
  CS_TRY(set_path(job, "output", "x.wav"));
  CS_TRY(set_path(job, "stems", "stems"));
  CS_TRY(set_path(job, "midi", "x.mid"));
  CS_TRY(set_path(job, "record", "x.json"));
  CS_TRY(set_path(job, "picture", "x.svg"));
  CS_TRY(cs_job_parse(job, "playful stinger, 0.5 s"));
  return cs_job_write(job);
}

/// Remove what a folder of the test holds. @return Files that it held.
static int
empty_folder(const char *path)
{
  int n      = 0;
  DIR *files = opendir(path);
  for (const struct dirent *e; files != NULL && (e = readdir(files)) != NULL;) {
    char name[512];
    if (e->d_name[0] == '.' && strlen(e->d_name) <= 2)
      continue;
    (void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
    if (unlink(name) != 0) {
      (void)empty_folder(name);
      (void)rmdir(name);
    }
    n++;
  }
  if (files != NULL)
    (void)closedir(files);
  return n;
}

static CsStatus
write_job(char *why)
{
  const CsStatus status = with_job(write_files, why);
  const int n_left      = empty_folder(folder);
  if (status != CS_OK && n_left > 0)
    fail_msg("%d files are left after \"%s\"", n_left, why);
  return status;
}

static void
test_files_are_written_whole_or_not_at_all(void **state)
{
  (void)state;
  if (access(FONT, R_OK) != 0)
    skip();
  assert_non_null(mkdtemp(folder));
  sweep(write_job, 20);
  assert_int_equal(rmdir(folder), 0);
}

static int
set_up(void **state)
{
  (void)state;
  cJSON_Hooks hooks = {.malloc_fn = __wrap_malloc, .free_fn = free};
  cJSON_InitHooks(&hooks);
  return cs_engine_open(NULL, NULL, &shared) != CS_OK;
}

static int
tear_down(void **state)
{
  (void)state;
  cs_engine_close(shared);
  return 0;
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_an_engine_opens_or_says_that_memory_is_short),
      cmocka_unit_test(test_every_value_is_made_or_memory_is_short),
      cmocka_unit_test(test_a_plan_is_read_or_memory_is_short),
      cmocka_unit_test(test_files_are_written_whole_or_not_at_all),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
