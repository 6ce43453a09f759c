/// Who is left after a fall: "drops to just piano", "strip it back to bass and
/// pads", "all out except drums", "thins to viola alone".
#include "grammar/arc.h"

#include <string.h>

/// Do the words of a fall end in what is left: "strip to", "down to one"?
static bool
leads_to_rest(const CsParse *p, const CsItem *change)
{
  static const char *const last_words[] = {"to", "into", "except", "but", "bar",
      "just", "only", "1", "single", "solo"};
  const char *end                       = p->normal.text + change->end;
  for (size_t i = 0; i < sizeof last_words / sizeof *last_words; i++) {
    const size_t n = strlen(last_words[i]);
    if (change->end - change->begin > n && end[-1 - (int)n] == ' ' &&
        memcmp(end - n, last_words[i], n) == 0)
      return true;
  }
  return false;
}

/// "viola alone", "pads only": said behind the player.
static bool
closes_rest(const CsParse *p, size_t i)
{
  const size_t behind = i + 1;
  return cs_item_is(&p->items[i], CS_MARK_ONLY) &&
         !(behind < p->n && cs_item_is_playable(&p->items[behind]));
}

/// The players of a clause of whom a fall says that they are left. Those named
/// before "to" or "just" go: "strip the strings back to a harp".
static CsStatus
list_rest(const CsParse *p, size_t change, CsStrings *rest)
{
  const CsItem *item = &p->items[change];
  const bool is_word = cs_item_is_class(item, CS_CLASS_CHANGE);
  size_t i           = is_word ? change : cs_clause_start(p, change);
  bool says_rest     = is_word && leads_to_rest(p, item);
  rest->items        = CS_NEW_N(p->arena, const char *, p->n);
  CS_TRY_NEW(rest->items);
  for (; i < p->n && p->items[i].clause == item->clause; i++) {
    if (closes_rest(p, i) && rest->n > 0) {
      says_rest = true;
    } else if (cs_item_is(&p->items[i], CS_MARK_ONLY) ||
               cs_item_is(&p->items[i], CS_MARK_TO)) {
      says_rest = true;
      rest->n   = 0;
    } else if (cs_item_is_playable(&p->items[i])) {
      const char *name = cs_item_played(&p->items[i]);
      if (!cs_strings_have(rest, name))
        rest->items[rest->n++] = name;
    }
  }
  if (!says_rest)
    rest->n = 0;
  return CS_OK;
}

CsStatus
cs_arc_read_rest(CsArc *arc)
{
  for (size_t k = 0; k < arc->n; k++)
    if (arc->drafts[k].event.kind == CS_ARC_FALL)
      CS_TRY(
          list_rest(arc->p, arc->drafts[k].item, &arc->drafts[k].event.stay));
  return CS_OK;
}
