// Artists and works that are to be imitated, and names that are not.
#include "grammar_fixture.h"

static void
check_references(Fixture *f, const char *const *prompts, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    const CsBrief *b = parse(f, prompts[i]);
    if (!warns(b, "artist_reference"))
      fail_msg("%s: no reference is seen", prompts[i]);
    for (size_t k = 0; k < b->n_unknown; k++)
      print_message("%s: %s is left\n", prompts[i], b->unknown[k].text);
    assert_int_equal(b->n_unknown, 0);
  }
}

static void
test_any_name_behind_a_likeness_is_a_reference(void **state)
{
  static const char *const prompts[] = {"in the style of Frobnitz, 30 s",
      "like Anna Zorn's songs, 30 s", "\xc3\xa0 la Zorn, tense, 30 s",
      "sounds like Zorn and the Frobnitzers, 30 s", "think Frobnitz, 30 s",
      "reminiscent of Zorn, 30 s", "in the vein of \"Frobnitz\", 30 s",
      "vibes of Frobnitz, 30 s", "references: Frobnitz, Zorn, calm, 30 s",
      "like the film Frobnitz, 30 s", "as in Moonrise Frobnitz, quirky, 30 s",
      "copy the Frobnitz theme, 30 s", "inspired by Frobnitz, 30 s",
      "something like Zorn, Frobnitz and Blemper, 30 s"};
  check_references(*state, prompts, sizeof prompts / sizeof *prompts);
}

static void
test_any_name_before_a_likeness_is_a_reference(void **state)
{
  static const char *const prompts[] = {"Zorn-esque strings, 30 s",
      "Frobnitz vibes, 30 s", "Anna Zorn type beat, 30 s",
      "a Zorn-inspired bed, 30 s", "Frobnitz style piano, 30 s",
      "Zorn-like strings, 30 s", "Frobnitz meets Zorn, 30 s",
      "in Bowie's style, 30 s", "the Frobnitz soundtrack, 30 s",
      "a song by Adelina Zorn, 30 s", "the theme from Frobnitz, 30 s"};
  check_references(*state, prompts, sizeof prompts / sizeof *prompts);
}

static void
test_unknown_words_in_small_letters_can_be_names(void **state)
{
  static const char *const prompts[] = {"in the style of frobnitz, 30 s",
      "frobnitz-esque pads, 30 s", "calm piano like frobnitz, 30 s",
      "frobnitz-inspired pads, 30 s", "IN THE STYLE OF FROBNITZ, 30 S"};
  check_references(*state, prompts, sizeof prompts / sizeof *prompts);
}

static void
test_ordinary_words_with_capitals_can_be_names(void **state)
{
  static const char *const prompts[] = {"like Massive Attack, 30 s",
      "think Snow Patrol, 30 s", "sounds like Explosions in the Sky, 30 s",
      "in the style of Boards of Canada, 30 s", "like Daft Punk, 30 s"};
  check_references(*state, prompts, sizeof prompts / sizeof *prompts);
}

static void
test_subjects_and_addresses_are_no_references(void **state)
{
  static const char *const prompts[] = {"video for Anna's wedding, 30 s",
      "video about Paris, calm, 30 s", "documentary about Mozart, calm, 30 s",
      "bed for a Beethoven exhibition, 30 s", "an essay on Coldplay, bed, 30 s",
      "the cafe on Mozart Street, 30 s", "in Coldplay Road, calm, 30 s",
      "our client, Brightwell Ltd, wants calm piano, 30 s",
      "when Anna meets Paul at 0:20, strings enter, 30 s",
      "a bed for the Wilson family film, 30 s",
      "I think Anna will love strings, 30 s",
      "I'd like Anna's theme to be calm, 30 s",
      "the soundtrack for Anna's wedding, 30 s"};
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
    if (warns(parse(*state, prompts[i]), "artist_reference"))
      fail_msg("%s: a reference is seen", prompts[i]);
}

static void
test_images_styles_and_places_are_no_references(void **state)
{
  static const char *const prompts[] = {"like a sunrise, 30 s",
      "like rain on glass, 30 s", "like Paris in spring, 30 s",
      "like Bossa Nova, 30 s", "in the style of Jazz, 30 s",
      "think Monday morning, 30 s", "like Piano and Strings, 30 s",
      "feels like Christmas morning, 30 s", "like swirling mist, 30 s",
      "retro-style synths, 30 s", "Spanish style guitar, 30 s",
      "inspired by Japan, 30 s", "like Mum's cooking, 30 s",
      "like I said, calm piano, 30 s", "not like Frobnitz, 30 s",
      "nothing like Frobnitz, 30 s", "music from the Alps, 30 s",
      "Upbeat Corporate Music Like A Warm Sunrise For Product Videos, 30 s"};
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
    if (warns(parse(*state, prompts[i]), "artist_reference"))
      fail_msg("%s: a reference is seen", prompts[i]);
}

static void
test_the_words_of_a_name_ask_for_nothing(void **state)
{
  CsBrief *b = parse(*state, "slow piano like Massive Guitar Frobnitz, 30 s");
  assert_int_equal(b->instruments.n, 1);
  assert_true(holds(&b->instruments, "piano"));
  assert_int_equal(b->moods.n, 0);
  assert_non_null(strstr(warning_of(b, "artist_reference"),
      "\"like Massive Guitar Frobnitz\": no artist or work is imitated"));
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_any_name_behind_a_likeness_is_a_reference),
      TEST(test_any_name_before_a_likeness_is_a_reference),
      TEST(test_unknown_words_in_small_letters_can_be_names),
      TEST(test_ordinary_words_with_capitals_can_be_names),
      TEST(test_subjects_and_addresses_are_no_references),
      TEST(test_images_styles_and_places_are_no_references),
      TEST(test_the_words_of_a_name_ask_for_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
