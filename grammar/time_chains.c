/// Times that follow from the ones before them: "0-14 s dozing, 14-38 s
/// stirring", "thirty seconds later", "the next 45 s".
#include "grammar/times.h"

#include <math.h>

static bool
is_from_start(const CsTime *time)
{
  return time->a.anchor == CS_ANCHOR_START && !time->is_timecode;
}

/// Two ranges of which one goes on where the other ends are no lengths to
/// choose from but stretches.
static void
join_ranges(CsParse *p)
{
  CsTime *before = NULL;
  for (size_t i = 0; i < p->n; i++) {
    CsTime *time = &p->items[i].time;
    const bool ranges =
        time->form == CS_TIME_RANGE || time->form == CS_TIME_SPAN;
    if (p->items[i].kind != CS_ITEM_TIME || !ranges || !is_from_start(time))
      continue;
    if (before != NULL && fabs(before->b.at - time->a.at) < 0.01 &&
        time->b.at > time->a.at) {
      before->form = CS_TIME_SPAN;
      time->form   = CS_TIME_SPAN;
    }
    before = time;
  }
}

/// Where the story stands, when the times alone say so.
typedef struct Stand {
  CsPlace at;
  bool known;
} Stand;

static Stand
stand_after(const CsTime *time)
{
  const bool spans = time->form == CS_TIME_SPAN;
  const bool says  = (spans || time->form == CS_TIME_MOMENT) &&
                    time->a.anchor == CS_ANCHOR_START &&
                    time->b.anchor == CS_ANCHOR_START;
  return (Stand){.at = spans ? time->b : time->a, .known = says};
}

static bool
follows_next(const CsParse *p, size_t i)
{
  size_t k = i;
  while (k > 0 && (cs_at_is(p, k - 1, CS_MARK_SOME) ||
                      cs_at_is(p, k - 1, CS_MARK_ABOUT)))
    k--;
  return k > 0 &&
         (cs_at_text(p, k - 1, "next") || cs_at_text(p, k - 1, "following"));
}

/// "10 s later" and "the next 10 s", from what was said just before.
static void
go_on(CsParse *p, size_t i, const Stand *from)
{
  CsTime *time   = &p->items[i].time;
  const double s = time->a.at;
  if (!from->known || time->is_clock)
    return;
  if (time->form == CS_TIME_LATER) {
    time->a    = cs_place_later(p, from->at, s);
    time->form = CS_TIME_MOMENT;
  } else if (time->form == CS_TIME_LENGTH && follows_next(p, i)) {
    time->a    = from->at;
    time->b    = cs_place_later(p, from->at, s);
    time->form = CS_TIME_SPAN;
  }
}

/// "Remaining 30 s: calm again"
static void
take_rest(CsParse *p, size_t i)
{
  CsTime *time = &p->items[i].time;
  if (time->form != CS_TIME_LENGTH || time->is_clock || i == 0 ||
      !cs_at_text(p, i - 1, "remaining"))
    return;
  time->form     = CS_TIME_SPAN;
  time->a.anchor = CS_ANCHOR_END;
  time->b        = (CsPlace){.anchor = CS_ANCHOR_END};
}

enum { MAX_EACH_WORDS = 6 };

bool
cs_says_each(const CsParse *p, size_t i)
{
  bool each = false;
  for (size_t k = i + 1; k < p->n && k <= i + MAX_EACH_WORDS &&
                         p->items[k].clause == p->items[i].clause;
       k++) {
    if (p->items[k].kind == CS_ITEM_TIME)
      return false;
    each |= cs_item_is(&p->items[k], CS_MARK_EVERY);
  }
  return each;
}

/// "Gate 2.5 s, torch 6 s: an accent on each": the amounts before it, as far as
/// they fall, are moments.
static void
place_each(CsParse *p, size_t i)
{
  const CsTime *later = NULL;
  for (size_t k = i; k-- > 0 && p->items[k].sentence == p->items[i].sentence;) {
    CsTime *time = &p->items[k].time;
    if (p->items[k].kind != CS_ITEM_TIME)
      continue;
    if ((time->form != CS_TIME_LENGTH && time->form != CS_TIME_MOMENT) ||
        !is_from_start(time) || (later != NULL && time->a.at >= later->a.at))
      return;
    time->form = CS_TIME_MOMENT;
    later      = time;
  }
}

static bool
is_hit(const CsItem *item)
{
  return item->kind == CS_ITEM_ENTRY && item->entry->kind == CS_ARC_HIT;
}

void
cs_chain_times(CsParse *p)
{
  Stand stand = {0};
  join_ranges(p);
  for (size_t i = 0; i < p->n; i++)
    if (is_hit(&p->items[i]) && cs_says_each(p, i))
      place_each(p, i);
  for (size_t i = 0; i < p->n; i++) {
    if (p->items[i].kind != CS_ITEM_TIME)
      continue;
    go_on(p, i, &stand);
    take_rest(p, i);
    stand = stand_after(&p->items[i].time);
  }
}
