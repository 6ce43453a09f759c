// Reads presets/moods.json: what a mood word asks of mode, tempo and chords.

#include "gen/presets/reading.h"

#include <stddef.h>
#include <string.h>

enum { MAX_MOODS = 256 };

/// A mood as the file writes it.
typedef struct Row {
  CsMood made;
  CsStrings modes;
} Row;

#define AT(member) offsetof(Row, member)

static const CsField fields[] = {
    {.key         = "words",
        .kind     = CS_FIELD_STRINGS,
        .offset   = AT(made.words),
        .what     = "mood words of the grammar, or genres and uses",
        .required = true},
    {.key         = "modes",
        .kind     = CS_FIELD_STRINGS,
        .offset   = AT(modes),
        .what     = "modes, the usual one first",
        .required = true},
    {.key         = "tempo_bpm",
        .kind     = CS_FIELD_RANGE,
        .offset   = AT(made.tempo_bpm),
        .low      = 30,
        .high     = 300,
        .what     = "beats per minute",
        .required = true},
    {.key         = "progressions",
        .kind     = CS_FIELD_STRINGS,
        .offset   = AT(made.progressions),
        .what     = "ids of progressions that suit it",
        .required = true},
};

static CsStatus
read_modes(CsArena *arena, const CsJson *list, CsMood *mood)
{
  if (list->n_children == 0 || list->n_children > CS_MAX_MOOD_MODES)
    return cs_json_fail(arena, list, "%zu modes; allowed are 1..%d",
        list->n_children, CS_MAX_MOOD_MODES);
  for (const CsJson *at = list->first; at != NULL; at = at->next) {
    const int mode = cs_name_index(at->string, cs_mode_names, CS_N_MODES);
    if (mode < 0)
      return cs_json_fail(arena, at, "\"%s\" is no mode", at->string);
    mood->modes[mood->n_modes++] = (CsMode)mode;
  }
  return CS_OK;
}

static CsStatus
want_progressions(CsArena *arena, const CsJson *list, const CsPresets *presets)
{
  const CsProgression *found = NULL;
  for (const CsJson *at = list->first; at != NULL; at = at->next)
    CS_TRY(cs_want_progression(arena, at, presets, &found));
  return CS_OK;
}

static CsStatus
want_new_words(CsArena *arena, const CsJson *list, const CsPresets *presets)
{
  for (const CsJson *at = list->first; at != NULL; at = at->next)
    if (cs_find_mood(presets, at->string) != NULL)
      return cs_json_fail(
          arena, at, "the word \"%s\" has a mood already", at->string);
  return CS_OK;
}

CsStatus
cs_read_mood_table(CsArena *arena, const CsJson *root, CsPresets *presets)
{
  const CsJson *list = NULL;
  CS_TRY(cs_read_list_file(
      arena, root, "moods", "list of moods", MAX_MOODS, &list));
  presets->moods = CS_NEW_N(arena, CsMood, list->n_children);
  CS_TRY_NEW(presets->moods);
  for (const CsJson *at = list->first; at != NULL; at = at->next) {
    Row row = {0};
    CS_TRY(cs_json_read(arena, at, fields, CS_N_ROWS(fields), &row));
    CS_TRY(want_new_words(arena, cs_json_member(at, "words"), presets));
    CS_TRY(read_modes(arena, cs_json_member(at, "modes"), &row.made));
    CS_TRY(
        want_progressions(arena, cs_json_member(at, "progressions"), presets));
    presets->moods[presets->n_moods++] = row.made;
  }
  return CS_OK;
}

// ---- Questions --------------------------------------------------------------

const CsMood *
cs_find_mood(const CsPresets *presets, const char *word)
{
  for (size_t i = 0; i < presets->n_moods; i++)
    for (size_t k = 0; k < presets->moods[i].words.n; k++)
      if (strcmp(presets->moods[i].words.items[k], word) == 0)
        return &presets->moods[i];
  return NULL;
}

CsMoods
cs_moods_of_words(
    const CsPresets *presets, const CsStrings *const *lists, size_t n_lists)
{
  CsMoods found = {.n = 0};
  for (size_t i = 0; i < n_lists; i++)
    for (size_t k = 0; k < lists[i]->n && found.n < CS_MAX_MOODS_FOUND; k++) {
      const CsMood *mood = cs_find_mood(presets, lists[i]->items[k]);
      bool is_new        = mood != NULL;
      for (size_t m = 0; m < found.n; m++)
        is_new &= found.items[m] != mood;
      if (is_new)
        found.items[found.n++] = mood;
    }
  return found;
}

bool
cs_moods_tempo(const CsMoods *moods, double bpm[2])
{
  double low = 0.0, high = 1e9, middle = 0.0;
  for (size_t i = 0; i < moods->n; i++) {
    const double *range = moods->items[i]->tempo_bpm;
    low                 = range[0] > low ? range[0] : low;
    high                = range[1] < high ? range[1] : high;
    middle += 0.5 * (range[0] + range[1]) / (double)moods->n;
  }
  bpm[0] = low <= high ? low : middle;
  bpm[1] = low <= high ? high : middle;
  return moods->n > 0;
}
