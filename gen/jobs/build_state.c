#include "gen/jobs/build_state.h"

#include "gen/base/file.h"
#include "gen/io/output.h"
#include "gen/jobs/inside.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_STATE_BYTES = 64 << 20, STATE_VERSION = 1 };

#define BUILT(member) offsetof(CsBuilt, member)
#define TEXT_ROW(name, member)                                                 \
  {                                                                            \
    .key = (name), .kind = CS_FIELD_STRING, .offset = BUILT(member),           \
    .what = "text", .required = true                                           \
  }
#define NUMBER_ROW(name, member)                                               \
  {                                                                            \
    .key = (name), .kind = CS_FIELD_DOUBLE, .offset = BUILT(member),           \
    .low = -1e15, .high = 1e15, .what = "number", .required = true             \
  }

static const CsField built_fields[] = {
    TEXT_ROW("output", output),
    TEXT_ROW("request", request),
    TEXT_ROW("engine", ground.engine),
    TEXT_ROW("presets", ground.presets),
    TEXT_ROW("bank", ground.bank),
    TEXT_ROW("sha256", sha256),
    NUMBER_ROW("bytes", n_bytes),
    NUMBER_ROW("duration_s", duration_s),
    NUMBER_ROW("lufs", lufs),
    NUMBER_ROW("true_peak_dbtp", true_peak_dbtp),
    {.key       = "missed",
        .kind   = CS_FIELD_STRING,
        .offset = BUILT(missed),
        .what   = "text"},
};

typedef struct RawState {
  int version;
  const char *asked;
  const CsJson *draws, *files;
} RawState;

static const CsField state_fields[] = {
    {.key         = "state",
        .kind     = CS_FIELD_INT,
        .offset   = offsetof(RawState, version),
        .low      = STATE_VERSION,
        .high     = STATE_VERSION,
        .what     = "version of this file",
        .required = true},
    {.key       = "asked",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawState, asked),
        .what   = "hash"},
    {.key       = "draws",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawState, draws)},
    {.key         = "files",
        .kind     = CS_FIELD_NODE,
        .offset   = offsetof(RawState, files),
        .required = true},
};

static const CsField draws_fields[] = {
    {.key         = "further",
        .kind     = CS_FIELD_INT,
        .offset   = offsetof(CsUnitDraws, n_further),
        .high     = 1e6,
        .what     = "draws",
        .required = true},
    {.key         = "rerolls",
        .kind     = CS_FIELD_STRINGS,
        .offset   = offsetof(CsUnitDraws, rerolls),
        .what     = "draws of each part",
        .required = true},
};

static const char *
state_path(CsArena *arena, const char *folder)
{
  return cs_arena_printf(arena, "%s/%s", folder, CS_STATE_NAME);
}

static CsStatus
read_draws(CsArena *arena, const CsJson *list, CsCourseDraws *draws)
{
  CsRerolls rerolls;
  if (list->kind != CS_JSON_ARRAY)
    return cs_json_fail(arena, list, "a list is wanted here");
  draws->units = CS_NEW_N(arena, CsUnitDraws, list->n_children);
  CS_TRY_NEW(draws->units);
  for (const CsJson *u = list->first; u != NULL; u = u->next) {
    CsUnitDraws *unit = &draws->units[draws->n_units++];
    CS_TRY(cs_json_read(arena, u, draws_fields,
        sizeof draws_fields / sizeof *draws_fields, unit));
    for (size_t i = 0; i < unit->rerolls.n; i++)
      CS_TRY(cs_rerolls_parse(arena, unit->rerolls.items[i], &rerolls));
  }
  return CS_OK;
}

static CsStatus
read_state(CsArena *arena, const char *path, CsBuildState *state)
{
  const char *text   = NULL;
  size_t n_bytes     = 0;
  const CsJson *root = NULL;
  RawState raw       = {0};
  CS_TRY(cs_file_read(arena, path, MAX_STATE_BYTES, &text, &n_bytes));
  CS_TRY(cs_json_parse(arena, path, text, n_bytes, &root));
  CS_TRY(cs_json_read(arena, root, state_fields,
      sizeof state_fields / sizeof *state_fields, &raw));
  if (raw.asked != NULL && raw.draws != NULL) {
    state->draws.asked = raw.asked;
    CS_TRY(read_draws(arena, raw.draws, &state->draws));
  }
  if (raw.files->kind != CS_JSON_ARRAY)
    return cs_json_fail(arena, raw.files, "a list is wanted here");
  for (const CsJson *f = raw.files->first; f != NULL; f = f->next) {
    CsBuilt built = {.missed = ""};
    CS_TRY(cs_json_read(arena, f, built_fields,
        sizeof built_fields / sizeof *built_fields, &built));
    CS_TRY(cs_build_state_put(arena, state, &built));
  }
  return CS_OK;
}

CsStatus
cs_build_state_read(CsArena *arena, const char *folder, CsBuildState *state)
{
  const char *path = state_path(arena, folder);
  *state           = (CsBuildState){0};
  CS_TRY_NEW(path);
  if (access(path, F_OK) != 0)
    return CS_OK;
  const CsStatus status = read_state(arena, path, state);
  if (status != CS_ERR_REQUEST)
    return status;
  cs_arena_clear_error(arena);
  *state = (CsBuildState){.was_damaged = true};
  return CS_OK;
}

const CsBuilt *
cs_build_state_find(const CsBuildState *state, const char *output)
{
  for (size_t i = 0; i < state->n; i++)
    if (strcmp(state->items[i].output, output) == 0)
      return &state->items[i];
  return NULL;
}

CsStatus
cs_build_state_put(CsArena *arena, CsBuildState *state, const CsBuilt *built)
{
  void *items = state->items;
  for (size_t i = 0; i < state->n; i++)
    if (strcmp(state->items[i].output, built->output) == 0) {
      state->items[i] = *built;
      return CS_OK;
    }
  CS_TRY(cs_arena_grow(
      arena, &items, &state->capacity, state->n + 1, sizeof *built));
  state->items             = items;
  state->items[state->n++] = *built;
  return CS_OK;
}

static int
by_output(const void *a, const void *b)
{
  return strcmp(((const CsBuilt *)a)->output, ((const CsBuilt *)b)->output);
}

static void
write_built(CsJsonWriter *w, const CsBuilt *b)
{
  cs_json_begin_object(w, NULL);
  cs_json_put_string(w, "output", b->output);
  cs_json_put_string(w, "request", b->request);
  cs_json_put_string(w, "engine", b->ground.engine);
  cs_json_put_string(w, "presets", b->ground.presets);
  cs_json_put_string(w, "bank", b->ground.bank);
  cs_json_put_string(w, "sha256", b->sha256);
  cs_json_put_number(w, "bytes", b->n_bytes);
  cs_json_put_number(w, "duration_s", b->duration_s);
  cs_json_put_number(w, "lufs", b->lufs);
  cs_json_put_number(w, "true_peak_dbtp", b->true_peak_dbtp);
  if (b->missed[0] != '\0')
    cs_json_put_string(w, "missed", b->missed);
  cs_json_end_object(w);
}

static void
write_draws(CsJsonWriter *w, const CsCourseDraws *draws)
{
  cs_json_put_string(w, "asked", draws->asked);
  cs_json_begin_array(w, "draws");
  for (size_t u = 0; u < draws->n_units; u++) {
    cs_json_begin_object(w, NULL);
    cs_json_put_number(w, "further", draws->units[u].n_further);
    cs_json_begin_array(w, "rerolls");
    for (size_t i = 0; i < draws->units[u].rerolls.n; i++)
      cs_json_put_string(w, NULL, draws->units[u].rerolls.items[i]);
    cs_json_end_array(w);
    cs_json_end_object(w);
  }
  cs_json_end_array(w);
}

CsStatus
cs_build_state_write(CsArena *arena, const char *folder, CsBuildState *state)
{
  CsText text      = cs_text_new(arena);
  CsJsonWriter w   = cs_json_writer(&text, true);
  const char *json = NULL;
  const char *path = NULL;
  CsOutputs *files = NULL;
  CS_TRY(cs_inside_path(arena, folder, "state", CS_STATE_NAME, &path));
  if (state->n > 1)
    qsort(state->items, state->n, sizeof *state->items, by_output);
  cs_json_begin_object(&w, NULL);
  cs_json_put_number(&w, "state", STATE_VERSION);
  if (state->draws.asked != NULL)
    write_draws(&w, &state->draws);
  cs_json_begin_array(&w, "files");
  for (size_t i = 0; i < state->n; i++)
    write_built(&w, &state->items[i]);
  cs_json_end_array(&w);
  cs_json_end_object(&w);
  cs_text_add(&text, "\n");
  CS_TRY(cs_text_take(&text, &json));
  CS_TRY(cs_outputs_new(arena, &files));
  CsStatus status = cs_outputs_put(arena, files, path, json, strlen(json));
  if (status == CS_OK)
    status = cs_outputs_commit(arena, files);
  cs_outputs_free(files);
  return status;
}
