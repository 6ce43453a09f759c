// The course of a cue: its energy, builds and falls that were asked for, its
// climax, silence at the start.

#include "tests/unit/plan_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
test_the_worked_example_comes_out(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 90.0);
  say_mood(&a, 0.7, 0.6);
  say_word(&a.brief.moods, "bright");
  say_word(&a.brief.exclude, "vocals");
  say_event(&a, CS_ARC_BUILD, 70.0, 90.0);
  const CsPlan *plan = planned(&a);
  assert_int_equal(plan->n_bars, 45);
  assert_true(near(plan->tempos[0].bpm, 120.686, 0.001));
  assert_true(near(plan->ring_out_s, 2.5, 1e-6));
  const CsSection *build = find_section(plan, CS_SECTION_BUILD);
  assert_non_null(build);
  assert_int_equal(build->first_bar, 36);
  assert_true(near(build->start_s, 71.6, 0.05));
  const CsSection *climax = find_section(plan, CS_SECTION_CLIMAX);
  assert_non_null(climax);
  assert_int_equal(climax->first_bar + climax->n_bars, 44);
  assert_true(climax->energy[1] > 0.95);
  assert_true(build->energy[0] < 0.5);
  done(&a);
}

static void
test_a_tune_climbs_to_its_climax_in_the_last_third(void **state)
{
  (void)state;
  for (double s = 30.0; s <= 600.0; s += 15.0) {
    Ask a;
    ask(&a, CS_THEMATIC, s);
    const CsPlan *plan      = planned(&a);
    const CsSection *first  = find_section(plan, CS_SECTION_A);
    const CsSection *climax = find_section(plan, CS_SECTION_CLIMAX);
    assert_non_null(first);
    assert_non_null(climax);
    const double share = 0.5 * (climax->start_s + climax->end_s) / s;
    if (share < 0.62 || share > 0.92)
      fail_msg("%g s: the climax lies at %g of the length", s, share);
    assert_true(climax->energy[1] - first->energy[0] >= 0.35);
    done(&a);
  }
}

static void
test_a_calm_tune_stays_calm_and_climbs_all_the_same(void **state)
{
  (void)state;
  for (double s = 30.0; s <= 240.0; s += 30.0) {
    Ask a;
    ask(&a, CS_THEMATIC, s);
    say_mood(&a, 0.3, -0.7);
    const CsPlan *plan      = planned(&a);
    const CsSection *first  = find_section(plan, CS_SECTION_A);
    const CsSection *climax = find_section(plan, CS_SECTION_CLIMAX);
    assert_true(climax->energy[1] < 0.75);
    assert_true(climax->energy[1] - first->energy[0] >= 0.35);
    done(&a);
  }
}

static void
test_a_bed_keeps_within_its_band(void **state)
{
  (void)state;
  for (double s = 30.0; s <= 1200.0; s *= 2.0) {
    Ask a;
    ask(&a, CS_BED, s);
    const CsPlan *plan = planned(&a);
    for (size_t i = 0; i < plan->n_sections; i++)
      for (int k = 0; k < 2; k++)
        assert_true(near(plan->sections[i].energy[k], 0.55, 0.15));
    done(&a);
  }
}

static void
test_builds_begin_near_where_they_were_asked(void **state)
{
  (void)state;
  static const double asked[][2] = {
      {40.0, 65.0}, {60.0, 90.0}, {15.0, 40.0}, {100.0, 120.0}};
  for (int f = 0; f < CS_N_FUNCTIONS; f++)
    for (size_t i = 0; i < COUNT(asked); i++) {
      if (f == CS_STINGER)
        continue;
      Ask a;
      ask(&a, (CsFunction)f, 120.0);
      say_event(&a, CS_ARC_BUILD, asked[i][0], asked[i][1]);
      const CsPlan *plan     = planned(&a);
      const CsSection *build = find_section(plan, CS_SECTION_BUILD);
      assert_non_null(build);
      const double bar_s =
          cs_meter_quarters(plan->meter) * 60.0 / plan->tempos[0].bpm;
      if (!near(build->start_s, asked[i][0], 1.5 * bar_s + 0.01))
        fail_msg("%s: the build asked at %g s begins at %g s",
            cs_function_names[f], asked[i][0], build->start_s);
      assert_true(build->energy[1] > build->energy[0] + 0.1);
      done(&a);
    }
}

static void
test_falls_and_rises_move_the_energy(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_BED, 120.0);
  say_event(&a, CS_ARC_FALL, 40.0, 60.0);
  say_event(&a, CS_ARC_RISE, 90.0, -1.0);
  const CsPlan *plan = planned(&a);
  CsTimeline *t      = NULL;
  assert_int_equal(cs_timeline_make(a.arena, plan, &t), CS_OK);
  double e[4];
  static const double at[] = {30.0, 50.0, 75.0, 100.0};
  for (int i = 0; i < 4; i++)
    e[i] = cs_energy_at_bar(t, cs_bar_of_tick(t, cs_tick_of_seconds(t, at[i])));
  assert_true(e[1] < e[0] - 0.2);
  assert_true(e[2] > e[1] + 0.15);
  assert_true(e[3] > e[2] + 0.1);
  done(&a);
}

static void
test_layers_enter_a_build_one_or_two_at_a_time(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    Ask a;
    ask(&a, CS_THEMATIC, 90.0);
    a.wish.seed = a.wish.theme_seed = seed;
    say_event(&a, CS_ARC_BUILD, 70.0, 90.0);
    const CsPlan *plan     = planned(&a);
    const CsSection *build = find_section(plan, CS_SECTION_BUILD);
    CsTimeline *t          = NULL;
    assert_int_equal(cs_timeline_make(a.arena, plan, &t), CS_OK);
    for (int bar = build->first_bar; bar < plan->n_bars - 1; bar++) {
      int n_new = 0;
      for (size_t i = 0; i < plan->n_tracks; i++)
        n_new += cs_track_plays(t, &plan->tracks[i], bar) &&
                 !cs_track_plays(t, &plan->tracks[i], bar - 1);
      assert_true(n_new <= 2);
    }
    for (size_t i = 0; i < plan->n_tracks; i++)
      assert_int_equal(cs_track_plays(t, &plan->tracks[i], plan->n_bars - 1),
          cs_track_plays(t, &plan->tracks[i], plan->n_bars - 2));
    done(&a);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_worked_example_comes_out),
      cmocka_unit_test(test_a_tune_climbs_to_its_climax_in_the_last_third),
      cmocka_unit_test(test_a_calm_tune_stays_calm_and_climbs_all_the_same),
      cmocka_unit_test(test_a_bed_keeps_within_its_band),
      cmocka_unit_test(test_builds_begin_near_where_they_were_asked),
      cmocka_unit_test(test_falls_and_rises_move_the_energy),
      cmocka_unit_test(test_layers_enter_a_build_one_or_two_at_a_time),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
