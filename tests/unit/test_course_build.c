// Courses: the length of captions, variables, the file that people write, how
// modules stand to one another, and what has to be built again.

#include "tests/unit/engine_fixture.h"

#include "gen/jobs/build.h"
#include "gen/jobs/captions.h"
#include "gen/jobs/variables.h"

#include <stdio.h>
#include <string.h>

static void
assert_says(const char *text, const char *part)
{
  if (strstr(text, part) == NULL)
    fail_msg("\"%s\" does not say \"%s\"", text, part);
}

// ---- Captions ---------------------------------------------------------------

typedef struct CaptionCase {
  const char *text;
  double seconds;
} CaptionCase;

static void
test_captions_end_with_the_last_of_them(void **state)
{
  (void)state;
  static const CaptionCase cases[] = {
      {"1\n00:00:01,000 --> 00:00:02,500\nHello\n", 2.5},
      {"\xef\xbb\xbf"
       "1\r\n00:00:01,000 --> 00:00:02,500\r\nHello\r\n\r\n2\r\n"
       "00:01:00,000 --> 00:01:04,250\r\nYou\r\n",
          64.25},
      {"WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n", 2.0},
      {"WEBVTT - title\nX: y\n\nNOTE a --\nremark\n\nSTYLE\n::cue {}\n\n"
       "first\n00:01.000 --> 01:00:02.000 line:0 align:left\nHi\n",
          3602.0},
      // Two may be seen at once; the one that stays longest counts.
      {"WEBVTT\n\n00:01.000 --> 00:09.000\na\n\n00:02.000 --> 00:03.000\nb\n",
          9.0},
      // A blank line within a text, as many editors let pass.
      {"1\n00:00:01,000 --> 00:00:02,000\nHello\n\nagain\n", 2.0},
      {"00:00:01,000 --> 00:00:02,000", 2.0},
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    CsArena *arena = cs_arena_new(NULL);
    double seconds = 0.0;
    if (cs_captions_length(arena, "x.srt", cases[i].text, strlen(cases[i].text),
            &seconds) != CS_OK)
      fail_msg("case %zu: %s", i, cs_arena_error(arena));
    assert_true(seconds > cases[i].seconds - 1e-9);
    assert_true(seconds < cases[i].seconds + 1e-9);
    cs_arena_free(arena);
  }
}

static void
test_bad_captions_are_refused_with_their_line(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"", "x.vtt line 1: the file is empty"},
      {"WEBVTT\n\nNOTE nothing\n", "x.vtt line 3: the file ends without"},
      {"WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:04.000 --> 00:07.000\nb\n",
          "x.vtt line 6: the caption begins at 4.000 s, the one before it at "
          "5.000 s; put the captions in order"},
      {"WEBVTT\n\n00:05.000 --> 00:04.000\na\n",
          "x.vtt line 3: the caption ends at 4.000 s, before it begins"},
      {"1\n00:00:01,000 -> 00:00:02,000\na\n", "x.vtt line 2: "},
      {"1\n00:61:01,000 --> 00:62:02,000\na\n", "is no time of a caption"},
      {"WEBVTT\r\r00:05.000 --> 00:04.000\ra\r",
          "x.vtt line 3: the caption ends"},
      {"\xff\xfe"
       "1\n",
          "x.vtt is written in UTF-16; save it as UTF-8"},
      {"1\n00:00:01 --> 00:00:02\na\n", "line 2"},
      {"1\n00:00:01,000 --> 00:00:02,00\na\n", "line 2"},
      {"1\n00:00:01,000 --> \xff\xff\na\n", "line 2"},
      {"1\nhello\n", "line 2"},
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    CsArena *arena = cs_arena_new(NULL);
    double seconds = 0.0;
    assert_int_equal(cs_captions_length(arena, "x.vtt", cases[i][0],
                         strlen(cases[i][0]), &seconds),
        CS_ERR_REQUEST);
    assert_says(cs_arena_error(arena), cases[i][1]);
    cs_arena_free(arena);
  }
}

// ---- Courses as they are written --------------------------------------------

static CsArena *
read_course(const char *text, CsStatus wanted, CsCourseFile *course)
{
  CsArena *arena        = cs_arena_new(NULL);
  const CsStatus status = cs_course_read_text(
      arena, "c.json", "tests/examples/", text, strlen(text), course);
  if (status != wanted)
    fail_msg("status %d: %s", (int)status, cs_arena_error(arena));
  return arena;
}

static void
test_variables_are_put_in(void **state)
{
  (void)state;
  CsCourseFile course;
  CsArena *arena = read_course(
      "{\"title\": \"T\", \"variables\": {\"a\": \"{{b}} sea\", \"b\": "
      "\"calm\", \"n\": 5},\n"
      "\"defaults\": {\"brief\": \"{{ a }}\", \"output\": "
      "\"{{number}}/{{module}}-{{part}}.flac\"},\n"
      "\"parts\": [{\"kind\": \"outro\", \"name\": \"end\", \"length\": "
      "\"{{n}}\", \"brief\": \"{{title}}\"}],\n"
      "\"modules\": [{\"name\": \"x\"}, {\"name\": \"y\", \"variables\": "
      "{\"b\": \"wild\"}, \"brief\": \"loud\"}]}",
      CS_OK, &course);
  assert_int_equal(course.problems.n, 0);
  assert_string_equal(course.words, "calm sea");
  const CsCoursePart *x = &course.modules[0].parts[0];
  const CsCoursePart *y = &course.modules[1].parts[0];
  assert_string_equal(x->prompt, "calm sea, T");
  assert_string_equal(y->prompt, "wild sea, loud, T");
  assert_string_equal(x->output, "01/x-end.flac");
  assert_string_equal(y->output, "02/y-end.flac");
  assert_true(x->duration_s > 4.999 && x->duration_s < 5.001);
  assert_false(course.modules[0].in_fifth);
  assert_true(course.modules[1].in_fifth);
  cs_arena_free(arena);
}

/// One part of each module stands, or one of the course's two is refused.
typedef struct PartCase {
  const char *part;
  const char *says;
} PartCase;

static void
test_a_bad_part_is_named_and_the_others_stand(void **state)
{
  (void)state;
  static const PartCase cases[] = {
      {"{\"kind\": \"intro\", \"brief\": \"{{mood}}\"}",
          "c.json line 3 /parts/1/brief: {{mood}} has no value; did you mean "
          "{{moon}}?"},
      {"{\"kind\": \"intro\", \"brief\": \"{{zzzzz}}\"}",
          "has no value; give it one under \"variables\""},
      {"{\"kind\": \"intro\", \"brief\": \"{{r1}}\"}",
          "c.json line 1 /variables/r1: the value comes back to itself: {{r1}} "
          "-> {{r2}} -> {{r1}}"},
      {"{\"kind\": \"intro\", \"brief\": \"{{grow9}}\"}", "grows beyond"},
      {"{\"kind\": \"intro\", \"brief\": \"a {{mood\"}", "not closed"},
      {"{\"kind\": \"intro\", \"brief\": \"{{a b}}\"}", "is no name"},
      {"{\"kind\": \"into\"}",
          "c.json line 3 /parts/1/kind: \"into\" is unknown; allowed are: "
          "intro, bed, transition, quiz, outro"},
      {"{\"kind\": \"intro\", \"lenght\": 4}",
          "/parts/1/lenght: this key is unknown; did you mean \"length\"?"},
      {"{\"kind\": \"bed\"}", "a bed needs \"under\""},
      {"{\"kind\": \"bed\", \"length\": 9, \"under\": \"x.srt\"}", "keep one"},
      {"{\"kind\": \"bed\", \"under\": \"none.vtt\"}",
          "c.json line 3 /parts/1/under: tests/examples/none.vtt cannot be "
          "opened"},
      {"{\"kind\": \"intro\", \"bars\": 4}", "bars are counted in a quiz loop"},
      {"{\"kind\": \"intro\", \"length\": \"soon\"}",
          "\"soon\" is no length; give a time"},
      {"{\"kind\": \"intro\", \"length\": 0.1}", "is outside 0.5 s..12 h"},
      {"{\"kind\": \"intro\", \"output\": \"../{{module}}.wav\"}",
          "c.json line 3 /parts/1/output: \"output\" climbs out"},
      {"{\"kind\": \"intro\", \"output\": \"/{{module}}.wav\"}",
          "outside the output folder"},
      {"{\"kind\": \"intro\", \"output\": \"{{module}}.txt\"}", ".wav"},
      {"{\"kind\": \"outro\"}", "is that of \"outro\" in module \"a\", too"},
      {"{\"kind\": \"intro\", \"options\": {\"seed\": \"4\"}}",
          "/parts/1/options/seed: a course sets no such option; allowed are: "
          "function"},
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    CsCourseFile course;
    char text[2048];
    (void)snprintf(text, sizeof text,
        "{\"defaults\": {\"brief\": \"calm\"}, \"variables\": {\"moon\": "
        "\"new\", \"r1\": \"{{r2}}\", \"r2\": "
        "\"{{r1}}\", \"grow1\": \"0123456789012345678901234567890123456789\", "
        "\"grow2\": \"{{grow1}}{{grow1}}{{grow1}}{{grow1}}\", "
        "\"grow3\": \"{{grow2}}{{grow2}}{{grow2}}{{grow2}}\", "
        "\"grow4\": \"{{grow3}}{{grow3}}{{grow3}}{{grow3}}\", "
        "\"grow9\": \"{{grow4}}{{grow4}}{{grow4}}{{grow4}}{{grow4}}{{grow4}}"
        "{{grow4}}\"},\n"
        "\"parts\": [{\"kind\": \"outro\"},\n%s],\n"
        "\"modules\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}",
        cases[i].part);
    CsArena *arena = read_course(text, CS_OK, &course);
    assert_int_equal(course.problems.n, 2);
    assert_says(course.problems.items[0], cases[i].says);
    assert_says(course.problems.items[0], "(module \"a\")");
    for (size_t m = 0; m < 2; m++) {
      assert_int_equal(course.modules[m].n_parts, 2);
      assert_null(course.modules[m].parts[0].problem);
      assert_non_null(course.modules[m].parts[1].problem);
    }
    cs_arena_free(arena);
  }
}

static void
test_a_bad_module_is_named_and_the_others_stand(void **state)
{
  (void)state;
  static const PartCase cases[] = {
      {"{\"name\": \"b\", \"colour\": 1}", "c.json line 2 /modules/1/colour"},
      {"{\"brief\": \"b\"}", "\"name\" (what {{module}} stands for)"},
      {"{\"name\": \"a\"}", "two modules are called \"a\""},
      {"{\"name\": \"{{x}}\"}", "a name holds no variables"},
      {"{\"name\": \"b\", \"brief\": \"{{x}}\"}", "{{x}} has no value"},
      {"{\"name\": \"b\", \"variables\": {\"part\": \"1\"}}",
          "take another name"},
      {"{\"name\": \"b\", \"key\": \"third\"}", "allowed are: home, fifth"},
      {"{\"name\": \"b\", \"parts\": []}", "0 parts; give 1..20"},
      {"7", "an object {...} is wanted here"},
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    CsCourseFile course;
    char text[512];
    (void)snprintf(text, sizeof text,
        "{\"defaults\": {\"brief\": \"calm\"}, \"parts\": [{\"kind\": "
        "\"outro\"}], \"modules\": [{\"name\": "
        "\"a\"},\n%s]}",
        cases[i].part);
    CsArena *arena = read_course(text, CS_OK, &course);
    assert_int_equal(course.problems.n, 1);
    assert_says(course.problems.items[0], cases[i].says);
    assert_null(course.modules[0].parts[0].problem);
    assert_int_equal(course.modules[1].n_parts, 0);
    cs_arena_free(arena);
  }
}

static void
test_a_course_that_is_none_is_refused(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"", "c.json line 1: the file is empty"},
      {"{\"modules\": [\n{]}", "c.json line 2 column 3: this is not valid"},
      {"{}", "c.json line 1: \"modules\" (the list of modules) is missing"},
      {"{\"modules\": []}", "0 modules; give 1..200"},
      {"{\"defaults\": {\"brief\": \"calm\"}, \"parts\": [{\"kind\": "
       "\"intro\"}],\n\"modules\": [{\"name\": \"{{x}}\"}]}",
          "line 2 /modules/0/name: a name holds no variables; write it out "
          "(module \"{{x}}\"); no module is left to be made"},
      {"{\n\"moduls\": []}",
          "c.json line 2 /moduls: this key is unknown; did you mean "
          "\"modules\"?"},
      {"{\"modules\": [{\"name\": \"a\"}],\n\"theme_seed\": 1.5}",
          "line 2 /theme_seed: a whole number"},
      {"{\"modules\": [{\"name\": \"a\"}],\n\n\"defaults\": {\"tempo\": 7}}",
          "line 3 /defaults/tempo: 7 is outside 40..240"},
      {"{\"modules\": [{\"name\": \"a\"}],\"variables\":\n{\"a b\": 7}}",
          "line 2 /variables/a b: the name of a variable"},
      {"{\n\"modules\": [{\"name\": \"a\"}]}",
          "c.json line 1: \"brief\" is missing under \"defaults\""},
  };
  for (size_t i = 0; i < COUNT(cases); i++) {
    CsCourseFile course;
    CsArena *arena = read_course(cases[i][0], CS_ERR_REQUEST, &course);
    assert_says(cs_arena_error(arena), cases[i][1]);
    cs_arena_free(arena);
  }
}

// ---- Modules against one another --------------------------------------------

static const CsGround ground = {"engine", "presets", "bank"};

typedef struct Planned {
  CsArena *arena;
  CsCourseFile file;
  CsCoursePlan plan;
} Planned;

static void
plan_course(const char *text, const CsCourseDraws *known, Planned *p)
{
  p->arena = read_course(text, CS_OK, &p->file);
  if (cs_course_plan(p->arena, engine, &p->file, &ground, known, NULL, NULL,
          &p->plan) != CS_OK)
    fail_msg("refused: %s", cs_arena_error(p->arena));
  if (p->plan.problems.n > 0)
    fail_msg("problem: %s", p->plan.problems.items[0]);
}

static void
free_planned(Planned *p)
{
  cs_course_plan_free(&p->plan);
  cs_arena_free(p->arena);
}

static const char *
course_text(char *text, size_t n, const char *brief, int theme_seed)
{
  (void)snprintf(text, n,
      "{\"theme_seed\": %d, \"defaults\": {\"brief\": \"%s\"}, \"parts\": ["
      "{\"kind\": \"intro\"}, {\"kind\": \"bed\", \"length\": 20}, {\"kind\": "
      "\"transition\"}, {\"kind\": \"quiz\"}, {\"kind\": \"outro\"}], "
      "\"modules\": [{\"name\": \"a\"}, {\"name\": \"b\", \"brief\": "
      "\"calm\"}, {\"name\": \"c\", \"brief\": \"energetic\"}, {\"name\": "
      "\"d\", \"brief\": \"serious\"}, {\"name\": \"e\"}]}",
      theme_seed, brief);
  return text;
}

static void
check_pairs(const CsCoursePlan *plan, const char *brief, int seed)
{
  assert_int_equal(plan->n_pairs, 10);
  for (size_t i = 0; i < plan->n_pairs; i++) {
    const CsRelation *r = &plan->pairs[i].relation;
    if (!r->has_tunes || r->similarity < 0.15 || r->similarity > 0.6 ||
        r->tempo_ratio > 1.12 || r->n_fifths > 1 || !r->same_mode ||
        !r->same_style || r->palette < 1.0)
      fail_msg("%s, seed %d, modules %zu and %zu: tune %.3f tempo %.3f fifths "
               "%d mode %d style %d palette %.2f",
          brief, seed, plan->pairs[i].a, plan->pairs[i].b, r->similarity,
          r->tempo_ratio, r->n_fifths, r->same_mode, r->same_style, r->palette);
  }
}

static void
test_modules_are_kin_and_none_is_another(void **state)
{
  (void)state;
  static const char *const briefs[] = {
      "warm corporate", "bright tech", "playful"};
  char text[1024];
  for (size_t i = 0; i < COUNT(briefs); i++)
    for (int seed = 1; seed <= 3; seed++) {
      Planned p;
      plan_course(course_text(text, sizeof text, briefs[i], seed), NULL, &p);
      check_pairs(&p.plan, briefs[i], seed);
      free_planned(&p);
    }
}

static void
assert_same_requests(const CsCoursePlan *a, const CsCoursePlan *b)
{
  CsArena *arena = cs_arena_new(NULL);
  for (size_t u = 0; u < a->n_units; u++)
    for (size_t i = 0; i < a->units[u].n_pieces; i++) {
      const CsCoursePiece *x = &a->units[u].pieces[i];
      const CsCoursePiece *y = &b->units[u].pieces[i];
      const char *s = NULL, *t = NULL;
      assert_int_equal(
          cs_request_text(arena, x->part->prompt, x->options, x->n_options, &s),
          CS_OK);
      assert_int_equal(
          cs_request_text(arena, y->part->prompt, y->options, y->n_options, &t),
          CS_OK);
      assert_string_equal(s, t);
    }
  cs_arena_free(arena);
}

static void
test_draws_that_are_known_are_the_ones_found(void **state)
{
  (void)state;
  char text[1024];
  Planned first, again;
  course_text(text, sizeof text, "playful", 2);
  plan_course(text, NULL, &first);
  plan_course(text, &first.plan.draws, &again);
  assert_string_equal(first.plan.draws.asked, again.plan.draws.asked);
  assert_same_requests(&first.plan, &again.plan);
  check_pairs(&again.plan, "known", 2);
  free_planned(&again);
  // Draws of another course are of no use.
  course_text(text, sizeof text, "playful and calm", 2);
  plan_course(text, &first.plan.draws, &again);
  assert_string_not_equal(first.plan.draws.asked, again.plan.draws.asked);
  free_planned(&again);
  free_planned(&first);
}

static void
test_parts_are_what_they_are_for(void **state)
{
  (void)state;
  char text[1024];
  Planned p;
  plan_course(course_text(text, sizeof text, "warm corporate", 1), NULL, &p);
  const CsCoursePiece *pieces = p.plan.units[1].pieces;
  const CsPlan *intro = pieces[0].notes.plan, *bed = pieces[1].notes.plan,
               *quiz = pieces[3].notes.plan, *outro = pieces[4].notes.plan;
  assert_int_equal(intro->function, CS_STINGER);
  assert_int_equal(bed->function, CS_BED);
  assert_true(bed->loudness_lufs < -30.0); // ready to lie under a voice
  assert_int_equal(quiz->ending, CS_ENDING_LOOP);
  assert_int_equal(quiz->n_bars, 8);
  assert_int_equal(outro->ending, CS_ENDING_RING);
  assert_true(outro->ring_out_s > 1.0);
  assert_int_equal(bed->n_frames, 20 * 48000);
  free_planned(&p);
}

// ---- Building again ---------------------------------------------------------

static void
test_a_reason_says_what_changed(void **state)
{
  (void)state;
  static const char was[] = "{\"prompt\":\"calm\",\"duration\":\"20\"}";
  static const struct {
    const char *request;
    CsGround ground;
    const char *says;
  } cases[] = {
      {"{\"prompt\":\"bright\",\"duration\":\"20\"}",
          {"engine", "presets", "bank"},
          "brief changed: \"bright\" was \"calm\""},
      {"{\"prompt\":\"calm\",\"duration\":\"21\"}",
          {"engine", "presets", "bank"}, "length changed: \"21\" was \"20\""},
      {"{\"prompt\":\"calm\"}", {"engine", "presets", "bank"},
          "length changed"},
      {was, {"engine 2", "presets", "bank"}, "the engine changed"},
      {was, {"engine", "others", "bank"}, "words or presets changed"},
      {was, {"engine", "presets", "other"}, "the soundfont changed"},
      {was, {"engine", "presets", "bank"}, "the file is missing"},
  };
  const CsBuilt before = {.output = "none.wav",
      .request                    = was,
      .ground                     = ground,
      .sha256                     = "00",
      .missed                     = ""};
  CsArena *arena       = cs_arena_new(NULL);
  const char *why      = NULL;
  for (size_t i = 0; i < COUNT(cases); i++) {
    assert_int_equal(cs_rebuild_reason(arena, "tests", &before,
                         cases[i].request, &cases[i].ground, &why),
        CS_OK);
    assert_non_null(why);
    assert_string_equal(why, cases[i].says);
  }
  assert_int_equal(
      cs_rebuild_reason(arena, "tests", NULL, was, &ground, &why), CS_OK);
  assert_string_equal(why, "new");
  cs_arena_free(arena);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_captions_end_with_the_last_of_them),
      cmocka_unit_test(test_bad_captions_are_refused_with_their_line),
      cmocka_unit_test(test_variables_are_put_in),
      cmocka_unit_test(test_a_bad_part_is_named_and_the_others_stand),
      cmocka_unit_test(test_a_bad_module_is_named_and_the_others_stand),
      cmocka_unit_test(test_a_course_that_is_none_is_refused),
      cmocka_unit_test(test_modules_are_kin_and_none_is_another),
      cmocka_unit_test(test_draws_that_are_known_are_the_ones_found),
      cmocka_unit_test(test_parts_are_what_they_are_for),
      cmocka_unit_test(test_a_reason_says_what_changed),
  };
  return cmocka_run_group_tests(tests, open_engine, close_engine);
}
