#include "gen/audit/speech.h"

#include "gen/audit/half_band.h"
#include "gen/audit/spectra.h"
#include "gen/base/mathx.h"

#include <math.h>
#include <string.h>

// The band ends at 4 kHz, so its spectra are those of the sound at a quarter of
// the usual rates, which take a quarter of the time.

static const double block_s = 1.0 / 12.0; // bins are 12 Hz wide
/// Twice the upper edge, and as much again as the filter needs.
static const double least_rate_hz = 11000.0;

enum { MOST_HALVINGS = 5 };

struct CsSpeech {
  size_t n_channels;
  size_t n_hop;    ///< Frames from slice to slice.
  float *hop;      ///< That fills, interleaved.
  size_t n_filled; ///< Frames of it.
  /// How a hop's frames rise in the block that they begin; they fall in the one
  /// before by what is left to 1.
  float *rises;
  double rising; ///< Energy of the hop before, so weighted.
  CsHalfBand *halvings[MOST_HALVINGS];
  size_t n_halvings;
  CsSpectra *spectra;
  double first_bin, last_bin; ///< The band's edges.
  CsSlice *slices;
  size_t n_slices, slices_capacity;
};

static CsStatus
new_halvings(CsArena *arena, int sample_rate, CsSpeech *s)
{
  double rate_hz = sample_rate;
  size_t n       = s->n_hop;
  for (; rate_hz / 2.0 >= least_rate_hz && s->n_halvings < MOST_HALVINGS;
       rate_hz /= 2.0, n /= 2)
    CS_TRY(cs_half_band_new(
        arena, n, s->n_channels, &s->halvings[s->n_halvings++]));
  const double bin_hz = rate_hz / (double)(2 * n);
  s->first_bin        = CS_SPEECH_LOW_HZ / bin_hz;
  s->last_bin         = fmin(CS_SPEECH_HIGH_HZ / bin_hz, (double)n);
  return cs_spectra_new(arena, 2 * n, n, s->n_channels, &s->spectra);
}

CsStatus
cs_speech_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsSpeech **speech)
{
  CsSpeech *s = CS_NEW(arena, CsSpeech);
  CS_TRY_NEW(s);
  s->n_channels = n_channels;
  s->n_hop      = cs_spectra_points(sample_rate, block_s) / 2;
  s->hop        = CS_NEW_N(arena, float, s->n_hop *n_channels);
  CS_TRY_NEW(s->hop);
  s->rises = CS_NEW_N(arena, float, s->n_hop);
  CS_TRY_NEW(s->rises);
  for (size_t i = 0; i < s->n_hop; i++) {
    const double weight =
        cs_sin(CS_PI * ((double)i + 0.5) / (double)(2 * s->n_hop));
    s->rises[i] = (float)(weight * weight);
  }
  CS_TRY(new_halvings(arena, sample_rate, s));
  *speech = s;
  return CS_OK;
}

/// Energies of a hop, as the channels' mean square: in all, and what rises.
typedef struct Energies {
  double all, rising;
} Energies;

/// In rows, so that no sum waits for the one before.
static Energies
energies_of(const CsSpeech *s, const float *frames)
{
  enum { ROWS = 8 };
  const size_t ch = s->n_channels;
  float all[ROWS] = {0.0F}, rising[ROWS] = {0.0F};
  for (size_t at = 0; at < s->n_hop; at += ROWS)
    for (size_t i = 0; i < ROWS; i++) {
      const float *frame = frames + (at + i) * ch;
      const float other  = frame[ch - 1];
      const float square = 0.5F * (frame[0] * frame[0] + other * other);
      all[i] += square;
      rising[i] += s->rises[at + i] * square;
    }
  Energies e = {0.0, 0.0};
  for (size_t i = 0; i < ROWS; i++) {
    e.all += (double)all[i];
    e.rising += (double)rising[i];
  }
  return e;
}

/// What lies between the edges of the band; bin k reaches from k - 1/2 to
/// k + 1/2, and one that an edge cuts is shared out.
static double
energy_in_band(const CsSpeech *s, const float *energies)
{
  const size_t first = (size_t)(s->first_bin + 0.5);
  const size_t last  = (size_t)(s->last_bin + 0.5);
  if (last <= first)
    return 0.0;
  const double low  = (double)first + 0.5 - s->first_bin;
  const double high = s->last_bin + 0.5 - (double)last;
  return low * (double)energies[first] + high * (double)energies[last] +
         (double)cs_spectra_sum(energies + first + 1, last - first - 1);
}

static CsStatus
add_slice(CsArena *arena, CsSpeech *s, double all, double speech)
{
  void *slices = s->slices;
  CS_TRY(cs_arena_grow(
      arena, &slices, &s->slices_capacity, s->n_slices + 1, sizeof *s->slices));
  s->slices                = slices;
  s->slices[s->n_slices++] = (CsSlice){(float)all, (float)speech};
  return CS_OK;
}

static CsStatus
hear_hop(CsArena *arena, CsSpeech *s, const float *frames)
{
  const Energies e      = energies_of(s, frames);
  const double all      = s->rising + e.all - e.rising;
  const float *bins     = NULL;
  const float *halved   = frames;
  size_t n              = s->n_hop;
  const double n_folded = (double)((size_t)1 << s->n_halvings);
  s->rising             = e.rising;
  for (size_t i = 0; i < s->n_halvings; i++, n /= 2)
    halved = cs_half_band_run(s->halvings[i], halved, n);
  (void)cs_spectra_take(s->spectra, halved, n, &bins);
  return add_slice(arena, s, all, n_folded * energy_in_band(s, bins));
}

CsStatus
cs_speech_hear(
    CsArena *arena, CsSpeech *s, const float *frames, size_t n_frames)
{
  const size_t ch = s->n_channels;
  while (n_frames > 0) {
    const size_t n_room = s->n_hop - s->n_filled;
    const size_t n      = n_frames < n_room ? n_frames : n_room;
    const bool is_whole = n == s->n_hop && frames != NULL;
    float *to           = s->hop + s->n_filled * ch;
    if (!is_whole && frames != NULL)
      memcpy(to, frames, n * ch * sizeof *to);
    else if (!is_whole)
      memset(to, 0, n * ch * sizeof *to);
    s->n_filled = (s->n_filled + n) % s->n_hop;
    if (s->n_filled == 0)
      CS_TRY(hear_hop(arena, s, is_whole ? frames : s->hop));
    frames = frames != NULL ? frames + n * ch : NULL;
    n_frames -= n;
  }
  return CS_OK;
}

CsStatus
cs_speech_report(CsArena *arena, CsSpeech *s, int64_t n_frames, CsHeard *h)
{
  // The last frame's weight is whole when it is in the first half of a block.
  CS_TRY(cs_speech_hear(arena, s, NULL, 2 * s->n_hop));
  const double n = (double)(n_frames > 0 ? n_frames : 1);
  double speech  = 0.0;
  for (size_t i = 0; i < s->n_slices; i++)
    speech += (double)s->slices[i].speech;
  h->speech_band_db = fmin(0.0, cs_db_from_power(speech / n) - h->rms_dbfs);
  h->slices         = s->slices;
  h->n_slices       = s->n_slices;
  h->slice_s        = (double)s->n_hop / h->sample_rate;
  return CS_OK;
}
