/// Places in the cue: where something happens. times.c joins them to moments
/// and spans. A reader gives back where the place ends, or 0.
#include "grammar/times.h"

#include <string.h>

static void
set_share(CsTime *time, double from, double to)
{
  time->a = (CsPlace){.at = from, .anchor = CS_ANCHOR_SHARE};
  time->b = (CsPlace){.at = to, .anchor = CS_ANCHOR_SHARE};
}

// ---- Shares -----------------------------------------------------------------

/// What a word divides the cue into: halves, thirds, quarters; or 0.
static double
parts_at(const CsParse *p, size_t i)
{
  if (cs_at_is(p, i, CS_MARK_HALF))
    return 2.0;
  if (cs_at_is(p, i, CS_MARK_THIRD) || cs_at_is(p, i, CS_MARK_THIRDS))
    return 3.0;
  return cs_at_is(p, i, CS_MARK_QUARTER) ? 4.0 : 0.0;
}

/// 75% | 2/3 | two thirds | three-quarter | a third
static size_t
read_share(const CsParse *p, size_t i, double *share)
{
  const CsItem *item = cs_at(p, i);
  const double parts = parts_at(p, i + 1);
  const bool one     = cs_at_text(p, i, "a");
  if (cs_at_is_share(p, i)) {
    *share = item->time.a.at;
    return i + 1;
  }
  if (parts < 3.0 || !(one || cs_at_is_number(p, i)))
    return 0;
  *share = (one ? 1.0 : item->number) / parts;
  return *share < 1.0 ? i + 2 : 0;
}

/// Over what says that a share is a place: "of the way", "mark", "in".
static size_t
skip_way(const CsParse *p, size_t i)
{
  if (cs_at_is(p, i, CS_MARK_POINT))
    i++;
  if (cs_at_is(p, i, CS_MARK_OVER) || cs_at_is(p, i, CS_MARK_IN))
    i++;
  return i;
}

size_t
cs_read_share(const CsParse *p, size_t i, CsTime *time)
{
  double share     = 0.0;
  const size_t end = read_share(p, i, &share);
  const bool named = end > 0 && (cs_at_is(p, end - 1, CS_MARK_THIRDS) ||
                                    cs_at_is(p, end - 1, CS_MARK_QUARTER));
  if (end == 0 || (!named && skip_way(p, end) == end))
    return 0;
  *time = (CsTime){.form = CS_TIME_MOMENT};
  set_share(time, share, 0.0);
  return skip_way(p, end);
}

/// A share behind a preposition, which need not say that it is a place: "at
/// 75%", "at the quarter".
static size_t
led_share(const CsParse *p, size_t i, CsTime *time)
{
  double share   = 0.0;
  const size_t n = cs_skip_some(p, i);
  size_t end     = read_share(p, i, &share);
  end            = end == 0 && n > i ? read_share(p, n, &share) : end;
  const bool named =
      parts_at(p, n) > 0.0 &&
      (cs_at_text(p, i, "the") || cs_at_is(p, n + 1, CS_MARK_POINT));
  if (end == 0 && named) {
    share = 1.0 / parts_at(p, n);
    end   = n + 1;
  }
  if (end == 0)
    return 0;
  *time = (CsTime){.form = CS_TIME_LENGTH};
  set_share(time, share, 0.0);
  return skip_way(p, end);
}

// ---- Spans by their number --------------------------------------------------

/// Which of so many parts, from 0; the middle one of two has none before it.
static double
ordinal_at(const CsParse *p, size_t i, double parts)
{
  static const CsMarker ordinals[] = {
      CS_MARK_FIRST, CS_MARK_SECOND, CS_MARK_THIRD, CS_MARK_FOURTH};
  for (size_t k = 0; k < sizeof ordinals / sizeof *ordinals; k++)
    if (cs_at_is(p, i, ordinals[k]))
      return (double)k;
  if (cs_at_is(p, i, CS_MARK_HALFWAY))
    return (parts - 1.0) / 2.0;
  return cs_at_is(p, i, CS_MARK_LAST) ? parts - 1.0 : -1.0;
}

/// the second half | the third quarter | hold the last (quarter)
static size_t
ordinal_share(const CsParse *p, size_t i, CsTime *time)
{
  const double parts = parts_at(p, i + 1);
  const double k     = parts > 0.0 ? ordinal_at(p, i, parts) : -1.0;
  if (k < 0.0 || k >= parts)
    return 0;
  *time = (CsTime){.form = CS_TIME_SPAN};
  set_share(time, k / parts, (k + 1.0) / parts);
  return i + 2;
}

/// the first two thirds | the last 20%
static size_t
several_shares(const CsParse *p, size_t i, CsTime *time)
{
  double share     = 0.0;
  const bool first = cs_at_is(p, i, CS_MARK_FIRST);
  if (!first && !cs_at_is(p, i, CS_MARK_LAST))
    return 0;
  const size_t end = read_share(p, i + 1, &share);
  if (end == 0)
    return 0;
  *time = (CsTime){.form = CS_TIME_SPAN};
  set_share(time, first ? 0.0 : 1.0 - share, first ? share : 1.0);
  return end;
}

/// the last 20 s | the final bar
static size_t
span_at_end(const CsParse *p, size_t i, CsTime *time)
{
  const size_t n = cs_skip_some(p, i + 1);
  if (!cs_at_is(p, i, CS_MARK_LAST) || !cs_at_is_amount(p, n) ||
      cs_at_is_share(p, n))
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
  if (!cs_at_is(p, i, CS_MARK_FIRST) || !cs_at_is_amount(p, i + 1) ||
      cs_at_is_share(p, i + 1))
    return 0;
  *time      = cs_at(p, i + 1)->time;
  time->form = CS_TIME_SPAN;
  time->b    = time->a;
  time->a    = (CsPlace){0};
  return i + 2;
}

size_t
cs_read_ordinal(const CsParse *p, size_t i, CsTime *time)
{
  size_t end = span_at_end(p, i, time);
  end        = end > 0 ? end : span_at_start(p, i, time);
  end        = end > 0 ? end : several_shares(p, i, time);
  return end > 0 ? end : ordinal_share(p, i, time);
}

// ---- Places -----------------------------------------------------------------

size_t
cs_read_from_end(const CsParse *p, size_t i, CsTime *time)
{
  if (!cs_at_is_amount(p, i) || cs_at_is_share(p, i))
    return 0;
  const bool before =
      cs_at_is(p, i + 1, CS_MARK_BEFORE) || cs_at_is(p, i + 1, CS_MARK_FROM);
  const size_t end  = cs_skip_some(p, i + 2);
  const bool to_end = before && cs_at_is(p, end, CS_MARK_END);
  if (!to_end && !cs_at_is(p, i + 1, CS_MARK_LEFT))
    return 0;
  *time          = cs_at(p, i)->time;
  time->a.anchor = CS_ANCHOR_END;
  return to_end ? end + 1 : i + 2;
}

/// the start | halfway | the end
static size_t
named_place(const CsParse *p, size_t i, CsTime *time)
{
  *time = (CsTime){.form = CS_TIME_LENGTH};
  if (cs_at_is(p, i, CS_MARK_START))
    return i + 1;
  if (cs_at_is(p, i, CS_MARK_HALFWAY)) {
    set_share(time, 0.5, 0.0);
    return skip_way(p, i + 1);
  }
  if (!cs_at_is(p, i, CS_MARK_END))
    return 0;
  time->a = (CsPlace){.anchor = CS_ANCHOR_END};
  return i + 1;
}

size_t
cs_read_point(const CsParse *p, size_t i, CsTime *time)
{
  const size_t n     = cs_skip_some(p, i);
  const CsItem *item = cs_at(p, n);
  size_t end         = cs_read_from_end(p, n, time);
  if (end > 0)
    return end;
  if ((cs_at_is_amount(p, n) && !cs_at_is_share(p, n)) ||
      (item->kind == CS_ITEM_TIME && item->time.form == CS_TIME_MOMENT)) {
    *time = item->time;
    return cs_at_is(p, n + 1, CS_MARK_POINT) ? n + 2 : n + 1;
  }
  end = led_share(p, i, time);
  return end > 0 ? end : named_place(p, n, time);
}

size_t
cs_read_place(const CsParse *p, size_t i, CsTime *time)
{
  const size_t end = cs_read_ordinal(p, cs_skip_some(p, i), time);
  if (end == 0)
    return cs_read_point(p, i, time);
  // The first part begins with everything: its end is meant.
  const bool first = time->a.anchor != CS_ANCHOR_END && time->a.at <= 0.0;
  time->a          = first ? time->b : time->a;
  time->form       = CS_TIME_LENGTH;
  return end;
}
