// Where a named instrument stands: in front, with the tune, or behind.

#include "grammar/phrases.h"

#include <string.h>

/// The instrument of an item, named or implied ("a string quartet"); NULL where
/// it has none.
static const char *
instrument_of(const CsItem *item)
{
  if (cs_item_is_class(item, CS_CLASS_INSTRUMENT))
    return item->entry->name;
  return item->kind == CS_ITEM_ENTRY && item->entry->instruments.n > 0
             ? item->entry->instruments.items[0]
             : NULL;
}

static bool
is_named(const CsParse *p, size_t i)
{
  const char *name = instrument_of(&p->items[i]);
  return name != NULL && cs_item_is_wanted(&p->items[i]) &&
         cs_strings_have(&p->brief->instruments, name);
}

/// The instrument of the clause that stands last before an item; p->n where
/// there is none.
static size_t
instrument_before(const CsParse *p, size_t i)
{
  for (size_t k = i; k-- > cs_clause_start(p, i);)
    if (is_named(p, k))
      return k;
  return p->n;
}

/// The one that follows it in the clause, with nothing but words of no weight
/// between.
static size_t
instrument_after(const CsParse *p, size_t i)
{
  for (size_t k = i + 1; k < p->n && p->items[k].clause == p->items[i].clause;
       k++) {
    if (is_named(p, k))
      return k;
    if (!cs_item_is(&p->items[k], CS_MARK_SOME) &&
        !cs_item_is_class(&p->items[k], CS_CLASS_MOOD))
      break;
  }
  return p->n;
}

static CsStatus
put(CsParse *p, size_t mark, size_t instrument, CsStrings *names,
    const char *field)
{
  const char *name = instrument_of(&p->items[instrument]);
  CS_TRY(cs_add_name(p->arena, names, name));
  return cs_understand_text(p, mark, mark, field, name, "word");
}

/// "the cello carries the tune", "up front: a piano".
static CsStatus
read_in_front(CsParse *p, size_t i)
{
  size_t which = instrument_before(p, i);
  if (which == p->n)
    which = instrument_after(p, i);
  return which < p->n ? put(p, i, which, &p->brief->in_front, "in_front")
                      : CS_OK;
}

/// "piano far back", "distant horns".
static CsStatus
read_behind(CsParse *p, size_t i)
{
  size_t which = instrument_after(p, i);
  if (which == p->n)
    which = instrument_before(p, i);
  return which < p->n ? put(p, i, which, &p->brief->behind, "behind") : CS_OK;
}

/// "strings underneath", where nothing follows that they would lie under.
static bool
lies_under(const CsParse *p, size_t i)
{
  const bool ends_clause =
      i + 1 == p->n || p->items[i + 1].clause != p->items[i].clause;
  return cs_item_is(&p->items[i], CS_MARK_UNDER) && ends_clause &&
         p->brief->instruments.n > 1;
}

/// "strings with a piano in the background": said of one among several it is a
/// place, and no function of the cue.
static bool
is_background_of_one(const CsParse *p, size_t i)
{
  static const char words[] = "in the background";
  const CsItem *item        = &p->items[i];
  return item->kind == CS_ITEM_ENTRY &&
         item->end - item->begin == sizeof words - 1 &&
         memcmp(p->normal.text + item->begin, words, sizeof words - 1) == 0 &&
         p->brief->instruments.n > 1 && instrument_before(p, i) < p->n;
}

CsStatus
cs_read_foreground(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    CsItem *item = &p->items[i];
    if (cs_item_is(item, CS_MARK_IN_FRONT)) {
      CS_TRY(read_in_front(p, i));
    } else if (cs_item_is(item, CS_MARK_BEHIND) || lies_under(p, i)) {
      CS_TRY(read_behind(p, i));
    } else if (cs_item_is(item, CS_MARK_DAMP)) { // "a hint of piano"
      const size_t next =
          i + 1 < p->n && cs_item_is(&p->items[i + 1], CS_MARK_SOME) ? i + 2
                                                                     : i + 1;
      if (next < p->n && is_named(p, next))
        CS_TRY(put(p, i, next, &p->brief->behind, "behind"));
    } else if (is_background_of_one(p, i)) {
      CS_TRY(put(p, i, instrument_before(p, i), &p->brief->behind, "behind"));
      item->flags |= CS_FLAG_TAKEN;
    }
  }
  return CS_OK;
}
