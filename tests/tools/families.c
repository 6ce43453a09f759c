// Which members of families are not as they must be, over prompts and seeds,
// after all their draws. Nothing is rendered.
//
// usage: families [-s SEEDS] [-c CUTS] [-v] FILE.jsonl | FILE.txt ...
//   -s SEEDS  of each prompt (2)
//   -c CUTS   the members (the usual ones)
//   -v        a line for every member: draws, bars shared, theme, cadence
//
// A line for each member that stays wrong: seed, prompt, member, what. Then the
// count of members, those drawn anew and those that stay. Exit status 3 when
// any stays.

#include "gen/jobs/family.h"
#include "tests/tools/prompts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Report {
  CsEngine *engine;
  const char *cuts;
  bool is_verbose;
  unsigned long n_seeds, seed;
  char folder[32];
  size_t n_families, n, n_again, n_draws, n_stay;
} Report;

static CsStatus
begin(void *user, CsJob **job)
{
  char seed[32];
  const Report *r       = user;
  const CsStatus status = cs_job_new(r->engine, job);
  (void)snprintf(seed, sizeof seed, "%lu", r->seed);
  return status == CS_OK ? cs_job_set(*job, "seed", seed) : status;
}

static void
print_figures(const CsMember *m)
{
  const CsMemberFigures *f = &m->figures;
  (void)printf("  %-6s %2d draws  %3.0f %% of %-6s  %s %d times  ends %s\n",
      m->cut.name, m->n_draws, 100.0 * f->literal_share,
      f->literal_with != NULL ? f->literal_with : "none",
      cs_carrier_names[f->theme.carrier], f->theme.n_heard,
      f->cadence != NULL ? f->cadence : "-");
}

static void
count(Report *r, const char *prompt, const CsFamily *f)
{
  r->n_families++;
  if (r->is_verbose)
    (void)printf("seed %lu  %s\n", r->seed, prompt);
  for (size_t i = 1; i < f->n; i++) {
    const CsMember *m = &f->members[i];
    if (m->job == NULL)
      continue;
    r->n++;
    r->n_again += m->n_draws > 1;
    r->n_draws += (size_t)m->n_draws;
    r->n_stay += m->n_wrong > 0;
    if (r->is_verbose)
      print_figures(m);
    if (m->n_wrong > 0)
      (void)printf(
          "seed %lu  %s  [%s %s]\n", r->seed, prompt, m->cut.name, m->wrong);
  }
}

static void
add_prompt(void *user, const char *prompt)
{
  Report *r = user;
  for (r->seed = 1; r->seed <= r->n_seeds; r->seed++) {
    CsArena *arena          = cs_arena_new(NULL);
    CsFamily *family        = arena != NULL ? CS_NEW(arena, CsFamily) : NULL;
    const CsFamilyWish wish = {.prompt = prompt,
        .folder                        = r->folder,
        .cuts                          = r->cuts,
        .begin                         = begin,
        .user                          = r};
    if (family == NULL)
      exit(1);
    if (cs_family_compose(arena, &wish, family) == CS_OK)
      count(r, prompt, family);
    else
      (void)fprintf(stderr, "%s: %s\n", prompt, cs_arena_error(arena));
    cs_family_free(family);
    cs_arena_free(arena);
  }
}

int
main(int argc, char **argv)
{
  char why[CS_MESSAGE_BYTES];
  Report r = {.n_seeds = 2, .folder = "."};
  if (cs_engine_open(NULL, why, &r.engine) != CS_OK)
    return 1;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
      r.n_seeds = strtoul(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
      r.cuts = argv[++i];
    else if (strcmp(argv[i], "-v") == 0)
      r.is_verbose = true;
    else
      read_prompts(argv[i], add_prompt, &r);
  }
  (void)printf("%zu families, %zu members, %zu drawn anew, %.2f draws each, "
               "%zu stay wrong\n",
      r.n_families, r.n, r.n_again,
      r.n > 0 ? (double)r.n_draws / (double)r.n : 0.0, r.n_stay);
  cs_engine_close(r.engine);
  return r.n_stay > 0 ? 3 : 0;
}
