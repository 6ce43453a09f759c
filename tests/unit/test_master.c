// Stems in, finished cue out: what is measured on the result, by libebur128 and
// by counting. Signals are made here; none comes from a file.

#include "gen/base/hash.h"
#include "gen/base/mathx.h"
#include "gen/base/rng.h"
#include "gen/master/master.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ebur128.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/// A sample of a test signal at a frame (it may be negative) of a channel.
typedef float Signal(int stem, int64_t frame, int channel, int sample_rate);

/// What is made, and what came out.
typedef struct Run {
  CsMasterWish wish;
  Signal *signal;
  unsigned stems;  ///< Bit per stem that is there.
  int64_t n_given; ///< Frames fed after the pre-roll; all where 0.
  CsMeasured measured;
  float *mix;       ///< Interleaved, full scale 1.0.
  double *steps;    ///< The mix in steps of the format.
  double *stem_sum; ///< The stems' sum in steps.
  float *stem[CS_N_STEMS];
  int64_t n_frames;
  bool has_stem[CS_N_STEMS];
} Run;

static Run
run_of(Signal *signal)
{
  return (Run){
      .wish =
          {
              .function     = CS_THEMATIC,
              .sample_rate  = 48000,
              .n_channels   = 2,
              .format       = CS_PCM_24,
              .n_frames     = 4 * 48000 + 17,
              .target_lufs  = -16.0,
              .peak_dbtp    = -1.0,
              .ends_silent  = true,
              .room         = 0.4,
              .wet_db       = -12.0,
              .seed         = 5,
              .spool_folder = "/tmp",
          },
      .signal = signal,
      .stems  = 1U << CS_STEM_HARMONY | 1U << CS_STEM_DRUMS,
  };
}

static void
fill_block(const Run *run, int64_t first, CsStemBlock *block)
{
  for (int s = 0; s < CS_N_STEMS; s++)
    for (int64_t f = 0; block->stems[s] != NULL && f < CS_BLOCK_FRAMES; f++)
      for (int c = 0; c < 2; c++)
        block->stems[s][2 * f + c] =
            run->signal(s, first + f, c, run->wish.sample_rate);
}

static CsStatus
feed_all(CsArena *arena, CsMaster *master, const Run *run)
{
  CsStemBlock block = {.n_frames = CS_BLOCK_FRAMES};
  for (int s = 0; s < CS_N_STEMS; s++)
    if (run->stems >> s & 1U)
      block.stems[s] = CS_NEW_N(arena, float, 2 * (size_t)CS_BLOCK_FRAMES);
  const int64_t n_given = run->n_given > 0 ? run->n_given : run->wish.n_frames;
  CsStatus status       = CS_OK;
  for (int64_t f = -run->wish.n_preroll_frames; f < n_given && status == CS_OK;
       f += CS_BLOCK_FRAMES) {
    fill_block(run, f, &block);
    status = cs_master_feed(arena, master, &block);
  }
  return status;
}

static double
in_steps(const int32_t *whole, const float *floats, size_t i)
{
  return whole != NULL ? (double)whole[i] : (double)floats[i] * 0x1p23;
}

static void
keep_block(Run *run, const CsCueBlock *block)
{
  const size_t ch    = (size_t)run->wish.n_channels;
  const size_t at    = (size_t)run->n_frames * ch;
  const double scale = run->wish.format == CS_PCM_16 ? 0x1p-15 : 0x1p-23;
  assert_true(run->n_frames + (int64_t)block->n_frames <= run->wish.n_frames);
  for (size_t i = 0; i < block->n_frames * ch; i++) {
    run->steps[at + i] = in_steps(block->mix, block->mix_float, i);
    run->mix[at + i]   = (float)(run->steps[at + i] * scale);
    assert_true(block->mix_float[i] == run->mix[at + i]);
    for (int s = 0; s < CS_N_STEMS; s++) {
      if (block->stems[s] == NULL && block->stems_float[s] == NULL)
        continue;
      const double x = in_steps(block->stems[s], block->stems_float[s], i);
      run->stem_sum[at + i] += x;
      run->stem[s][at + i] = (float)(x * scale);
    }
  }
  run->n_frames += (int64_t)block->n_frames;
}

static void
make(CsArena *arena, Run *run)
{
  CsMaster *master = NULL;
  CsCueBlock block;
  const size_t n = (size_t)run->wish.n_frames * (size_t)run->wish.n_channels;
  run->mix       = CS_NEW_N(arena, float, n);
  run->steps     = CS_NEW_N(arena, double, n);
  run->stem_sum  = CS_NEW_N(arena, double, n);
  for (int s = 0; s < CS_N_STEMS; s++)
    run->stem[s] = CS_NEW_N(arena, float, n);
  assert_int_equal(cs_master_new(arena, &run->wish, &master), CS_OK);
  assert_int_equal(feed_all(arena, master, run), CS_OK);
  assert_int_equal(cs_master_decide(arena, master), CS_OK);
  for (;;) {
    assert_int_equal(cs_master_read(arena, master, &block), CS_OK);
    if (block.n_frames == 0)
      break;
    keep_block(run, &block);
  }
  for (int s = 0; s < CS_N_STEMS; s++)
    run->has_stem[s] = cs_master_has_stem(master, (CsStem)s);
  run->measured = *cs_master_measured(master);
  cs_master_free(master);
}

// ---- Signals
// ------------------------------------------------------------------

static float
noise(int stem, int64_t frame, int channel, int sample_rate)
{
  (void)sample_rate;
  CsRng rng = cs_rng_at(
      (uint64_t)(stem * 2 + channel), "noise", (uint64_t)(frame + 1000000), 0);
  return (float)(0.1 * cs_rng_normal(&rng));
}

static float
tone(int stem, int64_t frame, int channel, int sample_rate)
{
  const double hz = 220.0 * (stem + 1) + 3.0 * channel;
  return (float)(0.2 * cs_sin(2.0 * CS_PI * hz * (double)frame / sample_rate));
}

/// Two decaying strokes a second: a large crest.
static float
strokes(int stem, int64_t frame, int channel, int sample_rate)
{
  const int64_t period = sample_rate / 2;
  const int64_t since  = ((frame % period) + period) % period;
  const double decay =
      cs_exp2(-(double)since / (0.02 * sample_rate) / (stem + 1));
  return (float)(0.8 * decay * (double)noise(stem, frame, channel, 0) * 4.0);
}

/// A quarter of the rate, so that all samples miss the peak by 3 dB, with
/// clicks on top.
static float
between_samples(int stem, int64_t frame, int channel, int sample_rate)
{
  (void)stem, (void)channel, (void)sample_rate;
  const double click = frame % 9001 == 0 ? 0.9 : 0.0;
  return (
      float)(0.5 * cs_sin(CS_PI / 2.0 * (double)frame + CS_PI / 4.0) + click);
}

/// The two stems nearly cancel, so that each is far louder than the mix.
static float
cancelling(int stem, int64_t frame, int channel, int sample_rate)
{
  const double sign = stem == CS_STEM_BASS ? -0.97 : 1.0;
  return (float)(sign * (double)tone(3, frame, channel, sample_rate) * 4.0);
}

static float
silence(int stem, int64_t frame, int channel, int sample_rate)
{
  (void)stem, (void)frame, (void)channel, (void)sample_rate;
  return 0.0F;
}

static float
faint(int stem, int64_t frame, int channel, int sample_rate)
{
  return 0.0003F * tone(stem, frame, channel, sample_rate);
}

// ---- The outside meter
// ----------------------------------------------------------

typedef struct Meter {
  double integrated_lufs, true_peak_dbtp, momentary_lufs;
} Meter;

static Meter
meter_of(const Run *run)
{
  Meter meter          = {.momentary_lufs = -HUGE_VAL};
  const unsigned n     = (unsigned)run->wish.n_channels;
  const size_t n_hop   = (size_t)run->wish.sample_rate / 10;
  ebur128_state *state = ebur128_init(n, (unsigned)run->wish.sample_rate,
      EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
  assert_non_null(state);
  const size_t n_frames = (size_t)run->n_frames;
  for (size_t f = 0; f < n_frames; f += n_hop) {
    const size_t n_here = n_frames - f < n_hop ? n_frames - f : n_hop;
    double now          = 0.0;
    ebur128_add_frames_float(state, run->mix + f * n, n_here);
    ebur128_loudness_momentary(state, &now);
    if (f + n_here >= 4 * n_hop && n_here == n_hop)
      meter.momentary_lufs = fmax(meter.momentary_lufs, now);
  }
  ebur128_loudness_global(state, &meter.integrated_lufs);
  double peak = 0.0;
  for (unsigned c = 0; c < n; c++) {
    double here = 0.0;
    ebur128_true_peak(state, c, &here);
    peak = fmax(peak, here);
  }
  meter.true_peak_dbtp = 20.0 * log10(peak);
  ebur128_destroy(&state);
  return meter;
}

static void
assert_near(const char *what, double is, double wanted, double tolerance)
{
  if (!(fabs(is - wanted) <= tolerance))
    fail_msg("%s is %.4f, wanted %.4f +- %.4f", what, is, wanted, tolerance);
}

static void
assert_at_most(const char *what, double is, double limit)
{
  if (!(is <= limit))
    fail_msg("%s is %.4f, limit %.4f", what, is, limit);
}

static double
end_rms_db(const Run *run)
{
  const size_t ch    = (size_t)run->wish.n_channels;
  const size_t n     = (size_t)(0.05 * run->wish.sample_rate) * ch;
  const size_t n_all = (size_t)run->n_frames * ch;
  double sum         = 0.0;
  for (size_t i = n_all - n; i < n_all; i++)
    sum += (double)run->mix[i] * (double)run->mix[i];
  return sum > 0.0 ? 10.0 * log10(sum / (double)n) : -200.0;
}

static bool
same_mix(const Run *a, const Run *b)
{
  const size_t n = (size_t)a->n_frames * (size_t)a->wish.n_channels;
  return a->n_frames == b->n_frames &&
         memcmp(a->steps, b->steps, n * sizeof *a->steps) == 0 &&
         strcmp(a->measured.sha256, b->measured.sha256) == 0;
}

static CsArena *
arena_new(void)
{
  CsArena *arena = cs_arena_new(NULL);
  assert_non_null(arena);
  return arena;
}

// ---- Facts
// ------------------------------------------------------------------------

static void
check_loudness_and_peak(const Run *run)
{
  const Meter meter   = meter_of(run);
  const CsMeasured *m = &run->measured;
  assert_int_equal(run->n_frames, run->wish.n_frames);
  assert_near(
      "reported loudness", m->integrated_lufs, meter.integrated_lufs, 0.01);
  assert_near(
      "reported momentary", m->momentary_lufs, meter.momentary_lufs, 0.01);
  assert_near("reported peak", m->true_peak_dbtp, meter.true_peak_dbtp, 0.01);
  assert_at_most("true peak", meter.true_peak_dbtp, run->wish.peak_dbtp);
  assert_at_most("limiting", m->limiting_db, 3.05);
  assert_near("loudness", meter.integrated_lufs, m->target_lufs, 0.2);
}

/// What was changed is measured again from a hop before it on; the rest is
/// kept.
static void
test_loudness_measured_again_in_part_is_that_of_the_whole(void **state)
{
  (void)state;
  enum { RATE = 48000, N = 4 * RATE, HOP = RATE / 10, FIRST = 13, END = 21 };
  CsArena *arena   = cs_arena_new(NULL);
  float *frames    = CS_NEW_N(arena, float, 2 * (size_t)N);
  CsRng rng        = cs_rng_at(5, "noise", 0, 0);
  CsLoudness *part = NULL, *whole = NULL, *twice = NULL;
  assert_int_equal(cs_loudness_new(arena, RATE, 2, &part), CS_OK);
  assert_int_equal(cs_loudness_new(arena, RATE, 2, &whole), CS_OK);
  assert_int_equal(cs_loudness_new(arena, RATE, 2, &twice), CS_OK);
  for (size_t i = 0; i < (size_t)2 * N; i++)
    frames[i] = (float)(0.1 * cs_rng_normal(&rng));
  assert_int_equal(cs_loudness_feed(arena, part, frames, N), CS_OK);
  for (size_t i = (size_t)2 * FIRST * HOP; i < (size_t)2 * (END - 1) * HOP; i++)
    frames[i] *= 0.3F;
  assert_int_equal(cs_loudness_feed(arena, whole, frames, N), CS_OK);
  cs_loudness_go_back(part, FIRST);
  assert_int_equal(
      cs_loudness_feed(arena, part, frames + (size_t)2 * (FIRST - 1) * HOP,
          (size_t)(END - FIRST + 1) * HOP),
      CS_OK);
  assert_int_equal(cs_loudness_copy(arena, twice, part, 2.0), CS_OK);
  assert_int_equal(cs_loudness_n_hops(part), cs_loudness_n_hops(whole));
  for (size_t h = 0; h < cs_loudness_n_hops(whole); h++) {
    const double lufs = cs_loudness_until(whole, h, 1);
    assert_near("hop", cs_loudness_until(part, h, 1), lufs, 1e-6);
    assert_near(
        "twice", cs_loudness_until(twice, h, 1), lufs + 6.0205999, 1e-5);
  }
  cs_loudness_free(part);
  cs_loudness_free(whole);
  cs_loudness_free(twice);
  cs_arena_free(arena);
}

static void
test_loudness_and_true_peak_are_met_for_every_kind_of_signal(void **state)
{
  (void)state;
  static Signal *const signals[] = {noise, tone, strokes, between_samples};
  static const int rates[]       = {48000, 44100, 96000, 8000};
  static const double targets[]  = {-30.0, -16.0, -9.0, -8.0};
  for (size_t i = 0; i < 4; i++)
    for (size_t k = 0; k < 4; k++) {
      CsArena *arena       = arena_new();
      Run run              = run_of(signals[i]);
      run.wish.sample_rate = rates[k];
      run.wish.n_frames    = 3 * rates[k] + 5;
      run.wish.target_lufs = targets[(i + k) % 4];
      run.wish.format      = (CsSampleFormat)((i + k) % CS_N_SAMPLE_FORMATS);
      run.wish.n_channels  = 1 + (int)(k % 2 == 0);
      make(arena, &run);
      check_loudness_and_peak(&run);
      cs_arena_free(arena);
    }
}

static void
test_target_is_reached_where_three_db_of_limiting_allow(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run most = run_of(strokes), run = run_of(strokes);
  most.wish.target_lufs = -8.0;
  make(arena, &most);
  run.wish.target_lufs = most.measured.integrated_lufs - 0.3;
  make(arena, &run);
  check_loudness_and_peak(&run);
  assert_near(
      "loudness", run.measured.integrated_lufs, run.wish.target_lufs, 0.2);
  assert_true(run.measured.limiting_db > 0.3);
  cs_arena_free(arena);
}

static void
test_level_gives_way_before_more_than_three_db_of_limiting(void **state)
{
  (void)state;
  CsArena *arena       = arena_new();
  Run run              = run_of(strokes);
  run.wish.target_lufs = -8.0;
  make(arena, &run);
  check_loudness_and_peak(&run);
  assert_true(run.measured.target_lufs < -9.0);
  assert_near("limiting", run.measured.limiting_db, 3.0, 0.05);
  assert_near("gave way", run.measured.gave_way_lu,
      run.wish.target_lufs - run.measured.integrated_lufs, 0.001);
  cs_arena_free(arena);
}

/// Drums, or a tune, strike over held chords.
static float
struck_chords(int stem, int64_t frame, int channel, int sample_rate)
{
  const bool strikes = stem == CS_STEM_DRUMS || stem == CS_STEM_MELODY;
  return strikes ? 1.5F * strokes(0, frame, channel, sample_rate)
                 : tone(stem, frame, channel, sample_rate);
}

static void
test_strokes_of_the_rhythm_give_way_before_the_level(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run drums = run_of(struck_chords), tune = run_of(struck_chords);
  tune.stems             = 1U << CS_STEM_MELODY | 1U << CS_STEM_HARMONY;
  drums.wish.target_lufs = tune.wish.target_lufs = -15.0;
  make(arena, &drums);
  make(arena, &tune);
  check_loudness_and_peak(&drums);
  assert_near("drums give way", drums.measured.gave_way_lu, 0.0, 0.05);
  assert_true(drums.measured.trimming_db > 1.0);
  assert_at_most("trimming", drums.measured.trimming_db, 6.05);
  assert_at_most("limiting", drums.measured.limiting_db, 3.05);
  assert_near("a tune is not trimmed", tune.measured.trimming_db, 0.0, 0.0);
  assert_true(tune.measured.gave_way_lu > 1.0);
  cs_arena_free(arena);
}

static void
test_trimmed_stems_add_up_and_leave_the_mix_as_it_was(void **state)
{
  (void)state;
  for (int format = 0; format < CS_N_SAMPLE_FORMATS; format++) {
    CsArena *arena = arena_new();
    Run with = run_of(struck_chords), without = run_of(struck_chords);
    with.wish.target_lufs = without.wish.target_lufs = -12.0;
    with.wish.format = without.wish.format = (CsSampleFormat)format;
    with.stems |= 1U << CS_STEM_BASS;
    without.stems         = with.stems;
    with.wish.wants_stems = true;
    make(arena, &with);
    make(arena, &without);
    assert_true(with.measured.trimming_db > 1.0);
    assert_string_equal(with.measured.sha256, without.measured.sha256);
    const size_t n = 2 * (size_t)with.wish.n_frames;
    for (size_t i = 0; i < n; i++)
      assert_near("sum", with.stem_sum[i], with.steps[i], 0.0);
    cs_arena_free(arena);
  }
}

static double
stem_rms(const Run *run, int stem, size_t from, size_t to)
{
  double sum = 0.0;
  for (size_t i = 2 * from; i < 2 * to; i++)
    sum += (double)run->stem[stem][i] * (double)run->stem[stem][i];
  return sqrt(sum / (double)(2 * (to - from)));
}

static void
test_what_is_trimmed_is_the_stroke_and_not_what_sounds_with_it(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run run = run_of(struck_chords), soft = run_of(struck_chords);
  const size_t at = 72000, n = 480; // a stroke, and the 10 ms from there on
  run.wish.wants_stems = soft.wish.wants_stems = true;
  run.wish.format = soft.wish.format = CS_FLOAT_32;
  run.wish.wet_db = soft.wish.wet_db = -200.0;
  run.wish.target_lufs               = -15.0;
  soft.wish.target_lufs              = -30.0;
  make(arena, &run);
  make(arena, &soft);
  assert_near("soft", soft.measured.trimming_db, 0.0, 0.0);
  // What both give way to is the limiter; the rest is the trim.
  const double drums = stem_rms(&run, CS_STEM_DRUMS, at, at + n) /
                       stem_rms(&soft, CS_STEM_DRUMS, at, at + n);
  const double chords = stem_rms(&run, CS_STEM_HARMONY, at, at + n) /
                        stem_rms(&soft, CS_STEM_HARMONY, at, at + n);
  const double later = stem_rms(&run, CS_STEM_DRUMS, at + 9600, at + 14400) /
                       stem_rms(&soft, CS_STEM_DRUMS, at + 9600, at + 14400);
  const double after = stem_rms(&run, CS_STEM_HARMONY, at + 9600, at + 14400) /
                       stem_rms(&soft, CS_STEM_HARMONY, at + 9600, at + 14400);
  assert_true(cs_db_from_gain(drums / chords) < -1.0);
  assert_near("200 ms later", cs_db_from_gain(later / after), 0.0, 0.1);
  cs_arena_free(arena);
}

static void
test_a_kept_target_is_reached_whatever_limiting_it_takes(void **state)
{
  (void)state;
  static Signal *const signals[] = {strokes, noise, between_samples};
  for (size_t i = 0; i < 3; i++) {
    CsArena *arena        = arena_new();
    Run run               = run_of(signals[i]);
    run.wish.target_lufs  = -11.0;
    run.wish.keeps_target = true;
    make(arena, &run);
    const Meter meter = meter_of(&run);
    assert_near("loudness", meter.integrated_lufs, -11.0, 0.3);
    assert_at_most("true peak", meter.true_peak_dbtp, run.wish.peak_dbtp);
    assert_near("target", run.measured.target_lufs, -11.0, 0.0);
    assert_near("gave way", run.measured.gave_way_lu, 0.0, 0.0);
    if (signals[i] == strokes)
      assert_true(run.measured.limiting_db > 4.0);
    cs_arena_free(arena);
  }
}

static void
test_stinger_is_set_by_its_largest_momentary_loudness(void **state)
{
  (void)state;
  CsArena *arena       = arena_new();
  Run run              = run_of(tone);
  run.wish.function    = CS_STINGER;
  run.wish.target_lufs = -14.0;
  make(arena, &run);
  assert_near("momentary", meter_of(&run).momentary_lufs, -14.0, 0.2);
  cs_arena_free(arena);
}

static void
test_stems_add_up_to_the_mix_to_the_last_step(void **state)
{
  (void)state;
  static Signal *const signals[] = {noise, strokes, cancelling};
  for (int format = 0; format < CS_N_SAMPLE_FORMATS; format++)
    for (int n_channels = 1; n_channels <= 2; n_channels++)
      for (size_t k = 0; k < 3; k++) {
        CsArena *arena         = arena_new();
        Run run                = run_of(signals[k]);
        run.stems              = k == 2 ? 6U : 63U;
        run.wish.format        = (CsSampleFormat)format;
        run.wish.n_channels    = n_channels;
        run.wish.n_frames      = 60001;
        run.wish.wants_stems   = true;
        run.wish.carves_speech = false;
        make(arena, &run);
        const size_t n = (size_t)run.n_frames * (size_t)n_channels;
        for (size_t i = 0; i < n; i++)
          if (run.stem_sum[i] != run.steps[i])
            fail_msg("%s bits, sample %zu: stems %.0f, mix %.0f",
                cs_sample_format_names[format], i, run.stem_sum[i],
                run.steps[i]);
        cs_arena_free(arena);
      }
}

static void
test_asking_for_stems_leaves_the_mix_as_it_was(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run plain = run_of(strokes), with = run_of(strokes);
  plain.stems = with.stems = 63U;
  plain.wish.format = with.wish.format = CS_PCM_16;
  with.wish.wants_stems                = true;
  make(arena, &plain);
  make(arena, &with);
  assert_true(same_mix(&plain, &with));
  cs_arena_free(arena);
}

static void
test_stem_carries_its_own_sound_and_tail_only(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run both = run_of(noise), one = run_of(noise);
  both.wish.wants_stems = one.wish.wants_stems = true;
  one.stems                                    = 1U << CS_STEM_DRUMS;
  make(arena, &both);
  make(arena, &one);
  assert_true(both.has_stem[CS_STEM_HARMONY]);
  assert_false(one.has_stem[CS_STEM_HARMONY]);
  // Alone the drums get another gain; but for that they are the same.
  const double gain =
      cs_gain_from_db(both.measured.gain_db - one.measured.gain_db);
  for (size_t i = 0; i < 2 * (size_t)one.n_frames; i++)
    assert_near("drums", (double)both.stem[CS_STEM_DRUMS][i],
        gain * (double)one.mix[i], 1e-5);
  cs_arena_free(arena);
}

static void
test_end_is_silent_at_any_length(void **state)
{
  (void)state;
  static const int64_t lengths[] = {
      1, 100, 24000, 48000, 4096, 4097, 8191, 100000, 480000};
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    CsArena *arena    = arena_new();
    Run run           = run_of(noise);
    run.wish.n_frames = lengths[i];
    run.wish.format   = (CsSampleFormat)(i % 3);
    make(arena, &run);
    assert_int_equal(run.n_frames, lengths[i]);
    if (lengths[i] >= 4800)
      assert_at_most("end", end_rms_db(&run), -60.0);
    if (lengths[i] >= 4800)
      assert_near(
          "reported end", run.measured.end_rms_dbfs, end_rms_db(&run), 0.01);
    if (lengths[i] > 1)
      assert_true(run.steps[2 * lengths[i] - 1] == 0.0);
    cs_arena_free(arena);
  }
}

static void
test_short_cue_is_as_loud_as_asked(void **state)
{
  (void)state;
  CsArena *arena    = arena_new();
  Run run           = run_of(tone);
  run.wish.n_frames = 24000;
  make(arena, &run);
  assert_near("loudness", meter_of(&run).integrated_lufs, -16.0, 0.2);
  run               = run_of(tone);
  run.wish.n_frames = 12000;
  make(arena, &run);
  assert_near("loudness", run.measured.integrated_lufs, -16.0, 0.2);
  cs_arena_free(arena);
}

static void
test_end_is_left_alone_where_the_cue_is_cut(void **state)
{
  (void)state;
  CsArena *arena       = arena_new();
  Run run              = run_of(noise);
  run.wish.ends_silent = false;
  make(arena, &run);
  assert_true(end_rms_db(&run) > -26.0);
  cs_arena_free(arena);
}

static void
test_fades_rise_and_fall_as_raised_cosines(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run plain = run_of(noise), faded = run_of(noise);
  plain.wish.ends_silent = faded.wish.ends_silent = false;
  plain.wish.format = faded.wish.format = CS_FLOAT_32;
  plain.wish.target_lufs = faded.wish.target_lufs = -30.0;
  faded.wish.fade_in_s                            = 0.5;
  faded.wish.fade_out_s                           = 1.0;
  make(arena, &plain);
  make(arena, &faded);
  const double gain =
      cs_gain_from_db(faded.measured.gain_db - plain.measured.gain_db);
  const int64_t n = faded.n_frames;
  for (int64_t f = 0; f < n; f += 7) {
    const double in   = fmin(1.0, ((double)f + 0.5) / 24000.0);
    const double out  = fmin(1.0, ((double)(n - 1 - f) + 0.5) / 48000.0);
    const double want = (0.5 - 0.5 * cos(CS_PI * in)) *
                        (0.5 - 0.5 * cos(CS_PI * out)) * gain *
                        (double)plain.mix[2 * f];
    assert_near("faded sample", (double)faded.mix[2 * f], want, 1e-6);
  }
  cs_arena_free(arena);
}

static void
test_same_input_gives_same_bytes(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run a = run_of(strokes), b = run_of(strokes), c = run_of(strokes);
  a.wish.format = b.wish.format = c.wish.format = CS_PCM_16;
  c.wish.seed                                   = 6;
  make(arena, &a);
  make(arena, &b);
  make(arena, &c);
  assert_true(same_mix(&a, &b));
  assert_false(same_mix(&a, &c)); // another dither
  cs_arena_free(arena);
}

static void
test_threads_change_no_byte(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run a = run_of(strokes), b = run_of(strokes);
  a.wish.wants_stems = b.wish.wants_stems = true;
  a.wish.n_threads                        = 1;
  b.wish.n_threads                        = 4;
  make(arena, &a);
  make(arena, &b);
  assert_true(same_mix(&a, &b));
  assert_string_equal(a.measured.sha256, b.measured.sha256);
  assert_true(a.measured.true_peak_dbtp == b.measured.true_peak_dbtp);
  for (int s = 0; s < CS_N_STEMS; s++)
    for (int64_t i = 0; i < 2 * a.wish.n_frames; i++)
      assert_true(a.stem[s][i] == b.stem[s][i]);
  cs_arena_free(arena);
}

/// Nothing in the cue's first half second; a tone before and after.
static float
silent_start(int stem, int64_t frame, int channel, int sample_rate)
{
  const bool is_silent = frame >= 0 && frame < sample_rate / 2;
  return is_silent ? 0.0F : tone(stem, frame, channel, sample_rate);
}

static void
test_preroll_fills_the_room_and_is_thrown_away(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run run = run_of(silent_start), dry = run_of(silent_start);
  run.wish.format = dry.wish.format = CS_FLOAT_32;
  run.wish.ends_silent = dry.wish.ends_silent = false;
  run.wish.n_preroll_frames                   = 2 * 48000 + 64;
  make(arena, &run);
  make(arena, &dry);
  assert_int_equal(run.n_frames, run.wish.n_frames);
  double rings = 0.0, rings_dry = 0.0, sounds = 0.0;
  for (size_t i = 0; i < 4800; i++) {
    rings += fabs((double)run.mix[i]);
    rings_dry += fabs((double)dry.mix[i]);
    sounds += fabs((double)run.mix[60000 + i]);
  }
  assert_true(rings_dry == 0.0);
  assert_true(rings > 0.01 * sounds && rings < 0.5 * sounds);
  cs_arena_free(arena);
}

/// Loud at the end and quiet at the start; repeats every second.
static float
loud_at_the_end(int stem, int64_t frame, int channel, int sample_rate)
{
  const int64_t at = ((frame % sample_rate) + sample_rate) % sample_rate;
  const float x    = tone(stem, at, channel, sample_rate);
  const int64_t d  = sample_rate - at;
  return d > 100 && d < 500 ? 2.2F * x : x;
}

static void
test_gain_of_a_loop_has_no_step_at_the_seam(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run run = run_of(loud_at_the_end), quiet = run_of(loud_at_the_end);
  // Drums without a room, so that trim and limiter both are heard as they are.
  run.stems = quiet.stems = 1U << CS_STEM_DRUMS;
  run.wish.wet_db = quiet.wish.wet_db = -200.0;
  run.wish.n_frames = quiet.wish.n_frames = 48000;
  run.wish.ends_silent = quiet.wish.ends_silent = false;
  run.wish.format = quiet.wish.format = CS_FLOAT_32;
  run.wish.n_preroll_frames = quiet.wish.n_preroll_frames = 96000;
  run.wish.target_lufs                                    = -8.0;
  quiet.wish.target_lufs                                  = -30.0;
  make(arena, &run);
  make(arena, &quiet);
  assert_true(run.measured.limiting_db > 1.0);
  assert_true(run.measured.trimming_db > 1.0);
  // Without them both would have one ratio everywhere.
  const double gain =
      cs_gain_from_db(run.measured.gain_db - quiet.measured.gain_db);
  double first = 0.0, first_quiet = 0.0, last = 0.0, last_quiet = 0.0;
  for (size_t i = 0; i < 200; i++) {
    first += fabs((double)run.mix[i]);
    first_quiet += fabs((double)quiet.mix[i]) * gain;
    last += fabs((double)run.mix[2 * 48000 - 1 - i]);
    last_quiet += fabs((double)quiet.mix[2 * 48000 - 1 - i]) * gain;
  }
  assert_true(last / last_quiet < 0.85);
  assert_near("first gain", first / first_quiet, last / last_quiet, 0.05);
  cs_arena_free(arena);
}

/// The second half is 10 dB louder.
static float
climax(int stem, int64_t frame, int channel, int sample_rate)
{
  const float x = strokes(stem, frame, channel, sample_rate);
  return frame > 8 * sample_rate ? x : 0.3F * x;
}

/// A click at one second, where all else is quiet; later it gets loud.
static float
one_click(int stem, int64_t frame, int channel, int sample_rate)
{
  const float x = tone(stem, frame, channel, sample_rate);
  if (frame == sample_rate)
    return 0.9F;
  return frame > 8 * sample_rate ? 0.4F * x : 0.04F * x;
}

static double
rms_between(const Run *run, size_t from, size_t to)
{
  double sum = 0.0;
  for (size_t i = 2 * from; i < 2 * to; i++)
    sum += (double)run->mix[i] * (double)run->mix[i];
  return sqrt(sum / (double)(2 * (to - from)));
}

static void
test_climax_steps_back_two_db_before_the_level_gives_way(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  Run run = run_of(climax), low = run_of(climax), click = run_of(one_click);
  run.wish.n_frames = low.wish.n_frames = click.wish.n_frames = 768000;
  // A bed, whose range is left as it is where nothing gives way.
  run.wish.function = low.wish.function = click.wish.function = CS_BED;
  run.wish.target_lufs = click.wish.target_lufs = -8.0;
  low.wish.target_lufs                          = -30.0;
  make(arena, &run);
  make(arena, &low);
  make(arena, &click);
  assert_near("levelling", run.measured.levelling_db, 2.0, 1e-9);
  assert_near(
      "levelling where none is needed", low.measured.levelling_db, 0.0, 0.0);
  assert_near("levelling that a click would not heed",
      click.measured.levelling_db, 0.0, 0.0);
  const double range =
      rms_between(&low, 480000, 720000) / rms_between(&low, 48000, 288000);
  const double levelled =
      rms_between(&run, 480000, 720000) / rms_between(&run, 48000, 288000);
  // Two dB, and what the limiter takes from the strokes.
  assert_at_most("range", cs_db_from_gain(levelled / range), -1.5);
  assert_true(cs_db_from_gain(levelled / range) > -5.0);
  cs_arena_free(arena);
}

/// A soft half and one that is 13, or 7, dB louder.
static float
wide(int stem, int64_t frame, int channel, int sample_rate)
{
  const float x = tone(stem, frame, channel, sample_rate);
  return frame > 10 * sample_rate ? x : 0.22F * x;
}

static float
narrow(int stem, int64_t frame, int channel, int sample_rate)
{
  const float x = tone(stem, frame, channel, sample_rate);
  return frame > 10 * sample_rate ? x : 0.45F * x;
}

/// How far the halves of what came out lie apart.
static double
halves_db(CsArena *arena, Signal *signal, CsFunction function, double *levelled)
{
  Run run              = run_of(signal);
  run.wish.function    = function;
  run.wish.n_frames    = 960000;
  run.wish.target_lufs = -30.0;
  make(arena, &run);
  *levelled = run.measured.levelling_db;
  return cs_db_from_gain(
      rms_between(&run, 600000, 900000) / rms_between(&run, 100000, 400000));
}

static void
test_a_theme_that_ranges_too_far_is_narrowed_by_two_db_at_most(void **state)
{
  (void)state;
  CsArena *arena = arena_new();
  double db      = 0.0;
  assert_near("wide", halves_db(arena, wide, CS_THEMATIC, &db), 11.15, 0.2);
  assert_near("levelling", db, 2.0, 1e-9);
  assert_near("a bed", halves_db(arena, wide, CS_BED, &db), 13.15, 0.2);
  assert_near("levelling of a bed", db, 0.0, 0.0);
  assert_near("narrow", halves_db(arena, narrow, CS_THEMATIC, &db), 6.9, 0.2);
  assert_near("levelling of a narrow one", db, 0.0, 0.0);
  cs_arena_free(arena);
}

static void
test_missing_frames_count_as_silence_and_the_room_rings_on(void **state)
{
  (void)state;
  CsArena *arena       = arena_new();
  Run run              = run_of(noise);
  run.n_given          = CS_BLOCK_FRAMES;
  run.wish.target_lufs = -24.0;
  make(arena, &run);
  assert_int_equal(run.n_frames, run.wish.n_frames);
  double tail = 0.0;
  for (size_t i = 4 * CS_BLOCK_FRAMES; i < 6 * CS_BLOCK_FRAMES; i++)
    tail = fmax(tail, fabs((double)run.mix[i]));
  assert_true(tail > 1e-4);
  cs_arena_free(arena);
}

static void
test_silence_stays_digital_silence(void **state)
{
  (void)state;
  for (int format = 0; format < CS_N_SAMPLE_FORMATS; format++) {
    CsArena *arena  = arena_new();
    Run run         = run_of(silence);
    run.wish.format = (CsSampleFormat)format;
    make(arena, &run);
    for (size_t i = 0; i < 2 * (size_t)run.n_frames; i++)
      assert_true(run.steps[i] == 0.0);
    assert_near("loudness", run.measured.integrated_lufs, -200.0, 0.0);
    assert_near("peak", run.measured.true_peak_dbtp, -200.0, 0.0);
    cs_arena_free(arena);
  }
}

static void
test_what_the_gate_would_miss_is_still_brought_to_the_target(void **state)
{
  (void)state;
  CsArena *arena       = arena_new();
  Run run              = run_of(faint);
  run.wish.target_lufs = -40.0;
  make(arena, &run);
  assert_near("loudness", meter_of(&run).integrated_lufs, -40.0, 0.2);
  cs_arena_free(arena);
}

static void
test_hash_is_of_the_bytes_of_a_wav_file(void **state)
{
  (void)state;
  static const size_t sizes[] = {2, 3, 4};
  for (int format = 0; format < CS_N_SAMPLE_FORMATS; format++) {
    CsArena *arena  = arena_new();
    Run run         = run_of(strokes);
    run.wish.format = (CsSampleFormat)format;
    make(arena, &run);
    CsHash hash;
    char hex[65];
    cs_hash_begin(&hash);
    for (size_t i = 0; i < 2 * (size_t)run.n_frames; i++) {
      const int32_t whole = (int32_t)run.steps[i];
      uint32_t bits       = (uint32_t)whole;
      uint8_t bytes[4];
      if (format == CS_FLOAT_32)
        memcpy(&bits, &run.mix[i], sizeof bits);
      for (size_t k = 0; k < 4; k++)
        bytes[k] = (uint8_t)(bits >> (8 * k));
      cs_hash_add(&hash, bytes, sizes[format]);
    }
    cs_hash_end(&hash, hex);
    assert_string_equal(run.measured.sha256, hex);
    cs_arena_free(arena);
  }
}

static void
test_full_disk_is_one_sentence_that_names_the_folder(void **state)
{
  (void)state;
  CsArena *arena       = arena_new();
  CsMaster *master     = NULL;
  Run run              = run_of(tone);
  run.stems            = 63U;
  run.wish.n_frames    = 48000 * 40;
  run.wish.wants_stems = true;
  struct rlimit before, tiny;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  tiny          = before;
  tiny.rlim_cur = 1 << 20;
  signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
  assert_int_equal(cs_master_new(arena, &run.wish, &master), CS_OK);
  run.signal            = silence; // quick; silence fills a disk too
  const CsStatus status = feed_all(arena, master, &run);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, SIG_DFL);
  assert_int_equal(status, CS_ERR_WORK);
  assert_string_equal(cs_arena_error(arena),
      "disk full while writing beside /tmp: free some space there or choose "
      "another output folder");
  cs_master_free(master);
  cs_arena_free(arena);
}

/// Refuses the request after `left` more.
typedef struct Refusal {
  long left;
} Refusal;

static void *
get_or_refuse(void *user, size_t n_bytes)
{
  Refusal *refusal = user;
  return refusal->left-- > 0 ? malloc(n_bytes) : NULL;
}

static void
give_back(void *user, void *chunk)
{
  (void)user;
  free(chunk);
}

static CsStatus
try_all(CsArena *arena, const Run *run)
{
  CsMaster *master = NULL;
  CsCueBlock block = {.n_frames = 1};
  CsStatus status  = cs_master_new(arena, &run->wish, &master);
  if (status == CS_OK)
    status = feed_all(arena, master, run);
  if (status == CS_OK)
    status = cs_master_decide(arena, master);
  while (status == CS_OK && block.n_frames > 0)
    status = cs_master_read(arena, master, &block);
  cs_master_free(master);
  return status;
}

static void
test_every_refused_allocation_is_passed_up(void **state)
{
  (void)state;
  Run run              = run_of(silence);
  run.wish.n_frames    = 20000;
  run.wish.wants_stems = true;
  CsStatus status      = CS_ERR_MEMORY;
  long n_tried         = 1;
  for (; status != CS_OK && n_tried < 1000; n_tried++) {
    Refusal refusal          = {.left = n_tried};
    const CsAllocator source = {get_or_refuse, give_back, &refusal};
    CsArena *arena           = cs_arena_new(&source);
    if (arena == NULL)
      continue;
    status = try_all(arena, &run);
    assert_true(status == CS_OK || status == CS_ERR_MEMORY);
    cs_arena_free(arena);
  }
  assert_int_equal(status, CS_OK);
  assert_true(n_tried > 5);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(
          test_loudness_measured_again_in_part_is_that_of_the_whole),
      cmocka_unit_test(
          test_loudness_and_true_peak_are_met_for_every_kind_of_signal),
      cmocka_unit_test(test_target_is_reached_where_three_db_of_limiting_allow),
      cmocka_unit_test(
          test_level_gives_way_before_more_than_three_db_of_limiting),
      cmocka_unit_test(test_strokes_of_the_rhythm_give_way_before_the_level),
      cmocka_unit_test(test_trimmed_stems_add_up_and_leave_the_mix_as_it_was),
      cmocka_unit_test(
          test_what_is_trimmed_is_the_stroke_and_not_what_sounds_with_it),
      cmocka_unit_test(
          test_a_kept_target_is_reached_whatever_limiting_it_takes),
      cmocka_unit_test(test_stinger_is_set_by_its_largest_momentary_loudness),
      cmocka_unit_test(test_stems_add_up_to_the_mix_to_the_last_step),
      cmocka_unit_test(test_asking_for_stems_leaves_the_mix_as_it_was),
      cmocka_unit_test(test_stem_carries_its_own_sound_and_tail_only),
      cmocka_unit_test(test_end_is_silent_at_any_length),
      cmocka_unit_test(test_short_cue_is_as_loud_as_asked),
      cmocka_unit_test(test_end_is_left_alone_where_the_cue_is_cut),
      cmocka_unit_test(test_fades_rise_and_fall_as_raised_cosines),
      cmocka_unit_test(test_same_input_gives_same_bytes),
      cmocka_unit_test(test_threads_change_no_byte),
      cmocka_unit_test(test_preroll_fills_the_room_and_is_thrown_away),
      cmocka_unit_test(
          test_climax_steps_back_two_db_before_the_level_gives_way),
      cmocka_unit_test(test_gain_of_a_loop_has_no_step_at_the_seam),
      cmocka_unit_test(
          test_a_theme_that_ranges_too_far_is_narrowed_by_two_db_at_most),
      cmocka_unit_test(
          test_missing_frames_count_as_silence_and_the_room_rings_on),
      cmocka_unit_test(test_silence_stays_digital_silence),
      cmocka_unit_test(
          test_what_the_gate_would_miss_is_still_brought_to_the_target),
      cmocka_unit_test(test_hash_is_of_the_bytes_of_a_wav_file),
      cmocka_unit_test(test_full_disk_is_one_sentence_that_names_the_folder),
      cmocka_unit_test(test_every_refused_allocation_is_passed_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
