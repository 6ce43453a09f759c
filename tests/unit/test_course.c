// The course that was asked for: where builds, falls and rises stand in a plan.

#include "tests/unit/plan_fixture.h"

/// Energy wanted at a time.
static double
energy_at(Ask *a, const CsPlan *plan, double seconds)
{
  CsTimeline *t = NULL;
  assert_int_equal(cs_timeline_make(a->arena, plan, &t), CS_OK);
  return cs_energy_at_bar(
      t, cs_bar_of_tick(t, cs_tick_of_seconds(t, seconds)) + 0.5);
}

static const CsSection *
section_before(const CsPlan *plan, double seconds)
{
  const CsSection *before = NULL;
  for (size_t i = 0; i < plan->n_sections; i++)
    if (plan->sections[i].end_s < seconds + 2.0)
      before = &plan->sections[i];
  return before;
}

static void
test_a_build_without_a_time_leads_to_the_drop(void **state)
{
  (void)state;
  static const CsArcKind goals[] = {CS_ARC_DROP, CS_ARC_PEAK};
  for (int f = CS_UNDERSCORE; f < CS_N_FUNCTIONS; f++)
    for (int g = 0; g < 2 && f != CS_STINGER && f != CS_AMBIENT; g++) {
      Ask a;
      ask(&a, (CsFunction)f, 60.0);
      say_event(&a, goals[g], 40.0, -1.0);
      say_event(&a, CS_ARC_BUILD, -1.0, -1.0);
      const CsPlan *plan     = planned(&a);
      const CsSection *build = section_before(plan, 40.0);
      assert_non_null(build);
      if (build->kind != CS_SECTION_BUILD || build->energy[1] < 0.6 ||
          build->end_s - build->start_s < 8.0)
        fail_msg("%s: before the goal stands %s, %g to %g s, up to %g",
            cs_function_names[f], build->name, build->start_s, build->end_s,
            build->energy[1]);
      done(&a);
    }
}

static void
test_a_build_without_an_end_ends_where_the_next_change_begins(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 120.0);
  say_event(&a, CS_ARC_BUILD, 30.0, -1.0);
  say_event(&a, CS_ARC_BUILD, 80.0, -1.0);
  const CsPlan *plan = planned(&a);
  assert_true(energy_at(&a, plan, 74.0) > energy_at(&a, plan, 86.0) + 0.2);
  assert_true(energy_at(&a, plan, 114.0) > energy_at(&a, plan, 74.0));
  done(&a);
}

static void
test_a_long_build_grows_from_end_to_end(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 180.0);
  say_event(&a, CS_ARC_BUILD, 60.0, 170.0);
  const CsPlan *plan = planned(&a);
  double before      = 0.0;
  for (double s = 66.0; s < 165.0; s += 10.0) {
    const double energy = energy_at(&a, plan, s);
    if (energy <= before)
      fail_msg("at %g s the energy is %g after %g", s, energy, before);
    before = energy;
  }
  done(&a);
}

static void
test_a_fall_just_before_the_end_is_a_section(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 32.0);
  say_event(&a, CS_ARC_FALL, 27.0, -1.0);
  const CsPlan *plan = planned(&a);
  assert_true(energy_at(&a, plan, 28.5) < energy_at(&a, plan, 23.0) - 0.2);
  done(&a);
}

static void
test_no_break_of_the_template_stands_before_an_asked_fall(void **state)
{
  (void)state;
  for (double at = 40.0; at < 100.0; at += 6.0) {
    Ask a;
    ask(&a, CS_THEMATIC, 130.0);
    say_event(&a, CS_ARC_FALL, at, at + 15.0);
    const CsPlan *plan  = planned(&a);
    const double before = energy_at(&a, plan, at - 5.0);
    const double after  = energy_at(&a, plan, at + 5.0);
    if (after > before - 0.2)
      fail_msg("at %g s the energy goes from %g to %g", at, before, after);
    done(&a);
  }
}

static void
test_several_rises_share_what_there_is_to_rise(void **state)
{
  (void)state;
  for (int f = CS_UNDERSCORE; f < CS_N_FUNCTIONS; f++) {
    if (f == CS_STINGER || f == CS_AMBIENT)
      continue;
    Ask a;
    ask(&a, (CsFunction)f, 80.0);
    for (double at = 20.0; at < 70.0; at += 20.0)
      say_event(&a, CS_ARC_RISE, at, -1.0);
    const CsPlan *plan = planned(&a);
    for (double at = 20.0; at < 70.0; at += 20.0) {
      const double step =
          energy_at(&a, plan, at + 5.0) - energy_at(&a, plan, at - 4.0);
      if (step < 0.1)
        fail_msg("%s: at %g s the energy steps by %g", cs_function_names[f], at,
            step);
    }
    done(&a);
  }
}

static size_t
count_players(Ask *a, const CsPlan *plan, double seconds)
{
  CsTimeline *t = NULL;
  size_t n      = 0;
  assert_int_equal(cs_timeline_make(a->arena, plan, &t), CS_OK);
  const int bar = cs_bar_of_tick(t, cs_tick_of_seconds(t, seconds));
  for (size_t i = 0; i < plan->n_tracks; i++)
    n += plan->tracks[i].role != CS_ROLE_EFFECTS &&
         cs_track_plays(t, &plan->tracks[i], bar);
  return n;
}

static void
test_what_comes_back_as_high_is_a_climax_again(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 40.0);
  say_event(&a, CS_ARC_PEAK, 10.0, -1.0);
  say_event(&a, CS_ARC_SILENCE, 20.0, 23.0);
  say_event(&a, CS_ARC_RISE, 23.0, -1.0);
  const CsPlan *plan    = planned(&a);
  const CsSection *last = &plan->sections[plan->n_sections - 2];
  if (last->kind != CS_SECTION_CLIMAX || last->start_s < 20.0)
    fail_msg("before the end stands %s, from %g s", last->name, last->start_s);
  done(&a);
}

static void
test_after_an_asked_break_they_come_back_together(void **state)
{
  (void)state;
  size_t n_before = 0, n_after = 0;
  for (size_t i = 0; i < presets->n_styles; i++) {
    Ask a;
    ask(&a, CS_THEMATIC, 40.0);
    a.wish.style = presets->styles[i].name;
    say_event(&a, CS_ARC_FALL, 20.0, -1.0);
    say_event(&a, CS_ARC_RISE, 26.0, -1.0);
    const CsPlan *plan = planned(&a);
    n_before += count_players(&a, plan, 18.0);
    n_after += count_players(&a, plan, 28.5);
    done(&a);
  }
  assert_true(10 * n_after >= 9 * n_before);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_build_without_a_time_leads_to_the_drop),
      cmocka_unit_test(
          test_a_build_without_an_end_ends_where_the_next_change_begins),
      cmocka_unit_test(test_a_long_build_grows_from_end_to_end),
      cmocka_unit_test(test_a_fall_just_before_the_end_is_a_section),
      cmocka_unit_test(
          test_no_break_of_the_template_stands_before_an_asked_fall),
      cmocka_unit_test(test_several_rises_share_what_there_is_to_rise),
      cmocka_unit_test(test_what_comes_back_as_high_is_a_climax_again),
      cmocka_unit_test(test_after_an_asked_break_they_come_back_together),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
