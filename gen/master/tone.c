#include "gen/master/tone.h"

#include "gen/base/fft.h"
#include "gen/base/mathx.h"

#include <math.h>

enum {
  N_POINTS        = CS_BLOCK_FRAMES,
  HEARD_OF_BLOCKS = 3,
  FIRST_OF_SPEECH = 4, ///< 1 kHz.
  MAX_MENDED      = 3, ///< Octaves.
  LAST            = CS_TONE_OCTAVES - 1
};

static const double lowest_hz = 62.5;

/// The line falls by so much from octave band to octave band; gen/audit says
/// why.
static const double fall_db = 1.5;

/// What an octave may lie off the line unmended, where the spectrum is bound to
/// 7 dB, and where it is to 12.
static const double free_db = 4.0, loose_free_db = 9.0;
static const double most_db = 3.0;
/// Less is not worth a filter.
static const double least_db = 0.5;
/// What lies farther below was not written: raising it would raise noise.
static const double there_db = -14.0;

/// Corners of the shelves that bring the outer octaves; between them stand
/// bells.
static const double low_corner_hz = 90.0, high_corner_hz = 5000.0;
static const double bell_q = 1.0;

struct CsTone {
  CsFft *fft;
  float *window, *re, *im;
  double energies[N_POINTS / 2]; ///< Per bin.
  size_t n_blocks;
};

CsStatus
cs_tone_new(CsArena *arena, CsTone **tone)
{
  CsTone *t = CS_NEW(arena, CsTone);
  CS_TRY_NEW(t);
  CS_TRY(cs_fft_new(arena, N_POINTS, &t->fft));
  t->window = CS_NEW_N(arena, float, N_POINTS);
  t->re     = CS_NEW_N(arena, float, N_POINTS);
  t->im     = CS_NEW_N(arena, float, N_POINTS);
  if (t->window == NULL || t->re == NULL || t->im == NULL)
    return CS_ERR_MEMORY;
  for (size_t i = 0; i < N_POINTS; i++)
    t->window[i] = (float)cs_sin(CS_PI * ((double)i + 0.5) / N_POINTS);
  *tone = t;
  return CS_OK;
}

void
cs_tone_hear(CsTone *t, const float *frames, size_t n_frames, size_t n_channels)
{
  const uint32_t *places = cs_fft_places(t->fft);
  if (n_frames < N_POINTS || t->n_blocks++ % HEARD_OF_BLOCKS != 0)
    return;
  cs_fft_weigh(t->fft, frames, n_channels, t->window, t->re, t->im);
  cs_fft_run(t->fft, t->re, t->im);
  for (size_t i = 0; i < N_POINTS; i++)
    t->re[i] = t->re[i] * t->re[i] + t->im[i] * t->im[i];
  for (size_t k = 1; k < N_POINTS / 2; k++)
    t->energies[k] += (double)(t->re[places[k]] + t->re[places[N_POINTS - k]]);
}

static double
octave_hz(size_t octave)
{
  return lowest_hz * (double)(1U << octave);
}

/// Octaves that the sample rate leaves whole.
static size_t
n_whole(int sample_rate)
{
  size_t n = 0;
  while (n < CS_TONE_OCTAVES && octave_hz(n) * 1.5 < 0.5 * sample_rate)
    n++;
  return n;
}

/// How far each octave lies over the line, but for its height.
static void
over_line(const CsTone *t, int sample_rate, double db[CS_TONE_OCTAVES])
{
  const double bin_hz = (double)sample_rate / N_POINTS;
  for (size_t o = 0; o < CS_TONE_OCTAVES; o++) {
    const double from_hz = octave_hz(o) / sqrt(2.0), to_hz = from_hz * 2.0;
    double energy = 0.0;
    for (size_t k = 1; k < N_POINTS / 2; k++)
      if ((double)k * bin_hz >= from_hz && (double)k * bin_hz < to_hz)
        energy += t->energies[k];
    db[o] = energy > 0.0 ? cs_db_from_gain(energy) / 2.0 : CS_SILENCE_DB;
    db[o] += fall_db * (double)o;
  }
}

static double
mean_of(const double *db, size_t first, size_t end)
{
  double sum = 0.0;
  for (size_t i = first; i < end; i++)
    sum += db[i] / (double)(end - first);
  return sum;
}

/// The height of the line: through all octaves, or those below the voice's; but
/// for low ones that nothing was written for.
static double
height_of(const double db[CS_TONE_OCTAVES], size_t n_line)
{
  size_t first = 0;
  while (first < 2 && first + 2 < n_line &&
         db[first] - mean_of(db, first + 1, n_line) < there_db)
    first++;
  return mean_of(db, first, n_line);
}

static bool
keeps_dark(const CsMasterWish *wish)
{
  const CsFunction f = wish->function;
  return wish->carves_speech || f == CS_BED || f == CS_UNDERSCORE ||
         f == CS_AMBIENT;
}

/// Rounded, so that the last bit of a transform decides nothing.
static double
gain_for(double off_db, double unmended_db, bool may_raise)
{
  const double over = fmin(most_db, fabs(off_db) - unmended_db);
  const double db   = floor(over * 10.0 + 0.5) / 10.0;
  if (db < least_db)
    return 0.0;
  if (off_db > 0.0)
    return -db;
  return may_raise && off_db > there_db ? db : 0.0;
}

static CsBiquad
section_for(int sample_rate, size_t octave, double gain_db)
{
  if (octave == 0)
    return cs_low_shelf(sample_rate, low_corner_hz, gain_db);
  if (octave == LAST)
    return cs_high_shelf(sample_rate, high_corner_hz, gain_db);
  return cs_bell(sample_rate, octave_hz(octave), bell_q, gain_db);
}

/// The most needed come first.
static CsFilter
filter_of(int sample_rate, double gains_db[CS_TONE_OCTAVES])
{
  CsFilter filter               = {.n_sections = 0};
  bool is_used[CS_TONE_OCTAVES] = {false};
  while (filter.n_sections < MAX_MENDED) {
    size_t worst = CS_TONE_OCTAVES;
    for (size_t o = 0; o < CS_TONE_OCTAVES; o++)
      if (!is_used[o] && gains_db[o] != 0.0 &&
          (worst == CS_TONE_OCTAVES ||
              fabs(gains_db[o]) > fabs(gains_db[worst])))
        worst = o;
    if (worst == CS_TONE_OCTAVES)
      break;
    is_used[worst] = true;
    cs_filter_add(&filter, section_for(sample_rate, worst, gains_db[worst]));
  }
  for (size_t o = 0; o < CS_TONE_OCTAVES; o++)
    gains_db[o] = is_used[o] ? gains_db[o] : 0.0;
  return filter;
}

CsFilter
cs_tone_filter(
    const CsTone *t, const CsMasterWish *wish, double gains_db[CS_TONE_OCTAVES])
{
  const bool is_dark = keeps_dark(wish);
  const bool is_loose =
      wish->function == CS_UNDERSCORE || wish->function == CS_AMBIENT;
  const double unmended = is_loose ? loose_free_db : free_db;
  const size_t n        = n_whole(wish->sample_rate);
  const size_t n_line =
      is_dark && n > FIRST_OF_SPEECH ? FIRST_OF_SPEECH + 1 : n;
  double db[CS_TONE_OCTAVES];
  for (size_t o = 0; o < CS_TONE_OCTAVES; o++)
    gains_db[o] = 0.0;
  over_line(t, wish->sample_rate, db);
  if (n == 0 || mean_of(db, 0, n_line) <= CS_SILENCE_DB / 2.0)
    return (CsFilter){.n_sections = 0};
  const double height = height_of(db, n_line);
  for (size_t o = 0; o < n; o++)
    gains_db[o] =
        gain_for(db[o] - height, unmended, !is_dark || o < FIRST_OF_SPEECH);
  return filter_of(wish->sample_rate, gains_db);
}
