#include "soundfonts/recipe.h"

#include "gen/base/file.h"

#include <string.h>

enum { MAX_RECIPE_BYTES = 1 << 20, MAX_NAME = 20 };

const char *const cs_source_names[CS_N_SOURCES] = {
    [CS_SOURCE_FLUID]     = "fluid",
    [CS_SOURCE_MUSESCORE] = "musescore",
    [CS_SOURCE_HOUSE]     = "house",
};

/// A row as it stands in the file.
typedef struct Row {
  CsBankPreset preset;
  const CsJson *mends;
} Row;

#define AT(member) offsetof(Row, member)

static const CsField row_fields[] = {
    {"name", CS_FIELD_STRING, AT(preset.name), .what = "name",
        .required = true},
    {"bank", CS_FIELD_INT, AT(preset.bank), 0, 128, "bank"},
    {"program", CS_FIELD_INT, AT(preset.program), 0, 127, "program",
        .required = true},
    {"source", CS_FIELD_ENUM, AT(preset.source), .what = "source",
        .names = cs_source_names, .n_names = CS_N_SOURCES, .required = true},
    {"from_bank", CS_FIELD_INT, AT(preset.from_bank), 0, 128, "bank"},
    {"from_program", CS_FIELD_INT, AT(preset.from_program), 0, 127, "program"},
    {"gain_db", CS_FIELD_DOUBLE, AT(preset.gain_db), -24, 24, "dB"},
    {"tune_cents", CS_FIELD_DOUBLE, AT(preset.tune_cents), -200, 200, "cents"},
    {"harmonics", CS_FIELD_DOUBLE, AT(preset.harmonics), 0, 200, "harmonics"},
    {"darken_cents", CS_FIELD_DOUBLE, AT(preset.darken_cents), 0, 9600,
        "cents"},
    {"release_ms", CS_FIELD_DOUBLE, AT(preset.release_ms), 0, 20000, "ms"},
    {"seconds", CS_FIELD_DOUBLE, AT(preset.seconds), 0, 60, "s"},
    {"keys", CS_FIELD_RANGE, AT(preset.keys), 0, 127, "keys", .required = true},
    {"every", CS_FIELD_INT, AT(preset.every), 1, 12, "sampled pitches"},
    {"up_to_velocity", CS_FIELD_INT, AT(preset.up_to_velocity), 1, 127,
        "velocity"},
    {"one_side", CS_FIELD_BOOL, AT(preset.one_side), .what = "true or false"},
    {"mends", CS_FIELD_NODE, AT(mends), .what = "rows of [key, cents, dB]"},
    {"why", CS_FIELD_STRING, AT(preset.why), .what = "reason",
        .required = true},
};

typedef struct File {
  const CsJson *presets;
} File;

static const CsField file_fields[] = {
    {"presets", CS_FIELD_NODE, offsetof(File, presets),
        .what = "list of presets", .required = true},
};

#define N_OF(table) (sizeof(table) / sizeof *(table))

static CsStatus
read_mend(CsArena *arena, const CsJson *node, CsBankMend *mend)
{
  static const double limits[3][2] = {{0, 127}, {-99, 99}, {-12, 12}};
  double x[3]                      = {0.0};
  if (node->kind != CS_JSON_ARRAY || node->n_children != 3)
    return cs_json_fail(arena, node, "a mend is [key, cents, dB]");
  for (const CsJson *n = node->first; n != NULL; n = n->next) {
    if (n->kind != CS_JSON_NUMBER || !(n->number >= limits[n->index][0]) ||
        !(n->number <= limits[n->index][1]))
      return cs_json_fail(arena, n, "is outside %g..%g", limits[n->index][0],
          limits[n->index][1]);
    x[n->index] = n->number;
  }
  *mend = (CsBankMend){(int)x[0], x[1], x[2]};
  return CS_OK;
}

static CsStatus
read_mends(CsArena *arena, const CsJson *node, CsBankPreset *preset)
{
  if (node == NULL)
    return CS_OK;
  if (node->kind != CS_JSON_ARRAY)
    return cs_json_fail(arena, node, "a list of [key, cents, dB] is wanted");
  CsBankMend *mends = CS_NEW_N(arena, CsBankMend, node->n_children);
  CS_TRY_NEW(mends);
  for (const CsJson *n = node->first; n != NULL; n = n->next)
    CS_TRY(read_mend(arena, n, &mends[preset->n_mends++]));
  preset->mends = mends;
  return CS_OK;
}

static CsStatus
read_row(CsArena *arena, const CsJson *node, const CsRecipe *before,
    CsBankPreset *preset)
{
  Row row = {.preset = {.from_bank = -1,
                 .from_program     = -1,
                 .every            = 1,
                 .up_to_velocity   = 127}};
  CS_TRY(cs_json_read(arena, node, row_fields, N_OF(row_fields), &row));
  CS_TRY(read_mends(arena, row.mends, &row.preset));
  if (row.preset.from_bank < 0)
    row.preset.from_bank = row.preset.bank;
  if (row.preset.from_program < 0)
    row.preset.from_program = row.preset.program;
  if (strlen(row.preset.name) > MAX_NAME)
    return cs_json_fail(arena, node, "a name has at most %d letters", MAX_NAME);
  for (size_t i = 0; i < before->n_presets; i++)
    if (before->presets[i].bank == row.preset.bank &&
        before->presets[i].program == row.preset.program)
      return cs_json_fail(arena, node, "bank %d program %d is \"%s\" already",
          row.preset.bank, row.preset.program, before->presets[i].name);
  *preset = row.preset;
  return CS_OK;
}

CsStatus
cs_recipe_read(CsArena *arena, const char *name, const char *text,
    size_t n_bytes, CsRecipe **recipe)
{
  const CsJson *root = NULL;
  File file          = {NULL};
  CS_TRY(cs_json_parse(arena, name, text, n_bytes, &root));
  CS_TRY(cs_json_read(arena, root, file_fields, N_OF(file_fields), &file));
  if (file.presets->kind != CS_JSON_ARRAY)
    return cs_json_fail(arena, file.presets, "a list of presets is wanted");
  CsRecipe *r = CS_NEW(arena, CsRecipe);
  CS_TRY_NEW(r);
  r->presets = CS_NEW_N(arena, CsBankPreset, file.presets->n_children);
  CS_TRY_NEW(r->presets);
  for (const CsJson *n = file.presets->first; n != NULL; n = n->next) {
    CS_TRY(read_row(arena, n, r, &r->presets[r->n_presets]));
    r->n_presets++;
  }
  *recipe = r;
  return CS_OK;
}

CsStatus
cs_recipe_load(CsArena *arena, const char *folder, CsRecipe **recipe)
{
  const char *text = NULL;
  size_t n_bytes   = 0;
  const char *path = cs_arena_printf(arena, "%s/recipe.json", folder);
  CS_TRY_NEW(path);
  CS_TRY(cs_file_read(arena, path, MAX_RECIPE_BYTES, &text, &n_bytes));
  return cs_recipe_read(arena, path, text, n_bytes, recipe);
}
