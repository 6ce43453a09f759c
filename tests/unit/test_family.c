// Families: every member of one theme, key and band, none a copy of another,
// each with an end of its own.

#include "tests/unit/engine_fixture.h"

#include "gen/judge.h"
#include "gen/jobs/family.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/cuesmith-family-XXXXXX";

static int
open_all(void **state)
{
  return open_engine(state) != 0 || mkdtemp(folder) == NULL;
}

static int
close_all(void **state)
{
  (void)close_engine(state);
  return rmdir(folder); // composing alone writes nothing
}

/// What is asked beside the prompt: "seed=2 ending=fade".
typedef struct Ask {
  const char *options;
} Ask;

static CsStatus
begin(void *user, CsJob **job)
{
  const Ask *ask        = user;
  const CsStatus status = cs_job_new(engine, job);
  return status == CS_OK ? set_options(*job, ask->options) : status;
}

typedef struct Home {
  CsArena *arena;
  CsFamily *family;
  CsStatus status;
  Ask ask;
} Home;

static Home
family_of(const char *prompt, const char *options, const char *cuts)
{
  Home home               = {.arena = cs_arena_new(NULL), .ask = {options}};
  home.family             = CS_NEW(home.arena, CsFamily);
  const CsFamilyWish wish = {.prompt = prompt,
      .folder                        = folder,
      .cuts                          = cuts,
      .begin                         = begin,
      .user                          = &home.ask};
  home.status             = cs_family_compose(home.arena, &wish, home.family);
  return home;
}

static Home
good_family(const char *prompt, const char *options, const char *cuts)
{
  Home home = family_of(prompt, options, cuts);
  if (home.status != CS_OK)
    fail_msg("%s: %s", prompt, cs_arena_error(home.arena));
  return home;
}

static void
leave(Home *home)
{
  cs_family_free(home->family);
  cs_arena_free(home->arena);
}

static const CsMember *
member_of(const Home *home, const char *name)
{
  for (size_t i = 0; i < home->family->n; i++)
    if (strcmp(home->family->members[i].cut.name, name) == 0)
      return &home->family->members[i];
  return NULL;
}

// ---- The list ---------------------------------------------------------------

static void
want_cuts_refused(const char *text, const char *part)
{
  CsCuts cuts;
  CsArena *arena = cs_arena_new(NULL);
  assert_int_equal(cs_cuts_parse(arena, text, &cuts), CS_ERR_REQUEST);
  if (strstr(cs_arena_error(arena), part) == NULL)
    fail_msg("\"%s\" is refused with: %s", text, cs_arena_error(arena));
  cs_arena_free(arena);
}

static void
test_lists_that_make_no_family_are_refused(void **state)
{
  (void)state;
  want_cuts_refused("", "give lengths");
  want_cuts_refused("60,,30", "give lengths");
  want_cuts_refused("abc", "\"abc\"");
  want_cuts_refused("no-flute", "\"no-flute\"");
  want_cuts_refused("0", "5 s to 12 h");
  want_cuts_refused("4.9", "5 s to 12 h");
  want_cuts_refused("-30", "give lengths");
  want_cuts_refused("99h", "5 s to 12 h");
  want_cuts_refused("sting,sting", "names sting twice");
  want_cuts_refused("60,1:00", "names 60 twice");
  want_cuts_refused("no-drums, no-drums", "names no-drums twice");
}

static void
test_lists_are_read_in_their_order(void **state)
{
  (void)state;
  CsCuts cuts;
  CsArena *arena                   = cs_arena_new(NULL);
  static const char *const names[] = {
      "full", "loop", "90", "7.5", "no-melody-drums", "sting"};
  assert_int_equal(
      cs_cuts_parse(arena, "loop, 1:30 ,7.5,full,no-melody-drums,sting", &cuts),
      CS_OK);
  assert_int_equal(cuts.n, COUNT(names));
  for (size_t i = 0; i < cuts.n; i++)
    assert_string_equal(cuts.items[i].name, names[i]);
  assert_false(cuts.is_usual);
  assert_int_equal(cs_cuts_parse(arena, NULL, &cuts), CS_OK);
  assert_int_equal(cuts.n, 8);
  assert_true(cuts.is_usual);
  cs_arena_free(arena);
}

static void
test_a_cut_is_shorter_than_the_full_one(void **state)
{
  (void)state;
  Home asked = family_of("theme, 45 s", "seed=1", "60,15");
  assert_int_equal(asked.status, CS_ERR_REQUEST);
  assert_non_null(strstr(cs_arena_error(asked.arena), "--cuts 60"));
  leave(&asked);
  Home usual = good_family("theme, 45 s", "seed=1", NULL);
  assert_null(member_of(&usual, "60"));
  assert_non_null(member_of(&usual, "30"));
  assert_non_null(strstr(usual.family->notes, "60 is left out"));
  leave(&usual);
}

// ---- Kinship ----------------------------------------------------------------

/// Measured anew, by other code than that which draws members again.
static void
check_pair(const char *prompt, const CsMember *a, const CsMember *b)
{
  double share     = 1.0;
  CsArena *scratch = cs_arena_new(NULL);
  assert_int_equal(cs_kin_literal_share(scratch, &a->e, &b->e, &share), CS_OK);
  if (share > CS_MOST_LITERAL + 1e-9)
    fail_msg("%s: %s holds %.0f %% of the bars of %s", prompt, a->cut.name,
        100.0 * share, b->cut.name);
  cs_arena_free(scratch);
}

static void
check_theme(const char *prompt, const CsMember *full, const CsMember *m)
{
  CsStatement statement;
  const CsPlan *a  = full->e.plan;
  const CsPlan *b  = m->e.plan;
  CsArena *scratch = cs_arena_new(NULL);
  assert_int_equal(cs_kin_theme(scratch, &full->e, &m->e, &statement), CS_OK);
  if (statement.n_heard == 0 && statement.carrier != CS_CARRIED_BY_NOTHING)
    fail_msg("%s: %s does not state the theme", prompt, m->cut.name);
  assert_int_equal(a->key.tonic_pc, b->key.tonic_pc);
  assert_int_equal(a->key.mode, b->key.mode);
  assert_string_equal(a->style, b->style);
  assert_int_equal(a->theme_seed, b->theme_seed);
  const double ratio = cs_kin_tempo_bpm(&m->e) / cs_kin_tempo_bpm(&full->e);
  const double near  = fabs(ratio - 1.0);
  if (near > CS_TEMPO_NEAR + 1e-3 && fabs(ratio / 2.0 - 1.0) > CS_TEMPO_NEAR)
    fail_msg("%s: %s goes %.2f times as fast", prompt, m->cut.name, ratio);
  if (cs_kin_palette_share(&full->e, &m->e) < 0.8)
    fail_msg("%s: %s has another band", prompt, m->cut.name);
  cs_arena_free(scratch);
}

/// The last note is struck 1.5 s before the end at the latest (80 ms for the
/// strings of a strum), and the bass of the last chord is the tonic. Drums
/// alone have no bass.
static void
check_end(const char *prompt, const CsMember *m)
{
  const CsEvidence *e = &m->e;
  double last_s       = 0.0;
  int lowest          = 128;
  for (size_t i = 0; i < e->performance->n_notes; i++) {
    const CsPlayedNote *note = &e->performance->notes[i];
    const double at_s =
        (double)note->on_frame / (double)e->performance->sample_rate;
    if (e->plan->tracks[note->track].role == CS_ROLE_EFFECTS)
      continue;
    last_s = fmax(last_s, at_s);
  }
  if (last_s > e->plan->duration_s - 1.5 + 0.08)
    fail_msg("%s: %s strikes %.2f s before its end", prompt, m->cut.name,
        e->plan->duration_s - last_s);
  const int64_t end = cs_bar_tick(e->score->timeline, e->plan->n_bars - 1) - 60;
  for (size_t p = 0; p < e->score->n_parts; p++)
    for (size_t i = 0; i < e->score->parts[p].n_notes; i++)
      if (e->score->parts[p].notes[i].start_tick >= end &&
          e->plan->tracks[p].bank != 128 &&
          e->plan->tracks[p].role != CS_ROLE_EFFECTS &&
          e->plan->tracks[p].role != CS_ROLE_PERCUSSION &&
          e->score->parts[p].notes[i].key < lowest)
        lowest = e->score->parts[p].notes[i].key;
  if (lowest < 128 && lowest % 12 != e->plan->key.tonic_pc)
    fail_msg("%s: %s does not end on its tonic", prompt, m->cut.name);
}

static void
check_family(const Home *home, const char *prompt)
{
  const CsFamily *f    = home->family;
  const CsMember *full = &f->members[0];
  for (size_t i = 0; i < f->n; i++) {
    const CsMember *m = &f->members[i];
    if (m->cut.kind == CS_CUT_ALTERNATE || i == 0)
      continue;
    assert_non_null(m->job);
    if (m->n_wrong > 0)
      fail_msg("%s: %s %s", prompt, m->cut.name, m->wrong);
    check_theme(prompt, full, m);
    if (m->cut.kind == CS_CUT_LOOP)
      assert_int_equal(m->e.plan->n_bars, CS_LOOP_BARS);
    else
      check_end(prompt, m);
    if (m->cut.kind == CS_CUT_STING)
      assert_true(m->e.plan->duration_s <= CS_STING_S);
    for (size_t k = 0; k < f->n; k++)
      if (k != i && f->members[k].job != NULL)
        check_pair(prompt, &f->members[k], m);
  }
}

static void
test_members_are_kin_and_no_copies(void **state)
{
  (void)state;
  static const char *const prompts[] = {
      "bright, forward-moving, no vocals, 90 s, builds in last 20 s",
      "calm corporate bed, 2 min",
      "romantic waltz, 3/4, 75 s",
      "ambient pads without melody, 3 minutes",
      "lo-fi hip hop beat, 2 min, without melody",
      "tense underscore for a documentary, 60 s",
      "solo cello, slow, 70 s",
      "solo piano, sad theme, 60 s",
      "playful pizzicato theme in 6/8, 45 s, no drums",
      "upbeat tech promo, 20 s",
      "slow strings theme, 60 BPM, 80 s",
      "jazz trio, 90 s, fade out over 4 s",
      "acoustic guitar bed, seamless loop, 1 min",
      "drums alone, 60 s",
      "percussion only, 60 s",
      "drums alone, corporate bed, 60 s",
      "synthwave, 128 BPM, 60 s, hit at 0:30, silence from 0:40 to 0:42",
  };
  for (size_t i = 0; i < COUNT(prompts); i++) {
    Home home = good_family(prompts[i], "seed=1", NULL);
    check_family(&home, prompts[i]);
    leave(&home);
  }
}

/// Where little is there to be told anew, or the course asks for much.
static void
test_awkward_prompts_make_families_too(void **state)
{
  (void)state;
  static const char *const prompts[] = {
      "unobtrusive background for slides, 5 minutes, solo piano",
      "noir jazz underscore, muted trumpet and upright bass, 70 s",
      "6/8 lullaby, music box and harp, 52 s, getting quieter until the end",
      "three builds: 0:05-0:15, 0:25-0:35, 0:45-0:55, then a drop, 70 s",
      ("starts calm, explodes at 0:10, silent from 0:20 to 0:23, everything "
       "back at 0:23, 40 s"),
      "8 s logo reveal, magical, celesta and harp, last chord rings",
      "timpani only, 40 s",
      "taiko drums only, epic, 60 s",
  };
  for (size_t i = 0; i < COUNT(prompts); i++) {
    Home home = good_family(prompts[i], "seed=2", NULL);
    check_family(&home, prompts[i]);
    leave(&home);
  }
}

static void
test_a_list_of_many_lengths_holds(void **state)
{
  (void)state;
  static const char prompt[] = "energetic corporate theme, 2 min";
  Home home = good_family(prompt, "seed=3", "90,60,45,30,20,15,10,sting,loop");
  assert_int_equal(home.family->n, 10);
  check_family(&home, prompt);
  leave(&home);
}

/// What is no kin is found to be none.
static void
test_a_copy_is_found(void **state)
{
  (void)state;
  Home home     = good_family("theme, 45 s", "seed=1", "15");
  CsMember copy = home.family->members[0];
  copy.cut      = (CsCut){"copy", CS_CUT_LENGTH, 45.0};
  assert_int_equal(
      cs_member_measure(home.arena, &copy, home.family->members, 1), CS_OK);
  assert_true(copy.n_wrong > 0);
  assert_non_null(strstr(copy.wrong, "100 % of its bars"));
  leave(&home);
}

static void
test_a_stranger_is_found(void **state)
{
  (void)state;
  Home home = good_family("theme, 45 s", "seed=1", "15");
  Home other =
      good_family("sad piano, 3/4, D minor, 120 BPM, 30 s", "seed=2", "15");
  CsMember stranger = other.family->members[1];
  assert_int_equal(
      cs_member_measure(home.arena, &stranger, home.family->members, 1), CS_OK);
  assert_non_null(strstr(stranger.wrong, "is in another key"));
  assert_non_null(strstr(stranger.wrong, "other instruments"));
  leave(&other);
  leave(&home);
}

// ---- What members are asked -------------------------------------------------

static void
test_times_are_scaled_and_said(void **state)
{
  (void)state;
  Home home = good_family(
      "theme, 90 s, builds in last 20 s, hit at 0:40", "seed=1", "30,sting");
  const CsMember *cut   = member_of(&home, "30");
  const CsMember *sting = member_of(&home, "sting");
  assert_int_equal(cut->e.plan->n_hits, 0);
  assert_int_equal(cut->job->brief->n_arc, 1);
  assert_float_equal(cut->job->brief->arc[0].start_s, 18.0, 1e-6);
  assert_int_equal(sting->job->brief->n_arc, 0);
  assert_true(cut->job->brief->n_warnings >= 2);
  assert_true(sting->job->brief->n_warnings >= 1);
  assert_int_equal(home.family->members[0].e.plan->n_hits, 1);
  leave(&home);
}

static void
test_options_go_to_every_member(void **state)
{
  (void)state;
  Home home = good_family("theme, 60 s",
      "seed=5 ending=fade fade-in=6 fade-out=4 lufs=-20 key=Ebmajor rate=44100",
      "15,loop");
  for (size_t i = 0; i < home.family->n; i++) {
    const CsPlan *plan = home.family->members[i].e.plan;
    assert_float_equal(plan->loudness_lufs, -20.0, 0.0);
    assert_int_equal(plan->key.tonic_pc, 3);
    assert_int_equal(plan->sample_rate, 44100);
  }
  assert_int_equal(home.family->members[0].e.plan->ending, CS_ENDING_FADE);
  assert_int_equal(home.family->members[1].e.plan->ending, CS_ENDING_RING);
  assert_float_equal(home.family->members[1].e.plan->fade_out_s, 0.0, 0.0);
  assert_float_equal(home.family->members[1].e.plan->fade_in_s, 1.5, 1e-6);
  assert_float_equal(home.family->members[2].e.plan->fade_in_s, 0.0, 0.0);
  assert_int_equal(home.family->members[2].e.plan->ending, CS_ENDING_LOOP);
  leave(&home);
}

static void
test_options_of_one_file_are_refused(void **state)
{
  (void)state;
  static const char *const options[][2] = {{"midi=x.mid", "--beside midi"},
      {"stems=x", "--beside stems"}, {"output=x.wav", "-o DIR"},
      {"alt=no-drums", "--cuts"}, {"takes=3", "other seeds"},
      {"times-for=90", "scales"}};
  for (size_t i = 0; i < COUNT(options); i++) {
    Home home = family_of("theme, 45 s", options[i][0], "15");
    assert_int_equal(home.status, CS_ERR_REQUEST);
    if (strstr(cs_arena_error(home.arena), options[i][1]) == NULL)
      fail_msg("%s: %s", options[i][0], cs_arena_error(home.arena));
    leave(&home);
  }
}

// ---- What is told -----------------------------------------------------------

static void
test_a_family_has_one_name(void **state)
{
  (void)state;
  Home a = good_family("theme, 45 s", "seed=1", "15");
  Home b = good_family("theme, 45 s", "seed=1", "30,loop");
  Home c = good_family("theme, 45 s", "seed=2", "15");
  assert_string_equal(a.family->id, b.family->id);
  assert_string_not_equal(a.family->id, c.family->id);
  leave(&a);
  leave(&b);
  leave(&c);
}

static const CsJson *
parsed(CsArena *arena, const char *json)
{
  const CsJson *root = NULL;
  if (cs_json_parse(arena, "family", json, strlen(json), &root) != CS_OK)
    fail_msg("%s", cs_arena_error(arena));
  return root;
}

static void
test_records_name_the_family(void **state)
{
  (void)state;
  const char *note = NULL, *json = NULL;
  Home home = good_family("theme, 45 s", "seed=1", "15,sting,no-melody");
  assert_int_equal(home.family->n, 4);
  assert_int_equal(
      cs_family_note(home.family, &home.family->members[1], &note), CS_OK);
  const CsJson *root = parsed(home.arena, note);
  assert_string_equal(cs_json_text_of(root, "id"), home.family->id);
  assert_string_equal(cs_json_text_of(root, "member"), "15");
  const CsJson *members = cs_json_member_of(root, "members", CS_JSON_ARRAY);
  assert_int_equal(members->n_children, 4);
  assert_int_equal(cs_family_json(home.family, &json), CS_OK);
  root    = parsed(home.arena, json);
  members = cs_json_member_of(root, "members", CS_JSON_ARRAY);
  assert_int_equal(members->n_children, 4);
  assert_string_equal(cs_json_text_of(members->first, "file"), "full.wav");
  assert_string_equal(cs_json_text_of(members->first->next->next->next, "file"),
      "full.no-melody.wav");
  leave(&home);
}

static void
test_an_alternate_that_is_the_full_one_is_left_out(void **state)
{
  (void)state;
  Home home = good_family(
      "solo piano, 45 s", "seed=1", "15,no-drums,underscore,drums-effects");
  assert_null(member_of(&home, "no-drums"));
  assert_null(member_of(&home, "drums-effects"));
  assert_non_null(member_of(&home, "underscore"));
  assert_non_null(strstr(home.family->notes, "it would be the full one"));
  assert_non_null(strstr(home.family->notes, "nothing would sound"));
  leave(&home);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lists_that_make_no_family_are_refused),
      cmocka_unit_test(test_lists_are_read_in_their_order),
      cmocka_unit_test(test_a_cut_is_shorter_than_the_full_one),
      cmocka_unit_test(test_members_are_kin_and_no_copies),
      cmocka_unit_test(test_awkward_prompts_make_families_too),
      cmocka_unit_test(test_a_list_of_many_lengths_holds),
      cmocka_unit_test(test_a_copy_is_found),
      cmocka_unit_test(test_a_stranger_is_found),
      cmocka_unit_test(test_times_are_scaled_and_said),
      cmocka_unit_test(test_options_go_to_every_member),
      cmocka_unit_test(test_options_of_one_file_are_refused),
      cmocka_unit_test(test_a_family_has_one_name),
      cmocka_unit_test(test_records_name_the_family),
      cmocka_unit_test(test_an_alternate_that_is_the_full_one_is_left_out),
  };
  return cmocka_run_group_tests(tests, open_all, close_all);
}
