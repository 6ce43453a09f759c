// Requests that are hard to keep: every hard property of the notes holds.

#include "tests/unit/engine_fixture.h"

#include "gen/judge.h"

#include <stdio.h>
#include <string.h>

static CsJob *
composed(const char *prompt, unsigned seed)
{
  char number[16];
  CsJob *job = NULL;
  (void)snprintf(number, sizeof number, "%u", seed);
  assert_int_equal(cs_job_new(engine, &job), CS_OK);
  assert_int_equal(cs_job_set(job, "seed", number), CS_OK);
  if (cs_job_parse(job, prompt) != CS_OK || cs_job_compose(job) != CS_OK)
    fail_msg("%s: %s", prompt, cs_job_error(job));
  return job;
}

static void
assert_kept(const char *prompt, unsigned seed)
{
  CsEvidence e;
  CsAudit audit;
  CsJob *job     = composed(prompt, seed);
  CsArena *arena = cs_arena_new(NULL);
  assert_int_equal(cs_job_evidence(arena, job, &e), CS_OK);
  assert_int_equal(cs_audit_run(arena, &e, true, &audit), CS_OK);
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsFinding *f = &audit.findings[i];
    if (cs_properties[i]->is_hard && f->applies && !f->holds)
      fail_msg("%s (seed %u): %s is %g, wanted %g to %g; %s", prompt, seed,
          cs_properties[i]->id, f->value, f->low, f->high, f->where);
  }
  cs_arena_free(arena);
  cs_job_free(job);
}

static void
assert_kept_by_seeds(const char *prompt, unsigned first, unsigned last)
{
  for (unsigned seed = first; seed <= last; seed++)
    assert_kept(prompt, seed);
}

static void
test_a_short_cue_keeps_the_key_that_was_asked(void **state)
{
  (void)state;
  assert_kept_by_seeds(
      "stinger that lasts 9 s, brass, C minor, peak at 3 s", 5, 12);
}

static void
test_a_lone_player_plays_up_in_the_climax(void **state)
{
  (void)state;
  const char *prompt =
      "solo violin, nothing else, 45 s, mournful, ends on a long held note";
  assert_kept(prompt, 3);
  assert_kept_by_seeds(prompt, 15, 20);
}

static void
test_the_next_build_leaves_the_climax_before_it(void **state)
{
  (void)state;
  const char *prompt =
      "three builds: 0:05-0:15, 0:25-0:35, 0:45-0:55, then a drop, 70 s";
  assert_kept_by_seeds(prompt, 5, 6);
  assert_kept(prompt, 12);
}

static void
test_a_tune_in_seven_eighths_rests_on_the_chord(void **state)
{
  (void)state;
  assert_kept_by_seeds(
      "7/8, tense, 33.3 s, no strings, no piano, no percussion", 1, 5);
}

static void
test_a_build_opens_upwards_at_its_end(void **state)
{
  (void)state;
  assert_kept_by_seeds(
      "tense underscore, tremolo violins and bassoon, 50 s, builds till the "
      "end",
      1, 3);
  assert_kept_by_seeds("a long tense build from 0:50 to the end, 80 s", 1, 3);
}

static void
test_a_summit_is_heard_before_the_fall(void **state)
{
  (void)state;
  assert_kept_by_seeds(
      "majestic, 55 s, building from the first second to a high point at "
      "0:42, then easing off until the end",
      1, 3);
}

static void
test_a_rise_is_judged_by_what_stands_before_it(void **state)
{
  (void)state;
  assert_kept_by_seeds("fast and fun, banjo and fiddle, two minutes, for the "
                       "last 15 seconds everything steps up a gear",
      1, 3);
}

static void
test_a_drum_that_leaves_leaves_the_kit(void **state)
{
  (void)state;
  assert_kept_by_seeds("house, 128 bpm, 90 s, breakdown at 0:44, drop at "
                       "0:59, kick out for the last eight seconds",
      1, 3);
}

static void
test_a_pulse_under_dialogue_is_no_groove(void **state)
{
  (void)state;
  assert_kept_by_seeds(
      "tense underscore, 48 s, 120 bpm, ticking hi-hats, tremolo strings", 1,
      3);
}

static void
test_only_pads_means_the_sound(void **state)
{
  (void)state;
  assert_kept_by_seeds("soft pads and nothing else, loop, 60 s", 1, 3);
  assert_kept("ambient, flute and pads, 60 s", 1);
}

static void
test_what_is_struck_upwards_is_not_muddy(void **state)
{
  (void)state;
  assert_kept_by_seeds("Music to go behind a bread-baking time-lapse, exactly "
                       "37 seconds, fiddle and banjo, mid-tempo",
      1, 3);
  assert_kept("solo acoustic guitar", 2);
}

static void
test_a_cymbal_that_is_asked_for_is_struck(void **state)
{
  (void)state;
  assert_kept_by_seeds(
      "from 0 ms a cymbal swell, at 6000 ms the full band kicks in, at 18500 "
      "ms strip back to bass alone, out at 21000 ms",
      1, 3);
}

/// Notes that a track strikes from one second to another.
static size_t
count_struck(
    const CsJob *job, const char *role_and_name, double from_s, double to_s)
{
  size_t n = 0;
  for (size_t i = 0; i < job->performance->n_notes; i++) {
    const CsPlayedNote *note = &job->performance->notes[i];
    const CsTrack *track     = &job->plan->tracks[note->track];
    const double at_s        = (double)note->on_frame / job->plan->sample_rate;
    char name[96];
    (void)snprintf(name, sizeof name, "%s %s", cs_role_names[track->role],
        track->instrument);
    n += at_s >= from_s && at_s < to_s &&
         (role_and_name == NULL || strcmp(name, role_and_name) == 0);
  }
  return n;
}

static void
test_who_is_left_plays_alone_and_has_chords_to_play(void **state)
{
  (void)state;
  const char *prompt = "pop track, 60 s, drops to just piano at 0:30";
  assert_kept_by_seeds(prompt, 1, 5);
  CsJob *job          = composed(prompt, 1);
  const size_t n_tune = count_struck(job, "melody piano", 33.0, 60.0);
  const size_t n_hand = count_struck(job, "chords piano", 33.0, 60.0);
  assert_true(n_tune > 10 && n_hand > 40);
  assert_int_equal(count_struck(job, NULL, 33.0, 60.0), n_tune + n_hand);
  assert_int_equal(count_struck(job, "chords piano", 0.0, 27.0), 0);
  cs_job_free(job);
}

static void
test_others_come_back_when_they_are_asked_to(void **state)
{
  (void)state;
  const char *prompt = "corporate theme, 90 s, down to just strings at 0:30, "
                       "everything comes back at 0:50";
  assert_kept_by_seeds(prompt, 1, 3);
  CsJob *job = composed(prompt, 1);
  assert_true(count_struck(job, NULL, 33.0, 47.0) <
              count_struck(job, NULL, 55.0, 69.0) / 4);
  cs_job_free(job);
}

static void
test_drums_that_are_left_alone_end_with_all(void **state)
{
  (void)state;
  assert_kept_by_seeds(
      "energetic rock, 40 s, the last ten seconds just drums", 1, 3);
}

static void
test_a_sad_song_is_in_minor_whatever_its_style(void **state)
{
  (void)state;
  static const char *const dark[]   = {"sad country song, 40 s",
        "western standoff, harmonica, guitar, whistle, tense, 35 s",
        "sad island song, steel drums, 40 s",
        "noir jazz, trumpet and upright bass, 60 s"};
  static const char *const bright[] = {"country song, 40 s",
      "happy country song, 40 s", "island song, steel drums, 40 s"};
  for (unsigned seed = 1; seed <= 3; seed++) {
    for (size_t i = 0; i < sizeof dark / sizeof *dark; i++) {
      CsJob *job = composed(dark[i], seed);
      assert_true(cs_mode_is_minor(job->plan->key.mode));
      cs_job_free(job);
      assert_kept(dark[i], seed);
    }
    for (size_t i = 0; i < sizeof bright / sizeof *bright; i++) {
      CsJob *job = composed(bright[i], seed);
      assert_false(cs_mode_is_minor(job->plan->key.mode));
      cs_job_free(job);
    }
  }
}

/// The instrument of a role, or "".
static const char *
instrument_of(const CsPlan *plan, CsRole role)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (plan->tracks[i].role == role)
      return plan->tracks[i].instrument;
  return "";
}

static void
test_who_was_asked_for_sings_the_tune(void **state)
{
  (void)state;
  CsJob *job = composed("perfume spot, 20 s, slow, cello and harp", 1);
  assert_string_equal(instrument_of(job->plan, CS_ROLE_MELODY), "cello");
  cs_job_free(job);
}

static void
test_what_runs_for_hours_is_a_bed(void **state)
{
  (void)state;
  CsJob *bed   = composed("gentle pads for a hotel spa, 20 minutes", 1);
  CsJob *tune  = composed("gentle pads for a hotel spa, 2 minutes", 1);
  CsJob *asked = composed("gentle theme for a hotel spa, 20 minutes", 1);
  assert_int_equal(bed->plan->function, CS_BED);
  assert_int_equal(tune->plan->function, CS_THEMATIC);
  assert_int_equal(asked->plan->function, CS_THEMATIC);
  cs_job_free(bed);
  cs_job_free(tune);
  cs_job_free(asked);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_short_cue_keeps_the_key_that_was_asked),
      cmocka_unit_test(test_a_lone_player_plays_up_in_the_climax),
      cmocka_unit_test(test_the_next_build_leaves_the_climax_before_it),
      cmocka_unit_test(test_a_tune_in_seven_eighths_rests_on_the_chord),
      cmocka_unit_test(test_a_build_opens_upwards_at_its_end),
      cmocka_unit_test(test_a_summit_is_heard_before_the_fall),
      cmocka_unit_test(test_a_rise_is_judged_by_what_stands_before_it),
      cmocka_unit_test(test_a_drum_that_leaves_leaves_the_kit),
      cmocka_unit_test(test_a_pulse_under_dialogue_is_no_groove),
      cmocka_unit_test(test_only_pads_means_the_sound),
      cmocka_unit_test(test_what_is_struck_upwards_is_not_muddy),
      cmocka_unit_test(test_a_cymbal_that_is_asked_for_is_struck),
      cmocka_unit_test(test_who_is_left_plays_alone_and_has_chords_to_play),
      cmocka_unit_test(test_others_come_back_when_they_are_asked_to),
      cmocka_unit_test(test_drums_that_are_left_alone_end_with_all),
      cmocka_unit_test(test_a_sad_song_is_in_minor_whatever_its_style),
      cmocka_unit_test(test_who_was_asked_for_sings_the_tune),
      cmocka_unit_test(test_what_runs_for_hours_is_a_bed),
  };
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
