#include "gen/perform/performer.h"

#include "gen/base/mathx.h"

#include <math.h>

/// Velocities a function keeps under (RULEBOOK 2.1, T43).
static const int most_velocity[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = 74,
    [CS_BED]        = 98,
    [CS_STINGER]    = 124,
    [CS_THEMATIC]   = 120,
    [CS_AMBIENT]    = 72,
};

/// Accompaniment stays under this however lively: its accents, struck with
/// kick and bass, make the peaks that a cue's level has to give way to.
static const int most_of_role[CS_N_ROLES] = {
    [CS_ROLE_PAD]        = 127,
    [CS_ROLE_CHORDS]     = 108,
    [CS_ROLE_MOTION]     = 104,
    [CS_ROLE_BASS]       = 127,
    [CS_ROLE_DRUMS]      = 127,
    [CS_ROLE_PERCUSSION] = 112,
    [CS_ROLE_MELODY]     = 127,
    [CS_ROLE_COUNTER]    = 127,
    [CS_ROLE_COLOUR]     = 104,
    [CS_ROLE_EFFECTS]    = 127,
};

/// How much of the lively part of playing suits a function.
static const double liveliness[CS_N_FUNCTIONS] = {
    [CS_UNDERSCORE] = 0.75,
    [CS_BED]        = 0.8,
    [CS_STINGER]    = 0.8,
    [CS_THEMATIC]   = 1.0,
    [CS_AMBIENT]    = 0.75,
};

/// What a role does with a line: 0 = plays it as written.
typedef struct Expression {
  double arch_k;      ///< KTH phrase arch, dB at the phrase's end.
  double high_loud_k; ///< KTH high-loud, dB per 4 semitones.
  double accent;      ///< Share of the metric accents.
  double noise;       ///< Share of the random part.
} Expression;

static const Expression expressions[CS_N_ROLES] = {
    [CS_ROLE_PAD]        = {0.0, 0.0, 0.0, 0.7},
    [CS_ROLE_CHORDS]     = {0.0, 0.25, 0.0, 1.0},
    [CS_ROLE_MOTION]     = {0.0, 0.5, 0.25, 1.0},
    [CS_ROLE_BASS]       = {0.0, 0.0, 0.25, 0.9},
    [CS_ROLE_DRUMS]      = {0.0, 0.0, 0.0, 0.9},
    [CS_ROLE_PERCUSSION] = {0.0, 0.0, 0.0, 1.0},
    [CS_ROLE_MELODY]     = {2.5, 0.75, 0.5, 1.0},
    [CS_ROLE_COUNTER]    = {2.0, 0.5, 0.5, 1.0},
    [CS_ROLE_COLOUR]     = {0.0, 0.25, 0.25, 1.0},
    [CS_ROLE_EFFECTS]    = {0.0, 0.0, 0.0, 0.3},
};

static const double phrase_turn    = 0.5;
static const double most_high_loud = 3.0; // dB

/// Level falls off from a phrase's turn to both ends, by squares.
static double
arch_db(double k, CsPhraseSpan phrase, int64_t tick)
{
  const int64_t length = phrase.end_tick - phrase.start_tick;
  if (k <= 0.0 || length <= 0)
    return 0.0;
  const double x =
      cs_clamp((double)(tick - phrase.start_tick) / (double)length, 0.0, 1.0);
  if (x < phrase_turn) {
    const double before = (phrase_turn - x) / phrase_turn;
    return -0.5 * k * before * before;
  }
  const double after = (x - phrase_turn) / (1.0 - phrase_turn);
  return -k * after * after;
}

/// Velocities that the bar gives to its places (RULEBOOK 7.3).
static double
metric_accent(const CsPerformer *p, int64_t tick)
{
  const CsMeter meter = p->plan->meter;
  const int bar       = cs_bar_of_tick(p->timeline, tick);
  const int64_t at    = tick - cs_bar_tick(p->timeline, bar);
  const int n_beats   = cs_meter_beats(meter);
  const int64_t beat  = (int64_t)floor(
       cs_meter_beat_quarters(meter) * CS_TICKS_PER_QUARTER + 0.5);
  const int64_t offbeat = cs_meter_is_compound(meter) ? beat / 3 : beat / 2;
  if (at == 0)
    return 8.0;
  if (n_beats % 2 == 0 && at == beat * (n_beats / 2))
    return 4.0;
  if (at % beat == 0)
    return 2.0;
  return at % offbeat == 0 ? 0.0 : -8.0;
}

/// Deviation of the random part: 4 to 6 in pop, up to 8 where players are free.
static double
noise_at(const CsPerformer *p, const CsPlayer *player, const CsNote *note)
{
  const int bar       = cs_bar_of_tick(p->timeline, note->start_tick);
  const int64_t place = note->start_tick - cs_bar_tick(p->timeline, bar);
  CsRng rng           = cs_rng_for(
                player->velocity, (uint64_t)place * 128 + note->key, (uint64_t)bar);
  return (3.5 + 3.5 * fmin(p->humanise, 1.2)) * cs_rng_normal(&rng);
}

/// Velocity follows 40 log10(v / 127) in FluidSynth, so that dB multiply.
uint8_t
cs_played_velocity(const CsPerformer *p, const CsPlayer *player,
    const CsNote *note, CsPhraseSpan phrase)
{
  const Expression *e = &expressions[player->track->role];
  const double lively = liveliness[p->plan->function];
  double db           = arch_db(e->arch_k, phrase, note->start_tick);
  if (!player->is_kit)
    db += cs_clamp(e->high_loud_k * (note->key - player->middle_key) / 4.0,
        -most_high_loud, most_high_loud);
  double v = note->velocity * cs_gain_from_db(db * lively / 2.0);
  v += lively * e->accent * metric_accent(p, note->start_tick);
  v += lively * e->noise * noise_at(p, player, note);
  // The top is bent, not cut: equal velocities in a row sound like a machine.
  const double most = cs_clamp_int(
      most_velocity[p->plan->function], 1, most_of_role[player->track->role]);
  const double knee = most - 10.0;
  if (v > knee)
    v = most - 100.0 / (v - knee + 10.0);
  return (uint8_t)cs_clamp_int((int)floor(v + 0.5), 1, (int)most);
}

/// A rest of half a beat ends a phrase once it is two beats long; so does a bar
/// line after four bars.
CsPhraseSpan
cs_phrase_at(
    const CsPerformer *p, const CsPlayer *player, size_t first, size_t *end)
{
  enum { REST_TICKS = CS_TICKS_PER_QUARTER / 2 };
  const CsNote *notes  = player->part->notes;
  const int first_bar  = cs_bar_of_tick(p->timeline, notes[first].start_tick);
  CsPhraseSpan phrase  = {notes[first].start_tick, notes[first].start_tick};
  int64_t sounds_until = notes[first].start_tick;
  size_t i             = first;
  for (; i < player->part->n_notes; i++) {
    const int64_t start = notes[i].start_tick;
    const bool is_long  = start - phrase.start_tick >= 2 * CS_TICKS_PER_QUARTER;
    if (is_long && start - sounds_until >= REST_TICKS)
      break;
    if (cs_bar_of_tick(p->timeline, start) >= first_bar + 4)
      break;
    phrase.end_tick   = start;
    const int64_t off = start + notes[i].n_ticks;
    sounds_until      = off > sounds_until ? off : sounds_until;
  }
  *end = i;
  return phrase;
}
