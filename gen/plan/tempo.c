#include "gen/base/mathx.h"
#include "gen/plan/fit.h"

#include <math.h>
#include <string.h>

enum {
  MAX_HITS        = 256,
  RING_STEPS      = 20,  ///< Ring-outs tried per number of bars.
  RING_STEPS_HIT  = 100, ///< The same where accents must fall on beats.
  MAX_BAR_SPREAD  = 96,  ///< Bars tried on either side of the ideal number.
  MEND_BAR_SPREAD = 3,   ///< The same once a fit is being mended for accents.
  MAX_LOOKS       = 1000000, ///< About a tenth of a second.
};

/// Share of a stinger that rings at least; a little more than T45 asks.
static const double sting_tail = 0.42;

/// The last downbeat comes 1.5 s before the end at the latest (RULEBOOK 3.1),
/// but for gestures.
static const double least_ring_s = 1.5, longest_gesture_s = 4.0;

// ---- Bounds ----------------------------------------------------------------

/// Short cues may ring for long by rule, but sound best near the usual.
static void
narrow_ring(CsFitSearch *s)
{
  const double slack = s->d->plan->duration_s < 4.0 ? 0.35 : 0.2;
  const double usual = s->ring[1];
  s->ring[0]         = fmax(s->ring[0] * 1.01, usual * (1.0 - slack));
  s->ring[2]         = fmin(s->ring[2] * 0.99, usual * (1.0 + slack));
}

/// The last chord never comes before the last accent: it falls on one that
/// comes late, and on one that comes too late to leave the usual ring.
static void
ring_from_last_hit(CsFitSearch *s)
{
  const double rest =
      s->n_hits > 0 ? s->length_s - s->hits_s[s->n_hits - 1] : s->length_s;
  const bool is_short = s->d->plan->duration_s < 10.0;
  if (rest < CS_LEAST_RING_S)
    return;
  if (is_short && rest <= 0.55 * s->d->plan->duration_s)
    s->ring[2] = fmax(s->ring[2], rest);
  if (rest < s->ring[0]) {
    s->ring[1] = rest;
    s->ring[0] = fmax(rest - CS_HIT_LATE_S, CS_LEAST_RING_S);
  }
  s->ring[2] = fmin(s->ring[2], fmax(s->ring[0], rest + CS_HIT_EARLY_S));
}

/// The strongest moment of a stinger comes early (T45).
static void
set_ring(CsFitSearch *s, double beat_s)
{
  const CsPlan *plan = s->d->plan;
  const CsRingOut all =
      cs_ring_out(plan->function, plan->duration_s, s->is_given ? beat_s : 0.0);
  s->ring[0] = all.low_s, s->ring[1] = all.usual_s, s->ring[2] = all.high_s;
  const bool is_sting = cs_is_sting_length(plan->function, plan->duration_s);
  if ((plan->duration_s < 10.0 || is_sting) && !s->is_given)
    narrow_ring(s);
  if (is_sting)
    s->ring[0] = fmax(s->ring[0], sting_tail * plan->duration_s);
  if (plan->duration_s >= longest_gesture_s)
    s->ring[0] = fmax(s->ring[0], least_ring_s);
  ring_from_last_hit(s);
}

/// Tempos from which a search may choose, where no words bound it.
static void
set_bounds(CsFitSearch *s)
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

// ---- Search ----------------------------------------------------------------

static void
try_ring_outs(CsFitSearch *s, CsFit *f, double quarters)
{
  const int steps = s->n_hits > 0 ? RING_STEPS_HIT : RING_STEPS;
  const int n     = s->ring[2] > s->ring[0] ? steps : 0;
  for (int i = 0; i <= n; i++) {
    const double share = n > 0 ? (double)i / n : 0.0;
    f->ring_s          = cs_lerp(s->ring[0], s->ring[2], share);
    f->bpm             = quarters * 60.0 / (s->length_s - f->ring_s);
    cs_fit_consider(s, f);
  }
}

static void
try_bars(CsFitSearch *s, int n_bars, double pickup)
{
  CsFit f  = s->seed;
  f.n_bars = n_bars;
  f.pickup = pickup;
  while (f.n_shorts > 0 && f.shorts[f.n_shorts - 1].bar >= n_bars)
    f.n_shorts--;
  const double quarters = cs_fit_quarters_to(s, &f, n_bars);
  if (quarters <= 0.0)
    return;
  if (!s->is_given) {
    try_ring_outs(s, &f, quarters);
    return;
  }
  f.bpm    = s->d->target_bpm;
  f.ring_s = s->length_s - quarters * 60.0 / f.bpm;
  if (f.ring_s >= s->ring[0] - 1e-9 && f.ring_s <= s->ring[2] + 1e-9)
    cs_fit_consider(s, &f);
}

static void
search(CsFitSearch *s)
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

/// Fit the bars as if there were no hits, then bend the tempo towards them. It
/// is the best where no hit misses then and it costs less.
static CsStatus
try_bends(CsFitSearch *s)
{
  CsFitSearch neat = *s;
  neat.n_hits      = 0;
  neat.pickup_step = 0.0;
  neat.best.cost   = 1e9;
  for (neat.grain = 2; neat.grain > 0 && neat.best.cost >= 1.2; neat.grain--)
    search(&neat);
  if (neat.best.cost >= 1e9)
    return CS_OK;
  neat.n_hits = s->n_hits;
  CS_TRY(cs_fit_bend(&neat, &s->bent));
  const bool costs_less =
      s->bent.cost < s->best.cost || cs_fit_count_missed(s, &s->best) > 0;
  if (costs_less && cs_fit_count_missed(s, &s->bent) == 0)
    s->best = s->bent;
  return CS_OK;
}

/// From neat numbers of bars to any: the next step is tried where the one
/// before found nothing good, or missed an accent that no small change of tempo
/// puts on a beat.
static CsStatus
search_all(CsFitSearch *s)
{
  enum { N_STEPS = 5, FIRST_ODD = 2 };
  const double beat            = cs_meter_beat_quarters(s->d->plan->meter);
  const bool is_long           = s->d->plan->duration_s >= 10.0;
  const int grains[N_STEPS]    = {2, 1, 1, 1, 1};
  const double picks[N_STEPS]  = {0.0, 0.0, beat, 0.25 * beat, 0.125 * beat};
  const double enough[N_STEPS] = {1.2, 1.2, 1.8, 1e9, 1e9};
  s->best.cost                 = 1e9;
  for (int i = is_long && !s->is_given ? 0 : FIRST_ODD; i < N_STEPS; i++) {
    s->grain       = grains[i];
    s->pickup_step = picks[i];
    if (i == FIRST_ODD && !s->is_given && s->n_hits > 0)
      CS_TRY(try_bends(s));
    if (s->best.n_stretches > 0)
      return CS_OK;
    search(s);
    if (s->best.cost < enough[i] && cs_fit_count_missed(s, &s->best) == 0)
      return CS_OK;
  }
  return CS_OK;
}

// ---- Short bars before hits ------------------------------------------------

static void
add_short(CsFit *f, int bar, double quarters)
{
  int at = f->n_shorts;
  for (; at > 0 && f->shorts[at - 1].bar > bar; at--)
    f->shorts[at] = f->shorts[at - 1];
  f->shorts[at] = (CsShortBar){bar, quarters};
  f->n_shorts++;
}

static bool
has_short(const CsFit *f, int bar)
{
  for (int i = 0; i < f->n_shorts; i++)
    if (f->shorts[i].bar == bar)
      return true;
  return false;
}

/// Shorten a bar at the end of one of the two groups of `grid` bars before a
/// hit in the way that costs least; none when nothing helps.
static void
shorten_before(CsFitSearch *s, double hit_s, int grid)
{
  const CsFit before = s->best;
  const double unit  = cs_meter_beat_quarters(s->d->plan->meter);
  const double step  = s->is_given ? 0.25 * unit : 0.5 * unit;
  const int bar      = cs_fit_place_hit(s, &before, hit_s).bar;
  const int last     = bar / grid * grid - 1;
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
mend_hits(CsFitSearch *s)
{
  static const int grids[] = {CS_PHRASE_BARS, 2, 1};
  for (size_t g = 0; g < sizeof grids / sizeof *grids; g++)
    for (int i = 0; i < s->n_hits; i++) {
      if (cs_fit_count_missed(s, &s->best) == 0 ||
          s->best.n_shorts >= CS_MAX_SHORT_BARS)
        return;
      s->seed      = s->best;
      s->near_bars = s->best.n_bars;
      shorten_before(s, s->hits_s[i], grids[g]);
    }
}

// ---- Bars that fill the length to its last frame ---------------------------

/// Given tempo, cut or fade: the last bar is broken off where the file ends.
static CsFit
run_to_end(const CsDraft *d, double length_s)
{
  CsFit f               = {.bpm = d->target_bpm};
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
static CsFit
nearest_loop(const CsDraft *d, double length_s)
{
  const double bars = length_s * d->target_bpm / 60.0 / d->bar_quarters;
  CsFit f           = {.n_bars = (int)floor(bars + 0.5)};
  f.bpm             = f.n_bars * d->bar_quarters * 60.0 / length_s;
  return f.bpm >= 30.0 && f.bpm <= 300.0 ? f : run_to_end(d, length_s);
}

static CsStatus
fit_whole_bars(CsDraft *d, CsFitSearch *s)
{
  if (d->is_tempo_given && d->plan->ending == CS_ENDING_LOOP) {
    s->best = nearest_loop(d, s->length_s);
    return warn_tempo_gave_way(d, s->best.bpm);
  }
  memset(s->ring, 0, sizeof s->ring);
  if (!d->is_tempo_given)
    CS_TRY(search_all(s));
  if (d->is_tempo_given || s->best.cost >= 1e9)
    s->best = run_to_end(d, s->length_s);
  return CS_OK;
}

/// Where no whole number of beats fits: a pick-up of just the length that lets
/// the last chord ring as usual.
static CsFit
odd_pickup(const CsFitSearch *s)
{
  CsFit f               = {.bpm = s->d->target_bpm,
                    .ring_s     = cs_clamp(s->ring[1], s->ring[0], s->ring[2])};
  const double quarters = (s->length_s - f.ring_s) * f.bpm / 60.0;
  f.n_bars              = (int)floor(quarters / s->d->bar_quarters);
  f.pickup              = fmax(
                   quarters - f.n_bars * s->d->bar_quarters, 1.0 / CS_TICKS_PER_QUARTER);
  return f;
}

// ---- Into the plan ---------------------------------------------------------

static CsStatus
keep_short_bars(CsDraft *d, const CsFit *f)
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
keep_tempos(CsDraft *d, const CsFit *f)
{
  CsPlan *plan = d->plan;
  plan->tempos = CS_NEW_N(d->arena, CsTempo, (size_t)f->n_stretches + 1);
  CS_TRY_NEW(plan->tempos);
  plan->tempos[0] = (CsTempo){.bar = 0, .bpm = f->bpm};
  plan->n_tempos  = f->n_stretches > 0 ? (size_t)f->n_stretches : 1;
  for (int i = 0; i < f->n_stretches; i++)
    plan->tempos[i] = (CsTempo){
        .bar = f->stretches[i].bar + d->n_pickup, .bpm = f->stretches[i].bpm};
  return CS_OK;
}

/// As it is written, so that a plan read back is the same.
static double
as_written(double beat)
{
  return floor((beat + 1.0) * 1e6 + 0.5) / 1e6 - 1.0;
}

static CsStatus
keep_hits(CsDraft *d, const CsFitSearch *s)
{
  CsPlan *plan = d->plan;
  plan->hits   = CS_NEW_N(d->arena, CsHit, (size_t)s->n_hits);
  CS_TRY_NEW(plan->hits);
  for (int i = 0; i < s->n_hits; i++) {
    const CsHitPlace p = cs_fit_place_anyhow(s, &s->best, s->hits_s[i]);
    const double at    = s->hits_s[i] + plan->lead_in_s;
    CsHit *hit         = &plan->hits[plan->n_hits++];
    *hit               = (CsHit){.at_s = at};
    hit->bar           = cs_clamp_int(p.bar + d->n_pickup, 0, plan->n_bars - 1);
    hit->beat          = as_written(p.beat);
    if (!cs_is_on_hit(&p))
      CS_TRY(cs_plan_warn(d, "contradiction",
          "The accent asked at %g s falls at %.2f s, on the nearest beat that "
          "this length and tempo have.",
          at, at + p.error_s));
  }
  return CS_OK;
}

static CsStatus
keep_fit(CsDraft *d, const CsFitSearch *s)
{
  const CsFit *f = &s->best;
  CsPlan *plan   = d->plan;
  d->n_pickup    = f->pickup > 0.0 ? 1 : 0;
  d->n_body      = f->n_bars + d->n_pickup;
  plan->n_bars   = d->n_body + (d->has_end ? 1 : 0);
  CS_TRY(keep_tempos(d, f));
  plan->ring_out_s = d->has_end ? f->ring_s : 0.0;
  CS_TRY(keep_short_bars(d, f));
  return keep_hits(d, s);
}

/// Times of the asked accents, or of asked changes, from bar 0 on, rising. What
/// is asked for the very end has the last chord before it.
static CsStatus
collect_times(CsDraft *d, unsigned kinds, const double **times_s, int *n_times)
{
  double *times = CS_NEW_N(d->arena, double, MAX_HITS);
  CS_TRY_NEW(times);
  for (size_t i = 0; i < d->brief->n_arc && *n_times < MAX_HITS; i++) {
    const CsArcEvent *e = &d->brief->arc[i];
    const double at     = e->start_s - d->plan->lead_in_s;
    if (!(kinds >> e->kind & 1U) || !e->has_start || at < -CS_HIT_EARLY_S ||
        e->start_s > d->plan->duration_s - CS_LEAST_RING_S)
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
  CsPlan *plan  = d->plan;
  CsFitSearch s = {.d = d, .is_given = d->is_tempo_given};
  s.length_s    = plan->duration_s - plan->lead_in_s;
  if (d->has_end)
    s.length_s -= cs_tail_silence_s(plan);
  s.max_bars  = plan->duration_s < 4.0 ? 2 : CS_MAX_CUE_BARS;
  s.best.cost = 1e9;
  CS_TRY(collect_times(d, 1U << CS_ARC_DROP, &s.drops_s, &s.n_drops));
  CS_TRY(collect_times(
      d, 1U << CS_ARC_HIT | 1U << CS_ARC_DROP, &s.hits_s, &s.n_hits));
  CS_TRY(collect_times(d,
      1U << CS_ARC_BUILD | 1U << CS_ARC_PEAK | 1U << CS_ARC_DROP |
          1U << CS_ARC_RISE | 1U << CS_ARC_FALL | 1U << CS_ARC_KEY,
      &s.borders_s, &s.n_borders));
  set_bounds(&s);
  if (!d->has_end) {
    CS_TRY(fit_whole_bars(d, &s));
    return keep_fit(d, &s);
  }
  if (s.is_given)
    s.low_bpm = 0.0, s.high_bpm = 1e9;
  set_ring(&s, 60.0 * cs_meter_beat_quarters(plan->meter) / d->target_bpm);
  CS_TRY(search_all(&s));
  if (s.best.cost >= 1e9 && !s.is_given) { // words bound the tempo closely
    s.is_given = true;
    s.low_bpm = 0.0, s.high_bpm = 1e9;
    set_ring(&s, 60.0 * cs_meter_beat_quarters(plan->meter) / d->target_bpm);
    CS_TRY(search_all(&s));
  }
  if (s.best.cost >= 1e9)
    s.best = odd_pickup(&s);
  else if (s.best.n_stretches == 0)
    mend_hits(&s);
  if (s.bent.n_stretches > 0 && s.bent.cost < s.best.cost)
    s.best = s.bent;
  return keep_fit(d, &s);
}
