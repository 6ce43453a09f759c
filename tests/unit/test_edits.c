// What an exclusion or an edit of a plan leaves as it was.

#include "tests/unit/plan_fixture.h"

#include "gen/compose/score.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static CsScore *
composed(Ask *a, const CsPlan *plan)
{
  CsScore *score = NULL;
  if (cs_compose(a->arena, a->presets, plan, &score) != CS_OK)
    fail_msg("refused: %s", cs_arena_error(a->arena));
  return score;
}

static bool
same_note(const CsNote *a, const CsNote *b)
{
  return a->start_tick == b->start_tick && a->n_ticks == b->n_ticks &&
         a->key == b->key && a->velocity == b->velocity &&
         a->delay_ms == b->delay_ms;
}

// ---- Exclusions ------------------------------------------------------------

/// The same track of another plan: of that role, instrument and seed.
static size_t
find_same(const CsPlan *plan, const CsTrack *track)
{
  size_t i = 0;
  while (i < plan->n_tracks &&
         (plan->tracks[i].role != track->role ||
             plan->tracks[i].seed != track->seed ||
             strcmp(plan->tracks[i].instrument, track->instrument) != 0))
    i++;
  return i;
}

/// Every track of `less` that `full` has too plays the same. How many those
/// are.
static size_t
check_left_alone(const CsScore *full, const CsScore *less, const char *where)
{
  size_t n_same = 0;
  for (size_t i = 0; i < less->n_parts; i++) {
    const CsTrack *track = &less->plan->tracks[i];
    const size_t k       = find_same(full->plan, track);
    if (k == full->n_parts)
      continue;
    const CsPart *p = &full->parts[k], *q = &less->parts[i];
    size_t n = 0;
    while (n < p->n_notes && n < q->n_notes &&
           same_note(&p->notes[n], &q->notes[n]))
      n++;
    if (n < p->n_notes || n < q->n_notes)
      fail_msg("%s: %s (%s) plays another note %zu", where,
          cs_role_names[track->role], track->instrument, n);
    n_same++;
  }
  return n_same;
}

static void
test_excluding_drums_leaves_every_other_note(void **state)
{
  (void)state;
  static const char *const excluded[][2] = {{"drums", "drums"},
      {"percussion", "percussion"}, {"drums", "percussion"}};
  size_t n_tracks = 0, n_same = 0;
  for (size_t i = 0; i < presets->n_styles * 2 * COUNT(excluded) * 2; i++) {
    const size_t style        = i / (4 * COUNT(excluded));
    const char *const *words  = excluded[i / 4 % COUNT(excluded)];
    const CsFunction function = i % 2 == 0 ? CS_THEMATIC : CS_BED;
    Ask a, b;
    ask(&a, function, 75.0);
    ask(&b, function, 75.0);
    a.wish.style = b.wish.style = presets->styles[style].name;
    a.wish.seed = b.wish.seed = a.wish.theme_seed = b.wish.theme_seed = 1 + i;
    say_event(&a, CS_ARC_BUILD, 55.0, 75.0);
    say_event(&b, CS_ARC_BUILD, 55.0, 75.0);
    say_word(&b.brief.exclude, words[0]);
    say_word(&b.brief.exclude, words[1]);
    char where[120];
    (void)snprintf(where, sizeof where, "%s %s, seed %zu, no %s nor %s",
        a.wish.style, cs_function_names[function], i + 1, words[0], words[1]);
    const CsScore *full = composed(&a, planned(&a));
    const CsScore *less = composed(&b, planned(&b));
    n_same += check_left_alone(full, less, where);
    n_tracks += less->n_parts;
    done(&a);
    done(&b);
  }
  // Only one that had an excluded instrument among its choices may have moved.
  assert_true(n_same * 100 >= n_tracks * 95);
}

/// Are the waits of a track that both plans have the same?
static void
check_waits(const CsPlan *full, const CsPlan *less, const char *word)
{
  for (size_t i = 0; i < less->n_tracks; i++) {
    const CsTrack *x = &less->tracks[i];
    const size_t k   = find_same(full, x);
    if (k == full->n_tracks)
      continue;
    const CsTrack *y = &full->tracks[k];
    if (x->enter != y->enter || x->leave != y->leave ||
        x->n_waits != y->n_waits ||
        (x->n_waits > 0 &&
            memcmp(x->waits, y->waits, x->n_waits * sizeof(CsBars)) != 0))
      fail_msg("%s without %s: %s comes in elsewhere", full->style, word,
          x->instrument);
  }
}

static void
test_excluding_a_layer_leaves_the_entries_of_the_others(void **state)
{
  (void)state;
  static const char *const words[] = {
      "drums", "melody", "bass", "arpeggio", "vocals"};
  for (size_t i = 0; i < presets->n_styles * COUNT(words) * 2; i++) {
    Ask a, b;
    ask(&a, i % 2 == 0 ? CS_THEMATIC : CS_BED, 75.0);
    ask(&b, a.brief.function, 75.0);
    a.wish.style = b.wish.style = presets->styles[i / 2 / COUNT(words)].name;
    const char *word            = words[i / 2 % COUNT(words)];
    say_word(&b.brief.exclude, word);
    check_waits(planned(&a), planned(&b), word);
    done(&a);
    done(&b);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_excluding_drums_leaves_every_other_note),
      cmocka_unit_test(test_excluding_a_layer_leaves_the_entries_of_the_others),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
