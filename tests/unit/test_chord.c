#include "gen/music/chord.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct Case {
  const char *symbol;
  int root, bass;
  int tones[CS_MAX_CHORD_TONES]; ///< Ends at the first 0 after tones[0].
} Case;

static const Case cases[] = {
    {"I", 0, 0, {0, 4, 7}},
    {"i", 0, 0, {0, 3, 7}},
    {"vi", 9, 9, {0, 3, 7}},
    {"vii", 11, 11, {0, 3, 7}},
    {"VII", 11, 11, {0, 4, 7}},
    {"bVI", 8, 8, {0, 4, 7}},
    {"bvi", 8, 8, {0, 3, 7}},
    {"#IV", 6, 6, {0, 4, 7}},
    {"♭VII", 10, 10, {0, 4, 7}},
    {"I5", 0, 0, {0, 7}},
    {"1", 0, 0, {0}},
    {"1sus2", 0, 0, {0, 2, 7}},
    {"4sus2", 5, 5, {0, 2, 7}},
    {"b7sus2", 10, 10, {0, 2, 7}},
    {"5sus4", 7, 7, {0, 5, 7}},
    {"Iadd9", 0, 0, {0, 4, 7, 14}},
    {"IVadd9", 5, 5, {0, 4, 7, 14}},
    {"iadd9", 0, 0, {0, 3, 7, 14}},
    {"I6/9", 0, 0, {0, 4, 7, 9, 14}},
    {"i6/9", 0, 0, {0, 3, 7, 9, 14}},
    {"i6", 0, 0, {0, 3, 7, 9}},
    {"ii7", 2, 2, {0, 3, 7, 10}},
    {"IV7", 5, 5, {0, 4, 7, 10}},
    {"i9", 0, 0, {0, 3, 7, 10, 14}},
    {"V13", 7, 7, {0, 4, 7, 10, 14, 21}},
    {"VI7b9", 9, 9, {0, 4, 7, 10, 13}},
    {"Imaj7", 0, 0, {0, 4, 7, 11}},
    {"bVImaj7", 8, 8, {0, 4, 7, 11}},
    {"IVmaj9", 5, 5, {0, 4, 7, 11, 14}},
    {"Imaj7#11", 0, 0, {0, 4, 7, 11, 18}},
    {"i(maj7)", 0, 0, {0, 3, 7, 11}},
    {"Vsus4", 7, 7, {0, 5, 7}},
    {"V7sus4", 7, 7, {0, 5, 7, 10}},
    {"Im7", 0, 0, {0, 3, 7, 10}},
    {"vi9", 9, 9, {0, 3, 7, 10, 14}},
    {"ii°", 2, 2, {0, 3, 6}},
    {"#I°", 1, 1, {0, 3, 6}},
    {"vii°7", 11, 11, {0, 3, 6, 9}},
    {"iiø", 2, 2, {0, 3, 6, 10}},
    {"iidim", 2, 2, {0, 3, 6}},
    {"I+", 0, 0, {0, 4, 8}},
    {"Vaug", 7, 7, {0, 4, 8}},
    {"vii°/1", 11, 0, {0, 3, 6}},
    {"II/1", 2, 0, {0, 4, 7}},
    {"bVII/1", 10, 0, {0, 4, 7}},
    {"I/3", 0, 4, {0, 4, 7}},
    {"i/3", 0, 3, {0, 3, 7}},
    {"V/3", 7, 11, {0, 4, 7}},
    {"I/5", 0, 7, {0, 4, 7}},
    {"vii°/5", 11, 5, {0, 3, 6}},
    {"V7/7", 7, 5, {0, 4, 7, 10}},
    {"V/7", 7, 5, {0, 4, 7}},
    {"I/7", 0, 11, {0, 4, 7}},
    {"V7/V", 2, 2, {0, 4, 7, 10}},
    {"V7/V/3", 2, 6, {0, 4, 7, 10}},
    {"V7/ii", 9, 9, {0, 4, 7, 10}},
    {"vii°/V", 6, 6, {0, 3, 6}},
    {"V/bVI", 3, 3, {0, 4, 7}},
    {"IV/IV/1", 10, 0, {0, 4, 7}},
};

enum { N_CASES = sizeof cases / sizeof cases[0] };

static void
test_every_symbol_has_its_root_bass_and_tones(void **state)
{
  (void)state;
  for (size_t i = 0; i < N_CASES; i++) {
    CsChord chord;
    if (!cs_chord_parse(cases[i].symbol, &chord))
      fail_msg("%s cannot be read", cases[i].symbol);
    if (chord.root != cases[i].root || chord.bass != cases[i].bass)
      fail_msg("%s has root %d bass %d, not %d %d", cases[i].symbol, chord.root,
          chord.bass, cases[i].root, cases[i].bass);
    for (int k = 1; k < CS_MAX_CHORD_TONES; k++) {
      const int found = k < chord.n_tones ? chord.tones[k] : 0;
      if (found != cases[i].tones[k])
        fail_msg("%s has %d as tone %d, not %d", cases[i].symbol, found, k,
            cases[i].tones[k]);
    }
  }
}

static void
test_what_is_no_chord_is_refused_and_leaves_the_chord_alone(void **state)
{
  (void)state;
  static const char *const wrong[] = {"", "H", "VIII", "8", "0", "I/2", "I/",
      "I/8", "V7/", "V7/H", "Vsus4/3", "I5/3", "1maj7", "1/3", "Iv", "bbI",
      "I ", " I", "I(maj7", "V/V/V/V", "V7x", "I//1", "%", "C", "Imaj",
      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbI"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    CsChord chord = {.root = 77};
    if (cs_chord_parse(wrong[i], &chord))
      fail_msg("\"%s\" is read as a chord", wrong[i]);
    assert_int_equal(chord.root, 77);
  }
}

static CsChord
parsed(const char *symbol)
{
  CsChord chord;
  if (!cs_chord_parse(symbol, &chord))
    fail_msg("%s cannot be read", symbol);
  return chord;
}

static void
test_minor_diminished_and_dominant_are_told_apart(void **state)
{
  (void)state;
  assert_true(parsed("vi7").is_minor);
  assert_false(parsed("vi7").is_dominant);
  assert_false(parsed("vi7").is_diminished);
  assert_true(parsed("vii°").is_diminished);
  assert_true(parsed("iiø").is_diminished);
  assert_false(parsed("I").is_minor);
  assert_false(parsed("Isus2").is_minor);
  static const char *const dominants[] = {
      "V", "V7", "Vsus4", "V7sus4", "V13", "IV7", "V7/V", "V/V", "V/3"};
  for (size_t i = 0; i < sizeof dominants / sizeof dominants[0]; i++)
    if (!parsed(dominants[i]).is_dominant)
      fail_msg("%s is no dominant", dominants[i]);
  static const char *const others[] = {
      "I", "v", "v7", "bV", "Vmaj7", "V5", "IVsus4", "ii7", "Imaj7"};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    if (parsed(others[i]).is_dominant)
      fail_msg("%s is a dominant", others[i]);
}

static void
test_a_slash_is_known_to_have_been_written(void **state)
{
  (void)state;
  assert_true(parsed("I/1").has_slash);
  assert_true(parsed("V7/V/3").has_slash);
  assert_false(parsed("V7/V").has_slash);
  assert_false(parsed("I6/9").has_slash);
}

static void
test_pitch_classes_hold_tones_and_bass(void **state)
{
  (void)state;
  CsChord chord = parsed("I");
  assert_int_equal(cs_chord_pitch_classes(&chord), 0x091);
  chord = parsed("bVII/1");
  assert_int_equal(
      cs_chord_pitch_classes(&chord), 1 | 1 << 10 | 1 << 2 | 1 << 5);
  chord = parsed("Imaj9");
  assert_int_equal(
      cs_chord_pitch_classes(&chord), 1 | 1 << 4 | 1 << 7 | 1 << 11 | 1 << 2);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_symbol_has_its_root_bass_and_tones),
      cmocka_unit_test(
          test_what_is_no_chord_is_refused_and_leaves_the_chord_alone),
      cmocka_unit_test(test_minor_diminished_and_dominant_are_told_apart),
      cmocka_unit_test(test_a_slash_is_known_to_have_been_written),
      cmocka_unit_test(test_pitch_classes_hold_tones_and_bass),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
