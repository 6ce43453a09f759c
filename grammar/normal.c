#include "grammar/normal.h"

#include "gen/base/text.h"

#include <stdio.h>
#include <string.h>

/// Characters that are written as something plainer. A fraction's value is
/// written after a digit without its leading zero: 2½ is 2.5.
typedef struct Fold {
  uint32_t code;
  const char *plain;
} Fold;

static const Fold folds[] = {
    {0x00a0, " "},
    {0x00ab, "\""},
    {0x00ad, ""},
    {0x00b4, "'"},
    {0x00bb, "\""},
    {0x00bc, "0.25"},
    {0x00bd, "0.5"},
    {0x00be, "0.75"},
    {0x00d7, "x"},
    {0x00df, "ss"},
    {0x00e6, "ae"},
    {0x00f8, "o"},
    {0x0153, "oe"},
    {0x1e9e, "ss"},
    {0x2010, "-"},
    {0x2011, "-"},
    {0x2012, "-"},
    {0x2013, "-"},
    {0x2014, " - "},
    {0x2015, " - "},
    {0x2018, "'"},
    {0x2019, "'"},
    {0x201a, "'"},
    {0x201b, "'"},
    {0x201c, "\""},
    {0x201d, "\""},
    {0x201e, "\""},
    {0x2022, ";"},
    {0x2026, "..."},
    {0x2032, "'"},
    {0x2033, "\""},
    {0x2153, "0.3333"},
    {0x2154, "0.6667"},
    {0x2192, " -> "},
    {0x21d2, " -> "},
    {0x2212, "-"},
    {0x266d, "b"},
    {0x266f, "#"},
    {0x3001, ","},
    {0x3002, "."},
    {0xfe0f, ""},
    {0xff0c, ","},
    {0xff0e, "."},
    {0xff1a, ":"},
    {0xff1b, ";"},
};

/// Base letters of U+00C0..U+017F; a space keeps the letter foreign.
static const char latin_base[] =
    "aaaaaaaceeeeiiiidnooooo ouuuuy saaaaaaaceeeeiiiidnooooo ouuuuy y"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

typedef struct Buffer {
  CsArena *arena;
  CsNormal *out;
  size_t capacity;
  bool failed;
} Buffer;

static void
emit(Buffer *b, const char *bytes, size_t n, uint32_t from, uint32_t to)
{
  if (b->out->n + n >= b->capacity) {
    b->failed = true;
    return;
  }
  for (size_t i = 0; i < n; i++) {
    b->out->text[b->out->n] = bytes[i];
    b->out->from[b->out->n] = from;
    b->out->to[b->out->n++] = to;
  }
}

static CsStatus
buffer_new(CsArena *arena, size_t capacity, CsNormal *out, Buffer *b)
{
  out->text = CS_NEW_N(arena, char, capacity);
  out->from = CS_NEW_N(arena, uint32_t, capacity);
  out->to   = CS_NEW_N(arena, uint32_t, capacity);
  *b        = (Buffer){.arena = arena, .out = out, .capacity = capacity};
  CS_TRY_NEW(out->text);
  CS_TRY_NEW(out->from);
  CS_TRY_NEW(out->to);
  return CS_OK;
}

static const char *
plain_of(uint32_t code)
{
  for (size_t i = 0; i < sizeof folds / sizeof *folds; i++)
    if (folds[i].code == code)
      return folds[i].plain;
  return NULL;
}

/// Scripts whose letters a prompt in English does not hold.
static bool
is_foreign_letter(uint32_t code)
{
  return (code >= 0x0180 && code < 0x0300) ||
         (code >= 0x0370 && code < 0x1e00) ||
         (code >= 0x3040 && code < 0xd7b0) ||
         (code >= 0xf900 && code < 0xfb00) ||
         (code >= 0xff21 && code < 0xffdd) ||
         (code >= 0x20000 && code < 0x30000);
}

static void
fold_wide(Buffer *b, uint32_t code, uint32_t from, uint32_t to)
{
  const char *plain      = plain_of(code);
  const char last        = b->out->n > 0 ? b->out->text[b->out->n - 1] : ' ';
  const char mark        = CS_FOREIGN;
  const bool after_digit = last >= '0' && last <= '9';
  if (plain != NULL && plain[0] == '0' && after_digit)
    plain++;
  if (plain != NULL) {
    emit(b, plain, strlen(plain), from, to);
  } else if (code >= 0xc0 && code < 0xc0 + sizeof latin_base - 1 &&
             latin_base[code - 0xc0] != ' ') {
    b->out->n_letters++;
    emit(b, &latin_base[code - 0xc0], 1, from, to);
  } else if (is_foreign_letter(code)) {
    b->out->n_letters++;
    b->out->n_foreign++;
    emit(b, &mark, 1, from, to);
  } else if (code < 0x300 || code >= 0x370) {
    emit(b, " ", 1, from, to);
  }
}

static CsStatus
fold_characters(
    CsArena *arena, const char *source, size_t n_bytes, CsNormal *out)
{
  Buffer b;
  CS_TRY(buffer_new(arena, 4 * n_bytes + 2, out, &b));
  for (size_t at = 0; at < n_bytes;) {
    uint32_t code       = 0;
    const size_t n      = cs_utf8_decode(source + at, n_bytes - at, &code);
    const uint32_t from = (uint32_t)at, to = (uint32_t)(at + (n > 0 ? n : 1));
    if (code >= 'A' && code <= 'Z')
      code += 'a' - 'A';
    if (code >= 'a' && code <= 'z')
      out->n_letters++;
    const char byte = (char)(code == '`' ? '\'' : code == '_' ? '-' : code);
    if (code == '\r' || code == '\t' || (code < 0x20 && code != '\n') ||
        code == 0x7f)
      emit(&b, " ", 1, from, to);
    else if (code < 0x80)
      emit(&b, &byte, 1, from, to);
    else
      fold_wide(&b, code, from, to);
    at = to;
  }
  return b.failed ? CS_ERR_MEMORY : CS_OK;
}

// ---- Number words -----------------------------------------------------------

typedef struct NumberWord {
  const char *word;
  int value;
} NumberWord;

/// Of 3 to 9 letters, in alphabetical order, the common misspellings with them:
/// edit distance would take "fight" for a number.
static const NumberWord number_words[] = {
    {"dozen", 12},
    {"eight", 8},
    {"eighteen", 18},
    {"eightteen", 18},
    {"eighty", 80},
    {"eigt", 8},
    {"eigth", 8},
    {"eigthy", 80},
    {"eleven", 11},
    {"elevn", 11},
    {"fiev", 5},
    {"fifteeen", 15},
    {"fifteen", 15},
    {"fifthy", 50},
    {"fifty", 50},
    {"five", 5},
    {"fiveteen", 15},
    {"fivty", 50},
    {"forteen", 14},
    {"forty", 40},
    {"four", 4},
    {"fourteen", 14},
    {"fourty", 40},
    {"hundered", 100},
    {"hundred", 100},
    {"nine", 9},
    {"nineteen", 19},
    {"ninety", 90},
    {"ninteen", 19},
    {"nintey", 90},
    {"ninty", 90},
    {"one", 1},
    {"seven", 7},
    {"seventeen", 17},
    {"seventy", 70},
    {"sevnty", 70},
    {"six", 6},
    {"sixteen", 16},
    {"sixty", 60},
    {"sixy", 60},
    {"ten", 10},
    {"thirdy", 30},
    {"thirteen", 13},
    {"thirty", 30},
    {"thre", 3},
    {"three", 3},
    {"thrity", 30},
    {"tweleve", 12},
    {"twelv", 12},
    {"twelve", 12},
    {"twenny", 20},
    {"twenty", 20},
    {"tweny", 20},
    {"twnety", 20},
    {"two", 2},
};

static bool
is_letter(char c)
{
  return c >= 'a' && c <= 'z';
}

static size_t
word_length(const char *text)
{
  size_t n = 0;
  while (is_letter(text[n]))
    n++;
  return n;
}

/// Most words tell by their first letter and their length that they are none.
static bool
may_be_number(const char *text, size_t n)
{
  return n >= 3 && n <= 9 && strchr("defhnost", text[0]) != NULL;
}

/// The value of the number word at `text`, or -1.
static int
number_word(const char *text, size_t *n)
{
  size_t low = 0, high = sizeof number_words / sizeof *number_words;
  *n = word_length(text);
  if (!may_be_number(text, *n))
    return -1;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const char *word    = number_words[middle].word;
    const int order     = strncmp(text, word, *n);
    if (order == 0 && word[*n] == '\0')
      return number_words[middle].value;
    if (order > 0)
      low = middle + 1;
    else
      high = middle;
  }
  return -1;
}

static size_t
skip_text(const char *text, const char *prefix)
{
  const size_t n = strlen(prefix);
  return strncmp(text, prefix, n) == 0 ? n : 0;
}

/// Reads "twenty-five", "a hundred and ten" (without the article), "two".
/// @return Bytes read, 0 when no number word stands here.
static size_t
read_number(const char *text, int *value)
{
  size_t n  = 0;
  int first = number_word(text, &n);
  if (first < 0)
    return 0;
  size_t at = n, m = 0;
  *value = first;
  if (first < 10 && text[at] == ' ' && number_word(text + at + 1, &m) == 100) {
    *value = first = first * 100;
    at += 1 + m;
  }
  if (first >= 100) {
    size_t gap        = skip_text(text + at, " and ");
    gap               = gap > 0 ? gap : skip_text(text + at, " ");
    int rest          = 0;
    const size_t more = gap > 0 ? read_number(text + at + gap, &rest) : 0;
    if (more > 0 && rest < 100) {
      *value += rest;
      at += gap + more;
    }
  } else if (first >= 20 && (text[at] == '-' || text[at] == ' ')) {
    const int unit = number_word(text + at + 1, &m);
    if (unit > 0 && unit < 10) {
      *value += unit;
      at += 1 + m;
    }
  }
  return at;
}

/// "2 and a half" is 2.5; the number may be digits or words.
static size_t
read_half(const char *text)
{
  const size_t n = skip_text(text, " and a half");
  return n > 0 && !is_letter(text[n]) ? n : 0;
}

static size_t
emit_number(Buffer *b, const CsNormal *in, size_t at)
{
  int value      = 0;
  const size_t n = read_number(in->text + at, &value);
  if (n == 0)
    return 0;
  const size_t half = read_half(in->text + at + n);
  char digits[24];
  const int length =
      snprintf(digits, sizeof digits, half > 0 ? "%d.5" : "%d", value);
  emit(b, digits, (size_t)length, in->from[at], in->to[at + n + half - 1]);
  return n + half;
}

typedef struct Short {
  const char *written, *plain;
} Short;

static const Short shorts[] = {
    {"w/o ", "without "},
    {"w/out ", "without "},
    {"w/ ", "with "},
    {"&", " and "},
    {"-and-a-half", ".5"},
};

static size_t
emit_short(Buffer *b, const CsNormal *in, size_t at)
{
  for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++) {
    const size_t n = in->text[at] == shorts[i].written[0]
                         ? skip_text(in->text + at, shorts[i].written)
                         : 0;
    if (n > 0) {
      emit(b, shorts[i].plain, strlen(shorts[i].plain), in->from[at],
          in->to[at + n - 1]);
      return n;
    }
  }
  return 0;
}

/// "&" becomes " and ": nothing grows more.
enum { MOST_GROWTH = 5 };

static CsStatus
write_numbers(CsArena *arena, const CsNormal *in, CsNormal *out)
{
  Buffer b;
  CS_TRY(buffer_new(arena, MOST_GROWTH * in->n + 2, out, &b));
  for (size_t at = 0; at < in->n;) {
    const char before = at > 0 ? in->text[at - 1] : ' ';
    const bool starts = !is_letter(before) && before != '\'';
    size_t n          = 0;
    if (starts && is_letter(in->text[at]))
      n = emit_number(&b, in, at);
    if (n == 0 && (starts || !is_letter(in->text[at])))
      n = emit_short(&b, in, at);
    if (n == 0) {
      emit(&b, in->text + at, 1, in->from[at], in->to[at]);
      n                 = 1;
      const bool digit  = in->text[at] >= '0' && in->text[at] <= '9';
      const size_t half = digit ? read_half(in->text + at + 1) : 0;
      if (half > 0) {
        emit(&b, ".5", 2, in->from[at], in->to[at + half]);
        n += half;
      }
    }
    at += n;
  }
  return b.failed ? CS_ERR_MEMORY : CS_OK;
}

bool
cs_is_normal(const char *source, size_t n_bytes)
{
  size_t n = 0;
  for (size_t i = 0; i < n_bytes; i++)
    if (source[i] != ' ' && !is_letter(source[i]))
      return false;
  for (size_t i = 0; i < n_bytes; i++)
    if ((i == 0 || source[i - 1] == ' ') && number_word(source + i, &n) >= 0)
      return false;
  return true;
}

/// Every byte stands for itself.
static CsStatus
take_as_it_is(CsArena *arena, const char *source, size_t n_bytes, CsNormal *out)
{
  Buffer b;
  *out = (CsNormal){.source = source};
  CS_TRY(buffer_new(arena, n_bytes + 1, out, &b));
  memcpy(out->text, source, n_bytes);
  out->n = n_bytes;
  for (uint32_t i = 0; i < n_bytes; i++) {
    out->from[i] = i;
    out->to[i]   = i + 1;
    out->n_letters += source[i] != ' ';
  }
  return CS_OK;
}

CsStatus
cs_normalise(CsArena *arena, const char *source, size_t n_bytes, CsNormal *out)
{
  if (cs_is_normal(source, n_bytes))
    return take_as_it_is(arena, source, n_bytes, out);
  CsNormal folded = {.source = source};
  CS_TRY(fold_characters(arena, source, n_bytes, &folded));
  *out = (CsNormal){.source = source,
      .n_foreign            = folded.n_foreign,
      .n_letters            = folded.n_letters};
  return write_numbers(arena, &folded, out);
}
