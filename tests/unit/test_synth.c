#include "gen/base/mathx.h"
#include "gen/render/fluid.h"
#include "gen/synth/lanes.h"
#include "gen/synth/synth.h"
#include "gen/synth/units.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { RATE = 48000, N_FRAMES = 64 * 1200, KIT = 128 };

static const char *const font_paths[] = {
    "/usr/share/sounds/sf2/FluidR3_GM.sf2",
    "/usr/share/sounds/sf2/default-GM.sf2",
};

static const char *
find_font(void)
{
  for (size_t i = 0; i < sizeof font_paths / sizeof *font_paths; i++)
    if (access(font_paths[i], R_OK) == 0)
      return font_paths[i];
  print_message("skipped: no soundfont; install fluid-soundfont-gm\n");
  return NULL;
}

// ---- Both synthesizers side by side -----------------------------------------

typedef struct Event {
  int step; ///< Of 64 frames.
  int key;
  int velocity; ///< 0 lets go.
} Event;

typedef struct Pair {
  CsArena *arena;
  CsFluidFont *font;
  CsFluidVoice *fluid;
  CsSynth *synth;
  float theirs[2][N_FRAMES], ours[2][N_FRAMES];
} Pair;

static CsSynth *
synth_new(CsArena *arena, const char *path, const CsPresetChoice *preset)
{
  CsSf2 *sf2           = NULL;
  const CsPatch *patch = NULL;
  bool keys[CS_N_KEYS_PLAYED];
  memset(keys, true, sizeof keys);
  assert_int_equal(cs_sf2_open(arena, path, &sf2), CS_OK);
  assert_int_equal(
      cs_patch_read(arena, sf2, preset->bank, preset->program, keys, &patch),
      CS_OK);
  cs_sf2_close(sf2);
  return cs_synth_new(patch, preset->pan, RATE);
}

static Pair *
pair_new(const char *path, const CsPresetChoice *preset)
{
  Pair *p = calloc(1, sizeof *p);
  assert_non_null(p);
  p->arena = cs_arena_new(NULL);
  p->synth = synth_new(p->arena, path, preset);
  assert_int_equal(cs_fluid_font_open(path, RATE, &p->font), CS_OK);
  p->fluid = cs_fluid_voice_new(p->font, RATE, preset);
  assert_non_null(p->synth);
  assert_non_null(p->fluid);
  return p;
}

static void
pair_free(Pair *p)
{
  cs_fluid_voice_free(p->fluid);
  cs_fluid_font_free(p->font);
  cs_synth_free(p->synth);
  cs_arena_free(p->arena);
  free(p);
}

static void
play(Pair *p, const Event *events, size_t n)
{
  size_t next = 0;
  for (int step = 0; step < N_FRAMES / 64; step++) {
    for (; next < n && events[next].step <= step; next++) {
      const Event *e = &events[next];
      if (e->velocity > 0) {
        cs_fluid_note_on(p->fluid, e->key, e->velocity);
        cs_synth_note_on(p->synth, e->key, e->velocity);
      } else {
        cs_fluid_note_off(p->fluid, e->key);
        cs_synth_note_off(p->synth, e->key);
      }
    }
    const size_t at = (size_t)step * 64;
    assert_true(
        cs_fluid_render(p->fluid, p->theirs[0] + at, p->theirs[1] + at, 64));
    assert_true(
        cs_synth_render(p->synth, p->ours[0] + at, p->ours[1] + at, 64));
  }
}

/// What differs, against FluidSynth's sound, dB. FluidSynth fades a note in
/// over its first step from whatever level its voice was left at: there nothing
/// can be compared.
static double
residual_db(const Pair *p, const Event *events, size_t n)
{
  double sound = 0.0, rest = 0.0;
  for (size_t c = 0; c < 2; c++)
    for (int i = 0; i < N_FRAMES; i++) {
      bool is_start = false;
      for (size_t k = 0; k < n; k++)
        is_start |= events[k].velocity > 0 && i / 64 == events[k].step;
      const double theirs = (double)p->theirs[c][i];
      const double off    = is_start ? 0.0 : theirs - (double)p->ours[c][i];
      sound += theirs * theirs;
      rest += off * off;
    }
  return 10.0 * log10((rest + 1e-30) / (sound + 1e-30));
}

static void
expect_alike(const char *font, const CsPresetChoice *preset,
    const Event *events, size_t n, double most_db)
{
  Pair *p = pair_new(font, preset);
  play(p, events, n);
  const double db = residual_db(p, events, n);
  if (db > most_db)
    fail_msg(
        "bank %d program %d: %.1f dB off", preset->bank, preset->program, db);
  assert_true(cs_synth_is_silent(p->synth) || p->ours[0][N_FRAMES - 1] <= 1.0F);
  pair_free(p);
}

// ---- Alike ------------------------------------------------------------------

/// Strings, plucks, keys, pads, winds, and what sways, sweeps and chiffs.
static const int programs[] = {0, 4, 7, 11, 14, 19, 24, 33, 38, 44, 46, 48, 50,
    53, 61, 73, 81, 89, 90, 95, 97, 101, 108, 118};

enum { N_PROGRAMS = sizeof programs / sizeof *programs };

static void
test_single_notes_are_alike_below_minus_100_db(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  for (size_t i = 0; i < N_PROGRAMS; i++) {
    const int velocity          = 30 + 4 * (int)i;
    const Event events[]        = {{0, 60, velocity}, {300, 60, 0}};
    const double pan            = (double)i / N_PROGRAMS - 0.5;
    const CsPresetChoice preset = {0, programs[i], pan};
    expect_alike(font, &preset, events, 2, -100.0);
  }
}

static void
test_notes_let_go_within_their_attack_are_alike(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  // Some have attacks of a second; the shortest note lasts 10 ms whatever is
  // asked.
  static const Event events[] = {{0, 48, 90}, {1, 48, 0}, {200, 67, 70},
      {212, 67, 0}, {500, 72, 100}, {530, 72, 0}};
  for (size_t i = 0; i < N_PROGRAMS; i++) {
    const CsPresetChoice preset = {0, programs[i], 0.0};
    expect_alike(font, &preset, events, 6, -95.0);
  }
}

static void
test_chords_whose_notes_come_and_go_are_alike(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  static const Event events[] = {{0, 48, 80}, {0, 55, 70}, {3, 64, 90},
      {150, 71, 60}, {200, 48, 0}, {260, 55, 0}, {300, 50, 100}, {420, 64, 0},
      {430, 71, 0}, {600, 50, 0}};
  for (size_t i = 0; i < N_PROGRAMS; i++) {
    const CsPresetChoice preset = {0, programs[i], 0.0};
    expect_alike(font, &preset, events, 10, -95.0);
  }
}

static void
test_a_key_struck_again_lets_the_old_note_go(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  static const Event events[] = {{0, 60, 80}, {100, 60, 100}, {400, 60, 0}};
  const CsPresetChoice harp = {0, 46, 0.0}, bass = {0, 33, 0.0};
  expect_alike(font, &harp, events, 3, -100.0);
  expect_alike(font, &bass, events, 3, -100.0);
}

static void
test_hats_choke_each_other_alike(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  static const Event events[] = {{0, 46, 100}, {90, 42, 80}, {150, 36, 110},
      {200, 46, 90}, {330, 44, 70}, {400, 38, 100}};
  const CsPresetChoice kit    = {KIT, 0, 0.0};
  expect_alike(font, &kit, events, 6, -95.0);
}

// ---- By themselves ----------------------------------------------------------

static void
test_a_missing_kit_is_another_kit_and_never_a_piano(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  const CsPresetChoice odd    = {KIT, 99, 0.0};
  static const Event events[] = {{0, 38, 100}};
  expect_alike(font, &odd, events, 1, -95.0);
}

static void
test_stopping_leaves_nothing_behind(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  const CsPresetChoice preset = {0, 48, 0.0};
  Pair *p                     = pair_new(font, &preset);
  assert_true(cs_synth_is_silent(p->synth));
  cs_synth_note_on(p->synth, 60, 90);
  assert_false(cs_synth_is_silent(p->synth));
  assert_true(cs_synth_render(p->synth, p->ours[0], p->ours[1], 6400));
  cs_synth_stop(p->synth);
  assert_true(cs_synth_is_silent(p->synth));
  assert_true(cs_synth_render(p->synth, p->ours[0], p->ours[1], 6400));
  for (int i = 0; i < 6400; i++)
    assert_true(fabsf(p->ours[0][i]) <= 0.0F && fabsf(p->ours[1][i]) <= 0.0F);
  pair_free(p);
}

enum { N_PLAYERS = 3 };

/// Players `first` and on, each with notes of its own, which grow into chords.
static void
play_together(const char *font, const CsPresetChoice *preset, size_t first,
    size_t n, float sounds[N_PLAYERS][2][N_FRAMES])
{
  enum { N_STEPS = N_FRAMES / 64, N_STRETCH = 8 };
  CsArena *arena = cs_arena_new(NULL);
  CsSynthPart parts[N_PLAYERS];
  for (size_t i = 0; i < n; i++)
    parts[i] = (CsSynthPart){synth_new(arena, font, preset),
        sounds[first + i][0], sounds[first + i][1]};
  for (size_t step = 0; step < N_STEPS; step += N_STRETCH) {
    for (size_t i = 0; i < n; i++) {
      const size_t who = first + i;
      const int key    = 40 + (int)(step / 40 % 9) * 3 + (int)who * 7;
      if (step % (40 + 24 * who) == 0)
        cs_synth_note_on(parts[i].synth, key, 60 + (int)(step % 60));
      if (step % 88 == 40)
        cs_synth_note_off(parts[i].synth, key);
    }
    assert_true(cs_synths_render(parts, n, (size_t)64 * N_STRETCH));
    for (size_t i = 0; i < n; i++) {
      parts[i].left += (size_t)64 * N_STRETCH;
      parts[i].right += (size_t)64 * N_STRETCH;
    }
  }
  for (size_t i = 0; i < n; i++)
    cs_synth_free(parts[i].synth);
  cs_arena_free(arena);
}

static void
test_what_is_played_together_sounds_as_alone(void **state)
{
  (void)state;
  static const int played[] = {0, 19, 24, 48, 60};
  static float together[N_PLAYERS][2][N_FRAMES], alone[N_PLAYERS][2][N_FRAMES];
  const char *font = find_font();
  if (font == NULL)
    skip();
  for (size_t i = 0; i < sizeof played / sizeof *played; i++) {
    const CsPresetChoice preset = {0, played[i], 0.2};
    play_together(font, &preset, 0, N_PLAYERS, together);
    for (size_t k = 0; k < N_PLAYERS; k++) {
      play_together(font, &preset, k, 1, alone);
      assert_memory_equal(together[k], alone[k], sizeof alone[k]);
      assert_true(fabsf(alone[k][0][N_FRAMES / 2]) > 0.0F);
    }
  }
}

/// A wave of one period, played by one lane through a filter.
static double
level_through_filter(double hz, double cutoff_hz, double centibels)
{
  enum { PERIOD = 64, N_STEPS = 200 };
  int16_t samples[PERIOD];
  for (int i = 0; i < PERIOD; i++)
    samples[i] = (int16_t)(10000.0 * cs_sin(2.0 * CS_PI * i / PERIOD));
  const CsSoundZone zone = {
      .samples = samples, .n_frames = PERIOD, .loop_end = PERIOD};
  static CsLanePair pair;
  CsWave wave       = {.zone = &zone, .loops = true};
  CsLowpass filter  = {0};
  CsFoundTaps found = {0};
  double power      = 0.0;
  for (int step = 0; step < N_STEPS; step++) {
    CsFrame out[CS_SYNTH_STEP_FRAMES];
    CsLane *lane = &pair.lanes[0];
    cs_lowpass_turn(&filter, cutoff_hz, cs_lowpass_q(centibels), RATE, &found);
    cs_wave_step(&wave, hz * PERIOD / RATE, pair.window, &lane->wave);
    lane->amplitude = 1.0;
    lane->slope     = 0.0;
    lane->left      = 1.0;
    lane->right     = 0.0;
    lane->filter    = &filter;
    pair.n_lanes    = 1;
    pair.out        = out;
    pair.is_first   = true;
    cs_lanes_add(&pair, 1);
    for (int i = 0; i < CS_SYNTH_STEP_FRAMES && step >= N_STEPS / 2; i++)
      power += out[i][0] * out[i][0];
    assert_true(fabs(out[5][1]) <= 0.0);
  }
  const double frames = (N_STEPS / 2) * CS_SYNTH_STEP_FRAMES;
  return 10.0 * log10(power / frames / (10000.0 * 10000.0 / 2.0));
}

static void
test_the_filter_has_the_response_of_the_specification(void **state)
{
  (void)state;
  // Flat below, 3 dB down at the cutoff and 12 dB by octave above; a resonance
  // stands out by its height, of which half is taken off the level.
  assert_true(fabs(level_through_filter(200.0, 2000.0, 0.0) - 1.5) < 0.2);
  assert_true(fabs(level_through_filter(2000.0, 2000.0, 0.0) + 1.5) < 0.2);
  const double octave = level_through_filter(4000.0, 1000.0, 0.0) -
                        level_through_filter(2000.0, 1000.0, 0.0);
  assert_true(fabs(octave + 12.0) < 1.0);
  const double hump = level_through_filter(1000.0, 1000.0, 100.0) -
                      level_through_filter(100.0, 1000.0, 100.0);
  assert_true(fabs(hump - 7.0) < 0.3);
}

static void
test_envelopes_pass_through_their_stages(void **state)
{
  (void)state;
  const CsEnvelopeCourse course = {
      .n_steps   = {2, 4, 3, 10, INT32_MAX, 5, INT32_MAX},
      .sustain   = 0.5,
      .is_volume = true,
  };
  static const double values[] = {
      0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.5};
  CsEnvelope e = {.stage = CS_STAGE_DELAY};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    cs_envelope_step(&e, &course);
    if (fabs(e.value - values[i]) > 1e-6)
      fail_msg("step %zu: %g, not %g", i, e.value, values[i]);
  }
  cs_envelope_release(&e, &course, e.value);
  cs_envelope_step(&e, &course);
  assert_true(fabs(e.value - 0.3) < 1e-6);
  for (int i = 0; i < 3; i++)
    cs_envelope_step(&e, &course);
  assert_int_equal(e.stage, CS_STAGE_FINISHED);
}

static void
test_units_are_those_of_the_specification(void **state)
{
  (void)state;
  cs_units_prepare();
  assert_true(fabs(cs_hz_of_cents(6900.0) - 440.0) < 1e-9);
  assert_true(fabs(cs_hz_of_cents(-1200.0) - 4.0879) < 1e-4);
  assert_true(fabs(cs_gain_of_centibels(200.0) - 0.1) < 1e-12);
  assert_true(fabs(cs_gain_of_centibels(-5.0) - 1.0) < 1e-12);
  assert_true(fabs(cs_s_of_timecents(1200.0) - 2.0) < 1e-12);
  for (double pan = -500.0; pan <= 500.0; pan += 50.0) {
    const double l = cs_pan_gain_left(pan), r = cs_pan_gain_right(pan);
    assert_true(fabs(l * l + r * r - 1.0) < 0.005);
  }
  for (double x = 1.0; x < 127.0; x += 1.0) {
    assert_true(cs_concave(x) < x / 127.0 && cs_convex(x) > x / 127.0);
    assert_true(fabs(cs_concave(127.0 - x) + cs_convex(x) - 1.0) < 1e-9);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_single_notes_are_alike_below_minus_100_db),
      cmocka_unit_test(test_notes_let_go_within_their_attack_are_alike),
      cmocka_unit_test(test_chords_whose_notes_come_and_go_are_alike),
      cmocka_unit_test(test_a_key_struck_again_lets_the_old_note_go),
      cmocka_unit_test(test_hats_choke_each_other_alike),
      cmocka_unit_test(test_a_missing_kit_is_another_kit_and_never_a_piano),
      cmocka_unit_test(test_stopping_leaves_nothing_behind),
      cmocka_unit_test(test_what_is_played_together_sounds_as_alone),
      cmocka_unit_test(test_the_filter_has_the_response_of_the_specification),
      cmocka_unit_test(test_envelopes_pass_through_their_stages),
      cmocka_unit_test(test_units_are_those_of_the_specification),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
