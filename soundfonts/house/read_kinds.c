#include "gen/base/mathx.h"
#include "soundfonts/house/reading.h"

enum { MAX_LIST = 256 };

// ---- Lists ------------------------------------------------------------------

/// A list of `low` entries at least. @param node  NULL for none.
CsStatus
cs_house_want_list(
    CsArena *arena, const CsJson *node, const char *what, size_t low)
{
  if (node == NULL)
    return CS_OK;
  if (node->kind != CS_JSON_ARRAY)
    return cs_json_fail(arena, node, "a list of %s is wanted here", what);
  if (node->n_children < low || node->n_children > MAX_LIST)
    return cs_json_fail(
        arena, node, "%zu..%d %s are wanted here", low, MAX_LIST, what);
  return CS_OK;
}

CsStatus
cs_house_read_numbers(CsArena *arena, const CsJson *list, const CsField *limits,
    CsNumbers *numbers)
{
  CS_TRY(cs_house_want_list(arena, list, limits->what, 1));
  if (list == NULL)
    return CS_OK;
  double *items = CS_NEW_N(arena, double, list->n_children);
  CS_TRY_NEW(items);
  for (const CsJson *e = list->first; e != NULL; e = e->next) {
    if (e->kind != CS_JSON_NUMBER || e->number < limits->low ||
        e->number > limits->high)
      return cs_json_fail(arena, e, "a number %g..%g (%s) is wanted here",
          limits->low, limits->high, limits->what);
    items[numbers->n++] = e->number;
  }
  numbers->items = items;
  return CS_OK;
}

static const CsField peak_fields[] = {
    NUMBER(CsPeak, hz, 20, 16000, "Hz"),
    NUMBER(CsPeak, gain_db, -40, 40, "dB"),
    NUMBER(CsPeak, octaves, 0.05, 6, "octaves wide"),
};

static CsStatus
read_peaks(CsArena *arena, const CsJson *list, const CsPeak **peaks, size_t *n)
{
  CS_TRY(cs_house_want_list(arena, list, "peaks", 1));
  if (list == NULL)
    return CS_OK;
  CsPeak *items = CS_NEW_N(arena, CsPeak, list->n_children);
  CS_TRY_NEW(items);
  for (const CsJson *e = list->first; e != NULL; e = e->next) {
    CsPeak *p = &items[(*n)++];
    *p        = (CsPeak){1000, 0, 1};
    CS_TRY(cs_json_read(arena, e, peak_fields, N_ROWS(peak_fields), p));
  }
  *peaks = items;
  return CS_OK;
}

// ---- Kinds of synthesis -----------------------------------------------------

static const char *const wave_names[] = {
    [CS_WAVE_SAW]      = "saw",
    [CS_WAVE_PULSE]    = "pulse",
    [CS_WAVE_TRIANGLE] = "triangle",
    [CS_WAVE_SINE]     = "sine",
};
_Static_assert(N_ROWS(wave_names) == CS_N_WAVE_SOURCES, "a name for each");

typedef struct WaveRow {
  CsWaveRecipe made;
  const CsJson *peaks, *harmonics;
} WaveRow;

#define WAVE(name, low, high, what)                                            \
  {                                                                            \
    .key = #name, .kind = CS_FIELD_DOUBLE,                                     \
    .offset = offsetof(WaveRow, made.name), low, high, what                    \
  }

static const CsField wave_fields[] = {
    {"source", CS_FIELD_ENUM, offsetof(WaveRow, made.source), .what = "source",
        .names = wave_names, .n_names = N_ROWS(wave_names)},
    {"harmonics_db", CS_FIELD_NODE, offsetof(WaveRow, harmonics),
        .what = "levels of the harmonics"},
    WAVE(pulse_width, 0.02, 0.5, "share of a period"),
    WAVE(tilt_db, -24, 12, "dB an octave"),
    WAVE(low_pass_hz, 0, 20000, "Hz at key 60, 0 for none"),
    WAVE(low_pass_tracking, 0, 1, "octaves an octave"),
    WAVE(low_pass_poles, 0.5, 8, "poles"),
    WAVE(high_pass_hz, 0, 5000, "Hz"),
    {"voices", CS_FIELD_INT, offsetof(WaveRow, made.voices), 1, 16, "voices"},
    WAVE(detune_cents, 0, 60, "cents from the lowest voice to the highest"),
    WAVE(blur_cents, 0, 80, "cents"),
    WAVE(steady, 0, 1, "share of a partial that does not beat"),
    WAVE(breath_db, CS_SILENCE_DB, 20, "dB against the tone"),
    WAVE(breath_hz, 100, 10000, "Hz at key 60"),
    WAVE(breath_octaves, 0.1, 4, "octaves wide"),
    WAVE(loop_s, 0.02, 6, "seconds"),
    {"stereo", CS_FIELD_BOOL, offsetof(WaveRow, made.stereo),
        .what = "two channels"},
    {"peaks", CS_FIELD_NODE, offsetof(WaveRow, peaks), .what = "peaks"},
};

CsStatus
cs_house_read_wave(CsArena *arena, const CsJson *node, CsWaveRecipe *made)
{
  static const CsField levels = {
      .low = -100, .high = 20, .what = "levels of harmonics in dB"};
  WaveRow row = {.made = {.pulse_width = 0.5,
                     .low_pass_poles   = 2,
                     .voices           = 1,
                     .steady           = 0.7,
                     .breath_db        = CS_SILENCE_DB,
                     .breath_hz        = 1500,
                     .breath_octaves   = 1,
                     .loop_s           = 0.2}};
  CS_TRY(cs_json_read(arena, node, wave_fields, N_ROWS(wave_fields), &row));
  CS_TRY(read_peaks(arena, row.peaks, &row.made.peaks, &row.made.n_peaks));
  CS_TRY(cs_house_read_numbers(
      arena, row.harmonics, &levels, &row.made.harmonics_db));
  *made = row.made;
  return CS_OK;
}

static const CsField partial_fields[] = {
    {"ratio", CS_FIELD_DOUBLE, offsetof(CsPartial, ratio), 0.25, 40,
        "ratio to the key", .required = true},
    NUMBER(CsPartial, level_db, -80, 20, "dB"),
    NUMBER(CsPartial, decay_share, 0.005, 1, "share of the sound's decay"),
};

typedef struct PartialsRow {
  CsPartialsRecipe made;
  const CsJson *partials, *peaks;
} PartialsRow;

#define PARTIALS(name, low, high, what)                                        \
  {                                                                            \
    .key = #name, .kind = CS_FIELD_DOUBLE,                                     \
    .offset = offsetof(PartialsRow, made.name), low, high, what                \
  }

static const CsField partials_fields[] = {
    {"partials", CS_FIELD_NODE, offsetof(PartialsRow, partials),
        .what = "partials"},
    {"harmonics", CS_FIELD_INT, offsetof(PartialsRow, made.harmonics), 0, 60,
        "harmonics by the law"},
    PARTIALS(tilt_db, -30, 6, "dB an octave"),
    PARTIALS(even_db, -60, 6, "dB of the even harmonics"),
    PARTIALS(inharmonicity, 0, 0.02, "stiffness of the string"),
    PARTIALS(strike_at, 0, 0.5, "share of the string, 0 for none"),
    PARTIALS(damping, 0, 5, "how much faster high partials die"),
    PARTIALS(hammer_hz, 0, 20000, "Hz at key 60, 0 for a hard hammer"),
    PARTIALS(hammer_tracking, 0, 1, "octaves an octave"),
    {"strings", CS_FIELD_INT, offsetof(PartialsRow, made.strings), 1, 3,
        "strings of a key"},
    PARTIALS(detune_cents, 0, 30, "cents between the strings"),
    PARTIALS(onset_ms, 0, 200, "milliseconds"),
    PARTIALS(head_s, 0, 4, "seconds before the loop"),
    PARTIALS(loop_s, 0.05, 6, "seconds"),
    {"peaks", CS_FIELD_NODE, offsetof(PartialsRow, peaks), .what = "peaks"},
};

CsStatus
cs_house_read_partials(
    CsArena *arena, const CsJson *node, CsPartialsRecipe *made)
{
  PartialsRow row = {.made = {.strings = 1, .head_s = 0.8, .loop_s = 0.5}};
  CS_TRY(cs_json_read(
      arena, node, partials_fields, N_ROWS(partials_fields), &row));
  CS_TRY(read_peaks(arena, row.peaks, &row.made.peaks, &row.made.n_peaks));
  CS_TRY(cs_house_want_list(arena, row.partials, "partials", 1));
  if (row.partials == NULL && row.made.harmonics == 0)
    return cs_json_fail(arena, node, "\"partials\" or \"harmonics\" is wanted");
  const CsJson *first = row.partials != NULL ? row.partials->first : NULL;
  CsPartial *items =
      CS_NEW_N(arena, CsPartial, first != NULL ? row.partials->n_children : 0);
  CS_TRY_NEW(items);
  for (const CsJson *e = first; e != NULL; e = e->next) {
    CsPartial *p = &items[row.made.n_partials++];
    *p           = (CsPartial){1, 0, 1};
    CS_TRY(cs_json_read(arena, e, partial_fields, N_ROWS(partial_fields), p));
  }
  row.made.partials = items;
  *made             = row.made;
  return CS_OK;
}

static const CsField pair_fields[] = {
    NUMBER(CsFmPair, carrier, 0.25, 20, "ratio to the key"),
    NUMBER(CsFmPair, modulator, 0.25, 20, "ratio to the key"),
    NUMBER(CsFmPair, index, 0, 12, "radians"),
    NUMBER(CsFmPair, index_end, 0, 12, "radians"),
    NUMBER(CsFmPair, index_decay_s, 0.01, 10, "seconds to fall by 60 dB"),
    NUMBER(CsFmPair, level_db, -60, 12, "dB"),
    NUMBER(CsFmPair, decay_share, 0.005, 1, "share of the sound's decay"),
};

typedef struct FmRow {
  CsFmRecipe made;
  const CsJson *pairs;
} FmRow;

static const CsField fm_fields[] = {
    {"pairs", CS_FIELD_NODE, offsetof(FmRow, pairs), .what = "pairs",
        .required = true},
    {"index_tracking", CS_FIELD_DOUBLE, offsetof(FmRow, made.index_tracking), 0,
        2, "octaves of index lost in an octave"},
    {"onset_ms", CS_FIELD_DOUBLE, offsetof(FmRow, made.onset_ms), 0, 200,
        "milliseconds"},
    {"head_s", CS_FIELD_DOUBLE, offsetof(FmRow, made.head_s), 0, 4,
        "seconds before the loop"},
    {"loop_s", CS_FIELD_DOUBLE, offsetof(FmRow, made.loop_s), 0.02, 6,
        "seconds"},
};

CsStatus
cs_house_read_fm(CsArena *arena, const CsJson *node, CsFmRecipe *made)
{
  FmRow row = {.made = {.head_s = 0.8, .loop_s = 0.25}};
  CS_TRY(cs_json_read(arena, node, fm_fields, N_ROWS(fm_fields), &row));
  CS_TRY(cs_house_want_list(arena, row.pairs, "pairs", 1));
  CsFmPair *items = CS_NEW_N(arena, CsFmPair, row.pairs->n_children);
  CS_TRY_NEW(items);
  for (const CsJson *e = row.pairs->first; e != NULL; e = e->next) {
    CsFmPair *p = &items[row.made.n_pairs++];
    *p          = (CsFmPair){1, 1, 1, 0, 1, 0, 1};
    CS_TRY(cs_json_read(arena, e, pair_fields, N_ROWS(pair_fields), p));
  }
  row.made.pairs = items;
  *made          = row.made;
  return CS_OK;
}

static const CsField string_fields[] = {
    NUMBER(CsStringRecipe, pluck_at, 0.02, 0.5, "share of the string"),
    NUMBER(CsStringRecipe, pick_hz, 100, 20000, "Hz at key 60"),
    NUMBER(CsStringRecipe, pick_tracking, 0, 1, "octaves an octave"),
    NUMBER(CsStringRecipe, damping, 0, 1, "how much faster high partials die"),
    NUMBER(CsStringRecipe, onset_ms, 0, 200, "milliseconds"),
    NUMBER(CsStringRecipe, head_s, 0.05, 4, "seconds before the loop"),
    NUMBER(CsStringRecipe, loop_s, 0.02, 6, "seconds"),
};

CsStatus
cs_house_read_string(CsArena *arena, const CsJson *node, CsStringRecipe *made)
{
  *made = (CsStringRecipe){0.2, 3000, 0.5, 0.3, 0.5, 1.0, 0.1};
  return cs_json_read(arena, node, string_fields, N_ROWS(string_fields), made);
}

// ---- Strokes ----------------------------------------------------------------

static const char *const stroke_names[] = {
    [CS_STROKE_TONE]  = "tone",
    [CS_STROKE_NOISE] = "noise",
    [CS_STROKE_METAL] = "metal",
};
_Static_assert(N_ROWS(stroke_names) == CS_N_STROKE_SOURCES, "a name for each");

static const char *const filter_names[] = {
    [CS_NOISE_LOW_PASS]  = "low pass",
    [CS_NOISE_BAND_PASS] = "band pass",
    [CS_NOISE_HIGH_PASS] = "high pass",
};
_Static_assert(N_ROWS(filter_names) == CS_N_NOISE_FILTERS, "a name for each");

static const CsField stroke_fields[] = {
    CHOICE(CsStroke, source, stroke_names, "source"),
    NUMBER(CsStroke, at_ms, 0, 10000, "milliseconds"),
    NUMBER(CsStroke, level_db, -60, 20, "dB"),
    NUMBER(CsStroke, attack_ms, 0, 10000, "milliseconds"),
    NUMBER(CsStroke, decay_ms, 1, 20000, "milliseconds to fall by 60 dB"),
    FLAG(CsStroke, swells, "grows evenly in dB"),
    NUMBER(CsStroke, hz, 15, 18000, "Hz"),
    NUMBER(CsStroke, from_hz, 0, 18000, "Hz, 0 for no glide"),
    NUMBER(CsStroke, glide_ms, 0, 10000, "milliseconds"),
    NUMBER(CsStroke, second_db, CS_SILENCE_DB, 6, "dB of the second harmonic"),
    NUMBER(CsStroke, third_db, CS_SILENCE_DB, 6, "dB of the third harmonic"),
    CHOICE(CsStroke, filter, filter_names, "filter of the noise"),
    NUMBER(CsStroke, q, 0.3, 20, "quality of the filter"),
    NUMBER(CsStroke, to_hz, 20, 18000, "Hz"),
    WHOLE(CsStroke, partials, 1, 64, "partials of the metal"),
    WHOLE(CsStroke, repeats, 1, 64, "times"),
    NUMBER(CsStroke, every_ms, 0, 2000, "milliseconds"),
    NUMBER(CsStroke, fading_db, -60, 20, "dB from one to the next"),
};

typedef struct StrokesRow {
  CsStrokesRecipe made;
  const CsJson *strokes;
} StrokesRow;

static const CsField strokes_fields[] = {
    {"length_s", CS_FIELD_DOUBLE, offsetof(StrokesRow, made.length_s), 0.02, 10,
        "seconds", .required = true},
    {"stereo", CS_FIELD_BOOL, offsetof(StrokesRow, made.stereo),
        .what = "two channels"},
    {"reversed", CS_FIELD_BOOL, offsetof(StrokesRow, made.reversed),
        .what = "played from its end"},
    {"strokes", CS_FIELD_NODE, offsetof(StrokesRow, strokes), .what = "strokes",
        .required = true},
};

CsStatus
cs_house_read_strokes(CsArena *arena, const CsJson *node, CsStrokesRecipe *made)
{
  StrokesRow row = {.made = {0}};
  CS_TRY(
      cs_json_read(arena, node, strokes_fields, N_ROWS(strokes_fields), &row));
  CS_TRY(cs_house_want_list(arena, row.strokes, "strokes", 1));
  CsStroke *items = CS_NEW_N(arena, CsStroke, row.strokes->n_children);
  CS_TRY_NEW(items);
  for (const CsJson *e = row.strokes->first; e != NULL; e = e->next) {
    CsStroke *s = &items[row.made.n_strokes++];
    *s          = (CsStroke){.attack_ms = 0.5,
                 .decay_ms              = 300,
                 .hz                    = 200,
                 .second_db             = CS_SILENCE_DB,
                 .third_db              = CS_SILENCE_DB,
                 .filter                = CS_NOISE_BAND_PASS,
                 .q                     = 0.7,
                 .to_hz                 = 12000,
                 .partials              = 24,
                 .repeats               = 1};
    CS_TRY(cs_json_read(arena, e, stroke_fields, N_ROWS(stroke_fields), s));
  }
  row.made.strokes = items;
  *made            = row.made;
  return CS_OK;
}
