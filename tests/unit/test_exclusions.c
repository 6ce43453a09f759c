// "No drums" takes the drums away and nothing else: by the words of a prompt,
// by the plan; in every style.

#include "tests/unit/engine_fixture.h"
#include "tests/unit/roles.h"

#include "gen/compose/score.h"
#include "gen/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
want_ok(const CsJob *job, CsStatus status)
{
  if (status != CS_OK)
    fail_msg("%s", cs_job_error(job));
}

/// @param style  NULL: what the prompt asks for.
static CsJob *
compose(const char *prompt, const char *style)
{
  CsJob *job = NULL;
  assert_int_equal(cs_job_new(engine, &job), CS_OK);
  if (style != NULL)
    want_ok(job, cs_job_set(job, "style", style));
  want_ok(job, cs_job_parse(job, prompt));
  want_ok(job, cs_job_compose(job));
  return job;
}

static bool
same_part(const CsPart *a, const CsPart *b)
{
  bool is_same = a->n_notes == b->n_notes;
  for (size_t i = 0; is_same && i < a->n_notes; i++) {
    const CsNote *x = &a->notes[i], *y = &b->notes[i];
    is_same = x->start_tick == y->start_tick && x->n_ticks == y->n_ticks &&
              x->key == y->key && x->velocity == y->velocity;
  }
  return is_same;
}

static bool
is_drum(const CsPresets *presets, const CsTrack *t)
{
  return t->role == CS_ROLE_DRUMS ||
         cs_instrument_is(cs_find_instrument(presets, t->instrument), "drums");
}

static size_t
find_track(const CsPlan *plan, const CsTrack *t)
{
  size_t i = 0;
  while (i < plan->n_tracks &&
         (plan->tracks[i].role != t->role || plan->tracks[i].seed != t->seed))
    i++;
  return i;
}

/// Every track of `full` but the drums is there and plays the same; another
/// track is there only in the place of a drum.
static void
check_same_but_drums(const CsJob *full, const CsJob *less, const char *where)
{
  const CsPresets *presets = engine->presets;
  assert_string_equal(full->plan->style, less->plan->style);
  for (size_t i = 0; i < full->plan->n_tracks; i++) {
    const CsTrack *t = &full->plan->tracks[i];
    const size_t k   = find_track(less->plan, t);
    if (is_drum(presets, t)) {
      assert_true(k == less->plan->n_tracks ||
                  !is_drum(presets, &less->plan->tracks[k]));
      continue;
    }
    if (k == less->plan->n_tracks)
      fail_msg("%s: the %s is gone", where, t->instrument);
    if (strcmp(t->instrument, less->plan->tracks[k].instrument) != 0 ||
        !same_part(&full->score->parts[i], &less->score->parts[k]))
      fail_msg("%s: the %s (%s) changes", where, cs_role_names[t->role],
          t->instrument);
  }
  for (size_t k = 0; k < less->plan->n_tracks; k++) {
    const CsTrack *t = &less->plan->tracks[k];
    const size_t i   = find_track(full->plan, t);
    if (i == full->plan->n_tracks)
      fail_msg("%s: the %s (%s) is new", where, cs_role_names[t->role],
          t->instrument);
  }
}

static const char *const wordings[] = {
    "no drums", "without drums", "drumless", "no drums please"};

static const char *const cues[] = {"theme", "bed under a voice", "underscore",
    "energetic theme that builds at the end"};

/// @param by_option  The style is an option, else a word of the prompt.
static void
check_wording(const CsStyle *style, size_t n, bool by_option)
{
  char with[160], without[200];
  const char *option = by_option ? style->name : NULL;
  (void)snprintf(with, sizeof with, "%s%s%s, 40 s",
      by_option ? "" : style->name, by_option ? "" : " ",
      cues[n % COUNT(cues)]);
  (void)snprintf(
      without, sizeof without, "%s, %s", with, wordings[n % COUNT(wordings)]);
  CsJob *full = compose(with, option);
  CsJob *less = compose(without, option);
  check_same_but_drums(full, less, without);
  cs_job_free(full);
  cs_job_free(less);
}

static void
test_no_drums_in_words_leaves_every_other_note(void **state)
{
  (void)state;
  for (size_t s = 0; s < engine->presets->n_styles; s++)
    for (size_t k = 0; k < COUNT(cues); k++) {
      check_wording(&engine->presets->styles[s], k, true);
      check_wording(&engine->presets->styles[s], k, false);
    }
}

// ---- In the plan -----------------------------------------------------------

static CsJob *
from_plan(const char *json)
{
  CsJob *job = NULL;
  assert_int_equal(cs_job_new(engine, &job), CS_OK);
  want_ok(job, cs_job_read_plan(job, "edited.json", json, strlen(json)));
  want_ok(job, cs_job_compose(job));
  return job;
}

static char *
replaced(const char *text, const char *from, const char *to)
{
  const char *at = strstr(text, from);
  assert_non_null(at);
  const size_t n = strlen(text) + strlen(to) + 1;
  char *made     = malloc(n);
  assert_non_null(made);
  (void)snprintf(
      made, n, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
  return made;
}

static void
test_exclude_in_a_plan_leaves_every_other_note(void **state)
{
  (void)state;
  for (size_t s = 0; s < engine->presets->n_styles; s++) {
    const char *style = engine->presets->styles[s].name;
    CsJob *full       = compose("energetic theme, 40 s", style);
    char *edited      = replaced(
             cs_job_plan_json(full), "\"exclude\": []", "\"exclude\": [\"drums\"]");
    CsJob *less = from_plan(edited);
    check_same_but_drums(full, less, style);
    free(edited);
    cs_job_free(full);
    cs_job_free(less);
  }
}

static void
test_a_plan_that_excludes_all_is_refused(void **state)
{
  (void)state;
  CsJob *full  = compose("only piano, theme, 20 s", NULL);
  CsJob *job   = NULL;
  char *edited = replaced(
      cs_job_plan_json(full), "\"exclude\": []", "\"exclude\": [\"piano\"]");
  assert_int_equal(cs_job_new(engine, &job), CS_OK);
  assert_int_equal(cs_job_read_plan(job, "edited.json", edited, strlen(edited)),
      CS_ERR_REQUEST);
  assert_non_null(
      strstr(cs_job_error(job), "edited.json /tracks: \"exclude\""));
  free(edited);
  cs_job_free(full);
  cs_job_free(job);
}

// ---- What gives way --------------------------------------------------------

static bool
warns(const CsPlan *plan, const char *words)
{
  for (size_t i = 0; i < plan->n_warnings; i++)
    if (strcmp(plan->warnings[i].code, "fallback") == 0 &&
        strstr(plan->warnings[i].message, words) != NULL)
      return true;
  return false;
}

static void
test_another_bass_plays_for_an_excluded_one(void **state)
{
  (void)state;
  CsJob *job          = compose("theme, 20 s, no double bass", "jazz");
  const CsTrack *bass = find_role(job->plan, CS_ROLE_BASS);
  assert_non_null(bass);
  assert_false(cs_instrument_is(
      cs_find_instrument(engine->presets, bass->instrument), "upright bass"));
  assert_true(warns(job->plan, "no bass in this style"));
  cs_job_free(job);
  job = compose("theme, 20 s, no bass", "jazz");
  assert_null(find_role(job->plan, CS_ROLE_BASS));
  assert_false(warns(job->plan, "bass"));
  cs_job_free(job);
}

static void
test_other_harmony_plays_for_an_excluded_one(void **state)
{
  (void)state;
  CsJob *job = compose("theme, 20 s, no strings, no piano, no harp, no horns, "
                       "no guitar, no pads, "
                       "no synth",
      "cinematic");
  assert_true(find_role(job->plan, CS_ROLE_PAD) != NULL ||
              find_role(job->plan, CS_ROLE_CHORDS) != NULL ||
              find_role(job->plan, CS_ROLE_MOTION) != NULL);
  cs_job_free(job);
}

static void
test_a_meter_that_a_style_lacks_is_played_and_said(void **state)
{
  (void)state;
  CsJob *job = NULL;
  assert_int_equal(cs_job_new(engine, &job), CS_OK);
  want_ok(job, cs_job_set(job, "style", "presets/examples/tango.json"));
  want_ok(job, cs_job_set(job, "meter", "3/4"));
  want_ok(job, cs_job_parse(job, "energetic theme, 40 s"));
  want_ok(job, cs_job_compose(job));
  assert_true(warns(job->plan, "no bar of 3/4"));
  // Every downbeat of the chords is struck, as a waltz wants it.
  for (size_t i = 0; i < job->plan->n_tracks; i++) {
    if (job->plan->tracks[i].role != CS_ROLE_CHORDS)
      continue;
    const int bar = job->plan->n_bars / 2;
    size_t n      = 0;
    for (size_t k = 0; k < job->score->parts[i].n_notes; k++)
      for (int b = bar; b < bar + 4; b++)
        n += job->score->parts[i].notes[k].start_tick ==
             cs_bar_tick(job->score->timeline, b);
    assert_true(n >= 4);
  }
  cs_job_free(job);
  job = compose("theme in 5/4, 20 s", "corporate");
  assert_true(warns(job->plan, "cut at the bar line"));
  cs_job_free(job);
  job = compose("theme in 3/4, 20 s", "corporate");
  assert_int_equal(job->plan->n_warnings, 0);
  cs_job_free(job);
}

static void
test_a_style_that_hardly_serves_says_so(void **state)
{
  (void)state;
  CsJob *job = compose("ambience, 30 s", "rock");
  assert_true(warns(job->plan, "hardly made for the function \"ambient\""));
  assert_null(find_role(job->plan, CS_ROLE_DRUMS));
  cs_job_free(job);
  job = compose("theme, 30 s", "rock");
  assert_int_equal(job->plan->n_warnings, 0);
  cs_job_free(job);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_no_drums_in_words_leaves_every_other_note),
      cmocka_unit_test(test_exclude_in_a_plan_leaves_every_other_note),
      cmocka_unit_test(test_a_plan_that_excludes_all_is_refused),
      cmocka_unit_test(test_another_bass_plays_for_an_excluded_one),
      cmocka_unit_test(test_other_harmony_plays_for_an_excluded_one),
      cmocka_unit_test(test_a_meter_that_a_style_lacks_is_played_and_said),
      cmocka_unit_test(test_a_style_that_hardly_serves_says_so),
  };
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
