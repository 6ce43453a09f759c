#include "gen/audit/ear.h"

#include "gen/audit/bands.h"
#include "gen/audit/onsets.h"
#include "gen/audit/speech.h"
#include "gen/base/mathx.h"
#include "gen/master/loudness.h"
#include "gen/master/true_peak.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
  SHORT_TERM_HOPS = 30,
  MOMENTARY_HOPS  = 4,
  PEAK_TICKS      = 5, ///< 50 ms.
};

static const double lead_db       = -30.0;
static const double last_s        = 0.05;
static const double lags_s[2]     = {0.3, 2.0};
static const double db_per_double = 3.01029995663981195214;

/// Sums of squares and products of both sides.
typedef struct Sums {
  double left, right, both;
} Sums;

struct CsEar {
  int sample_rate;
  size_t n_channels;
  int64_t n_frames;
  CsLoudness *loudness; ///< NULL where it is lent.
  const CsLoudness *lent;
  double lent_peak_dbtp;
  CsTruePeak peak;
  float max_peak;
  CsBands *bands;   ///< NULL where they are not wanted.
  CsSpeech *speech; ///< In their place while a cue is made, or NULL.
  CsOnsets *onsets; ///< NULL where they are not wanted.
  Sums sums;
  size_t n_tick; ///< Frames of 10 ms.
  size_t n_in_tick;
  double tick_energy;
  float *powers;
  size_t n_ticks, powers_capacity;
  float *last; ///< The last 50 ms, interleaved.
  size_t n_last, n_last_frames;
};

// ---- Hearing ----------------------------------------------------------------

static CsStatus
set_up(CsArena *arena, int sample_rate, int n_channels, CsEar **ear)
{
  assert(n_channels == 1 || n_channels == 2);
  CsEar *e = CS_NEW(arena, CsEar);
  CS_TRY_NEW(e);
  e->sample_rate = sample_rate;
  e->n_channels  = (size_t)n_channels;
  e->n_tick =
      ((size_t)sample_rate + CS_EAR_TICKS_PER_S / 2) / CS_EAR_TICKS_PER_S;
  e->n_last_frames = (size_t)(last_s * sample_rate + 0.5);
  e->last          = CS_NEW_N(arena, float, e->n_last_frames * e->n_channels);
  CS_TRY_NEW(e->last);
  *ear = e;
  return CS_OK;
}

CsStatus
cs_ear_new(CsArena *arena, int sample_rate, int n_channels, CsEar **ear)
{
  CsEar *e        = NULL;
  const size_t ch = (size_t)n_channels;
  CS_TRY(set_up(arena, sample_rate, n_channels, &e));
  cs_true_peak_begin(&e->peak, sample_rate, ch);
  CS_TRY(cs_bands_new(arena, sample_rate, ch, &e->bands));
  CS_TRY(cs_onsets_new(arena, sample_rate, ch, &e->onsets));
  CS_TRY(cs_loudness_new(arena, sample_rate, ch, &e->loudness));
  *ear = e;
  return CS_OK;
}

CsStatus
cs_ear_new_brief(CsArena *arena, int sample_rate, int n_channels,
    bool wants_speech_band, CsEar **ear)
{
  CS_TRY(set_up(arena, sample_rate, n_channels, ear));
  return wants_speech_band ? cs_speech_new(arena, sample_rate,
                                 (size_t)n_channels, &(*ear)->speech)
                           : CS_OK;
}

void
cs_ear_lend(CsEar *ear, const CsLoudness *loudness, double true_peak_dbtp)
{
  assert(ear->loudness == NULL);
  ear->lent           = loudness;
  ear->lent_peak_dbtp = true_peak_dbtp;
}

static CsStatus
end_tick(CsArena *arena, CsEar *ear)
{
  const double n = (double)(ear->n_in_tick * ear->n_channels);
  void *powers   = ear->powers;
  CS_TRY(cs_arena_grow(arena, &powers, &ear->powers_capacity, ear->n_ticks + 1,
      sizeof *ear->powers));
  ear->powers                 = powers;
  ear->powers[ear->n_ticks++] = (float)(ear->tick_energy / n);
  ear->n_in_tick              = 0;
  ear->tick_energy            = 0.0;
  return CS_OK;
}

typedef double Pair __attribute__((vector_size(16)));

enum { ROWS = 4 };

/// Squares of both sides and, twice, their products; frames take rows in turns,
/// so that no sum waits for the one before.
typedef struct Rows {
  Pair squares[ROWS], products[ROWS];
} Rows;

static inline void
add_frame(Rows *rows, size_t row, const float *frame)
{
  const Pair x = {(double)frame[0], (double)frame[1]};
  rows->squares[row] += x * x;
  rows->products[row] += x * __builtin_shufflevector(x, x, 1, 0);
}

static Sums
sum_up_sides(const float *frames, size_t n_frames)
{
  Rows r   = {{{0.0, 0.0}}, {{0.0, 0.0}}};
  size_t f = 0;
  for (; f + ROWS <= n_frames; f += ROWS) {
    add_frame(&r, 0, frames + 2 * f);
    add_frame(&r, 1, frames + 2 * f + 2);
    add_frame(&r, 2, frames + 2 * f + 4);
    add_frame(&r, 3, frames + 2 * f + 6);
  }
  for (; f < n_frames; f++)
    add_frame(&r, 0, frames + 2 * f);
  const Pair square =
      (r.squares[0] + r.squares[1]) + (r.squares[2] + r.squares[3]);
  const Pair product =
      (r.products[0] + r.products[1]) + (r.products[2] + r.products[3]);
  return (Sums){square[0], square[1], product[0]};
}

static Sums
sum_up(const float *frames, size_t n_frames, size_t n_channels)
{
  if (n_channels == 2)
    return sum_up_sides(frames, n_frames);
  double sum = 0.0;
  for (size_t f = 0; f < n_frames; f++)
    sum += (double)frames[f] * (double)frames[f];
  return (Sums){sum, sum, sum};
}

static CsStatus
hear_power(CsArena *arena, CsEar *ear, const float *frames, size_t n_frames)
{
  while (n_frames > 0) {
    const size_t n_left = ear->n_tick - ear->n_in_tick;
    const size_t n      = n_frames < n_left ? n_frames : n_left;
    const Sums s        = sum_up(frames, n, ear->n_channels);
    ear->sums.left += s.left;
    ear->sums.right += s.right;
    ear->sums.both += s.both;
    ear->tick_energy += ear->n_channels == 2 ? s.left + s.right : s.left;
    ear->n_in_tick += n;
    if (ear->n_in_tick == ear->n_tick)
      CS_TRY(end_tick(arena, ear));
    frames += n * ear->n_channels;
    n_frames -= n;
  }
  return CS_OK;
}

static void
keep_last(CsEar *ear, const float *frames, size_t n_frames)
{
  const size_t ch = ear->n_channels, n_most = ear->n_last_frames;
  const size_t n_new  = n_frames < n_most ? n_frames : n_most;
  const size_t n_all  = ear->n_last + n_new;
  const size_t n_over = n_all > n_most ? n_all - n_most : 0;
  const size_t n_kept = ear->n_last - n_over;
  memmove(ear->last, ear->last + n_over * ch, n_kept * ch * sizeof *ear->last);
  memcpy(ear->last + n_kept * ch, frames + (n_frames - n_new) * ch,
      n_new * ch * sizeof *ear->last);
  ear->n_last = n_kept + n_new;
}

CsStatus
cs_ear_hear(CsArena *arena, CsEar *ear, const float *frames, size_t n_frames)
{
  ear->n_frames += (int64_t)n_frames;
  keep_last(ear, frames, n_frames);
  CS_TRY(hear_power(arena, ear, frames, n_frames));
  if (ear->bands != NULL)
    CS_TRY(cs_bands_hear(arena, ear->bands, frames, n_frames));
  if (ear->speech != NULL)
    CS_TRY(cs_speech_hear(arena, ear->speech, frames, n_frames));
  if (ear->onsets != NULL)
    CS_TRY(cs_onsets_hear(arena, ear->onsets, frames, n_frames));
  if (ear->loudness == NULL)
    return CS_OK;
  ear->max_peak = cs_true_peak_max(&ear->peak, frames, n_frames, ear->max_peak);
  return cs_loudness_feed(arena, ear->loudness, frames, n_frames);
}

// ---- Figures ----------------------------------------------------------------

double
cs_db_from_power(double power)
{
  return power > 1e-20 ? cs_log2(power) * db_per_double : CS_SILENCE_DB;
}

static CsStatus
end_loudness(CsArena *arena, CsEar *ear, CsHeard *h)
{
  assert(ear->loudness != NULL || ear->lent != NULL);
  h->true_peak_dbtp = ear->lent_peak_dbtp;
  if (ear->loudness == NULL)
    return CS_OK;
  ear->max_peak =
      cs_true_peak_max(&ear->peak, NULL, ear->peak.half, ear->max_peak);
  h->true_peak_dbtp = cs_db_from_gain((double)ear->max_peak);
  return cs_loudness_end(arena, ear->loudness);
}

static CsStatus
report_loudness(CsArena *arena, const CsEar *ear, CsHeard *h)
{
  const CsLoudness *l   = ear->loudness != NULL ? ear->loudness : ear->lent;
  h->integrated_lufs    = cs_loudness_integrated(l, 0.0);
  h->momentary_max_lufs = cs_loudness_momentary(l);
  h->n_points           = cs_loudness_n_hops(l);
  h->short_term_lufs    = CS_NEW_N(arena, double, h->n_points);
  CS_TRY_NEW(h->short_term_lufs);
  h->momentary_lufs = CS_NEW_N(arena, double, h->n_points);
  CS_TRY_NEW(h->momentary_lufs);
  size_t loudest = SHORT_TERM_HOPS - 1;
  for (size_t i = 0; i < h->n_points; i++) {
    h->short_term_lufs[i] = cs_loudness_until(l, i, SHORT_TERM_HOPS);
    h->momentary_lufs[i]  = cs_loudness_until(l, i, MOMENTARY_HOPS);
    if (i > loudest && h->short_term_lufs[i] > h->short_term_lufs[loudest])
      loudest = i;
  }
  h->loudest_3_s_at_s =
      (double)(loudest + 1 - SHORT_TERM_HOPS) / CS_EAR_STEPS_PER_S;
  return cs_loudness_range(arena, l, &h->range_lu);
}

/// Mean square of the ticks that begin at `first`.
static double
power_of_ticks(const CsHeard *h, size_t first, size_t n)
{
  double sum = 0.0;
  for (size_t i = first; i < first + n; i++)
    sum += (double)h->powers[i];
  return n > 0 ? sum / (double)n : 0.0;
}

static void
report_peak(CsHeard *h)
{
  const size_t n = h->n_ticks < PEAK_TICKS ? h->n_ticks : PEAK_TICKS;
  double most    = 0.0;
  for (size_t i = 0; i + n <= h->n_ticks; i++) {
    const double power = power_of_ticks(h, i, n);
    if (power <= most)
      continue;
    most         = power;
    h->peak_at_s = ((double)i + 0.5 * (double)n) / CS_EAR_TICKS_PER_S;
  }
  h->peak_dbfs = cs_db_from_power(most);
}

static void
report_lead(CsHeard *h)
{
  size_t i = 0;
  while (i < h->n_ticks &&
         cs_db_from_power((double)h->powers[i]) < h->rms_dbfs + lead_db)
    i++;
  h->lead_s = (double)i / CS_EAR_TICKS_PER_S;
}

static void
report_end(const CsEar *ear, CsHeard *h)
{
  const size_t n = ear->n_last * ear->n_channels;
  double energy  = 0.0;
  for (size_t i = 0; i < n; i++)
    energy += (double)ear->last[i] * (double)ear->last[i];
  h->last_50_ms_dbfs = cs_db_from_power(n > 0 ? energy / (double)n : 0.0);
  for (size_t c = 0; c < ear->n_channels && n > 0; c++)
    h->last_sample = fmax(h->last_sample, fabs((double)ear->last[n - 1 - c]));
}

static void
report_sides(const CsEar *ear, CsHeard *h)
{
  const Sums *s     = &ear->sums;
  const double both = sqrt(s->left) * sqrt(s->right);
  const double mono = (s->left + s->right + 2.0 * s->both) / 4.0;
  const double all  = (s->left + s->right) / 2.0;
  h->balance_db     = cs_db_from_power(s->left) - cs_db_from_power(s->right);
  h->correlation    = both > 0.0 ? s->both / both : 0.0;
  h->mono_loss_db   = fmax(0.0, cs_db_from_power(all) - cs_db_from_power(mono));
  h->rms_dbfs =
      cs_db_from_power(ear->n_frames > 0 ? all / (double)ear->n_frames : 0.0);
}

static CsStatus
report_spectra(CsArena *arena, CsEar *ear, CsHeard *h)
{
  for (size_t i = 0; i < CS_N_OCTAVES; i++)
    h->octave_db[i] = CS_SILENCE_DB;
  h->speech_band_db = CS_SILENCE_DB;
  if (ear->bands != NULL)
    CS_TRY(cs_bands_report(arena, ear->bands, ear->n_frames, h));
  if (ear->speech != NULL)
    CS_TRY(cs_speech_report(arena, ear->speech, ear->n_frames, h));
  return ear->onsets == NULL ? CS_OK
                             : cs_onsets_pulse(arena, ear->onsets, lags_s[0],
                                   lags_s[1], &h->pulse, &h->pulse_lag_s);
}

CsStatus
cs_ear_report(CsArena *arena, CsEar *ear, CsHeard *h)
{
  *h = (CsHeard){.n_frames = ear->n_frames,
      .sample_rate         = ear->sample_rate,
      .n_channels          = (int)ear->n_channels};
  if (ear->n_in_tick > 0)
    CS_TRY(end_tick(arena, ear));
  h->powers  = ear->powers;
  h->n_ticks = ear->n_ticks;
  CS_TRY(end_loudness(arena, ear, h));
  CS_TRY(report_loudness(arena, ear, h));
  report_sides(ear, h);
  report_peak(h);
  report_lead(h);
  report_end(ear, h);
  return report_spectra(arena, ear, h);
}

double
cs_heard_power(const CsHeard *h, double start_s, double end_s)
{
  const double n     = (double)h->n_ticks;
  const double first = cs_clamp(ceil(start_s * CS_EAR_TICKS_PER_S), 0.0, n);
  const double end   = cs_clamp(ceil(end_s * CS_EAR_TICKS_PER_S), 0.0, n);
  return end > first ? power_of_ticks(h, (size_t)first, (size_t)(end - first))
                     : 0.0;
}

double
cs_heard_lufs(const CsHeard *h, double start_s, double end_s)
{
  double sum     = 0.0;
  size_t n       = 0;
  const double m = (double)MOMENTARY_HOPS / CS_EAR_STEPS_PER_S;
  for (size_t i = 0; i < h->n_points; i++) {
    const double at_s = (double)(i + 1) / CS_EAR_STEPS_PER_S;
    if (at_s < start_s + m - 1e-9 || at_s > end_s + 1e-9)
      continue;
    sum += cs_exp2(h->momentary_lufs[i] / db_per_double);
    n++;
  }
  return n > 0 ? cs_db_from_power(sum / (double)n) : CS_SILENCE_DB;
}

void
cs_ear_free(CsEar *ear)
{
  if (ear != NULL)
    cs_loudness_free(ear->loudness);
}
