// How a sound file stands in a mix: libsndfile reads it, libebur128 measures
// it, the filters are this file's own; nothing of the program's is used.
//
//     mix FROM TO FILE...   from second to second; one JSON object a line

#include <ebur128.h>
#include <sndfile.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_OCTAVES = 8, N_TAPS = 4 }; ///< 63 Hz to 8 kHz; filters of 4th order.

static const double pi = 3.14159265358979323846;

/// Second order, state and all.
typedef struct Biquad {
  double b0, b1, b2, a1, a2, z1, z2;
} Biquad;

/// A band between two frequencies: twice a high-pass, twice a low-pass.
typedef struct Band {
  Biquad taps[N_TAPS];
  double energy;
} Band;

typedef struct Figures {
  double left, right, mono, product; ///< Sums of squares.
  double peak;
  double lead_s; ///< First 10 ms over -50 dBFS.
  double octaves[N_OCTAVES], speech, all;
  double integrated, range, true_peak;
  double short_mean, short_sd, short_max;
} Figures;

static Biquad
pass(double rate, double hz, int is_high)
{
  const double w = 2.0 * pi * fmin(hz, 0.49 * rate) / rate;
  const double c = cos(w), alpha = sin(w) / sqrt(2.0), a0 = 1.0 + alpha;
  const double b = is_high ? (1.0 + c) / 2.0 : (1.0 - c) / 2.0;
  return (Biquad){.b0 = b / a0,
      .b1             = (is_high ? -2.0 * b : 2.0 * b) / a0,
      .b2             = b / a0,
      .a1             = -2.0 * c / a0,
      .a2             = (1.0 - alpha) / a0};
}

static double
run(Biquad *q, double x)
{
  const double y = q->b0 * x + q->z1;
  q->z1          = q->b1 * x - q->a1 * y + q->z2;
  q->z2          = q->b2 * x - q->a2 * y;
  return y;
}

static Band
band_between(double rate, double from_hz, double to_hz)
{
  Band band = {.energy = 0.0};
  for (int i = 0; i < N_TAPS; i++)
    band.taps[i] = pass(rate, i < N_TAPS / 2 ? from_hz : to_hz, i < N_TAPS / 2);
  return band;
}

static void
feed(Band *band, double x)
{
  for (int i = 0; i < N_TAPS; i++)
    x = run(&band->taps[i], x);
  band->energy += x * x;
}

static double
db(double power)
{
  return 10.0 * log10(power + 1e-20);
}

/// Bands of the sum of both sides.
static void
measure_bands(const float *samples, long n, double rate, Figures *f)
{
  Band octaves[N_OCTAVES];
  Band speech = band_between(rate, 1000.0, 4000.0);
  for (int o = 0; o < N_OCTAVES; o++) {
    const double hz = 62.5 * pow(2.0, o);
    octaves[o]      = band_between(rate, hz / sqrt(2.0), hz * sqrt(2.0));
  }
  for (long i = 0; i < n; i++) {
    const double x =
        ((double)samples[2 * i] + (double)samples[2 * i + 1]) / 2.0;
    feed(&speech, x);
    for (int o = 0; o < N_OCTAVES; o++)
      feed(&octaves[o], x);
    f->all += x * x;
  }
  f->speech = speech.energy;
  for (int o = 0; o < N_OCTAVES; o++)
    f->octaves[o] = octaves[o].energy;
}

static void
measure_sides(const float *samples, long n, double rate, Figures *f)
{
  const long window = (long)(0.01 * rate);
  double recent     = 0.0;
  f->lead_s         = -1.0;
  for (long i = 0; i < n; i++) {
    const double l = (double)samples[2 * i], r = (double)samples[2 * i + 1];
    const double m = (l + r) / 2.0;
    f->left += l * l;
    f->right += r * r;
    f->product += l * r;
    f->mono += m * m;
    f->peak = fmax(f->peak, fmax(fabs(l), fabs(r)));
    recent += (l * l + r * r) / 2.0;
    if ((i + 1) % window == 0) {
      if (f->lead_s < 0.0 && db(recent / (double)window) > -50.0)
        f->lead_s = (double)(i + 1 - window) / rate;
      recent = 0.0;
    }
  }
}

/// Short-term loudness once a second, from 3 s on.
static void
take_short(ebur128_state *meter, Figures *f, double *squares, double *n)
{
  double lufs = 0.0;
  (void)ebur128_loudness_shortterm(meter, &lufs);
  if (!isfinite(lufs) || lufs < -70.0)
    return;
  f->short_mean += lufs;
  f->short_max = fmax(f->short_max, lufs);
  *squares += lufs * lufs;
  *n += 1.0;
}

static int
measure_loudness(const float *samples, long n, int rate, Figures *f)
{
  double squares = 0.0, n_shorts = 0.0;
  ebur128_state *meter = ebur128_init(2, (unsigned long)rate,
      EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK);
  if (meter == NULL)
    return 1;
  f->short_max = -200.0;
  for (long at = 0; at < n; at += rate) {
    const long n_now = n - at < rate ? n - at : rate;
    (void)ebur128_add_frames_float(meter, samples + 2 * at, (size_t)n_now);
    if (at + n_now >= 3L * rate && n_now == rate)
      take_short(meter, f, &squares, &n_shorts);
  }
  if (n_shorts > 0.0) {
    f->short_mean /= n_shorts;
    f->short_sd =
        sqrt(fmax(0.0, squares / n_shorts - f->short_mean * f->short_mean));
  }
  (void)ebur128_loudness_global(meter, &f->integrated);
  (void)ebur128_loudness_range(meter, &f->range);
  for (unsigned c = 0; c < 2; c++) {
    double peak = 0.0;
    (void)ebur128_true_peak(meter, c, &peak);
    f->true_peak = fmax(f->true_peak, peak);
  }
  ebur128_destroy(&meter);
  return 0;
}

static void
print(const char *path, const Figures *f)
{
  const double both = sqrt(f->left * f->right);
  (void)printf("{\"file\": \"%s\", \"integrated\": %.2f, \"range\": %.2f, "
               "\"true_peak\": %.2f, \"short_sd\": %.2f, \"short_max\": %.2f, "
               "\"lead_s\": %.3f, \"balance\": %.2f, \"correlation\": %.3f, "
               "\"mono_loss\": %.2f, \"speech_band\": %.2f, \"octaves\": [",
      path, isfinite(f->integrated) ? f->integrated : -200.0, f->range,
      20.0 * log10(f->true_peak + 1e-10), f->short_sd, f->short_max, f->lead_s,
      db(f->left) - db(f->right), both > 0.0 ? f->product / both : 0.0,
      db((f->left + f->right) / 2.0) - db(f->mono), db(f->speech) - db(f->all));
  for (int o = 0; o < N_OCTAVES; o++)
    (void)printf("%s%.1f", o > 0 ? ", " : "", db(f->octaves[o]) - db(f->all));
  (void)printf("]}\n");
}

/// The span of one file.
static int
measure(const char *path, double from_s, double to_s)
{
  SF_INFO info = {0};
  SNDFILE *in  = sf_open(path, SFM_READ, &info);
  if (in == NULL || info.channels != 2) {
    (void)fprintf(stderr, "%s: a stereo file is needed\n", path);
    (void)sf_close(in);
    return 1;
  }
  const long first = (long)(from_s * info.samplerate);
  const long to    = (long)(to_s * info.samplerate);
  const long last  = to < info.frames ? to : (long)info.frames;
  const long n     = last > first ? last - first : 0;
  float *samples   = calloc((size_t)n + 1, 2 * sizeof *samples);
  Figures f        = {0};
  int bad          = samples == NULL || n == 0;
  if (!bad) {
    (void)sf_seek(in, first, SEEK_SET);
    (void)sf_readf_float(in, samples, n);
    measure_sides(samples, n, info.samplerate, &f);
    measure_bands(samples, n, info.samplerate, &f);
    bad = measure_loudness(samples, n, info.samplerate, &f);
  }
  if (!bad)
    print(path, &f);
  free(samples);
  (void)sf_close(in);
  return bad;
}

int
main(int argc, char **argv)
{
  if (argc < 4) {
    (void)fprintf(stderr, "usage: mix FROM TO FILE...\n");
    return 1;
  }
  int bad = 0;
  for (int i = 3; i < argc; i++)
    bad |= measure(argv[i], strtod(argv[1], NULL), strtod(argv[2], NULL));
  return bad;
}
