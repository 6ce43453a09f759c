/// A small plan, style and pattern book made by hand, and questions about the
/// notes that come of it. For tests of the composing room.
#ifndef CS_TESTS_COMPOSE_FIXTURE_H
#define CS_TESTS_COMPOSE_FIXTURE_H

#include "gen/compose/composer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/// A section to be: chords are repeated until the bars are full.
typedef struct FixtureSection {
  CsSectionKind kind;
  int n_bars;
  double energy[2];
  const char *chords; ///< Symbols by bar, separated by spaces.
} FixtureSection;

typedef struct FixtureTrack {
  CsRole role;
  const char *instrument;
  int range[2];
  double enter;
  const char *patterns; ///< Ids separated by spaces.
} FixtureTrack;

typedef struct Fixture {
  CsArena *arena;
  CsPresets *presets;
  CsPlan *plan;
} Fixture;

// --- Patterns ---------------------------------------------------------------

#define STROKES(...)                                                           \
  .strokes   = (CsStroke[]){__VA_ARGS__},                                      \
  .n_strokes = sizeof((CsStroke[]){__VA_ARGS__}) / sizeof(CsStroke)

static inline CsPresets *
fixture_presets(CsArena *arena)
{
  const CsPattern patterns[] = {
      {.id         = "A03",
          .family  = "A03",
          .kind    = CS_PATTERN_CHORDS,
          .meter   = {4, 4},
          .n_steps = 16,
          .gate    = 0.9,
          STROKES({0, 4, 84, 0, 0, 0}, {4, 4, 70, 0, 0, 0}, {8, 4, 78, 0, 0, 0},
              {12, 4, 70, 0, 0, 0})},
      {.id         = "A06",
          .family  = "A06",
          .kind    = CS_PATTERN_CHORDS,
          .meter   = {4, 4},
          .n_steps = 8,
          .gate    = 1.0,
          STROKES({0, 2, 84, 1, 0, 0}, {2, 2, 74, 2, 0, 0}, {4, 2, 78, 4, 0, 0},
              {6, 2, 74, 8, 0, 0})},
      {.id         = "A11",
          .family  = "A11",
          .kind    = CS_PATTERN_CHORDS,
          .meter   = {4, 4},
          .n_steps = 6,
          .gate    = 0.8,
          .drifts  = true,
          STROKES({0, 1, 86, 1, 0, 0}, {1, 1, 70, 2, 0, 0}, {2, 1, 76, 4, 0, 0},
              {3, 1, 70, 8, 0, 0}, {4, 1, 76, 4, 0, 0}, {5, 1, 70, 2, 0, 0})},
      {.id         = "A12",
          .family  = "A12",
          .kind    = CS_PATTERN_CHORDS,
          .meter   = {4, 4},
          .n_steps = 16,
          .gate    = 1.0,
          STROKES({0, 4, 86, 0, 0, 18}, {4, 2, 80, 0, 0, 18},
              {6, 4, 72, 28, 0, -14}, {10, 2, 72, 28, 0, -14},
              {12, 2, 80, 0, 0, 18}, {14, 2, 72, 28, 0, -14})},
      {.id         = "A16b",
          .family  = "A16b",
          .kind    = CS_PATTERN_CHORDS,
          .meter   = {4, 4},
          .n_steps = 16,
          .gate    = 0.5,
          STROKES({6, 2, 80, 0, 0, 0}, {14, 2, 76, 0, 0, 0})},
      {.id               = "A22",
          .family        = "A22",
          .kind          = CS_PATTERN_CHORDS,
          .meter         = {4, 4},
          .n_steps       = 16,
          .gate          = 1.0,
          .scatter_per_s = 0.2,
          STROKES({0, 16, 60, 0, 0, 0})},
      {.id         = "A23",
          .family  = "A03",
          .kind    = CS_PATTERN_CHORDS,
          .meter   = {3, 4},
          .n_steps = 12,
          .gate    = 0.7,
          STROKES({4, 4, 76, 0, 0, 0}, {8, 4, 70, 0, 0, 0})},
      {.id         = "B01",
          .family  = "B01",
          .kind    = CS_PATTERN_BASS,
          .meter   = {4, 4},
          .n_steps = 16,
          .gate    = 1.0,
          STROKES({0, 16, 80, 0, 1, 0})},
      {.id         = "B04",
          .family  = "B04",
          .kind    = CS_PATTERN_BASS,
          .meter   = {4, 4},
          .n_steps = 16,
          .gate    = 0.9,
          STROKES({0, 6, 88, 0, 1, 0}, {6, 2, 72, 0, 1, 0}, {8, 6, 84, 0, 1, 0},
              {14, 2, 72, 0, 5, 0})},
      {.id         = "B05",
          .family  = "B05",
          .kind    = CS_PATTERN_BASS,
          .meter   = {4, 4},
          .n_steps = 16,
          .gate    = 0.8,
          STROKES({0, 2, 88, 0, 1, 0}, {2, 2, 76, 0, 1, 0}, {4, 2, 82, 0, 1, 0},
              {6, 2, 76, 0, 1, 0}, {8, 2, 84, 0, 1, 0}, {10, 2, 76, 0, 1, 0},
              {12, 2, 82, 0, 1, 0}, {14, 2, 76, 0, 0, 0})},
      {.id         = "B08",
          .family  = "B08",
          .kind    = CS_PATTERN_BASS,
          .meter   = {4, 4},
          .n_steps = 16,
          .gate    = 1.0,
          STROKES({0, 4, 84, 0, 1, 0}, {4, 4, 78, 0, 3, 0}, {8, 4, 82, 0, 5, 0},
              {12, 4, 76, 0, 0, 0})},
  };
  CsPresets *presets = CS_NEW(arena, CsPresets);
  presets->patterns  = CS_NEW_N(arena, CsPattern, COUNT_OF(patterns));
  for (size_t i = 0; i < COUNT_OF(patterns); i++) {
    CsPattern *p = &presets->patterns[presets->n_patterns++];
    *p           = patterns[i];
    p->strokes   = CS_NEW_N(arena, CsStroke, p->n_strokes);
    memcpy(p->strokes, patterns[i].strokes, p->n_strokes * sizeof(CsStroke));
  }
  presets->styles    = CS_NEW(arena, CsStyle);
  presets->n_styles  = 1;
  presets->styles[0] = (CsStyle){.name = "plain", .humanise = 1.0};
  return presets;
}

// --- Plans ------------------------------------------------------------------

static inline CsStrings
fixture_words(CsArena *arena, const char *text)
{
  CsStrings words = {.items = CS_NEW_N(arena, const char *, strlen(text) + 1)};
  while (*text != '\0') {
    const size_t n = strcspn(text, " ");
    if (n > 0)
      words.items[words.n++] = cs_arena_copy(arena, text, n);
    text += n + (text[n] == ' ');
  }
  return words;
}

static inline void
fixture_sections(Fixture *f, const FixtureSection *from, size_t n)
{
  CsPlan *plan     = f->plan;
  plan->sections   = CS_NEW_N(f->arena, CsSection, n);
  plan->n_sections = n;
  plan->n_bars     = 0;
  for (size_t i = 0; i < n; i++) {
    const CsStrings words = fixture_words(f->arena, from[i].chords);
    const size_t n_bars   = (size_t)from[i].n_bars;
    const char **chords   = CS_NEW_N(f->arena, const char *, n_bars);
    for (size_t k = 0; k < n_bars; k++)
      chords[k] = words.items[k % words.n];
    plan->sections[i] = (CsSection){.name = "S",
        .kind                             = from[i].kind,
        .first_bar                        = plan->n_bars,
        .n_bars                           = from[i].n_bars,
        .energy = {from[i].energy[0], from[i].energy[1]},
        .chords = {.items = chords, .n = n_bars}};
    plan->n_bars += from[i].n_bars;
  }
}

static inline void
fixture_tracks(Fixture *f, const FixtureTrack *from, size_t n)
{
  CsPlan *plan   = f->plan;
  plan->tracks   = CS_NEW_N(f->arena, CsTrack, n);
  plan->n_tracks = n;
  for (size_t i = 0; i < n; i++)
    plan->tracks[i] = (CsTrack){.role = from[i].role,
        .stem                         = cs_stem_of_role(from[i].role),
        .instrument                   = from[i].instrument,
        .range                        = {from[i].range[0], from[i].range[1]},
        .patterns = fixture_words(f->arena, from[i].patterns),
        .enter    = from[i].enter,
        .leave    = 1.01,
        .seed     = plan->seed * 1000 + i};
}

/// Set the length that the bars and the ring make together.
static inline void
fixture_fit(Fixture *f, double bpm, double ring_s)
{
  CsPlan *plan    = f->plan;
  const bool ends = plan->sections[plan->n_sections - 1].kind == CS_SECTION_END;
  const int n_bars = plan->n_bars - (ends ? 1 : 0);
  plan->tempos     = CS_NEW(f->arena, CsTempo);
  plan->n_tempos   = 1;
  plan->tempos[0]  = (CsTempo){.bpm = bpm};
  double quarters  = n_bars * cs_meter_quarters(plan->meter);
  for (size_t i = 0; i < plan->n_short_bars; i++)
    quarters += plan->short_bars[i].quarters - cs_meter_quarters(plan->meter);
  plan->ring_out_s  = ends ? ring_s : 0.0;
  plan->duration_s  = quarters * 60.0 / bpm + plan->ring_out_s;
  plan->sample_rate = 48000;
  plan->n_frames    = (uint64_t)(plan->duration_s * 48000.0 + 0.5);
}

/// A cue with every section kind that matters here; change what a test needs,
/// then call fixture_fit() again.
static inline Fixture
fixture_new(CsFunction function, uint64_t seed)
{
  static const FixtureSection sections[] = {
      {CS_SECTION_INTRO, 4, {0.25, 0.3}, "I % vi %"},
      {CS_SECTION_A, 8, {0.5, 0.5}, "I V/3 vi IV"},
      {CS_SECTION_B, 8, {0.6, 0.6}, "ii7 V Imaj7 vi"},
      {CS_SECTION_BUILD, 8, {0.5, 0.9}, "IV V vi I/3"},
      {CS_SECTION_CLIMAX, 8, {0.95, 0.95}, "I V vi IVadd9"},
      {CS_SECTION_END, 1, {0.9, 0.9}, "I"},
  };
  static const FixtureTrack tracks[] = {
      {CS_ROLE_PAD, "pad", {36, 91}, 0.0, ""},
      {CS_ROLE_CHORDS, "piano", {36, 91}, 0.2, "A03 A12"},
      {CS_ROLE_MOTION, "pluck", {48, 96}, 0.3, "A06 A11"},
      {CS_ROLE_BASS, "bass", {28, 60}, 0.2, "B01 B04 B05"},
  };
  Fixture f = {.arena = cs_arena_new(NULL)};
  f.presets = fixture_presets(f.arena);
  f.plan    = CS_NEW(f.arena, CsPlan);
  *f.plan   = (CsPlan){.engine = 1,
        .seed                  = seed,
        .theme_seed            = seed,
        .function              = function,
        .style                 = "plain",
        .key                   = {2, CS_MAJOR},
        .meter                 = {4, 4},
        .ending                = CS_ENDING_RING,
        .valence               = 0.5,
        .arousal               = function == CS_AMBIENT ? -0.6 : 0.3};
  fixture_sections(&f, sections, COUNT_OF(sections));
  fixture_tracks(&f, tracks, COUNT_OF(tracks));
  fixture_fit(&f, function == CS_UNDERSCORE ? 80.0 : 112.0, 2.5);
  return f;
}

static inline void
fixture_free(Fixture *f)
{
  cs_arena_free(f->arena);
}

static inline CsScore *
fixture_compose(Fixture *f)
{
  CsScore *score        = NULL;
  const CsStatus status = cs_compose(f->arena, f->presets, f->plan, &score);
  if (status != CS_OK)
    print_error("%s\n", cs_arena_error(f->arena));
  assert_int_equal(status, CS_OK);
  return score;
}

static inline const char *
fixture_dump(Fixture *f)
{
  const char *text = NULL;
  assert_int_equal(cs_score_dump(f->arena, fixture_compose(f), &text), CS_OK);
  return text;
}

#endif
