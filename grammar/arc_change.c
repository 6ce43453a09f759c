/// Change words and the times that belong to them.
///
/// A time belongs to the change before it in its clause; one that leads a
/// clause belongs to the changes after it, also in the clauses that follow. A
/// change without a time of its own that follows "until T" or "then" goes on
/// from there.
#include "grammar/arc.h"

#include <math.h>
#include <string.h>

bool
cs_item_is_change(const CsItem *item)
{
  if (item->kind != CS_ITEM_ENTRY || item->entry->kind < 0)
    return false;
  return !(item->flags & CS_FLAG_NO_LEAD);
}

static bool
is_event_time(const CsItem *item)
{
  return item->kind == CS_ITEM_TIME && !(item->flags & CS_FLAG_TAKEN) &&
         !(item->time.is_timecode && item->time.form == CS_TIME_SPAN &&
             (item->flags & CS_FLAG_TOTAL));
}

bool
cs_time_is_place(const CsTime *time)
{
  return time->form == CS_TIME_MOMENT || time->form == CS_TIME_SPAN ||
         time->form == CS_TIME_FROM || time->form == CS_TIME_RANGE ||
         (time->form == CS_TIME_LENGTH && time->is_clock);
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

static CsStatus
begin_change(CsArc *arc, size_t i)
{
  CsParse *p         = arc->p;
  const CsItem *item = &p->items[i];
  const int kind     = item->entry->kind;
  const bool enters  = item->flags & CS_FLAG_ENTERS;
  size_t n_added     = 0;
  const size_t first = arc->n;
  if (item->flags & CS_FLAG_NEGATED) {
    const bool shapes = (kind == CS_ARC_BUILD || kind == CS_ARC_PEAK ||
                            kind == CS_ARC_RISE || kind == CS_EVEN) &&
                        !item->entry->key_change; // "no key change"
    return shapes ? note_even(p, i, "scope") : CS_OK;
  }
  if (kind == CS_EVEN)
    return item->entry->class_of == CS_CLASS_CHANGE && !item->entry->noun
               ? note_even(p, i, "word")
               : CS_OK;
  if (enters && kind == CS_ARC_FADE_OUT)
    return CS_OK;
  if (item->entry->target)
    CS_TRY(add_targets(arc, i, (CsArcKind)kind, &n_added));
  const bool all = kind == CS_ARC_ENTER && everything_before(p, i);
  if (item->entry->target && n_added == 0 && !all)
    CS_TRY(repeat_targets(arc, i, (CsArcKind)kind, &n_added));
  if (n_added == 0 && all)
    CS_TRY(cs_draft_add(arc, CS_ARC_RISE, i, NULL));
  else if (n_added == 0 && (kind == CS_ARC_ENTER || kind == CS_ARC_EXIT))
    return CS_OK; // nothing is named that could come or go
  else if (n_added == 0)
    CS_TRY(cs_draft_add(arc, (CsArcKind)kind, i, NULL));
  for (size_t k = first; k < arc->n; k++)
    arc->drafts[k].event.amount = size_of_change(p, i);
  return CS_OK;
}

/// Is there a change between two items of one clause?
static bool
change_in_clause(const CsParse *p, size_t i, int way)
{
  for (int step = way;; step += way) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause)
      return false;
    if (cs_item_is_change(item) && item->entry->kind != CS_EVEN &&
        !(item->flags & CS_FLAG_NEGATED))
      return true;
  }
}

static CsStatus
attach_group(CsArc *arc, size_t first, size_t time_at)
{
  // A moment list adds drafts; only the group that stands now takes the time.
  const size_t n     = arc->n;
  const CsPlace from = arc->cursor;
  for (size_t k = first; k < n; k++) {
    arc->cursor = from;
    if (arc->drafts[k].item == arc->drafts[first].item)
      CS_TRY(cs_draft_attach(arc, k, time_at));
  }
  return CS_OK;
}

/// "keep it at one level for the first minute": an even stretch takes the time.
static bool
even_in_clause(const CsParse *p, size_t i)
{
  for (int step = -1;; step--) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause)
      return false;
    if (cs_item_is_change(item) && item->entry->kind == CS_EVEN)
      return true;
  }
}

static bool
is_moment(const CsTime *time)
{
  return time->form == CS_TIME_MOMENT ||
         (time->form == CS_TIME_LENGTH && time->is_clock);
}

/// Does the change that stands before, in its clause or an earlier one of the
/// sentence, take this time?
static bool
takes_time(const CsArc *arc, size_t i)
{
  const CsParse *p   = arc->p;
  const CsTime *time = &p->items[i].time;
  if (arc->last >= arc->n)
    return false;
  const CsArcDraft *last = &arc->drafts[arc->last];
  const bool completes   = time->form == CS_TIME_FOR ||
                         (time->form == CS_TIME_UNTIL && !last->event.has_end);
  const bool full  = last->has_moment && !completes;
  const bool after = change_in_clause(p, i, 1);
  if (change_in_clause(p, i, -1))
    return !(after && full);
  if (after)
    return false;
  const bool lists = last->event.kind == CS_ARC_HIT && is_moment(time);
  return !full || lists;
}

/// The end that names the length is no moment of a change but of a hit.
static bool
is_only_total(const CsArc *arc, size_t i)
{
  const CsItem *item = &arc->p->items[i];
  return (item->flags & CS_FLAG_TOTAL) && is_moment(&item->time) &&
         !(arc->last < arc->n &&
             arc->drafts[arc->last].event.kind == CS_ARC_HIT);
}

static CsStatus
meet_time(CsArc *arc, size_t i)
{
  CsParse *p         = arc->p;
  const CsTime *time = &p->items[i].time;
  if (is_only_total(arc, i))
    return CS_OK;
  if (takes_time(arc, i)) {
    // "(8 s each)" speaks of every change of its clause.
    const bool each = cs_item_is(cs_item_at(p, i, 1), CS_MARK_EVERY);
    size_t first    = arc->last;
    while (each && first > 0 &&
           p->items[arc->drafts[first - 1].item].clause == p->items[i].clause)
      CS_TRY(attach_group(arc, --first, i));
    return attach_group(arc, arc->last, i);
  }
  const bool spans = time->form == CS_TIME_SPAN && !cs_place_is_end(time->b);
  if (even_in_clause(p, i)) {
    arc->cursor = spans ? time->b : time->a;
    p->items[i].flags |= CS_FLAG_TAKEN;
  } else if (cs_time_is_place(time)) {
    arc->lead   = i;
    arc->cursor = time->a;
  } else if (time->form == CS_TIME_UNTIL && !cs_place_is_end(time->a) &&
             !change_in_clause(p, i, 1)) {
    arc->cursor = time->a;
  } else {
    arc->lead = i;
  }
  return CS_OK;
}

/// "until 0:40, where it all explodes": at the time said just before.
static bool
follows_where(const CsParse *p, size_t i)
{
  bool where = false;
  for (int step = -1; step >= -6; step--) {
    const CsItem *item = cs_item_at(p, i, step);
    const bool aside   = item->sentence == p->items[i].sentence - 1 &&
                       cs_item_is_mark(cs_item_at(p, i, step + 1), "-");
    if (item->sentence != p->items[i].sentence && !(where && aside))
      return false;
    where |= cs_item_is(item, CS_MARK_WHERE);
    if (item->kind == CS_ITEM_TIME)
      return where;
  }
  return false;
}

/// "quiet until 0:20, then it opens up": the time that the change waits for.
static bool
waits_until(const CsArc *arc, size_t i)
{
  const CsParse *p   = arc->p;
  const CsTime *time = &p->items[arc->lead].time;
  if (time->form != CS_TIME_UNTIL || cs_place_is_end(time->a))
    return false;
  for (size_t k = arc->lead; k < i; k++)
    if (cs_item_is_then(&p->items[k]))
      return true;
  return arc->p->items[i].clause != p->items[arc->lead].clause;
}

/// "for the first ten seconds, then strings join": where the span ends.
static bool
follows_then(const CsArc *arc, size_t i)
{
  const CsParse *p   = arc->p;
  const CsTime *time = &p->items[arc->lead].time;
  bool then          = false;
  for (size_t k = arc->lead; k < i; k++)
    then |= cs_item_is_then(&p->items[k]);
  return then && time->form == CS_TIME_SPAN && !cs_place_is_end(time->b);
}

/// "crescendo from nothing over 20 s": where the build begins, no fade.
static bool
is_source_of_build(const CsArc *arc, size_t i)
{
  const CsItem *item = &arc->p->items[i];
  return item->entry->kind == CS_ARC_FADE_IN && item->entry->noun &&
         arc->last < arc->n && !arc->drafts[arc->last].has_moment &&
         arc->drafts[arc->last].event.kind == CS_ARC_BUILD &&
         arc->p->items[arc->drafts[arc->last].item].clause == item->clause;
}

static void
start_group(CsArc *arc, size_t first, CsPlace place)
{
  for (size_t k = first; k < arc->n; k++)
    cs_draft_set_start(&arc->drafts[k], place);
}

/// "build for 20 s, then drop": the draft behind whose end a change comes that
/// has no place of its own, or NULL.
static CsArcDraft *
draft_before_then(const CsArc *arc, size_t first, size_t i)
{
  const CsParse *p = arc->p;
  bool then        = false;
  for (size_t k = cs_clause_start(p, i); k < i; k++)
    then |= cs_item_is_then(&p->items[k]);
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (p->items[k].kind == CS_ITEM_TIME &&
        p->items[k].time.form != CS_TIME_FOR &&
        p->items[k].time.form != CS_TIME_LENGTH)
      return NULL;
  CsArcDraft *before = first > 0 ? &arc->drafts[first - 1] : NULL;
  const bool ends =
      before != NULL && (before->event.has_end || before->length_s > 0.0);
  return then && ends ? before : NULL;
}

/// Where a draft ends; one that has only a length begins where the story
/// stands.
static CsPlace
end_of(CsArc *arc, CsArcDraft *draft)
{
  if (!draft->event.has_end) {
    cs_draft_set_start(draft, arc->cursor);
    cs_draft_set_length(arc, draft, draft->length_s);
  }
  return cs_draft_end(draft);
}

static CsStatus
meet_change(CsArc *arc, size_t i)
{
  const size_t first = arc->n;
  if (is_source_of_build(arc, i)) {
    cs_draft_set_start(&arc->drafts[arc->last], arc->cursor);
    return CS_OK;
  }
  CS_TRY(begin_change(arc, i));
  if (arc->n == first)
    return CS_OK;
  CsArcDraft *before = draft_before_then(arc, first, i);
  if (before != NULL)
    start_group(arc, first, end_of(arc, before));
  else if (cs_cursor_s(arc) > 0.0 && follows_where(arc->p, i))
    start_group(arc, first, arc->cursor);
  else if (arc->lead != SIZE_MAX && waits_until(arc, i)) {
    const bool then = change_in_clause(arc->p, i, 1) ||
                      arc->drafts[first].event.kind != CS_ARC_HIT;
    if (then)
      start_group(arc, first, arc->p->items[arc->lead].time.a);
    arc->lead = SIZE_MAX; // what follows has its own time
  } else if (arc->lead != SIZE_MAX && follows_then(arc, i))
    start_group(arc, first, arc->p->items[arc->lead].time.b);
  else if (arc->lead != SIZE_MAX)
    CS_TRY(attach_group(arc, first, arc->lead));
  arc->last = first;
  return CS_OK;
}

/// "10 s later", "two bars before that": a moment, from where the story stands.
static void
settle_later(const CsArc *arc, CsTime *time)
{
  const double seconds = time->a.at;
  time->a              = cs_place_later(arc->p, arc->cursor, seconds);
  time->form           = CS_TIME_MOMENT;
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
    if (cs_item_is_change(next) && next->entry->target &&
        next->clause == p->items[i].clause)
      last++;
    const bool timed = cs_item_at(p, last, 1)->kind == CS_ITEM_TIME &&
                       cs_item_at(p, last, 1)->clause == p->items[i].clause;
    for (size_t k = i + 1; k <= last && k < p->n && !timed; k++)
      p->items[k].flags |= CS_FLAG_NO_LEAD;
  }
}

/// "a gap at 0:30, about 3 seconds": a length that stands alone behind a change
/// that has none.
static bool
lasts_so_long(const CsArc *arc, size_t i)
{
  if (arc->last >= arc->n || !cs_item_is_alone(arc->p, i))
    return false;
  const CsArcDraft *last = &arc->drafts[arc->last];
  const CsArcKind kind   = last->event.kind;
  return last->has_moment && !last->event.has_end &&
         (kind == CS_ARC_SILENCE || kind == CS_ARC_FALL ||
             kind == CS_ARC_BUILD || kind == CS_ARC_FADE_OUT);
}

CsStatus
cs_arc_read_changes(CsArc *arc)
{
  CsParse *p   = arc->p;
  int sentence = -1;
  bool list    = false; // "Hit points: 3.0 s door, 7.5 s flash"
  arc->lead    = SIZE_MAX;
  arc->last    = SIZE_MAX;
  mark_references(p);
  for (size_t i = 0; i < p->n; i++) {
    CsItem *item = &p->items[i];
    if (item->kind == CS_ITEM_TIME && item->time.form == CS_TIME_LATER)
      settle_later(arc, &item->time);
    if (item->sentence != sentence) {
      sentence  = item->sentence;
      arc->lead = SIZE_MAX;
      arc->last = SIZE_MAX;
      list      = false;
    }
    if (is_event_time(item)) {
      const bool length = item->time.form == CS_TIME_LENGTH;
      if (list && length && arc->last < arc->n) {
        item->time.form = CS_TIME_MOMENT;
        CS_TRY(cs_draft_attach(arc, arc->last, i));
      } else if (!length || item->time.is_clock || change_in_clause(p, i, -1) ||
                 change_in_clause(p, i, 1)) {
        CS_TRY(meet_time(arc, i));
      } else if (lasts_so_long(arc, i)) {
        CS_TRY(cs_draft_attach(arc, arc->last, i));
      }
    } else if (cs_item_is_change(item)) {
      CS_TRY(meet_change(arc, i));
      list |= item->entry->kind == CS_ARC_HIT && item->entry->noun &&
              cs_item_is_mark(cs_item_at(p, i, 1), ":");
    }
  }
  return CS_OK;
}
