// Broken presets are refused with file, place and mend, and leave the others.
#include "gen/presets/presets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define INSTRUMENTS "presets/instruments.json"
#define PROGRESSIONS "presets/progressions.json"
#define MOODS "presets/moods.json"
#define DELIVERY "presets/delivery.json"
#define CHORDS "presets/patterns/chords.json"
#define DRUMS "presets/patterns/drums.json"
#define STYLE "presets/styles/one.json"

/// A smallest set of files that loads.
static const char *const valid[][2] = {
    {MOODS, "{\"moods\": [{\"words\": [\"glad\"], \"modes\": [\"major\"], "
            "\"tempo_bpm\": [80, 120], \"progressions\": [\"P1\"]}]}"},
    {DELIVERY,
        "{\"profiles\": [{\"name\": \"usual\", \"about\": \"x\", "
        "\"peak_dbtp\": -1, \"lufs\": {\"underscore\": -20, \"bed\": -18, "
        "\"stinger\": -14, \"thematic\": -16, \"ambient\": -22}}]}"},
    {INSTRUMENTS,
        "{\"instruments\": [{\"name\": \"piano\", \"program\": 0, \"range\": "
        "[21, 108]}, {\"name\": \"drums\", \"bank\": 128, \"program\": 0, "
        "\"range\": [27, 87], \"families\": [\"percussion\"]}]}"},
    {PROGRESSIONS,
        "{\"progressions\": [{\"id\": \"P1\", \"name\": \"x\", \"chords\": "
        "\"I | % | IV V\", \"cadence\": \"V | I\", \"modes\": [\"major\"], "
        "\"arousal\": [0, 1]}]}"},
    {CHORDS,
        "{\"kind\": \"chords\", \"patterns\": [{\"id\": \"A1\", \"name\": "
        "\"x\", \"voices\": [{\"play\": \"x--- x--- 1-3- D.U.\", \"accent\": "
        "\"7... 5... 6.6. 5.4.\", \"spread_ms\": 10}]}]}"},
    {DRUMS, "{\"kind\": \"drums\", \"patterns\": [{\"id\": \"D1\", \"name\": "
            "\"x\", \"lines\": [{\"drum\": \"kick\", \"from\": 2, \"play\": "
            "\"9... .... 5... ....\"}]}]}"},
    {STYLE,
        "{\"name\": \"one\", \"title\": \"x\", \"tempo_bpm\": [80, 100], "
        "\"meters\": [\"4/4\"], \"modes\": [\"major\"], \"valence\": [0, 1], "
        "\"arousal\": [0, 1], \"fit\": {\"underscore\": 0, \"bed\": 1, "
        "\"stinger\": 0, \"thematic\": 1, \"ambient\": 0}, \"progressions\": "
        "[\"P1\"], \"tracks\": [{\"role\": \"chords\", \"instruments\": "
        "[\"piano\"], \"patterns\": [\"A1\"], \"level_db\": -8}, {\"role\": "
        "\"drums\", \"instruments\": [\"drums\"], \"patterns\": [\"D1\"], "
        "\"level_db\": -9}]}"},
};

/// Another style, and a pattern that only it plays.
#define SECOND_STYLE "presets/styles/two.json"
#define SECOND_PATTERNS "presets/patterns/second.json"

static const char second_patterns[] =
    "{\"kind\": \"chords\", \"patterns\": [{\"id\": \"A2\", \"name\": \"x\", "
    "\"voices\": [{\"play\": \"x--- ---- ---- ----\", \"accent\": \"7... .... "
    ".... ....\"}]}]}";

static const char second_style[] =
    "{\"name\": \"two\", \"title\": \"x\", \"tempo_bpm\": [80, 100], "
    "\"meters\": [\"4/4\"], \"modes\": [\"major\"], \"valence\": [0, 1], "
    "\"arousal\": [0, 1], \"fit\": {\"underscore\": 0, \"bed\": 1, "
    "\"stinger\": 0, \"thematic\": 1, \"ambient\": 0}, \"progressions\": "
    "[\"P1\"], \"tracks\": [{\"role\": \"chords\", \"instruments\": "
    "[\"piano\"], \"patterns\": [\"A2\"], \"level_db\": -8}]}";

static const char *const folders[] = {
    "presets", "presets/patterns", "presets/styles"};

static void
write_text(const char *folder, const char *name, const char *text)
{
  char path[512];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static void
make_folder(char *folder)
{
  (void)strcpy(folder, "/tmp/cuesmith-presets-XXXXXX");
  assert_non_null(mkdtemp(folder));
  for (size_t i = 0; i < COUNT(folders); i++) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
    assert_int_equal(mkdir(path, 0700), 0);
  }
  for (size_t i = 0; i < COUNT(valid); i++)
    write_text(folder, valid[i][0], valid[i][1]);
}

static void
remove_folder(const char *folder)
{
  char path[512];
  static const char *const more[] = {SECOND_STYLE, SECOND_PATTERNS};
  for (size_t i = 0; i < COUNT(valid) + COUNT(more); i++) {
    (void)snprintf(path, sizeof path, "%s/%s", folder,
        i < COUNT(valid) ? valid[i][0] : more[i - COUNT(valid)]);
    (void)remove(path);
  }
  for (size_t i = COUNT(folders); i > 0; i--) {
    (void)snprintf(path, sizeof path, "%s/%s", folder, folders[i - 1]);
    (void)rmdir(path);
  }
  (void)rmdir(folder);
}

/// The valid text of a file, `from` replaced by `to` where it first stands.
static void
write_spoilt(
    const char *folder, const char *name, const char *from, const char *to)
{
  for (size_t i = 0; i < COUNT(valid); i++) {
    if (strcmp(valid[i][0], name) != 0)
      continue;
    const char *at = strstr(valid[i][1], from);
    if (at == NULL) {
      fail_msg("%s holds no %s", name, from);
      return;
    }
    char text[4096];
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - valid[i][1]),
        valid[i][1], to, at + strlen(from));
    write_text(folder, name, text);
  }
}

typedef struct Refusal {
  const char *file, *from, *to, *message;
} Refusal;

static const Refusal refusals[] = {
    {INSTRUMENTS, "\"program\": 0", "\"progam\": 0",
        "presets/instruments.json /instruments/0/progam: this key is unknown; "
        "did you mean \"program\"?"},
    {INSTRUMENTS, "\"program\": 0", "\"program\": 128",
        "presets/instruments.json /instruments/0/program: 128 is outside "
        "0..127 (MIDI program, the first is 0)"},
    {INSTRUMENTS, "[21, 108]", "[21, 108], \"sweet\": [20, 50]",
        "presets/instruments.json /instruments/0/sweet: 20..50 is outside the "
        "range 21..108"},
    {INSTRUMENTS, "[21, 108]", "[21.5, 108]",
        "presets/instruments.json /instruments/0/range: a MIDI key is a whole "
        "number"},
    {INSTRUMENTS, "\"drums\", \"bank\"", "\"piano\", \"bank\"",
        "presets/instruments.json /instruments/1: \"piano\" stands for the "
        "instrument \"piano\" already; take another name"},
    {INSTRUMENTS, "\"bank\": 128, ", "",
        "presets/instruments.json /instruments/1: bank 0 program 0 belongs to "
        "\"piano\" already"},
    {INSTRUMENTS, "\"program\": 0, \"range\": [21, 108]", "\"drum\": \"kik\"",
        "presets/instruments.json /instruments/0/drum: the drum \"kik\" is "
        "unknown; did you mean \"kick\"?, the names stand in "
        "presets/README.md"},
    {PROGRESSIONS, "IV V", "IV H",
        "presets/progressions.json /progressions/0/chords: \"H\" is no chord; "
        "write like IV, V7/3, ii\xc3\xb8, bVImaj7"},
    {PROGRESSIONS, "I | %", "% | I",
        "presets/progressions.json /progressions/0/chords: \"%\" is no chord; "
        "write like IV, V7/3, ii\xc3\xb8, bVImaj7"},
    {PROGRESSIONS, "I | %", "I | | %",
        "presets/progressions.json /progressions/0/chords: a bar is empty; "
        "\"%\" holds a chord"},
    {PROGRESSIONS, "IV V", "IV V I V I",
        "presets/progressions.json /progressions/0/chords: more than 4 chords "
        "in the bar \"IV V I V I\""},
    {PROGRESSIONS, "\"major\"", "\"majr\"",
        "presets/progressions.json /progressions/0/modes/0: \"majr\" is "
        "unknown; allowed are: major, minor, dorian, phrygian, lydian, "
        "mixolydian, locrian, harmonic minor, phrygian dominant, major "
        "pentatonic, minor pentatonic, blues, whole tone, octatonic"},
    {PROGRESSIONS, "{\"id\": \"P1\"",
        "{\"id\": \"P1\", \"name\": \"y\", \"chords\": \"I\", \"cadence\": "
        "\"I\", \"modes\": [\"major\"], \"arousal\": [0, 1]}, {\"id\": \"P1\"",
        "presets/progressions.json /progressions/1: the id \"P1\" is taken by "
        "another progression"},
    {MOODS, "\"P1\"", "\"P2\"",
        "presets/moods.json /moods/0/progressions/0: the progression \"P2\" is "
        "unknown; presets/progressions.json lists them"},
    {MOODS, "\"major\"", "\"dur\"",
        "presets/moods.json /moods/0/modes/0: \"dur\" is no mode"},
    {MOODS, "[\"major\"]", "[]",
        "presets/moods.json /moods/0/modes: 0 modes; allowed are 1..4"},
    {MOODS, "[80, 120]", "[120, 80]",
        "presets/moods.json /moods/0/tempo_bpm: the first number is "
        "above the second"},
    {MOODS, "[{\"words\": [\"glad\"]",
        "[{\"words\": [\"glad\"], \"modes\": [\"minor\"], \"tempo_bpm\": [60, "
        "70], \"progressions\": []}, {\"words\": [\"glad\"]",
        "presets/moods.json /moods/1/words/0: the word \"glad\" has a mood "
        "already"},
    {DELIVERY, "-18", "-80",
        "presets/delivery.json /profiles/0/lufs/bed: -80 is outside -60..-8 "
        "(LUFS)"},
    {DELIVERY, "\"ambient\": -22", "\"drone\": -22",
        "presets/delivery.json /profiles/0/lufs/drone: this key is unknown; "
        "remove it"},
    {DELIVERY, "[{\"name\": \"usual\"", "[], \"more\": [{\"name\": \"usual\"",
        "presets/delivery.json /more: this key is unknown; remove it"},
    {CHORDS, "1-3-", "1-9-",
        "presets/patterns/chords.json /patterns/0/voices/0/play: step 10 is "
        "'9'; allowed are 1..8 (chord notes), x (all), t (all but the "
        "lowest), D and U (strum down, up), - (hold) and . (rest)"},
    {CHORDS, "\"x--- x", "\"---- x",
        "presets/patterns/chords.json /patterns/0/voices/0/play: step 0 is "
        "'-'; allowed are 1..8 (chord notes), x (all), t (all but the "
        "lowest), D and U (strum down, up), - (hold) and . (rest)"},
    {CHORDS, "7... 5...", "7... ....",
        "presets/patterns/chords.json /patterns/0/voices/0/accent: step 4 is "
        "'.'; allowed are a digit 1..9 where a stroke is, - or . elsewhere"},
    {CHORDS, "7... 5...", "7... 5..",
        "presets/patterns/chords.json /patterns/0/voices/0/accent: the line "
        "has 15 steps, the others of this pattern have 16"},
    {CHORDS, "\"voices\"", "\"variant_of\": \"A0\", \"voices\"",
        "presets/patterns/chords.json /patterns/0/variant_of: no pattern "
        "\"A0\" of the same kind stands before this one"},
    {CHORDS, "\"voices\"", "\"gate\": 2, \"voices\"",
        "presets/patterns/chords.json /patterns/0/gate: 2 is outside 0.1..1.2 "
        "(share of a stroke that sounds)"},
    {CHORDS, "\"voices\"", "\"meter\": \"4-4\", \"voices\"",
        "presets/patterns/chords.json /patterns/0/meter: \"4-4\" is no meter; "
        "write it like 3/4"},
    {DRUMS, "9... .", "9..x .",
        "presets/patterns/drums.json /patterns/0/lines/0/play: step 3 is 'x'; "
        "allowed are 1..9 (loudness) and . (rest)"},
    {DRUMS, "9... .... 5...", "9... .... 5..",
        "presets/patterns/drums.json /patterns/0: the pattern has 15 steps, a "
        "bar of 4/4 has 16; fill the bar or set \"drifts\""},
    {DRUMS, "9... .... 5... ....", "9999999999999999 9999999999999999 9",
        "presets/patterns/drums.json /patterns/0/lines/0/play: more than 32 "
        "steps; shorten the line"},
    {DRUMS, "\"from\": 2", "\"from\": 5",
        "presets/patterns/drums.json /patterns/0/lines/0/from: 5 is outside "
        "0..4 (energy level at which it comes in)"},
    {DRUMS, "\"id\": \"D1\"", "\"id\": \"A1\"",
        "presets/patterns/drums.json /patterns/0: the id \"A1\" is taken by "
        "another pattern"},
    {DRUMS, "\"lines\"", "\"voices\"",
        "presets/patterns/drums.json /patterns/0/voices: drums have \"lines\" "
        "instead"},
    {STYLE, "[\"piano\"]", "[\"pino\"]",
        "presets/styles/one.json /tracks/0/instruments/0: the instrument "
        "\"pino\" is unknown; did you mean \"piano\"?"},
    {STYLE, "[\"A1\"]", "[\"A9\"]",
        "presets/styles/one.json /tracks/0/patterns/0: the pattern \"A9\" is "
        "unknown; did you mean \"A1\"? presets/patterns holds them"},
    {STYLE, "[\"A1\"]", "[\"D1\"]",
        "presets/styles/one.json /tracks/0/patterns/0: \"D1\" is a drum "
        "pattern; this role plays an accompaniment"},
    {STYLE, "[\"A1\"]", "[\"A1|A9\"]",
        "presets/styles/one.json /tracks/0/patterns/0: the pattern \"A9\" is "
        "unknown; did you mean \"A1\"? presets/patterns holds them"},
    {STYLE, "[\"A1\"]", "[\"A1|D1\"]",
        "presets/styles/one.json /tracks/0/patterns/0: \"D1\" is a drum "
        "pattern; this role plays an accompaniment"},
    {STYLE, "[\"D1\"]", "[\"D1|D1\"]",
        "presets/styles/one.json /tracks/1/patterns/0: drums take no "
        "alternatives; name one pattern"},
    {STYLE, "[\"drums\"]", "[\"piano\"]",
        "presets/styles/one.json /tracks/1/instruments/0: \"piano\" is no "
        "drum; this role needs one"},
    {STYLE, "[\"P1\"]", "[\"P2\"]",
        "presets/styles/one.json /progressions/0: the progression \"P2\" is "
        "unknown; presets/progressions.json lists them"},
    {STYLE, "\"modes\": [\"major\"", "\"modes\": [\"major\", \"minor\"",
        "presets/styles/one.json /progressions: none of the progressions is "
        "in minor, which the style's \"modes\" allow"},
    {STYLE, "[80, 100]", "[80, 500]",
        "presets/styles/one.json /tempo_bpm/1: 500 is outside 30..300 (beats "
        "per minute)"},
    {STYLE, "\"role\": \"chords\"", "\"role\": \"chord\"",
        "presets/styles/one.json /tracks/0/role: \"chord\" is unknown; allowed "
        "are: pad, chords, motion, bass, drums, percussion, melody, counter, "
        "colour, effects"},
    {STYLE, "\"role\": \"chords\"", "\"role\": \"melody\"",
        "presets/styles/one.json /tracks/0/patterns: this role plays no "
        "patterns; remove the list"},
    {STYLE, "\"patterns\": [\"A1\"], ", "",
        "presets/styles/one.json /tracks/0: the list \"patterns\" is missing"},
    {STYLE, "\"level_db\": -8",
        "\"level_db\": -8, \"enter\": 0.5, "
        "\"leave\": 0.4",
        "presets/styles/one.json /tracks/0: \"leave\" must be above "
        "\"enter\""},
    {STYLE, "\"bed\": 1, ", "",
        "presets/styles/one.json /fit: \"bed\" (how well it serves) is "
        "missing"},
    {STYLE, "\"title\": \"x\"", "\"title\": \"x\", \"swing_unit\": 12",
        "presets/styles/one.json /swing_unit: 12 is neither 8 nor 16"},
    {STYLE, "\"title\": \"x\"", "\"title\": \"x\", \"title\": \"y\"",
        "presets/styles/one.json: the key \"title\" stands twice; keep one of "
        "them"},
    {STYLE, "\"tracks\": [", "\"tracks\": [], \"genres\": [",
        "presets/styles/one.json /genres/0: a text (names of genres) is "
        "wanted here"},
};

static void
test_a_smallest_set_of_presets_loads(void **state)
{
  (void)state;
  char folder[64];
  CsPresets *presets = NULL;
  CsArena *arena     = cs_arena_new(NULL);
  make_folder(folder);
  const CsStatus status = cs_presets_load(arena, folder, &presets);
  remove_folder(folder);
  if (status != CS_OK)
    fail_msg("%s", cs_arena_error(arena));
  assert_int_equal(presets->n_patterns, 2);
  const CsPattern *chords = cs_find_pattern(presets, "A1");
  assert_int_equal(chords->n_strokes, 6);
  assert_int_equal(chords->strokes[0].n_steps, 4);
  assert_int_equal(chords->strokes[0].velocity, 98);
  assert_int_equal(chords->strokes[2].tones, 1);
  assert_int_equal(chords->strokes[3].tones, 4);
  assert_true(chords->strokes[4].spread_ms > 0.0);
  assert_true(chords->strokes[5].spread_ms < 0.0);
  const CsPattern *drums = cs_find_pattern(presets, "D1");
  assert_int_equal(drums->lines[0].key, 36);
  assert_int_equal(drums->lines[0].velocities[0], 126);
  assert_int_equal(drums->lines[0].velocities[8], 70);
  assert_int_equal(drums->lines[0].from_energy, 2);
  const CsProgression *bars = cs_find_progression(presets, "P1");
  assert_int_equal(bars->chords.n, 3);
  assert_string_equal(bars->chords.items[2], "IV V");
  cs_arena_free(arena);
}

/// The sentence that says what is wrong: the load fails with it, or the file is
/// left out.
static const char *
said_of(CsArena *arena, const char *folder)
{
  CsPresets *presets    = NULL;
  const CsStatus status = cs_presets_load(arena, folder, &presets);
  if (status != CS_OK)
    return status == CS_ERR_REQUEST ? cs_arena_error(arena) : "another error";
  return presets->n_broken > 0 ? presets->broken[0].message : "all is well";
}

static void
test_what_is_wrong_is_refused_with_place_and_mend(void **state)
{
  (void)state;
  for (size_t i = 0; i < COUNT(refusals); i++) {
    const Refusal *it = &refusals[i];
    char folder[64];
    CsArena *arena = cs_arena_new(NULL);
    make_folder(folder);
    write_text(folder, SECOND_STYLE, second_style);
    write_text(folder, SECOND_PATTERNS, second_patterns);
    write_spoilt(folder, it->file, it->from, it->to);
    const char *said = said_of(arena, folder);
    remove_folder(folder);
    assert_string_equal(said, it->message);
    cs_arena_free(arena);
  }
}

static void
test_a_broken_file_leaves_the_others(void **state)
{
  (void)state;
  static const char *const files[] = {CHORDS, STYLE};
  for (size_t i = 0; i < COUNT(files); i++) {
    char folder[64];
    CsPresets *presets = NULL;
    CsArena *arena     = cs_arena_new(NULL);
    make_folder(folder);
    write_text(folder, SECOND_STYLE, second_style);
    write_text(folder, SECOND_PATTERNS, second_patterns);
    write_text(folder, files[i], "{");
    const CsStatus status = cs_presets_load(arena, folder, &presets);
    remove_folder(folder);
    assert_int_equal(status, CS_OK);
    assert_non_null(cs_find_style(presets, "two"));
    assert_null(cs_find_style(presets, "one")); // it plays a pattern of CHORDS
    assert_non_null(strstr(presets->broken[0].message, files[i]));
    assert_string_equal(presets->broken[0].name, i == 0 ? "chords" : "one");
    assert_string_equal(cs_arena_error(arena), "");
    cs_arena_free(arena);
  }
}

static void
test_a_folder_without_a_sound_style_is_refused(void **state)
{
  (void)state;
  char folder[64];
  CsPresets *presets = NULL;
  CsArena *arena     = cs_arena_new(NULL);
  make_folder(folder);
  write_text(folder, STYLE, "{");
  const CsStatus status = cs_presets_load(arena, folder, &presets);
  remove_folder(folder);
  assert_int_equal(status, CS_ERR_REQUEST);
  assert_non_null(strstr(cs_arena_error(arena), STYLE));
  cs_arena_free(arena);
}

// ---- Refused memory ---------------------------------------------------------

typedef struct Rationed {
  size_t n_left;
} Rationed;

static void *
get_rationed(void *user, size_t n_bytes)
{
  Rationed *ration = user;
  if (ration->n_left == 0)
    return NULL;
  ration->n_left--;
  return malloc(n_bytes);
}

static void
give_back(void *user, void *chunk)
{
  (void)user;
  free(chunk);
}

static void
test_refused_memory_is_passed_up(void **state)
{
  (void)state;
  for (size_t n = 1; n < 64; n++) {
    Rationed ration          = {.n_left = n};
    const CsAllocator source = {get_rationed, give_back, &ration};
    CsPresets *presets       = NULL;
    CsArena *arena           = cs_arena_new(&source);
    if (arena == NULL)
      continue;
    const CsStatus status = cs_presets_load(arena, ".", &presets);
    cs_arena_free(arena);
    if (status == CS_OK)
      return;
    assert_int_equal(status, CS_ERR_MEMORY);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_a_smallest_set_of_presets_loads),
      cmocka_unit_test(test_what_is_wrong_is_refused_with_place_and_mend),
      cmocka_unit_test(test_a_broken_file_leaves_the_others),
      cmocka_unit_test(test_a_folder_without_a_sound_style_is_refused),
      cmocka_unit_test(test_refused_memory_is_passed_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
