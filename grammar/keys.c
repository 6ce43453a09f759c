/// Key and mode of the cue, and changes of key on the way.
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
  return item->kind == CS_ITEM_ENTRY && item->entry->kind == CS_ARC_KEY;
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

/// "E major from 0:30, starts in C major": another key, said later, is that of
/// the beginning.
static bool
comes_later(const CsParse *p, size_t i)
{
  bool from = false, is_timed = false;
  for (size_t k = i + 1; k < p->n && p->items[k].clause == p->items[i].clause;
       k++) {
    from |= cs_item_is(&p->items[k], CS_MARK_FROM) ||
            cs_item_is(&p->items[k], CS_MARK_AT);
    is_timed |=
        from && cs_tells_time(p, k) && !cs_item_is(&p->items[k], CS_MARK_START);
  }
  for (size_t k = i + 1; is_timed && k < p->n; k++)
    if (p->items[k].clause != p->items[i].clause && is_key_item(&p->items[k]))
      return !has_time_in_clause(p, k);
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
  return second ? has_time_in_clause(p, i) : comes_later(p, i);
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

// ---- Changes on the way -----------------------------------------------------

/// A word or a key that says that, or where, the key goes.
static bool
speaks_of_change(const CsItem *item)
{
  return !(item->flags & CS_FLAG_NEGATED) &&
         (is_key_change(item) || (item->flags & CS_FLAG_KEY_WAY));
}

/// The verb that leads to the other key: "lifts a semitone", "goes up to E".
/// @return Its item, or `i` where none does.
static size_t
leader_of(const CsParse *p, size_t i)
{
  for (size_t k = i; k-- > 0 && p->items[k].clause == p->items[i].clause;) {
    const CsItem *item = &p->items[k];
    const bool moves   = is_change(item) && (item->entry->kind == CS_ARC_RISE ||
                                              item->entry->kind == CS_ARC_FALL);
    if (moves && !(item->flags & (CS_FLAG_NEGATED | CS_FLAG_NO_LEAD)))
      return k;
    if (!is_filler(item) && !cs_item_is_class(item, CS_CLASS_MARKER) &&
        item->kind != CS_ITEM_NUMBER)
      break;
  }
  return i;
}

void
cs_mark_key_changes(CsParse *p)
{
  bool is_open  = false; // A change of this clause takes what else it says,
  bool is_timed = false; // up to its time.
  for (size_t i = 0; i < p->n; i++) {
    CsItem *item = &p->items[i];
    if (i > 0 && item->clause != p->items[i - 1].clause)
      is_open = is_timed = false;
    if (is_open && item->kind == CS_ITEM_TIME)
      is_timed = true;
    if (!speaks_of_change(item))
      continue;
    item->change = -1;
    if (is_timed && is_key_change(item)) // "down a tone at 1:00, up at 1:30"
      is_open = is_timed = false;
    if (!is_open)
      p->items[leader_of(p, i)].change = CS_ARC_KEY;
    is_open = true;
  }
}

static bool
word_is(const CsParse *p, const CsItem *item, const char *word)
{
  const size_t n = strlen(word);
  return item->end - item->begin == n &&
         memcmp(p->normal.text + item->begin, word, n) == 0;
}

/// "up a tone", "two semitones", "down 3 semitones".
static int
semitones_of(const CsParse *p, size_t i)
{
  enum { MOST = 11 };
  const CsItem *before = cs_item_at(p, i, -1);
  const int one        = p->items[i].entry->semitones;
  if (before->kind != CS_ITEM_NUMBER || before->number < 1.0 ||
      before->number > MOST)
    return one;
  const int n = one * (int)before->number;
  const int s = n > MOST ? MOST : n < -MOST ? -MOST : n;
  return word_is(p, cs_item_at(p, i, -2), "down") ? -s : s;
}

static void
name_key(CsKeyMove *move, const CsItem *item)
{
  if (item->kind != CS_ITEM_KEY) {
    move->has_mode = true;
    move->key.mode = (CsMode)item->entry->mode;
    return;
  }
  move->has_tonic    = true;
  move->key.tonic_pc = item->key.tonic_pc;
  if (item->is_bare)
    return;
  move->has_mode = true;
  move->key.mode = item->key.mode;
}

size_t
cs_key_move(const CsParse *p, size_t i, CsKeyMove *move)
{
  size_t last = i;
  *move       = (CsKeyMove){0};
  for (size_t k = i; k < p->n && p->items[k].clause == p->items[i].clause;
       k++) {
    const CsItem *item = &p->items[k];
    if (k > i && item->change == CS_ARC_KEY)
      break;
    if (!speaks_of_change(item))
      continue;
    last = k;
    if (item->flags & CS_FLAG_KEY_WAY)
      name_key(move, item);
    else if (move->semitones == 0)
      move->semitones = semitones_of(p, k);
  }
  const bool sinks =
      is_change(&p->items[i]) && p->items[i].entry->kind == CS_ARC_FALL;
  if (sinks && move->semitones > 0)
    move->semitones = -move->semitones;
  return last;
}

CsStatus
cs_read_form(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind != CS_ITEM_ENTRY || item->entry->form < 0 ||
        (item->flags & (CS_FLAG_NEGATED | CS_FLAG_NO_LEAD)))
      continue;
    p->brief->form = (CsTuneForm)item->entry->form;
    p->brief->said |= CS_SAID_FORM;
    CS_TRY(cs_understand_text(
        p, i, i, "form", cs_form_names[item->entry->form], "word"));
  }
  return CS_OK;
}

CsStatus
cs_note_kept_key(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++)
    if (is_key_change(&p->items[i]) && (p->items[i].flags & CS_FLAG_NEGATED))
      CS_TRY(cs_understand(p, i, i, "key", "null", "stays"));
  return CS_OK;
}
