/// Lists of times, of which one unit or one preposition speaks for all.
#include "grammar/times.h"

#include <math.h>
#include <string.h>

enum { MAX_LIST = 256 };

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
  const bool comma = cs_item_is_mark(cs_at(p, i), ",");
  const size_t n   = comma ? i + 1 : i;
  const bool joins = cs_at_is(p, n, CS_MARK_AND);
  *closed |= joins;
  if (!comma && !joins)
    return 0;
  return cs_skip_some(p, joins ? n + 1 : n);
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
    if (next == 0 || (closed && cs_item_is_mark(cs_at(p, i + 1), ",")))
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
  CsUnit unit      = CS_UNIT_BAR;
  const bool bars  = cs_item_is_unit(cs_at(p, i), CS_UNIT_BAR);
  const bool leads = cs_at_is(p, i, CS_MARK_AT) || cs_at_is(p, i, CS_MARK_BY) ||
                     cs_at_is(p, i, CS_MARK_AFTER);
  const size_t first = cs_skip_some(p, i + 1);
  if (!bars && !leads)
    return;
  const List list = read_list(p, first, cs_at_is_number);
  if (list.n < 2 || (!list.closed && list.n < 3))
    return;
  if (!bars && (!cs_unit_at(p, list.end, true, &unit) || unit == CS_UNIT_FRAME))
    return;
  const size_t n = bars ? list.n : list.n - 1;
  for (size_t k = 0; k < n; k++) {
    CsItem *item = &p->items[list.at[k]];
    if (bars && k == 0) // the word before reads its own number
      continue;
    item->time = cs_amount_of(p, item->number - (bars ? 1.0 : 0.0), unit);
    item->kind = CS_ITEM_TIME;
  }
}

enum { MAX_UNIT_DISTANCE = 64 };

/// The unit that was said last before item i.
static bool
last_unit(const CsParse *p, size_t i, CsUnit *unit)
{
  for (size_t k = i; k-- > 1 && i - k < MAX_UNIT_DISTANCE;)
    if (cs_unit_at(p, k, cs_at(p, k - 1)->kind == CS_ITEM_NUMBER, unit))
      return true;
  return false;
}

/// "bass at six seconds, claps at twelve": who comes or what happens after what
/// was said with a unit in the same sentence.
static bool
is_next_moment(const CsParse *p, size_t i)
{
  const CsItem *who = cs_at(p, i - 2);
  CsUnit unit       = CS_UNIT_SECOND;
  if (i < 3 || !cs_at_is(p, i - 1, CS_MARK_AT) ||
      !(cs_item_is_class(who, CS_CLASS_INSTRUMENT) ||
          cs_item_is_class(who, CS_CLASS_CHANGE)))
    return false;
  for (size_t k = i - 2; k-- > 2;) {
    if (cs_at(p, k)->sentence != cs_at(p, i)->sentence)
      return false;
    if (cs_at_is_number(p, k - 1) && cs_at_is(p, k - 2, CS_MARK_AT) &&
        cs_unit_at(p, k, true, &unit))
      return cs_at(p, k - 1)->number < cs_at(p, i)->number;
  }
  return false;
}

/// "over 2 s, and out over the last 5", "thirty seconds later ..., thirty
/// more": the number takes the unit that was said before.
static void
lend_unit(CsParse *p, size_t i)
{
  CsUnit unit = CS_UNIT_SECOND;
  const bool counts =
      cs_at_is(p, i - 1, CS_MARK_FIRST) || cs_at_is(p, i - 1, CS_MARK_LAST);
  const bool goes_on =
      cs_at_text(p, i - 1, "another") || cs_at_text(p, i + 1, "more") ||
      cs_at_is(p, i + 1, CS_MARK_LATER) || cs_at_text(p, i + 1, "after that");
  const bool follows = is_next_moment(p, i);
  const CsItem *next =
      cs_at(p, goes_on && !cs_at_text(p, i - 1, "another") ? i + 2 : i + 1);
  const bool ends = next->kind == CS_ITEM_MARK || next->clause < 0 ||
                    cs_item_is(next, CS_MARK_AND) || cs_item_is_then(next);
  if (!cs_at_is_number(p, i) || !(counts || goes_on || follows) ||
      !(ends || cs_at_is(p, i + 1, CS_MARK_LATER)) || !last_unit(p, i, &unit))
    return;
  p->items[i].time = cs_amount_of(p, cs_at(p, i)->number, unit);
  p->items[i].kind = CS_ITEM_TIME;
}

static bool
is_later(const CsParse *p, const List *list)
{
  for (size_t k = 1; k < list->n; k++)
    if (cs_at(p, list->at[k])->time.a.at <=
            cs_at(p, list->at[k - 1])->time.a.at ||
        cs_at(p, list->at[k])->time.a.unit !=
            cs_at(p, list->at[0])->time.a.unit ||
        cs_at(p, list->at[k])->time.a.anchor !=
            cs_at(p, list->at[0])->time.a.anchor)
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
      p->items[i].time.a.anchor == CS_ANCHOR_END)
    return;
  const size_t next = next_in_list(p, i + 1, &closed);
  if (next == 0 || next >= p->n)
    return;
  List list = read_list(p, next, cs_at_is_amount);
  if (closed) // "at 0:15 and 0:30, 45 s"
    list = (List){.at = {next}, .n = 1, .end = next + 1};
  closed |= list.closed;
  if (list.n == 0 || (!closed && list.n < 2) || !is_later(p, &list) ||
      p->items[next].time.a.anchor != p->items[i].time.a.anchor ||
      p->items[next].time.a.at <= p->items[i].time.a.at)
    return;
  for (size_t k = 0; k < list.n; k++)
    p->items[list.at[k]].time.form = CS_TIME_MOMENT;
  for (size_t k = i + 1; k < list.end; k++)
    p->items[k].clause = p->items[i].clause;
}

/// "15-40", without a unit.
static bool
is_bare_range(const CsParse *p, size_t i)
{
  return cs_at_is_number(p, i) && cs_at_is_number(p, i + 1) &&
         (cs_at(p, i + 1)->flags & CS_FLAG_GLUED) &&
         cs_at(p, i)->number < cs_at(p, i + 1)->number &&
         cs_at(p, i - 1)->kind != CS_ITEM_ENTRY;
}

/// Give a flag to the ranges of which each goes on `gap` behind the one before,
/// when there are enough of them.
static void
find_chain(CsParse *p, double start, double gap, size_t least, unsigned flag)
{
  size_t at[MAX_LIST], n = 0;
  double next = start;
  for (size_t i = 0; i < p->n && n < MAX_LIST; i++) {
    if (!is_bare_range(p, i) || fabs(p->items[i].number - next) > 1e-9)
      continue;
    at[n++] = i;
    next    = p->items[i + 1].number + gap;
  }
  for (size_t k = 0; k < n && n >= least; k++)
    p->items[at[k]].flags |= flag;
}

/// "0-15 sparse, 15-40 build, 40-60 full" counts seconds, "1-4 harp; 5-8 add
/// clarinet; 9-12 tutti" bars.
static void
find_chains(CsParse *p)
{
  find_chain(p, 0.0, 0.0, 2, CS_FLAG_SECONDS);
  find_chain(p, 1.0, 1.0, 3, CS_FLAG_BARS);
}

/// "bars 1-8 intro, 9-16 build": ranges that go on from bars count bars.
static void
find_bars(CsParse *p)
{
  double next = -1.0;
  for (size_t i = 0; i < p->n; i++) {
    if (cs_item_is_unit(cs_at(p, i), CS_UNIT_BAR) &&
        cs_at_is_number(p, i + 1) && cs_at_is_number(p, i + 2)) {
      next = cs_at(p, i + 2)->number + 1.0;
    } else if (is_bare_range(p, i) && fabs(p->items[i].number - next) < 1e-9) {
      p->items[i].flags |= CS_FLAG_BARS;
      next = p->items[i + 1].number + 1.0;
    }
  }
}

void
cs_share_units(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++)
    share_unit(p, i);
  for (size_t i = 1; i < p->n; i++)
    lend_unit(p, i);
  find_bars(p);
  if (!cs_counts_in_frames(p))
    find_chains(p);
}

void
cs_join_moments(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++)
    join_moments(p, i);
}

// ---- Tables -----------------------------------------------------------------

/// Do two items stand on one line of the prompt?
static bool
are_in_line(const CsParse *p, size_t a, size_t b)
{
  const size_t from = cs_at(p, a)->end, to = cs_at(p, b)->begin;
  return b < p->n && from <= to &&
         memchr(p->normal.text + from, '\n', to - from) == NULL;
}

/// "| 0:20 | drums enter |": the place in the cue that a cell holds alone.
static bool
is_time_cell(const CsParse *p, size_t i)
{
  const CsItem *item   = cs_at(p, i);
  const CsItem *before = cs_item_at(p, i, -1);
  const bool opens =
      cs_item_is_mark(before, "|") || before->sentence != item->sentence;
  return item->kind == CS_ITEM_TIME && opens &&
         (item->time.is_clock || item->time.form == CS_TIME_SPAN) &&
         cs_item_is_mark(cs_at(p, i + 1), "|") && are_in_line(p, i, i + 1);
}

/// The cell behind the mark at i, when something stands in it.
static bool
has_cell(const CsParse *p, size_t i)
{
  return i + 1 < p->n && !cs_item_is_mark(cs_at(p, i + 1), "|") &&
         cs_at(p, i + 1)->kind != CS_ITEM_TIME && are_in_line(p, i, i + 1);
}

/// Let the items of a sentence stand in that of the time before them; the first
/// of its clauses becomes the clause of the time.
static void
join_cell(CsParse *p, size_t time, size_t first)
{
  const int clause   = p->items[first].clause,
            sentence = p->items[first].sentence;
  for (size_t k = first; k < p->n && p->items[k].sentence == sentence; k++) {
    p->items[k].sentence = p->items[time].sentence;
    if (p->items[k].clause == clause)
      p->items[k].clause = p->items[time].clause;
  }
}

void
cs_join_cells(CsParse *p)
{
  size_t n = 0;
  for (size_t i = 0; i < p->n; i++)
    n += is_time_cell(p, i);
  if (n < 2) // "pads | 1:30 | loop" is a list
    return;
  for (size_t i = 0; i < p->n; i++)
    if (is_time_cell(p, i) && has_cell(p, i + 1))
      join_cell(p, i, i + 1);
}
