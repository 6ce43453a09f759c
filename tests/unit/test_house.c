// The house bank, measured: tuning, joints, levels, bands, and what a file of
// recipes is told when it is wrong.

#include "gen/base/file.h"
#include "gen/base/fft.h"
#include "gen/base/mathx.h"
#include "gen/master/loudness.h"
#include "soundfonts/house/house.h"
#include "soundfonts/house/play.h"
#include "soundfonts/mend.h"

// cmocka wants these before itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_POINTS = 65536, KIT_BANK = 128, N_PROGRAMS = 128 };

typedef struct Fixture {
  CsArena *arena;
  CsHouse *house;
} Fixture;

static Fixture fixture;

static int
open_house(void **state)
{
  (void)state;
  const char *data = NULL;
  fixture.arena    = cs_arena_new(NULL);
  assert_int_equal(cs_data_folder(fixture.arena, NULL, &data), CS_OK);
  assert_int_equal(cs_house_load(fixture.arena,
                       cs_arena_printf(fixture.arena, "%s/soundfonts", data),
                       &fixture.house),
      CS_OK);
  return 0;
}

static int
close_house(void **state)
{
  (void)state;
  cs_arena_free(fixture.arena);
  return 0;
}

static CsSound
make(const char *name)
{
  CsSound sound = {.name = NULL};
  for (size_t i = 0; i < cs_house_n_sounds(fixture.house); i++)
    if (strcmp(cs_house_outline(fixture.house, i).name, name) == 0)
      assert_int_equal(
          cs_house_make(fixture.arena, fixture.house, i, &sound), CS_OK);
  assert_non_null(sound.name);
  return sound;
}

// ---- Spectra ----------------------------------------------------------------

/// Power of each bin of what a zone plays from its loop on, at its own rate.
static double *
spectrum_of(const CsSoundZone *z)
{
  CsFft *fft = NULL;
  assert_int_equal(cs_fft_new(fixture.arena, N_POINTS, &fft), CS_OK);
  float *re     = calloc(N_POINTS, sizeof *re);
  float *im     = calloc(N_POINTS, sizeof *im);
  double *power = calloc(N_POINTS / 2, sizeof *power);
  assert_true(re != NULL && im != NULL && power != NULL);
  const size_t n_loop = z->loop_end - z->loop_start;
  for (size_t i = 0; i < N_POINTS; i++) {
    // Four terms of Blackman and Harris: side lobes 92 dB down.
    const double w      = 2.0 * CS_PI * (double)i / N_POINTS;
    const double window = 0.35875 - 0.48829 * cs_cos(w) +
                          0.14128 * cs_cos(2.0 * w) - 0.01168 * cs_cos(3.0 * w);
    re[i] = (float)(window * z->samples[z->loop_start + i % n_loop]);
  }
  cs_fft_run(fft, re, im);
  for (size_t i = 0; i < N_POINTS / 2; i++) {
    const size_t k = cs_fft_places(fft)[i];
    power[i] = (double)re[k] * (double)re[k] + (double)im[k] * (double)im[k];
  }
  free(re);
  free(im);
  return power;
}

static double
hz_of_key(double key)
{
  return 440.0 * cs_exp2((key - 69.0) / 12.0);
}

/// Cents between the middle of the energy around the fundamental and the key.
static double
cents_off(const CsSoundZone *z, const double *power)
{
  const double bin_hz = (double)z->sample_rate / N_POINTS;
  const double hz     = hz_of_key(z->root_key - z->correction_cents / 100.0);
  const int reach     = 4 + (int)(hz * 0.03 / bin_hz);
  const int middle    = (int)(hz / bin_hz + 0.5);
  double sum = 0.0, moment = 0.0;
  for (int i = middle - reach; i <= middle + reach; i++) {
    sum += power[i];
    moment += power[i] * i;
  }
  return 1200.0 * cs_log2(moment / sum * bin_hz / hz);
}

static void
check_tuning(const char *name, size_t every)
{
  const CsSound s = make(name);
  for (size_t i = 0; i < s.n_zones; i += every) {
    const CsSoundZone *z = &s.zones[i];
    if (z->loop_end == z->loop_start)
      continue;
    double *power    = spectrum_of(z);
    const double off = cents_off(z, power);
    if (fabs(off) > 2.0)
      fail_msg("%s, key %d is off by %.2f cents", name, z->root_key, off);
    free(power);
  }
}

static void
test_every_kind_is_in_tune(void **state)
{
  (void)state;
  check_tuning("Felt Keys", 5);
  check_tuning("Soft Tines", 4);
  check_tuning("Nylon Pluck", 3);
  check_tuning("Round Bass", 2);
  check_tuning("Sub Bass", 1);
  check_tuning("Soft Mallet", 4);
  check_tuning("Breath Flute", 5);
  check_tuning("Soft Organ", 3);
}

/// Share of the energy, in dB, that lies on no harmonic, and over what may be
/// played without folding back at 44.1 kHz.
static void
check_band(const char *name, double limit_db)
{
  const CsSound s = make(name);
  for (size_t n = 0; n < s.n_zones; n += 4) {
    const CsSoundZone *z = &s.zones[n];
    if (z->loop_end == z->loop_start || z->high_key == 127)
      continue;
    double *power       = spectrum_of(z);
    const double bin_hz = (double)z->sample_rate / N_POINTS;
    const double hz     = hz_of_key(z->root_key);
    const double top    = 20000.0 * cs_exp2((z->root_key - z->high_key) / 12.0);
    double all = 0.0, spurious = 0.0;
    for (size_t i = 1; i < N_POINTS / 2; i++) {
      const double ratio = (double)i * bin_hz / hz;
      const double away  = fabs(ratio - floor(ratio + 0.5)) * hz;
      all += power[i];
      if (away > 6.0 * bin_hz + 0.012 * (double)i * bin_hz ||
          (double)i * bin_hz > top)
        spurious += power[i];
    }
    const double share_db = 0.5 * cs_db_from_gain(spurious / all);
    if (share_db > limit_db)
      fail_msg("%s, key %d: %.1f dB of its energy is spurious", name,
          z->root_key, share_db);
    free(power);
  }
}

static void
test_nothing_folds_back(void **state)
{
  (void)state;
  check_band("Soft Pulse", -70.0);
  check_band("Warm Bass", -70.0);
  check_band("Soft Tines", -60.0);
  check_band("Nylon Pluck", -70.0);
  check_band("Sub Bass", -70.0);
}

// ---- Joints and levels ------------------------------------------------------

static void
test_loops_join_exactly(void **state)
{
  (void)state;
  for (size_t n = 0; n < cs_house_n_sounds(fixture.house); n += 3) {
    const CsSound s = make(cs_house_outline(fixture.house, n).name);
    for (size_t i = 0; i < s.n_zones; i++) {
      const CsSoundZone *z = &s.zones[i];
      if (z->loop_end == z->loop_start)
        continue;
      assert_true(z->loop_end + 8 <= z->n_frames && z->loop_start >= 8);
      for (size_t f = 0; f < 8; f++) {
        const int there = z->samples[z->loop_end + f];
        const int back  = z->samples[z->loop_start + f];
        if (abs(there - back) > 1)
          fail_msg("%s, key %d: the loop jumps from %d to %d", s.name,
              z->root_key, there, back);
      }
    }
  }
}

static double
loudness_of(const CsSound *s, int key, int velocity)
{
  const size_t n    = 4 * CS_HOUSE_PLAY_RATE;
  float *buf        = calloc(2 * n, sizeof *buf);
  CsLoudness *meter = NULL;
  assert_non_null(buf);
  cs_house_play(s, (CsHouseNote){key, velocity, 3.5}, buf, n);
  assert_int_equal(
      cs_loudness_new(fixture.arena, CS_HOUSE_PLAY_RATE, 2, &meter), CS_OK);
  assert_int_equal(cs_loudness_begin(fixture.arena, meter), CS_OK);
  assert_int_equal(cs_loudness_feed(fixture.arena, meter, buf, n), CS_OK);
  assert_int_equal(cs_loudness_end(fixture.arena, meter), CS_OK);
  const double lufs = cs_loudness_momentary(meter);
  cs_loudness_free(meter);
  free(buf);
  return lufs;
}

static void
test_sounds_are_as_loud_as_the_piano(void **state)
{
  (void)state;
  const CsSound piano      = make("Felt Keys");
  const double wanted      = loudness_of(&piano, 60, 64);
  const char *const held[] = {"Warm Pad", "Velvet Strings", "Breath Flute",
      "Nylon Pluck", "Glass Bell", "Soft Organ"};
  for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
    const CsSound s = make(held[i]);
    const int key   = strcmp(held[i], "Glass Bell") == 0 ? 79 : 64;
    const double is = loudness_of(&s, key, 64);
    if (fabs(is - wanted) > 1.5)
      fail_msg("%s is at %.1f LUFS, the piano at %.1f", held[i], is, wanted);
  }
}

static void
test_pads_move_and_fold_to_mono(void **state)
{
  (void)state;
  const char *const pads[] = {"Warm Pad", "Airy Pad", "Velvet Strings"};
  const size_t n           = 3 * CS_HOUSE_PLAY_RATE;
  for (size_t p = 0; p < 3; p++) {
    const CsSound s = make(pads[p]);
    float *buf      = calloc(2 * n, sizeof *buf);
    double sides = 0.0, middle = 0.0;
    assert_non_null(buf);
    cs_house_play(&s, (CsHouseNote){57, 80, 4.0}, buf, n);
    for (size_t i = n / 2; i < n; i++) {
      const double l = (double)buf[2 * i], r = (double)buf[2 * i + 1];
      sides += (l - r) * (l - r) / 4.0;
      middle += (l + r) * (l + r) / 4.0;
    }
    free(buf);
    const double fold_db = 0.5 * cs_db_from_gain(middle / (middle + sides));
    if (fold_db < -2.0 || fold_db > -0.1)
      fail_msg("%s changes by %.2f dB in mono", pads[p], fold_db);
  }
}

static double
brightness(const CsSound *s, int velocity)
{
  const size_t n = CS_HOUSE_PLAY_RATE / 2;
  float *buf     = calloc(2 * n, sizeof *buf);
  double rough = 0.0, all = 0.0;
  assert_non_null(buf);
  cs_house_play(s, (CsHouseNote){60, velocity, 1.0}, buf, n);
  for (size_t i = 1; i < n; i++) {
    const double step = (double)buf[2 * i] - (double)buf[2 * i - 2];
    rough += step * step;
    all += (double)buf[2 * i] * (double)buf[2 * i];
  }
  free(buf);
  return rough / all;
}

static void
test_a_hard_stroke_is_brighter(void **state)
{
  (void)state;
  const char *const names[] = {"Felt Keys", "Soft Pluck", "Soft Tines"};
  for (size_t i = 0; i < 3; i++) {
    const CsSound s   = make(names[i]);
    const double soft = brightness(&s, 40), hard = brightness(&s, 115);
    if (hard < 1.3 * soft)
      fail_msg("%s: %g soft, %g hard", names[i], soft, hard);
  }
}

/// Level of the half second from a moment on, in dB.
static double
level_at(const float *buf, double second)
{
  const size_t from = (size_t)(second * CS_HOUSE_PLAY_RATE);
  double sum        = 0.0;
  for (size_t i = from; i < from + CS_HOUSE_PLAY_RATE / 2; i++)
    sum += (double)buf[2 * i] * (double)buf[2 * i];
  return 0.5 * cs_db_from_gain(sum);
}

static void
test_a_struck_sound_dies_away_and_a_held_one_stays(void **state)
{
  (void)state;
  static const struct Fall {
    const char *name;
    double low_db, high_db; // In 2.5 s.
  } falls[] = {
      {"Felt Keys", -40.0, -10.0},
      {"Soft Mallet", -90.0, -35.0},
      {"Nylon Pluck", -60.0, -20.0},
      {"Warm Pad", -6.0, 6.0},
      {"Soft Organ", -3.0, 3.0},
  };
  const size_t n = 4 * CS_HOUSE_PLAY_RATE;
  float *buf     = malloc(2 * n * sizeof *buf);
  assert_non_null(buf);
  for (size_t i = 0; i < sizeof falls / sizeof *falls; i++) {
    const CsSound s = make(falls[i].name);
    memset(buf, 0, 2 * n * sizeof *buf);
    cs_house_play(&s, (CsHouseNote){60, 80, 4.0}, buf, n);
    const double fall_db = level_at(buf, 3.2) - level_at(buf, 0.7);
    if (fall_db < falls[i].low_db || fall_db > falls[i].high_db)
      fail_msg("%s changes by %.1f dB in 2.5 s", falls[i].name, fall_db);
  }
  free(buf);
}

static void
test_the_same_recipe_gives_the_same_samples(void **state)
{
  (void)state;
  const char *const names[] = {"Soft Pluck", "Glass Bell", "Impact"};
  for (size_t i = 0; i < 3; i++) {
    const CsSound a = make(names[i]), b = make(names[i]);
    assert_int_equal(a.n_zones, b.n_zones);
    for (size_t z = 0; z < a.n_zones; z++) {
      assert_int_equal(a.zones[z].n_frames, b.zones[z].n_frames);
      assert_memory_equal(a.zones[z].samples, b.zones[z].samples,
          a.zones[z].n_frames * sizeof(int16_t));
    }
  }
}

// ---- Alone ------------------------------------------------------------------

static void
test_the_house_alone_plays_every_program(void **state)
{
  (void)state;
  const size_t n = cs_house_n_sounds(fixture.house);
  for (int program = 0; program < N_PROGRAMS; program++)
    if (cs_house_stand_in(fixture.house, 0, program) >= n)
      fail_msg("nothing plays program %d", program);
  const size_t kit = cs_house_stand_in(fixture.house, KIT_BANK, 0);
  assert_int_equal(cs_house_outline(fixture.house, kit).bank, KIT_BANK);
}

/// The exclusive class of a key's first zone; -1 where the kit is silent.
static int
class_of(const CsSound *kit, int key)
{
  for (size_t i = 0; i < kit->n_zones; i++)
    if (kit->zones[i].low_key <= key && key <= kit->zones[i].high_key)
      return cs_zone_generator(&kit->zones[i], 57, 0);
  return -1;
}

static void
test_a_kit_has_every_drum_and_its_hats_choke(void **state)
{
  (void)state;
  static const char *const kits[] = {"House Kit", "Soft Kit"};
  for (size_t k = 0; k < 2; k++) {
    const CsSound kit = make(kits[k]);
    for (int key = 35; key <= 57; key++)
      if (class_of(&kit, key) < 0)
        fail_msg("%s is silent on key %d", kits[k], key);
    assert_true(class_of(&kit, 42) > 0);
    assert_int_equal(class_of(&kit, 42), class_of(&kit, 46));
    assert_int_equal(class_of(&kit, 42), class_of(&kit, 44));
    assert_int_equal(class_of(&kit, 49), 0);
  }
}

// ---- Messages ---------------------------------------------------------------

static void
check_message(const char *text, const char *message)
{
  CsArena *arena = cs_arena_new(NULL);
  CsHouse *house = NULL;
  assert_int_equal(
      cs_house_parse(arena, "house.json", text, strlen(text), &house),
      CS_ERR_REQUEST);
  assert_string_equal(cs_arena_error(arena), message);
  cs_arena_free(arena);
}

static void
test_a_wrong_recipe_is_told_where(void **state)
{
  (void)state;
#define SOUND(layers)                                                          \
  "{\"reference_lufs\":-15,\"sounds\":[{\"name\":\"A\",\"program\":1,"         \
  "\"range\":[36,60],\"sweet\":[40,50],\"layers\":" layers "}]}"
  check_message(SOUND("[{\"wave\":{},\"fm\":{\"pairs\":[{}]}}]"),
      "house.json /sounds/0/layers/0: a layer holds exactly one of \"wave\", "
      "\"partials\", \"fm\", \"string\", \"strokes\"");
  check_message(SOUND("[{\"wave\":{\"voices\":99}}]"),
      "house.json /sounds/0/layers/0/wave/voices: 99 is outside 1..16 "
      "(voices)");
  check_message(SOUND("[{\"partials\":{}}]"),
      "house.json /sounds/0/layers/0/partials: \"partials\" or \"harmonics\" "
      "is wanted");
  check_message(SOUND("[]"),
      "house.json /sounds/0/layers: 1..256 layers are wanted here");
  check_message("{\"reference_lufs\":-15,\"drums\":[{\"name\":\"Kick\","
                "\"strokes\":{\"length_s\":1,\"strokes\":[{}]}}],\"kits\":[{"
                "\"name\":\"K\",\"program\":26,\"keys\":[{\"key\":36,"
                "\"drum\":\"Kik\"}]}]}",
      "house.json /kits/0/keys/0/drum: no drum of this file is called "
      "\"Kik\"; did you mean \"Kick\"?");
#undef SOUND
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_kind_is_in_tune),
      cmocka_unit_test(test_nothing_folds_back),
      cmocka_unit_test(test_loops_join_exactly),
      cmocka_unit_test(test_sounds_are_as_loud_as_the_piano),
      cmocka_unit_test(test_pads_move_and_fold_to_mono),
      cmocka_unit_test(test_a_hard_stroke_is_brighter),
      cmocka_unit_test(test_a_struck_sound_dies_away_and_a_held_one_stays),
      cmocka_unit_test(test_the_same_recipe_gives_the_same_samples),
      cmocka_unit_test(test_the_house_alone_plays_every_program),
      cmocka_unit_test(test_a_kit_has_every_drum_and_its_hats_choke),
      cmocka_unit_test(test_a_wrong_recipe_is_told_where),
  };
  return cmocka_run_group_tests(tests, open_house, close_house);
}
