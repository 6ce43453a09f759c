#include "tests/unit/compose_fixture.h"

#include "gen/compose/frame.h"

#include <stdlib.h>
#include <string.h>

typedef struct Leading {
  Fixture f;
  CsComposer c;
  CsVoicing *voicings;
} Leading;

static const char *const progressions[] = {
    "I V vi IV",
    "i bVI bIII bVII",
    "Imaj7 vi9 ii9 V13",
    "I V/3 vi I/5 IV I/3 ii7 V",
    "Iadd9 Vsus4 vi7 IVadd9",
    "i i(maj7) i7 i6",
    "I #I° ii7 V7",
    "i bVI iv V",
};

static Leading
lead(const char *chords, uint64_t seed, int low, int high, int n_voices)
{
  Leading l                      = {.f = fixture_new(CS_THEMATIC, seed)};
  const FixtureSection section[] = {{CS_SECTION_A, 32, {0.5, 0.5}, chords}};
  l.f.plan->key.tonic_pc         = (int)(seed % 12);
  fixture_sections(&l.f, section, 1);
  fixture_fit(&l.f, 100.0, 0.0);
  assert_int_equal(
      cs_composer_begin(l.f.arena, l.f.presets, l.f.plan, &l.c), CS_OK);
  const CsLeading how = {
      .seed = seed, .keys = {low, high}, .n_voices = n_voices};
  assert_int_equal(cs_lead_voices(&l.c, &how, &l.voicings), CS_OK);
  return l;
}

static int
motion_between(const CsVoicing *a, const CsVoicing *b)
{
  int sum     = 0;
  const int n = a->n < b->n ? a->n : b->n;
  for (int i = 1; i <= n; i++)
    sum += abs(a->keys[a->n - i] - b->keys[b->n - i]);
  return sum;
}

static void
check_voicing(const Leading *l, size_t i, int low, int high)
{
  const CsVoicing *v     = &l->voicings[i];
  const uint16_t allowed = cs_chord_pcs(&l->c.chords[i]);
  assert_true(v->n >= 2);
  for (int k = 0; k < v->n; k++) {
    assert_in_range(v->keys[k], low, high);
    assert_true((allowed >> (v->keys[k] % 12) & 1) != 0);
    if (k > 0)
      assert_true(v->keys[k] - v->keys[k - 1] >= 2);
  }
  assert_true(v->keys[1] - v->keys[0] >= cs_low_gap(v->keys[0]));
}

static void
test_voicings_hold_chord_tones_within_low_interval_limits(void **state)
{
  (void)state;
  for (size_t p = 0; p < COUNT_OF(progressions); p++)
    for (uint64_t seed = 1; seed <= 24; seed++) {
      Leading l = lead(progressions[p], seed, 48, 69, 3 + (int)(seed % 3));
      for (size_t i = 0; i < l.c.n_chords; i++)
        check_voicing(&l, i, 48, 69);
      fixture_free(&l.f);
    }
}

static int
times_heard(const CsVoicing *v, int pitch_class)
{
  int n = 0;
  for (int i = 0; i < v->n; i++)
    n += v->keys[i] % 12 == (pitch_class + 120) % 12;
  return n;
}

static void
test_thirds_and_sevenths_are_heard_and_sevenths_once(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 24; seed++) {
    Leading l = lead("Imaj7 vi9 ii9 V13", seed, 48, 69, 4);
    for (size_t i = 0; i < l.c.n_chords; i++) {
      const CsChord *chord = &l.c.chords[i].chord;
      const int root       = l.f.plan->key.tonic_pc + chord->root;
      assert_true(times_heard(&l.voicings[i], root + 3) +
                      times_heard(&l.voicings[i], root + 4) >=
                  1);
      assert_int_equal(times_heard(&l.voicings[i], root + 10) +
                           times_heard(&l.voicings[i], root + 11),
          1);
    }
    fixture_free(&l.f);
  }
}

static void
test_the_leading_tone_is_never_doubled(void **state)
{
  (void)state;
  for (size_t p = 0; p < COUNT_OF(progressions); p++)
    for (uint64_t seed = 1; seed <= 12; seed++) {
      Leading l = lead(progressions[p], seed, 45, 76, 5);
      for (size_t i = 0; i < l.c.n_chords; i++)
        assert_true(
            times_heard(&l.voicings[i], l.f.plan->key.tonic_pc + 11) <= 1);
      fixture_free(&l.f);
    }
}

static int
compare_ints(const void *a, const void *b)
{
  return *(const int *)a - *(const int *)b;
}

static void
test_upper_voices_move_little(void **state)
{
  (void)state;
  int moves[8192];
  size_t n = 0;
  for (size_t p = 0; p < COUNT_OF(progressions); p++)
    for (uint64_t seed = 1; seed <= 24; seed++) {
      Leading l = lead(progressions[p], seed, 50, 69, 4);
      for (size_t i = 1; i < l.c.n_chords && n < COUNT_OF(moves); i++)
        moves[n++] = motion_between(&l.voicings[i - 1], &l.voicings[i]);
      fixture_free(&l.f);
    }
  qsort(moves, n, sizeof moves[0], compare_ints);
  print_message(
      "total motion: median %d, p95 %d\n", moves[n / 2], moves[n * 95 / 100]);
  assert_true(moves[n / 2] <= 7);
  assert_true(moves[n * 95 / 100] <= 12);
}

static void
test_a_loop_comes_back_to_the_same_voicings(void **state)
{
  (void)state;
  Leading l = lead("I V vi IV", 7, 50, 69, 4);
  for (size_t i = 16; i < l.c.n_chords; i++)
    assert_memory_equal(&l.voicings[i], &l.voicings[i - 4], sizeof(CsVoicing));
  fixture_free(&l.f);
}

static void
test_narrow_ranges_give_fewer_voices(void **state)
{
  (void)state;
  for (int width = 0; width < 12; width++) {
    Leading l = lead("I V vi IV", 3, 60, 60 + width, 5);
    for (size_t i = 0; i < l.c.n_chords; i++)
      for (int k = 0; k < l.voicings[i].n; k++)
        assert_in_range(l.voicings[i].keys[k], 60, 60 + width);
    fixture_free(&l.f);
  }
}

static void
test_snap_takes_the_nearest_and_ties_go_down(void **state)
{
  (void)state;
  const uint16_t c_major_triad = 1U << 0 | 1U << 4 | 1U << 7;
  assert_int_equal(cs_snap(60, c_major_triad), 60);
  assert_int_equal(cs_snap(62, c_major_triad), 60);
  assert_int_equal(cs_snap(63, c_major_triad), 64);
  assert_int_equal(cs_snap(70, c_major_triad), 72);
  assert_int_equal(cs_nearest_key(61, 0, 28, 50), 48);
  assert_int_equal(cs_nearest_key(61, 0, 61, 71), -1);
}

static void
check_scale(CsMode mode, const char *symbol, uint16_t expected)
{
  Leading l              = lead(symbol, 12, 50, 69, 4);
  l.c.chords[0].key.mode = mode;
  const uint16_t got     = cs_scale_at(&l.c, 0);
  if (got != expected)
    print_error("%s in %s: %#x, not %#x\n", symbol, cs_mode_names[mode],
        (unsigned)got, (unsigned)expected);
  assert_int_equal(got, expected);
  fixture_free(&l.f);
}

#define SCALE(a, b, c, d, e, f, g)                                             \
  (uint16_t)(                                                                  \
      1U << a | 1U << b | 1U << c | 1U << d | 1U << e | 1U << f | 1U << g)

static void
test_a_scale_bends_to_its_chord_and_keeps_seven_notes(void **state)
{
  (void)state;
  check_scale(CS_MAJOR, "I", SCALE(0, 2, 4, 5, 7, 9, 11));
  check_scale(CS_MINOR, "V", SCALE(0, 2, 3, 5, 7, 8, 11));
  check_scale(CS_MAJOR, "iv", SCALE(0, 2, 4, 5, 7, 8, 11));
  check_scale(CS_MAJOR, "bVII", SCALE(0, 2, 4, 5, 7, 9, 10));
  check_scale(CS_MAJOR, "II7", SCALE(0, 2, 4, 6, 7, 9, 11));
  check_scale(CS_MAJOR, "III", SCALE(0, 2, 4, 5, 8, 9, 11));
  check_scale(CS_MAJOR, "#I°7", SCALE(1, 2, 4, 5, 7, 9, 10));
  check_scale(CS_MINOR, "I", SCALE(0, 2, 4, 5, 7, 8, 10));
}

// --- The frame --------------------------------------------------------------

static void
test_keys_too_near_the_frame_are_muddy_its_own_are_not(void **state)
{
  (void)state;
  Leading l          = lead("I V vi IV", 3, 52, 70, 4);
  const int64_t tick = l.c.chords[0].start_tick;
  const CsVoicing *v = &l.c.frame->voicings[0];
  assert_false(cs_is_muddy(&l.c, tick, v->keys[0]));
  assert_true(cs_is_muddy(&l.c, tick, v->keys[0] - 1));
  assert_true(cs_is_muddy(&l.c, tick, v->keys[0] - 2));
  assert_false(cs_is_muddy(&l.c, tick, v->keys[0] - 12));
  assert_false(cs_is_muddy(&l.c, tick, v->keys[v->n - 1] + 1));
  fixture_free(&l.f);
}

static void
test_only_a_written_minor_ninth_excuses_a_rub(void **state)
{
  (void)state;
  Leading l = lead("I V7 I V7b9", 3, 52, 70, 4);
  for (size_t i = 0; i < l.c.n_chords; i++) {
    const CsChordSpan *span = &l.c.chords[i];
    const int root          = 60 + l.f.plan->key.tonic_pc + span->chord.root;
    const bool is_written   = strcmp(span->symbol, "V7b9") == 0;
    // a fourth lies a semitone over the third of a major chord
    assert_int_equal(
        cs_has_key(cs_keys_that_rub(&l.c, span->start_tick), root + 5),
        !is_written);
  }
  fixture_free(&l.f);
}

static void
test_a_second_slot_does_not_rub_against_the_frame(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 12; seed++) {
    Leading l           = lead("Imaj7 vi9 ii9 IVmaj7", seed, 52, 70, 4);
    CsVoicing *above    = NULL;
    const CsLeading how = {.seed = seed,
        .keys                    = {67, 91},
        .n_voices                = 3,
        .beside                  = l.c.frame->all};
    assert_int_equal(cs_lead_voices(&l.c, &how, &above), CS_OK);
    for (size_t i = 0; i < l.c.n_chords; i++)
      for (int k = 0; k < above[i].n; k++)
        assert_int_equal(
            cs_count_rubs(&l.c.frame->all[i], above[i].keys[k]), 0);
    fixture_free(&l.f);
  }
}

static void
test_sections_on_the_same_chords_have_the_same_voicings(void **state)
{
  (void)state;
  Fixture f                      = fixture_new(CS_THEMATIC, 5);
  const FixtureSection section[] = {{CS_SECTION_A, 8, {0.5, 0.5}, "I V vi IV"},
      {CS_SECTION_B, 8, {0.6, 0.6}, "ii IV vi V"},
      {CS_SECTION_A2, 8, {0.5, 0.5}, "I V vi IV"}};
  CsComposer c;
  fixture_sections(&f, section, 3);
  fixture_fit(&f, 100.0, 0.0);
  assert_int_equal(cs_composer_begin(f.arena, f.presets, f.plan, &c), CS_OK);
  for (size_t i = 0; i < c.n_chords; i++)
    for (size_t k = i + 1; k < c.n_chords; k++)
      if (c.chords[k].bar == c.chords[i].bar + 16)
        assert_memory_equal(
            &c.frame->voicings[i], &c.frame->voicings[k], sizeof(CsVoicing));
  fixture_free(&f);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(
          test_voicings_hold_chord_tones_within_low_interval_limits),
      cmocka_unit_test(test_thirds_and_sevenths_are_heard_and_sevenths_once),
      cmocka_unit_test(test_the_leading_tone_is_never_doubled),
      cmocka_unit_test(test_upper_voices_move_little),
      cmocka_unit_test(test_a_loop_comes_back_to_the_same_voicings),
      cmocka_unit_test(test_narrow_ranges_give_fewer_voices),
      cmocka_unit_test(test_snap_takes_the_nearest_and_ties_go_down),
      cmocka_unit_test(test_a_scale_bends_to_its_chord_and_keeps_seven_notes),
      cmocka_unit_test(test_keys_too_near_the_frame_are_muddy_its_own_are_not),
      cmocka_unit_test(test_only_a_written_minor_ninth_excuses_a_rub),
      cmocka_unit_test(test_a_second_slot_does_not_rub_against_the_frame),
      cmocka_unit_test(test_sections_on_the_same_chords_have_the_same_voicings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
