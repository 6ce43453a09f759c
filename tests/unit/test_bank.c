// Our own bank: its recipe is checked, its mends do what they say, its papers
// read back, and what is shipped has a row for every preset in use.
#include "gen/engine.h"
#include "gen/levels.h"
#include "soundfonts/generators.h"
#include "soundfonts/measured.h"
#include "soundfonts/mend.h"
#include "soundfonts/bank_papers.h"
#include "soundfonts/recipe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { N_FRAMES = 4000 };

static int16_t wave[N_FRAMES];

static CsSoundZone
zone(int low_key, int high_key, int low_velocity, int high_velocity)
{
  return (CsSoundZone){.low_key = low_key,
      .high_key                 = high_key,
      .low_velocity             = low_velocity,
      .high_velocity            = high_velocity,
      .samples                  = wave,
      .n_frames                 = N_FRAMES,
      .sample_rate              = 1000,
      .root_key                 = low_key,
      .sample_name              = "wave"};
}

static CsBankPreset
row(void)
{
  return (CsBankPreset){.name = "test",
      .keys                   = {0, 127},
      .every                  = 1,
      .up_to_velocity         = 127,
      .why                    = "test"};
}

static CsStatus
mend(CsArena *arena, const CsBankPreset *r, CsSoundZone *zones, size_t n,
    CsSound *sound)
{
  *sound = (CsSound){.name = "font's name", .zones = zones, .n_zones = n};
  return cs_mend_sound(arena, r, 0.0, sound);
}

// ---- The recipe -------------------------------------------------------------

static void
expect_refusal(const char *rows, const char *words)
{
  CsArena *arena   = cs_arena_new(NULL);
  CsRecipe *recipe = NULL;
  const char *text = cs_arena_printf(arena, "{\"presets\": [%s]}", rows);
  assert_int_equal(
      cs_recipe_read(arena, "recipe.json", text, strlen(text), &recipe),
      CS_ERR_REQUEST);
  if (strstr(cs_arena_error(arena), words) == NULL)
    fail_msg("\"%s\" lacks \"%s\"", cs_arena_error(arena), words);
  cs_arena_free(arena);
}

#define ROW                                                                    \
  "\"name\": \"x\", \"program\": 3, \"source\": \"fluid\", \"keys\": [0, "     \
  "127], \"why\": \"y\""

static void
test_a_wrong_recipe_is_refused_with_its_place(void **state)
{
  (void)state;
  expect_refusal("{\"name\": \"x\"}", "program");
  expect_refusal("{" ROW ", \"colour\": 1}", "colour");
  expect_refusal("{" ROW ", \"gain_db\": 99}", "gain_db");
  expect_refusal("{" ROW ", \"mends\": [[1, 2]]}", "[key, cents, dB]");
  expect_refusal("{" ROW ", \"mends\": [[200, 0, 0]]}", "0..127");
  expect_refusal("{" ROW "}, {" ROW "}", "is \"x\" already");
}

static void
test_every_preset_in_use_has_a_row_and_figures(void **state)
{
  (void)state;
  char why[CS_MESSAGE_BYTES];
  CsEngine *engine          = NULL;
  CsRecipe *recipe          = NULL;
  CsMeasuredFonts *measured = NULL;
  assert_int_equal(cs_engine_open(NULL, why, &engine), CS_OK);
  assert_int_equal(cs_recipe_load(engine->arena, "soundfonts", &recipe), CS_OK);
  assert_int_equal(
      cs_measured_load(engine->arena, "soundfonts", &measured), CS_OK);
  for (size_t i = 0; i < engine->presets->n_instruments; i++) {
    const CsInstrument *in = &engine->presets->instruments[i];
    bool is_found          = in->drum_key >= 0;
    for (size_t k = 0; k < recipe->n_presets && !is_found; k++) {
      const CsBankPreset *r = &recipe->presets[k];
      is_found = r->bank == in->bank && r->program == in->program &&
                 (r->source == CS_SOURCE_HOUSE ||
                     cs_measured_find(measured, (CsBankSource)r->source,
                         r->from_bank, r->from_program) != NULL);
    }
    if (!is_found)
      fail_msg("%s has no row", in->name);
  }
  cs_engine_close(engine);
}

// ---- Mends ------------------------------------------------------------------

static void
test_silent_keys_are_played_by_their_neighbours(void **state)
{
  (void)state;
  CsArena *arena       = cs_arena_new(NULL);
  CsSoundZone zones[]  = {zone(40, 50, 1, 127), zone(60, 70, 1, 127)};
  const CsBankPreset r = row();
  CsSound sound;
  assert_int_equal(mend(arena, &r, zones, 2, &sound), CS_OK);
  assert_string_equal(sound.name, "test");
  assert_int_equal(sound.zones[0].low_key, 0);
  assert_int_equal(sound.zones[0].high_key, 59);
  assert_int_equal(sound.zones[1].low_key, 60);
  assert_int_equal(sound.zones[1].high_key, 127);
  cs_arena_free(arena);
}

static void
test_gain_and_tuning_reach_the_zone(void **state)
{
  (void)state;
  CsArena *arena           = cs_arena_new(NULL);
  const CsBankMend mends[] = {{65, 8.0, -1.0}};
  CsSoundZone zones[]      = {zone(0, 60, 1, 127), zone(61, 127, 1, 127)};
  CsBankPreset r           = row();
  CsSound sound;
  r.gain_db    = -2.0;
  r.tune_cents = 95.0;
  r.mends      = mends;
  r.n_mends    = 1;
  assert_int_equal(mend(arena, &r, zones, 2, &sound), CS_OK);
  const CsSoundZone *low = &sound.zones[0], *high = &sound.zones[1];
  assert_int_equal(cs_zone_generator(low, CS_GEN_ATTENUATION, 0), 50);
  assert_int_equal(cs_zone_generator(high, CS_GEN_ATTENUATION, 0), 75);
  assert_int_equal(cs_zone_generator(low, CS_GEN_FINE_TUNE, 0), 95);
  // 103 cents do not fit: a semitone and 3.
  assert_int_equal(cs_zone_generator(high, CS_GEN_COARSE_TUNE, 0), 1);
  assert_int_equal(cs_zone_generator(high, CS_GEN_FINE_TUNE, 0), 3);
  cs_arena_free(arena);
}

static void
test_more_gain_than_attenuation_goes_into_the_samples(void **state)
{
  (void)state;
  CsArena *arena      = cs_arena_new(NULL);
  CsSoundZone zones[] = {zone(0, 60, 1, 127), zone(61, 127, 1, 127)};
  CsBankPreset r      = row();
  CsSound sound;
  r.gain_db = 6.0205999;
  assert_int_equal(mend(arena, &r, zones, 2, &sound), CS_OK);
  assert_int_equal(
      cs_zone_generator(&sound.zones[0], CS_GEN_ATTENUATION, 0), 0);
  assert_in_range(
      sound.zones[0].samples[150], 2 * wave[150] - 25, 2 * wave[150] + 25);
  assert_ptr_equal(sound.zones[0].samples, sound.zones[1].samples);
  cs_arena_free(arena);
}

static void
test_a_row_that_leaves_a_key_silent_is_refused(void **state)
{
  (void)state;
  CsArena *arena      = cs_arena_new(NULL);
  CsSoundZone zones[] = {zone(0, 60, 1, 127), zone(61, 127, 64, 127)};
  CsBankPreset r      = row();
  CsSound sound;
  assert_int_equal(mend(arena, &r, zones, 2, &sound), CS_ERR_REQUEST);
  assert_non_null(strstr(cs_arena_error(arena), "key 61"));
  cs_arena_free(arena);
}

static void
test_every_second_pitch_is_kept_and_stretched(void **state)
{
  (void)state;
  CsArena *arena      = cs_arena_new(NULL);
  CsSoundZone zones[] = {zone(40, 43, 1, 127), zone(44, 47, 1, 127),
      zone(48, 51, 1, 127), zone(52, 55, 1, 127)};
  CsBankPreset r      = row();
  CsSound sound;
  r.every = 2;
  assert_int_equal(mend(arena, &r, zones, 4, &sound), CS_OK);
  assert_int_equal(sound.n_zones, 2);
  assert_int_equal(sound.zones[0].root_key, 40);
  assert_int_equal(sound.zones[0].high_key, 47);
  assert_int_equal(sound.zones[1].root_key, 48);
  cs_arena_free(arena);
}

static void
test_one_side_of_a_pair_stands_in_the_middle(void **state)
{
  (void)state;
  static const CsGenerator left  = {CS_GEN_PAN, -500};
  static const CsGenerator right = {CS_GEN_PAN, 500};
  CsArena *arena                 = cs_arena_new(NULL);
  CsSoundZone zones[]            = {zone(0, 127, 1, 127), zone(0, 127, 1, 127)};
  CsBankPreset r                 = row();
  CsSound sound;
  zones[0].generators   = &left;
  zones[1].generators   = &right;
  zones[0].n_generators = zones[1].n_generators = 1;
  r.one_side                                    = true;
  assert_int_equal(mend(arena, &r, zones, 2, &sound), CS_OK);
  assert_int_equal(sound.n_zones, 1);
  assert_int_equal(cs_zone_generator(&sound.zones[0], CS_GEN_PAN, -1), 0);
  cs_arena_free(arena);
}

static void
test_layers_that_differ_in_time_alone_become_a_modulator(void **state)
{
  (void)state;
  static const CsGenerator release[] = {{CS_GEN_RELEASE, -2000},
      {CS_GEN_RELEASE, -1500}, {CS_GEN_RELEASE, -1000}, {CS_GEN_RELEASE, -500}};
  CsArena *arena                     = cs_arena_new(NULL);
  CsSoundZone zones[]  = {zone(0, 127, 1, 64), zone(0, 127, 65, 84),
       zone(0, 127, 85, 104), zone(0, 127, 105, 124)};
  const CsBankPreset r = row();
  CsSound sound;
  for (size_t i = 0; i < 4; i++) {
    zones[i].generators   = &release[i];
    zones[i].n_generators = 1;
  }
  zones[3].high_velocity = 127;
  assert_int_equal(mend(arena, &r, zones, 4, &sound), CS_OK);
  assert_int_equal(sound.n_zones, 2);
  const CsSoundZone *low = &sound.zones[0], *high = &sound.zones[1];
  assert_int_equal(cs_zone_generator(low, CS_GEN_RELEASE, 0), -2000);
  assert_int_equal(high->low_velocity, 65);
  assert_int_equal(high->high_velocity, 127);
  assert_int_equal(high->n_modulators, 1);
  // At velocity 74 the middle of what was the lowest of the three.
  const double at_74 = cs_zone_generator(high, CS_GEN_RELEASE, 0) +
                       high->modulators[0].amount * (127.0 - 74.0) / 127.0;
  assert_in_range((int)(at_74 + 2000.0), 500 - 60, 500 + 60);
  cs_arena_free(arena);
}

static void
test_a_cropped_sample_ends_in_silence(void **state)
{
  (void)state;
  CsArena *arena      = cs_arena_new(NULL);
  CsSoundZone zones[] = {zone(0, 127, 1, 127)};
  CsBankPreset r      = row();
  CsSound sound;
  r.seconds           = 2.0;
  zones[0].loop_start = 3000;
  zones[0].loop_end   = 3500;
  assert_int_equal(mend(arena, &r, zones, 1, &sound), CS_OK);
  assert_int_equal(sound.zones[0].n_frames, 2000);
  assert_int_equal(sound.zones[0].loop_end, 0);
  assert_int_equal(sound.zones[0].samples[1000], wave[1000]);
  assert_in_range(sound.zones[0].samples[1999] + 5, 0, 10);
  cs_arena_free(arena);
}

// ---- Papers -----------------------------------------------------------------

static void
test_papers_read_back(void **state)
{
  (void)state;
  CsArena *arena        = cs_arena_new(NULL);
  const char *presets[] = {"0:1", "128:0"}, *own[] = {"64:89"};
  CsBankOrigin origin  = {"a font", "abc", "MIT", "somebody", {presets, 2}};
  CsBankPapers written = {12345, "ends", "whole", &origin, 1, {own, 1}}, read;
  const char *bank =
      cs_arena_printf(arena, "/tmp/cuesmith-papers-%d.sf2", (int)getpid());
  assert_int_equal(cs_bank_papers_write(arena, bank, &written), CS_OK);
  assert_int_equal(cs_bank_papers_read(arena, bank, &read), CS_OK);
  unlink(cs_arena_printf(arena, "%s.json", bank));
  assert_int_equal((int)read.n_bytes, 12345);
  assert_string_equal(read.sha256, "whole");
  assert_int_equal(read.n_origins, 1);
  assert_string_equal(read.origins[0].holder, "somebody");
  const CsFont font = {.origins = read.origins,
      .n_origins                = read.n_origins,
      .synthesised              = read.synthesised};
  assert_int_equal(cs_font_origin(arena, &font, 128, 0), 0);
  assert_int_equal(cs_font_origin(arena, &font, 64, 89), CS_ORIGIN_SYNTHESISED);
  assert_int_equal(cs_font_origin(arena, &font, 0, 2), CS_ORIGIN_ITSELF);
  assert_int_equal(cs_bank_papers_read(arena, bank, &read), CS_ERR_REQUEST);
  cs_arena_free(arena);
}

// ---- The bank that was made -------------------------------------------------

#define BANK "build/cuesmith.sf2"

static void
expect_level(const CsEngine *engine, const CsMeasuredFonts *measured,
    CsSf2 *font, const char *name)
{
  const CsInstrument *in = cs_find_instrument(engine->presets, name);
  double level           = 0.0;
  int keys[CS_LEVEL_KEYS];
  assert_non_null(in);
  const CsMeasuredPreset *wanted =
      cs_measured_find(measured, CS_SOURCE_FLUID, in->bank, in->program);
  cs_level_keys(in, keys);
  assert_int_equal(cs_level_measure(engine->arena, font, in->bank, in->program,
                       keys, &level),
      CS_OK);
  if (!(level > wanted->level_db - 0.5 && level < wanted->level_db + 0.5))
    fail_msg("%s measures %.1f, FluidR3's %.1f", name, level, wanted->level_db);
}

static void
test_the_bank_is_as_loud_as_the_font_that_levels_were_tuned_on(void **state)
{
  (void)state;
  static const char *const names[] = {"piano", "nylon guitar", "finger bass",
      "strings", "flute", "french horn", "warm pad", "marimba", "brush kit"};
  char why[CS_MESSAGE_BYTES];
  CsEngine *engine          = NULL;
  CsMeasuredFonts *measured = NULL;
  CsSf2 *font               = NULL;
  CsBankPapers papers;
  assert_int_equal(cs_engine_open(NULL, why, &engine), CS_OK);
  if (cs_bank_papers_read(engine->arena, BANK, &papers) != CS_OK ||
      papers.n_origins < 2) {
    print_message("skipped: no bank is made here from both fonts; run make\n");
    cs_engine_close(engine);
    skip();
  }
  assert_int_equal(
      cs_measured_load(engine->arena, "soundfonts", &measured), CS_OK);
  assert_int_equal(cs_sf2_open(engine->arena, BANK, &font), CS_OK);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    expect_level(engine, measured, font, names[i]);
  cs_sf2_close(font);
  cs_engine_close(engine);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_wrong_recipe_is_refused_with_its_place),
      cmocka_unit_test(test_every_preset_in_use_has_a_row_and_figures),
      cmocka_unit_test(test_silent_keys_are_played_by_their_neighbours),
      cmocka_unit_test(test_gain_and_tuning_reach_the_zone),
      cmocka_unit_test(test_more_gain_than_attenuation_goes_into_the_samples),
      cmocka_unit_test(test_a_row_that_leaves_a_key_silent_is_refused),
      cmocka_unit_test(test_every_second_pitch_is_kept_and_stretched),
      cmocka_unit_test(test_one_side_of_a_pair_stands_in_the_middle),
      cmocka_unit_test(
          test_layers_that_differ_in_time_alone_become_a_modulator),
      cmocka_unit_test(test_a_cropped_sample_ends_in_silence),
      cmocka_unit_test(test_papers_read_back),
      cmocka_unit_test(
          test_the_bank_is_as_loud_as_the_font_that_levels_were_tuned_on),
  };
  for (int i = 0; i < N_FRAMES; i++)
    wave[i] = (int16_t)(i % 200 * 50 - 5000);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
