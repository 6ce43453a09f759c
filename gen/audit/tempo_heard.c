// The tempo that the onsets have, against the one that was asked (R02).

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/audit/request.h"

#include "gen/base/mathx.h"

#include <math.h>

/// Onsets are compared with a train of pulses, stretch by stretch, so that a
/// short bar or a pick-up between stretches does not blur it.
#define STRETCH_S 8.0
#define MIN_STRETCH_S 3.0
/// Looked for this far around what the bars say, in such steps.
#define REACH 0.08
#define STEP 0.0025

enum { N_STEPS = 2 * 32 + 1, MIN_ONSETS = 8 };

/// A given tempo is kept this exactly: what onsets can prove in a few bars.
#define LEEWAY 0.005

/// Pulses in a quarter note: beats, eighths, triplets, sixteenths.
static const int pulses[] = {1, 2, 3, 4, 6, 8};

/// A number on the unit circle.
typedef struct Turn {
  double re, im;
} Turn;

static Turn
turn_of(double radians)
{
  const double rest = radians - 2.0 * CS_PI * floor(radians / (2.0 * CS_PI));
  return (Turn){cs_cos(rest), cs_sin(rest)};
}

static Turn
turn_on(Turn a, Turn by)
{
  return (Turn){a.re * by.re - a.im * by.im, a.re * by.im + a.im * by.re};
}

/// Add, for every step around a tempo, how well the onsets of a stretch meet
/// its pulses: where they all do, they point the same way.
static void
add_agreement(const double *onsets_s, size_t n, double bpm, int n_pulses,
    double sums[N_STEPS])
{
  const double radians_per_s = 2.0 * CS_PI * bpm / 60.0 * n_pulses;
  Turn all[N_STEPS]          = {{0.0, 0.0}};
  for (size_t i = 0; i < n; i++) {
    const double s = onsets_s[i] - onsets_s[0];
    Turn at        = turn_of(radians_per_s * (1.0 - REACH) * s);
    const Turn by  = turn_of(radians_per_s * STEP * s);
    for (int k = 0; k < N_STEPS; k++) {
      all[k].re += at.re;
      all[k].im += at.im;
      at = turn_on(at, by);
    }
  }
  for (int k = 0; k < N_STEPS; k++)
    sums[k] += all[k].re * all[k].re + all[k].im * all[k].im;
}

/// Distinct onsets of what is played, in seconds; effects mark no beat.
static CsStatus
gather_onsets(
    CsArena *scratch, const CsEvidence *e, double **onsets_s, size_t *n)
{
  const CsPerformance *p = e->performance;
  double *found          = CS_NEW_N(scratch, double, p->n_notes);
  CS_TRY_NEW(found);
  *n = 0;
  for (size_t i = 0; i < p->n_notes; i++) {
    const double at_s = cs_played_s(e, &p->notes[i]);
    if (e->plan->tracks[p->notes[i].track].role == CS_ROLE_EFFECTS ||
        (*n > 0 && at_s - found[*n - 1] < CS_MELD_S))
      continue;
    found[(*n)++] = at_s;
  }
  *onsets_s = found;
  return CS_OK;
}

/// Sum, over all stretches, how well each step around the bars' tempo agrees.
static void
add_stretch(
    const CsEvidence *e, const double *onsets_s, size_t n, double sums[N_STEPS])
{
  const CsTimeline *t = e->score->timeline;
  const int bar    = cs_bar_of_tick(t, cs_tick_of_seconds(t, onsets_s[n / 2]));
  const double bpm = cs_bpm_at(e, bar);
  for (size_t k = 0; k < sizeof pulses / sizeof *pulses; k++)
    add_agreement(onsets_s, n, bpm, pulses[k], sums);
}

/// The strongest step, refined by a parabola through its neighbours.
static double
peak_of(const double sums[N_STEPS])
{
  int best = 0;
  for (int k = 1; k < N_STEPS; k++)
    best = sums[k] > sums[best] ? k : best;
  double offset = 0.0;
  if (best > 0 && best + 1 < N_STEPS) {
    const double bend = sums[best - 1] - 2.0 * sums[best] + sums[best + 1];
    if (bend < 0.0)
      offset = 0.5 * (sums[best - 1] - sums[best + 1]) / bend;
  }
  return 1.0 - REACH + STEP * (best + offset);
}

/// @return 0 where there is too little to hear a tempo in.
static double
tempo_heard(const CsEvidence *e, const double *onsets_s, size_t n)
{
  double sums[N_STEPS] = {0.0};
  bool is_heard        = false;
  for (size_t from = 0, to; from < n; from = to) {
    for (to = from; to < n && onsets_s[to] - onsets_s[from] < STRETCH_S;)
      to++;
    if (to - from < MIN_ONSETS ||
        onsets_s[to - 1] - onsets_s[from] < MIN_STRETCH_S)
      continue;
    add_stretch(e, onsets_s + from, to - from, sums);
    is_heard = true;
  }
  return is_heard ? cs_bpm_at(e, 0) * peak_of(sums) : 0.0;
}

/// A loop has whole bars, so that a given tempo gives way to the nearest: the
/// asked tempo would have filled it with up to half a bar less.
static double
leeway(const CsEvidence *e)
{
  const bool is_loop = e->plan->ending == CS_ENDING_LOOP;
  return LEEWAY + (is_loop ? 0.5 / (e->plan->n_bars - 0.5) : 0.0);
}

static CsStatus
tempo(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  double asked[2]  = {0.0, 0.0};
  double *onsets_s = NULL;
  size_t n         = 0;
  if (!cs_asked_tempo(e, asked) || e->plan->function == CS_AMBIENT)
    return CS_OK;
  CS_TRY(gather_onsets(scratch, e, &onsets_s, &n));
  const double heard = tempo_heard(e, onsets_s, n);
  if (heard > 0.0)
    *f = cs_finding_within(
        heard, asked[0] * (1.0 - leeway(e)), asked[1] * (1.0 + leeway(e)));
  return CS_OK;
}

const CsProperty cs_property_R02 = {
    .id   = "R02",
    .name = "tempo",
    .text =
        "The onsets have the tempo that was asked, to 0.5 % (a loop: to the "
        "nearest whole number of bars); not of ambient cues.",
    .unit    = "BPM",
    .is_hard = true,
    .fn      = tempo,
};
