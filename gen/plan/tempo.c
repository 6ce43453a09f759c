#include "gen/base/mathx.h"
#include "gen/plan/planning.h"

#include <math.h>
#include <string.h>

enum {
  MAX_SHORT_BARS  = 12,
  MAX_HITS        = 256,
  RING_STEPS      = 20,  ///< Ring-outs tried per number of bars.
  RING_STEPS_HIT  = 100, ///< The same where accents must fall on beats.
  MAX_BAR_SPREAD  = 96,  ///< Bars tried on either side of the ideal number.
  MEND_BAR_SPREAD = 3,   ///< The same once a fit is being mended for accents.
  MAX_LOOKS       = 1000000, ///< About a tenth of a second.
};

// RULEBOOK 3.3. A hit may sound 40 ms early to 80 ms late.
static const double hit_early_s = 0.040, hit_late_s = 0.080;

/// A way to fill the length with bars.
typedef struct Fit {
  int n_bars;    ///< Whole or short ones before the last downbeat.
  double pickup; ///< Quarters of a pick-up in front, 0 = none.
  double ring_s;
  double bpm;
  CsShortBar shorts[MAX_SHORT_BARS]; ///< Rising; bars without the pick-up.
  int n_shorts;
  double cost;
} Fit;

/// What a search keeps to.
typedef struct Search {
  const CsDraft *d;
  double length_s; ///< From bar 0 to the end of the file.
  double ring[3];  ///< Shortest, wanted, longest.
  double low_bpm, high_bpm;
  bool is_given;
  int max_bars;
  int near_bars;        ///< Look only near this number of bars; 0 = everywhere.
  int grain;            ///< Bars come in multiples of it.
  double pickup_step;   ///< Quarters; 0 = no pick-ups.
  const double *hits_s; ///< From bar 0; drops are among them.
  int n_hits;
  const double *drops_s; ///< Those that must fall on a bar line.
  int n_drops;
  const double *borders_s; ///< Where sections should begin, from bar 0.
  int n_borders;
  long n_looks; ///< Hits placed so far; the search is given up at MAX_LOOKS.
  Fit seed;     ///< Short bars that every candidate has.
  Fit best;
} Search;

// ---- Ring-out --------------------------------------------------------------

typedef struct Point {
  double x, y;
} Point;

static double
on_line(const Point *points, size_t n, double x)
{
  if (x <= points[0].x)
    return points[0].y;
  for (size_t i = 1; i < n; i++)
    if (x <= points[i].x)
      return cs_lerp(points[i - 1].y, points[i].y,
          (x - points[i - 1].x) / (points[i].x - points[i - 1].x));
  return points[n - 1].y;
}

static double
usual_ring_out(CsFunction function, double duration_s)
{
  static const Point metred[] = {{4, 2}, {10, 1.7}, {30, 1.7}, {45, 2}, {60, 2},
      {90, 2.5}, {120, 3}, {180, 4}};
  static const Point ambient[] = {
      {10, 5}, {30, 5}, {60, 6}, {180, 7}, {600, 8}};
  if (duration_s < 4.0)
    return 0.5 * duration_s;
  if (function == CS_STINGER)
    return duration_s < 10.0 ? 0.5 * duration_s : 2.5;
  if (function == CS_AMBIENT)
    return duration_s < 10.0 ? 0.4 * duration_s
                             : on_line(ambient, 5, duration_s);
  return on_line(metred, 8, duration_s);
}

CsRingOut
cs_ring_out(CsFunction function, double duration_s, double beat_s)
{
  const double usual = usual_ring_out(function, duration_s);
  if (duration_s < 10.0)
    return (CsRingOut){0.15 * duration_s, usual, 0.7 * duration_s};
  const double low = 0.8 * usual;
  return (CsRingOut){low > 1.5 ? low : 1.5, usual, 1.3 * usual + beat_s};
}

/// Short cues may ring for long by rule, but sound best near the usual.
static void
set_ring(Search *s, double beat_s)
{
  const CsDraft *d    = s->d;
  const CsRingOut all = cs_ring_out(
      d->plan->function, d->plan->duration_s, s->is_given ? beat_s : 0.0);
  s->ring[0] = all.low_s, s->ring[1] = all.usual_s, s->ring[2] = all.high_s;
  if (d->plan->duration_s < 10.0 && !s->is_given) {
    const double slack = d->plan->duration_s < 4.0 ? 0.35 : 0.2;
    s->ring[0]         = fmax(all.low_s * 1.01, all.usual_s * (1.0 - slack));
    s->ring[2]         = fmin(all.high_s * 0.99, all.usual_s * (1.0 + slack));
  }
}

// ---- Bars of a candidate ---------------------------------------------------

/// Quarters from bar 0 (pick-up included) to a bar line of a candidate.
static double
quarters_to(const Search *s, const Fit *f, int bar)
{
  double quarters = f->pickup + bar * s->d->bar_quarters;
  for (int i = 0; i < f->n_shorts && f->shorts[i].bar < bar; i++)
    quarters -= s->d->bar_quarters - f->shorts[i].quarters;
  return quarters;
}

typedef struct Place {
  int bar;        ///< Without the pick-up; -1 is the pick-up.
  double beat;    ///< Quarters from the bar line.
  double error_s; ///< Sounds that much later than asked.
  double cost;
} Place;

static double
weight_of_beat(const CsDraft *d, double beat)
{
  const double unit = cs_meter_beat_quarters(d->plan->meter);
  const double at   = beat / unit;
  if (beat < 1e-9 || fabs(2.0 * beat - d->bar_quarters) < 1e-9)
    return 0.0;
  return fabs(at - floor(at + 0.5)) < 1e-9 ? 0.040 : 0.080;
}

static Place
try_place(const Search *s, const Fit *f, double hit_s, int bar, double beat)
{
  const double line = bar < 0 ? 0.0 : quarters_to(s, f, bar);
  Place p           = {.bar = bar, .beat = beat};
  p.error_s         = (line + beat) * 60.0 / f->bpm - hit_s;
  p.cost            = (fabs(p.error_s) + weight_of_beat(s->d, beat)) / 0.4;
  if (p.error_s < -hit_early_s || p.error_s > hit_late_s)
    p.cost += 1.5 + fmin(2.0, fabs(p.error_s));
  return p;
}

static bool
is_accepted(const Place *p)
{
  return p->error_s >= -hit_early_s && p->error_s <= hit_late_s;
}

/// The bar of a candidate that holds a moment; n_bars is the last downbeat.
static int
bar_at(const Search *s, const Fit *f, double quarters)
{
  int low = -1, high = f->n_bars + 1;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    if (quarters_to(s, f, middle) <= quarters)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/// The half beat near a hit on which it costs least.
static bool
is_drop(const Search *s, double hit_s)
{
  for (int i = 0; i < s->n_drops; i++)
    if (s->drops_s[i] == hit_s)
      return true;
  return false;
}

static Place
place_hit(const Search *s, const Fit *f, double hit_s)
{
  const double half  = 0.5 * cs_meter_beat_quarters(s->d->plan->meter);
  const double at    = hit_s * f->bpm / 60.0;
  const int bar      = bar_at(s, f, at);
  const double line  = bar < 0 ? 0.0 : quarters_to(s, f, bar);
  const double width = bar < f->n_bars ? quarters_to(s, f, bar + 1) - line : 0;
  Place best         = {.cost = 1e9};
  const bool on_line = is_drop(s, hit_s);
  const double first = on_line ? 0.0 : floor((at - line) / half) - 1.0;
  for (int k = 0; k < (on_line ? 1 : 4); k++) {
    const double beat = (first + k) * half;
    if (beat < 0.0 || (beat > 0.0 && beat > width - 1e-9))
      continue;
    const Place p = try_place(s, f, hit_s, bar, beat);
    best          = p.cost < best.cost ? p : best;
  }
  if (bar < f->n_bars) {
    const Place p = try_place(s, f, hit_s, bar + 1, 0.0);
    best          = p.cost < best.cost ? p : best;
  }
  return best.cost < 1e9 ? best : try_place(s, f, hit_s, bar, 0.0);
}

// ---- Costs -----------------------------------------------------------------

static double
cost_of_bars(const Search *s, int n_bars)
{
  const bool is_short = s->d->plan->duration_s < 10.0;
  if (n_bars % 4 == 0 || (is_short && n_bars <= 2))
    return 0.0;
  if (n_bars % 2 == 0)
    return is_short ? 0.05 : 0.15;
  return is_short ? 0.1 : 0.35;
}

static double
cost_of_pickup(const Search *s, double pickup)
{
  if (pickup <= 0.0)
    return 0.0;
  const double half = 0.5 * s->d->bar_quarters;
  const double unit = cs_meter_beat_quarters(s->d->plan->meter);
  const double part = fabs(pickup / unit - floor(pickup / unit + 0.5));
  return (pickup <= half + 1e-9 ? 0.2 : 0.35) + (part > 1e-9 ? 0.05 : 0.0);
}

/// Bars of whole beats are easier to follow than others.
static double
cost_of_shorts(const Search *s, const Fit *f)
{
  const double unit = cs_meter_beat_quarters(s->d->plan->meter);
  double cost       = 0.0;
  for (int i = 0; i < f->n_shorts; i++) {
    const double beats = f->shorts[i].quarters / unit;
    cost += fabs(beats - floor(beats + 0.5)) > 1e-9 ? 0.4 : 0.25;
  }
  return cost;
}

/// Builds and the like begin on phrases: the nearer a phrase begins to where
/// they were asked the better.
static double
cost_of_borders(const Search *s, const Fit *f)
{
  const double phrase = CS_PHRASE_BARS * s->d->bar_quarters;
  double cost         = 0.0;
  for (int i = 0; i < s->n_borders; i++) {
    const double at = (s->borders_s[i] * f->bpm / 60.0 - f->pickup) / phrase;
    cost += 0.3 * fabs(at - floor(at + 0.5));
  }
  return cost;
}

static void
consider(Search *s, Fit *f)
{
  if (f->bpm < s->low_bpm || f->bpm > s->high_bpm)
    return;
  f->cost = 4.0 * fabs(cs_log2(f->bpm / s->d->target_bpm)) +
            cost_of_bars(s, f->n_bars) + cost_of_pickup(s, f->pickup) +
            cost_of_shorts(s, f) + cost_of_borders(s, f);
  if (s->ring[1] > 0.0)
    f->cost += 0.3 * fabs(f->ring_s - s->ring[1]) / s->ring[1];
  for (int i = 0; i < s->n_hits && f->cost < s->best.cost; i++) {
    f->cost += place_hit(s, f, s->hits_s[i]).cost;
    s->n_looks++;
  }
  if (f->cost < s->best.cost - 1e-12)
    s->best = *f;
}

// ---- Search ----------------------------------------------------------------

static void
try_ring_outs(Search *s, Fit *f, double quarters)
{
  const int steps = s->n_hits > 0 ? RING_STEPS_HIT : RING_STEPS;
  const int n     = s->ring[2] > s->ring[0] ? steps : 0;
  for (int i = 0; i <= n; i++) {
    const double share = n > 0 ? (double)i / n : 0.0;
    f->ring_s          = cs_lerp(s->ring[0], s->ring[2], share);
    f->bpm             = quarters * 60.0 / (s->length_s - f->ring_s);
    consider(s, f);
  }
}

static void
try_bars(Search *s, int n_bars, double pickup)
{
  Fit f    = s->seed;
  f.n_bars = n_bars;
  f.pickup = pickup;
  while (f.n_shorts > 0 && f.shorts[f.n_shorts - 1].bar >= n_bars)
    f.n_shorts--;
  const double quarters = quarters_to(s, &f, n_bars);
  if (quarters <= 0.0)
    return;
  if (!s->is_given) {
    try_ring_outs(s, &f, quarters);
    return;
  }
  f.bpm    = s->d->target_bpm;
  f.ring_s = s->length_s - quarters * 60.0 / f.bpm;
  if (f.ring_s >= s->ring[0] - 1e-9 && f.ring_s <= s->ring[2] + 1e-9)
    consider(s, &f);
}

static void
search(Search *s)
{
  const double body  = s->length_s - s->ring[1];
  const double ideal = body * s->d->target_bpm / 60.0 / s->d->bar_quarters;
  const int middle   = s->near_bars > 0 ? s->near_bars : (int)(ideal + 0.5);
  const int wide     = cs_clamp_int(middle / 2 + 8, 0, MAX_BAR_SPREAD);
  const int spread   = s->near_bars > 0 ? MEND_BAR_SPREAD : wide;
  const int last     = cs_clamp_int(middle + spread, 0, s->max_bars);
  const bool mends   = s->near_bars > 0 && !s->is_given;
  for (int n = middle > spread ? middle - spread : 0;
       n <= last && s->n_looks < MAX_LOOKS; n++) {
    if (n % s->grain != 0)
      continue;
    try_bars(s, n, mends ? s->seed.pickup : 0.0);
    if (s->pickup_step > 0.0 && !mends)
      for (double p = s->pickup_step; p < s->d->bar_quarters - 1e-9;
           p += s->pickup_step)
        try_bars(s, n, p);
  }
}

/// Tempos from which a search may choose, where no words bound it.
static void
set_bounds(Search *s)
{
  const CsDraft *d  = s->d;
  const double wide = d->plan->duration_s < 10.0 ? 2.2 : 1.5;
  s->low_bpm        = fmax(30.0, d->target_bpm / wide);
  s->high_bpm       = fmin(300.0, d->target_bpm * wide);
  if (d->plan->duration_s >= 20.0) {
    s->low_bpm  = fmax(s->low_bpm, d->usual_bpm[0] / 1.02);
    s->high_bpm = fmin(s->high_bpm, d->usual_bpm[1] * 1.02);
  }
  if (d->is_tempo_ranged) {
    s->low_bpm  = d->tempo_bpm[0];
    s->high_bpm = d->tempo_bpm[1];
  }
}

static int
count_missed(const Search *s)
{
  int n = 0;
  for (int i = 0; i < s->n_hits; i++) {
    const Place p = place_hit(s, &s->best, s->hits_s[i]);
    n += !is_accepted(&p);
  }
  return n;
}

/// From neat numbers of bars to any: the next step is tried where the one
/// before found nothing good, or missed an accent.
static void
search_all(Search *s)
{
  enum { N_STEPS = 5 };
  const double beat            = cs_meter_beat_quarters(s->d->plan->meter);
  const bool is_long           = s->d->plan->duration_s >= 10.0;
  const int grains[N_STEPS]    = {2, 1, 1, 1, 1};
  const double picks[N_STEPS]  = {0.0, 0.0, beat, 0.25 * beat, 0.125 * beat};
  const double enough[N_STEPS] = {1.2, 1.2, 1.8, 1e9, 1e9};
  s->best.cost                 = 1e9;
  for (int i = is_long && !s->is_given ? 0 : 2; i < N_STEPS; i++) {
    s->grain       = grains[i];
    s->pickup_step = picks[i];
    search(s);
    if (s->best.cost < enough[i] && count_missed(s) == 0)
      return;
  }
}

// ---- Short bars before hits ------------------------------------------------

static void
add_short(Fit *f, int bar, double quarters)
{
  int at = f->n_shorts;
  for (; at > 0 && f->shorts[at - 1].bar > bar; at--)
    f->shorts[at] = f->shorts[at - 1];
  f->shorts[at] = (CsShortBar){bar, quarters};
  f->n_shorts++;
}

static bool
has_short(const Fit *f, int bar)
{
  for (int i = 0; i < f->n_shorts; i++)
    if (f->shorts[i].bar == bar)
      return true;
  return false;
}

/// Shorten a bar at the end of one of the two groups of `grid` bars before a
/// hit in the way that costs least; none when nothing helps.
static void
shorten_before(Search *s, double hit_s, int grid)
{
  const Fit before  = s->best;
  const double unit = cs_meter_beat_quarters(s->d->plan->meter);
  const double step = s->is_given ? 0.25 * unit : 0.5 * unit;
  const int bar     = place_hit(s, &before, hit_s).bar;
  const int last    = bar / grid * grid - 1;
  for (int b = last; b > 0 && b > last - 2 * grid; b -= grid) {
    if (has_short(&before, b))
      continue;
    for (double q = unit; q < s->d->bar_quarters - 1e-9; q += step) {
      s->seed = before;
      add_short(&s->seed, b, q);
      search(s);
    }
  }
  s->seed = s->best;
}

/// Short bars at phrase ends before the hits, then, where they do not suffice,
/// between phrases too.
static void
mend_hits(Search *s)
{
  static const int grids[] = {CS_PHRASE_BARS, 2, 1};
  for (size_t g = 0; g < sizeof grids / sizeof *grids; g++)
    for (int i = 0; i < s->n_hits; i++) {
      if (count_missed(s) == 0 || s->best.n_shorts >= MAX_SHORT_BARS)
        return;
      s->seed      = s->best;
      s->near_bars = s->best.n_bars;
      shorten_before(s, s->hits_s[i], grids[g]);
    }
}

// ---- Bars that fill the length to its last frame ---------------------------

/// Given tempo, cut or fade: the last bar is broken off where the file ends.
static Fit
run_to_end(const CsDraft *d, double length_s)
{
  Fit f                 = {.bpm = d->target_bpm};
  const double quarters = length_s * f.bpm / 60.0;
  const double bars     = ceil(quarters / d->bar_quarters - 1e-9);
  f.n_bars              = bars < 1.0 ? 1 : (int)bars;
  const double last     = quarters - (f.n_bars - 1) * d->bar_quarters;
  if (last < d->bar_quarters - 1e-6)
    add_short(&f, f.n_bars - 1, fmax(last, 1.0 / CS_TICKS_PER_QUARTER));
  return f;
}

static CsStatus
warn_tempo_gave_way(CsDraft *d, double bpm)
{
  if (fabs(bpm / d->target_bpm - 1.0) <= 0.005)
    return CS_OK;
  return cs_plan_warn(d, "contradiction",
      "A loop of %g s holds whole bars at %.2f BPM, not at %g BPM; the length "
      "was kept.",
      d->plan->duration_s, bpm, d->target_bpm);
}

/// The number of bars whose tempo is nearest to the asked one.
static Fit
nearest_loop(const CsDraft *d, double length_s)
{
  const double bars = length_s * d->target_bpm / 60.0 / d->bar_quarters;
  Fit f             = {.n_bars = (int)floor(bars + 0.5)};
  f.bpm             = f.n_bars * d->bar_quarters * 60.0 / length_s;
  return f.bpm >= 30.0 && f.bpm <= 300.0 ? f : run_to_end(d, length_s);
}

static CsStatus
fit_whole_bars(CsDraft *d, Search *s)
{
  if (d->is_tempo_given && d->plan->ending == CS_ENDING_LOOP) {
    s->best = nearest_loop(d, s->length_s);
    return warn_tempo_gave_way(d, s->best.bpm);
  }
  memset(s->ring, 0, sizeof s->ring);
  if (!d->is_tempo_given)
    search_all(s);
  if (d->is_tempo_given || s->best.cost >= 1e9)
    s->best = run_to_end(d, s->length_s);
  return CS_OK;
}

/// Where no whole number of beats fits: a pick-up of just the length that lets
/// the last chord ring as usual.
static Fit
odd_pickup(const Search *s)
{
  Fit f                 = {.bpm = s->d->target_bpm, .ring_s = s->ring[1]};
  const double quarters = (s->length_s - f.ring_s) * f.bpm / 60.0;
  f.n_bars              = (int)floor(quarters / s->d->bar_quarters);
  f.pickup              = fmax(
                   quarters - f.n_bars * s->d->bar_quarters, 1.0 / CS_TICKS_PER_QUARTER);
  return f;
}

// ---- Into the plan ---------------------------------------------------------

static CsStatus
keep_short_bars(CsDraft *d, const Fit *f)
{
  CsPlan *plan     = d->plan;
  plan->short_bars = CS_NEW_N(d->arena, CsShortBar, (size_t)f->n_shorts + 1);
  CS_TRY_NEW(plan->short_bars);
  if (f->pickup > 0.0)
    plan->short_bars[plan->n_short_bars++] = (CsShortBar){0, f->pickup};
  for (int i = 0; i < f->n_shorts; i++) {
    CsShortBar bar = f->shorts[i];
    bar.bar += d->n_pickup;
    plan->short_bars[plan->n_short_bars++] = bar;
  }
  return CS_OK;
}

static CsStatus
keep_hits(CsDraft *d, const Search *s)
{
  CsPlan *plan = d->plan;
  plan->hits   = CS_NEW_N(d->arena, CsHit, (size_t)s->n_hits);
  CS_TRY_NEW(plan->hits);
  for (int i = 0; i < s->n_hits; i++) {
    const Place p   = place_hit(s, &s->best, s->hits_s[i]);
    const double at = s->hits_s[i] + plan->lead_in_s;
    CsHit *hit      = &plan->hits[plan->n_hits++];
    *hit            = (CsHit){.at_s = at};
    hit->bar        = cs_clamp_int(p.bar + d->n_pickup, 0, plan->n_bars - 1);
    hit->beat       = p.beat;
    if (!is_accepted(&p))
      CS_TRY(cs_plan_warn(d, "contradiction",
          "The accent asked at %g s falls at %.2f s, on the nearest beat that "
          "this length and tempo have.",
          at, at + p.error_s));
  }
  return CS_OK;
}

static CsStatus
keep_fit(CsDraft *d, const Search *s)
{
  const Fit *f = &s->best;
  CsPlan *plan = d->plan;
  d->n_pickup  = f->pickup > 0.0 ? 1 : 0;
  d->n_body    = f->n_bars + d->n_pickup;
  plan->n_bars = d->n_body + (d->has_end ? 1 : 0);
  plan->tempos = CS_NEW(d->arena, CsTempo);
  CS_TRY_NEW(plan->tempos);
  plan->tempos[0]  = (CsTempo){.bar = 0, .bpm = f->bpm};
  plan->n_tempos   = 1;
  plan->ring_out_s = d->has_end ? f->ring_s : 0.0;
  CS_TRY(keep_short_bars(d, f));
  return keep_hits(d, s);
}

/// Times of the asked accents, or of asked changes, from bar 0 on, rising.
static CsStatus
collect_times(CsDraft *d, unsigned kinds, const double **times_s, int *n_times)
{
  double *times = CS_NEW_N(d->arena, double, MAX_HITS);
  CS_TRY_NEW(times);
  for (size_t i = 0; i < d->brief->n_arc && *n_times < MAX_HITS; i++) {
    const CsArcEvent *e = &d->brief->arc[i];
    const double at     = e->start_s - d->plan->lead_in_s;
    if (!(kinds >> e->kind & 1U) || !e->has_start || at < -hit_early_s)
      continue;
    int k = (*n_times)++;
    for (; k > 0 && times[k - 1] > at; k--)
      times[k] = times[k - 1];
    times[k] = at < 0.0 ? 0.0 : at;
  }
  *times_s = times;
  return CS_OK;
}

CsStatus
cs_fit_tempo(CsDraft *d)
{
  CsPlan *plan = d->plan;
  Search s     = {.d = d, .is_given = d->is_tempo_given};
  s.length_s   = plan->duration_s - plan->lead_in_s;
  s.max_bars   = plan->duration_s < 4.0 ? 2 : CS_MAX_CUE_BARS;
  s.best.cost  = 1e9;
  CS_TRY(collect_times(d, 1U << CS_ARC_DROP, &s.drops_s, &s.n_drops));
  CS_TRY(collect_times(
      d, 1U << CS_ARC_HIT | 1U << CS_ARC_DROP, &s.hits_s, &s.n_hits));
  CS_TRY(collect_times(d,
      1U << CS_ARC_BUILD | 1U << CS_ARC_PEAK | 1U << CS_ARC_DROP |
          1U << CS_ARC_RISE | 1U << CS_ARC_FALL,
      &s.borders_s, &s.n_borders));
  set_bounds(&s);
  if (!d->has_end) {
    CS_TRY(fit_whole_bars(d, &s));
    return keep_fit(d, &s);
  }
  if (s.is_given)
    s.low_bpm = 0.0, s.high_bpm = 1e9;
  set_ring(&s, 60.0 * cs_meter_beat_quarters(plan->meter) / d->target_bpm);
  search_all(&s);
  if (s.best.cost >= 1e9 && !s.is_given) { // words bound the tempo closely
    s.is_given = true;
    s.low_bpm = 0.0, s.high_bpm = 1e9;
    set_ring(&s, 60.0 * cs_meter_beat_quarters(plan->meter) / d->target_bpm);
    search_all(&s);
  }
  if (s.best.cost >= 1e9)
    s.best = odd_pickup(&s);
  else if (s.n_hits > 0)
    mend_hits(&s);
  return keep_fit(d, &s);
}
