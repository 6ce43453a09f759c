#include "grammar/spelling.h"

#include "grammar/stem.h"

#include <string.h>

enum { SHORTEST = 3, SHORTEST_RARE = 6 };

/// A typed word, ready to be compared with many.
typedef struct Typed {
  const char *text;
  size_t n;
  uint32_t letters;
  uint64_t places[256]; ///< Per byte: a bit at each place where it stands.
} Typed;

static void
read_typed(Typed *typed, const char *word, size_t n)
{
  *typed = (Typed){.text = word, .n = n, .letters = cs_letters_of(word, n)};
  for (size_t i = 0; i < n; i++)
    typed->places[(unsigned char)word[i]] |= (uint64_t)1 << i;
}

/// Edits between a typed and a known word, swaps of neighbours counted as one:
/// a column of the usual table in two machine words (H. Hyyro, "A bit-vector
/// algorithm for computing Levenshtein and Damerau edit distances", Nordic
/// Journal of Computing 10, 2003).
static size_t
edits(const Typed *typed, const CsKnownWord *known)
{
  const uint64_t last = (uint64_t)1 << (typed->n - 1);
  uint64_t rises = ~(uint64_t)0, falls = 0, same = 0, before = 0;
  size_t distance = typed->n;
  for (uint32_t j = 0; j < known->n; j++) {
    const uint64_t at      = typed->places[(unsigned char)known->text[j]];
    const uint64_t swapped = ((~same & at) << 1) & before;
    same        = (((at & rises) + rises) ^ rises) | at | falls | swapped;
    uint64_t up = falls | ~(same | rises);
    const uint64_t down = same & rises;
    distance += (up & last) != 0;
    distance -= (down & last) != 0;
    up     = up << 1 | 1;
    rises  = down << 1 | ~(same | up);
    falls  = up & same;
    before = at;
  }
  return distance;
}

static unsigned
count_bits(uint32_t x)
{
  x -= x >> 1 & 0x55555555U;
  x = (x & 0x33333333U) + (x >> 2 & 0x33333333U);
  return ((x + (x >> 4)) & 0x0f0f0f0fU) * 0x01010101U >> 24;
}

static bool
are_neighbours(char a, char b)
{
  static const char keys[] = "qwertyuiop asdfghjkl zxcvbnm";
  const char *x            = memchr(keys, a, sizeof keys - 1);
  const char *y            = memchr(keys, b, sizeof keys - 1);
  return x != NULL && y != NULL && (x + 1 == y || y + 1 == x);
}

/// The common slips of the hand; see the header.
static bool
is_slip(const Typed *typed, const CsKnownWord *known)
{
  const char *a = typed->text, *b = known->text;
  const size_t n = typed->n, n_known = (size_t)known->n;
  size_t i = 0;
  while (i < n && i < n_known && a[i] == b[i])
    i++;
  if (n_known == n + 1)
    return memcmp(a + i, b + i + 1, n - i) == 0;
  if (n_known + 1 == n)
    return i > 0 && a[i] == a[i - 1] &&
           memcmp(a + i + 1, b + i, n_known - i) == 0;
  if (n_known != n || i == n)
    return false;
  const bool neighbours = are_neighbours(a[i], b[i]) &&
                          memcmp(a + i + 1, b + i + 1, n - i - 1) == 0;
  const bool swapped = i + 1 < n && a[i] == b[i + 1] && a[i + 1] == b[i] &&
                       memcmp(a + i + 2, b + i + 2, n - i - 2) == 0;
  return neighbours || swapped;
}

static bool
is_plural_of(const CsKnownWord *word, const CsKnownWord *singular)
{
  return singular != NULL && word->n == singular->n + 1 &&
         word->text[singular->n] == 's' &&
         memcmp(word->text, singular->text, (size_t)singular->n) == 0;
}

/// "mournful" and "mournfully"
static bool
are_forms(const CsKnownWord *a, const CsKnownWord *b)
{
  char stem_a[CS_MAX_WORD_BYTES], stem_b[CS_MAX_WORD_BYTES];
  const size_t n = cs_stem(a->text, (size_t)a->n, stem_a);
  return is_plural_of(a, b) || (n == cs_stem(b->text, (size_t)b->n, stem_b) &&
                                   memcmp(stem_a, stem_b, n) == 0);
}

// ---- Search -----------------------------------------------------------------

typedef struct Found {
  const CsKnownWord *word;
  size_t rank;
} Found;

typedef struct Search {
  Typed typed;
  size_t limit;
  void (*meet)(struct Search *search, const CsKnownWord *known, size_t n_edits);
  Found found[CS_MAX_NEAR];
  size_t n_found;
  bool unique; ///< No other word is as near as the first found.
} Search;

/// Two words within k edits differ in at most 2 k letters.
static void
search(Search *s, const CsLexicon *lexicon)
{
  const size_t n         = s->typed.n;
  const unsigned n_apart = 2 * (unsigned)s->limit;
  for (size_t length = n > s->limit ? n - s->limit : 1;
       length <= n + s->limit && length < CS_MAX_WORD_BYTES; length++) {
    const CsWordList *list = &lexicon->by_length[length];
    for (size_t i = 0; i < list->n; i++) {
      if (count_bits(list->letters[i] ^ s->typed.letters) > n_apart)
        continue;
      const CsKnownWord *known = list->words[i];
      const size_t n_edits     = edits(&s->typed, known);
      if (n_edits <= s->limit)
        s->meet(s, known, n_edits);
    }
  }
}

/// Fewer edits are nearer, then slips, then the same first letter, then words
/// that ask for something.
static size_t
rank_of(const Typed *typed, const CsKnownWord *known, size_t n_edits)
{
  return 8 * n_edits + (is_slip(typed, known) ? 0 : 4) +
         (known->text[0] != typed->text[0] ? 2 : 0) + (known->is_plain ? 1 : 0);
}

static void
meet_spelling(Search *s, const CsKnownWord *known, size_t n_edits)
{
  Found *best       = &s->found[0];
  const size_t rank = rank_of(&s->typed, known, n_edits);
  if (known->is_rare && known->n < SHORTEST_RARE) // no "ones" is an "ondes"
    return;
  if (best->word != NULL && rank > best->rank)
    return;
  const bool as_near = best->word != NULL && rank == best->rank;
  if (as_near && are_forms(known, best->word))
    return;
  s->unique = !as_near;
  *best     = (Found){known, rank};
}

/// How many edits a word of that length is forgiven.
static size_t
forgiven(size_t n)
{
  return n < 4 ? 0 : n < 8 ? 1 : 2;
}

const CsKnownWord *
cs_spelling_of(const CsLexicon *lexicon, const char *word, size_t n)
{
  Search s = {.limit = forgiven(n), .meet = meet_spelling};
  if (s.limit == 0 || n >= CS_MAX_WORD_BYTES)
    return NULL;
  read_typed(&s.typed, word, n);
  search(&s, lexicon);
  const CsKnownWord *known = s.found[0].word;
  return known != NULL && s.unique && known->n >= SHORTEST ? known : NULL;
}

/// The word itself, which stands in longer phrases only, is no answer.
static void
meet_near(Search *s, const CsKnownWord *known, size_t n_edits)
{
  if (n_edits == 0 || known->n < SHORTEST)
    return;
  const size_t rank = rank_of(&s->typed, known, n_edits);
  size_t at         = s->n_found;
  for (size_t i = 0; i < s->n_found; i++)
    if (is_plural_of(known, s->found[i].word))
      return;
  while (at > 0 && rank < s->found[at - 1].rank)
    at--;
  if (at == CS_MAX_NEAR)
    return;
  if (s->n_found < CS_MAX_NEAR)
    s->n_found++;
  for (size_t i = s->n_found - 1; i > at; i--)
    s->found[i] = s->found[i - 1];
  s->found[at] = (Found){known, rank};
}

size_t
cs_near_words(const CsLexicon *lexicon, const char *word, size_t n,
    size_t limit, const CsKnownWord *near[CS_MAX_NEAR])
{
  Search s = {.limit = limit, .meet = meet_near};
  if (n == 0 || n >= CS_MAX_WORD_BYTES)
    return 0;
  read_typed(&s.typed, word, n);
  search(&s, lexicon);
  for (size_t i = 0; i < s.n_found; i++)
    near[i] = s.found[i].word;
  return s.n_found;
}
