/// The line of times in a prompt: its moments, its parts, where it begins and
/// where it ends.
#include "grammar/length.h"

#include <math.h>

// ---- Moments ----------------------------------------------------------------

static bool
is_timeline(const CsParse *p)
{
  size_t n = 0;
  for (size_t i = 0; i < p->n; i++)
    n += p->items[i].kind == CS_ITEM_TIME &&
         p->items[i].time.form == CS_TIME_LENGTH && cs_time_leads(p, i);
  return n >= 2;
}

void
cs_make_moments(CsParse *p)
{
  if (!is_timeline(p))
    return;
  for (size_t i = 0; i < p->n; i++)
    if (p->items[i].kind == CS_ITEM_TIME &&
        p->items[i].time.form == CS_TIME_LENGTH && cs_time_leads(p, i) &&
        !cs_follows_heading(p, i))
      p->items[i].time.form = CS_TIME_MOMENT;
}

static bool
is_explicit_place(const CsItem *item)
{
  return item->kind == CS_ITEM_TIME && item->time.a.anchor == CS_ANCHOR_START &&
         (item->time.form == CS_TIME_MOMENT ||
             item->time.form == CS_TIME_UNTIL ||
             item->time.form == CS_TIME_FROM ||
             item->time.form == CS_TIME_SPAN ||
             (item->time.form == CS_TIME_LENGTH && item->time.is_clock));
}

// ---- Parts ------------------------------------------------------------------

/// A change that has a stretch of its own: no fade, no single accent.
static bool
is_stretch(const CsItem *item)
{
  if (item->kind != CS_ITEM_ENTRY)
    return false;
  const int kind = item->entry->kind;
  return kind == CS_ARC_BUILD || kind == CS_ARC_FALL || kind == CS_ARC_PEAK ||
         kind == CS_ARC_DROP || kind == CS_ARC_RISE || kind == CS_ARC_SILENCE;
}

/// Is something named that lasts so long: "intro 10 s", "build 8 bars"?
static bool
is_named_part(const CsParse *p, size_t i)
{
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (cs_item_is(&p->items[k], CS_MARK_SECTION) || is_stretch(&p->items[k]))
      return true;
  return false;
}

/// "[Intro 4 bars][Verse 8 bars]", "intro 10 s, build 20 s", "build for 8 bars,
/// then drop for 16": amounts that stand one behind the other follow each other
/// in the cue. `placed`: something says where it is, so that "for" does not.
static bool
is_part(const CsParse *p, size_t i, bool placed)
{
  const CsItem *item = &p->items[i];
  const CsTime *time = &item->time;
  if (item->kind != CS_ITEM_TIME || time->is_clock ||
      (item->flags & CS_FLAG_NEGATED) || cs_follows_heading(p, i) ||
      cs_shares_clause(p, i, CS_MARK_TOTAL))
    return false;
  if (time->form == CS_TIME_FOR)
    return !placed && is_stretch(cs_item_at(p, i, -1)) &&
           (cs_shares_clause(p, i, CS_MARK_THEN) ||
               cs_item_is_then(cs_item_at(p, i, 1)));
  return time->form == CS_TIME_LENGTH &&
         (time->a.unit == CS_UNIT_BAR || is_named_part(p, i));
}

/// Does a part begin the cue and something follow it: "8-bar intro, then
/// drums"?
static bool
is_intro(const CsParse *p, size_t i)
{
  size_t k = i;
  while (k < p->n && p->items[k].clause == p->items[i].clause)
    k++;
  while (k < p->n && p->items[k].kind == CS_ITEM_MARK)
    k++;
  return cs_shares_clause(p, i, CS_MARK_SECTION) && k < p->n &&
         cs_item_is_then(&p->items[k]);
}

typedef struct Parts {
  size_t n, first;
  double sum;
  bool placed; ///< Something else says where it is.
  bool joined; ///< Something says that they are parts.
  bool
      headed; ///< "32 bars: intro 8, build 8, drop 16": the first is their sum.
} Parts;

static Parts
find_parts(const CsParse *p)
{
  Parts parts = {0};
  double head = 0.0;
  for (size_t i = 0; i < p->n; i++)
    parts.placed |= is_explicit_place(&p->items[i]);
  for (size_t i = 0; i < p->n; i++) {
    if (!is_part(p, i, parts.placed))
      continue;
    parts.joined |= cs_shares_clause(p, i, CS_MARK_SECTION) ||
                    cs_shares_clause(p, i, CS_MARK_THEN) ||
                    cs_shares_clause(p, i, CS_MARK_LATER);
    head        = parts.n == 0 ? p->items[i].time.a.at : head;
    parts.first = parts.n++ == 0 ? i : parts.first;
    parts.sum += p->items[i].time.a.at;
  }
  parts.headed = parts.n > 2 && fabs(2.0 * head - parts.sum) < 0.01 * parts.sum;
  parts.joined |= parts.headed;
  return parts;
}

void
cs_place_parts(CsParse *p)
{
  const Parts parts = find_parts(p);
  double at         = 0.0;
  if (!parts.joined || (parts.n == 1 && !is_intro(p, parts.first)))
    return;
  for (size_t i = 0; i < p->n; i++) {
    CsTime *time = &p->items[i].time;
    if (!is_part(p, i, parts.placed) || (parts.headed && i == parts.first))
      continue;
    time->b    = (CsPlace){.at = at + time->a.at, .unit = time->a.unit};
    time->a.at = at;
    time->form = CS_TIME_SPAN;
    at         = time->b.at;
  }
}

// ---- Ends -------------------------------------------------------------------

bool
cs_says_start(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  const CsItem *next = cs_item_at(p, i, 1);
  if (cs_item_is(item, CS_MARK_MUSIC_IN))
    return true;
  if (cs_item_is(item, CS_MARK_START)) // "start 05:20:00:00"
    return next->kind == CS_ITEM_TIME && next->time.is_timecode;
  if (cs_item_is(item, CS_MARK_IN))
    return next->kind == CS_ITEM_TIME && next->time.is_clock;
  if (!cs_item_is_class(item, CS_CLASS_CHANGE) || !item->entry->noun ||
      item->entry->kind != CS_ARC_ENTER)
    return false;
  for (size_t k = i; k-- > 0 && p->items[k].clause == item->clause;)
    if (cs_item_is_class(&p->items[k], CS_CLASS_INSTRUMENT))
      return false;
  return true;
}

/// "to the end", "from 0:20 to the end"
static bool
goes_to_end(const CsTime *time)
{
  return cs_place_is_end(time->form == CS_TIME_SPAN ? time->b : time->a);
}

static double
last_second(const CsTime *time)
{
  const bool spans = time->form == CS_TIME_SPAN ||
                     (time->a.unit == CS_UNIT_BAR && time->b.at > time->a.at);
  return spans && time->b.anchor == CS_ANCHOR_START ? time->b.at : time->a.at;
}

/// "out:", "the end", and "out at" where no instrument goes out.
static bool
says_end(const CsParse *p, size_t i)
{
  const CsItem *item   = &p->items[i];
  const CsItem *before = cs_item_at(p, i, -1);
  if (cs_item_is(item, CS_MARK_ENDING) && before->kind == CS_ITEM_TIME &&
      before->clause == item->clause) // "0:48 end on a crash"
    return true;
  const bool leaves = cs_item_is_class(item, CS_CLASS_CHANGE) &&
                      item->entry->kind == CS_ARC_EXIT && item->entry->noun;
  if (!leaves && !cs_item_is(item, CS_MARK_MUSIC_OUT))
    return cs_item_is(item, CS_MARK_END);
  for (size_t k = i; k-- > 0 && p->items[k].clause == item->clause;)
    if (cs_item_is_class(&p->items[k], CS_CLASS_INSTRUMENT))
      return false;
  return true;
}

/// "in 2:20 - sorry, 2:25": the place that a correction puts instead.
static size_t
corrected_place(const CsParse *p, size_t at)
{
  for (size_t k = at + 1; k < p->n && k < at + 10; k++) {
    if (cs_says_start(p, k) || says_end(p, k))
      break;
    if (p->items[k].kind == CS_ITEM_TIME)
      return p->items[k].flags & CS_FLAG_CORRECTS ? k : at;
  }
  return at;
}

/// The time beside a marker: "done by 0:50", "out: 01:02", "32000 ms out".
static double
time_beside(const CsParse *p, size_t i, size_t *found)
{
  for (int step = 1; step <= 3; step++) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->sentence != p->items[i].sentence || cs_item_is_mark(item, ",;"))
      break;
    if (item->kind == CS_ITEM_TIME) {
      *found = corrected_place(p, i + (size_t)step);
      return last_second(&p->items[*found].time);
    }
  }
  const CsItem *before = cs_item_at(p, i, -1);
  if (before->kind == CS_ITEM_TIME && before->clause == p->items[i].clause) {
    *found = i - 1;
    return last_second(&before->time);
  }
  return -1.0;
}

/// What comes in at a moment goes on behind it, so that the moment is no end:
/// "strings from 0:40", "brass at 0:40", "drums enter at 0:40".
static bool
begins_something(const CsParse *p, size_t i)
{
  const CsItem *item    = &p->items[i];
  const CsTimeForm form = item->time.form;
  bool player = false, change = false;
  if (form == CS_TIME_FROM ||
      (form == CS_TIME_SPAN && cs_place_is_end(item->time.b)))
    return true;
  if (form == CS_TIME_SPAN || form == CS_TIME_UNTIL)
    return false;
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == item->clause; k++) {
    const CsItem *near = &p->items[k];
    if (near->kind != CS_ITEM_ENTRY || (near->flags & CS_FLAG_NEGATED))
      continue;
    if (near->entry->kind == CS_ARC_ENTER)
      return true;
    player |= near->entry->class_of == CS_CLASS_INSTRUMENT;
    change |= near->entry->kind >= 0 || near->entry->ending >= 0;
  }
  return player && !change;
}

CsEnds
cs_find_ends(const CsParse *p)
{
  CsEnds ends = {.out_s = -1.0, .latest_s = -1.0, .open_s = -1.0};
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    size_t at          = i;
    if (cs_says_start(p, i)) {
      const double t = time_beside(p, i, &at);
      ends.in_s      = t >= 0.0 ? t : ends.in_s;
      ends.in_at     = t >= 0.0 ? at : ends.in_at;
    } else if (says_end(p, i)) {
      const double t = time_beside(p, i, &at);
      if (t >= 0.0 && is_explicit_place(&p->items[at])) {
        ends.out_s  = t;
        ends.out_at = at;
      }
    } else if (item->kind == CS_ITEM_TIME && goes_to_end(&item->time) &&
               cs_item_at(p, i, 1)->kind == CS_ITEM_TIME &&
               is_explicit_place(cs_item_at(p, i, 1))) {
      ends.out_s  = cs_item_at(p, i, 1)->time.a.at; // "to the end at 1:30"
      ends.out_at = i + 1;
    }
    if (is_explicit_place(item)) {
      const double last = last_second(&item->time);
      ends.n_places++;
      if (begins_something(p, i)) {
        ends.open_s = fmax(ends.open_s, last);
      } else if (last > ends.latest_s) {
        ends.latest_s  = last;
        ends.latest_at = i;
      }
    }
  }
  return ends;
}

/// Where in and out points are named, other clock times count like them.
void
cs_count_from(CsParse *p, double in_s)
{
  for (size_t i = 0; i < p->n; i++) {
    CsItem *item = &p->items[i];
    if (item->kind != CS_ITEM_TIME || !item->time.is_clock ||
        item->time.a.anchor != CS_ANCHOR_START || item->time.a.at < in_s ||
        (item->flags & CS_FLAG_TAKEN))
      continue;
    item->time.a.at -= in_s;
    const bool spans = item->time.form == CS_TIME_SPAN &&
                       item->time.b.anchor == CS_ANCHOR_START;
    item->time.b.at -= spans ? in_s : 0.0;
  }
}
