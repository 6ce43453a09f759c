#include "tests/unit/plan_fixture.h"

#include "gen/base/text.h"

#include <stdlib.h>

static const char *
write_plan(CsArena *arena, const CsPlan *plan)
{
  CsText text      = cs_text_new(arena);
  CsJsonWriter w   = cs_json_writer(&text, true);
  const char *json = "";
  cs_plan_write_json(plan, &w, NULL);
  assert_int_equal(cs_text_take(&text, &json), CS_OK);
  return json;
}

static CsStatus
read_plan(CsArena *arena, const char *json, CsPlan **plan)
{
  const CsJson *root = NULL;
  CS_TRY(cs_json_parse(arena, "plan.json", json, strlen(json), &root));
  return cs_plan_read_json(arena, presets, root, plan);
}

/// The text with the first `old` replaced; the test fails when it is not there.
static const char *
edited(CsArena *arena, const char *json, const char *old, const char *new)
{
  const char *at = strstr(json, old);
  if (at == NULL)
    fail_msg("the plan holds no %s", old);
  return cs_arena_printf(
      arena, "%.*s%s%s", (int)(at - json), json, new, at + strlen(old));
}

static void
test_a_plan_read_and_written_again_is_the_same_text(void **state)
{
  (void)state;
  static const double lengths_s[] = {0.5, 2.5, 7.0, 29.97, 90.0, 600.0};
  for (int f = 0; f < CS_N_FUNCTIONS; f++)
    for (int e = 0; e < CS_N_ENDINGS; e++)
      for (size_t l = 0; l < sizeof lengths_s / sizeof *lengths_s; l++) {
        Ask a;
        ask(&a, (CsFunction)f, lengths_s[l]);
        a.wish.has_ending = true;
        a.wish.ending     = (CsEnding)e;
        a.wish.seed       = l * 31 + 7;
        say_word(&a.brief.exclude, "cymbals");
        say_event(&a, CS_ARC_HIT, 0.37 * lengths_s[l], -1.0);
        say_event(&a, CS_ARC_SILENCE, 0.5 * lengths_s[l], 0.55 * lengths_s[l]);
        say_event(&a, CS_ARC_EXIT, 0.7 * lengths_s[l], -1.0)->target = "bass";
        say_event(&a, CS_ARC_KEY, 0.6 * lengths_s[l], -1.0);
        if (l % 2 == 0)
          say_tempo(&a, 107.3, 107.3);
        const char *first = write_plan(a.arena, planned(&a));
        CsPlan *back      = NULL;
        if (read_plan(a.arena, first, &back) != CS_OK)
          fail_msg("%s", cs_arena_error(a.arena));
        const char *second = write_plan(a.arena, back);
        assert_string_equal(first, second);
        done(&a);
      }
}

typedef struct Edit {
  const char *old, *new;
  const char *says; ///< What the refusal must name.
} Edit;

static void
test_broken_plans_are_refused_with_their_place(void **state)
{
  (void)state;
  static const Edit edits[] = {
      {"\"bars\": 45", "\"bars\": -3", "/bars"},
      {"\"bars\": 45", "\"bars\": 1000000000", "outside 1.."},
      {"\"bars\": 45", "\"bars\": 44", "45 bars together"},
      {"\"bars\": 8", "\"bars\": 7", "do not fill"},
      {"\"bars\": 8", "\"bars\": 0", "outside 1.."},
      {"\"duration_s\": 90", "\"duration_s\": 43201", "/duration_s"},
      {"\"duration_s\": 90", "\"duration_s\": 95", "the tempo must be"},
      {"\"bpm\": 12", "\"bpm\": 14", "the tempo must be"},
      {"\"bpm\": ", "\"bpm\": 1", "outside 30..300"},
      {"\"bar\": 1,", "\"bar\": 2,", "first tempo"},
      {"\"style\": \"", "\"style\": \"no-", "is unknown"},
      {"\"role\": \"", "\"role\": \"x", "allowed are"},
      {"\"program\": ", "\"program\": 20", "program"},
      {"\"name\": \"piano\"", "\"name\": \"pianno\"", "did you mean \"piano\""},
      {"\"patterns\": [\"", "\"patterns\": [\"Z9", "the pattern"},
      {"\"energy\": [0.", "\"energy\": [7.", "energy"},
      {"\"chords\": [\"", "\"chords\": [\"H", "no chord symbol"},
      {"\"chords\": [\"", "\"chords\": [\"I I I I I\", \"", "do not fill"},
      {"\"kind\": \"intro\"", "\"kind\": \"end\"", "end stands before"},
      {"\"ending\": \"ring\"", "\"ending\": \"loop\"", "remove that section"},
      {"\"ending\": \"ring\"", "\"ending\": \"bang\"", "allowed are"},
      {"\"meter\": \"4/4\"", "\"meter\": \"4/5\"", "no meter"},
      {"\"key\": \"", "\"key\": \"H", "no key"},
      {"\"mode\": \"", "\"mode\": \"x", "change the key"},
      {"\"seed\": 1,", "\"seed\": 1.5,", "whole number"},
      {"\"seed\": 1,", "\"seed\": -1,", "/seed"},
      {"\"engine\"", "\"motor\"", "unknown"},
      {"\"fade_out_s\": 0", "\"fade_out_s\": 91", "longer than the cue"},
      {"\"pan\": ", "\"pan\": 9", "pan"},
      {"\"bar\": 37", "\"bar\": 1", "outside 2.."},
      {"\"bar\": 37", "\"bar\": 99", "within the 45 bars"},
      {"\"key\": \"E major", "\"key\": \"H major", "/key_changes/0/key"},
  };
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    Ask a;
    ask(&a, CS_THEMATIC, 90.0);
    a.wish.style   = "corporate";
    a.wish.has_key = true;
    a.wish.key     = (CsKey){2, CS_MAJOR};
    say_mood(&a, 0.7, 0.7);
    say_word(&a.brief.instruments, "piano");
    say_event(&a, CS_ARC_BUILD, 70.0, 90.0);
    say_tempo(&a, 118.0, 122.0);
    say_event(&a, CS_ARC_KEY, 70.0, -1.0);
    const char *json = write_plan(a.arena, planned(&a));
    json             = edited(a.arena, json, edits[i].old, edits[i].new);
    CsPlan *back     = NULL;
    if (read_plan(a.arena, json, &back) != CS_ERR_REQUEST)
      fail_msg("%s -> %s was taken", edits[i].old, edits[i].new);
    const char *why = cs_arena_error(a.arena);
    if (strstr(why, edits[i].says) == NULL || strstr(why, "plan.json") == NULL)
      fail_msg("%s -> %s: \"%s\" does not say \"%s\"", edits[i].old,
          edits[i].new, why, edits[i].says);
    done(&a);
  }
}

static void
test_the_named_tempo_range_is_taken(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_BED, 60.0);
  const char *json = write_plan(a.arena, planned(&a));
  const char *bpm  = strstr(json, "\"bpm\": ") + strlen("\"bpm\": ");
  const char *rest = strpbrk(bpm, "},");
  const char *head = cs_arena_printf(a.arena, "%.*s", (int)(bpm - json), json);
  CsPlan *back     = NULL;
  assert_int_equal(read_plan(a.arena,
                       cs_arena_printf(a.arena, "%s200%s", head, rest), &back),
      CS_ERR_REQUEST);
  double range[2];
  const char *must = strstr(cs_arena_error(a.arena), "must be ");
  assert_non_null(must);
  assert_int_equal(sscanf(must, "must be %lf..%lf", &range[0], &range[1]), 2);
  cs_arena_clear_error(a.arena);
  for (int k = 0; k < 2; k++)
    if (read_plan(a.arena,
            cs_arena_printf(a.arena, "%s%.2f%s", head, range[k], rest),
            &back) != CS_OK)
      fail_msg("%s", cs_arena_error(a.arena));
  done(&a);
}

static void
test_edits_are_taken(void **state)
{
  (void)state;
  Ask a;
  ask(&a, CS_THEMATIC, 60.0);
  a.wish.style     = "corporate";
  const char *json = write_plan(a.arena, planned(&a));
  json = edited(a.arena, json, "\"name\": \"A\"", "\"name\": \"verse\"");
  json = edited(a.arena, json, "\"kind\": \"A\"", "\"kind\": \"B\"");
  const char *at   = strstr(json, "\"kind\": \"B\"");
  const char *list = strstr(at, "\"chords\": [") + strlen("\"chords\": [");
  const char *end  = strchr(list, ']');
  json             = cs_arena_printf(a.arena, "%.*s\"vi7 V/3\", \"IV\"%s",
                  (int)(list - json), json, end); // a loop of two bars goes round
  CsPlan *back     = NULL;
  if (read_plan(a.arena, json, &back) != CS_OK)
    fail_msg("%s", cs_arena_error(a.arena));
  const CsSection *s = &back->sections[1];
  assert_string_equal(s->name, "verse");
  assert_int_equal(s->kind, CS_SECTION_B);
  assert_int_equal(s->chords.n, s->n_bars);
  assert_string_equal(s->chords.items[2], "vi7 V/3");
  assert_string_equal(s->chords.items[3], "IV");
  done(&a);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_plan_read_and_written_again_is_the_same_text),
      cmocka_unit_test(test_broken_plans_are_refused_with_their_place),
      cmocka_unit_test(test_the_named_tempo_range_is_taken),
      cmocka_unit_test(test_edits_are_taken),
  };
  return cmocka_run_group_tests(tests, load_presets, free_presets);
}
