#include "soundfonts/house/zone.h"

#include "gen/base/mathx.h"
#include "soundfonts/generators.h"
#include "soundfonts/house/loudness.h"
#include "soundfonts/house/play.h"

#include <math.h>
#include <string.h>

enum { MAX_GENERATORS = 24, MIDDLE_VELOCITY = 64, FULL_PAN = 500 };

static const double window_s    = 0.05;
static const double full_scale  = 32700.0;
static const double trial_peak  = 16384.0;
static const double measured_s  = 2.5; // After the attack.
static const double default_key = 60.0;

// ---- Generators -------------------------------------------------------------

typedef struct Generators {
  CsGenerator items[MAX_GENERATORS];
  size_t n;
} Generators;

static void
add(Generators *g, int number, double amount)
{
  g->items[g->n++] = (CsGenerator){
      (uint16_t)number, (int16_t)cs_clamp(floor(amount + 0.5), -32768, 32767)};
}

/// A time in timecents.
static void
add_time(Generators *g, int number, double seconds)
{
  if (seconds > 0.0)
    add(g, number, cs_clamp(1200.0 * cs_log2(seconds), -12000, 8000));
}

static double
cents_of_hz(double hz)
{
  return 1200.0 * cs_log2(hz / 8.1757989156);
}

static void
add_filter(Generators *g, const CsHouseFilter *f, double key)
{
  if (f->cutoff_hz <= 0.0)
    return;
  const double cents =
      cents_of_hz(f->cutoff_hz) + f->tracking * 100.0 * (key - default_key);
  add(g, CS_GEN_FILTER_CUTOFF, cs_clamp(cents, 1500, CS_NO_FILTER));
  if (f->resonance_db > 0.0)
    add(g, CS_GEN_FILTER_Q, 10.0 * f->resonance_db);
  if (f->sweep_octaves == 0.0)
    return;
  add(g, CS_GEN_SWEEP_TO_FILTER, 1200.0 * f->sweep_octaves);
  add_time(g, CS_GEN_SWEEP_ATTACK, f->sweep_attack_ms / 1000.0);
  add_time(g, CS_GEN_SWEEP_DECAY, f->sweep_decay_ms / 1000.0);
  add(g, CS_GEN_SWEEP_SUSTAIN, 1000.0 * (1.0 - f->sweep_sustain));
  add_time(g, CS_GEN_SWEEP_RELEASE, 4.0);
}

static void
add_envelope(Generators *g, const CsHouseEnvelope *e, double key)
{
  const double to_full = CS_ENVELOPE_DB / 60.0;
  add_time(g, CS_GEN_ATTACK, e->attack_ms / 1000.0);
  add_time(g, CS_GEN_HOLD, e->hold_ms / 1000.0);
  if (e->decay_s > 0.0) {
    const double keyed =
        cs_exp2((default_key - key) / 12.0 * e->decay_tracking);
    add_time(g, CS_GEN_DECAY, e->decay_s * keyed * to_full);
    add(g, CS_GEN_SUSTAIN, -10.0 * e->sustain_db);
  }
  add_time(g, CS_GEN_RELEASE, e->release_ms / 1000.0 * to_full);
}

static CsStatus
keep_generators(CsArena *arena, const Generators *g, CsSoundZone *zone)
{
  CsGenerator *kept = CS_NEW_N(arena, CsGenerator, g->n);
  CS_TRY_NEW(kept);
  memcpy(kept, g->items, g->n * sizeof *kept);
  zone->generators   = kept;
  zone->n_generators = g->n;
  return CS_OK;
}

/// The soft stroke is the darker one.
static CsStatus
keep_modulator(CsArena *arena, const CsHouseFilter *f, CsSoundZone *zone)
{
  CsModulator *m = CS_NEW(arena, CsModulator);
  CS_TRY_NEW(m);
  *m = (CsModulator){CS_MOD_VELOCITY_NEGATIVE_LINEAR, CS_GEN_FILTER_CUTOFF,
      (int16_t)(-1200.0 * f->velocity_octaves), 0, 0};
  zone->modulators   = m;
  zone->n_modulators = 1;
  return CS_OK;
}

CsStatus
cs_zone_generators(CsArena *arena, const CsLayer *layer, double key,
    bool transposes, CsSoundZone *zone)
{
  Generators g       = {.n = 0};
  const CsVibrato *v = &layer->vibrato;
  if (v->cents > 0.0) {
    add(&g, CS_GEN_VIBRATO_TO_PITCH, v->cents);
    add_time(&g, CS_GEN_VIBRATO_DELAY, v->delay_ms / 1000.0);
    add(&g, CS_GEN_VIBRATO_FREQUENCY, cents_of_hz(v->hz));
  }
  add_filter(&g, &layer->filter, key);
  add_envelope(&g, &layer->envelope, key);
  if (!transposes)
    add(&g, CS_GEN_SCALE_TUNE, 0);
  CS_TRY(keep_generators(arena, &g, zone));
  return keep_modulator(arena, &layer->filter, zone);
}

CsStatus
cs_zone_drum_generators(CsArena *arena, const CsDrumRecipe *drum,
    const CsKitKey *at, CsSoundZone *zone)
{
  Generators g = {.n = 0};
  add_filter(&g, &drum->filter, default_key);
  if (at->pan != 0.0)
    add(&g, CS_GEN_PAN, FULL_PAN * at->pan);
  add_time(&g, CS_GEN_RELEASE, drum->release_ms / 1000.0);
  if (at->choke > 0)
    add(&g, CS_GEN_EXCLUSIVE_CLASS, at->choke);
  CS_TRY(keep_generators(arena, &g, zone));
  return keep_modulator(arena, &drum->filter, zone);
}

// ---- Levels -----------------------------------------------------------------

void
cs_tone_level(CsTone *tone)
{
  const size_t n_window = (size_t)(window_s * tone->sample_rate);
  double loudest        = 0.0;
  for (size_t at = 0; at < tone->n_frames; at += n_window) {
    double sum = 0.0;
    for (size_t i = at; i < at + n_window && i < tone->n_frames; i++)
      sum += tone->frames[0][i] * tone->frames[0][i];
    loudest = fmax(loudest, sum / (double)n_window);
  }
  const double gain = loudest > 0.0 ? 1.0 / sqrt(loudest) : 0.0;
  for (int c = 0; c < 2; c++)
    for (size_t i = 0; tone->frames[c] != NULL && i < tone->n_frames; i++)
      tone->frames[c][i] *= gain;
}

static double
peak_of(const CsToneZone *tones, size_t n_tones)
{
  double peak = 0.0;
  for (size_t t = 0; t < n_tones; t++)
    for (int c = 0; c < 2; c++)
      for (size_t i = 0;
           tones[t].tone.frames[c] != NULL && i < tones[t].tone.n_frames; i++)
        peak = fmax(peak, fabs(tones[t].tone.frames[c][i]) *
                              cs_gain_from_db(tones[t].level_db));
  return peak;
}

/// Append a pan to the generators of a zone.
static CsStatus
pan(CsArena *arena, CsSoundZone *zone, int amount)
{
  CsGenerator *g = CS_NEW_N(arena, CsGenerator, zone->n_generators + 1);
  CS_TRY_NEW(g);
  memcpy(g, zone->generators, zone->n_generators * sizeof *g);
  g[zone->n_generators] = (CsGenerator){CS_GEN_PAN, (int16_t)amount};
  zone->generators      = g;
  zone->n_generators++;
  return CS_OK;
}

static CsStatus
round_channel(CsArena *arena, const CsToneZone *from, int channel, double gain,
    CsSoundZone *to)
{
  const CsTone *tone = &from->tone;
  int16_t *samples   = CS_NEW_N(arena, int16_t, tone->n_frames);
  CS_TRY_NEW(samples);
  gain *= cs_gain_from_db(from->level_db);
  for (size_t i = 0; i < tone->n_frames; i++)
    samples[i] = (int16_t)floor(tone->frames[channel][i] * gain + 0.5);
  *to             = from->zone;
  to->samples     = samples;
  to->n_frames    = tone->n_frames;
  to->loop_start  = tone->loop_start;
  to->loop_end    = tone->loop_end;
  to->sample_rate = tone->sample_rate;
  if (tone->frames[1] == NULL)
    return CS_OK;
  to->sample_name = cs_arena_printf(
      arena, "%.18s%s", from->zone.sample_name, channel == 0 ? " L" : " R");
  CS_TRY_NEW(to->sample_name);
  return pan(arena, to, channel == 0 ? -FULL_PAN : FULL_PAN);
}

static CsStatus
round_all(CsArena *arena, const CsToneZone *tones, size_t n_tones, double gain,
    CsSoundZone *zones, size_t *n_zones)
{
  for (size_t t = 0; t < n_tones; t++)
    for (int c = 0; c < 2 && tones[t].tone.frames[c] != NULL; c++)
      CS_TRY(round_channel(arena, &tones[t], c, gain, &zones[(*n_zones)++]));
  return CS_OK;
}

static CsStatus
measure(CsArena *scratch, const CsSound *sound, const CsZoneLevel *level,
    double *lufs)
{
  const size_t n =
      (size_t)((measured_s + level->attack_s) * CS_HOUSE_PLAY_RATE);
  float *buf = CS_NEW_N(scratch, float, 2 * n);
  CS_TRY_NEW(buf);
  cs_house_play(
      sound, (CsHouseNote){level->key, MIDDLE_VELOCITY, (double)n}, buf, n);
  *lufs = cs_house_loudness(buf, n);
  return CS_OK;
}

CsStatus
cs_zones_finish(CsArena *arena, CsArena *scratch, const CsToneZone *tones,
    size_t n_tones, const CsZoneLevel *level, CsSoundZone *zones,
    size_t *n_zones)
{
  const double peak = peak_of(tones, n_tones);
  CsSound trial     = {.zones = CS_NEW_N(scratch, CsSoundZone, 2 * n_tones)};
  CS_TRY_NEW(trial.zones);
  CS_TRY(round_all(
      scratch, tones, n_tones, trial_peak / peak, trial.zones, &trial.n_zones));
  double lufs = 0.0;
  CS_TRY(measure(scratch, &trial, level, &lufs));
  // To a tenth of a decibel, so that a meter's last digits do not move samples.
  const double wanted_db =
      floor((level->loudness_lufs - lufs) * 10.0 + 0.5) / 10.0;
  const double gain =
      fmin(trial_peak * cs_gain_from_db(wanted_db), full_scale) / peak;
  return round_all(arena, tones, n_tones, gain, zones, n_zones);
}
