#include "gen/base/mathx.h"
#include "soundfonts/house/tone.h"

#include <math.h>

// A waveguide (Karplus and Strong 1983; Jaffe and Smith 1983). The sample rate
// is chosen so that a period is a whole number of frames, and the loss filter
// is symmetric about that frame: every partial is in tune without a fractional
// delay. After the head the loss is taken out, and the last period repeats.

enum { NEAR_RATE = 44100 };

static const double damping_per_octave = 0.7; // Less for shorter strings.

typedef struct Guide {
  size_t period;
  double gain, side; ///< Loss: side/2, 1 - side, side/2, all times gain.
} Guide;

static Guide
guide_of(const CsStringRecipe *r, const CsToneRequest *wanted, size_t period)
{
  Guide g = {.period = period};
  g.side =
      cs_clamp(0.5 * r->damping *
                   cs_exp2((60.0 - wanted->key) / 12.0 * damping_per_octave),
          0.0, 0.5);
  const double turn           = 2.0 * CS_PI / (double)period;
  const double at_fundamental = 1.0 - g.side + g.side * cs_cos(turn);
  g.gain                      = 1.0 / at_fundamental;
  return g;
}

/// The string's shape when it is let go, one period.
static void
pluck(const CsStringRecipe *r, const CsToneRequest *wanted, double *line,
    size_t period)
{
  const double pick =
      r->pick_hz * cs_exp2((wanted->key - 60.0) / 12.0 * r->pick_tracking);
  for (size_t i = 0; i < period; i++)
    line[i] = 0.0;
  for (int k = 1; k * wanted->hz < wanted->top_hz && 2 * (size_t)k < period;
       k++) {
    const double size = cs_sin(CS_PI * k * r->pluck_at) / k *
                        cs_low_pass_gain(k * wanted->hz, pick, 2.0);
    CsTurner t = cs_turner(0.0, 2.0 * CS_PI * k / (double)period);
    for (size_t i = 0; i < period; i++)
      line[i] += size * cs_turner_next(&t);
  }
}

CsStatus
cs_tone_string(CsArena *arena, const CsToneRequest *wanted,
    const CsStringRecipe *recipe, CsTone *tone)
{
  const size_t period = (size_t)fmax(4.0, NEAR_RATE / wanted->hz + 0.5);
  tone->sample_rate   = (int)(wanted->hz * (double)period + 0.5);
  const Guide g       = guide_of(recipe, wanted, period);
  const size_t n_head =
      (size_t)(recipe->head_s * tone->sample_rate) / period * period;
  const double n_turns = fmax(1.0, floor(recipe->loop_s * wanted->hz + 0.5));
  tone->loop_start     = n_head;
  tone->loop_end       = n_head + (size_t)n_turns * period;
  CS_TRY(cs_tone_room(arena, tone, tone->loop_end + CS_LOOP_MARGIN, 1));
  double *y = tone->frames[0];
  pluck(recipe, wanted, y, period);
  // The player's envelope brings the decay of the fundamental, so that the
  // guide's gain holds it as it is.
  for (size_t i = period; i < tone->n_frames; i++) {
    const double *past = y + i - period;
    if (i < n_head) {
      const double before = i > period ? past[-1] : y[period - 1];
      y[i]                = g.gain *
             (0.5 * g.side * (before + past[1]) + (1.0 - g.side) * past[0]);
    } else {
      y[i] = past[0];
    }
  }
  const size_t n = (size_t)(recipe->onset_ms * tone->sample_rate / 1000.0);
  for (size_t i = 0; i < n && i < tone->n_frames; i++)
    y[i] *= (double)i / (double)n;
  return CS_OK;
}
