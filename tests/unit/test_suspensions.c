// Suspensions: a chord waits for a note of the one before it, which comes down
// by a step.

#include "gen/compose/frame.h"

#include "tests/unit/plan_fixture.h"

static void
plan_theme(Ask *a, const char *style, uint64_t seed)
{
  ask(a, CS_THEMATIC, 90.0);
  a->wish.style = style;
  a->wish.seed = a->wish.theme_seed = seed;
}

/// Suspensions among the chords of a plan: those whose bar is "Xsus4 X" or
/// "Xadd9 X".
static bool
is_suspension(const char *text, const char *quality)
{
  const char *space = strchr(text, ' ');
  const char *at    = strstr(text, quality);
  return space != NULL && at != NULL && at < space &&
         strncmp(text, space + 1, (size_t)(at - text)) == 0 &&
         strstr(space, quality) == NULL;
}

static size_t
count_suspensions(const CsPlan *plan)
{
  size_t n = 0;
  for (size_t i = 0; i < plan->n_sections; i++)
    for (size_t k = 0; k < plan->sections[i].chords.n; k++)
      n += is_suspension(plan->sections[i].chords.items[k], "sus4") ||
           is_suspension(plan->sections[i].chords.items[k], "add9");
  return n;
}

static void
test_a_style_has_as_many_as_it_says(void **state)
{
  (void)state;
  static const char *const styles[] = {"classical", "house"};
  size_t n[2]                       = {0};
  for (int k = 0; k < 2; k++)
    for (uint64_t seed = 1; seed <= 20; seed++) {
      Ask a;
      plan_theme(&a, styles[k], seed);
      n[k] += count_suspensions(planned(&a));
      done(&a);
    }
  assert_true(n[0] > 40);
  assert_int_equal(n[1], 0);
}

/// How many suspensions the frame of the harmony prepares and resolves: a key
/// of the chord before is there still, and a step below it in the next one.
static void
follow(const CsComposer *c, const char *quality, size_t *n, size_t *n_good)
{
  for (size_t i = 1; i + 1 < c->n_chords; i++) {
    const CsChordSpan *chord = &c->chords[i];
    if (chord->bar != c->chords[i + 1].bar ||
        strstr(chord->symbol, quality) == NULL ||
        chord->chord.root != c->chords[i + 1].chord.root ||
        chord->chord.root == c->chords[i - 1].chord.root ||
        strstr(c->chords[i + 1].symbol, quality) != NULL)
      continue;
    const int above = strcmp(quality, "sus4") == 0 ? 5 : 2;
    bool is_good    = false;
    for (int k = 0; k < c->frame->voicings[i].n; k++) {
      const int key = c->frame->voicings[i].keys[k];
      const int pc  = (chord->key.tonic_pc + chord->chord.root + above) % 12;
      is_good |= key % 12 == pc &&
                 cs_voicing_has(&c->frame->voicings[i - 1], key) &&
                 (cs_voicing_has(&c->frame->voicings[i + 1], key - 1) ||
                     cs_voicing_has(&c->frame->voicings[i + 1], key - 2));
    }
    *n += 1;
    *n_good += is_good;
  }
}

static void
check_resolved(const char *quality, double share)
{
  static const char *const styles[] = {"classical", "romantic", "cinematic",
      "corporate", "holiday", "rock", "country"};
  size_t n = 0, n_good = 0;
  for (size_t s = 0; s < sizeof styles / sizeof *styles; s++)
    for (uint64_t seed = 1; seed <= 12; seed++) {
      Ask a;
      CsComposer c;
      plan_theme(&a, styles[s], seed);
      assert_int_equal(
          cs_composer_begin(a.arena, presets, planned(&a), &c), CS_OK);
      follow(&c, quality, &n, &n_good);
      done(&a);
    }
  print_message("%s: %zu of %zu\n", quality, n_good, n);
  assert_true(n > 20);
  assert_true((double)n_good >= share * (double)n);
}

static void
test_a_fourth_is_prepared_and_comes_down(void **state)
{
  (void)state;
  check_resolved("sus4", 0.8);
}

static void
test_a_ninth_is_prepared_and_comes_down(void **state)
{
  (void)state;
  check_resolved("add9", 0.6);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_style_has_as_many_as_it_says),
      cmocka_unit_test(test_a_fourth_is_prepared_and_comes_down),
      cmocka_unit_test(test_a_ninth_is_prepared_and_comes_down),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
