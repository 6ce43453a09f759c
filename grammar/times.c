/// Times with their prepositions.
///
/// A list of productions that are tried in order at every place; the longest
/// reading stands first. README.md shows them as a grammar.
#include "grammar/times.h"

#include <string.h>

typedef size_t Production(const CsParse *p, size_t i, CsTime *time);

/// "from 0:10 too 0:40"
static bool
is_too(const CsParse *p, size_t i)
{
  return cs_at_is(p, i, CS_MARK_NOT) && cs_at_text(p, i, "too");
}

/// Over what joins the ends of a span: to, until, -, ->; of a range: and.
static size_t
skip_link(const CsParse *p, size_t i, bool between)
{
  if (cs_at(p, i)->flags & CS_FLAG_GLUED)
    return i;
  if (cs_item_is_mark(cs_at(p, i), "-=") &&
      cs_item_is_mark(cs_at(p, i + 1), ">"))
    return i + 2;
  const bool links = cs_at_is(p, i, CS_MARK_TO) ||
                     cs_at_is(p, i, CS_MARK_UNTIL) || is_too(p, i) ||
                     cs_item_is_mark(cs_at(p, i), "-") ||
                     (between && cs_at_is(p, i, CS_MARK_AND));
  return links ? i + 1 : 0;
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
  const size_t n    = cs_read_place(p, first, time);
  const size_t link = n > 0 ? skip_link(p, n, between) : 0;
  const size_t end  = link > 0 ? cs_read_place(p, link, &last) : 0;
  if (end == 0 || cs_place_is_end(time->a))
    return 0;
  const bool places = time->is_clock || last.is_clock;
  const bool alike  = last.a.unit == time->a.unit &&
                     last.a.anchor == time->a.anchor &&
                     time->a.anchor == CS_ANCHOR_START;
  const bool shares =
      cs_at_is_share(p, first) && last.a.anchor == CS_ANCHOR_SHARE;
  const bool spans =
      from || (between && !alike) || ((places || shares) && !between);
  if (!alike && !spans)
    return 0;
  time->b    = last.a;
  time->form = spans ? CS_TIME_SPAN : CS_TIME_RANGE;
  time->is_timecode &= last.is_timecode;
  time->lasts = from || between;
  return end;
}

/// 5 s before the end | with 15 s left | 15 s from the end
static size_t
moment_from_end(const CsParse *p, size_t i, CsTime *time)
{
  const size_t n   = cs_at_is(p, i, CS_MARK_WITH) ? cs_skip_some(p, i + 1) : i;
  const size_t end = cs_read_from_end(p, n, time);
  time->form       = CS_TIME_MOMENT;
  return end;
}

/// in the last 20 s | over the second half | for the first two thirds
static size_t
span_led(const CsParse *p, size_t i, CsTime *time)
{
  static const CsMarker leads[] = {
      CS_MARK_IN, CS_MARK_OVER, CS_MARK_FOR, CS_MARK_AT, CS_MARK_WITH};
  bool leads_here = false;
  for (size_t k = 0; k < sizeof leads / sizeof *leads; k++)
    leads_here |= cs_at_is(p, i, leads[k]);
  if (!leads_here)
    return 0;
  const size_t end = cs_read_ordinal(p, cs_skip_some(p, i + 1), time);
  time->lasts      = cs_at_is(p, i, CS_MARK_FOR);
  return end;
}

/// after the first 20 s: where they end
static size_t
moment_after(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_at_is(p, i, CS_MARK_AFTER))
    return 0;
  const size_t end = cs_read_ordinal(p, cs_skip_some(p, i + 1), time);
  time->a          = time->b;
  time->form       = CS_TIME_MOMENT;
  return end;
}

/// until 1:55 | to the end | through to 0:40
static size_t
until_place(const CsParse *p, size_t i, CsTime *time)
{
  const bool until = cs_at_is(p, i, CS_MARK_UNTIL);
  if (!until && !cs_at_is(p, i, CS_MARK_TO))
    return 0;
  const size_t end = cs_read_place(p, i + 1, time);
  time->form       = CS_TIME_UNTIL;
  return end;
}

/// from 1:20 | from halfway
static size_t
from_place(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_at_is(p, i, CS_MARK_FROM))
    return 0;
  CsTime first     = {0};
  const size_t end = cs_read_place(p, i + 1, time);
  // "from the first bar" on is from its beginning.
  if (end > 0 && cs_read_ordinal(p, cs_skip_some(p, i + 1), &first) == end &&
      first.a.anchor == CS_ANCHOR_START && first.a.at <= 0.0)
    time->a = first.a;
  time->form = CS_TIME_FROM;
  return end > 0 && cs_at_is(p, end, CS_MARK_THROUGHOUT) ? end + 1 : end;
}

/// at 0:45 | by 1:00 | after one minute | at the very end | halfway | 18 s in
static size_t
moment_at(const CsParse *p, size_t i, CsTime *time)
{
  static const CsMarker leads[] = {CS_MARK_AT, CS_MARK_BY, CS_MARK_AFTER};
  bool leads_here               = cs_at_is(p, i, CS_MARK_IN);
  for (size_t k = 0; k < sizeof leads / sizeof *leads; k++)
    leads_here |= cs_at_is(p, i, leads[k]);
  const size_t end = cs_read_point(p, leads_here ? i + 1 : i, time);
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
      !cs_at_is(p, cs_skip_some(p, i), CS_MARK_HALFWAY))
    return 0;
  time->form      = CS_TIME_MOMENT;
  time->is_latest = cs_at_is(p, i, CS_MARK_BY);
  return in ? end + 1 : end;
}

/// every 15 s | every 8 bars
static size_t
every_amount(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_at_is(p, i, CS_MARK_EVERY) || !cs_at_is_amount(p, i + 1) ||
      cs_at_is_share(p, i + 1))
    return 0;
  *time      = cs_at(p, i + 1)->time;
  time->form = CS_TIME_EVERY;
  return i + 2;
}

/// 4 s | a beat | another 8 bars
static size_t
some_amount(const CsParse *p, size_t i, CsTime *time)
{
  CsUnit unit    = CS_UNIT_SECOND;
  const bool all = cs_at_is(p, i, CS_MARK_EVERYTHING); // "all 45 seconds"
  const size_t n = cs_skip_some(p, all ? i + 1 : i);
  if (cs_at_is_share(p, n))
    return 0;
  if (cs_at_is_amount(p, n)) {
    *time = cs_at(p, n)->time;
    return n + 1;
  }
  if (n == i || !cs_unit_at(p, n, true, &unit) || !cs_unit_is_musical(unit))
    return 0;
  *time = cs_amount_of(p, 1.0, unit);
  return n + 1;
}

/// for three seconds | over 4 s | for a beat
static size_t
for_amount(const CsParse *p, size_t i, CsTime *time)
{
  const bool loose = cs_at_is(p, i, CS_MARK_IN);
  if (!loose && !cs_at_is(p, i, CS_MARK_FOR) && !cs_at_is(p, i, CS_MARK_OVER))
    return 0;
  const size_t end = some_amount(p, i + 1, time);
  time->form       = CS_TIME_FOR;
  return loose && time->is_clock ? 0 : end;
}

/// 10 s later | two bars before that | after another 20 s | then after 8 bars
static size_t
moment_later(const CsParse *p, size_t i, CsTime *time)
{
  const bool after   = cs_at_is(p, i, CS_MARK_AFTER);
  const size_t first = after ? i + 1 : i;
  const size_t end   = some_amount(p, first, time);
  if (end == 0 || time->is_clock)
    return 0;
  const bool goes_on = after && (cs_at_text(p, first, "another") ||
                                    cs_at_is(p, i - 1, CS_MARK_THEN));
  const bool later =
      !after && (cs_at_is(p, end, CS_MARK_LATER) || cs_at_text(p, end, "more"));
  const bool earlier = !after && cs_at_is(p, end, CS_MARK_EARLIER);
  if (!goes_on && !later && !earlier)
    return 0;
  time->form = CS_TIME_LATER;
  time->a.at *= earlier ? -1.0 : 1.0;
  return goes_on ? end : end + 1;
}

/// four beats after the drop | 10 s before the strings come in
static size_t
moment_beside(const CsParse *p, size_t i, CsTime *time)
{
  const size_t end  = some_amount(p, i, time);
  const bool before = cs_item_is_before(p, cs_at(p, end));
  if (end == 0 || time->is_clock ||
      !(before || cs_at_is(p, end, CS_MARK_AFTER)))
    return 0;
  const CsItem *what = cs_at(p, cs_skip_some(p, end + 1));
  const bool change  = what->kind == CS_ITEM_ENTRY && what->entry->kind >= 0;
  if (!change && !cs_item_is_class(what, CS_CLASS_INSTRUMENT))
    return 0;
  time->form = CS_TIME_BESIDE;
  time->a.at *= before ? -1.0 : 1.0;
  return end + 1;
}

/// 20 s after the start | half a minute from the top
static size_t
moment_from_start(const CsParse *p, size_t i, CsTime *time)
{
  const size_t end = some_amount(p, i, time);
  if (end == 0 ||
      !(cs_at_is(p, end, CS_MARK_AFTER) || cs_at_is(p, end, CS_MARK_FROM)))
    return 0;
  const size_t start = cs_skip_some(p, end + 1);
  time->form         = CS_TIME_MOMENT;
  return cs_at_is(p, start, CS_MARK_START) ? start + 1 : 0;
}

/// 22 s onwards
static size_t
from_amount(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_at_is_amount(p, i) || cs_at_is_share(p, i) ||
      !cs_at_text(p, i + 1, "onwards"))
    return 0;
  *time      = cs_at(p, i)->time;
  time->form = CS_TIME_FROM;
  return i + 2;
}

/// T+30 s | +0:35
static size_t
moment_plus(const CsParse *p, size_t i, CsTime *time)
{
  const bool has_t = cs_at(p, i)->kind == CS_ITEM_WORD &&
                     p->normal.text[cs_at(p, i)->begin] == 't' &&
                     cs_at(p, i)->end == cs_at(p, i)->begin + 1;
  const size_t plus = has_t ? i + 1 : i;
  // "pads + 90 s" is a list.
  if (!cs_item_is_mark(cs_at(p, plus), "+") ||
      cs_at(p, plus)->end != cs_at(p, plus + 1)->begin)
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

static Production *const productions[] = {span_of_places, moment_later,
    moment_from_start, from_amount, moment_beside, moment_from_end,
    cs_read_ordinal, cs_read_share, moment_plus, until_place, from_place,
    span_led, moment_after, every_amount, for_amount, moment_at};

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

/// "16 bars of slow piano": bars have a length at one tempo only, so that of
/// the tempos that fit the words the one they are counted at is taken.
static void
pin_tempo(CsParse *p)
{
  double *bpm  = p->brief->tempo_bpm;
  bool counted = false;
  for (size_t i = 0; i < p->n; i++)
    counted |= p->items[i].kind == CS_ITEM_TIME &&
               (cs_unit_is_musical(p->items[i].time.a.unit) ||
                   cs_unit_is_musical(p->items[i].time.b.unit));
  if (!counted || !(p->brief->said & CS_SAID_TEMPO))
    return;
  bpm[0] = (bpm[0] + bpm[1]) / 2.0;
  bpm[1] = bpm[0];
}

/// Times counted in time code begin at the cue's in point.
static void
count_from_in(CsParse *p)
{
  size_t n = 0;
  for (size_t i = 0; i < p->n; i++)
    if (p->items[i].kind == CS_ITEM_TIME && p->items[i].time.is_timecode) {
      CsTime *time     = &p->items[i].time;
      const bool spans = time->form == CS_TIME_SPAN;
      if (n++ == 0 && spans && time->b.at > time->a.at) {
        p->timecode_in = time->a.at;
      } else if (p->timecode_in >= 0.0) {
        time->a.at -= p->timecode_in;
        time->b.at -= spans ? p->timecode_in : 0.0;
      }
    }
}

/// "100% organic": a share that nothing makes a place is no time.
static void
drop_shares(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++)
    if (cs_at_is_share(p, i)) {
      p->items[i].kind = CS_ITEM_NUMBER;
      p->items[i].flags |= CS_FLAG_USED;
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
  drop_shares(p);
  cs_join_cells(p);
  for (size_t i = 0; i < p->n; i++)
    if (p->items[i].kind == CS_ITEM_TIME)
      settle(p, i);
  pin_tempo(p);
  count_from_in(p);
  cs_chain_times(p);
  return CS_OK;
}
