#include "soundfonts/house/reading.h"

#include <string.h>

// ---- Layers -----------------------------------------------------------------

static const CsField envelope_fields[] = {
    NUMBER(CsHouseEnvelope, attack_ms, 0, 10000, "milliseconds"),
    NUMBER(CsHouseEnvelope, hold_ms, 0, 10000, "milliseconds"),
    NUMBER(CsHouseEnvelope, decay_s, 0, 40, "seconds to fall by 60 dB"),
    NUMBER(CsHouseEnvelope, decay_tracking, 0, 1, "halvings an octave"),
    NUMBER(CsHouseEnvelope, sustain_db, -96, 0, "dB"),
    NUMBER(
        CsHouseEnvelope, release_ms, 1, 20000, "milliseconds to fall by 60 dB"),
};

static const CsField filter_fields[] = {
    NUMBER(CsHouseFilter, cutoff_hz, 100, 13000, "Hz at key 60"),
    NUMBER(CsHouseFilter, tracking, 0, 1, "octaves an octave"),
    NUMBER(CsHouseFilter, resonance_db, 0, 24, "dB"),
    NUMBER(CsHouseFilter, velocity_octaves, 0, 6, "octaves"),
    NUMBER(CsHouseFilter, sweep_octaves, -6, 6, "octaves"),
    NUMBER(CsHouseFilter, sweep_attack_ms, 0, 10000, "milliseconds"),
    NUMBER(CsHouseFilter, sweep_decay_ms, 0, 20000, "milliseconds"),
    NUMBER(CsHouseFilter, sweep_sustain, 0, 1, "share of the sweep"),
};

static const CsField vibrato_fields[] = {
    NUMBER(CsVibrato, hz, 0.1, 12, "Hz"),
    NUMBER(CsVibrato, cents, 0, 100, "cents"),
    NUMBER(CsVibrato, delay_ms, 0, 5000, "milliseconds"),
};

static const char *const kind_names[] = {
    [CS_LAYER_WAVE]     = "wave",
    [CS_LAYER_PARTIALS] = "partials",
    [CS_LAYER_FM]       = "fm",
    [CS_LAYER_STRING]   = "string",
    [CS_LAYER_STROKES]  = "strokes",
};
_Static_assert(N_ROWS(kind_names) == CS_N_LAYER_KINDS, "a name for each");

typedef struct LayerRow {
  CsLayer made;
  const CsJson *wave, *partials, *fm, *string, *strokes;
  const CsJson *envelope, *filter, *vibrato;
} LayerRow;

static const CsField layer_fields[] = {
    {"level_db", CS_FIELD_DOUBLE, offsetof(LayerRow, made.level_db), -60, 20,
        "dB"},
    {"transpose", CS_FIELD_DOUBLE, offsetof(LayerRow, made.transpose), -24, 36,
        "semitones"},
    NODE(LayerRow, wave, "a steady tone from its spectrum"),
    NODE(LayerRow, partials, "partials that decay"),
    NODE(LayerRow, fm, "frequency modulation"),
    NODE(LayerRow, string, "a plucked string"),
    NODE(LayerRow, strokes, "strokes without a key"),
    NODE(LayerRow, envelope, "envelope"),
    NODE(LayerRow, filter, "filter"),
    NODE(LayerRow, vibrato, "vibrato"),
};

static CsStatus
read_source(CsArena *arena, const CsJson *node, CsLayer *layer)
{
  switch (layer->kind) {
  case CS_LAYER_WAVE:
    return cs_house_read_wave(arena, node, &layer->wave);
  case CS_LAYER_PARTIALS:
    return cs_house_read_partials(arena, node, &layer->partials);
  case CS_LAYER_FM:
    return cs_house_read_fm(arena, node, &layer->fm);
  case CS_LAYER_STRING:
    return cs_house_read_string(arena, node, &layer->string);
  case CS_LAYER_STROKES:
    return cs_house_read_strokes(arena, node, &layer->strokes);
  case CS_N_LAYER_KINDS:
    break;
  }
  return CS_OK;
}

static CsStatus
read_layer(CsArena *arena, const CsJson *node, CsLayer *layer)
{
  LayerRow row = {.made = {.envelope = {.sustain_db = -96, .release_ms = 300}}};
  CS_TRY(cs_json_read(arena, node, layer_fields, N_ROWS(layer_fields), &row));
  int n_sources        = 0;
  const CsJson *source = NULL;
  for (int kind = 0; kind < CS_N_LAYER_KINDS; kind++) {
    const CsJson *found = cs_json_member(node, kind_names[kind]);
    if (found == NULL)
      continue;
    n_sources++;
    source        = found;
    row.made.kind = (CsLayerKind)kind;
  }
  if (n_sources != 1)
    return cs_json_fail(arena, node,
        "a layer holds exactly one of \"wave\", \"partials\", \"fm\", "
        "\"string\", \"strokes\"");
  CS_TRY(read_source(arena, source, &row.made));
  if (row.envelope != NULL)
    CS_TRY(cs_json_read(arena, row.envelope, envelope_fields,
        N_ROWS(envelope_fields), &row.made.envelope));
  if (row.filter != NULL)
    CS_TRY(cs_json_read(arena, row.filter, filter_fields, N_ROWS(filter_fields),
        &row.made.filter));
  if (row.vibrato != NULL)
    CS_TRY(cs_json_read(arena, row.vibrato, vibrato_fields,
        N_ROWS(vibrato_fields), &row.made.vibrato));
  *layer = row.made;
  return CS_OK;
}

// ---- Sounds -----------------------------------------------------------------

typedef struct SoundRow {
  CsSoundRecipe made;
  double range[2], sweet[2];
  const CsJson *stands_for, *layers;
} SoundRow;

static const CsField sound_fields[] = {
    {"name", CS_FIELD_STRING, offsetof(SoundRow, made.name), .what = "name",
        .required = true},
    {"bank", CS_FIELD_INT, offsetof(SoundRow, made.bank), 1, 127, "bank"},
    {"program", CS_FIELD_INT, offsetof(SoundRow, made.program), 0, 127,
        "the nearest General MIDI program, the first is 0", .required = true},
    {"stands_for", CS_FIELD_NODE, offsetof(SoundRow, stands_for),
        .what = "programs that it can play"},
    {"range", CS_FIELD_RANGE, offsetof(SoundRow, range), 0, 127, "MIDI keys",
        .required = true},
    {"sweet", CS_FIELD_RANGE, offsetof(SoundRow, sweet), 0, 127,
        "MIDI keys where it sounds best", .required = true},
    {"zone_semitones", CS_FIELD_INT, offsetof(SoundRow, made.zone_semitones), 1,
        12, "semitones of a zone"},
    {"transposes", CS_FIELD_BOOL, offsetof(SoundRow, made.transposes),
        .what = "follows the key"},
    {"level_db", CS_FIELD_DOUBLE, offsetof(SoundRow, made.level_db), -24, 12,
        "dB against the piano"},
    {"slope_db", CS_FIELD_DOUBLE, offsetof(SoundRow, made.slope_db), -6, 6,
        "dB an octave"},
    {"layers", CS_FIELD_NODE, offsetof(SoundRow, layers), .what = "layers",
        .required = true},
};

static CsStatus
want_name(CsArena *arena, const CsJson *node, const char *name)
{
  if (strlen(name) <= 20)
    return CS_OK;
  return cs_json_fail(arena, cs_json_member(node, "name"),
      "\"%s\" is longer than the 20 bytes of a name in a soundfont", name);
}

static CsStatus
read_sound(CsArena *arena, const CsJson *node, CsSoundRecipe *sound)
{
  static const CsField programs = {
      .low = 0, .high = 127, .what = "programs, the first is 0"};
  SoundRow row = {
      .made = {.bank = 64, .zone_semitones = 5, .transposes = true}};
  CS_TRY(cs_json_read(arena, node, sound_fields, N_ROWS(sound_fields), &row));
  CS_TRY(want_name(arena, node, row.made.name));
  CS_TRY(cs_house_read_numbers(
      arena, row.stands_for, &programs, &row.made.stands_for));
  CS_TRY(cs_house_want_list(arena, row.layers, "layers", 1));
  for (int i = 0; i < 2; i++) {
    row.made.range[i] = (int)row.range[i];
    row.made.sweet[i] = (int)row.sweet[i];
  }
  if (row.made.sweet[0] < row.made.range[0] ||
      row.made.sweet[1] > row.made.range[1])
    return cs_json_fail(arena, cs_json_member(node, "sweet"),
        "%d..%d is outside the range %d..%d", row.made.sweet[0],
        row.made.sweet[1], row.made.range[0], row.made.range[1]);
  CsLayer *layers = CS_NEW_N(arena, CsLayer, row.layers->n_children);
  CS_TRY_NEW(layers);
  for (const CsJson *e = row.layers->first; e != NULL; e = e->next)
    CS_TRY(read_layer(arena, e, &layers[row.made.n_layers++]));
  row.made.layers = layers;
  *sound          = row.made;
  return CS_OK;
}

// ---- Kits -------------------------------------------------------------------

typedef struct DrumRow {
  CsDrumRecipe made;
  const CsJson *filter, *strokes;
} DrumRow;

static const CsField drum_fields[] = {
    {"name", CS_FIELD_STRING, offsetof(DrumRow, made.name), .what = "name",
        .required = true},
    {"level_db", CS_FIELD_DOUBLE, offsetof(DrumRow, made.level_db), -30, 12,
        "dB against the piano"},
    {"release_ms", CS_FIELD_DOUBLE, offsetof(DrumRow, made.release_ms), 1,
        20000, "milliseconds to fall by 60 dB"},
    NODE(DrumRow, filter, "filter"),
    {"strokes", CS_FIELD_NODE, offsetof(DrumRow, strokes), .what = "strokes",
        .required = true},
};

static CsStatus
read_drum(CsArena *arena, const CsJson *node, CsDrumRecipe *drum)
{
  DrumRow row = {.made = {.release_ms = 20000}};
  CS_TRY(cs_json_read(arena, node, drum_fields, N_ROWS(drum_fields), &row));
  CS_TRY(want_name(arena, node, row.made.name));
  CS_TRY(cs_house_read_strokes(arena, row.strokes, &row.made.strokes));
  if (row.filter != NULL)
    CS_TRY(cs_json_read(arena, row.filter, filter_fields, N_ROWS(filter_fields),
        &row.made.filter));
  *drum = row.made;
  return CS_OK;
}

static const CsField key_fields[] = {
    {"key", CS_FIELD_INT, offsetof(CsKitKey, key), 0, 127,
        "key of the General MIDI percussion map", .required = true},
    NAME(CsKitKey, drum, "name of a drum of this file"),
    NUMBER(CsKitKey, tune, -24, 24, "semitones"),
    NUMBER(CsKitKey, pan, -1, 1, "-1 left to 1 right"),
    WHOLE(CsKitKey, choke, 0, 127, "drums of one number cut each other off"),
};

static CsStatus
read_key(CsArena *arena, const CsJson *node, const CsHouseRecipes *recipes,
    CsKitKey *key)
{
  *key = (CsKitKey){.key = 0};
  CS_TRY(cs_json_read(arena, node, key_fields, N_ROWS(key_fields), key));
  for (size_t i = 0; i < recipes->n_drums; i++)
    if (strcmp(recipes->drums[i].name, key->drum) == 0) {
      key->index = i;
      return CS_OK;
    }
  const char **names = CS_NEW_N(arena, const char *, recipes->n_drums);
  CS_TRY_NEW(names);
  for (size_t i = 0; i < recipes->n_drums; i++)
    names[i] = recipes->drums[i].name;
  const char *near = cs_nearest_word(key->drum, names, recipes->n_drums);
  return cs_json_fail(arena, cs_json_member(node, "drum"),
      "no drum of this file is called \"%s\"%s%s%s", key->drum,
      near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
      near != NULL ? "\"?" : "");
}

typedef struct KitRow {
  CsKitRecipe made;
  const CsJson *keys;
} KitRow;

static const CsField kit_fields[] = {
    {"name", CS_FIELD_STRING, offsetof(KitRow, made.name), .what = "name",
        .required = true},
    {"program", CS_FIELD_INT, offsetof(KitRow, made.program), 0, 127,
        "kit program", .required = true},
    {"keys", CS_FIELD_NODE, offsetof(KitRow, keys), .what = "keys",
        .required = true},
};

static CsStatus
read_kit(CsArena *arena, const CsJson *node, const CsHouseRecipes *recipes,
    CsKitRecipe *kit)
{
  KitRow row = {.made = {0}};
  CS_TRY(cs_json_read(arena, node, kit_fields, N_ROWS(kit_fields), &row));
  CS_TRY(want_name(arena, node, row.made.name));
  CS_TRY(cs_house_want_list(arena, row.keys, "keys", 1));
  CsKitKey *keys = CS_NEW_N(arena, CsKitKey, row.keys->n_children);
  CS_TRY_NEW(keys);
  for (const CsJson *e = row.keys->first; e != NULL; e = e->next)
    CS_TRY(read_key(arena, e, recipes, &keys[row.made.n_keys++]));
  row.made.keys = keys;
  *kit          = row.made;
  return CS_OK;
}

// ---- The file ---------------------------------------------------------------

typedef struct FileRow {
  double reference_lufs;
  const CsJson *sounds, *drums, *kits;
} FileRow;

static const CsField file_fields[] = {
    {"reference_lufs", CS_FIELD_DOUBLE, offsetof(FileRow, reference_lufs), -40,
        -6, "LUFS of a note at velocity 64 before the synthesizer's gains",
        .required = true},
    NODE(FileRow, sounds, "sounds"),
    NODE(FileRow, drums, "drums"),
    NODE(FileRow, kits, "kits"),
};

static CsStatus
make_lists(CsArena *arena, const FileRow *file, CsHouseRecipes *recipes)
{
  CS_TRY(cs_house_want_list(arena, file->sounds, "sounds", 0));
  CS_TRY(cs_house_want_list(arena, file->drums, "drums", 0));
  CS_TRY(cs_house_want_list(arena, file->kits, "kits", 0));
  const CsJson *lists[] = {file->sounds, file->drums, file->kits};
  size_t n[3];
  for (size_t i = 0; i < 3; i++)
    n[i] = lists[i] != NULL ? lists[i]->n_children : 0;
  recipes->sounds = CS_NEW_N(arena, CsSoundRecipe, n[0]);
  recipes->drums  = CS_NEW_N(arena, CsDrumRecipe, n[1]);
  recipes->kits   = CS_NEW_N(arena, CsKitRecipe, n[2]);
  return recipes->sounds == NULL || recipes->drums == NULL ||
                 recipes->kits == NULL
             ? CS_ERR_MEMORY
             : CS_OK;
}

/// The first entry of a list that may be absent.
static const CsJson *
first_of(const CsJson *list)
{
  return list != NULL ? list->first : NULL;
}

CsStatus
cs_house_read(CsArena *arena, const CsJson *root, CsHouseRecipes *recipes)
{
  FileRow file = {0};
  *recipes     = (CsHouseRecipes){0};
  CS_TRY(cs_json_read(arena, root, file_fields, N_ROWS(file_fields), &file));
  CS_TRY(make_lists(arena, &file, recipes));
  recipes->reference_lufs = file.reference_lufs;
  for (const CsJson *e = first_of(file.sounds); e != NULL; e = e->next)
    CS_TRY(read_sound(arena, e, &recipes->sounds[recipes->n_sounds++]));
  for (const CsJson *e = first_of(file.drums); e != NULL; e = e->next)
    CS_TRY(read_drum(arena, e, &recipes->drums[recipes->n_drums++]));
  for (const CsJson *e = first_of(file.kits); e != NULL; e = e->next)
    CS_TRY(read_kit(arena, e, recipes, &recipes->kits[recipes->n_kits++]));
  return CS_OK;
}
