// Any text as a course: refused with its line, or parts that can be made or say
// why not. Small ones are planned.
#include "fuzz.h"

#include "gen/jobs/course.h"

enum { MOST_PLANNED = 2, MOST_PLANNED_S = 12 };

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  (void)fuzz_engine();
  return 0;
}

static void
check_part(const CsCoursePart *part)
{
  if (part->problem != NULL) {
    fuzz_want(strstr(part->problem, "x line ") != NULL,
        "a problem names the line", part->problem);
    return;
  }
  // "a..", a folder's name, is no way out.
  fuzz_want(part->output[0] != '/' && strncmp(part->output, "../", 3) != 0 &&
                strstr(part->output, "/../") == NULL,
      "outputs stay inside", part->output);
  fuzz_want(part->n_bars > 0 || part->duration_s >= 0.5, "a part has a length",
      part->name);
  fuzz_want(strlen(part->prompt) < 1 << 17, "words are bounded", "");
}

/// @return Is it small enough to be planned?
static bool
check_course(const CsCourseFile *course)
{
  size_t n_parts = 0;
  bool is_short  = true;
  for (size_t m = 0; m < course->n_modules; m++)
    for (size_t i = 0; i < course->modules[m].n_parts; i++) {
      const CsCoursePart *part = &course->modules[m].parts[i];
      check_part(part);
      n_parts++;
      is_short = is_short && part->duration_s < MOST_PLANNED_S &&
                 part->n_bars < MOST_PLANNED_S / 2;
    }
  return n_parts <= MOST_PLANNED && is_short;
}

static void
plan(CsArena *arena, const CsCourseFile *course)
{
  static const CsGround ground = {"engine", "presets", "bank"};
  CsCoursePlan planned;
  const CsStatus status = cs_course_plan(
      arena, fuzz_engine(), course, &ground, NULL, NULL, NULL, &planned);
  fuzz_check_refusal(status, cs_arena_error(arena));
  cs_course_plan_free(&planned);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  CsArena *arena = cs_arena_new(NULL);
  CsCourseFile course;
  fuzz_want(arena != NULL, "there is memory", "");
  const CsStatus status = cs_course_read_text(
      arena, "x", "/nowhere/", (const char *)bytes, n_bytes, &course);
  fuzz_check_refusal(status, cs_arena_error(arena));
  if (status == CS_OK && check_course(&course))
    plan(arena, &course);
  cs_arena_free(arena);
  return 0;
}
