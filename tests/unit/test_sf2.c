// Soundfonts, read and written: what is written reads back as it was, whatever
// is cut off or changed in a file gives one sentence, and zones that lie over
// each other become one as the specification says.
#include "soundfonts/sf2_merge.h"
#include "soundfonts/sf2_read.h"
#include "soundfonts/sf2_write.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { N_FRAMES = 300, MAX_FILE = 1 << 16 };

typedef struct Scene {
  CsArena *arena;
  char path[64];
  unsigned char bytes[MAX_FILE];
  size_t n_bytes;
} Scene;

static int16_t wave[N_FRAMES];

static const CsGenerator low_generators[] = {
    {CS_GEN_PAN, -500}, {CS_GEN_RELEASE, -2000}, {CS_GEN_ATTENUATION, 50}};
static const CsGenerator high_generators[] = {
    {CS_GEN_PAN, 500}, {CS_GEN_RELEASE, -2000}};
static const CsModulator modulators[] = {{0x0102, 8, -2400, 0, 0}};

static void
write_bank(const Scene *s)
{
  CsSoundZone piano[] = {
      {.low_key             = 0,
          .high_key         = 60,
          .low_velocity     = 1,
          .high_velocity    = 80,
          .samples          = wave,
          .n_frames         = N_FRAMES,
          .loop_start       = 100,
          .loop_end         = 200,
          .sample_rate      = 44100,
          .root_key         = 57,
          .correction_cents = -7,
          .sample_name      = "low",
          .generators       = low_generators,
          .n_generators     = 3,
          .modulators       = modulators,
          .n_modulators     = 1},
      {.low_key                = 61,
          .high_key            = 127,
          .low_velocity        = 1,
          .high_velocity       = 127,
          .samples             = wave,
          .n_frames            = N_FRAMES,
          .loop_start          = 100,
          .loop_end            = 200,
          .sample_rate         = 44100,
          .root_key            = 69,
          .correction_cents    = -7,
          .sample_name         = "high",
          .generators          = high_generators,
          .n_generators        = 2,
          .loops_until_release = true},
  };
  CsSoundZone drum[]     = {{.low_key = 36,
          .high_key                   = 36,
          .low_velocity               = 1,
          .high_velocity              = 127,
          .samples                    = wave + 50,
          .n_frames                   = 100,
          .sample_rate                = 22050,
          .root_key                   = 36,
          .sample_name                = "drum"}};
  const CsSound sounds[] = {
      {"a kit", 128, 8, drum, 1}, {"piano, of twenty by", 0, 3, piano, 2}};
  const CsSf2Info info = {"test", "nobody", "a notice\nof two lines"};
  assert_int_equal(cs_sf2_write(s->arena, s->path, &info, sounds, 2), CS_OK);
}

static int
set_up(void **state)
{
  Scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  for (int i = 0; i < N_FRAMES; i++)
    wave[i] = (int16_t)(i * 211 % 65536 - 32768);
  s->arena = cs_arena_new(NULL);
  (void)snprintf(
      s->path, sizeof s->path, "/tmp/cuesmith-sf2-%d", (int)getpid());
  write_bank(s);
  FILE *f = fopen(s->path, "rb");
  assert_non_null(f);
  s->n_bytes = fread(s->bytes, 1, sizeof s->bytes, f);
  (void)fclose(f);
  *state = s;
  return 0;
}

static int
tear_down(void **state)
{
  Scene *s = *state;
  unlink(s->path);
  cs_arena_free(s->arena);
  free(s);
  return 0;
}

static void
test_what_is_written_reads_back(void **state)
{
  const Scene *s = *state;
  CsSf2 *font    = NULL;
  CsSound sound;
  size_t n = 0;
  assert_int_equal(cs_sf2_open(s->arena, s->path, &font), CS_OK);
  (void)cs_sf2_presets(font, &n);
  assert_int_equal(n, 2);
  assert_int_equal(cs_sf2_find(font, 0, 4), -1);
  assert_int_equal(cs_sf2_find(font, 128, 8), 1);
  assert_int_equal(cs_sf2_read(font, 0, NULL, NULL, &sound), CS_OK);
  cs_sf2_close(font);
  assert_string_equal(sound.name, "piano, of twenty by");
  assert_int_equal(sound.program, 3);
  assert_int_equal(sound.n_zones, 2);
  const CsSoundZone *low = &sound.zones[0], *high = &sound.zones[1];
  assert_int_equal(low->low_key, 0);
  assert_int_equal(low->high_key, 60);
  assert_int_equal(low->low_velocity, 1);
  assert_int_equal(low->high_velocity, 80);
  assert_int_equal(low->n_frames, N_FRAMES);
  assert_memory_equal(low->samples, wave, sizeof wave);
  assert_ptr_equal(low->samples, high->samples);
  assert_int_equal(low->loop_start, 100);
  assert_int_equal(low->loop_end, 200);
  assert_int_equal(low->root_key, 57);
  assert_int_equal(high->root_key, 69);
  assert_int_equal(low->correction_cents, -7);
  assert_int_equal(low->sample_rate, 44100);
  assert_int_equal(low->n_generators, 3);
  assert_memory_equal(low->generators, low_generators, sizeof low_generators);
  assert_int_equal(low->n_modulators, 1);
  assert_memory_equal(low->modulators, modulators, sizeof modulators);
  assert_int_equal(high->n_modulators, 0);
  assert_false(low->loops_until_release);
  assert_true(high->loops_until_release);
}

static void
test_a_bank_is_the_same_bytes_each_time(void **state)
{
  Scene *s = *state;
  static unsigned char now[MAX_FILE];
  write_bank(s);
  FILE *f = fopen(s->path, "rb");
  assert_non_null(f);
  assert_int_equal(fread(now, 1, sizeof now, f), s->n_bytes);
  (void)fclose(f);
  assert_memory_equal(now, s->bytes, s->n_bytes);
}

static void
test_every_sample_is_followed_by_46_zeros(void **state)
{
  const Scene *s            = *state;
  const unsigned char *smpl = NULL;
  static const unsigned char zeros[92];
  for (size_t i = 0; i + 8 < s->n_bytes && smpl == NULL; i++)
    if (memcmp(s->bytes + i, "smpl", 4) == 0)
      smpl = s->bytes + i + 8;
  assert_non_null(smpl);
  assert_memory_equal(smpl + 2 * N_FRAMES, zeros, sizeof zeros);
  assert_memory_equal(smpl + 2 * (N_FRAMES + 46 + 100), zeros, sizeof zeros);
}

/// Read all presets of bytes. @return The first failure.
static CsStatus
read_all(CsArena *arena, unsigned char *bytes, size_t n_bytes)
{
  CsSf2 *font = NULL;
  CsSound sound;
  size_t n     = 0;
  FILE *stream = fmemopen(bytes, n_bytes, "rb");
  assert_non_null(stream);
  CsStatus status = cs_sf2_take(arena, "bad.sf2", stream, &font);
  if (status != CS_OK)
    return status;
  (void)cs_sf2_presets(font, &n);
  for (size_t i = 0; i < n && status == CS_OK; i++)
    status = cs_sf2_read(font, i, NULL, NULL, &sound);
  cs_sf2_close(font);
  return status;
}

static void
expect_a_sentence(CsArena *arena)
{
  const char *why = cs_arena_error(arena);
  if (strstr(why, "soundfont bad.sf2 ") != why || strchr(why, '\n') != NULL)
    fail_msg("\"%s\"", why);
}

static void
test_a_file_cut_anywhere_is_refused(void **state)
{
  Scene *s = *state;
  for (size_t n = 1; n < s->n_bytes; n += 3) {
    CsArena *arena = cs_arena_new(NULL);
    assert_int_equal(read_all(arena, s->bytes, n), CS_ERR_REQUEST);
    expect_a_sentence(arena);
    cs_arena_free(arena);
  }
}

static void
test_a_byte_changed_anywhere_gives_a_sound_or_a_sentence(void **state)
{
  Scene *s                           = *state;
  static const unsigned char other[] = {0x00, 0x7f, 0x80, 0xff};
  size_t n_refused                   = 0;
  for (size_t i = 0; i < s->n_bytes; i++) {
    const unsigned char was = s->bytes[i];
    for (size_t k = 0; k < sizeof other; k++) {
      CsArena *arena        = cs_arena_new(NULL);
      s->bytes[i]           = other[k];
      const CsStatus status = read_all(arena, s->bytes, s->n_bytes);
      assert_true(status == CS_OK || status == CS_ERR_REQUEST);
      if (status != CS_OK)
        expect_a_sentence(arena);
      n_refused += status != CS_OK;
      cs_arena_free(arena);
    }
    s->bytes[i] = was;
  }
  assert_in_range(n_refused, 100, 4 * s->n_bytes / 2);
}

// ---- Zones over each other --------------------------------------------------

static void
test_a_presets_amounts_are_added(void **state)
{
  (void)state;
  CsSf2Zone instrument, preset, out;
  cs_sf2_zone_clear(&instrument);
  cs_sf2_zone_clear(&preset);
  instrument.amounts[CS_GEN_ATTENUATION] = 100;
  instrument.is_set[CS_GEN_ATTENUATION]  = true;
  preset.amounts[CS_GEN_ATTENUATION]     = -150;
  preset.is_set[CS_GEN_ATTENUATION]      = true;
  preset.amounts[CS_GEN_FILTER_CUTOFF]   = -1000;
  preset.is_set[CS_GEN_FILTER_CUTOFF]    = true;
  preset.amounts[CS_GEN_EXCLUSIVE_CLASS] = 3;
  preset.is_set[CS_GEN_EXCLUSIVE_CLASS]  = true;
  instrument.keys[0]                     = 40;
  preset.keys[1]                         = 50;
  assert_true(cs_sf2_zone_merge(&instrument, &preset, &out));
  assert_int_equal(out.amounts[CS_GEN_ATTENUATION], -50);
  assert_int_equal(out.amounts[CS_GEN_FILTER_CUTOFF], 12500);
  assert_false(out.is_set[CS_GEN_EXCLUSIVE_CLASS]);
  assert_int_equal(out.keys[0], 40);
  assert_int_equal(out.keys[1], 50);
  preset.keys[1] = 39;
  assert_false(cs_sf2_zone_merge(&instrument, &preset, &out));
}

static void
test_a_presets_modulators_add_to_the_usual_ones(void **state)
{
  (void)state;
  CsSf2Zone instrument, preset, out;
  const CsModulator more  = {0x0502, CS_GEN_ATTENUATION, 700, 0, 0};
  const CsModulator alone = {0x0102, CS_GEN_FILTER_CUTOFF, -1200, 0, 0};
  cs_sf2_zone_clear(&instrument);
  cs_sf2_zone_clear(&preset);
  assert_true(cs_sf2_zone_add_modulator(&preset, &more));
  assert_true(cs_sf2_zone_add_modulator(&preset, &alone));
  assert_true(cs_sf2_zone_merge(&instrument, &preset, &out));
  assert_int_equal(out.n_modulators, 2);
  assert_int_equal(out.modulators[0].amount, 960 + 700);
  assert_int_equal(out.modulators[1].amount, -1200);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_is_written_reads_back),
      cmocka_unit_test(test_a_bank_is_the_same_bytes_each_time),
      cmocka_unit_test(test_every_sample_is_followed_by_46_zeros),
      cmocka_unit_test(test_a_file_cut_anywhere_is_refused),
      cmocka_unit_test(
          test_a_byte_changed_anywhere_gives_a_sound_or_a_sentence),
      cmocka_unit_test(test_a_presets_amounts_are_added),
      cmocka_unit_test(test_a_presets_modulators_add_to_the_usual_ones),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
