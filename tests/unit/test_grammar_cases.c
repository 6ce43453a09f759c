/// Labelled prompts: every field that a label speaks of must come out. The
/// rules are those of tests/data/score_prompts.py.
#include "gen/base/file.h"
#include "grammar/parse.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_FILE_BYTES = 1 << 20 };

typedef struct Family {
  const char *name;
  const char *members[16];
} Family;

static const Family families[] = {
    {"strings", {"violin", "viola", "cello"}},
    {"brass", {"trumpet", "trombone", "tuba", "french horn"}},
    {"woodwinds", {"flute", "piccolo", "oboe", "clarinet", "bassoon",
                      "saxophone", "recorder"}},
    {"guitar", {"acoustic guitar", "electric guitar", "nylon guitar"}},
    {"bass", {"upright bass", "synth bass"}},
    {"synth", {"pad", "synth bass", "arpeggio"}},
    {"piano", {"electric piano"}},
    {"drums", {"drum machine", "kick", "snare", "hi-hat", "cymbals"}},
    {"percussion", {"drums", "drum machine", "kick", "snare", "hi-hat",
                       "cymbals", "shaker", "tambourine", "claps", "congas",
                       "bongos", "taiko", "timpani", "tabla", "steel drum"}},
    {"bells", {"glockenspiel", "celesta", "music box", "vibraphone"}},
    {"orchestra", {"strings"}},
};

static bool
holds(const CsStrings *names, const char *name)
{
  for (size_t i = 0; i < names->n; i++)
    if (strcmp(names->items[i], name) == 0)
      return true;
  return false;
}

static bool
is_met(const CsStrings *names, const char *name)
{
  if (holds(names, name))
    return true;
  for (size_t f = 0; f < sizeof families / sizeof *families; f++)
    for (size_t m = 0; strcmp(families[f].name, name) == 0 && m < 16 &&
                       families[f].members[m] != NULL;
         m++)
      if (holds(names, families[f].members[m]))
        return true;
  return false;
}

static bool
is_duration(const CsBrief *b, const CsJson *want)
{
  return (b->said & CS_SAID_DURATION) &&
         fabs(b->duration_s - want->number) <= 0.05;
}

static bool
is_tempo(const CsBrief *b, const CsJson *want)
{
  const double low = want->first->number, high = want->first->next->number;
  const double slack = low < high ? 2.0 : 0.5;
  return (b->said & CS_SAID_TEMPO) && b->tempo_bpm[0] >= low - slack &&
         b->tempo_bpm[1] <= high + slack;
}

static bool
is_key(const CsBrief *b, const CsJson *want)
{
  char name[32];
  cs_key_name(b->key, name);
  return (b->said & CS_SAID_KEY) && strcmp(name, want->string) == 0;
}

static bool
is_mode(const CsBrief *b, const CsJson *want)
{
  return (b->said & CS_SAID_MODE) &&
         strcmp(cs_mode_names[b->key.mode], want->string) == 0;
}

static bool
is_meter(const CsBrief *b, const CsJson *want)
{
  char name[32];
  (void)snprintf(
      name, sizeof name, "%d/%d", b->meter.numerator, b->meter.denominator);
  return (b->said & CS_SAID_METER) && strcmp(name, want->string) == 0;
}

static bool
is_function(const CsBrief *b, const CsJson *want)
{
  return (b->said & CS_SAID_FUNCTION) &&
         strcmp(cs_function_names[b->function], want->string) == 0;
}

static bool
is_ending(const CsBrief *b, const CsJson *want)
{
  return (b->said & CS_SAID_ENDING) &&
         strcmp(cs_ending_names[b->ending], want->string) == 0;
}

static bool
has_sign(bool said, double got, double want)
{
  if (!said)
    return false;
  return want > 0.0 ? got > 0.1 : want < 0.0 ? got < -0.1 : fabs(got) <= 0.25;
}

static bool
is_valence(const CsBrief *b, const CsJson *want)
{
  return has_sign(b->said & CS_SAID_VALENCE, b->valence, want->number);
}

static bool
is_arousal(const CsBrief *b, const CsJson *want)
{
  return has_sign(b->said & CS_SAID_AROUSAL, b->arousal, want->number);
}

static bool
is_loudness(const CsBrief *b, const CsJson *want)
{
  return (b->said & CS_SAID_LOUDNESS) &&
         fabs(b->loudness_lufs - want->number) <= 0.1;
}

static bool
are_instruments(const CsBrief *b, const CsJson *want)
{
  for (const CsJson *w = want->first; w != NULL; w = w->next)
    if (!is_met(&b->instruments, w->string) || holds(&b->exclude, w->string))
      return false;
  return true;
}

static bool
are_excluded(const CsBrief *b, const CsJson *want)
{
  for (const CsJson *w = want->first; w != NULL; w = w->next) {
    const bool choir = strcmp(w->string, "choir") == 0;
    const bool drums = strcmp(w->string, "drums") == 0;
    if (!holds(&b->exclude, w->string) &&
        !(choir && holds(&b->exclude, "vocals")) &&
        !(drums && holds(&b->exclude, "percussion")))
      return false;
  }
  return true;
}

static bool
same_kind(const char *want, const char *got)
{
  static const char *const pairs[][2] = {
      {"build", "rise"}, {"fall", "fade_out"}, {"silence", "fall"}};
  if (strcmp(want, got) == 0)
    return true;
  for (size_t i = 0; i < 3; i++)
    if ((strcmp(want, pairs[i][0]) == 0 && strcmp(got, pairs[i][1]) == 0) ||
        (strcmp(want, pairs[i][1]) == 0 && strcmp(got, pairs[i][0]) == 0))
      return true;
  return false;
}

static bool
is_event(const CsArcEvent *got, const CsJson *want, double length_s)
{
  const CsJson *start    = cs_json_member(want, "start_s");
  const CsJson *end      = cs_json_member(want, "end_s");
  const CsJson *name     = cs_json_member(want, "target");
  const char *targets[1] = {got->target};
  const CsStrings target = {targets, got->target != NULL ? 1 : 0};
  const double loose     = fmax(1.0, 0.05 * length_s);
  const double tight     = fmax(0.5, 0.02 * length_s);
  if (!same_kind(
          cs_json_member(want, "kind")->string, cs_arc_kind_names[got->kind]))
    return false;
  if (name != NULL && !is_met(&target, name->string))
    return false;
  if (start != NULL && (!got->has_start || fabs(got->start_s - start->number) >
                                               (end != NULL ? loose : tight)))
    return false;
  return end == NULL ||
         (got->has_end && fabs(got->end_s - end->number) <= loose);
}

static bool
is_arc(const CsBrief *b, const CsJson *want)
{
  bool used[64] = {false};
  for (const CsJson *w = want->first; w != NULL; w = w->next) {
    size_t i = 0;
    while (i < b->n_arc && i < 64 &&
           (used[i] || !is_event(&b->arc[i], w, b->duration_s)))
      i++;
    if (i == b->n_arc || i == 64)
      return false;
    used[i] = true;
  }
  for (size_t i = 0; i < b->n_arc && want->first == NULL; i++)
    if (b->arc[i].kind == CS_ARC_BUILD || b->arc[i].kind == CS_ARC_RISE ||
        b->arc[i].kind == CS_ARC_PEAK || b->arc[i].kind == CS_ARC_DROP)
      return false;
  return true;
}

static bool
is_listed(const CsJson *list, const char *code)
{
  for (const CsJson *w = list != NULL ? list->first : NULL; w != NULL;
       w               = w->next)
    if (strcmp(w->string, code) == 0)
      return true;
  return false;
}

static bool
has_warning(const CsBrief *b, const char *code)
{
  for (size_t i = 0; i < b->n_warnings; i++)
    if (strcmp(b->warnings[i].code, code) == 0)
      return true;
  return false;
}

/// The codes that the labels speak of; others are neither wanted nor refused.
static bool
is_labelled(const char *code)
{
  static const char *const codes[] = {"vocals_unsupported", "artist_reference",
      "contradiction", "unknown_language", "duration_missing",
      "duration_out_of_range"};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (strcmp(codes[i], code) == 0)
      return true;
  return false;
}

static bool
are_warnings(const CsBrief *b, const CsJson *want)
{
  for (const CsJson *w = want != NULL ? want->first : NULL; w != NULL;
       w               = w->next)
    if (!has_warning(b, w->string))
      return false;
  for (size_t i = 0; i < b->n_warnings; i++)
    if (is_labelled(b->warnings[i].code) &&
        !is_listed(want, b->warnings[i].code))
      return false;
  return true;
}

typedef struct Check {
  const char *key;
  bool (*holds)(const CsBrief *brief, const CsJson *want);
} Check;

static const Check checks[] = {
    {"duration_s", is_duration},
    {"tempo_bpm", is_tempo},
    {"key", is_key},
    {"mode", is_mode},
    {"meter", is_meter},
    {"function", is_function},
    {"valence", is_valence},
    {"arousal", is_arousal},
    {"instruments", are_instruments},
    {"exclude", are_excluded},
    {"arc", is_arc},
    {"ending", is_ending},
    {"loudness_lufs", is_loudness},
};

typedef struct Tally {
  size_t n_fields, n_right;
} Tally;

static void
check_record(const CsLexicon *lexicon, const char *line, size_t n,
    const char *file, Tally *tally)
{
  CsArena *arena     = cs_arena_new(NULL);
  const CsJson *root = NULL;
  CsBrief *brief     = NULL;
  assert_int_equal(cs_json_parse(arena, file, line, n, &root), CS_OK);
  const char *prompt  = cs_json_member(root, "prompt")->string;
  const CsJson *label = cs_json_member(root, "expect");
  const CsJson *codes = cs_json_member(label, "warnings");
  assert_int_equal(
      cs_brief_parse(arena, lexicon, prompt, strlen(prompt), &brief), CS_OK);
  for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
    const CsJson *want = cs_json_member(label, checks[i].key);
    const bool right   = want == NULL || checks[i].holds(brief, want);
    if (want == NULL)
      continue;
    tally->n_fields++;
    tally->n_right += right;
    if (!right)
      print_message("%s: \"%s\": %s is wrong\n", file, prompt, checks[i].key);
  }
  const bool foreign = is_listed(codes, "unknown_language");
  const bool right   = foreign ? has_warning(brief, "unknown_language")
                               : are_warnings(brief, codes);
  tally->n_fields++;
  tally->n_right += right;
  if (!right)
    print_message("%s: \"%s\": the warnings are wrong\n", file, prompt);
  cs_arena_free(arena);
}

static Tally
check_file(const char *file)
{
  CsArena *arena     = cs_arena_new(NULL);
  CsLexicon *lexicon = NULL;
  const char *bytes  = NULL;
  size_t n           = 0;
  Tally tally        = {0};
  if (cs_lexicon_load(arena, "grammar/lexicon", &lexicon) != CS_OK)
    fail_msg("%s", cs_arena_error(arena));
  assert_int_equal(
      cs_file_read(arena, file, MAX_FILE_BYTES, &bytes, &n), CS_OK);
  for (const char *line = bytes; *line != '\0';) {
    const size_t length = strcspn(line, "\n");
    if (length > 0)
      check_record(lexicon, line, length, file, &tally);
    line += length + (line[length] == '\n' ? 1 : 0);
  }
  cs_lexicon_free(lexicon);
  cs_arena_free(arena);
  return tally;
}

static void
test_every_form_of_the_language_is_read(void **state)
{
  (void)state;
  const Tally tally = check_file("tests/cases/prompts/cases.jsonl");
  assert_true(tally.n_fields > 300);
  assert_int_equal(tally.n_right, tally.n_fields);
}

static void
test_99_percent_of_the_labelled_fields_are_right(void **state)
{
  (void)state;
  const Tally tally = check_file("tests/data/dev.jsonl");
  assert_true(tally.n_fields > 600);
  assert_true(tally.n_right * 100 >= tally.n_fields * 99);
}

/// Written without sight of the words, read as 89.8 % at first.
static void
test_98_percent_of_the_held_out_fields_are_right(void **state)
{
  (void)state;
  const Tally tally = check_file("tests/data/held_out.jsonl");
  assert_true(tally.n_fields > 400);
  assert_true(tally.n_right * 100 >= tally.n_fields * 98);
}

/// Four sets by further writers. From the last nothing was learnt: it was read
/// as 97.8 % of its fields and 88.9 % of its prompts when it was first tried.
static void
test_95_percent_of_what_others_wrote_is_right(void **state)
{
  (void)state;
  static const char *const files[] = {"tests/data/held_out_2.jsonl",
      "tests/data/held_out_3.jsonl", "tests/data/held_out_4.jsonl",
      "tests/data/held_out_5.jsonl"};
  size_t n_fields = 0, n_right = 0;
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    const Tally tally = check_file(files[i]);
    n_fields += tally.n_fields;
    n_right += tally.n_right;
  }
  assert_true(n_fields > 1600);
  assert_true(n_right * 100 >= n_fields * 95);
}

/// The line of a text with that number, from 1.
static const char *
line_of(const char *text, long number, size_t *n)
{
  for (long i = 1; i < number && text != NULL; i++) {
    text = strchr(text, '\n');
    text = text != NULL ? text + 1 : NULL;
  }
  *n = text != NULL ? strcspn(text, "\n") : 0;
  return text;
}

/// Are voices, effects and artists answered just where a person says so?
static bool
is_answered(
    const CsLexicon *lexicon, const char *prompt, size_t n, const char *answers)
{
  static const char *const codes[] = {
      "vocals_unsupported", "artist_reference", "sound_effects_unsupported"};
  CsArena *arena = cs_arena_new(NULL);
  CsBrief *brief = NULL;
  bool right     = true;
  assert_int_equal(cs_brief_parse(arena, lexicon, prompt, n, &brief), CS_OK);
  for (size_t c = 0; c < 3; c++) {
    const char *at = strstr(answers, codes[c]);
    right          = right && has_warning(brief, codes[c]) ==
                         (at != NULL && at < answers + strcspn(answers, "\n"));
  }
  if (!right)
    print_message("\"%.*s\" wants %.*s\n", (int)n, prompt,
        (int)strcspn(answers, "\n"), answers);
  cs_arena_free(arena);
  return right;
}

/// One of them, `say "..."`, is known to be missed.
static void
test_voices_effects_and_artists_of_wild_prompts_are_answered(void **state)
{
  (void)state;
  CsArena *arena     = cs_arena_new(NULL);
  CsLexicon *lexicon = NULL;
  const char *wild = NULL, *sample = NULL;
  size_t n = 0, n_rows = 0, n_right = 0;
  assert_int_equal(cs_lexicon_load(arena, "grammar/lexicon", &lexicon), CS_OK);
  assert_int_equal(cs_file_read(arena, "tests/data/wild_prompts.tsv",
                       MAX_FILE_BYTES, &wild, &n),
      CS_OK);
  assert_int_equal(cs_file_read(arena, "tests/data/wild_sample.tsv",
                       MAX_FILE_BYTES, &sample, &n),
      CS_OK);
  for (const char *row = strchr(sample, '\n'); row != NULL && row[1] != '\0';
       row             = strchr(row + 1, '\n')) {
    const long number  = strtol(row + 1, NULL, 10);
    const char *line   = line_of(wild, number + 1, &n); // a header stands first
    const char *prompt = line != NULL ? strchr(line, '\t') : NULL;
    const char *answers = strchr(row + 1, '\t');
    assert_non_null(prompt);
    assert_non_null(answers);
    n_rows++;
    n_right += is_answered(
        lexicon, prompt + 1, n - (size_t)(prompt + 1 - line), answers);
  }
  assert_true(n_rows >= 60);
  assert_true(n_right + 1 >= n_rows);
  cs_lexicon_free(lexicon);
  cs_arena_free(arena);
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_form_of_the_language_is_read),
      cmocka_unit_test(test_99_percent_of_the_labelled_fields_are_right),
      cmocka_unit_test(test_98_percent_of_the_held_out_fields_are_right),
      cmocka_unit_test(test_95_percent_of_what_others_wrote_is_right),
      cmocka_unit_test(
          test_voices_effects_and_artists_of_wild_prompts_are_answered),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
