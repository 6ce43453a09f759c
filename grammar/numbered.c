/// Bars, beats and frames by their number: "bar 25", "beat 3 of bar 5", "frame
/// 200". A reader gives back where the time ends, or i.
#include "grammar/times.h"

/// "beat 3" of a bar, as a share of it, counted from 1; 0 where none is said.
static size_t
read_beat(const CsParse *p, size_t i, double *share)
{
  const CsMeter meter =
      p->brief->said & CS_SAID_METER ? p->brief->meter : (CsMeter){4, 4};
  *share = 0.0;
  if (!cs_item_is_beat(p, cs_at(p, i)) || !cs_at_is_number(p, i + 1) ||
      cs_at(p, i + 1)->number < 1.0)
    return i;
  *share = (cs_at(p, i + 1)->number - 1.0) / meter.numerator;
  return i + 2;
}

/// "bars 9-16", "bar 25", "bar 5 beat 3": counted from 1, the last one whole.
static size_t
read_bars(const CsParse *p, size_t i, CsTime *time)
{
  double share = 0.0;
  if (!cs_item_is_unit(cs_at(p, i), CS_UNIT_BAR) || !cs_at_is_number(p, i + 1))
    return i;
  const double first = cs_at(p, i + 1)->number - 1.0;
  const bool glued =
      cs_at_is_number(p, i + 2) && (cs_at(p, i + 2)->flags & CS_FLAG_GLUED);
  const bool linked = cs_at_is(p, i + 2, CS_MARK_TO) ||
                      cs_at_is(p, i + 2, CS_MARK_OVER) ||
                      cs_at_is(p, i + 2, CS_MARK_UNTIL);
  const bool spans  = glued || (linked && cs_at_is_number(p, i + 3));
  const size_t last = spans ? (glued ? i + 2 : i + 3) : i + 1;
  const size_t end  = spans ? last + 1 : read_beat(p, last + 1, &share);
  *time             = (CsTime){.form = spans ? CS_TIME_SPAN : CS_TIME_MOMENT,
                  .a                 = {.at = first + share, .unit = CS_UNIT_BAR},
                  .b                 = {.at = cs_at(p, last)->number, .unit = CS_UNIT_BAR},
                  .is_clock          = true};
  return end;
}

/// "beat 3 of bar 5"
static size_t
read_beat_of_bar(const CsParse *p, size_t i, CsTime *time)
{
  double share   = 0.0;
  const size_t n = read_beat(p, i, &share);
  if (n == i || !cs_at_text(p, n, "of"))
    return i;
  const size_t end = read_bars(p, n + 1, time);
  if (end != n + 3)
    return i;
  time->a.at += share;
  return end;
}

/// "frame 200"
static size_t
read_frame(const CsParse *p, size_t i, CsTime *time)
{
  const bool named = cs_item_is_unit(cs_at(p, i), CS_UNIT_FRAME) ||
                     cs_at_is(p, i, CS_MARK_FRAMES);
  if (!named || !cs_at_is_number(p, i + 1) ||
      cs_at(p, i + 1)->clause != cs_at(p, i)->clause)
    return i;
  *time          = cs_amount_of(p, cs_at(p, i + 1)->number, CS_UNIT_FRAME);
  time->is_clock = true;
  return i + 2;
}

/// "by minute ten", "on second 45"
static size_t
read_unit_number(const CsParse *p, size_t i, CsTime *time)
{
  CsUnit unit = CS_UNIT_SECOND;
  const bool leads =
      i > 0 &&
      (cs_at_is(p, i - 1, CS_MARK_AT) || cs_at_is(p, i - 1, CS_MARK_BY) ||
          cs_at_is(p, i - 1, CS_MARK_FROM) || cs_at_is(p, i - 1, CS_MARK_TO) ||
          cs_at_is(p, i - 1, CS_MARK_UNTIL));
  const bool named = cs_at_text(p, i, "second") || cs_at_text(p, i, "minute");
  if (!leads || !named || !cs_at_is_number(p, i + 1) ||
      cs_unit_at(p, i + 2, true, &unit))
    return i;
  unit           = cs_at_text(p, i, "minute") ? CS_UNIT_MINUTE : CS_UNIT_SECOND;
  *time          = cs_amount_of(p, cs_at(p, i + 1)->number, unit);
  time->is_clock = true;
  return i + 2;
}

size_t
cs_read_bare_range(const CsParse *p, size_t i, CsTime *time)
{
  const bool bars   = cs_at(p, i)->flags & CS_FLAG_BARS;
  const CsUnit unit = bars ? CS_UNIT_BAR : CS_UNIT_SECOND;
  const double from = cs_at(p, i)->number - (bars ? 1.0 : 0.0);
  if (!bars && !(cs_at(p, i)->flags & CS_FLAG_SECONDS))
    return i;
  *time = (CsTime){.form = CS_TIME_SPAN,
      .a                 = {.at = from, .unit = unit},
      .b                 = {.at = cs_at(p, i + 1)->number, .unit = unit},
      .is_clock          = true};
  return i + 2;
}

size_t
cs_read_numbered(const CsParse *p, size_t i, CsTime *time)
{
  size_t end = read_bars(p, i, time);
  if (end == i)
    end = read_beat_of_bar(p, i, time);
  if (end == i)
    end = read_frame(p, i, time);
  return end == i ? read_unit_number(p, i, time) : end;
}
