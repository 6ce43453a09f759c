#include "gen/master/filter.h"

#include "gen/base/mathx.h"

#include <assert.h>

// Both designs are bilinear transforms; the frequency is bent beforehand, so
// that it is met exactly at every sample rate.

CsBiquad
cs_highpass(int sample_rate, double cutoff_hz)
{
  const double w     = 2.0 * CS_PI * cutoff_hz / sample_rate;
  const double alpha = cs_sin(w) * 0.70710678118654752440;
  const double c     = cs_cos(w);
  const double a0    = 1.0 + alpha;
  return (CsBiquad){
      .b0 = (1.0 + c) / 2.0 / a0,
      .b1 = -(1.0 + c) / a0,
      .b2 = (1.0 + c) / 2.0 / a0,
      .a1 = -2.0 * c / a0,
      .a2 = (1.0 - alpha) / a0,
  };
}

CsBiquad
cs_bell(int sample_rate, double centre_hz, double q, double gain_db)
{
  if (centre_hz > 0.45 * sample_rate)
    return (CsBiquad){.b0 = 1.0};
  const double w     = 2.0 * CS_PI * centre_hz / sample_rate;
  const double alpha = cs_sin(w) / (2.0 * q);
  const double c     = cs_cos(w);
  const double a     = cs_gain_from_db(gain_db / 2.0);
  const double a0    = 1.0 + alpha / a;
  return (CsBiquad){
      .b0 = (1.0 + alpha * a) / a0,
      .b1 = -2.0 * c / a0,
      .b2 = (1.0 - alpha * a) / a0,
      .a1 = -2.0 * c / a0,
      .a2 = (1.0 - alpha / a) / a0,
  };
}

void
cs_filter_add(CsFilter *filter, CsBiquad section)
{
  assert(filter->n_sections < CS_MAX_SECTIONS);
  filter->sections[filter->n_sections++] = section;
}

// Transposed direct form II: two memories per channel. The channels go through
// side by side, which hides the wait of each for its own feedback.
static void
run_section(
    const CsBiquad *section, double memory[4], float *frames, size_t n_frames)
{
  const CsBiquad s = *section;
  double l1 = memory[0], l2 = memory[1], r1 = memory[2], r2 = memory[3];
  for (size_t i = 0; i < n_frames; i++) {
    const double l = (double)frames[2 * i], r = (double)frames[2 * i + 1];
    const double out_l = s.b0 * l + l1, out_r = s.b0 * r + r1;
    l1                = (s.b1 * l + l2) - s.a1 * out_l;
    r1                = (s.b1 * r + r2) - s.a1 * out_r;
    l2                = s.b2 * l - s.a2 * out_l;
    r2                = s.b2 * r - s.a2 * out_r;
    frames[2 * i]     = (float)out_l;
    frames[2 * i + 1] = (float)out_r;
  }
  memory[0] = l1, memory[1] = l2, memory[2] = r1, memory[3] = r2;
}

void
cs_filter_run(CsFilter *filter, float *frames, size_t n_frames)
{
  for (size_t k = 0; k < filter->n_sections; k++) {
    double *memory = filter->memory[k];
    run_section(&filter->sections[k], memory, frames, n_frames);
    // A state that has died away is cleared, before it gets so small that
    // processors handle it slowly.
    for (size_t i = 0; i < 4; i++)
      if (memory[i] > -1e-30 && memory[i] < 1e-30)
        memory[i] = 0.0;
  }
}
