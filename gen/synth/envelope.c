#include "gen/synth/envelope.h"

static void
go_to(CsEnvelope *e, CsStage stage)
{
  e->stage   = stage;
  e->n_steps = 0;
}

/// Rounded to a float, as FluidSynth does: its levels go in steps of 0.1 dB,
/// and another rounding takes them at other moments.
static double
slope(const CsEnvelopeCourse *c, CsStage stage)
{
  const uint32_t n = c->n_steps[stage];
  return n > 0 ? (double)(1.0F / (float)n) : 0.0;
}

/// What the next step of a stage comes to, before it is kept in its range.
static double
next_value(const CsEnvelope *e, const CsEnvelopeCourse *c)
{
  switch (e->stage) {
  case CS_STAGE_ATTACK:
    return e->value + slope(c, CS_STAGE_ATTACK);
  case CS_STAGE_DECAY:
    return e->value - slope(c, CS_STAGE_DECAY);
  case CS_STAGE_RELEASE:
    return e->value - slope(c, CS_STAGE_RELEASE);
  case CS_STAGE_HOLD:
  case CS_STAGE_SUSTAIN:
    return e->value;
  case CS_STAGE_DELAY:
  case CS_STAGE_FINISHED:
  case CS_N_STAGES:
    break;
  }
  return 0.0;
}

void
cs_envelope_step(CsEnvelope *e, const CsEnvelopeCourse *c)
{
  while (e->n_steps >= c->n_steps[e->stage]) {
    if (e->stage == CS_STAGE_DECAY && c->is_volume)
      e->value = c->sustain;
    go_to(e, e->stage + 1);
  }
  const double low = e->stage == CS_STAGE_DECAY ? c->sustain : 0.0;
  const double x   = next_value(e, c);
  e->n_steps++;
  e->value = x < low ? low : x > 1.0 ? 1.0 : x;
  if (x < low || x > 1.0)
    go_to(e, e->stage + 1);
}

void
cs_envelope_release(CsEnvelope *e, double value)
{
  e->value = value;
  go_to(e, CS_STAGE_RELEASE);
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
