/// "four rounds, each 45 s hard followed by 15 s easy": amounts that come again
/// and again, and the steps between them.
#include "grammar/arc.h"
#include "grammar/length.h"

#include <string.h>

enum { MAX_PHASES = 8, MAX_ROUNDS = 200, MAX_DISTANCE = 32, MAX_STEPS = 64 };

typedef struct Rounds {
  size_t count_at; ///< The number of rounds.
  double n, seconds;
  size_t phases[MAX_PHASES]; ///< Items of the amounts of one round.
  size_t n_phases;
} Rounds;

static bool
is_one_of(const CsParse *p, size_t i, const char *const *words)
{
  const CsItem *item = &p->items[i];
  const size_t n     = item->end - item->begin;
  for (size_t k = 0; words[k] != NULL; k++)
    if (strlen(words[k]) == n &&
        memcmp(p->normal.text + item->begin, words[k], n) == 0)
      return true;
  return false;
}

static bool
is_round(const CsParse *p, size_t i)
{
  static const char *const words[] = {"rounds", "round", "cycles", "repeats",
      "repetitions", "reps", "sets", "laps", "intervals", "passes", "circuits",
      NULL};
  return is_one_of(p, i, words);
}

/// "5 s in" may be a breath: in rounds it is an amount too.
static bool
is_phase(const CsItem *item)
{
  const CsTimeForm form = item->time.form;
  return item->kind == CS_ITEM_TIME && !item->time.is_clock &&
         (form == CS_TIME_LENGTH || form == CS_TIME_FOR ||
             form == CS_TIME_EVERY || form == CS_TIME_MOMENT) &&
         item->time.a.unit == CS_UNIT_SECOND &&
         item->time.a.anchor == CS_ANCHOR_START &&
         !(item->flags & CS_FLAG_NEGATED);
}

/// The amounts of the sentence in front of `end`, from `first` on.
static void
add_phases(const CsParse *p, size_t first, size_t end, Rounds *rounds)
{
  const int sentence = p->items[rounds->count_at].sentence;
  for (size_t i = first; i < end && rounds->n_phases < MAX_PHASES; i++)
    if (p->items[i].sentence == sentence && is_phase(&p->items[i])) {
      rounds->phases[rounds->n_phases++] = i;
      rounds->seconds += p->items[i].time.a.at;
    }
}

static bool
read_rounds(const CsParse *p, size_t i, Rounds *rounds)
{
  static const char *const of[]   = {"of", NULL};
  static const char *const that[] = {
      "that", "this", "those", "these", "of that", "of this", "of those", NULL};
  const CsItem *item = &p->items[i];
  *rounds            = (Rounds){.count_at = i, .n = item->number};
  const bool used =
      (item->flags & CS_FLAG_USED) && !(item->flags & CS_FLAG_TOTAL);
  if (item->kind != CS_ITEM_NUMBER || used || i + 1 >= p->n ||
      !is_round(p, i + 1) || item->number < 2.0 || item->number > MAX_ROUNDS)
    return false;
  const size_t end = i + MAX_DISTANCE < p->n ? i + MAX_DISTANCE : p->n;
  add_phases(p, i + 2, end, rounds);
  const size_t only = rounds->n_phases == 1 ? rounds->phases[0] : i;
  bool each         = i + 2 < p->n && is_one_of(p, i + 2, of) &&
              p->items[only].clause == item->clause;
  bool back = false;
  for (size_t k = i + 2; k < p->n && k < i + 5; k++) {
    each |= cs_item_is(&p->items[k], CS_MARK_EVERY) ||
            (p->items[k].kind == CS_ITEM_TIME &&
                p->items[k].time.form == CS_TIME_EVERY);
    back |= is_one_of(p, k, that);
  }
  if (rounds->n_phases == 0 && back) { // "4 s in, 6 s out, ten rounds of that"
    add_phases(p, i > MAX_DISTANCE ? i - MAX_DISTANCE : 0, i, rounds);
    return rounds->n_phases > 0;
  }
  return rounds->n_phases > 1 || (rounds->n_phases == 1 && each);
}

static bool
find_rounds(const CsParse *p, Rounds *rounds)
{
  for (size_t i = 0; i < p->n; i++)
    if (read_rounds(p, i, rounds))
      return true;
  return false;
}

// ---- Steps ------------------------------------------------------------------

/// 1 for a phase of effort, -1 for one of rest, 0 where nothing says so. The
/// word asks for nothing else then: "10 s rest" is no silence.
static int
effort_of(CsParse *p, size_t phase)
{
  static const char *const efforts[] = {"hard", "sprint", "sprints",
      "sprinting", "fast", "work", "effort", "push", "on", "max", "flat out",
      "all out", "intense", "high", "loud", "go", NULL};
  static const char *const rests[]   = {"easy", "rest", "recover", "recovery",
        "slow", "off", "walk", "walking", "jog", "low", "quiet", "calm",
        "breather", "gentle", "break", NULL};
  for (size_t k = phase + 1; k < p->n && k < phase + 5; k++) {
    if (p->items[k].kind == CS_ITEM_TIME ||
        p->items[k].sentence != p->items[phase].sentence)
      break;
    const bool works = is_one_of(p, k, efforts);
    if (!works && !is_one_of(p, k, rests))
      continue;
    p->items[k].flags |= CS_FLAG_NO_LEAD;
    return works ? 1 : -1;
  }
  return 0;
}

double
cs_length_of_rounds(CsParse *p, size_t *at)
{
  Rounds rounds;
  if (!find_rounds(p, &rounds))
    return 0.0;
  *at = rounds.count_at;
  for (size_t k = 0; k < rounds.n_phases; k++)
    p->items[rounds.phases[k]].flags |= CS_FLAG_TAKEN;
  for (size_t k = 0; k < rounds.n_phases; k++)
    (void)effort_of(p, rounds.phases[k]);
  return rounds.n * rounds.seconds;
}

CsStatus
cs_arc_read_rounds(CsArc *arc)
{
  Rounds rounds;
  CsParse *p = arc->p;
  if (arc->n > 0 || !find_rounds(p, &rounds) || rounds.n_phases != 2)
    return CS_OK;
  const int effort[] = {
      effort_of(p, rounds.phases[0]), effort_of(p, rounds.phases[1])};
  double at = 0.0;
  if (effort[0] * effort[1] >= 0)
    return CS_OK;
  for (size_t k = 1; k < MAX_STEPS && (double)k < 2.0 * rounds.n; k++) {
    at += p->items[rounds.phases[(k - 1) % 2]].time.a.at;
    const CsArcKind kind = effort[k % 2] > 0 ? CS_ARC_RISE : CS_ARC_FALL;
    CS_TRY(cs_draft_add(arc, kind, rounds.phases[k % 2], NULL));
    cs_draft_set_start(&arc->drafts[arc->n - 1], (CsPlace){.at = at});
  }
  return CS_OK;
}
