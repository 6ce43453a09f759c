/// Text that grows, UTF-8 checks and exact number printing.
#ifndef CS_GEN_BASE_TEXT_H
#define CS_GEN_BASE_TEXT_H

#include "gen/base/arena.h"

#include <string.h>

/// Do two strings say the same? The first byte tells most that do not.
static inline bool
cs_same(const char *a, const char *b)
{
  return a[0] == b[0] && strcmp(a, b) == 0;
}

/// A text under construction in an arena. When memory is refused it stays
/// `failed` and further calls do nothing; ask once at the end with
/// cs_text_take().
typedef struct CsText {
  CsArena *arena;
  char *bytes; ///< Always ends with a zero byte once something was added.
  size_t n;
  size_t capacity;
  bool failed;
} CsText;

CsText cs_text_new(CsArena *arena);
void cs_text_add(CsText *text, const char *string);
void cs_text_add_bytes(CsText *text, const char *bytes, size_t n);
void cs_text_addf(CsText *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// The finished text ("" when nothing was added).
CS_NODISCARD CsStatus cs_text_take(CsText *text, const char **out);

/// Shortest decimal form that reads back as the same double, with a point
/// whatever the locale. `out` holds at least 32 bytes.
void cs_format_number(double x, char *out);

enum { CS_SLUG_BYTES = 49 };

/// A text as part of a file name: ASCII letters, small, and digits; anything
/// else between them becomes one dash. "" where nothing is left.
void cs_slug(const char *text, char slug[CS_SLUG_BYTES]);

/// One item of a list such as "a, b,c": blanks around it are left out.
typedef struct CsListItem {
  const char *text; ///< Inside the list; ends after n bytes.
  size_t n;         ///< 0 where nothing stands between two commas.
} CsListItem;

/// The next item of a list.
///
/// @param at  Where it begins; moves to the one after, NULL behind the last.
CsListItem cs_list_next(const char **at);

/// Bytes of the UTF-8 character at `s`, or 0 when it is not one (overlong,
/// surrogate, beyond U+10FFFF or cut short). @param code May be NULL.
size_t cs_utf8_decode(const char *s, size_t n, uint32_t *code);

/// Offset of the first byte that is not valid UTF-8, or `n`.
size_t cs_utf8_check(const char *s, size_t n);

/// Bytes of the longest start of valid UTF-8 text that has room and cuts no
/// character.
size_t cs_utf8_fitting(const char *text, size_t n_room);

/// The same, cut before a space where there is one.
size_t cs_words_fitting(const char *text, size_t n_room);

/// Number of single-character edits (insert, delete, replace, swap of
/// neighbours) between two byte strings, at most `limit` + 1.
size_t cs_edit_distance(const char *a, const char *b, size_t limit);

/// The entry nearest to `word` within 2 edits, or NULL: for "did you mean".
const char *cs_nearest_word(
    const char *word, const char *const *entries, size_t n);

#endif
