// Changes of key that were asked for, found in the notes (R22).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/request.h"

#include "gen/base/mathx.h"

#include <math.h>

enum { PITCH_CLASSES = 12, USUAL_SEMITONES = 2 };

/// No key is left in less, and none is heard in the last bars.
static const double shortest_s = 20.0;
enum { LAST_BARS = 5 };

/// How far from the moment the change may be heard, its dominant included. In
/// ambient cues, which hold a chord for so long, four bars.
static const double tolerance_bars = 2.0, ambient_bars = 4.0;

/// How much more the notes must lean to the new key after the turn: a scale
/// that has one other note, which sounds for a twelfth of the time.
static const double least_contrast = 0.08;

enum { AROUND_BARS = 12 }; ///< Listened to on either side of a moment.

/// A change of key that was asked for.
typedef struct Turn {
  double at_s;   ///< The start of the cue where no time was said.
  bool is_timed; ///< Else only that it is heard somewhere is asked.
  CsKey from, to;
} Turn;

typedef struct Turns {
  Turn *items;
  size_t n;
} Turns;

/// Sounding ticks in each bar by pitch class.
typedef struct Weights {
  double (*bars)[PITCH_CLASSES];
  int n_bars;
} Weights;

// ---- What was asked ---------------------------------------------------------

/// Where a move leads. One that says nothing leads to any other key: the plan's
/// own choice.
static CsKey
moved(const CsEvidence *e, CsKey from, const CsArcEvent *event)
{
  const CsKeyMove *move = &event->move;
  CsKey to              = from;
  if (!move->has_tonic && !move->has_mode && move->semitones == 0) {
    const int bar = event->has_start ? cs_bar_near(e, event->start_s) + 1
                                     : e->plan->n_bars - 1;
    to            = cs_key_at_bar(e->plan, bar);
    if (to.tonic_pc == from.tonic_pc && to.mode == from.mode)
      to.tonic_pc = cs_mod(from.tonic_pc + USUAL_SEMITONES, PITCH_CLASSES);
    return to;
  }
  to.tonic_pc = move->has_tonic
                    ? move->key.tonic_pc
                    : cs_mod(from.tonic_pc + move->semitones, PITCH_CLASSES);
  if (move->has_mode)
    to.mode = move->key.mode;
  return to;
}

static void
add_turn(Turns *turns, Turn turn)
{
  const bool is_none =
      turn.from.tonic_pc == turn.to.tonic_pc && turn.from.mode == turn.to.mode;
  if (!is_none)
    turns->items[turns->n++] = turn;
}

static void
list_asked(const CsEvidence *e, Turns *turns)
{
  CsKey key = e->plan->key;
  (void)cs_asked_key(e, &key);
  const double last_s = cs_bar_s(e, e->plan->n_bars - LAST_BARS);
  for (size_t i = 0; i < e->brief->n_arc; i++) {
    const CsArcEvent *event = &e->brief->arc[i];
    if (event->kind != CS_ARC_KEY)
      continue;
    const CsKey to      = moved(e, key, event);
    const bool is_timed = event->has_start && event->start_s < last_s;
    add_turn(turns, (Turn){.at_s  = is_timed ? event->start_s : 0.0,
                        .is_timed = is_timed,
                        .from     = key,
                        .to       = to});
    if (event->has_end && event->end_s < last_s)
      add_turn(turns, (Turn){event->end_s, true, to, key});
    else
      key = to;
  }
}

/// Of an edited plan its own changes are the request.
static void
list_planned(const CsEvidence *e, Turns *turns)
{
  CsKey key = e->plan->key;
  for (size_t i = 0; i < e->plan->n_key_changes; i++) {
    const CsKeyChange *change = &e->plan->key_changes[i];
    add_turn(turns, (Turn){cs_bar_s(e, change->bar), true, key, change->key});
    key = change->key;
  }
}

static CsStatus
list_turns(CsArena *scratch, const CsEvidence *e, Turns *turns)
{
  const size_t most =
      e->brief != NULL ? 2 * e->brief->n_arc : e->plan->n_key_changes;
  turns->items = CS_NEW_N(scratch, Turn, most);
  CS_TRY_NEW(turns->items);
  if (e->plan->function == CS_STINGER || e->plan->duration_s < shortest_s)
    return CS_OK;
  if (e->brief != NULL)
    list_asked(e, turns);
  else
    list_planned(e, turns);
  return CS_OK;
}

// ---- What is heard ----------------------------------------------------------

static void
weigh_note(const CsEvidence *e, const CsNote *note, Weights *w)
{
  const CsTimeline *t = e->score->timeline;
  const int64_t end   = note->start_tick + note->n_ticks;
  for (int bar = cs_bar_of_tick(t, note->start_tick);
       bar < w->n_bars && cs_bar_tick(t, bar) < end; bar++) {
    const int64_t line = cs_bar_tick(t, bar), next = cs_bar_tick(t, bar + 1);
    w->bars[bar][note->key % PITCH_CLASSES] +=
        (double)((end < next ? end : next) -
                 (note->start_tick > line ? note->start_tick : line));
  }
}

static CsStatus
weigh(CsArena *scratch, const CsEvidence *e, Weights *w)
{
  w->n_bars = cs_n_body_bars(e);
  w->bars   = cs_arena_alloc(scratch, (size_t)w->n_bars + 1, sizeof *w->bars);
  CS_TRY_NEW(w->bars);
  for (size_t t = 0; t < e->score->n_parts; t++) {
    const CsPart *part = &e->score->parts[t];
    for (size_t i = 0; cs_is_pitched(e, t) && i < part->n_notes; i++) {
      weigh_note(e, &part->notes[i], w);
    }
  }
  return CS_OK;
}

/// Pitch classes of a key's scale; those of seven notes serve every mode.
static unsigned
scale_of(CsKey key)
{
  int degrees[7];
  unsigned scale = 0;
  cs_mode_degrees(key.mode, degrees);
  for (int i = 0; i < 7; i++)
    scale |= 1U << cs_mod(key.tonic_pc + degrees[i], PITCH_CLASSES);
  return scale;
}

static unsigned
triad_of(CsKey key)
{
  const int third = cs_mode_is_minor(key.mode) ? 3 : 4;
  return 1U << key.tonic_pc |
         1U << cs_mod(key.tonic_pc + third, PITCH_CLASSES) |
         1U << cs_mod(key.tonic_pc + 7, PITCH_CLASSES);
}

/// How much each pitch class speaks for one key and against another: by their
/// scales, and where these share all notes but one, half as much by their tonic
/// chords.
static void
tell_apart(CsKey from, CsKey to, double said[PITCH_CLASSES])
{
  const unsigned a = scale_of(from), b = scale_of(to);
  int n_apart = 0;
  for (int i = 0; i < PITCH_CLASSES; i++)
    n_apart += (int)(b >> i & ~a >> i & 1U);
  const double by_chord = n_apart <= 1 ? 0.5 : 0.0;
  for (int i = 0; i < PITCH_CLASSES; i++)
    said[i] = (double)(b >> i & 1U) - (double)(a >> i & 1U) +
              by_chord * ((double)(triad_of(to) >> i & 1U) -
                             (double)(triad_of(from) >> i & 1U));
}

/// How much more of a bar speaks for one key than for the other.
static double
lean(const double *bar, const double said[PITCH_CLASSES])
{
  double sum = 0.0;
  for (int i = 0; i < PITCH_CLASSES; i++)
    sum += bar[i] * said[i];
  return sum;
}

static double
sum_of(const double *bar)
{
  double sum = 0.0;
  for (int i = 0; i < PITCH_CLASSES; i++)
    sum += bar[i];
  return sum;
}

/// A run of bars, added up.
typedef struct Stretch {
  double leans, sounded;
} Stretch;

static double
mean_of(const Stretch *s)
{
  return s->sounded > 0.0 ? s->leans / s->sounded : 0.0;
}

static void
add_bar(Stretch *s, const double *bar, const double *said, double sign)
{
  s->leans += sign * lean(bar, said);
  s->sounded += sign * sum_of(bar);
}

/// The bar at which the notes turn from one key to another, and how much more
/// they lean to the second after it than before. Harmony borrows, so that only
/// the difference tells.
typedef struct Heard {
  int bar;
  double contrast;
} Heard;

static Heard
hear_turn(const Weights *w, const Turn *turn, int from, int to)
{
  double said[PITCH_CLASSES], best = 0.0;
  Stretch before = {0}, after = {0};
  Heard heard = {.bar = from};
  tell_apart(turn->from, turn->to, said);
  for (int i = from; i < to; i++)
    add_bar(&after, w->bars[i], said, 1.0);
  for (int i = from; i + 1 < to; i++) {
    add_bar(&before, w->bars[i], said, 1.0);
    add_bar(&after, w->bars[i], said, -1.0);
    const double n        = before.sounded + after.sounded;
    const double contrast = mean_of(&after) - mean_of(&before);
    const double parts =
        n > 0.0 ? before.sounded * after.sounded * contrast * fabs(contrast) / n
                : 0.0;
    if (parts > best) {
      best  = parts;
      heard = (Heard){i + 1, contrast};
    }
  }
  return heard;
}

/// The bars in which a turn is looked for: around its moment, and no further
/// than the turns before and after it.
static void
bars_of_turn(const CsEvidence *e, const Turns *turns, size_t i, int n_bars,
    int *from, int *to)
{
  const Turn *turn = &turns->items[i];
  *from            = i > 0 ? cs_bar_near(e, turns->items[i - 1].at_s) : 0;
  *to = i + 1 < turns->n ? cs_bar_near(e, turns->items[i + 1].at_s) : n_bars;
  if (*to <= *from || *to > n_bars)
    *to = n_bars;
  if (!turn->is_timed)
    return;
  const int at = cs_bar_near(e, turn->at_s);
  *from        = *from > at - AROUND_BARS ? *from : at - AROUND_BARS;
  *to          = *to < at + AROUND_BARS ? *to : at + AROUND_BARS;
}

static void
judge_turn(const CsEvidence *e, const Weights *w, const Turns *turns, size_t i,
    CsFinding *f)
{
  const Turn *turn = &turns->items[i];
  int from, to;
  bars_of_turn(e, turns, i, w->n_bars, &from, &to);
  const Heard heard = hear_turn(w, turn, from, to);
  const double bar_s =
      fmax(cs_bar_s(e, heard.bar + 1) - cs_bar_s(e, heard.bar), 0.1);
  const double off =
      turn->is_timed ? fabs(cs_bar_s(e, heard.bar) - turn->at_s) / bar_s : 0.0;
  const bool is_heard = heard.contrast >= least_contrast;
  const double most =
      e->plan->function == CS_AMBIENT ? ambient_bars : tolerance_bars;
  const bool is_good = is_heard && off <= most;
  char name[32];
  cs_key_name(turn->to, name);
  if (off > f->value || f->high <= 0.0)
    f->value = off;
  f->high = most;
  if (is_good)
    return;
  f->holds = false;
  if (is_heard)
    cs_finding_where(f, "%s is heard from %.1f s, asked at %.1f s", name,
        cs_bar_s(e, heard.bar), turn->at_s);
  else
    cs_finding_where(f, "%s is not heard", name);
}

static CsStatus
key_changes(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  Turns turns = {0};
  Weights w   = {0};
  CS_TRY(list_turns(scratch, e, &turns));
  if (turns.n == 0 || !cs_has_pitches(e))
    return CS_OK;
  CS_TRY(weigh(scratch, e, &w));
  *f = (CsFinding){.applies = true, .holds = true, .low = -(double)INFINITY};
  for (size_t i = 0; i < turns.n; i++)
    judge_turn(e, &w, &turns, i, f);
  return CS_OK;
}

const CsProperty cs_property_R22 = {
    .id      = "R22",
    .name    = "changes of key",
    .text    = "Where another key was asked for, what sounds is of the old one "
               "before and of the new one after it, and the turn is heard within "
               "two bars of the moment (from 20 s on, no stingers).",
    .unit    = "bars",
    .is_hard = true,
    .fn      = key_changes,
};
