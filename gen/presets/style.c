#include "gen/presets/reading.h"

#include <stddef.h>
#include <string.h>

enum { MAX_TRACKS = 16, MAX_CHOICES = 8, MAX_WORDS = 64 };

#define FIT(name, function)                                                    \
  {                                                                            \
    .key = (name), .kind = CS_FIELD_DOUBLE,                                    \
    .offset = sizeof(double) * (function), .low = 0, .high = 1,                \
    .what = "how well it serves", .required = true                             \
  }

static const CsField fit_fields[] = {
    FIT("underscore", CS_UNDERSCORE),
    FIT("bed", CS_BED),
    FIT("stinger", CS_STINGER),
    FIT("thematic", CS_THEMATIC),
    FIT("ambient", CS_AMBIENT),
};
_Static_assert(CS_N_ROWS(fit_fields) == CS_N_FUNCTIONS, "a row per function");

#define FORM(name, which)                                                      \
  {                                                                            \
    .key = (name), .kind = CS_FIELD_DOUBLE,                                    \
    .offset = sizeof(double) * (which), .low = 0, .high = 10,                  \
    .what = "how gladly a theme takes this form"                               \
  }
static const CsField form_fields[] = {
    FORM("arc", CS_TUNE_ARC),
    FORM("aaba", CS_TUNE_AABA),
    FORM("verses", CS_TUNE_VERSES),
    FORM("abac", CS_TUNE_ABAC),
    FORM("rondo", CS_TUNE_RONDO),
    FORM("direct", CS_TUNE_DIRECT),
    FORM("hook", CS_TUNE_HOOK),
};
_Static_assert(CS_N_ROWS(form_fields) == CS_N_FORMS_OF_TUNES, "a row per form");

/// A track as the file writes it.
typedef struct TrackRow {
  CsStyleTrack made;
  int role;
} TrackRow;

#define AT_TRACK(member) offsetof(TrackRow, member)

static const CsField track_fields[] = {
    {.key         = "role",
        .kind     = CS_FIELD_ENUM,
        .offset   = AT_TRACK(role),
        .what     = "role",
        .names    = cs_role_names,
        .n_names  = CS_N_ROLES,
        .required = true},
    {.key         = "instruments",
        .kind     = CS_FIELD_STRINGS,
        .offset   = AT_TRACK(made.instruments),
        .what     = "instruments, best first",
        .required = true},
    {.key       = "patterns",
        .kind   = CS_FIELD_STRINGS,
        .offset = AT_TRACK(made.patterns),
        .what   = "pattern ids, calm to lively"},
    {.key       = "enter",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT_TRACK(made.enter),
        .low    = 0,
        .high   = 1,
        .what   = "energy from which it plays"},
    {.key       = "leave",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT_TRACK(made.leave),
        .low    = 0,
        .high   = 1.01,
        .what   = "energy above which it rests"},
    {.key         = "level_db",
        .kind     = CS_FIELD_DOUBLE,
        .offset   = AT_TRACK(made.level_db),
        .low      = -40,
        .high     = 0,
        .what     = "dB against the whole",
        .required = true},
    {.key       = "pan",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT_TRACK(made.pan),
        .low    = -1,
        .high   = 1,
        .what   = "left -1 .. right 1"},
    {.key       = "octave",
        .kind   = CS_FIELD_INT,
        .offset = AT_TRACK(made.octave),
        .low    = -2,
        .high   = 2,
        .what   = "octaves up"},
};

static const char *const voicing_names[CS_N_VOICING_KINDS] = {
    [CS_VOICING_TRIADS]   = "triads",
    [CS_VOICING_ADDED]    = "added",
    [CS_VOICING_OPEN]     = "open",
    [CS_VOICING_CLOSE]    = "close",
    [CS_VOICING_SEVENTHS] = "sevenths",
};

/// A style as the file writes it.
typedef struct Row {
  CsStyle made;
  int voicing;
  const CsJson *fit;
  const CsJson *tracks;
  const CsJson *brings; ///< NULL when it brings nothing.
  const CsJson *forms;  ///< NULL when it has no liking.
} Row;

#define AT(member) offsetof(Row, member)

static const CsField style_fields[] = {
    {.key         = "name",
        .kind     = CS_FIELD_STRING,
        .offset   = AT(made.name),
        .what     = "plain name",
        .required = true},
    {.key         = "title",
        .kind     = CS_FIELD_STRING,
        .offset   = AT(made.title),
        .what     = "what it is, one line",
        .required = true},
    {.key         = "tempo_bpm",
        .kind     = CS_FIELD_RANGE,
        .offset   = AT(made.tempo_bpm),
        .low      = 30,
        .high     = 300,
        .what     = "beats per minute",
        .required = true},
    {.key         = "meters",
        .kind     = CS_FIELD_STRINGS,
        .offset   = AT(made.meters),
        .what     = "meters, the usual one first",
        .required = true},
    {.key         = "modes",
        .kind     = CS_FIELD_ENUMS,
        .offset   = AT(made.modes),
        .what     = "modes",
        .names    = cs_mode_names,
        .n_names  = CS_N_MODES,
        .required = true},
    {.key         = "valence",
        .kind     = CS_FIELD_RANGE,
        .offset   = AT(made.valence),
        .low      = -1,
        .high     = 1,
        .what     = "unpleasant -1 .. pleasant 1",
        .required = true},
    {.key         = "arousal",
        .kind     = CS_FIELD_RANGE,
        .offset   = AT(made.arousal),
        .low      = -1,
        .high     = 1,
        .what     = "calm -1 .. excited 1",
        .required = true},
    {.key         = "fit",
        .kind     = CS_FIELD_NODE,
        .offset   = AT(fit),
        .what     = "how well it serves each function",
        .required = true},
    {.key       = "genres",
        .kind   = CS_FIELD_STRINGS,
        .offset = AT(made.genres),
        .what   = "names of genres"},
    {.key       = "uses",
        .kind   = CS_FIELD_STRINGS,
        .offset = AT(made.uses),
        .what   = "names of uses"},
    {.key       = "moods",
        .kind   = CS_FIELD_STRINGS,
        .offset = AT(made.moods),
        .what   = "mood words"},
    {.key         = "progressions",
        .kind     = CS_FIELD_STRINGS,
        .offset   = AT(made.progressions),
        .what     = "progression ids",
        .required = true},
    {.key        = "voicing",
        .kind    = CS_FIELD_ENUM,
        .offset  = AT(voicing),
        .what    = "what its chords are made of",
        .names   = voicing_names,
        .n_names = CS_N_VOICING_KINDS},
    {.key = "forms", .kind = CS_FIELD_NODE, .offset = AT(forms)},
    {.key       = "suspensions",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT(made.suspensions),
        .low    = 0,
        .high   = 1,
        .what   = "share of sections in which chords wait"},
    {.key       = "swing",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT(made.swing),
        .low    = 0.5,
        .high   = 0.75,
        .what   = "share of the first of two notes"},
    {.key       = "swing_unit",
        .kind   = CS_FIELD_INT,
        .offset = AT(made.swing_unit),
        .low    = 8,
        .high   = 16,
        .what   = "8 or 16"},
    {.key       = "flavour",
        .kind   = CS_FIELD_BOOL,
        .offset = AT(made.is_flavour),
        .what   = "true: only when a word asks for it"},
    {.key       = "humanise",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT(made.humanise),
        .low    = 0,
        .high   = 1.2,
        .what   = "factor on deviations"},
    {.key       = "room",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT(made.room),
        .low    = 0.2,
        .high   = 1,
        .what   = "size of the room"},
    {.key       = "wet_db",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT(made.wet_db),
        .low    = -40,
        .high   = 0,
        .what   = "dB of room against dry"},
    {.key         = "tracks",
        .kind     = CS_FIELD_NODE,
        .offset   = AT(tracks),
        .what     = "list of tracks",
        .required = true},
    {.key       = "brings",
        .kind   = CS_FIELD_NODE,
        .offset = AT(brings),
        .what   = "instruments, progressions and patterns of its own"},
};

// ---- Tracks -----------------------------------------------------------------

/// What kind of pattern a role plays, and whether it must have one.
typedef struct RoleNeed {
  bool takes_patterns, needs_pattern, is_drummed;
  CsPatternKind kind;
  bool is_kit;
} RoleNeed;

static const RoleNeed role_needs[CS_N_ROLES] = {
    [CS_ROLE_PAD]        = {true, true, false, CS_PATTERN_CHORDS, false},
    [CS_ROLE_CHORDS]     = {true, true, false, CS_PATTERN_CHORDS, false},
    [CS_ROLE_MOTION]     = {true, true, false, CS_PATTERN_CHORDS, false},
    [CS_ROLE_BASS]       = {true, true, false, CS_PATTERN_BASS, false},
    [CS_ROLE_DRUMS]      = {true, true, true, CS_PATTERN_DRUMS, true},
    [CS_ROLE_PERCUSSION] = {true, true, true, CS_PATTERN_DRUMS, false},
    [CS_ROLE_MELODY]     = {.takes_patterns = false},
    [CS_ROLE_COUNTER]    = {.takes_patterns = false},
    [CS_ROLE_COLOUR]     = {true, false, false, CS_PATTERN_CHORDS, false},
    [CS_ROLE_EFFECTS]    = {.takes_patterns = false},
};

static CsStatus
fail_unknown_instrument(
    CsArena *arena, const CsJson *node, const CsPresets *presets)
{
  const char **names = CS_NEW_N(arena, const char *, presets->n_instruments);
  CS_TRY_NEW(names);
  for (size_t i = 0; i < presets->n_instruments; i++)
    names[i] = presets->instruments[i].name;
  const char *nearest =
      cs_nearest_word(node->string, names, presets->n_instruments);
  if (nearest != NULL)
    return cs_json_fail(arena, node,
        "the instrument \"%s\" is unknown; did you mean \"%s\"?", node->string,
        nearest);
  return cs_json_fail(arena, node,
      "the instrument \"%s\" is unknown; presets/instruments.json lists them",
      node->string);
}

static CsStatus
check_instruments(CsArena *arena, const CsJson *object, const RoleNeed *need,
    const CsPresets *presets)
{
  const CsJson *list = NULL;
  CS_TRY(cs_list_member(arena, object, "instruments", 1, MAX_CHOICES, &list));
  for (const CsJson *e = list->first; e != NULL; e = e->next) {
    const CsInstrument *it = cs_find_instrument(presets, e->string);
    if (it == NULL)
      return fail_unknown_instrument(arena, e, presets);
    if (need->is_drummed && !cs_instrument_is(it, "percussion"))
      return cs_json_fail(
          arena, e, "\"%s\" is no drum; this role needs one", e->string);
  }
  return CS_OK;
}

/// The nearest id of that kind, or NULL.
static const char *
nearest_pattern(CsArena *arena, const char *id, CsPatternKind kind,
    const CsPresets *presets)
{
  const char **ids = CS_NEW_N(arena, const char *, presets->n_patterns);
  size_t n         = 0;
  for (size_t i = 0; ids != NULL && i < presets->n_patterns; i++)
    if (presets->patterns[i].kind == kind)
      ids[n++] = presets->patterns[i].id;
  return ids != NULL ? cs_nearest_word(id, ids, n) : NULL;
}

static CsStatus
fail_unknown_pattern(CsArena *arena, const CsJson *node, const char *entry,
    CsPatternKind kind, const CsPresets *presets)
{
  const char *id = cs_arena_copy(arena, entry, strcspn(entry, "|"));
  CS_TRY_NEW(id);
  const char *near = nearest_pattern(arena, id, kind, presets);
  if (near != NULL)
    return cs_json_fail(arena, node,
        "the pattern \"%s\" is unknown; did you mean \"%s\"? presets/patterns "
        "holds them",
        id, near);
  return cs_json_fail(arena, node,
      "the pattern \"%s\" is unknown; presets/patterns holds them", id);
}

static const char *const kind_words[] = {
    [CS_PATTERN_CHORDS] = "an accompaniment",
    [CS_PATTERN_BASS]   = "a bass pattern",
    [CS_PATTERN_DRUMS]  = "a drum pattern",
    [CS_PATTERN_FILL]   = "a fill",
};

/// One pattern, or several with strokes between: "A12|A13".
static CsStatus
check_entry(CsArena *arena, const CsJson *node, const RoleNeed *need,
    const CsPresets *presets)
{
  const char *id = node->string;
  // The bass leans on the kick: which groove plays must not hang on a seed.
  if (need->is_kit && strchr(id, '|') != NULL)
    return cs_json_fail(
        arena, node, "drums take no alternatives; name one pattern");
  for (;; id++) {
    const CsPattern *it = cs_find_pattern(presets, id);
    if (it == NULL)
      return fail_unknown_pattern(arena, node, id, need->kind, presets);
    if (it->kind != need->kind)
      return cs_json_fail(arena, node, "\"%s\" is %s; this role plays %s",
          it->id, kind_words[it->kind], kind_words[need->kind]);
    id += strcspn(id, "|");
    if (*id == '\0')
      return CS_OK;
  }
}

static CsStatus
check_patterns(CsArena *arena, const CsJson *object, const RoleNeed *need,
    const CsPresets *presets)
{
  const CsJson *list = cs_json_member(object, "patterns");
  if (!need->takes_patterns && list != NULL && list->n_children > 0)
    return cs_json_fail(
        arena, list, "this role plays no patterns; remove the list");
  if (!need->takes_patterns || (!need->needs_pattern && list == NULL))
    return CS_OK;
  CS_TRY(cs_list_member(arena, object, "patterns", need->needs_pattern ? 1 : 0,
      MAX_CHOICES, &list));
  for (const CsJson *e = list->first; e != NULL; e = e->next)
    CS_TRY(check_entry(arena, e, need, presets));
  return CS_OK;
}

static CsStatus
read_track(CsArena *arena, const CsJson *object, const CsPresets *presets,
    CsStyleTrack *track)
{
  TrackRow row = {.made = {.leave = 1.01}};
  CS_TRY(
      cs_json_read(arena, object, track_fields, CS_N_ROWS(track_fields), &row));
  row.made.role        = (CsRole)row.role;
  const RoleNeed *need = &role_needs[row.role];
  CS_TRY(check_instruments(arena, object, need, presets));
  CS_TRY(check_patterns(arena, object, need, presets));
  if (row.made.leave <= row.made.enter)
    return cs_json_fail(arena, object, "\"leave\" must be above \"enter\"");
  *track = row.made;
  return CS_OK;
}

static CsStatus
read_tracks(CsArena *arena, const CsJson *object, const CsPresets *presets,
    CsStyle *style)
{
  const CsJson *list = NULL;
  CS_TRY(cs_list_member(arena, object, "tracks", 1, MAX_TRACKS, &list));
  style->tracks = CS_NEW_N(arena, CsStyleTrack, list->n_children);
  CS_TRY_NEW(style->tracks);
  for (const CsJson *e = list->first; e != NULL; e = e->next)
    CS_TRY(read_track(arena, e, presets, &style->tracks[style->n_tracks++]));
  return CS_OK;
}

// ---- What a style brings ----------------------------------------------------

/// Lists of its own, in the order in which they are read.
typedef struct Brought {
  const CsJson *instruments, *progressions, *accompaniment, *bass, *drums,
      *fills;
} Brought;

static const CsField brought_fields[] = {
    {"instruments", CS_FIELD_NODE, offsetof(Brought, instruments)},
    {"progressions", CS_FIELD_NODE, offsetof(Brought, progressions)},
    {"accompaniment", CS_FIELD_NODE, offsetof(Brought, accompaniment)},
    {"bass", CS_FIELD_NODE, offsetof(Brought, bass)},
    {"drums", CS_FIELD_NODE, offsetof(Brought, drums)},
    {"fills", CS_FIELD_NODE, offsetof(Brought, fills)},
};

/// What takes a place of the layer below takes it once.
static CsStatus
want_distinct(CsArena *arena, const CsJson *list)
{
  const char *key = strcmp(list->key, "instruments") == 0 ? "name" : "id";
  for (const CsJson *e = list->first; e != NULL; e = e->next)
    for (const CsJson *o = list->first; o != e; o = o->next) {
      const CsJson *a =
          e->kind == CS_JSON_OBJECT ? cs_json_member(e, key) : NULL;
      const CsJson *b =
          o->kind == CS_JSON_OBJECT ? cs_json_member(o, key) : NULL;
      if (a != NULL && b != NULL && a->kind == CS_JSON_STRING &&
          b->kind == CS_JSON_STRING && strcmp(a->string, b->string) == 0)
        return cs_json_fail(
            arena, a, "\"%s\" stands twice; keep one of them", a->string);
    }
  return CS_OK;
}

static CsStatus
read_brought(CsArena *arena, const CsJson *object, CsPresets *presets)
{
  enum { MAX_BROUGHT = 256 };
  Brought brought    = {0};
  const CsJson *list = NULL;
  if (object == NULL)
    return CS_OK;
  CS_TRY(cs_json_read(
      arena, object, brought_fields, CS_N_ROWS(brought_fields), &brought));
  for (size_t i = 0; i < CS_N_ROWS(brought_fields); i++) {
    if (cs_json_member(object, brought_fields[i].key) == NULL)
      continue;
    CS_TRY(cs_list_member(
        arena, object, brought_fields[i].key, 1, MAX_BROUGHT, &list));
    CS_TRY(want_distinct(arena, list));
  }
  if (brought.instruments != NULL)
    CS_TRY(cs_add_instruments(arena, brought.instruments, presets));
  if (brought.progressions != NULL)
    CS_TRY(cs_add_progressions(arena, brought.progressions, presets));
  const CsJson *const patterns[] = {
      [CS_PATTERN_CHORDS] = brought.accompaniment,
      [CS_PATTERN_BASS]   = brought.bass,
      [CS_PATTERN_DRUMS]  = brought.drums,
      [CS_PATTERN_FILL]   = brought.fills,
  };
  for (size_t i = 0; i < CS_N_ROWS(patterns); i++)
    if (patterns[i] != NULL)
      CS_TRY(cs_add_patterns(arena, patterns[i], (CsPatternKind)i, presets));
  return CS_OK;
}

// ---- Styles -----------------------------------------------------------------

static CsStatus
check_meters(CsArena *arena, const CsJson *object)
{
  const CsJson *list = NULL;
  CsMeter meter;
  CS_TRY(cs_list_member(arena, object, "meters", 1, MAX_CHOICES, &list));
  for (const CsJson *e = list->first; e != NULL; e = e->next)
    if (!cs_meter_parse(e->string, &meter))
      return cs_json_fail(
          arena, e, "\"%s\" is no meter; write it like 3/4", e->string);
  return CS_OK;
}

/// Each one exists, and each of the style's modes can be harmonised.
static CsStatus
check_progressions(CsArena *arena, const CsJson *object,
    const CsPresets *presets, const CsStyle *style)
{
  const CsJson *list = NULL;
  unsigned modes     = 0;
  CS_TRY(cs_list_member(arena, object, "progressions", 1, MAX_WORDS, &list));
  for (const CsJson *e = list->first; e != NULL; e = e->next) {
    const CsProgression *it = NULL;
    CS_TRY(cs_want_progression(arena, e, presets, &it));
    modes |= it->modes;
  }
  for (unsigned mode = 0; mode < CS_N_MODES; mode++)
    if ((style->modes & ~modes) >> mode & 1U)
      return cs_json_fail(arena, list,
          "none of the progressions is in %s, which the style's \"modes\" "
          "allow",
          cs_mode_names[mode]);
  return CS_OK;
}

static CsStatus
check_style(CsArena *arena, const CsJson *object, const CsPresets *presets,
    const CsStyle *style)
{
  const CsStyle *other = cs_find_style(presets, style->name);
  if (other != NULL &&
      (size_t)(other - presets->styles) >= presets->below.n_styles)
    return cs_json_fail(arena, cs_json_member(object, "name"),
        "another file holds the style \"%s\" already", style->name);
  if (style->swing_unit != 8 && style->swing_unit != 16)
    return cs_json_fail(arena, cs_json_member(object, "swing_unit"),
        "%d is neither 8 nor 16", style->swing_unit);
  if (style->modes == 0)
    return cs_json_fail(
        arena, cs_json_member(object, "modes"), "at least one mode is wanted");
  CS_TRY(check_meters(arena, object));
  return check_progressions(arena, object, presets, style);
}

/// What a style that leaves these out gets.
static const CsStyle style_defaults = {
    .swing      = 0.5,
    .swing_unit = 8,
    .humanise   = 0.7,
    .room       = 0.6,
    .wet_db     = -14.0,
};

CsStatus
cs_read_style(CsArena *arena, const CsJson *root, CsPresets *presets)
{
  Row row = {.made = style_defaults};
  CS_TRY(
      cs_json_read(arena, root, style_fields, CS_N_ROWS(style_fields), &row));
  CS_TRY(cs_json_read(
      arena, row.fit, fit_fields, CS_N_ROWS(fit_fields), row.made.fit));
  CS_TRY(read_brought(arena, row.brings, presets));
  for (int i = 0; i < CS_N_FORMS_OF_TUNES; i++)
    row.made.forms[i] = -1.0;
  if (row.forms != NULL)
    CS_TRY(cs_json_read(
        arena, row.forms, form_fields, CS_N_ROWS(form_fields), row.made.forms));
  row.made.voicing = (CsVoicingKind)row.voicing;
  CS_TRY(check_style(arena, root, presets, &row.made));
  CS_TRY(read_tracks(arena, root, presets, &row.made));
  const CsStyle *other = cs_find_style(presets, row.made.name);
  if (other != NULL) {
    presets->styles[other - presets->styles] = row.made;
    return CS_OK;
  }
  presets->styles[presets->n_styles++] = row.made;
  return CS_OK;
}

const CsStyle *
cs_find_style(const CsPresets *presets, const char *name)
{
  for (size_t i = 0; i < presets->n_styles; i++)
    if (strcmp(presets->styles[i].name, name) == 0)
      return &presets->styles[i];
  return NULL;
}
