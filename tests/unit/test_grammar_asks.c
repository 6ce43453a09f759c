// What is asked for that cannot be had as it was said, and what is said back.
#include "grammar_fixture.h"

#include "grammar/lexicon.h"

// ---- Instruments that the sounds lack ---------------------------------------

static const CsJson *
read_instruments(CsArena *arena)
{
  static const char file[] = "presets/instruments.json";
  const char *bytes        = NULL;
  size_t n                 = 0;
  const CsJson *root       = NULL;
  assert_int_equal(cs_file_read(arena, file, 1 << 20, &bytes, &n), CS_OK);
  assert_int_equal(cs_json_parse(arena, file, bytes, n, &root), CS_OK);
  return cs_json_member(root, "instruments");
}

static bool
is_listed(const CsJson *list, const char *name)
{
  for (const CsJson *at = list != NULL ? list->first : NULL; at != NULL;
       at               = at->next)
    if (strcmp(at->string, name) == 0)
      return true;
  return false;
}

/// Is a sound called that, by its name or one that it goes by too?
static bool
is_sound(const CsJson *instruments, const char *name, bool by_name_only)
{
  for (const CsJson *at = instruments->first; at != NULL; at = at->next)
    if (strcmp(cs_json_member(at, "name")->string, name) == 0 ||
        (!by_name_only && (is_listed(cs_json_member(at, "aliases"), name) ||
                              is_listed(cs_json_member(at, "families"), name))))
      return true;
  return false;
}

static void
test_every_substitute_is_a_sound_and_what_it_stands_for_is_none(void **state)
{
  Fixture *f                = *state;
  const CsJson *instruments = read_instruments(f->arena);
  size_t n                  = 0;
  for (size_t i = 0; i < f->lexicon->n_entries; i++) {
    const CsEntry *entry = f->lexicon->entries[i];
    if (entry->instead_of == NULL)
      continue;
    n++;
    if (!is_sound(instruments, entry->name, false))
      fail_msg("%s: no sound is called %s", entry->instead_of, entry->name);
    if (entry->sound != NULL && !is_sound(instruments, entry->sound, true))
      fail_msg("%s: no sound is called %s", entry->instead_of, entry->sound);
    if (is_sound(instruments, entry->instead_of, true))
      fail_msg("%s has a sound of its own", entry->instead_of);
  }
  assert_true(n >= 80);
}

static void
test_a_substitute_plays_and_is_said(void **state)
{
  static const char *const rows[][3] = {{"kazoo", "harmonica", "harmonica"},
      {"bansuri", "flute", "flute"}, {"pedal steel", "electric guitar", NULL},
      {"slide whistle", "whistle", NULL}, {"theremin", "whistle", NULL},
      {"hurdy-gurdy", "violin", NULL}, {"duduk", "english horn", NULL},
      {"erhu", "violin", NULL}, {"oud", "lute", "nylon guitar"},
      {"cimbalom", "dulcimer", NULL}, {"handpan", "hang drum", "steel drum"},
      {"tin whistle", "whistle", NULL}, {"melodica", "accordion", NULL},
      {"kora", "harp", NULL}, {"lute", "lute", "nylon guitar"},
      {"Theremins", "whistle", NULL}, {"bansurri", "flute", NULL}};
  Fixture *f                         = *state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    CsBrief *b =
        parse(f, cs_arena_printf(f->arena, "calm bed, %s, 20 s", rows[i][0]));
    const char *said  = warning_of(b, "instrument_substituted");
    const char *sound = rows[i][2] != NULL ? rows[i][2] : rows[i][1];
    if (b->instruments.n != 1 || !holds(&b->instruments, rows[i][1]))
      fail_msg("%s does not become %s", rows[i][0], rows[i][1]);
    if (said == NULL || strstr(said, sound) == NULL)
      fail_msg("%s: \"%s\"", rows[i][0], said != NULL ? said : "nothing");
    assert_non_null(strstr(explanation_of(f, b), said));
  }
}

static void
test_what_the_sounds_have_needs_no_substitute(void **state)
{
  static const char *const prompts[] = {"bagpipes, 20 s", "koto, 20 s",
      "pan flute, 20 s", "kalimba, 20 s", "steel drum, 20 s",
      "shakuhachi, 20 s", "maybe a theremin, piano, 20 s"};
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
    if (warns(parse(*state, prompts[i]), "instrument_substituted"))
      fail_msg("%s is substituted", prompts[i]);
}

static void
test_a_ruled_out_instrument_leaves_its_substitute_free(void **state)
{
  CsBrief *b = parse(*state, "calm flute, no bansuri, 20 s");
  assert_true(holds(&b->instruments, "flute"));
  assert_false(holds(&b->exclude, "flute"));
  assert_true(holds(&b->exclude, "bansuri"));
  assert_int_equal(b->n_warnings, 0);
}

// ---- Changes of key ---------------------------------------------------------

typedef struct KeyRow {
  const char *prompt;
  const char *key;  ///< Of the cue, or NULL.
  const char *move; ///< "+2", "E", "E major", "minor"; "" for the usual one.
  double at_s;      ///< -1 where no time is said.
} KeyRow;

static void
write_move(const CsKeyMove *move, char out[64])
{
  out[0] = '\0';
  if (move->has_tonic)
    (void)snprintf(out, 64, "%s%s%s", cs_tonic_name(move->key),
        move->has_mode ? " " : "",
        move->has_mode ? cs_mode_names[move->key.mode] : "");
  else if (move->has_mode)
    (void)snprintf(out, 64, "%s", cs_mode_names[move->key.mode]);
  else if (move->semitones != 0)
    (void)snprintf(out, 64, "%+d", move->semitones);
}

static void
check_key_change(Fixture *f, const KeyRow *row)
{
  char name[32]    = "", move[64];
  const CsBrief *b = parse(f, row->prompt);
  cs_key_name(b->key, name);
  if (b->n_warnings > 0)
    fail_msg("%s: %s", row->prompt, b->warnings[0].message);
  if ((row->key != NULL) != ((b->said & CS_SAID_KEY) != 0) ||
      (row->key != NULL && strcmp(name, row->key) != 0))
    fail_msg("%s: the key is %s", row->prompt, name);
  if (b->n_arc != 1 || b->arc[0].kind != CS_ARC_KEY)
    fail_msg("%s: %zu events, the first %s", row->prompt, b->n_arc,
        b->n_arc > 0 ? cs_arc_kind_names[b->arc[0].kind] : "none");
  write_move(&b->arc[0].move, move);
  if (strcmp(move, row->move) != 0)
    fail_msg("%s: moves by \"%s\"", row->prompt, move);
  const double at_s = b->arc[0].has_start ? b->arc[0].start_s : -1.0;
  if (fabs(at_s - row->at_s) > 1e-9)
    fail_msg("%s: at %g s", row->prompt, at_s);
}

static void
test_a_change_of_key_is_an_event_and_not_the_key(void **state)
{
  static const KeyRow rows[] = {
      {"C major, key change up to E at 1:00, 2 min", "C major", "E", 60.0},
      {"key change to E major at 0:40, 1 min", NULL, "E major", 40.0},
      {"key change at 0:40, 1 min", NULL, "", 40.0},
      {"a gear change at 1:10, 90 s", NULL, "", 70.0},
      {"modulates up a tone for the last chorus, 90 s", NULL, "+2", -1.0},
      {"modulates to G for the last chorus, 1 min", NULL, "G", -1.0},
      {"D minor, 1 min, modulates to F major at 0:30", "D minor", "F major",
          30.0},
      {"lifts a semitone at 0:40, 1 min", NULL, "+1", 40.0},
      {"up two semitones at 0:40, 1 min", NULL, "+2", 40.0},
      {"at 0:40 a key change up a minor third, 1 min", NULL, "+3", 40.0},
      {"C minor, breaks into D major at 0:45, 1 min", "C minor", "D major",
          45.0},
      {"drops a semitone at 0:30, E major, 1 min", "E major", "-1", 30.0},
      {"goes up to E\xe2\x99\xad halfway, 2 min, C major", "C major", "Eb",
          60.0},
      {"from C major to E major at 0:30, 1 min", "C major", "E major", 30.0},
      {"A minor, 1 min, ends in A major", "A minor", "A major", -1.0},
      {"D minor, then F major, 1 min", "D minor", "F major", -1.0},
      {"key change at 1:00 up a tone, 90 s", NULL, "+2", 60.0},
      {"90 s, modulates at 1:00, up a minor third", NULL, "+3", 60.0},
      {"C major, 1 min, turns minor at 0:30", "C major", "minor", 30.0},
      {"E major from 0:30, starts in C major, 1 min", "C major", "E major",
          30.0},
      {"E minor from 0:30, C major before that, 1 min", "C major", "E minor",
          30.0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_key_change(*state, &rows[i]);
}

static void
test_a_change_of_key_stands_beside_other_changes(void **state)
{
  const CsBrief *b = parse(
      *state, "builds from 0:40 to 1:00, then a key change at 1:00, 90 s");
  assert_int_equal(b->n_arc, 2);
  assert_int_equal(b->arc[0].kind, CS_ARC_BUILD);
  assert_int_equal(b->arc[1].kind, CS_ARC_KEY);
  assert_true(fabs(b->arc[1].start_s - 60.0) < 1e-9);
}

static void
test_keys_that_do_not_change_are_no_event(void **state)
{
  static const char *const prompts[] = {"C major, no key change, 30 s",
      "don't modulate, A minor, 40 s", "builds to 0:40 in F major, 1 min",
      "a major step for our town, strings, 30 s", "slow piano in E minor, 30 s",
      "minor, key of G, 30 s"};
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++) {
    const CsBrief *b = parse(*state, prompts[i]);
    for (size_t k = 0; k < b->n_arc; k++)
      if (b->arc[k].kind == CS_ARC_KEY)
        fail_msg("%s: a change of key is seen", prompts[i]);
    if (b->n_warnings > 0 || (b->said & CS_SAID_FLAT_ARC))
      fail_msg("%s: said too much", prompts[i]);
  }
}

typedef struct FormRow {
  const char *prompt;
  int form; ///< -1 where none is said.
} FormRow;

static void
test_words_name_the_form_of_a_theme(void **state)
{
  static const FormRow rows[] = {
      {"pop theme, AABA, 90 s", CS_TUNE_AABA},
      {"rock, verse chorus, 1 min", CS_TUNE_VERSES},
      {"news theme, no intro, 30 s", CS_TUNE_DIRECT},
      {"a trailer that starts full, 1 min", CS_TUNE_HOOK},
      {"strings, as a rondo, 3 min", CS_TUNE_RONDO},
      {"calm piano, 30 s", -1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const CsBrief *b = parse(*state, rows[i].prompt);
    const int form   = b->said & CS_SAID_FORM ? (int)b->form : -1;
    if (form != rows[i].form || b->n_unknown > 0)
      fail_msg("%s: form %d, %zu unknown", rows[i].prompt, form, b->n_unknown);
  }
}

static void
test_a_tonic_takes_the_mode_that_is_said_beside_it(void **state)
{
  static const char *const prompts[] = {
      "minor, key of G, 30 s", "in the key of G, minor, 30 s"};
  for (size_t i = 0; i < 2; i++) {
    char name[32];
    cs_key_name(parse(*state, prompts[i])->key, name);
    assert_string_equal(name, "G minor");
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_every_substitute_is_a_sound_and_what_it_stands_for_is_none),
      TEST(test_a_substitute_plays_and_is_said),
      TEST(test_what_the_sounds_have_needs_no_substitute),
      TEST(test_a_ruled_out_instrument_leaves_its_substitute_free),
      TEST(test_a_change_of_key_is_an_event_and_not_the_key),
      TEST(test_a_change_of_key_stands_beside_other_changes),
      TEST(test_words_name_the_form_of_a_theme),
      TEST(test_keys_that_do_not_change_are_no_event),
      TEST(test_a_tonic_takes_the_mode_that_is_said_beside_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
