/// JSON text to values: RFC 8259 to the letter, straight into the arena.
#include "gen/base/json.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 64, NUMBER_BYTES = 128 };

typedef struct Reader {
  CsArena *arena;
  const char *name, *text;
  size_t n_bytes, at;
  /// Where the next text goes. None is longer than it is written in quotes, so
  /// one buffer as long as the file holds them all.
  char *free_bytes;
} Reader;

// ---- Messages ---------------------------------------------------------------

static CsStatus
fail_at(const Reader *r, size_t at, const char *what)
{
  unsigned long line = 1, column = 1;
  for (size_t i = 0; i < at; i++) {
    column = r->text[i] == '\n' ? 1 : column + 1;
    line += r->text[i] == '\n';
  }
  return cs_fail(r->arena, CS_ERR_REQUEST, "%s line %lu column %lu: %s",
      r->name, line, column, what);
}

static CsStatus
fail_here(const Reader *r, const char *what)
{
  char message[128] = "this is not valid JSON; ";
  (void)strncat(message, what, sizeof message - strlen(message) - 1);
  return fail_at(r, r->at, message);
}

// ---- Characters -------------------------------------------------------------

/// The next character; a zero byte, which no text holds, at the end.
static char
peek(const Reader *r)
{
  return r->at < r->n_bytes ? r->text[r->at] : '\0';
}

static void
skip_space(Reader *r)
{
  for (char c = peek(r); c == ' ' || c == '\n' || c == '\t' || c == '\r';
       c      = peek(r))
    r->at++;
}

static bool
skip_word(Reader *r, const char *word)
{
  const size_t n = strlen(word);
  if (r->n_bytes - r->at < n || memcmp(r->text + r->at, word, n) != 0)
    return false;
  r->at += n;
  return true;
}

static bool
is_digit(char c)
{
  return c >= '0' && c <= '9';
}

// ---- Texts ------------------------------------------------------------------

static void
put_utf8(Reader *r, uint32_t code)
{
  char *to       = r->free_bytes;
  const size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = n - 1; i > 0; i--, code >>= 6)
    to[i] = (char)(0x80U | (code & 0x3fU));
  to[0] = (char)(marks[n] | code);
  r->free_bytes += n;
}

/// Four hexadecimal digits, or false.
static bool
read_hex(Reader *r, uint32_t *code)
{
  *code = 0;
  for (int i = 0; i < 4; i++, r->at++) {
    const char c     = peek(r);
    const bool upper = c >= 'A' && c <= 'F', lower = c >= 'a' && c <= 'f';
    if (!is_digit(c) && !upper && !lower)
      return false;
    *code = *code << 4 | (uint32_t)(c - (upper      ? 'A' - 10
                                            : lower ? 'a' - 10
                                                    : '0'));
  }
  return true;
}

static CsStatus
read_code(Reader *r)
{
  uint32_t code = 0, low = 0;
  if (!read_hex(r, &code))
    return fail_here(r, "four hexadecimal digits belong after \\u");
  if (code == 0)
    return fail_here(r, "\\u0000 cannot stand in a text");
  if (code >= 0xdc00 && code < 0xe000)
    return fail_here(r, "this is the second half of a pair");
  if (code >= 0xd800 && code < 0xdc00) {
    if (!skip_word(r, "\\u") || !read_hex(r, &low) || low < 0xdc00 ||
        low >= 0xe000)
      return fail_here(r, "the second half of a pair belongs here");
    code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
  }
  put_utf8(r, code);
  return CS_OK;
}

static CsStatus
read_escape(Reader *r)
{
  static const char written[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  r->at++;
  const char c    = peek(r);
  const char *row = c != '\0' ? strchr(written, c) : NULL;
  if (row == NULL && c != 'u')
    return fail_here(r, "after \\ one of \" \\ / b f n r t u is wanted");
  r->at++;
  if (row == NULL)
    return read_code(r);
  *r->free_bytes++ = meant[row - written];
  return CS_OK;
}

static bool
is_plain(char c)
{
  return c != '"' && c != '\\' && (unsigned char)c >= 0x20;
}

/// A text in quotes, the first of which is next.
static CsStatus
read_text(Reader *r, const char **out)
{
  *out = r->free_bytes;
  r->at++;
  for (;;) {
    const size_t from = r->at;
    while (is_plain(peek(r)))
      r->at++;
    memcpy(r->free_bytes, r->text + from, r->at - from);
    r->free_bytes += r->at - from;
    if (peek(r) == '"')
      break;
    if (r->at >= r->n_bytes)
      return fail_here(r, "the closing quote of a text is missing");
    if (peek(r) != '\\')
      return fail_here(
          r, "a line break or tab in a text is written \\n or \\t");
    CS_TRY(read_escape(r));
  }
  r->at++;
  *r->free_bytes++ = '\0';
  return CS_OK;
}

// ---- Numbers ----------------------------------------------------------------

static bool
skip_digits(Reader *r)
{
  const size_t from = r->at;
  while (is_digit(peek(r)))
    r->at++;
  return r->at > from;
}

/// A number of up to 15 digits without exponent, whose digits and power of ten
/// doubles hold exactly: one division rounds as strtod() does.
static bool
take_short(const char *text, size_t n, double *number)
{
  static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
      1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  int64_t digits               = 0;
  size_t n_after               = 0;
  bool after                   = false;
  if (n > 16)
    return false;
  for (size_t i = text[0] == '-'; i < n; i++) {
    if (!is_digit(text[i]) && text[i] != '.')
      return false;
    if (is_digit(text[i]))
      digits = digits * 10 + (text[i] - '0');
    n_after += after;
    after = after || text[i] == '.';
  }
  const double size = (double)digits / powers[n_after];
  *number           = text[0] == '-' ? -size : size;
  return true;
}

/// strtod() wants the decimal point of the caller's locale and an end mark.
static void
take_long(const char *text, size_t n, double *number)
{
  char copy[NUMBER_BYTES + 8];
  const char *point  = localeconv()->decimal_point;
  const char *dot    = memchr(text, '.', n);
  const size_t whole = dot != NULL ? (size_t)(dot - text) : n;
  memcpy(copy, text, whole);
  size_t at = whole;
  if (dot != NULL) {
    for (size_t i = 0; point[i] != '\0' && i < 8; i++)
      copy[at++] = point[i];
    memcpy(copy + at, dot + 1, n - whole - 1);
    at += n - whole - 1;
  }
  copy[at] = '\0';
  *number  = strtod(copy, NULL);
}

static CsStatus
read_number(Reader *r, CsJson *node)
{
  const size_t from = r->at;
  r->at += peek(r) == '-';
  const bool zero = peek(r) == '0';
  if (!skip_digits(r) || (zero && r->at - from > 1U + (r->text[from] == '-')))
    return fail_here(r, "a number is written like 0.5 or -12");
  if (peek(r) == '.') {
    r->at++;
    if (!skip_digits(r))
      return fail_here(r, "a digit is wanted after the point");
  }
  if (peek(r) == 'e' || peek(r) == 'E') {
    r->at++;
    r->at += peek(r) == '+' || peek(r) == '-';
    if (!skip_digits(r))
      return fail_here(r, "a digit is wanted in the exponent");
  }
  const char *text = r->text + from;
  const size_t n   = r->at - from;
  node->kind       = CS_JSON_NUMBER;
  if (n >= NUMBER_BYTES)
    return cs_json_fail(r->arena, node, "the number has too many digits");
  if (!take_short(text, n, &node->number))
    take_long(text, n, &node->number);
  if (!isfinite(node->number))
    return cs_json_fail(r->arena, node, "the number is too large");
  return CS_OK;
}

// ---- Values -----------------------------------------------------------------

static CsStatus read_value(Reader *r, CsJson *node, int depth);

static CsStatus
read_key(Reader *r, const CsJson *object, CsJson *member)
{
  const char *key = NULL;
  if (peek(r) != '"')
    return fail_here(r, "a key in quotes is wanted here");
  CS_TRY(read_text(r, &key));
  if (cs_json_member(object, key) != NULL)
    return cs_json_fail(
        r->arena, object, "the key \"%s\" stands twice; keep one of them", key);
  member->key = key;
  skip_space(r);
  if (peek(r) != ':')
    return fail_here(r, "a colon is wanted after a key");
  r->at++;
  skip_space(r);
  return CS_OK;
}

static CsStatus
read_child(Reader *r, CsJson *node, CsJson **last, int depth)
{
  CsJson *child = CS_NEW(r->arena, CsJson);
  CS_TRY_NEW(child);
  child->parent = node;
  child->index  = (uint32_t)node->n_children;
  if (node->kind == CS_JSON_OBJECT)
    CS_TRY(read_key(r, node, child));
  CS_TRY(read_value(r, child, depth + 1));
  if (*last == NULL)
    node->first = child;
  else
    (*last)->next = child;
  *last = child;
  node->n_children++;
  return CS_OK;
}

/// Members or elements; the opening bracket is next.
static CsStatus
read_children(Reader *r, CsJson *node, int depth)
{
  const bool is_list = peek(r) == '[';
  const char close   = is_list ? ']' : '}';
  CsJson *last       = NULL;
  node->kind         = is_list ? CS_JSON_ARRAY : CS_JSON_OBJECT;
  if (depth >= MAX_DEPTH)
    return cs_json_fail(
        r->arena, node, "more than %d levels of nesting", MAX_DEPTH);
  r->at++;
  skip_space(r);
  while (node->n_children > 0 || peek(r) != close) {
    CS_TRY(read_child(r, node, &last, depth));
    skip_space(r);
    if (peek(r) == close)
      break;
    if (peek(r) != ',')
      return fail_here(r, is_list ? "a comma or ] is wanted here"
                                  : "a comma or } is wanted here");
    r->at++;
    skip_space(r);
  }
  r->at++;
  return CS_OK;
}

static CsStatus
read_value(Reader *r, CsJson *node, int depth)
{
  const char c = peek(r);
  if (c == '{' || c == '[')
    return read_children(r, node, depth);
  if (c == '"') {
    node->kind = CS_JSON_STRING;
    return read_text(r, &node->string);
  }
  if (is_digit(c) || c == '-')
    return read_number(r, node);
  node->number = c == 't' ? 1.0 : 0.0;
  node->kind   = c == 'n' ? CS_JSON_NULL : CS_JSON_BOOL;
  if (skip_word(r, "true") || skip_word(r, "false") || skip_word(r, "null"))
    return CS_OK;
  return fail_here(r, "a value is wanted here");
}

static CsStatus
check_bytes(const Reader *r)
{
  const size_t n_valid = cs_utf8_check(r->text, r->n_bytes);
  if (n_valid < r->n_bytes)
    return fail_at(r, n_valid, "a byte is not valid UTF-8");
  const char *zero = memchr(r->text, '\0', r->n_bytes);
  if (zero != NULL)
    return fail_at(
        r, (size_t)(zero - r->text), "a zero byte stands in the text");
  return CS_OK;
}

CsStatus
cs_json_parse(CsArena *arena, const char *name, const char *text,
    size_t n_bytes, const CsJson **root)
{
  Reader r = {.arena = arena, .name = name, .text = text, .n_bytes = n_bytes};
  CS_TRY(check_bytes(&r));
  CsJson *node = CS_NEW(arena, CsJson);
  r.free_bytes = cs_arena_alloc(arena, n_bytes + 1, 1);
  CS_TRY_NEW(node);
  CS_TRY_NEW(r.free_bytes);
  node->key = cs_arena_copy(arena, name, strlen(name));
  CS_TRY_NEW(node->key);
  (void)skip_word(&r, "\xef\xbb\xbf"); // a byte order mark of some editors
  skip_space(&r);
  CS_TRY(read_value(&r, node, 0));
  skip_space(&r);
  if (r.at < n_bytes)
    return fail_at(
        &r, r.at, "more text stands after the JSON value; remove it");
  *root = node;
  return CS_OK;
}
