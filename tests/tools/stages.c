// Times of the single stages, for `make bench`: medians over several runs.

#include "gen/engine.h"
#include "gen/synth/synth.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N_RUNS = 15 };

static double
now_ms(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int
by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double
median(double *values)
{
  qsort(values, N_RUNS, sizeof *values, by_value);
  return values[N_RUNS / 2];
}

/// What a job pays for the soundfont before its first note.
static bool
time_font(const CsEngine *engine)
{
  double choose[N_RUNS], open[N_RUNS], load[N_RUNS];
  bool keys[CS_N_KEYS_PLAYED];
  for (int key = 0; key < CS_N_KEYS_PLAYED; key++)
    keys[key] = true;
  for (int i = 0; i < N_RUNS; i++) {
    CsArena *arena       = cs_arena_new(NULL);
    CsSf2 *tables        = NULL;
    const CsPatch *piano = NULL;
    CsFont font;
    if (arena == NULL)
      return false;
    const double t0 = now_ms();
    bool works =
        cs_catalogue_choose(arena, engine->catalogue, NULL, &font) == CS_OK;
    const double t1 = now_ms();
    works           = works && cs_sf2_open(arena, font.path, &tables) == CS_OK;
    const double t2 = now_ms();
    works = works && cs_patch_read(arena, tables, 0, 0, keys, &piano) == CS_OK;
    const double t3 = now_ms();
    cs_sf2_close(tables);
    cs_arena_free(arena);
    if (!works)
      return false;
    choose[i] = t1 - t0, open[i] = t2 - t1, load[i] = t3 - t2;
  }
  (void)printf("the soundfont: chosen in %.1f ms, opened in %.1f ms, the piano "
               "read in %.1f ms\n\n",
      median(choose), median(open), median(load));
  return true;
}

static bool
time_prompt(const CsEngine *engine, const char *prompt)
{
  double parse[N_RUNS], plan[N_RUNS], compose[N_RUNS];
  double minutes = 0.0;
  size_t n_notes = 0;
  for (int i = 0; i < N_RUNS; i++) {
    CsJob *job = NULL;
    if (cs_job_new(engine, &job) != CS_OK)
      return false;
    const double t0 = now_ms();
    bool works      = cs_job_parse(job, prompt) == CS_OK;
    const double t1 = now_ms();
    works           = works && cs_job_plan(job) == CS_OK;
    const double t2 = now_ms();
    works           = works && cs_job_compose(job) == CS_OK;
    const double t3 = now_ms();
    if (!works) {
      (void)fprintf(stderr, "%s\n", cs_job_error(job));
      cs_job_free(job);
      return false;
    }
    parse[i] = t1 - t0, plan[i] = t2 - t1, compose[i] = t3 - t2;
    minutes = job->plan->duration_s / 60.0;
    n_notes = job->performance->n_notes;
    cs_job_free(job);
  }
  const double parse_ms = median(parse), plan_ms = median(plan);
  const double compose_ms = median(compose);
  (void)printf("%-44.44s %9.3f %9.3f %12.3f %16.3f %8zu\n", prompt, parse_ms,
      plan_ms, compose_ms, (plan_ms + compose_ms) / minutes, n_notes);
  return true;
}

int
main(void)
{
  static const char *const prompts[] = {
      "bright, forward-moving, no vocals, 90 s, builds in last 20 s",
      "calm corporate bed, 90 s",
      "tense underscore, 90 s",
      "dreamy ambient, 90 s",
      "triumphant stinger, 3 s",
      "calm corporate bed, 10 min",
      "calm corporate bed, 1 h",
  };
  char why[CS_MESSAGE_BYTES];
  CsEngine *engine  = NULL;
  const double from = now_ms();
  if (cs_engine_open(NULL, why, &engine) != CS_OK) {
    (void)fprintf(stderr, "%s\n", why);
    return 1;
  }
  (void)printf("words and presets load in %.1f ms\n", now_ms() - from);
  bool works = time_font(engine);
  (void)printf("%-44s %9s %9s %12s %16s %8s\n", "stages, median ms", "parse",
      "plan", "compose+play", "ms/min of music", "notes");
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
    works = time_prompt(engine, prompts[i]) && works;
  cs_engine_close(engine);
  return works ? 0 : 1;
}
