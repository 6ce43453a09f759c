// One role is drawn anew; everything else keeps every note.

#include "tests/unit/plan_fixture.h"

#include "gen/base/text.h"
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
         a->key == b->key && a->velocity == b->velocity;
}

static bool
same_part(const CsPart *a, const CsPart *b)
{
  bool is_same = a->n_notes == b->n_notes;
  for (size_t i = 0; is_same && i < a->n_notes; i++)
    is_same = same_note(&a->notes[i], &b->notes[i]);
  return is_same;
}

static void
ask_in_style(Ask *a, size_t style, CsFunction function)
{
  ask(a, function, 60.0);
  a->wish.style = presets->styles[style].name;
  a->wish.seed = a->wish.theme_seed = 1 + style;
  say_event(a, CS_ARC_BUILD, 40.0, 60.0);
}

/// What doubles or answers a tune goes with it.
static bool
may_follow(CsRole role, CsRole drawn)
{
  return drawn == CS_ROLE_MELODY &&
         (role == CS_ROLE_COUNTER || role == CS_ROLE_COLOUR);
}

/// Compose again with one role drawn anew, and look at each part.
static void
check_role(const CsScore *first, size_t style, CsFunction function, CsRole role,
    size_t *n_parts, size_t *n_changed)
{
  Ask a;
  ask_in_style(&a, style, function);
  a.wish.rerolls.roles[role] = 1;
  const CsScore *again       = composed(&a, planned(&a));
  assert_int_equal(first->n_parts, again->n_parts);
  for (size_t i = 0; i < first->n_parts; i++) {
    const CsTrack *t = &first->plan->tracks[i];
    const CsTrack *u = &again->plan->tracks[i];
    const bool same  = same_part(&first->parts[i], &again->parts[i]);
    assert_string_equal(t->instrument, u->instrument);
    if (t->role == role) {
      assert_int_not_equal(t->seed, u->seed);
      *n_parts += first->parts[i].n_notes > 0;
      *n_changed += !same;
      continue;
    }
    assert_int_equal(t->seed, u->seed);
    if (!same && !may_follow(t->role, role))
      fail_msg("%s %s: another %s changes the %s", a.wish.style,
          cs_function_names[function], cs_role_names[role],
          cs_role_names[t->role]);
  }
  done(&a);
}

static void
test_one_role_changes_and_nothing_else(void **state)
{
  (void)state;
  static const CsFunction functions[] = {CS_THEMATIC, CS_BED, CS_UNDERSCORE};
  size_t n_parts[CS_N_ROLES] = {0}, n_changed[CS_N_ROLES] = {0};
  for (size_t i = 0; i < presets->n_styles * COUNT(functions); i++) {
    const CsFunction function = functions[i % COUNT(functions)];
    Ask a;
    ask_in_style(&a, i / COUNT(functions), function);
    const CsScore *first = composed(&a, planned(&a));
    for (int r = 0; r < CS_N_ROLES; r++)
      check_role(first, i / COUNT(functions), function, (CsRole)r, &n_parts[r],
          &n_changed[r]);
    done(&a);
  }
  for (int r = 0; r < CS_N_ROLES; r++)
    if (n_changed[r] * 10 < n_parts[r] * 9)
      fail_msg("%s: only %zu of %zu parts change", cs_role_names[r],
          n_changed[r], n_parts[r]);
}

/// Does a note of one part begin where the other has none?
static bool
same_onsets(const CsPart *a, const CsPart *b)
{
  bool is_same = a->n_notes == b->n_notes;
  for (size_t i = 0; is_same && i < a->n_notes; i++)
    is_same = a->notes[i].start_tick == b->notes[i].start_tick &&
              a->notes[i].key == b->notes[i].key;
  return is_same;
}

/// Of a few draws one at least brings other notes, not only other strengths, in
/// four of five styles: a drone, a pedal or a plain root has nothing to draw.
static void
test_draws_bring_other_figures(void **state)
{
  (void)state;
  static const CsRole roles[] = {CS_ROLE_CHORDS, CS_ROLE_MOTION, CS_ROLE_BASS,
      CS_ROLE_DRUMS, CS_ROLE_MELODY};
  enum { N_DRAWS = 4 };
  for (size_t r = 0; r < COUNT(roles); r++) {
    size_t n_parts = 0, n_moved = 0;
    for (size_t s = 0; s < presets->n_styles; s++) {
      Ask a;
      ask_in_style(&a, s, CS_THEMATIC);
      const CsScore *first = composed(&a, planned(&a));
      bool has_moved = false, is_there = false;
      for (int draw = 1; draw <= N_DRAWS; draw++) {
        a.wish.rerolls.roles[roles[r]] = draw;
        const CsScore *again           = composed(&a, planned(&a));
        for (size_t i = 0; i < first->n_parts; i++) {
          if (first->plan->tracks[i].role != roles[r])
            continue;
          is_there = true;
          has_moved |= !same_onsets(&first->parts[i], &again->parts[i]);
        }
      }
      n_parts += is_there;
      n_moved += has_moved;
      done(&a);
    }
    if (n_moved * 5 < n_parts * 4)
      fail_msg("%s: other notes in %zu of %zu styles", cs_role_names[roles[r]],
          n_moved, n_parts);
  }
}

// ---- Harmony ---------------------------------------------------------------

static bool
same_chords(const CsPlan *a, const CsPlan *b)
{
  bool is_same = a->n_sections == b->n_sections;
  for (size_t i = 0; is_same && i < a->n_sections; i++) {
    const CsStrings *x = &a->sections[i].chords, *y = &b->sections[i].chords;
    is_same = x->n == y->n;
    for (size_t k = 0; is_same && k < x->n; k++)
      is_same = strcmp(x->items[k], y->items[k]) == 0;
  }
  return is_same;
}

static void
test_harmony_changes_the_chords_alone(void **state)
{
  (void)state;
  for (size_t i = 0; i < presets->n_styles; i++) {
    Ask a, b;
    ask_in_style(&a, i, CS_THEMATIC);
    ask_in_style(&b, i, CS_THEMATIC);
    b.wish.rerolls.harmony = 1 + (int)i % 3;
    const CsPlan *p = planned(&a), *q = planned(&b);
    if (same_chords(p, q))
      fail_msg("%s keeps its chords", p->style);
    assert_int_equal(p->key.tonic_pc, q->key.tonic_pc);
    assert_int_equal(p->key.mode, q->key.mode);
    assert_int_equal(p->theme_seed, q->theme_seed);
    assert_int_equal(p->n_tracks, q->n_tracks);
    for (size_t t = 0; t < p->n_tracks; t++) {
      assert_int_equal(p->tracks[t].seed, q->tracks[t].seed);
      assert_string_equal(p->tracks[t].instrument, q->tracks[t].instrument);
    }
    const CsScore *s = composed(&a, p), *u = composed(&b, q);
    for (size_t t = 0; t < p->n_tracks; t++)
      if (cs_stem_of_role(p->tracks[t].role) == CS_STEM_DRUMS &&
          p->tracks[t].role == CS_ROLE_DRUMS &&
          !same_part(&s->parts[t], &u->parts[t]))
        fail_msg("%s: other chords change the drums", p->style);
    done(&a);
    done(&b);
  }
}

static void
test_every_draw_of_the_harmony_differs_from_the_one_before(void **state)
{
  (void)state;
  for (size_t i = 0; i < presets->n_styles; i++)
    for (int draw = 1; draw <= 4; draw++) {
      Ask a, b;
      ask_in_style(&a, i, CS_THEMATIC);
      ask_in_style(&b, i, CS_THEMATIC);
      a.wish.rerolls.harmony = draw - 1;
      b.wish.rerolls.harmony = draw;
      if (same_chords(planned(&a), planned(&b)))
        fail_msg("%s: draw %d repeats the one before", a.wish.style, draw);
      done(&a);
      done(&b);
    }
}

// ---- The plan --------------------------------------------------------------

static const CsJson *
as_json(Ask *a, const CsPlan *plan)
{
  const char *json   = NULL;
  const CsJson *root = NULL;
  CsText text        = cs_text_new(a->arena);
  CsJsonWriter w     = cs_json_writer(&text, true);
  cs_plan_write_json(plan, &w, NULL);
  assert_int_equal(cs_text_take(&text, &json), CS_OK);
  assert_int_equal(
      cs_json_parse(a->arena, "plan", json, strlen(json), &root), CS_OK);
  return root;
}

static void
test_a_plan_keeps_what_was_drawn(void **state)
{
  (void)state;
  Ask a;
  ask_in_style(&a, 1, CS_THEMATIC);
  a.wish.rerolls.roles[CS_ROLE_BASS]   = 3;
  a.wish.rerolls.roles[CS_ROLE_MELODY] = 2;
  a.wish.rerolls.harmony               = 1;
  const CsPlan *plan                   = planned(&a);
  CsPlan *back                         = NULL;
  assert_int_equal(
      cs_plan_read_json(a.arena, presets, as_json(&a, plan), &back), CS_OK);
  const CsScore *s = composed(&a, plan), *t = composed(&a, back);
  for (size_t i = 0; i < s->n_parts; i++)
    assert_true(same_part(&s->parts[i], &t->parts[i]));
  done(&a);
}

static void
test_a_plan_draws_as_its_request_does(void **state)
{
  (void)state;
  Ask a, b;
  ask_in_style(&a, 2, CS_THEMATIC);
  ask_in_style(&b, 2, CS_THEMATIC);
  CsRerolls rerolls = {.roles = {[CS_ROLE_MELODY] = 1, [CS_ROLE_PAD] = 4}};
  b.wish.rerolls    = rerolls;
  CsPlan *p         = planned(&a);
  const CsPlan *q   = planned(&b);
  assert_int_equal(cs_plan_reroll(p, &rerolls), 0);
  assert_int_equal(p->theme_seed, q->theme_seed);
  for (size_t i = 0; i < p->n_tracks; i++)
    assert_int_equal(p->tracks[i].seed, q->tracks[i].seed);
  done(&a);
  done(&b);
}

static void
test_a_role_that_nobody_plays_is_named(void **state)
{
  (void)state;
  Ask a;
  ask_in_style(&a, 0, CS_UNDERSCORE);
  a.wish.rerolls.roles[CS_ROLE_DRUMS] = 1;
  const CsPlan *plan                  = planned(&a);
  assert_int_equal(plan->n_warnings, 1);
  assert_non_null(strstr(plan->warnings[0].message, "drums"));
  done(&a);
}

// ---- Words -----------------------------------------------------------------

static void
test_rerolls_are_read_and_written(void **state)
{
  (void)state;
  CsArena *arena = cs_arena_new(NULL);
  CsRerolls r    = {0};
  const char *text;
  assert_int_equal(cs_rerolls_parse(arena, "drums=2,bass", &r), CS_OK);
  assert_int_equal(cs_rerolls_parse(arena, "harmony=7", &r), CS_OK);
  assert_int_equal(cs_rerolls_text(arena, &r, &text), CS_OK);
  assert_string_equal(text, "bass=1,drums=2,harmony=7");
  assert_int_equal(cs_rerolls_parse(arena, "drums=0", &r), CS_OK);
  assert_int_equal(cs_rerolls_text(arena, &r, &text), CS_OK);
  assert_string_equal(text, "bass=1,harmony=7");
  static const char *const wrong[] = {"", "drum", "drums=", "drums=-1",
      "drums=1x", "drums=10000", "drums=99999999999999999999", "bass,", "=1"};
  for (size_t i = 0; i < COUNT(wrong); i++)
    if (cs_rerolls_parse(arena, wrong[i], &r) != CS_ERR_REQUEST)
      fail_msg("\"%s\" was taken", wrong[i]);
  cs_arena_free(arena);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_one_role_changes_and_nothing_else),
      cmocka_unit_test(test_draws_bring_other_figures),
      cmocka_unit_test(test_harmony_changes_the_chords_alone),
      cmocka_unit_test(
          test_every_draw_of_the_harmony_differs_from_the_one_before),
      cmocka_unit_test(test_a_plan_keeps_what_was_drawn),
      cmocka_unit_test(test_a_plan_draws_as_its_request_does),
      cmocka_unit_test(test_a_role_that_nobody_plays_is_named),
      cmocka_unit_test(test_rerolls_are_read_and_written),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
