// The course that was asked for: builds, falls, rises, peaks and drops, each
// worked into what the template and the events before it have laid.

#include "gen/base/mathx.h"
#include "gen/plan/form.h"

#include <math.h>

enum {
  WINDOW_BARS   = 4,  ///< What stands before a change.
  LONGEST_BUILD = 16, ///< RULEBOOK 3.4; what is longer grows by sections.
  CLOSE_BARS    = 2,  ///< A climax that ends the cue.
};

/// Energy that a change of amount 1 adds or takes.
static const double rise_step = 0.25, fall_step = 0.35;

/// How much of its own waves the template keeps where steps were asked for.
static const double kept_waves = 0.35;

static const double least_energy = 0.12;

/// What a few players that are left alone can make (RULEBOOK 3.2, break).
static const double energy_of_few = 0.25;

/// Sections that lie no further apart want the same.
static const double same_height = 0.05;

// ---- Where asked events fall -----------------------------------------------

static bool
is_course_kind(CsArcKind kind)
{
  return kind == CS_ARC_BUILD || kind == CS_ARC_PEAK || kind == CS_ARC_DROP ||
         kind == CS_ARC_RISE || kind == CS_ARC_FALL;
}

static double
bar_start_s(const CsForm *f, int bar)
{
  const CsTimeline *t = f->d->time;
  return cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar + f->d->n_pickup));
}

/// The bar on whose line the tempo was made to put an asked accent, or -1.
static int
bar_of_hit(const CsForm *f, double seconds)
{
  const CsPlan *plan = f->d->plan;
  for (size_t i = 0; i < plan->n_hits; i++)
    if (plan->hits[i].beat == 0.0 && fabs(plan->hits[i].at_s - seconds) < 0.001)
      return plan->hits[i].bar - f->d->n_pickup;
  return -1;
}

/// A moment that is an accent too has its bar.
int
cs_border_near(const CsForm *f, double seconds, double tolerance)
{
  const CsTimeline *t = f->d->time;
  const int64_t tick  = cs_tick_of_seconds(t, seconds);
  const int bar       = cs_bar_of_tick(t, tick < 0 ? 0 : tick);
  const int hit       = bar_of_hit(f, seconds);
  if (hit >= 0)
    return cs_clamp_int(hit, 0, f->n);
  const double part =
      (double)(tick - cs_bar_tick(t, bar)) / (double)cs_bar_ticks(t, bar);
  const double at     = bar - f->d->n_pickup + part;
  const double phrase = floor(at / CS_PHRASE_BARS + 0.5) * CS_PHRASE_BARS;
  const double best = fabs(phrase - at) <= tolerance ? phrase : floor(at + 0.5);
  if (f->n - at < 1.0)
    return f->n;
  return cs_clamp_int((int)best, 0, f->n);
}

/// How near a phrase boundary must be to draw a change to it: a build may begin
/// a little off (RULEBOOK 3.4), all else is heard to the bar.
static const double build_tolerance = 1.5, step_tolerance = 0.5;

static int
start_bar(const CsForm *f, const CsArcEvent *e)
{
  return cs_border_near(f, e->start_s,
      e->kind == CS_ARC_BUILD ? build_tolerance : step_tolerance);
}

static int
end_bar(const CsForm *f, const CsArcEvent *e)
{
  return cs_border_near(f, e->end_s, step_tolerance);
}

/// The bar at which the next event of another time begins; n where none does.
static int
next_bar(const CsForm *f, const CsArcEvent *e, int from)
{
  const CsBrief *brief = f->d->brief;
  int next             = f->n;
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *other = &brief->arc[i];
    if (other == e || !other->has_start || !is_course_kind(other->kind) ||
        other->start_s <= e->start_s + 0.5)
      continue;
    const int bar = start_bar(f, other);
    if (bar >= from && bar < next)
      next = bar;
  }
  return next;
}

// ---- Writing into the row --------------------------------------------------

static void
set_border(CsForm *f, int bar)
{
  if (bar < 0 || bar >= f->n)
    return;
  f->bars[bar].is_border = true;
  f->bars[bar].is_asked  = true;
}

static void
clear_inside(CsForm *f, int from, int to, CsSectionKind kind)
{
  for (int i = from; i < to; i++) {
    f->bars[i].kind      = kind;
    f->bars[i].is_border = false;
    f->bars[i].is_asked  = false;
  }
  set_border(f, from);
  set_border(f, to);
}

static void
ramp(CsForm *f, int from, int to, double first, double last)
{
  const double n = to > from ? to - from : 1.0;
  for (int i = from; i < to; i++) {
    f->bars[i].from = cs_lerp(first, last, (i - from) / n);
    f->bars[i].to   = cs_lerp(first, last, (i + 1 - from) / n);
  }
}

static double
mean_energy(const CsForm *f, int from, int to)
{
  double sum = 0.0;
  for (int i = from; i < to; i++)
    sum += 0.5 * (f->bars[i].from + f->bars[i].to);
  return to > from ? sum / (to - from) : 0.5;
}

/// A few bars of a section of the template that a change cuts off belong to
/// what stands before them.
static void
cut_off_at(CsForm *f, int bar)
{
  int from = bar - 1;
  while (from > 0 && !f->bars[from].is_border)
    from--;
  if (bar > 0 && bar < f->n && f->n >= 2 * CS_PHRASE_BARS)
    cs_join_leftover(f, from, bar);
}

/// What stands before a change.
static double
energy_before(CsForm *f, int bar)
{
  cut_off_at(f, bar);
  const int from = bar > WINDOW_BARS ? bar - WINDOW_BARS : 0;
  return bar > 0 ? mean_energy(f, from, bar) : f->bars[0].from;
}

/// A state from a change on: around a level, the template's waves made small.
/// Its own thin places and its outro are no part of it.
static void
hold_level(CsForm *f, int from, int to, double level)
{
  const double mean = mean_energy(f, from, to);
  for (int i = from; i < to; i++) {
    CsFormBar *b = &f->bars[i];
    if (b->kind == CS_SECTION_BREAK || b->kind == CS_SECTION_OUTRO ||
        b->kind == CS_SECTION_INTRO)
      b->kind = CS_SECTION_A2, b->from = b->to = mean;
    b->from =
        cs_clamp(level + kept_waves * (b->from - mean), least_energy, 1.0);
    b->to = cs_clamp(level + kept_waves * (b->to - mean), least_energy, 1.0);
  }
}

// ---- Builds, peaks, drops --------------------------------------------------

/// How far a build may rise: to the top, or by 0.45 where the function is
/// quiet. What leads to something bigger keeps under it.
static double
top_of(const CsForm *f, double base, double amount)
{
  const CsFunction function = f->d->plan->function;
  const bool is_quiet = function == CS_UNDERSCORE || function == CS_AMBIENT;
  const double top    = is_quiet ? fmin(0.9, base + 0.45) : 1.0;
  return cs_lerp(base + 0.2, top, cs_clamp(amount, 0.0, 1.0));
}

/// Does a later build, peak or drop outdo this one?
static bool
is_outdone(const CsForm *f, const CsArcEvent *e)
{
  const CsBrief *brief = f->d->brief;
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *other = &brief->arc[i];
    const bool is_top       = other->kind == CS_ARC_BUILD ||
                        other->kind == CS_ARC_PEAK ||
                        other->kind == CS_ARC_DROP;
    if (is_top && other->has_start && other->start_s > e->start_s + 0.5 &&
        other->amount >= e->amount)
      return true;
  }
  return false;
}

/// The first peak or drop: a build without times of its own leads there.
static const CsArcEvent *
goal_of_builds(const CsForm *f)
{
  const CsBrief *brief   = f->d->brief;
  const CsArcEvent *goal = NULL;
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *e = &brief->arc[i];
    if ((e->kind == CS_ARC_PEAK || e->kind == CS_ARC_DROP) && e->has_start &&
        (goal == NULL || e->start_s < goal->start_s))
      goal = e;
  }
  return goal;
}

/// Bars of a build, from a to b.
static void
span_of_build(const CsForm *f, const CsArcEvent *e, int *a, int *b)
{
  const CsArcEvent *goal = goal_of_builds(f);
  if (e->has_end)
    *b = end_bar(f, e);
  else if (e->has_start)
    *b = next_bar(f, e, start_bar(f, e) + 2);
  else
    *b = goal != NULL ? start_bar(f, goal) : f->n;
  // Without a start: the last phrases before the goal, half of the way at most.
  const int half = *b / 2 / CS_PHRASE_BARS * CS_PHRASE_BARS;
  const int n    = cs_clamp_int(half, *b < 2 ? *b : 2, 2 * CS_PHRASE_BARS);
  *a             = e->has_start ? start_bar(f, e) : *b - n;
  if (!e->has_start && !e->has_end && goal == NULL) // the last part
    *a = (int)(0.72 * f->n) / CS_PHRASE_BARS * CS_PHRASE_BARS;
  if (*a >= f->n)
    *a = f->n > CS_PHRASE_BARS ? f->n - CS_PHRASE_BARS : 0;
  if (*b <= *a)
    *b = cs_clamp_int(*a + CS_PHRASE_BARS, 0, f->n);
}

/// A build that is longer than a build can be begins as a tune that grows.
static void
lay_growth(CsForm *f, int a, int b)
{
  int first = a;
  if (b - a > LONGEST_BUILD)
    first = b - 2 * CS_PHRASE_BARS - (b - a) % (2 * CS_PHRASE_BARS);
  for (int i = a, k = 0; i < first; i += 2 * CS_PHRASE_BARS, k++)
    clear_inside(f, i, i + 2 * CS_PHRASE_BARS,
        k % 2 == 1 ? CS_SECTION_B : CS_SECTION_A2);
  clear_inside(f, first, b, CS_SECTION_BUILD);
}

static void
apply_build(CsForm *f, const CsArcEvent *e)
{
  int a = 0, b = 0;
  span_of_build(f, e, &a, &b);
  if (b <= a)
    return;
  const double base =
      cs_clamp(a > 0 ? f->bars[a - 1].to : f->bars[a].from, 0.2, 0.28);
  const double full  = top_of(f, base, e->amount);
  const double top   = is_outdone(f, e) ? cs_lerp(base, full, 0.8) : full;
  const bool is_late = b == f->n;
  const int last =
      is_late && b - a >= 2 * CS_PHRASE_BARS ? b - CS_PHRASE_BARS : b;
  lay_growth(f, a, last);
  ramp(f, a, last, base, last < b ? cs_lerp(base, top, 0.85) : top);
  if (last < b) { // its peak is the climax: nothing comes after
    clear_inside(f, last, b, CS_SECTION_CLIMAX);
    ramp(f, last, b, cs_lerp(base, top, 0.9), top);
  }
  const CsArcEvent at = {.start_s = bar_start_s(f, b) - 0.6};
  const int next      = next_bar(f, e->has_start ? e : &at, b - 1);
  const int c         = cs_clamp_int(b + 2 * CS_PHRASE_BARS, 0, next);
  if (is_late || c - b < 2)
    return;
  clear_inside(f, b, c, CS_SECTION_CLIMAX);
  ramp(f, b, c, fmax(0.0, top - 0.04), top);
}

/// Bars before a peak swell towards it, unless a build does so already.
static void
lead_up(CsForm *f, int a)
{
  const int n = a >= 6 * CS_PHRASE_BARS   ? 2 * CS_PHRASE_BARS
                : a >= 2 * CS_PHRASE_BARS ? CS_PHRASE_BARS
                : a >= CS_PHRASE_BARS     ? 2
                                          : 0;
  if (n == 0 || f->bars[a - 1].kind == CS_SECTION_BUILD)
    return;
  const double from = cs_clamp(f->bars[a - n].from - 0.05, 0.2, 0.34);
  clear_inside(f, a - n, a, CS_SECTION_BUILD);
  ramp(f, a - n, a, from, fmin(0.88, from + 0.45));
}

static void
apply_peak(CsForm *f, const CsArcEvent *e)
{
  const int usual =
      f->n >= (e->kind == CS_ARC_DROP ? 16 : 32) ? 8 : CS_PHRASE_BARS;
  int a = e->has_start ? start_bar(f, e) : (int)(0.75 * f->n) / 4 * 4;
  if (a >= f->n) // In the last bar: it is what the cue closes with.
    a = f->n > CLOSE_BARS ? f->n - CLOSE_BARS : 0;
  int b = e->has_end ? end_bar(f, e) : a + usual;
  b     = cs_clamp_int(b, a + 1, e->has_end ? f->n : next_bar(f, e, a + 2));
  const double full = top_of(f, a > 0 ? f->bars[a - 1].from : 0.5, e->amount);
  const double top  = is_outdone(f, e) ? full - 0.06 : full;
  lead_up(f, a);
  clear_inside(f, a, b, CS_SECTION_CLIMAX);
  ramp(f, a, b, fmax(0.0, top - 0.04), top);
}

// ---- Steps up and down -----------------------------------------------------

/// Asked rises from an event on, itself included, up to where a fall was asked.
static double
rises_left(const CsForm *f, const CsArcEvent *e)
{
  const CsBrief *brief = f->d->brief;
  double sum           = 0.0;
  for (size_t i = 0; i < brief->n_arc; i++)
    if (brief->arc[i].kind == CS_ARC_RISE &&
        brief->arc[i].start_s >= e->start_s)
      sum += brief->arc[i].amount;
  return fmax(sum, e->amount);
}

/// Does a build, peak or drop rise there anyway?
static bool
is_within(const CsForm *f, const CsArcEvent *e)
{
  const CsBrief *brief = f->d->brief;
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *other = &brief->arc[i];
    const bool is_top       = other->kind == CS_ARC_BUILD ||
                        other->kind == CS_ARC_PEAK ||
                        other->kind == CS_ARC_DROP;
    if (is_top && e->has_start && other->has_start &&
        fabs(other->start_s - e->start_s) < 0.5)
      return true;
  }
  return false;
}

/// A rise out of a break comes back at least to where the break fell from; 0
/// where no break stands before it.
static double
energy_of_return(const CsForm *f, int bar)
{
  int from = bar;
  while (from > 0 && f->bars[from - 1].kind == CS_SECTION_BREAK)
    from--;
  return from > 0 && from < bar ? f->bars[from - 1].to : 0.0;
}

/// A rise back to the height of the climax before it is a climax again.
static void
return_to_climax(CsForm *f, int a, int next)
{
  const int b = next - a > LONGEST_BUILD ? a + LONGEST_BUILD : next;
  double top  = 2.0;
  for (int i = 0; i < a; i++)
    if (f->bars[i].kind == CS_SECTION_CLIMAX)
      top = top > 1.0 ? f->bars[i].to : fmax(top, f->bars[i].to);
  if (b - a >= 2 && mean_energy(f, a, b) > top - same_height)
    clear_inside(f, a, b, CS_SECTION_CLIMAX);
}

/// From its start on the energy is a step higher, over a ramp when it has an
/// end. Several rises share what there is to rise.
static void
apply_rise(CsForm *f, const CsArcEvent *e)
{
  const int a = e->has_start ? start_bar(f, e) : f->n / 2;
  const int b = e->has_end ? end_bar(f, e) : a;
  if (a >= f->n || is_within(f, e))
    return;
  const double before = energy_before(f, a);
  const double share  = (1.0 - before) * e->amount / rises_left(f, e);
  const double step   = fmin(share, rise_step * cs_lerp(0.7, 1.0, e->amount));
  const double level  = fmax(before + step, energy_of_return(f, a));
  const int next      = next_bar(f, e, a + 1);
  set_border(f, a);
  set_border(f, b);
  hold_level(f, a, next, level);
  // Who comes back from a break is there at once, if not at full strength.
  const bool returns = energy_of_return(f, a) > 0.0;
  const double start = returns ? cs_lerp(before, level, 0.5) : before;
  for (int i = a; i < b && i < next; i++) {
    const double n  = b - a;
    f->bars[i].from = cs_lerp(start, f->bars[i].from, (i - a) / n);
    f->bars[i].to   = cs_lerp(start, f->bars[i].to, (i + 1 - a) / n);
  }
  return_to_climax(f, a, next);
}

/// A summit is to be heard before the cue falls from it: half of what is left,
/// a phrase at most.
static int
after_summit(const CsForm *f, int bar)
{
  return bar + cs_clamp_int((f->n - bar) / 2, 0, CS_PHRASE_BARS);
}

/// Is a peak or drop asked where that event begins?
static bool
is_at_summit(const CsForm *f, const CsArcEvent *e)
{
  const CsBrief *brief = f->d->brief;
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *other = &brief->arc[i];
    if ((other->kind == CS_ARC_PEAK || other->kind == CS_ARC_DROP) &&
        other->has_start && !other->has_end &&
        fabs(other->start_s - e->start_s) < 0.5)
      return true;
  }
  return false;
}

/// Where a fall begins that has no time of its own: after what was asked to
/// come before it, else in the last part.
static int
start_of_fall(const CsForm *f, const CsArcEvent *e)
{
  const CsBrief *brief = f->d->brief;
  double last_s        = -1.0;
  if (e->has_start)
    return is_at_summit(f, e) ? after_summit(f, start_bar(f, e))
                              : start_bar(f, e);
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *other = &brief->arc[i];
    if (other != e && other->has_start && is_course_kind(other->kind))
      last_s = fmax(last_s, other->has_end ? other->end_s : other->start_s);
  }
  const int last =
      last_s < 0.0 ? f->n : cs_border_near(f, last_s, step_tolerance);
  return last + CS_PHRASE_BARS < f->n
             ? last + (f->n - last >= 3 * CS_PHRASE_BARS ? CS_PHRASE_BARS : 2)
             : (int)(0.72 * f->n) / CS_PHRASE_BARS * CS_PHRASE_BARS;
}

/// Down by a step, and where only some stay to what they can make of it; a fall
/// to the very end sinks, one of some phrases is a break
/// from which the cue comes back.
static void
apply_fall(CsForm *f, const CsArcEvent *e)
{
  int a = start_of_fall(f, e);
  int b = e->has_end ? end_bar(f, e) : next_bar(f, e, a + 1);
  if (a >= f->n)
    a = f->n - 1 > 0 ? f->n - 1 : 0;
  if (b <= a)
    b = cs_clamp_int(a + CS_PHRASE_BARS, 0, f->n);
  const bool sinks    = b >= f->n && (e->has_end || !e->has_start);
  const bool few_stay = e->stay.n > 0;
  const double before = energy_before(f, a);
  const double step   = fall_step * cs_lerp(0.6, 1.0, e->amount);
  const double level =
      fmax(least_energy, fmin(before - step, few_stay ? energy_of_few : 1.0));
  hold_level(f, a, b, level);
  if (b - a <= LONGEST_BUILD && b < f->n)
    clear_inside(f, a, b, CS_SECTION_BREAK);
  else if (b >= f->n && b - a <= 2 * CS_PHRASE_BARS && a > 0)
    clear_inside(f, a, b, CS_SECTION_OUTRO); // else it is the tune that sinks
  set_border(f, a);
  set_border(f, b);
  if (sinks)
    ramp(f, a, b, few_stay ? level : cs_lerp(before, level, 0.4), level);
}

// ---- In the order of time --------------------------------------------------

typedef void ApplyEvent(CsForm *f, const CsArcEvent *e);

static ApplyEvent *const applies[CS_N_ARC_KINDS] = {
    [CS_ARC_BUILD] = apply_build,
    [CS_ARC_PEAK]  = apply_peak,
    [CS_ARC_DROP]  = apply_peak,
    [CS_ARC_RISE]  = apply_rise,
    [CS_ARC_FALL]  = apply_fall,
};

/// When an event's turn comes: what has no time comes last, but a build that
/// leads to a goal before that.
static double
turn_of(const CsForm *f, const CsArcEvent *e)
{
  const CsArcEvent *goal = goal_of_builds(f);
  if (e->has_start)
    return e->start_s;
  if (e->kind == CS_ARC_BUILD && e->has_end)
    return e->end_s - 1.0;
  if (e->kind == CS_ARC_BUILD && goal != NULL)
    return goal->start_s - 1.0;
  return f->d->plan->duration_s;
}

/// Of those not yet done, the one whose turn it is: by time, then as said.
static size_t
next_event(const CsForm *f, const bool *is_done)
{
  const CsBrief *brief = f->d->brief;
  size_t best          = brief->n_arc;
  for (size_t i = 0; i < brief->n_arc; i++) {
    if (is_done[i] || !is_course_kind(brief->arc[i].kind))
      continue;
    if (best == brief->n_arc ||
        turn_of(f, &brief->arc[i]) < turn_of(f, &brief->arc[best]))
      best = i;
  }
  return best;
}

bool
cs_is_shaped(const CsDraft *d)
{
  for (size_t i = 0; i < d->brief->n_arc; i++) {
    const CsArcEvent *e = &d->brief->arc[i];
    if ((e->has_start || e->has_end) && is_course_kind(e->kind))
      return true;
  }
  return false;
}

/// A break of the template that stands near an asked change would take it away.
static void
fill_breaks(CsForm *f)
{
  const CsBrief *brief = f->d->brief;
  for (int i = 0; i < f->n; i++) {
    bool is_near = false;
    for (size_t k = 0; k < brief->n_arc; k++) {
      const CsArcEvent *e = &brief->arc[k];
      if (!e->has_start || !is_course_kind(e->kind))
        continue;
      const int at = start_bar(f, e);
      is_near |= i > at - 4 * CS_PHRASE_BARS && i < at + 3 * CS_PHRASE_BARS;
    }
    if (!is_near || f->bars[i].kind != CS_SECTION_BREAK)
      continue;
    f->bars[i].kind = CS_SECTION_A2;
    f->bars[i].from = f->bars[i].to = 0.52;
  }
}

/// Where more rises were asked than there is room above, all begins lower.
static void
make_room(CsForm *f)
{
  const double least_base = 0.36;
  const CsBrief *brief    = f->d->brief;
  double sum = 0.0, most = 0.0, top = 0.0;
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *e = &brief->arc[i];
    if (e->kind == CS_ARC_RISE && e->has_start && e->start_s > 0.0)
      sum += rise_step * e->amount;
    if (e->kind == CS_ARC_FALL)
      sum = 0.0;
    most = fmax(most, sum);
  }
  for (int i = 0; i < f->n; i++)
    top = fmax(top, f->bars[i].to);
  if (top + most <= 1.0)
    return;
  const double factor = fmax(1.0 - most, least_base) / top;
  for (int i = 0; i < f->n; i++) {
    f->bars[i].from = fmax(0.22, f->bars[i].from * factor);
    f->bars[i].to   = fmax(0.22, f->bars[i].to * factor);
  }
}

CsStatus
cs_shape_form(CsForm *f)
{
  const CsBrief *brief = f->d->brief;
  bool *is_done        = CS_NEW_N(f->d->arena, bool, brief->n_arc);
  CS_TRY_NEW(is_done);
  fill_breaks(f);
  make_room(f);
  for (size_t i = next_event(f, is_done); i < brief->n_arc;
       i        = next_event(f, is_done)) {
    applies[brief->arc[i].kind](f, &brief->arc[i]);
    is_done[i] = true;
  }
  return CS_OK;
}
