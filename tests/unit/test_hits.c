// Where asked accents fall, and what gives way so that they do: the tempo,
// bars, the ring of the last chord.

#include "tests/unit/plan_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
check_hits(Ask *a, const double *asked, size_t n)
{
  const CsPlan *plan = planned(a);
  assert_int_equal(plan->n_hits, n);
  for (size_t i = 0; i < n; i++) {
    const double late = plan->hits[i].is_at_s - asked[i];
    if (late < -0.040 - 1e-6 || late > 0.080 + 1e-6)
      fail_msg("the hit at %g s falls at %g s (%g BPM)", asked[i],
          plan->hits[i].is_at_s, plan->tempos[0].bpm);
  }
  assert_int_equal(plan->n_warnings, 0);
}

static void
test_hits_fall_on_beats(void **state)
{
  (void)state;
  static const double asked[][3] = {{31.0, 0, 0}, {9.0, 24.0, 0},
      {7.3, 18.9, 40.1}, {12.0, 33.3, 51.7}, {5.25, 0, 0}};
  static const size_t n[]        = {1, 2, 3, 3, 1};
  for (size_t i = 0; i < COUNT(asked); i++)
    for (int given = 0; given < 2; given++) {
      Ask a;
      ask(&a, CS_THEMATIC, 60.0);
      if (given)
        say_tempo(&a, 104.0, 104.0);
      for (size_t k = 0; k < n[i]; k++)
        say_event(&a, CS_ARC_HIT, asked[i][k], -1.0);
      check_hits(&a, asked[i], n[i]);
      done(&a);
    }
}

static void
test_many_hits_bend_the_tempo_a_little(void **state)
{
  (void)state;
  static const double asked[] = {6.81, 27.21, 50.84, 68.68, 85.02, 96.04, 143.9,
      224.0, 227.38, 230.13, 270.6, 277.1, 300.65, 302.71, 331.13, 352.53};
  Ask a;
  ask(&a, CS_THEMATIC, 400.0);
  for (size_t i = 0; i < COUNT(asked); i++)
    say_event(&a, CS_ARC_HIT, asked[i], -1.0);
  check_hits(&a, asked, COUNT(asked));
  const CsPlan *plan = planned(&a);
  double low = plan->tempos[0].bpm, high = low;
  for (size_t i = 0; i < plan->n_tempos; i++) {
    low  = fmin(low, plan->tempos[i].bpm);
    high = fmax(high, plan->tempos[i].bpm);
  }
  assert_true(plan->n_tempos > 1);
  assert_int_equal(plan->n_short_bars, 0);
  assert_true(high / low <= 1.04 / 0.96);
  done(&a);
}

static void
test_a_given_tempo_stays_and_hits_fall_between_its_beats(void **state)
{
  (void)state;
  static const double asked[] = {3.1, 4.77, 9.03, 11.9, 18.44, 19.3, 24.62};
  Ask a;
  ask(&a, CS_THEMATIC, 30.0);
  say_tempo(&a, 96.0, 96.0);
  for (size_t i = 0; i < COUNT(asked); i++)
    say_event(&a, CS_ARC_HIT, asked[i], -1.0);
  check_hits(&a, asked, COUNT(asked));
  assert_int_equal(planned(&a)->n_tempos, 1);
  assert_true(planned(&a)->tempos[0].bpm == 96.0);
  done(&a);
}

/// The last downbeat of a plan, in seconds.
static double
last_downbeat_s(const CsPlan *plan)
{
  return plan->duration_s - plan->ring_out_s;
}

static void
test_the_last_chord_falls_on_a_hit_that_comes_as_late(void **state)
{
  (void)state;
  static const double cues[][2] = {
      {30.0, 29.0}, {60.0, 59.2}, {20.0, 19.6}, {2.5, 2.0}, {8.0, 7.3}};
  for (size_t i = 0; i < COUNT(cues); i++)
    for (int given = 0; given < 2; given++) {
      Ask a;
      ask(&a, CS_THEMATIC, cues[i][0]);
      if (given)
        say_tempo(&a, 110.0, 110.0);
      say_event(&a, CS_ARC_HIT, cues[i][1], -1.0);
      check_hits(&a, &cues[i][1], 1);
      const double late = last_downbeat_s(planned(&a)) - cues[i][1];
      assert_true(late >= -0.040 && late <= 0.080);
      done(&a);
    }
}

static void
test_the_last_chord_rings_before_a_silence_at_the_end(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 42.0);
  say_event(&a, CS_ARC_SILENCE, 40.0, 42.0);
  const double rings_s = 40.0 - last_downbeat_s(planned(&a));
  assert_true(rings_s >= 1.5 && rings_s <= 4.0);
  done(&a);
}

static void
test_a_sting_rings_for_the_greater_part(void **state)
{
  (void)state;
  for (double length_s = 0.5; length_s <= 15.0; length_s += 0.25)
    for (int given = 0; given < 2; given++) {
      Ask a;
      ask(&a, CS_STINGER, length_s);
      if (given)
        say_tempo(&a, 97.0, 97.0);
      const CsPlan *plan = planned(&a);
      if (last_downbeat_s(plan) > 0.59 * length_s)
        fail_msg(
            "the hit of %g s comes at %g s", length_s, last_downbeat_s(plan));
      assert_true(last_downbeat_s(plan) >= 0.25 * length_s);
      done(&a);
    }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hits_fall_on_beats),
      cmocka_unit_test(test_many_hits_bend_the_tempo_a_little),
      cmocka_unit_test(
          test_a_given_tempo_stays_and_hits_fall_between_its_beats),
      cmocka_unit_test(test_the_last_chord_falls_on_a_hit_that_comes_as_late),
      cmocka_unit_test(test_the_last_chord_rings_before_a_silence_at_the_end),
      cmocka_unit_test(test_a_sting_rings_for_the_greater_part),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
