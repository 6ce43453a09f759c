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
      {"tin whistle", "piccolo", NULL}, {"melodica", "accordion", NULL},
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

int
main(void)
{
  const struct CMUnitTest tests[] = {
      TEST(test_every_substitute_is_a_sound_and_what_it_stands_for_is_none),
      TEST(test_a_substitute_plays_and_is_said),
      TEST(test_what_the_sounds_have_needs_no_substitute),
      TEST(test_a_ruled_out_instrument_leaves_its_substitute_free),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
