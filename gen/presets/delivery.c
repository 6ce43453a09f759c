// Reads presets/delivery.json: how loud a cue is delivered for which purpose.

#include "gen/base/text.h"
#include "gen/presets/reading.h"

#include <stddef.h>
#include <string.h>

enum { MAX_PROFILES = 64, MAX_PARTS = 4 };

static const double quietest_lufs = -60.0, loudest_lufs = -8.0;

#define PROFILE(member) offsetof(CsProfile, member)

/// A profile as the file writes it.
typedef struct Row {
  CsProfile made;
  const CsJson *lufs;
} Row;

static const CsField fields[] = {
    {.key         = "name",
        .kind     = CS_FIELD_STRING,
        .offset   = offsetof(Row, made.name),
        .what     = "words with commas between",
        .required = true},
    {.key         = "about",
        .kind     = CS_FIELD_STRING,
        .offset   = offsetof(Row, made.about),
        .what     = "what it is for",
        .required = true},
    {.key         = "peak_dbtp",
        .kind     = CS_FIELD_DOUBLE,
        .offset   = offsetof(Row, made.peak_dbtp),
        .low      = -20,
        .high     = 0,
        .what     = "dBTP",
        .required = true},
    {.key       = "carves_speech",
        .kind   = CS_FIELD_BOOL,
        .offset = offsetof(Row, made.carves_speech)},
    {.key         = "lufs",
        .kind     = CS_FIELD_NODE,
        .offset   = offsetof(Row, lufs),
        .what     = "a loudness for each function",
        .required = true},
};

static CsStatus
read_lufs(CsArena *arena, const CsJson *object, CsProfile *profile)
{
  CsField functions[CS_N_FUNCTIONS];
  for (size_t f = 0; f < CS_N_FUNCTIONS; f++)
    functions[f] = (CsField){
        .key      = cs_function_names[f],
        .kind     = CS_FIELD_DOUBLE,
        .offset   = PROFILE(lufs) + f * sizeof *profile->lufs,
        .low      = quietest_lufs,
        .high     = loudest_lufs,
        .what     = "LUFS",
        .required = true,
    };
  return cs_json_read(arena, object, functions, CS_N_FUNCTIONS, profile);
}

CsStatus
cs_read_profiles(CsArena *arena, const CsJson *root, CsPresets *presets)
{
  const CsJson *list = NULL;
  CS_TRY(cs_read_list_file(
      arena, root, "profiles", "list of profiles", MAX_PROFILES, &list));
  presets->profiles = CS_NEW_N(arena, CsProfile, list->n_children);
  CS_TRY_NEW(presets->profiles);
  for (const CsJson *at = list->first; at != NULL; at = at->next) {
    Row row = {0};
    CS_TRY(cs_json_read(arena, at, fields, CS_N_ROWS(fields), &row));
    if (cs_find_profile(presets, row.made.name) != NULL)
      return cs_json_fail(
          arena, at, "the name \"%s\" is taken by another", row.made.name);
    CS_TRY(read_lufs(arena, row.lufs, &row.made));
    presets->profiles[presets->n_profiles++] = row.made;
  }
  return CS_OK;
}

// ---- Finding ----------------------------------------------------------------

/// The parts of "broadcast,under-speech", which point into the text. @return
/// How many; 0 where they are too many.
static size_t
split(const char *text, CsListItem parts[MAX_PARTS])
{
  size_t n = 0;
  for (const char *at = text; at != NULL;) {
    if (n == MAX_PARTS)
      return 0;
    parts[n++] = cs_list_next(&at);
  }
  return n;
}

/// Are those the same words, in any order?
static bool
has_parts(const char *name, const char *wanted)
{
  CsListItem have[MAX_PARTS], want[MAX_PARTS];
  const size_t n = split(name, have);
  if (n == 0 || n != split(wanted, want))
    return false;
  for (size_t w = 0; w < n; w++) {
    bool is_there = false;
    for (size_t h = 0; h < n; h++)
      is_there |= want[w].n == have[h].n &&
                  memcmp(want[w].text, have[h].text, want[w].n) == 0;
    if (!is_there)
      return false;
  }
  return true;
}

const CsProfile *
cs_find_profile(const CsPresets *presets, const char *name)
{
  for (size_t i = 0; i < presets->n_profiles; i++)
    if (has_parts(presets->profiles[i].name, name))
      return &presets->profiles[i];
  return NULL;
}
