#include "gen/base/fft.h"
#include "gen/base/mathx.h"
#include "soundfonts/house/tone.h"

#include <assert.h>
#include <math.h>

// The tone is written as a spectrum whose bins are whole cycles of the loop,
// and transformed back: so nothing lies above the band's limit, and the loop
// joins by construction. Several voices, or a blur, put energy on neighbouring
// bins with phases at random; their beating is the movement of an ensemble
// (P. O. Nasca's PADsynth, 2004).

enum { MAX_HARMONICS = 600 };

static const double weakest_db = -56.0; // Partials below are left out.

typedef struct Spectrum {
  const CsWaveRecipe *recipe;
  const CsToneRequest *wanted;
  size_t n_points;
  double bin_hz;
  double top_hz;  ///< Of what can be heard.
  double cycles;  ///< Of the root key in the loop.
  double *power;  ///< Of each bin.
  float *re, *im; ///< n_points each.
} Spectrum;

static double
source_gain(const CsWaveRecipe *r, int k)
{
  if (r->harmonics_db.n > 0)
    return (size_t)k <= r->harmonics_db.n
               ? cs_gain_from_db(r->harmonics_db.items[k - 1])
               : 0.0;
  switch ((CsWaveSource)r->source) {
  case CS_WAVE_SAW:
    return 1.0 / k;
  case CS_WAVE_PULSE:
    return fabs(cs_sin(CS_PI * k * r->pulse_width)) / k;
  case CS_WAVE_TRIANGLE:
    return k % 2 == 1 ? 1.0 / ((double)k * k) : 0.0;
  case CS_WAVE_SINE:
    return k == 1 ? 1.0 : 0.0;
  case CS_N_WAVE_SOURCES:
    break;
  }
  return 0.0;
}

static double
low_pass_hz(const CsWaveRecipe *r, const CsToneRequest *wanted)
{
  return r->low_pass_hz *
         cs_exp2((wanted->key - 60.0) / 12.0 * r->low_pass_tracking);
}

static double
partial_gain(const CsWaveRecipe *r, const CsToneRequest *wanted, int k)
{
  const double hz   = k * wanted->hz;
  const double gain = source_gain(r, k);
  if (hz > wanted->top_hz || gain <= 0.0)
    return 0.0;
  return gain * cs_gain_from_db(r->tilt_db * cs_log2(k)) *
         cs_low_pass_gain(hz, low_pass_hz(r, wanted), r->low_pass_poles) *
         cs_high_pass_gain(hz, r->high_pass_hz) *
         cs_peaks_gain(r->peaks, r->n_peaks, hz);
}

/// The highest partial that can be heard, in Hz.
static double
top_of(const CsWaveRecipe *r, const CsToneRequest *wanted)
{
  double loudest = 0.0, top = wanted->hz;
  for (int k = 1; k <= MAX_HARMONICS; k++)
    loudest = fmax(loudest, partial_gain(r, wanted, k));
  for (int k = 1; k <= MAX_HARMONICS; k++)
    if (partial_gain(r, wanted, k) > loudest * cs_gain_from_db(weakest_db))
      top = k * wanted->hz;
  if (r->breath_db > CS_SILENCE_DB)
    top = fmax(top, r->breath_hz * cs_exp2(2.0 * r->breath_octaves));
  return fmin(top, wanted->top_hz);
}

// ---- Filling the bins -------------------------------------------------------

static bool
is_still(const CsWaveRecipe *r)
{
  return r->voices == 1 && r->blur_cents <= 0.0;
}

/// Spread the power of a partial around its place, in bins.
static void
add_blurred(Spectrum *s, double place, double width, double power)
{
  const int middle = (int)(place + 0.5);
  const int reach  = (int)(3.0 * width);
  double sum       = 0.0;
  for (int i = -reach; i <= reach; i++)
    sum += cs_exp2(-0.72 * i * i / fmax(width * width, 0.01));
  for (int i = -reach; i <= reach; i++) {
    const int bin = middle + i;
    if (bin > 0 && bin < (int)s->n_points / 2)
      s->power[bin] +=
          power * cs_exp2(-0.72 * i * i / fmax(width * width, 0.01)) / sum;
  }
}

static void
add_partial(Spectrum *s, int k, double gain)
{
  const CsWaveRecipe *r = s->recipe;
  const double width =
      s->cycles * k * (cs_exp2(r->blur_cents / 1200.0) - 1.0) / 2.0;
  const double steady = is_still(r) ? 0.0 : r->steady;
  add_blurred(s, s->cycles * k, 0.0, gain * gain * steady);
  gain *= sqrt(1.0 - steady);
  for (int v = 0; v < r->voices; v++) {
    const double share =
        r->voices == 1 ? 0.0 : 2.0 * v / (r->voices - 1.0) - 1.0;
    const double ratio = cs_exp2(share * r->detune_cents / 2.0 / 1200.0);
    add_blurred(s, s->cycles * k * ratio, width, gain * gain / r->voices);
  }
}

static void
add_breath(Spectrum *s)
{
  const CsWaveRecipe *r = s->recipe;
  const double centre = r->breath_hz * cs_exp2((s->wanted->key - 60.0) / 12.0 *
                                               r->low_pass_tracking);
  const size_t n_bins = s->n_points / 2;
  double sum          = 0.0;
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 1; i < n_bins && (double)i * s->bin_hz < s->top_hz; i++) {
      const double away =
          cs_log2((double)i * s->bin_hz / centre) / r->breath_octaves;
      const double power = cs_exp2(-2.0 * away * away);
      if (pass == 0)
        sum += power;
      else
        s->power[i] += power / sum * cs_exp2(r->breath_db / 3.0103);
    }
}

static void
fill_power(Spectrum *s)
{
  for (size_t i = 0; i < s->n_points / 2; i++)
    s->power[i] = 0.0;
  double all = 0.0;
  for (int k = 1; k <= MAX_HARMONICS; k++) {
    const double gain = partial_gain(s->recipe, s->wanted, k);
    if (gain <= 0.0 || k * s->wanted->hz > s->top_hz)
      continue;
    all += gain * gain;
    add_partial(s, k, gain);
  }
  for (size_t i = 0; i < s->n_points / 2; i++)
    s->power[i] /= all;
  if (s->recipe->breath_db > CS_SILENCE_DB)
    add_breath(s);
}

// ---- To time
// ------------------------------------------------------------------

/// Write one channel's loop with its margins.
static void
to_time(Spectrum *s, const CsFft *fft, uint64_t channel, double *out)
{
  const uint32_t *places = cs_fft_places(fft);
  const bool still       = is_still(s->recipe);
  const size_t cycles    = (size_t)s->cycles;
  CsRng own              = cs_tone_rng(s->wanted, "phases", channel + 1);
  CsRng shared           = cs_tone_rng(s->wanted, "phases", 0);
  assert(cycles > 0 && s->n_points > 0);
  for (size_t i = 0; i < s->n_points; i++)
    s->re[i] = s->im[i] = 0.0F;
  for (size_t i = 1; i < s->n_points / 2; i++) {
    if (s->power[i] <= 0.0)
      continue;
    const double size = sqrt(s->power[i]);
    // What keeps still is the same on both sides, so that it folds to mono.
    CsRng *rng         = i % cycles == 0 ? &shared : &own;
    const double phase = still ? 0.0 : 2.0 * CS_PI * cs_rng_unit(rng);
    // The imaginary part of the sum of e^-jwt is a sine turned round.
    s->re[i] = (float)(-size * cs_cos(phase));
    s->im[i] = (float)(-size * cs_sin(phase));
  }
  cs_fft_run(fft, s->re, s->im);
  for (size_t i = 0; i < s->n_points + 2 * CS_LOOP_MARGIN; i++) {
    const size_t frame = (i + s->n_points - CS_LOOP_MARGIN) % s->n_points;
    out[i]             = (double)s->im[places[frame]];
  }
}

CsStatus
cs_tone_wave(CsArena *arena, const CsToneRequest *wanted,
    const CsWaveRecipe *recipe, CsTone *tone)
{
  const double top = top_of(recipe, wanted);
  const int rate   = cs_tone_rate(top);
  size_t n         = 1024;
  while ((double)n * 1.5 < recipe->loop_s * rate)
    n *= 2;
  const double cycles  = fmax(1.0, floor(wanted->hz * (double)n / rate + 0.5));
  tone->sample_rate    = (int)(wanted->hz * (double)n / cycles + 0.5);
  Spectrum s           = {recipe, wanted, n, .top_hz = top, .cycles = cycles};
  s.bin_hz             = (double)tone->sample_rate / (double)n;
  const size_t n_sides = recipe->stereo ? 2 : 1;
  CsFft *fft           = NULL;
  s.power              = CS_NEW_N(arena, double, n / 2);
  CS_TRY_NEW(s.power);
  s.re = CS_NEW_N(arena, float, n);
  CS_TRY_NEW(s.re);
  s.im = CS_NEW_N(arena, float, n);
  CS_TRY_NEW(s.im);
  CS_TRY(cs_fft_new(arena, n, &fft));
  CS_TRY(cs_tone_room(arena, tone, n + 2 * CS_LOOP_MARGIN, n_sides));
  fill_power(&s);
  for (size_t c = 0; c < n_sides; c++)
    to_time(&s, fft, c, tone->frames[c]);
  tone->loop_start = CS_LOOP_MARGIN;
  tone->loop_end   = CS_LOOP_MARGIN + n;
  return CS_OK;
}
