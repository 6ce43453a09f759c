/// Changes over time, and which of the times in a sentence belong to them.
///
/// A time belongs to the change before it in its clause; one that leads a
/// clause belongs to the changes after it, also in the clauses that follow. A
/// change without a time of its own that follows "until T" or "then" goes on
/// from there.
#include "grammar/phrases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NO_TIME = -1, MAX_EVERY = 64 };

/// A jump of arousal that is heard as a step up or down.
static const double heard_step = 0.3;
/// Arousal from which the most excited stretch is a peak.
static const double peak_arousal = 0.6;

typedef struct Draft {
  CsArcEvent event;
  size_t item;
  bool has_moment; ///< A time was attached that says where.
} Draft;

typedef struct Arc {
  CsParse *p;
  Draft *drafts;
  size_t n, capacity;
  double cursor; ///< Where the story stands, in seconds.
  size_t lead;   ///< Leading time of the sentence, or SIZE_MAX.
  size_t last;   ///< Draft that may still take a time, or SIZE_MAX.
} Arc;

static bool
is_change(const CsItem *item)
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

static bool
is_place(const CsTime *time)
{
  return time->form == CS_TIME_MOMENT || time->form == CS_TIME_SPAN ||
         time->form == CS_TIME_FROM || time->form == CS_TIME_RANGE ||
         (time->form == CS_TIME_LENGTH && time->is_clock);
}

static double
seconds_of(const CsParse *p, const CsTime *time, double at)
{
  if (time->anchor == CS_ANCHOR_END)
    return p->length_s - at;
  return time->anchor == CS_ANCHOR_SHARE ? at * p->length_s : at;
}

// ---- Drafts -----------------------------------------------------------------

static CsStatus
add_draft(Arc *arc, CsArcKind kind, size_t item, const char *target)
{
  void *list = arc->drafts;
  CS_TRY(cs_arena_grow(
      arc->p->arena, &list, &arc->capacity, arc->n + 1, sizeof *arc->drafts));
  arc->drafts           = list;
  arc->drafts[arc->n++] = (Draft){
      .event = {.kind = kind, .amount = 1.0, .target = target}, .item = item};
  return CS_OK;
}

static void
set_start(Draft *draft, CsAnchor anchor, double at)
{
  draft->event.anchor    = anchor;
  draft->event.start_at  = at;
  draft->event.has_start = true;
  draft->has_moment      = true;
}

static void
set_end(const Arc *arc, Draft *draft, CsAnchor anchor, double at)
{
  CsArcEvent *event = &draft->event;
  if (event->has_start && event->anchor != anchor) {
    const CsTime time = {.anchor = anchor};
    at                = seconds_of(arc->p, &time, at);
    const CsTime from = {.anchor = event->anchor};
    event->start_at   = seconds_of(arc->p, &from, event->start_at);
    anchor            = CS_ANCHOR_START;
  }
  event->anchor  = anchor;
  event->end_at  = at;
  event->has_end = true;
}

static void
set_until(Arc *arc, Draft *draft, const CsTime *time)
{
  if (draft->event.kind == CS_ARC_ENTER && !draft->event.has_start) {
    set_start(draft, time->anchor, time->a); // "waits until 0:24"
    return;
  }
  if (!draft->event.has_start)
    set_start(draft, CS_ANCHOR_START, arc->cursor);
  if (time->to_end)
    set_end(arc, draft, CS_ANCHOR_START, arc->p->length_s);
  else
    set_end(arc, draft, time->anchor, time->a);
}

/// "over 4 s": a length, placed by the kind of change.
static void
set_length(Arc *arc, Draft *draft, double seconds)
{
  CsArcEvent *event    = &draft->event;
  const CsArcKind kind = event->kind;
  if (event->has_start && !event->has_end) {
    const double from =
        seconds_of(arc->p, &(CsTime){.anchor = event->anchor}, event->start_at);
    event->anchor   = CS_ANCHOR_START;
    event->start_at = from;
    set_end(arc, draft, CS_ANCHOR_START, from + seconds);
  } else if (kind == CS_ARC_FADE_OUT) {
    set_start(draft, CS_ANCHOR_END, seconds);
    set_end(arc, draft, CS_ANCHOR_END, 0.0);
  } else if (kind == CS_ARC_FADE_IN || kind == CS_ARC_SILENCE ||
             arc->cursor > 0.0) {
    const double from = kind == CS_ARC_FADE_IN ? 0.0 : arc->cursor;
    set_start(draft, CS_ANCHOR_START, from);
    set_end(arc, draft, CS_ANCHOR_START, from + seconds);
    draft->has_moment = kind == CS_ARC_FADE_IN;
  }
}

static void
set_place(Arc *arc, Draft *draft, const CsTime *time)
{
  const bool spans = time->form == CS_TIME_SPAN || time->form == CS_TIME_RANGE;
  const bool had_length = draft->event.has_end && !draft->has_moment;
  const double length   = draft->event.end_at - draft->event.start_at;
  draft->event.has_end  = false;
  set_start(draft, time->anchor, time->a);
  if (spans && time->to_end)
    set_end(arc, draft, CS_ANCHOR_START, arc->p->length_s);
  else if (spans)
    set_end(arc, draft, time->anchor, time->b);
  else if (had_length)
    set_length(arc, draft, length);
  arc->cursor =
      seconds_of(arc->p, time, spans && !time->to_end ? time->b : time->a);
}

/// "steps up every 15 s": one event at each.
static CsStatus
set_every(Arc *arc, size_t which, double step_s)
{
  const Draft first = arc->drafts[which];
  if (step_s <= 0.0)
    return CS_OK;
  set_start(&arc->drafts[which], CS_ANCHOR_START, step_s);
  for (int k = 2; k <= MAX_EVERY && step_s * k < arc->p->length_s - 0.01; k++) {
    CS_TRY(add_draft(arc, first.event.kind, first.item, first.event.target));
    set_start(&arc->drafts[arc->n - 1], CS_ANCHOR_START, step_s * k);
  }
  return CS_OK;
}

static CsStatus
attach(Arc *arc, size_t which, size_t time_at)
{
  const CsTime *time = &arc->p->items[time_at].time;
  Draft *draft       = &arc->drafts[which];
  arc->p->items[time_at].flags |= CS_FLAG_TAKEN;
  switch (time->form) {
  case CS_TIME_UNTIL:
    set_until(arc, draft, time);
    arc->cursor =
        time->to_end ? arc->p->length_s : seconds_of(arc->p, time, time->a);
    return CS_OK;
  case CS_TIME_EVERY:
    return set_every(arc, which, time->a);
  case CS_TIME_FOR:
    set_length(arc, draft, time->a);
    return CS_OK;
  case CS_TIME_LENGTH:
    if (!time->is_clock) {
      set_length(arc, draft, time->a);
      return CS_OK;
    }
    break;
  case CS_TIME_MOMENT:
  case CS_TIME_SPAN:
  case CS_TIME_FROM:
  case CS_TIME_RANGE:
    break;
  }
  const bool is_moment =
      time->form == CS_TIME_MOMENT || time->form == CS_TIME_LENGTH;
  if (draft->has_moment && is_moment) { // a list of moments
    CS_TRY(add_draft(arc, draft->event.kind, draft->item, draft->event.target));
    which = arc->n - 1;
  }
  set_place(arc, &arc->drafts[which], time);
  return CS_OK;
}

// ---- Changes ----------------------------------------------------------------

static bool
is_playable(const CsItem *item)
{
  return (cs_item_is_class(item, CS_CLASS_INSTRUMENT) ||
             (item->kind == CS_ITEM_ENTRY && item->entry->instruments.n > 0)) &&
         !(item->flags & (CS_FLAG_NEGATED | CS_FLAG_NO_LEAD));
}

static const char *
played(const CsItem *item)
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
    if (is_playable(&p->items[k]) &&
        strcmp(played(&p->items[k]), "melody") != 0)
      return played(&p->items[k]);
  return name;
}

/// The instruments that a change speaks of: before it in its clause ("drums and
/// bass enter"), else after it ("add drums").
static CsStatus
add_targets(Arc *arc, size_t i, CsArcKind kind, size_t *n_added)
{
  CsParse *p         = arc->p;
  const int clause   = p->items[i].clause;
  const size_t first = arc->n;
  for (size_t k = i; k-- > 0 && p->items[k].clause == clause;) {
    if (is_change(&p->items[k]) && p->items[k].entry->target)
      break;
    if (is_playable(&p->items[k]))
      CS_TRY(add_draft(arc, kind, i, played(&p->items[k])));
  }
  for (size_t k = i + 1;
       arc->n == first && k < p->n && p->items[k].clause == clause; k++) {
    size_t m = k;
    for (; m < p->n && p->items[m].clause == clause; m++) {
      if (p->items[m].kind == CS_ITEM_TIME ||
          (is_change(&p->items[m]) && p->items[m].entry->target))
        break;
      if (is_playable(&p->items[m]))
        CS_TRY(add_draft(arc, kind, i, carrier_of(p, m, played(&p->items[m]))));
    }
    break;
  }
  *n_added = arc->n - first;
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
begin_change(Arc *arc, size_t i)
{
  CsParse *p         = arc->p;
  const CsItem *item = &p->items[i];
  const int kind     = item->entry->kind;
  const bool enters  = item->flags & CS_FLAG_ENTERS;
  size_t n_added     = 0;
  const size_t first = arc->n;
  if (item->flags & CS_FLAG_NEGATED) {
    const bool shapes = kind == CS_ARC_BUILD || kind == CS_ARC_PEAK ||
                        kind == CS_ARC_RISE || kind == CS_EVEN;
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
  if (n_added == 0 && kind == CS_ARC_ENTER && everything_before(p, i))
    CS_TRY(add_draft(arc, CS_ARC_RISE, i, NULL));
  else if (n_added == 0 && (kind == CS_ARC_ENTER || kind == CS_ARC_EXIT))
    return CS_OK; // nothing is named that could come or go
  else if (n_added == 0)
    CS_TRY(add_draft(arc, (CsArcKind)kind, i, NULL));
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
    if (is_change(item) && item->entry->kind != CS_EVEN &&
        !(item->flags & CS_FLAG_NEGATED))
      return true;
  }
}

static CsStatus
attach_group(Arc *arc, size_t first, size_t time_at)
{
  // A moment list adds drafts; only the group that stands now takes the time.
  const size_t n    = arc->n;
  const double from = arc->cursor;
  for (size_t k = first; k < n; k++) {
    arc->cursor = from;
    if (arc->drafts[k].item == arc->drafts[first].item)
      CS_TRY(attach(arc, k, time_at));
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
    if (is_change(item) && item->entry->kind == CS_EVEN)
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
takes_time(const Arc *arc, size_t i)
{
  const CsParse *p   = arc->p;
  const CsTime *time = &p->items[i].time;
  if (arc->last >= arc->n)
    return false;
  const Draft *last    = &arc->drafts[arc->last];
  const bool completes = time->form == CS_TIME_FOR ||
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
is_only_total(const Arc *arc, size_t i)
{
  const CsItem *item = &arc->p->items[i];
  return (item->flags & CS_FLAG_TOTAL) && is_moment(&item->time) &&
         !(arc->last < arc->n &&
             arc->drafts[arc->last].event.kind == CS_ARC_HIT);
}

static CsStatus
meet_time(Arc *arc, size_t i)
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
  const bool spans = time->form == CS_TIME_SPAN && !time->to_end;
  if (even_in_clause(p, i)) {
    arc->cursor = seconds_of(p, time, spans ? time->b : time->a);
    p->items[i].flags |= CS_FLAG_TAKEN;
  } else if (is_place(time)) {
    arc->lead   = i;
    arc->cursor = seconds_of(p, time, time->a);
  } else if (time->form == CS_TIME_UNTIL && !time->to_end &&
             !change_in_clause(p, i, 1)) {
    arc->cursor = seconds_of(p, time, time->a);
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

static double
span_end(const Arc *arc, size_t i)
{
  const CsTime *time = &arc->p->items[i].time;
  return seconds_of(arc->p, time, time->b);
}

/// "quiet until 0:20, then it opens up": the time that the change waits for.
static bool
waits_until(const Arc *arc, size_t i)
{
  const CsParse *p   = arc->p;
  const CsTime *time = &p->items[arc->lead].time;
  if (time->form != CS_TIME_UNTIL || time->to_end)
    return false;
  for (size_t k = arc->lead; k < i; k++)
    if (cs_item_is(&p->items[k], CS_MARK_THEN))
      return true;
  return arc->p->items[i].clause != p->items[arc->lead].clause;
}

/// "for the first ten seconds, then strings join": where the span ends.
static bool
follows_then(const Arc *arc, size_t i)
{
  const CsParse *p   = arc->p;
  const CsTime *time = &p->items[arc->lead].time;
  bool then          = false;
  for (size_t k = arc->lead; k < i; k++)
    then |= cs_item_is(&p->items[k], CS_MARK_THEN);
  return then && time->form == CS_TIME_SPAN && !time->to_end;
}

/// "crescendo from nothing over 20 s": where the build begins, no fade.
static bool
is_source_of_build(const Arc *arc, size_t i)
{
  const CsItem *item = &arc->p->items[i];
  return item->entry->kind == CS_ARC_FADE_IN && item->entry->noun &&
         arc->last < arc->n && !arc->drafts[arc->last].has_moment &&
         arc->drafts[arc->last].event.kind == CS_ARC_BUILD &&
         arc->p->items[arc->drafts[arc->last].item].clause == item->clause;
}

static CsStatus
meet_change(Arc *arc, size_t i)
{
  const size_t first = arc->n;
  if (is_source_of_build(arc, i)) {
    set_start(&arc->drafts[arc->last], CS_ANCHOR_START, arc->cursor);
    return CS_OK;
  }
  CS_TRY(begin_change(arc, i));
  if (arc->n == first)
    return CS_OK;
  if (arc->cursor > 0.0 && follows_where(arc->p, i))
    for (size_t k = first; k < arc->n; k++)
      set_start(&arc->drafts[k], CS_ANCHOR_START, arc->cursor);
  else if (arc->lead != SIZE_MAX && waits_until(arc, i)) {
    const double at = seconds_of(arc->p, &arc->p->items[arc->lead].time,
        arc->p->items[arc->lead].time.a);
    const bool then = change_in_clause(arc->p, i, 1) ||
                      arc->drafts[first].event.kind != CS_ARC_HIT;
    for (size_t k = first; k < arc->n && then; k++)
      set_start(&arc->drafts[k], CS_ANCHOR_START, at);
    arc->lead = SIZE_MAX; // what follows has its own time
  } else if (arc->lead != SIZE_MAX && follows_then(arc, i))
    for (size_t k = first; k < arc->n; k++)
      set_start(&arc->drafts[k], CS_ANCHOR_START, span_end(arc, arc->lead));
  else if (arc->lead != SIZE_MAX)
    CS_TRY(attach_group(arc, first, arc->lead));
  arc->last = first;
  return CS_OK;
}

static CsStatus
read_changes(Arc *arc)
{
  CsParse *p   = arc->p;
  int sentence = -1;
  bool list    = false; // "Hit points: 3.0 s door, 7.5 s flash"
  arc->lead    = SIZE_MAX;
  arc->last    = SIZE_MAX;
  for (size_t i = 0; i < p->n; i++) {
    CsItem *item = &p->items[i];
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
        CS_TRY(attach(arc, arc->last, i));
      } else if (!length || item->time.is_clock || change_in_clause(p, i, -1) ||
                 change_in_clause(p, i, 1)) {
        CS_TRY(meet_time(arc, i));
      }
    } else if (is_change(item)) {
      CS_TRY(meet_change(arc, i));
      list |= item->entry->kind == CS_ARC_HIT && item->entry->noun &&
              cs_item_is_mark(cs_item_at(p, i, 1), ":");
    }
  }
  return CS_OK;
}

// ---- Entrances without a verb -----------------------------------------------

/// The place that an instrument in this clause is given.
static size_t
place_in_clause(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  size_t first     = i;
  while (first > 0 && p->items[first - 1].clause == clause)
    first--;
  for (size_t k = first; k < p->n && p->items[k].clause == clause; k++) {
    const CsItem *item = &p->items[k];
    if (item->kind == CS_ITEM_TIME && is_place(&item->time) &&
        !(item->time.form == CS_TIME_LENGTH) &&
        !(item->time.is_timecode && (item->flags & CS_FLAG_TOTAL)))
      return k;
  }
  return SIZE_MAX;
}

static bool
was_playing(const CsParse *p, size_t i)
{
  const char *name = played(&p->items[i]);
  for (size_t k = 0; k < i; k++)
    if (is_playable(&p->items[k]) && strcmp(played(&p->items[k]), name) == 0)
      return true;
  return false;
}

static bool
has_enter(const Arc *arc, const char *name)
{
  for (size_t k = 0; k < arc->n; k++)
    if (arc->drafts[k].event.target != NULL &&
        !(arc->p->items[arc->drafts[k].item].flags & CS_FLAG_LEAVES) &&
        strcmp(arc->drafts[k].event.target, name) == 0)
      return true;
  return false;
}

static bool
clause_changes_otherwise(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == clause; k++) {
    const CsItem *item = &p->items[k];
    if (k == i || !is_change(item))
      continue;
    const int kind = item->entry->kind;
    if (kind == CS_ARC_BUILD || kind == CS_ARC_FALL || kind == CS_ARC_EXIT ||
        kind == CS_ARC_SILENCE || kind == CS_ARC_FADE_OUT ||
        kind == CS_ARC_HIT || kind == CS_ARC_DROP)
      return true;
  }
  return false;
}

/// "(36-42 s): vinyl": does the section after this one leave the player out?
static bool
leaves(const CsParse *p, const CsItem *place, size_t i)
{
  bool section = false;
  for (size_t k = cs_sentence_start(p, i);
       k < p->n && p->items[k].sentence == p->items[i].sentence; k++)
    section |= p->items[k].sentence == p->items[i].sentence &&
               cs_item_is(&p->items[k], CS_MARK_SECTION);
  return section && place->time.form == CS_TIME_SPAN &&
         place->time.b < p->length_s - 0.5;
}

static bool
clause_has(const CsParse *p, size_t i, CsMarker marker)
{
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (cs_item_is(&p->items[k], marker))
      return true;
  return false;
}

/// "the last ten seconds just piano": the others leave, the piano stays.
static bool
is_left_alone(const CsParse *p, size_t i, const CsTime *time)
{
  return time->form == CS_TIME_SPAN && clause_has(p, i, CS_MARK_ONLY);
}

static bool
has_fall(const Arc *arc, size_t place)
{
  for (size_t k = 0; k < arc->n; k++)
    if (arc->drafts[k].event.kind == CS_ARC_FALL &&
        arc->drafts[k].item == place)
      return true;
  return false;
}

static CsStatus
read_entrances(Arc *arc)
{
  CsParse *p = arc->p;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (!is_playable(item) || (item->flags & CS_FLAG_MAYBE))
      continue;
    size_t place = place_in_clause(p, i);
    if (place == SIZE_MAX && i > 0) {
      // "Main(6-36s): lofi drums": the head of the sentence gives the place.
      for (size_t k = cs_sentence_start(p, i); k < i; k++)
        if (p->items[k].kind == CS_ITEM_TIME &&
            p->items[k].time.form == CS_TIME_SPAN &&
            p->items[k].time.anchor == CS_ANCHOR_START &&
            !(p->items[k].flags & CS_FLAG_TAKEN))
          place = k;
    }
    const char *name = played(item);
    if (place == SIZE_MAX || has_enter(arc, name) ||
        clause_changes_otherwise(p, i) || was_playing(p, i))
      continue;
    const CsTime *time = &p->items[place].time;
    // "no drums in the first 20 s", "no drums in the last 20 s"
    if (item->flags & (CS_FLAG_ENTERS | CS_FLAG_LEAVES))
      continue;
    const double start = seconds_of(p, time, time->a);
    if (start <= 0.25 || start >= p->length_s - 0.25 ||
        time->form == CS_TIME_RANGE)
      continue;
    if (is_left_alone(p, i, time)) {
      if (!has_fall(arc, place)) {
        CS_TRY(add_draft(arc, CS_ARC_FALL, place, NULL));
        set_place(arc, &arc->drafts[arc->n - 1], time);
      }
      continue;
    }
    CS_TRY(add_draft(arc, CS_ARC_ENTER, i, name));
    set_start(&arc->drafts[arc->n - 1], time->anchor, time->a);
    if (leaves(p, &p->items[place], i)) {
      CS_TRY(add_draft(arc, CS_ARC_EXIT, i, name));
      set_start(&arc->drafts[arc->n - 1], time->anchor, time->b);
    }
  }
  return CS_OK;
}

/// "no drums until 0:20", "no drums in the first 20 s"
static CsStatus
read_late_entrances(Arc *arc)
{
  CsParse *p = arc->p;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (!(item->flags & CS_FLAG_ENTERS) || !is_playable(item) ||
        has_enter(arc, played(item)))
      continue;
    for (size_t k = i + 1; k < p->n && p->items[k].clause == item->clause;
         k++) {
      const CsTime *time = &p->items[k].time;
      if (p->items[k].kind != CS_ITEM_TIME)
        continue;
      CS_TRY(add_draft(arc, CS_ARC_ENTER, i, played(item)));
      set_start(&arc->drafts[arc->n - 1], time->anchor,
          time->form == CS_TIME_SPAN ? time->b : time->a);
      p->items[k].flags |= CS_FLAG_TAKEN;
      break;
    }
  }
  return CS_OK;
}

/// "the last 15 s without drums", "no drums from 0:40"
static CsStatus
read_early_exits(Arc *arc)
{
  CsParse *p = arc->p;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (!(item->flags & CS_FLAG_LEAVES) || !is_playable(item))
      continue;
    for (size_t k = cs_clause_start(p, i);
         k < p->n && p->items[k].clause == item->clause; k++) {
      const CsTime *time = &p->items[k].time;
      if (p->items[k].kind != CS_ITEM_TIME)
        continue;
      CS_TRY(add_draft(arc, CS_ARC_EXIT, i, played(item)));
      set_start(&arc->drafts[arc->n - 1], time->anchor, time->a);
      p->items[k].flags |= CS_FLAG_TAKEN;
      break;
    }
  }
  return CS_OK;
}

/// "just shimmering pads until 0:45": one layer is left from here on.
static CsStatus
read_thinnings(Arc *arc)
{
  CsParse *p = arc->p;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (!cs_item_is(item, CS_MARK_ONLY))
      continue;
    for (size_t k = i + 1; k < p->n && p->items[k].clause == item->clause;
         k++) {
      CsItem *next = &p->items[k];
      if (next->kind != CS_ITEM_TIME || next->time.form != CS_TIME_UNTIL ||
          (next->flags & CS_FLAG_TAKEN))
        continue;
      double from = 0.0;
      for (size_t j = 0; j < arc->n; j++)
        if (arc->drafts[j].item < i && arc->drafts[j].event.has_end &&
            arc->drafts[j].event.anchor == CS_ANCHOR_START)
          from = arc->drafts[j].event.end_at;
      if (from <= 0.0)
        continue;
      CS_TRY(add_draft(arc, CS_ARC_FALL, i, NULL));
      arc->cursor = from;
      CS_TRY(attach(arc, arc->n - 1, k));
    }
  }
  return CS_OK;
}

// ---- Timed states -----------------------------------------------------------

typedef struct State {
  size_t item;
  const CsTime *time;
  double arousal;
} State;

static bool
arousal_between(const CsParse *p, size_t from, size_t to, double *mean)
{
  double sum = 0.0;
  int n      = 0;
  for (size_t i = from; i < to; i++) {
    const CsItem *item = &p->items[i];
    const unsigned no  = CS_FLAG_NEGATED | CS_FLAG_NO_LEAD;
    if (item->kind != CS_ITEM_ENTRY || item->entry->arousal <= CS_UNSET ||
        (item->flags & no) || item->entry->adds)
      continue;
    sum += item->entry->arousal;
    n++;
  }
  *mean = n > 0 ? sum / n : 0.0;
  return n > 0;
}

/// "0:00-0:50 stalking, 0:50-1:10 chase": steps between states are events.
static CsStatus
read_states(Arc *arc)
{
  CsParse *p   = arc->p;
  State before = {0};
  State top    = {.arousal = -2.0};
  size_t n     = 0;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind != CS_ITEM_TIME || item->time.form != CS_TIME_SPAN ||
        item->time.anchor == CS_ANCHOR_END || item->time.is_timecode)
      continue;
    size_t end = i + 1;
    while (end < p->n && p->items[end].kind != CS_ITEM_TIME)
      end++;
    State state = {.item = i, .time = &item->time};
    if (!arousal_between(p, i + 1, end, &state.arousal))
      continue;
    const double step = state.arousal - before.arousal;
    const bool taken  = item->flags & CS_FLAG_TAKEN;
    if (n > 0 && !taken && fabs(step) >= heard_step) {
      CS_TRY(add_draft(arc, step > 0.0 ? CS_ARC_RISE : CS_ARC_FALL, i, NULL));
      set_place(arc, &arc->drafts[arc->n - 1], &item->time);
    }
    if (state.arousal > top.arousal)
      top = state;
    before = state;
    n++;
  }
  if (n < 2 || top.arousal < peak_arousal ||
      (p->items[top.item].flags & CS_FLAG_TAKEN))
    return CS_OK;
  CS_TRY(add_draft(arc, CS_ARC_PEAK, top.item, NULL));
  set_place(arc, &arc->drafts[arc->n - 1], top.time);
  return CS_OK;
}

static bool
is_mood(const CsItem *item)
{
  return cs_item_is_class(item, CS_CLASS_MOOD) && !item->entry->adds &&
         !(item->flags & (CS_FLAG_NEGATED | CS_FLAG_NO_LEAD));
}

/// "ominous to triumphant": a way from one mood to another.
static CsStatus
read_passages(Arc *arc)
{
  CsParse *p = arc->p;
  for (size_t i = 0; i + 2 < p->n && arc->n == 0; i++) {
    const CsItem *from = &p->items[i], *to = &p->items[i + 2];
    if (!is_mood(from) || !cs_item_is(&p->items[i + 1], CS_MARK_TO) ||
        !is_mood(to) || to->clause != from->clause)
      continue;
    const double step = to->entry->arousal - from->entry->arousal;
    if (fabs(step) < heard_step)
      continue;
    CS_TRY(add_draft(arc, step > 0.0 ? CS_ARC_BUILD : CS_ARC_FALL, i, NULL));
    set_start(&arc->drafts[arc->n - 1], CS_ANCHOR_SHARE, 0.0);
    set_end(arc, &arc->drafts[arc->n - 1], CS_ANCHOR_SHARE, 1.0);
  }
  return CS_OK;
}

// ---- Finishing --------------------------------------------------------------

static double
start_of(const Arc *arc, const Draft *draft)
{
  return seconds_of(
      arc->p, &(CsTime){.anchor = draft->event.anchor}, draft->event.start_at);
}

/// The first time after a draft, in seconds, or NO_TIME.
static double
next_time(const Arc *arc, const Draft *draft)
{
  const CsParse *p  = arc->p;
  const double from = start_of(arc, draft);
  double next       = NO_TIME;
  for (size_t i = draft->item + 1; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind != CS_ITEM_TIME || item->time.form == CS_TIME_LENGTH ||
        item->time.form == CS_TIME_FOR || item->time.form == CS_TIME_EVERY)
      continue;
    const double at = seconds_of(p, &item->time, item->time.a);
    if (at > from + 0.01 && (next < 0.0 || at < next))
      next = at;
  }
  return next;
}

static void
finish(Arc *arc, Draft *draft)
{
  CsParse *p        = arc->p;
  CsArcEvent *event = &draft->event;
  const bool open   = event->has_start && !event->has_end;
  if (open && event->kind == CS_ARC_SILENCE) {
    const double next = next_time(arc, draft);
    if (next > 0.0)
      set_end(arc, draft, CS_ANCHOR_START, next);
  }
  if (open && event->kind == CS_ARC_BUILD) { // up to the peak that follows
    for (size_t k = 0; k < arc->n; k++) {
      const Draft *peak = &arc->drafts[k];
      if ((peak->event.kind == CS_ARC_PEAK ||
              peak->event.kind == CS_ARC_DROP) &&
          peak->event.has_start && start_of(arc, peak) > start_of(arc, draft)) {
        const double end = start_of(arc, peak);
        set_end(arc, draft, CS_ANCHOR_START, end);
        break;
      }
    }
  }
  if (!event->has_start && event->kind == CS_ARC_BUILD &&
      clause_has(p, draft->item, CS_MARK_THROUGHOUT)) {
    set_start(draft, CS_ANCHOR_SHARE, 0.0);
    set_end(arc, draft, CS_ANCHOR_SHARE, 1.0);
  }
}

static CsStatus
note_event(CsParse *p, const Draft *draft)
{
  const CsArcEvent *e = &draft->event;
  char start[32] = "", end[32] = "";
  cs_format_number(round(e->start_s * 1000.0) / 1000.0, start);
  cs_format_number(round(e->end_s * 1000.0) / 1000.0, end);
  const char *value = cs_arena_printf(p->arena, "\"%s%s%s%s%s%s%s%s\"",
      cs_arc_kind_names[e->kind], e->target != NULL ? " " : "",
      e->target != NULL ? e->target : "", e->has_start ? " " : "",
      e->has_start ? start : "", e->has_end ? ".." : "", e->has_end ? end : "",
      e->has_start || e->has_end ? " s" : "");
  CS_TRY_NEW(value);
  return cs_understand(p, draft->item, draft->item, "arc", value,
      e->has_start ? cs_anchor_names[e->anchor] : "word");
}

/// Does a change word only repeat what another field holds?
static bool
is_needless(const Arc *arc, const Draft *draft)
{
  const CsEntry *entry = arc->p->items[draft->item].kind == CS_ITEM_ENTRY
                             ? arc->p->items[draft->item].entry
                             : NULL;
  if (entry == NULL || draft->event.has_start || draft->event.has_end)
    return false;
  return entry->class_of != CS_CLASS_CHANGE || entry->noun ||
         entry->kind == CS_ARC_HIT || entry->kind == CS_ARC_ENTER ||
         entry->kind == CS_ARC_EXIT;
}

/// A change word that asks for nothing without a time is still shown.
static CsStatus
note_untimed(CsParse *p, const Draft *draft)
{
  if (!cs_item_is_class(&p->items[draft->item], CS_CLASS_CHANGE) ||
      (p->items[draft->item].flags & CS_FLAG_USED))
    return CS_OK;
  return cs_understand(
      p, draft->item, draft->item, "arc", "null", "no time given");
}

static bool
is_repeated(const CsBrief *brief, const CsArcEvent *event)
{
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *other = &brief->arc[i];
    const bool same_target =
        (other->target == NULL) == (event->target == NULL) &&
        (other->target == NULL || strcmp(other->target, event->target) == 0);
    if (other->kind == event->kind && same_target &&
        other->has_start == event->has_start &&
        fabs(other->start_s - event->start_s) < 0.01)
      return true;
  }
  return false;
}

static int
by_start(const void *a, const void *b)
{
  const Draft *x = a, *y = b;
  if (x->event.has_start != y->event.has_start)
    return x->event.has_start ? -1 : 1;
  if (x->event.start_s < y->event.start_s)
    return -1;
  if (x->event.start_s > y->event.start_s)
    return 1;
  if (x->item != y->item)
    return x->item < y->item ? -1 : 1;
  return (int)x->event.kind - (int)y->event.kind;
}

static void
place_all(Arc *arc)
{
  for (size_t k = 0; k < arc->n; k++) {
    CsArcEvent *e     = &arc->drafts[k].event;
    const CsTime time = {.anchor = e->anchor};
    e->start_s = e->has_start ? seconds_of(arc->p, &time, e->start_at) : 0.0;
    e->end_s   = e->has_end ? seconds_of(arc->p, &time, e->end_at) : 0.0;
    if (e->has_end && e->end_s < e->start_s) {
      e->has_end = false;
      e->end_s   = 0.0;
    }
  }
}

/// "getting quieter until the end" is a fade; "getting quieter" alone is none.
static CsStatus
note_implied_ending(CsParse *p, const Draft *draft)
{
  const CsItem *item = &p->items[draft->item];
  CsBrief *brief     = p->brief;
  if (!cs_item_is_class(item, CS_CLASS_CHANGE) || item->entry->ending < 0 ||
      !draft->event.has_end || draft->event.end_s < p->length_s - 0.1 ||
      (brief->said & CS_SAID_ENDING))
    return CS_OK;
  brief->ending = (CsEnding)item->entry->ending;
  brief->said |= CS_SAID_ENDING;
  return cs_understand_text(p, draft->item, draft->item, "ending",
      cs_ending_names[brief->ending], "until the end");
}

static CsStatus
write_arc(Arc *arc)
{
  CsBrief *brief = arc->p->brief;
  brief->arc     = CS_NEW_N(arc->p->arena, CsArcEvent, arc->n);
  CS_TRY_NEW(brief->arc);
  for (size_t k = 0; k < arc->n; k++)
    finish(arc, &arc->drafts[k]);
  place_all(arc);
  if (arc->n > 1)
    qsort(arc->drafts, arc->n, sizeof *arc->drafts, by_start);
  for (size_t k = 0; k < arc->n; k++) {
    const Draft *draft = &arc->drafts[k];
    if (is_needless(arc, draft)) {
      CS_TRY(note_untimed(arc->p, draft));
      continue;
    }
    if (is_repeated(brief, &draft->event))
      continue;
    brief->arc[brief->n_arc++] = draft->event;
    CS_TRY(note_event(arc->p, draft));
    CS_TRY(note_implied_ending(arc->p, draft));
  }
  return CS_OK;
}

CsStatus
cs_read_arc(CsParse *p)
{
  Arc arc = {.p = p};
  CS_TRY(read_changes(&arc));
  CS_TRY(read_late_entrances(&arc));
  CS_TRY(read_early_exits(&arc));
  CS_TRY(read_entrances(&arc));
  CS_TRY(read_thinnings(&arc));
  CS_TRY(read_states(&arc));
  CS_TRY(read_passages(&arc));
  CS_TRY(write_arc(&arc));
  for (size_t k = 0; k < p->brief->n_arc; k++) {
    const CsArcKind kind = p->brief->arc[k].kind;
    if (kind == CS_ARC_BUILD || kind == CS_ARC_RISE || kind == CS_ARC_PEAK ||
        kind == CS_ARC_DROP)
      p->brief->said &= ~(unsigned)CS_SAID_FLAT_ARC;
  }
  return cs_brief_fit_arc(p->arena, p->brief, p->length_s);
}
