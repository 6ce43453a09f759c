/// What an entry of a lexicon file may say: the names of its values, and which
/// keys its class has.
#include "grammar/lexicon_build.h"

#include <string.h>

const char *const cs_class_names[CS_N_CLASSES] = {
    [CS_CLASS_MOOD]       = "mood",
    [CS_CLASS_GENRE]      = "genre",
    [CS_CLASS_USE]        = "use",
    [CS_CLASS_IMAGE]      = "image",
    [CS_CLASS_FUNCTION]   = "function",
    [CS_CLASS_INSTRUMENT] = "instrument",
    [CS_CLASS_CHANGE]     = "change",
    [CS_CLASS_ENDING]     = "ending",
    [CS_CLASS_TEMPO]      = "tempo",
    [CS_CLASS_SETTING]    = "setting",
    [CS_CLASS_CANNOT]     = "cannot",
    [CS_CLASS_UNIT]       = "unit",
    [CS_CLASS_MARKER]     = "marker",
    [CS_CLASS_PLAIN]      = "plain",
    [CS_CLASS_SHORT]      = "short",
    [CS_CLASS_FOREIGN]    = "foreign",
};

const char *const cs_marker_names[CS_N_MARKERS] = {
    [CS_MARK_NO]            = "no",
    [CS_MARK_NONE_OF]       = "none of",
    [CS_MARK_NOT]           = "not",
    [CS_MARK_DOUBLE]        = "double",
    [CS_MARK_BUT]           = "but",
    [CS_MARK_YES]           = "yes",
    [CS_MARK_ONLY]          = "only",
    [CS_MARK_ALONE]         = "alone",
    [CS_MARK_SOLO]          = "solo",
    [CS_MARK_BACKED]        = "backed",
    [CS_MARK_MAYBE]         = "maybe",
    [CS_MARK_LESS]          = "less",
    [CS_MARK_SPARING]       = "sparing",
    [CS_MARK_BOOST]         = "boost",
    [CS_MARK_DAMP]          = "damp",
    [CS_MARK_RATHER]        = "rather",
    [CS_MARK_CORRECTION]    = "correction",
    [CS_MARK_ABOUT]         = "about",
    [CS_MARK_AT_MOST]       = "at most",
    [CS_MARK_AT_LEAST]      = "at least",
    [CS_MARK_LIKE]          = "like",
    [CS_MARK_LIKE_AFTER]    = "like after",
    [CS_MARK_AT]            = "at",
    [CS_MARK_FROM]          = "from",
    [CS_MARK_TO]            = "to",
    [CS_MARK_UNTIL]         = "until",
    [CS_MARK_BY]            = "by",
    [CS_MARK_OVER]          = "over",
    [CS_MARK_FOR]           = "for",
    [CS_MARK_IN]            = "in",
    [CS_MARK_AFTER]         = "after",
    [CS_MARK_BEFORE]        = "before",
    [CS_MARK_EVERY]         = "every",
    [CS_MARK_BETWEEN]       = "between",
    [CS_MARK_WITH]          = "with",
    [CS_MARK_LEFT]          = "left",
    [CS_MARK_FIRST]         = "first",
    [CS_MARK_SECOND]        = "second",
    [CS_MARK_THIRD]         = "third",
    [CS_MARK_FOURTH]        = "fourth",
    [CS_MARK_LAST]          = "last",
    [CS_MARK_HALFWAY]       = "halfway",
    [CS_MARK_HALF]          = "half",
    [CS_MARK_THIRDS]        = "thirds",
    [CS_MARK_QUARTER]       = "quarter",
    [CS_MARK_START]         = "start",
    [CS_MARK_END]           = "end",
    [CS_MARK_THROUGHOUT]    = "throughout",
    [CS_MARK_THEN]          = "then",
    [CS_MARK_LATER]         = "later",
    [CS_MARK_EARLIER]       = "earlier",
    [CS_MARK_POINT]         = "point",
    [CS_MARK_AND]           = "and",
    [CS_MARK_WHERE]         = "where",
    [CS_MARK_EVERYTHING]    = "everything",
    [CS_MARK_LENGTH]        = "length",
    [CS_MARK_TOTAL]         = "total",
    [CS_MARK_TEMPO]         = "tempo",
    [CS_MARK_ENDING]        = "ending",
    [CS_MARK_MUSIC_IN]      = "music in",
    [CS_MARK_MUSIC_OUT]     = "music out",
    [CS_MARK_FRAMES]        = "frames",
    [CS_MARK_SECTION]       = "section",
    [CS_MARK_SOME]          = "some",
    [CS_MARK_BIG]           = "big",
    [CS_MARK_UNDER]         = "under",
    [CS_MARK_MORE]          = "more",
    [CS_MARK_PLENTY]        = "plenty",
    [CS_MARK_MUCH]          = "much",
    [CS_MARK_THAN]          = "than",
    [CS_MARK_OTHER_TAKE]    = "other take",
    [CS_MARK_BECOME]        = "become",
    [CS_MARK_NO_HEADING]    = "no heading",
    [CS_MARK_NONE_OF_THOSE] = "none of those",
    [CS_MARK_AWAY]          = "away",
    [CS_MARK_JOINS]         = "joins",
    [CS_MARK_ASIDE]         = "aside",
    [CS_MARK_IN_FRONT]      = "in front",
    [CS_MARK_BEHIND]        = "behind",
    [CS_MARK_PLACE]         = "place",
};

const char *const cs_unit_names[CS_N_UNITS] = {
    [CS_UNIT_SECOND]  = "second",
    [CS_UNIT_MINUTE]  = "minute",
    [CS_UNIT_HOUR]    = "hour",
    [CS_UNIT_MS]      = "ms",
    [CS_UNIT_DAY]     = "day",
    [CS_UNIT_FRAME]   = "frame",
    [CS_UNIT_BEAT]    = "beat",
    [CS_UNIT_BAR]     = "bar",
    [CS_UNIT_BPM]     = "bpm",
    [CS_UNIT_PERCENT] = "percent",
};

const char *const cs_shape_names[CS_N_SHAPES] = {
    [CS_SHAPE_TIMECODE] = "timecode",
    [CS_SHAPE_CLOCK]    = "clock",
    [CS_SHAPE_PRIME]    = "prime",
    [CS_SHAPE_KEY]      = "key",
    [CS_SHAPE_METER]    = "meter",
    [CS_SHAPE_LUFS]     = "lufs",
    [CS_SHAPE_RATE]     = "rate",
    [CS_SHAPE_CUE_ID]   = "cue id",
    [CS_SHAPE_WEIGHT]   = "weight",
    [CS_SHAPE_NUMBER]   = "number",
};

const char *const cs_code_names[CS_N_CODES] = {
    [CS_CODE_VOCALS]  = "vocals_unsupported",
    [CS_CODE_ARTIST]  = "artist_reference",
    [CS_CODE_EFFECTS] = "sound_effects_unsupported",
    [CS_CODE_IGNORED] = "ignored",
};

static const char *const kind_names[CS_N_ARC_KINDS + 1] = {"build", "fall",
    "peak", "drop", "rise", "hit", "silence", "enter", "exit", "fade_in",
    "fade_out", "key", "even"};

#define IN(class) (1U << CS_CLASS_##class)
enum {
  FEELING = IN(MOOD) | IN(GENRE) | IN(USE) | IN(IMAGE) | IN(FUNCTION) |
            IN(TEMPO) | IN(CHANGE) | IN(SETTING) | IN(INSTRUMENT) | IN(ENDING),
  MEANING = FEELING | IN(CANNOT),
  ALL     = (1U << CS_N_CLASSES) - 1U,
};

typedef struct Rule {
  CsField field;
  unsigned allowed; ///< Classes that may have the key,
  unsigned needed;  ///< and those that must.
} Rule;

#define AT(member) offsetof(CsEntry, member)
#define NAMES(table)                                                           \
  .names = (table), .n_names = sizeof(table) / sizeof *(table)
static const Rule rules[] = {
    {{"words", CS_FIELD_STRINGS, AT(words), .what = "phrases"}, ALL, ALL},
    {{"name", CS_FIELD_STRING, AT(name), .what = "plain name"},
        IN(INSTRUMENT) | IN(MOOD) | IN(GENRE) | IN(USE) | IN(SHORT),
        IN(INSTRUMENT) | IN(GENRE) | IN(USE) | IN(SHORT)},
    {{"valence", CS_FIELD_DOUBLE, AT(valence), .low = -1, .high = 1,
         .what = "unpleasant to pleasant"},
        FEELING, IN(MOOD)},
    {{"arousal", CS_FIELD_DOUBLE, AT(arousal), .low = -1, .high = 1,
         .what = "calm to excited"},
        FEELING, IN(MOOD)},
    {{"like", CS_FIELD_STRINGS, AT(like), .what = "mood words"}, IN(MOOD), 0},
    {{"adds", CS_FIELD_BOOL, AT(adds), .what = "added to the mean"}, FEELING,
        0},
    {{"density", CS_FIELD_DOUBLE, AT(density), .low = -1, .high = 1,
         .what = "sparse to dense"},
        FEELING, 0},
    {{"amount", CS_FIELD_DOUBLE, AT(amount), .low = 0, .high = 1,
         .what = "size of the change"},
        IN(CHANGE), 0},
    {{"scale", CS_FIELD_DOUBLE, AT(scale), .low = 0, .high = 2,
         .what = "factor"},
        IN(MARKER), 0},
    {{"bpm", CS_FIELD_RANGE, AT(bpm), .low = 20, .high = 300,
         .what = "beats per minute"},
        IN(TEMPO) | IN(MOOD), IN(TEMPO)},
    {{"function", CS_FIELD_ENUM, AT(function), .what = "function",
         .names = cs_function_names, .n_names = CS_N_FUNCTIONS},
        MEANING, IN(FUNCTION)},
    {{"strength", CS_FIELD_INT, AT(strength), .low = 1, .high = 3,
         .what = "1 suggests, 3 names"},
        MEANING, 0},
    {{"ending", CS_FIELD_ENUM, AT(ending), .what = "ending",
         .names = cs_ending_names, .n_names = CS_N_ENDINGS},
        MEANING, IN(ENDING)},
    {{"mode", CS_FIELD_ENUM, AT(mode), .what = "mode", .names = cs_mode_names,
         .n_names = CS_N_MODES},
        MEANING, 0},
    {{"form", CS_FIELD_ENUM, AT(form), .what = "form of a theme",
         .names = cs_form_names, .n_names = CS_N_FORMS_OF_TUNES},
        IN(SETTING), 0},
    {{"kind", CS_FIELD_ENUM, AT(kind), .what = "change", NAMES(kind_names)},
        IN(CHANGE) | IN(ENDING) | IN(FUNCTION) | IN(SETTING) | IN(INSTRUMENT),
        IN(CHANGE)},
    {{"code", CS_FIELD_ENUM, AT(code), .what = "warning", NAMES(cs_code_names)},
        IN(CANNOT) | IN(GENRE) | IN(USE) | IN(MOOD), IN(CANNOT)},
    {{"marker", CS_FIELD_ENUM, AT(marker), .what = "grammar word",
         NAMES(cs_marker_names)},
        IN(MARKER), IN(MARKER)},
    {{"unit", CS_FIELD_ENUM, AT(unit), .what = "unit", NAMES(cs_unit_names)},
        IN(UNIT), IN(UNIT)},
    {{"meter", CS_FIELD_STRING, AT(meter), .what = "meter, \"3/4\""}, MEANING,
        0},
    {{"genre", CS_FIELD_STRING, AT(genre), .what = "genre it suggests"},
        MEANING, 0},
    {{"use", CS_FIELD_STRING, AT(use), .what = "use it suggests"}, MEANING, 0},
    {{"instruments", CS_FIELD_STRINGS, AT(instruments), .what = "plain names"},
        MEANING, 0},
    {{"instead_of", CS_FIELD_STRING, AT(instead_of),
         .what = "instrument that the sounds lack"},
        IN(INSTRUMENT), 0},
    {{"sound", CS_FIELD_STRING, AT(sound), .what = "sound that plays it"},
        IN(INSTRUMENT), 0},
    {{"exclude", CS_FIELD_STRINGS, AT(exclude), .what = "plain names"}, MEANING,
        0},
    {{"target", CS_FIELD_BOOL, AT(target), .what = "of an instrument"},
        IN(CHANGE), 0},
    {{"timeless", CS_FIELD_BOOL, AT(timeless), .what = "has no decade"},
        IN(GENRE), 0},
    {{"noun", CS_FIELD_BOOL, AT(noun), .what = "is a thing"},
        IN(CHANGE) | IN(FUNCTION) | IN(MOOD), 0},
    {{"proper", CS_FIELD_BOOL, AT(proper), .what = "is no artist's name"},
        IN(PLAIN), 0},
    {{"cue", CS_FIELD_BOOL, AT(cue), .what = "is the cue itself"}, IN(PLAIN),
        0},
    {{"opens", CS_FIELD_BOOL, AT(opens), .what = "speaks of the beginning"},
        IN(PLAIN), 0},
    {{"semitones", CS_FIELD_INT, AT(semitones), .low = -11, .high = 11,
         .what = "how far a change of key goes"},
        IN(CHANGE), 0},
    {{"step", CS_FIELD_STRING, AT(step), .what = "word that it is more of"},
        IN(CHANGE), 0},
};
enum { N_RULES = sizeof rules / sizeof *rules };

/// "like" gives the values of a mood in place of figures.
static bool
is_given_by_like(const CsJson *node, const char *key)
{
  return cs_json_member(node, "like") != NULL &&
         (strcmp(key, "valence") == 0 || strcmp(key, "arousal") == 0);
}

static CsStatus
check_class(CsArena *arena, const CsJson *node, CsClass class_of)
{
  for (size_t i = 0; i < N_RULES; i++) {
    const char *key  = rules[i].field.key;
    const CsJson *at = cs_json_member(node, key);
    if (at != NULL && !(rules[i].allowed >> class_of & 1U))
      return cs_json_fail(arena, at, "a word of class \"%s\" has no \"%s\"",
          cs_class_names[class_of], key);
    if (at == NULL && (rules[i].needed >> class_of & 1U) &&
        !is_given_by_like(node, key))
      return cs_json_fail(
          arena, node, "\"%s\" (%s) is missing", key, rules[i].field.what);
  }
  return CS_OK;
}

CsStatus
cs_entry_read(CsArena *arena, const CsJson *node, CsEntry *entry)
{
  CsField fields[N_RULES];
  for (size_t i = 0; i < N_RULES; i++)
    fields[i] = rules[i].field;
  CS_TRY(cs_json_read(arena, node, fields, N_RULES, entry));
  CS_TRY(check_class(arena, node, entry->class_of));
  CsMeter meter;
  if (entry->meter != NULL && !cs_meter_parse(entry->meter, &meter))
    return cs_json_fail(arena, cs_json_member(node, "meter"),
        "\"%s\" is no meter; write it like \"3/4\"", entry->meter);
  if (entry->words.n == 0)
    return cs_json_fail(
        arena, cs_json_member(node, "words"), "at least one phrase is wanted");
  return CS_OK;
}
