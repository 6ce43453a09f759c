// What a build says of itself: as JSON for programs, as a table for people.

#include "gen/jobs/build.h"

#include "gen/base/mathx.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_PAIR_LINES = 45, MOST_COLUMN = 32 };

const char *const cs_part_fate_names[CS_N_PART_FATES] = {
    [CS_PART_DUE]    = "due",
    [CS_PART_BUILT]  = "built",
    [CS_PART_KEPT]   = "kept",
    [CS_PART_FAILED] = "failed",
};

static const char *
key_words(const CsRelation *r)
{
  if (!r->same_mode)
    return "another mode";
  if (r->n_fifths == 0)
    return "same";
  return r->n_fifths == 1 ? "a fifth apart" : "far apart";
}

static const char *
module_key(const CsCourseBuild *build, const CsCourseUnit *unit, char text[32])
{
  CsKey key = build->plan.home.key;
  if (unit->module->in_fifth)
    key.tonic_pc = cs_mod(key.tonic_pc + 7, 12);
  cs_key_name(key, text);
  return text;
}

// ---- JSON -------------------------------------------------------------------

static void
put_texts(CsJsonWriter *w, const char *key, const CsStrings *texts)
{
  if (texts->n == 0)
    return;
  cs_json_begin_array(w, key);
  for (size_t i = 0; i < texts->n; i++)
    cs_json_put_string(w, NULL, texts->items[i]);
  cs_json_end_array(w);
}

static void
put_row(CsJsonWriter *w, const CsPartRow *row)
{
  const CsCoursePart *part = row->piece->part;
  const CsBuilt *built     = row->built;
  cs_json_begin_object(w, NULL);
  cs_json_put_string(w, "name", part->name);
  cs_json_put_string(w, "kind", cs_part_kind_names[part->kind]);
  if (part->output != NULL)
    cs_json_put_string(w, "output", part->output);
  cs_json_put_string(w, "status", cs_part_fate_names[row->fate]);
  if (row->why != NULL)
    cs_json_put_string(w, "why", row->why);
  if (row->problem != NULL)
    cs_json_put_string(w, "problem", row->problem);
  if (built != NULL) {
    cs_json_put_rounded(w, "length_s", built->duration_s, 6);
    cs_json_put_rounded(w, "lufs", built->lufs, 2);
    cs_json_put_rounded(w, "true_peak_dbtp", built->true_peak_dbtp, 2);
    if (built->missed[0] != '\0')
      cs_json_put_string(w, "missed", built->missed);
  }
  put_texts(w, "warnings", &row->warnings);
  cs_json_end_object(w);
}

static void
put_unit(CsJsonWriter *w, const CsCourseBuild *build, const CsCourseUnit *unit)
{
  char key[32];
  cs_json_begin_object(w, NULL);
  cs_json_put_string(w, "name", unit->module->name);
  if (unit->n_pieces > 0) {
    cs_json_put_string(w, "key", module_key(build, unit, key));
    cs_json_put_number(w, "tempo_bpm", unit->tempo_bpm);
    cs_json_put_number(w, "further_draws", unit->n_draws);
  }
  cs_json_begin_array(w, "parts");
  for (size_t i = 0; i < build->n_rows; i++)
    if (build->rows[i].unit == unit)
      put_row(w, &build->rows[i]);
  cs_json_end_array(w);
  cs_json_end_object(w);
}

static void
put_pair(CsJsonWriter *w, const CsCourseBuild *build, const CsCoursePair *pair)
{
  const CsCourseUnit *units = build->plan.units;
  const CsRelation *r       = &pair->relation;
  cs_json_begin_flat_object(w, NULL);
  cs_json_begin_array(w, "modules");
  cs_json_put_string(w, NULL, units[pair->a].module->name);
  cs_json_put_string(w, NULL, units[pair->b].module->name);
  cs_json_end_array(w);
  if (r->has_tunes)
    cs_json_put_rounded(w, "similarity", r->similarity, 3);
  cs_json_put_string(w, "key", key_words(r));
  cs_json_put_rounded(w, "tempo_ratio", r->tempo_ratio, 3);
  cs_json_put_rounded(w, "palette", r->same_style ? r->palette : 0.0, 2);
  cs_json_put_bool(w, "holds", cs_relation_holds(r));
  cs_json_end_object(w);
}

static void
put_counts(CsJsonWriter *w, const CsCourseBuild *build)
{
  for (int f = 0; f < CS_N_PART_FATES; f++)
    cs_json_put_number(
        w, cs_part_fate_names[f], (double)cs_build_count(build, (CsPartFate)f));
  cs_json_put_number(w, "missed", (double)build->n_missed);
  cs_json_put_number(w, "pairs_off", (double)build->n_off);
}

CsStatus
cs_build_report_json(
    CsArena *arena, const CsCourseBuild *build, const char **json)
{
  char key[32];
  const CsCoursePlan *plan = &build->plan;
  CsText text              = cs_text_new(arena);
  CsJsonWriter w           = cs_json_writer(&text, true);
  cs_key_name(plan->home.key, key);
  cs_json_begin_object(&w, NULL);
  cs_json_put_string(&w, "title", build->file.title);
  cs_json_put_number(&w, "theme_seed", build->file.theme_seed);
  cs_json_put_string(&w, "style", plan->home.style);
  cs_json_put_string(&w, "key", key);
  cs_json_put_string(&w, "engine", build->ground.engine);
  put_counts(&w, build);
  cs_json_begin_array(&w, "modules");
  for (size_t i = 0; i < plan->n_units; i++)
    put_unit(&w, build, &plan->units[i]);
  cs_json_end_array(&w);
  cs_json_begin_array(&w, "pairs");
  for (size_t i = 0; i < plan->n_pairs; i++)
    put_pair(&w, build, &plan->pairs[i]);
  cs_json_end_array(&w);
  put_texts(&w, "problems", &build->problems);
  cs_json_end_object(&w);
  cs_text_add(&text, "\n");
  return cs_text_take(&text, json);
}

// ---- A table ----------------------------------------------------------------

/// Columns of a text, where every character takes one.
static int
columns(const char *text)
{
  int n = 0;
  for (const char *p = text; *p != '\0'; p++)
    n += ((unsigned char)*p & 0xc0U) != 0x80U;
  return n;
}

static void
add_column(CsText *text, const char *word, int width)
{
  cs_text_addf(text, "%s%*s", word,
      width > columns(word) ? width - columns(word) + 2 : 2, "");
}

static int
widest(int width, const char *word)
{
  const int n = columns(word);
  return n > width && n <= MOST_COLUMN ? n : width;
}

static const char *
length_text(double seconds, char text[32])
{
  const int minutes = (int)(seconds / 60.0);
  (void)snprintf(
      text, 32, "%d:%05.2f", minutes, seconds - 60.0 * (double)minutes);
  return text;
}

typedef struct Widths {
  int module, part;
} Widths;

static void
add_row(CsText *text, const CsPartRow *row, Widths widths)
{
  char length[32] = "", lufs[32] = "";
  const CsBuilt *built = row->built;
  if (built != NULL) {
    (void)length_text(built->duration_s, length);
    (void)snprintf(lufs, sizeof lufs, "%.1f", built->lufs);
  }
  add_column(text, row->unit->module->name, widths.module);
  add_column(text, row->piece->part->name, widths.part);
  add_column(text, cs_part_fate_names[row->fate], 6);
  add_column(text, length, 8);
  add_column(text, lufs, 5);
  if (row->fate == CS_PART_FAILED)
    cs_text_add(text, "see below");
  else
    cs_text_add(text, row->why != NULL ? row->why : "up to date");
  if (built != NULL && built->missed[0] != '\0')
    cs_text_addf(text, "; misses %s", built->missed);
  cs_text_add(text, "\n");
}

static void
add_rows(CsText *text, const CsCourseBuild *build)
{
  Widths widths = {columns("module"), columns("part")};
  for (size_t i = 0; i < build->n_rows; i++) {
    widths.module = widest(widths.module, build->rows[i].unit->module->name);
    widths.part   = widest(widths.part, build->rows[i].piece->part->name);
  }
  add_column(text, "module", widths.module);
  add_column(text, "part", widths.part);
  cs_text_add(text, "status  length    LUFS   why\n");
  for (size_t i = 0; i < build->n_rows; i++)
    add_row(text, &build->rows[i], widths);
}

static void
add_pair(CsText *text, const CsCourseBuild *build, const CsCoursePair *pair,
    int width)
{
  const CsCourseUnit *units = build->plan.units;
  const CsRelation *r       = &pair->relation;
  add_column(text, units[pair->a].module->name, width);
  add_column(text, units[pair->b].module->name, width);
  if (r->has_tunes)
    cs_text_addf(text, "tune %.2f  ", r->similarity);
  else
    cs_text_add(text, "tune none  ");
  cs_text_addf(text, "tempo %.3f  ", r->tempo_ratio);
  cs_text_addf(text, "palette %.2f  ", r->same_style ? r->palette : 0.0);
  cs_text_addf(
      text, "key %s%s\n", key_words(r), cs_relation_holds(r) ? "" : "  MISSED");
}

/// The pairs that miss something always, all where they are few.
static void
add_pairs(CsText *text, const CsCourseBuild *build)
{
  const CsCoursePlan *plan = &build->plan;
  const bool all           = plan->n_pairs <= MOST_PAIR_LINES;
  int width                = 0;
  for (size_t i = 0; i < plan->n_units; i++)
    width = widest(width, plan->units[i].module->name);
  for (size_t i = 0; i < plan->n_pairs; i++)
    if (all || !cs_relation_holds(&plan->pairs[i].relation))
      add_pair(text, build, &plan->pairs[i], width);
}

/// How far the figures of all pairs reach.
static void
add_ranges(CsText *text, const CsCourseBuild *build)
{
  double low = 2.0, high = 0.0, ratio = 1.0;
  for (size_t i = 0; i < build->plan.n_pairs; i++) {
    const CsRelation *r = &build->plan.pairs[i].relation;
    ratio               = fmax(ratio, r->tempo_ratio);
    if (!r->has_tunes)
      continue;
    low  = fmin(low, r->similarity);
    high = fmax(high, r->similarity);
  }
  cs_text_addf(text, "%zu pairs of modules, %zu not as asked",
      build->plan.n_pairs, build->n_off);
  if (low <= high)
    cs_text_addf(text, "; tunes %.2f..%.2f alike", low, high);
  cs_text_addf(text, ", tempo within %.1f %%\n", 100.0 * (ratio - 1.0));
}

CsStatus
cs_build_report_table(
    CsArena *arena, const CsCourseBuild *build, const char **text)
{
  CsText table = cs_text_new(arena);
  if (build->state.was_damaged)
    cs_text_addf(&table,
        "%s in the folder is damaged; all parts are built anew\n",
        CS_STATE_NAME);
  add_rows(&table, build);
  if (build->plan.n_pairs > 0) {
    cs_text_add(&table, "\n");
    add_pairs(&table, build);
    add_ranges(&table, build);
  }
  cs_text_addf(&table, "\n%zu parts:", build->n_rows);
  for (int f = 0; f < CS_N_PART_FATES; f++)
    if (f != CS_PART_DUE || cs_build_count(build, CS_PART_DUE) > 0)
      cs_text_addf(&table, " %zu %s%s", cs_build_count(build, (CsPartFate)f),
          cs_part_fate_names[f], f == CS_PART_FAILED ? "\n" : ",");
  return cs_text_take(&table, text);
}
