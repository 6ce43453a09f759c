// What the audit's ear hears in sound files: one JSON object a line.
//
//     hear FILE...

#include "gen/audit/ear.h"
#include "gen/io/audio_file.h"

#include <stdio.h>
#include <time.h>

static double
now_s(void)
{
  struct timespec t;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/// @param busy_s  Time that hearing took, reading the file not counted.
static CsStatus
hear_file(CsArena *arena, const CsAudioInfo *info, CsAudioReader *reader,
    CsEar *ear, double *busy_s)
{
  enum { N_FRAMES = 4096 };
  float frames[N_FRAMES * 2];
  size_t n = 0;
  if (info->n_channels > 2)
    return cs_fail(arena, CS_ERR_REQUEST, "at most two channels are heard");
  do {
    CS_TRY(cs_audio_reader_read(arena, reader, frames, N_FRAMES, &n));
    const double start_s = now_s();
    CS_TRY(cs_ear_hear(arena, ear, frames, n));
    *busy_s += now_s() - start_s;
  } while (n > 0);
  return CS_OK;
}

static void
print(const char *path, const CsHeard *h, double busy_s)
{
  (void)printf("{\"file\": \"%s\", \"frames\": %lld, \"integrated\": %.2f, "
               "\"range\": %.2f, \"momentary\": %.2f, \"true_peak\": %.2f, "
               "\"rms\": %.2f, \"lead_s\": %.2f, \"peak_at_s\": %.3f, "
               "\"peak\": %.2f, \"last_50_ms\": %.2f, \"last\": %.6f, "
               "\"loudest_3_s\": %.1f, \"balance\": %.2f, "
               "\"correlation\": %.3f, \"mono_loss\": %.2f, "
               "\"speech_band\": %.2f, \"pulse\": %.3f, \"pulse_lag_s\": %.2f, "
               "\"times_real_time\": %.0f, \"octaves\": [",
      path, (long long)h->n_frames, h->integrated_lufs, h->range_lu,
      h->momentary_max_lufs, h->true_peak_dbtp, h->rms_dbfs, h->lead_s,
      h->peak_at_s, h->peak_dbfs, h->last_50_ms_dbfs, h->last_sample,
      h->loudest_3_s_at_s, h->balance_db, h->correlation, h->mono_loss_db,
      h->speech_band_db, h->pulse, h->pulse_lag_s,
      (double)h->n_frames / h->sample_rate / busy_s);
  for (int o = 0; o < CS_N_OCTAVES; o++)
    (void)printf("%s%.2f", o > 0 ? ", " : "", h->octave_db[o]);
  (void)printf("]}\n");
}

static CsStatus
hear(CsArena *arena, const char *path)
{
  CsAudioInfo info;
  CsAudioReader *reader = NULL;
  CsEar *ear            = NULL;
  CsHeard heard         = {.n_frames = 0};
  double busy_s         = 0.0;
  CS_TRY(cs_audio_info(arena, path, false, &info));
  CS_TRY(cs_audio_reader_open(arena, path, &reader));
  CsStatus status = cs_ear_new(arena, info.sample_rate, info.n_channels, &ear);
  if (status == CS_OK)
    status = hear_file(arena, &info, reader, ear, &busy_s);
  const double start_s = now_s();
  if (status == CS_OK)
    status = cs_ear_report(arena, ear, &heard);
  busy_s += now_s() - start_s;
  if (status == CS_OK)
    print(path, &heard, busy_s);
  cs_ear_free(ear);
  cs_audio_reader_free(reader);
  return status;
}

int
main(int argc, char **argv)
{
  int bad = 0;
  for (int i = 1; i < argc; i++) {
    CsArena *arena = cs_arena_new(NULL);
    if (arena == NULL || hear(arena, argv[i]) != CS_OK) {
      (void)fprintf(stderr, "%s: %s\n", argv[i],
          arena != NULL ? cs_arena_error(arena) : "no memory");
      bad = 1;
    }
    cs_arena_free(arena);
  }
  return bad;
}
