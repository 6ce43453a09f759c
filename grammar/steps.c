/// Comparisons with a cue that is not known here: "darker than last time", "a
/// bit faster", "more energy", "less busy than the previous one".
///
/// They become small steps of named size from where the other words lie, and
/// from neutral where they say nothing. A comparison that has a time, or that
/// follows another state ("then calmer", "louder in the chorus"), is a change
/// over time and is left to the arc.
#include "grammar/phrases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/// A small step on the scales of mood and density, and as a share of the tempo:
/// heard side by side, and far from the next tempo word.
static const double mood_step = 0.25, tempo_step = 0.08;
/// A step that is hedged ("a bit") or stressed ("much") is so much of a small
/// one.
static const double hedged = 0.6, stressed = 1.6;
/// Values below this are no direction to step along.
static const double least_value = 0.1;
/// A range of tempo this narrow is a number that was said, in BPM.
static const double number_bpm = 10.0;
/// Tempo words around this are neither fast nor slow, in BPM.
static const double middle_bpm = 105.0, middle_reach_bpm = 10.0;

enum { MAX_REACH = 6 }; ///< Items from a comparison to what it refers to.

static bool
is_same_clause(const CsParse *p, size_t i, const CsItem *item)
{
  return item->clause == p->items[i].clause;
}

// ---- Which comparisons are steps --------------------------------------------

static const CsEntry *
step_of(const CsParse *p, const CsEntry *entry)
{
  if (entry->step == NULL)
    return NULL;
  const size_t n = strlen(entry->step);
  const uint64_t hash =
      cs_words_hash_add(cs_words_hash_start(), entry->step, n);
  return cs_phrase_find(&p->lexicon->exact, hash, entry->step, n);
}

/// "darker", "more energy", "more upbeat", "less busy".
static bool
find_comparison(const CsParse *p, size_t i, CsStep *step)
{
  const CsItem *item = &p->items[i], *next = cs_item_at(p, i, 1);
  if (item->kind != CS_ITEM_ENTRY)
    return false;
  *step = (CsStep){.first = i, .last = i, .size = 1.0};
  if (item->base != NULL &&
      (item->entry == item->base || cs_item_is_class(item, CS_CLASS_CHANGE))) {
    step->base = item->base;
    return true;
  }
  if (item->entry->step != NULL) {
    step->base = step_of(p, item->entry);
    return step->base != NULL;
  }
  const bool less = cs_item_is(item, CS_MARK_LESS);
  if ((!less && !cs_item_is(item, CS_MARK_MORE)) ||
      next->kind != CS_ITEM_ENTRY || !is_same_clause(p, i, next) ||
      !cs_is_comparable(next->entry))
    return false;
  step->base = next->entry;
  step->size = less ? -1.0 : 1.0;
  step->last = i + 1;
  return true;
}

/// "even darker": no even course.
static bool
is_stress(const CsParse *p, const CsItem *item)
{
  return item->end == item->begin + 4 &&
         memcmp(p->normal.text + item->begin, "even", 4) == 0;
}

/// "a bit", "slightly", "much", "even" in front.
static void
read_size(const CsParse *p, CsStep *step)
{
  while (step->first > 0) {
    const CsItem *before = &p->items[step->first - 1];
    const bool less      = cs_item_is(before, CS_MARK_DAMP);
    const bool more      = cs_item_is(before, CS_MARK_MUCH) ||
                      cs_item_is(before, CS_MARK_BOOST) || is_stress(p, before);
    if ((!less && !more) || !is_same_clause(p, step->first, before))
      return;
    if (less)
      step->size *= hedged;
    else if (before->entry->scale > 1.0)
      step->size *= stressed;
    step->first--;
  }
}

/// "not darker", "no slower than": what is ruled out is no step.
static bool
is_negated(const CsParse *p, const CsStep *step)
{
  for (int k = -1; k >= -2; k--) {
    const CsItem *item = cs_item_at(p, step->first, k);
    if (!is_same_clause(p, step->first, item))
      return false;
    if (cs_item_is(item, CS_MARK_NO) || cs_item_is(item, CS_MARK_NOT) ||
        cs_item_is(item, CS_MARK_RATHER))
      return true;
  }
  return false;
}

/// What a comparison is made with.
typedef enum Reference {
  REFERS_TO_NOTHING,
  REFERS_TO_EARLIER, ///< "than last time", "than it was"
  REFERS_TO_MIX,     ///< "louder than the voice", "slower than 100 BPM"
} Reference;

/// Is another take named in the sentence? Then its comparisons are with it.
static bool
names_earlier(const CsParse *p, size_t i)
{
  const int sentence = p->items[i].sentence;
  for (size_t k = cs_sentence_start(p, i);
       k < p->n && p->items[k].sentence == sentence; k++)
    if (cs_item_is(&p->items[k], CS_MARK_OTHER_TAKE))
      return true;
  return false;
}

static bool
is_in_mix(const CsItem *item)
{
  return item->kind == CS_ITEM_NUMBER || item->kind == CS_ITEM_TIME ||
         cs_item_is_class(item, CS_CLASS_INSTRUMENT) ||
         cs_item_is_class(item, CS_CLASS_FUNCTION);
}

static Reference
read_reference(const CsParse *p, CsStep *step)
{
  const size_t end = step->last + MAX_REACH;
  bool than        = false;
  for (size_t k = step->last + 1; k < p->n && k <= end; k++) {
    const CsItem *item = &p->items[k];
    if (!is_same_clause(p, step->last, item) || cs_item_is(item, CS_MARK_AND))
      break;
    if (than && is_in_mix(item))
      return REFERS_TO_MIX;
    if (cs_item_is(item, CS_MARK_OTHER_TAKE) ||
        (than && cs_item_is(item, CS_MARK_BEFORE))) {
      step->last = k;
      return REFERS_TO_EARLIER;
    }
    than = than || cs_item_is(item, CS_MARK_THAN);
  }
  return than || names_earlier(p, step->first) ? REFERS_TO_EARLIER
                                               : REFERS_TO_NOTHING;
}

bool
cs_tells_time(const CsParse *p, size_t i)
{
  static const CsMarker times[] = {CS_MARK_HALFWAY, CS_MARK_HALF,
      CS_MARK_THIRDS, CS_MARK_QUARTER, CS_MARK_START, CS_MARK_END,
      CS_MARK_UNTIL, CS_MARK_SECTION, CS_MARK_EVERY, CS_MARK_LAST,
      CS_MARK_FIRST, CS_MARK_SECOND, CS_MARK_THIRD};
  const CsItem *item            = &p->items[i];
  const CsItem *before = cs_item_at(p, i, -1), *after = cs_item_at(p, i, 1);
  if (item->kind == CS_ITEM_TIME)
    return is_same_clause(p, i, before) || is_same_clause(p, i, after);
  if (item->kind == CS_ITEM_NUMBER)
    return cs_item_is(before, CS_MARK_AT) || cs_item_is(before, CS_MARK_FROM) ||
           cs_item_is(before, CS_MARK_AFTER);
  for (size_t k = 0; k < sizeof times / sizeof *times; k++)
    if (cs_item_is(item, times[k]))
      return true;
  return false;
}

/// Does it follow on another state, or lead to one?
static bool
is_of_course(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  const bool changes = cs_item_is_class(item, CS_CLASS_CHANGE) &&
                       item->base == NULL && item->entry->step == NULL;
  return changes || cs_item_is(item, CS_MARK_THEN) ||
         cs_item_is(item, CS_MARK_BECOME) || cs_item_is(item, CS_MARK_WHERE) ||
         cs_item_is(item, CS_MARK_ENDING);
}

static bool
is_change_over_time(const CsParse *p, const CsStep *step)
{
  const int clause   = p->items[step->first].clause;
  const int sentence = p->items[step->first].sentence;
  for (size_t k = cs_sentence_start(p, step->first);
       k < p->n && p->items[k].sentence == sentence; k++) {
    if (k >= step->first && k <= step->last)
      continue;
    if (p->items[k].clause > clause)
      break;
    if (cs_tells_time(p, k) ||
        (p->items[k].clause == clause && is_of_course(p, k)))
      return true;
  }
  return false;
}

static CsStatus
add_step(CsParse *p, CsStep *step)
{
  void *list  = p->steps;
  step->begin = p->items[step->first].begin;
  step->end   = p->items[step->last].end;
  CS_TRY(cs_arena_grow(
      p->arena, &list, &p->steps_capacity, p->n_steps + 1, sizeof *p->steps));
  p->steps               = list;
  p->steps[p->n_steps++] = *step;
  return CS_OK;
}

/// Neither a mood, nor a tempo, nor a change as it stands.
static void
set_aside(CsParse *p, const CsStep *step)
{
  for (size_t k = step->first; k <= step->last; k++)
    if (p->items[k].kind == CS_ITEM_ENTRY &&
        p->items[k].entry->class_of != CS_CLASS_MARKER)
      p->items[k].flags |= CS_FLAG_STEP | CS_FLAG_NO_LEAD;
}

CsStatus
cs_mark_steps(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    CsStep step;
    if (!find_comparison(p, i, &step))
      continue;
    const size_t last = step.last;
    read_size(p, &step);
    const Reference reference = read_reference(p, &step);
    if (reference == REFERS_TO_NOTHING && is_change_over_time(p, &step))
      continue;
    if (reference != REFERS_TO_MIX && is_negated(p, &step))
      continue;
    set_aside(p, &step);
    if (reference != REFERS_TO_MIX)
      CS_TRY(add_step(p, &step));
    i = last;
  }
  return CS_OK;
}

// ---- Taking them ------------------------------------------------------------

/// A move along one field.
typedef struct Move {
  const char *field; ///< Of the Brief,
  const char *shown; ///< and with the size, for a person.
  CsSaid bit;
  double *value;
  double by;
  double reach; ///< The field runs from -reach to reach.
} Move;

static const char *
size_name(double size)
{
  return fabs(size) < 0.9   ? "smaller step"
         : fabs(size) > 1.1 ? "larger step"
                            : "small step";
}

static CsStatus
move(CsParse *p, const CsStep *step, const Move *to, CsText *moved)
{
  if (fabs(to->by) < 0.01)
    return CS_OK;
  if (!(p->brief->said & to->bit))
    *to->value = 0.0;
  *to->value = fmax(-to->reach, fmin(to->reach, *to->value + to->by));
  p->brief->said |= to->bit;
  cs_text_addf(moved, "%s%s", moved->n > 0 ? ", " : "", to->shown);
  return cs_understand_number(
      p, step->first, step->last, to->field, to->by, size_name(step->size));
}

static double
known(double value)
{
  return value > CS_UNSET ? value : 0.0;
}

/// Along the word's own direction; its largest part moves by the whole step.
static CsStatus
move_mood(CsParse *p, const CsStep *step, CsText *moved)
{
  CsBrief *b     = p->brief;
  const double v = known(step->base->valence), a = known(step->base->arousal);
  const double d       = known(step->base->density);
  const double largest = fmax(fabs(d), fmax(fabs(v), fabs(a)));
  if (largest < least_value)
    return CS_OK;
  const double by    = mood_step * step->size / largest;
  const Move moves[] = {
      {"valence", cs_arena_printf(p->arena, "valence %+.2f", v * by),
          CS_SAID_VALENCE, &b->valence, v * by, 1.0},
      {"arousal", cs_arena_printf(p->arena, "arousal %+.2f", a * by),
          CS_SAID_AROUSAL, &b->arousal, a * by, 1.0},
      {"density", cs_arena_printf(p->arena, "density %+.2f", d * by),
          CS_SAID_DENSITY, &b->density, d * by, 1.0},
  };
  for (size_t k = 0; k < sizeof moves / sizeof *moves; k++) {
    CS_TRY_NEW(moves[k].shown);
    CS_TRY(move(p, step, &moves[k], moved));
  }
  return CS_OK;
}

static CsStatus
warn(CsParse *p, size_t first, size_t last, const char *done)
{
  const size_t from = p->normal.from[p->items[first].begin];
  const size_t to   = p->normal.to[p->items[last].end - 1];
  const char *message =
      cs_arena_printf(p->arena, "\"%.*s\": no earlier cue is known here; %s",
          (int)(to - from), p->brief->prompt + from, done);
  CS_TRY_NEW(message);
  return cs_brief_warn(p->arena, p->brief, "earlier_cue_unknown", message);
}

static CsStatus
move_tempo(CsParse *p, const CsStep *step, CsText *moved)
{
  CsBrief *b           = p->brief;
  const double *bpm    = step->base->bpm;
  const double off     = (bpm[0] + bpm[1]) / 2.0 - middle_bpm;
  const bool is_number = (b->said & CS_SAID_TEMPO) &&
                         b->tempo_bpm[1] - b->tempo_bpm[0] <= number_bpm;
  if (fabs(off) < middle_reach_bpm)
    return CS_OK;
  if (is_number) {
    CS_TRY(warn(p, step->first, step->last,
        "the number of beats per minute that is said stands"));
    return cs_understand(
        p, step->first, step->last, "tempo_step", "null", "number");
  }
  const double by   = tempo_step * step->size * (off > 0.0 ? 1.0 : -1.0);
  const char *shown = cs_arena_printf(p->arena, "tempo %+.0f %%", 100.0 * by);
  const Move faster = {
      "tempo_step", shown, CS_SAID_TEMPO_STEP, &b->tempo_step, by, 0.5};
  CS_TRY_NEW(shown);
  return move(p, step, &faster, moved);
}

static CsStatus
take_step(CsParse *p, const CsStep *step)
{
  CsText moved     = cs_text_new(p->arena);
  const char *list = "";
  if (step->base->class_of == CS_CLASS_TEMPO)
    CS_TRY(move_tempo(p, step, &moved));
  else
    CS_TRY(move_mood(p, step, &moved));
  CS_TRY(cs_text_take(&moved, &list));
  if (list[0] == '\0')
    return CS_OK;
  const char *done = cs_arena_printf(p->arena,
      "it is a %s from where the other words lie (%s)", size_name(step->size),
      list);
  CS_TRY_NEW(done);
  return warn(p, step->first, step->last, done);
}

/// "like last time", "same as before"; "last time it was 30 s" only tells.
static bool
asks_for_earlier(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i], *before = cs_item_at(p, i, -1);
  if (item->flags & CS_FLAG_USED)
    return false;
  if (cs_item_is(item, CS_MARK_BEFORE)) // "less piano than before"
    return cs_item_is(before, CS_MARK_THAN);
  if (!cs_item_is(item, CS_MARK_OTHER_TAKE))
    return false;
  if (item->entry->scale < 1.0) // "the previous version"
    return true;
  return cs_item_is(before, CS_MARK_LIKE) ||
         cs_item_is(before, CS_MARK_WHERE) || // "as last time"
         cs_item_is(before, CS_MARK_THAN);
}

/// Joining numbers and units to times has moved the items. @param i  None of
/// the step's items stands before it.
static void
find_items(const CsParse *p, size_t i, CsStep *step)
{
  while (i + 1 < p->n && p->items[i + 1].begin <= step->begin)
    i++;
  step->first = i;
  while (i + 1 < p->n && p->items[i].end < step->end)
    i++;
  step->last = i;
}

CsStatus
cs_take_steps(CsParse *p)
{
  for (size_t k = 0; k < p->n_steps; k++) {
    find_items(p, k > 0 ? p->steps[k - 1].last : 0, &p->steps[k]);
    CS_TRY(take_step(p, &p->steps[k]));
  }
  for (size_t i = 0; i < p->n; i++)
    if (asks_for_earlier(p, i))
      CS_TRY(warn(p, i, i, "only the words of this prompt are used"));
  return CS_OK;
}
