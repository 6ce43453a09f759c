/// Amounts of time, and times with their prepositions.
///
/// Two passes over the row of items, each a list of productions that are tried
/// in order at every place; the longest reading stands first. README.md shows
/// them as a grammar.
#include "grammar/phrases.h"

#include <string.h>

// ---- Looking at items -------------------------------------------------------

static const CsItem *
at(const CsParse *p, size_t i)
{
  return cs_item_at(p, i, 0);
}

static bool
is(const CsParse *p, size_t i, CsMarker marker)
{
  return cs_item_is(at(p, i), marker);
}

static bool
is_free_number(const CsParse *p, size_t i)
{
  return at(p, i)->kind == CS_ITEM_NUMBER && !(at(p, i)->flags & CS_FLAG_USED);
}

/// Over "the", "a", "about", "exactly".
static size_t
skip(const CsParse *p, size_t i)
{
  while (is(p, i, CS_MARK_SOME) || is(p, i, CS_MARK_ABOUT) ||
         is(p, i, CS_MARK_BIG))
    i++;
  return i;
}

// ---- Amounts ----------------------------------------------------------------

static const double unit_seconds[CS_N_UNITS] = {
    [CS_UNIT_SECOND] = 1.0,
    [CS_UNIT_MINUTE] = 60.0,
    [CS_UNIT_HOUR]   = 3600.0,
    [CS_UNIT_MS]     = 0.001,
    [CS_UNIT_DAY]    = 86400.0,
    [CS_UNIT_BEAT]   = 1.0,
    [CS_UNIT_BAR]    = 1.0,
};

/// "beat" is drums elsewhere, and a unit where beats are counted.
static bool
is_beat(const CsParse *p, const CsItem *item)
{
  const size_t n = item->end - item->begin;
  return (n == 4 || n == 5) &&
         strncmp(p->normal.text + item->begin, "beats", n) == 0;
}

/// "second" is a unit after a number and an ordinal elsewhere.
static bool
unit_at(const CsParse *p, size_t i, bool counted, CsUnit *unit)
{
  const CsItem *item = at(p, i);
  if (item->kind != CS_ITEM_ENTRY)
    return false;
  if (cs_item_is(item, CS_MARK_SECOND)) {
    *unit = CS_UNIT_SECOND;
    return counted;
  }
  if (counted && is_beat(p, item)) {
    *unit = CS_UNIT_BEAT;
    return true;
  }
  if (counted && cs_item_is(item, CS_MARK_FRAMES)) {
    *unit = CS_UNIT_FRAME;
    return true;
  }
  // "40 seconds total", which is a heading in "seconds_total: 40".
  if (counted && cs_item_is(item, CS_MARK_LENGTH) &&
      strncmp(p->normal.text + item->begin, "seconds", 7) == 0) {
    *unit = CS_UNIT_SECOND;
    return true;
  }
  *unit = item->entry->unit;
  return item->entry->class_of == CS_CLASS_UNIT && *unit != CS_UNIT_BPM;
}

static bool
is_musical(CsUnit unit)
{
  return unit == CS_UNIT_BAR || unit == CS_UNIT_BEAT;
}

static CsTime
amount(const CsParse *p, double n, CsUnit unit)
{
  const double scale =
      unit == CS_UNIT_FRAME ? 1.0 / p->rate : unit_seconds[unit];
  return (CsTime){.form = CS_TIME_LENGTH,
      .a                = n * scale,
      .unit             = is_musical(unit) ? unit : CS_UNIT_SECOND};
}

/// "and a half", "and a quarter", "and three quarters" of the unit before.
static size_t
read_fraction(const CsParse *p, size_t i, CsUnit unit, CsTime *time)
{
  const bool some    = is(p, i + 1, CS_MARK_SOME);
  const bool half    = some && is(p, i + 2, CS_MARK_HALF);
  const bool counted = is_free_number(p, i + 1) && at(p, i + 1)->number < 4.0;
  if (!is(p, i, CS_MARK_AND) || is_musical(unit) || unit == CS_UNIT_FRAME ||
      !(half || ((some || counted) && is(p, i + 2, CS_MARK_QUARTER))))
    return i;
  const double share = half ? 0.5 : counted ? at(p, i + 1)->number / 4.0 : 0.25;
  time->a += share * unit_seconds[unit];
  return i + 3;
}

/// More of the same amount: "2 min 30", "1 min 5 s", "a minute ten".
static size_t
read_rest(const CsParse *p, size_t i, CsUnit bigger, CsTime *time)
{
  CsUnit unit           = CS_UNIT_SECOND;
  const size_t fraction = read_fraction(p, i, bigger, time);
  if (fraction > i)
    return fraction;
  if (is_musical(bigger) || bigger == CS_UNIT_SECOND || bigger == CS_UNIT_MS)
    return i;
  size_t n = i;
  if (is(p, n, CS_MARK_AND))
    n++;
  if (!is_free_number(p, n) || at(p, n)->clause != at(p, i - 1)->clause)
    return i;
  if (unit_at(p, n + 1, true, &unit) && unit_seconds[unit] > 0.0) {
    if (is_musical(unit) || unit_seconds[unit] >= unit_seconds[bigger])
      return i;
    time->a += at(p, n)->number * unit_seconds[unit];
    return read_rest(p, n + 2, unit, time);
  }
  const bool is_seconds = bigger == CS_UNIT_MINUTE || bigger == CS_UNIT_HOUR;
  if (n != i || !is_seconds || at(p, n)->number >= 60.0 ||
      cs_item_is_unit(at(p, n + 1), CS_UNIT_BPM))
    return i;
  time->a += at(p, n)->number * unit_seconds[bigger] / 60.0;
  return n + 1;
}

/// NUMBER unit
static size_t
read_counted(const CsParse *p, size_t i, CsTime *time)
{
  CsUnit unit = CS_UNIT_SECOND;
  if (!is_free_number(p, i) || !unit_at(p, i + 1, true, &unit))
    return i;
  *time = amount(p, at(p, i)->number, unit);
  return read_rest(p, i + 2, unit, time);
}

/// "a minute", "a minute and a half", "half a minute", "quarter of a minute"
static size_t
read_worded(const CsParse *p, size_t i, CsTime *time)
{
  CsUnit unit      = CS_UNIT_SECOND;
  const bool half  = is(p, i, CS_MARK_HALF);
  const bool share = half || is(p, i, CS_MARK_QUARTER);
  size_t n         = share ? skip(p, i + 1) : i;
  if (!share && !is(p, i, CS_MARK_SOME))
    return i;
  n = skip(p, n);
  // "the second half" holds an ordinal, "a second" an amount.
  if (is(p, n, CS_MARK_SECOND) && !share &&
      p->normal.text[at(p, i)->begin] == 't')
    return i;
  if (!unit_at(p, n, true, &unit) || is_musical(unit) || unit == CS_UNIT_FRAME)
    return i;
  *time = amount(p, half ? 0.5 : share ? 0.25 : 1.0, unit);
  n++;
  if (share)
    return n;
  return read_rest(p, n, unit, time);
}

/// "the first minute ten", "the last minute": no number stands before the unit.
static size_t
read_single(const CsParse *p, size_t i, CsTime *time)
{
  CsUnit unit = CS_UNIT_SECOND;
  const bool ordinal =
      is(p, i - 1, CS_MARK_LAST) || is(p, i - 1, CS_MARK_FIRST);
  const bool halved = is(p, i + 1, CS_MARK_AND) && is(p, i + 2, CS_MARK_SOME) &&
                      is(p, i + 3, CS_MARK_HALF);
  const bool counts = ordinal || halved || is(p, i - 1, CS_MARK_FOR);
  if (!counts || !unit_at(p, i, ordinal, &unit))
    return i;
  *time = amount(p, halved ? 1.5 : 1.0, unit);
  if (halved)
    return i + 4;
  return read_rest(p, i + 1, unit, time);
}

/// "bars 9-16", "bar 25": counted from 1, the last one whole.
static size_t
read_bars(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_item_is_unit(at(p, i), CS_UNIT_BAR) || !is_free_number(p, i + 1))
    return i;
  const double first = at(p, i + 1)->number - 1.0;
  const bool glued =
      is_free_number(p, i + 2) && (at(p, i + 2)->flags & CS_FLAG_GLUED);
  const bool linked = is(p, i + 2, CS_MARK_TO) && is_free_number(p, i + 3);
  const size_t end  = glued ? i + 2 : i + 3;
  *time = (CsTime){.form = glued || linked ? CS_TIME_SPAN : CS_TIME_MOMENT,
      .a                 = first,
      .b                 = glued || linked ? at(p, end)->number : first + 1.0,
      .unit              = CS_UNIT_BAR,
      .is_clock          = true};
  return glued || linked ? end + 1 : i + 2;
}

/// "frame 200"
static size_t
read_frame(const CsParse *p, size_t i, CsTime *time)
{
  const bool named =
      cs_item_is_unit(at(p, i), CS_UNIT_FRAME) || is(p, i, CS_MARK_FRAMES);
  if (!named || !is_free_number(p, i + 1) ||
      at(p, i + 1)->clause != at(p, i)->clause)
    return i;
  *time          = amount(p, at(p, i + 1)->number, CS_UNIT_FRAME);
  time->is_clock = true;
  return i + 2;
}

/// Where the prompt counts in frames a bare number is a frame.
static size_t
read_frames(const CsParse *p, size_t i, bool in_frames, CsTime *time)
{
  if (!in_frames || !is_free_number(p, i))
    return i;
  *time          = amount(p, at(p, i)->number, CS_UNIT_FRAME);
  time->is_clock = true;
  return i + 1;
}

static size_t
read_written(const CsParse *p, size_t i, CsTime *time)
{
  if (at(p, i)->kind != CS_ITEM_TIME)
    return i;
  *time = at(p, i)->time;
  if (time->is_timecode)
    time->a += at(p, i)->number / p->rate;
  return i + 1;
}

/// "25-30 s", "0-6 s": the first number borrows the unit of the second.
static size_t
read_borrowed(const CsParse *p, size_t i, CsTime *time)
{
  CsTime last;
  const bool glued = at(p, i + 1)->flags & CS_FLAG_GLUED;
  const size_t gap = glued ? 1 : 2;
  const bool links = glued || is(p, i + 1, CS_MARK_TO) ||
                     is(p, i + 1, CS_MARK_AND) ||
                     cs_item_is_mark(at(p, i + 1), "-");
  if (!is_free_number(p, i) || !links)
    return i;
  const size_t end = read_counted(p, i + gap, &last);
  if (end == i + gap)
    return i;
  CsUnit unit = CS_UNIT_SECOND;
  (void)unit_at(p, i + gap + 1, true, &unit);
  *time               = amount(p, at(p, i)->number, unit);
  time->b             = last.a;
  const bool is_place = cs_item_is_mark(at(p, i - 1), "(") ||
                        cs_item_is(at(p, i - 1), CS_MARK_FROM) ||
                        at(p, i)->number <= 0.0;
  time->form = i > 0 && is_place ? CS_TIME_SPAN : CS_TIME_RANGE;
  return end;
}

static size_t
read_amount(const CsParse *p, size_t i, bool in_frames, CsTime *time)
{
  size_t end = read_written(p, i, time);
  if (end == i)
    end = read_borrowed(p, i, time);
  if (end == i)
    end = read_counted(p, i, time);
  if (end == i)
    end = read_worded(p, i, time);
  if (end == i && i > 0)
    end = read_single(p, i, time);
  if (end == i)
    end = read_bars(p, i, time);
  if (end == i)
    end = read_frame(p, i, time);
  if (end == i)
    end = read_frames(p, i, in_frames, time);
  return end;
}

/// Put one item in the place of first..last-1.
static void
replace(CsParse *p, size_t *n, size_t first, size_t last, const CsTime *time)
{
  const unsigned kept = CS_FLAG_GLUED | CS_FLAG_SPACE | CS_FLAG_MISSPELT;
  CsItem item         = p->items[first];
  item.end            = p->items[last - 1].end;
  item.kind           = CS_ITEM_TIME;
  item.time           = *time;
  item.entry          = NULL;
  item.flags &= kept;
  for (size_t i = first; i < last; i++)
    if (is(p, i, CS_MARK_ABOUT))
      item.flags |= CS_FLAG_HEDGED;
  p->items[(*n)++] = item;
}

// ---- Lists of moments -------------------------------------------------------

enum { MAX_LIST = 32 };

typedef struct List {
  size_t at[MAX_LIST];
  size_t n;
  bool closed; ///< "and" before the last one.
  size_t end;  ///< Behind the last one.
} List;

/// Over ",", "and" or ", and" to the next of a list. @return 0: it ends here.
static size_t
next_in_list(const CsParse *p, size_t i, bool *closed)
{
  const bool comma = cs_item_is_mark(at(p, i), ",");
  const size_t n   = comma ? i + 1 : i;
  const bool joins = is(p, n, CS_MARK_AND);
  *closed |= joins;
  if (!comma && !joins)
    return 0;
  return skip(p, joins ? n + 1 : n);
}

typedef bool Member(const CsParse *p, size_t i);

static List
read_list(const CsParse *p, size_t i, Member *is_member)
{
  List list = {0};
  while (list.n < MAX_LIST && i < p->n && is_member(p, i)) {
    list.at[list.n++] = i;
    list.end          = i + 1;
    const bool closed = list.closed;
    const size_t next = next_in_list(p, i + 1, &list.closed);
    // Behind the "and" only another "and" goes on.
    if (next == 0 || (closed && cs_item_is_mark(at(p, i + 1), ",")))
      break;
    i = next;
  }
  return list;
}

/// "at 10, 20 and 30 s", "bars 5, 9 and 13": all but one number of a list have
/// no unit of their own.
static void
share_unit(CsParse *p, size_t i)
{
  CsUnit unit     = CS_UNIT_BAR;
  const bool bars = cs_item_is_unit(at(p, i), CS_UNIT_BAR);
  const bool leads =
      is(p, i, CS_MARK_AT) || is(p, i, CS_MARK_BY) || is(p, i, CS_MARK_AFTER);
  const size_t first = skip(p, i + 1);
  if (!bars && !leads)
    return;
  const List list = read_list(p, first, is_free_number);
  if (list.n < 2 || (!list.closed && list.n < 3))
    return;
  if (!bars && (!unit_at(p, list.end, true, &unit) || unit == CS_UNIT_FRAME))
    return;
  const size_t n = bars ? list.n : list.n - 1;
  for (size_t k = 0; k < n; k++) {
    CsItem *item = &p->items[list.at[k]];
    if (bars && k == 0) // the word before reads its own number
      continue;
    item->time = amount(p, item->number - (bars ? 1.0 : 0.0), unit);
    item->kind = CS_ITEM_TIME;
  }
}

static bool
is_length(const CsParse *p, size_t i)
{
  return at(p, i)->kind == CS_ITEM_TIME &&
         at(p, i)->time.form == CS_TIME_LENGTH;
}

static bool
is_later(const CsParse *p, const List *list)
{
  for (size_t k = 1; k < list->n; k++)
    if (at(p, list->at[k])->time.a <= at(p, list->at[k - 1])->time.a ||
        at(p, list->at[k])->time.unit != at(p, list->at[0])->time.unit)
      return false;
  return true;
}

/// "at 0:15 and 0:30": what goes on from a moment is a moment of the same
/// change, so that it stands in the same clause.
static void
join_moments(CsParse *p, size_t i)
{
  bool closed = false;
  if (p->items[i].kind != CS_ITEM_TIME ||
      p->items[i].time.form != CS_TIME_MOMENT ||
      p->items[i].time.anchor != CS_ANCHOR_START)
    return;
  const size_t next = next_in_list(p, i + 1, &closed);
  if (next == 0 || next >= p->n)
    return;
  List list = read_list(p, next, is_length);
  if (closed) // "at 0:15 and 0:30, 45 s"
    list = (List){.at = {next}, .n = 1, .end = next + 1};
  closed |= list.closed;
  if (list.n == 0 || (!closed && list.n < 2) || !is_later(p, &list) ||
      p->items[next].time.a <= p->items[i].time.a)
    return;
  for (size_t k = 0; k < list.n; k++)
    p->items[list.at[k]].time.form = CS_TIME_MOMENT;
  for (size_t k = i + 1; k < list.end; k++)
    p->items[k].clause = p->items[i].clause;
}

typedef size_t Production(const CsParse *p, size_t i, CsTime *time);

static void
read_amounts(CsParse *p, bool in_frames)
{
  size_t n = 0;
  for (size_t i = 0; i < p->n;) {
    CsTime time      = {0};
    const size_t end = read_amount(p, i, in_frames, &time);
    if (end > i)
      replace(p, &n, i, end, &time);
    else
      p->items[n++] = p->items[i];
    i = end > i ? end : i + 1;
  }
  p->n = n;
}

// ---- Times ------------------------------------------------------------------

static bool
is_amount(const CsParse *p, size_t i)
{
  return at(p, i)->kind == CS_ITEM_TIME &&
         at(p, i)->time.form == CS_TIME_LENGTH;
}

/// A place in time: an amount, the start, the middle, the end.
static size_t
read_place(const CsParse *p, size_t i, CsTime *time)
{
  i = skip(p, i);
  if (is_amount(p, i)) {
    *time = at(p, i)->time;
    return i + 1;
  }
  if (at(p, i)->kind == CS_ITEM_TIME && at(p, i)->time.form == CS_TIME_MOMENT) {
    *time = at(p, i)->time;
    return i + 1;
  }
  *time = (CsTime){.form = CS_TIME_LENGTH};
  if (is(p, i, CS_MARK_START))
    return i + 1;
  if (is(p, i, CS_MARK_HALFWAY)) {
    time->a      = 0.5;
    time->anchor = CS_ANCHOR_SHARE;
    return i + 1;
  }
  if (is(p, i, CS_MARK_END)) {
    time->anchor = CS_ANCHOR_END;
    time->to_end = true;
    return i + 1;
  }
  return 0;
}

/// "from 0:10 too 0:40"
static bool
is_too(const CsParse *p, size_t i)
{
  const CsItem *item = at(p, i);
  return is(p, i, CS_MARK_NOT) && item->end == item->begin + 3 &&
         memcmp(p->normal.text + item->begin, "too", 3) == 0;
}

/// from PLACE to PLACE | PLACE - PLACE | between PLACE and PLACE
static size_t
span_of_places(const CsParse *p, size_t i, CsTime *time)
{
  CsTime last;
  const bool from    = is(p, i, CS_MARK_FROM);
  const bool between = is(p, i, CS_MARK_BETWEEN);
  const size_t first = from || between ? i + 1 : i;
  if (!from && !between && !is_amount(p, i))
    return 0;
  size_t n = read_place(p, first, time);
  if (n == 0)
    return 0;
  const bool glued = at(p, n)->flags & CS_FLAG_GLUED;
  const bool links = glued || is(p, n, CS_MARK_TO) || is(p, n, CS_MARK_UNTIL) ||
                     is_too(p, n) || cs_item_is_mark(at(p, n), "-") ||
                     (between && is(p, n, CS_MARK_AND));
  if (!links)
    return 0;
  const size_t end = read_place(p, glued ? n : n + 1, &last);
  if (end == 0 || (!last.to_end && last.unit != time->unit) || time->to_end)
    return 0;
  if (last.anchor == CS_ANCHOR_SHARE && time->anchor != CS_ANCHOR_SHARE)
    return 0;
  time->b      = last.a;
  time->to_end = last.to_end;
  time->is_timecode &= last.is_timecode;
  const bool is_place = from || time->is_clock || last.is_clock;
  time->form          = between || !is_place ? CS_TIME_RANGE : CS_TIME_SPAN;
  return end;
}

/// the last 20 s | the final bar
static size_t
span_at_end(const CsParse *p, size_t i, CsTime *time)
{
  if (!is(p, i, CS_MARK_LAST))
    return 0;
  const size_t n = skip(p, i + 1);
  if (!is_amount(p, n))
    return 0;
  *time        = at(p, n)->time;
  time->form   = CS_TIME_SPAN;
  time->anchor = CS_ANCHOR_END;
  time->b      = 0.0;
  return n + 1;
}

/// the first 10 s
static size_t
span_at_start(const CsParse *p, size_t i, CsTime *time)
{
  if (!is(p, i, CS_MARK_FIRST) || !is_amount(p, i + 1))
    return 0;
  *time      = at(p, i + 1)->time;
  time->form = CS_TIME_SPAN;
  time->b    = time->a;
  time->a    = 0.0;
  return i + 2;
}

static double
ordinal_at(const CsParse *p, size_t i, double parts)
{
  static const CsMarker ordinals[] = {
      CS_MARK_FIRST, CS_MARK_SECOND, CS_MARK_THIRD, CS_MARK_FOURTH};
  for (size_t k = 0; k < sizeof ordinals / sizeof *ordinals; k++)
    if (is(p, i, ordinals[k]))
      return (double)k;
  return is(p, i, CS_MARK_LAST) ? parts - 1.0 : -1.0;
}

/// the second half | the third quarter | hold the last (quarter)
static size_t
span_of_share(const CsParse *p, size_t i, CsTime *time)
{
  double parts = 0.0;
  if (is(p, i + 1, CS_MARK_HALF))
    parts = 2.0;
  else if (is(p, i + 1, CS_MARK_THIRD) || is(p, i + 1, CS_MARK_THIRDS))
    parts = 3.0;
  else if (is(p, i + 1, CS_MARK_QUARTER))
    parts = 4.0;
  const double k = parts > 0.0 ? ordinal_at(p, i, parts) : -1.0;
  if (k < 0.0 || k >= parts)
    return 0;
  *time = (CsTime){.form = CS_TIME_SPAN,
      .a                 = k / parts,
      .b                 = (k + 1.0) / parts,
      .anchor            = CS_ANCHOR_SHARE};
  return i + 2;
}

/// two thirds in | three quarters through
static size_t
moment_of_share(const CsParse *p, size_t i, CsTime *time)
{
  const bool thirds   = is(p, i + 1, CS_MARK_THIRDS);
  const bool quarters = is(p, i + 1, CS_MARK_QUARTER);
  const double parts  = thirds ? 3.0 : 4.0;
  if (!is_free_number(p, i) || (!thirds && !quarters) ||
      at(p, i)->number >= parts)
    return 0;
  *time         = (CsTime){.form = CS_TIME_MOMENT,
              .a                 = at(p, i)->number / parts,
              .anchor            = CS_ANCHOR_SHARE};
  const bool in = is(p, i + 2, CS_MARK_IN) || is(p, i + 2, CS_MARK_OVER);
  return in ? i + 3 : i + 2;
}

/// 5 s before the end | with 15 s left | 15 s from the end
static size_t
moment_from_end(const CsParse *p, size_t i, CsTime *time)
{
  const size_t n = is(p, i, CS_MARK_WITH) ? skip(p, i + 1) : i;
  if (!is_amount(p, n))
    return 0;
  const bool before =
      is(p, n + 1, CS_MARK_BEFORE) || is(p, n + 1, CS_MARK_FROM);
  const size_t end  = skip(p, n + 2);
  const bool to_end = before && is(p, end, CS_MARK_END);
  const bool left   = is(p, n + 1, CS_MARK_LEFT);
  if (!to_end && !left)
    return 0;
  *time        = at(p, n)->time;
  time->form   = CS_TIME_MOMENT;
  time->anchor = CS_ANCHOR_END;
  return to_end ? end + 1 : n + 2;
}

/// until 1:55 | to the end | through to 0:40
static size_t
until_place(const CsParse *p, size_t i, CsTime *time)
{
  const bool until = is(p, i, CS_MARK_UNTIL);
  if (!until && !is(p, i, CS_MARK_TO))
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
  if (!is(p, i, CS_MARK_FROM))
    return 0;
  const size_t end = read_place(p, i + 1, time);
  if (end == 0)
    return 0;
  time->form = CS_TIME_FROM;
  return is(p, end, CS_MARK_THROUGHOUT) ? end + 1 : end;
}

/// at 0:45 | by 1:00 | after one minute | at the very end | halfway | 18 s in
static size_t
moment_at(const CsParse *p, size_t i, CsTime *time)
{
  static const CsMarker leads[] = {CS_MARK_AT, CS_MARK_BY, CS_MARK_AFTER};
  bool leads_here               = is(p, i, CS_MARK_IN);
  for (size_t k = 0; k < sizeof leads / sizeof *leads; k++)
    leads_here |= is(p, i, leads[k]);
  const size_t end = read_place(p, leads_here ? i + 1 : i, time);
  if (end == 0)
    return 0;
  const bool in = is(p, end, CS_MARK_IN) && is_amount(p, end - 1) &&
                  !is_amount(p, skip(p, end + 1));
  const bool is_word = !is_amount(p, end - 1);
  const bool moment  = at(p, end - 1)->kind == CS_ITEM_TIME &&
                      at(p, end - 1)->time.form == CS_TIME_MOMENT;
  if (is(p, i, CS_MARK_IN) && !is_word)
    return 0;
  if (!leads_here && !in && !moment &&
      !(is_word && time->anchor == CS_ANCHOR_SHARE))
    return 0;
  time->form = CS_TIME_MOMENT;
  return in ? end + 1 : end;
}

/// every 15 s | every 8 bars
static size_t
every_amount(const CsParse *p, size_t i, CsTime *time)
{
  if (!is(p, i, CS_MARK_EVERY) || !is_amount(p, i + 1))
    return 0;
  *time      = at(p, i + 1)->time;
  time->form = CS_TIME_EVERY;
  return i + 2;
}

/// for three seconds | over 4 s | for a beat
static size_t
for_amount(const CsParse *p, size_t i, CsTime *time)
{
  const bool loose = is(p, i, CS_MARK_IN);
  if (!loose && !is(p, i, CS_MARK_FOR) && !is(p, i, CS_MARK_OVER))
    return 0;
  size_t n = skip(p, i + 1);
  CsUnit unit;
  if (n > i + 1 && unit_at(p, n, true, &unit) && is_musical(unit)) {
    *time      = amount(p, 1.0, unit);
    time->form = CS_TIME_FOR;
    return n + 1;
  }
  if (is(p, n, CS_MARK_LAST) || is(p, n, CS_MARK_FIRST))
    return 0;
  if (!is_amount(p, n) || (loose && at(p, n)->time.is_clock))
    return 0;
  *time      = at(p, n)->time;
  time->form = CS_TIME_FOR;
  return n + 1;
}

/// T+30 s | +0:35
static size_t
moment_plus(const CsParse *p, size_t i, CsTime *time)
{
  const bool has_t = at(p, i)->kind == CS_ITEM_WORD &&
                     p->normal.text[at(p, i)->begin] == 't' &&
                     at(p, i)->end == at(p, i)->begin + 1;
  const size_t plus = has_t ? i + 1 : i;
  if (!cs_item_is_mark(at(p, plus), "+"))
    return 0;
  if (is_amount(p, plus + 1)) {
    *time          = at(p, plus + 1)->time;
    time->form     = CS_TIME_MOMENT;
    time->is_clock = true;
    return plus + 2;
  }
  if (has_t && is_free_number(p, plus + 1)) {
    *time = (CsTime){
        .form = CS_TIME_MOMENT, .a = at(p, plus + 1)->number, .is_clock = true};
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
  return is(p, i, CS_MARK_IN) || is(p, i, CS_MARK_OVER) ||
         is(p, i, CS_MARK_FOR) || is(p, i, CS_MARK_AT) ||
         is(p, i, CS_MARK_FROM) || is(p, i, CS_MARK_WITH) ||
         is(p, i, CS_MARK_UNTIL);
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
  const size_t n = skip(p, i + 1);
  if (leads_span(p, i) &&
      (is(p, n, CS_MARK_LAST) || is(p, n, CS_MARK_FIRST) ||
          is(p, n, CS_MARK_SECOND) || is(p, n, CS_MARK_THIRD) || n > i)) {
    const bool until = is(p, i, CS_MARK_UNTIL), from = is(p, i, CS_MARK_FROM);
    size_t end = span_at_end(p, n, time);
    end        = end > 0 ? end : span_at_start(p, n, time);
    end        = end > 0 ? end : span_of_share(p, n, time);
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
  const CsItem *own =
      at(p, i + 1)->kind == CS_ITEM_METER ? at(p, i + 1) : at(p, i + 2);
  if (time->unit == CS_UNIT_BAR && own->kind == CS_ITEM_METER &&
      own->clause == p->items[i].clause && (p->brief->said & CS_SAID_METER)) {
    const double scale =
        cs_meter_quarters(own->meter) / cs_meter_quarters(p->brief->meter);
    time->a *= scale;
    time->b *= scale;
  }
  time->a = cs_time_seconds(p, time, time->a);
  time->b = cs_time_seconds(p, time, time->b);
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
        p->timecode_in = time->a;
      else if (p->timecode_in >= 0.0)
        p->items[i].time.a -= p->timecode_in;
    }
}

static bool
counts_in_frames(CsParse *p)
{
  bool frames = false;
  for (size_t i = 0; i < p->n; i++) {
    frames |=
        cs_item_is(&p->items[i], CS_MARK_FRAMES) &&
        (is_free_number(p, i + 1) || cs_item_is_mark(at(p, i + 1), ":(["));
    if (p->items[i].kind == CS_ITEM_RATE)
      p->rate = p->items[i].number;
  }
  return frames;
}

CsStatus
cs_read_times(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++)
    share_unit(p, i);
  read_amounts(p, counts_in_frames(p));
  size_t n = 0;
  for (size_t i = 0; i < p->n;) {
    CsTime time      = {0};
    const size_t end = read_time(p, i, &time);
    if (end > i)
      replace(p, &n, i, end, &time);
    else
      p->items[n++] = p->items[i];
    i = end > i ? end : i + 1;
  }
  p->n = n;
  for (size_t i = 0; i < p->n; i++)
    join_moments(p, i);
  for (size_t i = 0; i < p->n; i++)
    if (p->items[i].kind == CS_ITEM_TIME)
      settle(p, i);
  count_from_in(p);
  return CS_OK;
}
