#include "grammar/words.h"

#include "grammar/spelling.h"
#include "grammar/stem.h"

#include <string.h>

static char
source_byte(const CsParse *p, size_t at)
{
  return p->normal.source[p->normal.from[at]];
}

bool
cs_is_capital(const CsParse *p, size_t at)
{
  const char c = source_byte(p, at);
  return c >= 'A' && c <= 'Z';
}

/// A capital inside a sentence names something: it is not corrected.
static bool
is_proper(const CsParse *p, const CsWords *words, size_t i)
{
  const CsWord *word = &words->items[i];
  if (p->shouts || i == 0 || !cs_is_capital(p, word->token.begin))
    return false;
  const CsToken *before = &words->items[i - 1].token;
  return before->kind != CS_TOKEN_MARK;
}

static void
take_spelling(CsWord *word, const CsKnownWord *known)
{
  word->text      = known->text;
  word->n         = (size_t)known->n;
  word->max_words = known->max_words;
}

bool
cs_correct_word(const CsParse *p, CsWords *words, size_t i)
{
  CsWord *word = &words->items[i];
  if (word->misspelt || is_proper(p, words, i))
    return false;
  const CsKnownWord *known = cs_spelling_of(p->lexicon, word->text, word->n);
  if (known == NULL)
    return false;
  take_spelling(word, known);
  word->misspelt = true;
  return true;
}

/// The entry of an adjective that a step can be taken along, or NULL.
static const CsEntry *
comparable(const CsParse *p, const char *text, size_t n)
{
  const uint64_t hash  = cs_words_hash_add(cs_words_hash_start(), text, n);
  const CsEntry *entry = cs_phrase_find(&p->lexicon->exact, hash, text, n);
  return entry != NULL && cs_is_comparable(entry) ? entry : NULL;
}

/// "calmer", "sadder", "gloomier": the word that is compared.
static const CsEntry *
compared(const CsParse *p, const CsWord *word)
{
  char text[CS_MAX_WORD_BYTES];
  const size_t n = word->n;
  if (n < 5 || n >= sizeof text || memcmp(word->text + n - 2, "er", 2) != 0)
    return NULL;
  memcpy(text, word->text, n);
  const CsEntry *base = comparable(p, text, n - 2);
  if (base == NULL) // "tenser"
    base = comparable(p, text, n - 1);
  if (base == NULL && text[n - 3] == text[n - 4])
    base = comparable(p, text, n - 3);
  if (base == NULL && text[n - 3] == 'i') {
    text[n - 3] = 'y';
    base        = comparable(p, text, n - 2);
  }
  return base;
}

/// The stem of a word when some phrase of the lexicon has one like it.
static const CsKnownWord *
stem_of(const CsParse *p, CsWord *word)
{
  if (word->n >= sizeof word->stem)
    return NULL;
  word->n_stem = cs_stem(word->text, word->n, word->stem);
  return cs_phrase_word(&p->lexicon->stems, word->stem, word->n_stem);
}

static bool
is_unit(const CsParse *p, const char *text, size_t n)
{
  const uint64_t hash  = cs_words_hash_add(cs_words_hash_start(), text, n);
  const CsEntry *entry = cs_phrase_find(&p->lexicon->exact, hash, text, n);
  return entry != NULL && entry->class_of == CS_CLASS_UNIT;
}

/// "3 minuets": behind a number a long word that is one slip from a unit is
/// that unit, even where it is a word of its own.
static bool
spell_unit(const CsParse *p, CsWord *word)
{
  static const char *const units[] = {
      "seconds", "second", "minutes", "minute", "hours"};
  char text[CS_MAX_WORD_BYTES];
  if (word->n < 5 || word->n >= sizeof text || is_unit(p, word->text, word->n))
    return false;
  memcpy(text, word->text, word->n);
  text[word->n] = '\0';
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strcmp(text, units[i]) == 0)
      return false;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (cs_edit_distance(text, units[i], 1) == 1) {
      const CsKnownWord *unit =
          cs_phrase_word(&p->lexicon->exact, units[i], strlen(units[i]));
      if (unit == NULL)
        return false;
      take_spelling(word, unit);
      word->misspelt = true;
      return true;
    }
  return false;
}

/// "gtr" is spelt out as "guitar" wherever it stands.
static const CsKnownWord *
spelt_out(const CsParse *p, const CsKnownWord *known)
{
  const CsPhraseTable *exact = &p->lexicon->exact;
  const CsEntry *entry =
      cs_phrase_find(exact, known->hash, known->text, (size_t)known->n);
  if (entry == NULL || entry->class_of != CS_CLASS_SHORT)
    return known;
  const CsKnownWord *full =
      cs_phrase_word(exact, entry->name, strlen(entry->name));
  return full != NULL ? full : known;
}

static void
spell(const CsParse *p, CsWords *words, size_t i)
{
  CsWord *word = &words->items[i];
  if (word->token.kind != CS_TOKEN_WORD) {
    word->max_words = CS_MAX_PHRASE_WORDS;
    return;
  }
  if (i > 0 && words->items[i - 1].token.kind == CS_TOKEN_DIGITS &&
      spell_unit(p, word))
    return;
  const CsPhraseTable *exact = &p->lexicon->exact;
  const CsKnownWord *known   = cs_phrase_word(exact, word->text, word->n);
  static const char *const endings[] = {"s", "es", "'s", "ly", NULL};
  for (size_t e = 0; known == NULL && endings[e] != NULL; e++) {
    const size_t n = strlen(endings[e]);
    if (word->n > n + 2 && memcmp(word->text + word->n - n, endings[e], n) == 0)
      known = cs_phrase_word(exact, word->text, word->n - n);
  }
  word->base = compared(p, word);
  if (known != NULL)
    known = spelt_out(p, known);
  if (known != NULL)
    take_spelling(word, known);
  else if (word->base == NULL && stem_of(p, word) == NULL)
    (void)cs_correct_word(p, words, i);
  const CsKnownWord *stem = stem_of(p, word);
  word->has_stem          = stem != NULL;
  if (stem != NULL && stem->max_words > word->max_words)
    word->max_words = stem->max_words;
}

CsStatus
cs_split_words(CsParse *p, CsWords *words)
{
  size_t capacity = 0;
  void *items     = NULL;
  CsToken token;
  for (size_t at = 0; cs_next_token(p->normal.text, p->normal.n, at, &token);
       at        = token.end) {
    CS_TRY(cs_arena_grow(
        p->arena, &items, &capacity, words->n + 1, sizeof(CsWord)));
    words->items             = items;
    words->items[words->n++] = (CsWord){.token = token,
        .text                                  = p->normal.text + token.begin,
        .n                                     = token.end - token.begin};
  }
  for (size_t i = 0; i < words->n; i++)
    spell(p, words, i);
  return CS_OK;
}
