/// Change words and the times that belong to them.
///
/// A time belongs to the change before it in its clause; one that leads a
/// clause belongs to the changes after it, also in the clauses that follow. A
/// change without a time of its own that follows "until T" or "then" goes on
/// from there.
#include "grammar/arc.h"
#include "grammar/times.h"

#include <string.h>

enum { MAX_ASIDE = 12 }; ///< Items from "where" or "when" to its change.

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
cs_time_is_moment(const CsTime *time)
{
  return time->form == CS_TIME_MOMENT ||
         (time->form == CS_TIME_LENGTH && time->is_clock);
}

/// Is there a change between two items of one clause?
static bool
change_in_clause(const CsParse *p, size_t i, int way)
{
  for (int step = way;; step += way) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause)
      return false;
    if (cs_item_is_change(item) && item->change != CS_EVEN &&
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
    if (cs_item_is_change(item) && item->change == CS_EVEN)
      return true;
  }
}

static bool
ends_behind(const CsArc *arc, const CsArcDraft *draft, const CsTime *time)
{
  return !draft->event.has_start ||
         cs_place_seconds(arc->p, time->a) > cs_draft_start_s(arc, draft);
}

/// Does a player stand before a time, behind the change?
static bool
follows_player(const CsParse *p, size_t change, size_t i)
{
  return i > change + 1 && cs_item_is_playable(&p->items[i - 1]);
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
                         (time->form == CS_TIME_UNTIL && !last->event.has_end &&
                             ends_behind(arc, last, time));
  const bool full = last->has_moment && !completes;
  // "hi-hats join at 0:15 and the bass at 0:20"
  if (full && last->event.target != NULL && follows_player(p, last->item, i))
    return false;
  const bool after = change_in_clause(p, i, 1);
  if (change_in_clause(p, i, -1))
    return !(after && full);
  if (after)
    return false;
  const bool lists = last->event.kind == CS_ARC_HIT && cs_time_is_moment(time);
  return !full || lists;
}

/// The end that names the length is no moment of a change but of a hit.
static bool
is_only_total(const CsArc *arc, size_t i)
{
  const CsItem *item = &arc->p->items[i];
  return (item->flags & CS_FLAG_TOTAL) && cs_time_is_moment(&item->time) &&
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
  if (spans || time->form == CS_TIME_UNTIL)
    arc->closed = i;
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
  for (int step = -1; step >= -MAX_ASIDE; step--) {
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
  return item->change == CS_ARC_FADE_IN && item->entry->noun &&
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

/// Has a change a place of its own in its clause?
static bool
has_own_place(const CsParse *p, size_t i)
{
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++) {
    const CsItem *item = &p->items[k];
    if (item->kind == CS_ITEM_TIME && cs_time_is_place(&item->time) &&
        !(item->flags & CS_FLAG_TOTAL))
      return true;
  }
  return false;
}

/// Does "then" put a change behind what was said, with no place of its own?
static bool
comes_then(const CsParse *p, size_t i)
{
  bool then = false;
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    then |= k < i ? cs_item_is_then(&p->items[k])
                  : cs_item_is(&p->items[k], CS_MARK_LATER);
  return then && !has_own_place(p, i);
}

/// Does the time that leads the sentence still speak of a change?
static bool
is_led(const CsArc *arc, size_t i)
{
  return arc->lead != SIZE_MAX &&
         (arc->p->items[arc->lead].clause == arc->p->items[i].clause ||
             !has_own_place(arc->p, i));
}

/// "build for 20 s, then drop", "big until 0:40, then fade": where what was
/// said last ends. A draft that has only a length begins where the story
/// stands.
static bool
find_end(CsArc *arc, size_t first, CsPlace *end)
{
  CsArcDraft *before = first > 0 ? &arc->drafts[first - 1] : NULL;
  const bool closed  = arc->closed != SIZE_MAX;
  if (closed && (before == NULL || before->item < arc->closed)) {
    const CsTime *time = &arc->p->items[arc->closed].time;
    *end               = time->form == CS_TIME_SPAN ? time->b : time->a;
    return true;
  }
  if (before == NULL || !(before->event.has_end || before->length_s > 0.0))
    return false;
  if (!before->event.has_end) {
    cs_draft_set_start(before, arc->cursor);
    cs_draft_set_length(arc, before, before->length_s);
  }
  *end = cs_draft_end(before);
  return true;
}

/// "drop there": at the time said just before.
static bool
says_there(const CsParse *p, size_t i)
{
  const CsItem *next = cs_item_at(p, i, 1);
  return next->end - next->begin == 5 &&
         memcmp(p->normal.text + next->begin, "there", 5) == 0;
}

static CsStatus
meet_change(CsArc *arc, size_t i)
{
  const size_t first = arc->n;
  if (is_source_of_build(arc, i)) {
    cs_draft_set_start(&arc->drafts[arc->last], arc->cursor);
    return CS_OK;
  }
  CS_TRY(cs_draft_change(arc, i));
  if (arc->n == first)
    return CS_OK;
  CsPlace end = {0};
  if (comes_then(arc->p, i) && find_end(arc, first, &end))
    start_group(arc, first, end);
  else if (cs_cursor_s(arc) > 0.0 &&
           (follows_where(arc->p, i) || says_there(arc->p, i)))
    start_group(arc, first, arc->cursor);
  else if (is_led(arc, i) && waits_until(arc, i)) {
    const bool then = change_in_clause(arc->p, i, 1) ||
                      arc->drafts[first].event.kind != CS_ARC_HIT;
    if (then)
      start_group(arc, first, arc->p->items[arc->lead].time.a);
    arc->lead = SIZE_MAX; // what follows has its own time
  } else if (is_led(arc, i) && follows_then(arc, i)) {
    start_group(arc, first, arc->p->items[arc->lead].time.b);
    arc->cursor = arc->p->items[arc->lead].time.b;
  } else if (is_led(arc, i)) {
    CS_TRY(attach_group(arc, first, arc->lead));
    // "half a second of silence before the hit": how long, of the first only.
    if (!cs_time_is_place(&arc->p->items[arc->lead].time))
      arc->lead = SIZE_MAX;
  }
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

/// "everything stops at 0:30 and is back a second later": a time beside "back"
/// is where the silence before it ends.
static bool
ends_silence(const CsArc *arc, size_t i)
{
  const CsParse *p = arc->p;
  if (arc->last >= arc->n || p->items[i].time.form != CS_TIME_MOMENT)
    return false;
  const CsArcDraft *last = &arc->drafts[arc->last];
  if (last->event.kind != CS_ARC_SILENCE || !last->event.has_start ||
      p->items[i].clause != p->items[last->item].clause)
    return false;
  for (size_t k = last->item + 1;
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (cs_at_text(p, k, "back"))
      return true;
  return false;
}

/// "builds: 0:05-0:15, 0:25-0:35": one more span of the same kind.
static bool
is_next_of_list(const CsArc *arc, size_t i)
{
  return arc->p->items[i].time.form == CS_TIME_SPAN && arc->last < arc->n &&
         arc->drafts[arc->last].event.has_end && cs_item_is_alone(arc->p, i);
}

CsStatus
cs_arc_read_changes(CsArc *arc)
{
  CsParse *p   = arc->p;
  int sentence = -1;
  bool list    = false; // "Hit points: 3.0 s door, 7.5 s flash"
  arc->lead    = SIZE_MAX;
  arc->last    = SIZE_MAX;
  for (size_t i = 0; i < p->n; i++) {
    CsItem *item = &p->items[i];
    if (item->kind == CS_ITEM_TIME && item->time.form == CS_TIME_LATER)
      settle_later(arc, &item->time);
    if (item->sentence != sentence) {
      sentence    = item->sentence;
      arc->lead   = SIZE_MAX;
      arc->last   = SIZE_MAX;
      list        = false;
      arc->closed = SIZE_MAX;
    }
    if (is_event_time(item)) {
      const bool length = item->time.form == CS_TIME_LENGTH;
      if (ends_silence(arc, i)) {
        cs_draft_set_end(&arc->drafts[arc->last], item->time.a);
        item->flags |= CS_FLAG_TAKEN;
      } else if (list && is_next_of_list(arc, i)) {
        CS_TRY(cs_draft_attach(arc, arc->last, i));
      } else if (list && length && arc->last < arc->n) {
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
      list |= (item->change == CS_ARC_HIT || item->change == CS_ARC_BUILD) &&
              cs_item_is_mark(cs_item_at(p, i, 1), ":");
    }
  }
  return CS_OK;
}
