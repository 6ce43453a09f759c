#include "gen/base/fft.h"
#include "gen/base/mathx.h"
#include "gen/render/render.h"
#include "soundfonts/sf2_file.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { RATE = 48000, MAX_NOTES = 256, MAX_TRACKS = 10 };

static const char *const font_paths[] = {
    "/usr/share/sounds/sf2/FluidR3_GM.sf2",
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/sounds/sf3/default-GM.sf3",
};

static const char *
find_font(void)
{
  const char *named = getenv("CUESMITH_TEST_SOUNDFONT");
  if (named != NULL)
    return named;
  for (size_t i = 0; i < sizeof font_paths / sizeof *font_paths; i++) {
    if (access(font_paths[i], R_OK) == 0)
      return font_paths[i];
  }
  print_message("skipped: no soundfont; install fluid-soundfont-gm\n");
  return NULL;
}

// ---- A performance made by hand ---------------------------------------------

typedef struct Scene {
  CsArena *arena;
  CsPerformance performance;
  CsTrack tracks[MAX_TRACKS];
  CsPlayedTrack played[MAX_TRACKS];
  CsGainPoint flat;
  CsPlayedNote notes[MAX_NOTES];
} Scene;

static Scene *
scene_new(void)
{
  Scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->arena                   = cs_arena_new(NULL);
  s->performance.sample_rate = RATE;
  s->performance.n_frames    = 6 * RATE;
  s->performance.tracks      = s->played;
  s->performance.notes       = s->notes;
  return s;
}

static void
scene_free(Scene *s)
{
  cs_arena_free(s->arena);
  free(s);
}

static size_t
add_track(Scene *s, CsStem stem, int bank, int program)
{
  const size_t i = s->performance.n_tracks++;
  s->tracks[i]   = (CsTrack){.stem = stem, .bank = bank, .program = program};
  s->played[i]   = (CsPlayedTrack){&s->tracks[i], &s->flat, 1};
  return i;
}

static void
add_note(Scene *s, size_t track, int64_t on, int64_t off, int key)
{
  s->notes[s->performance.n_notes++] =
      (CsPlayedNote){on, off, (uint16_t)track, (uint8_t)key, 90};
}

/// The first `n_blocks` blocks of a stem, interleaved; free it.
static float *
render_with(Scene *s, const CsRenderWish *wish, CsStem stem, size_t n_blocks)
{
  CsRenderer *r = NULL;
  assert_int_equal(cs_renderer_new(s->arena, &s->performance, wish, &r), CS_OK);
  const size_t n_samples = CS_BLOCK_FRAMES * 2;
  float *all             = calloc(n_blocks * n_samples, sizeof *all);
  assert_non_null(all);
  for (size_t i = 0; i < n_blocks; i++) {
    CsStemBlock block;
    assert_int_equal(cs_renderer_read(s->arena, r, &block), CS_OK);
    assert_int_equal(block.n_frames, CS_BLOCK_FRAMES);
    assert_non_null(block.stems[stem]);
    memcpy(all + i * n_samples, block.stems[stem], n_samples * sizeof *all);
  }
  cs_renderer_free(r);
  return all;
}

static float *
render_by(Scene *s, const char *font, CsRenderWay way, int n_threads,
    CsStem stem, size_t n_blocks)
{
  const CsRenderWish wish = {
      .soundfont = font, .way = way, .n_threads = n_threads};
  return render_with(s, &wish, stem, n_blocks);
}

static float *
render(Scene *s, const char *font, int n_threads, CsStem stem, size_t n_blocks)
{
  return render_by(s, font, CS_RENDER_FAST, n_threads, stem, n_blocks);
}

static double
peak(const float *samples, size_t from_frame, size_t to_frame)
{
  double most = 0.0;
  for (size_t i = 2 * from_frame; i < 2 * to_frame; i++)
    most = fmax(most, fabs((double)samples[i]));
  return most;
}

/// Strength of a frequency (Goertzel 1958) over a stretch, left channel.
static double
strength_at(const float *samples, size_t from, size_t to, double hz)
{
  const double c = 2.0 * cs_cos(2.0 * CS_PI * hz / RATE);
  double s1 = 0.0, s2 = 0.0;
  for (size_t i = from; i < to; i++) {
    const double s0 = (double)samples[2 * i] + c * s1 - s2;
    s2              = s1;
    s1              = s0;
  }
  return sqrt(fmax(0.0, s1 * s1 + s2 * s2 - c * s1 * s2));
}

static void
add_small_band(Scene *s)
{
  static const int programs[] = {0, 33, 48, 89, 28, 73, 9, 46};
  for (size_t i = 0; i < 8; i++) {
    const size_t t = add_track(s, (CsStem)(i % CS_N_STEMS), 0, programs[i]);
    for (int k = 0; k < 8; k++)
      add_note(s, t, 6400 * k + 64 * (int64_t)i, 6400 * k + 12800, 48 + 2 * k);
  }
  const size_t kit = add_track(s, CS_STEM_DRUMS, 128, 0);
  for (int k = 0; k < 16; k++)
    add_note(s, kit, 3200 * k, 3200 * k + 3200, k % 2 == 0 ? 36 : 42);
}

// ---- Sound ------------------------------------------------------------------

static void
test_an_a4_on_a_flute_sounds_at_440_hz(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  Scene *s = scene_new();
  add_note(s, add_track(s, CS_STEM_MELODY, 0, 73), 0, 64 * 1000, 69);
  float *audio       = render(s, font, 1, CS_STEM_MELODY, 14);
  const double right = strength_at(audio, 12000, 48000, 440.0);
  assert_true(right > 10.0 * strength_at(audio, 12000, 48000, 415.3));
  assert_true(right > 10.0 * strength_at(audio, 12000, 48000, 466.2));
  free(audio);
  scene_free(s);
}

static void
test_nothing_sounds_before_the_first_note_and_its_onset_is_exact(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  Scene *s         = scene_new();
  const size_t kit = add_track(s, CS_STEM_DRUMS, 128, 0);
  add_note(s, kit, 64 * 150, 64 * 160, 37);
  float *audio = render(s, font, 2, CS_STEM_DRUMS, 4);
  assert_true(peak(audio, 0, 64 * 150) == 0.0);
  assert_true(peak(audio, 64 * 150, 64 * 160) > 0.01);
  free(audio);
  scene_free(s);
}

static void
test_the_preroll_is_rendered_first(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  Scene *s          = scene_new();
  const size_t t    = add_track(s, CS_STEM_MELODY, 0, 0);
  float *plain      = NULL;
  const int64_t pre = CS_BLOCK_FRAMES;
  add_note(s, t, 640, 6400, 60);
  plain                           = render(s, font, 1, CS_STEM_MELODY, 3);
  s->performance.n_preroll_frames = pre;
  float *late                     = render(s, font, 1, CS_STEM_MELODY, 4);
  assert_true(peak(late, 0, (size_t)pre + 640) == 0.0);
  assert_memory_equal(
      late + 2 * pre, plain, 3 * CS_BLOCK_FRAMES * 2 * sizeof *plain);
  free(plain);
  free(late);
  scene_free(s);
}

static void
test_any_number_of_threads_gives_the_same_bytes(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  static const int threads[] = {2, 5, 200};
  Scene *s                   = scene_new();
  add_small_band(s);
  const CsStem stems[] = {CS_STEM_DRUMS, CS_STEM_PADS};
  for (size_t k = 0; k < 2; k++) {
    float *one = render(s, font, 1, stems[k], 16);
    assert_true(peak(one, 0, 16 * CS_BLOCK_FRAMES) > 0.01);
    for (size_t i = 0; i < 3; i++) {
      float *many = render(s, font, threads[i], stems[k], 16);
      assert_memory_equal(one, many, 16 * CS_BLOCK_FRAMES * 2 * sizeof *one);
      free(many);
    }
    free(one);
  }
  scene_free(s);
}

static void
test_a_track_sounds_the_same_whatever_else_plays(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  Scene *alone = scene_new(), *band = scene_new();
  add_note(alone, add_track(alone, CS_STEM_MELODY, 0, 73), 128, 12800, 72);
  add_note(band, add_track(band, CS_STEM_MELODY, 0, 73), 128, 12800, 72);
  add_note(band, add_track(band, CS_STEM_PADS, 0, 89), 0, 12800, 60);
  add_note(band, add_track(band, CS_STEM_BASS, 0, 33), 64, 12800, 36);
  float *a = render(alone, font, 1, CS_STEM_MELODY, 4);
  float *b = render(band, font, 2, CS_STEM_MELODY, 4);
  assert_memory_equal(a, b, 4 * CS_BLOCK_FRAMES * 2 * sizeof *a);
  free(a);
  free(b);
  scene_free(alone);
  scene_free(band);
}

static void
test_level_and_gain_curve_scale_without_steps(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  CsGainPoint curve[] = {{0, 0.0}, {20000, -6.0}, {20001, -6.0}, {40000, -46}};
  Scene *s            = scene_new();
  const size_t t      = add_track(s, CS_STEM_MELODY, 0, 73);
  add_note(s, t, 0, 64 * 2000, 72);
  float *plain          = render(s, font, 1, CS_STEM_MELODY, 12);
  s->played[t]          = (CsPlayedTrack){&s->tracks[t], curve, 4};
  s->tracks[t].level_db = -3.0;
  float *shaped         = render(s, font, 1, CS_STEM_MELODY, 12);
  double last_db        = -3.0;
  for (size_t f = 2000; f < 40000; f += 50) {
    if (fabs((double)plain[2 * f]) < 1e-3)
      continue;
    const double db = cs_db_from_gain((double)(shaped[2 * f] / plain[2 * f]));
    const double wanted = f <= 20000
                              ? -3.0 - 6.0 * (double)f / 20000.0
                              : -9.0 - 40.0 * (double)(f - 20001) / 19999.0;
    assert_true(fabs(db - wanted) < 0.15);
    assert_true(db <= last_db + 1e-3);
    last_db = db;
  }
  free(plain);
  free(shaped);
  scene_free(s);
}

static void
test_a_track_panned_right_is_louder_there(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  Scene *s         = scene_new();
  const size_t t   = add_track(s, CS_STEM_MELODY, 0, 73);
  s->tracks[t].pan = 1.0;
  add_note(s, t, 0, 12800, 72);
  float *audio = render(s, font, 1, CS_STEM_MELODY, 3);
  double left = 0.0, right = 0.0;
  for (size_t f = 0; f < 12000; f++) {
    left += fabs((double)audio[2 * f]);
    right += fabs((double)audio[2 * f + 1]);
  }
  assert_true(right > 1.5 * left);
  free(audio);
  scene_free(s);
}

static void
test_a_missing_preset_is_replaced(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  Scene *odd = scene_new(), *plain = scene_new();
  add_note(odd, add_track(odd, CS_STEM_MELODY, 77, 73), 0, 6400, 72);
  add_note(plain, add_track(plain, CS_STEM_MELODY, 0, 73), 0, 6400, 72);
  float *a = render(odd, font, 1, CS_STEM_MELODY, 2);
  float *b = render(plain, font, 1, CS_STEM_MELODY, 2);
  assert_memory_equal(a, b, 2 * CS_BLOCK_FRAMES * 2 * sizeof *a);
  free(a);
  free(b);
  scene_free(odd);
  scene_free(plain);
}

static void
test_notes_die_away_to_nothing(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  Scene *s = scene_new();
  add_note(s, add_track(s, CS_STEM_HARMONY, 0, 4), 0, 6400, 64);
  float *audio      = render(s, font, 1, CS_STEM_HARMONY, 60);
  const size_t last = 60 * CS_BLOCK_FRAMES;
  assert_true(peak(audio, 6400, 6464) > 0.0);
  assert_true(peak(audio, last - CS_BLOCK_FRAMES, last) == 0.0);
  free(audio);
  scene_free(s);
}

// ---- Copies against every note where it stands ------------------------------

enum { COMPARED_BLOCKS = 48 };

/// The two ways to render a scene; free them.
static void
render_both(
    Scene *s, const char *font, CsStem stem, float **fast, float **plain)
{
  *fast  = render_by(s, font, CS_RENDER_FAST, 2, stem, COMPARED_BLOCKS);
  *plain = render_by(s, font, CS_RENDER_REFERENCE, 2, stem, COMPARED_BLOCKS);
}

/// What differs between the two ways to render, against the sound itself, dB.
static double
residual_db(Scene *s, const char *font, CsStem stem)
{
  double sound = 0.0, rest = 0.0;
  float *fast = NULL, *plain = NULL;
  render_both(s, font, stem, &fast, &plain);
  for (size_t i = 0; i < s->performance.n_notes; i++) {
    // FluidSynth fades notes in over the first step of the grid, from whatever
    // level the voice was left at: there nothing can be compared.
    const size_t on = 2 * (size_t)s->notes[i].on_frame;
    memset(fast + on, 0, 2 * CS_GRID_FRAMES * sizeof *fast);
    memset(plain + on, 0, 2 * CS_GRID_FRAMES * sizeof *plain);
  }
  for (size_t i = 0; i < COMPARED_BLOCKS * CS_BLOCK_FRAMES * 2; i++) {
    const double off = (double)fast[i] - (double)plain[i];
    sound += (double)plain[i] * (double)plain[i];
    rest += off * off;
  }
  free(fast);
  free(plain);
  assert_true(sound > 0.0);
  return 10.0 * log10(rest / sound + 1e-30);
}

/// A figure that comes back, each time as loud as `velocity` says.
static void
add_figure(Scene *s, size_t track, const int *keys, size_t n_keys,
    int64_t n_held, int (*velocity)(int))
{
  for (int k = 0; k < 24; k++) {
    const int64_t on = 64 * (125 * (int64_t)k + k % 3);
    add_note(s, track, on, on + n_held, keys[(size_t)k % n_keys]);
    s->notes[s->performance.n_notes - 1].velocity = (uint8_t)velocity(k);
  }
}

static int
steady(int k)
{
  (void)k;
  return 90;
}

static int
human(int k)
{
  return 58 + 13 * k % 37;
}

/// Give each note the velocity that its class is recorded at.
static void
use_class_values(Scene *s, const char *font)
{
  const CsTrack *t     = &s->tracks[0];
  CsSf2 *sf2           = NULL;
  const CsPatch *patch = NULL;
  bool keys[CS_N_KEYS_PLAYED];
  memset(keys, true, sizeof keys);
  assert_int_equal(cs_sf2_open(s->arena, font, &sf2), CS_OK);
  assert_int_equal(
      cs_patch_read(s->arena, sf2, t->bank, t->program, keys, &patch), CS_OK);
  cs_sf2_close(sf2);
  CsSynth *synth   = cs_synth_new(patch, 0.0, RATE);
  CsProber *prober = cs_prober_new(synth);
  assert_non_null(synth);
  assert_non_null(prober);
  for (size_t i = 0; i < s->performance.n_notes; i++) {
    CsPlayedNote *n                 = &s->notes[i];
    CsKeyLayers layers              = {0};
    bool is_wanted[CS_N_VELOCITIES] = {false};
    is_wanted[n->velocity]          = true;
    assert_true(cs_find_layers(prober, n->key, is_wanted, &layers));
    n->velocity = layers.layers[n->velocity].velocity;
  }
  cs_prober_free(prober);
  cs_synth_free(synth);
}

// ---- Bands of a third of an octave ------------------------------------------

enum { N_FFT = 1 << 18, N_BANDS = 25 };

/// Power of the left channel in bands of a third of an octave from 50 Hz on.
static void
measure_bands(CsArena *arena, const float *samples, double power[N_BANDS])
{
  const double bin = (double)RATE / N_FFT;
  CsFft *fft       = NULL;
  float *re = calloc(N_FFT, sizeof *re), *im = calloc(N_FFT, sizeof *im);
  assert_non_null(re);
  assert_non_null(im);
  assert_int_equal(cs_fft_new(arena, N_FFT, &fft), CS_OK);
  for (size_t i = 0; i < COMPARED_BLOCKS * CS_BLOCK_FRAMES; i++)
    re[i] = samples[2 * i];
  cs_fft_run(fft, re, im);
  for (int b = 0; b < N_BANDS; b++) {
    const double low = 50.0 * cs_exp2((2.0 * b - 1.0) / 6.0);
    const size_t end = (size_t)(low * cs_exp2(1.0 / 3.0) / bin);
    power[b]         = 0.0;
    for (size_t i = (size_t)(low / bin); i < end; i++) {
      const size_t k = cs_fft_places(fft)[i];
      power[b] += (double)re[k] * (double)re[k] + (double)im[k] * (double)im[k];
    }
  }
  free(re);
  free(im);
}

/// How far the farthest band is off, dB, of those within 50 dB of the
/// strongest.
static double
worst_band_db(Scene *s, const char *font, CsStem stem)
{
  double was[N_BANDS], is[N_BANDS], most = 0.0, worst = 0.0;
  float *fast = NULL, *plain = NULL;
  render_both(s, font, stem, &fast, &plain);
  measure_bands(s->arena, plain, was);
  measure_bands(s->arena, fast, is);
  free(fast);
  free(plain);
  for (size_t b = 0; b < N_BANDS; b++)
    most = fmax(most, was[b]);
  for (size_t b = 0; b < N_BANDS; b++)
    if (was[b] > 1e-5 * most)
      worst = fmax(worst, fabs(10.0 * log10(is[b] / was[b])));
  return worst;
}

// ---- What may differ --------------------------------------------------------

/// Most that is off, in dB, where velocities are class values. Where a key is
/// struck again within its own release, FluidSynth lets the old note go
/// otherwise.
static const struct {
  int program;
  double db;
} class_values[] = {
    {33, -120.0},
    {46, -120.0},
    {89, -70.0},
    {90, -85.0},
    {28, -100.0},
    {0, -90.0},
    {48, -85.0},
};

static void
test_copies_are_what_every_note_by_itself_would_be(void **state)
{
  (void)state;
  static const int keys[] = {48, 55, 60, 64};
  const char *font        = find_font();
  if (font == NULL)
    skip();
  for (size_t i = 0; i < sizeof class_values / sizeof *class_values; i++) {
    Scene *s       = scene_new();
    const size_t t = add_track(s, CS_STEM_HARMONY, 0, class_values[i].program);
    add_figure(s, t, keys, 4, 6400, steady);
    use_class_values(s, font);
    const double db = residual_db(s, font, CS_STEM_HARMONY);
    if (db > class_values[i].db)
      fail_msg("program %d: %.1f dB off", class_values[i].program, db);
    scene_free(s);
  }
}

static void
test_notes_that_begin_alike_end_where_they_should(void **state)
{
  (void)state;
  // Of a wood block each has ended by itself before it is let go.
  static const struct {
    int program;
    double db;
  } sounds[] = {{33, -120.0}, {46, -120.0}, {48, -80.0}, {115, -100.0}};
  static const int keys[] = {48, 55, 60};
  const char *font        = find_font();
  if (font == NULL)
    skip();
  for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++) {
    Scene *s       = scene_new();
    const size_t t = add_track(s, CS_STEM_HARMONY, 0, sounds[i].program);
    for (int k = 0; k < 24; k++) {
      const int64_t on = 64 * (int64_t)(125 * k);
      add_note(s, t, on, on + 64 * (int64_t)(20 + 40 * (k % 7)), keys[k % 3]);
    }
    use_class_values(s, font);
    const double db = residual_db(s, font, CS_STEM_HARMONY);
    if (db > sounds[i].db)
      fail_msg("program %d: %.1f dB off", sounds[i].program, db);
    scene_free(s);
  }
}

static void
test_velocities_between_classes_keep_the_sound(void **state)
{
  (void)state;
  static const int programs[] = {
      33, 46, 89, 90, 28, 0, 48, 4, 25, 12, 61, 73, 19, 44, 49, 54, 60};
  static const int exact[] = {33, 46};
  static const int keys[]  = {45, 48, 52, 55, 58, 60, 62, 64, 67, 69, 71, 72};
  static const double exact_db = -55.0, band_db = 1.0;
  const char *font = find_font();
  if (font == NULL)
    skip();
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    Scene *s       = scene_new();
    const size_t t = add_track(s, CS_STEM_HARMONY, 0, programs[i]);
    add_figure(s, t, keys, 12, 6400, human);
    const double db = worst_band_db(s, font, CS_STEM_HARMONY);
    if (db > band_db)
      fail_msg("program %d: a band is %.2f dB off", programs[i], db);
    for (size_t k = 0; k < sizeof exact / sizeof *exact; k++)
      if (exact[k] == programs[i])
        assert_true(residual_db(s, font, CS_STEM_HARMONY) < exact_db);
    scene_free(s);
  }
}

static void
test_a_kit_keeps_its_chokes(void **state)
{
  (void)state;
  static const int keys[] = {46, 42, 36, 42, 38, 46, 36, 42};
  const char *font        = find_font();
  if (font == NULL)
    skip();
  Scene *s       = scene_new();
  const size_t t = add_track(s, CS_STEM_DRUMS, 128, 0);
  add_figure(s, t, keys, 8, 3200, human);
  use_class_values(s, font);
  const double db = residual_db(s, font, CS_STEM_DRUMS);
  if (db > -100.0)
    fail_msg("the kit is %.1f dB off", db);
  scene_free(s);
}

// ---- Notes shared with other jobs -------------------------------------------

enum { SHARED_BLOCKS = 16 };

static float *
render_shared(Scene *s, const char *font, CsNoteStore *store, CsStem stem)
{
  const CsRenderWish wish = {.soundfont = font,
      .n_threads                        = 2,
      .store                            = store,
      .font_sha256                      = "the font of the test"};
  return render_with(s, &wish, stem, SHARED_BLOCKS);
}

/// A band like the small one, some of whose notes are the same.
static Scene *
other_band(void)
{
  Scene *s = scene_new();
  add_small_band(s);
  for (size_t i = 0; i < s->performance.n_notes; i += 2)
    s->notes[i].velocity = (uint8_t)(60 + i % 40);
  // What begins alike is longer there, or shorter.
  for (size_t i = 0; i < s->performance.n_notes; i++)
    s->notes[i].off_frame += 64 * (30 * (int64_t)(i % 3) - 20);
  return s;
}

static void
expect_as_alone(
    Scene *s, const char *font, CsNoteStore *store, const float *alone)
{
  float *shared = render_shared(s, font, store, CS_STEM_HARMONY);
  assert_memory_equal(
      alone, shared, SHARED_BLOCKS * CS_BLOCK_FRAMES * 2 * sizeof *alone);
  free(shared);
}

static void
test_a_job_sounds_the_same_whatever_the_store_holds(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  // No room at all, room for some notes, room for all.
  static const size_t bytes[] = {1, 1 << 20, 64 << 20};
  Scene *s = scene_new(), *other = other_band();
  add_small_band(s);
  float *alone = render(s, font, 2, CS_STEM_HARMONY, SHARED_BLOCKS);
  for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
    CsNoteStore *store = cs_note_store_new(bytes[i]);
    assert_non_null(store);
    free(render_shared(other, font, store, CS_STEM_HARMONY));
    expect_as_alone(s, font, store, alone);
    expect_as_alone(s, font, store, alone);
    const CsNoteStoreUse use = cs_note_store_use(store);
    assert_true(use.n_bytes <= bytes[i]);
    if (bytes[i] == 1)
      assert_int_equal(use.n_found, 0);
    if (i + 1 == sizeof bytes / sizeof *bytes)
      assert_true(use.n_found > 0);
    cs_note_store_free(store);
  }
  free(alone);
  scene_free(s);
  scene_free(other);
}

static void
test_notes_of_the_preroll_come_back(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  // Of a loop the same notes sound before its start and at its end.
  const int64_t pre = 5 * CS_BLOCK_FRAMES, length = 10 * CS_BLOCK_FRAMES;
  Scene *s                        = scene_new();
  const size_t t                  = add_track(s, CS_STEM_BASS, 0, 33);
  s->performance.n_frames         = length;
  s->performance.n_preroll_frames = pre;
  for (int64_t k = 0; k < 12; k++) {
    const int64_t on = 6400 * k - pre, off = on + 64 * (40 + 10 * (k % 3));
    if (on < length)
      add_note(s, t, on, off, 36);
  }
  float *first  = render(s, font, 1, CS_STEM_BASS, 15);
  float *second = render_by(s, font, CS_RENDER_REFERENCE, 1, CS_STEM_BASS, 15);
  double sound = 0.0, rest = 0.0;
  for (size_t i = 0; i < (size_t)15 * CS_BLOCK_FRAMES * 2; i++) {
    const double off = (double)first[i] - (double)second[i];
    sound += (double)second[i] * (double)second[i];
    rest += off * off;
  }
  assert_true(sound > 0.0);
  assert_true(10.0 * log10(rest / sound + 1e-30) < -60.0);
  free(first);
  free(second);
  scene_free(s);
}

static void
test_notes_are_held_beyond_an_end_that_is_no_whole_step(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  Scene *s                = scene_new();
  const size_t t          = add_track(s, CS_STEM_PADS, 0, 89);
  s->performance.n_frames = 40017;
  for (int64_t on = 0; on < 40000; on += 6400)
    add_note(s, t, on, on + 64 * 1500, 48 + (int)(on / 12800));
  float *audio = render(s, font, 1, CS_STEM_PADS, 10);
  assert_true(peak(audio, 36000, 40017) > 0.01);
  free(audio);
  scene_free(s);
}

static void
test_the_end_of_a_loop_leads_to_its_start_without_a_step(void **state)
{
  (void)state;
  const char *font = find_font();
  if (font == NULL)
    skip();
  // Not a multiple of the grid, and a pad that sounds over the join.
  const int64_t n_frames = 40017, pre = 2 * CS_BLOCK_FRAMES;
  Scene *s                        = scene_new();
  const size_t t                  = add_track(s, CS_STEM_PADS, 0, 48);
  s->performance.n_frames         = n_frames;
  s->performance.n_preroll_frames = pre;
  add_note(s, t, -6400, 3200, 86);
  add_note(s, t, 33600, 43200, 86);
  float *audio     = render(s, font, 2, CS_STEM_PADS, 13);
  const float *cue = audio + 2 * pre;
  double usual     = 0.0;
  for (int64_t i = 36000; i < n_frames - 1; i++)
    usual = fmax(usual, fabs((double)(cue[2 * i + 2] - cue[2 * i])));
  const double step = fabs((double)(cue[0] - cue[2 * (n_frames - 1)]));
  assert_true(usual > 0.0);
  if (step > usual)
    fail_msg("step %g over the join, usual %g", step, usual);
  free(audio);
  scene_free(s);
}

// ---- Bad soundfonts ---------------------------------------------------------

static void
expect_refusal(const char *path, const char *words)
{
  CsArena *arena = cs_arena_new(NULL);
  Scene *s       = scene_new();
  CsRenderer *r  = NULL;
  assert_int_equal(cs_sf2_check(arena, path), CS_ERR_REQUEST);
  assert_non_null(strstr(cs_arena_error(arena), path));
  if (strstr(cs_arena_error(arena), words) == NULL)
    fail_msg("\"%s\" lacks \"%s\"", cs_arena_error(arena), words);
  const CsRenderWish wish = {.soundfont = path, .n_threads = 2};
  assert_int_equal(
      cs_renderer_new(s->arena, &s->performance, &wish, &r), CS_ERR_REQUEST);
  assert_null(r);
  scene_free(s);
  cs_arena_free(arena);
}

static void
expect_refused_bytes(const void *bytes, size_t n, const char *words)
{
  char path[] = "/tmp/cuesmith-test-XXXXXX";
  const int f = mkstemp(path);
  assert_true(f >= 0);
  assert_int_equal(write(f, bytes, n), (ssize_t)n);
  close(f);
  expect_refusal(path, words);
  unlink(path);
}

static void
test_a_missing_soundfont_is_named(void **state)
{
  (void)state;
  expect_refusal("/nowhere/none.sf2", "cannot be opened");
  expect_refusal("/tmp", "is not a file");
}

static void
test_garbage_is_no_soundfont(void **state)
{
  (void)state;
  static const char wave[] = "RIFF\x04\0\0\0WAVE";
  static const char bare[] = "RIFF\x04\0\0\0sfbk";
  expect_refused_bytes("", 0, "is not a soundfont");
  expect_refused_bytes("this is no music at all", 23, "is not a soundfont");
  expect_refused_bytes(wave, 12, "is not a soundfont");
  expect_refused_bytes(bare, 12, "holds no samples");
}

static void
test_a_truncated_soundfont_is_called_short(void **state)
{
  (void)state;
  static const char head[] = "RIFF\xff\xff\x10\0sfbkLIST\x04\0\0\0INFO";
  expect_refused_bytes(head, 24, "is cut short");
}

static void
test_a_soundfont_with_broken_tables_is_called_damaged(void **state)
{
  (void)state;
  static const char font[] = "RIFF\x2c\0\0\0sfbk"
                             "LIST\x04\0\0\0sdta"
                             "LIST\x14\0\0\0pdta"
                             "phdr\x07\0\0\0abcdefg\0";
  expect_refused_bytes(font, 52, "table phdr");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_an_a4_on_a_flute_sounds_at_440_hz),
      cmocka_unit_test(
          test_nothing_sounds_before_the_first_note_and_its_onset_is_exact),
      cmocka_unit_test(test_the_preroll_is_rendered_first),
      cmocka_unit_test(test_any_number_of_threads_gives_the_same_bytes),
      cmocka_unit_test(test_a_track_sounds_the_same_whatever_else_plays),
      cmocka_unit_test(test_level_and_gain_curve_scale_without_steps),
      cmocka_unit_test(test_a_track_panned_right_is_louder_there),
      cmocka_unit_test(test_a_missing_preset_is_replaced),
      cmocka_unit_test(test_notes_die_away_to_nothing),
      cmocka_unit_test(test_copies_are_what_every_note_by_itself_would_be),
      cmocka_unit_test(test_notes_that_begin_alike_end_where_they_should),
      cmocka_unit_test(test_velocities_between_classes_keep_the_sound),
      cmocka_unit_test(test_a_kit_keeps_its_chokes),
      cmocka_unit_test(test_a_job_sounds_the_same_whatever_the_store_holds),
      cmocka_unit_test(test_notes_of_the_preroll_come_back),
      cmocka_unit_test(test_notes_are_held_beyond_an_end_that_is_no_whole_step),
      cmocka_unit_test(
          test_the_end_of_a_loop_leads_to_its_start_without_a_step),
      cmocka_unit_test(test_a_missing_soundfont_is_named),
      cmocka_unit_test(test_garbage_is_no_soundfont),
      cmocka_unit_test(test_a_truncated_soundfont_is_called_short),
      cmocka_unit_test(test_a_soundfont_with_broken_tables_is_called_damaged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
