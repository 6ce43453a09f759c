/// The total length: which of the times in a prompt it is.
#include "grammar/phrases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool
in_clause(const CsParse *p, size_t i, CsMarker marker)
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

static bool
is_alone(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  for (int way = -1; way <= 1; way += 2)
    for (int step = way;; step += way) {
      const CsItem *item = cs_item_at(p, i, step);
      if (item->clause != clause)
        break;
      const bool filler = item->kind == CS_ITEM_MARK ||
                          cs_item_is_class(item, CS_CLASS_PLAIN) ||
                          cs_item_is_class(item, CS_CLASS_MARKER);
      if (!filler)
        return false;
    }
  return true;
}

/// A clock time that stands in front of what happens then.
static bool
leads(const CsParse *p, size_t i)
{
  const CsItem *item   = &p->items[i];
  const CsItem *before = cs_item_at(p, i, -1);
  const bool first =
      before->clause != item->clause || cs_item_is_mark(before, ",;./|-([>");
  const CsItem *next = cs_item_at(p, i, 1);
  return item->time.is_clock && first && next->clause == item->clause &&
         next->kind != CS_ITEM_MARK && !is_alone(p, i);
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

static bool
follows_heading(const CsParse *p, size_t i)
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

/// "10 seconds of pulse", "15 seconds left of the 75"
static bool
is_length_of(const CsParse *p, size_t i)
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
    return !follows_heading(p, i);
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

/// "in:", and "in at" where no instrument comes in.
static bool
says_start(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  const CsItem *next = cs_item_at(p, i, 1);
  if (cs_item_is(item, CS_MARK_MUSIC_IN))
    return true;
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

/// How sure it is that an amount is the total; 0 is not at all.
static int
score(const CsParse *p, size_t i)
{
  const CsItem *item    = &p->items[i];
  const CsTimeForm form = item->time.form;
  if (item->kind != CS_ITEM_TIME || (item->flags & CS_FLAG_NEGATED) ||
      is_decade(p, i))
    return 0;
  if (belongs_to_change(p, i)) // "a build for 45 seconds", where none is better
    return is_amount_of_course(p, i) ? 1 : 0;
  if (form == CS_TIME_RANGE)
    return item->time.a.unit == CS_UNIT_SECOND ? 3 : 0;
  if (form != CS_TIME_LENGTH && form != CS_TIME_FOR)
    return 0;
  const CsItem *before = cs_item_at(p, i, -1);
  if (cs_item_is(before, CS_MARK_BEFORE) || cs_item_is(before, CS_MARK_EVERY) ||
      (i > 0 && says_start(p, i - 1)))
    return 0;
  int points = form == CS_TIME_FOR ? 2 : 4;
  if (item->time.a.unit == CS_UNIT_BAR)
    points = 2;
  else if (item->time.a.unit == CS_UNIT_BEAT)
    return 0;
  points += is_alone(p, i) ? 2 : 0;
  if (is_length_of(p, i)) // weaker, but "for 90 s of calm" is better than none
    points = points > 3 ? points - 2 : 1;
  if (follows_heading(p, i) || in_clause(p, i, CS_MARK_TOTAL))
    points += 4;
  if (item->flags & CS_FLAG_CORRECTS)
    points += 8;
  if (is_beside(p, i, CS_MARK_ASIDE)) // "10 minutes on average"
    points -= 3;
  return points;
}

static bool
is_timeline(const CsParse *p)
{
  size_t n = 0;
  for (size_t i = 0; i < p->n; i++)
    n += p->items[i].kind == CS_ITEM_TIME &&
         p->items[i].time.form == CS_TIME_LENGTH && leads(p, i);
  return n >= 2;
}

/// In a list of clock times each stands for a moment.
static void
make_moments(CsParse *p)
{
  if (!is_timeline(p))
    return;
  for (size_t i = 0; i < p->n; i++)
    if (p->items[i].kind == CS_ITEM_TIME &&
        p->items[i].time.form == CS_TIME_LENGTH && leads(p, i) &&
        !follows_heading(p, i))
      p->items[i].time.form = CS_TIME_MOMENT;
}

// ---- Lengths that follow from other times -----------------------------------

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
  const CsItem *item = &p->items[i];
  const bool leaves  = cs_item_is_class(item, CS_CLASS_CHANGE) &&
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
    if (says_start(p, k) || says_end(p, k))
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

/// Something that comes in at a moment goes on behind it: no end.
static bool
begins_something(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  if (item->time.form == CS_TIME_SPAN || item->time.form == CS_TIME_UNTIL)
    return false;
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == item->clause; k++) {
    const CsItem *near = &p->items[k];
    if (near->kind == CS_ITEM_ENTRY && near->entry->kind == CS_ARC_ENTER &&
        !(near->flags & CS_FLAG_NEGATED))
      return true;
  }
  return false;
}

typedef struct Ends {
  double in_s, out_s, latest_s;
  size_t out_at, latest_at;
  size_t n_places;
} Ends;

static Ends
find_ends(const CsParse *p)
{
  Ends ends = {.out_s = -1.0, .latest_s = -1.0};
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    size_t at          = i;
    if (says_start(p, i)) {
      const double t = time_beside(p, i, &at);
      ends.in_s      = t >= 0.0 ? t : ends.in_s;
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
      ends.n_places++;
      if (!begins_something(p, i) && last_second(&item->time) > ends.latest_s) {
        ends.latest_s  = last_second(&item->time);
        ends.latest_at = i;
      }
    }
  }
  return ends;
}

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

/// "35 s - no, make it 40": a number without a unit takes the last one.
static CsStatus
corrected_number(CsParse *p, size_t best, bool *done)
{
  for (size_t i = best + 1; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind != CS_ITEM_NUMBER || !(item->flags & CS_FLAG_CORRECTS) ||
        (item->flags & CS_FLAG_USED))
      continue;
    const double old = p->items[best].time.a.at;
    const bool minutes =
        old >= 60.0 && item->number < 20.0 && floor(old / 60.0) * 60.0 == old;
    *done = true;
    return take_length(
        p, i, minutes ? item->number * 60.0 : item->number, "correction");
  }
  return CS_OK;
}

/// "seconds: 95", "duration: 120", "15 s left of the 75"
static size_t
bare_total(const CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    const bool heading = cs_item_is(item, CS_MARK_LENGTH) ||
                         (cs_item_is_unit(item, CS_UNIT_SECOND) &&
                             (cs_item_is_mark(cs_item_at(p, i, 1), ":=") ||
                                 cs_item_is_mark(cs_item_at(p, i, 2), ":=")));
    const bool of = item->kind == CS_ITEM_TIME &&
                    item->time.a.anchor == CS_ANCHOR_END && is_length_of(p, i);
    if (!heading && !of)
      continue;
    for (int step = 1; step <= 4; step++) {
      const CsItem *next = cs_item_at(p, i, step);
      if (next->kind == CS_ITEM_NUMBER && !(next->flags & CS_FLAG_USED))
        return i + (size_t)step;
      if (next->kind == CS_ITEM_WORD || next->kind == CS_ITEM_TIME)
        break;
    }
  }
  return 0;
}

static double
bare_scale(const CsParse *p, size_t i)
{
  for (size_t k = i; k-- > 0 && i - k < 5;)
    if (cs_item_is(&p->items[k], CS_MARK_LENGTH))
      return strncmp(p->normal.text + p->items[k].end - 2, "ms", 2) == 0 ? 0.001
                                                                         : 1.0;
  return 1.0;
}

/// "[Intro 4 bars][Verse 8 bars]", "8 bars of 4/4, then 8 bars of 3/4": amounts
/// of bars that stand one behind the other add up.
static bool
is_part_in_bars(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  return item->kind == CS_ITEM_TIME && item->time.a.unit == CS_UNIT_BAR &&
         item->time.form == CS_TIME_LENGTH &&
         !(item->flags & CS_FLAG_NEGATED) && !belongs_to_change(p, i);
}

static CsStatus
sum_of_parts(CsParse *p, bool *done)
{
  double sum = 0.0;
  size_t n = 0, last = 0;
  bool joined = false;
  for (size_t i = 0; i < p->n; i++) {
    if (!is_part_in_bars(p, i))
      continue;
    joined |= in_clause(p, i, CS_MARK_SECTION) || in_clause(p, i, CS_MARK_THEN);
    sum += p->items[i].time.a.at;
    last = i;
    n++;
  }
  if (n < 2 || !joined)
    return CS_OK;
  *done = true;
  return take_length(p, last, sum, "sum of the parts");
}

static CsStatus
from_ends(CsParse *p, const Ends *ends, bool *done)
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
  if (ends->n_places >= 2 && ends->latest_s > 0.0)
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

static CsStatus
missing(CsParse *p)
{
  CsBrief *brief = p->brief;
  const char *name =
      cs_function_names[brief->said & CS_SAID_FUNCTION ? brief->function
                                                       : CS_THEMATIC];
  brief->duration_s   = cs_brief_default_s(brief);
  const char *message = cs_arena_printf(p->arena,
      "no length is given; %g s is used, the default of a%s %s cue",
      brief->duration_s, strchr("aeiou", name[0]) != NULL ? "n" : "", name);
  CS_TRY_NEW(message);
  return cs_brief_warn(p->arena, brief, "duration_missing", message);
}

/// Where in and out points are named, other clock times count like them.
static void
count_from(CsParse *p, double in_s)
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

static CsStatus
find_length(CsParse *p)
{
  size_t best = 0;
  int most    = 0;
  bool done   = false;
  make_moments(p);
  const Ends ends = find_ends(p);
  if (ends.in_s > 0.0 && ends.out_s > ends.in_s) {
    CS_TRY(from_ends(p, &ends, &done));
    count_from(p, ends.in_s);
    return CS_OK;
  }
  for (size_t i = 0; i < p->n; i++) {
    const int points = score(p, i);
    if (points > most) {
      most = points;
      best = i;
    }
  }
  if (most > 0)
    CS_TRY(corrected_number(p, best, &done));
  const size_t bare = done ? 0 : bare_total(p);
  if (!done && bare == 0 && most <= 4 && ends.out_s <= 0.0)
    CS_TRY(sum_of_parts(p, &done));
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
  const CsTime *time = &p->items[best].time;
  if (time->form == CS_TIME_RANGE)
    return take_length(
        p, best, (time->a.at + time->b.at) / 2.0, "middle of range");
  return take_length(p, best, time->a.at, "number");
}

CsStatus
cs_read_length(CsParse *p)
{
  CS_TRY(find_length(p));
  CS_TRY(p->brief->said & CS_SAID_DURATION ? out_of_range(p) : missing(p));
  p->length_s = p->brief->duration_s;
  return CS_OK;
}
