// The presets that ship, and a person's own style over them.
#include "gen/presets/presets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

// ---- The presets that ship --------------------------------------------------

static CsArena *shipped_arena;
static CsPresets *shipped;

static int
load_shipped(void **state)
{
  (void)state;
  shipped_arena = cs_arena_new(NULL);
  if (cs_presets_load(shipped_arena, ".", &shipped) == CS_OK)
    return 0;
  print_error("%s\n", cs_arena_error(shipped_arena));
  return -1;
}

static int
free_shipped(void **state)
{
  (void)state;
  cs_arena_free(shipped_arena);
  return 0;
}

static void
test_shipped_presets_are_many_enough(void **state)
{
  (void)state;
  assert_true(shipped->n_styles >= 27);
  assert_true(shipped->n_progressions >= 58);
  assert_true(shipped->n_instruments >= 100);
  static const struct {
    char letter;
    int last;
  } series[] = {{'A', 24}, {'B', 14}, {'D', 29}};
  for (size_t s = 0; s < COUNT(series); s++) {
    for (int i = 1; i <= series[s].last; i++) {
      char id[16];
      (void)snprintf(id, sizeof id, "%c%02d", series[s].letter, i);
      if (cs_find_pattern(shipped, id) == NULL)
        fail_msg("the pattern %s is missing", id);
    }
  }
  for (int i = 1; i <= 58; i++) {
    char id[16];
    (void)snprintf(id, sizeof id, "P%02d", i);
    if (cs_find_progression(shipped, id) == NULL)
      fail_msg("the progression %s is missing", id);
  }
}

static void
test_every_plain_name_finds_an_instrument(void **state)
{
  (void)state;
  static const char *const names[] = {"accordion", "acoustic guitar",
      "arpeggio", "banjo", "bass", "bassoon", "bells", "bongos", "brass",
      "celesta", "cello", "claps", "clarinet", "congas", "cymbals",
      "didgeridoo", "drum machine", "drums", "electric guitar",
      "electric piano", "flute", "french horn", "glockenspiel", "guitar",
      "harmonica", "harp", "harpsichord", "hi-hat", "kalimba", "kick", "lute",
      "mandolin", "marimba", "music box", "nylon guitar", "oboe", "orchestra",
      "organ", "pad", "percussion", "piano", "piccolo", "recorder", "saxophone",
      "shaker", "sitar", "snare", "steel drum", "strings", "synth",
      "synth bass", "tabla", "taiko", "tambourine", "timpani", "trombone",
      "trumpet", "tuba", "ukulele", "upright bass", "vibraphone", "viola",
      "violin", "whistle", "woodwinds", "xylophone", "triangle", "woodblock",
      "rhodes", "brushes", "fiddle", "double bass", "pizzicato"};
  for (size_t i = 0; i < COUNT(names); i++) {
    const CsInstrument *it = cs_find_instrument(shipped, names[i]);
    if (it == NULL)
      fail_msg("\"%s\" finds no instrument", names[i]);
    else if (!cs_instrument_is(it, names[i]))
      fail_msg("\"%s\" is not a \"%s\"", it->name, names[i]);
  }
}

static void
test_voices_are_found_by_no_wish_but_by_every_ban(void **state)
{
  (void)state;
  assert_null(cs_find_instrument(shipped, "choir"));
  assert_null(cs_find_instrument(shipped, "vocals"));
  static const int programs[] = {52, 53, 54, 91};
  for (size_t i = 0; i < COUNT(programs); i++) {
    const CsInstrument *it = cs_instrument_of_program(shipped, 0, programs[i]);
    assert_non_null(it);
    assert_true(cs_instrument_is(it, "vocals"));
    assert_true(cs_instrument_is(it, "choir"));
  }
}

static void
test_families_hold_their_members(void **state)
{
  (void)state;
  static const struct {
    const char *member, *family;
  } pairs[] = {{"violin", "strings"}, {"viola", "strings"},
      {"cello", "strings"}, {"contrabass", "strings"}, {"pizzicato", "strings"},
      {"tremolo strings", "strings"}, {"trumpet", "brass"},
      {"trombone", "brass"}, {"tuba", "brass"}, {"french horn", "brass"},
      {"upright bass", "bass"}, {"synth bass", "bass"},
      {"electric guitar", "guitar"}, {"nylon guitar", "guitar"},
      {"nylon guitar", "acoustic guitar"}, {"flute", "woodwinds"},
      {"clarinet", "woodwinds"}, {"oboe", "woodwinds"},
      {"bassoon", "woodwinds"}, {"recorder", "woodwinds"},
      {"saxophone", "woodwinds"}, {"glockenspiel", "bells"},
      {"celesta", "bells"}, {"warm pad", "synth"}, {"polysynth", "synth"},
      {"fiddle", "violin"}, {"drums", "percussion"}, {"brushes", "drums"},
      {"taiko", "drums"}, {"shaker", "percussion"}, {"congas", "percussion"},
      {"timpani", "percussion"}, {"warm pad", "pad"}, {"kick", "drums"}};
  for (size_t i = 0; i < COUNT(pairs); i++)
    if (!cs_instrument_is(
            cs_find_instrument(shipped, pairs[i].member), pairs[i].family))
      fail_msg("%s is no member of %s", pairs[i].member, pairs[i].family);
  static const struct {
    const char *name, *not_in;
  } strangers[] = {{"piano", "strings"}, {"shaker", "drums"},
      {"claps", "drums"}, {"tambourine", "drums"}, {"congas", "drums"},
      {"marimba", "drums"}, {"electric piano", "piano"}, {"harp", "strings"},
      {"ukulele", "guitar"}, {"timpani", "drums"}};
  for (size_t i = 0; i < COUNT(strangers); i++)
    if (cs_instrument_is(cs_find_instrument(shipped, strangers[i].name),
            strangers[i].not_in))
      fail_msg("%s is a member of %s", strangers[i].name, strangers[i].not_in);
}

static void
test_a_program_gives_the_kit_and_not_one_of_its_drums(void **state)
{
  (void)state;
  const CsInstrument *kit = cs_instrument_of_program(shipped, 128, 0);
  assert_non_null(kit);
  assert_string_equal(kit->name, "drums");
  assert_int_equal(kit->drum_key, -1);
  assert_string_equal(
      cs_instrument_of_program(shipped, 8, 24)->name, "ukulele");
  assert_string_equal(
      cs_instrument_of_program(shipped, 16, 25)->name, "mandolin");
  assert_null(cs_instrument_of_program(shipped, 7, 99));
}

static void
test_plain_names_rule_drum_keys_out(void **state)
{
  (void)state;
  static const struct {
    int key;
    const char *name;
    bool is;
  } rows[] = {{36, "kick", true}, {38, "kick", false}, {38, "snare", true},
      {42, "hi-hat", true}, {46, "hi-hat", true}, {51, "hi-hat", false},
      {49, "cymbals", true}, {51, "cymbals", true}, {36, "cymbals", false},
      {39, "claps", true}, {82, "shaker", true}, {54, "tambourine", true},
      {81, "triangle", true}, {76, "woodblock", true}, {63, "congas", true},
      {60, "bongos", true}, {60, "congas", false}, {36, "drums", true},
      {37, "drums", true}, {45, "drums", true}, {49, "drums", true},
      {42, "drums", true}, {39, "drums", false}, {82, "drums", false},
      {54, "drums", false}, {63, "drums", false}, {76, "drums", false},
      {36, "percussion", true}, {82, "percussion", true},
      {39, "percussion", true}, {36, "piano", false}};
  for (size_t i = 0; i < COUNT(rows); i++)
    if (cs_drum_key_is(rows[i].key, rows[i].name) != rows[i].is)
      fail_msg("key %d is%s ruled out by \"%s\"", rows[i].key,
          rows[i].is ? " not" : "", rows[i].name);
}

static int
line_key(const char *instrument, int key)
{
  return cs_drum_line_key(cs_find_instrument(shipped, instrument), key);
}

static void
test_each_kind_of_drum_plays_its_own_lines(void **state)
{
  (void)state;
  assert_int_equal(line_key("drums", 36), 36);
  assert_int_equal(line_key("shaker", 82), 82);
  assert_int_equal(line_key("shaker", 36), -1);
  assert_int_equal(line_key("congas", 64), 64);
  assert_int_equal(line_key("congas", 60), -1);
  assert_int_equal(line_key("taiko", 38), -1);
  const CsInstrument *taiko = cs_find_instrument(shipped, "taiko");
  const int low = line_key("taiko", 36), high = line_key("taiko", 50);
  assert_in_range(low, taiko->sweet[0], taiko->sweet[1]);
  assert_in_range(high, low + 1, taiko->sweet[1]);
}

static void
test_the_orchestra_kit_strikes_no_timpani_for_toms_and_hats(void **state)
{
  (void)state;
  for (int key = 27; key <= 87; key++) {
    const int played = line_key("orchestra kit", key);
    assert_false(played >= 41 && played <= 53);
  }
  assert_int_equal(line_key("orchestra kit", 38), 38);
  assert_int_equal(line_key("orchestra kit", 42), 27);
}

static size_t
playable_lines(const CsInstrument *instrument, const CsPattern *pattern)
{
  size_t n = 0;
  for (size_t i = 0; i < pattern->n_lines; i++)
    n += cs_drum_line_key(instrument, pattern->lines[i].key) >= 0;
  return n;
}

static void
test_every_drum_that_a_style_may_choose_has_lines_to_play(void **state)
{
  (void)state;
  size_t n_silent = 0;
  for (size_t s = 0; s < shipped->n_styles; s++) {
    for (size_t t = 0; t < shipped->styles[s].n_tracks; t++) {
      const CsStyleTrack *track = &shipped->styles[s].tracks[t];
      if (track->role != CS_ROLE_DRUMS && track->role != CS_ROLE_PERCUSSION)
        continue;
      for (size_t i = 0; i < track->instruments.n; i++) {
        for (size_t p = 0; p < track->patterns.n; p++) {
          const char *name = track->instruments.items[i];
          const char *id   = track->patterns.items[p];
          if (playable_lines(cs_find_instrument(shipped, name),
                  cs_find_pattern(shipped, id)) > 0)
            continue;
          print_error("%s: the %s has no line in %s\n", shipped->styles[s].name,
              name, id);
          n_silent++;
        }
      }
    }
  }
  assert_int_equal(n_silent, 0);
}

static const CsMeter meters[] = {{4, 4}, {3, 4}, {6, 8}};

static void
test_every_pattern_of_a_style_has_a_bar_in_the_common_meters(void **state)
{
  (void)state;
  for (size_t s = 0; s < shipped->n_styles; s++) {
    const CsStyle *style = &shipped->styles[s];
    for (size_t t = 0; t < style->n_tracks; t++) {
      const CsStrings *ids = &style->tracks[t].patterns;
      for (size_t p = 0; p < ids->n; p++) {
        const CsPattern *it = cs_find_pattern(shipped, ids->items[p]);
        assert_non_null(it);
        for (size_t m = 0; m < COUNT(meters) && !it->drifts; m++) {
          const CsPattern *of = cs_pattern_for_meter(shipped, it, meters[m]);
          if (it->scatter_per_s > 0.0)
            continue;
          if (of->meter.numerator != meters[m].numerator)
            fail_msg("%s of style %s has no bar of %d/%d", it->id, style->name,
                meters[m].numerator, meters[m].denominator);
        }
      }
    }
  }
}

static void
test_rarer_meters_take_a_bar_that_fits_evenly(void **state)
{
  (void)state;
  const CsPattern *it = cs_find_pattern(shipped, "D03");
  assert_string_equal(
      cs_pattern_for_meter(shipped, it, (CsMeter){12, 8})->id, "D03-6");
  assert_string_equal(
      cs_pattern_for_meter(shipped, it, (CsMeter){6, 4})->id, "D03-3");
  assert_string_equal(
      cs_pattern_for_meter(shipped, it, (CsMeter){8, 4})->id, "D03");
  assert_string_equal(
      cs_pattern_for_meter(shipped, it, (CsMeter){5, 4})->id, "D03");
  const CsPattern *waltz = cs_pattern_for_meter(shipped, it, (CsMeter){3, 4});
  assert_string_equal(
      cs_pattern_for_meter(shipped, waltz, (CsMeter){4, 4})->id, "D03");
  // Two bars of two make one of four; a waltz would go across them.
  assert_string_equal(
      cs_pattern_for_meter(shipped, waltz, (CsMeter){2, 4})->id, "D03");
}

static void
test_strokes_follow_each_other_inside_the_bar(void **state)
{
  (void)state;
  for (size_t i = 0; i < shipped->n_patterns; i++) {
    const CsPattern *it = &shipped->patterns[i];
    assert_in_range(it->n_steps, 1, CS_MAX_STEPS);
    for (size_t s = 0; s < it->n_strokes; s++) {
      const CsStroke *stroke = &it->strokes[s];
      assert_in_range(stroke->velocity, 1, 127);
      assert_true(stroke->step + stroke->n_steps <= it->n_steps);
      assert_true(s == 0 || stroke[-1].step <= stroke->step);
    }
    for (size_t l = 0; l < it->n_lines; l++)
      for (int s = 0; s < CS_MAX_STEPS; s++)
        assert_in_range(it->lines[l].velocities[s], 0, 127);
  }
}

static void
test_an_open_hat_never_meets_a_closed_one(void **state)
{
  (void)state;
  int n_met = 0;
  for (size_t i = 0; i < shipped->n_patterns; i++) {
    const CsPattern *it = &shipped->patterns[i];
    const int *closed = NULL, *pedal = NULL;
    for (size_t l = 0; l < it->n_lines; l++) {
      closed = it->lines[l].key == 42 ? it->lines[l].velocities : closed;
      pedal  = it->lines[l].key == 44 ? it->lines[l].velocities : pedal;
    }
    for (int s = 0; closed != NULL && pedal != NULL && s < it->n_steps; s++)
      n_met += closed[s] > 0 && pedal[s] > 0;
  }
  assert_int_equal(n_met, 0);
}

static size_t
tracks_at(const CsStyle *style, double energy)
{
  size_t n = 0;
  for (size_t t = 0; t < style->n_tracks; t++)
    n += style->tracks[t].enter <= energy && energy < style->tracks[t].leave;
  return n;
}

static size_t
tracks_of(const CsStyle *style, CsRole role)
{
  size_t n = 0;
  for (size_t t = 0; t < style->n_tracks; t++)
    n += style->tracks[t].role == role;
  return n;
}

static void
test_every_style_can_play_each_function(void **state)
{
  (void)state;
  for (size_t s = 0; s < shipped->n_styles; s++) {
    const CsStyle *style = &shipped->styles[s];
    double low           = 1.0;
    for (size_t t = 0; t < style->n_tracks; t++) {
      const CsRole role = style->tracks[t].role;
      if ((role == CS_ROLE_PAD || role == CS_ROLE_CHORDS) &&
          style->tracks[t].enter < low)
        low = style->tracks[t].enter;
    }
    if (low > 0.0)
      fail_msg("%s has no harmony at the lowest energy", style->name);
    if (tracks_of(style, CS_ROLE_MELODY) == 0 ||
        tracks_of(style, CS_ROLE_BASS) == 0 ||
        tracks_of(style, CS_ROLE_MOTION) == 0 ||
        tracks_of(style, CS_ROLE_PAD) == 0)
      fail_msg("%s lacks melody, bass, motion or pad", style->name);
    if (tracks_at(style, 0.05) > 4 || tracks_at(style, 1.0) < 7 ||
        tracks_at(style, 1.0) < tracks_at(style, 0.4) + 3)
      fail_msg("%s does not grow: %zu, %zu, %zu tracks", style->name,
          tracks_at(style, 0.05), tracks_at(style, 0.4), tracks_at(style, 1.0));
  }
}

static void
test_every_function_and_every_mood_of_the_plane_has_a_style(void **state)
{
  (void)state;
  for (int f = 0; f < CS_N_FUNCTIONS; f++) {
    size_t n = 0;
    for (size_t s = 0; s < shipped->n_styles; s++)
      n += shipped->styles[s].fit[f] >= 0.8;
    assert_true(n >= 2);
  }
  for (int v = -8; v <= 8; v += 4) {
    for (int a = -8; a <= 8; a += 4) {
      size_t n = 0;
      for (size_t s = 0; s < shipped->n_styles; s++) {
        const CsStyle *it = &shipped->styles[s];
        n += it->valence[0] <= v / 10.0 && v / 10.0 <= it->valence[1] &&
             it->arousal[0] <= a / 10.0 && a / 10.0 <= it->arousal[1];
      }
      if (n == 0 && (v > -8 || a > -8))
        fail_msg("no style is at home at valence %d, arousal %d tenths", v, a);
    }
  }
}

static void
test_canonical_genres_and_uses_have_a_style(void **state)
{
  (void)state;
  static const char *const genres[] = {"corporate", "acoustic", "cinematic",
      "lo-fi", "ambient", "electronic", "tech", "documentary", "kids",
      "tension", "romantic", "holiday", "jazz", "funk", "world", "magical",
      "classical", "trailer", "meditation", "nature", "country", "house",
      "news", "rock", "synthwave", "latin", "comedy", "island", "folk", "pop",
      "hip hop", "trap", "techno", "disco", "orchestral", "reggae", "blues",
      "metal", "swing", "bossa nova", "drum and bass", "chiptune"};
  static const char *const uses[]   = {"product video", "podcast", "e-learning",
        "explainer", "presentation", "trailer", "game", "documentary", "wedding",
        "workout", "news", "kids", "meditation", "sleep", "advertisement",
        "travel", "interview", "logo", "hold music", "menu", "vlog", "comedy"};
  for (int pass = 0; pass < 2; pass++) {
    const char *const *names = pass == 0 ? genres : uses;
    for (size_t i = 0; i < (pass == 0 ? COUNT(genres) : COUNT(uses)); i++) {
      size_t n = 0;
      for (size_t s = 0; s < shipped->n_styles; s++) {
        const CsStyle *it      = &shipped->styles[s];
        const CsStrings *words = pass == 0 ? &it->genres : &it->uses;
        for (size_t w = 0; w < words->n; w++)
          n += strcmp(words->items[w], names[i]) == 0;
      }
      if (n == 0)
        fail_msg("no style is for \"%s\"", names[i]);
    }
  }
}

static void
test_every_mode_has_a_progression(void **state)
{
  (void)state;
  for (unsigned mode = 0; mode < CS_N_MODES; mode++) {
    size_t n = 0;
    for (size_t i = 0; i < shipped->n_progressions; i++)
      n += shipped->progressions[i].modes >> mode & 1U;
    if (n == 0)
      fail_msg("no progression is in %s", cs_mode_names[mode]);
  }
}

static void
test_styles_keep_to_instruments_that_hold_up(void **state)
{
  (void)state;
  for (size_t s = 0; s < shipped->n_styles; s++) {
    const CsStyle *style = &shipped->styles[s];
    for (size_t t = 0; t < style->n_tracks; t++) {
      const CsStyleTrack *track = &style->tracks[t];
      const CsInstrument *first =
          cs_find_instrument(shipped, track->instruments.items[0]);
      if (track->role == CS_ROLE_MELODY && first->grade == 2)
        fail_msg("%s leads with the %s", style->name, first->name);
      for (size_t i = 0; i < track->instruments.n; i++)
        assert_false(cs_instrument_is(
            cs_find_instrument(shipped, track->instruments.items[i]),
            "vocals"));
    }
  }
}

// ---- A person's own style ---------------------------------------------------

#define OWN_HEAD                                                               \
  "\"title\": \"x\", \"tempo_bpm\": [80, 100], \"meters\": [\"4/4\"], "        \
  "\"modes\": [\"major\"], \"valence\": [0, 1], \"arousal\": [0, 1], "         \
  "\"fit\": "                                                                  \
  "{\"underscore\": 0, \"bed\": 1, \"stinger\": 0, \"thematic\": 1, "          \
  "\"ambient\": 0}, "
#define OWN_TRACKS(instrument, pattern)                                        \
  "\"tracks\": [{\"role\": \"chords\", \"instruments\": [\"" instrument        \
  "\"], \"patterns\": [\"" pattern "\"], \"level_db\": -8}]"
#define OWN_PATTERN(id)                                                        \
  "{\"id\": \"" id "\", \"name\": \"x\", \"voices\": [{\"play\": "             \
  "\"x--- ---- ---- ----\", \"accent\": \"6... .... .... ....\"}]}"

static CsStatus
add_own(CsArena *arena, const char *text, const CsPresets **presets,
    const char **style)
{
  return cs_presets_add_style(
      arena, shipped, "mine.json", text, strlen(text), presets, style);
}

static void
test_an_own_style_lies_over_the_shipped_ones(void **state)
{
  (void)state;
  static const char text[] =
      "{\"name\": \"mine\", " OWN_HEAD "\"progressions\": [\"P1x\"], "
      "\"brings\": {\"instruments\": [{\"name\": \"harmonics\", \"program\": "
      "31}, {\"name\": \"bandoneon\", \"program\": 23, \"trim_db\": 7}], "
      "\"progressions\": [{\"id\": \"P1x\", \"name\": \"x\", \"chords\": "
      "\"I | IV\", \"cadence\": \"I\", \"modes\": [\"major\"], \"arousal\": "
      "[0, 1]}], \"accompaniment\": [" OWN_PATTERN("mine-1") ", " OWN_PATTERN(
          "A02") "]}, " OWN_TRACKS("harmonics", "mine-1") "}";
  CsArena *arena        = cs_arena_new(NULL);
  const CsPresets *both = NULL;
  const char *name      = NULL;
  if (add_own(arena, text, &both, &name) != CS_OK)
    fail_msg("%s", cs_arena_error(arena));
  assert_string_equal(name, "mine");
  assert_non_null(cs_find_style(both, "mine"));
  assert_non_null(cs_find_style(both, "corporate"));
  assert_int_equal(both->n_styles, shipped->n_styles + 1);
  assert_int_equal(both->n_instruments, shipped->n_instruments + 1);
  assert_int_equal(both->n_patterns, shipped->n_patterns + 1);
  assert_true(cs_find_instrument(both, "bandoneon")->trim_db == 7.0);
  assert_int_equal(cs_find_pattern(both, "A02")->n_strokes, 1);
  // The layer below stays as it was.
  assert_true(cs_find_instrument(shipped, "bandoneon")->trim_db != 7.0);
  assert_int_equal(cs_find_pattern(shipped, "A02")->n_strokes, 2);
  assert_null(cs_find_style(shipped, "mine"));
  cs_arena_free(arena);
}

static void
test_an_own_style_may_take_the_place_of_a_shipped_one(void **state)
{
  (void)state;
  static const char text[] =
      "{\"name\": \"jazz\", " OWN_HEAD
      "\"progressions\": [\"P01\"], " OWN_TRACKS("piano", "A02") "}";
  CsArena *arena        = cs_arena_new(NULL);
  const CsPresets *both = NULL;
  const char *name      = NULL;
  assert_int_equal(add_own(arena, text, &both, &name), CS_OK);
  assert_int_equal(both->n_styles, shipped->n_styles);
  assert_int_equal(cs_find_style(both, "jazz")->n_tracks, 1);
  assert_true(cs_find_style(shipped, "jazz")->n_tracks > 1);
  cs_arena_free(arena);
}

static void
test_an_own_style_is_refused_with_place_and_mend(void **state)
{
  (void)state;
  static const struct {
    const char *brings, *message;
  } rows[] = {
      {"\"drum\": []",
          "mine.json /brings/drum: this key is unknown; did you mean "
          "\"drums\"?"},
      {"\"instruments\": [{\"name\": \"my piano\", \"program\": 0}]",
          "mine.json /brings/instruments/0: bank 0 program 0 belongs to "
          "\"piano\" already"},
      {"\"instruments\": [{\"name\": \"clav\", \"program\": 31}]",
          "mine.json /brings/instruments/0: \"clav\" stands for the instrument "
          "\"clavinet\" already; take another name"},
      {"\"progressions\": [{\"id\": \"X\", \"name\": \"x\", \"chords\": "
       "\"I | H\", \"cadence\": \"I\", \"modes\": [\"major\"], \"arousal\": "
       "[0, 1]}]",
          "mine.json /brings/progressions/0/chords: \"H\" is no chord; write "
          "like IV, V7/3, ii\xc3\xb8, bVImaj7"},
      {"\"accompaniment\": [{\"id\": \"X\", \"name\": \"x\", \"voices\": "
       "[{\"play\": \"x---\", \"accent\": \"6...\"}]}]",
          "mine.json /brings/accompaniment/0: the pattern has 4 steps, a bar "
          "of "
          "4/4 has 16; fill the bar or set \"drifts\""},
      {"\"bass\": [{\"id\": \"X\", \"name\": \"x\", \"lines\": []}]",
          "mine.json /brings/bass/0/lines: bass have \"voices\" instead"},
      {"\"drums\": [{\"id\": \"X\", \"name\": \"x\", \"lines\": "
       "[{\"drum\": \"kik\", \"play\": \"9\"}]}]",
          "mine.json /brings/drums/0/lines/0/drum: the drum \"kik\" is "
          "unknown; "
          "did you mean \"kick\"?, the names stand in presets/README.md"},
      {"\"accompaniment\": [" OWN_PATTERN("A02") ", " OWN_PATTERN("A02") "]",
          "mine.json /brings/accompaniment/1/id: \"A02\" stands twice; keep "
          "one "
          "of them"},
      {"\"fills\": []",
          "mine.json /brings/fills: 0 entries; allowed are 1..256"},
  };
  for (size_t i = 0; i < COUNT(rows); i++) {
    char text[2048];
    CsArena *arena        = cs_arena_new(NULL);
    const CsPresets *both = NULL;
    const char *name      = NULL;
    (void)snprintf(text, sizeof text,
        "{\"name\": \"mine\", " OWN_HEAD "\"progressions\": [\"P01\"], "
        "\"brings\": {%s}, " OWN_TRACKS("piano", "A02") "}",
        rows[i].brings);
    assert_int_equal(add_own(arena, text, &both, &name), CS_ERR_REQUEST);
    assert_string_equal(cs_arena_error(arena), rows[i].message);
    cs_arena_free(arena);
  }
}

int
main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_shipped_presets_are_many_enough),
      cmocka_unit_test(test_every_plain_name_finds_an_instrument),
      cmocka_unit_test(test_voices_are_found_by_no_wish_but_by_every_ban),
      cmocka_unit_test(test_families_hold_their_members),
      cmocka_unit_test(test_a_program_gives_the_kit_and_not_one_of_its_drums),
      cmocka_unit_test(test_plain_names_rule_drum_keys_out),
      cmocka_unit_test(test_each_kind_of_drum_plays_its_own_lines),
      cmocka_unit_test(
          test_the_orchestra_kit_strikes_no_timpani_for_toms_and_hats),
      cmocka_unit_test(
          test_every_drum_that_a_style_may_choose_has_lines_to_play),
      cmocka_unit_test(
          test_every_pattern_of_a_style_has_a_bar_in_the_common_meters),
      cmocka_unit_test(test_rarer_meters_take_a_bar_that_fits_evenly),
      cmocka_unit_test(test_strokes_follow_each_other_inside_the_bar),
      cmocka_unit_test(test_an_open_hat_never_meets_a_closed_one),
      cmocka_unit_test(test_every_style_can_play_each_function),
      cmocka_unit_test(
          test_every_function_and_every_mood_of_the_plane_has_a_style),
      cmocka_unit_test(test_canonical_genres_and_uses_have_a_style),
      cmocka_unit_test(test_every_mode_has_a_progression),
      cmocka_unit_test(test_styles_keep_to_instruments_that_hold_up),
      cmocka_unit_test(test_an_own_style_lies_over_the_shipped_ones),
      cmocka_unit_test(test_an_own_style_may_take_the_place_of_a_shipped_one),
      cmocka_unit_test(test_an_own_style_is_refused_with_place_and_mend),
  };
  return cmocka_run_group_tests(tests, load_shipped, free_shipped);
}
