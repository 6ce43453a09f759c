#include "gen/compose/line.h"

#include "gen/base/mathx.h"
#include "gen/compose/frame.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_KEYS = 28, N_MOVES = 3, N_STATES = MAX_KEYS * N_MOVES * 2 };

typedef enum Move { MOVE_NEAR, MOVE_LEAP_UP, MOVE_LEAP_DOWN } Move;

// What breaking a rule costs. Tuned on 60 themes over the common progressions
// until the shares of RULEBOOK 6.1 came out (tests/unit/test_melody.c).
static const double foreign_downbeat = 14.0, foreign_long = 14.0,
                    foreign_beat = 1.6, foreign_light = 0.2,
                    foreign_unresolved = 16.0, outside_mode = 1.2,
                    shape_miss = 1.9, shape_miss_at_bar = 0.45, rubbing = 6.0,
                    held_rub = 6.0, muddy = 5.0, off_centre = 0.008,
                    model_missed = 9.0, end_missed = 40.0, leap_over = 60.0,
                    octave_over = 400.0, out_of_reach = 80.0, over_top = 1.5;

static const double unreached = 1e30;

// Cost of an interval by its size in semitones, 0..12.
static const double interval_cost[13] = {
    2.3, 0.0, 0.0, 0.9, 1.1, 1.7, 9.0, 2.4, 7.0, 7.0, 14.0, 14.0, 9.0};

typedef struct Candidate {
  int key;
  int index;    ///< In scale steps.
  bool foreign; ///< Not of the chord.
  double cost;  ///< Of being there, wherever the line came from.
} Candidate;

typedef struct Column {
  int n;
  Candidate keys[MAX_KEYS];
  double cost[N_STATES];
  uint16_t from[N_STATES];
} Column;

static int
state_of(int key, Move move, bool is_open)
{
  return (key * N_MOVES + (int)move) * 2 + (is_open ? 1 : 0);
}

static bool
holds(uint16_t pitch_classes, int key)
{
  return (((unsigned)pitch_classes >> cs_mod(key, 12)) & 1u) != 0;
}

uint16_t
cs_mode_pcs_at_key(CsKey key)
{
  const unsigned pcs = cs_mode_pitch_classes(key.mode);
  const int tonic    = cs_mod(key.tonic_pc, 12);
  return (uint16_t)(((pcs << tonic) | (pcs >> (12 - tonic))) & 0xfffu);
}

// Scale steps above MIDI key 0's octave. An altered note counts as the degree
// below it.
static int
index_of(const CsKey *scale_key, const int degrees[7], int key)
{
  const int above  = key - scale_key->tonic_pc;
  const int octave = cs_floor_div(above, 12);
  const int pc     = cs_mod(above, 12);
  int degree       = 0;
  while (degree < 6 && degrees[degree + 1] <= pc)
    degree++;
  return octave * 7 + degree;
}

static double
foreign_cost(const CsLineNote *note)
{
  if (note->on_downbeat)
    return foreign_downbeat;
  if (note->n_ticks >= CS_TICKS_PER_QUARTER)
    return foreign_long;
  return note->on_beat ? foreign_beat : foreign_light;
}

static double
place_cost(const CsLineNote *note, int key)
{
  const double off = key - note->centre;
  double cost      = (note->pull > 0.0 ? note->pull : off_centre) * off * off;
  if (note->wanted != 0 && !holds(note->wanted, key))
    cost += end_missed;
  if (note->model != 0 && note->model != key)
    cost += model_missed;
  if (note->top != 0 && key > note->top)
    cost += over_top * (key - note->top);
  if (note->reach > 0 && abs(key - note->anchor) > note->reach)
    cost += out_of_reach;
  return cost;
}

// Keys that would rub, muddle or stand against the harmony for too long.
typedef struct Clashes {
  CsKeySet ends, held, muddy;
} Clashes;

static Clashes
clashes_with(const CsLine *line, const CsLineNote *note)
{
  const CsComposer *c = line->composer;
  const int64_t last  = note->tick + note->n_ticks - 1;
  Clashes it = {.held = cs_keys_that_rub_while(c, note->tick, note->n_ticks)};
  if (note->n_ticks > CS_TICKS_PER_QUARTER)
    it.ends = cs_join_keys(
        cs_keys_that_rub(c, note->tick), cs_keys_that_rub(c, last));
  if (line->keeps_clear)
    it.muddy = cs_muddy_keys(c, note->tick);
  return it;
}

static void
list_candidates(const CsLine *line, const CsLineNote *note, Column *column)
{
  const CsComposer *c     = line->composer;
  const CsChordSpan *span = cs_chord_at(c, note->tick);
  const CsKey in          = span->key;
  const uint16_t chord    = cs_chord_pcs(span);
  const uint16_t late =
      cs_chord_pcs(cs_chord_at(c, note->tick + note->n_ticks - 1));
  const uint16_t scale = cs_scale_at(c, note->tick) | chord | note->wanted;
  const uint16_t mode  = cs_mode_pcs_at_key(in);
  const Clashes with   = clashes_with(line, note);
  int degrees[7];
  cs_mode_degrees(in.mode, degrees);
  column->n = 0;
  for (int key = line->low; key <= line->high && column->n < MAX_KEYS; key++) {
    if (!holds(scale, key) && line->high - line->low >= 4)
      continue; // A range too narrow for the scale takes what there is.
    Candidate *it = &column->keys[column->n++];
    it->key       = key;
    it->index     = index_of(&in, degrees, key);
    it->foreign   = !holds(chord, key);
    it->cost      = place_cost(note, key);
    it->cost += it->foreign ? foreign_cost(note) : 0.0;
    it->cost +=
        holds(late, key) || note->n_ticks < CS_TICKS_PER_QUARTER ? 0 : 4;
    it->cost += holds(mode, key) ? 0.0 : outside_mode;
    it->cost += cs_has_key(with.ends, key) ? rubbing : 0.0;
    it->cost += cs_has_key(with.held, key) ? held_rub : 0.0;
    it->cost += cs_has_key(with.muddy, key) ? muddy : 0.0;
  }
}

static Move
move_of(int semitones)
{
  return semitones >= 5    ? MOVE_LEAP_UP
         : semitones <= -5 ? MOVE_LEAP_DOWN
                           : MOVE_NEAR;
}

// After a leap the line wants to turn back, best by step.
static double
turn_cost(Move before, int semitones)
{
  if (before == MOVE_NEAR)
    return 0.0;
  const int onward = before == MOVE_LEAP_UP ? semitones : -semitones;
  if (onward > 2)
    return 9.0;
  if (onward > 0)
    return 3.5;
  if (onward == 0)
    return 2.0;
  return onward >= -2 ? -0.6 : 0.4;
}

// What a move of so many semitones costs, whatever the notes: as an interval,
// and as what follows the move before it. No keys lie further apart.
enum { WIDEST = 127 };

typedef struct MoveCosts {
  double interval[2 * WIDEST + 1];
  double turn[N_MOVES][2 * WIDEST + 1];
} MoveCosts;

static double
interval_cost_of(const CsLine *line, int size)
{
  double cost = interval_cost[size <= 12 ? size : 12];
  cost += size == 0 ? 0.6 * line->step_bias : size > 2 ? line->step_bias : 0.0;
  return cost + (size > 12                  ? octave_over
                    : size > line->max_leap ? leap_over
                                            : 0.0);
}

static void
list_move_costs(const CsLine *line, MoveCosts *costs)
{
  const int span = line->high - line->low;
  for (int semitones = -span; semitones <= span; semitones++) {
    const int at        = WIDEST + semitones;
    costs->interval[at] = interval_cost_of(line, abs(semitones));
    for (int m = 0; m < N_MOVES; m++)
      costs->turn[m][at] = turn_cost((Move)m, semitones);
  }
}

static double
step_cost(const MoveCosts *costs, const CsLineNote *note, const Candidate *from,
    const Candidate *to)
{
  const int miss = abs(to->index - from->index - note->interval);
  double cost    = costs->interval[WIDEST + to->key - from->key];
  cost += miss * (note->starts_bar ? shape_miss_at_bar : shape_miss);
  if (to->key == from->key && note->interval == 0)
    cost -= interval_cost[0] - 0.3;
  return cost;
}

static void
relax(Column *column, int state, double cost, int from)
{
  if (cost >= column->cost[state])
    return;
  column->cost[state] = cost;
  column->from[state] = (uint16_t)from;
}

static void
clear_costs(Column *column)
{
  for (int i = 0; i < column->n * N_MOVES * 2; i++)
    column->cost[i] = unreached;
}

static void
first_column(const CsLine *line, Column *column)
{
  clear_costs(column);
  for (int k = 0; k < column->n; k++) {
    const Candidate *to = &column->keys[k];
    const int leap      = line->previous == 0 ? 0 : to->key - line->previous;
    const int size      = abs(leap);
    double cost         = to->cost;
    cost += 0.6 * interval_cost[size <= 12 ? size : 12];
    cost += size > line->max_leap ? leap_over : 0.0;
    relax(column, state_of(k, move_of(leap), to->foreign && size > 2), cost, 0);
  }
}

// The ways in which a key was reached.
typedef struct Arrivals {
  int n;
  int states[N_MOVES * 2];
  Move moves[N_MOVES * 2];
  bool is_open[N_MOVES * 2];
  double cost[N_MOVES * 2];
  double least; // Of their costs.
} Arrivals;

static void
list_arrivals(const Column *column, int key, Arrivals *out)
{
  out->n     = 0;
  out->least = unreached;
  for (int m = 0; m < N_MOVES; m++)
    for (int open = 0; open < 2; open++) {
      const int state   = state_of(key, (Move)m, open);
      const double cost = column->cost[state];
      if (cost >= unreached)
        continue;
      out->states[out->n]  = state;
      out->moves[out->n]   = (Move)m;
      out->is_open[out->n] = open;
      out->cost[out->n++]  = cost;
      out->least           = cost < out->least ? cost : out->least;
    }
}

// On from a key to one of the next note. No way that costs more by this much
// than one found already can be cheaper in the end.
static void
go_on(const MoveCosts *costs, const Arrivals *from, int semitones,
    double move_cost, int key, Column *column)
{
  static const double most_gained = 0.6 + 1e-6; // by turning back
  const bool by_step              = abs(semitones) <= 2 && semitones != 0;
  const int target =
      state_of(key, move_of(semitones), column->keys[key].foreign && !by_step);
  if (from->least + move_cost - most_gained >= column->cost[target])
    return;
  const double open_cost = by_step ? 0.0 : foreign_unresolved;
  for (int i = 0; i < from->n; i++)
    relax(column, target,
        from->cost[i] + move_cost +
            costs->turn[from->moves[i]][WIDEST + semitones] +
            (from->is_open[i] ? open_cost : 0.0),
        from->states[i]);
}

// From one note to the next, over every key and every way it was reached.
static void
extend(const MoveCosts *costs, const CsLineNote *note, const Column *before,
    Column *column)
{
  Arrivals arrivals;
  clear_costs(column);
  for (int a = 0; a < before->n; a++) {
    const Candidate *from = &before->keys[a];
    list_arrivals(before, a, &arrivals);
    for (int b = 0; b < column->n; b++) {
      const Candidate *to = &column->keys[b];
      go_on(costs, &arrivals, to->key - from->key,
          step_cost(costs, note, from, to) + to->cost, b, column);
    }
  }
}

static int
cheapest(const Column *column)
{
  int best       = 0;
  double at_best = 1e31;
  for (int k = 0; k < column->n; k++)
    for (int m = 0; m < N_MOVES; m++)
      for (int open = 0; open < 2; open++) {
        const int state = state_of(k, (Move)m, open);
        const double cost =
            column->cost[state] + (open ? foreign_unresolved : 0.0);
        if (cost < at_best) {
          at_best = cost;
          best    = state;
        }
      }
  return best;
}

// The whole line is found together (Viterbi), so an early note is placed with
// the end in view.
void
cs_line_solve(CsLine *line)
{
  Column columns[2];
  MoveCosts costs;
  uint16_t from[CS_LINE_NOTES][N_STATES];
  uint8_t keys[CS_LINE_NOTES][MAX_KEYS];
  list_move_costs(line, &costs);
  for (size_t i = 0; i < line->n_notes; i++) {
    Column *now = &columns[i % 2];
    from[i][0] = 0, keys[i][0] = 0; // where no key can be played
    list_candidates(line, &line->notes[i], now);
    if (i == 0)
      first_column(line, now);
    else
      extend(&costs, &line->notes[i], &columns[(i - 1) % 2], now);
    memcpy(
        from[i], now->from, (size_t)now->n * N_MOVES * 2 * sizeof now->from[0]);
    for (int k = 0; k < now->n; k++)
      keys[i][k] = (uint8_t)now->keys[k].key;
  }
  if (line->n_notes == 0)
    return;
  int state = cheapest(&columns[(line->n_notes - 1) % 2]);
  for (size_t i = line->n_notes; i-- > 0;) {
    line->notes[i].key = keys[i][state / (N_MOVES * 2)];
    state              = from[i][state];
  }
}
