// Which of several words wins: a number over a word, the specific over the
// general, the later over the earlier with a contradiction where both stand.
#include "grammar_fixture.h"

static const char *
contradiction(const CsBrief *brief)
{
  return warning_of(brief, "contradiction");
}

/// One prompt with two values of a field, and what the field holds then.
typedef struct Row {
  const char *prompt;
  const char *field; ///< Key of the Brief's JSON.
  const char *value; ///< Its JSON text without spaces.
} Row;

static const char *
field_of(Fixture *f, const CsBrief *brief, const char *key)
{
  const CsJson *root = NULL;
  const char *json   = json_of(f, brief);
  assert_int_equal(
      cs_json_parse(f->arena, "brief", json, strlen(json), &root), CS_OK);
  const CsJson *at = cs_json_member(root, key);
  if (at == NULL)
    return "nothing";
  if (at->kind == CS_JSON_STRING)
    return at->string;
  if (at->kind == CS_JSON_NUMBER)
    return cs_arena_printf(f->arena, "%g", at->number);
  CsText text = cs_text_new(f->arena);
  for (const CsJson *e = at->first; e != NULL; e = e->next) {
    cs_text_add(&text, e == at->first ? "" : ",");
    if (e->kind == CS_JSON_STRING)
      cs_text_add(&text, e->string);
    else
      cs_text_addf(&text, "%g", e->number);
  }
  const char *out = "";
  assert_int_equal(cs_text_take(&text, &out), CS_OK);
  return out;
}

static void
check_rows(Fixture *f, const Row *rows, size_t n, bool contradicts)
{
  for (size_t i = 0; i < n; i++) {
    const CsBrief *b = parse(f, rows[i].prompt);
    const char *got  = field_of(f, b, rows[i].field);
    if (strcmp(got, rows[i].value) != 0)
      fail_msg("%s: %s is %s, not %s", rows[i].prompt, rows[i].field, got,
          rows[i].value);
    if ((contradiction(b) != NULL) != contradicts)
      fail_msg("%s: %s", rows[i].prompt,
          contradicts ? "no contradiction is named" : contradiction(b));
  }
}

static void
test_the_later_of_two_wins_and_the_contradiction_is_named(void **state)
{
  static const Row rows[] = {
      {"calm piano, 30 s, 45 s", "duration_s", "45"},
      {"120 BPM, 90 BPM, 30 s", "tempo_bpm", "90,90"},
      {"slow, fast, 30 s", "tempo_bpm", "115,190"},
      {"in C major, in E minor, 30 s", "key", "E minor"},
      {"minor key, C major, 30 s", "key", "C major"},
      {"major key, minor key, 30 s", "mode", "minor"},
      {"3/4, 4/4, 30 s", "meter", "4/4"},
      {"a bed, a stinger, 6 s", "function", "stinger"},
      {"a stinger, a bed, 6 s", "function", "bed"},
      {"fade out, hard stop, 30 s", "ending", "button"},
      {"seamless loop, button ending, 30 s", "ending", "button"},
      {"at -16 LUFS, at -20 LUFS, 30 s", "loudness_lufs", "-20"},
      {"drums, no drums, 30 s", "exclude", "drums"},
  };
  check_rows(*state, rows, sizeof rows / sizeof *rows, true);
}

static void
test_a_correction_wins_without_a_contradiction(void **state)
{
  static const Row rows[] = {
      {"calm piano, 30 s - no, make it 45 s", "duration_s", "45"},
      {"calm piano, 96 BPM, sorry, 69 BPM, 30 s", "tempo_bpm", "69,69"},
      {"in C major, no wait, D major, 30 s", "key", "D major"},
      {"3/4, sorry, 4/4, 30 s", "meter", "4/4"},
      {"at -16 LUFS, no, -20 LUFS, 30 s", "loudness_lufs", "-20"},
      {"no piano - no, wait, yes to piano, 30 s", "instruments", "piano"},
  };
  check_rows(*state, rows, sizeof rows / sizeof *rows, false);
}

static void
test_the_specific_wins_over_the_general(void **state)
{
  static const Row rows[] = {
      {"slow, 80 BPM, 30 s", "tempo_bpm", "80,80"},
      {"80 BPM, slow, 30 s", "tempo_bpm", "80,80"},
      {"in a minor key, A minor, 30 s", "key", "A minor"},
      {"A minor, in a minor key, 30 s", "key", "A minor"},
      {"in the key of G, minor, 30 s", "key", "G minor"},
      {"waltz, 3/4, 30 s", "meter", "3/4"},
      {"ambient bed, 30 s", "function", "bed"},
      {"tension bed, 30 s", "function", "bed"},
      {"a catchy hook for a bed, 30 s", "function", "bed"},
      {"loop, fades in, 30 s", "ending", "loop"},
      {"length: 40 s, average scene 3 s", "duration_s", "40"},
      {"10 seconds of pulse, 40 s in total", "duration_s", "40"},
      {"no big drums, drums, 30 s", "instruments", "drums"},
  };
  check_rows(*state, rows, sizeof rows / sizeof *rows, false);
}

static void
test_a_number_beats_a_word_that_it_contradicts(void **state)
{
  static const Row rows[] = {
      {"adagio at 180 BPM, 30 s", "tempo_bpm", "180,180"},
      {"fast, 60 BPM, 30 s", "tempo_bpm", "60,60"},
      {"60 BPM, fast, 30 s", "tempo_bpm", "60,60"},
  };
  check_rows(*state, rows, sizeof rows / sizeof *rows, true);
}

static void
test_a_timed_change_beats_an_even_course(void **state)
{
  const CsBrief *b =
      parse(*state, "constant energy, builds in the last 20 s, 1 min");
  assert_int_equal(b->n_arc, 1);
  assert_false(b->said & CS_SAID_FLAT_ARC);
  b = parse(*state, "no builds, no drops, 1 min");
  assert_true(b->said & CS_SAID_FLAT_ARC);
}

static void
test_a_mood_that_stands_twice_is_their_mean(void **state)
{
  const CsBrief *b = parse(*state, "sparse, busy, 30 s");
  assert_true(fabs(b->density) < 0.3);
  assert_null(contradiction(parse(*state, "happy, sad, 30 s")));
}

static void
test_another_tempo_on_the_way_is_not_the_tempo(void **state)
{
  static const Row rows[] = {
      {"100 BPM opening to 128 BPM ending, 30 s", "tempo_bpm", "100,100"},
      {"120 BPM, then 90 BPM, 30 s", "tempo_bpm", "120,120"},
      {"fast, then slow at 0:10, 30 s", "tempo_bpm", "115,190"},
  };
  Fixture *f = *state;
  check_rows(f, rows, sizeof rows / sizeof *rows, false);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_true(warns(parse(f, rows[i].prompt), "tempo_change_unsupported"));
}

static void
test_a_short_logo_is_a_stinger_and_a_film_about_one_is_none(void **state)
{
  static const Row rows[] = {
      {"4 s logo", "function", "stinger"},
      {"music for our logo, 5 seconds", "function", "stinger"},
      {"logo animation, upbeat ukulele, 0:05", "function", "stinger"},
      {"ident, 5 s", "function", "stinger"},
      {"bumper", "function", "stinger"},
      {"a sting, 2 s", "function", "stinger"},
      {"3 second transition", "function", "stinger"},
      {"whoosh-in, 2 s", "function", "stinger"},
      {"a video about our new logo, 2 min", "function", "nothing"},
      {"a clip about our new logo, 6 s", "function", "nothing"},
      {"2 min brand film, ends on the logo", "function", "nothing"},
      {"calm piano with smooth transitions, 2 min", "function", "nothing"},
      {"bed for a logo reveal, 6 s", "function", "bed"},
      {"final hit on the logo at 0:28, 30 s", "function", "nothing"},
  };
  check_rows(*state, rows, sizeof rows / sizeof *rows, false);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_the_later_of_two_wins_and_the_contradiction_is_named),
      TEST(test_a_correction_wins_without_a_contradiction),
      TEST(test_the_specific_wins_over_the_general),
      TEST(test_a_number_beats_a_word_that_it_contradicts),
      TEST(test_a_timed_change_beats_an_even_course),
      TEST(test_a_mood_that_stands_twice_is_their_mean),
      TEST(test_another_tempo_on_the_way_is_not_the_tempo),
      TEST(test_a_short_logo_is_a_stinger_and_a_film_about_one_is_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
