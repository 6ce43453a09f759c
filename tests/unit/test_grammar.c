#include "grammar_fixture.h"

#include <unistd.h>

static const char mission[] =
    "bright, forward-moving, no vocals, 90 s, builds in last 20 s";

static void
test_the_mission_prompt_becomes_its_brief(void **state)
{
  CsBrief *b = parse(*state, mission);
  assert_float_equal(b->duration_s, 90.0, 1e-9);
  assert_float_equal(b->valence, 0.7, 1e-9);
  assert_float_equal(b->arousal, 0.6, 1e-9);
  assert_true(holds(&b->exclude, "vocals"));
  assert_int_equal(b->n_arc, 1);
  assert_int_equal(b->arc[0].kind, CS_ARC_BUILD);
  assert_int_equal(b->arc[0].anchor, CS_ANCHOR_END);
  assert_float_equal(b->arc[0].start_s, 70.0, 1e-9);
  assert_float_equal(b->arc[0].end_s, 90.0, 1e-9);
  assert_int_equal(b->n_warnings, 0);
  assert_int_equal(b->n_unknown, 0);
}

static void
test_spans_are_bytes_of_the_typed_prompt(void **state)
{
  const char *prompt =
      "caf\xc3\xa9 \xe2\x80\x94 C\xe2\x99\xaf minor, 2\xc2\xbd min";
  CsBrief *b = parse(*state, prompt);
  assert_true(b->n_understood >= 3);
  for (size_t i = 0; i < b->n_understood; i++) {
    const CsPhrase *p = &b->understood[i];
    assert_true(p->begin < p->end && p->end <= strlen(prompt));
    assert_memory_equal(p->text, prompt + p->begin, p->end - p->begin);
  }
  assert_float_equal(b->duration_s, 150.0, 1e-9);
}

static void
test_fitting_another_length_keeps_the_anchor(void **state)
{
  Fixture *f = *state;
  CsBrief *b = parse(f, mission);
  assert_int_equal(cs_brief_fit_arc(f->arena, b, 30.0), CS_OK);
  assert_float_equal(b->arc[0].start_s, 10.0, 1e-9);
  assert_float_equal(b->arc[0].end_s, 30.0, 1e-9);
  b = parse(f, "60 s, peak at 0:40, builds from halfway to the end");
  assert_int_equal(cs_brief_fit_arc(f->arena, b, 30.0), CS_OK);
  assert_true(warns(b, "contradiction"));
  assert_int_equal(b->n_arc, 1);
  assert_float_equal(b->arc[0].end_s, 30.0, 1e-9);
}

static void
test_times_are_put_on_another_scale(void **state)
{
  Fixture *f = *state;
  CsBrief *b = parse(f, "90 s, builds in last 30 s, hit at 0:40, silence from "
                        "0:50 to 0:52, piano enters at 0:45");
  const size_t n = b->n_arc;
  assert_int_equal(cs_brief_scale_arc(f->arena, b, 90.0, 30.0), CS_OK);
  assert_int_equal(b->n_arc, n - 2); // the hit and the silence
  assert_true(warns(b, "times_scaled"));
  assert_false(warns(b, "contradiction"));
  for (size_t i = 0; i < b->n_arc; i++)
    assert_float_equal(
        b->arc[i].start_s, b->arc[i].kind == CS_ARC_BUILD ? 18.0 : 15.0, 1e-9);
  // Planning fits the arc to the cue's length once more: nothing moves.
  assert_int_equal(cs_brief_fit_arc(f->arena, b, 30.0), CS_OK);
  assert_int_equal(b->n_arc, n - 2);
  for (size_t i = 0; i < b->n_arc; i++)
    if (b->arc[i].kind == CS_ARC_BUILD)
      assert_float_equal(b->arc[i].end_s, 30.0, 1e-9);
}

/// What a silence is followed by goes with it, builds leave room between them.
static void
test_a_cut_keeps_apart_what_was_apart(void **state)
{
  Fixture *f      = *state;
  CsBrief *b      = parse(f, "three builds: 0:05-0:15, 0:25-0:35, 0:45-0:55, "
                                  "then a drop, 70 s");
  double over_s   = 0.0;
  size_t n_builds = 0;
  assert_int_equal(cs_brief_scale_arc(f->arena, b, 70.0, 30.0), CS_OK);
  for (size_t i = 0; i < b->n_arc; i++) {
    if (b->arc[i].kind != CS_ARC_BUILD)
      continue;
    if (n_builds++ > 0)
      assert_true(b->arc[i].start_s >= over_s + 1.5);
    assert_true(b->arc[i].end_s - b->arc[i].start_s >= 10.0 * 30.0 / 70.0);
    over_s = b->arc[i].end_s;
  }
  assert_int_equal(n_builds, 3);
  b = parse(f, "40 s, silent from 0:20 to 0:23, everything back at 0:23");
  assert_int_equal(b->n_arc, 2);
  assert_int_equal(cs_brief_scale_arc(f->arena, b, 40.0, 15.0), CS_OK);
  assert_int_equal(b->n_arc, 0);
}

static void
test_a_gesture_forgets_the_course(void **state)
{
  Fixture *f = *state;
  CsBrief *b = parse(f, "60 s, builds to the end, hit at 0:40");
  assert_int_equal(cs_brief_scale_arc(f->arena, b, 60.0, 0.0), CS_OK);
  assert_int_equal(b->n_arc, 0);
  assert_true(warns(b, "times_scaled"));
}

static void
test_json_read_back_asks_for_the_same(void **state)
{
  Fixture *f         = *state;
  const CsJson *root = NULL;
  CsBrief *again     = NULL;
  CsBrief *b = parse(f, "tense underscore in F# minor, 3/4, 92 bpm, 45 s, solo "
                        "piano, no drums, hit at 0:20, peak two thirds in, "
                        "ring out, -18 LUFS");
  const char *json = json_of(f, b);
  assert_int_equal(
      cs_json_parse(f->arena, "brief", json, strlen(json), &root), CS_OK);
  assert_int_equal(cs_brief_read_json(f->arena, root, &again), CS_OK);
  assert_int_equal(again->said, b->said);
  assert_int_equal(again->n_arc, b->n_arc);
  for (size_t i = 0; i < b->n_arc; i++) {
    assert_int_equal(again->arc[i].kind, b->arc[i].kind);
    assert_int_equal(again->arc[i].anchor, b->arc[i].anchor);
    assert_float_equal(again->arc[i].start_at, b->arc[i].start_at, 1e-3);
  }
  assert_int_equal(again->key.tonic_pc, b->key.tonic_pc);
  assert_int_equal(again->ending, b->ending);
  assert_int_equal(again->only_instruments, b->only_instruments);
}

static void
test_whatever_a_prompt_says_reads_back(void **state)
{
  static const char *const prompts[] = {"333333333 min",
      "calm at -99 LUFS, 9 s", "builds all the way",
      "fade out over 4 s, 0.04 s", "0.1 s, hit at 0:22"};
  Fixture *f                         = *state;
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++) {
    const CsJson *root = NULL;
    CsBrief *again     = NULL;
    const char *json   = json_of(f, parse(f, prompts[i]));
    assert_int_equal(
        cs_json_parse(f->arena, "brief", json, strlen(json), &root), CS_OK);
    if (cs_brief_read_json(f->arena, root, &again) != CS_OK)
      fail_msg("%s: %s", prompts[i], cs_arena_error(f->arena));
  }
}

static void
test_a_broken_brief_is_refused_with_its_place(void **state)
{
  Fixture *f         = *state;
  const CsJson *root = NULL;
  CsBrief *brief     = NULL;
  const char *json =
      "{\"prompt\":\"x\",\"arc\":[{\"kind\":\"bulid\",\"start_s\":1}]}";
  assert_int_equal(
      cs_json_parse(f->arena, "b.json", json, strlen(json), &root), CS_OK);
  assert_int_equal(cs_brief_read_json(f->arena, root, &brief), CS_ERR_REQUEST);
  assert_non_null(
      strstr(cs_arena_error(f->arena), "b.json /arc/0/kind: \"bulid\""));
  cs_arena_clear_error(f->arena);
}

static void
refuse(Fixture *f, const char *prompt, size_t n, const char *why)
{
  CsBrief *brief = NULL;
  assert_int_equal(
      cs_brief_parse(f->arena, f->lexicon, prompt, n, &brief), CS_ERR_REQUEST);
  if (strstr(cs_arena_error(f->arena), why) == NULL)
    fail_msg("\"%s\" does not say \"%s\"", cs_arena_error(f->arena), why);
  cs_arena_clear_error(f->arena);
}

static void
test_text_that_is_no_prompt_is_refused(void **state)
{
  Fixture *f = *state;
  static char long_one[CS_MAX_PROMPT_BYTES + 1];
  CsBrief *brief = NULL;
  memset(long_one, 'a', sizeof long_one);
  refuse(f, "", 0, "empty");
  refuse(f, " \t\n ", 4, "empty");
  refuse(f, "\xc2\xa0\xe2\x80\x83", 5, "empty");
  refuse(f, "calm\xff", 5, "byte 4");
  refuse(f, "calm\0piano", 10, "zero byte");
  refuse(f, long_one, sizeof long_one, "16384");
  assert_int_equal(cs_brief_parse(f->arena, f->lexicon, long_one,
                       CS_MAX_PROMPT_BYTES, &brief),
      CS_OK);
}

static void
test_a_missing_length_names_the_default(void **state)
{
  CsBrief *b = parse(*state, "calm ambient pads");
  assert_false(b->said & CS_SAID_DURATION);
  assert_true(warns(b, "duration_missing"));
  assert_non_null(strstr(b->warnings[0].message, "180 s"));
  assert_non_null(strstr(b->warnings[0].message, "no length is given"));
}

static void
test_a_length_of_nothing_is_told_from_none(void **state)
{
  CsBrief *b = parse(*state, "calm bed, 0 s");
  assert_true(warns(b, "duration_missing"));
  assert_non_null(strstr(b->warnings[0].message, "0 s is no length"));
  b = parse(*state, "calm bed, fade in 0 s");
  assert_non_null(strstr(b->warnings[0].message, "no length is given"));
}

static void
test_effects_and_voices_are_answered(void **state)
{
  CsBrief *b = parse(*state, "piano with rain sounds and a female singer, 9 s");
  assert_true(warns(b, "sound_effects_unsupported"));
  assert_true(warns(b, "vocals_unsupported"));
  assert_true(holds(&b->instruments, "piano"));
  b = parse(*state, "piano as the door slams at 0:05, 9 s");
  assert_false(warns(b, "sound_effects_unsupported"));
}

static void
test_modifiers_scale_and_negations_drop_moods(void **state)
{
  CsBrief *b = parse(*state, "slightly sad, 9 s");
  assert_float_equal(b->valence, -0.3, 1e-9);
  b = parse(*state, "very sad, 9 s");
  assert_float_equal(b->valence, -0.78, 1e-9);
  b = parse(*state, "not sad, 9 s");
  assert_false(b->said & CS_SAID_VALENCE);
}

static void
test_the_explanation_marks_phrases_and_fits_the_width(void **state)
{
  Fixture *f       = *state;
  const char *text = "";
  CsBrief *b = parse(f, "calm piano bed, zorblax, builds in the last 5 s");
  assert_int_equal(cs_brief_explain(f->arena, b, false, &text), CS_OK);
  assert_non_null(strstr(text, "zorblax"));
  assert_non_null(strstr(text, "instruments = \"piano\""));
  assert_non_null(strstr(text, "duration_missing"));
  assert_null(strchr(text, '\033'));
  for (const char *line = text; *line != '\0';) {
    const size_t n = strcspn(line, "\n");
    assert_true(n <= 90); // bytes; 80 columns
    line += n + (line[n] == '\n' ? 1 : 0);
  }
  assert_int_equal(cs_brief_explain(f->arena, b, true, &text), CS_OK);
  assert_non_null(strstr(text, "\033["));
}

static void
test_times_are_read_as_typed(void **state)
{
  (void)state;
  static const struct {
    const char *text;
    double seconds;
  } good[] = {
      {"90", 90},
      {"90s", 90},
      {"1:30", 90},
      {"1m30s", 90},
      {"1m30", 90},
      {"0.5", 0.5},
      {"2 h", 7200},
      {"500ms", 0.5},
      {"1:02:03", 3723},
      {"1:30.5", 90.5},
      {"00:01:30:12@25", 90.48},
      {"00:01:00;02@29.97", 1800 * 1001.0 / 30000},
      {"00:10:00:00@29.97df", 17982 * 1001.0 / 30000},
      {"00:00:10:00@23.976", 240 * 1001.0 / 24000},
  };
  static const char *const bad[] = {"", "fast", "1:75", "1:2:3:4", "-5", "90x",
      "00:01:00;00@29.97", "00:00:01:25@25", "1:30@25", "1e3", "5 5 5", ":",
      "99999999999999999999"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    double seconds = -1.0;
    if (!cs_parse_time(good[i].text, &seconds) ||
        fabs(seconds - good[i].seconds) > 1e-9)
      fail_msg("%s gives %.9f", good[i].text, seconds);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    double seconds = -1.0;
    if (cs_parse_time(bad[i], &seconds))
      fail_msg("%s is read as %g", bad[i], seconds);
    assert_float_equal(seconds, -1.0, 0.0);
  }
}

static void
test_prompts_from_the_wild_give_briefs(void **state)
{
  Fixture *f        = *state;
  const char *bytes = NULL;
  size_t n = 0, n_prompts = 0, n_voices = 0;
  assert_int_equal(cs_file_read(f->arena, "tests/data/wild_prompts.tsv",
                       1 << 20, &bytes, &n),
      CS_OK);
  for (const char *line = strchr(bytes, '\n') + 1; *line != '\0';) {
    const size_t length = strcspn(line, "\n");
    const char *tab     = memchr(line, '\t', length);
    CsBrief *brief      = NULL;
    if (tab != NULL) {
      assert_int_equal(cs_brief_parse(f->arena, f->lexicon, tab + 1,
                           (size_t)(line + length - tab - 1), &brief),
          CS_OK);
      n_prompts++;
      n_voices += warns(brief, "vocals_unsupported");
      if (strstr(brief->prompt, "no vocals, ") != NULL)
        assert_true(holds(&brief->exclude, "vocals"));
    }
    line += length + (line[length] == '\n' ? 1 : 0);
  }
  assert_int_equal(n_prompts, 390);
  assert_in_range(n_voices, 60, 130);
}

static void
test_hostile_texts_of_full_length_are_read(void **state)
{
  static const char *const pieces[] = {"not ", ",", "1", "no drums, ", "(",
      "from 0:10 to ", "builds ", "sting ", "30 s ", "xqzvwk ", "0:10 a; ",
      "melancholyc ", "\xe2\x80\x94", "two and a half "};
  Fixture *f                        = *state;
  for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
    CsArena *arena = cs_arena_new(NULL);
    CsBrief *brief = NULL;
    char text[CS_MAX_PROMPT_BYTES];
    const size_t m = strlen(pieces[k]);
    for (size_t i = 0; i < sizeof text; i++)
      text[i] = pieces[k][i % m];
    const size_t n = sizeof text / m * m;
    assert_int_equal(cs_brief_parse(arena, f->lexicon, text, n, &brief), CS_OK);
    cs_arena_free(arena);
  }
}

static void
test_listed_words_say_what_they_do(void **state)
{
  Fixture *f       = *state;
  const char *text = "";
  assert_int_equal(
      cs_lexicon_list(f->arena, f->lexicon, "ukulele", false, &text), CS_OK);
  assert_non_null(strstr(text, "instrument ukulele"));
  assert_int_equal(
      cs_lexicon_list(f->arena, f->lexicon, NULL, true, &text), CS_OK);
  const CsJson *root = NULL;
  assert_int_equal(
      cs_json_parse(f->arena, "words", text, strlen(text), &root), CS_OK);
  assert_true(root->n_children > 2000);
}

// ---- Broken lexicons --------------------------------------------------------

static void
refuse_lexicon(const char *json, const char *why)
{
  char folder[] = "/tmp/cs-lexicon-XXXXXX";
  char path[64];
  CsArena *arena     = cs_arena_new(NULL);
  CsLexicon *lexicon = NULL;
  assert_non_null(mkdtemp(folder));
  (void)snprintf(path, sizeof path, "%s/words.json", folder);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_true(fputs(json, file) >= 0);
  assert_int_equal(fclose(file), 0);
  const CsStatus status = cs_lexicon_load(arena, folder, &lexicon);
  (void)remove(path);
  (void)rmdir(folder);
  assert_int_equal(status, CS_ERR_REQUEST);
  assert_null(lexicon);
  if (strstr(cs_arena_error(arena), why) == NULL ||
      strstr(cs_arena_error(arena), "words.json") == NULL)
    fail_msg("\"%s\" does not say \"%s\"", cs_arena_error(arena), why);
  cs_arena_free(arena);
}

static void
test_broken_lexicons_are_refused_with_place_and_mend(void **state)
{
  (void)state;
  refuse_lexicon("{\"about\":\"x\",\"class\":\"mod\",\"entries\":[]}",
      "/class: \"mod\" is unknown; allowed are: mood");
  refuse_lexicon("{\"about\":\"x\",\"class\":\"mood\",\"entries\":[{\"words\":["
                 "\"odd\"],\"valence\":2,\"arousal\":0}]}",
      "/entries/0/valence: 2 is outside -1..1");
  refuse_lexicon("{\"about\":\"x\",\"class\":\"mood\",\"entries\":[{\"words\":["
                 "\"odd\"],\"valnce\":0,\"arousal\":0}]}",
      "did you mean \"valence\"");
  refuse_lexicon("{\"about\":\"x\",\"class\":\"mood\",\"entries\":[{\"words\":["
                 "\"odd\"],\"arousal\":0}]}",
      "\"valence\"");
  refuse_lexicon(
      "{\"about\":\"x\",\"class\":\"plain\",\"entries\":[{\"words\":[\"lo-fi\","
      "\"lo fi\"]}]}",
      "/entries/0/words/1: the phrase \"lo fi\" stands already");
  refuse_lexicon(
      "{\"about\":\"x\",\"class\":\"plain\",\"entries\":[{\"words\":["
      "\"odd\"],\"bpm\":[60,70]}]}",
      "has no \"bpm\"");
  refuse_lexicon("{\"about\":\"x\",\"patterns\":[{\"shape\":\"number\","
                 "\"pattern\":\"(?<n>\\\\d\"}]}",
      "/patterns/0/pattern: the pattern cannot be used");
  refuse_lexicon("{\"about\":\"x\",\"patterns\":[{\"shape\":\"meter\","
                 "\"pattern\":\"(?<n>\\\\d)\"}]}",
      "needs a group (?<d>");
  refuse_lexicon("{\"about\":\"x\",", "words.json");
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_the_mission_prompt_becomes_its_brief),
      TEST(test_spans_are_bytes_of_the_typed_prompt),
      TEST(test_fitting_another_length_keeps_the_anchor),
      TEST(test_times_are_put_on_another_scale),
      TEST(test_a_cut_keeps_apart_what_was_apart),
      TEST(test_a_gesture_forgets_the_course),
      TEST(test_json_read_back_asks_for_the_same),
      TEST(test_whatever_a_prompt_says_reads_back),
      TEST(test_a_broken_brief_is_refused_with_its_place),
      TEST(test_text_that_is_no_prompt_is_refused),
      TEST(test_a_missing_length_names_the_default),
      TEST(test_a_length_of_nothing_is_told_from_none),
      TEST(test_effects_and_voices_are_answered),
      TEST(test_modifiers_scale_and_negations_drop_moods),
      TEST(test_the_explanation_marks_phrases_and_fits_the_width),
      cmocka_unit_test(test_times_are_read_as_typed),
      TEST(test_prompts_from_the_wild_give_briefs),
      TEST(test_hostile_texts_of_full_length_are_read),
      TEST(test_listed_words_say_what_they_do),
      cmocka_unit_test(test_broken_lexicons_are_refused_with_place_and_mend),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
