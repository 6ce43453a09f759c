// The ear on sounds whose figures are known: from closed forms, and from
// libebur128 where BS.1770 is asked.

#include "gen/audit/ear.h"
#include "gen/base/fft.h"
#include "gen/base/mathx.h"
#include "gen/base/rng.h"
#include "gen/master/loudness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ebur128.h>

#include <math.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/// A sample at a time, of a channel. `nth` is the frame.
typedef double Sound(double s, int channel, int64_t nth);

/// A sound that was heard.
typedef struct Cue {
  int rate, n_channels;
  double length_s;
  size_t n_at_once; ///< Frames of a call; 0 = 4096.
  CsArena *arena;
  float *frames;
  size_t n_frames;
  CsHeard heard;
} Cue;

static void
assert_near(const char *what, double is, double wanted, double tolerance)
{
  if (!(fabs(is - wanted) <= tolerance))
    fail_msg("%s is %.4f, wanted %.4f +- %.4f", what, is, wanted, tolerance);
}

static void
write_sound(Cue *c, Sound *sound)
{
  c->n_frames     = (size_t)(c->length_s * c->rate + 0.5);
  const size_t ch = (size_t)c->n_channels;
  c->frames       = CS_NEW_N(c->arena, float, c->n_frames *ch);
  assert_non_null(c->frames);
  for (size_t f = 0; f < c->n_frames; f++)
    for (size_t i = 0; i < ch; i++)
      c->frames[f * ch + i] =
          (float)sound((double)f / c->rate, (int)i, (int64_t)f);
}

/// Free it with free_cue().
static Cue
hear(Sound *sound, Cue c)
{
  CsEar *ear = NULL;
  c.arena    = cs_arena_new(NULL);
  assert_non_null(c.arena);
  write_sound(&c, sound);
  assert_int_equal(cs_ear_new(c.arena, c.rate, c.n_channels, &ear), CS_OK);
  const size_t most = c.n_at_once > 0 ? c.n_at_once : 4096;
  for (size_t f = 0; f < c.n_frames; f += most) {
    const size_t n = c.n_frames - f < most ? c.n_frames - f : most;
    assert_int_equal(
        cs_ear_hear(c.arena, ear, c.frames + f * (size_t)c.n_channels, n),
        CS_OK);
  }
  assert_int_equal(cs_ear_report(c.arena, ear, &c.heard), CS_OK);
  cs_ear_free(ear);
  assert_int_equal(c.heard.n_frames, c.n_frames);
  return c;
}

static Cue
stereo(int rate, double length_s)
{
  return (Cue){.rate = rate, .n_channels = 2, .length_s = length_s};
}

static void
free_cue(Cue *c)
{
  cs_arena_free(c->arena);
}

// ---- Sounds -----------------------------------------------------------------

static double
sine(double hz, double s)
{
  return sin(2.0 * CS_PI * hz * s);
}

static double
silence(double s, int channel, int64_t nth)
{
  (void)s, (void)channel, (void)nth;
  return 0.0;
}

/// 997 Hz at -20 dB of full scale, in every channel.
static double
tone(double s, int channel, int64_t nth)
{
  (void)channel, (void)nth;
  return 0.1 * sine(997.0, s);
}

/// 0.2 wide, so that its mean square is 0.04; each side its own.
static double
noise(double s, int channel, int64_t nth)
{
  (void)s;
  CsRng rng = cs_rng_at(7, "ear", (uint64_t)channel, (uint64_t)nth);
  return 0.2 * cs_rng_normal(&rng);
}

static double
same_noise(double s, int channel, int64_t nth)
{
  (void)channel;
  return noise(s, 0, nth);
}

/// 500 Hz and, 10 dB softer, 2 kHz.
static double
two_tones(double s, int channel, int64_t nth)
{
  (void)channel, (void)nth;
  return 0.3 * sine(500.0, s) + 0.3 * sqrt(0.1) * sine(2000.0, s);
}

/// A sine in the middle of each octave, each 3 dB under the one before.
static double
stairs(double s, int channel, int64_t nth)
{
  (void)channel, (void)nth;
  double sum = 0.0;
  for (int o = 0; o < CS_N_OCTAVES; o++)
    sum += 0.2 * pow(10.0, -3.0 * o / 20.0) * sine(62.5 * pow(2.0, o), s);
  return sum;
}

/// Ten milliseconds of 1 kHz, twice a second.
static double
beats(double s, int channel, int64_t nth)
{
  (void)channel, (void)nth;
  return fmod(s, 0.5) < 0.01 ? 0.5 * sine(1000.0, s) : 0.0;
}

/// The same, in slots of 0.1 s by chance, 2 a second on average.
static double
scattered(double s, int channel, int64_t nth)
{
  (void)channel, (void)nth;
  CsRng rng = cs_rng_at(3, "slot", (uint64_t)(s / 0.1), 0);
  return cs_rng_unit(&rng) < 0.2 && fmod(s, 0.1) < 0.01 ? 0.5 * sine(1000.0, s)
                                                        : 0.0;
}

/// Soft chords that swell for a quarter of a second, every 0.8 s, over a drone.
static double
soft_pulse(double s, int channel, int64_t nth)
{
  const double in = fmod(s, 0.8);
  const double up = in < 0.25 ? in / 0.25 : exp(-(in - 0.25) / 0.3);
  return 0.1 * sine(82.0, s) + 0.05 * up * sine(330.0, s) +
         0.02 * noise(s, channel, nth);
}

static double
drone(double s, int channel, int64_t nth)
{
  return 0.2 * sine(55.0 + channel, s) + 0.1 * sine(165.3, s) +
         0.02 * noise(s, channel, nth);
}

/// Silence for 0.123 s, then noise; from 7 to 10 s 6 dB louder.
static double
late_and_louder(double s, int channel, int64_t nth)
{
  const double gain = s < 0.123 ? 0.0 : s >= 7.0 && s < 10.0 ? 2.0 : 1.0;
  return 0.2 * gain * noise(s, channel, nth);
}

/// EBU Tech 3342, minimum requirement 1: 20 s at -20 dBFS, 20 s at -30 dBFS.
static double
two_levels(double s, int channel, int64_t nth)
{
  (void)channel, (void)nth;
  return (s < 20.0 ? 0.1 : 0.0316227766) * sine(1000.0, s);
}

/// EBU Tech 3342, minimum requirement 4: -50, -35, -20, -35, -50 dBFS.
static double
five_levels(double s, int channel, int64_t nth)
{
  static const double dbs[] = {-50, -35, -20, -35, -50};
  (void)channel, (void)nth;
  return pow(10.0, dbs[(int)(s / 20.0)] / 20.0) * sine(1000.0, s);
}

/// The right side 6.02 dB under the left, the same otherwise.
static double
leaning(double s, int channel, int64_t nth)
{
  return same_noise(s, 0, nth) * (channel == 0 ? 1.0 : 0.5);
}

static double
opposed(double s, int channel, int64_t nth)
{
  return same_noise(s, 0, nth) * (channel == 0 ? 1.0 : -1.0);
}

/// 0.25 until 50 ms before the end of one second, then 0.125; the last 0.5.
static double
plain_end(double s, int channel, int64_t nth)
{
  (void)s, (void)channel;
  return nth == 47999 ? -0.5 : nth >= 48000 - 2400 ? 0.125 : 0.25;
}

// ---- Level and loudness -----------------------------------------------------

static void
test_a_tone_is_measured_alike_at_every_rate(void **state)
{
  static const int rates[] = {8000, 11025, 22050, 44100, 48000, 96000, 192000};
  (void)state;
  for (size_t i = 0; i < COUNT_OF(rates); i++) {
    Cue c            = hear(tone, stereo(rates[i], 4.0));
    const CsHeard *h = &c.heard;
    // A full sine of 997 Hz in one channel reads -3.01 LUFS (BS.1770).
    assert_near("loudness", h->integrated_lufs, -20.0, 0.1);
    assert_near("momentary", h->momentary_max_lufs, -20.0, 0.1);
    assert_near("short term", h->short_term_lufs[35], -20.0, 0.1);
    assert_near("peak", h->true_peak_dbtp, -20.0, 0.05);
    assert_near("level", h->rms_dbfs, -23.01, 0.01);
    assert_near("1 kHz octave", h->octave_db[4], -23.01, 0.05);
    for (size_t o = 0; o < CS_N_OCTAVES; o++)
      if (o != 4)
        assert_true(h->octave_db[o] < -65.0);
    assert_int_equal(h->n_points, c.n_frames / (((size_t)c.rate + 5) / 10));
    free_cue(&c);
  }
}

static void
test_one_channel_is_heard_as_one_speaker(void **state)
{
  (void)state;
  Cue c = hear(tone, (Cue){.rate = 48000, .n_channels = 1, .length_s = 4.0});
  assert_near("loudness", c.heard.integrated_lufs, -23.01, 0.1);
  assert_near("level", c.heard.rms_dbfs, -23.01, 0.01);
  assert_near("1 kHz octave", c.heard.octave_db[4], -23.01, 0.05);
  assert_near("correlation", c.heard.correlation, 1.0, 1e-9);
  assert_near("balance", c.heard.balance_db, 0.0, 1e-9);
  assert_near("mono loss", c.heard.mono_loss_db, 0.0, 1e-9);
  free_cue(&c);
}

static void
test_silence_has_no_level(void **state)
{
  (void)state;
  Cue c            = hear(silence, stereo(48000, 5.0));
  const CsHeard *h = &c.heard;
  assert_near("loudness", h->integrated_lufs, CS_SILENCE_DB, 0.0);
  assert_near("level", h->rms_dbfs, CS_SILENCE_DB, 0.0);
  assert_near("peak", h->true_peak_dbtp, CS_SILENCE_DB, 0.0);
  assert_near("end", h->last_50_ms_dbfs, CS_SILENCE_DB, 0.0);
  assert_near("range", h->range_lu, 0.0, 0.0);
  assert_near("pulse", h->pulse, 0.0, 0.0);
  assert_near("octave", h->octave_db[3], CS_SILENCE_DB, 0.0);
  free_cue(&c);
}

static void
test_the_shortest_cue_is_heard(void **state)
{
  (void)state;
  Cue c = hear(tone, stereo(48000, 0.05));
  assert_near("level", c.heard.rms_dbfs, -23.01, 0.05);
  assert_near("last 50 ms", c.heard.last_50_ms_dbfs, -23.01, 0.05);
  assert_int_equal(c.heard.n_ticks, 5);
  // An eighth of the 400 ms sounds.
  assert_near("momentary", c.heard.momentary_max_lufs, -29.0, 0.3);
  free_cue(&c);
}

static void
test_the_range_follows_the_ebu_cases(void **state)
{
  (void)state;
  Cue a = hear(two_levels, stereo(48000, 40.0));
  assert_near("case 1", a.heard.range_lu, 10.0, 1.0);
  free_cue(&a);
  Cue b = hear(five_levels, stereo(48000, 100.0));
  assert_near("case 4", b.heard.range_lu, 15.0, 1.0);
  free_cue(&b);
}

static void
test_loudness_is_libebur128s(void **state)
{
  (void)state;
  Cue c            = hear(late_and_louder, stereo(44100, 12.0));
  double momentary = 0.0, short_term, integrated;
  ebur128_state *meter =
      ebur128_init(2, 44100, EBUR128_MODE_I | EBUR128_MODE_S);
  assert_non_null(meter);
  for (size_t i = 0; i < c.heard.n_points; i++) {
    ebur128_add_frames_float(meter, c.frames + i * 4410 * 2, 4410);
    ebur128_loudness_momentary(meter, &momentary);
    ebur128_loudness_shortterm(meter, &short_term);
    if (momentary > -100.0)
      assert_near("momentary", c.heard.momentary_lufs[i], momentary, 0.01);
    if (short_term > -100.0)
      assert_near("short term", c.heard.short_term_lufs[i], short_term, 0.01);
  }
  ebur128_loudness_global(meter, &integrated);
  assert_near("integrated", c.heard.integrated_lufs, integrated, 0.01);
  ebur128_destroy(&meter);
  free_cue(&c);
}

// ---- Places -----------------------------------------------------------------

static void
test_beginning_and_loudest_places_are_found(void **state)
{
  (void)state;
  Cue c            = hear(late_and_louder, stereo(48000, 15.0));
  const CsHeard *h = &c.heard;
  assert_near("lead", h->lead_s, 0.12, 1e-9);
  assert_near("loudest 3 s", h->loudest_3_s_at_s, 7.0, 0.11);
  assert_true(h->peak_at_s > 7.0 && h->peak_at_s < 10.0);
  assert_near("peak level", h->peak_dbfs, -21.94, 0.5);
  assert_near("power of a span", cs_heard_power(h, 8.0, 9.0), 0.0064, 2e-4);
  assert_near("power of a span", cs_heard_power(h, 2.0, 6.0), 0.0016, 5e-5);
  assert_near("power before", cs_heard_power(h, 0.0, 0.1), 0.0, 0.0);
  assert_near("power of nothing", cs_heard_power(h, 20.0, 30.0), 0.0, 0.0);
  free_cue(&c);
}

static void
test_the_end_is_measured_to_the_sample(void **state)
{
  (void)state;
  Cue c             = hear(plain_end,
                  (Cue){.rate = 48000, .n_channels = 2, .length_s = 1, .n_at_once = 1000});
  const double mean = (2399.0 * 0.015625 + 0.25) / 2400.0;
  assert_near("last 50 ms", c.heard.last_50_ms_dbfs, 10.0 * log10(mean), 1e-4);
  assert_near("last sample", c.heard.last_sample, 0.5, 0.0);
  free_cue(&c);
}

// ---- Sides ------------------------------------------------------------------

static void
test_sides_are_compared(void **state)
{
  static const struct {
    Sound *sound;
    double balance, correlation, mono_loss;
  } cases[] = {
      {same_noise, 0.0, 1.0, 0.0},
      {noise, 0.0, 0.0, 3.01},
      // (1 + 1/4) / 2 against (3/4)^2
      {leaning, 6.02, 1.0, 0.458},
      {opposed, 0.0, -1.0, 180.0},
  };
  (void)state;
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    Cue c = hear(cases[i].sound, stereo(48000, 3.0));
    assert_near("balance", c.heard.balance_db, cases[i].balance, 0.05);
    assert_near("correlation", c.heard.correlation, cases[i].correlation, 0.01);
    if (cases[i].mono_loss < 100.0)
      assert_near("mono loss", c.heard.mono_loss_db, cases[i].mono_loss, 0.05);
    else
      assert_true(c.heard.mono_loss_db > 100.0);
    free_cue(&c);
  }
}

// ---- Bands ------------------------------------------------------------------

static void
test_noise_fills_octaves_by_their_width(void **state)
{
  (void)state;
  Cue c = hear(noise, stereo(48000, 8.0));
  for (size_t o = 0; o < CS_N_OCTAVES; o++) {
    const double width  = cs_octave_hz(o) / sqrt(2.0);
    const double wanted = 10.0 * log10(0.04 * width / 24000.0);
    // 63 Hz: 44 Hz for 8 s on 2 channels are 700 degrees of freedom: 0.2 dB.
    assert_near("octave", c.heard.octave_db[o], wanted, o == 0 ? 0.5 : 0.3);
  }
  assert_near("speech", c.heard.speech_band_db, -9.03, 0.1);
  free_cue(&c);
}

static void
test_each_octave_is_told_from_its_neighbours(void **state)
{
  static const int rates[] = {22050, 44100, 48000, 96000};
  (void)state;
  for (size_t i = 0; i < COUNT_OF(rates); i++) {
    Cue c = hear(stairs, stereo(rates[i], 5.0));
    for (int o = 0; o < CS_N_OCTAVES; o++)
      assert_near("octave", c.heard.octave_db[o], -16.99 - 3.0 * o, 0.1);
    free_cue(&c);
  }
}

static void
test_the_speech_band_is_a_share_of_the_whole(void **state)
{
  (void)state;
  Cue c      = hear(two_tones, stereo(48000, 4.0));
  double all = 0.0, speech = 0.0;
  assert_near("share", c.heard.speech_band_db, 10.0 * log10(0.1 / 1.1), 0.02);
  for (size_t i = 0; i < c.heard.n_slices; i++) {
    all += (double)c.heard.slices[i].all;
    speech += (double)c.heard.slices[i].speech;
  }
  assert_near("slices", speech / all, 0.1 / 1.1, 0.001);
  // Every frame's energy is counted once.
  assert_near("all", all / (4.0 * 48000), 0.045 * 1.1, 1e-4);
  free_cue(&c);
}

static void
test_bands_above_the_rate_are_empty(void **state)
{
  (void)state;
  Cue c = hear(noise, stereo(8000, 4.0));
  assert_near("8 kHz", c.heard.octave_db[7], CS_SILENCE_DB, 0.0);
  // Of the 4 kHz octave its lower part is there.
  assert_near("4 kHz", c.heard.octave_db[6],
      10.0 * log10(0.04 * (4000.0 - 2828.4) / 4000.0), 0.2);
  free_cue(&c);
}

// ---- Pulse ------------------------------------------------------------------

static void
test_a_pulse_is_told_from_chance(void **state)
{
  (void)state;
  Cue a = hear(beats, stereo(48000, 20.0));
  assert_true(a.heard.pulse > 0.85);
  assert_near("lag", a.heard.pulse_lag_s, 0.5, 0.021);
  free_cue(&a);
  Cue b = hear(scattered, stereo(48000, 40.0));
  assert_true(b.heard.pulse < 0.4);
  free_cue(&b);
  Cue c = hear(soft_pulse, stereo(48000, 20.0));
  assert_true(c.heard.pulse > 0.6);
  assert_near("lag", c.heard.pulse_lag_s, 0.8, 0.021);
  free_cue(&c);
  Cue d = hear(drone, stereo(48000, 20.0));
  assert_true(d.heard.pulse < 0.2);
  free_cue(&d);
}

/// Restless noise that comes and goes in 16 s.
static double
swelling(double s, int channel, int64_t nth)
{
  const double swell = sine(1.0 / 32.0, s);
  return (0.01 + 0.2 * swell * swell) * noise(s, channel, nth);
}

static void
test_a_swell_is_no_pulse(void **state)
{
  (void)state;
  Cue c = hear(swelling, stereo(48000, 32.0));
  if (c.heard.pulse > 0.2)
    fail_msg("a pulse of %g is heard in a swell", c.heard.pulse);
  free_cue(&c);
}

static double
soft_beats(double s, int channel, int64_t nth)
{
  return 0.01 * beats(s, channel, nth);
}

static void
test_the_pulse_does_not_hang_on_the_level(void **state)
{
  (void)state;
  Cue a = hear(beats, stereo(44100, 10.0));
  Cue b = hear(soft_beats, stereo(44100, 10.0));
  assert_near("pulse", b.heard.pulse, a.heard.pulse, 0.001);
  free_cue(&a);
  free_cue(&b);
}

// ---- Streaming --------------------------------------------------------------

static void
test_figures_do_not_hang_on_the_size_of_blocks(void **state)
{
  static const size_t sizes[] = {1, 777, 48000};
  (void)state;
  Cue a = hear(late_and_louder, stereo(48000, 4.0));
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    Cue c = hear(late_and_louder, (Cue){.rate     = 48000,
                                      .n_channels = 2,
                                      .length_s   = 4.0,
                                      .n_at_once  = sizes[i]});
    assert_near(
        "loudness", c.heard.integrated_lufs, a.heard.integrated_lufs, 1e-6);
    assert_near("level", c.heard.rms_dbfs, a.heard.rms_dbfs, 1e-9);
    assert_near("peak", c.heard.true_peak_dbtp, a.heard.true_peak_dbtp, 1e-6);
    assert_near("octave", c.heard.octave_db[5], a.heard.octave_db[5], 1e-9);
    assert_near("pulse", c.heard.pulse, a.heard.pulse, 1e-9);
    assert_near("end", c.heard.last_50_ms_dbfs, a.heard.last_50_ms_dbfs, 1e-9);
    assert_int_equal(c.heard.n_ticks, a.heard.n_ticks);
    free_cue(&c);
  }
  free_cue(&a);
}

/// What a brief ear heard of a cue, in calls of so many frames.
static CsHeard
hear_briefly(const Cue *c, size_t n_at_once)
{
  CsEar *ear           = NULL;
  CsLoudness *loudness = NULL;
  CsHeard h;
  const size_t ch = (size_t)c->n_channels;
  assert_int_equal(
      cs_ear_new_brief(c->arena, c->rate, c->n_channels, true, &ear), CS_OK);
  for (size_t f = 0; f < c->n_frames; f += n_at_once) {
    const size_t n_left = c->n_frames - f;
    const size_t n      = n_left < n_at_once ? n_left : n_at_once;
    assert_int_equal(cs_ear_hear(c->arena, ear, c->frames + f * ch, n), CS_OK);
  }
  assert_int_equal(cs_loudness_new(c->arena, c->rate, ch, &loudness), CS_OK);
  assert_int_equal(
      cs_loudness_feed(c->arena, loudness, c->frames, c->n_frames), CS_OK);
  assert_int_equal(cs_loudness_end(c->arena, loudness), CS_OK);
  cs_ear_lend(ear, loudness, -7.0);
  assert_int_equal(cs_ear_report(c->arena, ear, &h), CS_OK);
  cs_ear_free(ear);
  cs_loudness_free(loudness);
  return h;
}

/// A brief ear is lent the loudness, and hears the rest for itself.
static void
test_a_brief_ear_hears_the_same(void **state)
{
  (void)state;
  Cue a           = hear(late_and_louder, stereo(48000, 4.0));
  const CsHeard h = hear_briefly(&a, a.n_frames);
  assert_near("loudness", h.integrated_lufs, a.heard.integrated_lufs, 1e-9);
  assert_near("range", h.range_lu, a.heard.range_lu, 1e-9);
  assert_near(
      "short term", h.short_term_lufs[39], a.heard.short_term_lufs[39], 1e-9);
  assert_near("lent peak", h.true_peak_dbtp, -7.0, 1e-9);
  assert_near("level", h.rms_dbfs, a.heard.rms_dbfs, 1e-9);
  assert_near("lead", h.lead_s, a.heard.lead_s, 1e-9);
  assert_near("end", h.last_50_ms_dbfs, a.heard.last_50_ms_dbfs, 1e-9);
  assert_near("speech", h.speech_band_db, a.heard.speech_band_db, 0.1);
  free_cue(&a);
}

/// Tones of 0.1 inside the band and at its edges, and louder ones that would
/// fold into it.
static double
tones_around_speech(double s, int channel, int64_t nth)
{
  (void)nth;
  const double in_band = 0.1 * (sine(1050.0, s) + sine(3900.0, s));
  return in_band + (channel == 0 ? 0.2 * sine(900.0, s) + 0.3 * sine(4150.0, s)
                                 : 0.5 * sine(8950.0, s));
}

static void
test_a_brief_ear_tells_speech_from_its_neighbours(void **state)
{
  static const int rates[] = {22050, 32000, 44100, 48000, 96000, 192000};
  (void)state;
  const double in_band = 2.0 * 0.005, beside = (0.02 + 0.045 + 0.125) / 2.0;
  for (size_t i = 0; i < COUNT_OF(rates); i++) {
    Cue a           = hear(tones_around_speech, stereo(rates[i], 4.0));
    const CsHeard h = hear_briefly(&a, 4096);
    assert_near("share", h.speech_band_db,
        10.0 * log10(in_band / (in_band + beside)), 0.03);
    double all = 0.0, speech = 0.0;
    for (size_t k = 0; k < h.n_slices; k++) {
      all += (double)h.slices[k].all;
      speech += (double)h.slices[k].speech;
    }
    assert_near("all", all / (double)a.n_frames, in_band + beside, 1e-4);
    assert_near("speech", speech / (double)a.n_frames, in_band, 1e-4);
    free_cue(&a);
  }
}

/// Silence but for noise in the second of four seconds.
static double
noise_for_a_while(double s, int channel, int64_t nth)
{
  return s >= 1.0 && s < 2.0 ? noise(s, channel, nth) : 0.0;
}

static void
test_slices_lie_where_they_say(void **state)
{
  (void)state;
  for (int n_channels = 1; n_channels <= 2; n_channels++) {
    Cue a           = hear(noise_for_a_while,
                  (Cue){.rate = 48000, .n_channels = n_channels, .length_s = 4.0});
    const CsHeard h = hear_briefly(&a, 4096), odd = hear_briefly(&a, 777);
    assert_int_equal(h.n_slices, odd.n_slices);
    for (size_t i = 0; i < h.n_slices; i++) {
      const double at_s   = (double)i * h.slice_s;
      const bool is_heard = at_s > 1.0 && at_s < 2.0;
      const bool is_edge =
          fabs(at_s - 1.0) <= h.slice_s || fabs(at_s - 2.0) <= h.slice_s;
      assert_true(is_edge || (h.slices[i].all > 0.0F) == is_heard);
      assert_true(is_edge || (h.slices[i].speech > 1e-6F) == is_heard);
      assert_near("slice", (double)odd.slices[i].speech,
          (double)h.slices[i].speech, 1e-9);
    }
    assert_near("speech", h.speech_band_db, a.heard.speech_band_db, 0.05);
    free_cue(&a);
  }
}

// ---- The transform ----------------------------------------------------------

static void
check_transform(CsArena *arena, size_t n)
{
  CsFft *fft = NULL;
  CsRng rng  = cs_rng_at(1, "fft", n, 0);
  float in[2][256], out[2][256];
  assert_int_equal(cs_fft_new(arena, n, &fft), CS_OK);
  for (size_t i = 0; i < n; i++)
    for (size_t p = 0; p < 2; p++) {
      in[p][i]  = (float)cs_rng_between(&rng, -1.0, 1.0);
      out[p][i] = in[p][i];
    }
  cs_fft_run(fft, out[0], out[1]);
  for (size_t k = 0; k < n; k++) {
    double re = 0.0, im = 0.0;
    for (size_t i = 0; i < n; i++) {
      const double angle = -2.0 * CS_PI * (double)(k * i) / (double)n;
      const double a = (double)in[0][i], b = (double)in[1][i];
      re += a * cos(angle) - b * sin(angle);
      im += a * sin(angle) + b * cos(angle);
    }
    const size_t place = cs_fft_places(fft)[k];
    assert_near("real part", (double)out[0][place], re, 2e-5);
    assert_near("imaginary part", (double)out[1][place], im, 2e-5);
  }
}

static void
test_the_transform_is_fouriers(void **state)
{
  (void)state;
  CsArena *arena = cs_arena_new(NULL);
  assert_non_null(arena);
  check_transform(arena, 32);
  check_transform(arena, 64);
  check_transform(arena, 128);
  check_transform(arena, 256);
  cs_arena_free(arena);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_tone_is_measured_alike_at_every_rate),
      cmocka_unit_test(test_one_channel_is_heard_as_one_speaker),
      cmocka_unit_test(test_silence_has_no_level),
      cmocka_unit_test(test_the_shortest_cue_is_heard),
      cmocka_unit_test(test_the_range_follows_the_ebu_cases),
      cmocka_unit_test(test_loudness_is_libebur128s),
      cmocka_unit_test(test_beginning_and_loudest_places_are_found),
      cmocka_unit_test(test_the_end_is_measured_to_the_sample),
      cmocka_unit_test(test_sides_are_compared),
      cmocka_unit_test(test_noise_fills_octaves_by_their_width),
      cmocka_unit_test(test_each_octave_is_told_from_its_neighbours),
      cmocka_unit_test(test_the_speech_band_is_a_share_of_the_whole),
      cmocka_unit_test(test_bands_above_the_rate_are_empty),
      cmocka_unit_test(test_a_pulse_is_told_from_chance),
      cmocka_unit_test(test_a_swell_is_no_pulse),
      cmocka_unit_test(test_the_pulse_does_not_hang_on_the_level),
      cmocka_unit_test(test_figures_do_not_hang_on_the_size_of_blocks),
      cmocka_unit_test(test_a_brief_ear_hears_the_same),
      cmocka_unit_test(test_a_brief_ear_tells_speech_from_its_neighbours),
      cmocka_unit_test(test_slices_lie_where_they_say),
      cmocka_unit_test(test_the_transform_is_fouriers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
