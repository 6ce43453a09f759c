#include "gen/presets/reading.h"

#include <stddef.h>
#include <string.h>

enum { KIT_BANK = 128, MAX_INSTRUMENTS = 512 };

/// An instrument as the file writes it.
typedef struct Row {
  CsInstrument made;
  double range[2];
  double sweet[2];
  int sustain;
  const char *drum;
} Row;

static const char *const sustain_names[] = {
    [CS_SUSTAIN_DECAYS] = "decays",
    [CS_SUSTAIN_HELD]   = "held",
};

static const char *const grade_names[] = {"exposed", "mix", "avoid"};

#define AT(member) offsetof(Row, member)

static const CsField fields[] = {
    {.key         = "name",
        .kind     = CS_FIELD_STRING,
        .offset   = AT(made.name),
        .what     = "plain name",
        .required = true},
    {.key       = "families",
        .kind   = CS_FIELD_STRINGS,
        .offset = AT(made.families),
        .what   = "names of families"},
    {.key       = "aliases",
        .kind   = CS_FIELD_STRINGS,
        .offset = AT(made.aliases),
        .what   = "other plain names"},
    {.key       = "bank",
        .kind   = CS_FIELD_INT,
        .offset = AT(made.bank),
        .low    = 0,
        .high   = KIT_BANK,
        .what   = "bank, 128 = drum kits"},
    {.key       = "program",
        .kind   = CS_FIELD_INT,
        .offset = AT(made.program),
        .low    = 0,
        .high   = 127,
        .what   = "MIDI program, the first is 0"},
    {.key       = "drum",
        .kind   = CS_FIELD_STRING,
        .offset = AT(drum),
        .what   = "name of one drum of the kit"},
    {.key       = "range",
        .kind   = CS_FIELD_RANGE,
        .offset = AT(range),
        .low    = 0,
        .high   = 127,
        .what   = "MIDI keys it can play"},
    {.key       = "sweet",
        .kind   = CS_FIELD_RANGE,
        .offset = AT(sweet),
        .low    = 0,
        .high   = 127,
        .what   = "MIDI keys where it sounds best"},
    {.key       = "trim_db",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT(made.trim_db),
        .low    = -24,
        .high   = 24,
        .what   = "dB to be as loud as the piano"},
    {.key       = "attack_ms",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT(made.attack_ms),
        .low    = 0,
        .high   = 2000,
        .what   = "milliseconds"},
    {.key        = "sustain",
        .kind    = CS_FIELD_ENUM,
        .offset  = AT(sustain),
        .what    = "what a long note does",
        .names   = sustain_names,
        .n_names = 2},
    {.key        = "grade",
        .kind    = CS_FIELD_ENUM,
        .offset  = AT(made.grade),
        .what    = "how well it holds up",
        .names   = grade_names,
        .n_names = 3},
};

/// Take over a pair of keys, which must be whole numbers.
static CsStatus
take_keys(CsArena *arena, const CsJson *object, const char *key,
    const double from[2], int to[2])
{
  for (int i = 0; i < 2; i++) {
    to[i] = (int)from[i];
    if ((double)to[i] != from[i])
      return cs_json_fail(
          arena, cs_json_member(object, key), "a MIDI key is a whole number");
  }
  return CS_OK;
}

static CsStatus
finish_drum(CsArena *arena, const CsJson *object, Row *row)
{
  CsInstrument *made = &row->made;
  made->bank         = KIT_BANK;
  CS_TRY(cs_drum_key_read(
      arena, cs_json_member(object, "drum"), row->drum, &made->drum_key));
  made->range[0] = made->range[1] = made->drum_key;
  made->sweet[0] = made->sweet[1] = made->drum_key;
  return CS_OK;
}

static CsStatus
finish(CsArena *arena, const CsJson *object, Row *row)
{
  CsInstrument *made = &row->made;
  made->sustain      = (CsSustain)row->sustain;
  if (row->drum != NULL)
    return finish_drum(arena, object, row);
  CS_TRY(take_keys(arena, object, "range", row->range, made->range));
  memcpy(made->sweet, made->range, sizeof made->sweet);
  const CsJson *sweet = cs_json_member(object, "sweet");
  if (sweet != NULL)
    CS_TRY(take_keys(arena, object, "sweet", row->sweet, made->sweet));
  if (made->sweet[0] < made->range[0] || made->sweet[1] > made->range[1])
    return cs_json_fail(arena, sweet, "%d..%d is outside the range %d..%d",
        made->sweet[0], made->sweet[1], made->range[0], made->range[1]);
  return CS_OK;
}

/// The instrument of the layer below whose place it takes, or none.
static bool
takes_place_of(const CsInstrument *made, const CsInstrument *other,
    const CsPresets *presets)
{
  return other != NULL && strcmp(made->name, other->name) == 0 &&
         (size_t)(other - presets->instruments) < presets->below.n_instruments;
}

/// Whether a plain name is taken already, by a name or an alias.
static CsStatus
want_free(CsArena *arena, const CsJson *object, const CsInstrument *made,
    const char *name, const CsPresets *presets)
{
  const CsInstrument *other = cs_find_instrument(presets, name);
  if (other == NULL || takes_place_of(made, other, presets))
    return CS_OK;
  return cs_json_fail(arena, object,
      "\"%s\" stands for the instrument \"%s\" already; take another name",
      name, other->name);
}

static CsStatus
want_unique(CsArena *arena, const CsJson *object, const CsInstrument *made,
    const CsPresets *presets)
{
  CS_TRY(want_free(arena, object, made, made->name, presets));
  for (size_t i = 0; i < made->aliases.n; i++)
    CS_TRY(want_free(arena, object, made, made->aliases.items[i], presets));
  const CsInstrument *other =
      cs_instrument_of_program(presets, made->bank, made->program);
  if (made->drum_key < 0 && other != NULL && other->drum_key < 0 &&
      !takes_place_of(made, other, presets))
    return cs_json_fail(arena, object,
        "bank %d program %d belongs to \"%s\" already", made->bank,
        made->program, other->name);
  return CS_OK;
}

static CsStatus
read_one(CsArena *arena, const CsJson *object, CsPresets *presets)
{
  Row row = {.made = {.drum_key = -1}, .range = {0, 127}, .sweet = {0, 127}};
  CS_TRY(cs_json_read(arena, object, fields, CS_N_ROWS(fields), &row));
  CS_TRY(finish(arena, object, &row));
  CS_TRY(want_unique(arena, object, &row.made, presets));
  const CsInstrument *other = cs_find_instrument(presets, row.made.name);
  if (other != NULL)
    presets->instruments[other - presets->instruments] = row.made;
  else
    presets->instruments[presets->n_instruments++] = row.made;
  return CS_OK;
}

CsStatus
cs_add_instruments(CsArena *arena, const CsJson *list, CsPresets *presets)
{
  void *all = presets->instruments;
  CS_TRY(cs_make_room(arena, &all, presets->n_instruments, list->n_children,
      sizeof *presets->instruments));
  presets->instruments = all;
  for (const CsJson *e = list->first; e != NULL; e = e->next)
    CS_TRY(read_one(arena, e, presets));
  return CS_OK;
}

CsStatus
cs_read_instruments(CsArena *arena, const CsJson *root, CsPresets *presets)
{
  const CsJson *list = NULL;
  CS_TRY(cs_read_list_file(arena, root, "instruments", "list of instruments",
      MAX_INSTRUMENTS, &list));
  return cs_add_instruments(arena, list, presets);
}

// ---- Questions --------------------------------------------------------------

const CsInstrument *
cs_find_instrument(const CsPresets *presets, const char *name)
{
  for (size_t i = 0; i < presets->n_instruments; i++)
    if (cs_same(presets->instruments[i].name, name))
      return &presets->instruments[i];
  for (size_t i = 0; i < presets->n_instruments; i++)
    if (cs_strings_have(&presets->instruments[i].aliases, name))
      return &presets->instruments[i];
  return NULL;
}

const CsInstrument *
cs_instrument_of_program(const CsPresets *presets, int bank, int program)
{
  const CsInstrument *drum = NULL;
  for (size_t i = 0; i < presets->n_instruments; i++) {
    const CsInstrument *it = &presets->instruments[i];
    if (it->bank != bank || it->program != program)
      continue;
    if (it->drum_key < 0)
      return it;
    if (drum == NULL)
      drum = it;
  }
  return drum;
}

bool
cs_instrument_is(const CsInstrument *instrument, const char *name)
{
  return cs_same(instrument->name, name) ||
         cs_strings_have(&instrument->aliases, name) ||
         cs_strings_have(&instrument->families, name) ||
         (instrument->drum_key >= 0 &&
             cs_drum_key_is(instrument->drum_key, name));
}
