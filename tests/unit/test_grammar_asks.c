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
  const char *key; ///< Of the cue, or NULL.
  int kind;        ///< Of the event in its place, or -1.
  double at_s;
} KeyRow;

static void
check_key_change(Fixture *f, const KeyRow *row)
{
  char name[32]    = "";
  const CsBrief *b = parse(f, row->prompt);
  const char *said = warning_of(b, "key_change_unsupported");
  cs_key_name(b->key, name);
  if (said == NULL || warns(b, "contradiction"))
    fail_msg("%s: not answered as a change of key", row->prompt);
  if ((row->key != NULL) != ((b->said & CS_SAID_KEY) != 0) ||
      (row->key != NULL && strcmp(name, row->key) != 0))
    fail_msg("%s: the key is %s", row->prompt, name);
  if (b->n_arc != (row->kind >= 0 ? 1 : 0))
    fail_msg("%s: %zu events", row->prompt, b->n_arc);
  if (row->kind < 0)
    return;
  assert_int_equal(b->arc[0].kind, row->kind);
  assert_true(fabs(b->arc[0].start_s - row->at_s) < 1e-9);
  const char *done = row->kind == CS_ARC_FALL ? "sinks there" : "rises there";
  if (strstr(said, done) == NULL)
    fail_msg("%s: \"%s\"", row->prompt, said);
}

static void
test_a_change_of_key_is_a_lift_and_not_the_key(void **state)
{
  static const KeyRow rows[] = {
      {"C major, key change up to E at 1:00, 2 min", "C major", CS_ARC_RISE,
          60.0},
      {"key change to E major at 0:40, 1 min", NULL, CS_ARC_RISE, 40.0},
      {"modulates to G for the last chorus, 1 min", NULL, -1, 0.0},
      {"D minor, 1 min, modulates to F major at 0:30", "D minor", CS_ARC_RISE,
          30.0},
      {"lifts a semitone at 0:40, 1 min", NULL, CS_ARC_RISE, 40.0},
      {"C minor, breaks into D major at 0:45, 1 min", "C minor", CS_ARC_RISE,
          45.0},
      {"drops a semitone at 0:30, E major, 1 min", "E major", CS_ARC_FALL,
          30.0},
      {"goes up to E\xe2\x99\xad halfway, 2 min, C major", "C major",
          CS_ARC_RISE, 60.0},
      {"from C major to E major at 0:30, 1 min", "C major", -1, 0.0},
      {"A minor, 1 min, ends in A major", "A minor", -1, 0.0},
      {"D minor, then F major, 1 min", "D minor", -1, 0.0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_key_change(*state, &rows[i]);
}

static void
test_keys_that_do_not_change_are_not_answered(void **state)
{
  static const char *const prompts[] = {"C major, no key change, 30 s",
      "don't modulate, A minor, 40 s", "builds to 0:40 in F major, 1 min",
      "a major step for our town, strings, 30 s", "slow piano in E minor, 30 s",
      "minor, key of G, 30 s"};
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++) {
    const CsBrief *b = parse(*state, prompts[i]);
    if (warns(b, "key_change_unsupported") || warns(b, "contradiction") ||
        (b->said & CS_SAID_FLAT_ARC))
      fail_msg("%s: a change of key is seen", prompts[i]);
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
      TEST(test_a_change_of_key_is_a_lift_and_not_the_key),
      TEST(test_keys_that_do_not_change_are_not_answered),
      TEST(test_a_tonic_takes_the_mode_that_is_said_beside_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
