// Styles that differ from each other, and seeds that do.

#include "tests/unit/engine_fixture.h"

#include "gen/audit/melody_line.h"
#include "gen/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- Patterns ---------------------------------------------------------------

enum { MOST_IDS = 64 };

typedef struct Ids {
  const char *items[MOST_IDS];
  size_t n;
} Ids;

static bool
holds(const Ids *ids, const char *id)
{
  for (size_t i = 0; i < ids->n; i++)
    if (strcmp(ids->items[i], id) == 0)
      return true;
  return false;
}

static Ids
patterns_of(const CsStyle *style)
{
  Ids ids = {.n = 0};
  for (size_t t = 0; t < style->n_tracks; t++)
    for (size_t k = 0; k < style->tracks[t].patterns.n; k++)
      for (size_t i = 0;; i++) {
        const CsPattern *it = cs_find_alternative(
            engine->presets, style->tracks[t].patterns.items[k], i);
        if (it == NULL)
          break;
        if (holds(&ids, it->id))
          continue;
        assert_true(ids.n < MOST_IDS);
        ids.items[ids.n++] = it->id;
      }
  return ids;
}

static void
test_no_two_styles_share_more_than_half_of_their_patterns(void **state)
{
  (void)state;
  const CsPresets *presets = engine->presets;
  for (size_t s = 0; s < presets->n_styles; s++)
    for (size_t t = s + 1; t < presets->n_styles; t++) {
      const Ids a = patterns_of(&presets->styles[s]);
      const Ids b = patterns_of(&presets->styles[t]);
      size_t n    = 0;
      for (size_t i = 0; i < a.n; i++)
        n += holds(&b, a.items[i]);
      const size_t fewer = a.n < b.n ? a.n : b.n;
      if (2 * n > fewer)
        fail_msg("%s and %s share %zu of %zu patterns", presets->styles[s].name,
            presets->styles[t].name, n, fewer);
    }
}

// ---- Tunes ------------------------------------------------------------------

enum { N_SEEDS = 40, FEW_NOTES = 8 };

typedef struct Take {
  CsJob *job;
  CsEvidence evidence;
} Take;

static void
want_ok(const CsJob *job, CsStatus status)
{
  if (status != CS_OK)
    fail_msg("%s", cs_job_error(job));
}

static Take
make_take(const char *prompt, int seed)
{
  Take take = {.job = NULL};
  char number[16];
  (void)snprintf(number, sizeof number, "%d", seed);
  assert_int_equal(cs_job_new(engine, &take.job), CS_OK);
  want_ok(take.job, cs_job_set(take.job, "seed", number));
  want_ok(take.job, cs_job_parse(take.job, prompt));
  want_ok(take.job, cs_job_compose(take.job));
  take.evidence = (CsEvidence){.presets = engine->presets,
      .brief                            = take.job->brief,
      .wish                             = &take.job->options.wish,
      .plan                             = take.job->plan,
      .score                            = take.job->score,
      .performance                      = take.job->performance};
  want_ok(take.job, cs_evidence_gather(take.job->arena, &take.evidence));
  return take;
}

static void
check_takes(const char *prompt, const Take takes[N_SEEDS])
{
  double most = 0.0;
  for (int i = 0; i < N_SEEDS; i++) {
    assert_true(cs_tune_of(&takes[i].evidence).n >= FEW_NOTES);
    CsArena *scratch = cs_arena_new(NULL);
    for (int k = i + 1; k < N_SEEDS; k++) {
      double alike = 0.0;
      want_ok(takes[i].job, cs_tune_similarity(scratch, &takes[i].evidence,
                                &takes[k].evidence, &alike));
      most = alike > most ? alike : most;
      if (alike > 0.6)
        fail_msg(
            "\"%s\", seeds %d and %d: %.2f alike", prompt, i + 1, k + 1, alike);
    }
    cs_arena_free(scratch);
  }
  if (getenv("MUSIC_REPORT") != NULL)
    print_message("    %-40s %.2f\n", prompt, most);
}

static void
test_forty_seeds_give_forty_tunes(void **state)
{
  (void)state;
  static const char *const prompts[] = {"theme, 40 s", "sad piano theme, 40 s",
      "energetic corporate theme, 40 s", "waltz, romantic theme, 40 s",
      "epic trailer theme, 40 s", "jazz theme, 40 s", "lo-fi theme, 20 s",
      "playful theme in 6/8, 30 s"};
  for (size_t p = 0; p < COUNT(prompts); p++) {
    Take takes[N_SEEDS];
    for (int i = 0; i < N_SEEDS; i++)
      takes[i] = make_take(prompts[p], i + 1);
    check_takes(prompts[p], takes);
    for (int i = 0; i < N_SEEDS; i++)
      cs_job_free(takes[i].job);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(
          test_no_two_styles_share_more_than_half_of_their_patterns),
      cmocka_unit_test(test_forty_seeds_give_forty_tunes),
  };
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
