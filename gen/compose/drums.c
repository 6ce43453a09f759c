#include "gen/base/mathx.h"
#include "gen/compose/drum_band.h"
#include "gen/compose/groove.h"
#include "gen/compose/kick.h"

#include <string.h>

// --- Fills ------------------------------------------------------------------

typedef enum FillSize {
  FILL_NONE,
  FILL_SMALL,
  FILL_LARGE,
  FILL_CLIMAX
} FillSize;

static bool
leads_to(const CsComposer *c, int bar, CsSectionKind kind)
{
  const CsSection *next = cs_next_section(c, bar);
  return cs_bars_left(c, bar) == 0 && next != NULL && next->kind == kind;
}

// RULEBOOK 5.4: bar 4 now and then, bar 8 and a section's end when there is
// energy, always before a climax. Drums alone have no other cadence than the
// fill that leads home. Underscore and ambient have none.
static FillSize
fill_size(const CsBeat *b, int bar, CsRng *rng)
{
  const CsComposer *c = b->c;
  const int in        = cs_bar_in_section(c, bar);
  const bool is_last  = cs_bars_left(c, bar) == 0;
  const double energy = is_last ? cs_section_of_bar(c->timeline, bar)->energy[1]
                                : cs_block_energy(c, bar);
  if (c->plan->function == CS_UNDERSCORE || c->plan->function == CS_AMBIENT)
    return FILL_NONE;
  if (leads_to(c, bar, CS_SECTION_CLIMAX) && cs_beat_is_bold(c))
    return FILL_CLIMAX;
  if (cs_drum_band_leads_home(c, bar))
    return cs_beat_is_bold(c) ? FILL_LARGE : FILL_SMALL;
  const bool is_near = cs_bars_left(c, bar) == 2; // the end has one of its own
  if (((in % 8 == 7 && !is_near) || is_last) && energy >= 0.5)
    return cs_beat_is_bold(c) ? FILL_LARGE : FILL_SMALL;
  if (in % 4 == 3 && !is_last && !is_near && cs_rng_unit(rng) < 0.25)
    return FILL_SMALL;
  return FILL_NONE;
}

// Steps by which a fill written for one bar length is moved in another.
static int
shift_of(const CsBeat *b, const CsPattern *fill, int bar)
{
  return cs_steps_in_bar(b->c, bar) - fill->n_steps;
}

// The keys that a bar's steps strike, as the instrument plays them.
typedef struct Struck {
  bool keys[128];
} Struck;

static void
strike(const CsBeat *b, int key, Struck *struck)
{
  const int played =
      b->instrument != NULL ? cs_drum_line_key(b->instrument, key) : key;
  if (played >= 0 && played < 128)
    struck->keys[played] = true;
}

// Would a fill be heard: is anything struck otherwise than in the groove?
static bool
stands_out(
    const CsBeat *b, const CsPattern *fill, const CsDrumBar *cells, int shift)
{
  for (int s = fill->from_step; s < fill->n_steps; s++) {
    Struck groove = {0}, turn = {0};
    if (s + shift < 0 || s + shift >= cells->n_steps)
      continue;
    for (int i = 0; i < cells->n_lines; i++)
      if (cells->velocities[i][s + shift] > 0)
        strike(b, cells->keys[i], &groove);
    for (size_t i = 0; i < fill->n_lines; i++)
      if (fill->lines[i].velocities[s] > 0)
        strike(b, fill->lines[i].key, &turn);
    if (memcmp(&groove, &turn, sizeof groove) != 0)
      return true;
  }
  return false;
}

static const CsPattern *
choose_fill(
    const CsBeat *b, FillSize size, const CsDrumBar *cells, int bar, CsRng *rng)
{
  enum { N_IDS = 3 };
  static const char *const ids[4][N_IDS] = {
      [FILL_SMALL]  = {"F1", "F6", "F1"},
      [FILL_LARGE]  = {"F1", "F2", "F3"},
      [FILL_CLIMAX] = {"F4", "F5", "F4"},
  };
  const uint32_t first  = cs_rng_below(rng, N_IDS);
  const CsPattern *fill = NULL;
  for (uint32_t i = 0; i < N_IDS; i++) {
    const CsPattern *found =
        cs_find_pattern(b->c->presets, ids[size][(first + i) % N_IDS]);
    if (found == NULL)
      continue;
    fill = cs_pattern_for_meter(b->c->presets, found, b->c->plan->meter);
    if (stands_out(b, fill, cells, shift_of(b, fill, bar)))
      return fill;
  }
  return fill;
}

// A fill sits at the end of the bar, whatever the bar's length. In a bed it
// stays within 3 dB of the groove.
static CsStatus
play_fill(CsBeat *b, const CsPattern *fill, int bar, int shift)
{
  const double most = b->c->plan->function == CS_BED ? 92.0 : 127.0;
  for (size_t i = 0; i < fill->n_lines; i++)
    for (int s = fill->from_step; s < fill->n_steps; s++) {
      const int v    = fill->lines[i].velocities[s];
      const int step = s + shift;
      if (v > 0 && step >= 0)
        CS_TRY(cs_beat_add(b, cs_step_tick(b->c, bar, step), fill->lines[i].key,
            v < most ? v : most));
    }
  return CS_OK;
}

// --- Builds, accents, endings -----------------------------------------------

static int
roll_key(const CsComposer *c)
{
  static const int choices[] = {CS_SNARE, 40, 45, CS_LOW_TOM, CS_CLAP};
  for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
    if (!cs_key_is_excluded(c, choices[i]))
      return choices[i];
  return CS_SNARE;
}

// How many bars a roll takes at the end of this build; 0 = no roll here.
static int
roll_bars(const CsComposer *c, int bar)
{
  const CsSection *s = cs_section_of_bar(c->timeline, bar);
  if (s->kind != CS_SECTION_BUILD || !cs_beat_is_bold(c))
    return 0;
  return s->n_bars >= 6 ? 2 : 1;
}

// The roll of a whole build's end, written from its first bar. Half of them
// stop short of the downbeat, so that it falls out of silence.
static CsStatus
play_roll(CsBeat *b, int bar, int n_bars)
{
  const CsComposer *c = b->c;
  CsRng rng =
      cs_rng_at(c->plan->tracks[b->track].seed, "drums.roll", 0, (uint64_t)bar);
  const int last     = bar + n_bars - 1;
  const int64_t from = cs_bar_tick(c->timeline, bar);
  const int64_t end =
      cs_bar_tick(c->timeline, last) + cs_bar_ticks(c->timeline, last);
  const int64_t stop = cs_rng_unit(&rng) < 0.35 ? CS_TICKS_PER_QUARTER : 0;
  return cs_beat_roll(b, roll_key(c), from, end - stop, 45, 112);
}

static CsStatus
play_accent(CsBeat *b, int64_t tick, double velocity)
{
  CS_TRY(cs_beat_add(b, tick, CS_KICK, velocity));
  return cs_beat_add(b, tick, CS_CRASH, velocity);
}

// A crash only where a section of high energy begins, and not twice within four
// bars.
static bool
begins_with_crash(const CsComposer *c, int bar)
{
  const CsSection *s = cs_section_of_bar(c->timeline, bar);
  if (bar != s->first_bar || !cs_beat_is_bold(c) || s->energy[0] < 0.7)
    return false;
  return s == c->plan->sections || s[-1].n_bars >= 4;
}

// Where nothing else sounds, soft drums end on a stroke too.
static CsStatus
play_end(CsBeat *b)
{
  CsComposer *c = b->c;
  if (!cs_beat_is_bold(c))
    return cs_is_drum_band(c) ? cs_beat_add(b, c->final_tick, CS_KICK, 96)
                              : CS_OK;
  CS_TRY(play_accent(b, c->final_tick, 108));
  return cs_beat_add(b, c->final_tick, CS_LOW_TOM, 96);
}

// A hit is struck even where the groove rests, unless the plan says when the
// kit may play.
static CsStatus
play_hits(CsBeat *b)
{
  const CsComposer *c = b->c;
  const CsTrack *t    = &c->plan->tracks[b->track];
  for (size_t i = 0; i < c->plan->n_hits; i++) {
    const CsHit *hit   = &c->plan->hits[i];
    const int64_t tick = cs_bar_tick(c->timeline, hit->bar) +
                         (int64_t)(hit->beat * CS_TICKS_PER_QUARTER + 0.5);
    if (hit->bar >= c->plan->n_bars || cs_is_end_bar(c, hit->bar))
      continue;
    if (cs_plays(c, b->track, hit->bar) || t->n_spans == 0)
      CS_TRY(play_accent(b, tick, 106));
  }
  return CS_OK;
}

// --- The kit ----------------------------------------------------------------

// Where the groove gives way in a build's last bars: kick only, under the roll.
static void
keep_kick_only(CsDrumBar *cells)
{
  for (int i = 0; i < cells->n_lines; i++)
    if (cells->keys[i] != CS_KICK)
      memset(cells->velocities[i], 0, sizeof cells->velocities[i]);
}

// Some fills land on a crash.
static CsStatus
land_fill(CsBeat *b, const CsPattern *fill, int bar)
{
  const CsComposer *c = b->c;
  const int next      = bar + 1;
  if (!fill->crash_after || !cs_beat_is_bold(c) || next >= c->plan->n_bars ||
      cs_is_end_bar(c, next) || begins_with_crash(c, next))
    return CS_OK;
  return cs_beat_add(b, cs_bar_tick(c->timeline, next), CS_CRASH, 92);
}

// Open and closed hat of one step choke each other: the open one wins.
static void
choke_hats(CsDrumBar *out)
{
  const int open = cs_drum_bar_line(out, CS_OPEN_HAT);
  for (int i = 0; i < out->n_lines && open >= 0; i++)
    if (out->keys[i] == CS_HAT || out->keys[i] == CS_PEDAL_HAT)
      for (int s = 0; s < out->n_steps; s++)
        if (out->velocities[open][s] != 0)
          out->velocities[i][s] = 0;
}

static void
read_groove(
    const CsBeat *b, const CsPattern *pattern, int bar, CsDrumBar *cells)
{
  const int level = cs_beat_level_for(b, pattern, bar);
  cs_drum_bar_read(b, pattern, bar, level, cells);
  const int kick = cs_drum_bar_line(cells, CS_KICK);
  if (kick >= 0)
    cs_shape_kicks(b->c, pattern, bar, cells->velocities[kick], cells->n_steps);
  cs_drum_band_touch(b, pattern, bar, cells);
  choke_hats(cells);
}

// The fill at the end of a bar, where it has one.
//
// @param until  Receives the step of the pattern on which it begins.
static CsStatus
add_fill(CsBeat *b, const CsPattern *pattern, int bar, const CsDrumBar *cells,
    int *until)
{
  CsRng rng = cs_rng_at(
      b->c->plan->tracks[b->track].seed, "drums.fill", 0, (uint64_t)bar);
  const FillSize size = fill_size(b, bar, &rng);
  const CsPattern *fill =
      size == FILL_NONE ? NULL : choose_fill(b, size, cells, bar, &rng);
  if (fill == NULL)
    return CS_OK;
  const int shift = shift_of(b, fill, bar);
  const int first = fill->from_step + shift > 0 ? fill->from_step + shift : 0;
  *until          = pattern->is_triplet ? first * 3 / 4 : first;
  CS_TRY(play_fill(b, fill, bar, shift));
  return land_fill(b, fill, bar);
}

static CsStatus
write_groove_bar(CsBeat *b, const CsPattern *pattern, int bar)
{
  CsComposer *c = b->c;
  CsDrumBar cells;
  read_groove(b, pattern, bar, &cells);
  const int n_roll = roll_bars(c, bar);
  const int left   = cs_bars_left(c, bar);
  int until        = cells.n_steps;
  if (left < n_roll) {
    keep_kick_only(&cells);
    if (left == n_roll - 1)
      CS_TRY(play_roll(b, bar, n_roll));
  } else {
    CS_TRY(add_fill(b, pattern, bar, &cells, &until));
  }
  if (cs_drum_band_turns(c, bar))
    cs_drum_band_turn(b, pattern, bar, &cells);
  if (cs_drum_band_leads_home(c, bar) && !cs_beat_is_bold(c) &&
      until == cells.n_steps)
    until /= 2; // without a fill a breath leads to the last stroke
  if (begins_with_crash(c, bar))
    CS_TRY(play_accent(b, cs_bar_tick(c->timeline, bar), 104));
  return cs_drum_bar_play(b, pattern, bar, &cells, until);
}

// A stinger is a gesture: a roll that grows into one hit (RULEBOOK 2.1).
static CsStatus
write_gesture(CsBeat *b)
{
  CsComposer *c       = b->c;
  const double room_s = cs_seconds_of_tick(c->timeline, (double)c->final_tick) -
                        cs_seconds_of_tick(c->timeline, 0.0);
  const double roll_s = room_s < 1.6 ? room_s : 1.6;
  if (c->plan->function == CS_AMBIENT)
    return CS_OK;
  if (roll_s > 0.3 && cs_beat_is_bold(c)) {
    const double from_s =
        cs_seconds_of_tick(c->timeline, (double)c->final_tick) - roll_s;
    CS_TRY(cs_beat_roll(b, roll_key(c), cs_tick_of_seconds(c->timeline, from_s),
        c->final_tick, 45, 108));
    if (room_s > 0.6)
      CS_TRY(cs_beat_add(b, cs_bar_tick(c->timeline, 0), CS_KICK, 100));
  }
  CS_TRY(play_hits(b));
  return play_end(b);
}

CsStatus
cs_write_drums(CsComposer *c, size_t track)
{
  CsBeat b = cs_beat_of(c, track);
  if (c->plan->function == CS_STINGER || c->plan->duration_s < 4.0)
    return write_gesture(&b);
  for (int bar = 0; bar < c->plan->n_bars; bar++) {
    if (!cs_plays(c, track, bar))
      continue;
    const CsPattern *pattern = cs_pattern_at(c, track, bar);
    if (cs_is_end_bar(c, bar))
      CS_TRY(play_end(&b));
    else if (pattern != NULL && pattern->scatter_per_s > 0.0)
      CS_TRY(cs_beat_scatter(&b, pattern, bar));
    else if (pattern != NULL)
      CS_TRY(write_groove_bar(&b, pattern, bar));
  }
  return play_hits(&b);
}
