/// The table of words: phrases by hash, words by length for the nearest one.
#include "grammar/lexicon_build.h"

#include "grammar/normal.h"
#include "grammar/stem.h"
#include "grammar/tokens.h"

#include <stdlib.h>
#include <string.h>

uint64_t
cs_words_hash_start(void)
{
  return 0xcbf29ce484222325U;
}

uint64_t
cs_words_hash_add(uint64_t hash, const char *bytes, size_t n)
{
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3U;
  return hash;
}

uint32_t
cs_letters_of(const char *word, size_t n)
{
  uint32_t set = 0;
  for (size_t i = 0; i < n; i++)
    if (word[i] >= 'a' && word[i] <= 'z')
      set |= (uint32_t)1 << (word[i] - 'a');
  return set;
}

bool
cs_is_comparable(const CsEntry *entry)
{
  if (entry->class_of == CS_CLASS_MOOD)
    return !entry->adds && !entry->noun;
  if (entry->class_of == CS_CLASS_SETTING)
    return entry->density > CS_UNSET || entry->arousal > CS_UNSET;
  return entry->class_of == CS_CLASS_TEMPO;
}

/// Where a phrase stands, or the empty place where it would.
static size_t
phrase_slot(
    const CsPhraseTable *table, uint64_t hash, const char *phrase, size_t n)
{
  const size_t mask = table->n_slots - 1;
  size_t i          = hash & mask;
  while (table->slots[i].entry != NULL &&
         !(table->slots[i].hash == hash && strlen(table->slots[i].text) == n &&
             memcmp(table->slots[i].text, phrase, n) == 0))
    i = (i + 1) & mask;
  return i;
}

const CsEntry *
cs_phrase_find(
    const CsPhraseTable *table, uint64_t hash, const char *phrase, size_t n)
{
  return table->slots[phrase_slot(table, hash, phrase, n)].entry;
}

static size_t
word_slot(const CsPhraseTable *table, uint64_t hash, const char *word, size_t n)
{
  const size_t mask = table->n_word_slots - 1;
  size_t i          = hash & mask;
  while (table->words[i].text != NULL &&
         !(table->words[i].hash == hash && (size_t)table->words[i].n == n &&
             memcmp(table->words[i].text, word, n) == 0))
    i = (i + 1) & mask;
  return i;
}

const CsKnownWord *
cs_phrase_word(const CsPhraseTable *table, const char *word, size_t n)
{
  const uint64_t hash      = cs_words_hash_add(cs_words_hash_start(), word, n);
  const CsKnownWord *known = &table->words[word_slot(table, hash, word, n)];
  return known->text != NULL ? known : NULL;
}

/// The phrase's words with one space between, and how many they are.
static CsStatus
join_words(CsArena *arena, const CsNormal *normal, const char **phrase,
    size_t *n_words, CsToken *tokens)
{
  CsText text = cs_text_new(arena);
  CsToken token;
  *n_words = 0;
  for (size_t at = 0; cs_next_token(normal->text, normal->n, at, &token);
       at        = token.end) {
    if (*n_words > 0)
      cs_text_add(&text, " ");
    cs_text_add_bytes(
        &text, normal->text + token.begin, token.end - token.begin);
    if (*n_words < CS_MAX_PHRASE_WORDS)
      tokens[*n_words] = token;
    ++*n_words;
  }
  return cs_text_take(&text, phrase);
}

static bool
is_plain(const CsEntry *entry)
{
  return entry->class_of == CS_CLASS_PLAIN ||
         entry->class_of == CS_CLASS_FOREIGN ||
         (entry->class_of == CS_CLASS_CANNOT && entry->code == CS_CODE_ARTIST);
}

/// Names that few mean: of instruments that the sounds lack, and of artists.
static bool
is_rare(const CsEntry *entry)
{
  return entry->instead_of != NULL ||
         (entry->class_of == CS_CLASS_CANNOT && entry->code == CS_CODE_ARTIST);
}

static CsStatus
add_word(CsArena *arena, CsPhraseTable *table, const char *word, size_t n,
    size_t n_words, bool first, const CsEntry *entry)
{
  const uint64_t hash = cs_words_hash_add(cs_words_hash_start(), word, n);
  CsKnownWord *known  = &table->words[word_slot(table, hash, word, n)];
  if (known->text == NULL) {
    *known = (CsKnownWord){.text = cs_arena_copy(arena, word, n),
        .letters                 = cs_letters_of(word, n),
        .hash                    = hash,
        .n                       = (int)n,
        .is_foreign              = true,
        .is_rare                 = true,
        .is_plain                = true};
    CS_TRY_NEW(known->text);
  }
  if (first && known->max_words < (int)n_words)
    known->max_words = (int)n_words;
  known->is_plain   = known->is_plain && is_plain(entry);
  known->is_rare    = known->is_rare && is_rare(entry);
  known->is_foreign = known->is_foreign && entry->class_of == CS_CLASS_FOREIGN;
  return CS_OK;
}

CsStatus
cs_lexicon_lookup(CsArena *arena, const CsLexicon *lexicon, const char *text,
    const CsEntry **entry)
{
  CsNormal normal;
  CsToken tokens[CS_MAX_PHRASE_WORDS];
  const char *phrase = "";
  size_t n_words     = 0;
  *entry             = NULL;
  CS_TRY(cs_normalise(arena, text, strlen(text), &normal));
  CS_TRY(join_words(arena, &normal, &phrase, &n_words, tokens));
  const size_t n      = strlen(phrase);
  const uint64_t hash = cs_words_hash_add(cs_words_hash_start(), phrase, n);
  *entry              = cs_phrase_find(&lexicon->exact, hash, phrase, n);
  return CS_OK;
}

/// Verbs and adjectives have forms; the names of instruments, genres and
/// functions, numbers and the words of the grammar are meant as they stand.
/// Plain phrases must not hide longer stretches of meaning.
static bool
is_inflected(const CsEntry *entry, size_t n_words)
{
  switch (entry->class_of) {
  case CS_CLASS_MOOD:
  case CS_CLASS_USE:
  case CS_CLASS_IMAGE:
  case CS_CLASS_CHANGE:
  case CS_CLASS_ENDING:
    return true;
  case CS_CLASS_CANNOT: // "drak" is no form of Drake
    return entry->code != CS_CODE_ARTIST;
  case CS_CLASS_PLAIN:
    return n_words == 1;
  default:
    return false;
  }
}

/// The phrase with each word cut to its stem; the first to come keeps the
/// place, a person's own words take it.
static CsStatus
add_stems(CsLexicon *lexicon, const CsNormal *normal, const CsToken *tokens,
    size_t n_words, const CsEntry *entry)
{
  char phrase[CS_MAX_PHRASE_WORDS * (CS_MAX_WORD_BYTES + 1)];
  CsPhraseTable *table = &lexicon->stems;
  size_t n             = 0;
  for (size_t w = 0; w < n_words; w++) {
    const size_t n_word = tokens[w].end - tokens[w].begin;
    if (n_word >= CS_MAX_WORD_BYTES)
      return CS_OK;
    if (w > 0)
      phrase[n++] = ' ';
    const size_t n_stem =
        cs_stem(normal->text + tokens[w].begin, n_word, phrase + n);
    CS_TRY(add_word(
        lexicon->arena, table, phrase + n, n_stem, n_words, w == 0, entry));
    n += n_stem;
  }
  const uint64_t hash = cs_words_hash_add(cs_words_hash_start(), phrase, n);
  const size_t slot   = phrase_slot(table, hash, phrase, n);
  const CsEntry *old  = table->slots[slot].entry;
  if (old != NULL && old->level >= entry->level)
    return CS_OK;
  const char *text = cs_arena_copy(lexicon->arena, phrase, n);
  CS_TRY_NEW(text);
  table->slots[slot] = (CsPhraseSlot){hash, text, entry};
  return CS_OK;
}

CsStatus
cs_lexicon_add_phrase(CsArena *arena, CsLexicon *lexicon, const CsJson *node,
    const CsEntry *entry)
{
  CsNormal normal;
  CsToken tokens[CS_MAX_PHRASE_WORDS];
  const char *phrase = "";
  size_t n_words     = 0;
  cs_arena_reset(lexicon->scratch);
  CS_TRY(cs_normalise(
      lexicon->scratch, node->string, strlen(node->string), &normal));
  CS_TRY(join_words(lexicon->scratch, &normal, &phrase, &n_words, tokens));
  if (n_words == 0 || n_words > CS_MAX_PHRASE_WORDS)
    return cs_json_fail(arena, node, "a phrase has 1..%d words, this has %zu",
        CS_MAX_PHRASE_WORDS, n_words);
  const size_t n      = strlen(phrase);
  const uint64_t hash = cs_words_hash_add(cs_words_hash_start(), phrase, n);
  const CsEntry *old  = cs_phrase_find(&lexicon->exact, hash, phrase, n);
  if (old != NULL && old->level == entry->level)
    return cs_json_fail(arena, node,
        "the phrase \"%s\" stands already in %s; keep one of them", phrase,
        old->file);
  const char *text = cs_arena_copy(lexicon->arena, phrase, n);
  CS_TRY_NEW(text);
  lexicon->exact.slots[phrase_slot(&lexicon->exact, hash, phrase, n)] =
      (CsPhraseSlot){hash, text, entry};
  lexicon->n_phrases++;
  for (size_t w = 0; w < n_words; w++)
    CS_TRY(
        add_word(lexicon->arena, &lexicon->exact, normal.text + tokens[w].begin,
            tokens[w].end - tokens[w].begin, n_words, w == 0, entry));
  return is_inflected(entry, n_words)
             ? add_stems(lexicon, &normal, tokens, n_words, entry)
             : CS_OK;
}

// ---- Filling it -------------------------------------------------------------

static size_t
power_of_two(size_t n)
{
  size_t power = 64;
  while (power < n)
    power *= 2;
  return power;
}

/// Room for every phrase, at most half full.
static CsStatus
new_table(
    CsArena *arena, CsPhraseTable *table, size_t n_phrases, size_t n_words)
{
  table->n_slots      = power_of_two(2 * n_phrases + 2);
  table->n_word_slots = power_of_two(n_words + n_words / 4 + 2);
  table->slots        = CS_NEW_N(arena, CsPhraseSlot, table->n_slots);
  table->words        = CS_NEW_N(arena, CsKnownWord, table->n_word_slots);
  CS_TRY_NEW(table->slots);
  CS_TRY_NEW(table->words);
  return CS_OK;
}

CsStatus
cs_lexicon_make_room(
    CsLexicon *lexicon, size_t n_entries, size_t n_phrases, size_t n_words)
{
  lexicon->entries = CS_NEW_N(lexicon->arena, CsEntry *, n_entries + 1);
  CS_TRY_NEW(lexicon->entries);
  CS_TRY(new_table(lexicon->arena, &lexicon->exact, n_phrases, n_words));
  return new_table(lexicon->arena, &lexicon->stems, n_phrases, n_words);
}

static int
by_text(const void *a, const void *b)
{
  const CsKnownWord *const *x = a, *const *y = b;
  return strcmp((*x)->text, (*y)->text);
}

static bool
is_near_candidate(const CsKnownWord *word)
{
  return word->text != NULL && word->n < CS_MAX_WORD_BYTES && !word->is_foreign;
}

static CsStatus
make_lists(CsLexicon *lexicon)
{
  size_t n[CS_MAX_WORD_BYTES] = {0};
  const CsPhraseTable *table  = &lexicon->exact;
  for (size_t i = 0; i < table->n_word_slots; i++)
    if (is_near_candidate(&table->words[i]))
      n[table->words[i].n]++;
  for (size_t length = 0; length < CS_MAX_WORD_BYTES; length++) {
    CsWordList *list = &lexicon->by_length[length];
    list->words      = CS_NEW_N(lexicon->arena, const CsKnownWord *, n[length]);
    list->letters    = CS_NEW_N(lexicon->arena, uint32_t, n[length]);
    CS_TRY_NEW(list->words);
    CS_TRY_NEW(list->letters);
  }
  return CS_OK;
}

CsStatus
cs_lexicon_sort_words(CsLexicon *lexicon)
{
  const CsPhraseTable *table = &lexicon->exact;
  CS_TRY(make_lists(lexicon));
  for (size_t i = 0; i < table->n_word_slots; i++) {
    const CsKnownWord *word = &table->words[i];
    if (!is_near_candidate(word))
      continue;
    CsWordList *list       = &lexicon->by_length[word->n];
    list->words[list->n++] = word;
  }
  for (size_t length = 0; length < CS_MAX_WORD_BYTES; length++) {
    CsWordList *list = &lexicon->by_length[length];
    if (list->n > 1)
      qsort(list->words, list->n, sizeof *list->words, by_text);
    for (size_t i = 0; i < list->n; i++)
      list->letters[i] = list->words[i]->letters;
  }
  return CS_OK;
}
