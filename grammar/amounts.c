/// Amounts of time: numbers and units, clocks, bars, frames.
///
/// A list of productions that are tried in order at every place; the longest
/// reading stands first.
#include "grammar/times.h"

#include <string.h>

enum { MAX_SKIPPED = 8 };

// ---- Looking at items -------------------------------------------------------

const CsItem *
cs_at(const CsParse *p, size_t i)
{
  return cs_item_at(p, i, 0);
}

bool
cs_at_is(const CsParse *p, size_t i, CsMarker marker)
{
  return cs_item_is(cs_at(p, i), marker);
}

bool
cs_at_is_number(const CsParse *p, size_t i)
{
  return cs_at(p, i)->kind == CS_ITEM_NUMBER &&
         !(cs_at(p, i)->flags & CS_FLAG_USED);
}

size_t
cs_skip_some(const CsParse *p, size_t i)
{
  // More articles in a row are no English, and would be counted from each.
  const size_t end = i + MAX_SKIPPED;
  while (i < end &&
         (cs_at_is(p, i, CS_MARK_SOME) || cs_at_is(p, i, CS_MARK_ABOUT) ||
             cs_at_is(p, i, CS_MARK_BIG)))
    i++;
  return i;
}

bool
cs_at_is_amount(const CsParse *p, size_t i)
{
  return cs_at(p, i)->kind == CS_ITEM_TIME &&
         cs_at(p, i)->time.form == CS_TIME_LENGTH;
}

bool
cs_at_is_share(const CsParse *p, size_t i)
{
  return cs_at_is_amount(p, i) && cs_at(p, i)->time.a.anchor == CS_ANCHOR_SHARE;
}

bool
cs_at_text(const CsParse *p, size_t i, const char *word)
{
  const CsItem *item = cs_at(p, i);
  const size_t n     = strlen(word);
  return item->end - item->begin == n &&
         memcmp(p->normal.text + item->begin, word, n) == 0;
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

bool
cs_item_is_beat(const CsParse *p, const CsItem *item)
{
  const size_t n = item->end - item->begin;
  return (n == 4 || n == 5) &&
         strncmp(p->normal.text + item->begin, "beats", n) == 0;
}

/// "second" is a unit after a number and an ordinal elsewhere.
bool
cs_unit_at(const CsParse *p, size_t i, bool counted, CsUnit *unit)
{
  const CsItem *item = cs_at(p, i);
  if (item->kind != CS_ITEM_ENTRY)
    return false;
  if (cs_item_is(item, CS_MARK_SECOND)) {
    *unit = CS_UNIT_SECOND;
    return counted;
  }
  if (counted && cs_item_is_beat(p, item)) {
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
  return item->entry->class_of == CS_CLASS_UNIT && *unit != CS_UNIT_BPM &&
         *unit != CS_UNIT_PERCENT;
}

bool
cs_unit_is_musical(CsUnit unit)
{
  return unit == CS_UNIT_BAR || unit == CS_UNIT_BEAT;
}

CsTime
cs_amount_of(const CsParse *p, double n, CsUnit unit)
{
  const double scale =
      unit == CS_UNIT_FRAME ? 1.0 / p->rate : unit_seconds[unit];
  return (CsTime){.form = CS_TIME_LENGTH,
      .a                = {.at = n * scale,
                         .unit = cs_unit_is_musical(unit) ? unit : CS_UNIT_SECOND}};
}

/// "and a half", "and a quarter", "and three quarters" of the unit before.
static size_t
read_fraction(const CsParse *p, size_t i, CsUnit unit, CsTime *time)
{
  const bool some = cs_at_is(p, i + 1, CS_MARK_SOME);
  const bool half = some && cs_at_is(p, i + 2, CS_MARK_HALF);
  const bool counted =
      cs_at_is_number(p, i + 1) && cs_at(p, i + 1)->number < 4.0;
  if (!cs_at_is(p, i, CS_MARK_AND) || cs_unit_is_musical(unit) ||
      unit == CS_UNIT_FRAME ||
      !(half || ((some || counted) && cs_at_is(p, i + 2, CS_MARK_QUARTER))))
    return i;
  const double share = half      ? 0.5
                       : counted ? cs_at(p, i + 1)->number / 4.0
                                 : 0.25;
  time->a.at += share * unit_seconds[unit];
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
  if (cs_unit_is_musical(bigger) || bigger == CS_UNIT_SECOND ||
      bigger == CS_UNIT_MS)
    return i;
  size_t n = i;
  if (cs_at_is(p, n, CS_MARK_AND))
    n++;
  if (!cs_at_is_number(p, n) || cs_at(p, n)->clause != cs_at(p, i - 1)->clause)
    return i;
  if (cs_unit_at(p, n + 1, true, &unit) && unit_seconds[unit] > 0.0) {
    if (cs_unit_is_musical(unit) || unit_seconds[unit] >= unit_seconds[bigger])
      return i;
    time->a.at += cs_at(p, n)->number * unit_seconds[unit];
    return read_rest(p, n + 2, unit, time);
  }
  const bool is_seconds = bigger == CS_UNIT_MINUTE || bigger == CS_UNIT_HOUR;
  if (n != i || !is_seconds || cs_at(p, n)->number >= 60.0 ||
      cs_item_is_unit(cs_at(p, n + 1), CS_UNIT_BPM))
    return i;
  time->a.at += cs_at(p, n)->number * unit_seconds[bigger] / 60.0;
  return n + 1;
}

/// "and a quarter", "and three quarters" before the unit, as a share of it.
static size_t
read_quarters(const CsParse *p, size_t i, double *share)
{
  const bool one = cs_at_text(p, i + 1, "a");
  if (!cs_at_is(p, i, CS_MARK_AND) || !(one || cs_at_is_number(p, i + 1)) ||
      !cs_at_is(p, i + 2, CS_MARK_QUARTER))
    return i;
  *share = one ? 0.25 : cs_at(p, i + 1)->number / 4.0;
  return *share < 1.0 ? i + 3 : i;
}

/// NUMBER unit | NUMBER and a quarter unit
static size_t
read_counted(const CsParse *p, size_t i, CsTime *time)
{
  CsUnit unit    = CS_UNIT_SECOND;
  double share   = 0.0;
  const size_t n = cs_at_is_number(p, i) ? read_quarters(p, i + 1, &share) : i;
  if (!cs_at_is_number(p, i) || !cs_unit_at(p, n, true, &unit))
    return i;
  *time =
      cs_amount_of(p, cs_at(p, i)->number + (n > i + 1 ? share : 0.0), unit);
  return read_rest(p, n + 1, unit, time);
}

/// "a second one", "a second, broader hit": no amount but the next of them.
static bool
is_second_of(const CsParse *p, size_t i)
{
  const CsItem *next = cs_at(p, i + 1);
  const CsItem *lead = cs_item_at(p, i, -2);
  const bool lasts =
      cs_item_is(lead, CS_MARK_FOR) || cs_item_is(lead, CS_MARK_OVER) ||
      cs_item_is(lead, CS_MARK_AFTER) || cs_item_is(lead, CS_MARK_IN);
  return cs_at_is(p, i, CS_MARK_SECOND) && !lasts &&
         (cs_item_is_mark(next, ",") || next->kind == CS_ITEM_WORD ||
             next->kind == CS_ITEM_NUMBER || // "one"
             (next->kind == CS_ITEM_ENTRY &&
                 next->entry->class_of != CS_CLASS_MARKER));
}

/// "three quarters of an hour"
static size_t
read_several_quarters(const CsParse *p, size_t i, CsTime *time)
{
  CsUnit unit    = CS_UNIT_SECOND;
  const size_t n = cs_skip_some(p, i + 2);
  if (!cs_at_is_number(p, i) || cs_at(p, i)->number >= 4.0 ||
      !cs_at_is(p, i + 1, CS_MARK_QUARTER) || n == i + 2 ||
      !cs_unit_at(p, n, true, &unit) || cs_unit_is_musical(unit))
    return i;
  *time = cs_amount_of(p, cs_at(p, i)->number / 4.0, unit);
  return n + 1;
}

/// "a minute", "a minute and a half", "half a minute", "quarter of a minute"
static size_t
read_worded(const CsParse *p, size_t i, CsTime *time)
{
  CsUnit unit      = CS_UNIT_SECOND;
  const bool half  = cs_at_is(p, i, CS_MARK_HALF);
  const bool share = half || cs_at_is(p, i, CS_MARK_QUARTER);
  size_t n         = share ? cs_skip_some(p, i + 1) : i;
  if (!share && !cs_at_is(p, i, CS_MARK_SOME))
    return i;
  n = cs_skip_some(p, n);
  // "the second half" holds an ordinal, "a second" an amount.
  if (cs_at_is(p, n, CS_MARK_SECOND) && !share &&
      p->normal.text[cs_at(p, i)->begin] == 't')
    return i;
  if (!cs_unit_at(p, n, true, &unit) || cs_unit_is_musical(unit) ||
      unit == CS_UNIT_FRAME || (!share && is_second_of(p, n)))
    return i;
  *time = cs_amount_of(p, half ? 0.5 : share ? 0.25 : 1.0, unit);
  n++;
  if (share)
    return n;
  return read_rest(p, n, unit, time);
}

/// "the first minute ten", "the last minute": no number stands before the unit.
static size_t
read_single(const CsParse *p, size_t i, CsTime *time)
{
  if (i == 0)
    return i;
  CsUnit unit = CS_UNIT_SECOND;
  const bool ordinal =
      cs_at_is(p, i - 1, CS_MARK_LAST) || cs_at_is(p, i - 1, CS_MARK_FIRST);
  const bool halved = cs_at_is(p, i + 1, CS_MARK_AND) &&
                      cs_at_is(p, i + 2, CS_MARK_SOME) &&
                      cs_at_is(p, i + 3, CS_MARK_HALF);
  const bool counts = ordinal || halved || cs_at_is(p, i - 1, CS_MARK_FOR);
  if (!counts || !cs_unit_at(p, i, ordinal, &unit))
    return i;
  *time = cs_amount_of(p, halved ? 1.5 : 1.0, unit);
  if (halved)
    return i + 4;
  return read_rest(p, i + 1, unit, time);
}

static size_t
read_written(const CsParse *p, size_t i, CsTime *time)
{
  if (cs_at(p, i)->kind != CS_ITEM_TIME)
    return i;
  *time = cs_at(p, i)->time;
  if (time->is_timecode)
    time->a.at += cs_at(p, i)->number / p->rate;
  return i + 1;
}

/// "25-30 s", "0-6 s": the first number borrows the unit of the second.
static size_t
read_borrowed(const CsParse *p, size_t i, CsTime *time)
{
  CsTime last;
  const bool glued = cs_at(p, i + 1)->flags & CS_FLAG_GLUED;
  const bool arrow = cs_item_is_mark(cs_at(p, i + 1), "-=") &&
                     cs_item_is_mark(cs_at(p, i + 2), ">");
  const size_t gap = glued ? 1 : arrow ? 3 : 2;
  const bool links = glued || arrow || cs_at_is(p, i + 1, CS_MARK_TO) ||
                     cs_at_is(p, i + 1, CS_MARK_AND) ||
                     cs_item_is_mark(cs_at(p, i + 1), "-");
  if (!cs_at_is_number(p, i) || !links)
    return i;
  const size_t end = read_counted(p, i + gap, &last);
  if (end == i + gap)
    return i;
  CsUnit unit = CS_UNIT_SECOND;
  (void)cs_unit_at(p, i + gap + 1, true, &unit);
  *time               = cs_amount_of(p, cs_at(p, i)->number, unit);
  time->b             = last.a;
  const bool is_place = arrow || cs_item_is_mark(cs_at(p, i - 1), "(") ||
                        cs_item_is(cs_at(p, i - 1), CS_MARK_FROM) ||
                        cs_at(p, i)->number <= 0.0;
  time->form = is_place ? CS_TIME_SPAN : CS_TIME_RANGE;
  return end;
}

/// "75%", "2/3": a share of the cue, which is a place behind a preposition.
static size_t
read_part(const CsParse *p, size_t i, CsTime *time)
{
  const CsItem *item = cs_at(p, i);
  const bool percent = cs_item_is_unit(cs_at(p, i + 1), CS_UNIT_PERCENT);
  const bool fraction =
      memchr(p->normal.text + item->begin, '/', item->end - item->begin);
  const double share = percent ? item->number / 100.0 : item->number;
  if (!cs_at_is_number(p, i) || !(percent || fraction) || share > 1.0)
    return i;
  *time = (CsTime){
      .form = CS_TIME_LENGTH, .a = {.at = share, .anchor = CS_ANCHOR_SHARE}};
  return percent ? i + 2 : i + 1;
}

/// Where the prompt counts in frames a bare number is a frame.
static size_t
read_frames(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_at_is_number(p, i))
    return i;
  *time          = cs_amount_of(p, cs_at(p, i)->number, CS_UNIT_FRAME);
  time->is_clock = true;
  return i + 1;
}

typedef size_t Reader(const CsParse *p, size_t i, CsTime *time);

/// A reader gives back where the amount ends, or i.
static Reader *const readers[] = {read_written, cs_read_bare_range,
    read_borrowed, read_counted, read_several_quarters, read_worded,
    read_single, cs_read_numbered, read_part};

static size_t
read_amount(const CsParse *p, size_t i, bool in_frames, CsTime *time)
{
  for (size_t k = 0; k < sizeof readers / sizeof *readers; k++) {
    const size_t end = readers[k](p, i, time);
    if (end > i)
      return end;
  }
  return in_frames ? read_frames(p, i, time) : i;
}

bool
cs_counts_in_frames(CsParse *p)
{
  bool frames = false;
  for (size_t i = 0; i < p->n; i++) {
    frames |=
        cs_item_is(&p->items[i], CS_MARK_FRAMES) &&
        (cs_at_is_number(p, i + 1) || cs_item_is_mark(cs_at(p, i + 1), ":(["));
    if (p->items[i].kind == CS_ITEM_RATE)
      p->rate = p->items[i].number;
  }
  return frames;
}

/// "0:20 - 0:50: drums": the dash in a time ends no sentence. What follows it
/// up to the next end stands with the time.
static void
join_sentences(CsParse *p, size_t last, const CsItem *time)
{
  const int clause   = p->items[last - 1].clause;
  const int sentence = p->items[last - 1].sentence;
  if (clause == time->clause)
    return;
  for (size_t k = last; k < p->n && p->items[k].sentence == sentence; k++) {
    p->items[k].sentence = time->sentence;
    if (p->items[k].clause == clause)
      p->items[k].clause = time->clause;
  }
}

void
cs_replace_by_time(
    CsParse *p, size_t *n, size_t first, size_t last, const CsTime *time)
{
  const unsigned kept = CS_FLAG_GLUED | CS_FLAG_SPACE | CS_FLAG_MISSPELT;
  CsItem item         = p->items[first];
  item.end            = p->items[last - 1].end;
  item.kind           = CS_ITEM_TIME;
  item.time           = *time;
  item.entry          = NULL;
  item.flags &= kept;
  for (size_t i = first; i < last; i++)
    if (cs_at_is(p, i, CS_MARK_ABOUT))
      item.flags |= CS_FLAG_HEDGED;
  join_sentences(p, last, &item);
  p->items[(*n)++] = item;
}

void
cs_read_amounts(CsParse *p)
{
  const bool in_frames = cs_counts_in_frames(p);
  size_t n             = 0;
  for (size_t i = 0; i < p->n;) {
    CsTime time      = {0};
    const size_t end = read_amount(p, i, in_frames, &time);
    if (end > i)
      cs_replace_by_time(p, &n, i, end, &time);
    else
      p->items[n++] = p->items[i];
    i = end > i ? end : i + 1;
  }
  p->n = n;
}
