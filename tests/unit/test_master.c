// How loud a finished cue is, and what gives way for it: loudness, true peak,
// limiting, trims.

#include "tests/unit/master_fixture.h"

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

/// What drums keep at a sample where both they and the chords are heard: how
/// much softer they got than the chords, which only the limiter makes softer.
static double
kept(const Run *run, const Run *soft, size_t i)
{
  const double drums  = (double)soft->stem[CS_STEM_DRUMS][i];
  const double chords = (double)soft->stem[CS_STEM_HARMONY][i];
  if (fabs(drums) < 0.01 || fabs(chords) < 0.01)
    return -1.0;
  return (double)run->stem[CS_STEM_DRUMS][i] / drums /
         ((double)run->stem[CS_STEM_HARMONY][i] / chords);
}

/// Of a wrong block, or one in other steps, something else would be taken.
static void
check_what_is_taken(const Run *run, const Run *soft)
{
  const size_t ch = (size_t)run->wish.n_channels;
  const size_t n_end =
      (size_t)(run->wish.n_frames - run->wish.n_frames % CS_BLOCK_FRAMES);
  double least = 1.0, least_in_end = 1.0;
  for (size_t f = 0; f < (size_t)run->wish.n_frames; f++) {
    const double a = kept(run, soft, f * ch),
                 b = kept(run, soft, f * ch + ch - 1);
    if (a < 0.0 || b < 0.0)
      continue;
    assert_near("what drums keep", a, 0.75, 0.2505);
    assert_near("the same left and right", a, b, 1e-3);
    least        = fmin(least, a);
    least_in_end = f >= n_end ? fmin(least_in_end, a) : least_in_end;
  }
  assert_at_most("kept", least, 0.8);
  assert_at_most("kept in the last block", least_in_end, 0.8);
}

static void
test_what_is_taken_is_the_rhythm_of_the_same_frames(void **state)
{
  (void)state;
  for (int n_channels = 1; n_channels <= 2; n_channels++)
    for (int loops = 0; loops <= 1; loops++) {
      CsArena *arena            = arena_new();
      Run run                   = run_of(struck_chords), soft;
      run.wish.n_frames         = 4 * 48000 + 900; // the last block is struck
      run.wish.n_channels       = n_channels;
      run.wish.n_preroll_frames = loops ? 96000 : 0;
      run.wish.ends_silent      = false;
      run.wish.wants_stems      = true;
      run.wish.format           = CS_FLOAT_32;
      run.wish.wet_db           = -200.0;
      run.wish.target_lufs      = -15.0;
      soft                      = run;
      soft.wish.target_lufs     = -30.0;
      make(arena, &run);
      make(arena, &soft);
      assert_near("soft", soft.measured.trimming_db, 0.0, 0.0);
      check_what_is_taken(&run, &soft);
      cs_arena_free(arena);
    }
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
      cmocka_unit_test(test_what_is_taken_is_the_rhythm_of_the_same_frames),
      cmocka_unit_test(
          test_a_kept_target_is_reached_whatever_limiting_it_takes),
      cmocka_unit_test(test_stinger_is_set_by_its_largest_momentary_loudness),
      cmocka_unit_test(
          test_climax_steps_back_two_db_before_the_level_gives_way),
      cmocka_unit_test(
          test_a_theme_that_ranges_too_far_is_narrowed_by_two_db_at_most),
      cmocka_unit_test(
          test_what_the_gate_would_miss_is_still_brought_to_the_target),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
