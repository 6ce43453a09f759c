/// JSON in and out. Reading is strict: duplicate keys, text after the value,
/// numbers that are not finite, invalid UTF-8 and more than 64 levels are
/// refused. Every node knows its path, so that a message can name the place.
///
/// The only file that includes cJSON.h is json_parse.c.
#ifndef CS_GEN_BASE_JSON_H
#define CS_GEN_BASE_JSON_H

#include "gen/base/arena.h"
#include "gen/base/text.h"

typedef enum CsJsonKind {
  CS_JSON_NULL,
  CS_JSON_BOOL,
  CS_JSON_NUMBER,
  CS_JSON_STRING,
  CS_JSON_ARRAY,
  CS_JSON_OBJECT,
} CsJsonKind;

/// A value, in an arena. Members and elements form a list.
typedef struct CsJson CsJson;
struct CsJson {
  CsJsonKind kind;
  uint32_t index; ///< Place in the parent.
  size_t n_children;
  /// Set in an object's member, NULL in an array's element; at the root what
  /// messages call the text.
  const char *key;
  const char *string;   ///< CS_JSON_STRING.
  double number;        ///< CS_JSON_NUMBER; CS_JSON_BOOL gives 0 or 1.
  const CsJson *first;  ///< First member or element.
  const CsJson *next;   ///< Next one in the same parent.
  const CsJson *parent; ///< NULL at the root.
  unsigned long line;   ///< On which it begins; 0 where that was not asked for.
};

/// Nobody else in this process uses cJSON: let it take its memory from a block
/// of ours, which saves a fifth of what a program takes to start. Before the
/// first text and the first thread; a library must leave its host alone.
void cs_json_own_process(void);

/// Parse a text. What it says is copied, so the text need not stay.
///
/// @param name  What messages call it: "presets/lofi.json".
/// @return CS_ERR_REQUEST with line and column, or the path in the text.
CS_NODISCARD CsStatus cs_json_parse(CsArena *arena, const char *name,
    const char *text, size_t n_bytes, const CsJson **root);

/// The same for a text that people write by hand: every node knows its line,
/// and messages say it.
CS_NODISCARD CsStatus cs_json_parse_lines(CsArena *arena, const char *name,
    const char *text, size_t n_bytes, const CsJson **root);

/// The member of that key, or NULL.
const CsJson *cs_json_member(const CsJson *object, const char *key);

/// The same where the value may be anything: NULL also when `node` is NULL or
/// no object, or the member is of another kind. The texts and numbers of such
/// members; NULL and 0 where there is none.
const CsJson *cs_json_member_of(
    const CsJson *node, const char *key, CsJsonKind kind);
const char *cs_json_text_of(const CsJson *node, const char *key);
double cs_json_number_of(const CsJson *node, const char *key);

/// "presets/lofi.json /tracks/2/role", in the arena; with the line, where it is
/// known, "course.json line 12 /modules/2/name".
const char *cs_json_place(CsArena *arena, const CsJson *node);

/// Fail with CS_ERR_REQUEST, the place in front of the message.
CsStatus cs_json_fail(CsArena *arena, const CsJson *node, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

// ---- Tables of fields -----------------------------------------------------

/// How a field is stored.
typedef enum CsFieldKind {
  CS_FIELD_DOUBLE,  ///< double, low..high.
  CS_FIELD_INT,     ///< int, low..high, whole.
  CS_FIELD_BOOL,    ///< bool.
  CS_FIELD_STRING,  ///< const char *, not empty.
  CS_FIELD_STRINGS, ///< CsStrings: array of strings, not empty ones.
  CS_FIELD_RANGE,   ///< double[2]: [low, high], ordered, both in range.
  CS_FIELD_ENUM,    ///< int: index into `names`.
  CS_FIELD_ENUMS,   ///< unsigned: bit set over `names`, from an array.
  CS_FIELD_NODE,    ///< const CsJson *: read by the caller afterwards.
} CsFieldKind;

typedef struct CsStrings {
  const char **items;
  size_t n;
} CsStrings;

bool cs_strings_have(const CsStrings *list, const char *text);

/// One row of a table that says what an object may hold. A field that is absent
/// keeps what the struct held before, so fill it with defaults first.
typedef struct CsField {
  const char *key;
  CsFieldKind kind;
  size_t offset; ///< offsetof in the struct.
  double low, high;
  const char *what;         ///< Unit or meaning, for messages: "BPM".
  const char *const *names; ///< CS_FIELD_ENUM(S); NULL entries are skipped.
  size_t n_names;
  bool required;
} CsField;

#define CS_N_ROWS(table) (sizeof(table) / sizeof((table)[0]))

/// Read an object by a table. Unknown keys, wrong kinds, and values out of
/// range are refused with the place and what is allowed. Texts are copied into
/// the arena, so that the object need not stay, but for CS_FIELD_NODE.
CS_NODISCARD CsStatus cs_json_read(CsArena *arena, const CsJson *object,
    const CsField *fields, size_t n_fields, void *out);

// ---- Writing ---------------------------------------------------------------

/// Writes JSON into a text: commas, indentation and escapes are its business.
typedef struct CsJsonWriter {
  CsText *text;
  bool pretty; ///< Two-space indentation, else one line.
  int depth;
  bool needs_comma;
  int inline_from; ///< Depth from which everything stays on one line, or 0.
} CsJsonWriter;

CsJsonWriter cs_json_writer(CsText *text, bool pretty);
/// Every call below takes the member's key, or NULL inside an array.
void cs_json_begin_object(CsJsonWriter *w, const char *key);
void cs_json_begin_array(CsJsonWriter *w, const char *key);
/// The same, all on one line.
void cs_json_begin_flat_object(CsJsonWriter *w, const char *key);
void cs_json_begin_flat_array(CsJsonWriter *w, const char *key);
void cs_json_end_object(CsJsonWriter *w);
void cs_json_end_array(CsJsonWriter *w);
void cs_json_put_string(CsJsonWriter *w, const char *key, const char *value);
/// As an array on one line; nothing for an empty list.
void cs_json_put_strings(
    CsJsonWriter *w, const char *key, const CsStrings *list);
void cs_json_put_number(CsJsonWriter *w, const char *key, double value);
/// Rounded to that many decimals first.
void cs_json_put_rounded(
    CsJsonWriter *w, const char *key, double value, int decimals);
void cs_json_put_bool(CsJsonWriter *w, const char *key, bool value);
/// JSON text that is already whole.
void cs_json_put_raw(CsJsonWriter *w, const char *key, const char *json);

#endif
