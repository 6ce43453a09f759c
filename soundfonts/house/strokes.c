#include "gen/base/mathx.h"
#include "soundfonts/house/tone.h"

#include <math.h>
#include <string.h>

enum { RATE = 44100, CONTROL_FRAMES = 16, N_MAX_METAL = 64 };

static const double swell_from_db = -54.0;
static const double end_fade_s    = 0.012;
static const double repeat_jitter = 0.12; // Of the time between repeats.

/// A stroke under way, on one channel.
typedef struct Voice {
  const CsStroke *stroke;
  double *out;     ///< From its first frame on.
  size_t n_frames; ///< To the end of the sound.
  double gain;
} Voice;

/// Amplitude after so many seconds.
static double
envelope(const CsStroke *s, double t)
{
  const double attack_s = s->attack_ms / 1000.0;
  if (t < attack_s)
    return s->swells ? cs_gain_from_db(swell_from_db * (1.0 - t / attack_s)) -
                           cs_gain_from_db(swell_from_db)
                     : t / attack_s;
  return cs_gain_from_db(-60.0 * (t - attack_s) / (s->decay_ms / 1000.0));
}

/// Frequency after so many seconds: a swell glides evenly, a stroke settles.
static double
frequency(const CsStroke *s, double t)
{
  if (s->from_hz <= 0.0 || s->glide_ms <= 0.0)
    return s->hz;
  const double share = t / (s->glide_ms / 1000.0);
  const double left =
      s->swells ? fmax(0.0, 1.0 - share) : cs_exp2(-4.0 * share);
  return s->hz * cs_pow(s->from_hz / s->hz, left);
}

static void
play_tone(const Voice *v)
{
  const CsStroke *s   = v->stroke;
  const double second = cs_gain_from_db(s->second_db);
  const double third  = cs_gain_from_db(s->third_db);
  double phase = 0.0, step = 0.0, level = 0.0, rise = 0.0;
  for (size_t i = 0; i < v->n_frames; i++) {
    if (i % CONTROL_FRAMES == 0) {
      const double t = (double)i / RATE;
      step           = 2.0 * CS_PI * frequency(s, t) / RATE;
      level          = envelope(s, t);
      rise = (envelope(s, t + (double)CONTROL_FRAMES / RATE) - level) /
             CONTROL_FRAMES;
    }
    double x = cs_sin(phase);
    if (second > 0.0)
      x += second * cs_sin(2.0 * phase);
    if (third > 0.0)
      x += third * cs_sin(3.0 * phase);
    v->out[i] += v->gain * level * x;
    phase += step;
    level += rise;
  }
}

/// A state-variable filter (Zavalishin, The Art of VA Filter Design, 2012).
typedef struct Filter {
  double g, k, a1, s1, s2;
} Filter;

static void
tune(Filter *f, double hz, double q)
{
  const double angle = CS_PI * cs_clamp(hz, 10.0, 0.45 * RATE) / RATE;
  f->g               = cs_sin(angle) / cs_cos(angle);
  f->k               = 1.0 / q;
  f->a1              = 1.0 / (1.0 + f->g * (f->g + f->k));
}

static double
pass(Filter *f, double in, int kind)
{
  const double band = f->a1 * (f->s1 + f->g * (in - f->s2));
  const double low  = f->s2 + f->g * band;
  f->s1             = 2.0 * band - f->s1;
  f->s2             = 2.0 * low - f->s2;
  if (kind == CS_NOISE_LOW_PASS)
    return low;
  return kind == CS_NOISE_BAND_PASS ? f->k * band : in - f->k * band - low;
}

static void
play_noise(const Voice *v, CsRng *rng)
{
  const CsStroke *s = v->stroke;
  // Two in a row: a slope of 24 dB an octave, 12 on either side of a band.
  Filter first = {0}, second = {0};
  // White noise through a narrow band is soft; bring bands to like power.
  double level = 0.0, rise = 0.0, power = 1.0;
  for (size_t i = 0; i < v->n_frames; i++) {
    if (i % CONTROL_FRAMES == 0) {
      const double t  = (double)i / RATE;
      const double hz = frequency(s, t);
      tune(&first, hz, s->q);
      tune(&second, hz, s->q);
      power = s->filter == CS_NOISE_BAND_PASS
                  ? sqrt(fmax(1.0, 0.3 * RATE * s->q / hz))
                  : 1.0;
      level = envelope(s, t);
      rise  = (envelope(s, t + (double)CONTROL_FRAMES / RATE) - level) /
             CONTROL_FRAMES;
    }
    const double white = 2.0 * cs_rng_unit(rng) - 1.0;
    const double x = pass(&second, pass(&first, white, s->filter), s->filter);
    v->out[i] += v->gain * power * level * x;
    level += rise;
  }
}

/// Partials spread over a band like those of a plate; the high ones die first.
static void
play_metal(const Voice *v, CsRng *rng)
{
  const CsStroke *s   = v->stroke;
  const double decay  = s->decay_ms / 1000.0;
  const double onset  = s->attack_ms / 1000.0 * RATE;
  const double octave = cs_log2(s->to_hz / s->hz);
  const double gain   = v->gain / sqrt((double)s->partials);
  for (int p = 0; p < s->partials && p < N_MAX_METAL; p++) {
    const double place = (p + cs_rng_unit(rng)) / s->partials;
    const double hz    = s->hz * cs_exp2(octave * place);
    const double lasts =
        decay * cs_exp2(-0.8 * place) * cs_rng_between(rng, 0.6, 1.1);
    const double fall = cs_gain_from_db(-60.0 / (lasts * RATE));
    double level      = gain * cs_rng_between(rng, 0.4, 1.0);
    CsTurner t =
        cs_turner(2.0 * CS_PI * cs_rng_unit(rng), 2.0 * CS_PI * hz / RATE);
    for (size_t i = 0; i < v->n_frames && level > 1e-5; i++) {
      const double in = onset > (double)i ? (double)i / onset : 1.0;
      v->out[i] += in * level * cs_turner_next(&t);
      level *= fall;
    }
  }
}

static void
play(const Voice *v, CsRng *rng)
{
  switch ((CsStrokeSource)v->stroke->source) {
  case CS_STROKE_TONE:
    play_tone(v);
    return;
  case CS_STROKE_NOISE:
    play_noise(v, rng);
    return;
  case CS_STROKE_METAL:
    play_metal(v, rng);
    return;
  case CS_N_STROKE_SOURCES:
    break;
  }
}

static void
play_repeats(const CsToneRequest *wanted, const CsStroke *s, uint64_t place,
    uint64_t channel, double *out, size_t n_frames)
{
  CsRng when = cs_tone_rng(wanted, "repeats", place);
  CsRng rng  = cs_tone_rng(wanted, "noise", place * 2 + channel);
  for (int i = 0; i < s->repeats; i++) {
    const double late =
        i == 0 ? 0.0 : cs_rng_between(&when, -repeat_jitter, repeat_jitter);
    const double at_s = (s->at_ms + (i + late) * s->every_ms) / 1000.0;
    const size_t at   = (size_t)fmax(0.0, at_s * RATE);
    if (at >= n_frames)
      return;
    play(&(Voice){s, out + at, n_frames - at,
             cs_gain_from_db(s->level_db + i * s->fading_db)},
        &rng);
  }
}

static void
turn_round(double *x, size_t n)
{
  for (size_t i = 0; i < n / 2; i++) {
    const double kept = x[i];
    x[i]              = x[n - 1 - i];
    x[n - 1 - i]      = kept;
  }
}

static void
fade_end(double *x, size_t n)
{
  const size_t n_fade = (size_t)(end_fade_s * RATE);
  for (size_t i = 0; i < n_fade && i < n; i++)
    x[n - 1 - i] *= 0.5 - 0.5 * cs_cos(CS_PI * (double)i / (double)n_fade);
}

CsStatus
cs_tone_strokes(CsArena *arena, const CsToneRequest *wanted,
    const CsStrokesRecipe *recipe, CsTone *tone)
{
  const size_t n_sides = recipe->stereo ? 2 : 1;
  const size_t n       = (size_t)(recipe->length_s * RATE + 0.5);
  tone->sample_rate    = RATE;
  CS_TRY(cs_tone_room(arena, tone, n, n_sides));
  for (size_t c = 0; c < n_sides; c++) {
    for (size_t i = 0; i < recipe->n_strokes; i++)
      play_repeats(wanted, &recipe->strokes[i], i, c, tone->frames[c], n);
    if (recipe->reversed)
      turn_round(tone->frames[c], n);
    fade_end(tone->frames[c], n);
  }
  return CS_OK;
}
