#include "gen/base/mathx.h"
#include "gen/compose/beat.h"
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

/// Where a bar's own strokes end. Where drums are all the music they say
/// something new on the last beat of every other bar (T36).
static int64_t
pattern_end(const CsBeat *b, int bar)
{
  const int64_t end = cs_bar_tick(b->c->timeline, bar + 1);
  return cs_is_drum_band(b->c) && cs_bar_in_section(b->c, bar) % 2 == 1
             ? end - CS_TICKS_PER_QUARTER
             : end;
}

static CsStatus
play_turn(CsBeat *b, int key, int bar)
{
  const CsComposer *c = b->c;
  const int64_t end   = cs_bar_tick(c->timeline, bar + 1);
  const int64_t from  = pattern_end(b, bar);
  CsRng rng           = cs_rng_at(
                c->plan->tracks[b->track].seed, "percussion.turn", 0, (uint64_t)bar);
  const bool is_run  = cs_bar_in_section(c, bar) % 4 == 3;
  const int64_t gap  = CS_TICKS_PER_QUARTER / (is_run ? 4 : 2);
  const int left_out = is_run ? (int)cs_rng_below(&rng, 3) : -1;
  for (int64_t tick = from; tick < end; tick += gap)
    if (left_out < 0 || tick != from + (1 + left_out) * gap)
      CS_TRY(cs_beat_add(b, tick, key, tick == from ? 84 : 70));
  return CS_OK;
}

// --- What it plays ----------------------------------------------------------

static CsStatus
play_habit(CsBeat *b, const Habit *habit, int bar)
{
  const CsComposer *c = b->c;
  const int level     = cs_beat_level(c, bar);
  const char *row     = habit->levels[cs_clamp_int(level - 2, 0, 2)];
  const int n_steps   = cs_steps_in_bar(c, bar);
  int key             = habit->key;
  if (key == 0 && b->instrument != NULL && b->instrument->drum_key >= 0)
    key = b->instrument->drum_key;
  else if (key == 0)
    key = CS_LOW_TOM;
  for (int s = 0; s < n_steps; s++)
    if (row[s % 16] != '.' && cs_step_tick(c, bar, s) < pattern_end(b, bar))
      CS_TRY(cs_beat_add(
          b, cs_step_tick(c, bar, s), key, 14.0 * (row[s % 16] - '0')));
  return play_turn(b, key, bar);
}

static CsStatus
play_pattern(CsBeat *b, const CsPattern *pattern, int bar)
{
  const CsComposer *c = b->c;
  const int level     = cs_beat_level_for(b, pattern, bar);
  const int n_steps   = cs_beat_steps(c, pattern, bar);
  for (size_t i = 0; i < pattern->n_lines; i++) {
    const CsDrumLine *line = &pattern->lines[i];
    if (line->from_energy > level)
      continue;
    for (int s = 0; s < n_steps; s++) {
      const int v        = line->velocities[cs_beat_column(c, pattern, bar, s)];
      const int64_t tick = cs_beat_tick(c, pattern, bar, s);
      if (v > 0 && tick < pattern_end(b, bar))
        CS_TRY(cs_beat_add(b, tick, line->key, v));
    }
  }
  return pattern->n_lines > 0 ? play_turn(b, pattern->lines[0].key, bar)
                              : CS_OK;
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
    return write_timpani_bar(b, bar);
  if (pattern != NULL)
    return play_pattern(b, pattern, bar);
  return play_habit(b, habit_of(b), bar);
}

// The final downbeat: low drums and metal join the hit, shakers are silent.
static CsStatus
write_end(CsBeat *b)
{
  CsComposer *c    = b->c;
  const CsTrack *t = &c->plan->tracks[b->track];
  if (!cs_beat_is_bold(c))
    return CS_OK;
  if (t->bank != 128 && t->program == TIMPANI_PROGRAM)
    return strike(
        b, c->final_tick, timpani_key(c, b->track, c->final_tick, 0), 108);
  const Habit *habit = habit_of(b);
  if (habit->key == CS_SHAKER || habit->key == CS_MARACAS ||
      habit->key == CS_CABASA)
    return CS_OK;
  return cs_beat_add(b, c->final_tick,
      habit->key != 0 ? habit->key
      : b->instrument != NULL && b->instrument->drum_key >= 0
          ? b->instrument->drum_key
          : CS_LOW_TOM,
      104);
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
