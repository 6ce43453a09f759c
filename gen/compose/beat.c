#include "gen/compose/beat.h"

#include "gen/base/mathx.h"
#include "gen/compose/drum_band.h"
#include "gen/compose/groove.h"

// RULEBOOK 2.1: what the function allows. `factor` scales velocities before the
// cap, so that accents stay accents.
typedef struct Manners {
  int max_level;
  double factor;
  int max_velocity;
} Manners;

static const Manners manners[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = {1, 0.55, 58},
    [CS_BED]        = {2, 0.80, 84},
    [CS_STINGER]    = {4, 1.0, 120},
    [CS_THEMATIC]   = {4, 1.0, 122},
    [CS_AMBIENT]    = {1, 0.45, 45},
};

static const double with_kick = 0.45;

// RULEBOOK 5.4, kit levels: what balances a drum against the snare.
typedef struct DrumBounds {
  int first_key, last_key;
  int low, high;
} DrumBounds;

static const DrumBounds bounds[] = {
    {CS_HAT, CS_HAT, 60, 95},
    {CS_PEDAL_HAT, CS_PEDAL_HAT, 60, 95},
    {CS_OPEN_HAT, CS_OPEN_HAT, 60, 95},
    {CS_CABASA, CS_MARACAS, 25, 55},
    {CS_SHAKER, CS_SHAKER, 25, 55},
    {CS_TAMBOURINE, CS_TAMBOURINE, 30, 80},
};

CsBeat
cs_beat_of(CsComposer *c, size_t track)
{
  const CsTrack *t               = &c->plan->tracks[track];
  const CsInstrument *instrument = NULL;
  if (t->instrument != NULL)
    instrument = cs_find_instrument(c->presets, t->instrument);
  if (instrument == NULL || instrument->bank != t->bank ||
      instrument->program != t->program)
    instrument = cs_instrument_of_program(c->presets, t->bank, t->program);
  return (CsBeat){.c = c, .track = track, .instrument = instrument};
}

bool
cs_beat_is_bold(const CsComposer *c)
{
  return c->plan->function == CS_THEMATIC || c->plan->function == CS_STINGER;
}

/// However calm, a tune that is under way has a kick, and so has all that is in
/// a style whose groove is calm by nature.
static bool
wants_kick(const CsComposer *c)
{
  const CsStyle *s = c->style;
  return c->plan->function == CS_THEMATIC ||
         (s != NULL && s->arousal[0] + s->arousal[1] < 0.0);
}

int
cs_beat_level(const CsComposer *c, int bar)
{
  const double energy = cs_groove_energy(c, cs_block_energy(c, bar));
  const double level =
      1.6 + 2.0 * c->plan->arousal + 4.0 * (energy - 0.55) + c->plan->density;
  const int least = energy >= with_kick && wants_kick(c) ? 2 : 1;
  return cs_clamp_int(
      (int)(level + 0.5), least, manners[c->plan->function].max_level);
}

int
cs_beat_level_for(const CsBeat *b, const CsPattern *pattern, int bar)
{
  int first = 5;
  for (size_t i = 0; i < pattern->n_lines; i++) {
    const CsDrumLine *line = &pattern->lines[i];
    const bool is_mine     = b->instrument == NULL ||
                         cs_drum_line_key(b->instrument, line->key) >= 0;
    if (is_mine && line->from_energy < first)
      first = line->from_energy;
  }
  const int level = cs_beat_level(b->c, bar);
  return first < 5 && first > level ? first : level;
}

int
cs_beat_velocity(const CsBeat *b, int64_t tick, int key, double velocity)
{
  const CsComposer *c = b->c;
  const Manners *m    = &manners[c->plan->function];
  const int bar       = cs_bar_of_tick(c->timeline, tick);
  CsRng rng           = cs_rng_at(
                c->plan->tracks[b->track].seed, "stroke", (uint64_t)key, (uint64_t)tick);
  double v = velocity * (0.82 + 0.28 * cs_block_energy(c, bar));
  v += 2.5 * cs_rng_normal(&rng);
  for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
    if (key >= bounds[i].first_key && key <= bounds[i].last_key)
      v = cs_clamp(v, bounds[i].low, bounds[i].high);
  v *= m->factor;
  return (int)(cs_clamp(v, 12, m->max_velocity) + 0.5);
}

// Struck drums end by themselves; cymbals and an open hat are left to ring, the
// hat until the next one chokes it (the synthesizer does that).
static int64_t
stroke_ticks(int key)
{
  const bool rings = key == CS_CRASH || key == CS_CRASH_2 || key == 52 ||
                     key == 55 || key == CS_RIDE || key == CS_OPEN_HAT ||
                     key == 81;
  return rings ? 3 * CS_TICKS_PER_QUARTER : CS_TICKS_PER_QUARTER / 4;
}

/// In a bed hats, hand percussion and brushes keep to the grid of the rest:
/// strokes between would bring it to the rate of syllables (RULEBOOK 2.1).
/// Triplets and what carries the groove stay. Under dialogue drums are asked
/// for as a pulse, and all of them keep to it.
static bool
is_too_busy(const CsComposer *c, int64_t tick, int key, double velocity)
{
  const double accent   = 60.0;
  const bool is_kick    = key == CS_KICK || key == CS_KICK - 1;
  const bool is_snare   = key >= CS_RIM && key <= 40;
  const bool is_carrier = is_kick || (is_snare && velocity >= accent);
  const bool is_bed     = c->plan->function == CS_BED;
  if (!(is_bed && !is_carrier) && c->plan->function != CS_UNDERSCORE)
    return false;
  const int bar     = cs_bar_of_tick(c->timeline, tick);
  const int64_t in  = tick - cs_bar_tick(c->timeline, bar);
  const int64_t fit = cs_finest_grid(c, bar, cs_max_onset_rate(c));
  return in % fit != 0 && in % (CS_TICKS_PER_QUARTER / 4) == 0;
}

/// A drum that was asked to come or go has a track of its own: where that is
/// away, the kit is without it.
static bool
is_away(const CsComposer *c, int key, int64_t tick)
{
  const int bar = cs_bar_of_tick(c->timeline, tick);
  for (size_t i = 0; i < c->plan->n_tracks; i++) {
    const CsTrack *t = &c->plan->tracks[i];
    if (t->n_spans == 0 || cs_track_plays(c->timeline, t, bar))
      continue;
    const CsInstrument *in = cs_find_instrument(c->presets, t->instrument);
    if (in != NULL && in->drum_key >= 0 && cs_drum_key_is(key, in->name))
      return true;
  }
  return false;
}

CsStatus
cs_beat_add(CsBeat *b, int64_t tick, int key, double velocity)
{
  CsComposer *c = b->c;
  if (tick < 0 || velocity < 1.0 || is_too_busy(c, tick, key, velocity))
    return CS_OK;
  const CsTrack *t  = &c->plan->tracks[b->track];
  const bool is_kit = t->bank == 128;
  if (is_kit && (cs_key_is_excluded(c, key) || is_away(c, key, tick)))
    return CS_OK;
  int played = key;
  if (b->instrument != NULL)
    played = cs_drum_line_key(b->instrument, key);
  if (played < 0 || played > 127)
    return CS_OK;
  if (!is_kit || (b->instrument != NULL && b->instrument->drum_key >= 0))
    played = cs_clamp_int(played, t->range[0], t->range[1]);
  const CsNote note = {.start_tick = tick,
      .n_ticks  = is_kit ? stroke_ticks(played) : CS_TICKS_PER_QUARTER,
      .key      = (uint8_t)played,
      .velocity = (uint8_t)cs_beat_velocity(b, tick, key, velocity)};
  return cs_add(c, b->track, note);
}

int64_t
cs_beat_tick(const CsComposer *c, const CsPattern *pattern, int bar, int step)
{
  if (pattern == NULL || !pattern->is_triplet)
    return cs_step_tick(c, bar, step);
  return cs_bar_tick(c->timeline, bar) + step * (CS_TICKS_PER_QUARTER / 3);
}

int
cs_beat_steps(const CsComposer *c, const CsPattern *pattern, int bar)
{
  const bool triplets = pattern != NULL && pattern->is_triplet;
  const int64_t step  = CS_TICKS_PER_QUARTER / (triplets ? 3 : 4);
  return (int)((cs_bar_ticks(c->timeline, bar) + step - 1) / step);
}

int
cs_beat_column(const CsComposer *c, const CsPattern *pattern, int bar, int step)
{
  const int n_steps  = cs_beat_steps(c, pattern, bar);
  const bool runs_on = pattern->drifts || pattern->n_steps > n_steps;
  const int past     = runs_on ? cs_bar_in_section(c, bar) * n_steps : 0;
  return (past + step) % pattern->n_steps;
}

/// Of the lines from a drawn one on the first that the instrument has.
static const CsDrumLine *
own_line(const CsBeat *b, const CsPattern *pattern, uint32_t drawn)
{
  for (size_t i = 0; i < pattern->n_lines && b->instrument != NULL; i++) {
    const CsDrumLine *line = &pattern->lines[(drawn + i) % pattern->n_lines];
    if (cs_drum_line_key(b->instrument, line->key) >= 0)
      return line;
  }
  return &pattern->lines[drawn];
}

CsStatus
cs_beat_scatter(CsBeat *b, const CsPattern *pattern, int bar)
{
  const CsComposer *c = b->c;
  const int64_t start = cs_bar_tick(c->timeline, bar);
  const int64_t end   = start + cs_bar_ticks(c->timeline, bar);
  const double from_s = cs_seconds_of_tick(c->timeline, (double)start);
  const double to_s   = cs_seconds_of_tick(c->timeline, (double)end);
  const double mean   = pattern->scatter_per_s * (to_s - from_s);
  CsRng rng =
      cs_rng_at(c->plan->tracks[b->track].seed, "scatter", 0, (uint64_t)bar);
  // A bar is short against 1 / rate, so a few coin tosses are Poisson enough.
  // Where nobody else sounds the first one always falls.
  const int n_tosses = 4 + (int)(4.0 * mean);
  for (int i = 0; i < n_tosses && pattern->n_lines > 0; i++) {
    const double chance  = cs_rng_unit(&rng);
    const double at_s    = cs_rng_between(&rng, from_s, to_s);
    const double v       = cs_rng_between(&rng, 60, 100);
    const uint32_t drawn = cs_rng_below(&rng, (uint32_t)pattern->n_lines);
    const bool is_sure   = i == 0 && cs_is_drum_band(c);
    if (is_sure || chance < mean / n_tosses)
      CS_TRY(cs_beat_add(b, cs_tick_of_seconds(c->timeline, at_s),
          own_line(b, pattern, drawn)->key, v));
  }
  return CS_OK;
}

CsStatus
cs_beat_roll(CsBeat *b, int key, int64_t from, int64_t to, double from_velocity,
    double to_velocity)
{
  static const int64_t gaps[3] = {CS_TICKS_PER_QUARTER / 2,
      CS_TICKS_PER_QUARTER / 4, CS_TICKS_PER_QUARTER / 8};
  const int64_t length         = to - from;
  const int64_t shortest =
      cs_tick_of_seconds(b->c->timeline,
          cs_seconds_of_tick(b->c->timeline, (double)from) + 0.055) -
      from;
  int hand = 0;
  for (int64_t tick = from; tick < to; hand++) {
    const double share = (double)(tick - from) / (double)length;
    const double loud  = cs_lerp(from_velocity, to_velocity, share * share);
    CS_TRY(cs_beat_add(b, tick, key, loud - (hand % 2 == 1 ? 6.0 : 0.0)));
    const int64_t gap = gaps[share < 1.0 / 3 ? 0 : share < 2.0 / 3 ? 1 : 2];
    tick += gap > shortest ? gap : 2 * gap > shortest ? 2 * gap : 4 * gap;
  }
  return CS_OK;
}
