/// Timelines as people spot them: the length, and exactly the events that a
/// line of tests/cases/timelines names, to a hundredth of a second. Where a
/// line has `fit_s`, the events are looked at again in that length, which shows
/// what each end of a span was counted from.
#include "gen/base/file.h"
#include "grammar/parse.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_FILE_BYTES = 1 << 20, MAX_CASE_EVENTS = 64 };

/// "build 20..50", "enter drums 16", "fall"
static const char *
event_text(CsArena *arena, const CsArcEvent *e)
{
  CsText text = cs_text_new(arena);
  cs_text_add(&text, cs_arc_kind_names[e->kind]);
  if (e->target != NULL)
    cs_text_addf(&text, " %s", e->target);
  if (e->has_start)
    cs_text_addf(&text, " %g", round(e->start_s * 100.0) / 100.0);
  if (e->has_end)
    cs_text_addf(&text, "..%g", round(e->end_s * 100.0) / 100.0);
  const char *string = "";
  assert_int_equal(cs_text_take(&text, &string), CS_OK);
  return string;
}

static size_t
count_of(const CsJson *list)
{
  return list != NULL ? list->n_children : 0;
}

/// Each event that is wanted is there, and no other.
static bool
are_events(CsArena *arena, const CsBrief *brief, const CsJson *want)
{
  bool used[MAX_CASE_EVENTS] = {false};
  if (brief->n_arc != count_of(want) || brief->n_arc > MAX_CASE_EVENTS)
    return false;
  for (const CsJson *w = want->first; w != NULL; w = w->next) {
    size_t i = 0;
    while (
        i < brief->n_arc &&
        (used[i] || strcmp(event_text(arena, &brief->arc[i]), w->string) != 0))
      i++;
    if (i == brief->n_arc)
      return false;
    used[i] = true;
  }
  return true;
}

static void
show(CsArena *arena, const CsBrief *brief, const CsJson *line, const char *what)
{
  print_message(
      "%s: \"%s\": %s wrong, %g s:", cs_json_member(line, "id")->string,
      cs_json_member(line, "prompt")->string, what, brief->duration_s);
  for (size_t i = 0; i < brief->n_arc; i++)
    print_message(" [%s]", event_text(arena, &brief->arc[i]));
  for (size_t i = 0; i < brief->n_warnings; i++)
    print_message(" (%s)", brief->warnings[i].message);
  print_message("\n");
}

static bool
is_ending(const CsBrief *brief, const CsJson *want)
{
  return want == NULL ||
         ((brief->said & CS_SAID_ENDING) &&
             strcmp(cs_ending_names[brief->ending], want->string) == 0);
}

static bool
are_warnings(const CsBrief *brief, const CsJson *want)
{
  const CsJson *w = want != NULL ? want->first : NULL;
  for (size_t i = 0; i < brief->n_warnings; i++, w = w->next)
    if (w == NULL || strcmp(brief->warnings[i].code, w->string) != 0)
      return false;
  return w == NULL;
}

/// What is wrong with a line, or NULL.
static const char *
fault_of(CsArena *arena, CsBrief *brief, const CsJson *line)
{
  const CsJson *length = cs_json_member(line, "duration_s");
  const CsJson *fit    = cs_json_member(line, "fit_s");
  const bool said      = brief->said & CS_SAID_DURATION;
  if (said != (length->kind == CS_JSON_NUMBER) ||
      (said && fabs(brief->duration_s - length->number) > 0.01))
    return "the length is";
  if (!are_events(arena, brief, cs_json_member(line, "events")))
    return "the events are";
  if (!is_ending(brief, cs_json_member(line, "ending")))
    return "the ending is";
  if (!are_warnings(brief, cs_json_member(line, "warnings")))
    return "the warnings are";
  if (fit == NULL)
    return NULL;
  assert_int_equal(cs_brief_fit_arc(arena, brief, fit->number), CS_OK);
  return are_events(arena, brief, cs_json_member(line, "fit_events"))
             ? NULL
             : "what fits another length is";
}

static bool
is_right(const CsLexicon *lexicon, const char *line, size_t n)
{
  CsArena *arena     = cs_arena_new(NULL);
  const CsJson *root = NULL;
  CsBrief *brief     = NULL;
  assert_int_equal(cs_json_parse(arena, "case", line, n, &root), CS_OK);
  const char *prompt = cs_json_member(root, "prompt")->string;
  assert_int_equal(
      cs_brief_parse(arena, lexicon, prompt, strlen(prompt), &brief), CS_OK);
  const char *fault = fault_of(arena, brief, root);
  if (fault != NULL)
    show(arena, brief, root, fault);
  cs_arena_free(arena);
  return fault == NULL;
}

static void
test_every_timeline_is_read(void **state)
{
  (void)state;
  CsArena *arena     = cs_arena_new(NULL);
  CsLexicon *lexicon = NULL;
  const char *bytes  = NULL;
  size_t n = 0, n_lines = 0, n_right = 0;
  if (cs_lexicon_load(arena, "grammar/lexicon", &lexicon) != CS_OK)
    fail_msg("%s", cs_arena_error(arena));
  assert_int_equal(cs_file_read(arena, "tests/cases/timelines/cases.jsonl",
                       MAX_FILE_BYTES, &bytes, &n),
      CS_OK);
  for (const char *line = bytes; *line != '\0'; n_lines++) {
    const size_t length = strcspn(line, "\n");
    n_right += is_right(lexicon, line, length);
    line += length + (line[length] == '\n' ? 1 : 0);
  }
  cs_lexicon_free(lexicon);
  cs_arena_free(arena);
  assert_true(n_lines >= 80);
  assert_int_equal(n_right, n_lines);
}

/// Of the tempos that fit "slow" the plan must take the one that the bars were
/// counted at, or 16 bars would be more or fewer.
static void
test_bars_are_counted_at_the_tempo_of_the_brief(void **state)
{
  (void)state;
  static const char prompt[] = "16 bars of slow piano";
  CsArena *arena             = cs_arena_new(NULL);
  CsLexicon *lexicon         = NULL;
  CsBrief *b                 = NULL;
  assert_int_equal(cs_lexicon_load(arena, "grammar/lexicon", &lexicon), CS_OK);
  assert_int_equal(
      cs_brief_parse(arena, lexicon, prompt, strlen(prompt), &b), CS_OK);
  assert_true(b->said & CS_SAID_TEMPO);
  assert_true(fabs(b->tempo_bpm[0] - b->tempo_bpm[1]) < 1e-9);
  assert_true(fabs(b->duration_s - 16.0 * 4.0 * 60.0 / b->tempo_bpm[0]) < 1e-6);
  cs_lexicon_free(lexicon);
  cs_arena_free(arena);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_timeline_is_read),
      cmocka_unit_test(test_bars_are_counted_at_the_tempo_of_the_brief),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
