#include "gen/base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

CsText
cs_text_new(CsArena *arena)
{
  return (CsText){.arena = arena};
}

void
cs_text_add_bytes(CsText *text, const char *bytes, size_t n)
{
  if (text->failed)
    return;
  void *room = text->bytes;
  if (cs_arena_grow(text->arena, &room, &text->capacity, text->n + n + 1, 1) !=
      CS_OK) {
    text->failed = true;
    return;
  }
  text->bytes = room;
  if (n > 0)
    memcpy(text->bytes + text->n, bytes, n);
  text->n += n;
  text->bytes[text->n] = '\0';
}

void
cs_text_add(CsText *text, const char *string)
{
  cs_text_add_bytes(text, string, strlen(string));
}

void
cs_text_addf(CsText *text, const char *format, ...)
{
  char small[256];
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  const int n = vsnprintf(small, sizeof small, format, args);
  va_end(args);
  if (n >= 0 && (size_t)n < sizeof small) {
    cs_text_add_bytes(text, small, (size_t)n);
  } else if (n >= 0) {
    char *large = cs_arena_alloc(text->arena, (size_t)n + 1, 1);
    if (large != NULL) {
      (void)vsnprintf(large, (size_t)n + 1, format, again);
      cs_text_add_bytes(text, large, (size_t)n);
    } else {
      text->failed = true;
    }
  }
  va_end(again);
}

CsStatus
cs_text_take(CsText *text, const char **out)
{
  if (text->failed)
    return CS_ERR_MEMORY;
  *out = text->bytes != NULL ? text->bytes : "";
  return CS_OK;
}

void
cs_format_number(double x, char *out)
{
  if (fabs(x) < 1e15 && x == floor(x)) {
    (void)snprintf(out, 32, "%.0f", x == 0.0 ? 0.0 : x); // no "-0"
    return;
  }
  for (int digits = 1; digits <= 17; digits++) {
    (void)snprintf(out, 32, "%.*g", digits, x);
    if (strtod(out, NULL) == x)
      break;
  }
  for (char *p = out; *p != '\0'; p++)
    if (*p == ',')
      *p = '.';
}

void
cs_slug(const char *text, char slug[CS_SLUG_BYTES])
{
  size_t n = 0;
  for (const char *p = text; *p != '\0' && n + 1 < CS_SLUG_BYTES; p++) {
    const unsigned char c = (unsigned char)*p;
    if (c < 0x80 && isalnum(c))
      slug[n++] = (char)tolower(c);
    else if (n > 0 && slug[n - 1] != '-')
      slug[n++] = '-';
  }
  while (n > 0 && slug[n - 1] == '-')
    n--;
  slug[n] = '\0';
}

CsListItem
cs_list_next(const char **at)
{
  const char *from = *at + strspn(*at, " ");
  size_t n         = strcspn(from, ",");
  *at              = from[n] == ',' ? from + n + 1 : NULL;
  while (n > 0 && from[n - 1] == ' ')
    n--;
  return (CsListItem){from, n};
}

size_t
cs_utf8_decode(const char *s, size_t n, uint32_t *code)
{
  static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const unsigned char *u           = (const unsigned char *)s;
  if (n == 0)
    return 0;
  const size_t length = u[0] < 0x80   ? 1
                        : u[0] < 0xc2 ? 0
                        : u[0] < 0xe0 ? 2
                        : u[0] < 0xf0 ? 3
                        : u[0] < 0xf5 ? 4
                                      : 0;
  if (length == 0 || length > n)
    return 0;
  uint32_t value = length == 1 ? u[0] : u[0] & (0xffU >> (length + 1));
  for (size_t i = 1; i < length; i++) {
    if ((u[i] & 0xc0) != 0x80)
      return 0;
    value = value << 6 | (u[i] & 0x3fU);
  }
  if (value < smallest[length] || value > 0x10ffff ||
      (value >= 0xd800 && value <= 0xdfff))
    return 0;
  if (code != NULL)
    *code = value;
  return length;
}

/// Eight bytes of ASCII at once: most texts are nothing else.
static bool
is_ascii_run(const char *s)
{
  uint64_t bytes = 0;
  memcpy(&bytes, s, sizeof bytes);
  return (bytes & 0x8080808080808080U) == 0;
}

size_t
cs_utf8_check(const char *s, size_t n)
{
  size_t at = 0;
  while (at < n) {
    while (n - at >= sizeof(uint64_t) && is_ascii_run(s + at))
      at += sizeof(uint64_t);
    if (at >= n)
      break;
    const size_t length = cs_utf8_decode(s + at, n - at, NULL);
    if (length == 0)
      break;
    at += length;
  }
  return at;
}

size_t
cs_utf8_fitting(const char *text, size_t n_room)
{
  size_t n = strlen(text);
  if (n <= n_room)
    return n;
  for (n = n_room; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
    n--;
  return n;
}

size_t
cs_words_fitting(const char *text, size_t n_room)
{
  if (strlen(text) <= n_room)
    return strlen(text);
  size_t n = n_room;
  while (n > 0 && text[n] != ' ')
    n--;
  return n > 0 ? n : cs_utf8_fitting(text, n_room);
}

enum { WORD_BYTES = 64 };

size_t
cs_edit_distance(const char *a, const char *b, size_t limit)
{
  const size_t n_a = strlen(a), n_b = strlen(b);
  const size_t gap = n_a > n_b ? n_a - n_b : n_b - n_a;
  if (gap > limit || n_a >= WORD_BYTES || n_b >= WORD_BYTES)
    return limit + 1;
  // Optimal string alignment (Damerau-Levenshtein without reuse), three rows.
  size_t rows[3][WORD_BYTES + 1];
  for (size_t j = 0; j <= n_b; j++)
    rows[0][j] = j;
  for (size_t i = 1; i <= n_a; i++) {
    size_t *row = rows[i % 3], *above = rows[(i + 2) % 3];
    const size_t *before = rows[(i + 1) % 3];
    row[0]               = i;
    for (size_t j = 1; j <= n_b; j++) {
      const size_t replace = above[j - 1] + (a[i - 1] != b[j - 1]);
      size_t best          = above[j] + 1 < replace ? above[j] + 1 : replace;
      best                 = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
          before[j - 2] + 1 < best)
        best = before[j - 2] + 1;
      row[j] = best;
    }
  }
  const size_t distance = rows[n_a % 3][n_b];
  return distance > limit ? limit + 1 : distance;
}

const char *
cs_nearest_word(const char *word, const char *const *entries, size_t n)
{
  const char *nearest = NULL;
  size_t smallest     = 3;
  for (size_t i = 0; i < n; i++) {
    const size_t distance = cs_edit_distance(word, entries[i], 2);
    if (distance < smallest) {
      smallest = distance;
      nearest  = entries[i];
    }
  }
  return nearest;
}
