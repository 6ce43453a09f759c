// One instrument that is all the music of a bed: touches of the player's own.

#include "tests/unit/cue.h"

static const Block form[] = {
    {CS_SECTION_A, 8, .50, .50, {"I", "IV"}},
    {CS_SECTION_A2, 8, .50, .50, {"I", "IV"}},
    {CS_SECTION_END, 1, .50, .50, {"I"}},
};

enum { END_BAR = 16, FIRST_OF_A2 = 8 };

static void
compose_piano(Cue *cue, CsFunction function, uint64_t seed, const char *other)
{
  cue_open(cue);
  cue_begin(cue, function, form, sizeof form / sizeof *form);
  CsTrack *piano = cue_track(cue, CS_ROLE_CHORDS, "piano");
  piano->seed    = seed;
  cue_pattern(cue, piano, "A03"); // quarter pulse
  if (other != NULL)
    (void)cue_track(cue, CS_ROLE_PAD, other);
  cue_compose(cue);
}

/// Keys of a bar by sixteenth, folded; equal bars give equal numbers.
static uint64_t
bar_of(const Cue *cue, int bar)
{
  uint64_t sum       = 0;
  const CsPart *part = &cue->score->parts[0];
  for (size_t i = 0; i < part->n_notes; i++)
    if (note_bar(cue, &part->notes[i]) == bar)
      sum += (uint64_t)(1 + note_step(cue, &part->notes[i])) * 1000003U *
             part->notes[i].key * part->notes[i].key;
  return sum;
}

static int
count_equal_bars(const Cue *a, const Cue *b)
{
  int n = 0;
  for (int bar = 0; bar < END_BAR; bar++)
    n += bar_of(a, bar) == bar_of(b, bar);
  return n;
}

static void
test_a_solo_bed_is_played_anew_for_every_seed(void **state)
{
  (void)state;
  int n_equal = 0;
  Cue first;
  compose_piano(&first, CS_BED, 1, NULL);
  for (uint64_t seed = 2; seed <= 9; seed++) {
    Cue other;
    compose_piano(&other, CS_BED, seed, NULL);
    n_equal += count_equal_bars(&first, &other);
    cue_close(&other);
  }
  assert_in_range(n_equal, 0, 8 * END_BAR * 3 / 10);
  cue_close(&first);
}

static void
test_its_touches_come_back_with_the_section(void **state)
{
  (void)state;
  Cue cue;
  compose_piano(&cue, CS_BED, 4, NULL);
  for (int bar = 0; bar < FIRST_OF_A2 - 1; bar++) // the last one leads on
    assert_true(bar_of(&cue, bar) == bar_of(&cue, FIRST_OF_A2 + bar));
  cue_close(&cue);
}

static void
test_a_band_and_a_theme_keep_to_the_pattern(void **state)
{
  (void)state;
  static const struct {
    CsFunction function;
    const char *other;
  } cases[] = {{CS_BED, "warm pad"}, {CS_THEMATIC, NULL}};
  for (size_t i = 0; i < 2; i++) {
    Cue a, b;
    compose_piano(&a, cases[i].function, 1, cases[i].other);
    compose_piano(&b, cases[i].function, 2, cases[i].other);
    assert_true(bar_of(&a, 0) == bar_of(&b, 0));
    assert_true(bar_of(&a, 2) == bar_of(&b, 2));
    cue_close(&a);
    cue_close(&b);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_solo_bed_is_played_anew_for_every_seed),
      cmocka_unit_test(test_its_touches_come_back_with_the_section),
      cmocka_unit_test(test_a_band_and_a_theme_keep_to_the_pattern),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
