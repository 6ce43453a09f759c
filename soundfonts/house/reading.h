/// Rows of tables and lists, for the readers of this folder only.
#ifndef CS_SOUNDFONTS_HOUSE_READING_H
#define CS_SOUNDFONTS_HOUSE_READING_H

#include "soundfonts/house/recipe.h"

#include <stddef.h>

/// Fail unless the node is a list of `low` entries at least, or NULL.
CS_NODISCARD CsStatus cs_house_want_list(
    CsArena *arena, const CsJson *node, const char *what, size_t low);

/// Read a list of numbers between limits->low and limits->high, or NULL.
CS_NODISCARD CsStatus cs_house_read_numbers(CsArena *arena, const CsJson *list,
    const CsField *limits, CsNumbers *numbers);

/// Read the object of each kind of synthesis, with defaults for what is absent.
CS_NODISCARD CsStatus cs_house_read_wave(
    CsArena *arena, const CsJson *node, CsWaveRecipe *made);
CS_NODISCARD CsStatus cs_house_read_partials(
    CsArena *arena, const CsJson *node, CsPartialsRecipe *made);
CS_NODISCARD CsStatus cs_house_read_fm(
    CsArena *arena, const CsJson *node, CsFmRecipe *made);
CS_NODISCARD CsStatus cs_house_read_string(
    CsArena *arena, const CsJson *node, CsStringRecipe *made);
CS_NODISCARD CsStatus cs_house_read_strokes(
    CsArena *arena, const CsJson *node, CsStrokesRecipe *made);

#define N_ROWS(table) (sizeof(table) / sizeof((table)[0]))
#define NUMBER(type, name, lowest, highest, meaning)                           \
  {                                                                            \
    .key = #name, .kind = CS_FIELD_DOUBLE, .offset = offsetof(type, name),     \
    .low = (lowest), .high = (highest), .what = (meaning)                      \
  }
#define WHOLE(type, name, lowest, highest, meaning)                            \
  {                                                                            \
    .key = #name, .kind = CS_FIELD_INT, .offset = offsetof(type, name),        \
    .low = (lowest), .high = (highest), .what = (meaning)                      \
  }
#define FLAG(type, name, meaning)                                              \
  {                                                                            \
    .key = #name, .kind = CS_FIELD_BOOL, .offset = offsetof(type, name),       \
    .what = (meaning)                                                          \
  }
#define NAME(type, name, meaning)                                              \
  {                                                                            \
    .key = #name, .kind = CS_FIELD_STRING, .offset = offsetof(type, name),     \
    .what = (meaning), .required = true                                        \
  }
#define NODE(type, name, meaning)                                              \
  {                                                                            \
    .key = #name, .kind = CS_FIELD_NODE, .offset = offsetof(type, name),       \
    .what = (meaning)                                                          \
  }
#define CHOICE(type, name, list, meaning)                                      \
  {                                                                            \
    .key = #name, .kind = CS_FIELD_ENUM, .offset = offsetof(type, name),       \
    .what = (meaning), .names = (list), .n_names = N_ROWS(list)                \
  }

#endif
