/// A small cue written by hand, note for note, and what a property finds in it.
/// 24 bars of 4/4 in C major at 120 BPM, A A' B, then the last downbeat.
#ifndef CS_TESTS_AUDIT_FIXTURE_H
#define CS_TESTS_AUDIT_FIXTURE_H

#include "tests/unit/compose_fixture.h"

#include "gen/audit/audit.h"
#include "gen/audit/facts.h"

#include <math.h>
#include <stdlib.h>

enum { MELODY, PAD, CHORDS, BASS, DRUMS, N_TRACKS };
enum { STEP = CS_TICKS_PER_STEP, BAR = 16, N_BARS = 24 };

typedef struct Cue {
  Fixture f;
  CsBrief brief;
  CsPlanWish wish;
  CsScore *score;
  CsPerformance performance;
  /// What is added to the onset of a note; NULL: nothing.
  double (*late_ms)(size_t track, int64_t tick);
} Cue;

static CsArena *shipped_arena;
static CsPresets *shipped;

static inline int
load_shipped(void **state)
{
  (void)state;
  shipped_arena = cs_arena_new(NULL);
  if (cs_presets_load(shipped_arena, ".", &shipped) == CS_OK)
    return 0;
  print_error("%s\n", cs_arena_error(shipped_arena));
  return -1;
}

static inline int
free_shipped(void **state)
{
  (void)state;
  cs_arena_free(shipped_arena);
  return 0;
}

static inline void
cue_sections(Cue *c, const char *a, const char *b)
{
  const FixtureSection sections[] = {
      {CS_SECTION_A, 8, {0.5, 0.5}, a},
      {CS_SECTION_A2, 8, {0.6, 0.6}, a},
      {CS_SECTION_B, 8, {0.7, 0.7}, b},
      {CS_SECTION_END, 1, {0.7, 0.7}, "I"},
  };
  fixture_sections(&c->f, sections, COUNT_OF(sections));
  fixture_fit(&c->f, 120.0, 2.5);
}

static inline Cue
cue_new(CsFunction function)
{
  static const FixtureTrack tracks[N_TRACKS] = {
      {CS_ROLE_MELODY, "flute", {60, 96}, 0.0, ""},
      {CS_ROLE_PAD, "strings", {36, 91}, 0.0, ""},
      {CS_ROLE_CHORDS, "piano", {36, 91}, 0.0, ""},
      {CS_ROLE_BASS, "finger bass", {28, 60}, 0.0, ""},
      {CS_ROLE_DRUMS, "drums", {0, 127}, 0.0, ""},
  };
  Cue c     = {.f = {.arena = cs_arena_new(NULL), .presets = shipped}};
  c.f.plan  = CS_NEW(c.f.arena, CsPlan);
  *c.f.plan = (CsPlan){.engine = 1,
      .seed                    = 1,
      .theme_seed              = 1,
      .function                = function,
      .style                   = "corporate",
      .key                     = {0, CS_MAJOR},
      .meter                   = {4, 4},
      .ending                  = CS_ENDING_RING,
      .valence                 = 0.5,
      .arousal                 = 0.2};
  c.score   = CS_NEW(c.f.arena, CsScore);
  cue_sections(&c, "I V vi IV", "IV V I vi");
  fixture_tracks(&c.f, tracks, N_TRACKS);
  c.f.plan->tracks[DRUMS].bank = 128;
  c.score->parts               = CS_NEW_N(c.f.arena, CsPart, N_TRACKS);
  c.score->n_parts             = N_TRACKS;
  return c;
}

static inline void
cue_free(Cue *c)
{
  cs_arena_free(c->f.arena);
}

static inline void
loud_note(Cue *c, int track, int bar, int step, int n_steps, int key, int v)
{
  const CsNote note = {.start_tick = (int64_t)(bar * BAR + step) * STEP,
      .n_ticks                     = (int64_t)n_steps * STEP,
      .key                         = (uint8_t)key,
      .velocity                    = (uint8_t)v};
  assert_int_equal(
      cs_score_add_note(c->f.arena, c->score, (size_t)track, note), CS_OK);
}

static inline void
note(Cue *c, int track, int bar, int step, int n_steps, int key)
{
  loud_note(c, track, bar, step, n_steps, key, 80);
}

/// The same bar in all bars from..to-1: `n` onsets with their keys.
static inline void
bars(Cue *c, int track, int from, int to, int n_steps, int n, const int *steps,
    const int *keys)
{
  for (int bar = from; bar < to; bar++)
    for (int i = 0; i < n; i++)
      note(c, track, bar, steps[i], n_steps, keys[i]);
}

#define BARS(c, track, from, to, n_steps, steps, keys)                         \
  bars(c, track, from, to, n_steps, (int)COUNT_OF(((int[])steps)),             \
      (int[])steps, (int[])keys)
#define LIST(...)                                                              \
  {                                                                            \
    __VA_ARGS__                                                                \
  }

/// Played to the letter, but for what the test moves.
static inline void
play(Cue *c)
{
  enum { RATE = 48000 };
  CsPerformance *p    = &c->performance;
  const CsTimeline *t = c->score->timeline;
  size_t n_all        = 0;
  for (size_t i = 0; i < N_TRACKS; i++)
    n_all += c->score->parts[i].n_notes;
  *p        = (CsPerformance){.plan = c->f.plan,
             .timeline              = t,
             .sample_rate           = RATE,
             .n_frames              = (int64_t)c->f.plan->n_frames,
             .n_tracks              = N_TRACKS};
  p->notes  = CS_NEW_N(c->f.arena, CsPlayedNote, n_all);
  p->tracks = CS_NEW_N(c->f.arena, CsPlayedTrack, N_TRACKS);
  for (size_t i = 0; i < N_TRACKS; i++) {
    p->tracks[i] = (CsPlayedTrack){.track = &c->f.plan->tracks[i],
        .gains                            = CS_NEW(c->f.arena, CsGainPoint),
        .n_gains                          = 1};
    for (size_t k = 0; k < c->score->parts[i].n_notes; k++) {
      const CsNote *n = &c->score->parts[i].notes[k];
      const double late_ms =
          c->late_ms == NULL ? 0.0 : c->late_ms(i, n->start_tick);
      const double on = cs_seconds_of_tick(t, (double)n->start_tick);
      const double off =
          cs_seconds_of_tick(t, (double)(n->start_tick + n->n_ticks));
      p->notes[p->n_notes++] = (CsPlayedNote){
          .on_frame  = (int64_t)((on + 1e-3 * late_ms) * RATE + 0.5),
          .off_frame = (int64_t)(off * RATE + 0.5),
          .track     = (uint16_t)i,
          .key       = n->key,
          .velocity  = n->velocity};
    }
  }
}

static inline int
by_onset(const void *a, const void *b)
{
  const CsPlayedNote *x = a, *y = b;
  return (x->on_frame > y->on_frame) - (x->on_frame < y->on_frame);
}

static inline const CsProperty *
property_of(const char *id)
{
  for (size_t i = 0; i < cs_n_properties; i++)
    if (strcmp(cs_properties[i]->id, id) == 0)
      return cs_properties[i];
  fail_msg("no property %s", id);
  return NULL;
}

/// Ready to be judged: all notes stand, in order.
static inline CsEvidence
evidence_of(Cue *c)
{
  CsTimeline *t = NULL;
  assert_int_equal(cs_timeline_make(c->f.arena, c->f.plan, &t), CS_OK);
  c->score->plan     = c->f.plan;
  c->score->timeline = t;
  cs_score_finish(c->score);
  if (c->performance.notes == NULL) {
    play(c);
    qsort(c->performance.notes, c->performance.n_notes,
        sizeof *c->performance.notes, by_onset);
  }
  CsEvidence e = {.presets = c->f.presets,
      .brief               = &c->brief,
      .wish                = &c->wish,
      .plan                = c->f.plan,
      .score               = c->score,
      .performance         = &c->performance};
  assert_int_equal(cs_evidence_gather(c->f.arena, &e), CS_OK);
  return e;
}

static inline CsFinding
find(Cue *c, const char *id)
{
  const CsEvidence e = evidence_of(c);
  CsFinding f        = {.holds = true};
  assert_int_equal(property_of(id)->fn(c->f.arena, &e, &f), CS_OK);
  return f;
}

static inline void
assert_holds(Cue *c, const char *id)
{
  const CsFinding f = find(c, id);
  if (!f.applies || !f.holds)
    fail_msg("%s: applies %d, %.3f is outside %.3f..%.3f: %s", id, f.applies,
        f.value, f.low, f.high, f.where);
}

static inline void
assert_breaks(Cue *c, const char *id)
{
  const CsFinding f = find(c, id);
  if (!f.applies || f.holds)
    fail_msg("%s: applies %d, %.3f is within %.3f..%.3f: %s", id, f.applies,
        f.value, f.low, f.high, f.where);
}

/// Told of a cue to be judged.
typedef void Scene(Cue *c);

static inline void
judge(CsFunction function, const char *id, Scene *good, Scene *bad)
{
  Cue c = cue_new(function);
  good(&c);
  assert_holds(&c, id);
  cue_free(&c);
  c = cue_new(function);
  bad(&c);
  assert_breaks(&c, id);
  cue_free(&c);
}

// I V vi IV in close position, led smoothly.
static const int triads[4][3] = {
    {60, 64, 67}, {59, 62, 67}, {60, 64, 69}, {60, 65, 69}};

static inline void
pad_bars(Cue *c, int from, int to)
{
  for (int bar = from; bar < to; bar++)
    for (int i = 0; i < 3; i++)
      note(c, PAD, bar, 0, BAR, triads[bar % 4][i]);
}

static inline void
pad(Cue *c)
{
  cue_sections(c, "I V vi IV", "I V vi IV");
  pad_bars(c, 0, N_BARS);
}

static inline void
bass_line(Cue *c)
{
  static const int roots[4] = {36, 43, 45, 41};
  for (int bar = 0; bar < N_BARS; bar++)
    note(c, BASS, bar, 0, BAR, roots[bar % 4]);
}

static inline void
planned_chords(Cue *c)
{
  pad(c);
  bass_line(c);
}

#endif
