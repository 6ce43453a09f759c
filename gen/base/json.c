#include "gen/base/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// ---- Looking ----------------------------------------------------------------

const CsJson *
cs_json_member(const CsJson *object, const char *key)
{
  for (const CsJson *m = object->first; m != NULL; m = m->next)
    if (m->key != NULL && cs_same(m->key, key))
      return m;
  return NULL;
}

static void
add_path(CsText *text, const CsJson *node)
{
  if (node->parent == NULL)
    return;
  add_path(text, node->parent);
  if (node->key != NULL)
    cs_text_addf(text, "/%s", node->key);
  else
    cs_text_addf(text, "/%lu", (unsigned long)node->index);
}

const CsJson *
cs_json_member_of(const CsJson *node, const char *key, CsJsonKind kind)
{
  const CsJson *m = node != NULL && node->kind == CS_JSON_OBJECT
                        ? cs_json_member(node, key)
                        : NULL;
  return m != NULL && m->kind == kind ? m : NULL;
}

const char *
cs_json_text_of(const CsJson *node, const char *key)
{
  const CsJson *m = cs_json_member_of(node, key, CS_JSON_STRING);
  return m != NULL ? m->string : NULL;
}

double
cs_json_number_of(const CsJson *node, const char *key)
{
  const CsJson *m = cs_json_member_of(node, key, CS_JSON_NUMBER);
  return m != NULL ? m->number : 0.0;
}

const char *
cs_json_place(CsArena *arena, const CsJson *node)
{
  CsText text        = cs_text_new(arena);
  const CsJson *root = node;
  while (root->parent != NULL)
    root = root->parent;
  cs_text_add(&text, root->key);
  if (node->line > 0)
    cs_text_addf(&text, " line %lu", node->line);
  if (node != root)
    cs_text_add(&text, " ");
  add_path(&text, node);
  const char *place = "";
  return cs_text_take(&text, &place) == CS_OK ? place : "JSON";
}

CsStatus
cs_json_fail(CsArena *arena, const CsJson *node, const char *format, ...)
{
  char detail[CS_MESSAGE_BYTES / 2];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(detail, sizeof detail, format, args);
  va_end(args);
  return cs_fail(
      arena, CS_ERR_REQUEST, "%s: %s", cs_json_place(arena, node), detail);
}

// ---- Tables of fields -------------------------------------------------------

static CsStatus
fail_number(CsArena *arena, const CsJson *node, const CsField *field)
{
  char low[32], high[32], found[32];
  cs_format_number(field->low, low);
  cs_format_number(field->high, high);
  if (node->kind != CS_JSON_NUMBER)
    return cs_json_fail(arena, node, "a number %s..%s (%s) is wanted here", low,
        high, field->what);
  cs_format_number(node->number, found);
  if (node->number < field->low || node->number > field->high)
    return cs_json_fail(arena, node, "%s is outside %s..%s (%s)", found, low,
        high, field->what);
  return cs_json_fail(
      arena, node, "%s is not a whole number (%s)", found, field->what);
}

static CsStatus
read_number(
    CsArena *arena, const CsJson *node, const CsField *field, double *out)
{
  const double x = node->number;
  if (node->kind != CS_JSON_NUMBER || x < field->low || x > field->high ||
      (field->kind == CS_FIELD_INT && x != floor(x)))
    return fail_number(arena, node, field);
  *out = x;
  return CS_OK;
}

static CsStatus
want_string(CsArena *arena, const CsJson *node, const char *what)
{
  if (node->kind != CS_JSON_STRING || node->string[0] == '\0')
    return cs_json_fail(arena, node, "a text (%s) is wanted here", what);
  return CS_OK;
}

static CsStatus
read_string(
    CsArena *arena, const CsJson *node, const char *what, const char **out)
{
  CS_TRY(want_string(arena, node, what));
  *out = cs_arena_copy(arena, node->string, strlen(node->string));
  return *out != NULL ? CS_OK : CS_ERR_MEMORY;
}

static CsStatus
fail_name(CsArena *arena, const CsJson *node, const CsField *field)
{
  CsText all          = cs_text_new(arena);
  const char *allowed = "";
  for (size_t i = 0; i < field->n_names; i++)
    if (field->names[i] != NULL)
      cs_text_addf(&all, "%s%s", all.n > 0 ? ", " : "", field->names[i]);
  CS_TRY(cs_text_take(&all, &allowed));
  return cs_json_fail(
      arena, node, "\"%s\" is unknown; allowed are: %s", node->string, allowed);
}

static CsStatus
read_name(CsArena *arena, const CsJson *node, const CsField *field, int *out)
{
  CS_TRY(want_string(arena, node, field->what));
  for (size_t i = 0; i < field->n_names; i++)
    if (field->names[i] != NULL && cs_same(field->names[i], node->string)) {
      *out = (int)i;
      return CS_OK;
    }
  return fail_name(arena, node, field);
}

static CsStatus
want_array(CsArena *arena, const CsJson *node, const char *what)
{
  if (node->kind != CS_JSON_ARRAY)
    return cs_json_fail(arena, node, "a list (%s) is wanted here", what);
  return CS_OK;
}

bool
cs_strings_have(const CsStrings *list, const char *text)
{
  for (size_t i = 0; i < list->n; i++)
    if (cs_same(list->items[i], text))
      return true;
  return false;
}

static CsStatus
read_strings(
    CsArena *arena, const CsJson *node, const CsField *field, CsStrings *out)
{
  size_t n_bytes = 0;
  CS_TRY(want_array(arena, node, field->what));
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    CS_TRY(want_string(arena, e, field->what));
    n_bytes += strlen(e->string) + 1;
  }
  out->items  = CS_NEW_N(arena, const char *, node->n_children);
  char *bytes = cs_arena_alloc(arena, n_bytes, 1);
  CS_TRY_NEW(out->items);
  CS_TRY_NEW(bytes);
  out->n = 0;
  for (const CsJson *e = node->first; e != NULL; e = e->next) {
    const size_t n       = strlen(e->string) + 1;
    out->items[out->n++] = memcpy(bytes, e->string, n);
    bytes += n;
  }
  return CS_OK;
}

static CsStatus
read_range(
    CsArena *arena, const CsJson *node, const CsField *field, double out[2])
{
  CS_TRY(want_array(arena, node, field->what));
  if (node->n_children != 2)
    return cs_json_fail(
        arena, node, "two numbers [low, high] (%s) are wanted", field->what);
  CS_TRY(read_number(arena, node->first, field, &out[0]));
  CS_TRY(read_number(arena, node->first->next, field, &out[1]));
  if (out[0] > out[1])
    return cs_json_fail(arena, node, "the first number is above the second");
  return CS_OK;
}

static CsStatus
read_field(CsArena *arena, const CsJson *node, const CsField *field, void *out)
{
  double number = 0.0;
  int index     = 0;
  void *at      = (char *)out + field->offset;
  switch (field->kind) {
  case CS_FIELD_DOUBLE:
    CS_TRY(read_number(arena, node, field, &number));
    *(double *)at = number;
    return CS_OK;
  case CS_FIELD_INT:
    CS_TRY(read_number(arena, node, field, &number));
    *(int *)at = (int)number;
    return CS_OK;
  case CS_FIELD_BOOL:
    if (node->kind != CS_JSON_BOOL)
      return cs_json_fail(arena, node, "true or false is wanted here");
    *(bool *)at = node->number != 0.0;
    return CS_OK;
  case CS_FIELD_STRING:
    return read_string(arena, node, field->what, (const char **)at);
  case CS_FIELD_STRINGS:
    return read_strings(arena, node, field, (CsStrings *)at);
  case CS_FIELD_RANGE:
    return read_range(arena, node, field, (double *)at);
  case CS_FIELD_ENUM:
    CS_TRY(read_name(arena, node, field, &index));
    *(int *)at = index;
    return CS_OK;
  case CS_FIELD_ENUMS:
    CS_TRY(want_array(arena, node, field->what));
    *(unsigned *)at = 0;
    for (const CsJson *e = node->first; e != NULL; e = e->next) {
      CS_TRY(read_name(arena, e, field, &index));
      *(unsigned *)at |= 1U << index;
    }
    return CS_OK;
  case CS_FIELD_NODE:
    *(const CsJson **)at = node;
    return CS_OK;
  }
  return CS_OK;
}

static CsStatus
fail_unknown_key(
    CsArena *arena, const CsJson *node, const CsField *fields, size_t n_fields)
{
  const char **keys = CS_NEW_N(arena, const char *, n_fields);
  CS_TRY_NEW(keys);
  for (size_t i = 0; i < n_fields; i++)
    keys[i] = fields[i].key;
  const char *nearest = cs_nearest_word(node->key, keys, n_fields);
  if (nearest != NULL)
    return cs_json_fail(
        arena, node, "this key is unknown; did you mean \"%s\"?", nearest);
  return cs_json_fail(arena, node, "this key is unknown; remove it");
}

CsStatus
cs_json_read(CsArena *arena, const CsJson *object, const CsField *fields,
    size_t n_fields, void *out)
{
  if (object->kind != CS_JSON_OBJECT)
    return cs_json_fail(arena, object, "an object {...} is wanted here");
  for (const CsJson *m = object->first; m != NULL; m = m->next) {
    size_t i = 0;
    while (i < n_fields && !cs_same(fields[i].key, m->key))
      i++;
    if (i == n_fields)
      return fail_unknown_key(arena, m, fields, n_fields);
    CS_TRY(read_field(arena, m, &fields[i], out));
  }
  for (size_t i = 0; i < n_fields; i++)
    if (fields[i].required && cs_json_member(object, fields[i].key) == NULL)
      return cs_json_fail(arena, object, "\"%s\" (%s) is missing",
          fields[i].key, fields[i].what != NULL ? fields[i].what : "value");
  return CS_OK;
}

// ---- Writing ----------------------------------------------------------------

CsJsonWriter
cs_json_writer(CsText *text, bool pretty)
{
  return (CsJsonWriter){.text = text, .pretty = pretty};
}

static void
put_escaped(CsText *text, const char *s)
{
  cs_text_add(text, "\"");
  for (const char *p = s; *p != '\0'; p++) {
    const unsigned char c = (unsigned char)*p;
    if (c == '"' || c == '\\')
      cs_text_addf(text, "\\%c", c);
    else if (c == '\n')
      cs_text_add(text, "\\n");
    else if (c == '\t')
      cs_text_add(text, "\\t");
    else if (c < 0x20 || c == 0x7f)
      cs_text_addf(text, "\\u%04x", c);
    else
      cs_text_add_bytes(text, p, 1);
  }
  cs_text_add(text, "\"");
}

static bool
is_flat(const CsJsonWriter *w)
{
  return !w->pretty || (w->inline_from > 0 && w->depth >= w->inline_from);
}

static void
new_line(CsJsonWriter *w)
{
  if (is_flat(w) || w->depth == 0)
    return;
  cs_text_add(w->text, "\n");
  for (int i = 0; i < w->depth; i++)
    cs_text_add(w->text, "  ");
}

static void
begin_value(CsJsonWriter *w, const char *key)
{
  if (w->needs_comma)
    cs_text_add(w->text, is_flat(w) && w->pretty ? ", " : ",");
  new_line(w);
  if (key != NULL) {
    put_escaped(w->text, key);
    cs_text_add(w->text, w->pretty ? ": " : ":");
  }
  w->needs_comma = true;
}

static void
begin_nest(CsJsonWriter *w, const char *key, const char *open, bool flat)
{
  begin_value(w, key);
  cs_text_add(w->text, open);
  w->depth++;
  w->needs_comma = false;
  if (flat && w->inline_from == 0)
    w->inline_from = w->depth;
}

static void
end_nest(CsJsonWriter *w, const char *close)
{
  const bool was_flat  = is_flat(w);
  const bool was_empty = !w->needs_comma;
  if (w->inline_from == w->depth)
    w->inline_from = 0;
  w->depth--;
  if (!was_flat && !was_empty) {
    if (w->depth == 0)
      cs_text_add(w->text, "\n");
    new_line(w);
  }
  cs_text_add(w->text, close);
  w->needs_comma = true;
}

void
cs_json_begin_object(CsJsonWriter *w, const char *key)
{
  begin_nest(w, key, "{", false);
}

void
cs_json_begin_array(CsJsonWriter *w, const char *key)
{
  begin_nest(w, key, "[", false);
}

void
cs_json_begin_flat_object(CsJsonWriter *w, const char *key)
{
  begin_nest(w, key, "{", true);
}

void
cs_json_begin_flat_array(CsJsonWriter *w, const char *key)
{
  begin_nest(w, key, "[", true);
}

void
cs_json_end_object(CsJsonWriter *w)
{
  end_nest(w, "}");
}

void
cs_json_end_array(CsJsonWriter *w)
{
  end_nest(w, "]");
}

void
cs_json_put_string(CsJsonWriter *w, const char *key, const char *value)
{
  begin_value(w, key);
  put_escaped(w->text, value);
}

void
cs_json_put_strings(CsJsonWriter *w, const char *key, const CsStrings *list)
{
  if (list->n == 0)
    return;
  cs_json_begin_flat_array(w, key);
  for (size_t i = 0; i < list->n; i++)
    cs_json_put_string(w, NULL, list->items[i]);
  cs_json_end_array(w);
}

void
cs_json_put_number(CsJsonWriter *w, const char *key, double value)
{
  char number[32];
  cs_format_number(value, number);
  begin_value(w, key);
  cs_text_add(w->text, number);
}

void
cs_json_put_rounded(
    CsJsonWriter *w, const char *key, double value, int decimals)
{
  double scale = 1.0;
  for (int i = 0; i < decimals; i++)
    scale *= 10.0;
  cs_json_put_number(w, key, floor(value * scale + 0.5) / scale);
}

void
cs_json_put_bool(CsJsonWriter *w, const char *key, bool value)
{
  begin_value(w, key);
  cs_text_add(w->text, value ? "true" : "false");
}

void
cs_json_put_raw(CsJsonWriter *w, const char *key, const char *json)
{
  begin_value(w, key);
  cs_text_add(w->text, json);
}
