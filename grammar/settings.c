/// Tempo, meter and loudness.
#include "grammar/phrases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/// How far "about 100" reaches, in BPM.
static const double about_bpm = 5.0;
/// What "at least" and "at most" leave open, in BPM.
static const double open_bpm = 20.0;
/// A number this far beyond the words it stands with contradicts them: the
/// published ladders of tempo words agree to a tenth (LANGUAGE 2).
static const double word_slack = 1.25;

static const double slowest_bpm = 20.0, fastest_bpm = 300.0;
/// The targets that mastering can meet.
static const double quietest_lufs = -60.0, loudest_lufs = -8.0;

static bool
is_number(const CsParse *p, size_t i)
{
  return i < p->n && p->items[i].kind == CS_ITEM_NUMBER &&
         !(p->items[i].flags & CS_FLAG_USED);
}

/// The number that ends a range begun at i: "105-112", "105 to 112".
static size_t
range_end(const CsParse *p, size_t i)
{
  if (is_number(p, i + 1) && (p->items[i + 1].flags & CS_FLAG_GLUED))
    return i + 1;
  const bool links =
      i + 1 < p->n && (cs_item_is(&p->items[i + 1], CS_MARK_TO) ||
                          cs_item_is_mark(&p->items[i + 1], "-"));
  return links && is_number(p, i + 2) ? i + 2 : i;
}

static CsStatus
note_tempo(CsParse *p, size_t first, size_t last, double low, double high,
    const char *rule)
{
  char value[80], a[32], b[32];
  p->brief->tempo_bpm[0] = low;
  p->brief->tempo_bpm[1] = high;
  p->brief->said |= CS_SAID_TEMPO;
  cs_format_number(low, a);
  cs_format_number(high, b);
  (void)snprintf(value, sizeof value, "[%s,%s]", a, b);
  const char *copy = cs_arena_copy(p->arena, value, strlen(value));
  CS_TRY_NEW(copy);
  return cs_understand(p, first, last, "tempo_bpm", copy, rule);
}

/// "90ish"
static bool
is_ish(const CsParse *p, size_t i)
{
  const CsItem *item = cs_item_at(p, i, 0);
  return cs_item_is(item, CS_MARK_ABOUT) ||
         (cs_item_is(item, CS_MARK_DAMP) && !(item->flags & CS_FLAG_SPACE));
}

/// Widen what was said by the hedge in front of it.
static size_t
apply_hedge(const CsParse *p, size_t first, size_t last, double bpm[2])
{
  const CsItem *before = cs_item_at(p, first, -1);
  const bool ish       = is_ish(p, first + 1) || is_ish(p, last + 1);
  if (cs_item_is(before, CS_MARK_ABOUT) || ish) {
    bpm[0] -= about_bpm;
    bpm[1] += about_bpm;
  } else if (cs_item_is(before, CS_MARK_AT_LEAST)) {
    bpm[1] += open_bpm;
  } else if (cs_item_is(before, CS_MARK_AT_MOST) ||
             cs_item_is(before, CS_MARK_UNDER)) {
    bpm[0] -= open_bpm;
  } else {
    return first;
  }
  return first > 0 && !ish ? first - 1 : first;
}

bool
cs_is_corrected(const CsParse *p, size_t i)
{
  for (int step = -1; step >= -4; step--)
    if (cs_item_is(cs_item_at(p, i, step), CS_MARK_CORRECTION) ||
        cs_item_is(cs_item_at(p, i, step), CS_MARK_NO))
      return true;
  return false;
}

/// Two numbers that do not overlap: the later one is meant.
static CsStatus
warn_two_tempos(CsParse *p, size_t i, const double bpm[2])
{
  const double *old = p->brief->tempo_bpm;
  if (!(p->brief->said & CS_SAID_TEMPO) || cs_is_corrected(p, i) ||
      (bpm[0] <= old[1] && bpm[1] >= old[0]))
    return CS_OK;
  const char *message = cs_arena_printf(p->arena,
      "two tempos are asked for, %g and %g BPM; the second is kept",
      (old[0] + old[1]) / 2.0, (bpm[0] + bpm[1]) / 2.0);
  CS_TRY_NEW(message);
  return cs_brief_warn(p->arena, p->brief, "contradiction", message);
}

/// "100 BPM opening to 128 BPM", "then 90 BPM", "90 BPM from 0:40", behind
/// another tempo.
static bool
is_on_the_way(const CsParse *p, size_t i)
{
  enum { MAX_BACK = 4 };
  if (!(p->brief->said & CS_SAID_TEMPO))
    return false;
  for (size_t k = i; k-- > 0 && i - k <= MAX_BACK;) {
    const CsItem *item = &p->items[k];
    if (item->clause != p->items[i].clause)
      break;
    if (cs_item_is(item, CS_MARK_TO) || cs_item_is(item, CS_MARK_BECOME) ||
        cs_item_is(item, CS_MARK_ENDING) || cs_item_is_then(item) ||
        cs_item_is_class(item, CS_CLASS_CHANGE))
      return true;
  }
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (cs_tells_time(p, k) && !(p->items[k].flags & CS_FLAG_USED))
      return true;
  return false;
}

static CsStatus
answer_tempo_change(CsParse *p, size_t first, size_t last)
{
  const size_t from   = p->normal.from[p->items[first].begin];
  const size_t to     = p->normal.to[p->items[last].end - 1];
  const char *message = cs_arena_printf(p->arena,
      "\"%.*s\": the tempo does not change inside a cue; the one that is said "
      "first stays",
      (int)(to - from), p->brief->prompt + from);
  CS_TRY_NEW(message);
  CS_TRY(
      cs_brief_warn(p->arena, p->brief, "tempo_change_unsupported", message));
  return cs_understand_text(
      p, first, last, "warnings", "tempo_change_unsupported", "cannot");
}

static CsStatus
take_tempo(CsParse *p, size_t first, size_t number, size_t last)
{
  const size_t end = range_end(p, number);
  double bpm[2]    = {p->items[number].number, p->items[end].number};
  if (bpm[0] > bpm[1]) {
    const double high = bpm[0];
    bpm[0]            = bpm[1];
    bpm[1]            = high;
  }
  if (bpm[0] < slowest_bpm || bpm[1] > fastest_bpm)
    return CS_OK;
  const size_t from = apply_hedge(p, first, last > end ? last : end, bpm);
  if (is_on_the_way(p, first))
    return answer_tempo_change(p, first, last > end ? last : end);
  bpm[0] = fmax(bpm[0], slowest_bpm);
  bpm[1] = fmin(bpm[1], fastest_bpm);
  CS_TRY(warn_two_tempos(p, first, bpm));
  return note_tempo(p, from, last > end ? last : end, bpm[0], bpm[1], "number");
}

/// The first number after a heading such as "tempo:", "BPM", "@".
static size_t
number_after(const CsParse *p, size_t i)
{
  size_t at = i + 1;
  while (at < p->n && at < i + 5 &&
         (cs_item_is_mark(&p->items[at], ":=\"'(") ||
             cs_item_is(&p->items[at], CS_MARK_AT) ||
             cs_item_is(&p->items[at], CS_MARK_SOME) ||
             cs_item_is(&p->items[at], CS_MARK_ABOUT)))
    at++;
  return is_number(p, at) ? at : 0;
}

/// NUMBER [- NUMBER] bpm
static CsStatus
number_then_unit(CsParse *p, size_t i, bool *done)
{
  const size_t end = range_end(p, i);
  size_t unit      = end + 1;
  if (unit < p->n && is_ish(p, unit))
    unit++; // "90ish bpm"
  *done = unit < p->n && cs_item_is_unit(&p->items[unit], CS_UNIT_BPM);
  return *done ? take_tempo(p, i, i, unit) : CS_OK;
}

static bool
is_tempo_heading(const CsItem *item)
{
  return cs_item_is(item, CS_MARK_TEMPO) || cs_item_is_unit(item, CS_UNIT_BPM);
}

static bool
has_unit_of_time(const CsParse *p, size_t i)
{
  const CsItem *next = cs_item_at(p, range_end(p, i), 1);
  return next->kind == CS_ITEM_ENTRY &&
         next->entry->class_of == CS_CLASS_UNIT &&
         next->entry->unit != CS_UNIT_BPM;
}

/// "tempo: 95", "BPM 105-112", "@ 116", "16 bars at 120"
static CsStatus
heading_then_number(CsParse *p, size_t i, bool *done)
{
  const CsItem *item   = &p->items[i];
  const CsItem *before = cs_item_at(p, i, -1);
  const bool after_bars =
      cs_item_is(item, CS_MARK_AT) && cs_item_is_unit(before, CS_UNIT_BAR);
  *done = false;
  if (!is_tempo_heading(item) && !cs_item_is_mark(item, "@") && !after_bars)
    return CS_OK;
  const size_t number = number_after(p, i);
  if (number == 0 || has_unit_of_time(p, number))
    return CS_OK;
  const CsItem *unit = cs_item_at(p, range_end(p, number), 1);
  *done              = true;
  return take_tempo(
      p, i, number, cs_item_is_unit(unit, CS_UNIT_BPM) ? number + 1 : number);
}

static CsStatus
read_tempo_numbers(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    bool done = false;
    if (is_number(p, i))
      CS_TRY(number_then_unit(p, i, &done));
    if (!done && !(p->items[i].flags & CS_FLAG_USED))
      CS_TRY(heading_then_number(p, i, &done));
  }
  return CS_OK;
}

/// A tempo word that describes a change or an effect says nothing of the
/// tempo: "slow fades".
static bool
is_of_change(const CsParse *p, size_t i)
{
  const CsItem *next = cs_item_at(p, i, 1);
  return next->clause == p->items[i].clause &&
         (cs_item_is_class(next, CS_CLASS_CHANGE) ||
             (cs_item_is_class(next, CS_CLASS_ENDING) &&
                 next->entry->ending == CS_ENDING_FADE));
}

/// "around 95" beside a tempo word counts as BPM.
static size_t
bare_number_near(const CsParse *p, size_t i)
{
  for (int step = 1; step <= 3; step++) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause)
      return 0;
    if (item->kind == CS_ITEM_NUMBER && item->number >= 40.0 &&
        item->number <= 220.0)
      return has_unit_of_time(p, i + (size_t)step) ||
                     (item->flags & CS_FLAG_USED)
                 ? 0
                 : i + (size_t)step;
    if (!cs_item_is(item, CS_MARK_ABOUT) && !cs_item_is(item, CS_MARK_AT))
      return 0;
  }
  return 0;
}

static CsStatus
take_tempo_word(CsParse *p, size_t i)
{
  const double *word = p->items[i].entry->bpm;
  double *bpm        = p->brief->tempo_bpm;
  double low = word[0], high = word[1];
  const CsItem *before = cs_item_at(p, i, -1);
  if (cs_item_is(before, CS_MARK_BOOST)) { // the outer half of the range
    if (high < 100.0)
      high = low + (high - low) * 0.6;
    else if (low > 100.0)
      low = high - (high - low) * 0.6;
  }
  if (p->brief->said & CS_SAID_TEMPO) {
    const bool is_number = bpm[1] - bpm[0] <= 2.0 * about_bpm;
    if (bpm[0] > high * word_slack || bpm[1] * word_slack < low) {
      if (is_on_the_way(p, i))
        return answer_tempo_change(p, i, i);
      const char *message = cs_arena_printf(p->arena,
          "\"%.*s\" is %g..%g BPM, but %g..%g BPM is asked for too; the %s is "
          "kept",
          (int)(p->items[i].end - p->items[i].begin),
          p->normal.text + p->items[i].begin, low, high, bpm[0], bpm[1],
          is_number ? "number" : "later");
      CS_TRY_NEW(message);
      CS_TRY(cs_brief_warn(p->arena, p->brief, "contradiction", message));
      return is_number ? CS_OK : note_tempo(p, i, i, low, high, "word");
    }
    if (is_number)
      return cs_understand_number(
          p, i, i, "arousal", p->items[i].entry->arousal, "weak");
    low  = fmax(low, bpm[0]);
    high = fmin(high, bpm[1]);
    if (low > high)
      return CS_OK;
  }
  return note_tempo(p, i, i, low, high, "word");
}

bool
cs_is_negated_before(const CsParse *p, size_t i)
{
  for (int step = -1; step >= -3; step--) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause)
      return false;
    if (item->flags & CS_FLAG_CORRECTS) // "slow? no: fast"
      return false;
    if (cs_item_is(item, CS_MARK_NO) || cs_item_is(item, CS_MARK_NOT))
      return true;
  }
  return false;
}

static CsStatus
read_tempo_words(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind != CS_ITEM_ENTRY || item->entry->bpm[1] <= 0.0 ||
        is_of_change(p, i) || cs_is_negated_before(p, i) ||
        (item->flags & (CS_FLAG_NEGATED | CS_FLAG_STEP)))
      continue;
    const size_t number = bare_number_near(p, i);
    if (number > 0)
      CS_TRY(take_tempo(p, i, number, number));
    else
      CS_TRY(take_tempo_word(p, i));
  }
  return CS_OK;
}

// ---- Meter, loudness
// ---------------------------------------------------------

/// "then eight bars of 3/4": the meter of a part.
static bool
is_meter_of_bars(const CsParse *p, size_t i)
{
  return cs_item_is_unit(cs_item_at(p, i, -1), CS_UNIT_BAR) ||
         (cs_item_is_unit(cs_item_at(p, i, -2), CS_UNIT_BAR) &&
             cs_item_is_class(cs_item_at(p, i, -1), CS_CLASS_PLAIN));
}

static CsStatus
take_meter(CsParse *p, size_t i, CsMeter meter)
{
  CsBrief *brief = p->brief;
  char name[24];
  if ((brief->said & CS_SAID_METER) && is_meter_of_bars(p, i))
    return CS_OK;
  if ((brief->said & CS_SAID_METER) &&
      (brief->meter.numerator != meter.numerator ||
          brief->meter.denominator != meter.denominator) &&
      !cs_is_corrected(p, i)) {
    const char *message = cs_arena_printf(p->arena,
        "two meters are asked for, %d/%d and %d/%d; the second is kept",
        brief->meter.numerator, brief->meter.denominator, meter.numerator,
        meter.denominator);
    CS_TRY_NEW(message);
    CS_TRY(cs_brief_warn(p->arena, brief, "contradiction", message));
  }
  brief->meter = meter;
  brief->said |= CS_SAID_METER;
  (void)snprintf(
      name, sizeof name, "%d/%d", meter.numerator, meter.denominator);
  return cs_understand_text(p, i, i, "meter", name,
      p->items[i].kind == CS_ITEM_METER ? "number" : "word");
}

static CsStatus
take_loudness(CsParse *p, size_t i)
{
  const double lufs = p->items[i].number;
  if (lufs < quietest_lufs || lufs > loudest_lufs) {
    const char *message = cs_arena_printf(p->arena,
        "%g LUFS is outside %g..%g LUFS and is not taken; the function's own "
        "loudness stands",
        lufs, quietest_lufs, loudest_lufs);
    CS_TRY_NEW(message);
    CS_TRY(cs_brief_warn(p->arena, p->brief, "loudness_out_of_range", message));
    return cs_understand(p, i, i, "loudness_lufs", "null", "out of range");
  }
  if ((p->brief->said & CS_SAID_LOUDNESS) && p->brief->loudness_lufs != lufs &&
      !cs_is_corrected(p, i)) {
    const char *message = cs_arena_printf(p->arena,
        "two loudnesses are asked for, %g and %g LUFS; the second is kept",
        p->brief->loudness_lufs, lufs);
    CS_TRY_NEW(message);
    CS_TRY(cs_brief_warn(p->arena, p->brief, "contradiction", message));
  }
  p->brief->loudness_lufs = p->items[i].number;
  p->brief->said |= CS_SAID_LOUDNESS;
  return cs_understand_number(
      p, i, i, "loudness_lufs", p->items[i].number, "number");
}

CsStatus
cs_read_settings(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    CsMeter meter      = item->meter;
    if (item->kind == CS_ITEM_LUFS)
      CS_TRY(take_loudness(p, i));
    else if (item->kind == CS_ITEM_METER)
      CS_TRY(take_meter(p, i, meter));
    else if (item->kind != CS_ITEM_ENTRY || cs_is_negated_before(p, i) ||
             (item->flags & CS_FLAG_NEGATED))
      continue;
    else if (item->entry->meter != NULL &&
             cs_meter_parse(item->entry->meter, &meter))
      CS_TRY(take_meter(p, i, meter));
  }
  CS_TRY(read_tempo_numbers(p));
  return read_tempo_words(p);
}
