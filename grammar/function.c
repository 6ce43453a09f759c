/// What the cue must do: bed, underscore, stinger, thematic, ambient.
#include "grammar/phrases.h"

#include <string.h>

/// The longest cue that punctuates (LANGUAGE 5: idents and stings of 5 to 7 s,
/// with a second for the tail), and the longest jingle or transition.
static const double stinger_s = 8.0, jingle_s = 20.0;

/// "a video about our new logo"
static bool
is_told_about(const CsParse *p, size_t i)
{
  for (size_t k = i; k-- > 0 && p->items[k].clause == p->items[i].clause;) {
    const CsItem *item = &p->items[k];
    if (item->end - item->begin == 5 &&
        memcmp(p->normal.text + item->begin, "about", 5) == 0)
      return true;
  }
  return false;
}

/// "the end", but not "the end of each question".
static bool
is_own_end(const CsParse *p, size_t i)
{
  const char *after = p->normal.text + p->items[i].end;
  return cs_item_is(&p->items[i], CS_MARK_END) &&
         strncmp(after, " of ", 4) != 0;
}

/// A function word inside a phrase about the ending or a moment is no
/// function: "short stinger as the ending", "sting on the 20 s mark".
static bool
is_of_ending(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == clause; k++)
    if (k != i &&
        (cs_item_is(&p->items[k], CS_MARK_ENDING) || is_own_end(p, k) ||
            (p->items[k].kind == CS_ITEM_TIME && k < i + 5 &&
                p->items[k].time.form == CS_TIME_MOMENT)))
      return true;
  return false;
}

/// A logo, a whoosh or an end card is a stinger where the cue has a stinger's
/// length and is not about one; a jingle or a transition of a minute is none.
static bool
is_short_enough(const CsParse *p, size_t i)
{
  const CsBrief *brief = p->brief;
  const bool said      = (brief->said & CS_SAID_DURATION) != 0;
  switch (p->items[i].entry->strength) {
  case 1:
    return said && brief->duration_s <= stinger_s && !is_told_about(p, i);
  case 2:
    return !said || brief->duration_s <= jingle_s;
  default:
    return true;
  }
}

/// Bed outranks ambient where both are named: the purpose above the texture.
static int
function_rank(const CsParse *p, size_t i)
{
  const CsEntry *entry = p->items[i].entry;
  const int rank       = 10 * entry->strength;
  if (entry->function == CS_STINGER &&
      (is_of_ending(p, i) || !is_short_enough(p, i)))
    return 0;
  return entry->function == CS_AMBIENT ? rank - 5 : rank;
}

enum { CUE_ID_RANK = 10, NAMED_RANK = 30 };

/// "2M07": a numbered cue of a film is an underscore where nothing says more.
static CsStatus
read_cue_id(CsParse *p, int *most)
{
  for (size_t i = 0; i < p->n; i++)
    if (p->items[i].kind == CS_ITEM_CUE_ID) {
      *most              = CUE_ID_RANK;
      p->brief->function = CS_UNDERSCORE;
      p->brief->said |= CS_SAID_FUNCTION;
      return cs_understand_text(
          p, i, i, "function", cs_function_names[CS_UNDERSCORE], "cue number");
    }
  return CS_OK;
}

/// Two that are named, one as much as the other.
static CsStatus
take_later(CsParse *p, size_t later, size_t *best)
{
  const char *message = cs_arena_printf(p->arena,
      "two functions are named, %s and %s; the second is kept",
      cs_function_names[p->items[*best].entry->function],
      cs_function_names[p->items[later].entry->function]);
  CS_TRY_NEW(message);
  *best = later;
  return cs_brief_warn(p->arena, p->brief, "contradiction", message);
}

CsStatus
cs_read_function(CsParse *p)
{
  size_t best = 0, rival = 0;
  int most = 0;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (!cs_item_is_wanted(item) || item->entry->function < 0 ||
        (item->flags & CS_FLAG_TAKEN))
      continue;
    const int rank = function_rank(p, i);
    if (rank == most && rank >= NAMED_RANK &&
        item->entry->function != p->items[best].entry->function)
      rival = i;
    if (rank > most) {
      rival = 0;
      most  = rank;
      best  = i;
    }
  }
  if (most < CUE_ID_RANK)
    CS_TRY(read_cue_id(p, &most));
  if (most == 0 || p->brief->said & CS_SAID_FUNCTION)
    return CS_OK;
  if (rival > 0)
    CS_TRY(take_later(p, rival, &best));
  p->brief->function = (CsFunction)p->items[best].entry->function;
  p->brief->said |= CS_SAID_FUNCTION;
  return cs_understand_text(p, best, best, "function",
      cs_function_names[p->brief->function], most >= 20 ? "word" : "weak");
}
