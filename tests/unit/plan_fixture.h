/// Briefs built by hand and the shipped presets, for tests of planning.
#ifndef CS_TESTS_UNIT_PLAN_FIXTURE_H
#define CS_TESTS_UNIT_PLAN_FIXTURE_H

#include "gen/plan/plan.h"
#include "gen/plan/timeline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_WORDS = 8, MAX_EVENTS = 16 };

/// A brief with room for what a test says, its wish, and what came of it.
typedef struct Ask {
  CsArena *arena;
  const CsPresets *presets;
  CsBrief brief;
  CsPlanWish wish;
  CsArcEvent arc[MAX_EVENTS];
  const char *instruments[MAX_WORDS];
  const char *exclude[MAX_WORDS];
  const char *moods[MAX_WORDS];
  const char *genres[MAX_WORDS];
  const char *uses[MAX_WORDS];
} Ask;

static CsArena *presets_arena;
static CsPresets *presets;

static inline int
load_presets(void **state)
{
  (void)state;
  presets_arena = cs_arena_new(NULL);
  if (cs_presets_load(presets_arena, ".", &presets) == CS_OK)
    return 0;
  (void)fprintf(stderr, "%s\n", cs_arena_error(presets_arena));
  return -1;
}

static inline int
free_presets(void **state)
{
  (void)state;
  cs_arena_free(presets_arena);
  return 0;
}

/// A cue of that function and length; nothing else is said.
static inline void
ask(Ask *a, CsFunction function, double duration_s)
{
  memset(a, 0, sizeof *a);
  a->arena                   = cs_arena_new(NULL);
  a->presets                 = presets;
  a->brief.prompt            = "";
  a->brief.said              = CS_SAID_DURATION | CS_SAID_FUNCTION;
  a->brief.duration_s        = duration_s;
  a->brief.function          = function;
  a->brief.arc               = a->arc;
  a->brief.instruments.items = a->instruments;
  a->brief.exclude.items     = a->exclude;
  a->brief.moods.items       = a->moods;
  a->brief.genres.items      = a->genres;
  a->brief.uses.items        = a->uses;
  a->wish.seed = a->wish.theme_seed = 1;
}

static inline void
say_tempo(Ask *a, double low, double high)
{
  a->brief.said |= CS_SAID_TEMPO;
  a->brief.tempo_bpm[0] = low;
  a->brief.tempo_bpm[1] = high;
}

static inline void
say_mood(Ask *a, double valence, double arousal)
{
  a->brief.said |= CS_SAID_VALENCE | CS_SAID_AROUSAL;
  a->brief.valence = valence;
  a->brief.arousal = arousal;
}

static inline void
say_word(CsStrings *list, const char *word)
{
  list->items[list->n++] = word;
}

static inline CsArcEvent *
say_event(Ask *a, CsArcKind kind, double start_s, double end_s)
{
  CsArcEvent *e = &a->arc[a->brief.n_arc++];
  *e            = (CsArcEvent){.kind = kind, .amount = 1.0};
  e->has_start  = start_s >= 0.0;
  e->has_end    = end_s >= 0.0;
  e->start_s    = start_s;
  e->end_s      = end_s;
  return e;
}

/// Plan it; a refusal fails the test with its sentence.
static inline CsPlan *
planned(Ask *a)
{
  CsPlan *plan = NULL;
  if (cs_plan_make(a->arena, a->presets, &a->brief, &a->wish, &plan) != CS_OK)
    fail_msg("refused: %s", cs_arena_error(a->arena));
  return plan;
}

static inline void
done(Ask *a)
{
  cs_arena_free(a->arena);
}

static inline bool
near(double a, double b, double tolerance)
{
  return fabs(a - b) <= tolerance;
}

/// The first section of a kind, or NULL.
static inline const CsSection *
find_section(const CsPlan *plan, CsSectionKind kind)
{
  for (size_t i = 0; i < plan->n_sections; i++)
    if (plan->sections[i].kind == kind)
      return &plan->sections[i];
  return NULL;
}

#endif
