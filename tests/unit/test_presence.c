// Who was asked to come in is heard there, and no bar is empty by accident.

#include "tests/unit/plan_fixture.h"

#include "gen/compose/score.h"

static CsScore *
composed(Ask *a, const CsPlan *plan)
{
  CsScore *score = NULL;
  if (cs_compose(a->arena, a->presets, plan, &score) != CS_OK)
    fail_msg("refused: %s", cs_arena_error(a->arena));
  return score;
}

static size_t
track_of(const CsPlan *plan, const char *instrument)
{
  size_t i = 0;
  while (
      i < plan->n_tracks && strcmp(plan->tracks[i].instrument, instrument) != 0)
    i++;
  assert_true(i < plan->n_tracks);
  return i;
}

/// Seconds from a moment to a track's first note.
static double
lateness_s(const CsScore *score, size_t track, double at_s)
{
  const CsPart *part = &score->parts[track];
  assert_true(part->n_notes > 0);
  return cs_seconds_of_tick(
             score->timeline, (double)part->notes[0].start_tick) -
         at_s;
}

static void
test_an_instrument_is_heard_where_it_comes_in(void **state)
{
  (void)state;
  static const char *const names[] = {"flute", "bassoon", "trombone", "cello"};
  static const double at_s[]       = {12.0, 20.0, 33.0};
  for (uint64_t seed = 1; seed <= 24; seed++) {
    const char *name   = names[seed % 4];
    const double enter = at_s[seed % 3];
    Ask a;
    ask(&a, CS_THEMATIC, 60.0);
    a.wish.seed = a.wish.theme_seed = seed;
    say_word(&a.brief.instruments, "piano");
    say_word(&a.brief.instruments, name);
    say_event(&a, CS_ARC_ENTER, enter, -1.0)->target = name;
    const CsPlan *plan                               = planned(&a);
    const CsScore *score                             = composed(&a, plan);
    const double bar_s =
        cs_meter_quarters(plan->meter) * 60.0 / plan->tempos[0].bpm;
    const double late = lateness_s(score, track_of(plan, name), enter);
    if (late < -0.5 * bar_s || late > 1.5 * bar_s)
      fail_msg("seed %d: %s comes %.2f s late", (int)seed, name, late);
    done(&a);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_an_instrument_is_heard_where_it_comes_in),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
