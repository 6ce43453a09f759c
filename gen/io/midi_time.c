#include "gen/io/midi_time.h"

#include <assert.h>

enum {
  CORRECTED_BARS     = 64, ///< At the latest; 0.5 us a quarter until then.
  MAX_US_PER_QUARTER = 0xffffff, ///< Three bytes in the file.
  LEAD_IN_STEP       = CS_TICKS_PER_QUARTER / 4,
};

/// Rounded; both numbers positive.
static int64_t
divide(int64_t n, int64_t by)
{
  return (n + by / 2) / by;
}

static int64_t
units_of_seconds(double seconds)
{
  return (int64_t)(seconds * 1e6 * CS_TICKS_PER_QUARTER + 0.5);
}

static int64_t
tempo_between(int64_t n_ticks, int64_t n_units)
{
  int64_t us = n_units > 0 ? divide(n_units, n_ticks) : 1;
  us         = us < 1 ? 1 : us;
  return us > MAX_US_PER_QUARTER ? MAX_US_PER_QUARTER : us;
}

/// Go on from the last stretch to a tick that is heard at `until_s`.
///
/// Aiming at the time where the stretch must end, not at the tempo, takes the
/// rounding of the stretches before back.
static void
add_stretch(CsMidiTime *time, int64_t until_tick, double until_s)
{
  CsMidiTempo *tempos   = time->tempos;
  size_t n              = time->n_tempos;
  CsMidiTempo *now      = &tempos[n];
  const int64_t n_ticks = until_tick - now->tick;
  if (n_ticks <= 0)
    return;
  now->us_per_quarter =
      tempo_between(n_ticks, units_of_seconds(until_s) - now->at);
  tempos[n + 1] =
      (CsMidiTempo){until_tick, now->at + n_ticks * now->us_per_quarter, 0};
  if (n > 0 && tempos[n - 1].us_per_quarter == now->us_per_quarter)
    *now = tempos[n + 1];
  else
    n++;
  time->n_tempos = n;
}

static void
add_lead_in(CsMidiTime *time, const CsPlan *plan)
{
  if (plan->lead_in_s <= 0.0 || plan->n_tempos == 0)
    return;
  const double quarters = plan->lead_in_s * plan->tempos[0].bpm / 60.0;
  int64_t n_steps =
      (int64_t)(quarters * CS_TICKS_PER_QUARTER / LEAD_IN_STEP + 0.5);
  n_steps             = n_steps < 1 ? 1 : n_steps;
  time->lead_in_ticks = n_steps * LEAD_IN_STEP;
  add_stretch(time, time->lead_in_ticks, plan->lead_in_s);
}

static void
add_until_bar(CsMidiTime *time, const CsTimeline *timeline, int bar)
{
  const int64_t tick = cs_bar_tick(timeline, bar);
  add_stretch(time, time->lead_in_ticks + tick,
      cs_seconds_of_tick(timeline, (double)tick));
}

/// The next bar after `bar` at which a tempo or a section begins, or the tempo
/// is set right.
static int
next_border(const CsPlan *plan, int bar)
{
  int next =
      plan->n_bars - bar > CORRECTED_BARS ? bar + CORRECTED_BARS : plan->n_bars;
  for (size_t i = 0; i < plan->n_tempos; i++)
    if (plan->tempos[i].bar > bar && plan->tempos[i].bar < next)
      next = plan->tempos[i].bar;
  for (size_t i = 0; i < plan->n_sections; i++)
    if (plan->sections[i].first_bar > bar && plan->sections[i].first_bar < next)
      next = plan->sections[i].first_bar;
  return next;
}

CsStatus
cs_midi_time_make(
    CsArena *arena, const CsPerformance *performance, CsMidiTime *time)
{
  const CsPlan *plan = performance->plan;
  *time              = (CsMidiTime){.sample_rate = performance->sample_rate};
  time->tempos       = CS_NEW_N(arena, CsMidiTempo,
            plan->n_tempos + plan->n_sections +
                (size_t)plan->n_bars / CORRECTED_BARS + 4);
  CS_TRY_NEW(time->tempos);
  add_lead_in(time, plan);
  for (int bar = 0; bar < plan->n_bars;) {
    bar = next_border(plan, bar);
    add_until_bar(time, performance->timeline, bar);
  }
  if (time->n_tempos == 0) { // no bars at all: any tempo will do
    time->tempos[0].us_per_quarter = 500000;
    time->n_tempos                 = 1;
  }
  return CS_OK;
}

int64_t
cs_midi_tick_of_frame(const CsMidiTime *time, int64_t frame)
{
  // 12 h at 96 kHz give 4.0e18, which an int64_t holds.
  assert(frame >= 0 && frame <= (int64_t)96000 * 43200 + 96000);
  const int64_t at = divide(
      frame * (1000000 * (int64_t)CS_TICKS_PER_QUARTER), time->sample_rate);
  size_t low = 0, high = time->n_tempos - 1;
  while (low < high) {
    const size_t middle = (low + high + 1) / 2;
    if (time->tempos[middle].at <= at)
      low = middle;
    else
      high = middle - 1;
  }
  const CsMidiTempo *tempo = &time->tempos[low];
  return tempo->tick + divide(at - tempo->at, tempo->us_per_quarter);
}
