// Changes of key: where they come, where they lead, how they are prepared, and
// that the notes go along.

#include "gen/compose/composer.h"

#include "tests/unit/plan_fixture.h"

enum { C = 0, D = 2, E = 4, A = 9 };

static CsArcEvent *
say_key(Ask *a, double start_s, double end_s, CsKeyMove move)
{
  CsArcEvent *e = say_event(a, CS_ARC_KEY, start_s, end_s);
  e->start_at   = start_s;
  e->end_at     = end_s;
  e->move       = move;
  return e;
}

static void
in_c_major(Ask *a, CsFunction function, double duration_s)
{
  ask(a, function, duration_s);
  a->wish.has_key = true;
  a->wish.key     = (CsKey){C, CS_MAJOR};
  a->wish.style   = "corporate";
}

static const CsSection *
section_from(const CsPlan *plan, int bar)
{
  for (size_t i = 0; i < plan->n_sections; i++)
    if (plan->sections[i].first_bar == bar)
      return &plan->sections[i];
  fail_msg("no section begins with bar %d", bar + 1);
  return NULL;
}

static const char *
last_chord_before(const CsPlan *plan, int bar)
{
  for (size_t i = 0; i < plan->n_sections; i++) {
    const CsSection *s = &plan->sections[i];
    if (s->first_bar + s->n_bars == bar) {
      const char *text  = s->chords.items[s->n_bars - 1];
      const char *space = strrchr(text, ' ');
      return space != NULL ? space + 1 : text;
    }
  }
  fail_msg("no section ends before bar %d", bar + 1);
  return NULL;
}

// ---- Planning ---------------------------------------------------------------

static void
test_a_change_without_a_time_comes_with_the_climax(void **state)
{
  (void)state;
  Ask a;
  in_c_major(&a, CS_THEMATIC, 90.0);
  say_key(&a, -1.0, -1.0, (CsKeyMove){.semitones = 2});
  const CsPlan *plan = planned(&a);
  assert_int_equal(plan->n_key_changes, 1);
  const CsSection *s = section_from(plan, plan->key_changes[0].bar);
  assert_int_equal(s->kind, CS_SECTION_CLIMAX);
  assert_int_equal(plan->key_changes[0].key.tonic_pc, D);
  assert_int_equal(plan->key_changes[0].key.mode, CS_MAJOR);
  assert_true(near(plan->key_changes[0].at_s, s->start_s, 1e-9));
  assert_int_equal(plan->n_warnings, 0);
  done(&a);
}

static void
test_a_time_is_kept_to_a_bar_and_a_half(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 20; seed++) {
    Ask a;
    in_c_major(&a, CS_THEMATIC, 90.0);
    a.wish.seed = a.wish.theme_seed = seed;
    const double at_s               = 24.0 + 2.3 * (double)seed;
    say_key(&a, at_s, -1.0, (CsKeyMove){.semitones = 1});
    const CsPlan *plan = planned(&a);
    const double bar_s = 240.0 / plan->tempos[0].bpm;
    assert_int_equal(plan->n_key_changes, 1);
    if (!near(plan->key_changes[0].at_s, at_s, 1.5 * bar_s))
      fail_msg(
          "asked at %.2f s, made at %.2f s", at_s, plan->key_changes[0].at_s);
    (void)section_from(plan, plan->key_changes[0].bar);
    done(&a);
  }
}

typedef struct MoveRow {
  CsKeyMove move;
  CsKey to;
} MoveRow;

static void
test_a_move_leads_where_it_says(void **state)
{
  (void)state;
  static const MoveRow rows[] = {
      {{0}, {D, CS_MAJOR}},
      {{.semitones = -3}, {A, CS_MAJOR}},
      {{.has_tonic = true, .key = {E, CS_MAJOR}}, {E, CS_MAJOR}},
      {{.has_mode = true, .key = {C, CS_MINOR}}, {C, CS_MINOR}},
      {{.has_tonic = true, .has_mode = true, .key = {A, CS_MINOR}},
          {A, CS_MINOR}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    Ask a;
    in_c_major(&a, CS_THEMATIC, 90.0);
    say_key(&a, 60.0, -1.0, rows[i].move);
    const CsPlan *plan = planned(&a);
    assert_int_equal(plan->n_key_changes, 1);
    assert_int_equal(plan->key_changes[0].key.tonic_pc, rows[i].to.tonic_pc);
    assert_int_equal(plan->key_changes[0].key.mode, rows[i].to.mode);
    done(&a);
  }
}

static void
test_a_span_comes_home_again(void **state)
{
  (void)state;
  Ask a;
  in_c_major(&a, CS_THEMATIC, 120.0);
  CsArcEvent *e      = say_key(&a, 40.0, 70.0, (CsKeyMove){.semitones = 2});
  e->end_anchor      = CS_ANCHOR_START;
  const CsPlan *plan = planned(&a);
  assert_int_equal(plan->n_key_changes, 2);
  assert_int_equal(plan->key_changes[0].key.tonic_pc, D);
  assert_int_equal(plan->key_changes[1].key.tonic_pc, C);
  done(&a);
}

static void
test_the_dominant_of_the_new_key_leads_to_it(void **state)
{
  (void)state;
  Ask a;
  in_c_major(&a, CS_THEMATIC, 90.0);
  say_key(&a, -1.0, -1.0, (CsKeyMove){.semitones = 2});
  const CsPlan *plan = planned(&a);
  assert_string_equal(
      last_chord_before(plan, plan->key_changes[0].bar), "V/II");
  done(&a);
  ask(&a, CS_UNDERSCORE, 90.0);
  say_key(&a, 50.0, -1.0, (CsKeyMove){.semitones = 2});
  plan = planned(&a);
  assert_int_equal(plan->n_key_changes, 1);
  assert_null(strstr(last_chord_before(plan, plan->key_changes[0].bar), "V/"));
  done(&a);
}

static void
test_other_modes_have_their_own_chords(void **state)
{
  (void)state;
  Ask a;
  in_c_major(&a, CS_THEMATIC, 90.0);
  say_key(&a, -1.0, -1.0, (CsKeyMove){.has_mode = true, .key = {C, CS_MINOR}});
  const CsPlan *plan   = planned(&a);
  const CsSection *s   = section_from(plan, plan->key_changes[0].bar);
  const CsSection *end = &plan->sections[plan->n_sections - 1];
  CsChord chord;
  bool has_minor = false;
  for (size_t i = 0; i < s->chords.n; i++)
    has_minor |= cs_chord_parse(s->chords.items[i], &chord) && chord.is_minor;
  assert_true(has_minor);
  assert_true(cs_chord_parse(end->chords.items[0], &chord));
  assert_true(chord.is_minor);
  done(&a);
}

static void
refuse(CsFunction function, double duration_s, CsKeyMove move, const char *says)
{
  Ask a;
  in_c_major(&a, function, duration_s);
  say_key(&a, 0.5 * duration_s, -1.0, move);
  const CsPlan *plan = planned(&a);
  assert_int_equal(plan->n_key_changes, 0);
  assert_int_equal(plan->n_warnings, 1);
  assert_string_equal(plan->warnings[0].code, "key_change_unsupported");
  if (strstr(plan->warnings[0].message, says) == NULL)
    fail_msg("\"%s\" does not say \"%s\"", plan->warnings[0].message, says);
  done(&a);
}

static void
test_where_no_key_can_change_it_is_said(void **state)
{
  (void)state;
  refuse(CS_STINGER, 6.0, (CsKeyMove){0}, "stinger");
  refuse(CS_THEMATIC, 18.0, (CsKeyMove){0}, "under 20 s");
  refuse(CS_THEMATIC, 60.0,
      (CsKeyMove){.has_tonic = true, .key = {C, CS_MAJOR}}, "already");
}

static void
test_a_cue_does_not_begin_in_the_key_that_it_leads_to(void **state)
{
  (void)state;
  for (uint64_t seed = 1; seed <= 30; seed++) {
    Ask a;
    ask(&a, CS_THEMATIC, 60.0);
    a.wish.seed = a.wish.theme_seed = seed;
    say_key(
        &a, 40.0, -1.0, (CsKeyMove){.has_tonic = true, .key = {C, CS_MAJOR}});
    assert_int_not_equal(planned(&a)->key.tonic_pc, C);
    done(&a);
  }
}

// ---- Composing --------------------------------------------------------------

static CsScore *
composed(Ask *a, const CsPlan *plan)
{
  CsScore *score = NULL;
  if (cs_compose(a->arena, a->presets, plan, &score) != CS_OK)
    fail_msg("%s", cs_arena_error(a->arena));
  return score;
}

static const CsPart *
part_of(const CsPlan *plan, const CsScore *score, CsRole role)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (plan->tracks[i].role == role)
      return &score->parts[i];
  fail_msg("nobody plays %s", cs_role_names[role]);
  return NULL;
}

static double
share_in_major(const CsPart *part, int tonic, int64_t from, int64_t to)
{
  static const unsigned major = 0xab5; // C D E F G A B
  size_t n = 0, n_in = 0;
  for (size_t i = 0; i < part->n_notes; i++) {
    const CsNote *note = &part->notes[i];
    if (note->start_tick < from || note->start_tick >= to)
      continue;
    n++;
    n_in += major >> ((note->key + 12 - tonic) % 12) & 1U;
  }
  return n > 0 ? (double)n_in / (double)n : 1.0;
}

static void
test_every_part_goes_along(void **state)
{
  (void)state;
  static const CsRole roles[] = {
      CS_ROLE_PAD, CS_ROLE_CHORDS, CS_ROLE_BASS, CS_ROLE_MELODY};
  for (uint64_t seed = 1; seed <= 8; seed++) {
    Ask a;
    in_c_major(&a, CS_THEMATIC, 90.0);
    a.wish.seed = a.wish.theme_seed = seed;
    say_key(&a, -1.0, -1.0, (CsKeyMove){.semitones = 1});
    const CsPlan *plan   = planned(&a);
    const CsScore *score = composed(&a, plan);
    const int bar        = plan->key_changes[0].bar;
    const int64_t turn   = cs_bar_tick(score->timeline, bar);
    const int64_t before = cs_bar_tick(score->timeline, bar - 1);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
      const CsPart *part = part_of(plan, score, roles[i]);
      const double first = share_in_major(part, C, 0, before);
      const double last  = share_in_major(part, C + 1, turn, INT64_MAX);
      if (first < 0.9 || last < 0.9)
        fail_msg("seed %d, %s: %.2f of C major before, %.2f of C# after",
            (int)seed, cs_role_names[roles[i]], first, last);
    }
    done(&a);
  }
}

/// Does a part play in a run of bars what it played in an earlier one, moved by
/// some semitones? @return The share of its notes.
static double
share_moved(const CsScore *score, const CsPart *part, int from, int to,
    int n_bars, int by)
{
  const CsTimeline *t = score->timeline;
  size_t n = 0, n_same = 0;
  for (size_t i = 0; i < part->n_notes; i++) {
    const CsNote *note = &part->notes[i];
    const int64_t in   = note->start_tick - cs_bar_tick(t, to);
    if (in < 0 || note->start_tick >= cs_bar_tick(t, to + n_bars))
      continue;
    n++;
    for (size_t k = 0; k < part->n_notes; k++)
      if (part->notes[k].start_tick == cs_bar_tick(t, from) + in &&
          part->notes[k].key + by == note->key) {
        n_same++;
        break;
      }
  }
  return n > 0 ? (double)n_same / (double)n : 0.0;
}

static void
test_the_tune_comes_back_moved_as_a_whole(void **state)
{
  (void)state;
  Ask a;
  in_c_major(&a, CS_THEMATIC, 90.0);
  say_key(&a, -1.0, -1.0, (CsKeyMove){.semitones = 2});
  const CsPlan *plan   = planned(&a);
  const CsScore *score = composed(&a, plan);
  const CsPart *tune   = part_of(plan, score, CS_ROLE_MELODY);
  const int climax     = plan->key_changes[0].bar;
  int first            = -1;
  for (size_t i = 0; i < plan->n_sections && first < 0; i++)
    if (plan->sections[i].kind == CS_SECTION_A)
      first = plan->sections[i].first_bar;
  const double share = share_moved(score, tune, first, climax, 4, 2);
  if (share < 0.8)
    fail_msg("%.2f of the first phrase is A's, a tone higher", share);
  done(&a);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_change_without_a_time_comes_with_the_climax),
      cmocka_unit_test(test_a_time_is_kept_to_a_bar_and_a_half),
      cmocka_unit_test(test_a_move_leads_where_it_says),
      cmocka_unit_test(test_a_span_comes_home_again),
      cmocka_unit_test(test_the_dominant_of_the_new_key_leads_to_it),
      cmocka_unit_test(test_other_modes_have_their_own_chords),
      cmocka_unit_test(test_where_no_key_can_change_it_is_said),
      cmocka_unit_test(test_a_cue_does_not_begin_in_the_key_that_it_leads_to),
      cmocka_unit_test(test_every_part_goes_along),
      cmocka_unit_test(test_the_tune_comes_back_moved_as_a_whole),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
