// What mood words and styles do to mode, tempo and chords.

#include "gen/engine.h"

#include "tests/unit/plan_fixture.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void
say_mood_word(Ask *a, const char *word, double valence, double arousal)
{
  a->moods[0]      = word;
  a->brief.moods.n = 1;
  say_mood(a, valence, arousal);
}

// ---- Moods ------------------------------------------------------------------

static bool
has_mode(const CsMood *mood, CsMode mode)
{
  for (size_t i = 0; i < mood->n_modes; i++)
    if (mood->modes[i] == mode)
      return true;
  return false;
}

static bool
shares_a_mode(const CsMood *mood, const char *style)
{
  for (size_t i = 0; i < mood->n_modes; i++)
    if (cs_find_style(presets, style)->modes >> mood->modes[i] & 1U)
      return true;
  return false;
}

static void
test_a_mood_word_names_its_mode(void **state)
{
  (void)state;
  for (size_t i = 0; i < presets->n_moods; i++)
    for (uint64_t seed = 1; seed <= 5; seed++) {
      const CsMood *mood = &presets->moods[i];
      Ask a;
      ask(&a, CS_THEMATIC, 30.0);
      say_mood_word(&a, mood->words.items[0], 0.0, 0.0);
      a.wish.seed = a.wish.theme_seed = seed;
      const CsPlan *plan              = planned(&a);
      if (shares_a_mode(mood, plan->style) && !has_mode(mood, plan->key.mode))
        fail_msg("\"%s\" is in %s", mood->words.items[0],
            cs_mode_names[plan->key.mode]);
      cs_arena_free(a.arena);
    }
}

static void
test_a_key_that_is_asked_beats_the_mood(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 30.0);
  say_mood_word(&a, "sad", -0.6, -0.45);
  a.brief.said |= CS_SAID_KEY | CS_SAID_MODE;
  a.brief.key = (CsKey){2, CS_MAJOR};
  assert_int_equal(planned(&a)->key.mode, CS_MAJOR);
  cs_arena_free(a.arena);
}

static void
test_a_mood_word_bounds_the_tempo(void **state)
{
  (void)state;
  Ask epic, majestic;
  ask(&epic, CS_THEMATIC, 90.0);
  ask(&majestic, CS_THEMATIC, 90.0);
  say_mood_word(&epic, "heroic", 0.5, 0.75);
  say_mood_word(&majestic, "majestic", 0.5, 0.75);
  epic.wish.style = majestic.wish.style = "classical";
  const double fast                     = planned(&epic)->tempos[0].bpm;
  const double slow                     = planned(&majestic)->tempos[0].bpm;
  if (slow > 100.0 || slow >= fast)
    fail_msg("majestic at %.1f, heroic at %.1f", slow, fast);
  cs_arena_free(epic.arena);
  cs_arena_free(majestic.arena);
}

static bool
is_in(const CsStrings *list, const char *word)
{
  for (size_t i = 0; i < list->n; i++)
    if (strcmp(list->items[i], word) == 0)
      return true;
  return false;
}

static void
test_the_grammar_knows_every_mood_word(void **state)
{
  (void)state;
  char why[CS_MESSAGE_BYTES];
  CsEngine *engine = NULL;
  assert_int_equal(cs_engine_open(".", why, &engine), CS_OK);
  for (size_t i = 0; i < presets->n_moods; i++)
    for (size_t k = 0; k < presets->moods[i].words.n; k++) {
      const char *word = presets->moods[i].words.items[k];
      CsJob *job       = NULL;
      char prompt[96];
      (void)snprintf(prompt, sizeof prompt, "%s", word);
      assert_int_equal(cs_job_new(engine, &job), CS_OK);
      assert_int_equal(cs_job_parse(job, prompt), CS_OK);
      const CsBrief *brief = job->brief;
      if (!is_in(&brief->moods, word) && !is_in(&brief->genres, word) &&
          !is_in(&brief->uses, word))
        fail_msg("presets/moods.json has \"%s\", which no prompt says", word);
      cs_job_free(job);
    }
  cs_engine_close(engine);
}

// ---- Chords -----------------------------------------------------------------

/// Share of the bars whose chord is more than a triad, suspension or ninth.
static double
tense_share(const CsPlan *plan)
{
  int n = 0, n_tense = 0;
  bool is_tense = false;
  for (size_t s = 0; s < plan->n_sections; s++)
    for (size_t i = 0; i < plan->sections[s].chords.n; i++) {
      CsChord chord;
      if (cs_chord_parse(plan->sections[s].chords.items[i], &chord)) {
        is_tense = false;
        for (int t = 0; t < chord.n_tones; t++)
          is_tense |= (CS_PLAIN_STEPS >> chord.tones[t] % 12 & 1U) == 0;
      }
      n++;
      n_tense += is_tense;
    }
  return (double)n_tense / n;
}

static double
mean_tension(const char *style, const char *word, double v, double a)
{
  enum { N_SEEDS = 12 };
  double sum = 0.0;
  for (uint64_t seed = 1; seed <= N_SEEDS; seed++) {
    Ask it;
    ask(&it, CS_THEMATIC, 60.0);
    say_mood_word(&it, word, v, a);
    it.wish.style = style;
    it.wish.seed = it.wish.theme_seed = seed;
    sum += tense_share(planned(&it));
    cs_arena_free(it.arena);
  }
  return sum / N_SEEDS;
}

static void
test_dark_moods_have_tension_and_bright_ones_little(void **state)
{
  (void)state;
  static const char *const styles[] = {"cinematic", "documentary", "romantic"};
  for (size_t i = 0; i < COUNT(styles); i++) {
    const double bright = mean_tension(styles[i], "bright", 0.7, 0.45);
    const double dark   = mean_tension(styles[i], "dark", -0.6, 0.1);
    if (bright > 0.2 || dark < 0.3)
      fail_msg("%s: %.2f of the bars are tense in bright music, %.2f in dark",
          styles[i], bright, dark);
  }
}

static bool
is_place_to_rest(const char *symbol)
{
  static const char *const places[] = {
      "I", "IV", "V", "vi", "i", "bVI", "bVII"};
  CsChord chord, place;
  assert_true(cs_chord_parse(symbol, &chord));
  for (size_t i = 0; i < COUNT(places); i++) {
    assert_true(cs_chord_parse(places[i], &place));
    if (chord.root == place.root &&
        (chord.root == 0 || chord.is_minor == place.is_minor))
      return !chord.is_diminished;
  }
  return false;
}

static const char *
last_chord(const CsSection *s)
{
  size_t i = s->chords.n - 1;
  while (i > 0 && strcmp(s->chords.items[i], "%") == 0)
    i--;
  const char *space = strrchr(s->chords.items[i], ' ');
  return space != NULL ? space + 1 : s->chords.items[i];
}

static void
test_sections_end_where_one_can_rest(void **state)
{
  (void)state;
  static const CsFunction functions[] = {CS_UNDERSCORE, CS_BED, CS_THEMATIC};
  for (size_t i = 0; i < presets->n_styles; i++)
    for (size_t f = 0; f < COUNT(functions); f++) {
      Ask a;
      ask(&a, functions[f], 60.0);
      a.wish.style = presets->styles[i].name;
      a.wish.seed = a.wish.theme_seed = 7 * i + f;
      const CsPlan *plan              = planned(&a);
      for (size_t s = 0; s + 1 < plan->n_sections; s++)
        if (plan->sections[s].kind != CS_SECTION_BUILD &&
            plan->sections[s].n_bars > 1 && s + 2 < plan->n_sections &&
            !is_place_to_rest(last_chord(&plan->sections[s])))
          fail_msg("%s, seed %zu: %s ends on %s", plan->style, 7 * i + f,
              plan->sections[s].name, last_chord(&plan->sections[s]));
      cs_arena_free(a.arena);
    }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_mood_word_names_its_mode),
      cmocka_unit_test(test_a_key_that_is_asked_beats_the_mood),
      cmocka_unit_test(test_a_mood_word_bounds_the_tempo),
      cmocka_unit_test(test_the_grammar_knows_every_mood_word),
      cmocka_unit_test(test_dark_moods_have_tension_and_bright_ones_little),
      cmocka_unit_test(test_sections_end_where_one_can_rest),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
