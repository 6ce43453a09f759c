// Any text as a list of jobs, JSON Lines or CSV: every line is a job or says
// what is wrong with it, and no job names a file outside the folder.
#include "fuzz.h"

#include "gen/jobs/batch_job.h"

#include <fcntl.h>
#include <unistd.h>

static char path[] = "/tmp/cuesmith-fuzz-XXXXXX";

static void
clean_up(void)
{
  (void)unlink(path);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  const int fd = mkstemp(path);
  fuzz_want(fd >= 0, "a file can be made", path);
  (void)close(fd);
  (void)atexit(clean_up);
  return 0;
}

static void
put_file(const uint8_t *bytes, size_t n_bytes)
{
  const int fd = open(path, O_WRONLY | O_TRUNC);
  fuzz_want(fd >= 0 && write(fd, bytes, n_bytes) == (ssize_t)n_bytes,
      "the file can be written", path);
  (void)close(fd);
}

static void
check_name(const char *name)
{
  fuzz_want(name[0] != '/' && name[0] != '\0', "it stays inside", name);
  for (const char *part = name; part != NULL; part = strchr(part, '/')) {
    part += *part == '/';
    const size_t n = strcspn(part, "/");
    fuzz_want(n > 0 && !(n == 2 && memcmp(part, "..", 2) == 0) &&
                  !(n == 1 && part[0] == '.'),
        "it is clean and does not climb", name);
  }
}

static void
check_job(CsArena *arena, const CsListedJob *listed, CsSeen *seen)
{
  static const CsBatchGround ground = {.folder = "out"};
  const CsJson *row                 = NULL;
  CsBatchJob job = {.arena = arena, .ground = &ground, .listed = *listed};
  fuzz_want(cs_batch_job_prepare(&job, seen) == CS_OK, "a job is prepared", "");
  if (job.fate == CS_JOB_FAILED) {
    fuzz_want(job.why[0] != '\0', "a failed job says why", "");
    fuzz_want(
        cs_json_parse(arena, "row", job.row, strlen(job.row), &row) == CS_OK,
        "a row is JSON", job.row);
    return;
  }
  fuzz_want(job.n_files > 0, "a job has an output", "");
  for (size_t i = 0; i < job.n_files; i++)
    check_name(job.files[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  CsArena *arena  = cs_arena_new(NULL);
  CsSeen *seen    = cs_seen_new();
  CsJobList *list = NULL;
  CsSupply supply = CS_SUPPLY_LINE;
  uint64_t line   = 0;
  put_file(bytes, n_bytes);
  CsStatus status = cs_job_list_open(arena, path, &list);
  while (status == CS_OK && supply != CS_SUPPLY_END) {
    CsListedJob job;
    CsArena *own = cs_arena_new(NULL);
    status       = cs_job_list_next(own, list, &job, &supply);
    if (status == CS_OK && supply == CS_SUPPLY_LINE) {
      fuzz_want(job.line > line, "lines count up", "");
      line = job.line;
      check_job(own, &job, seen);
    }
    cs_arena_free(own);
  }
  fuzz_check_refusal(status, cs_arena_error(arena));
  cs_job_list_close(list);
  cs_seen_free(seen);
  cs_arena_free(arena);
  return 0;
}
