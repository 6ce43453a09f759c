#include "grammar/lexicon.h"

#include "gen/base/file.h"
#include "grammar/normal.h"
#include "grammar/tokens.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FILE_BYTES = 1 << 20, MAX_PHRASE_WORDS = 8, MAX_WORD_BYTES = 40 };

const char *const cs_class_names[CS_N_CLASSES] = {
    [CS_CLASS_MOOD]       = "mood",
    [CS_CLASS_GENRE]      = "genre",
    [CS_CLASS_USE]        = "use",
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
    [CS_MARK_BECOME]        = "become",
    [CS_MARK_NO_HEADING]    = "no heading",
    [CS_MARK_NONE_OF_THOSE] = "none of those",
    [CS_MARK_ASIDE]         = "aside",
    [CS_MARK_PLACE]         = "place",
};

const char *const cs_unit_names[CS_N_UNITS] = {
    [CS_UNIT_SECOND] = "second",
    [CS_UNIT_MINUTE] = "minute",
    [CS_UNIT_HOUR]   = "hour",
    [CS_UNIT_MS]     = "ms",
    [CS_UNIT_DAY]    = "day",
    [CS_UNIT_FRAME]  = "frame",
    [CS_UNIT_BEAT]   = "beat",
    [CS_UNIT_BAR]    = "bar",
    [CS_UNIT_BPM]    = "bpm",
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

/// Groups that a shape's pattern must have.
static const char *const shape_groups[CS_N_SHAPES] = {
    [CS_SHAPE_TIMECODE] = "hmsfd",
    [CS_SHAPE_CLOCK]    = "s",
    [CS_SHAPE_PRIME]    = "s",
    [CS_SHAPE_KEY]      = "t",
    [CS_SHAPE_METER]    = "nd",
    [CS_SHAPE_LUFS]     = "n",
    [CS_SHAPE_RATE]     = "n",
    [CS_SHAPE_CUE_ID]   = "",
    [CS_SHAPE_WEIGHT]   = "n",
    [CS_SHAPE_NUMBER]   = "n",
};

const char *const cs_code_names[CS_N_CODES] = {
    [CS_CODE_VOCALS]  = "vocals_unsupported",
    [CS_CODE_ARTIST]  = "artist_reference",
    [CS_CODE_EFFECTS] = "sound_effects_unsupported",
    [CS_CODE_IGNORED] = "ignored",
};

static const char *const kind_names[CS_N_ARC_KINDS + 1] = {"build", "fall",
    "peak", "drop", "rise", "hit", "silence", "enter", "exit", "fade_in",
    "fade_out", "even"};

// ---- The schema -------------------------------------------------------------

#define IN(class) (1U << CS_CLASS_##class)
enum {
  FEELING = IN(MOOD) | IN(GENRE) | IN(USE) | IN(FUNCTION) | IN(TEMPO) |
            IN(CHANGE) | IN(SETTING) | IN(INSTRUMENT) | IN(ENDING),
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
        IN(INSTRUMENT) | IN(MOOD) | IN(GENRE) | IN(USE),
        IN(INSTRUMENT) | IN(GENRE) | IN(USE)},
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
    {{"exclude", CS_FIELD_STRINGS, AT(exclude), .what = "plain names"}, MEANING,
        0},
    {{"target", CS_FIELD_BOOL, AT(target), .what = "of an instrument"},
        IN(CHANGE), 0},
    {{"timeless", CS_FIELD_BOOL, AT(timeless), .what = "has no decade"},
        IN(GENRE), 0},
    {{"noun", CS_FIELD_BOOL, AT(noun), .what = "is a thing"},
        IN(CHANGE) | IN(FUNCTION), 0},
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

static CsStatus
read_entry(CsArena *arena, const CsJson *node, CsEntry *entry)
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

// ---- Phrases ----------------------------------------------------------------

uint64_t
cs_words_hash_start(void)
{
  return 0xcbf29ce484222325U;
}

uint64_t
cs_words_hash_add(uint64_t hash, const char *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3U;
  return hash;
}

uint64_t
cs_letters_of(const char *word, size_t n)
{
  uint64_t set = 0;
  for (size_t i = 0; i < n; i++)
    if (word[i] >= 'a' && word[i] <= 'z')
      set |= (uint64_t)1 << (word[i] - 'a');
  return set;
}

/// Where a phrase stands, or the empty place where it would.
static size_t
phrase_slot(
    const CsLexicon *lexicon, uint64_t hash, const char *phrase, size_t n)
{
  const size_t mask = lexicon->n_slots - 1;
  size_t i          = hash & mask;
  while (
      lexicon->slots[i].entry != NULL &&
      !(lexicon->slots[i].hash == hash && strlen(lexicon->slots[i].text) == n &&
          memcmp(lexicon->slots[i].text, phrase, n) == 0))
    i = (i + 1) & mask;
  return i;
}

const CsEntry *
cs_lexicon_find(
    const CsLexicon *lexicon, uint64_t hash, const char *phrase, size_t n)
{
  return lexicon->slots[phrase_slot(lexicon, hash, phrase, n)].entry;
}

static size_t
word_slot(const CsLexicon *lexicon, uint64_t hash, const char *word, size_t n)
{
  const size_t mask = lexicon->n_word_slots - 1;
  size_t i          = hash & mask;
  while (lexicon->words[i].text != NULL &&
         !(lexicon->words[i].hash == hash && (size_t)lexicon->words[i].n == n &&
             memcmp(lexicon->words[i].text, word, n) == 0))
    i = (i + 1) & mask;
  return i;
}

const CsKnownWord *
cs_lexicon_word(const CsLexicon *lexicon, const char *word, size_t n)
{
  const uint64_t hash      = cs_words_hash_add(cs_words_hash_start(), word, n);
  const CsKnownWord *known = &lexicon->words[word_slot(lexicon, hash, word, n)];
  return known->text != NULL ? known : NULL;
}

/// Two words within k edits differ in at most 2 k letters.
static bool
may_be_near(uint64_t a, uint64_t b, size_t limit)
{
  uint64_t apart = a ^ b;
  size_t n       = 0;
  for (; apart != 0 && n <= 2 * limit; apart &= apart - 1)
    n++;
  return n <= 2 * limit;
}

/// The common slips of the hand: a letter left out, two swapped, one doubled.
static bool
is_slip(const char *typed, size_t n, const CsKnownWord *known)
{
  const size_t n_known = (size_t)known->n;
  size_t i             = 0;
  while (i < n && i < n_known && typed[i] == known->text[i])
    i++;
  if (n_known == n + 1)
    return strcmp(typed + i, known->text + i + 1) == 0;
  if (n_known + 1 == n)
    return i > 0 && typed[i] == typed[i - 1] &&
           strcmp(typed + i + 1, known->text + i) == 0;
  return n_known == n && i + 1 < n && typed[i] == known->text[i + 1] &&
         typed[i + 1] == known->text[i] &&
         strcmp(typed + i + 2, known->text + i + 2) == 0;
}

/// Fewer edits are nearer; then slips, the same first letter, and words that
/// ask for something.
static size_t
rank_of(const char *typed, size_t n, const CsKnownWord *known, size_t distance)
{
  return 8 * distance + (is_slip(typed, n, known) ? 0 : 4) +
         (typed[0] != known->text[0] ? 2 : 0) + (known->is_plain ? 1 : 0);
}

const CsKnownWord *
cs_lexicon_nearest(const CsLexicon *lexicon, const char *word, size_t n,
    size_t limit, bool *unique)
{
  char text[MAX_WORD_BYTES];
  const CsKnownWord *nearest = NULL;
  *unique                    = false;
  if (n + 1 > sizeof text)
    return NULL;
  memcpy(text, word, n);
  text[n]                = '\0';
  const uint64_t letters = cs_letters_of(word, n);
  size_t smallest        = 8 * (limit + 1);
  const size_t low = n > limit ? n - limit : 1, high = n + limit;
  for (size_t length = low; length <= high && length < MAX_WORD_BYTES; length++)
    for (size_t i = 0; i < lexicon->n_by_length[length]; i++) {
      const CsKnownWord *known = lexicon->by_length[length][i];
      if (!may_be_near(known->letters, letters, limit))
        continue;
      const size_t distance = cs_edit_distance(text, known->text, limit);
      const size_t rank     = rank_of(text, n, known, distance);
      if (distance > limit || rank > smallest)
        continue;
      // A plural is no other word.
      const bool plural =
          nearest != NULL && rank == smallest && known->n == nearest->n + 1 &&
          known->text[nearest->n] == 's' &&
          strncmp(known->text, nearest->text, (size_t)nearest->n) == 0;
      if (plural)
        continue;
      *unique  = rank < smallest;
      smallest = rank;
      nearest  = known;
    }
  return nearest;
}

/// The phrase's words with one space between, and how many they are.
static CsStatus
join_words(CsArena *arena, const CsNormal *normal, const char **phrase,
    size_t *n_words, CsToken *tokens)
{
  CsText text = cs_text_new(arena);
  CsToken token;
  *n_words = 0;
  for (size_t at = 0; cs_next_token(normal->text, normal->n, at, &token);
       at        = token.end) {
    if (*n_words > 0)
      cs_text_add(&text, " ");
    cs_text_add_bytes(
        &text, normal->text + token.begin, token.end - token.begin);
    if (*n_words < MAX_PHRASE_WORDS)
      tokens[*n_words] = token;
    ++*n_words;
  }
  return cs_text_take(&text, phrase);
}

static bool
is_plain(const CsEntry *entry)
{
  return entry->class_of == CS_CLASS_PLAIN ||
         entry->class_of == CS_CLASS_FOREIGN;
}

static CsStatus
add_word(CsLexicon *lexicon, const char *word, size_t n, size_t n_words,
    bool first, const CsEntry *entry)
{
  const uint64_t hash = cs_words_hash_add(cs_words_hash_start(), word, n);
  CsKnownWord *known  = &lexicon->words[word_slot(lexicon, hash, word, n)];
  if (known->text == NULL) {
    *known = (CsKnownWord){.text = cs_arena_copy(lexicon->arena, word, n),
        .letters                 = cs_letters_of(word, n),
        .hash                    = hash,
        .n                       = (int)n,
        .is_foreign              = true,
        .is_plain                = true};
    CS_TRY_NEW(known->text);
  }
  if (first && known->max_words < (int)n_words)
    known->max_words = (int)n_words;
  known->is_plain   = known->is_plain && is_plain(entry);
  known->is_foreign = known->is_foreign && entry->class_of == CS_CLASS_FOREIGN;
  return CS_OK;
}

CsStatus
cs_lexicon_lookup(CsArena *arena, const CsLexicon *lexicon, const char *text,
    const CsEntry **entry)
{
  CsNormal normal;
  CsToken tokens[MAX_PHRASE_WORDS];
  const char *phrase = "";
  size_t n_words     = 0;
  *entry             = NULL;
  CS_TRY(cs_normalise(arena, text, strlen(text), &normal));
  CS_TRY(join_words(arena, &normal, &phrase, &n_words, tokens));
  const size_t n      = strlen(phrase);
  const uint64_t hash = cs_words_hash_add(cs_words_hash_start(), phrase, n);
  *entry              = cs_lexicon_find(lexicon, hash, phrase, n);
  return CS_OK;
}

static CsStatus
add_phrase(CsArena *arena, CsLexicon *lexicon, const CsJson *node,
    const CsEntry *entry)
{
  CsNormal normal;
  CsToken tokens[MAX_PHRASE_WORDS];
  const char *phrase = "";
  size_t n_words     = 0;
  CS_TRY(cs_normalise(
      lexicon->arena, node->string, strlen(node->string), &normal));
  CS_TRY(join_words(lexicon->arena, &normal, &phrase, &n_words, tokens));
  if (n_words == 0 || n_words > MAX_PHRASE_WORDS)
    return cs_json_fail(arena, node, "a phrase has 1..%d words, this has %zu",
        MAX_PHRASE_WORDS, n_words);
  const size_t n      = strlen(phrase);
  const uint64_t hash = cs_words_hash_add(cs_words_hash_start(), phrase, n);
  const CsEntry *old  = cs_lexicon_find(lexicon, hash, phrase, n);
  if (old != NULL && old->level == entry->level)
    return cs_json_fail(arena, node,
        "the phrase \"%s\" stands already in %s; keep one of them", phrase,
        old->file);
  lexicon->slots[phrase_slot(lexicon, hash, phrase, n)] =
      (CsPhraseSlot){hash, phrase, entry};
  lexicon->n_phrases++;
  for (size_t w = 0; w < n_words; w++)
    CS_TRY(add_word(lexicon, normal.text + tokens[w].begin,
        tokens[w].end - tokens[w].begin, n_words, w == 0, entry));
  return CS_OK;
}

// ---- Files ------------------------------------------------------------------

typedef struct File {
  const char *about;
  int class_of;
  const CsJson *entries;
  const CsJson *patterns;
} File;

static const CsField file_fields[] = {
    {"about", CS_FIELD_STRING, offsetof(File, about), .what = "one sentence"},
    {"class", CS_FIELD_ENUM, offsetof(File, class_of), .what = "class",
        NAMES(cs_class_names)},
    {"entries", CS_FIELD_NODE, offsetof(File, entries),
        .what = "list of words"},
    {"patterns", CS_FIELD_NODE, offsetof(File, patterns),
        .what = "list of patterns"},
};

typedef struct PatternRow {
  int shape;
  const char *pattern;
  const char *about;
} PatternRow;

static const CsField pattern_fields[] = {
    {"shape", CS_FIELD_ENUM, offsetof(PatternRow, shape), .what = "shape",
        NAMES(cs_shape_names), .required = true},
    {"pattern", CS_FIELD_STRING, offsetof(PatternRow, pattern),
        .what = "regular expression", .required = true},
    {"about", CS_FIELD_STRING, offsetof(PatternRow, about), .what = "example"},
};

#define N_OF(table) (sizeof(table) / sizeof *(table))

static CsStatus
want_list(CsArena *arena, const CsJson *node)
{
  if (node->kind != CS_JSON_ARRAY)
    return cs_json_fail(arena, node, "a list [...] is wanted here");
  return CS_OK;
}

static CsStatus
add_pattern(CsArena *arena, CsLexicon *lexicon, const CsJson *node, int level)
{
  char why[CS_MESSAGE_BYTES] = "";
  PatternRow row             = {0};
  CS_TRY(cs_json_read(arena, node, pattern_fields, N_OF(pattern_fields), &row));
  const CsJson *at = cs_json_member(node, "pattern");
  CsShapes *shapes = &lexicon->shapes[row.shape];
  CsShape **larger = CS_NEW_N(lexicon->arena, CsShape *, shapes->n + 1);
  CS_TRY_NEW(larger);
  if (shapes->n > 0)
    memcpy(larger, shapes->items, shapes->n * sizeof *larger);
  CsShape *shape        = NULL;
  const CsStatus status = cs_shape_new(row.pattern, why, &shape);
  if (status == CS_ERR_MEMORY)
    return cs_fail(arena, status, "%s", why);
  if (status != CS_OK)
    return cs_json_fail(arena, at, "the pattern cannot be used: %s", why);
  larger[shapes->n++] = shape;
  shapes->items       = larger;
  if (level > 0 && cs_pattern_is_slow(row.pattern))
    return cs_json_fail(arena, at,
        "the pattern takes too long on short texts; do not repeat what is "
        "repeated already, as in (a+)+");
  for (const char *g = shape_groups[row.shape]; *g != '\0'; g++)
    if (!cs_shape_has_group(shape, *g))
      return cs_json_fail(arena, at,
          "a pattern of shape \"%s\" needs a group (?<%c>...)",
          cs_shape_names[row.shape], *g);
  return CS_OK;
}

/// The mean of the mood words that a mood is like.
static CsStatus
take_likeness(CsArena *arena, const CsLexicon *lexicon, const CsJson *node,
    CsEntry *entry)
{
  const CsJson *list = cs_json_member(node, "like");
  double valence = 0.0, arousal = 0.0, n = 0.0;
  for (const CsJson *at = list != NULL ? list->first : NULL; at != NULL;
       at               = at->next) {
    const CsEntry *other = NULL;
    CS_TRY(cs_lexicon_lookup(lexicon->arena, lexicon, at->string, &other));
    if (other == NULL || other->class_of != CS_CLASS_MOOD || other->adds)
      return cs_json_fail(arena, at,
          "\"%s\" is no mood word of the lexicon; `cuesmith list words` shows "
          "them",
          at->string);
    valence += other->valence;
    arousal += other->arousal;
    n += 1.0;
  }
  if (n > 0.0 && entry->valence <= CS_UNSET)
    entry->valence = valence / n;
  if (n > 0.0 && entry->arousal <= CS_UNSET)
    entry->arousal = arousal / n;
  if (list != NULL && n == 0.0)
    return cs_json_fail(arena, list, "at least one mood word is wanted");
  return CS_OK;
}

/// One file, or one part of a person's file.
typedef struct Loaded {
  const char *name;
  int level;
  File file;
} Loaded;

static CsStatus
add_entry(
    CsArena *arena, CsLexicon *lexicon, const CsJson *node, const Loaded *from)
{
  CsEntry *entry = CS_NEW(lexicon->arena, CsEntry);
  CS_TRY_NEW(entry);
  *entry = (CsEntry){.class_of = (CsClass)from->file.class_of,
      .file                    = from->name,
      .level                   = from->level,
      .valence                 = CS_UNSET,
      .arousal                 = CS_UNSET,
      .density                 = CS_UNSET,
      .amount                  = 1.0,
      .scale                   = 1.0,
      .function                = -1,
      .strength                = 1,
      .ending                  = -1,
      .mode                    = -1,
      .kind                    = -1,
      .code                    = -1};
  CS_TRY(read_entry(lexicon->arena, node, entry));
  CS_TRY(take_likeness(arena, lexicon, node, entry));
  lexicon->entries[lexicon->n_entries++] = entry;
  const CsJson *words                    = cs_json_member(node, "words");
  for (const CsJson *w = words->first; w != NULL; w = w->next)
    CS_TRY(add_phrase(arena, lexicon, w, entry));
  return CS_OK;
}

static CsStatus
read_part(CsArena *arena, const CsJson *root, Loaded *loaded)
{
  loaded->file.class_of = -1;
  CS_TRY(
      cs_json_read(arena, root, file_fields, N_OF(file_fields), &loaded->file));
  if (loaded->file.about == NULL && loaded->level == 0)
    return cs_json_fail(arena, root, "\"about\" (one sentence) is missing");
  if (loaded->file.entries != NULL && loaded->file.class_of < 0)
    return cs_json_fail(arena, root, "\"class\" (class) is missing");
  if (loaded->file.entries != NULL)
    CS_TRY(want_list(arena, loaded->file.entries));
  if (loaded->file.patterns != NULL)
    CS_TRY(want_list(arena, loaded->file.patterns));
  return CS_OK;
}

static CsStatus
read_file(CsArena *arena, const char *folder, Loaded *loaded)
{
  const char *bytes  = NULL;
  size_t n           = 0;
  const CsJson *root = NULL;
  const char *path   = cs_arena_printf(arena, "%s/%s", folder, loaded->name);
  CS_TRY_NEW(path);
  CS_TRY(cs_file_read(arena, path, MAX_FILE_BYTES, &bytes, &n));
  CS_TRY(cs_json_parse(arena, path, bytes, n, &root));
  loaded->name = path;
  return read_part(arena, root, loaded);
}

typedef struct Parts {
  Loaded *items;
  size_t n, capacity;
} Parts;

static CsStatus
add_part(CsArena *arena, Parts *parts, const char *name, int level)
{
  void *items = parts->items;
  CS_TRY(cs_arena_grow(
      arena, &items, &parts->capacity, parts->n + 1, sizeof *parts->items));
  parts->items             = items;
  parts->items[parts->n++] = (Loaded){.name = name, .level = level};
  return CS_OK;
}

/// A person's file: one part, or a list of them.
static CsStatus
read_user(CsArena *arena, const CsUserWords *user, Parts *parts)
{
  const CsJson *root = NULL;
  if (user->n_bytes > MAX_FILE_BYTES)
    return cs_fail(arena, CS_ERR_REQUEST, "%s: more than %d bytes of words",
        user->name, MAX_FILE_BYTES);
  CS_TRY(cs_json_parse(arena, user->name, user->json, user->n_bytes, &root));
  const bool list  = root->kind == CS_JSON_ARRAY;
  const CsJson *at = list ? root->first : root;
  for (; at != NULL; at = list ? at->next : NULL) {
    CS_TRY(add_part(arena, parts, user->name, user->level));
    CS_TRY(read_part(arena, at, &parts->items[parts->n - 1]));
  }
  return CS_OK;
}

static size_t
power_of_two(size_t n)
{
  size_t power = 64;
  while (power < n)
    power *= 2;
  return power;
}

/// Room for every phrase, at most half full.
static CsStatus
make_room(CsLexicon *lexicon, const Loaded *files, size_t n_files)
{
  size_t n_entries = 0, n_phrases = 0;
  for (size_t i = 0; i < n_files; i++) {
    const CsJson *entries = files[i].file.entries;
    n_entries += entries != NULL ? entries->n_children : 0;
    for (const CsJson *e = entries != NULL ? entries->first : NULL; e != NULL;
         e               = e->next) {
      const CsJson *words = cs_json_member(e, "words");
      n_phrases += words != NULL ? words->n_children : 0;
    }
  }
  lexicon->n_slots = power_of_two(2 * n_phrases + 2);
  lexicon->n_word_slots =
      power_of_two(2 * MAX_PHRASE_WORDS * n_phrases / 2 + 2);
  lexicon->entries = CS_NEW_N(lexicon->arena, CsEntry *, n_entries + 1);
  lexicon->slots   = CS_NEW_N(lexicon->arena, CsPhraseSlot, lexicon->n_slots);
  lexicon->words = CS_NEW_N(lexicon->arena, CsKnownWord, lexicon->n_word_slots);
  CS_TRY_NEW(lexicon->entries);
  CS_TRY_NEW(lexicon->slots);
  CS_TRY_NEW(lexicon->words);
  return CS_OK;
}

static int
by_text(const void *a, const void *b)
{
  const CsKnownWord *const *x = a, *const *y = b;
  return strcmp((*x)->text, (*y)->text);
}

static bool
is_near_candidate(const CsKnownWord *word)
{
  return word->text != NULL && word->n < MAX_WORD_BYTES && !word->is_foreign;
}

/// Words by length, in byte order, for the search of near ones.
static CsStatus
sort_words(CsLexicon *lexicon)
{
  size_t n[MAX_WORD_BYTES] = {0};
  for (size_t i = 0; i < lexicon->n_word_slots; i++)
    if (is_near_candidate(&lexicon->words[i]))
      n[lexicon->words[i].n]++;
  for (size_t length = 0; length < MAX_WORD_BYTES; length++) {
    lexicon->by_length[length] =
        CS_NEW_N(lexicon->arena, const CsKnownWord *, n[length]);
    CS_TRY_NEW(lexicon->by_length[length]);
  }
  for (size_t i = 0; i < lexicon->n_word_slots; i++) {
    const CsKnownWord *word = &lexicon->words[i];
    if (is_near_candidate(word))
      lexicon->by_length[word->n][lexicon->n_by_length[word->n]++] = word;
  }
  for (size_t length = 0; length < MAX_WORD_BYTES; length++)
    if (n[length] > 1)
      qsort(lexicon->by_length[length], n[length], sizeof(const CsKnownWord *),
          by_text);
  return CS_OK;
}

static CsStatus
read_parts(CsLexicon *lexicon, const char *folder, const CsUserWords *users,
    size_t n_users, Parts *parts)
{
  CsArena *arena  = lexicon->arena;
  CsStrings names = {0};
  CS_TRY(cs_folder_list(arena, folder, ".json", &names));
  if (names.n == 0)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s holds no .json file; it must be the folder of the lexicon", folder);
  for (size_t i = 0; i < names.n; i++) {
    CS_TRY(add_part(arena, parts, names.items[i], 0));
    CS_TRY(read_file(arena, folder, &parts->items[i]));
  }
  for (size_t i = 0; i < n_users; i++)
    CS_TRY(read_user(arena, &users[i], parts));
  return CS_OK;
}

static CsStatus
add_all(CsLexicon *lexicon, const Loaded *part)
{
  const File *file = &part->file;
  CsArena *arena   = lexicon->arena;
  for (const CsJson *e = file->entries != NULL ? file->entries->first : NULL;
       e != NULL; e    = e->next)
    CS_TRY(add_entry(arena, lexicon, e, part));
  for (const CsJson *e = file->patterns != NULL ? file->patterns->first : NULL;
       e != NULL; e    = e->next)
    CS_TRY(add_pattern(arena, lexicon, e, part->level));
  return CS_OK;
}

static CsStatus
load_files(CsLexicon *lexicon, const char *folder, const CsUserWords *users,
    size_t n_users)
{
  Parts parts = {0};
  CS_TRY(read_parts(lexicon, folder, users, n_users, &parts));
  CS_TRY(make_room(lexicon, parts.items, parts.n));
  for (size_t i = 0; i < parts.n; i++)
    CS_TRY(add_all(lexicon, &parts.items[i]));
  return sort_words(lexicon);
}

CsStatus
cs_lexicon_load(CsArena *arena, const char *folder, CsLexicon **lexicon)
{
  return cs_lexicon_load_with(arena, folder, NULL, 0, lexicon);
}

CsStatus
cs_lexicon_load_with(CsArena *arena, const char *folder,
    const CsUserWords *users, size_t n_users, CsLexicon **lexicon)
{
  *lexicon     = NULL;
  CsArena *own = cs_arena_new(NULL);
  if (own == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "not enough memory for the lexicon");
  CsLexicon *fresh = CS_NEW(own, CsLexicon);
  if (fresh == NULL) {
    cs_arena_free(own);
    return cs_fail(arena, CS_ERR_MEMORY, "not enough memory for the lexicon");
  }
  fresh->arena          = own;
  const CsStatus status = load_files(fresh, folder, users, n_users);
  if (status != CS_OK) {
    const CsStatus failed = cs_fail(arena, status, "%s", cs_arena_error(own));
    cs_lexicon_free(fresh);
    return failed;
  }
  *lexicon = fresh;
  return CS_OK;
}

void
cs_lexicon_free(CsLexicon *lexicon)
{
  if (lexicon == NULL)
    return;
  for (int kind = 0; kind < CS_N_SHAPES; kind++)
    for (size_t i = 0; i < lexicon->shapes[kind].n; i++)
      cs_shape_free(lexicon->shapes[kind].items[i]);
  cs_arena_free(lexicon->arena);
}
