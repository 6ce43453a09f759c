#include "gen/synth/envelope.h"

/// Rounded to a float, as FluidSynth does: its levels go in steps of 0.1 dB,
/// and another rounding takes them at other moments.
static double
slope_of(const CsEnvelopeCourse *c, CsStage stage)
{
  const uint32_t n   = c->n_steps[stage];
  const double slope = n > 0 ? (double)(1.0F / (float)n) : 0.0;
  if (stage == CS_STAGE_ATTACK)
    return slope;
  return stage == CS_STAGE_DECAY || stage == CS_STAGE_RELEASE ? -slope : 0.0;
}

static void
go_to(CsEnvelope *e, const CsEnvelopeCourse *c, CsStage stage)
{
  e->stage   = stage;
  e->n_steps = 0;
  e->slope   = slope_of(c, stage);
  if (stage == CS_STAGE_FINISHED)
    e->value = 0.0;
}

void
cs_envelope_step(CsEnvelope *e, const CsEnvelopeCourse *c)
{
  while (e->n_steps >= c->n_steps[e->stage]) {
    if (e->stage == CS_STAGE_DECAY && c->is_volume)
      e->value = c->sustain;
    go_to(e, c, e->stage + 1);
  }
  const double low = e->stage == CS_STAGE_DECAY ? c->sustain : 0.0;
  const double x   = e->value + e->slope;
  e->n_steps++;
  e->value = x < low ? low : x > 1.0 ? 1.0 : x;
  if (x < low || x > 1.0)
    go_to(e, c, e->stage + 1);
}

void
cs_envelope_release(CsEnvelope *e, const CsEnvelopeCourse *c, double value)
{
  e->value = value;
  go_to(e, c, CS_STAGE_RELEASE);
}

void
cs_lfo_step(CsLfo *lfo, int64_t frame)
{
  if (frame < lfo->delay_frames)
    return;
  lfo->value += lfo->increment;
  if (lfo->value > 1.0) {
    lfo->increment = -lfo->increment;
    lfo->value     = 2.0 - lfo->value;
  } else if (lfo->value < -1.0) {
    lfo->increment = -lfo->increment;
    lfo->value     = -2.0 - lfo->value;
  }
}
