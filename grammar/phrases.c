#include "grammar/phrases.h"

#include "grammar/words.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = CS_MAX_PHRASE_WORDS };

// Longer ones, beyond what a person writes, are broken up, so that looking
// around in a clause or a sentence takes bounded time.
enum { MAX_CLAUSE_ITEMS = 64, MAX_SENTENCE_ITEMS = 256 };

// ---- Phrases of the lexicon -------------------------------------------------

/// A phrase that grows word by word.
typedef struct Grown {
  char text[MAX_WORDS * (CS_MAX_WORD_BYTES + 1)];
  size_t n;
  uint64_t hash;
} Grown;

static void
grow(Grown *grown, const char *word, size_t n)
{
  if (grown->n > 0) {
    grown->hash             = cs_words_hash_add(grown->hash, " ", 1);
    grown->text[grown->n++] = ' ';
  }
  memcpy(grown->text + grown->n, word, n);
  grown->n += n;
  grown->hash = cs_words_hash_add(grown->hash, word, n);
}

/// The entry of a phrase as it stands, or without the s of its last word, which
/// began at `n_before` when the hash was `hash_before`.
static const CsEntry *
find_exact(const CsParse *p, const Grown *phrase, size_t n_before,
    uint64_t hash_before)
{
  const CsPhraseTable *table = &p->lexicon->exact;
  const size_t n             = phrase->n;
  const CsEntry *entry = cs_phrase_find(table, phrase->hash, phrase->text, n);
  if (entry != NULL || n < n_before + 4 || phrase->text[n - 1] != 's')
    return entry;
  const uint64_t singular =
      cs_words_hash_add(hash_before, phrase->text + n_before, n - 1 - n_before);
  return cs_phrase_find(table, singular, phrase->text, n - 1);
}

/// Does a slash and a digit follow?
static bool
is_slashed(const CsParse *p, const CsToken *token)
{
  const char *after = p->normal.text + token->end;
  return token->kind == CS_TOKEN_DIGITS && after[0] == '/' && after[1] >= '0' &&
         after[1] <= '9';
}

/// The longest phrase that begins at word i, 0 words when there is none. As
/// written comes before other forms of the same words.
static size_t
find_phrase(
    const CsParse *p, const CsWords *words, size_t i, const CsEntry **entry)
{
  const int begins  = words->items[i].max_words;
  const size_t most = begins > 1 ? (size_t)begins : 1;
  size_t longest    = 0;
  Grown exact       = {.hash = cs_words_hash_start()};
  Grown stems       = exact;
  for (size_t k = 0; k < most && k < MAX_WORDS && i + k < words->n; k++) {
    const CsWord *word = &words->items[i + k];
    if (word->n >= CS_MAX_WORD_BYTES || (k > 0 && word->token.line))
      break;
    const size_t n_before      = exact.n;
    const uint64_t hash_before = exact.hash;
    grow(&exact, word->text, word->n);
    const bool is_word = word->token.kind == CS_TOKEN_WORD;
    grow(&stems, is_word ? word->stem : word->text,
        is_word ? word->n_stem : word->n);
    const CsEntry *found = find_exact(p, &exact, n_before, hash_before);
    if (found == NULL)
      found =
          cs_phrase_find(&p->lexicon->stems, stems.hash, stems.text, stems.n);
    // "in 4/4" is no "in 4".
    if (found != NULL && !is_word && is_slashed(p, &word->token))
      found = NULL;
    if (found != NULL) {
      *entry  = found;
      longest = k + 1;
    }
  }
  return longest;
}

// ---- Shapes -----------------------------------------------------------------

static double
group_number(const CsParse *p, const CsShapeMatch *match, char name)
{
  const CsGroup *group = &match->groups[name - 'a'];
  double value = 0.0, place = 1.0;
  bool negative = false, fraction = false;
  for (size_t i = group->begin; i < group->end; i++) {
    const char c = p->normal.text[i];
    if (c == '-')
      negative = true;
    else if (c == '.')
      fraction = true;
    else if (c >= '0' && c <= '9') {
      value = value * 10.0 + (c - '0');
      place *= fraction ? 10.0 : 1.0;
    }
  }
  return (negative ? -value : value) / place;
}

static bool
group_is_set(const CsShapeMatch *match, char name)
{
  return match->groups[name - 'a'].end > match->groups[name - 'a'].begin;
}

static void
set_clock(const CsParse *p, const CsShapeMatch *match, CsItem *item)
{
  item->kind = CS_ITEM_TIME;
  item->time = (CsTime){.form = CS_TIME_LENGTH,
      .a.at                   = group_number(p, match, 'h') * 3600.0 +
              group_number(p, match, 'm') * 60.0 + group_number(p, match, 's'),
      .is_clock = true};
}

/// Frames are kept in `number` until the rate is known.
static void
set_timecode(const CsParse *p, const CsShapeMatch *match, CsItem *item)
{
  set_clock(p, match, item);
  item->time.is_timecode = true;
  item->number           = group_number(p, match, 'f');
}

static bool
word_before_is(const CsParse *p, size_t at, const char *word)
{
  const size_t n = strlen(word);
  while (at > 0 && strchr(" :=\"'", p->normal.text[at - 1]) != NULL)
    at--;
  return at >= n && memcmp(p->normal.text + at - n, word, n) == 0 &&
         (at == n || p->normal.text[at - n - 1] < 'a');
}

static bool
word_after_is(const CsParse *p, size_t at, const char *word)
{
  const size_t n = strlen(word);
  while (at < p->normal.n &&
         (p->normal.text[at] == ' ' || p->normal.text[at] == '-'))
    at++;
  return strncmp(p->normal.text + at, word, n) == 0;
}

/// "a jig in D, with fiddle": a capital letter behind "in" that begins no name.
/// "In A" is a tonic only where nothing follows.
static bool
is_bare_tonic(const CsParse *p, const CsShapeMatch *match)
{
  static const char *const places[] = {"street", "road", "block", "wing",
      "class", "room", "hall", "building", "zone"};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++)
    if (word_after_is(p, match->end, places[i]))
      return false;
  const char *after = p->normal.text + match->end;
  const bool ends   = *after == '\0' || strchr(",;.!?)\n|/", *after) != NULL;
  if (!cs_is_capital(p, match->begin) || p->shouts)
    return false;
  if (group_is_set(match, 'x') || ends)
    return true;
  return p->normal.text[match->begin] != 'a' && after[0] == ' ' &&
         after[1] >= 'a' && after[1] <= 'z' &&
         !cs_is_capital(p, match->end + 1);
}

/// "key change up to E", "lifts to Eb", "shifts to G": the tonic on the way.
/// Only the items before it are read by now.
static bool
is_tonic_on_the_way(const CsParse *p)
{
  enum { MAX_BACK = 6 };
  size_t i = p->n - 1; // the item that is being read
  if (i == 0)
    return false;
  const CsItem *to = &p->items[--i];
  if (cs_item_is(to, CS_MARK_BECOME))
    return true;
  if (!cs_item_is(to, CS_MARK_TO) && !cs_item_is(to, CS_MARK_AT_MOST))
    return false;
  for (size_t k = 0; k < MAX_BACK && i-- > 0; k++) {
    const CsItem *item = &p->items[i];
    if (cs_item_is_mark(item, ",.;"))
      return false;
    if (cs_item_is_class(item, CS_CLASS_CHANGE) &&
        (item->entry->kind == CS_ARC_RISE || item->entry->kind == CS_ARC_FALL ||
            item->entry->kind == CS_ARC_KEY))
      return true;
  }
  return false;
}

/// "a minor key" holds an article, "in A minor" a tonic; "am" is a verb.
static bool
is_key(const CsParse *p, const CsShapeMatch *match)
{
  static const char *const nouns[] = {
      "key", "scale", "chord", "mode", "progression", "tonality", "mood"};
  const size_t at       = match->begin;
  const bool accidental = group_is_set(match, 'x');
  const bool capital    = cs_is_capital(p, at);
  const bool abbreviated =
      match->end - at <= 3 && p->normal.text[match->end - 1] == 'm';
  const bool introduced = word_before_is(p, at, "in") ||
                          word_before_is(p, at, "key") ||
                          word_before_is(p, at, "of");
  const bool bare = !group_is_set(match, 'q');
  if (abbreviated && (!capital || cs_is_capital(p, match->end - 1)))
    return false;
  if (bare && !abbreviated)
    return (introduced &&
               (!word_before_is(p, at, "in") || is_bare_tonic(p, match))) ||
           (capital && is_tonic_on_the_way(p));
  if (p->normal.text[at] != 'a' || accidental || p->normal.text[at + 1] == '-')
    return true;
  for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++)
    if (word_after_is(p, match->end, nouns[i]))
      return capital && introduced;
  return capital || introduced;
}

static bool
set_key(const CsParse *p, const CsShapeMatch *match, CsItem *item)
{
  char name[40];
  const size_t n = match->end - match->begin;
  if (n + 1 > sizeof name || !is_key(p, match))
    return false;
  memcpy(name, p->normal.text + match->begin, n);
  name[n]                = '\0';
  const CsGroup *quality = &match->groups['q' - 'a'];
  const CsGroup *sign    = &match->groups['x' - 'a'];
  if (sign->end > sign->begin && p->normal.text[sign->begin] == '-')
    name[sign->begin - match->begin] = ' ';
  // "c maj", "c mixolydian": the reader of keys wants one space.
  if (quality->end > quality->begin) {
    const size_t q = quality->begin - match->begin;
    if (q > 0 && name[q - 1] == '-')
      name[q - 1] = ' ';
  }
  item->kind    = CS_ITEM_KEY;
  item->is_bare = quality->end == quality->begin && name[n - 1] != 'm';
  return cs_key_parse(name, &item->key);
}

static bool
set_meter(const CsParse *p, const CsShapeMatch *match, CsItem *item)
{
  item->kind  = CS_ITEM_METER;
  item->meter = (CsMeter){
      (int)group_number(p, match, 'n'), (int)group_number(p, match, 'd')};
  return item->meter.numerator >= 1 && item->meter.numerator <= 16;
}

static bool
set_shape(
    const CsParse *p, CsShapeKind kind, const CsShapeMatch *match, CsItem *item)
{
  switch (kind) {
  case CS_SHAPE_TIMECODE:
    set_timecode(p, match, item);
    return true;
  case CS_SHAPE_CLOCK:
    set_clock(p, match, item);
    return true;
  case CS_SHAPE_PRIME:
    set_clock(p, match, item);
    item->time.is_clock = false;
    return true;
  case CS_SHAPE_KEY:
    return set_key(p, match, item);
  case CS_SHAPE_METER:
    return set_meter(p, match, item);
  case CS_SHAPE_LUFS:
    item->kind   = CS_ITEM_LUFS;
    item->number = group_number(p, match, 'n');
    item->number = item->number > 0.0 ? -item->number : item->number;
    return true;
  case CS_SHAPE_RATE:
    item->kind   = CS_ITEM_RATE;
    item->number = group_number(p, match, 'n');
    return true;
  case CS_SHAPE_CUE_ID:
    item->kind = CS_ITEM_CUE_ID;
    for (size_t i = match->begin; i < match->end; i++)
      if (p->normal.text[i] == 'm')
        return cs_is_capital(p, i) || word_before_is(p, match->begin, "cue");
    return false;
  case CS_SHAPE_WEIGHT:
    item->kind   = CS_ITEM_WEIGHT;
    item->number = group_number(p, match, 'n');
    return true;
  case CS_SHAPE_NUMBER:
    item->kind   = CS_ITEM_NUMBER;
    item->number = group_number(p, match, 'n');
    if (group_is_set(match, 'd')) // "1/3 s", "1 1/2 minutes"
      item->number = item->number / group_number(p, match, 'd') +
                     group_number(p, match, 'w');
    return true;
  case CS_N_SHAPES:
    break;
  }
  return false;
}

/// The longest shape that begins at a byte.
static bool
find_shape(const CsParse *p, size_t at, CsItem *item)
{
  bool found = false;
  CsShapeMatch match;
  for (int kind = 0; kind < CS_N_SHAPES; kind++)
    for (size_t i = 0; i < p->lexicon->shapes[kind].n; i++) {
      CsItem fresh = {.begin = at};
      if (!cs_shape_match(p->matcher, p->lexicon->shapes[kind].items[i],
              p->normal.text, p->normal.n, at, &match))
        continue;
      if ((!found || match.end > item->end) &&
          set_shape(p, (CsShapeKind)kind, &match, &fresh)) {
        fresh.end = match.end;
        *item     = fresh;
        found     = true;
      }
    }
  return found;
}

// ---- The row of items -------------------------------------------------------

static unsigned
flags_of(const CsParse *p, const CsWords *words, size_t first, size_t n)
{
  const CsWord *word = &words->items[first];
  const size_t at    = word->token.begin;
  unsigned flags     = 0;
  flags |= word->token.space ? CS_FLAG_SPACE : 0;
  flags |= word->token.glued ? CS_FLAG_GLUED : 0;
  flags |= cs_is_capital(p, at) ? CS_FLAG_CAPITAL : 0;
  flags |= cs_is_capital(p, at) && (word->n < 2 || cs_is_capital(p, at + 1))
               ? CS_FLAG_SHOUTED
               : 0;
  for (size_t i = first; i < first + n; i++)
    flags |= words->items[i].misspelt ? CS_FLAG_MISSPELT : 0;
  return flags;
}

/// What the first misspelt word of a phrase was taken for, or NULL.
static const char *
spelt_as(const CsWords *words, size_t first, size_t n)
{
  for (size_t i = first; i < first + n; i++)
    if (words->items[i].misspelt)
      return words->items[i].text;
  return NULL;
}

/// Reads one item. @return How many words it takes.
static size_t
read_item(const CsParse *p, const CsWords *words, size_t i, CsItem *item)
{
  const CsEntry *entry = NULL;
  const CsWord *word   = &words->items[i];
  const size_t n       = find_phrase(p, words, i, &entry);
  const size_t end     = n > 0 ? words->items[i + n - 1].token.end : 0;
  CsItem shape;
  if (find_shape(p, word->token.begin, &shape) && shape.end > end) {
    *item       = shape;
    item->flags = flags_of(p, words, i, 1);
    size_t k    = 1;
    while (i + k < words->n && words->items[i + k].token.begin < shape.end)
      k++;
    return k;
  }
  *item      = (CsItem){.kind = CS_ITEM_WORD,
           .spelt             = spelt_as(words, i, n),
           .begin             = word->token.begin,
           .end               = word->token.end,
           .flags             = flags_of(p, words, i, n > 0 ? n : 1)};
  item->base = n < 2 ? word->base : NULL;
  if (n > 0) {
    item->kind  = CS_ITEM_ENTRY;
    item->entry = entry;
    item->end   = end;
    return n;
  }
  if (item->base != NULL) {
    item->kind  = CS_ITEM_ENTRY;
    item->entry = item->base;
  }
  if (word->token.kind == CS_TOKEN_MARK) {
    item->kind = CS_ITEM_MARK;
    item->mark = p->normal.text[word->token.begin];
  }
  return 1;
}

/// Does a mark end a sentence? A slash or a dash needs space around it.
static bool
ends_sentence(const CsParse *p, const CsItem *item, char before)
{
  const char next = item->end < p->normal.n ? p->normal.text[item->end] : ' ';
  const bool space_after = next == ' ' || next == '\n';
  switch (item->mark) {
  case ';':
  case '|':
  case '!':
  case '?':
  case ']':
    return true;
  case '.':
    return space_after || next == '.' || next == '\'' || next == '"';
  case '[':
    return before != '=' && before != ':';
  case '/':
  case '-':
    return (item->flags & CS_FLAG_SPACE) && (space_after || next == '-');
  default:
    return false;
  }
}

static void
number_clauses(CsParse *p, const CsWords *words)
{
  int clause = 0, sentence = 0;
  char before = ' ';
  size_t w = 0, clause_at = 0, sentence_at = 0;
  for (size_t i = 0; i < p->n; i++) {
    CsItem *item         = &p->items[i];
    const int old_clause = clause, old_sentence = sentence;
    while (w < words->n && words->items[w].token.begin < item->begin)
      w++;
    if (w < words->n && words->items[w].token.line) {
      clause++;
      sentence++;
    }
    if (item->kind == CS_ITEM_MARK) {
      const bool ends = ends_sentence(p, item, before);
      sentence += ends;
      clause +=
          ends || item->mark == ',' || item->mark == '/' || item->mark == '>';
    }
    sentence += i - sentence_at >= MAX_SENTENCE_ITEMS;
    clause += i - clause_at >= MAX_CLAUSE_ITEMS || sentence != old_sentence;
    clause_at      = clause != old_clause ? i : clause_at;
    sentence_at    = sentence != old_sentence ? i : sentence_at;
    item->clause   = clause;
    item->sentence = sentence;
    before         = item->kind == CS_ITEM_MARK ? item->mark : ' ';
  }
}

static bool
is_shouting(const CsNormal *normal)
{
  size_t n = 0, capitals = 0;
  for (size_t i = 0; i < normal->n; i++) {
    const char c = normal->source[normal->from[i]];
    capitals += c >= 'A' && c <= 'Z';
    n += (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }
  return n > 3 && capitals * 10 > n * 8;
}

/// Does nearly every word begin with a capital? Then a capital is no name.
static bool
is_titled(const CsParse *p)
{
  enum { FEWEST = 6 };
  size_t n = 0, capitals = 0;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if ((item->kind != CS_ITEM_WORD && item->kind != CS_ITEM_ENTRY) ||
        item->end - item->begin < 4)
      continue;
    n++;
    capitals += (item->flags & CS_FLAG_CAPITAL) != 0;
  }
  return n >= FEWEST && capitals * 5 >= n * 4;
}

/// "D mjaor": the shape of a key with its quality misspelt.
static void
join_misspelt_keys(CsParse *p)
{
  char name[40] = "";
  size_t n      = 0;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i], *next = cs_item_at(p, i, 1);
    const bool letter = item->kind == CS_ITEM_WORD &&
                        item->end == item->begin + 1 &&
                        (item->flags & CS_FLAG_CAPITAL);
    const bool quality = next->kind == CS_ITEM_ENTRY && next->spelt != NULL &&
                         next->entry->mode >= 0 && strlen(next->spelt) < 30;
    CsKey key;
    if (letter && quality) {
      name[0] = p->normal.text[item->begin];
      name[1] = ' ';
      memcpy(name + 2, next->spelt, strlen(next->spelt) + 1);
    }
    p->items[n] = *item;
    if (letter && quality && cs_key_parse(name, &key)) {
      p->items[n].kind = CS_ITEM_KEY;
      p->items[n].key  = key;
      p->items[n].end  = next->end;
      p->items[n].flags |= CS_FLAG_MISSPELT;
      i++;
    }
    n++;
  }
  p->n = n;
}

/// Is the item one of a list of instruments, next to another?
static bool
is_in_list_of_instruments(const CsParse *p, size_t i)
{
  const CsItem *before = cs_item_at(p, i, -1);
  const CsItem *after  = cs_item_at(p, i, 1);
  const bool opens =
      before->kind == CS_ITEM_MARK || cs_item_is(before, CS_MARK_AND) ||
      cs_item_is(before, CS_MARK_NO) || cs_item_is(before, CS_MARK_WITH);
  const bool closes =
      after->kind == CS_ITEM_MARK || cs_item_is(after, CS_MARK_AND);
  return opens && closes &&
         (cs_item_is_class(cs_item_at(p, i, -2), CS_CLASS_INSTRUMENT) ||
             cs_item_is_class(cs_item_at(p, i, 2), CS_CLASS_INSTRUMENT));
}

/// "celesta, vibes and glock": the mallets, where "summer vibes" are a mood;
/// "guitar, base, shaker": the bass as it is misspelt.
static CsStatus
read_homographs(CsParse *p)
{
  static const char *const pairs[][2] = {
      {"vibes", "vibraphone"}, {"base", "bass"}};
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
    const CsEntry *meant = NULL;
    const size_t n       = strlen(pairs[k][0]);
    CS_TRY(cs_lexicon_lookup(p->arena, p->lexicon, pairs[k][1], &meant));
    for (size_t i = 0; meant != NULL && i < p->n; i++) {
      CsItem *item = &p->items[i];
      if (item->end - item->begin == n &&
          memcmp(p->normal.text + item->begin, pairs[k][0], n) == 0 &&
          is_in_list_of_instruments(p, i)) {
        item->kind  = CS_ITEM_ENTRY;
        item->entry = meant;
      }
    }
  }
  return CS_OK;
}

/// The instrument that a stretch of bytes names as one word, or NULL.
static const CsEntry *
instrument_of(const CsParse *p, const char *text, size_t n)
{
  const uint64_t hash  = cs_words_hash_add(cs_words_hash_start(), text, n);
  const CsEntry *entry = cs_phrase_find(&p->lexicon->exact, hash, text, n);
  return entry != NULL && entry->class_of == CS_CLASS_INSTRUMENT ? entry : NULL;
}

/// "novocals", "drumless": an instrument and what denies it, in one word.
static void
read_denied_instruments(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    CsItem *item         = &p->items[i];
    const char *text     = p->normal.text + item->begin;
    const size_t n       = item->end - item->begin;
    const CsEntry *entry = NULL;
    if (item->kind != CS_ITEM_WORD && item->spelt == NULL)
      continue;
    if (n > 4 && memcmp(text, "no", 2) == 0)
      entry = instrument_of(p, text + 2, n - 2);
    if (entry == NULL && n > 6 && memcmp(text + n - 4, "less", 4) == 0)
      entry = instrument_of(p, text, n - 4);
    if (entry == NULL)
      continue;
    item->kind  = CS_ITEM_ENTRY;
    item->entry = entry;
    item->spelt = NULL;
    item->flags &= ~(unsigned)CS_FLAG_MISSPELT;
    item->flags |= CS_FLAG_NEGATED;
  }
}

CsStatus
cs_read_items(CsParse *p)
{
  CsWords words = {0};
  p->shouts     = is_shouting(&p->normal);
  CS_TRY(cs_split_words(p, &words));
  p->items = CS_NEW_N(p->arena, CsItem, words.n + 1);
  CS_TRY_NEW(p->items);
  for (size_t i = 0; i < words.n;) {
    CsItem *item = &p->items[p->n++];
    size_t n     = read_item(p, &words, i, item);
    if (item->kind == CS_ITEM_WORD && words.items[i].has_stem &&
        cs_correct_word(p, &words, i))
      n = read_item(p, &words, i, item);
    i += n;
  }
  p->is_titled = is_titled(p);
  number_clauses(p, &words);
  join_misspelt_keys(p);
  read_denied_instruments(p);
  return read_homographs(p);
}

// ---- Helpers ----------------------------------------------------------------

bool
cs_item_is(const CsItem *item, CsMarker marker)
{
  return item->kind == CS_ITEM_ENTRY &&
         item->entry->class_of == CS_CLASS_MARKER &&
         item->entry->marker == marker;
}

bool
cs_item_is_then(const CsItem *item)
{
  return cs_item_is(item, CS_MARK_THEN) || cs_item_is(item, CS_MARK_LATER);
}

bool
cs_item_is_before(const CsParse *p, const CsItem *item)
{
  return cs_item_is(item, CS_MARK_BEFORE) ||
         (cs_item_is(item, CS_MARK_UNTIL) &&
             strncmp(p->normal.text + item->begin, "before", 6) == 0);
}

bool
cs_item_is_class(const CsItem *item, CsClass class_of)
{
  return item->kind == CS_ITEM_ENTRY && item->entry->class_of == class_of;
}

bool
cs_item_is_mark(const CsItem *item, const char *marks)
{
  return item->kind == CS_ITEM_MARK && item->mark != '\0' &&
         strchr(marks, item->mark) != NULL;
}

bool
cs_item_is_unit(const CsItem *item, CsUnit unit)
{
  return item->kind == CS_ITEM_ENTRY &&
         item->entry->class_of == CS_CLASS_UNIT && item->entry->unit == unit;
}

const CsItem *
cs_item_at(const CsParse *p, size_t i, int step)
{
  static const CsItem nothing = {
      .kind = CS_ITEM_MARK, .clause = -1, .sentence = -1};
  if (step < 0 && i < (size_t)-step)
    return &nothing;
  const size_t at = step < 0 ? i - (size_t)-step : i + (size_t)step;
  return at < p->n ? &p->items[at] : &nothing;
}

size_t
cs_clause_start(const CsParse *p, size_t i)
{
  while (i > 0 && p->items[i - 1].clause == p->items[i].clause)
    i--;
  return i;
}

size_t
cs_sentence_start(const CsParse *p, size_t i)
{
  while (i > 0 && p->items[i - 1].sentence == p->items[i].sentence)
    i--;
  return i;
}

bool
cs_item_is_alone(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  for (int way = -1; way <= 1; way += 2)
    for (int step = way;; step += way) {
      const CsItem *item = cs_item_at(p, i, step);
      if (item->clause != clause)
        break;
      const bool filler = item->kind == CS_ITEM_MARK ||
                          cs_item_is_class(item, CS_CLASS_PLAIN) ||
                          cs_item_is_class(item, CS_CLASS_MARKER);
      if (!filler)
        return false;
    }
  return true;
}

CsStatus
cs_add_name(CsArena *arena, CsStrings *names, const char *name)
{
  if (cs_strings_have(names, name))
    return CS_OK;
  // Doubles at powers of two; the lists hold a handful of names.
  if ((names->n & (names->n - 1)) == 0 || names->n == 0) {
    const size_t room   = names->n == 0 ? 1 : 2 * names->n;
    const char **larger = CS_NEW_N(arena, const char *, room);
    CS_TRY_NEW(larger);
    if (names->n > 0)
      memcpy(larger, names->items, names->n * sizeof *larger);
    names->items = larger;
  }
  const char *copy = cs_arena_copy(arena, name, strlen(name));
  CS_TRY_NEW(copy);
  names->items[names->n++] = copy;
  return CS_OK;
}

CsStatus
cs_understand(CsParse *p, size_t first, size_t last, const char *field,
    const char *value, const char *rule)
{
  CsBrief *brief = p->brief;
  void *list     = brief->understood;
  CS_TRY(cs_arena_grow(p->arena, &list, &p->n_phrases, brief->n_understood + 1,
      sizeof *brief->understood));
  brief->understood = list;
  const size_t from = p->normal.from[p->items[first].begin];
  const size_t to   = p->normal.to[p->items[last].end - 1];
  const char *text  = cs_arena_copy(p->arena, brief->prompt + from, to - from);
  CS_TRY_NEW(text);
  for (size_t i = first; i <= last; i++) {
    p->items[i].flags |= CS_FLAG_USED;
    if (p->items[i].flags & CS_FLAG_MISSPELT)
      rule = "spelling";
  }
  brief->understood[brief->n_understood++] =
      (CsPhrase){from, to, text, field, value, rule};
  return CS_OK;
}

CsStatus
cs_understand_number(CsParse *p, size_t first, size_t last, const char *field,
    double value, const char *rule)
{
  char number[32];
  const double sign = value < 0.0 ? -1.0 : 1.0;
  const double rounded =
      sign * (double)(long long)(value * sign * 1000.0 + 0.5) / 1000.0;
  cs_format_number(rounded, number);
  const char *copy = cs_arena_copy(p->arena, number, strlen(number));
  CS_TRY_NEW(copy);
  return cs_understand(p, first, last, field, copy, rule);
}

CsStatus
cs_understand_text(CsParse *p, size_t first, size_t last, const char *field,
    const char *value, const char *rule)
{
  CsText text      = cs_text_new(p->arena);
  CsJsonWriter w   = cs_json_writer(&text, false);
  const char *json = "";
  cs_json_put_string(&w, NULL, value);
  CS_TRY(cs_text_take(&text, &json));
  return cs_understand(p, first, last, field, json, rule);
}

void
cs_place_settle(const CsParse *p, CsPlace *place)
{
  const CsBrief *brief = p->brief;
  const double bpm     = brief->said & CS_SAID_TEMPO
                             ? (brief->tempo_bpm[0] + brief->tempo_bpm[1]) / 2.0
                             : 120.0;
  const CsMeter meter =
      brief->said & CS_SAID_METER ? brief->meter : (CsMeter){4, 4};
  const double beat = 60.0 / bpm;
  if (place->unit == CS_UNIT_BEAT)
    place->at *= beat;
  if (place->unit == CS_UNIT_BAR)
    place->at *= beat * cs_meter_quarters(meter);
}

double
cs_place_seconds(const CsParse *p, CsPlace place)
{
  return cs_anchored_seconds(place.anchor, place.at, p->length_s);
}

bool
cs_place_is_end(CsPlace place)
{
  return place.anchor == CS_ANCHOR_END && place.at <= 0.0;
}
