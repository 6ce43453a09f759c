// Words that are misspelt or unknown: what they are taken for, and what is
// said.
#include "grammar_fixture.h"

#include "grammar/spelling.h"

/// What a word is taken for, or NULL.
static const char *
taken_for(const Fixture *f, const char *word)
{
  const CsKnownWord *known = cs_spelling_of(f->lexicon, word, strlen(word));
  return known != NULL ? known->text : NULL;
}

static void
test_an_edit_of_any_kind_is_forgiven(void **state)
{
  static const char *const words[] = {"timpai", "timmpani", "timpanis",
      "timpsni", "tipmani", "tmipani", "rimpani", "timpoani"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    const char *known = taken_for(*state, words[i]);
    if (known == NULL || strcmp(known, "timpani") != 0)
      fail_msg(
          "%s is taken for %s", words[i], known != NULL ? known : "nothing");
  }
}

static void
test_two_edits_are_forgiven_from_eight_letters_on(void **state)
{
  assert_string_equal(taken_for(*state, "xyllophonne"), "xylophone");
  assert_string_equal(taken_for(*state, "xyolphome"), "xylophone");
  assert_null(taken_for(*state, "tmpanix"));   // seven letters, two edits
  assert_null(taken_for(*state, "xqlqphqne")); // nine letters, three edits
}

static void
test_a_word_near_to_several_is_none_of_them(void **state)
{
  CsBrief *b = parse(*state, "calm dask piano, 20 s");
  assert_null(taken_for(*state, "dask"));
  const CsUnknown *unknown = unknown_of(b, "dask");
  assert_non_null(unknown);
  assert_int_equal(unknown->begin, 5);
  assert_int_equal(unknown->nearest.n, CS_MAX_NEAR);
  for (size_t i = 0; i < unknown->nearest.n; i++)
    assert_int_equal(cs_edit_distance("dask", unknown->nearest.items[i], 4), 1);
}

static void
test_the_nearest_words_are_ranked_by_edits(void **state)
{
  static const char *const words[] = {
      "zorblax", "kazoombly", "trumbolino", "qx", "pianoforteske"};
  Fixture *f = *state;
  for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
    const CsUnknown *unknown = unknown_of(parse(f, words[w]), words[w]);
    assert_non_null(unknown);
    size_t before = 0;
    for (size_t i = 0; i < unknown->nearest.n; i++) {
      const char *near     = unknown->nearest.items[i];
      const size_t n_edits = cs_edit_distance(words[w], near, 20);
      assert_true(n_edits >= before);
      assert_non_null(cs_phrase_word(&f->lexicon->exact, near, strlen(near)));
      before = n_edits;
    }
    assert_true(unknown->nearest.n > 0 || strlen(words[w]) < 3);
  }
}

static void
test_an_unknown_word_is_shown_with_the_nearest(void **state)
{
  Fixture *f               = *state;
  const CsJson *root       = NULL;
  CsBrief *b               = parse(f, "calm zorblax piano, 20 s");
  const CsUnknown *unknown = unknown_of(b, "zorblax");
  const char *json         = json_of(f, b);
  assert_int_equal(b->n_unknown, 1);
  assert_int_equal(unknown->nearest.n, CS_MAX_NEAR);
  assert_int_equal(
      cs_json_parse(f->arena, "brief", json, strlen(json), &root), CS_OK);
  const CsJson *row   = cs_json_member(root, "unknown")->first;
  const CsJson *words = cs_json_member(row, "nearest_words");
  assert_int_equal(words->n_children, CS_MAX_NEAR);
  assert_string_equal(words->first->string, unknown->nearest.items[0]);
  assert_string_equal(
      cs_json_member(row, "nearest")->string, unknown->nearest.items[0]);
  const char *line =
      cs_arena_printf(f->arena, "  zorblax (nearest known words: %s, %s, %s)\n",
          unknown->nearest.items[0], unknown->nearest.items[1],
          unknown->nearest.items[2]);
  assert_non_null(strstr(explanation_of(f, b), line));
}

static void
test_no_word_is_dropped(void **state)
{
  static const struct {
    const char *prompt, *word;
  } rows[] = {
      {"calm piano q, 20 s", "q"}, // one letter
      {"calm piano \xe9\x9d\x99\xe3\x81\x8b, 20 s", "\xe9\x9d\x99\xe3\x81\x8b"},
      {"calm piano con strings, 20 s", "con"}, // of another language
      {"calm piano, Vorlondo, 20 s", "Vorlondo"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (unknown_of(parse(*state, rows[i].prompt), rows[i].word) == NULL)
      fail_msg("\"%s\" drops a word", rows[i].prompt);
}

static void
test_a_misspelt_word_is_taken_and_reported(void **state)
{
  CsBrief *b = parse(*state, "melancolic pianno, 20 s");
  assert_true(holds(&b->instruments, "piano"));
  assert_true(b->valence < 0.0);
  assert_string_equal(phrase_of(b, "instruments")->rule, "spelling");
  assert_string_equal(phrase_of(b, "valence")->rule, "spelling");
}

static void
test_names_inside_a_sentence_are_not_corrected(void **state)
{
  CsBrief *b = parse(*state, "calm bed for Piana and sons, 20 s");
  assert_int_equal(b->instruments.n, 0);
  assert_non_null(unknown_of(b, "Piana"));
}

static void
test_a_solo_is_a_solo_where_it_is_said_of_an_instrument(void **state)
{
  static const char *const alone[]  = {"sad solo cello, 30 s",
       "mournful / solo cello / D minor / 65 sec", "piano, solo, 30 s",
       "solo, mournful cello, 30 s", "a solo for harp, 30 s",
       "intimate, solo nylon guitar, leave 0:08-0:22 very thin, 30 s"};
  static const char *const joined[] = {"guitar rock with a solo, 30 s",
      "rock, at 0:30 a guitar solo, 60 s", "a piano solo at 0:20, 60 s",
      "solo cello line over pads, 40 s"};
  for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
    if (!parse(*state, alone[i])->only_instruments)
      fail_msg("%s: others play too", alone[i]);
  for (size_t i = 0; i < sizeof joined / sizeof *joined; i++)
    if (parse(*state, joined[i])->only_instruments)
      fail_msg("%s: nobody else plays", joined[i]);
}

typedef struct PlaceRow {
  const char *prompt, *in_front, *behind;
} PlaceRow;

static void
test_instruments_stand_in_front_or_behind(void **state)
{
  static const PlaceRow rows[] = {
      {"pads with a cello carrying the tune, 60 s", "cello", NULL},
      {"strings up front, piano far back, 40 s", "strings", "piano"},
      {"flute, a hint of piano, 40 s", NULL, "piano"},
      {"guitar, with strings underneath, 30 s", NULL, "strings"},
      {"harp and a piano in the background, 30 s", NULL, "piano"},
      {"a music box carries the melody while a string quartet sustains "
       "underneath, 60 s",
          "music box", "strings"},
      {"calm piano in the background, 60 s", NULL, NULL},
      {"piano under narration, 60 s", NULL, NULL},
      {"slightly sad piano, 60 s", NULL, NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const PlaceRow *r = &rows[i];
    const CsBrief *b  = parse(*state, r->prompt);
    if (b->in_front.n != (r->in_front != NULL) ||
        (r->in_front != NULL && !holds(&b->in_front, r->in_front)))
      fail_msg("%s: the wrong ones in front", r->prompt);
    if (b->behind.n != (r->behind != NULL) ||
        (r->behind != NULL && !holds(&b->behind, r->behind)))
      fail_msg("%s: the wrong ones behind", r->prompt);
  }
  const CsBrief *b = parse(*state, "harp and a piano in the background, 30 s");
  assert_false(b->said & CS_SAID_FUNCTION);
}

typedef struct RestRow {
  const char *prompt;
  const char *stay[2]; ///< Who is left, in order.
} RestRow;

static const CsArcEvent *
fall_of(const CsBrief *b)
{
  for (size_t i = 0; i < b->n_arc; i++)
    if (b->arc[i].kind == CS_ARC_FALL)
      return &b->arc[i];
  return NULL;
}

static void
test_a_fall_says_who_is_left(void **state)
{
  static const RestRow rows[] = {
      {"pop, 60 s, drops to just piano at 0:30", {"piano", NULL}},
      {"60 s, at 0:40 everything out except the guitar", {"guitar", NULL}},
      {"at 1:06 strip it back to just the bass and pads, 1:28 in all",
          {"bass", "pad"}},
      {"viola and snare, 75 s, 0:50-1:15 thins to viola alone",
          {"viola", NULL}},
      {"rock, 40 s, the last ten seconds just drums", {"drums", NULL}},
      {"80 s, pare it right down to one pad at 1:10", {"pad", NULL}},
      {"70 s, at 0:40 strip the strings back to a harp", {"harp", NULL}},
      {"60 s, the strings thin out at 0:30", {NULL, NULL}},
      {"piano and strings, 60 s, quieter at 0:40", {NULL, NULL}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const RestRow *r       = &rows[i];
    const CsArcEvent *fall = fall_of(parse(*state, r->prompt));
    const size_t n = (r->stay[0] != NULL) + (size_t)(r->stay[1] != NULL);
    if (fall == NULL || fall->stay.n != n)
      fail_msg("%s: %zu are left", r->prompt, fall != NULL ? fall->stay.n : 0);
    for (size_t k = 0; k < n; k++)
      assert_string_equal(fall->stay.items[k], r->stay[k]);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_an_edit_of_any_kind_is_forgiven),
      TEST(test_two_edits_are_forgiven_from_eight_letters_on),
      TEST(test_a_word_near_to_several_is_none_of_them),
      TEST(test_the_nearest_words_are_ranked_by_edits),
      TEST(test_an_unknown_word_is_shown_with_the_nearest),
      TEST(test_no_word_is_dropped),
      TEST(test_a_misspelt_word_is_taken_and_reported),
      TEST(test_names_inside_a_sentence_are_not_corrected),
      TEST(test_a_solo_is_a_solo_where_it_is_said_of_an_instrument),
      TEST(test_instruments_stand_in_front_or_behind),
      TEST(test_a_fall_says_who_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
