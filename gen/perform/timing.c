#include "gen/perform/performer.h"

#include "gen/base/mathx.h"

#include <math.h>

/// Deviation of onsets at humanise 1 (RULEBOOK 7.3).
static const double deviation_ms[CS_N_ROLES] = {
    [CS_ROLE_PAD]        = 7.0,
    [CS_ROLE_CHORDS]     = 6.8,
    [CS_ROLE_MOTION]     = 6.8,
    [CS_ROLE_BASS]       = 5.3,
    [CS_ROLE_DRUMS]      = 4.2,
    [CS_ROLE_PERCUSSION] = 4.2,
    [CS_ROLE_MELODY]     = 8.0,
    [CS_ROLE_COUNTER]    = 7.5,
    [CS_ROLE_COLOUR]     = 7.5,
    [CS_ROLE_EFFECTS]    = 0.0,
};

/// Up to this a style is made by machines; above it hands play, and how much
/// freedom they take differs less than the styles do.
static const double machine_humanise = 0.3;
static const double least_freedom    = 0.75;

enum { STEP_TICKS = CS_TICKS_PER_QUARTER / 4 };

static const double most_deviation_ms = 18.0; // with the grid under 20
static const double most_of_step      = 0.25;

/// Share of the variance that all players have in common: they hear each other.
static const double shared_part = 0.6;

/// A slow sound is started early by this share of its attack.
static const double advance_of_attack = 0.6;
static const double most_advance_ms   = 120.0;
static const double most_at_hit_ms    = 8.0; // a hit is no earlier than 40 ms
static const double least_attack_ms   = 30.0;

static int64_t
floor_div64(int64_t x, int64_t n)
{
  return x / n - (x % n < 0 ? 1 : 0);
}

// ---- Swing ------------------------------------------------------------------

/// From here on the late eighth is heard as the last of a triplet.
static const double triplet_swing = 0.6;

// Time within a pair is bent at its middle. Triplets of the pair are written
// where they belong already, but their last one meets the late eighth of other
// tracks in a style that swings in triplets. A pair that the bar line cuts
// stays straight.
int64_t
cs_swung_tick(const CsPerformer *p, int64_t tick)
{
  if (p->swing <= 0.5)
    return tick;
  const int bar         = cs_bar_of_tick(p->timeline, tick);
  const int64_t in_bar  = tick - cs_bar_tick(p->timeline, bar);
  const int64_t unit    = p->swing_ticks;
  const int64_t pair    = 2 * unit;
  const int64_t at      = in_bar - floor_div64(in_bar, pair) * pair;
  const int64_t in_last = cs_bar_ticks(p->timeline, bar) - (in_bar - at);
  if (at == 0 || in_bar < 0 || in_last < pair)
    return tick;
  const double middle  = p->swing * (double)pair;
  const bool is_eighth = unit == CS_TICKS_PER_QUARTER / 2;
  if (is_eighth && 3 * at == 2 * pair && p->swing >= triplet_swing)
    return tick - at + (int64_t)floor(middle + 0.5);
  if (3 * at % pair == 0)
    return tick;
  const double bent = at < unit
                          ? middle * (double)at / (double)unit
                          : middle + ((double)pair - middle) *
                                         (double)(at - unit) / (double)unit;
  return tick - at + (int64_t)floor(bent + 0.5);
}

// ---- Deviations -------------------------------------------------------------

enum { N_OCTAVES = 8 };

/// The random value of an octave that holds around a place.
static double
drift_value(const CsPerformer *p, int octave, int64_t place)
{
  const uint64_t which = (uint64_t)place * N_OCTAVES + (uint64_t)octave;
  CsDriftValue *kept   = &p->drift[which % CS_DRIFT_VALUES];
  if (!kept->is_known || kept->place != place) {
    CsRng rng = cs_rng_at(
        p->plan->seed, "perform.drift", (uint64_t)octave, (uint64_t)place);
    *kept = (CsDriftValue){place, true, cs_rng_normal(&rng)};
  }
  return kept->value;
}

/// 1/f noise with deviation 1: one held random value per octave of periods,
/// from a sixteenth to eight bars (Voss's method). Hennig et al. (2011):
/// listeners prefer it to independent deviations.
static double
drift_at(const CsPerformer *p, int64_t tick)
{
  double sum = 0.0;
  for (int i = 0; i < N_OCTAVES; i++)
    sum += drift_value(p, i, floor_div64(tick, (int64_t)STEP_TICKS << i));
  return sum / sqrt((double)N_OCTAVES);
}

static double
private_part_at(const CsPerformer *p, const CsPlayer *player, int64_t tick)
{
  const int bar       = cs_bar_of_tick(p->timeline, tick);
  const int64_t place = tick - cs_bar_tick(p->timeline, bar);
  CsRng rng = cs_rng_for(player->timing, (uint64_t)place, (uint64_t)bar);
  return cs_rng_normal(&rng);
}

static bool
is_on_hit(const CsPerformer *p, int64_t tick)
{
  if (p->plan->n_hits == 0)
    return false;
  const int bar    = cs_bar_of_tick(p->timeline, tick);
  const int64_t at = tick - cs_bar_tick(p->timeline, bar);
  for (size_t i = 0; i < p->plan->n_hits; i++) {
    const CsHit *hit = &p->plan->hits[i];
    if (hit->bar == bar &&
        fabs(hit->beat * CS_TICKS_PER_QUARTER - (double)at) < 2.0)
      return true;
  }
  return false;
}

/// Moments that an editor cuts to are played with care: the first onset
/// exactly, hits and the last downbeat nearly so.
static double
freedom_at(const CsPerformer *p, int64_t tick)
{
  if (tick <= p->first_tick)
    return 0.0;
  const int bar          = cs_bar_of_tick(p->timeline, tick);
  const CsSection *place = cs_section_of_bar(p->timeline, bar);
  if (place->kind == CS_SECTION_END)
    return 0.25;
  return is_on_hit(p, tick) ? 0.25 : 1.0;
}

static double
freedom_of_style(double humanise)
{
  return humanise <= machine_humanise
             ? humanise
             : cs_lerp(least_freedom, 1.0, fmin(humanise, 1.2));
}

/// The furthest that hands may take an onset from its place.
static double
most_ms_at(const CsPerformer *p, int64_t tick)
{
  const double step_ms =
      1000.0 * (cs_seconds_of_tick(p->timeline, (double)(tick + STEP_TICKS)) -
                   cs_seconds_of_tick(p->timeline, (double)tick));
  return fmin(most_deviation_ms, most_of_step * step_ms);
}

double
cs_timing_deviation_ms(
    const CsPerformer *p, const CsPlayer *player, int64_t tick)
{
  const double freedom = freedom_at(p, tick);
  const double sd_ms =
      deviation_ms[player->track->role] * freedom_of_style(p->humanise);
  if (freedom <= 0.0 || sd_ms <= 0.0)
    return 0.0;
  const double sum = sqrt(shared_part) * drift_at(p, tick) +
                     sqrt(1.0 - shared_part) * private_part_at(p, player, tick);
  const double most_ms = most_ms_at(p, tick);
  return cs_clamp(freedom * sd_ms * sum, -most_ms, most_ms);
}

// ---- Onsets and releases ----------------------------------------------------

static bool
is_chord_change(const CsPerformer *p, int64_t tick)
{
  size_t low = 0, high = p->n_chords;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (p->chords[middle].start_tick < tick)
      low = middle + 1;
    else
      high = middle;
  }
  return low < p->n_chords && p->chords[low].start_tick == tick;
}

/// Harmony that starts early would sound against the chord before it.
static double
advance_ms(const CsPerformer *p, const CsPlayer *player, const CsNote *note)
{
  const CsRole role = player->track->role;
  if (player->instrument == NULL || role == CS_ROLE_EFFECTS ||
      player->instrument->attack_ms < least_attack_ms)
    return 0.0;
  if ((role == CS_ROLE_PAD || role == CS_ROLE_CHORDS) &&
      is_chord_change(p, note->start_tick))
    return 0.0;
  return fmin(advance_of_attack * player->instrument->attack_ms,
      is_on_hit(p, note->start_tick) ? most_at_hit_ms : most_advance_ms);
}

/// A hand does not strike all keys at once: 2 to 8 ms from low to high.
static double
spread_ms(const CsPerformer *p, const CsPlayer *player, const CsNote *note,
    CsStrike strike)
{
  const CsRole role = player->track->role;
  if (strike.n < 2 || strike.is_spread || player->is_kit ||
      (role != CS_ROLE_CHORDS && role != CS_ROLE_MOTION &&
          role != CS_ROLE_MELODY))
    return 0.0;
  const int bar       = cs_bar_of_tick(p->timeline, note->start_tick);
  const int64_t place = note->start_tick - cs_bar_tick(p->timeline, bar);
  CsRng rng = cs_rng_for(player->spread, (uint64_t)place, (uint64_t)bar);
  const double whole = cs_rng_between(&rng, 2.0, 8.0) * fmin(p->humanise, 1.0);
  return whole * strike.index / (strike.n - 1);
}

double
cs_onset_s(const CsPerformer *p, const CsPlayer *player, const CsNote *note,
    CsStrike strike)
{
  // A hit stands where the picture has it, not where the groove would.
  const int64_t tick   = is_on_hit(p, note->start_tick)
                             ? note->start_tick
                             : cs_swung_tick(p, note->start_tick);
  const double hand_ms = cs_timing_deviation_ms(p, player, note->start_tick) +
                         spread_ms(p, player, note, strike);
  const double ms = (double)note->delay_ms +
                    fmin(hand_ms, most_ms_at(p, note->start_tick)) -
                    advance_ms(p, player, note);
  return cs_seconds_of_tick(p->timeline, (double)tick) + ms / 1000.0;
}

/// How long a sound reaches over into the next (RULEBOOK 7.4).
static double
overlap_s(const CsPlayer *player)
{
  if (!player->is_held)
    return 0.0;
  switch (player->track->role) {
  case CS_ROLE_PAD:
    return 0.09;
  case CS_ROLE_MELODY:
  case CS_ROLE_COUNTER:
    return 0.03;
  case CS_ROLE_CHORDS:
  case CS_ROLE_MOTION:
  case CS_ROLE_BASS:
  case CS_ROLE_DRUMS:
  case CS_ROLE_PERCUSSION:
  case CS_ROLE_COLOUR:
  case CS_ROLE_EFFECTS:
  case CS_N_ROLES:
    break;
  }
  return 0.0;
}

/// A drum is struck, not held: its sound lasts as long as it likes.
static double
drum_s(int key)
{
  switch (key) {
  case 49: // crash, ride, china, bell, splash, crash 2, ride 2
  case 51:
  case 52:
  case 53:
  case 55:
  case 57:
  case 59:
    return 3.0;
  case 46: // open hi-hat; a closed one chokes it
    return 1.0;
  default:
    return 0.5;
  }
}

double
cs_release_s(const CsPerformer *p, const CsPlayer *player, const CsNote *note)
{
  const int64_t tick = cs_swung_tick(p, note->start_tick + note->n_ticks);
  const double s     = cs_seconds_of_tick(p->timeline, (double)tick);
  if (!player->is_kit)
    return s + overlap_s(player);
  const double on = cs_seconds_of_tick(p->timeline, (double)note->start_tick);
  return fmax(s, on + drum_s(note->key));
}
