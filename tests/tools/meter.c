// An independent look at a sound file, for the tests: libsndfile reads it and
// libebur128 measures it; nothing of the program's own is used.
//
//     meter FILE...   one JSON object a line

#include <ebur128.h>
#include <sndfile.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FRAMES = 4800 };

typedef struct Figures {
  double momentary_max;
  double end_sum, n_end;
  double lead_s; ///< First sample over -60 dBFS.
  double last_sample;
} Figures;

static double
or_silence(double lufs)
{
  return isfinite(lufs) ? lufs : -200.0;
}

static void
take_block(const SF_INFO *info, const float *block, long at, long n,
    ebur128_state *meter, Figures *f)
{
  double momentary     = 0.0;
  const long end_from  = (long)info->frames - (long)(0.05 * info->samplerate);
  const int n_channels = info->channels;
  (void)ebur128_add_frames_float(meter, block, (size_t)n);
  if (ebur128_loudness_momentary(meter, &momentary) == EBUR128_SUCCESS &&
      momentary > f->momentary_max)
    f->momentary_max = momentary;
  for (long i = 0; i < n * n_channels; i++) {
    const double x   = (double)block[i];
    const long frame = at + i / n_channels;
    if (f->lead_s < 0.0 && fabs(x) > 0.001)
      f->lead_s = (double)frame / info->samplerate;
    if (frame >= end_from) {
      f->end_sum += x * x;
      f->n_end += 1.0;
    }
    f->last_sample = x;
  }
}

static int
measure(const char *path)
{
  SF_INFO info = {0};
  SNDFILE *in  = sf_open(path, SFM_READ, &info);
  if (in == NULL) {
    (void)fprintf(stderr, "%s: %s\n", path, sf_strerror(NULL));
    return 1;
  }
  ebur128_state *meter = ebur128_init((unsigned)info.channels,
      (unsigned long)info.samplerate, EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
  float *block = malloc(sizeof *block * BLOCK_FRAMES * (size_t)info.channels);
  Figures f    = {.momentary_max = -200.0, .lead_s = -1.0};
  long at = 0, n = 0;
  if (meter == NULL || block == NULL)
    return 1;
  while ((n = (long)sf_readf_float(in, block, BLOCK_FRAMES)) > 0) {
    take_block(&info, block, at, n, meter, &f);
    at += n;
  }
  double integrated = 0.0, peak = 0.0;
  (void)ebur128_loudness_global(meter, &integrated);
  for (unsigned c = 0; c < (unsigned)info.channels; c++) {
    double channel_peak = 0.0;
    (void)ebur128_true_peak(meter, c, &channel_peak);
    peak = channel_peak > peak ? channel_peak : peak;
  }
  (void)printf("{\"file\": \"%s\", \"frames\": %ld, \"rate\": %d, "
               "\"channels\": %d, \"integrated\": %.3f, \"momentary\": %.3f, "
               "\"true_peak\": %.3f, \"end_rms\": %.2f, \"last\": %.9f, "
               "\"lead_s\": %.4f}\n",
      path, at, info.samplerate, info.channels, or_silence(integrated),
      or_silence(f.momentary_max), 20.0 * log10(peak + 1e-10),
      10.0 * log10(f.end_sum / fmax(f.n_end, 1.0) + 1e-20), f.last_sample,
      f.lead_s);
  free(block);
  ebur128_destroy(&meter);
  (void)sf_close(in);
  return 0;
}

int
main(int argc, char **argv)
{
  int bad = argc < 2;
  for (int i = 1; i < argc; i++)
    bad |= measure(argv[i]);
  return bad;
}
