#include "gen/jobs/inside.h"
#include "gen/jobs/naming.h"

#include <fcntl.h>
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
  char outer[64];
  const char *folder; ///< Where outputs may stand; outer/in.
} Place;

static int
set_up(void **state)
{
  Place *place = calloc(1, sizeof *place);
  assert_non_null(place);
  strcpy(place->outer, "/tmp/cs-inside-XXXXXX");
  assert_non_null(mkdtemp(place->outer));
  place->arena = cs_arena_new(NULL);
  assert_non_null(place->arena);
  place->folder = cs_arena_printf(place->arena, "%s/in", place->outer);
  assert_int_equal(cs_inside_open(place->arena, place->folder), CS_OK);
  *state = place;
  return 0;
}

static int
tear_down(void **state)
{
  Place *place = *state;
  char command[128];
  (void)snprintf(command, sizeof command, "rm -rf '%s'", place->outer);
  assert_int_equal(system(command), 0);
  cs_arena_free(place->arena);
  free(place);
  return 0;
}

static void
refused(Place *place, const char *name, const char *word)
{
  const char *path = NULL;
  cs_arena_clear_error(place->arena);
  assert_int_equal(
      cs_inside_path(place->arena, place->folder, "output", name, &path),
      CS_ERR_REQUEST);
  if (strstr(cs_arena_error(place->arena), word) == NULL)
    fail_msg(
        "%s: \"%s\" lacks \"%s\"", name, cs_arena_error(place->arena), word);
  assert_non_null(strstr(cs_arena_error(place->arena), "output"));
}

static bool
exists(Place *place, const char *name)
{
  char path[256];
  struct stat info;
  (void)snprintf(path, sizeof path, "%s/%s", place->outer, name);
  return lstat(path, &info) == 0;
}

static void
test_a_name_inside_gets_its_folders(void **state)
{
  Place *place     = *state;
  const char *path = NULL;
  assert_int_equal(cs_inside_path(place->arena, place->folder, "output",
                       "./a//b/c.wav", &path),
      CS_OK);
  assert_true(exists(place, "in/a/b"));
  assert_false(exists(place, "in/a/b/c.wav"));
  assert_string_equal(path + strlen(place->folder), "/a/b/c.wav");
  assert_int_equal(
      cs_inside_folder(place->arena, place->folder, "stems", "s/t", &path),
      CS_OK);
  assert_true(exists(place, "in/s/t"));
}

static void
test_names_that_leave_are_refused(void **state)
{
  Place *place = *state;
  refused(place, "", "empty");
  refused(place, "/tmp/x.wav", "outside");
  refused(place, "../x.wav", "climbs");
  refused(place, "a/../../x.wav", "climbs");
  refused(place, "a/..", "climbs");
  refused(place, "a/b/", "slash");
  refused(place, ".", "itself");
  refused(place, "./.", "itself");
  assert_false(exists(place, "x.wav"));
  assert_false(exists(place, "in/a"));
}

/// Dots that are part of a name are no climbing.
static void
test_dots_in_names_are_names(void **state)
{
  Place *place        = *state;
  const char *names[] = {"..x", "x..", "...", "a..b/c"};
  const char *path    = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    assert_int_equal(
        cs_inside_path(place->arena, place->folder, "output", names[i], &path),
        CS_OK);
}

static void
test_links_are_not_climbed_through(void **state)
{
  Place *place = *state;
  char link[256];
  (void)snprintf(link, sizeof link, "%s/away", place->folder);
  assert_int_equal(symlink("..", link), 0);
  refused(place, "away/x.wav", "link");
  refused(place, "away/new/x.wav", "link");
  refused(place, "away", "link");
  (void)snprintf(link, sizeof link, "%s/file.wav", place->folder);
  assert_int_equal(symlink("../outside.wav", link), 0);
  refused(place, "file.wav", "link");
  assert_false(exists(place, "x.wav"));
  assert_false(exists(place, "new"));
  assert_false(exists(place, "outside.wav"));
}

static void
test_what_stands_in_the_way_is_named(void **state)
{
  Place *place = *state;
  char path[256];
  (void)snprintf(path, sizeof path, "%s/file", place->folder);
  const int fd = open(path, O_CREAT | O_WRONLY, 0666);
  assert_true(fd >= 0);
  close(fd);
  refused(place, "file/x.wav", "file");
  (void)snprintf(path, sizeof path, "%s/folder", place->folder);
  assert_int_equal(mkdir(path, 0777), 0);
  refused(place, "folder", "a folder");
  (void)snprintf(path, sizeof path, "%s/pipe", place->folder);
  assert_int_equal(mkfifo(path, 0666), 0);
  refused(place, "pipe", "pipe");
}

static void
test_a_folder_that_cannot_be_is_refused(void **state)
{
  Place *place = *state;
  assert_int_equal(
      cs_inside_open(place->arena, "/tmp/no/such/parent"), CS_ERR_REQUEST);
  cs_arena_clear_error(place->arena);
  assert_int_equal(cs_inside_open(place->arena, ""), CS_ERR_REQUEST);
  cs_arena_clear_error(place->arena);
  assert_int_equal(cs_inside_open(place->arena, "/dev/null"), CS_ERR_REQUEST);
}

static void
test_a_name_tells_prompt_and_content(void **state)
{
  Place *place                 = *state;
  const CsGivenOption first[]  = {{"seed", "2"}, {"duration", "30"}};
  const CsGivenOption second[] = {
      {"duration", "30"}, {NULL, NULL}, {"seed", "2"}};
  const CsGivenOption third[] = {{"duration", "302"}, {"seed", ""}};
  char a[65], b[65], c[65];
  const char *name = NULL;
  cs_content_of("Calm, soft piano!", first, 2, a);
  cs_content_of("Calm, soft piano!", second, 3, b);
  cs_content_of("Calm, soft piano!", third, 2, c);
  assert_string_equal(a, b);
  assert_string_not_equal(a, c);
  assert_int_equal(
      cs_job_name(place->arena, "Calm, soft piano!", a, ".wav", &name), CS_OK);
  assert_memory_equal(name, "calm-soft-piano-", 16);
  assert_memory_equal(name + 16, a, 8);
  assert_string_equal(name + 24, ".wav");
  assert_int_equal(
      cs_job_name(place->arena, "\xe5\xae\x89", a, ".wav", &name), CS_OK);
  assert_memory_equal(name, "cue-", 4);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(
          test_a_name_inside_gets_its_folders, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_names_that_leave_are_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_dots_in_names_are_names, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_links_are_not_climbed_through, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_what_stands_in_the_way_is_named, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_a_folder_that_cannot_be_is_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(
          test_a_name_tells_prompt_and_content, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
