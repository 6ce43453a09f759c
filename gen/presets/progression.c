#include "gen/presets/reading.h"

#include <stddef.h>
#include <string.h>

enum { MAX_PROGRESSIONS = 512, MAX_BARS = 64, MAX_CHORDS_IN_BAR = 4 };

/// A progression as the file writes it.
typedef struct Row {
  CsProgression made;
  const char *chords;
  const char *cadence;
} Row;

#define AT(member) offsetof(Row, member)

static const CsField fields[] = {
    {.key         = "id",
        .kind     = CS_FIELD_STRING,
        .offset   = AT(made.id),
        .what     = "short name",
        .required = true},
    {.key         = "name",
        .kind     = CS_FIELD_STRING,
        .offset   = AT(made.name),
        .what     = "what it sounds like",
        .required = true},
    {.key         = "chords",
        .kind     = CS_FIELD_STRING,
        .offset   = AT(chords),
        .what     = "bars like \"I | V | vi | IV\"",
        .required = true},
    {.key         = "cadence",
        .kind     = CS_FIELD_STRING,
        .offset   = AT(cadence),
        .what     = "bars that end it",
        .required = true},
    {.key         = "modes",
        .kind     = CS_FIELD_ENUMS,
        .offset   = AT(made.modes),
        .what     = "modes",
        .names    = cs_mode_names,
        .n_names  = CS_N_MODES,
        .required = true},
    {.key         = "arousal",
        .kind     = CS_FIELD_RANGE,
        .offset   = AT(made.arousal),
        .low      = -1,
        .high     = 1,
        .what     = "calm -1 .. excited 1",
        .required = true},
};

/// Every symbol of a bar is a chord; "%" alone holds the bar before.
static CsStatus
want_chords(CsArena *arena, const CsJson *node, const char *bar, bool is_first)
{
  if (strcmp(bar, "%") == 0 && !is_first)
    return CS_OK;
  int n_chords = 0;
  for (const char *p = bar; *p != '\0';) {
    const size_t n     = strcspn(p, " ");
    const char *symbol = cs_arena_copy(arena, p, n);
    CS_TRY_NEW(symbol);
    CsChord chord;
    if (!cs_chord_parse(symbol, &chord))
      return cs_json_fail(arena, node,
          "\"%s\" is no chord; write like IV, V7/3, iiø, bVImaj7", symbol);
    if (++n_chords > MAX_CHORDS_IN_BAR)
      return cs_json_fail(arena, node, "more than %d chords in the bar \"%s\"",
          MAX_CHORDS_IN_BAR, bar);
    p += n + strspn(p + n, " ");
  }
  return CS_OK;
}

/// Cut "I | IV V | %" at the bar strokes.
static CsStatus
split_bars(
    CsArena *arena, const CsJson *node, const char *text, CsStrings *bars)
{
  *bars = (CsStrings){.items = CS_NEW_N(arena, const char *, MAX_BARS)};
  CS_TRY_NEW(bars->items);
  const char *p = text;
  for (;;) {
    p += strspn(p, " ");
    const size_t n_all = strcspn(p, "|");
    size_t n           = n_all;
    while (n > 0 && p[n - 1] == ' ')
      n--;
    if (n == 0)
      return cs_json_fail(arena, node, "a bar is empty; \"%%\" holds a chord");
    if (bars->n == MAX_BARS)
      return cs_json_fail(arena, node, "more than %d bars", MAX_BARS);
    const char *bar = cs_arena_copy(arena, p, n);
    CS_TRY_NEW(bar);
    CS_TRY(want_chords(arena, node, bar, bars->n == 0));
    bars->items[bars->n++] = bar;
    if (p[n_all] == '\0')
      return CS_OK;
    p += n_all + 1;
  }
}

static CsStatus
read_one(CsArena *arena, const CsJson *object, CsPresets *presets)
{
  Row row = {0};
  CS_TRY(cs_json_read(arena, object, fields, CS_N_ROWS(fields), &row));
  const CsProgression *other = cs_find_progression(presets, row.made.id);
  const size_t at = other != NULL ? (size_t)(other - presets->progressions)
                                  : presets->n_progressions;
  if (other != NULL && at >= presets->below.n_progressions)
    return cs_json_fail(arena, object,
        "the id \"%s\" is taken by another progression", row.made.id);
  if (row.made.modes == 0)
    return cs_json_fail(
        arena, cs_json_member(object, "modes"), "at least one mode is wanted");
  CS_TRY(split_bars(
      arena, cs_json_member(object, "chords"), row.chords, &row.made.chords));
  CS_TRY(split_bars(arena, cs_json_member(object, "cadence"), row.cadence,
      &row.made.cadence));
  presets->progressions[at] = row.made;
  presets->n_progressions += other == NULL;
  return CS_OK;
}

CsStatus
cs_add_progressions(CsArena *arena, const CsJson *list, CsPresets *presets)
{
  void *all = presets->progressions;
  CS_TRY(cs_make_room(arena, &all, presets->n_progressions, list->n_children,
      sizeof *presets->progressions));
  presets->progressions = all;
  for (const CsJson *e = list->first; e != NULL; e = e->next)
    CS_TRY(read_one(arena, e, presets));
  return CS_OK;
}

CsStatus
cs_read_progressions(CsArena *arena, const CsJson *root, CsPresets *presets)
{
  const CsJson *list = NULL;
  CS_TRY(cs_read_list_file(arena, root, "progressions", "list of progressions",
      MAX_PROGRESSIONS, &list));
  return cs_add_progressions(arena, list, presets);
}

const CsProgression *
cs_find_progression(const CsPresets *presets, const char *id)
{
  for (size_t i = 0; i < presets->n_progressions; i++)
    if (strcmp(presets->progressions[i].id, id) == 0)
      return &presets->progressions[i];
  return NULL;
}

CsStatus
cs_want_progression(CsArena *arena, const CsJson *id, const CsPresets *presets,
    const CsProgression **progression)
{
  *progression = cs_find_progression(presets, id->string);
  if (*progression != NULL)
    return CS_OK;
  return cs_json_fail(arena, id,
      "the progression \"%s\" is unknown; presets/progressions.json lists them",
      id->string);
}
