// Any bytes as a soundfont: refused in one sentence, or its presets are read
// and played, and what was read can be written and read again.
//
// The seeds are made on the fly: small banks that our own writer writes into
// the first folder of the command line.
#include "fuzz.h"

#include "gen/synth/synth.h"
#include "soundfonts/generators.h"
#include "soundfonts/sf2_read.h"
#include "soundfonts/sf2_write.h"

#include <math.h>
#include <sys/stat.h>

enum { N_FRAMES = 200, MOST_ZONES = 500 };

static void
write_seed(const char *folder, const char *name, size_t n_zones, int mode)
{
  static int16_t wave[N_FRAMES];
  static const CsGenerator generators[] = {
      {CS_GEN_PAN, -500}, {CS_GEN_RELEASE, 100}, {CS_GEN_ATTENUATION, 30}};
  static const CsModulator modulators[] = {{0x0102, 8, -2400, 0, 0}};
  CsArena *arena                        = cs_arena_new(NULL);
  CsSoundZone zones[8];
  for (int i = 0; i < N_FRAMES; i++)
    wave[i] = (int16_t)(i * 331 % 20000 - 10000);
  for (size_t i = 0; i < n_zones; i++)
    zones[i] = (CsSoundZone){.low_key = (int)i * 16,
        .high_key                     = (int)i * 16 + 15,
        .low_velocity                 = 1,
        .high_velocity                = 127,
        .samples                      = wave + i,
        .n_frames                     = N_FRAMES - 2 * i,
        .loop_start                   = mode > 0 ? 20 : 0,
        .loop_end                     = mode > 0 ? 120 : 0,
        .sample_rate                  = 44100,
        .root_key                     = 60,
        .sample_name                  = "wave",
        .generators                   = generators,
        .n_generators                 = (size_t)mode % 4,
        .loops_until_release          = mode > 1,
        .modulators                   = modulators,
        .n_modulators                 = 1};
  const CsSound sounds[] = {
      {"one", 0, 0, zones, n_zones}, {"kit", 128, 0, zones, 1}};
  const CsSf2Info info = {"seed", "nobody", "notice"};
  const char *path     = cs_arena_printf(arena, "%s/%s", folder, name);
  fuzz_want(cs_sf2_write(arena, path, &info, sounds, 2) == CS_OK,
      "a seed can be written", cs_arena_error(arena));
  cs_arena_free(arena);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  struct stat info;
  for (int i = 1; i < *argc; i++) {
    const char *folder = (*argv)[i];
    if (folder[0] == '-' || stat(folder, &info) != 0 || !S_ISDIR(info.st_mode))
      continue;
    write_seed(folder, "seed-plain", 1, 0);
    write_seed(folder, "seed-loops", 3, 1);
    write_seed(folder, "seed-zones", 8, 3);
    break;
  }
  return 0;
}

/// Whatever was read has its zones in order.
static void
check_sound(const CsSound *sound)
{
  for (size_t i = 0; i < sound->n_zones; i++) {
    const CsSoundZone *z = &sound->zones[i];
    fuzz_want(z->low_key >= 0 && z->low_key <= z->high_key &&
                  z->high_key <= 127 && z->low_velocity >= 1 &&
                  z->low_velocity <= z->high_velocity &&
                  z->high_velocity <= 127,
        "a zone has keys and velocities", sound->name);
    fuzz_want(z->n_frames > 0 && z->loop_start <= z->loop_end &&
                  z->loop_end <= z->n_frames,
        "a loop lies in its sample", sound->name);
  }
}

static CsStatus
take(CsArena *arena, const uint8_t *bytes, size_t n_bytes, CsSf2 **font)
{
  FILE *stream = fmemopen((void *)(uintptr_t)bytes, n_bytes, "rb");
  fuzz_want(stream != NULL, "memory can be opened", "");
  return cs_sf2_take(arena, "fuzz.sf2", stream, font);
}

static void
write_again(CsArena *arena, const CsSound *sounds, size_t n)
{
  size_t n_zones       = 0;
  const CsSf2Info info = {"fuzz", "", ""};
  for (size_t i = 0; i < n; i++)
    n_zones += sounds[i].n_zones;
  if (n_zones > MOST_ZONES)
    return; // too slow to try many
  const CsStatus status =
      cs_sf2_write(arena, "/dev/shm/cuesmith-fuzz.sf2", &info, sounds, n);
  fuzz_want(status == CS_OK || status == CS_ERR_REQUEST,
      "what was read can be written", cs_arena_error(arena));
}

/// Notes of a preset, chords and short ones among them: whatever the font asks
/// for, they are numbers.
static CsStatus
play(CsArena *arena, CsSf2 *font, const CsSf2Preset *preset)
{
  enum { N = 64 * 20 };
  float left[N], right[N];
  bool keys[CS_N_KEYS_PLAYED] = {false};
  const CsPatch *patch        = NULL;
  for (int key = 0; key < CS_N_KEYS_PLAYED; key += 9)
    keys[key] = true;
  CS_TRY(
      cs_patch_read(arena, font, preset->bank, preset->program, keys, &patch));
  CsSynth *synth = cs_synth_new(patch, 0.3, 48000);
  fuzz_want(synth != NULL, "there is memory for a synthesizer", preset->name);
  for (int key = 0; key < CS_N_KEYS_PLAYED; key += 9) {
    (void)cs_synth_facts(synth, key, key + 1);
    cs_synth_note_on(synth, key, key + 1);
    fuzz_want(cs_synth_render(synth, left, right, N), "notes are rendered",
        preset->name);
    for (int i = 0; i < N; i++)
      fuzz_want(isfinite(left[i]) && isfinite(right[i]), "sound is finite",
          preset->name);
    cs_synth_note_off(synth, key / 2);
  }
  cs_synth_free(synth);
  return CS_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  if (n_bytes == 0)
    return 0;
  CsArena *arena  = cs_arena_new(NULL);
  CsSf2 *font     = NULL;
  size_t n        = 0;
  CsStatus status = take(arena, bytes, n_bytes, &font);
  if (status == CS_OK) {
    (void)cs_sf2_presets(font, &n);
    CsSound *sounds = CS_NEW_N(arena, CsSound, n);
    for (size_t i = 0; i < n && status == CS_OK; i++) {
      status = cs_sf2_read(font, i, NULL, NULL, &sounds[i]);
      check_sound(&sounds[i]);
    }
    const CsSf2Preset *presets = cs_sf2_presets(font, &n);
    for (size_t i = 0; i < n && i < 3 && status == CS_OK; i++)
      if (sounds[i].n_zones <= MOST_ZONES)
        status = play(arena, font, &presets[i]);
    cs_sf2_close(font);
    if (status == CS_OK)
      write_again(arena, sounds, n);
  }
  fuzz_check_refusal(status, cs_arena_error(arena));
  cs_arena_free(arena);
  return 0;
}
