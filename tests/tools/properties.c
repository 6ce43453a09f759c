// How often each property of gen/audit holds, over labelled prompts and over
// every style in every function it serves. Notes only: nothing is rendered.
//
// usage: properties [-m] [-s SEEDS] [-o ID] [prompts.jsonl ...]
//   -m        the table as Markdown
//   -s SEEDS  of each cue (5)
//   -o ID     only that property, with every cue that misses it
//
// Exit status: 0 when every hard property holds for every cue, each soft one
// for at least 80 in 100, and soft ones on average for at least 92; else 3.

#include "gen/audit/audit.h"
#include "gen/base/file.h"
#include "gen/engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINE_BYTES = 1 << 16, WORST_BYTES = 240 };

static const double least_soft = 0.80, least_soft_mean = 0.92;

// ---- What was measured ------------------------------------------------------

/// A row of the table.
typedef struct Tally {
  size_t n, n_held;
  double *values;
  size_t capacity;
  double worst_miss; ///< How far off the limits, in their own measure.
  char worst[WORST_BYTES];
} Tally;

typedef struct Report {
  const CsEngine *engine;
  Tally *tallies; ///< One per property.
  size_t n_cues;
  uint64_t n_seeds;
  const char *only; ///< Id of a property, or NULL.
  bool is_markdown;
  bool failed;
} Report;

/// The cue at hand, for a person.
typedef struct Cue {
  const char *name;
  uint64_t seed;
} Cue;

static double
miss_of(const CsFinding *f)
{
  const double off = f->value < f->low ? f->low - f->value : f->value - f->high;
  const double limit = f->value < f->low ? f->low : f->high;
  return off / fmax(fabs(limit), 1e-3);
}

static void
keep_value(Tally *tally, double value)
{
  if (tally->n == tally->capacity) {
    tally->capacity = tally->capacity > 0 ? 2 * tally->capacity : 256;
    tally->values =
        realloc(tally->values, tally->capacity * sizeof *tally->values);
    if (tally->values == NULL)
      abort();
  }
  tally->values[tally->n++] = value;
}

static void
add_finding(Report *r, size_t row, const CsFinding *f, const CsPlan *plan,
    const Cue *cue)
{
  Tally *tally = &r->tallies[row];
  if (!f->applies)
    return;
  keep_value(tally, f->value);
  tally->n_held += f->holds;
  if (f->holds)
    return;
  char text[WORST_BYTES];
  (void)snprintf(text, sizeof text, "%.3g: %.80s, seed %llu (%s %s%s%.90s)",
      f->value, cue->name, (unsigned long long)cue->seed, plan->style,
      cs_function_names[plan->function], f->where[0] != '\0' ? "; " : "",
      f->where);
  for (char *c = text; *c != '\0'; c++)
    *c = (unsigned char)*c < ' ' || *c == '|' ? ' ' : *c;
  if (r->only != NULL)
    (void)printf("  %s %s\n", cs_properties[row]->id, text);
  if (miss_of(f) < tally->worst_miss)
    return;
  tally->worst_miss = miss_of(f);
  memcpy(tally->worst, text, sizeof text);
}

static void
audit_cue(Report *r, CsArena *arena, const CsEvidence *evidence, const Cue *cue)
{
  CsAudit audit;
  CsEvidence e = *evidence;
  if (cs_evidence_gather(arena, &e) != CS_OK ||
      cs_audit_run(arena, &e, false, &audit) != CS_OK) {
    (void)fprintf(stderr, "%s: %s\n", cue->name, cs_arena_error(arena));
    r->failed = true;
    return;
  }
  r->n_cues++;
  for (size_t i = 0; i < cs_n_properties; i++)
    if (r->only == NULL ||
        strncmp(cs_properties[i]->id, r->only, strlen(r->only)) == 0)
      add_finding(r, i, &audit.findings[i], e.plan, cue);
}

static void
make_cue(Report *r, CsArena *arena, const CsBrief *brief, CsPlanWish wish,
    const char *name)
{
  const CsPresets *presets   = r->engine->presets;
  CsPlan *plan               = NULL;
  CsScore *score             = NULL;
  CsPerformance *performance = NULL;
  const Cue cue              = {name, wish.seed};
  if (cs_plan_make(arena, presets, brief, &wish, &plan) != CS_OK ||
      cs_compose(arena, presets, plan, &score) != CS_OK ||
      cs_perform(arena, presets, score, &performance) != CS_OK) {
    (void)fprintf(stderr, "%s: %s\n", name, cs_arena_error(arena));
    return; // A request may be refused.
  }
  const CsEvidence evidence = {.presets = presets,
      .brief                            = brief,
      .wish                             = &wish,
      .plan                             = plan,
      .score                            = score,
      .performance                      = performance};
  audit_cue(r, arena, &evidence, &cue);
}

static CsPlanWish
wish_of(uint64_t seed)
{
  CsOptions options;
  cs_options_default(&options);
  options.wish.seed       = seed;
  options.wish.theme_seed = seed;
  return options.wish;
}

// ---- Prompts ----------------------------------------------------------------

static void
add_prompt(Report *r, const char *prompt)
{
  for (uint64_t seed = 1; seed <= r->n_seeds; seed++) {
    CsArena *arena = cs_arena_new(NULL);
    CsBrief *brief = NULL;
    if (cs_brief_parse(
            arena, r->engine->lexicon, prompt, strlen(prompt), &brief) == CS_OK)
      make_cue(r, arena, brief, wish_of(seed), prompt);
    cs_arena_free(arena);
  }
}

static void
add_line(Report *r, CsArena *arena, const char *path, const char *line)
{
  const CsJson *root = NULL;
  if (cs_json_parse(arena, path, line, strlen(line), &root) != CS_OK) {
    (void)fprintf(stderr, "%s\n", cs_arena_error(arena));
    r->failed = true;
    return;
  }
  const CsJson *prompt = cs_json_member(root, "prompt");
  if (prompt != NULL && prompt->kind == CS_JSON_STRING)
    add_prompt(r, prompt->string);
}

static void
add_file(Report *r, const char *path)
{
  static char line[MOST_LINE_BYTES];
  FILE *file     = fopen(path, "r");
  CsArena *arena = cs_arena_new(NULL);
  if (file == NULL) {
    (void)fprintf(stderr, "%s: cannot be read\n", path);
    r->failed = true;
  }
  while (file != NULL && fgets(line, sizeof line, file) != NULL)
    if (line[0] == '{')
      add_line(r, arena, path, line);
  if (file != NULL)
    (void)fclose(file);
  cs_arena_free(arena);
}

// ---- Styles -----------------------------------------------------------------

/// A style in a function, in the middle of its mood.
static void
add_style(Report *r, const CsStyle *style, CsFunction function)
{
  static const double lengths[CS_N_FUNCTIONS] = {
      [CS_UNDERSCORE] = 60,
      [CS_BED]        = 90,
      [CS_STINGER]    = 5,
      [CS_THEMATIC]   = 75,
      [CS_AMBIENT]    = 120,
  };
  char name[80];
  (void)snprintf(
      name, sizeof name, "%s %s", style->name, cs_function_names[function]);
  for (uint64_t seed = 1; seed <= r->n_seeds; seed++) {
    CsArena *arena      = cs_arena_new(NULL);
    const CsBrief brief = {.prompt = name,
        .said = CS_SAID_DURATION | CS_SAID_FUNCTION | CS_SAID_VALENCE |
                CS_SAID_AROUSAL,
        .duration_s = lengths[function],
        .function   = function,
        .valence    = 0.5 * (style->valence[0] + style->valence[1]),
        .arousal    = 0.5 * (style->arousal[0] + style->arousal[1])};
    CsPlanWish wish     = wish_of(seed);
    wish.style          = style->name;
    make_cue(r, arena, &brief, wish, name);
    cs_arena_free(arena);
  }
}

static void
add_styles(Report *r)
{
  const double least_fit   = 0.5;
  const CsPresets *presets = r->engine->presets;
  for (size_t s = 0; s < presets->n_styles; s++)
    for (int f = 0; f < CS_N_FUNCTIONS; f++)
      if (presets->styles[s].fit[f] >= least_fit)
        add_style(r, &presets->styles[s], (CsFunction)f);
}

// ---- The table --------------------------------------------------------------

static int
by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
value_at(const Tally *tally, double rank)
{
  return tally->values[(size_t)(rank * (double)(tally->n - 1) + 0.5)];
}

static void
print_row(const Report *r, const CsProperty *p, Tally *tally)
{
  const double share = (double)tally->n_held / (double)tally->n;
  qsort(tally->values, tally->n, sizeof *tally->values, by_value);
  (void)printf(
      r->is_markdown
          ? "| %s | %s | %s | %zu | %.3f | %.3g | %.3g to %.3g | %s |\n"
          : "%-5s %-30s %-4s %5zu %6.3f %8.3g  %8.3g to %-8.3g %s\n",
      p->id, p->name, p->is_hard ? "hard" : "soft", tally->n, share,
      value_at(tally, 0.5), value_at(tally, 0.05), value_at(tally, 0.95),
      tally->worst);
}

static void
print_head(const Report *r)
{
  (void)printf(r->is_markdown
                   ? "| id | property | kind | cues | hold | median | 5th to "
                     "95th hundredth | worst |\n|---|---|---|---|---|---|---|"
                     "---|\n"
                   : "id    property                       kind  cues   hold   "
                     "median      5th to 95th hundredth\n");
}

/// @return Whether all figures are good enough.
static bool
print_report(const Report *r)
{
  bool is_good = true;
  double sum   = 0.0;
  size_t n     = 0;
  print_head(r);
  for (size_t i = 0; i < cs_n_properties; i++) {
    Tally *tally        = &r->tallies[i];
    const CsProperty *p = cs_properties[i];
    if (tally->n == 0)
      continue;
    print_row(r, p, tally);
    const double share = (double)tally->n_held / (double)tally->n;
    is_good            = is_good && share >= (p->is_hard ? 1.0 : least_soft);
    sum += p->is_hard ? 0.0 : share;
    n += !p->is_hard;
  }
  const double mean = n > 0 ? sum / (double)n : 1.0;
  (void)printf("\n%zu cues; soft properties hold for %.3f on average\n",
      r->n_cues, mean);
  return is_good && mean >= least_soft_mean;
}

static bool
read_arguments(Report *r, int argc, char **argv, int *first)
{
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++) {
    if (strcmp(argv[i], "-m") == 0)
      r->is_markdown = true;
    else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
      r->n_seeds = strtoull(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "-o") == 0 && i + 1 < argc)
      r->only = argv[++i];
    else
      return false;
  }
  *first = i;
  return true;
}

int
main(int argc, char **argv)
{
  char why[CS_MESSAGE_BYTES];
  CsEngine *engine = NULL;
  Report r         = {.n_seeds = 5};
  int first        = 1;
  if (!read_arguments(&r, argc, argv, &first)) {
    (void)fputs("usage: properties [-m] [-s SEEDS] [-o ID] [prompts.jsonl "
                "...]\n",
        stderr);
    return 2;
  }
  r.tallies = calloc(cs_n_properties, sizeof *r.tallies);
  if (r.tallies == NULL || cs_engine_open(NULL, why, &engine) != CS_OK) {
    (void)fprintf(stderr, "%s\n", r.tallies == NULL ? "no memory" : why);
    return 1;
  }
  r.engine = engine;
  for (int i = first; i < argc; i++)
    add_file(&r, argv[i]);
  add_styles(&r);
  const bool is_good = print_report(&r);
  for (size_t i = 0; i < cs_n_properties; i++)
    free(r.tallies[i].values);
  free(r.tallies);
  cs_engine_close(engine);
  return r.failed ? 1 : is_good ? 0 : 3;
}
