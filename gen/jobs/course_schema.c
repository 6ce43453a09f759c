// The fields of a course file: one row each; ranges, names and messages come
// from it.

#include "gen/jobs/course_reading.h"

#include <stddef.h>

enum { MAX_LOOP_BARS = 64 };

const char *const cs_part_kind_names[CS_N_PART_KINDS] = {
    [CS_PART_INTRO]      = "intro",
    [CS_PART_BED]        = "bed",
    [CS_PART_TRANSITION] = "transition",
    [CS_PART_QUIZ]       = "quiz",
    [CS_PART_OUTRO]      = "outro",
};

#define NOTE(type)                                                             \
  {                                                                            \
    .key = "note", .kind = CS_FIELD_STRING, .offset = offsetof(type, note),    \
    .what = "a remark for people"                                              \
  }

static const CsField default_fields[] = {
    NOTE(CsRawDefaults),
    {.key       = "brief",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(CsRawDefaults, brief),
        .what   = "words for all modules"},
    {.key       = "style",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(CsRawDefaults, style),
        .what   = "one of `cuesmith list styles`, or a FILE.json"},
    {.key       = "tempo",
        .kind   = CS_FIELD_DOUBLE,
        .offset = offsetof(CsRawDefaults, tempo_bpm),
        .low    = 40,
        .high   = 240,
        .what   = "beats per minute"},
    {.key       = "key",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(CsRawDefaults, key),
        .what   = "a key such as \"D major\""},
    {.key       = "output",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(CsRawDefaults, output),
        .what   = "how files are called"},
    {.key       = "options",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(CsRawDefaults, options)},
};

static const CsField course_fields[] = {
    NOTE(CsRawCourse),
    {.key       = "title",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(CsRawCourse, title),
        .what   = "the name of the course"},
    {.key       = "theme_seed",
        .kind   = CS_FIELD_DOUBLE,
        .offset = offsetof(CsRawCourse, theme_seed),
        .low    = 0,
        .high   = 9007199254740991.0,
        .what   = "whole number"},
    {.key       = "defaults",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(CsRawCourse, defaults)},
    {.key       = "variables",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(CsRawCourse, variables)},
    {.key       = "parts",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(CsRawCourse, parts)},
    {.key         = "modules",
        .kind     = CS_FIELD_NODE,
        .offset   = offsetof(CsRawCourse, modules),
        .what     = "the list of modules",
        .required = true},
};

static const char *const module_keys[CS_N_MODULE_KEYS] = {
    [CS_KEY_HOME] = "home", [CS_KEY_FIFTH] = "fifth"};

static const CsField module_fields[] = {
    NOTE(CsRawModule),
    {.key         = "name",
        .kind     = CS_FIELD_STRING,
        .offset   = offsetof(CsRawModule, name),
        .what     = "what {{module}} stands for",
        .required = true},
    {.key       = "brief",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(CsRawModule, brief),
        .what   = "words for this module"},
    {.key        = "key",
        .kind    = CS_FIELD_ENUM,
        .offset  = offsetof(CsRawModule, key),
        .what    = "where it stands to the key of the course",
        .names   = module_keys,
        .n_names = CS_N_MODULE_KEYS},
    {.key       = "variables",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(CsRawModule, variables)},
    {.key       = "parts",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(CsRawModule, parts)},
};

static const CsField part_fields[] = {
    NOTE(CsRawPart),
    {.key       = "name",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(CsRawPart, name),
        .what   = "what {{part}} stands for"},
    {.key         = "kind",
        .kind     = CS_FIELD_ENUM,
        .offset   = offsetof(CsRawPart, kind),
        .what     = "what the part is",
        .names    = cs_part_kind_names,
        .n_names  = CS_N_PART_KINDS,
        .required = true},
    {.key       = "brief",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(CsRawPart, brief),
        .what   = "words for this part"},
    {.key       = "length",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(CsRawPart, length)},
    {.key       = "under",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(CsRawPart, under),
        .what   = "a sound or caption file"},
    {.key       = "before",
        .kind   = CS_FIELD_DOUBLE,
        .offset = offsetof(CsRawPart, before_s),
        .low    = 0,
        .high   = 600,
        .what   = "seconds before the narration"},
    {.key       = "after",
        .kind   = CS_FIELD_DOUBLE,
        .offset = offsetof(CsRawPart, after_s),
        .low    = 0,
        .high   = 600,
        .what   = "seconds after the narration"},
    {.key       = "bars",
        .kind   = CS_FIELD_INT,
        .offset = offsetof(CsRawPart, n_bars),
        .low    = 1,
        .high   = MAX_LOOP_BARS,
        .what   = "bars of the loop"},
    {.key       = "output",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(CsRawPart, output),
        .what   = "how the file is called"},
    {.key       = "options",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(CsRawPart, options)},
};

CsStatus
cs_raw_defaults_read(CsArena *arena, const CsJson *node, CsRawDefaults *raw)
{
  return cs_json_read(
      arena, node, default_fields, CS_N_ROWS(default_fields), raw);
}

CsStatus
cs_raw_course_read(CsArena *arena, const CsJson *node, CsRawCourse *raw)
{
  return cs_json_read(
      arena, node, course_fields, CS_N_ROWS(course_fields), raw);
}

CsStatus
cs_raw_module_read(CsArena *arena, const CsJson *node, CsRawModule *raw)
{
  return cs_json_read(
      arena, node, module_fields, CS_N_ROWS(module_fields), raw);
}

CsStatus
cs_raw_part_read(CsArena *arena, const CsJson *node, CsRawPart *raw)
{
  return cs_json_read(arena, node, part_fields, CS_N_ROWS(part_fields), raw);
}
