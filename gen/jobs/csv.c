#include "gen/jobs/csv.h"

#include <string.h>

typedef struct Reader {
  CsArena *arena;
  const char *at, *end;
} Reader;

static bool
is_space(char c)
{
  return c == ' ' || c == '\t';
}

static void
skip_blanks(Reader *r)
{
  while (r->at < r->end && is_space(*r->at))
    r->at++;
}

/// From the opening quote to the comma or the end.
static CsStatus
read_quoted(Reader *r, const char **field)
{
  char *out = CS_NEW_N(r->arena, char, (size_t)(r->end - r->at) + 1);
  size_t n  = 0;
  CS_TRY_NEW(out);
  for (r->at++; r->at < r->end; r->at++) {
    if (*r->at == '"') {
      r->at++;
      if (r->at == r->end || *r->at != '"')
        break;
    }
    out[n++] = *r->at;
  }
  skip_blanks(r);
  if (r->at < r->end && *r->at != ',')
    return cs_fail(r->arena, CS_ERR_REQUEST,
        "text follows a closing quote; double quotes inside a field");
  *field = out;
  return CS_OK;
}

static CsStatus
read_plain(Reader *r, const char **field)
{
  const char *from = r->at;
  while (r->at < r->end && *r->at != ',' && *r->at != '"')
    r->at++;
  if (r->at < r->end && *r->at == '"')
    return cs_fail(r->arena, CS_ERR_REQUEST,
        "a quote stands inside a field; put the whole field in quotes and "
        "double the quotes inside");
  const char *last = r->at;
  while (last > from && is_space(last[-1]))
    last--;
  *field = cs_arena_copy(r->arena, from, (size_t)(last - from));
  return *field != NULL ? CS_OK : CS_ERR_MEMORY;
}

static CsStatus
check_text(CsArena *arena, const char *text, size_t n_bytes)
{
  if (cs_utf8_check(text, n_bytes) < n_bytes)
    return cs_fail(arena, CS_ERR_REQUEST,
        "a byte is not valid UTF-8; save the list as UTF-8");
  if (memchr(text, '\0', n_bytes) != NULL)
    return cs_fail(
        arena, CS_ERR_REQUEST, "a zero byte stands in the text; remove it");
  return CS_OK;
}

CsStatus
cs_csv_split(
    CsArena *arena, const char *text, size_t n_bytes, CsStrings *fields)
{
  Reader r        = {arena, text, text + n_bytes};
  size_t capacity = 0;
  void *items     = NULL;
  *fields         = (CsStrings){0};
  CS_TRY(check_text(arena, text, n_bytes));
  for (;;) {
    CS_TRY(cs_arena_grow(
        arena, &items, &capacity, fields->n + 1, sizeof *fields->items));
    fields->items      = items;
    const char **field = &fields->items[fields->n++];
    skip_blanks(&r);
    CS_TRY(r.at < r.end && *r.at == '"' ? read_quoted(&r, field)
                                        : read_plain(&r, field));
    if (r.at == r.end)
      return CS_OK;
    r.at++; // the comma
  }
}
