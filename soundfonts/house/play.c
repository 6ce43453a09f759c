#include "soundfonts/house/play.h"

#include "gen/base/mathx.h"
#include "soundfonts/generators.h"
#include "soundfonts/mend.h"

#include <math.h>

enum { CONTROL_FRAMES = 32 };

static double
seconds_of(const CsSoundZone *zone, int number)
{
  return cs_exp2(cs_zone_generator(zone, number, CS_NO_TIME) / 1200.0);
}

/// Volume after so many seconds; -1 when it is over.
static double
volume_at(const CsSoundZone *zone, const CsHouseNote *note, double t)
{
  const double attack  = seconds_of(zone, CS_GEN_ATTACK);
  const double hold    = seconds_of(zone, CS_GEN_HOLD);
  const double decay   = seconds_of(zone, CS_GEN_DECAY);
  const double sustain = cs_zone_generator(zone, CS_GEN_SUSTAIN, 0) / 10.0;
  const double until   = fmin(t, note->held_s);
  double db            = 0.0;
  double in            = 1.0;
  if (until < attack)
    in = until / attack;
  else if (until > attack + hold)
    db = fmin(sustain, CS_ENVELOPE_DB * (until - attack - hold) / decay);
  if (t > note->held_s)
    db +=
        CS_ENVELOPE_DB * (t - note->held_s) / seconds_of(zone, CS_GEN_RELEASE);
  return db >= CS_ENVELOPE_DB ? -1.0 : in * cs_gain_from_db(-db);
}

static double
sweep_at(const CsSoundZone *zone, double t)
{
  const double attack = seconds_of(zone, CS_GEN_SWEEP_ATTACK);
  const double decay  = seconds_of(zone, CS_GEN_SWEEP_DECAY);
  const double sustain =
      1.0 - cs_zone_generator(zone, CS_GEN_SWEEP_SUSTAIN, 0) / 1000.0;
  return t < attack ? t / attack : fmax(sustain, 1.0 - (t - attack) / decay);
}

static double
cutoff_cents(const CsSoundZone *zone, const CsHouseNote *note, double t)
{
  double cents = cs_zone_generator(zone, CS_GEN_FILTER_CUTOFF, CS_NO_FILTER);
  for (size_t i = 0; i < zone->n_modulators; i++)
    if (zone->modulators[i].source == CS_MOD_VELOCITY_NEGATIVE_LINEAR)
      cents += zone->modulators[i].amount * (127 - note->velocity) / 128.0;
  return cents +
         cs_zone_generator(zone, CS_GEN_SWEEP_TO_FILTER, 0) * sweep_at(zone, t);
}

// FluidSynth's low pass: R. Bristow-Johnson's biquad with half of the
// resonance's gain taken away.
typedef struct LowPass {
  double b0, a1, a2, x1, x2, y1, y2;
  bool on;
} LowPass;

static void
set_low_pass(LowPass *f, double cents, double resonance_cb)
{
  f->on = cents < CS_NO_FILTER - 1;
  const double hz =
      fmin(8.1758 * cs_exp2(cents / 1200.0), 0.45 * CS_HOUSE_PLAY_RATE);
  const double q   = cs_gain_from_db(resonance_cb / 10.0 - 3.01);
  const double w   = 2.0 * CS_PI * hz / CS_HOUSE_PLAY_RATE;
  const double a   = cs_sin(w) / (2.0 * q);
  const double one = 1.0 + a;
  f->b0            = (1.0 - cs_cos(w)) / 2.0 / one / sqrt(fmax(1.0, q));
  f->a1            = -2.0 * cs_cos(w) / one;
  f->a2            = (1.0 - a) / one;
}

static double
run_low_pass(LowPass *f, double x)
{
  if (!f->on)
    return x;
  const double y =
      f->b0 * (x + 2.0 * f->x1 + f->x2) - f->a1 * f->y1 - f->a2 * f->y2;
  f->x2 = f->x1, f->x1 = x;
  f->y2 = f->y1, f->y1 = y;
  return y;
}

/// The sample between frames, over four points.
static double
between(const CsSoundZone *zone, double place)
{
  const size_t at = (size_t)place;
  const double t  = place - (double)at;
  double x[4];
  for (size_t i = 0; i < 4; i++) {
    const size_t p = at + i;
    x[i] = p >= 1 && p - 1 < zone->n_frames ? zone->samples[p - 1] : 0.0;
  }
  const double a = 0.5 * (x[3] - x[0]) + 1.5 * (x[1] - x[2]);
  const double b = x[0] - 2.5 * x[1] + 2.0 * x[2] - 0.5 * x[3];
  return (((a * t + b) * t + 0.5 * (x[2] - x[0])) * t + x[1]) / 32768.0;
}

static double
step_of(const CsSoundZone *zone, int key)
{
  const double scale = cs_zone_generator(zone, CS_GEN_SCALE_TUNE, 100) / 100.0;
  return cs_exp2(
             ((key - zone->root_key) * scale + zone->correction_cents / 100.0) /
             12.0) *
         zone->sample_rate / CS_HOUSE_PLAY_RATE;
}

static void
play_zone(const CsSoundZone *zone, const CsHouseNote *note, float *out,
    size_t n_frames)
{
  const double pan   = cs_zone_generator(zone, CS_GEN_PAN, 0) / 500.0;
  const double angle = (pan + 1.0) * CS_PI / 4.0;
  const double left = cs_cos(angle), right = cs_sin(angle);
  const double step = step_of(zone, note->key);
  const double q    = cs_zone_generator(zone, CS_GEN_FILTER_Q, 0);
  const bool loops  = zone->loop_end > zone->loop_start;
  LowPass filter    = {.on = false};
  double place = 0.0, volume = 0.0, rise = 0.0;
  for (size_t i = 0; i < n_frames; i++) {
    if (i % CONTROL_FRAMES == 0) {
      const double t    = (double)i / CS_HOUSE_PLAY_RATE;
      const double next = volume_at(
          zone, note, t + (double)CONTROL_FRAMES / CS_HOUSE_PLAY_RATE);
      volume = volume_at(zone, note, t);
      rise   = (next - volume) / CONTROL_FRAMES;
      if (volume < 0.0 || next < 0.0)
        return;
      set_low_pass(&filter, cutoff_cents(zone, note, t), q);
    }
    const double x = run_low_pass(&filter, between(zone, place)) * volume;
    out[2 * i] += (float)(x * left);
    out[2 * i + 1] += (float)(x * right);
    volume += rise;
    place += step;
    if (loops)
      while (place >= (double)zone->loop_end)
        place -= (double)(zone->loop_end - zone->loop_start);
    else if (place >= (double)zone->n_frames)
      return;
  }
}

void
cs_house_play(
    const CsSound *sound, CsHouseNote note, float *out, size_t n_frames)
{
  for (size_t i = 0; i < sound->n_zones; i++) {
    const CsSoundZone *z = &sound->zones[i];
    if (note.key >= z->low_key && note.key <= z->high_key &&
        note.velocity >= z->low_velocity && note.velocity <= z->high_velocity)
      play_zone(z, &note, out, n_frames);
  }
}
