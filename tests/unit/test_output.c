#include "gen/io/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/// A folder of its own for each test.
typedef struct Place {
  CsArena *arena;
  CsOutputs *outputs;
  char folder[64];
} Place;

static int
set_up(void **state)
{
  Place *place = calloc(1, sizeof *place);
  assert_non_null(place);
  strcpy(place->folder, "/tmp/cs-output-XXXXXX");
  assert_non_null(mkdtemp(place->folder));
  place->arena = cs_arena_new(NULL);
  assert_non_null(place->arena);
  assert_int_equal(cs_outputs_new(place->arena, &place->outputs), CS_OK);
  *state = place;
  return 0;
}

static void
empty(const char *folder)
{
  DIR *d = opendir(folder);
  assert_non_null(d);
  for (const struct dirent *e; (e = readdir(d)) != NULL;) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
    if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
      (void)remove(path);
  }
  (void)closedir(d);
}

static int
tear_down(void **state)
{
  Place *place = *state;
  cs_outputs_free(place->outputs);
  cs_arena_free(place->arena);
  empty(place->folder);
  (void)rmdir(place->folder);
  free(place);
  return 0;
}

static const char *
in(Place *place, const char *name)
{
  return cs_arena_printf(place->arena, "%s/%s", place->folder, name);
}

static int
n_files(const Place *place)
{
  int n  = 0;
  DIR *d = opendir(place->folder);
  assert_non_null(d);
  for (const struct dirent *e; (e = readdir(d)) != NULL;)
    n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  (void)closedir(d);
  return n;
}

static void
assert_holds(const char *path, const char *text)
{
  char bytes[64] = {0};
  FILE *f        = fopen(path, "rb");
  assert_non_null(f);
  (void)fread(bytes, 1, sizeof bytes - 1, f);
  (void)fclose(f);
  assert_string_equal(bytes, text);
}

static void
assert_refused(Place *place, const char *path, const char *words)
{
  int fd = -1;
  cs_arena_clear_error(place->arena);
  assert_int_equal(cs_output_check(place->arena, path), CS_ERR_REQUEST);
  if (strstr(cs_arena_error(place->arena), words) == NULL)
    fail_msg("\"%s\" lacks \"%s\"", cs_arena_error(place->arena), words);
  assert_int_equal(
      cs_outputs_open(place->arena, place->outputs, path, &fd), CS_ERR_REQUEST);
}

static void
put(Place *place, const char *path, const char *text)
{
  assert_int_equal(
      cs_outputs_put(place->arena, place->outputs, path, text, strlen(text)),
      CS_OK);
}

static void
test_a_file_appears_only_when_committed(void **state)
{
  Place *place     = *state;
  const char *path = in(place, "cue.wav");
  put(place, path, "music");
  assert_int_not_equal(access(path, F_OK), 0);
  assert_int_equal(cs_outputs_commit(place->arena, place->outputs), CS_OK);
  assert_holds(path, "music");
  assert_int_equal(n_files(place), 1);
}

static void
test_freeing_without_commit_keeps_the_old_file(void **state)
{
  Place *place     = *state;
  const char *path = in(place, "cue.wav");
  put(place, path, "old");
  assert_int_equal(cs_outputs_commit(place->arena, place->outputs), CS_OK);
  assert_int_equal(cs_outputs_new(place->arena, &place->outputs), CS_OK);
  put(place, path, "new");
  put(place, in(place, "cue.mid"), "notes");
  cs_outputs_free(place->outputs);
  cs_outputs_free(place->outputs);
  assert_holds(path, "old");
  assert_int_equal(n_files(place), 1);
}

static void
test_the_file_named_last_is_renamed_last(void **state)
{
  Place *place      = *state;
  const char *proof = in(place, "cue.wav");
  put(place, proof, "proof");
  put(place, in(place, "cue.mid"), "notes");
  cs_outputs_rename_last(place->outputs, proof);
  // A folder that appears in the way of the other lets its rename fail.
  assert_int_equal(mkdir(in(place, "cue.mid"), 0700), 0);
  assert_int_equal(
      cs_outputs_commit(place->arena, place->outputs), CS_ERR_WORK);
  assert_int_not_equal(access(proof, F_OK), 0);
  assert_int_equal(n_files(place), 1);
}

static void
test_paths_that_cannot_be_written_are_refused_with_the_mend(void **state)
{
  Place *place = *state;
  put(place, in(place, "file"), "");
  assert_int_equal(cs_outputs_commit(place->arena, place->outputs), CS_OK);
  assert_refused(place, in(place, "no/cue.wav"), "does not exist");
  assert_refused(place, in(place, "file/cue.wav"), "is a file");
  assert_refused(place, place->folder, "is a folder");
  assert_refused(place, in(place, "new/"), "names a folder");
  assert_refused(place, "", "is empty");
  char name[400];
  memset(name, 'x', sizeof name);
  name[sizeof name - 1] = '\0';
  assert_refused(place, in(place, name), "too long");
  if (geteuid() != 0) {
    assert_int_equal(chmod(place->folder, 0500), 0);
    assert_refused(place, in(place, "cue.wav"), "not writable");
    assert_int_equal(chmod(place->folder, 0700), 0);
  }
  assert_int_equal(n_files(place), 1);
}

static void
test_one_file_cannot_be_two_outputs(void **state)
{
  Place *place = *state;
  int fd       = -1;
  put(place, in(place, "cue.wav"), "");
  assert_int_equal(cs_outputs_open(place->arena, place->outputs,
                       in(place, "./cue.wav"), &fd),
      CS_ERR_REQUEST);
  assert_non_null(strstr(cs_arena_error(place->arena), "two outputs"));
}

static void
test_a_device_may_be_named_twice(void **state)
{
  Place *place = *state;
  put(place, "/dev/null", "a");
  put(place, "/dev/null", "b");
  assert_int_equal(cs_outputs_commit(place->arena, place->outputs), CS_OK);
}

static void
test_the_umask_decides_the_permissions_of_a_new_file(void **state)
{
  Place *place = *state;
  struct stat info;
  const mode_t before = umask(027);
  put(place, in(place, "cue.wav"), "");
  (void)umask(before);
  assert_int_equal(cs_outputs_commit(place->arena, place->outputs), CS_OK);
  assert_int_equal(stat(in(place, "cue.wav"), &info), 0);
  assert_int_equal(info.st_mode & 0777, 0640);
}

static void
test_replacing_keeps_permissions_and_links(void **state)
{
  Place *place = *state;
  struct stat info;
  const char *path = in(place, "cue.wav"), *link = in(place, "link.wav");
  put(place, path, "old");
  assert_int_equal(cs_outputs_commit(place->arena, place->outputs), CS_OK);
  assert_int_equal(chmod(path, 0604), 0);
  assert_int_equal(symlink("cue.wav", link), 0);
  assert_int_equal(cs_outputs_new(place->arena, &place->outputs), CS_OK);
  put(place, link, "new");
  assert_int_equal(cs_outputs_commit(place->arena, place->outputs), CS_OK);
  assert_holds(path, "new");
  assert_int_equal(lstat(link, &info), 0);
  assert_true(S_ISLNK(info.st_mode));
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0604);
}

static void *
drain(void *user)
{
  char *bytes  = user;
  const int fd = open(bytes, O_RDONLY);
  memset(bytes, 0, 512);
  size_t n = 0;
  for (ssize_t got; fd >= 0 && (got = read(fd, bytes + n, 64)) > 0;)
    n += (size_t)got;
  (void)close(fd);
  return NULL;
}

static void
test_a_fifo_is_written_directly_and_stays(void **state)
{
  Place *place = *state;
  struct stat info;
  pthread_t reader;
  char bytes[512];
  const char *path = in(place, "fifo");
  assert_int_equal(mkfifo(path, 0600), 0);
  strcpy(bytes, path);
  assert_int_equal(pthread_create(&reader, NULL, drain, bytes), 0);
  put(place, path, "music");
  assert_int_equal(cs_outputs_commit(place->arena, place->outputs), CS_OK);
  (void)pthread_join(reader, NULL);
  assert_string_equal(bytes, "music");
  assert_int_equal(stat(path, &info), 0);
  assert_true(S_ISFIFO(info.st_mode));
}

static void
test_a_full_disk_is_said_plainly(void **state)
{
  Place *place         = *state;
  const char bytes[16] = {0};
  if (access("/dev/full", W_OK) != 0)
    skip();
  assert_int_equal(cs_outputs_put(place->arena, place->outputs, "/dev/full",
                       bytes, sizeof bytes),
      CS_ERR_WORK);
  assert_string_equal(cs_arena_error(place->arena),
      "disk full while writing /dev/full; free some space");
}

static void
test_a_reader_that_goes_away_is_an_error(void **state)
{
  Place *place = *state;
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  (void)close(ends[0]);
  void (*before)(int) = signal(SIGPIPE, SIG_IGN);
  assert_int_equal(
      cs_write_all(place->arena, ends[1], "-", "x", 1), CS_ERR_WORK);
  (void)signal(SIGPIPE, before);
  (void)close(ends[1]);
  assert_non_null(strstr(cs_arena_error(place->arena), "standard output"));
}

static void
test_a_file_that_cannot_grow_leaves_nothing(void **state)
{
  Place *place = *state;
  struct rlimit limit, small;
  char bytes[4096] = {0};
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
  small               = limit;
  small.rlim_cur      = 1024;
  void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  const CsStatus status = cs_outputs_put(
      place->arena, place->outputs, in(place, "cue.wav"), bytes, sizeof bytes);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
  (void)signal(SIGXFSZ, before);
  assert_int_equal(status, CS_ERR_WORK);
  cs_outputs_free(place->outputs);
  assert_int_equal(n_files(place), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_a_file_appears_only_when_committed),
      TEST(test_freeing_without_commit_keeps_the_old_file),
      TEST(test_the_file_named_last_is_renamed_last),
      TEST(test_paths_that_cannot_be_written_are_refused_with_the_mend),
      TEST(test_one_file_cannot_be_two_outputs),
      TEST(test_a_device_may_be_named_twice),
      TEST(test_the_umask_decides_the_permissions_of_a_new_file),
      TEST(test_replacing_keeps_permissions_and_links),
      TEST(test_a_fifo_is_written_directly_and_stays),
      TEST(test_a_full_disk_is_said_plainly),
      TEST(test_a_reader_that_goes_away_is_an_error),
      TEST(test_a_file_that_cannot_grow_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
