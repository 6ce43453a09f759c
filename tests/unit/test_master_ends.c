// How a finished cue begins and ends: silence, fades, pre-roll, the seam of a
// loop.

#include "tests/unit/master_fixture.h"

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

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_end_is_silent_at_any_length),
      cmocka_unit_test(test_short_cue_is_as_loud_as_asked),
      cmocka_unit_test(test_end_is_left_alone_where_the_cue_is_cut),
      cmocka_unit_test(test_fades_rise_and_fall_as_raised_cosines),
      cmocka_unit_test(test_preroll_fills_the_room_and_is_thrown_away),
      cmocka_unit_test(test_gain_of_a_loop_has_no_step_at_the_seam),
      cmocka_unit_test(test_silence_stays_digital_silence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
