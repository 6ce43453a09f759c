/// What is asked for and cannot be done, and prompts in another language.
#include "grammar/phrases.h"

#include <stdio.h>
#include <string.h>

enum { UNWANTED = CS_FLAG_NEGATED | CS_FLAG_NO_LEAD };

static CsStatus
warn(CsParse *p, size_t first, size_t last, CsCode code)
{
  static const char *const answers[CS_N_CODES] = {
      [CS_CODE_VOCALS]  = "no voice can be made; an instrument takes its line "
                          "where there is one",
      [CS_CODE_ARTIST]  = "no artist or work is imitated; only the words "
                          "around the name are used",
      [CS_CODE_EFFECTS] = "only music is made; leave sound effects to the "
                          "picture's sound",
      [CS_CODE_IGNORED] = "ignored",
  };
  const size_t from   = p->normal.from[p->items[first].begin];
  const size_t to     = p->normal.to[p->items[last].end - 1];
  const char *message = cs_arena_printf(p->arena, "\"%.*s\": %s",
      (int)(to - from), p->brief->prompt + from, answers[code]);
  CS_TRY_NEW(message);
  if (code != CS_CODE_IGNORED)
    CS_TRY(cs_brief_warn(p->arena, p->brief, cs_code_names[code], message));
  return cs_understand_text(
      p, first, last, "warnings", cs_code_names[code], "cannot");
}

/// Space that is left for a voice is no wish for one: "under the vocals".
static bool
makes_room(const CsParse *p, size_t i)
{
  for (int step = -1; step >= -4; step--) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause)
      return false;
    if (cs_item_is(item, CS_MARK_UNDER) || cs_item_is(item, CS_MARK_FOR) ||
        cs_item_is(item, CS_MARK_THAN)) // "never louder than the voice"
      return true;
    if (!cs_item_is(item, CS_MARK_SOME) && item->kind != CS_ITEM_WORD &&
        !cs_item_is_class(item, CS_CLASS_PLAIN) &&
        !cs_item_is_class(item, CS_CLASS_IMAGE) &&
        !cs_item_is(item, CS_MARK_AND))
      return false;
  }
  return false;
}

/// What happens in the picture is no wish: "as the door slams".
static bool
is_in_picture(const CsParse *p, size_t i)
{
  for (int step = -1; step >= -5; step--) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->sentence != p->items[i].sentence)
      return false;
    if (cs_item_is(item, CS_MARK_WHERE) || cs_item_is(item, CS_MARK_UNTIL))
      return true;
  }
  return false;
}

/// "the cafe on Mozart Street"
static bool
is_address(const CsParse *p, size_t i)
{
  const CsItem *next = cs_item_at(p, i, 1);
  return cs_item_is(next, CS_MARK_PLACE) &&
         next->clause == p->items[i].clause &&
         (p->shouts || (next->flags & CS_FLAG_CAPITAL));
}

/// "far-off choir - no, scrap the choir"
static bool
is_taken_back(const CsParse *p, size_t i)
{
  for (size_t k = i + 1; k < p->n; k++)
    if (p->items[k].kind == CS_ITEM_ENTRY &&
        p->items[k].entry == p->items[i].entry)
      return (p->items[k].flags & UNWANTED) != 0;
  return false;
}

/// "whispering brushes", "a singing violin": how an instrument plays.
static bool
is_manner_of_playing(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i], *next = cs_item_at(p, i, 1);
  return item->end - item->begin > 4 &&
         memcmp(p->normal.text + item->end - 3, "ing", 3) == 0 &&
         cs_item_is_class(next, CS_CLASS_INSTRUMENT) &&
         next->clause == item->clause &&
         strcmp(next->entry->name, "vocals") != 0 &&
         strcmp(next->entry->name, "choir") != 0;
}

static CsStatus
read_entry(CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  const int code     = item->entry->code;
  const bool choir   = item->entry->name != NULL &&
                     item->entry->class_of == CS_CLASS_INSTRUMENT &&
                     (strcmp(item->entry->name, "choir") == 0 ||
                         strcmp(item->entry->name, "vocals") == 0);
  if ((item->flags & UNWANTED) || (code < 0 && !choir))
    return CS_OK;
  const CsCode answer = choir ? CS_CODE_VOCALS : (CsCode)code;
  if (choir && is_taken_back(p, i))
    return CS_OK;
  if (answer == CS_CODE_VOCALS && is_manner_of_playing(p, i))
    return CS_OK;
  if (answer == CS_CODE_VOCALS && makes_room(p, i))
    return CS_OK;
  if (answer == CS_CODE_EFFECTS && is_in_picture(p, i))
    return CS_OK;
  if (answer == CS_CODE_ARTIST && is_address(p, i))
    return CS_OK;
  return warn(p, i, i, answer);
}

// ---- Artists and works ------------------------------------------------------

/// A name: a capital where the rest is not in capitals, and no known word.
static bool
is_name(const CsParse *p, size_t i)
{
  const CsItem *item = cs_item_at(p, i, 0);
  const bool shape =
      item->kind == CS_ITEM_WORD || cs_item_is_class(item, CS_CLASS_PLAIN);
  return shape && !p->shouts && (item->flags & CS_FLAG_CAPITAL);
}

static bool
is_unknown(const CsParse *p, size_t i)
{
  return cs_item_at(p, i, 0)->kind == CS_ITEM_WORD;
}

/// "think early Strokes": which time of theirs.
static bool
is_period(const CsParse *p, size_t i)
{
  static const char *const words[] = {
      "early", "late", "classic", "old", "vintage", "recent", "peak"};
  const CsItem *item = cs_item_at(p, i, 0);
  const size_t n     = item->end - item->begin;
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    if (n == strlen(words[k]) && !(item->flags & CS_FLAG_CAPITAL) &&
        memcmp(p->normal.text + item->begin, words[k], n) == 0)
      return true;
  return false;
}

/// "like Daft Punk", "in the style of X", "copy the Jaws theme"
static CsStatus
read_like(CsParse *p, size_t i)
{
  size_t n = i + 1;
  if (p->items[i].flags & (CS_FLAG_NEGATED | CS_FLAG_GLUED))
    return CS_OK;
  while (cs_item_is(cs_item_at(p, n, 0), CS_MARK_SOME) ||
         cs_item_is_mark(cs_item_at(p, n, 0), "\"'") || is_period(p, n))
    n++;
  const bool strong =
      p->items[i].entry->scale < 1.0; // "in the style of": any name will do
  if (!is_name(p, n) && !(strong && is_unknown(p, n)))
    return CS_OK;
  if (is_address(p, n))
    return CS_OK;
  size_t last = n;
  while (
      is_name(p, last + 1) && p->items[last + 1].clause == p->items[n].clause)
    last++;
  return warn(p, i, last, CS_CODE_ARTIST);
}

/// "Zimmer-esque", "Daft Punk style song", "Coldplay vibes"
static CsStatus
read_like_after(CsParse *p, size_t i)
{
  if (i == 0 || !is_name(p, i - 1))
    return CS_OK;
  size_t first = i - 1;
  while (first > 0 && is_name(p, first - 1) &&
         p->items[first - 1].clause == p->items[i].clause)
    first--;
  return warn(p, first, i, CS_CODE_ARTIST);
}

CsStatus
cs_read_cannots(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (cs_item_is(item, CS_MARK_LIKE))
      CS_TRY(read_like(p, i));
    else if (cs_item_is(item, CS_MARK_LIKE_AFTER))
      CS_TRY(read_like_after(p, i));
    else if (item->kind == CS_ITEM_ENTRY)
      CS_TRY(read_entry(p, i));
  }
  return CS_OK;
}

// ---- Language ---------------------------------------------------------------

/// Another script for a third of the letters, or more common words of other
/// languages than words that are understood.
bool
cs_is_foreign(const CsParse *p)
{
  size_t n_foreign = 0, n_english = 0;
  if (p->normal.n_foreign * 3 > p->normal.n_letters)
    return true;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    n_foreign += cs_item_is_class(item, CS_CLASS_FOREIGN);
    n_english += cs_item_is_class(item, CS_CLASS_MARKER) ||
                 cs_item_is_class(item, CS_CLASS_PLAIN);
  }
  return n_foreign >= 2 && n_foreign > n_english;
}
