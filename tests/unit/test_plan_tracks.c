// Who plays: instruments that are wanted, excluded, alone, in front; when they
// come and go.

#include "tests/unit/plan_fixture.h"
#include "tests/unit/roles.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool
plays(const CsPlan *plan, const char *name)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (cs_instrument_is(
            cs_find_instrument(presets, plan->tracks[i].instrument), name))
      return true;
  return false;
}

static bool
has_harmony(const CsPlan *plan)
{
  return find_role(plan, CS_ROLE_PAD) || find_role(plan, CS_ROLE_CHORDS) ||
         find_role(plan, CS_ROLE_MOTION);
}

static void
test_excluded_instruments_never_play(void **state)
{
  (void)state;
  static const char *const names[] = {"drums", "percussion", "piano", "strings",
      "guitar", "vocals", "synth", "bass", "pad", "melody"};
  for (size_t s = 0; s < presets->n_styles; s++)
    for (size_t i = 0; i < COUNT(names); i++)
      for (int f = 0; f < CS_N_FUNCTIONS; f++) {
        Ask a;
        ask(&a, (CsFunction)f, 60.0);
        a.wish.style = presets->styles[s].name;
        say_word(&a.brief.exclude, names[i]);
        const CsPlan *plan = planned(&a);
        if (plays(plan, names[i]))
          fail_msg("%s plays %s", a.wish.style, names[i]);
        if (!has_harmony(plan))
          fail_msg("%s without %s has no harmony", a.wish.style, names[i]);
        if (i == COUNT(names) - 1)
          assert_null(find_role(plan, CS_ROLE_MELODY));
        for (size_t t = 0; t < plan->n_tracks && i == 5; t++)
          assert_false(plan->tracks[t].bank != 128 &&
                       (plan->tracks[t].program == 91 ||
                           (plan->tracks[t].program >= 52 &&
                               plan->tracks[t].program <= 54)));
        done(&a);
      }
}

static void
test_wanted_instruments_play_in_every_style(void **state)
{
  (void)state;
  static const char *const names[] = {"piano", "strings", "flute", "guitar",
      "brass", "drums", "marimba", "cello", "bass", "harp", "synth",
      "french horn", "timpani", "shaker", "vibraphone"};
  for (size_t s = 0; s < presets->n_styles; s++)
    for (size_t i = 0; i < COUNT(names); i++)
      for (int f = 0; f < CS_N_FUNCTIONS; f++) {
        Ask a;
        ask(&a, (CsFunction)f, 60.0);
        a.wish.style = presets->styles[s].name;
        say_word(&a.brief.instruments, names[i]);
        const CsPlan *plan = planned(&a);
        if (!plays(plan, names[i]))
          fail_msg("%s as %s lacks the %s", a.wish.style, cs_function_names[f],
              names[i]);
        done(&a);
      }
}

static const CsTrack *
track_of(const CsPlan *plan, CsRole role, const char *name)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (plan->tracks[i].role == role &&
        cs_instrument_is(
            cs_find_instrument(presets, plan->tracks[i].instrument), name))
      return &plan->tracks[i];
  return NULL;
}

static void
test_a_named_instrument_tells_the_tune(void **state)
{
  (void)state;
  static const char *const names[] = {
      "piano", "flute", "cello", "harp", "nylon guitar", "violin"};
  for (size_t s = 0; s < presets->n_styles; s++)
    for (size_t i = 0; i < COUNT(names); i++) {
      Ask a;
      ask(&a, CS_THEMATIC, 60.0);
      a.wish.style = presets->styles[s].name;
      say_word(&a.brief.instruments, names[i]);
      const CsPlan *plan = planned(&a);
      if (track_of(plan, CS_ROLE_MELODY, names[i]) == NULL)
        fail_msg("%s: the %s does not tell the tune", a.wish.style, names[i]);
      done(&a);
    }
}

/// As loud as a note of it is meant to be heard, whatever its sound's own
/// level.
static double
nominal_db(const CsTrack *t)
{
  return t->level_db - cs_find_instrument(presets, t->instrument)->trim_db;
}

static void
test_no_other_layer_is_louder_than_a_named_one(void **state)
{
  (void)state;
  for (size_t s = 0; s < presets->n_styles; s++) {
    Ask a;
    ask(&a, CS_BED, 60.0);
    a.wish.style = presets->styles[s].name;
    say_word(&a.brief.instruments, "harp");
    const CsPlan *plan = planned(&a);
    double harp_db = -99.0, pad_db = -99.0;
    for (size_t i = 0; i < plan->n_tracks; i++) {
      const CsTrack *t = &plan->tracks[i];
      if (strcmp(t->instrument, "harp") == 0)
        harp_db = fmax(harp_db, nominal_db(t));
      else if (t->role == CS_ROLE_PAD || t->role == CS_ROLE_CHORDS)
        pad_db = fmax(pad_db, nominal_db(t));
    }
    if (harp_db < pad_db - 4.0)
      fail_msg("%s: harp %.1f dB under %.1f", a.wish.style, harp_db, pad_db);
    done(&a);
  }
}

static void
test_who_is_asked_in_front_tells_the_tune_and_who_is_behind_does_not(
    void **state)
{
  (void)state;
  static const char *const pairs[][2] = {
      {"cello", "piano"}, {"piano", "cello"}, {"flute", "harp"}};
  for (size_t s = 0; s < presets->n_styles; s++)
    for (size_t i = 0; i < COUNT(pairs); i++) {
      Ask a;
      ask(&a, CS_THEMATIC, 60.0);
      a.wish.style           = presets->styles[s].name;
      const char *in_front[] = {pairs[i][0]}, *behind[] = {pairs[i][1]};
      say_word(&a.brief.instruments, pairs[i][0]);
      say_word(&a.brief.instruments, pairs[i][1]);
      a.brief.in_front   = (CsStrings){in_front, 1};
      a.brief.behind     = (CsStrings){behind, 1};
      const CsPlan *plan = planned(&a);
      if (track_of(plan, CS_ROLE_MELODY, pairs[i][0]) == NULL)
        fail_msg(
            "%s: the %s does not tell the tune", a.wish.style, pairs[i][0]);
      if (track_of(plan, CS_ROLE_MELODY, pairs[i][1]) != NULL)
        fail_msg("%s: the %s tells the tune", a.wish.style, pairs[i][1]);
      if (!plays(plan, pairs[i][1]))
        fail_msg("%s: the %s is lost", a.wish.style, pairs[i][1]);
      done(&a);
    }
}

static void
test_a_wanted_kit_is_more_than_its_cymbals(void **state)
{
  (void)state;
  for (size_t i = 0; i < presets->n_styles; i++) {
    Ask a;
    ask(&a, CS_THEMATIC, 60.0);
    a.wish.style = presets->styles[i].name;
    say_word(&a.brief.instruments, "drum machine");
    const CsPlan *plan = planned(&a);
    bool has_kit       = false;
    for (size_t t = 0; t < plan->n_tracks; t++)
      has_kit |= plan->tracks[t].role == CS_ROLE_DRUMS;
    if (!has_kit)
      fail_msg("%s has no drums", a.wish.style);
    done(&a);
  }
}

static void
test_only_a_piano_leaves_nothing_else(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 60.0);
  say_word(&a.brief.instruments, "piano");
  a.brief.only_instruments = true;
  const CsPlan *plan       = planned(&a);
  assert_true(has_harmony(plan));
  assert_non_null(find_role(plan, CS_ROLE_MELODY));
  for (size_t i = 0; i < plan->n_tracks; i++)
    assert_true(cs_instrument_is(
        cs_find_instrument(presets, plan->tracks[i].instrument), "piano"));
  done(&a);
}

static void
test_drums_alone_are_struck_and_begin_at_once(void **state)
{
  (void)state;
  static const char *const names[] = {"drums", "taiko", "percussion"};
  for (size_t n = 0; n < COUNT(names); n++) {
    Ask a;
    ask(&a, CS_THEMATIC, 30.0);
    say_word(&a.brief.instruments, names[n]);
    a.brief.only_instruments = true;
    const CsPlan *plan       = planned(&a);
    double first             = 1.0;
    assert_true(plan->n_tracks > 0);
    for (size_t i = 0; i < plan->n_tracks; i++) {
      assert_true(plan->tracks[i].role == CS_ROLE_DRUMS ||
                  plan->tracks[i].role == CS_ROLE_PERCUSSION ||
                  plan->tracks[i].role == CS_ROLE_EFFECTS);
      first = fmin(first, plan->tracks[i].enter);
    }
    assert_true(first <= 0.0);
    done(&a);
  }
}

static void
test_a_bass_among_drums_keeps_to_the_bass(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 30.0);
  say_word(&a.brief.instruments, "drums");
  say_word(&a.brief.instruments, "bass");
  a.brief.only_instruments = true;
  const CsPlan *plan       = planned(&a);
  const CsTrack *bass      = find_role(plan, CS_ROLE_BASS);
  assert_non_null(bass);
  assert_true(bass->enter <= 0.0);
  assert_null(find_role(plan, CS_ROLE_MELODY));
  assert_false(has_harmony(plan));
  done(&a);
}

static void
test_a_cue_is_never_left_without_sound(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 30.0);
  say_word(&a.brief.instruments, "theremin"); // no such sound
  a.brief.only_instruments = true;
  const CsPlan *plan       = planned(&a);
  assert_true(has_harmony(plan));
  assert_true(plan->n_warnings >= 1);
  done(&a);
  ask(&a, CS_BED, 30.0);
  static const char *const names[] = {"strings", "synth", "piano", "guitar",
      "pad", "woodwinds", "brass", "vocals"};
  for (size_t i = 0; i < COUNT(names); i++)
    say_word(&a.brief.exclude, names[i]);
  plan = planned(&a);
  assert_true(has_harmony(plan));
  for (size_t i = 0; i < COUNT(names); i++)
    assert_false(plays(plan, names[i]));
  done(&a);
}

static void
test_functions_keep_their_roles(void **state)
{
  (void)state;
  for (size_t s = 0; s < presets->n_styles; s++)
    for (int f = 0; f < CS_N_FUNCTIONS; f++) {
      Ask a;
      ask(&a, (CsFunction)f, 60.0);
      a.wish.style        = presets->styles[s].name;
      const CsPlan *plan  = planned(&a);
      const bool is_quiet = f == CS_UNDERSCORE || f == CS_AMBIENT;
      if (is_quiet)
        assert_null(find_role(plan, CS_ROLE_DRUMS));
      if (f == CS_AMBIENT)
        assert_null(find_role(plan, CS_ROLE_MELODY));
      if (f == CS_THEMATIC)
        assert_non_null(find_role(plan, CS_ROLE_MELODY));
      done(&a);
    }
}

static void
test_leaving_a_track_out_changes_no_other_seed(void **state)
{
  (void)state;
  for (size_t s = 0; s < presets->n_styles; s++) {
    Ask a, b;
    ask(&a, CS_THEMATIC, 60.0);
    ask(&b, CS_THEMATIC, 60.0);
    a.wish.style = b.wish.style = presets->styles[s].name;
    say_word(&b.brief.exclude, "drums");
    const CsPlan *with = planned(&a), *without = planned(&b);
    for (int r = 0; r < CS_N_ROLES; r++) {
      const CsTrack *x = find_role(with, (CsRole)r);
      const CsTrack *y = find_role(without, (CsRole)r);
      if (r != CS_ROLE_DRUMS && r != CS_ROLE_PERCUSSION && x && y &&
          strcmp(x->instrument, y->instrument) == 0)
        assert_true(x->seed == y->seed);
    }
    assert_string_equal(with->sections[1].chords.items[0],
        without->sections[1].chords.items[0]);
    done(&a);
    done(&b);
  }
}

static void
test_entries_and_exits_bound_a_track(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 60.0);
  say_word(&a.brief.instruments, "drums");
  say_event(&a, CS_ARC_ENTER, 10.0, -1.0)->target = "drums";
  say_event(&a, CS_ARC_EXIT, 40.0, -1.0)->target  = "drums";
  const CsPlan *plan                              = planned(&a);
  const CsTrack *drums = find_role(plan, CS_ROLE_DRUMS);
  assert_non_null(drums);
  assert_int_equal(drums->n_spans, 1);
  assert_true(near(drums->spans[0].start_s, 10.0, 1.6));
  assert_true(near(drums->spans[0].end_s, 40.0, 1.6));
  done(&a);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_excluded_instruments_never_play),
      cmocka_unit_test(test_wanted_instruments_play_in_every_style),
      cmocka_unit_test(test_a_named_instrument_tells_the_tune),
      cmocka_unit_test(test_no_other_layer_is_louder_than_a_named_one),
      cmocka_unit_test(
          test_who_is_asked_in_front_tells_the_tune_and_who_is_behind_does_not),
      cmocka_unit_test(test_a_wanted_kit_is_more_than_its_cymbals),
      cmocka_unit_test(test_only_a_piano_leaves_nothing_else),
      cmocka_unit_test(test_drums_alone_are_struck_and_begin_at_once),
      cmocka_unit_test(test_a_bass_among_drums_keeps_to_the_bass),
      cmocka_unit_test(test_a_cue_is_never_left_without_sound),
      cmocka_unit_test(test_functions_keep_their_roles),
      cmocka_unit_test(test_leaving_a_track_out_changes_no_other_seed),
      cmocka_unit_test(test_entries_and_exits_bound_a_track),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
