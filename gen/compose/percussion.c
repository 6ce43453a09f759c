#include "gen/base/mathx.h"
#include "gen/compose/drum_band.h"
#include "gen/compose/groove.h"

#include <string.h>

// What a single percussion instrument plays when its track names no pattern:
// sixteen steps, digit d = velocity 14 d, by level of the groove.
typedef struct Habit {
  int key;               ///< GM percussion key; 0 = any pitched drum.
  const char *levels[3]; ///< Level 1-2, 3, 4.
} Habit;

static const Habit habits[] = {
    {CS_SHAKER, {"4.2.4.2.4.2.4.2.", "3.2.4.2.3.2.4.2.", "3242324232423242"}},
    {CS_MARACAS, {"4.2.4.2.4.2.4.2.", "3.2.4.2.3.2.4.2.", "3242324232423242"}},
    {CS_CABASA, {"4.2.4.2.4.2.4.2.", "3.2.4.2.3.2.4.2.", "3242324232423242"}},
    {CS_TAMBOURINE,
        {"....5.......5...", "..4...4...4...4.", "3.4.5.4.3.4.5.4."}},
    {CS_CLAP, {"............6...", "....7.......7...", "....8.......8..5"}},
    {CS_RIM, {"............5...", "....5.......5...", "...5..5...5.5..."}},
    {81, {"4...............", "4.......3.......", "4...3...4...3.2."}},
    {76, {"5.......4.......", "5..4..4...4.....", "5..4..4.4.5.4.4."}},
    {56, {"5.......5.......", "5...5...5...5...", "5.4.5.4.5.4.5.4."}},
    {0, {"8...............", "8.......6.......", "9..5..5.8..5..5."}},
};

static const Habit *
habit_of(const CsBeat *b)
{
  const int key  = b->instrument != NULL ? b->instrument->drum_key : -1;
  const size_t n = sizeof habits / sizeof habits[0];
  for (size_t i = 0; i < n; i++)
    if (habits[i].key == key)
      return &habits[i];
  return &habits[n - 1];
}

// --- In a band of drums -----------------------------------------------------

/// Where drums are all the music they say something new on the last beat of
/// every other bar (T36), and lead home with a run.
static CsStatus
play_turn(CsBeat *b, int key, int bar)
{
  const CsComposer *c = b->c;
  const int64_t end   = cs_bar_tick(c->timeline, bar + 1);
  const int64_t from  = end - CS_TICKS_PER_QUARTER;
  CsRng rng           = cs_rng_at(
                c->plan->tracks[b->track].seed, "percussion.turn", 0, (uint64_t)bar);
  const double energy = cs_block_energy(c, bar);
  const bool is_home  = cs_drum_band_leads_home(c, bar);
  const bool is_run   = is_home || cs_bar_in_section(c, bar) % 4 == 3;
  const int64_t gap   = CS_TICKS_PER_QUARTER / (is_run ? 4 : 2);
  const int left_out  = is_run && !is_home ? (int)cs_rng_below(&rng, 3) : -1;
  for (int64_t tick = from; tick < end; tick += gap)
    if (left_out < 0 || tick != from + (1 + left_out) * gap)
      CS_TRY(cs_beat_add(b, tick, key,
          tick == from ? cs_lerp(46, 88, energy) : cs_lerp(40, 72, energy)));
  return CS_OK;
}

// --- What it plays ----------------------------------------------------------

/// The first line that the instrument has.
static int
own_key(const CsBeat *b, const CsDrumBar *cells)
{
  for (int i = 0; i < cells->n_lines && b->instrument != NULL; i++)
    if (cs_drum_line_key(b->instrument, cells->keys[i]) >= 0)
      return cells->keys[i];
  return cells->keys[0];
}

/// Play a bar as it is written, and its turn where it has one. Soft drums take
/// a breath before their last stroke.
static CsStatus
play_cells(CsBeat *b, const CsPattern *pattern, int bar, CsDrumBar *cells)
{
  const bool is_triplet = pattern != NULL && pattern->is_triplet;
  if (cells->n_lines == 0)
    return CS_OK;
  cs_drum_band_touch(b, pattern, bar, cells);
  if (cs_drum_band_leads_home(b->c, bar) && !cs_beat_is_bold(b->c))
    return cs_drum_bar_play(b, pattern, bar, cells, cells->n_steps / 2);
  if (!cs_drum_band_turns(b->c, bar))
    return cs_drum_bar_play(b, pattern, bar, cells, cells->n_steps);
  CS_TRY(cs_drum_bar_play(
      b, pattern, bar, cells, cells->n_steps - (is_triplet ? 3 : 4)));
  return play_turn(b, own_key(b, cells), bar);
}

/// The GM key by which an instrument without one of its own is struck.
static int
key_of(const CsBeat *b, const Habit *habit)
{
  if (habit->key != 0)
    return habit->key;
  return b->instrument != NULL && b->instrument->drum_key >= 0
             ? b->instrument->drum_key
             : CS_LOW_TOM;
}

static CsDrumBar
habit_bar(const CsBeat *b, int bar)
{
  const Habit *habit = habit_of(b);
  const int level    = cs_beat_level(b->c, bar);
  const char *row    = habit->levels[cs_clamp_int(level - 2, 0, 2)];
  const int n_steps  = cs_steps_in_bar(b->c, bar);
  CsDrumBar cells    = {.n_lines = 1,
         .n_steps                = n_steps < CS_MAX_STEPS ? n_steps : CS_MAX_STEPS,
         .keys                   = {key_of(b, habit)}};
  for (int s = 0; s < cells.n_steps; s++)
    cells.velocities[0][s] =
        row[s % 16] != '.' ? (uint8_t)(14 * (row[s % 16] - '0')) : 0;
  return cells;
}

static CsStatus
play_habit(CsBeat *b, int bar)
{
  CsDrumBar cells = habit_bar(b, bar);
  return play_cells(b, NULL, bar, &cells);
}

static CsStatus
play_pattern(CsBeat *b, const CsPattern *pattern, int bar)
{
  CsDrumBar cells;
  const int level = cs_beat_level_for(b, pattern, bar);
  cs_drum_bar_read(b, pattern, bar, level, &cells);
  return play_cells(b, pattern, bar, &cells);
}

// --- Timpani ----------------------------------------------------------------

enum { TIMPANI_PROGRAM = 47 };

// The drum nearest to the chord's root or, where only that is in range, its
// fifth: always one of the chord's own notes.
static int
timpani_key(const CsComposer *c, size_t track, int64_t tick, int semitones)
{
  const CsTrack *t        = &c->plan->tracks[track];
  const CsChordSpan *span = cs_chord_at(c, tick);
  const int root          = span->key.tonic_pc + span->chord.root;
  const int middle        = (t->range[0] + t->range[1]) / 2;
  int key                 = cs_nearest_key(
                      middle, cs_mod(root + semitones, 12), t->range[0], t->range[1]);
  if (key < 0)
    key = cs_nearest_key(middle, cs_mod(root, 12), t->range[0], t->range[1]);
  return key;
}

static CsStatus
strike(CsBeat *b, int64_t tick, int key, double velocity)
{
  CsComposer *c = b->c;
  if (key < 0)
    return CS_OK;
  const CsNote note = {.start_tick = tick,
      .n_ticks                     = 2 * CS_TICKS_PER_QUARTER,
      .key                         = (uint8_t)key,
      .velocity = (uint8_t)cs_beat_velocity(b, tick, key, velocity)};
  return cs_add(c, b->track, note);
}

// A roll of the last beats before a bar line, on one drum.
static CsStatus
roll_into(CsBeat *b, int bar, int key)
{
  const CsComposer *c  = b->c;
  const int64_t end    = cs_bar_tick(c->timeline, bar + 1);
  const int64_t length = cs_bar_ticks(c->timeline, bar) / 2;
  const int64_t gap    = CS_TICKS_PER_QUARTER / 6;
  for (int64_t tick = end - length; tick < end; tick += gap) {
    const double share = 1.0 - (double)(end - tick) / (double)length;
    CS_TRY(strike(b, tick, key, cs_lerp(40, 100, share)));
  }
  return CS_OK;
}

static CsStatus
write_timpani_bar(CsBeat *b, int bar)
{
  const CsComposer *c = b->c;
  const int64_t start = cs_bar_tick(c->timeline, bar);
  const int64_t half  = cs_bar_ticks(c->timeline, bar) / 2;
  const int level     = cs_beat_level(c, bar);
  const int root      = timpani_key(c, b->track, start, 0);
  const bool is_last  = cs_bars_left(c, bar) == 0;
  CS_TRY(strike(b, start, root, level >= 3 ? 100 : 84));
  if (is_last && cs_beat_is_bold(c) && cs_next_section(c, bar) != NULL)
    return roll_into(b, bar, timpani_key(c, b->track, start, 7));
  if (level >= 3 && cs_meter_beats(c->plan->meter) % 2 == 0)
    CS_TRY(
        strike(b, start + half, timpani_key(c, b->track, start + half, 7), 84));
  return CS_OK;
}

/// Where drums are all the music: accents on the root, what is soft on the
/// fifth; every other bar turns on its last beat, and the last one rolls home.
static CsStatus
write_timpani_solo(CsBeat *b, int bar)
{
  enum { ACCENT = 75, TURN = 70 };
  const CsComposer *c = b->c;
  CsDrumBar cells     = habit_bar(b, bar);
  uint8_t *row        = cells.velocities[0];
  cs_drum_band_touch(b, NULL, bar, &cells);
  if (cs_drum_band_turns(c, bar) && cells.n_steps > 4)
    memcpy(row + cells.n_steps - 4, (uint8_t[]){TURN, 0, TURN, 0}, 4);
  if (cs_drum_band_leads_home(c, bar))
    cells.n_steps /= 2;
  for (int s = 0; s < cells.n_steps; s++) {
    const int64_t tick = cs_step_tick(c, bar, s);
    const int up       = row[s] >= ACCENT ? 0 : 7;
    if (row[s] > 0)
      CS_TRY(strike(b, tick, timpani_key(c, b->track, tick, up), row[s]));
  }
  if (!cs_drum_band_leads_home(c, bar))
    return CS_OK;
  return roll_into(
      b, bar, timpani_key(c, b->track, cs_bar_tick(c->timeline, bar), 7));
}

// --- Writing ----------------------------------------------------------------

// A style's pattern may be written for another drum than the one that was asked
// for.
static bool
can_play(const CsBeat *b, const CsPattern *pattern)
{
  for (size_t i = 0; i < pattern->n_lines; i++)
    if (b->instrument == NULL ||
        cs_drum_line_key(b->instrument, pattern->lines[i].key) >= 0)
      return true;
  return false;
}

static CsStatus
write_bar(CsBeat *b, int bar)
{
  const CsPattern *pattern = cs_pattern_at(b->c, b->track, bar);
  if (pattern != NULL && !can_play(b, pattern))
    pattern = NULL;
  const CsTrack *t = &b->c->plan->tracks[b->track];
  if (pattern != NULL && pattern->scatter_per_s > 0.0)
    return cs_beat_scatter(b, pattern, bar);
  if (t->bank != 128 && t->program == TIMPANI_PROGRAM)
    return cs_is_drum_band(b->c) ? write_timpani_solo(b, bar)
                                 : write_timpani_bar(b, bar);
  if (pattern != NULL)
    return play_pattern(b, pattern, bar);
  return play_habit(b, bar);
}

// The final downbeat: low drums and metal join the hit, shakers are silent.
// Where nothing else sounds, whoever is there ends on a stroke.
static CsStatus
write_end(CsBeat *b)
{
  CsComposer *c        = b->c;
  const CsTrack *t     = &c->plan->tracks[b->track];
  const Habit *habit   = habit_of(b);
  const bool is_alone  = cs_is_drum_band(c);
  const bool is_shaken = habit->key == CS_SHAKER || habit->key == CS_MARACAS ||
                         habit->key == CS_CABASA;
  if (!is_alone && (!cs_beat_is_bold(c) || is_shaken))
    return CS_OK;
  if (t->bank != 128 && t->program == TIMPANI_PROGRAM)
    return strike(
        b, c->final_tick, timpani_key(c, b->track, c->final_tick, 0), 108);
  return cs_beat_add(b, c->final_tick, key_of(b, habit), 104);
}

CsStatus
cs_write_percussion(CsComposer *c, size_t track)
{
  CsBeat b = cs_beat_of(c, track);
  const bool gesture =
      c->plan->function == CS_STINGER || c->plan->duration_s < 4.0;
  for (int bar = 0; bar < c->plan->n_bars && !gesture; bar++)
    if (cs_plays(c, track, bar) && !cs_is_end_bar(c, bar))
      CS_TRY(write_bar(&b, bar));
  if (c->end_bar >= 0 && (gesture || cs_plays(c, track, c->end_bar)))
    return write_end(&b);
  return CS_OK;
}
