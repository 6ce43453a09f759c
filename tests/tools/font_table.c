// What the presets of soundfonts measure, note by note, for the choice in
// soundfonts/recipe.json. One JSON object a line and preset:
//
//     font_table NAME=FONT... [-p BANK:PROGRAM] [-k] [-q] [-o]
//
// -k measures every key and prints level and tuning of each, -q measures the
// keys of the level alone; -o takes the presets that no instrument names too.
#include "gen/base/fft.h"
#include "gen/base/mathx.h"
#include "gen/engine.h"
#include "gen/levels.h"
#include "gen/master/loudness.h"
#include "soundfonts/sf2_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  RATE     = 48000,
  N_HELD   = 96000,
  N_ALL    = 120000,
  N_BLOCK  = 960, // 20 ms
  N_FFT    = 32768,
  KIT      = 128,
  MAX_KEYS = 128,
};

typedef struct Tool {
  CsArena *arena;
  CsSf2 *sf2;
  CsFft *fft;
  CsLoudness *loudness;
  CsSynth *synth; ///< Of the preset that is measured.
  bool skips_keys, wants_others;
  double *left, *right;
  float *re, *im;
} Tool;

static double
db(double power)
{
  return power > 0.0 ? 10.0 * log10(power) : -200.0;
}

/// Two seconds held, half a second of release.
static double
play(Tool *t, int key, int velocity)
{
  float left[N_BLOCK], right[N_BLOCK], block[N_BLOCK * 2];
  (void)!cs_loudness_begin(t->arena, t->loudness);
  cs_synth_note_on(t->synth, key, velocity);
  for (size_t at = 0; at < N_ALL; at += N_BLOCK) {
    if (at == N_HELD)
      cs_synth_note_off(t->synth, key);
    (void)cs_synth_render(t->synth, left, right, N_BLOCK);
    for (size_t i = 0; i < N_BLOCK; i++) {
      block[2 * i]     = left[i];
      block[2 * i + 1] = right[i];
    }
    (void)!cs_loudness_feed(t->arena, t->loudness, block, N_BLOCK);
    for (size_t i = 0; i < N_BLOCK; i++) {
      t->left[at + i]  = (double)block[2 * i];
      t->right[at + i] = (double)block[2 * i + 1];
    }
  }
  (void)!cs_loudness_end(t->arena, t->loudness);
  cs_synth_stop(t->synth);
  return cs_loudness_momentary(t->loudness);
}

static double
power_of(const Tool *t, size_t from, size_t to)
{
  double sum = 0.0;
  for (size_t i = from; i < to; i++)
    sum += t->left[i] * t->left[i] + t->right[i] * t->right[i];
  return sum / (double)(to - from);
}

/// Transform; bin k comes at k.
static void
transform(const Tool *t)
{
  const uint32_t *places = cs_fft_places(t->fft);
  float *parts[2]        = {t->re, t->im};
  float *bins            = calloc(N_FFT, sizeof *bins);
  cs_fft_run(t->fft, t->re, t->im);
  for (size_t p = 0; p < 2; p++) {
    for (size_t k = 0; k < N_FFT; k++)
      bins[k] = parts[p][places[k]];
    memcpy(parts[p], bins, N_FFT * sizeof *bins);
  }
  free(bins);
}

/// Power spectrum of the middle, from a frame, under a Hann window.
static void
spectrum(const Tool *t, size_t from, size_t n)
{
  for (size_t i = 0; i < N_FFT; i++) {
    const double w =
        i < n ? 0.5 - 0.5 * cos(2.0 * CS_PI * ((double)i + 0.5) / (double)n)
              : 0.0;
    const double x =
        i < n ? 0.5 * (t->left[from + i] + t->right[from + i]) : 0.0;
    t->re[i] = (float)(w * x);
    t->im[i] = 0.0f;
  }
  transform(t);
  for (size_t i = 0; i < N_FFT; i++)
    t->re[i] = t->re[i] * t->re[i] + t->im[i] * t->im[i];
}

static double
hz_of(int key)
{
  return 440.0 * pow(2.0, (key - 69) / 12.0);
}

/// Cents by which the note is off and how periodic it is, in dB, from the
/// autocorrelation near as many periods as fit well into the window.
static bool
tune(const Tool *t, int key, size_t from, double *cents, double *hnr)
{
  enum { N = 16384 };
  spectrum(t, from, N);
  // The inverse transform of an even spectrum is its own transform.
  memset(t->im, 0, N_FFT * sizeof *t->im);
  transform(t);
  const double period = RATE / hz_of(key);
  const double zero   = (double)t->re[0];
  if (zero <= 0.0)
    return false;
  double best_cents = 0.0, best = -1.0;
  for (int m = 1; m * period < N / 4.0; m *= 2) {
    const double wide = m == 1 ? 0.055 : 0.2 / m; // 95 cents, then narrower
    const double mid  = m * period * pow(2.0, -best_cents / 1200.0);
    size_t at         = 0;
    for (size_t i = (size_t)fmax(2.0, mid * (1.0 - wide));
         i <= (size_t)(mid * (1.0 + wide)) + 1; i++)
      if (at == 0 || t->re[i] > t->re[at])
        at = i;
    if (at == 0)
      break;
    const double a = (double)t->re[at - 1], b = (double)t->re[at],
                 c     = (double)t->re[at + 1];
    const double bend  = a - 2.0 * b + c;
    const double shift = bend < 0.0 ? 0.5 * (a - c) / bend : 0.0;
    // The window weighs long lags less.
    const double x = (double)at / N;
    const double w = (1.0 - x) * (2.0 / 3.0 + cos(2.0 * CS_PI * x) / 3.0) +
                     sin(2.0 * CS_PI * x) / (2.0 * CS_PI);
    const double r = b / zero / w;
    if (m == 1)
      best = r;
    else if (r < 0.6 * best)
      break;
    best_cents = 1200.0 * log2(m * period /
                               ((double)at + (fabs(shift) < 1 ? shift : 0)));
  }
  *cents = best_cents;
  *hnr = best >= 0.999999 ? 60.0 : best <= 0.0 ? -20.0 : db(best / (1 - best));
  return best > 0.3;
}

/// The same on average over the first second and a half of a held note, whose
/// vibrato and scoop should not count; of a struck one early, while it sounds.
static bool
tune_all(
    const Tool *t, const CsInstrument *in, int key, double *cents, double *hnr)
{
  static const size_t starts[] = {9600, 24000, 38400, 52800};
  const size_t n               = in->sustain == CS_SUSTAIN_HELD ? 4 : 1;
  double sum                   = 0.0;
  for (size_t i = 0; i < n; i++) {
    if (!tune(t, key, starts[i], cents, hnr))
      return false;
    sum += *cents / (double)n;
  }
  *cents = sum;
  return true;
}

static double
centroid(const Tool *t)
{
  double sum = 0.0, weighted = 0.0;
  spectrum(t, 0, 24000);
  for (size_t i = 1; i < N_FFT / 2; i++) {
    sum += (double)t->re[i];
    weighted += (double)t->re[i] * (double)i * RATE / N_FFT;
  }
  return sum > 0.0 ? weighted / sum : 0.0;
}

/// Frequency over which less than -60 dB of the power is left.
static double
bandwidth(const Tool *t)
{
  double sum = 0.0, above = 0.0;
  spectrum(t, 0, 24000);
  for (size_t i = 1; i < N_FFT / 2; i++)
    sum += (double)t->re[i];
  for (size_t i = N_FFT / 2; i-- > 1;) {
    above += (double)t->re[i];
    if (above > 1e-6 * sum)
      return (double)i * RATE / N_FFT;
  }
  return 0.0;
}

static double
attack_ms(const Tool *t)
{
  enum { HOP = 240 };
  double most = 0.0;
  for (size_t i = 0; i + HOP <= N_HELD; i += HOP)
    most = fmax(most, power_of(t, i, i + HOP));
  for (size_t i = 0; i + HOP <= N_HELD; i += HOP)
    if (power_of(t, i, i + HOP) >= most / 4.0)
      return 1000.0 * (double)i / RATE;
  return 0.0;
}

static double
fold_db(const Tool *t)
{
  double mono = 0.0, stereo = 0.0;
  for (size_t i = 0; i < N_HELD; i++) {
    const double m = 0.5 * (t->left[i] + t->right[i]);
    mono += m * m;
    stereo += 0.5 * (t->left[i] * t->left[i] + t->right[i] * t->right[i]);
  }
  return stereo > 0.0 ? db(mono / stereo) : 0.0;
}

/// How much the level of a held note moves, in dB, its fall taken away.
static double
waver_db(const Tool *t)
{
  enum { FROM = 36000, HOP = 2400, N = (N_HELD - FROM) / HOP };
  double x[N], sx = 0, sy = 0, sxx = 0, sxy = 0, rest = 0;
  for (int i = 0; i < N; i++) {
    x[i] =
        db(power_of(t, FROM + (size_t)(i * HOP), FROM + (size_t)(i + 1) * HOP));
    sx += i, sy += x[i], sxx += (double)i * i, sxy += i * x[i];
  }
  const double slope = (N * sxy - sx * sy) / (N * sxx - sx * sx);
  for (int i = 0; i < N; i++) {
    const double d = x[i] - (sy / N + slope * (i - sx / N));
    rest += d * d;
  }
  return sqrt(rest / N);
}

static double
dc_db(const Tool *t)
{
  double sum = 0.0;
  for (size_t i = 0; i < N_HELD; i++)
    sum += 0.5 * (t->left[i] + t->right[i]);
  sum /= N_HELD;
  return db(sum * sum / fmax(1e-20, power_of(t, 0, N_HELD)));
}

/// The worst joint of a loop: how far the 24 samples before its end are from
/// those before its start, against the sample's level, in dB.
static double
joint_db(const CsSound *sound, const int range[2])
{
  double worst = -99.0;
  for (size_t z = 0; z < sound->n_zones; z++) {
    const CsSoundZone *s = &sound->zones[z];
    double off = 0.0, level = 0.0;
    if (s->loop_end == 0 || s->loop_start < 24 || s->high_key < range[0] ||
        s->low_key > range[1])
      continue;
    for (size_t i = 1; i <= 24; i++) {
      const double d = (double)s->samples[s->loop_end - i] -
                       (double)s->samples[s->loop_start - i];
      off += d * d / 24.0;
    }
    for (size_t i = s->loop_start; i < s->loop_end; i++)
      level += (double)s->samples[i] * s->samples[i] /
               (double)(s->loop_end - s->loop_start);
    worst = fmax(worst, level > 0.0 ? db(off / level) : -99.0);
  }
  return worst;
}

static int
by_value(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double
median(const double *x, size_t n)
{
  double sorted[MAX_KEYS];
  if (n == 0)
    return 0.0;
  memcpy(sorted, x, n * sizeof *x);
  qsort(sorted, n, sizeof *sorted, by_value);
  return sorted[n / 2];
}

/// RMS distance from a straight line over the keys, and the largest.
static void
unevenness(const double *x, size_t n, double *rms, double *worst)
{
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  *rms = *worst = 0.0;
  for (size_t i = 0; i < n; i++) {
    const double k = (double)i;
    sx += k, sy += x[i], sxx += k * k, sxy += k * x[i];
  }
  const double nn = (double)n, below = nn * sxx - sx * sx;
  const double slope = below > 0.0 ? (nn * sxy - sx * sy) / below : 0.0;
  for (size_t i = 0; i < n; i++) {
    const double d = x[i] - (sy / nn + slope * ((double)i - sx / nn));
    *rms += d * d / nn;
    *worst = fmax(*worst, fabs(d));
  }
  *rms = sqrt(*rms);
}

typedef struct Keys {
  size_t n, n_tuned, n_silent;
  int keys[MAX_KEYS];
  double level[MAX_KEYS], cents[MAX_KEYS], tuned[MAX_KEYS], hnr[MAX_KEYS];
} Keys;

static void
print_sound(Tool *t, const CsInstrument *in)
{
  CsSound sound;
  const int index = cs_sf2_find(t->sf2, in->bank, in->program);
  size_t bytes = 0, rate_sum = 0;
  if (index < 0 ||
      cs_sf2_read(t->sf2, (size_t)index, NULL, NULL, &sound) != CS_OK)
    return;
  for (size_t z = 0; z < sound.n_zones; z++) {
    bool is_new = true;
    for (size_t o = 0; o < z && is_new; o++)
      is_new = sound.zones[o].samples != sound.zones[z].samples;
    bytes += is_new ? 2 * sound.zones[z].n_frames : 0;
    rate_sum += (size_t)sound.zones[z].sample_rate;
  }
  (void)printf(", \"joint_db\": %.0f, \"zones\": %zu, \"rate_hz\": %zu, "
               "\"mb\": %.2f",
      joint_db(&sound, in->range), sound.n_zones,
      sound.n_zones > 0 ? rate_sum / sound.n_zones : 0, (double)bytes / 1e6);
}

static void
print_keys(const Keys *k)
{
  (void)printf(", \"keys\": [");
  for (size_t i = 0; i < k->n; i++)
    (void)printf("%s[%d, %.1f, %.1f, %.0f]", i > 0 ? ", " : "", k->keys[i],
        k->level[i], k->cents[i], k->hnr[i]);
  (void)printf("]");
}

static void
measure(Tool *t, const char *name, const CsInstrument *in, bool all_keys)
{
  static Keys k;
  int keys[CS_LEVEL_KEYS];
  double level = 0.0, rms = 0.0, worst = 0.0, off = 0.0;
  const bool is_kit = in->bank == KIT;
  const int step    = all_keys ? 1 : t->skips_keys ? KIT : 3;
  k                 = (Keys){0};
  bool played[CS_N_KEYS_PLAYED];
  const CsPatch *patch = NULL;
  memset(played, true, sizeof played);
  cs_level_keys(in, keys);
  if (cs_level_measure(t->arena, t->sf2, in->bank, in->program, keys, &level) !=
          CS_OK ||
      cs_patch_read(t->arena, t->sf2, in->bank, in->program, played, &patch) !=
          CS_OK)
    exit(1);
  t->synth = cs_synth_new(patch, 0.0, RATE);
  for (int key = in->range[0]; key <= in->range[1] && !is_kit; key += step) {
    double cents = 0.0, hnr = 0.0;
    const double l = play(t, key, 80);
    if (l < -90.0) {
      k.n_silent++;
      continue;
    }
    if (tune_all(t, in, key, &cents, &hnr))
      k.tuned[k.n_tuned++] = cents;
    k.keys[k.n]  = key;
    k.level[k.n] = l;
    k.cents[k.n] = cents;
    k.hnr[k.n++] = hnr;
  }
  unevenness(k.level, k.n, &rms, &worst);
  for (size_t i = 0; i < k.n_tuned; i++)
    off = fmax(off, fabs(k.tuned[i] - median(k.tuned, k.n_tuned)));
  (void)play(t, keys[1], 112);
  const double bright = centroid(t), fold = fold_db(t), dc = dc_db(t),
               band = bandwidth(t), attack = attack_ms(t), waver = waver_db(t);
  (void)play(t, keys[1], 40);
  const double dark = centroid(t);
  (void)printf("{\"font\": \"%s\", \"bank\": %d, \"program\": %d, \"name\": "
               "\"%s\", \"level_db\": %.1f, \"cents\": %.1f, \"off_cents\": "
               "%.1f, \"uneven_db\": %.1f, \"worst_db\": %.1f, \"hnr_db\": "
               "%.0f, \"silent\": %zu, \"bright_hz\": %.0f, \"vel\": %.2f, "
               "\"fold_db\": %.1f, "
               "\"attack_ms\": %.0f, \"waver_db\": %.1f, \"dc_db\": %.0f, "
               "\"band_hz\": %.0f",
      name, in->bank, in->program, in->name, level, median(k.tuned, k.n_tuned),
      off, rms, worst, median(k.hnr, k.n), k.n_silent, bright,
      dark > 0.0 ? bright / dark : 0.0, fold, attack, waver, dc, band);
  print_sound(t, in);
  if (all_keys)
    print_keys(&k);
  cs_synth_free(t->synth);
  (void)printf("}\n");
  (void)fflush(stdout);
}

/// Presets that no instrument names, as those of the house: by three octaves
/// around the middle.
static void
measure_others(Tool *t, const CsPresets *presets, const char *name)
{
  size_t n                = 0;
  const CsSf2Preset *list = cs_sf2_presets(t->sf2, &n);
  for (size_t i = 0; i < n; i++) {
    const CsInstrument other = {.name = list[i].name,
        .bank                         = list[i].bank,
        .program                      = list[i].program,
        .range                        = {48, 84},
        .sweet                        = {54, 78}};
    bool is_named            = false;
    for (size_t k = 0; k < presets->n_instruments; k++)
      is_named =
          is_named || (presets->instruments[k].bank == other.bank &&
                          presets->instruments[k].program == other.program);
    if (!is_named)
      measure(t, name, &other, false);
  }
}

static void
measure_font(Tool *t, const CsPresets *presets, const char *name,
    const char *path, const char *only, bool all_keys)
{
  if (cs_sf2_open(t->arena, path, &t->sf2) != CS_OK) {
    (void)fprintf(stderr, "%s: %s\n", path, cs_arena_error(t->arena));
    exit(1);
  }
  for (size_t i = 0; i < presets->n_instruments; i++) {
    const CsInstrument *in = &presets->instruments[i];
    char id[32];
    (void)snprintf(id, sizeof id, "%d:%d", in->bank, in->program);
    if (in->drum_key < 0 && (only == NULL || strcmp(only, id) == 0) &&
        cs_sf2_find(t->sf2, in->bank, in->program) >= 0)
      measure(t, name, in, all_keys);
  }
  if (t->wants_others)
    measure_others(t, presets, name);
  cs_sf2_close(t->sf2);
}

int
main(int argc, char **argv)
{
  char why[CS_MESSAGE_BYTES];
  CsEngine *engine = NULL;
  Tool t           = {.arena = cs_arena_new(NULL)};
  const char *only = NULL;
  bool all_keys    = false;
  if (cs_engine_open(NULL, why, &engine) != CS_OK ||
      cs_fft_new(t.arena, N_FFT, &t.fft) != CS_OK ||
      cs_loudness_new(t.arena, RATE, 2, &t.loudness) != CS_OK)
    return 1;
  t.left  = calloc(N_ALL, sizeof(double));
  t.right = calloc(N_ALL, sizeof(double));
  t.re    = calloc(N_FFT, sizeof(float));
  t.im    = calloc(N_FFT, sizeof(float));
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-k") == 0)
      all_keys = true;
    if (strcmp(argv[i], "-o") == 0)
      t.wants_others = true;
    if (strcmp(argv[i], "-q") == 0)
      t.skips_keys = true;
    if (strcmp(argv[i], "-p") == 0 && i + 1 < argc)
      only = argv[++i];
  }
  for (int i = 1; i < argc; i++) {
    char *equals = strchr(argv[i], '=');
    if (equals == NULL)
      continue;
    *equals = '\0';
    measure_font(&t, engine->presets, argv[i], equals + 1, only, all_keys);
  }
  return 0;
}
