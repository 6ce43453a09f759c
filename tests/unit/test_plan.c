#include "tests/unit/plan_fixture.h"

#include "gen/base/text.h"

#include <stdlib.h>

static const double lengths_s[] = {0.5, 1.0, 2.5, 7.0, 15.0, 29.97, 30.0, 59.94,
    60.0, 90.0, 187.3, 600.0, 3600.0, 43200.0};
static const CsMeter meters[]   = {
      {4, 4}, {3, 4}, {6, 8}, {2, 4}, {5, 4}, {7, 8}, {9, 8}, {12, 8}};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/// The bars of twelve hours take sanitizers a second each time: they see them
/// in one meter.
static size_t
n_meters(double length_s)
{
#ifdef CS_SANITIZED
  return length_s > 3600.0 ? 1 : COUNT(meters);
#else
  (void)length_s;
  return COUNT(meters);
#endif
}

static void
say_where(char *where, size_t n, const CsPlan *plan)
{
  (void)snprintf(where, n, "%s, %g s, %d/%d, %s, %g BPM, %d bars, ring %g s",
      cs_function_names[plan->function], plan->duration_s,
      plan->meter.numerator, plan->meter.denominator,
      cs_ending_names[plan->ending], plan->tempos[0].bpm, plan->n_bars,
      plan->ring_out_s);
}

// ---- What holds for every plan ---------------------------------------------

static void
check_sections(const CsPlan *plan, const char *where)
{
  int bar = 0;
  for (size_t i = 0; i < plan->n_sections; i++) {
    const CsSection *s = &plan->sections[i];
    if (s->first_bar != bar || s->n_bars < 1)
      fail_msg("%s: section %zu begins at bar %d, not %d", where, i,
          s->first_bar, bar);
    if (s->chords.n != (size_t)s->n_bars)
      fail_msg("%s: section %s has %zu chords in %d bars", where, s->name,
          s->chords.n, s->n_bars);
    for (size_t k = 0; k < s->chords.n; k++)
      if (s->chords.items[k] == NULL)
        fail_msg("%s: section %s lacks chord %zu", where, s->name, k);
    for (int k = 0; k < 2; k++)
      if (!(s->energy[k] >= 0.0 && s->energy[k] <= 1.0))
        fail_msg("%s: energy %g", where, s->energy[k]);
    bar += s->n_bars;
  }
  if (bar != plan->n_bars)
    fail_msg("%s: sections sum to %d bars", where, bar);
}

/// T02, and the music reaches the end where it must not ring.
static void
check_end(
    const CsPlan *plan, const CsTimeline *t, double beat_s, const char *where)
{
  const double end =
      cs_seconds_of_tick(t, (double)cs_bar_tick(t, plan->n_bars));
  if (!near(end, plan->duration_s, 0.005))
    fail_msg("%s: the last bar ends at %.4f s", where, end);
  if (plan->ending != CS_ENDING_RING && plan->ending != CS_ENDING_BUTTON)
    return;
  const double last =
      cs_seconds_of_tick(t, (double)cs_bar_tick(t, plan->n_bars - 1));
  if (!near(last + plan->ring_out_s, plan->duration_s, 0.001))
    fail_msg("%s: the last downbeat is at %.4f s", where, last);
  const CsRingOut r = cs_ring_out(plan->function, plan->duration_s, beat_s);
  if (plan->ring_out_s < r.low_s - 0.01 || plan->ring_out_s > r.high_s + 0.01)
    fail_msg("%s: ring-out outside %g..%g", where, r.low_s, r.high_s);
  if (plan->duration_s >= 10.0 && plan->ring_out_s < 1.5 - 1e-9)
    fail_msg("%s: the last downbeat is later than 1.5 s before the end", where);
}

static void
check_plan(Ask *a, const CsPlan *plan, double beat_s)
{
  char where[160];
  say_where(where, sizeof where, plan);
  check_sections(plan, where);
  CsTimeline *t = NULL;
  assert_int_equal(cs_timeline_make(a->arena, plan, &t), CS_OK);
  check_end(plan, t, beat_s, where);
  if (plan->n_frames !=
      (uint64_t)floor(plan->duration_s * plan->sample_rate + 0.5))
    fail_msg("%s: %llu frames", where, (unsigned long long)plan->n_frames);
  CsChordSpan *chords = NULL;
  size_t n_chords     = 0;
  assert_int_equal(cs_timeline_chords(a->arena, t, &chords, &n_chords), CS_OK);
  for (size_t i = 1; i < n_chords; i++)
    if (chords[i].start_tick != chords[i - 1].end_tick)
      fail_msg("%s: a gap before chord %zu", where, i);
  if (plan->n_tracks < 1 || plan->n_tracks > 16)
    fail_msg("%s: %zu tracks", where, plan->n_tracks);
}

static void
test_every_length_function_and_meter_fits(void **state)
{
  (void)state;
  for (int f = 0; f < CS_N_FUNCTIONS; f++)
    for (size_t l = 0; l < COUNT(lengths_s); l++)
      for (size_t m = 0; m < n_meters(lengths_s[l]); m++) {
        Ask a;
        ask(&a, (CsFunction)f, lengths_s[l]);
        a.brief.said |= CS_SAID_METER;
        a.brief.meter      = meters[m];
        const CsPlan *plan = planned(&a);
        check_plan(&a, plan, 0.0);
        assert_true(plan->tempos[0].bpm >= 30.0 - 1e-9);
        assert_true(plan->tempos[0].bpm <= 300.0 + 1e-9);
        done(&a);
      }
}

static void
test_a_given_tempo_is_kept_exactly(void **state)
{
  (void)state;
  static const double tempos[] = {30.0, 57.0, 93.7, 120.0, 174.0, 300.0};
  for (size_t t = 0; t < COUNT(tempos); t++)
    for (size_t l = 0; l < COUNT(lengths_s); l++)
      for (size_t m = 0; m < n_meters(lengths_s[l]); m++) {
        Ask a;
        ask(&a, (CsFunction)((t + l + m) % CS_N_FUNCTIONS), lengths_s[l]);
        say_tempo(&a, tempos[t], tempos[t]);
        a.wish.has_meter   = true;
        a.wish.meter       = meters[m];
        const CsPlan *plan = planned(&a);
        assert_true(plan->tempos[0].bpm == tempos[t]);
        check_plan(
            &a, plan, 60.0 * cs_meter_beat_quarters(plan->meter) / tempos[t]);
        done(&a);
      }
}

static void
test_a_tempo_range_is_kept(void **state)
{
  (void)state;
  for (size_t l = 3; l < COUNT(lengths_s); l++) {
    Ask a;
    ask(&a, CS_THEMATIC, lengths_s[l]);
    say_tempo(&a, 84.0, 96.0);
    const CsPlan *plan = planned(&a);
    assert_true(plan->tempos[0].bpm >= 84.0 - 1e-9);
    assert_true(plan->tempos[0].bpm <= 96.0 + 1e-9);
    done(&a);
  }
}

static double
bpm_of_step(CsFunction function, double length_s, double step)
{
  Ask a;
  ask(&a, function, length_s);
  say_mood(&a, 0.3, -0.2);
  a.brief.said |= CS_SAID_TEMPO_STEP;
  a.brief.tempo_step = step;
  const double bpm   = planned(&a)->tempos[0].bpm;
  done(&a);
  return bpm;
}

static void
test_a_step_of_the_tempo_starts_from_the_tempo_without_it(void **state)
{
  (void)state;
  static const double steps[]   = {-0.13, -0.08, -0.05, 0.05, 0.08, 0.13};
  static const double lengths[] = {20.0, 45.0, 60.0, 61.7, 180.0};
  for (int f = 0; f < CS_N_FUNCTIONS; f++)
    for (size_t l = 0; l < COUNT(lengths); l++)
      for (size_t k = 0; k < COUNT(steps); k++) {
        const CsFunction function = (CsFunction)f;
        const double plain        = bpm_of_step(function, lengths[l], 0.0);
        const double moved        = bpm_of_step(function, lengths[l], steps[k]);
        if (fabs(moved / plain - 1.0 - steps[k]) > 0.025)
          fail_msg("%s of %g s, step %g: %g becomes %g BPM",
              cs_function_names[f], lengths[l], steps[k], plain, moved);
      }
}

static void
test_loops_cuts_and_fades_fill_the_length(void **state)
{
  (void)state;
  static const CsEnding endings[] = {
      CS_ENDING_LOOP, CS_ENDING_CUT, CS_ENDING_FADE};
  for (size_t e = 0; e < COUNT(endings); e++)
    for (size_t l = 0; l < COUNT(lengths_s); l++)
      for (size_t m = 0; m < n_meters(lengths_s[l]); m++)
        for (int given = 0; given < 2; given++) {
          Ask a;
          ask(&a, (CsFunction)((l + m) % CS_N_FUNCTIONS), lengths_s[l]);
          a.wish.has_ending = a.wish.has_meter = true;
          a.wish.ending                        = endings[e];
          a.wish.meter                         = meters[m];
          if (given)
            say_tempo(&a, 111.0, 111.0);
          const CsPlan *plan = planned(&a);
          check_plan(&a, plan, 0.0);
          assert_int_not_equal(
              plan->sections[plan->n_sections - 1].kind, CS_SECTION_END);
          if (given && endings[e] != CS_ENDING_LOOP)
            assert_true(plan->tempos[0].bpm == 111.0);
          done(&a);
        }
}

static void
test_a_loop_that_moves_the_tempo_says_so(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_BED, 31.0);
  say_tempo(&a, 120.0, 120.0);
  a.wish.has_ending  = true;
  a.wish.ending      = CS_ENDING_LOOP;
  const CsPlan *plan = planned(&a);
  assert_int_equal(plan->n_warnings, 1);
  assert_string_equal(plan->warnings[0].code, "contradiction");
  assert_true(near(plan->tempos[0].bpm, 16 * 4 * 60.0 / 31.0, 1e-9));
  done(&a);
}

static void
test_silence_at_the_start_is_a_lead_in(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 45.0);
  say_event(&a, CS_ARC_SILENCE, 0.0, 3.0);
  say_event(&a, CS_ARC_HIT, 3.0, -1.0);
  const CsPlan *plan = planned(&a);
  assert_true(plan->lead_in_s == 3.0);
  assert_int_equal(plan->hits[0].bar, 0);
  assert_true(near(plan->hits[0].is_at_s, 3.0, 1e-6));
  check_plan(&a, plan, 0.0);
  done(&a);
}

// ---- Choice ----------------------------------------------------------------

static void
test_the_style_follows_the_brief_not_the_seed(void **state)
{
  (void)state;
  const char *first = NULL;
  for (uint64_t seed = 1; seed < 20; seed++) {
    Ask a;
    ask(&a, CS_THEMATIC, 60.0);
    a.wish.seed = a.wish.theme_seed = seed;
    say_mood(&a, 0.6, 0.4);
    say_word(&a.brief.genres, presets->styles[3].genres.items[0]);
    const CsPlan *plan = planned(&a);
    if (first == NULL)
      first = plan->style;
    assert_string_equal(plan->style, first);
    assert_true(strlen(plan->style_reason) > 10);
    done(&a);
  }
}

static void
test_one_theme_seed_gives_one_key_and_progression(void **state)
{
  (void)state;
  Ask a, b;
  ask(&a, CS_THEMATIC, 60.0);
  ask(&b, CS_THEMATIC, 15.0);
  a.wish.theme_seed = b.wish.theme_seed = 77;
  b.wish.seed                           = 5;
  const CsPlan *x = planned(&a), *y = planned(&b);
  assert_int_equal(x->key.tonic_pc, y->key.tonic_pc);
  assert_int_equal(x->key.mode, y->key.mode);
  const CsSection *p = find_section(x, CS_SECTION_A);
  const CsSection *q = find_section(y, CS_SECTION_A);
  assert_string_equal(p->chords.items[0], q->chords.items[0]);
  done(&a);
  done(&b);
}

static void
test_wish_beats_brief(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_BED, 60.0);
  a.wish.has_function = a.wish.has_lufs = a.wish.has_key = true;
  a.wish.function                                        = CS_AMBIENT;
  a.wish.lufs                                            = -30.0;
  a.wish.key         = (CsKey){4, CS_DORIAN};
  const CsPlan *plan = planned(&a);
  assert_int_equal(plan->function, CS_AMBIENT);
  assert_int_equal(plan->key.tonic_pc, 4);
  assert_int_equal(plan->key.mode, CS_DORIAN);
  assert_true(plan->loudness_lufs == -30.0);
  done(&a);
}

static void
test_no_dominant_resolves_under_dialogue(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed < 40; seed++) {
    Ask a;
    ask(&a, CS_UNDERSCORE, 90.0);
    a.wish.seed = a.wish.theme_seed = seed;
    const CsPlan *plan              = planned(&a);
    CsTimeline *t                   = NULL;
    CsChordSpan *c                  = NULL;
    size_t n                        = 0;
    assert_int_equal(cs_timeline_make(a.arena, plan, &t), CS_OK);
    assert_int_equal(cs_timeline_chords(a.arena, t, &c, &n), CS_OK);
    for (size_t i = 1; i < n; i++)
      if (c[i - 1].chord.is_dominant && c[i - 1].chord.root == 7 &&
          c[i].chord.root == 0)
        fail_msg("seed %d: %s - %s", (int)seed, c[i - 1].symbol, c[i].symbol);
    done(&a);
  }
}

// ---- Time and memory -------------------------------------------------------

static void
test_seconds_and_ticks_are_inverse_through_tempo_changes(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 600.0);
  CsPlan *plan         = planned(&a);
  CsTempo tempos[3]    = {{0, 120.0, 0}, {40, 90.5, 0}, {80, 133.3, 0}};
  CsShortBar shorts[2] = {{0, 1.5}, {60, 3.0}};
  plan->tempos         = tempos;
  plan->n_tempos       = 3;
  plan->short_bars     = shorts;
  plan->n_short_bars   = 2;
  CsTimeline *t        = NULL;
  assert_int_equal(cs_timeline_make(a.arena, plan, &t), CS_OK);
  assert_int_equal(cs_bar_tick(t, 1), 1440);
  assert_int_equal(cs_bar_ticks(t, 60), 3 * CS_TICKS_PER_QUARTER);
  const double to_40 = (1.5 + 39 * 4) * 0.5;
  const double to_80 = to_40 + (39 * 4 + 3) * 60.0 / 90.5;
  assert_true(
      near(cs_seconds_of_tick(t, (double)cs_bar_tick(t, 40)), to_40, 1e-9));
  assert_true(
      near(cs_seconds_of_tick(t, (double)cs_bar_tick(t, 80)), to_80, 1e-9));
  for (int64_t tick = 0; tick < cs_bar_tick(t, plan->n_bars); tick += 977) {
    assert_int_equal(
        cs_tick_of_seconds(t, cs_seconds_of_tick(t, (double)tick)), tick);
    const int bar = cs_bar_of_tick(t, tick);
    assert_true(cs_bar_tick(t, bar) <= tick && tick < cs_bar_tick(t, bar + 1));
  }
  done(&a);
}

/// Gives memory until a number of requests is used up.
static void *
get_some(void *user, size_t n_bytes)
{
  int *left = user;
  return (*left)-- > 0 ? malloc(n_bytes) : NULL;
}

static void
give_back(void *user, void *chunk)
{
  (void)user;
  free(chunk);
}

static void
test_every_refused_request_for_memory_is_told(void **state)
{
  (void)state;
  CsStatus status = CS_ERR_MEMORY;
  for (int allowed = 1; status != CS_OK; allowed++) {
    Ask a;
    ask(&a, CS_THEMATIC, 3600.0);
    say_event(&a, CS_ARC_BUILD, 3000.0, 3300.0);
    say_event(&a, CS_ARC_EXIT, 900.0, -1.0)->target = "drums";
    int left                                        = allowed;
    const CsAllocator source = {get_some, give_back, &left};
    CsArena *arena           = cs_arena_new(&source);
    if (arena != NULL) {
      CsPlan *plan = NULL;
      status       = cs_plan_make(arena, presets, &a.brief, &a.wish, &plan);
      assert_true(status == CS_OK || status == CS_ERR_MEMORY);
    }
    cs_arena_free(arena);
    done(&a);
    assert_true(allowed < 1000);
  }
}

// ---- Refusals --------------------------------------------------------------

static void
refuse(Ask *a, const char *part)
{
  CsPlan *plan = NULL;
  assert_int_equal(
      cs_plan_make(a->arena, a->presets, &a->brief, &a->wish, &plan),
      CS_ERR_REQUEST);
  if (strstr(cs_arena_error(a->arena), part) == NULL)
    fail_msg("\"%s\" does not say \"%s\"", cs_arena_error(a->arena), part);
  done(a);
}

static void
test_impossible_lengths_are_refused(void **state)
{
  (void)state;
  static const double wrong[] = {0.0, 0.499, 43200.5, -3.0};
  for (size_t i = 0; i < COUNT(wrong); i++) {
    Ask a;
    ask(&a, CS_BED, wrong[i]);
    refuse(&a, "0.5 s to 12 h");
  }
}

static void
test_an_unknown_style_names_the_nearest(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_BED, 30.0);
  a.wish.style = "corporrate";
  refuse(&a, "did you mean \"corporate\"");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_silence_at_the_start_is_a_lead_in),
      cmocka_unit_test(test_every_length_function_and_meter_fits),
      cmocka_unit_test(test_a_given_tempo_is_kept_exactly),
      cmocka_unit_test(test_a_tempo_range_is_kept),
      cmocka_unit_test(
          test_a_step_of_the_tempo_starts_from_the_tempo_without_it),
      cmocka_unit_test(test_loops_cuts_and_fades_fill_the_length),
      cmocka_unit_test(test_a_loop_that_moves_the_tempo_says_so),
      cmocka_unit_test(test_the_style_follows_the_brief_not_the_seed),
      cmocka_unit_test(test_one_theme_seed_gives_one_key_and_progression),
      cmocka_unit_test(test_wish_beats_brief),
      cmocka_unit_test(test_no_dominant_resolves_under_dialogue),
      cmocka_unit_test(
          test_seconds_and_ticks_are_inverse_through_tempo_changes),
      cmocka_unit_test(test_every_refused_request_for_memory_is_told),
      cmocka_unit_test(test_impossible_lengths_are_refused),
      cmocka_unit_test(test_an_unknown_style_names_the_nearest),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
