/// The total length: which of the times in a prompt it is.
#include "grammar/length.h"

#include <math.h>
#include <string.h>

static CsStatus
take_length(CsParse *p, size_t i, double seconds, const char *rule)
{
  p->items[i].flags |= CS_FLAG_TOTAL;
  if (p->items[i].time.form == CS_TIME_LENGTH ||
      p->items[i].time.form == CS_TIME_FOR ||
      p->items[i].time.form == CS_TIME_RANGE)
    p->items[i].flags |= CS_FLAG_TAKEN;
  p->brief->duration_s = seconds;
  p->brief->said |= CS_SAID_DURATION;
  return cs_understand_number(p, i, i, "duration_s", seconds, rule);
}

/// Seconds of the unit that a word names; 0 where it names none.
static double
scale_of_word(const char *word, size_t n)
{
  if (n >= 2 && (memcmp(word, "ms", 2) == 0 || memcmp(word, "mi", 2) == 0) &&
      !(n >= 3 && memcmp(word, "min", 3) == 0))
    return 0.001;
  if (n >= 4 && memcmp(word, "half", 4) == 0)
    return 0.0;
  return word[0] == 'm' ? 60.0 : word[0] == 'h' ? 3600.0 : word[0] == 's';
}

static bool
is_small_letter(char c)
{
  return c >= 'a' && c <= 'z';
}

/// Seconds of the unit that a length was written in: 60 for "20 minutes". A
/// clock of whole minutes counts in minutes.
static double
written_scale(const CsParse *p, size_t i, double number)
{
  const CsItem *item = &p->items[i];
  const char *text   = p->normal.text;
  const double old   = item->time.a.at;
  double scale       = 0.0;
  for (size_t at = item->begin; at < item->end;) {
    size_t n = 0;
    while (at + n < item->end && is_small_letter(text[at + n]))
      n++;
    const double found = n > 0 ? scale_of_word(text + at, n) : 0.0;
    scale              = found > 0.0 ? found : scale;
    at += n > 0 ? n : 1;
  }
  if (scale > 0.0)
    return scale;
  return old >= 60.0 && number < 20.0 && fmod(old, 60.0) < 0.001 ? 60.0 : 1.0;
}

/// "35 s - no, make it 40": a number without a unit takes the last one.
static CsStatus
corrected_number(CsParse *p, size_t best, bool *done)
{
  for (size_t i = best + 1; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind != CS_ITEM_NUMBER || !(item->flags & CS_FLAG_CORRECTS) ||
        (item->flags & CS_FLAG_USED))
      continue;
    *done = true;
    return take_length(p, i,
        item->number * written_scale(p, best, item->number), "correction");
  }
  return CS_OK;
}

/// "seconds: 95", "duration: 120", "15 s left of the 75"
static size_t
bare_total(const CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    const bool unit    = cs_item_is_unit(item, CS_UNIT_SECOND) ||
                      cs_item_is_unit(item, CS_UNIT_BAR);
    const bool heading =
        cs_item_is(item, CS_MARK_LENGTH) ||
        (unit && (cs_item_is_mark(cs_item_at(p, i, 1), ":=") ||
                     cs_item_is_mark(cs_item_at(p, i, 2), ":=")));
    const bool of = item->kind == CS_ITEM_TIME &&
                    item->time.a.anchor == CS_ANCHOR_END &&
                    cs_is_length_of(p, i);
    if (!heading && !of)
      continue;
    for (int step = 1; step <= 4; step++) {
      const CsItem *next = cs_item_at(p, i, step);
      // "bars: 1-4 harp" counts nothing.
      if (next->kind == CS_ITEM_NUMBER && !(next->flags & CS_FLAG_USED))
        return cs_item_at(p, i, step + 1)->flags & CS_FLAG_GLUED
                   ? 0
                   : i + (size_t)step;
      if (next->kind == CS_ITEM_WORD || next->kind == CS_ITEM_TIME)
        break;
    }
  }
  return 0;
}

/// Seconds of one of what a heading counts: "bars: 24", "length ms: 30000".
static double
bare_scale(const CsParse *p, size_t i)
{
  CsPlace bar = {.at = 1.0, .unit = CS_UNIT_BAR};
  for (size_t k = i; k-- > 0 && i - k < 5;) {
    if (cs_item_is_unit(&p->items[k], CS_UNIT_BAR)) {
      cs_place_settle(p, &bar);
      return bar.at;
    }
    if (cs_item_is(&p->items[k], CS_MARK_LENGTH))
      return strncmp(p->normal.text + p->items[k].end - 2, "ms", 2) == 0 ? 0.001
                                                                         : 1.0;
  }
  return 1.0;
}

static CsStatus
from_ends(CsParse *p, const CsEnds *ends, bool *done)
{
  *done = true;
  if (p->timecode_in >= 0.0)
    for (size_t i = 0; i < p->n; i++)
      if (p->items[i].kind == CS_ITEM_TIME && p->items[i].time.is_timecode &&
          p->items[i].time.form == CS_TIME_SPAN) {
        p->items[i].flags |= CS_FLAG_TAKEN;
        return take_length(
            p, i, p->items[i].time.b.at - p->items[i].time.a.at, "in and out");
      }
  if (ends->out_s > ends->in_s)
    return take_length(p, ends->out_at, ends->out_s - ends->in_s,
        ends->in_s > 0.0 ? "in and out" : "end of the timeline");
  if (ends->n_places >= 2 && ends->latest_s > 0.0 &&
      ends->latest_s >= ends->open_s)
    return take_length(
        p, ends->latest_at, ends->latest_s, "end of the timeline");
  *done = false;
  return CS_OK;
}

static CsStatus
out_of_range(CsParse *p)
{
  const double s = p->brief->duration_s;
  if (s >= CS_MIN_DURATION_S && s <= CS_MAX_DURATION_S)
    return CS_OK;
  const char *message = cs_arena_printf(p->arena,
      "%g s is outside 0.5 s to 12 h; give a length in that range, or loop a "
      "shorter cue",
      s);
  CS_TRY_NEW(message);
  return cs_brief_warn(p->arena, p->brief, "duration_out_of_range", message);
}

/// Where the times that are said need more than the default, what leaves a
/// quarter behind the last of them.
static CsStatus
make_room(CsParse *p, double last_s)
{
  CsBrief *brief    = p->brief;
  brief->duration_s = ceil(last_s * 1.25 / 15.0) * 15.0;
  brief->said |= CS_SAID_DURATION;
  const char *message = cs_arena_printf(p->arena,
      "no length is given; %g s is used, which leaves room behind the last "
      "time "
      "that is asked for, %g s",
      brief->duration_s, last_s);
  CS_TRY_NEW(message);
  return cs_brief_warn(p->arena, brief, "duration_missing", message);
}

static bool
has_no_seconds(const CsParse *p)
{
  for (size_t i = 0; i < p->n; i++)
    if (cs_is_no_length(p, i))
      return true;
  return false;
}

static CsStatus
missing(CsParse *p)
{
  CsBrief *brief    = p->brief;
  const CsEnds ends = cs_find_ends(p);
  const double last = fmax(ends.latest_s, ends.open_s);
  if (last * 1.1 > cs_brief_default_s(brief) && last * 2.0 < CS_MAX_DURATION_S)
    return make_room(p, last);
  const char *name =
      cs_function_names[brief->said & CS_SAID_FUNCTION ? brief->function
                                                       : CS_THEMATIC];
  brief->duration_s = cs_brief_default_s(brief);
  const char *message =
      cs_arena_printf(p->arena, "%s; %g s is used, the default of a%s %s cue",
          has_no_seconds(p) ? "0 s is no length" : "no length is given",
          brief->duration_s, strchr("aeiou", name[0]) != NULL ? "n" : "", name);
  CS_TRY_NEW(message);
  return cs_brief_warn(p->arena, brief, "duration_missing", message);
}

/// A time that means nothing stands for nothing.
static void
drop_time(CsParse *p, size_t i)
{
  p->items[i].kind = CS_ITEM_NUMBER;
  p->items[i].flags |= CS_FLAG_USED;
}

static CsStatus
refuse_points(CsParse *p, size_t in_at, size_t out_at)
{
  drop_time(p, in_at);
  drop_time(p, out_at);
  return cs_brief_warn(p->arena, p->brief, "contradiction",
      "the out point lies before the in point; both are left out");
}

/// "in 01:12:30:00, out 00:13:15:00"
static CsStatus
refuse_turned_points(CsParse *p)
{
  const CsEnds ends = cs_find_ends(p);
  if (ends.in_s > 0.0 && ends.out_s >= 0.0 && ends.out_s < ends.in_s)
    CS_TRY(refuse_points(p, ends.in_at, ends.out_at));
  for (size_t i = 0; i < p->n; i++) {
    const CsTime *time = &p->items[i].time;
    if (p->items[i].kind == CS_ITEM_TIME && time->is_timecode &&
        time->form == CS_TIME_SPAN && time->b.at < time->a.at)
      CS_TRY(refuse_points(p, i, i));
  }
  return CS_OK;
}

/// Does something happen at a time between two items? What follows may speak of
/// that: "60 s, leave a gap at 0:30, about 3 s".
static bool
has_event_between(const CsParse *p, size_t first, size_t last)
{
  for (size_t i = first + 1; i < last; i++)
    if (p->items[i].kind == CS_ITEM_TIME &&
        p->items[i].time.form != CS_TIME_LENGTH)
      return true;
  return false;
}

/// "45 s"; a clock or a frame may be a moment.
static bool
is_plain_amount(const CsTime *time)
{
  return time->form == CS_TIME_LENGTH && !time->is_clock;
}

/// "30 s ... 45 s", each as good as the other: the later one is meant.
static CsStatus
take_later(CsParse *p, int points, size_t *best)
{
  enum { ALONE = 6 }; // points of an amount that nothing else claims
  const size_t first = *best;
  for (size_t i = first + 1; i < p->n; i++)
    if (cs_length_score(p, i) == points && is_plain_amount(&p->items[i].time) &&
        is_plain_amount(&p->items[first].time) &&
        fabs(p->items[i].time.a.at - p->items[first].time.a.at) > 0.01 &&
        !has_event_between(p, first, i))
      *best = i;
  if (points < ALONE)
    *best = first;
  if (*best == first)
    return CS_OK;
  const char *message = cs_arena_printf(p->arena,
      "two lengths are asked for, %g s and %g s; the second is kept",
      p->items[first].time.a.at, p->items[*best].time.a.at);
  CS_TRY_NEW(message);
  return cs_brief_warn(p->arena, p->brief, "contradiction", message);
}

static CsStatus
find_length(CsParse *p)
{
  size_t best = 0;
  int most    = 0;
  bool done   = false;
  cs_make_moments(p);
  cs_place_parts(p);
  CS_TRY(refuse_turned_points(p));
  const CsEnds ends = cs_find_ends(p);
  if (ends.in_s > 0.0 && ends.out_s > ends.in_s) {
    CS_TRY(from_ends(p, &ends, &done));
    p->items[ends.in_at].flags |= CS_FLAG_TAKEN;
    p->items[ends.out_at].flags |= CS_FLAG_TAKEN;
    cs_count_from(p, ends.in_s);
    return CS_OK;
  }
  for (size_t i = 0; i < p->n; i++) {
    const int points = cs_length_score(p, i);
    if (points > most) {
      most = points;
      best = i;
    }
  }
  if (most > 0)
    CS_TRY(corrected_number(p, best, &done));
  size_t rounds_at      = 0;
  const double rounds_s = most < 8 ? cs_length_of_rounds(p, &rounds_at) : 0.0;
  if (!done && rounds_s > 0.0)
    return take_length(p, rounds_at, rounds_s, "rounds");
  const size_t bare = done ? 0 : bare_total(p);
  if (bare > 0 && most < 8)
    return take_length(
        p, bare, p->items[bare].number * bare_scale(p, bare), "number");
  // A weak amount ("10 seconds of pulse") gives way to a timeline beyond it.
  if (!done &&
      (most <= 3 || (most <= 4 && ends.out_s > p->items[best].time.a.at)))
    if (most == 0 || ends.latest_s > p->items[best].time.a.at)
      CS_TRY(from_ends(p, &ends, &done));
  if (done || most == 0)
    return CS_OK;
  CS_TRY(take_later(p, most, &best));
  const CsTime *time = &p->items[best].time;
  if (time->form == CS_TIME_RANGE)
    return take_length(
        p, best, (time->a.at + time->b.at) / 2.0, "middle of range");
  return take_length(p, best, time->a.at, "number");
}

CsStatus
cs_read_length(CsParse *p)
{
  return find_length(p);
}

CsStatus
cs_settle_length(CsParse *p)
{
  CS_TRY(p->brief->said & CS_SAID_DURATION ? out_of_range(p) : missing(p));
  p->length_s = p->brief->duration_s;
  return CS_OK;
}
