// The filters against their closed forms, and what a room must be: linear,
// dying away in time, as loud as what goes in, alike at every sample rate.

#include "gen/base/mathx.h"
#include "gen/base/rng.h"
#include "gen/master/filter.h"
#include "gen/master/room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
assert_near(const char *what, double is, double wanted, double tolerance)
{
  if (!(fabs(is - wanted) <= tolerance))
    fail_msg("%s is %.5f, wanted %.5f +- %.5f", what, is, wanted, tolerance);
}

static float *
samples_new(size_t n)
{
  float *samples = calloc(n, sizeof *samples);
  assert_non_null(samples);
  return samples;
}

static CsArena *
arena_new(void)
{
  CsArena *arena = cs_arena_new(NULL);
  assert_non_null(arena);
  return arena;
}

// ---- Filters
// ------------------------------------------------------------------

/// Gain of a filter at a frequency in dB, from its impulse response.
static double
response_db(CsFilter filter, int sample_rate, double hz)
{
  const size_t n = (size_t)sample_rate;
  float *frames  = samples_new(2 * n);
  double re = 0.0, im = 0.0;
  frames[1] = 1.0F; // right
  cs_filter_run(&filter, frames, n);
  for (size_t i = 0; i < n; i++) {
    const double w = 2.0 * CS_PI * hz * (double)i / sample_rate;
    re += (double)frames[2 * i + 1] * cos(w);
    im += (double)frames[2 * i + 1] * sin(w);
    assert_true(frames[2 * i] == 0.0F); // left hears nothing of it
  }
  free(frames);
  return 10.0 * log10(re * re + im * im);
}

/// Analogue frequency that a digital one stands for.
static double
bent(double hz, int sample_rate)
{
  return tan(CS_PI * hz / sample_rate);
}

static void
test_high_pass_follows_the_butterworth_form(void **state)
{
  (void)state;
  static const int rates[]    = {8000, 44100, 48000, 96000};
  static const double tones[] = {10.0, 20.0, 30.0, 60.0, 200.0, 3000.0};
  for (size_t r = 0; r < 4; r++)
    for (size_t t = 0; t < 6; t++) {
      CsFilter filter = {.n_sections = 0};
      cs_filter_add(&filter, cs_highpass(rates[r], 30.0));
      const double x4 =
          pow(bent(tones[t], rates[r]) / bent(30.0, rates[r]), 4.0);
      assert_near("high-pass", response_db(filter, rates[r], tones[t]),
          10.0 * log10(x4 / (1.0 + x4)), 0.02);
    }
}

static void
test_bell_follows_the_analogue_form(void **state)
{
  (void)state;
  static const double tones[] = {100.0, 1000.0, 2000.0, 4000.0, 12000.0};
  for (size_t t = 0; t < 5; t++) {
    CsFilter filter = {.n_sections = 0};
    cs_filter_add(&filter, cs_bell(48000, 2000.0, 0.7, -3.0));
    // |s^2 + s A/Q + 1| / |s^2 + s /(A Q) + 1|, A the square root of the gain.
    const double a     = pow(10.0, -3.0 / 40.0);
    const double x     = bent(tones[t], 48000) / bent(2000.0, 48000);
    const double d     = (1.0 - x * x) * (1.0 - x * x);
    const double above = d + x * x * a * a / 0.49;
    const double below = d + x * x / (a * a) / 0.49;
    assert_near("bell", response_db(filter, 48000, tones[t]),
        10.0 * log10(above / below), 0.02);
  }
}

static void
test_shelves_follow_the_analogue_form(void **state)
{
  (void)state;
  static const double tones[] = {20.0, 100.0, 180.0, 400.0, 3000.0, 12000.0};
  const double a              = pow(10.0, 6.0 / 40.0);
  for (size_t t = 0; t < 6; t++) {
    CsFilter low = {.n_sections = 0}, high = {.n_sections = 0};
    cs_filter_add(&low, cs_low_shelf(48000, 180.0, 6.0));
    cs_filter_add(&high, cs_high_shelf(48000, 180.0, 6.0));
    // With Q 1/sqrt 2 the squares are those of s^2 + A and A s^2 + 1.
    const double x  = bent(tones[t], 48000) / bent(180.0, 48000);
    const double x4 = x * x * x * x;
    const double up = a * a * (x4 + a * a) / (a * a * x4 + 1.0);
    assert_near(
        "low shelf", response_db(low, 48000, tones[t]), 10.0 * log10(up), 0.02);
    assert_near("high shelf", response_db(high, 48000, tones[t]),
        12.0 - 10.0 * log10(up) - 6.0, 0.02);
  }
}

static void
test_two_sections_are_one_after_the_other(void **state)
{
  (void)state;
  CsFilter both = {.n_sections = 0}, first = both, second = both;
  const CsBiquad a = cs_highpass(48000, 150.0);
  const CsBiquad b = cs_bell(48000, 2000.0, 0.7, -3.0);
  cs_filter_add(&both, a);
  cs_filter_add(&both, b);
  cs_filter_add(&first, a);
  cs_filter_add(&second, b);
  for (double hz = 50.0; hz < 20000.0; hz *= 2.7)
    assert_near("two sections", response_db(both, 48000, hz),
        response_db(first, 48000, hz) + response_db(second, 48000, hz), 0.001);
}

/// Whatever the processor offers, the samples are the same.
static void
test_two_filters_at_once_give_what_each_gives_alone(void **state)
{
  (void)state;
  enum { N = 1001, N_KINDS = CS_MAX_SECTIONS + 1 };
  CsRng rng = cs_rng_at(4, "filters", 0, 0);
  for (size_t na = 0; na < N_KINDS; na++)
    for (size_t nb = 0; nb < N_KINDS; nb++) {
      CsFilter a = {.n_sections = 0}, b = {.n_sections = 0};
      float x[2 * N], y[2 * N], x_alone[2 * N], y_alone[2 * N];
      for (size_t i = 0; i < na; i++)
        cs_filter_add(&a, cs_highpass(48000, 40.0 + 50.0 * (double)i));
      for (size_t i = 0; i < nb; i++)
        cs_filter_add(&b, cs_bell(48000, 900.0 * (double)(i + 1), 0.8, -4.0));
      CsFilter a_alone = a, b_alone = b;
      for (size_t i = 0; i < (size_t)2 * N; i++) {
        x[i] = x_alone[i] = (float)cs_rng_between(&rng, -1.0, 1.0);
        y[i] = y_alone[i] = (float)cs_rng_between(&rng, -1.0, 1.0);
      }
      cs_filter_run_both(&a, x, &b, y, 600);
      cs_filter_run_both(&a, x + 1200, &b, y + 1200, N - 600);
      cs_filter_run(&a_alone, x_alone, N);
      cs_filter_run(&b_alone, y_alone, N);
      for (size_t i = 0; i < (size_t)2 * N; i++)
        assert_true(x[i] == x_alone[i] && y[i] == y_alone[i]);
    }
}

// ---- Room
// ---------------------------------------------------------------------

/// A room's answer, block by block.
static void
answer(int sample_rate, double size, float *frames, size_t n_frames)
{
  CsArena *arena = arena_new();
  CsRoom *room   = NULL;
  assert_int_equal(cs_room_new(arena, sample_rate, size, &room), CS_OK);
  for (size_t f = 0; f < n_frames; f += CS_ROOM_FRAMES) {
    const size_t n_left = n_frames - f;
    cs_room_run(room, frames + 2 * f,
        n_left < CS_ROOM_FRAMES ? n_left : CS_ROOM_FRAMES);
  }
  cs_arena_free(arena);
}

static void
add_noise(float *frames, size_t n_frames, uint64_t seed)
{
  CsRng rng = cs_rng_at(seed, "noise", 0, 0);
  for (size_t i = 0; i < 2 * n_frames; i++)
    frames[i] += (float)(0.1 * cs_rng_normal(&rng));
}

static double
power(const float *frames, size_t first, size_t end)
{
  double sum = 0.0;
  for (size_t i = 2 * first; i < 2 * end; i++)
    sum += (double)frames[i] * (double)frames[i];
  return sum / (double)(2 * (end - first));
}

/// Slope of the decay of an impulse, as the seconds of 60 dB: Schroeder's
/// backward integral between -5 and -35 dB, over a tone band.
static double
measured_t60_s(int sample_rate, double size, double hz)
{
  const size_t n = (size_t)(cs_room_t60_s(size) * 1.3 * sample_rate);
  float *frames  = samples_new(2 * n);
  frames[0]      = 1.0F;
  answer(sample_rate, size, frames, n);
  // A bell of +40 dB that wide stands out enough to be a band-pass.
  CsFilter band = {.n_sections = 0};
  cs_filter_add(&band, cs_bell(sample_rate, hz, 2.0, 30.0));
  cs_filter_add(&band, cs_bell(sample_rate, hz, 2.0, 30.0));
  cs_filter_run(&band, frames, n);
  double *left = calloc(n + 1, sizeof *left);
  assert_non_null(left);
  for (size_t i = n; i-- > 0;)
    left[i] = left[i + 1] + (double)frames[2 * i] * (double)frames[2 * i] +
              (double)frames[2 * i + 1] * (double)frames[2 * i + 1];
  size_t from = 0, to = 0;
  while (left[from] > left[0] * pow(10.0, -0.5))
    from++;
  while (left[to] > left[0] * pow(10.0, -3.5))
    to++;
  free(left);
  free(frames);
  return 2.0 * (double)(to - from) / sample_rate;
}

static void
test_room_decays_in_the_time_of_its_size(void **state)
{
  (void)state;
  static const double wanted[][2] = {
      {0.2, 0.9}, {0.4, 1.4}, {0.6, 2.1}, {0.7, 2.7}, {0.8, 3.7}, {1.0, 8.0}};
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
    assert_near("table", cs_room_t60_s(wanted[i][0]), wanted[i][1], 1e-9);
    assert_near("T60 at 400 Hz", measured_t60_s(48000, wanted[i][0], 400.0),
        wanted[i][1], 0.2 * wanted[i][1]);
  }
}

static void
test_room_is_darker_at_the_end_than_at_the_start(void **state)
{
  (void)state;
  const double low  = measured_t60_s(48000, 0.6, 400.0);
  const double high = measured_t60_s(48000, 0.6, 5000.0);
  assert_true(high < 0.75 * low);
  assert_true(high > 0.2 * low);
}

static void
test_room_sounds_alike_at_every_rate(void **state)
{
  (void)state;
  static const int rates[] = {8000, 44100, 96000};
  const double wanted      = measured_t60_s(48000, 0.5, 500.0);
  for (size_t i = 0; i < 3; i++)
    assert_near(
        "T60", measured_t60_s(rates[i], 0.5, 500.0), wanted, 0.1 * wanted);
}

static void
test_room_is_as_loud_around_1_khz_as_what_goes_in(void **state)
{
  (void)state;
  for (double size = 0.2; size <= 1.0; size += 0.2) {
    const size_t n = (size_t)(48000.0 * (cs_room_t60_s(size) + 2.0));
    float *frames  = samples_new(2 * n);
    CsFilter band  = {.n_sections = 0};
    cs_filter_add(&band, cs_bell(48000, 1000.0, 2.0, 30.0));
    cs_filter_add(&band, cs_bell(48000, 1000.0, 2.0, 30.0));
    add_noise(frames, n, 1);
    cs_filter_run(&band, frames, n);
    const double in = power(frames, n - 48000, n);
    answer(48000, size, frames, n);
    const double out = power(frames, n - 48000, n);
    assert_near("level", 10.0 * log10(out / in), 0.0, 1.5);
    free(frames);
  }
}

static void
test_rooms_of_parts_add_up_to_the_room_of_the_whole(void **state)
{
  (void)state;
  const size_t n = 96000;
  float *a = samples_new(2 * n), *b = samples_new(2 * n),
        *both = samples_new(2 * n);
  add_noise(a, 20000, 1);
  add_noise(b, 40000, 2);
  for (size_t i = 0; i < 2 * n; i++)
    both[i] = a[i] + b[i];
  answer(48000, 0.6, a, n);
  answer(48000, 0.6, b, n);
  answer(48000, 0.6, both, n);
  for (size_t i = 0; i < 2 * n; i++)
    assert_near("sum", (double)both[i], (double)a[i] + (double)b[i], 2e-6);
  free(a);
  free(b);
  free(both);
}

static void
test_room_falls_silent_and_then_answers_as_if_new(void **state)
{
  (void)state;
  const size_t n = 1024 * CS_ROOM_FRAMES / 64;
  CsArena *arena = arena_new();
  CsRoom *room   = NULL;
  float *first = samples_new(2 * n), *again = samples_new(2 * n);
  float *quiet = samples_new(2 * (size_t)CS_ROOM_FRAMES);
  first[10] = again[10] = 1.0F;
  assert_int_equal(cs_room_new(arena, 48000, 0.2, &room), CS_OK);
  for (size_t f = 0; f < n; f += CS_ROOM_FRAMES)
    cs_room_run(room, first + 2 * f, CS_ROOM_FRAMES);
  for (int i = 0; i < 100; i++) {
    memset(quiet, 0, 2 * CS_ROOM_FRAMES * sizeof *quiet);
    cs_room_run(room, quiet, CS_ROOM_FRAMES);
  }
  for (size_t i = 0; i < (size_t)2 * CS_ROOM_FRAMES; i++)
    assert_true(quiet[i] == 0.0F);
  for (size_t f = 0; f < n; f += CS_ROOM_FRAMES)
    cs_room_run(room, again + 2 * f, CS_ROOM_FRAMES);
  assert_memory_equal(first, again, 2 * n * sizeof *first);
  free(first);
  free(again);
  free(quiet);
  cs_arena_free(arena);
}

static void
test_room_is_wide_and_folds_to_mono(void **state)
{
  (void)state;
  const size_t n = 48000 * 3;
  float *frames  = samples_new(2 * n);
  add_noise(frames, n, 3);
  for (size_t f = 0; f < n; f++)
    frames[2 * f + 1] = frames[2 * f]; // from the middle
  answer(48000, 0.5, frames, n);
  double ll = 0.0, rr = 0.0, lr = 0.0;
  for (size_t f = n / 2; f < n; f++) {
    const double l = (double)frames[2 * f], r = (double)frames[2 * f + 1];
    ll += l * l;
    rr += r * r;
    lr += l * r;
  }
  const double correlation = lr / sqrt(ll * rr);
  assert_true(correlation > 0.2);
  assert_true(correlation < 0.9);
  assert_near("balance", 10.0 * log10(ll / rr), 0.0, 1.0);
  free(frames);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_high_pass_follows_the_butterworth_form),
      cmocka_unit_test(test_bell_follows_the_analogue_form),
      cmocka_unit_test(test_shelves_follow_the_analogue_form),
      cmocka_unit_test(test_two_sections_are_one_after_the_other),
      cmocka_unit_test(test_two_filters_at_once_give_what_each_gives_alone),
      cmocka_unit_test(test_room_decays_in_the_time_of_its_size),
      cmocka_unit_test(test_room_is_darker_at_the_end_than_at_the_start),
      cmocka_unit_test(test_room_sounds_alike_at_every_rate),
      cmocka_unit_test(test_room_is_as_loud_around_1_khz_as_what_goes_in),
      cmocka_unit_test(test_rooms_of_parts_add_up_to_the_room_of_the_whole),
      cmocka_unit_test(test_room_falls_silent_and_then_answers_as_if_new),
      cmocka_unit_test(test_room_is_wide_and_folds_to_mono),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
