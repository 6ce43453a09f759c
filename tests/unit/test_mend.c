// Roles whose notes miss a hard property are drawn anew: the cue misses less,
// is what --reroll would give, and says so in its record.

#include "tests/unit/engine_fixture.h"

#include "gen/judge.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/// Odd meters and slow or crowded cues: here first draws miss most often.
static const char *const prompts[] = {
    "sequenced synths, emotionally neutral, 5/4, 100 bpm, 40 seconds, loop",
    "solo clarinet theme, 3/4, slow, 1:40, ends on a held note",
    "jazz waltz, 140 bpm, piano, upright bass, brushes, elegant, 80 s",
    "waltz, accordion, clarinet, tuba, F major, 1'10\", moderato",
    "a playful 3/4 tune for bassoon, xylophone and recorder, 100 s",
    "taiko drums, synth bass pulses and brass swells, fast, 60 s",
    "marching band with trombone solo, 45 s",
    "adagio at 180 BPM, one minute",
    "giallo prog, fretless bass, 7/8, menacing, E phrygian, 66 s",
    "7/8, tense, 33.3 s, no strings, no piano, no percussion",
    "7/8 in D dorian with tabla and sitar, 80 s",
};

static CsJob *
job_of(const char *prompt, unsigned seed)
{
  char number[16];
  CsJob *job = NULL;
  (void)snprintf(number, sizeof number, "%u", seed);
  assert_int_equal(cs_job_new(engine, &job), CS_OK);
  assert_int_equal(cs_job_set(job, "seed", number), CS_OK);
  assert_int_equal(cs_job_parse(job, prompt), CS_OK);
  return job;
}

static size_t
count_missed(const CsJob *job)
{
  CsEvidence e;
  CsAudit audit;
  CsArena *arena = cs_arena_new(NULL);
  assert_int_equal(cs_job_evidence(arena, job, &e), CS_OK);
  assert_int_equal(cs_audit_run(arena, &e, true, &audit), CS_OK);
  const size_t n = audit.n_missed_hard;
  cs_arena_free(arena);
  return n;
}

/// The same request as it was planned at first.
static void
undo(CsJob *job)
{
  const CsPresets *presets = cs_job_presets(job);
  assert_int_equal(cs_plan_make(job->arena, presets, job->brief,
                       &job->options.wish, &job->plan),
      CS_OK);
  assert_int_equal(
      cs_compose(job->arena, presets, job->plan, &job->score), CS_OK);
  assert_int_equal(
      cs_perform(job->arena, presets, job->score, &job->performance), CS_OK);
}

static const char *
notes_of(CsJob *job)
{
  const char *text = NULL;
  assert_int_equal(cs_score_dump(job->arena, job->score, &text), CS_OK);
  return text;
}

/// What the mends say, given as options.
static void
reroll_the_same(CsJob *job, const CsJob *mended)
{
  const CsPlanWish *wish = &mended->options.wish;
  for (size_t i = 0; i < mended->n_mended; i++) {
    CsRerolls draws = {{0}, 0};
    char text[64];
    assert_int_equal(
        cs_rerolls_parse(job->arena, mended->mended[i].rerolls, &draws), CS_OK);
    for (int r = 0; r < CS_N_ROLES; r++)
      if (draws.roles[r] > 0) {
        const int n = draws.roles[r] + job->options.wish.rerolls.roles[r] -
                      wish->rerolls.roles[r];
        (void)snprintf(text, sizeof text, "%s=%d", cs_role_names[r], n);
        assert_int_equal(cs_job_set(job, "reroll", text), CS_OK);
      }
  }
}

/// @return Was it mended?
static bool
check_cue(const char *prompt, unsigned seed)
{
  CsJob *job      = job_of(prompt, seed);
  CsJob *rerolled = job_of(prompt, seed);
  assert_int_equal(cs_job_plan(job), CS_OK);
  const bool is_mended = job->n_mended > 0;
  if (is_mended) {
    const size_t n_missed = count_missed(job);
    const char *notes     = notes_of(job);
    reroll_the_same(rerolled, job);
    undo(rerolled);
    assert_string_equal(notes_of(rerolled), notes);
    undo(job);
    assert_true(n_missed < count_missed(job));
  }
  cs_job_free(job);
  cs_job_free(rerolled);
  return is_mended;
}

static void
test_a_mended_cue_misses_less(void **state)
{
  (void)state;
  size_t n_mended = 0;
  for (size_t i = 0; i < COUNT_OF(prompts); i++)
    for (unsigned seed = 1; seed <= 4; seed++)
      n_mended += check_cue(prompts[i], seed);
  print_message("    %zu cues were mended\n", n_mended);
  if (n_mended == 0) // the composer has no need of it
    skip();
}

static void
test_a_plan_that_was_edited_keeps_its_seeds(void **state)
{
  (void)state;
  for (size_t i = 0; i < COUNT_OF(prompts); i++) {
    CsJob *made   = job_of(prompts[i], 1);
    CsJob *edited = NULL;
    assert_int_equal(cs_job_plan(made), CS_OK);
    const char *json = cs_job_plan_json(made);
    assert_int_equal(cs_job_new(engine, &edited), CS_OK);
    assert_int_equal(
        cs_job_read_plan(edited, "plan", json, strlen(json)), CS_OK);
    assert_int_equal(cs_job_compose(edited), CS_OK);
    assert_int_equal(edited->n_mended, 0);
    assert_string_equal(notes_of(edited), notes_of(made));
    cs_job_free(made);
    cs_job_free(edited);
  }
}

/// Do all parts but those of that role hold the same notes?
static bool
are_same_but(const CsJob *a, const CsJob *b, CsRole role)
{
  bool is_same = a->score->n_parts == b->score->n_parts;
  for (size_t i = 0; is_same && i < a->score->n_parts; i++) {
    const CsPart *x = &a->score->parts[i];
    const CsPart *y = &b->score->parts[i];
    if (a->plan->tracks[i].role == role)
      continue;
    is_same = x->n_notes == y->n_notes;
    for (size_t k = 0; is_same && k < x->n_notes; k++)
      is_same = x->notes[k].start_tick == y->notes[k].start_tick &&
                x->notes[k].key == y->notes[k].key &&
                x->notes[k].n_ticks == y->notes[k].n_ticks;
  }
  return is_same;
}

static void
test_a_reroll_changes_nothing_else(void **state)
{
  (void)state;
  for (size_t i = 0; i < COUNT_OF(prompts); i++) {
    CsJob *plain    = job_of(prompts[i], 1);
    CsJob *rerolled = job_of(prompts[i], 1);
    assert_int_equal(cs_job_set(rerolled, "reroll", "bass"), CS_OK);
    assert_int_equal(cs_job_plan(plain), CS_OK);
    assert_int_equal(cs_job_plan(rerolled), CS_OK);
    assert_true(are_same_but(plain, rerolled, CS_ROLE_BASS));
    cs_job_free(plain);
    cs_job_free(rerolled);
  }
}

static void
test_a_theme_that_was_asked_for_stays(void **state)
{
  (void)state;
  for (size_t i = 0; i < COUNT_OF(prompts); i++) {
    CsJob *job = job_of(prompts[i], 1);
    assert_int_equal(cs_job_set(job, "theme-seed", "1"), CS_OK);
    assert_int_equal(cs_job_plan(job), CS_OK);
    assert_int_equal(job->plan->theme_seed, 1);
    cs_job_free(job);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_mended_cue_misses_less),
      cmocka_unit_test(test_a_plan_that_was_edited_keeps_its_seeds),
      cmocka_unit_test(test_a_reroll_changes_nothing_else),
      cmocka_unit_test(test_a_theme_that_was_asked_for_stays),
  };
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
