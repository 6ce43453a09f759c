/// Times with their prepositions.
///
/// A list of productions that are tried in order at every place; the longest
/// reading stands first. README.md shows them as a grammar.
#include "grammar/times.h"

#include <string.h>

typedef size_t Production(const CsParse *p, size_t i, CsTime *time);

/// A place in time: an amount, the start, the middle, the end.
static size_t
read_place(const CsParse *p, size_t i, CsTime *time)
{
  i = cs_skip_some(p, i);
  if (cs_at_is_amount(p, i)) {
    *time = cs_at(p, i)->time;
    return i + 1;
  }
  if (cs_at(p, i)->kind == CS_ITEM_TIME &&
      cs_at(p, i)->time.form == CS_TIME_MOMENT) {
    *time = cs_at(p, i)->time;
    return i + 1;
  }
  *time = (CsTime){.form = CS_TIME_LENGTH};
  if (cs_at_is(p, i, CS_MARK_START))
    return i + 1;
  if (cs_at_is(p, i, CS_MARK_HALFWAY)) {
    time->a = (CsPlace){.at = 0.5, .anchor = CS_ANCHOR_SHARE};
    return i + 1;
  }
  if (cs_at_is(p, i, CS_MARK_END)) {
    time->a = (CsPlace){.anchor = CS_ANCHOR_END};
    return i + 1;
  }
  return 0;
}

/// "from 0:10 too 0:40"
static bool
is_too(const CsParse *p, size_t i)
{
  const CsItem *item = cs_at(p, i);
  return cs_at_is(p, i, CS_MARK_NOT) && item->end == item->begin + 3 &&
         memcmp(p->normal.text + item->begin, "too", 3) == 0;
}

/// from PLACE to PLACE | PLACE - PLACE | between PLACE and PLACE
static size_t
span_of_places(const CsParse *p, size_t i, CsTime *time)
{
  CsTime last;
  const bool from    = cs_at_is(p, i, CS_MARK_FROM);
  const bool between = cs_at_is(p, i, CS_MARK_BETWEEN);
  const size_t first = from || between ? i + 1 : i;
  if (!from && !between && !cs_at_is_amount(p, i))
    return 0;
  size_t n = read_place(p, first, time);
  if (n == 0)
    return 0;
  const bool glued = cs_at(p, n)->flags & CS_FLAG_GLUED;
  const bool links = glued || cs_at_is(p, n, CS_MARK_TO) ||
                     cs_at_is(p, n, CS_MARK_UNTIL) || is_too(p, n) ||
                     cs_item_is_mark(cs_at(p, n), "-") ||
                     (between && cs_at_is(p, n, CS_MARK_AND));
  if (!links)
    return 0;
  const size_t end = read_place(p, glued ? n : n + 1, &last);
  if (end == 0 || (!cs_place_is_end(last.a) && last.a.unit != time->a.unit) ||
      cs_place_is_end(time->a))
    return 0;
  if (last.a.anchor == CS_ANCHOR_SHARE && time->a.anchor != CS_ANCHOR_SHARE)
    return 0;
  time->b = last.a;
  time->is_timecode &= last.is_timecode;
  const bool is_place = from || time->is_clock || last.is_clock;
  time->form          = between || !is_place ? CS_TIME_RANGE : CS_TIME_SPAN;
  return end;
}

/// the last 20 s | the final bar
static size_t
span_at_end(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_at_is(p, i, CS_MARK_LAST))
    return 0;
  const size_t n = cs_skip_some(p, i + 1);
  if (!cs_at_is_amount(p, n))
    return 0;
  *time          = cs_at(p, n)->time;
  time->form     = CS_TIME_SPAN;
  time->a.anchor = CS_ANCHOR_END;
  time->b        = (CsPlace){.anchor = CS_ANCHOR_END};
  return n + 1;
}

/// the first 10 s
static size_t
span_at_start(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_at_is(p, i, CS_MARK_FIRST) || !cs_at_is_amount(p, i + 1))
    return 0;
  *time      = cs_at(p, i + 1)->time;
  time->form = CS_TIME_SPAN;
  time->b    = time->a;
  time->a    = (CsPlace){0};
  return i + 2;
}

static double
ordinal_at(const CsParse *p, size_t i, double parts)
{
  static const CsMarker ordinals[] = {
      CS_MARK_FIRST, CS_MARK_SECOND, CS_MARK_THIRD, CS_MARK_FOURTH};
  for (size_t k = 0; k < sizeof ordinals / sizeof *ordinals; k++)
    if (cs_at_is(p, i, ordinals[k]))
      return (double)k;
  return cs_at_is(p, i, CS_MARK_LAST) ? parts - 1.0 : -1.0;
}

/// the second half | the third quarter | hold the last (quarter)
static size_t
span_of_share(const CsParse *p, size_t i, CsTime *time)
{
  double parts = 0.0;
  if (cs_at_is(p, i + 1, CS_MARK_HALF))
    parts = 2.0;
  else if (cs_at_is(p, i + 1, CS_MARK_THIRD) ||
           cs_at_is(p, i + 1, CS_MARK_THIRDS))
    parts = 3.0;
  else if (cs_at_is(p, i + 1, CS_MARK_QUARTER))
    parts = 4.0;
  const double k = parts > 0.0 ? ordinal_at(p, i, parts) : -1.0;
  if (k < 0.0 || k >= parts)
    return 0;
  *time = (CsTime){.form = CS_TIME_SPAN,
      .a                 = {.at = k / parts, .anchor = CS_ANCHOR_SHARE},
      .b = {.at = (k + 1.0) / parts, .anchor = CS_ANCHOR_SHARE}};
  return i + 2;
}

/// two thirds in | three quarters through
static size_t
moment_of_share(const CsParse *p, size_t i, CsTime *time)
{
  const bool thirds   = cs_at_is(p, i + 1, CS_MARK_THIRDS);
  const bool quarters = cs_at_is(p, i + 1, CS_MARK_QUARTER);
  const double parts  = thirds ? 3.0 : 4.0;
  if (!cs_at_is_number(p, i) || (!thirds && !quarters) ||
      cs_at(p, i)->number >= parts)
    return 0;
  *time = (CsTime){.form = CS_TIME_MOMENT,
      .a = {.at = cs_at(p, i)->number / parts, .anchor = CS_ANCHOR_SHARE}};
  const bool in =
      cs_at_is(p, i + 2, CS_MARK_IN) || cs_at_is(p, i + 2, CS_MARK_OVER);
  return in ? i + 3 : i + 2;
}

/// 5 s before the end | with 15 s left | 15 s from the end
static size_t
moment_from_end(const CsParse *p, size_t i, CsTime *time)
{
  const size_t n = cs_at_is(p, i, CS_MARK_WITH) ? cs_skip_some(p, i + 1) : i;
  if (!cs_at_is_amount(p, n))
    return 0;
  const bool before =
      cs_at_is(p, n + 1, CS_MARK_BEFORE) || cs_at_is(p, n + 1, CS_MARK_FROM);
  const size_t end  = cs_skip_some(p, n + 2);
  const bool to_end = before && cs_at_is(p, end, CS_MARK_END);
  const bool left   = cs_at_is(p, n + 1, CS_MARK_LEFT);
  if (!to_end && !left)
    return 0;
  *time          = cs_at(p, n)->time;
  time->form     = CS_TIME_MOMENT;
  time->a.anchor = CS_ANCHOR_END;
  return to_end ? end + 1 : n + 2;
}

/// until 1:55 | to the end | through to 0:40
static size_t
until_place(const CsParse *p, size_t i, CsTime *time)
{
  const bool until = cs_at_is(p, i, CS_MARK_UNTIL);
  if (!until && !cs_at_is(p, i, CS_MARK_TO))
    return 0;
  const size_t end = read_place(p, i + 1, time);
  if (end == 0)
    return 0;
  time->form = CS_TIME_UNTIL;
  return end;
}

/// from 1:20 | from halfway
static size_t
from_place(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_at_is(p, i, CS_MARK_FROM))
    return 0;
  const size_t end = read_place(p, i + 1, time);
  if (end == 0)
    return 0;
  time->form = CS_TIME_FROM;
  return cs_at_is(p, end, CS_MARK_THROUGHOUT) ? end + 1 : end;
}

/// at 0:45 | by 1:00 | after one minute | at the very end | halfway | 18 s in
static size_t
moment_at(const CsParse *p, size_t i, CsTime *time)
{
  static const CsMarker leads[] = {CS_MARK_AT, CS_MARK_BY, CS_MARK_AFTER};
  bool leads_here               = cs_at_is(p, i, CS_MARK_IN);
  for (size_t k = 0; k < sizeof leads / sizeof *leads; k++)
    leads_here |= cs_at_is(p, i, leads[k]);
  const size_t end = read_place(p, leads_here ? i + 1 : i, time);
  if (end == 0)
    return 0;
  const bool in = cs_at_is(p, end, CS_MARK_IN) && cs_at_is_amount(p, end - 1) &&
                  !cs_at_is_amount(p, cs_skip_some(p, end + 1));
  const bool is_word = !cs_at_is_amount(p, end - 1);
  const bool moment  = cs_at(p, end - 1)->kind == CS_ITEM_TIME &&
                      cs_at(p, end - 1)->time.form == CS_TIME_MOMENT;
  if (cs_at_is(p, i, CS_MARK_IN) && !is_word)
    return 0;
  if (!leads_here && !in && !moment &&
      !(is_word && time->a.anchor == CS_ANCHOR_SHARE))
    return 0;
  time->form = CS_TIME_MOMENT;
  return in ? end + 1 : end;
}

/// every 15 s | every 8 bars
static size_t
every_amount(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_at_is(p, i, CS_MARK_EVERY) || !cs_at_is_amount(p, i + 1))
    return 0;
  *time      = cs_at(p, i + 1)->time;
  time->form = CS_TIME_EVERY;
  return i + 2;
}

/// for three seconds | over 4 s | for a beat
static size_t
for_amount(const CsParse *p, size_t i, CsTime *time)
{
  const bool loose = cs_at_is(p, i, CS_MARK_IN);
  if (!loose && !cs_at_is(p, i, CS_MARK_FOR) && !cs_at_is(p, i, CS_MARK_OVER))
    return 0;
  size_t n = cs_skip_some(p, i + 1);
  CsUnit unit;
  if (n > i + 1 && cs_unit_at(p, n, true, &unit) && cs_unit_is_musical(unit)) {
    *time      = cs_amount_of(p, 1.0, unit);
    time->form = CS_TIME_FOR;
    return n + 1;
  }
  if (cs_at_is(p, n, CS_MARK_LAST) || cs_at_is(p, n, CS_MARK_FIRST))
    return 0;
  if (!cs_at_is_amount(p, n) || (loose && cs_at(p, n)->time.is_clock))
    return 0;
  *time      = cs_at(p, n)->time;
  time->form = CS_TIME_FOR;
  return n + 1;
}

/// T+30 s | +0:35
static size_t
moment_plus(const CsParse *p, size_t i, CsTime *time)
{
  const bool has_t = cs_at(p, i)->kind == CS_ITEM_WORD &&
                     p->normal.text[cs_at(p, i)->begin] == 't' &&
                     cs_at(p, i)->end == cs_at(p, i)->begin + 1;
  const size_t plus = has_t ? i + 1 : i;
  if (!cs_item_is_mark(cs_at(p, plus), "+"))
    return 0;
  if (cs_at_is_amount(p, plus + 1)) {
    *time          = cs_at(p, plus + 1)->time;
    time->form     = CS_TIME_MOMENT;
    time->is_clock = true;
    return plus + 2;
  }
  if (has_t && cs_at_is_number(p, plus + 1)) {
    *time = (CsTime){.form = CS_TIME_MOMENT,
        .a.at              = cs_at(p, plus + 1)->number,
        .is_clock          = true};
    return plus + 2;
  }
  return 0;
}

static Production *const productions[] = {span_of_places, moment_from_end,
    span_at_end, span_at_start, span_of_share, moment_of_share, moment_plus,
    until_place, from_place, every_amount, for_amount, moment_at};

/// A preposition before a whole span says nothing more: "in the last 20 s".
static bool
leads_span(const CsParse *p, size_t i)
{
  return cs_at_is(p, i, CS_MARK_IN) || cs_at_is(p, i, CS_MARK_OVER) ||
         cs_at_is(p, i, CS_MARK_FOR) || cs_at_is(p, i, CS_MARK_AT) ||
         cs_at_is(p, i, CS_MARK_FROM) || cs_at_is(p, i, CS_MARK_WITH) ||
         cs_at_is(p, i, CS_MARK_UNTIL);
}

static size_t
read_time(const CsParse *p, size_t i, CsTime *time)
{
  for (size_t k = 0; k < sizeof productions / sizeof *productions; k++) {
    CsTime fresh     = {0};
    const size_t end = productions[k](p, i, &fresh);
    if (end > i) {
      *time = fresh;
      return end;
    }
  }
  const size_t n = cs_skip_some(p, i + 1);
  if (leads_span(p, i) &&
      (cs_at_is(p, n, CS_MARK_LAST) || cs_at_is(p, n, CS_MARK_FIRST) ||
          cs_at_is(p, n, CS_MARK_SECOND) || cs_at_is(p, n, CS_MARK_THIRD) ||
          n > i)) {
    const bool until = cs_at_is(p, i, CS_MARK_UNTIL),
               from  = cs_at_is(p, i, CS_MARK_FROM);
    size_t end       = span_at_end(p, n, time);
    end              = end > 0 ? end : span_at_start(p, n, time);
    end              = end > 0 ? end : span_of_share(p, n, time);
    if (end > 0 && (until || from))
      time->form = until ? CS_TIME_UNTIL : CS_TIME_FROM;
    return end;
  }
  return 0;
}

/// Work musical units and time codes out to seconds.
static void
settle(CsParse *p, size_t i)
{
  CsTime *time = &p->items[i].time;
  // "eight bars of 3/4" have a meter of their own.
  const CsItem *own = cs_at(p, i + 1)->kind == CS_ITEM_METER ? cs_at(p, i + 1)
                                                             : cs_at(p, i + 2);
  if (time->a.unit == CS_UNIT_BAR && own->kind == CS_ITEM_METER &&
      own->clause == p->items[i].clause && (p->brief->said & CS_SAID_METER)) {
    const double scale =
        cs_meter_quarters(own->meter) / cs_meter_quarters(p->brief->meter);
    time->a.at *= scale;
    time->b.at *= scale;
  }
  cs_place_settle(p, &time->a);
  cs_place_settle(p, &time->b);
}

/// Times counted in time code begin at the cue's in point.
static void
count_from_in(CsParse *p)
{
  size_t n = 0;
  for (size_t i = 0; i < p->n; i++)
    if (p->items[i].kind == CS_ITEM_TIME && p->items[i].time.is_timecode) {
      const CsTime *time = &p->items[i].time;
      if (n++ == 0 && time->form == CS_TIME_SPAN)
        p->timecode_in = time->a.at;
      else if (p->timecode_in >= 0.0)
        p->items[i].time.a.at -= p->timecode_in;
    }
}

CsStatus
cs_read_times(CsParse *p)
{
  cs_share_units(p);
  cs_read_amounts(p);
  size_t n = 0;
  for (size_t i = 0; i < p->n;) {
    CsTime time      = {0};
    const size_t end = read_time(p, i, &time);
    if (end > i)
      cs_replace_by_time(p, &n, i, end, &time);
    else
      p->items[n++] = p->items[i];
    i = end > i ? end : i + 1;
  }
  p->n = n;
  cs_join_moments(p);
  for (size_t i = 0; i < p->n; i++)
    if (p->items[i].kind == CS_ITEM_TIME)
      settle(p, i);
  count_from_in(p);
  return CS_OK;
}
