// What all modules share, as the words of the course decide it, and the tempo
// that a module leans to.

#include "gen/jobs/course_planning.h"

#include "gen/base/mathx.h"
#include "gen/jobs/course_reading.h"

#include <math.h>
#include <string.h>

/// How far a module's words may move its tempo: any two modules then stay
/// within 12 %, with room for a loop whose length is rounded to frames.
static const double tempo_room = 1.05;

/// In a mode with few progressions the modules would all go the same way: where
/// nobody asked for it, major or minor stands in.
static CsMode
rich_mode(const CsPresets *presets, CsMode mode)
{
  enum { FEW = 6 };
  size_t n = 0;
  for (size_t i = 0; i < presets->n_progressions; i++)
    n += presets->progressions[i].modes >> mode & 1U;
  if (n >= FEW)
    return mode;
  return cs_mode_is_minor(mode) ? CS_MINOR : CS_MAJOR;
}

static bool
names_key(const CsJob *job)
{
  return job->options.wish.has_key ||
         (job->brief->said & (CS_SAID_KEY | CS_SAID_MODE)) != 0;
}

/// What words alone would decide.
static CsStatus
plan_words(CsCoursePlanner *p, const char *words, const CsGivenOption *options,
    size_t n_options, CsCourseHome *home)
{
  CsJob *job      = NULL;
  CsPlan *plan    = NULL;
  CsStatus status = cs_job_new(p->engine, &job);
  if (status == CS_OK)
    status = cs_course_set(job, options, n_options);
  if (status == CS_OK)
    status = cs_job_parse(job, words);
  if (status == CS_OK)
    status = cs_plan_make(
        job->arena, cs_job_presets(job), job->brief, &job->options.wish, &plan);
  if (status == CS_OK) {
    *home = (CsCourseHome){
        cs_arena_copy(p->arena, plan->style, strlen(plan->style)), plan->key,
        plan->meter, plan->tempos[0].bpm};
    if (!names_key(job))
      home->key.mode = rich_mode(cs_job_presets(job), plan->key.mode);
    status = home->style != NULL ? CS_OK : CS_ERR_MEMORY;
  } else if (job != NULL) {
    (void)cs_fail(p->arena, status, "%s", cs_job_error(job));
  }
  cs_job_free(job);
  return status;
}

CsStatus
cs_course_seed_text(CsCoursePlanner *p, const char **text)
{
  *text = cs_arena_printf(
      p->arena, "%llu", (unsigned long long)p->file->theme_seed);
  return *text != NULL ? CS_OK : CS_ERR_MEMORY;
}

/// Decide style, key, meter and tempo.
///
/// @param natural_bpm  Receives the tempo that the words alone would take.
static CsStatus
find_home(CsCoursePlanner *p, double *natural_bpm)
{
  const CsCourseFile *file = p->file;
  CsGivenOption options[5] = {{"function", "thematic"}};
  size_t n                 = 1;
  const char *seed         = NULL;
  CS_TRY(cs_course_seed_text(p, &seed));
  options[n++] = (CsGivenOption){"seed", seed};
  if (file->style != NULL)
    options[n++] = (CsGivenOption){"style", file->style};
  if (file->key != NULL)
    options[n++] = (CsGivenOption){"key", file->key};
  CS_TRY(plan_words(p, file->words, options, n, &p->plan->home));
  *natural_bpm = p->plan->home.tempo_bpm;
  if (file->tempo_bpm > 0.0)
    p->plan->home.tempo_bpm = file->tempo_bpm;
  return CS_OK;
}

CsStatus
cs_course_find_home(CsCoursePlanner *p, double *natural_bpm)
{
  return cs_course_with_place(
      p->arena, p->file->defaults, find_home(p, natural_bpm));
}

/// The tempo that a module's words lean to, near to that of the course; half
/// beats a minute are fine enough.
CsStatus
cs_course_choose_tempo(
    CsCoursePlanner *p, double natural_bpm, CsCourseUnit *unit)
{
  const CsCourseHome *home = &p->plan->home;
  CsCourseHome own         = {0};
  const char *seed         = NULL;
  CS_TRY(cs_course_seed_text(p, &seed));
  const CsGivenOption options[] = {{"function", "thematic"}, {"seed", seed},
      {"style", p->file->style != NULL ? p->file->style : home->style}};
  CS_TRY(plan_words(
      p, unit->module->words, options, sizeof options / sizeof *options, &own));
  const double ratio =
      cs_clamp(own.tempo_bpm / natural_bpm, 1.0 / tempo_room, tempo_room);
  unit->tempo_bpm = floor(2.0 * home->tempo_bpm * ratio + 0.5) / 2.0;
  return CS_OK;
}
