/// Change words: what each of them asks for, and of whom.
#include "grammar/arc.h"

#include <math.h>
#include <string.h>

bool
cs_item_is_change(const CsItem *item)
{
  return item->change >= 0;
}

bool
cs_item_is_playable(const CsItem *item)
{
  return (cs_item_is_class(item, CS_CLASS_INSTRUMENT) ||
             (item->kind == CS_ITEM_ENTRY && item->entry->instruments.n > 0)) &&
         !(item->flags & (CS_FLAG_NEGATED | CS_FLAG_NO_LEAD));
}

const char *
cs_item_played(const CsItem *item)
{
  return item->entry->class_of == CS_CLASS_INSTRUMENT
             ? item->entry->name
             : item->entry->instruments.items[0];
}

/// "the tune" of a named instrument is that instrument.
static const char *
carrier_of(const CsParse *p, size_t i, const char *name)
{
  if (strcmp(name, "melody") != 0)
    return name;
  for (size_t k = i; k-- > 0;)
    if (cs_item_is_playable(&p->items[k]) &&
        strcmp(cs_item_played(&p->items[k]), "melody") != 0)
      return cs_item_played(&p->items[k]);
  return name;
}

/// The instruments that a change speaks of: before it in its clause ("drums and
/// bass enter"), else after it ("add drums").
static CsStatus
add_targets(CsArc *arc, size_t i, CsArcKind kind, size_t *n_added)
{
  CsParse *p         = arc->p;
  const int clause   = p->items[i].clause;
  const size_t first = arc->n;
  for (size_t k = i; k-- > 0 && p->items[k].clause == clause;) {
    if (cs_item_is_change(&p->items[k]) && p->items[k].entry->target)
      break;
    if (cs_item_is_playable(&p->items[k]))
      CS_TRY(cs_draft_add(arc, kind, i, cs_item_played(&p->items[k])));
  }
  for (size_t k = i + 1;
       arc->n == first && k < p->n && p->items[k].clause == clause; k++) {
    size_t m = k;
    for (; m < p->n && p->items[m].clause == clause; m++) {
      if (p->items[m].kind == CS_ITEM_TIME ||
          (cs_item_is_change(&p->items[m]) && p->items[m].entry->target))
        break;
      if (cs_item_is_playable(&p->items[m]))
        CS_TRY(cs_draft_add(
            arc, kind, i, carrier_of(p, m, cs_item_played(&p->items[m]))));
    }
    break;
  }
  *n_added = arc->n - first;
  return CS_OK;
}

/// "strings enter at 0:10 and leave at 0:40": those of the change before.
static CsStatus
repeat_targets(CsArc *arc, size_t i, CsArcKind kind, size_t *n_added)
{
  const CsParse *p   = arc->p;
  const size_t n     = arc->n;
  const size_t first = arc->last;
  if (first >= n || arc->drafts[first].event.target == NULL ||
      p->items[arc->drafts[first].item].sentence != p->items[i].sentence)
    return CS_OK;
  for (size_t k = first; k < n; k++)
    if (arc->drafts[k].item == arc->drafts[first].item)
      CS_TRY(cs_draft_add(arc, kind, i, arc->drafts[k].event.target));
  *n_added = arc->n - n;
  return CS_OK;
}

/// "it bows out": the player that was named before it in the sentence.
static CsStatus
add_antecedent(CsArc *arc, size_t i, CsArcKind kind, size_t *n_added)
{
  const CsParse *p = arc->p;
  for (size_t k = i; k-- > 0 && p->items[k].sentence == p->items[i].sentence;)
    if (cs_item_is_playable(&p->items[k])) {
      *n_added = 1;
      return cs_draft_add(arc, kind, i, cs_item_played(&p->items[k]));
    }
  return CS_OK;
}

/// "falls away at 0:18, comes back at 0:22": what fell rises again.
static bool
returns(const CsArc *arc, size_t i)
{
  const CsParse *p = arc->p;
  const size_t at  = p->items[i].begin;
  if (arc->last >= arc->n ||
      p->items[arc->drafts[arc->last].item].sentence != p->items[i].sentence)
    return false;
  const CsArcKind kind = arc->drafts[arc->last].event.kind;
  const bool fell      = kind == CS_ARC_FALL || kind == CS_ARC_SILENCE;
  return fell && (strncmp(p->normal.text + at, "come", 4) == 0 ||
                     strncmp(p->normal.text + at, "return", 6) == 0);
}

static double
size_of_change(const CsParse *p, size_t i)
{
  double scale = p->items[i].entry->amount;
  for (int step = -2; step <= 2; step++) {
    const CsItem *item = cs_item_at(p, i, step);
    if (step != 0 && item->clause == p->items[i].clause &&
        cs_item_is(item, CS_MARK_DAMP))
      scale *= item->entry->scale;
  }
  return fmax(0.0, fmin(1.0, scale));
}

static CsStatus
note_even(CsParse *p, size_t i, const char *rule)
{
  p->brief->said |= CS_SAID_FLAT_ARC;
  return cs_understand(p, i, i, "arc", "[]", rule);
}

/// "everything comes in": no single entrance but a step up.
static bool
everything_before(const CsParse *p, size_t i)
{
  return cs_item_is(cs_item_at(p, i, -1), CS_MARK_EVERYTHING) &&
         cs_item_at(p, i, -1)->clause == p->items[i].clause;
}

CsStatus
cs_draft_change(CsArc *arc, size_t i)
{
  CsParse *p         = arc->p;
  const CsItem *item = &p->items[i];
  const int kind     = item->change;
  const bool enters  = item->flags & CS_FLAG_ENTERS;
  size_t n_added     = 0;
  const size_t first = arc->n;
  if (kind == CS_ARC_KEY && !(item->flags & CS_FLAG_NEGATED)) {
    CS_TRY(cs_draft_add(arc, CS_ARC_KEY, i, NULL));
    (void)cs_key_move(p, i, &arc->drafts[first].event.move);
    return CS_OK;
  }
  if (item->flags & CS_FLAG_NEGATED) {
    const bool shapes = (kind == CS_ARC_BUILD || kind == CS_ARC_PEAK ||
                         kind == CS_ARC_RISE || kind == CS_EVEN);
    return shapes ? note_even(p, i, "scope") : CS_OK;
  }
  if (kind == CS_EVEN)
    return item->entry->class_of == CS_CLASS_CHANGE && !item->entry->noun
               ? note_even(p, i, "word")
               : CS_OK;
  if (enters && kind == CS_ARC_FADE_OUT)
    return CS_OK;
  const bool targets = kind == CS_ARC_ENTER || kind == CS_ARC_EXIT;
  if (targets)
    CS_TRY(add_targets(arc, i, (CsArcKind)kind, &n_added));
  const bool all = kind == CS_ARC_ENTER && everything_before(p, i);
  if (targets && n_added == 0 && !all)
    CS_TRY(repeat_targets(arc, i, (CsArcKind)kind, &n_added));
  if (n_added == 0 && kind == CS_ARC_EXIT && !item->entry->noun)
    CS_TRY(add_antecedent(arc, i, (CsArcKind)kind, &n_added));
  if (n_added == 0 && (all || (kind == CS_ARC_ENTER && returns(arc, i))))
    CS_TRY(cs_draft_add(arc, CS_ARC_RISE, i, NULL));
  else if (n_added == 0 && (kind == CS_ARC_ENTER || kind == CS_ARC_EXIT))
    return CS_OK; // nothing is named that could come or go
  else if (n_added == 0)
    CS_TRY(cs_draft_add(arc, (CsArcKind)kind, i, NULL));
  for (size_t k = first; k < arc->n; k++)
    arc->drafts[k].event.amount = size_of_change(p, i);
  return CS_OK;
}

// ---- Which items are changes ------------------------------------------------

/// A moment in the clause, that is not the length.
static bool
has_moment(const CsParse *p, size_t i)
{
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (p->items[k].kind == CS_ITEM_TIME &&
        cs_time_is_moment(&p->items[k].time) &&
        !(p->items[k].flags & (CS_FLAG_TAKEN | CS_FLAG_TOTAL)))
      return true;
  return false;
}

/// "everything stops except the piano", "everything but the drums stops"
static bool
is_partial(const CsParse *p, size_t i)
{
  bool except = false, player = false;
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++) {
    const char *text = p->normal.text + p->items[k].begin;
    except |= cs_item_is(&p->items[k], CS_MARK_BUT) ||
              (cs_item_is_class(&p->items[k], CS_CLASS_MARKER) &&
                  strncmp(text, "everything but", 14) == 0);
    player |= except && cs_item_is_class(&p->items[k], CS_CLASS_INSTRUMENT);
  }
  return player;
}

static bool
clause_changes(const CsParse *p, size_t i)
{
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (p->items[k].kind == CS_ITEM_ENTRY &&
        (p->items[k].entry->kind >= 0 || p->items[k].entry->ending >= 0))
      return true;
  return false;
}

static bool
has_player_before(const CsParse *p, size_t i)
{
  for (size_t k = cs_clause_start(p, i); k < i; k++)
    if (cs_item_is_playable(&p->items[k]))
      return true;
  return false;
}

/// "fading in over 2 s and out over the last 5": the verb of the fade in goes
/// on.
static bool
fades_on(const CsParse *p, size_t i)
{
  if (!cs_item_is(&p->items[i], CS_MARK_MUSIC_OUT) ||
      !cs_item_is(cs_item_at(p, i, -1), CS_MARK_AND) ||
      cs_item_at(p, i, 1)->kind != CS_ITEM_TIME)
    return false;
  for (size_t k = i; k-- > 0 && p->items[k].sentence == p->items[i].sentence;)
    if (p->items[k].change >= 0)
      return p->items[k].change == CS_ARC_FADE_IN;
  return false;
}

/// "the drums leave at 0:40": between a player and a time, and nowhere else.
static bool
is_leaving(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  return i > 0 && item->end - item->begin == 5 &&
         memcmp(p->normal.text + item->begin, "leave", 5) == 0 &&
         cs_item_is_playable(&p->items[i - 1]) &&
         cs_item_at(p, i, 1)->kind == CS_ITEM_TIME &&
         cs_item_at(p, i, 1)->clause == item->clause;
}

/// What an item asks to change: a CsArcKind, CS_EVEN, or -1.
static int
change_of(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  if (item->kind != CS_ITEM_ENTRY || (item->flags & CS_FLAG_NO_LEAD))
    return -1;
  const bool ends =
      item->entry->kind == CS_ARC_SILENCE || item->entry->kind == CS_ARC_EXIT;
  if (ends && is_partial(p, i))
    return CS_ARC_FALL;
  if (item->entry->kind >= 0)
    return item->entry->kind;
  if (fades_on(p, i))
    return CS_ARC_FADE_OUT;
  if (is_leaving(p, i))
    return CS_ARC_EXIT;
  if (cs_item_is(item, CS_MARK_MUSIC_OUT) && has_player_before(p, i) &&
      has_moment(p, i) && !clause_changes(p, i))
    return CS_ARC_EXIT; // "beat out"
  const bool stings = item->entry->class_of == CS_CLASS_FUNCTION &&
                      item->entry->function == CS_STINGER;
  const bool all = cs_item_is(item, CS_MARK_EVERYTHING);
  if (!(stings || all) || !has_moment(p, i) || clause_changes(p, i))
    return -1;
  return stings ? CS_ARC_HIT : CS_ARC_RISE; // "at 0:40 everyone"
}

/// "four beats after the drop": the drop that is only counted from asks for
/// nothing, unless a time of its own follows.
static void
mark_references(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    if (p->items[i].kind != CS_ITEM_TIME ||
        p->items[i].time.form != CS_TIME_BESIDE)
      continue;
    size_t last = i + 1;
    while (cs_item_is(cs_item_at(p, last, 0), CS_MARK_SOME))
      last++;
    const CsItem *next = cs_item_at(p, last, 1);
    if (next->kind == CS_ITEM_ENTRY && next->entry->target &&
        next->clause == p->items[i].clause)
      last++;
    const bool timed = cs_item_at(p, last, 1)->kind == CS_ITEM_TIME &&
                       cs_item_at(p, last, 1)->clause == p->items[i].clause;
    for (size_t k = i + 1; k <= last && k < p->n && !timed; k++)
      p->items[k].flags |= CS_FLAG_NO_LEAD;
  }
}

void
cs_arc_mark_changes(CsParse *p)
{
  mark_references(p);
  for (size_t i = 0; i < p->n; i++)
    p->items[i].change = change_of(p, i);
  cs_mark_key_changes(p);
}
