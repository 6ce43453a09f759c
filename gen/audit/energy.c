// How a cue grows: energy and builds (T39, T40).

#include "gen/audit/course.h"
#include "gen/audit/properties.h"
#include "gen/audit/rank.h"

#include "gen/base/mathx.h"

#include <math.h>

// ---- T39: energy ------------------------------------------------------------

enum { MIN_ENERGY_BARS = 8, MOST_STEPS = 24 };

/// A cue of which the energy moves less than this has no arc.
#define MIN_ARC 0.25

/// How a build rises (RULEBOOK 3.4): slowly first, in level as in density.
#define BUILD_POWER 1.6

/// A section keeps its energy unless that moves by so much.
#define LEAST_COURSE 0.12

/// Nobody hears that one section wants a fiftieth more than another: 0.05 is
/// half a decibel (RULEBOOK 3.2).
#define LEAST_STEP 0.05

static bool
has_course(const CsSection *s)
{
  return s->kind == CS_SECTION_BUILD ||
         fabs(s->energy[1] - s->energy[0]) >= LEAST_COURSE;
}

static double
middle_energy(const CsSection *s)
{
  return 0.5 * (s->energy[0] + s->energy[1]);
}

/// Energies that sections want which keep theirs, from the least on: those that
/// lie within a step of one another want the same.
typedef struct Steps {
  double energies[MOST_STEPS];
  int n;
} Steps;

static Steps
find_steps(const CsPlan *plan)
{
  Steps steps = {.n = 0};
  for (double from = 0.0, next = 0.0; next <= 1.0; from = next + LEAST_STEP) {
    next = 2.0;
    for (size_t i = 0; i < plan->n_sections; i++) {
      const double energy = middle_energy(&plan->sections[i]);
      if (!has_course(&plan->sections[i]) && energy >= from && energy < next)
        next = energy;
    }
    if (next <= 1.0 && steps.n < MOST_STEPS)
      steps.energies[steps.n++] = next;
  }
  return steps;
}

static double
step_of(const Steps *steps, double energy)
{
  int i = steps->n - 1;
  while (i > 0 && steps->energies[i] > energy)
    i--;
  return steps->energies[i];
}

static double
wanted_at(const CsEvidence *e, const Steps *steps, int bar)
{
  const CsSection *s = cs_section_of_bar(e->score->timeline, bar);
  const double share = (bar - s->first_bar + 0.5) / s->n_bars;
  if (s->kind == CS_SECTION_BUILD)
    return cs_lerp(s->energy[0], s->energy[1], cs_pow(share, BUILD_POWER));
  return has_course(s) ? cs_lerp(s->energy[0], s->energy[1], share)
                       : step_of(steps, middle_energy(s));
}

static CsStatus
energy(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  const int n_bars = cs_n_body_bars(e);
  double low = 1.0, high = 0.0, agreed = 0.0;
  size_t n               = 0;
  double *wanted         = CS_NEW_N(scratch, double, (size_t)n_bars);
  double *heard          = CS_NEW_N(scratch, double, (size_t)n_bars);
  const CsCourse *course = e->course;
  const Steps steps      = find_steps(e->plan);
  CS_TRY_NEW(wanted);
  CS_TRY_NEW(heard);
  if (!cs_is_metred(e) || n_bars < MIN_ENERGY_BARS)
    return CS_OK;
  for (int b = 0; b < n_bars; b++) {
    if (cs_is_asked_silence(e, cs_bar_s(e, b), cs_bar_s(e, b + 1)))
      continue;
    wanted[n] = wanted_at(e, &steps, b);
    heard[n]  = cs_course_energy(e, course, b);
    low       = fmin(low, wanted[n]);
    high      = fmax(high, wanted[n]);
    n++;
  }
  if (n < MIN_ENERGY_BARS || high - low < MIN_ARC)
    return CS_OK;
  CS_TRY(cs_rank_agreement(scratch, wanted, heard, n, &agreed));
  *f = cs_finding_at_least(agreed, 0.8);
  return CS_OK;
}

const CsProperty cs_property_T39 = {
    .id   = "T39",
    .name = "energy is followed",
    .text =
        "Density and level of the notes follow the wanted energy bar by bar: "
        "rank correlation of 0.80 of what is possible where bars want the same "
        "(cues whose energy moves by 0.25 or more).",
    .unit    = "",
    .is_hard = true,
    .fn      = energy,
};

// ---- T40: builds ------------------------------------------------------------

enum { MIN_BUILD_BARS = 4, N_KEYS = 128 };

/// What grows in a build, from its first two bars to its last two.
typedef double GrowthFn(const CsEvidence *e, CsStretch s);

static double
event_growth(const CsEvidence *e, CsStretch s)
{
  const double before =
      cs_course_rate(e, e->course->events, s.from, s.from + 2);
  const double after = cs_course_rate(e, e->course->events, s.to - 2, s.to);
  return before > 0.0 ? after / before : 99.0;
}

static double
level_growth(const CsEvidence *e, CsStretch s)
{
  return cs_course_level_db(e, e->course, s.to - 2, s.to) -
         cs_course_level_db(e, e->course, s.from, s.from + 2);
}

/// Semitones between the lowest and the highest key that sound.
static int
key_span(const CsEvidence *e, int from_bar, int to_bar)
{
  enum { EDGE_TICKS = 60 }; // pushes and strums over the bar line
  const CsTimeline *t = e->score->timeline;
  const int64_t from  = cs_bar_tick(t, from_bar) + EDGE_TICKS;
  const int64_t to    = cs_bar_tick(t, to_bar) - EDGE_TICKS;
  int low = N_KEYS, high = -1;
  for (size_t i = 0; i < e->score->n_parts; i++) {
    const CsPart *part = &e->score->parts[i];
    for (size_t k = 0; cs_is_pitched(e, i) && k < part->n_notes &&
                       part->notes[k].start_tick < to;
         k++) {
      const int key = part->notes[k].key;
      if (!cs_sounds_between(&part->notes[k], from, to))
        continue;
      low  = key < low ? key : low;
      high = key > high ? key : high;
    }
  }
  return high >= low ? high - low : 0;
}

static double
span_growth(const CsEvidence *e, CsStretch s)
{
  return key_span(e, s.to - 2, s.to) - key_span(e, s.from, s.from + 2);
}

static bool
is_even_function(const CsEvidence *e)
{
  return e->plan->function == CS_BED || e->plan->function == CS_UNDERSCORE;
}

/// Judge every asked build; the worst speaks.
static CsStatus
judge_builds(const CsEvidence *e, GrowthFn *growth, double low, CsFinding *f)
{
  if (!cs_has_said(e, CS_ARC_BUILD) || !cs_is_metred(e))
    return CS_OK;
  for (size_t i = 0; i < e->brief->n_arc; i++) {
    if (e->brief->arc[i].kind != CS_ARC_BUILD)
      continue;
    const CsStretch s = cs_build_bars(e, &e->brief->arc[i]);
    if (s.from < 0 || s.to - s.from < MIN_BUILD_BARS)
      continue;
    const double grown = growth(e, s);
    if (f->applies && grown >= f->value)
      continue;
    *f = cs_finding_at_least(grown, low);
    cs_finding_where(f, "bars %d to %d, %.1f to %.1f s", s.from + 1, s.to,
        cs_bar_s(e, s.from), cs_bar_s(e, s.to));
  }
  return CS_OK;
}

static CsStatus
build_events(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  return judge_builds(e, event_growth, is_even_function(e) ? 1.4 : 1.8, f);
}

static CsStatus
build_level(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  return judge_builds(e, level_growth, is_even_function(e) ? 3.0 : 4.0, f);
}

static CsStatus
build_span(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  (void)scratch;
  return judge_builds(e, span_growth, 7.0, f);
}

const CsProperty cs_property_T40a = {
    .id   = "T40a",
    .name = "build: events",
    .text =
        "An asked build ends with 1.8 times the onsets that it begins with, "
        "two bars each, counted per track (bed, underscore: 1.4).",
    .unit    = "times",
    .is_hard = true,
    .fn      = build_events,
};

const CsProperty cs_property_T40b = {
    .id   = "T40b",
    .name = "build: level of the notes",
    .text = "An asked build ends 4 dB louder than it begins, as the notes have "
            "it (bed, underscore: 3).",
    .unit = "dB",
    .is_hard = true,
    .fn      = build_level,
};

const CsProperty cs_property_T40c = {
    .id      = "T40c",
    .name    = "build: span",
    .text    = "From its first to its last two bars an asked build spans 7 "
               "semitones more.",
    .unit    = "st",
    .is_hard = true,
    .fn      = build_span,
};
