/// Amounts of time that may be the total length, and what else they may be: the
/// length of a change, a decade, an aside.
#include "grammar/length.h"

#include <string.h>

bool
cs_shares_clause(const CsParse *p, size_t i, CsMarker marker)
{
  const int clause = p->items[i].clause;
  for (size_t k = i; k-- > 0 && p->items[k].clause == clause;)
    if (cs_item_is(&p->items[k], marker))
      return true;
  for (size_t k = i + 1; k < p->n && p->items[k].clause == clause; k++)
    if (cs_item_is(&p->items[k], marker))
      return true;
  return false;
}

bool
cs_time_leads(const CsParse *p, size_t i)
{
  const CsItem *item   = &p->items[i];
  const CsItem *before = cs_item_at(p, i, -1);
  const bool first =
      before->clause != item->clause || cs_item_is_mark(before, ",;./|-([>");
  const CsItem *next = cs_item_at(p, i, 1);
  const bool section = cs_item_is(next, CS_MARK_SECTION); // "[0:15 Verse]"
  return item->time.is_clock && first && next->clause == item->clause &&
         next->kind != CS_ITEM_MARK && (section || !cs_item_is_alone(p, i));
}

/// A time that belongs to a change beside it, not to the cue: "fade_out 6s",
/// "2 sec ring-off", "(8 s each)".
static bool
belongs_to_change(const CsParse *p, size_t i)
{
  for (int step = -2; step <= 2; step++) {
    const CsItem *item = cs_item_at(p, i, step);
    if (step == 0 || item->clause != p->items[i].clause ||
        item->kind != CS_ITEM_ENTRY)
      continue;
    const bool near = step == -1 || step == 1;
    const int kind  = item->entry->kind;
    const bool span = kind == CS_ARC_FADE_IN || kind == CS_ARC_FADE_OUT ||
                      kind == CS_ARC_SILENCE || kind == CS_ARC_BUILD ||
                      kind == CS_ARC_FALL;
    const bool tail = item->entry->ending == CS_ENDING_FADE ||
                      item->entry->ending == CS_ENDING_RING;
    if (near && (span || tail) && !p->items[i].time.is_clock)
      return true;
    if (near && step > 0 && cs_item_is(item, CS_MARK_EVERY))
      return true;
  }
  return false;
}

bool
cs_follows_heading(const CsParse *p, size_t i)
{
  for (int step = -1; step >= -6; step--) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->sentence != p->items[i].sentence)
      return false;
    if (cs_item_is(item, CS_MARK_LENGTH))
      return true;
    if (!cs_item_is_mark(item, ":=\"'-") &&
        !cs_item_is_class(item, CS_CLASS_MARKER) &&
        !cs_item_is_class(item, CS_CLASS_PLAIN))
      return false;
  }
  return false;
}

bool
cs_is_length_of(const CsParse *p, size_t i)
{
  const CsItem *next = cs_item_at(p, i, 1);
  return next->end >= next->begin + 2 &&
         strncmp(p->normal.text + next->begin, "of", 2) == 0 &&
         p->normal.text[next->begin + 2] == ' ';
}

/// "80s": what may be a decade.
static bool
has_shape_of_decade(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  const char *text   = p->normal.text + item->begin;
  return item->kind == CS_ITEM_TIME && item->end == item->begin + 3 &&
         text[0] >= '5' && text[0] <= '9' && text[1] == '0' && text[2] == 's';
}

/// "the 80s", "in the 80s", "'80s", "late 90s"
static bool
is_named_decade(const CsParse *p, size_t i)
{
  static const char *const words[] = {"the ", "early ", "late ", "mid ", "'"};
  const size_t at                  = p->items[i].begin;
  for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
    const size_t n = strlen(words[k]);
    if (at >= n && memcmp(p->normal.text + at - n, words[k], n) == 0)
      return !cs_item_is(cs_item_at(p, i, -1), CS_MARK_LAST);
  }
  return false;
}

/// Is there another amount that can be the length?
static bool
has_other_length(const CsParse *p, size_t i)
{
  for (size_t k = 0; k < p->n; k++) {
    const CsItem *item    = &p->items[k];
    const CsTimeForm form = item->time.form;
    if (k != i && item->kind == CS_ITEM_TIME && !has_shape_of_decade(p, k) &&
        (form == CS_TIME_LENGTH || form == CS_TIME_RANGE) &&
        item->time.a.unit == CS_UNIT_SECOND && !belongs_to_change(p, k))
      return true;
  }
  return false;
}

/// Genres that stand for a function have no decade: "90s corporate".
static bool
has_decades(const CsItem *item)
{
  return cs_item_is(item, CS_MARK_LIKE_AFTER) ||
         (cs_item_is_class(item, CS_CLASS_GENRE) && !item->entry->timeless);
}

/// "80s synth pop": a decade, not a length. 60 and 90 s are the common lengths
/// of spots, so that these need a genre beside them, or another length.
static bool
is_decade(const CsParse *p, size_t i)
{
  const CsItem *next = cs_item_at(p, i, 1);
  if (!has_shape_of_decade(p, i))
    return false;
  if (is_named_decade(p, i) || has_other_length(p, i))
    return !cs_follows_heading(p, i);
  const char tens    = p->normal.text[p->items[i].begin];
  const bool spot    = tens == '6' || tens == '9';
  const bool listed  = cs_item_is_mark(next, ",");
  const CsItem *noun = listed ? cs_item_at(p, i, 2) : next;
  if (!listed && next->clause != p->items[i].clause)
    return false;
  if (spot)
    return !listed && has_decades(next);
  return has_decades(noun) || cs_item_is_class(noun, CS_CLASS_INSTRUMENT);
}

/// Is the change beside it one that may fill the whole cue?
static bool
is_amount_of_course(const CsParse *p, size_t i)
{
  const CsItem *near = cs_item_at(p, i, -1);
  const bool change =
      near->kind == CS_ITEM_ENTRY &&
      (near->entry->kind == CS_ARC_BUILD || near->entry->kind == CS_ARC_FALL);
  return change && p->items[i].time.form == CS_TIME_FOR;
}

static bool
is_beside(const CsParse *p, size_t i, CsMarker marker)
{
  for (int step = -2; step <= 2; step++)
    if (cs_item_is(cs_item_at(p, i, step), marker) &&
        cs_item_at(p, i, step)->clause == p->items[i].clause)
      return true;
  return false;
}

/// "in at 0:10 ... no wait, 0:14": does it correct a place in the cue?
static bool
corrects_place(const CsParse *p, size_t i)
{
  for (size_t k = i;
       k-- > 0 && p->items[k].sentence + 3 >= p->items[i].sentence;) {
    const CsTime *time = &p->items[k].time; // "..." ends three sentences
    if (p->items[k].kind != CS_ITEM_TIME)
      continue;
    const bool place =
        time->form == CS_TIME_MOMENT || time->form == CS_TIME_FROM ||
        time->form == CS_TIME_SPAN ||
        (time->is_clock &&
            cs_item_is_class(cs_item_at(p, k, -1), CS_CLASS_CHANGE));
    return place && time->is_clock == p->items[i].time.is_clock;
  }
  return false;
}

bool
cs_is_no_length(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  return item->kind == CS_ITEM_TIME && item->time.form == CS_TIME_LENGTH &&
         item->time.a.at <= 0.0 &&
         (item->flags & (CS_FLAG_USED | CS_FLAG_NEGATED)) == 0 &&
         !belongs_to_change(p, i);
}

int
cs_length_score(const CsParse *p, size_t i)
{
  const CsItem *item    = &p->items[i];
  const CsTimeForm form = item->time.form;
  if (item->kind != CS_ITEM_TIME || (item->flags & CS_FLAG_NEGATED) ||
      is_decade(p, i) || (form == CS_TIME_LENGTH && item->time.a.at <= 0.0))
    return 0;
  if (belongs_to_change(p, i)) // "a build for 45 seconds", where none is better
    return is_amount_of_course(p, i) ? 1 : 0;
  if (form == CS_TIME_RANGE)
    return item->time.a.unit == CS_UNIT_SECOND ? 3 : 0;
  if (form != CS_TIME_LENGTH && form != CS_TIME_FOR)
    return 0;
  const CsItem *before = cs_item_at(p, i, -1);
  if (cs_item_is(before, CS_MARK_BEFORE) || cs_item_is(before, CS_MARK_EVERY) ||
      (i > 0 && cs_says_start(p, i - 1)))
    return 0;
  int points = form == CS_TIME_FOR ? 2 : 4;
  if (item->time.a.unit == CS_UNIT_BAR)
    points = 2;
  else if (item->time.a.unit == CS_UNIT_BEAT)
    return 0;
  points += cs_item_is_alone(p, i) ? 2 : 0;
  if (cs_is_length_of(
          p, i)) // weaker, but "for 90 s of calm" is better than none
    points = points > 3 ? points - 2 : 1;
  if (cs_follows_heading(p, i) || cs_shares_clause(p, i, CS_MARK_TOTAL))
    points += 4;
  if ((item->flags & CS_FLAG_CORRECTS) && corrects_place(p, i))
    return 0;
  if (item->flags & CS_FLAG_CORRECTS)
    points += 8;
  // "10 minutes on average", "last time it was 30 s"
  if (is_beside(p, i, CS_MARK_ASIDE) ||
      cs_shares_clause(p, i, CS_MARK_OTHER_TAKE))
    points -= 3;
  return points;
}
