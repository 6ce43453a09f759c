#include "soundfonts/house/tone.h"

#include "gen/base/mathx.h"

#include <math.h>

CsRng
cs_tone_rng(const CsToneRequest *wanted, const char *purpose, uint64_t place)
{
  CsRng rng =
      cs_rng_at(wanted->layer * 4096 + wanted->zone, wanted->name, place, 0);
  return cs_rng_at(cs_rng_next(&rng), purpose, place, 0);
}

int
cs_tone_rate(double top_hz)
{
  // A synthesizer that interpolates over four points leaves images of what lies
  // above a third of the rate; below it they are 60 dB down.
  static const int rates[] = {11025, 16000, 22050, 32000};
  for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
    if (top_hz * 3.0 <= rates[i])
      return rates[i];
  return 44100;
}

double
cs_peaks_gain(const CsPeak *peaks, size_t n_peaks, double hz)
{
  double db = 0.0;
  for (size_t i = 0; i < n_peaks; i++) {
    const double away = cs_log2(hz / peaks[i].hz) / peaks[i].octaves;
    db += peaks[i].gain_db * cs_exp2(-2.0 * away * away);
  }
  return cs_gain_from_db(db);
}

double
cs_low_pass_gain(double hz, double cutoff_hz, double poles)
{
  return cutoff_hz <= 0.0
             ? 1.0
             : 1.0 / sqrt(1.0 + cs_pow(hz / cutoff_hz, 2.0 * poles));
}

double
cs_high_pass_gain(double hz, double cutoff_hz)
{
  const double x = cutoff_hz / hz;
  return 1.0 / sqrt(1.0 + x * x * x * x);
}

CsStatus
cs_tone_room(CsArena *arena, CsTone *tone, size_t n_frames, size_t n_channels)
{
  tone->n_frames = n_frames;
  for (size_t c = 0; c < n_channels; c++) {
    tone->frames[c] = CS_NEW_N(arena, double, n_frames);
    CS_TRY_NEW(tone->frames[c]);
  }
  return CS_OK;
}

CsTurns
cs_tone_turns(double hz, double head_s, double loop_s, int sample_rate)
{
  CsTurns turns = {.sample_rate = sample_rate};
  turns.cycles  = floor(hz * loop_s + 0.5);
  if (turns.cycles < 1.0)
    turns.cycles = 1.0;
  turns.n_loop = (size_t)(turns.cycles * sample_rate / hz + 0.5);
  turns.n_head = (size_t)(head_s * sample_rate + 0.5);
  return turns;
}

double
cs_tone_cycles(const CsTurns *turns, double ratio)
{
  return floor(turns->cycles * ratio + 0.5);
}

CsTurner
cs_turner(double phase, double step)
{
  return (CsTurner){cs_cos(phase), cs_sin(phase), cs_cos(step), cs_sin(step)};
}
