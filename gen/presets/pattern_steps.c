// What a pattern's bar holds, as text: one mark per step for players of chords
// and bass, one digit per step for drums.

#include "gen/presets/reading.h"

#include <stddef.h>

enum { MAX_LINES = 16, VELOCITY_PER_DIGIT = 14 };

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

CsStatus
cs_read_voices(CsArena *arena, const CsJson *object, CsPattern *pattern)
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

CsStatus
cs_read_drum_lines(CsArena *arena, const CsJson *object, CsPattern *pattern)
{
  const CsJson *lines = NULL;
  CS_TRY(cs_list_member(arena, object, "lines", 1, MAX_LINES, &lines));
  pattern->lines = CS_NEW_N(arena, CsDrumLine, lines->n_children);
  CS_TRY_NEW(pattern->lines);
  for (const CsJson *e = lines->first; e != NULL; e = e->next)
    CS_TRY(read_line(arena, e, pattern, &pattern->lines[pattern->n_lines++]));
  return CS_OK;
}
