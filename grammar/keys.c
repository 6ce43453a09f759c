/// Key and mode, and changes of key on the way, which are not made.
#include "grammar/phrases.h"

#include <string.h>

enum { MAX_BACK = 8 }; ///< Items from a key to the word that leads to it.

static bool
is_key_item(const CsItem *item)
{
  return item->kind == CS_ITEM_KEY ||
         (item->kind == CS_ITEM_ENTRY && item->entry->mode >= 0);
}

static bool
is_key_change(const CsItem *item)
{
  return item->kind == CS_ITEM_ENTRY && item->entry->key_change;
}

static bool
is_change(const CsItem *item)
{
  return cs_item_is_class(item, CS_CLASS_CHANGE) && item->entry->kind >= 0 &&
         item->entry->kind != CS_N_ARC_KINDS;
}

// ---- On the way -------------------------------------------------------------

static bool
has_key_before(const CsParse *p, size_t i)
{
  while (i-- > 0)
    if (is_key_item(&p->items[i]))
      return true;
  return false;
}

static bool
has_time_in_clause(const CsParse *p, size_t i)
{
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (k != i && cs_tells_time(p, k))
      return true;
  return false;
}

/// Words that may stand between "to" and the key: "to the key of E".
static bool
is_filler(const CsItem *item)
{
  return cs_item_is(item, CS_MARK_SOME) ||
         cs_item_is_class(item, CS_CLASS_PLAIN);
}

/// "lifts to E flat", "turns minor", "key change in D", "from C to E major";
/// where a key stands before also "then E minor", "E minor from 1:00".
static bool
is_on_the_way(const CsParse *p, size_t i)
{
  const bool second = has_key_before(p, i);
  bool to = false, filled = true;
  for (size_t k = i; k-- > 0 && i - k <= MAX_BACK;) {
    const CsItem *item = &p->items[k];
    if (item->clause != p->items[i].clause)
      break;
    to |= filled && (cs_item_is(item, CS_MARK_TO) ||
                        cs_item_is(item, CS_MARK_AT_MOST)); // "up to"
    filled = filled && is_filler(item);
    if (is_key_change(item) || cs_item_is(item, CS_MARK_BECOME) ||
        (is_change(item) && (to || k + 1 == i)) ||
        (second && to && is_key_item(item)) ||
        (second && (cs_item_is_then(item) || cs_item_is(item, CS_MARK_ENDING))))
      return true;
  }
  return second && has_time_in_clause(p, i);
}

/// "lifts a semitone" is one change, and the lift says which.
static void
leave_to_change(CsParse *p, size_t i)
{
  for (size_t k = cs_clause_start(p, i); k < i; k++)
    if (is_change(&p->items[k]) && !is_key_change(&p->items[k]))
      p->items[i].flags |= CS_FLAG_NO_LEAD;
}

// ---- Key and mode of the cue ------------------------------------------------

/// "a major step", "the minor roles": no mode.
static bool
is_adjective(const CsParse *p, size_t i)
{
  const CsItem *before = cs_item_at(p, i, -1), *after = cs_item_at(p, i, 1);
  return p->items[i].kind == CS_ITEM_ENTRY &&
         p->items[i].end - p->items[i].begin == strlen("major") &&
         cs_item_is(before, CS_MARK_SOME) &&
         (after->kind == CS_ITEM_WORD ||
             cs_item_is_class(after, CS_CLASS_PLAIN) ||
             cs_item_is_class(after, CS_CLASS_USE) ||
             cs_item_is_class(after, CS_CLASS_IMAGE)) &&
         after->clause == p->items[i].clause;
}

/// Both stand: the later one is taken.
static CsStatus
warn_two(CsParse *p, size_t i, const char *what, const char *first,
    const char *second)
{
  if (cs_is_corrected(p, i))
    return CS_OK;
  const char *message = cs_arena_printf(p->arena,
      "two %s are asked for, %s and %s; the second is kept", what, first,
      second);
  CS_TRY_NEW(message);
  return cs_brief_warn(p->arena, p->brief, "contradiction", message);
}

static CsStatus
take_key(CsParse *p, size_t i)
{
  CsBrief *brief     = p->brief;
  const CsItem *item = &p->items[i];
  CsKey key          = item->key;
  char name[32], old[32];
  if (item->is_bare && (brief->said & CS_SAID_MODE)) // "minor, key of G"
    key.mode = brief->key.mode;
  cs_key_name(key, name);
  cs_key_name(brief->key, old);
  const bool other_mode =
      (brief->said & CS_SAID_MODE) && brief->key.mode != key.mode;
  if ((brief->said & CS_SAID_KEY) && strcmp(name, old) != 0)
    CS_TRY(warn_two(p, i, "keys", old, name));
  else if (!(brief->said & CS_SAID_KEY) && other_mode)
    CS_TRY(warn_two(p, i, "modes", cs_mode_names[brief->key.mode],
        cs_mode_names[key.mode]));
  p->key_is_bare = item->is_bare && !(brief->said & CS_SAID_MODE);
  brief->key     = key;
  brief->said |= CS_SAID_KEY | CS_SAID_MODE;
  return cs_understand_text(p, i, i, "key", name, "number");
}

/// "minor" beside a key that names its mode tells nothing new.
static CsStatus
take_mode(CsParse *p, size_t i)
{
  CsBrief *brief    = p->brief;
  const CsMode mode = (CsMode)p->items[i].entry->mode;
  if ((brief->said & CS_SAID_KEY) && !p->key_is_bare)
    return CS_OK;
  if ((brief->said & CS_SAID_MODE) && !p->key_is_bare &&
      brief->key.mode != mode)
    CS_TRY(warn_two(
        p, i, "modes", cs_mode_names[brief->key.mode], cs_mode_names[mode]));
  p->key_is_bare  = false;
  brief->key.mode = mode;
  brief->said |= CS_SAID_MODE;
  return cs_understand_text(p, i, i, "mode", cs_mode_names[mode], "word");
}

CsStatus
cs_read_keys(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    CsItem *item = &p->items[i];
    if (is_key_change(item))
      leave_to_change(p, i);
    if (!is_key_item(item) || (item->flags & CS_FLAG_NEGATED) ||
        (item->kind == CS_ITEM_ENTRY && cs_is_negated_before(p, i)) ||
        is_adjective(p, i))
      continue;
    if (is_on_the_way(p, i))
      item->flags |= CS_FLAG_KEY_WAY;
    else if (item->kind == CS_ITEM_KEY)
      CS_TRY(take_key(p, i));
    else
      CS_TRY(take_mode(p, i));
  }
  return CS_OK;
}

// ---- The answer -------------------------------------------------------------

static bool
speaks_of_change(const CsItem *item)
{
  return is_key_change(item) || (item->flags & CS_FLAG_KEY_WAY);
}

/// What stands for the change in the arc, or NULL: a rise or a fall with a
/// time.
static const char *
change_made(const CsParse *p, size_t first, size_t last)
{
  const CsItem *change = NULL;
  bool timed           = false;
  for (size_t k = first; k <= last; k++) {
    const CsItem *item = &p->items[k];
    if (change == NULL && is_change(item))
      change = item;
    timed |= item->kind == CS_ITEM_TIME && (item->flags & CS_FLAG_TAKEN);
  }
  if (change == NULL || !timed)
    return NULL;
  return change->entry->kind == CS_ARC_FALL
             ? "the energy sinks there in its place"
             : "the energy rises there in its place";
}

/// The words of a clause from the first that leads to the other key.
static CsStatus
answer(CsParse *p, size_t first, size_t last)
{
  while (last > first && p->items[last].kind == CS_ITEM_MARK)
    last--;
  const size_t from   = p->normal.from[p->items[first].begin];
  const size_t to     = p->normal.to[p->items[last].end - 1];
  const char *made    = change_made(p, first, last);
  const char *message = cs_arena_printf(p->arena,
      "\"%.*s\": the key does not change inside a cue%s%s", (int)(to - from),
      p->brief->prompt + from, made != NULL ? "; " : "",
      made != NULL ? made : "");
  CS_TRY_NEW(message);
  CS_TRY(cs_brief_warn(p->arena, p->brief, "key_change_unsupported", message));
  return cs_understand_text(
      p, first, last, "warnings", "key_change_unsupported", "cannot");
}

static bool
leads_to_change(const CsItem *item)
{
  return is_change(item) || cs_item_is(item, CS_MARK_BECOME) ||
         cs_item_is_then(item) || cs_item_is(item, CS_MARK_ENDING) ||
         speaks_of_change(item);
}

static CsStatus
answer_clause(CsParse *p, size_t begin, size_t end)
{
  size_t first = end;
  bool changes = false;
  for (size_t k = begin; k < end; k++) {
    const CsItem *item = &p->items[k];
    if (is_key_change(item) && (item->flags & CS_FLAG_NEGATED))
      return cs_understand(p, k, k, "key", "null", "stays");
    if (first == end && leads_to_change(item))
      first = k;
    changes |= speaks_of_change(item);
  }
  return changes ? answer(p, first, end - 1) : CS_OK;
}

CsStatus
cs_answer_key_changes(CsParse *p)
{
  for (size_t i = 0; i < p->n;) {
    size_t end = i + 1;
    while (end < p->n && p->items[end].clause == p->items[i].clause)
      end++;
    CS_TRY(answer_clause(p, i, end));
    i = end;
  }
  return CS_OK;
}
