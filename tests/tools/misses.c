// Which hard properties of the notes are missed, over prompts, the grid of
// functions, lengths and meters, and seeds; and which of them stay missed after
// roles were drawn anew. Nothing is rendered.
//
// usage: misses [-s SEEDS] [-g] [FILE.jsonl | FILE.tsv ...]
//   -s SEEDS  of each prompt (3)
//   -g        the grid too
//
// A line per miss that stays: property, value, seed, prompt, place. Then, per
// property, the cues that it applies to, the misses at first and those that
// stay. Exit status 3 when any stays.

#include "gen/judge.h"
#include "tests/tools/prompts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Tally {
  size_t n, n_first, n_stay;
} Tally;

typedef struct Report {
  const CsEngine *engine;
  Tally *tallies;
  size_t n_cues, n_bad_first, n_bad, n_mended;
  unsigned long n_seeds;
} Report;

/// Options of a cue besides its prompt and seed.
typedef struct Setting {
  const char *name, *value;
} Setting;

static void
print_line(const char *text)
{
  for (int n = 0; *text != '\0' && n < 110; text++, n++)
    (void)putchar((unsigned char)*text < ' ' ? ' ' : *text);
}

static void
print_miss(const CsProperty *p, const CsFinding *f, unsigned long seed,
    const char *prompt)
{
  (void)printf("%-5s %8.3g  seed %lu  ", p->id, f->value, seed);
  print_line(prompt);
  (void)printf("  [%s]\n", f->where);
}

static CsStatus
audit_notes(CsArena *arena, CsEvidence e, CsAudit *audit)
{
  CS_TRY(cs_evidence_gather(arena, &e));
  return cs_audit_run(arena, &e, true, audit);
}

/// The cue before anything was drawn anew.
static CsStatus
audit_first(const CsJob *job, CsArena *arena, CsAudit *audit)
{
  const CsPresets *presets   = cs_job_presets(job);
  CsPlan *plan               = NULL;
  CsScore *score             = NULL;
  CsPerformance *performance = NULL;
  const CsPlanWish *wish     = &job->options.wish;
  CS_TRY(cs_plan_make(arena, presets, job->brief, wish, &plan));
  CS_TRY(cs_compose(arena, presets, plan, &score));
  CS_TRY(cs_perform(arena, presets, score, &performance));
  return audit_notes(arena,
      (CsEvidence){.presets = presets,
          .brief            = job->brief,
          .wish             = wish,
          .plan             = plan,
          .score            = score,
          .performance      = performance},
      audit);
}

static CsStatus
audit_now(const CsJob *job, CsArena *arena, CsAudit *audit)
{
  CsEvidence e;
  CS_TRY(cs_job_evidence(arena, job, &e));
  return cs_audit_run(arena, &e, true, audit);
}

static void
count(Report *r, const CsAudit *first, const CsAudit *now, unsigned long seed,
    const char *prompt)
{
  r->n_cues++;
  r->n_bad_first += first->n_missed_hard > 0;
  r->n_bad += now->n_missed_hard > 0;
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsFinding *a = &first->findings[i];
    const CsFinding *b = &now->findings[i];
    r->tallies[i].n += b->applies;
    r->tallies[i].n_first += a->applies && !a->holds;
    r->tallies[i].n_stay += b->applies && !b->holds;
    if (b->applies && !b->holds)
      print_miss(cs_properties[i], b, seed, prompt);
  }
}

static CsStatus
run(Report *r, CsJob *job, CsArena *arena, unsigned long seed,
    const char *prompt)
{
  CsAudit first, now;
  CS_TRY(cs_job_parse(job, prompt));
  CS_TRY(cs_job_compose(job));
  CS_TRY(audit_first(job, arena, &first));
  CS_TRY(audit_now(job, arena, &now));
  r->n_mended += job->n_mended > 0;
  count(r, &first, &now, seed, prompt);
  return CS_OK;
}

static void
make(Report *r, const char *prompt, unsigned long seed, const Setting *settings,
    size_t n_settings)
{
  char number[32];
  CsJob *job     = NULL;
  CsArena *arena = cs_arena_new(NULL);
  if (arena == NULL || cs_job_new(r->engine, &job) != CS_OK)
    exit(1);
  (void)snprintf(number, sizeof number, "%lu", seed);
  CsStatus status = cs_job_set(job, "seed", number);
  for (size_t i = 0; i < n_settings && status == CS_OK; i++)
    status = cs_job_set(job, settings[i].name, settings[i].value);
  if (status == CS_OK)
    status = run(r, job, arena, seed, prompt);
  if (status != CS_OK && status != CS_ERR_REQUEST) // that is refused
    (void)fprintf(stderr, "%s: %s\n", prompt, cs_job_error(job));
  cs_job_free(job);
  cs_arena_free(arena);
}

static void
add_prompt(void *user, const char *prompt)
{
  Report *r = user;
  for (unsigned long seed = 1; seed <= r->n_seeds; seed++)
    make(r, prompt, seed, NULL, 0);
}

static void
add_grid(Report *r)
{
  static const char *const lengths[] = {"0.5", "1", "2.5", "7", "15", "29.97",
      "30", "59.94", "60", "90", "187.3", "600"};
  static const char *const meters[]  = {"4/4", "3/4", "6/8"};
  for (int f = 0; f < CS_N_FUNCTIONS; f++)
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
      for (size_t m = 0; m < sizeof meters / sizeof *meters; m++)
        for (unsigned long seed = 1; seed <= r->n_seeds; seed++) {
          const Setting settings[] = {{"function", cs_function_names[f]},
              {"duration", lengths[l]}, {"meter", meters[m]}};
          char prompt[96];
          (void)snprintf(prompt, sizeof prompt,
              "warm, steady, hopeful (%s %s s %s)", cs_function_names[f],
              lengths[l], meters[m]);
          make(r, prompt, seed, settings, 3);
        }
}

static void
print_report(const Report *r)
{
  (void)printf("\nid    property                             cues   at first   "
               "  stay\n");
  for (size_t i = 0; i < cs_n_properties; i++)
    if (r->tallies[i].n_first + r->tallies[i].n_stay > 0)
      (void)printf("%-5s %-32s %8zu %10zu %8zu\n", cs_properties[i]->id,
          cs_properties[i]->name, r->tallies[i].n, r->tallies[i].n_first,
          r->tallies[i].n_stay);
  (void)printf("%zu cues, %zu missed something at first, %zu were mended, %zu "
               "still miss something\n",
      r->n_cues, r->n_bad_first, r->n_mended, r->n_bad);
}

int
main(int argc, char **argv)
{
  char why[CS_MESSAGE_BYTES];
  CsEngine *engine = NULL;
  Report r         = {.n_seeds = 3};
  r.tallies        = calloc(cs_n_properties, sizeof *r.tallies);
  if (r.tallies == NULL || cs_engine_open(NULL, why, &engine) != CS_OK)
    return 1;
  r.engine = engine;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
      r.n_seeds = strtoul(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "-g") == 0)
      add_grid(&r);
    else
      read_prompts(argv[i], add_prompt, &r);
  }
  print_report(&r);
  free(r.tallies);
  cs_engine_close(engine);
  return r.n_bad > 0 ? 3 : 0;
}
