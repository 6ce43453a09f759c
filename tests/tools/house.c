// What the house bank holds: zones, bytes, time to synthesise and loudness;
// with a folder, house.sf2 and a WAV of each sound to listen to.
//
//     house [SOUNDFONTS_FOLDER [OUT_FOLDER [NAME]]]

#include "gen/base/mathx.h"
#include "gen/master/loudness.h"
#include "soundfonts/house/house.h"
#include "soundfonts/house/play.h"
#include "soundfonts/sf2_write.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NOTE_S = 2, GAP_S = 1, MAX_NOTES = 128 };

static double
now_s(void)
{
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/// The keys to hear: octaves, or each drum.
static size_t
keys_of(const CsSound *s, int *keys)
{
  size_t n = 0;
  if (s->bank != 128) {
    for (int k = 36; k <= 84; k += 12)
      keys[n++] = k;
    return n;
  }
  for (size_t i = 0; i < s->n_zones && n < MAX_NOTES; i++)
    if (n == 0 || keys[n - 1] != s->zones[i].low_key)
      keys[n++] = s->zones[i].low_key;
  return n;
}

static double
loudness_of(CsArena *arena, const CsSound *s, int key, int velocity)
{
  const size_t n    = 4 * CS_HOUSE_PLAY_RATE;
  float *buf        = calloc(2 * n, sizeof *buf);
  CsLoudness *meter = NULL;
  double lufs       = 0.0;
  if (buf == NULL)
    exit(1);
  cs_house_play(s, (CsHouseNote){key, velocity, 3.0}, buf, n);
  if (cs_loudness_new(arena, CS_HOUSE_PLAY_RATE, 2, &meter) == CS_OK &&
      cs_loudness_begin(arena, meter) == CS_OK &&
      cs_loudness_feed(arena, meter, buf, n) == CS_OK &&
      cs_loudness_end(arena, meter) == CS_OK)
    lufs = cs_loudness_momentary(meter);
  cs_loudness_free(meter);
  free(buf);
  return lufs;
}

static void
write_wav(const CsSound *s, const char *folder)
{
  int keys[MAX_NOTES];
  const size_t n_keys = keys_of(s, keys);
  const int note_s    = s->bank == 128 ? 1 : NOTE_S;
  const size_t n_each = (size_t)(note_s + GAP_S) * CS_HOUSE_PLAY_RATE;
  float *buf          = calloc(2 * n_each * n_keys, sizeof *buf);
  char path[512];
  SF_INFO info = {.samplerate = CS_HOUSE_PLAY_RATE,
      .channels               = 2,
      .format                 = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
  if (buf == NULL)
    exit(1);
  for (size_t i = 0; i < n_keys; i++)
    cs_house_play(
        s, (CsHouseNote){keys[i], 90, note_s}, buf + 2 * i * n_each, n_each);
  (void)snprintf(path, sizeof path, "%s/%s.wav", folder, s->name);
  for (char *c = path; *c != '\0'; c++)
    if (*c == ' ')
      *c = '-';
  SNDFILE *file = sf_open(path, SFM_WRITE, &info);
  if (file != NULL) {
    (void)sf_writef_float(file, buf, (sf_count_t)(n_each * n_keys));
    (void)sf_close(file);
  }
  free(buf);
}

/// Bytes of the samples that no earlier sound holds.
static double
new_bytes(const CsSound *sounds, size_t index)
{
  double bytes = 0.0;
  for (size_t z = 0; z < sounds[index].n_zones; z++) {
    const CsSoundZone *zone = &sounds[index].zones[z];
    bool is_new             = true;
    for (size_t s = 0; s <= index; s++)
      for (size_t o = 0; o < (s < index ? sounds[s].n_zones : z); o++)
        is_new = is_new && sounds[s].zones[o].samples != zone->samples;
    bytes += is_new ? 2.0 * (double)zone->n_frames : 0.0;
  }
  return bytes;
}

int
main(int argc, char **argv)
{
  CsArena *arena = cs_arena_new(NULL);
  CsHouse *house = NULL;
  double all_s = 0.0, all_bytes = 0.0;
  const char *place = argc > 1 ? argv[1] : "soundfonts";
  if (arena == NULL || cs_house_load(arena, place, &house) != CS_OK) {
    (void)fprintf(stderr, "%s\n", arena != NULL ? cs_arena_error(arena) : "");
    return 1;
  }
  const size_t n  = cs_house_n_sounds(house);
  CsSound *sounds = CS_NEW_N(arena, CsSound, n);
  for (size_t i = 0; sounds != NULL && i < n; i++) {
    const double begun = now_s();
    sounds[i]          = cs_house_outline(house, i);
    if (argc > 3 && strcmp(argv[3], sounds[i].name) != 0)
      continue;
    if (cs_house_make(arena, house, i, &sounds[i]) != CS_OK) {
      (void)fprintf(stderr, "%s\n", cs_arena_error(arena));
      return 1;
    }
    const CsSound s     = sounds[i];
    const double took_s = now_s() - begun;
    const double bytes  = new_bytes(sounds, i);
    int peak            = 0;
    for (size_t z = 0; z < s.n_zones; z++)
      for (size_t f = 0; f < s.zones[z].n_frames; f++)
        if (abs(s.zones[z].samples[f]) > peak)
          peak = abs(s.zones[z].samples[f]);
    printf("%-20s %3d:%-3d %3zu zones %6.0f kB %5.2f s peak %5d", s.name,
        s.bank, s.program, s.n_zones, bytes / 1000, took_s, peak);
    int keys[MAX_NOTES];
    const size_t n_keys = keys_of(&s, keys);
    for (size_t k = 0; k < n_keys; k++)
      printf(" %d:%.1f", keys[k], loudness_of(arena, &s, keys[k], 64));
    printf("\n");
    all_s += took_s;
    all_bytes += bytes;
    if (argc > 2)
      write_wav(&s, argv[2]);
  }
  printf("%.1f MB in %.1f s\n", all_bytes / 1e6, all_s);
  const CsSf2Info info = {"house", "", ""};
  if (argc == 3 &&
      cs_sf2_write(arena, cs_arena_printf(arena, "%s/house.sf2", argv[2]),
          &info, sounds, n) != CS_OK)
    (void)fprintf(stderr, "%s\n", cs_arena_error(arena));
  cs_arena_free(arena);
  return 0;
}
