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

const CsEntry *
cs_phrase_find(
    const CsPhraseTable *table, uint64_t hash, const char *phrase, size_t n)
{
  const CsTextSlot *slot = cs_text_table_find(&table->phrases, hash, phrase, n);
  return slot != NULL ? table->entries[slot->place] : NULL;
}

const CsKnownWord *
cs_phrase_word(const CsPhraseTable *table, const char *word, size_t n)
{
  const uint64_t hash    = cs_words_hash_add(cs_words_hash_start(), word, n);
  const CsTextSlot *slot = cs_text_table_find(&table->known, hash, word, n);
  return slot != NULL ? &table->words[slot->place] : NULL;
}

/// What a phrase consists of: its words with one space between.
typedef struct Phrase {
  const char *text;
  size_t n, n_words;
  uint64_t hash;
  size_t ends[CS_MAX_PHRASE_WORDS]; ///< Of the words in the text.
} Phrase;

/// The phrase of normalised text. A mark is a word, so that words and the
/// spaces between them take at most twice as many bytes.
static CsStatus
join_words(CsArena *arena, const char *text, size_t n, Phrase *phrase)
{
  CsToken token;
  char *joined = cs_arena_alloc(arena, 2 * n + 1, 1);
  *phrase      = (Phrase){.text = joined};
  CS_TRY_NEW(joined);
  for (size_t at = 0; cs_next_token(text, n, at, &token); at = token.end) {
    const size_t n_word = token.end - token.begin;
    if (phrase->n_words > 0)
      joined[phrase->n++] = ' ';
    memcpy(joined + phrase->n, text + token.begin, n_word);
    phrase->n += n_word;
    if (phrase->n_words < CS_MAX_PHRASE_WORDS)
      phrase->ends[phrase->n_words] = phrase->n;
    phrase->n_words++;
  }
  phrase->hash = cs_words_hash_add(cs_words_hash_start(), joined, phrase->n);
  return CS_OK;
}

/// A text of small letters with single spaces between is a phrase as it stands.
static bool
take_words(const char *text, size_t n, Phrase *phrase)
{
  *phrase = (Phrase){.text = text, .n = n};
  for (size_t i = 0; i <= n; i++) {
    if (i < n && text[i] != ' ')
      continue;
    if (i == 0 || text[i - 1] == ' ')
      return false;
    if (phrase->n_words < CS_MAX_PHRASE_WORDS)
      phrase->ends[phrase->n_words] = i;
    phrase->n_words++;
  }
  phrase->hash = cs_words_hash_add(cs_words_hash_start(), text, n);
  return true;
}

/// @param scratch  Holds what is only needed on the way.
/// @param written  Must outlive the phrase.
static CsStatus
read_phrase(
    CsArena *arena, CsArena *scratch, const char *written, Phrase *phrase)
{
  CsNormal normal;
  const size_t n = strlen(written);
  if (cs_is_normal(written, n) && take_words(written, n, phrase))
    return CS_OK;
  CS_TRY(cs_normalise(scratch, written, n, &normal));
  return join_words(arena, normal.text, normal.n, phrase);
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

/// The place of a phrase and of what it means, which is NULL where it is new.
///
/// @param slot   Its `text` is NULL then, too.
/// @param entry  Holds, as `slot` does, until the next one is added.
static CsStatus
take_phrase(CsArena *arena, CsPhraseTable *table, const Phrase *phrase,
    CsTextSlot **slot, const CsEntry ***entry)
{
  CS_TRY(cs_text_table_take(
      arena, &table->phrases, phrase->hash, phrase->text, phrase->n, slot));
  void *entries = table->entries;
  CS_TRY(cs_arena_grow(arena, &entries, &table->entries_capacity,
      table->phrases.n, sizeof(const CsEntry *)));
  table->entries = entries;
  *entry         = &table->entries[(*slot)->place];
  if ((*slot)->text == NULL)
    **entry = NULL;
  return CS_OK;
}

static CsStatus
new_word(
    CsArena *arena, CsPhraseTable *table, const char *word, CsTextSlot *slot)
{
  void *words = table->words;
  slot->text  = cs_arena_copy(arena, word, slot->n);
  CS_TRY_NEW(slot->text);
  CS_TRY(cs_arena_grow(arena, &words, &table->words_capacity, table->known.n,
      sizeof *table->words));
  table->words              = words;
  table->words[slot->place] = (CsKnownWord){.text = slot->text,
      .letters    = cs_letters_of(word, slot->n),
      .hash       = slot->hash,
      .n          = slot->n,
      .is_foreign = true,
      .is_rare    = true,
      .is_plain   = true};
  return CS_OK;
}

/// @param n_words  Of the phrase where it is the first one, else 0.
static CsStatus
add_word(CsArena *arena, CsPhraseTable *table, const char *word, size_t n,
    size_t n_words, const CsEntry *entry)
{
  const uint64_t hash = cs_words_hash_add(cs_words_hash_start(), word, n);
  CsTextSlot *slot    = NULL;
  CS_TRY(cs_text_table_take(arena, &table->known, hash, word, n, &slot));
  if (slot->text == NULL)
    CS_TRY(new_word(arena, table, word, slot));
  CsKnownWord *known = &table->words[slot->place];
  if (known->max_words < n_words)
    known->max_words = (uint8_t)n_words;
  known->is_plain   = known->is_plain && is_plain(entry);
  known->is_rare    = known->is_rare && is_rare(entry);
  known->is_foreign = known->is_foreign && entry->class_of == CS_CLASS_FOREIGN;
  return CS_OK;
}

/// Every word of a phrase of the table.
static CsStatus
add_words(CsArena *arena, CsPhraseTable *table, const Phrase *phrase,
    const CsEntry *entry)
{
  size_t from = 0;
  for (size_t w = 0; w < phrase->n_words; w++) {
    CS_TRY(add_word(arena, table, phrase->text + from, phrase->ends[w] - from,
        w == 0 ? phrase->n_words : 0, entry));
    from = phrase->ends[w] + 1;
  }
  return CS_OK;
}

CsStatus
cs_lexicon_lookup(CsArena *arena, const CsLexicon *lexicon, const char *text,
    const CsEntry **entry)
{
  Phrase phrase;
  *entry = NULL;
  CS_TRY(read_phrase(arena, arena, text, &phrase));
  *entry = cs_phrase_find(&lexicon->exact, phrase.hash, phrase.text, phrase.n);
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

/// The phrase with each word cut to its stem, in a buffer. @return false when a
/// word is too long for one.
static bool
cut_to_stems(const Phrase *phrase, char *text, Phrase *stems)
{
  size_t from = 0;
  *stems      = (Phrase){.text = text, .n_words = phrase->n_words};
  for (size_t w = 0; w < phrase->n_words; w++) {
    const size_t n_word = phrase->ends[w] - from;
    if (n_word >= CS_MAX_WORD_BYTES)
      return false;
    if (w > 0)
      text[stems->n++] = ' ';
    stems->n += cs_stem(phrase->text + from, n_word, text + stems->n);
    stems->ends[w] = stems->n;
    from           = phrase->ends[w] + 1;
  }
  stems->hash = cs_words_hash_add(cs_words_hash_start(), text, stems->n);
  return true;
}

/// The first phrase to come keeps the place, a person's own words take it.
static CsStatus
add_stems(CsLexicon *lexicon, const Phrase *phrase, const CsEntry *entry)
{
  char buffer[CS_MAX_PHRASE_WORDS * (CS_MAX_WORD_BYTES + 1)];
  Phrase stems;
  if (!cut_to_stems(phrase, buffer, &stems))
    return CS_OK;
  CsPhraseTable *table = &lexicon->stems;
  CsTextSlot *slot     = NULL;
  const CsEntry **kept = NULL;
  CS_TRY(take_phrase(lexicon->arena, table, &stems, &slot, &kept));
  if (slot->text == NULL) {
    slot->text = cs_arena_copy(lexicon->arena, stems.text, stems.n);
    CS_TRY_NEW(slot->text);
  }
  if (*kept == NULL || (*kept)->level < entry->level)
    *kept = entry;
  return add_words(lexicon->arena, table, &stems, entry);
}

CsStatus
cs_lexicon_add_phrase(CsArena *arena, CsLexicon *lexicon, const CsJson *node,
    const CsEntry *entry)
{
  Phrase phrase;
  cs_arena_reset(lexicon->scratch);
  CS_TRY(read_phrase(lexicon->arena, lexicon->scratch,
      entry->words.items[node->index], &phrase));
  if (phrase.n_words == 0 || phrase.n_words > CS_MAX_PHRASE_WORDS)
    return cs_json_fail(arena, node, "a phrase has 1..%d words, this has %zu",
        CS_MAX_PHRASE_WORDS, phrase.n_words);
  CsPhraseTable *table = &lexicon->exact;
  CsTextSlot *slot     = NULL;
  const CsEntry **kept = NULL;
  CS_TRY(take_phrase(lexicon->arena, table, &phrase, &slot, &kept));
  if (*kept != NULL && (*kept)->level == entry->level)
    return cs_json_fail(arena, node,
        "the phrase \"%s\" stands already in %s; keep one of them", phrase.text,
        (*kept)->file);
  slot->text = phrase.text;
  *kept      = entry;
  CS_TRY(add_words(lexicon->arena, table, &phrase, entry));
  return is_inflected(entry, phrase.n_words)
             ? add_stems(lexicon, &phrase, entry)
             : CS_OK;
}

// ---- Filling it -------------------------------------------------------------

/// Room for the words that come with the program; more grows.
enum {
  FIRST_SLOTS      = 1 << 15,
  FIRST_STEM_SLOTS = 1 << 14,
  FIRST_ENTRIES    = 1 << 10
};

/// Half as many words as phrases: most stand in several.
static CsStatus
new_table(CsArena *arena, CsPhraseTable *table, size_t n_slots)
{
  table->entries_capacity = n_slots;
  table->entries          = CS_NEW_N(arena, const CsEntry *, n_slots);
  table->words_capacity   = n_slots / 2;
  table->words            = CS_NEW_N(arena, CsKnownWord, n_slots / 2);
  CS_TRY_NEW(table->entries);
  CS_TRY_NEW(table->words);
  CS_TRY(cs_text_table_new(arena, n_slots, &table->phrases));
  return cs_text_table_new(arena, n_slots / 2, &table->known);
}

CsStatus
cs_lexicon_start(CsLexicon *lexicon)
{
  CS_TRY(new_table(lexicon->arena, &lexicon->exact, FIRST_SLOTS));
  return new_table(lexicon->arena, &lexicon->stems, FIRST_STEM_SLOTS);
}

CsStatus
cs_lexicon_add_entry(CsLexicon *lexicon, CsEntry **entry)
{
  void *all      = lexicon->entries;
  const size_t n = lexicon->n_entries + 1;
  CS_TRY(cs_arena_grow(lexicon->arena, &all, &lexicon->entries_capacity,
      n < FIRST_ENTRIES ? FIRST_ENTRIES : n, sizeof *lexicon->entries));
  lexicon->entries = all;
  *entry           = CS_NEW(lexicon->arena, CsEntry);
  CS_TRY_NEW(*entry);
  lexicon->entries[lexicon->n_entries++] = *entry;
  return CS_OK;
}

/// Of words of the same length.
static int
by_text(const void *a, const void *b)
{
  const CsKnownWord *const *x = a, *const *y = b;
  return memcmp((*x)->text, (*y)->text, (*x)->n);
}

static bool
is_near_candidate(const CsKnownWord *word)
{
  return word->n < CS_MAX_WORD_BYTES && !word->is_foreign;
}

static CsStatus
make_lists(CsLexicon *lexicon)
{
  size_t n[CS_MAX_WORD_BYTES] = {0};
  const CsPhraseTable *table  = &lexicon->exact;
  for (size_t i = 0; i < table->known.n; i++)
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
  for (size_t i = 0; i < table->known.n; i++) {
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
