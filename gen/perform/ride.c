// The hand on the fader: sections come in the order of their energy.
//
// What a listener takes for energy is how much happens and how loud it is
// (RULEBOOK 9, T39), and how much happens hangs on who plays what. A phrase
// that is meant to stand over another and does not is raised, and the other
// taken back, by what the two lack and no more.

#include "gen/perform/performer.h"

#include "gen/base/mathx.h"

#include <math.h>
#include <stdlib.h>

/// Octaves of density and steps of 6 dB that all the energy makes at least. A
/// build makes half as much of 0.45 of it (RULEBOOK 3.2, T40: 1.8 times the
/// events and 4 dB).
static const double least_slope = 3.0;

static const double most_ride_db = 3.0, db_per_step = 6.0;

/// A hand moves slowly: what is held over the bar line must not jump (T48).
static const double glide_s = 1.0;

/// Layers come and go at most every four bars.
enum { BLOCK_BARS = 4 };

/// Some bars of a section that keeps its energy.
typedef struct Station {
  int bar, end_bar;
  bool is_climax;
  double energy;
  double heard;  ///< Mean of its bars, in steps.
  double n_bars; ///< Those that are heard.
} Station;

/// Neighbours in energy that were found in the wrong order, taken together.
typedef struct Pool {
  double sum, weight;
  size_t n;
} Pool;

// ---- What is heard ----------------------------------------------------------

/// The cue bar by bar.
typedef struct Bars {
  const CsPerformer *p;
  const CsHeardWith *with;
  double *events;         ///< Onsets per track, summed.
  size_t level, evenness; ///< Cursors.
} Bars;

/// Keys struck together are one onset.
static void
count_events(const CsPerformer *p, const CsPart *part, double *events)
{
  for (size_t i = 0; i < part->n_notes; i++)
    if (i == 0 || part->notes[i].start_tick > part->notes[i - 1].start_tick)
      events[cs_bar_of_tick(p->timeline, part->notes[i].start_tick)] += 1.0;
}

/// What is heard in a bar, as the audit will find it, but for the hands of the
/// players. Bars may not fall.
static double
heard_in_bar(Bars *b, int bar)
{
  const double start  = cs_frame_of_bar(b->p, bar);
  const double end    = cs_frame_of_bar(b->p, bar + 1);
  const double s      = (end - start) / b->p->rate;
  const int64_t frame = (int64_t)(0.5 * (start + end));
  const double db     = cs_db_from_gain(b->with->bar_energies[bar] / s) / 2.0 +
                    cs_curve_at(b->with->levels, &b->level, frame) +
                    cs_curve_at(b->with->evenness, &b->evenness, frame);
  return cs_log2(0.1 + b->events[bar] / s) + db / db_per_step;
}

static bool
is_silent(const Bars *b, int bar)
{
  const CsPlan *plan = b->p->plan;
  const double start = cs_frame_of_bar(b->p, bar) / b->p->rate;
  const double end   = cs_frame_of_bar(b->p, bar + 1) / b->p->rate;
  for (size_t i = 0; i < plan->n_silences; i++)
    if (plan->silences[i].start_s < end && plan->silences[i].end_s > start)
      return true;
  return b->with->bar_energies[bar] <= 0.0;
}

static Station
station_at(Bars *b, const CsSection *s, int bar)
{
  const int end = s->first_bar + s->n_bars;
  Station at    = {.bar = bar,
         .end_bar       = bar + BLOCK_BARS < end ? bar + BLOCK_BARS : end,
         .is_climax     = s->kind == CS_SECTION_CLIMAX,
         .energy        = 0.5 * (s->energy[0] + s->energy[1])};
  double sum    = 0.0;
  for (int i = at.bar; i < at.end_bar; i++) {
    if (is_silent(b, i))
      continue;
    sum += heard_in_bar(b, i);
    at.n_bars += 1.0;
  }
  at.heard = at.n_bars > 0.0 ? sum / at.n_bars : 0.0;
  return at;
}

static size_t
find_stations(Bars *b, Station *stations)
{
  const CsPlan *plan = b->p->plan;
  size_t n           = 0;
  for (size_t i = 0; i < plan->n_sections; i++) {
    const CsSection *s = &plan->sections[i];
    const bool is_even = s->kind != CS_SECTION_END && !cs_is_growing(plan, s);
    for (int k = 0; is_even && k < s->n_bars; k += BLOCK_BARS) {
      stations[n] = station_at(b, s, s->first_bar + k);
      n += stations[n].n_bars > 0.0;
    }
  }
  return n;
}

// ---- What it should be ------------------------------------------------------

/// Of equal energy the softer one first: between them there is no order.
static int
by_energy(const void *a, const void *b)
{
  const Station *x = a, *y = b;
  if (x->energy != y->energy)
    return x->energy < y->energy ? -1 : 1;
  if (x->heard != y->heard)
    return x->heard < y->heard ? -1 : 1;
  return x->bar - y->bar;
}

/// The nearest row to what is heard that rises with the energy (neighbours that
/// violate it are pooled).
static size_t
pool_stations(const Station *stations, size_t n, Pool *pools)
{
  size_t n_pools = 0;
  for (size_t i = 0; i < n; i++) {
    const Station *s   = &stations[i];
    const double above = s->heard - least_slope * s->energy;
    Pool pool          = {s->n_bars * above, s->n_bars, 1};
    while (n_pools > 0 && pools[n_pools - 1].sum * pool.weight >=
                              pool.sum * pools[n_pools - 1].weight) {
      n_pools--;
      pool.sum += pools[n_pools].sum;
      pool.weight += pools[n_pools].weight;
      pool.n += pools[n_pools].n;
    }
    pools[n_pools++] = pool;
  }
  return n_pools;
}

/// A climax is never taken back: the loudest place of the cue is there.
static void
ride_station(const Station *s, const Pool *pool, double *bar_db)
{
  const double wanted = pool->sum / pool->weight + least_slope * s->energy;
  const double db     = cs_clamp(db_per_step * (wanted - s->heard),
      s->is_climax ? 0.0 : -most_ride_db, most_ride_db);
  for (int bar = s->bar; bar < s->end_bar; bar++)
    bar_db[bar] = db;
}

/// What grows leads from the gain before it to the one that follows; a build,
/// which begins lower anyway, rises as it was written.
static void
lead_on(const CsPlan *plan, double *bar_db)
{
  for (size_t i = 0; i < plan->n_sections; i++) {
    const CsSection *s = &plan->sections[i];
    const int end      = s->first_bar + s->n_bars;
    if (s->kind != CS_SECTION_END && !cs_is_growing(plan, s))
      continue;
    const double before = s->first_bar > 0 ? bar_db[s->first_bar - 1] : 0.0;
    const double to     = end < plan->n_bars ? bar_db[end] : before;
    const double from   = s->kind == CS_SECTION_BUILD ? to : before;
    for (int k = 0; k < s->n_bars; k++)
      bar_db[s->first_bar + k] = cs_lerp(from, to, (double)k / s->n_bars);
  }
}

// ---- The whole --------------------------------------------------------------

CsStatus
cs_find_ride(const CsPerformer *p, const CsScore *score,
    const CsHeardWith *with, double *bar_db)
{
  const size_t most = (size_t)p->plan->n_bars;
  Station *stations = CS_NEW_N(p->arena, Station, most);
  Pool *pools       = CS_NEW_N(p->arena, Pool, most);
  Bars bars         = {.p = p, .with = with};
  bars.events       = CS_NEW_N(p->arena, double, most);
  size_t next       = 0;
  CS_TRY_NEW(stations);
  CS_TRY_NEW(pools);
  CS_TRY_NEW(bars.events);
  for (size_t i = 0; i < score->n_parts; i++)
    count_events(p, &score->parts[i], bars.events);
  const size_t n = find_stations(&bars, stations);
  qsort(stations, n, sizeof *stations, by_energy);
  const size_t n_pools = pool_stations(stations, n, pools);
  for (size_t i = 0; i < n_pools; i++)
    for (size_t k = 0; k < pools[i].n; k++)
      ride_station(&stations[next++], &pools[i], bar_db);
  lead_on(p->plan, bar_db);
  return CS_OK;
}

CsStatus
cs_write_ride(const CsPerformer *p, const double *bar_db, CsCurve *curve)
{
  for (int bar = 0; bar < p->plan->n_bars; bar++) {
    const double start = cs_frame_of_bar(p, bar);
    const double end   = cs_frame_of_bar(p, bar + 1);
    const double glide = fmin(glide_s * p->rate, 0.5 * (end - start));
    CS_TRY(cs_curve_add(p, curve, start, bar_db[bar]));
    CS_TRY(cs_curve_add(p, curve, end - glide, bar_db[bar]));
  }
  return CS_OK;
}
