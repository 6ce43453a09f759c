/// A performance made by hand, for tests of what is written from one: 5 tracks,
/// 6 sections, a short bar, a change of tempo, a lead-in and a swell.
#ifndef CS_TESTS_UNIT_SAMPLE_CUE_H
#define CS_TESTS_UNIT_SAMPLE_CUE_H

#include "gen/base/rng.h"
#include "gen/perform/performance.h"

#include <stdlib.h>
#include <string.h>

typedef struct SampleCue {
  CsPlan plan;
  CsTimeline *timeline;
  CsPerformance performance;
} SampleCue;

enum { SAMPLE_TRACKS = 6, SAMPLE_SECTIONS = 6 };

static inline int
sample_by_onset(const void *a, const void *b)
{
  const CsPlayedNote *x = a, *y = b;
  if (x->on_frame != y->on_frame)
    return x->on_frame < y->on_frame ? -1 : 1;
  if (x->track != y->track)
    return x->track < y->track ? -1 : 1;
  return (int)x->key - (int)y->key;
}

static inline void
sample_note(
    CsPerformance *p, int64_t on, int64_t n, int track, int key, int velocity)
{
  const int64_t grid = CS_GRID_FRAMES;
  if (on >= p->n_frames)
    return;
  p->notes[p->n_notes++] = (CsPlayedNote){on / grid * grid,
      (on / grid + (n < grid ? 1 : n / grid)) * grid, (uint16_t)track,
      (uint8_t)key, (uint8_t)velocity};
}

static inline int64_t
sample_frame(const SampleCue *cue, int64_t tick)
{
  return (int64_t)(cs_seconds_of_tick(cue->timeline, (double)tick) *
                   cue->performance.sample_rate);
}

static inline void
sample_bar(SampleCue *cue, int bar)
{
  CsPerformance *p         = &cue->performance;
  const int64_t start      = cs_bar_tick(cue->timeline, bar);
  const int64_t length     = cs_bar_ticks(cue->timeline, bar);
  static const int roots[] = {50, 46, 53, 48};
  const int root           = roots[bar % 4];
  CsRng rng                = cs_rng_at(1, "sample", (uint64_t)bar, 0);
  for (int64_t at = 0; at < length && at < 3840; at += 240) {
    const int64_t on = sample_frame(cue, start + at);
    const int64_t n  = sample_frame(cue, start + at + 200) - on;
    const int step   = (int)(at / 240);
    const int loud   = 60 + (int)cs_rng_below(&rng, 40);
    if (step % 2 == 0 && bar > 2)
      sample_note(p, on, n, 2, root + 12 + step % 3 * 4, loud);
    if (step % 4 == 0)
      sample_note(p, on, n * 3, 1, root - 12, loud);
    if (bar > 5)
      sample_note(p, on, n, 3,
          step % 8 == 4   ? 38
          : step % 4 == 0 ? 36
                          : 42,
          loud);
    if (bar > 5 && step % 2 == 1)
      sample_note(p, on, n, 4, 82, loud);
    if (bar > 7 && cs_rng_below(&rng, 3) == 0)
      sample_note(
          p, on, n * 2, 5, root + 24 + (int)cs_rng_below(&rng, 12), loud);
  }
  const int64_t on = sample_frame(cue, start);
  const int64_t n  = sample_frame(cue, start + length) - on;
  for (int i = 0; i < 3; i++)
    sample_note(p, on, n, 0, root + 7 * i, 70);
}

/// Memory that is refused after so many requests.
typedef struct SampleMemory {
  int n_left;
} SampleMemory;

static inline void *
sample_get(void *user, size_t n_bytes)
{
  SampleMemory *memory = user;
  return memory->n_left-- > 0 ? malloc(n_bytes) : NULL;
}

static inline void
sample_give_back(void *user, void *chunk)
{
  (void)user;
  free(chunk);
}

/// Four bars in each section of `plan` but the last.
static inline void
sample_form(CsPlan *plan, CsArena *arena, int bars_each)
{
  static const char *const names[] = {"Intro", "A", "A'", "B", "Build", "End"};
  static const CsSectionKind kinds[] = {CS_SECTION_INTRO, CS_SECTION_A,
      CS_SECTION_A2, CS_SECTION_B, CS_SECTION_BUILD, CS_SECTION_END};
  static const double energies[][2]  = {
       {.2, .3}, {.4, .4}, {.5, .5}, {.45, .6}, {.6, 1.0}, {1.0, .2}};
  plan->sections = CS_NEW_N(arena, CsSection, SAMPLE_SECTIONS);
  for (int i = 0; i < SAMPLE_SECTIONS; i++) {
    CsSection *s = &plan->sections[i];
    s->name      = names[i];
    s->kind      = kinds[i];
    s->first_bar = i * bars_each;
    s->n_bars    = i == SAMPLE_SECTIONS - 1 ? 1 : bars_each;
    memcpy(s->energy, energies[i], sizeof s->energy);
    s->chords.n     = (size_t)s->n_bars;
    s->chords.items = CS_NEW_N(arena, const char *, s->chords.n);
    for (size_t k = 0; k < s->chords.n; k++)
      s->chords.items[k] = k == 0 ? "i" : "%";
  }
  plan->n_sections = SAMPLE_SECTIONS;
  plan->n_bars     = (SAMPLE_SECTIONS - 1) * bars_each + 1;
}

static inline void
sample_tracks(SampleCue *cue, CsArena *arena)
{
  static const CsTrack tracks[SAMPLE_TRACKS] = {
      {.role          = CS_ROLE_PAD,
          .stem       = CS_STEM_PADS,
          .instrument = "strings",
          .program    = 48,
          .level_db   = -10,
          .pan        = -0.3},
      {.role          = CS_ROLE_BASS,
          .stem       = CS_STEM_BASS,
          .instrument = "fingered bass",
          .program    = 33,
          .level_db   = -6},
      {.role          = CS_ROLE_MOTION,
          .stem       = CS_STEM_HARMONY,
          .instrument = "piano",
          .program    = 0,
          .level_db   = -4,
          .pan        = 0.25},
      {.role          = CS_ROLE_DRUMS,
          .stem       = CS_STEM_DRUMS,
          .instrument = "drum kit",
          .bank       = 128,
          .program    = 0,
          .level_db   = -3},
      {.role          = CS_ROLE_PERCUSSION,
          .stem       = CS_STEM_DRUMS,
          .instrument = "shaker",
          .bank       = 128,
          .program    = 0,
          .level_db   = -9},
      {.role          = CS_ROLE_MELODY,
          .stem       = CS_STEM_MELODY,
          .instrument = "flute",
          .bank       = 8,
          .program    = 73,
          .level_db   = -5,
          .pan        = 0.1},
  };
  CsPerformance *p   = &cue->performance;
  cue->plan.tracks   = CS_NEW_N(arena, CsTrack, SAMPLE_TRACKS);
  cue->plan.n_tracks = SAMPLE_TRACKS;
  p->tracks          = CS_NEW_N(arena, CsPlayedTrack, SAMPLE_TRACKS);
  p->n_tracks        = SAMPLE_TRACKS;
  memcpy(cue->plan.tracks, tracks, sizeof tracks);
  for (int i = 0; i < SAMPLE_TRACKS; i++) {
    p->tracks[i].track   = &cue->plan.tracks[i];
    p->tracks[i].gains   = CS_NEW_N(arena, CsGainPoint, 3);
    p->tracks[i].n_gains = 1;
  }
  p->tracks[0].n_gains  = 3;
  p->tracks[0].gains[0] = (CsGainPoint){0, -20.0};
  p->tracks[0].gains[1] = (CsGainPoint){p->n_frames * 4 / 5, 3.0};
  p->tracks[0].gains[2] = (CsGainPoint){p->n_frames, -40.0};
}

/// Build it in place. @param bars_each  Bars of each section.
static inline CsStatus
sample_cue_make(CsArena *arena, int bars_each, int sample_rate, SampleCue *cue)
{
  CsPlan *plan = &cue->plan;
  *plan        = (CsPlan){.engine = 1,
             .seed                = 1,
             .function            = CS_UNDERSCORE,
             .style               = "cinematic",
             .key                 = {2, CS_MINOR},
             .meter               = {4, 4},
             .lead_in_s           = 0.37,
             .ring_out_s          = 2.0,
             .sample_rate         = sample_rate};
  sample_form(plan, arena, bars_each);
  plan->tempos        = CS_NEW_N(arena, CsTempo, 2);
  plan->tempos[0]     = (CsTempo){0, 121.7, 0.37};
  plan->tempos[1]     = (CsTempo){3 * bars_each, 118.3, 0};
  plan->n_tempos      = 2;
  plan->short_bars    = CS_NEW_N(arena, CsShortBar, 1);
  plan->short_bars[0] = (CsShortBar){2 * bars_each - 1, 1.5};
  plan->n_short_bars  = 1;
  plan->hits          = CS_NEW_N(arena, CsHit, 1);
  plan->hits[0]       = (CsHit){.bar = 2 * bars_each, .beat = 0.0};
  plan->n_hits        = 1;
  plan->duration_s    = 0.37 + 60.0 / 119.0 * 4 * (plan->n_bars - 1) + 2.0;
  plan->n_frames      = (uint64_t)(plan->duration_s * sample_rate);
  plan->duration_s    = (double)plan->n_frames / sample_rate;
  CS_TRY(cs_timeline_make(arena, plan, &cue->timeline));
  plan->hits[0].is_at_s = plan->hits[0].at_s = cs_seconds_of_tick(
      cue->timeline, (double)cs_bar_tick(cue->timeline, 2 * bars_each));
  CsPerformance *p = &cue->performance;
  *p               = (CsPerformance){.plan = plan,
                    .timeline              = cue->timeline,
                    .sample_rate           = sample_rate,
                    .n_frames              = (int64_t)plan->n_frames};
  sample_tracks(cue, arena);
  p->notes = CS_NEW_N(arena, CsPlayedNote, (size_t)plan->n_bars * 80 + 1);
  CS_TRY_NEW(p->notes);
  for (int bar = 0; bar < plan->n_bars; bar++)
    sample_bar(cue, bar);
  qsort(p->notes, p->n_notes, sizeof *p->notes, sample_by_onset);
  return CS_OK;
}

#endif
