#include "gen/presets/presets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

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
test_loading_takes_less_than_15_ms(void **state)
{
  (void)state;
  double best_ms = 1e9;
  for (int i = 0; i < 5; i++) {
    struct timespec from, to;
    CsArena *arena    = cs_arena_new(NULL);
    CsPresets *loaded = NULL;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    assert_int_equal(cs_presets_load(arena, ".", &loaded), CS_OK);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    const double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 +
                      (double)(to.tv_nsec - from.tv_nsec) / 1e6;
    best_ms = ms < best_ms ? ms : best_ms;
    cs_arena_free(arena);
  }
#ifndef CS_SANITIZED
  assert_true(best_ms < 15.0);
#endif
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

// ---- Refusals ---------------------------------------------------------------

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
      cmocka_unit_test(test_shipped_presets_are_many_enough),
      cmocka_unit_test(test_loading_takes_less_than_15_ms),
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
      cmocka_unit_test(test_a_smallest_set_of_presets_loads),
      cmocka_unit_test(test_what_is_wrong_is_refused_with_place_and_mend),
      cmocka_unit_test(test_a_broken_file_leaves_the_others),
      cmocka_unit_test(test_a_folder_without_a_sound_style_is_refused),
      cmocka_unit_test(test_an_own_style_lies_over_the_shipped_ones),
      cmocka_unit_test(test_an_own_style_may_take_the_place_of_a_shipped_one),
      cmocka_unit_test(test_an_own_style_is_refused_with_place_and_mend),
      cmocka_unit_test(test_refused_memory_is_passed_up),
  };
  return cmocka_run_group_tests(tests, load_shipped, free_shipped);
}
