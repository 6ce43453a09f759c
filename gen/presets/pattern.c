#include "gen/presets/reading.h"

#include <stddef.h>
#include <string.h>

enum { MAX_PATTERNS = 2048 };

static const char *const kind_names[] = {
    [CS_PATTERN_CHORDS] = "chords",
    [CS_PATTERN_BASS]   = "bass",
    [CS_PATTERN_DRUMS]  = "drums",
    [CS_PATTERN_FILL]   = "fills",
};

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
    CS_TRY(cs_read_drum_lines(arena, object, made));
  else
    CS_TRY(cs_read_voices(arena, object, made));
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
    if (own[0] == id[0] && own[1] == id[1] && strncmp(own, id, n) == 0 &&
        own[n] == '\0')
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
