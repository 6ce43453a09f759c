#include "gen/presets/reading.h"

#include <stddef.h>
#include <string.h>

enum { MAX_PATTERNS = 2048, MAX_LINES = 16, VELOCITY_PER_DIGIT = 14 };

static const char *const kind_names[] = {
    [CS_PATTERN_CHORDS] = "chords",
    [CS_PATTERN_BASS]   = "bass",
    [CS_PATTERN_DRUMS]  = "drums",
    [CS_PATTERN_FILL]   = "fills",
};

// ---- Steps as text ----------------------------------------------------------

/// One character per step; blanks and bar strokes are for the eye only.
typedef struct Steps {
  char marks[CS_MAX_STEPS];
  int n;
} Steps;

static CsStatus
read_steps(CsArena *arena, const CsJson *node, const char *text, Steps *steps)
{
  steps->n = 0;
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == ' ' || *p == '|')
      continue;
    if (steps->n == CS_MAX_STEPS)
      return cs_json_fail(
          arena, node, "more than %d steps; shorten the line", CS_MAX_STEPS);
    steps->marks[steps->n++] = *p;
  }
  if (steps->n == 0)
    return cs_json_fail(arena, node, "the line has no steps");
  return CS_OK;
}

/// All lines of a pattern are equally long; the first one decides.
static CsStatus
want_length(
    CsArena *arena, const CsJson *node, const Steps *steps, int *n_steps)
{
  if (*n_steps == 0)
    *n_steps = steps->n;
  if (*n_steps != steps->n)
    return cs_json_fail(arena, node,
        "the line has %d steps, the others of this pattern have %d", steps->n,
        *n_steps);
  return CS_OK;
}

static CsStatus
fail_mark(CsArena *arena, const CsJson *node, const Steps *steps, int at,
    const char *allowed)
{
  return cs_json_fail(arena, node, "step %d is '%c'; allowed are %s", at,
      steps->marks[at], allowed);
}

static bool
is_digit(char mark)
{
  return mark >= '1' && mark <= '9';
}

// ---- Strokes ----------------------------------------------------------------

typedef struct Mark {
  char mark;
  unsigned tones;
  int degree;
  int strum; ///< 1 from low to high, -1 from high to low, 0 together.
} Mark;

/// x all notes at once, t all but the lowest, D and U strum down and up.
static const Mark chord_marks[] = {
    {'x', 0, 0, 1},
    {'t', 0xE, 0, 1},
    {'D', 0, 0, 1},
    {'U', 0xE, 0, -1},
    {'1', 1U << 0, 0, 0},
    {'2', 1U << 1, 0, 0},
    {'3', 1U << 2, 0, 0},
    {'4', 1U << 3, 0, 0},
    {'5', 1U << 4, 0, 0},
    {'6', 1U << 5, 0, 0},
    {'7', 1U << 6, 0, 0},
    {'8', 1U << 7, 0, 0},
};

/// Degrees of the chord; a is an approach note to the next root.
static const Mark bass_marks[] = {
    {'1', 0, 1, 0},
    {'3', 0, 3, 0},
    {'5', 0, 5, 0},
    {'7', 0, 7, 0},
    {'8', 0, 8, 0},
    {'a', 0, 0, 0},
};

/// What the marks of one kind of pattern mean.
typedef struct Alphabet {
  const Mark *marks;
  size_t n_marks;
  const char *allowed;
} Alphabet;

static const Alphabet chord_alphabet = {chord_marks, CS_N_ROWS(chord_marks),
    "1..8 (chord notes), x (all), t (all but the lowest), D and U (strum "
    "down, up), - (hold) and . (rest)"};
static const Alphabet bass_alphabet  = {bass_marks, CS_N_ROWS(bass_marks),
     "1 3 5 7 8 (degrees), a (approach), - (hold) and . (rest)"};

static const Mark *
find_mark(const Alphabet *alphabet, char mark)
{
  for (size_t i = 0; i < alphabet->n_marks; i++)
    if (alphabet->marks[i].mark == mark)
      return &alphabet->marks[i];
  return NULL;
}

/// A voice as the file writes it.
typedef struct Voice {
  const char *play;
  const char *accent;
  double spread_ms;
} Voice;

static const CsField voice_fields[] = {
    {.key         = "play",
        .kind     = CS_FIELD_STRING,
        .offset   = offsetof(Voice, play),
        .what     = "one mark per step",
        .required = true},
    {.key         = "accent",
        .kind     = CS_FIELD_STRING,
        .offset   = offsetof(Voice, accent),
        .what     = "loudness 1..9 under every stroke",
        .required = true},
    {.key       = "spread_ms",
        .kind   = CS_FIELD_DOUBLE,
        .offset = offsetof(Voice, spread_ms),
        .low    = 0,
        .high   = 120,
        .what   = "milliseconds from string to string"},
};

static CsStatus
add_stroke(
    CsArena *arena, CsPattern *pattern, size_t *capacity, CsStroke stroke)
{
  void *strokes = pattern->strokes;
  CS_TRY(cs_arena_grow(
      arena, &strokes, capacity, pattern->n_strokes + 1, sizeof(CsStroke)));
  pattern->strokes                       = strokes;
  pattern->strokes[pattern->n_strokes++] = stroke;
  return CS_OK;
}

static CsStatus
read_voice(CsArena *arena, const CsJson *object, const Alphabet *alphabet,
    CsPattern *pattern, size_t *capacity)
{
  Voice voice = {0};
  Steps play, accent;
  CS_TRY(cs_json_read(
      arena, object, voice_fields, CS_N_ROWS(voice_fields), &voice));
  const CsJson *play_node   = cs_json_member(object, "play");
  const CsJson *accent_node = cs_json_member(object, "accent");
  CS_TRY(read_steps(arena, play_node, voice.play, &play));
  CS_TRY(read_steps(arena, accent_node, voice.accent, &accent));
  CS_TRY(want_length(arena, play_node, &play, &pattern->n_steps));
  CS_TRY(want_length(arena, accent_node, &accent, &pattern->n_steps));
  for (int i = 0; i < play.n; i++) {
    const Mark *mark  = find_mark(alphabet, play.marks[i]);
    const bool struck = mark != NULL;
    if (!struck && (play.marks[i] != '.') && (play.marks[i] != '-' || i == 0))
      return fail_mark(arena, play_node, &play, i, alphabet->allowed);
    if (struck != is_digit(accent.marks[i]))
      return fail_mark(arena, accent_node, &accent, i,
          "a digit 1..9 where a stroke is, - or . elsewhere");
    if (!struck)
      continue;
    int n_steps = 1;
    while (i + n_steps < play.n && play.marks[i + n_steps] == '-')
      n_steps++;
    CS_TRY(add_stroke(arena, pattern, capacity,
        (CsStroke){.step = i,
            .n_steps     = n_steps,
            .velocity    = VELOCITY_PER_DIGIT * (accent.marks[i] - '0'),
            .tones       = mark->tones,
            .degree      = mark->degree,
            .spread_ms   = mark->strum * voice.spread_ms}));
  }
  return CS_OK;
}

/// Strokes in order of time, as players want them; few, so by insertion.
static void
sort_strokes(CsPattern *pattern)
{
  for (size_t i = 1; i < pattern->n_strokes; i++) {
    const CsStroke stroke = pattern->strokes[i];
    size_t at             = i;
    for (; at > 0 && pattern->strokes[at - 1].step > stroke.step; at--)
      pattern->strokes[at] = pattern->strokes[at - 1];
    pattern->strokes[at] = stroke;
  }
}

static CsStatus
read_voices(CsArena *arena, const CsJson *object, CsPattern *pattern)
{
  const CsJson *voices = NULL;
  size_t capacity      = 0;
  const Alphabet *alphabet =
      pattern->kind == CS_PATTERN_BASS ? &bass_alphabet : &chord_alphabet;
  CS_TRY(cs_list_member(arena, object, "voices", 1, MAX_LINES, &voices));
  for (const CsJson *e = voices->first; e != NULL; e = e->next)
    CS_TRY(read_voice(arena, e, alphabet, pattern, &capacity));
  sort_strokes(pattern);
  return CS_OK;
}

// ---- Drum lines -------------------------------------------------------------

/// A drum's line as the file writes it.
typedef struct Line {
  const char *drum;
  const char *play;
  int from;
} Line;

static const CsField line_fields[] = {
    {.key         = "drum",
        .kind     = CS_FIELD_STRING,
        .offset   = offsetof(Line, drum),
        .what     = "name of a drum",
        .required = true},
    {.key       = "from",
        .kind   = CS_FIELD_INT,
        .offset = offsetof(Line, from),
        .low    = 0,
        .high   = 4,
        .what   = "energy level at which it comes in"},
    {.key         = "play",
        .kind     = CS_FIELD_STRING,
        .offset   = offsetof(Line, play),
        .what     = "loudness 1..9 or . per step",
        .required = true},
};

static CsStatus
read_line(
    CsArena *arena, const CsJson *object, CsPattern *pattern, CsDrumLine *out)
{
  Line line = {0};
  Steps steps;
  CS_TRY(
      cs_json_read(arena, object, line_fields, CS_N_ROWS(line_fields), &line));
  CS_TRY(cs_drum_key_read(
      arena, cs_json_member(object, "drum"), line.drum, &out->key));
  const CsJson *play = cs_json_member(object, "play");
  CS_TRY(read_steps(arena, play, line.play, &steps));
  CS_TRY(want_length(arena, play, &steps, &pattern->n_steps));
  out->from_energy = line.from;
  for (int i = 0; i < steps.n; i++) {
    if (is_digit(steps.marks[i]))
      out->velocities[i] = VELOCITY_PER_DIGIT * (steps.marks[i] - '0');
    else if (steps.marks[i] != '.')
      return fail_mark(arena, play, &steps, i, "1..9 (loudness) and . (rest)");
  }
  return CS_OK;
}

static CsStatus
read_lines(CsArena *arena, const CsJson *object, CsPattern *pattern)
{
  const CsJson *lines = NULL;
  CS_TRY(cs_list_member(arena, object, "lines", 1, MAX_LINES, &lines));
  pattern->lines = CS_NEW_N(arena, CsDrumLine, lines->n_children);
  CS_TRY_NEW(pattern->lines);
  for (const CsJson *e = lines->first; e != NULL; e = e->next)
    CS_TRY(read_line(arena, e, pattern, &pattern->lines[pattern->n_lines++]));
  return CS_OK;
}

// ---- Patterns ---------------------------------------------------------------

/// A pattern as the file writes it.
typedef struct Row {
  CsPattern made;
  const char *meter;
  const char *variant_of;
  const CsJson *voices;
  const CsJson *lines;
} Row;

#define AT(member) offsetof(Row, member)

static const CsField pattern_fields[] = {
    {.key         = "id",
        .kind     = CS_FIELD_STRING,
        .offset   = AT(made.id),
        .what     = "short name",
        .required = true},
    {.key         = "name",
        .kind     = CS_FIELD_STRING,
        .offset   = AT(made.name),
        .what     = "what it is, one line",
        .required = true},
    {.key       = "variant_of",
        .kind   = CS_FIELD_STRING,
        .offset = AT(variant_of),
        .what   = "id of the pattern that it stands in for"},
    {.key       = "meter",
        .kind   = CS_FIELD_STRING,
        .offset = AT(meter),
        .what   = "like 4/4"},
    {.key = "triplets", .kind = CS_FIELD_BOOL, .offset = AT(made.is_triplet)},
    {.key = "drifts", .kind = CS_FIELD_BOOL, .offset = AT(made.drifts)},
    {.key = "pedal", .kind = CS_FIELD_BOOL, .offset = AT(made.is_pedal)},
    {.key       = "gate",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT(made.gate),
        .low    = 0.1,
        .high   = 1.2,
        .what   = "share of a stroke that sounds"},
    {.key       = "scatter_per_s",
        .kind   = CS_FIELD_DOUBLE,
        .offset = AT(made.scatter_per_s),
        .low    = 0.01,
        .high   = 4,
        .what   = "strokes a second at random"},
    {.key       = "from_step",
        .kind   = CS_FIELD_INT,
        .offset = AT(made.from_step),
        .low    = 0,
        .high   = CS_MAX_STEPS - 1,
        .what   = "step from which a fill takes over"},
    {.key       = "crash_after",
        .kind   = CS_FIELD_BOOL,
        .offset = AT(made.crash_after)},
    {.key = "voices", .kind = CS_FIELD_NODE, .offset = AT(voices)},
    {.key = "lines", .kind = CS_FIELD_NODE, .offset = AT(lines)},
};

static CsStatus
read_meter(CsArena *arena, const CsJson *object, const Row *row, CsMeter *meter)
{
  if (cs_meter_parse(row->meter, meter))
    return CS_OK;
  return cs_json_fail(arena, cs_json_member(object, "meter"),
      "\"%s\" is no meter; write it like 3/4", row->meter);
}

/// A pattern that stays with the bar line fills its bar.
static CsStatus
want_full_bar(CsArena *arena, const CsJson *object, const CsPattern *pattern)
{
  const double per_quarter = pattern->is_triplet ? 3.0 : 4.0;
  const double wanted      = cs_meter_quarters(pattern->meter) * per_quarter;
  if (pattern->drifts || pattern->scatter_per_s > 0.0 ||
      (double)pattern->n_steps == wanted)
    return CS_OK;
  return cs_json_fail(arena, object,
      "the pattern has %d steps, a bar of %d/%d has %d; fill the bar or set "
      "\"drifts\"",
      pattern->n_steps, pattern->meter.numerator, pattern->meter.denominator,
      (int)wanted);
}

static bool
is_drummed(CsPatternKind kind)
{
  return kind == CS_PATTERN_DRUMS || kind == CS_PATTERN_FILL;
}

static CsStatus
set_family(
    CsArena *arena, const CsJson *object, Row *row, const CsPresets *presets)
{
  row->made.family = row->made.id;
  if (row->variant_of == NULL)
    return CS_OK;
  const CsPattern *of = cs_find_pattern(presets, row->variant_of);
  if (of == NULL || of->kind != row->made.kind)
    return cs_json_fail(arena, cs_json_member(object, "variant_of"),
        "no pattern \"%s\" of the same kind stands before this one",
        row->variant_of);
  row->made.family = of->family;
  return CS_OK;
}

static CsStatus
finish(CsArena *arena, const CsJson *object, Row *row, const CsPresets *presets,
    size_t *at)
{
  CsPattern *made     = &row->made;
  const CsJson *other = is_drummed(made->kind) ? row->voices : row->lines;
  if (other != NULL)
    return cs_json_fail(arena, other, "%s have \"%s\" instead",
        kind_names[made->kind], is_drummed(made->kind) ? "lines" : "voices");
  const CsPattern *taken = cs_find_pattern(presets, made->id);
  *at =
      taken != NULL ? (size_t)(taken - presets->patterns) : presets->n_patterns;
  if (taken != NULL && *at >= presets->below.n_patterns)
    return cs_json_fail(
        arena, object, "the id \"%s\" is taken by another pattern", made->id);
  CS_TRY(read_meter(arena, object, row, &made->meter));
  CS_TRY(set_family(arena, object, row, presets));
  if (is_drummed(made->kind))
    CS_TRY(read_lines(arena, object, made));
  else
    CS_TRY(read_voices(arena, object, made));
  return want_full_bar(arena, object, made);
}

static CsStatus
read_one(CsArena *arena, const CsJson *object, CsPatternKind kind,
    CsPresets *presets)
{
  Row row = {.made = {.kind = kind, .gate = 0.9}, .meter = "4/4"};
  CS_TRY(cs_json_read(
      arena, object, pattern_fields, CS_N_ROWS(pattern_fields), &row));
  size_t at = 0;
  CS_TRY(finish(arena, object, &row, presets, &at));
  presets->patterns[at] = row.made;
  presets->n_patterns += at == presets->n_patterns;
  return CS_OK;
}

CsStatus
cs_add_patterns(
    CsArena *arena, const CsJson *list, CsPatternKind kind, CsPresets *presets)
{
  void *all = presets->patterns;
  CS_TRY(cs_make_room(arena, &all, presets->n_patterns, list->n_children,
      sizeof *presets->patterns));
  presets->patterns = all;
  for (const CsJson *e = list->first; e != NULL; e = e->next)
    CS_TRY(read_one(arena, e, kind, presets));
  return CS_OK;
}

/// A file of patterns of one kind.
typedef struct File {
  int kind;
  const CsJson *patterns;
} File;

static const CsField file_fields[] = {
    {.key         = "kind",
        .kind     = CS_FIELD_ENUM,
        .offset   = offsetof(File, kind),
        .what     = "kind of pattern",
        .names    = kind_names,
        .n_names  = CS_N_ROWS(kind_names),
        .required = true},
    {.key         = "patterns",
        .kind     = CS_FIELD_NODE,
        .offset   = offsetof(File, patterns),
        .what     = "list of patterns",
        .required = true},
};

CsStatus
cs_read_patterns(CsArena *arena, const CsJson *root, CsPresets *presets)
{
  File file = {0};
  CS_TRY(cs_json_read(arena, root, file_fields, CS_N_ROWS(file_fields), &file));
  const CsJson *list = NULL;
  CS_TRY(cs_list_member(arena, root, "patterns", 1, MAX_PATTERNS, &list));
  return cs_add_patterns(arena, list, (CsPatternKind)file.kind, presets);
}

// ---- Questions --------------------------------------------------------------

const CsPattern *
cs_find_pattern(const CsPresets *presets, const char *id)
{
  const size_t n = strcspn(id, "|");
  for (size_t i = 0; i < presets->n_patterns; i++) {
    const char *own = presets->patterns[i].id;
    if (strncmp(own, id, n) == 0 && own[n] == '\0')
      return &presets->patterns[i];
  }
  return NULL;
}

const CsPattern *
cs_find_alternative(const CsPresets *presets, const char *entry, size_t n)
{
  for (; n > 0 && entry != NULL; n--) {
    entry = strchr(entry, '|');
    entry = entry != NULL ? entry + 1 : NULL;
  }
  return entry != NULL ? cs_find_pattern(presets, entry) : NULL;
}

/// How well a bar of `of` serves a bar of `meter`; 0 = not at all.
static int
meter_match(CsMeter of, CsMeter meter)
{
  if (of.numerator == meter.numerator && of.denominator == meter.denominator)
    return 3;
  const double bars = cs_meter_quarters(meter) / cs_meter_quarters(of);
  if (bars != (double)(int)bars)
    return 0;
  return cs_meter_is_compound(of) == cs_meter_is_compound(meter) ? 2 : 1;
}

bool
cs_pattern_has_bar(const CsPattern *pattern, CsMeter meter)
{
  return pattern->drifts || pattern->scatter_per_s > 0.0 ||
         meter_match(pattern->meter, meter) > 0;
}

/// Steps on which anything is struck, in a quarter note.
static double
strokes_per_quarter(const CsPattern *pattern)
{
  bool is_struck[CS_MAX_STEPS] = {false};
  int n                        = 0;
  for (size_t i = 0; i < pattern->n_strokes; i++)
    is_struck[pattern->strokes[i].step] = true;
  for (size_t i = 0; i < pattern->n_lines; i++)
    for (int s = 0; s < pattern->n_steps; s++)
      is_struck[s] |= pattern->lines[i].velocities[s] > 0;
  for (int s = 0; s < pattern->n_steps; s++)
    n += is_struck[s];
  return (double)n / cs_meter_quarters(pattern->meter);
}

static size_t
count_missing_drums(const CsPattern *pattern, const CsPattern *other)
{
  size_t n = 0;
  for (size_t i = 0; i < pattern->n_lines; i++) {
    size_t k = 0;
    while (k < other->n_lines && other->lines[k].key != pattern->lines[i].key)
      k++;
    n += k == other->n_lines;
  }
  return n;
}

/// How far another pattern is from what this one plays.
static double
distance_of(const CsPattern *pattern, const CsPattern *other)
{
  const double busier =
      strokes_per_quarter(other) - strokes_per_quarter(pattern);
  return (busier < 0.0 ? -busier : busier) +
         4.0 * (double)count_missing_drums(pattern, other) +
         0.5 * (pattern->is_triplet != other->is_triplet);
}

/// The nearest of its kind that is written in that meter, or the pattern.
static const CsPattern *
stand_in(const CsPresets *presets, const CsPattern *pattern, CsMeter meter)
{
  enum { SAME_METER = 3 };
  const CsPattern *best = pattern;
  double least          = 0.0;
  for (size_t i = 0; i < presets->n_patterns; i++) {
    const CsPattern *it = &presets->patterns[i];
    if (it->kind != pattern->kind || it->is_pedal != pattern->is_pedal ||
        it->drifts || it->scatter_per_s > 0.0 ||
        meter_match(it->meter, meter) != SAME_METER)
      continue;
    const double distance = distance_of(pattern, it);
    if (best == pattern || distance < least)
      best = it, least = distance;
  }
  return best;
}

const CsPattern *
cs_pattern_for_meter(
    const CsPresets *presets, const CsPattern *pattern, CsMeter meter)
{
  const CsPattern *best = pattern;
  int best_match        = meter_match(pattern->meter, meter);
  for (size_t i = 0; i < presets->n_patterns; i++) {
    const CsPattern *it = &presets->patterns[i];
    if (strcmp(it->family, pattern->family) != 0)
      continue;
    const int match = meter_match(it->meter, meter);
    if (match > best_match) {
      best       = it;
      best_match = match;
    }
  }
  return cs_pattern_has_bar(best, meter) ? best
                                         : stand_in(presets, pattern, meter);
}
