// Drums that are all the music: touches of their own around one groove, a turn
// that leads home, a last stroke.

#include "tests/unit/cue.h"

#include "gen/compose/beat.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const Block form[] = {
    {CS_SECTION_A, 8, .52, .55, {"I", "V", "vi", "IV"}},
    {CS_SECTION_B, 8, .75, .78, {"IV", "V", "vi", "I/3"}},
    {CS_SECTION_A2, 8, .52, .55, {"I", "V", "vi", "IV"}},
    {CS_SECTION_END, 1, .55, .55, {"I"}},
};

enum { END_BAR = 24, FIRST_OF_B = 8, FIRST_OF_A2 = 16 };

/// A kit, and whatever else is named.
static void
compose_kit(Cue *cue, CsFunction function, uint64_t seed, const char *other)
{
  cue_open(cue);
  cue_begin(cue, function, form, COUNT(form));
  CsTrack *kit = cue_track(cue, CS_ROLE_DRUMS, "drums");
  kit->seed    = seed;
  cue_pattern(cue, kit, "D07");
  if (other != NULL)
    (void)cue_track(cue, CS_ROLE_PAD, other);
  cue_compose(cue);
}

/// Sixteenths of a bar on which a key is struck.
static unsigned
steps_of(const Cue *cue, int bar, int key)
{
  unsigned steps      = 0;
  const CsPart *drums = &cue->score->parts[0];
  for (size_t i = 0; i < drums->n_notes; i++)
    if (note_bar(cue, &drums->notes[i]) == bar && drums->notes[i].key == key)
      steps |= 1U << note_step(cue, &drums->notes[i]);
  return steps;
}

static bool
are_equal_bars(const Cue *a, int bar, const Cue *b, int other)
{
  for (int key = 0; key < 128; key++)
    if (steps_of(a, bar, key) != steps_of(b, other, key))
      return false;
  return true;
}

static void
test_seeds_touch_one_groove_in_their_own_way(void **state)
{
  (void)state;
  enum { N = 8 };
  Cue cues[N];
  int n_equal = 0;
  for (int i = 0; i < N; i++) {
    compose_kit(&cues[i], CS_THEMATIC, (uint64_t)i + 1, NULL);
    // the accents of "half-time cinematic"
    assert_true((steps_of(&cues[i], 0, CS_KICK) & 1U) != 0);
    assert_true((steps_of(&cues[i], FIRST_OF_B, 38) & 1U << 8) != 0);
    for (int k = 0; k < i; k++)
      n_equal += are_equal_bars(&cues[i], 0, &cues[k], 0);
  }
  assert_true(n_equal <= 1); // of 28 pairs
  for (int i = 0; i < N; i++)
    cue_close(&cues[i]);
}

static void
test_touches_stay_in_a_section_and_come_back_with_it(void **state)
{
  (void)state;
  Cue cue;
  compose_kit(&cue, CS_THEMATIC, 3, NULL);
  assert_true(are_equal_bars(&cue, 0, &cue, 2));
  assert_true(are_equal_bars(&cue, 0, &cue, FIRST_OF_A2));
  assert_false(are_equal_bars(&cue, 0, &cue, FIRST_OF_B));
  assert_false(are_equal_bars(&cue, 0, &cue, 1)); // which turns
  cue_close(&cue);
}

static void
test_a_band_with_notes_keeps_to_the_pattern(void **state)
{
  (void)state;
  Cue a, b;
  compose_kit(&a, CS_THEMATIC, 1, "warm pad");
  compose_kit(&b, CS_THEMATIC, 2, "warm pad");
  assert_true(are_equal_bars(&a, 0, &b, 0));
  assert_true(are_equal_bars(&a, FIRST_OF_B, &b, FIRST_OF_B));
  cue_close(&a);
  cue_close(&b);
}

static void
test_drums_alone_turn_to_a_last_stroke(void **state)
{
  (void)state;
  static const CsFunction functions[] = {
      CS_THEMATIC, CS_BED, CS_UNDERSCORE, CS_AMBIENT};
  for (size_t i = 0; i < COUNT(functions); i++)
    for (uint64_t seed = 1; seed <= 10; seed++) {
      Cue cue;
      compose_kit(&cue, functions[i], seed, NULL);
      assert_true((steps_of(&cue, END_BAR, CS_KICK) & 1U) != 0);
      for (int bar = END_BAR - 3; bar < END_BAR - 1; bar++)
        if (are_equal_bars(&cue, bar, &cue, END_BAR - 1))
          fail_msg("%s, seed %d: bar %d leads home as the last one does",
              cs_function_names[functions[i]], (int)seed, bar + 1);
      cue_close(&cue);
    }
}

/// What a lone drum plays, with nobody who could come in.
static void
test_a_lone_drum_grows_by_strokes(void **state)
{
  (void)state;
  static const Block blocks[] = {
      {CS_SECTION_A, 8, .25, .25, {"I"}},
      {CS_SECTION_CLIMAX, 8, .95, .95, {"I"}},
      {CS_SECTION_END, 1, .95, .95, {"I"}},
  };
  for (uint64_t seed = 1; seed <= 10; seed++) {
    Cue cue;
    size_t n[2] = {0, 0};
    cue_open(&cue);
    cue_begin(&cue, CS_THEMATIC, blocks, COUNT(blocks));
    CsTrack *drum = cue_track(&cue, CS_ROLE_PERCUSSION, "taiko");
    drum->seed    = seed;
    cue_pattern(&cue, drum, "D42");
    cue_compose(&cue);
    const CsPart *part = &cue.score->parts[0];
    for (size_t i = 0; i < part->n_notes; i++)
      n[note_bar(&cue, &part->notes[i]) >= 8]++;
    assert_true(n[1] >= n[0] + 16);
    cue_close(&cue);
  }
}

/// Strokes now and then leave no bar empty where nobody else plays.
static void
test_scattered_drums_alone_leave_no_bar_empty(void **state)
{
  (void)state;
  static const char *const instruments[] = {"bell tree", "triangle"};
  for (size_t k = 0; k < COUNT(instruments); k++) {
    Cue cue;
    bool sounds[END_BAR + 1] = {false};
    cue_open(&cue);
    cue_begin(&cue, CS_AMBIENT, form, COUNT(form));
    cue_pattern(
        &cue, cue_track(&cue, CS_ROLE_PERCUSSION, instruments[k]), "D29");
    cue_compose(&cue);
    const CsPart *part = &cue.score->parts[0];
    for (size_t i = 0; i < part->n_notes; i++)
      sounds[note_bar(&cue, &part->notes[i])] = true;
    for (int bar = 0; bar <= END_BAR; bar++)
      if (!sounds[bar])
        fail_msg("%s: bar %d is empty", instruments[k], bar + 1);
    cue_close(&cue);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_seeds_touch_one_groove_in_their_own_way),
      cmocka_unit_test(test_touches_stay_in_a_section_and_come_back_with_it),
      cmocka_unit_test(test_a_band_with_notes_keeps_to_the_pattern),
      cmocka_unit_test(test_drums_alone_turn_to_a_last_stroke),
      cmocka_unit_test(test_a_lone_drum_grows_by_strokes),
      cmocka_unit_test(test_scattered_drums_alone_leave_no_bar_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
