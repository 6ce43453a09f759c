/// What is asked for and cannot be done, and prompts in another language.
#include "grammar/phrases.h"

#include <stdio.h>
#include <string.h>

enum { UNWANTED = CS_FLAG_NEGATED | CS_FLAG_NO_LEAD };

CsStatus
cs_answer_cannot(CsParse *p, size_t first, size_t last, CsCode code)
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
  if (answer == CS_CODE_ARTIST && cs_is_subject(p, i))
    return CS_OK;
  return cs_answer_cannot(p, i, i, answer);
}

CsStatus
cs_read_cannots(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind == CS_ITEM_ENTRY)
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
