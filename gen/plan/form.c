#include "gen/base/mathx.h"
#include "gen/plan/planning.h"

#include <math.h>
#include <string.h>

/// What a bar is before sections are cut out of the row of bars.
typedef struct Bar {
  CsSectionKind kind;
  bool is_border; ///< A section begins here.
  double from, to;
} Bar;

typedef struct Form {
  CsDraft *d;
  Bar *bars;
  int n; ///< Bars without pick-up and END bar.
  int n_written;
} Form;

/// A part of a template.
typedef struct Part {
  CsSectionKind kind;
  int n_bars;
  double from, to;
} Part;

// RULEBOOK 3.2: a tune goes round in these, a bed keeps within a narrow band,
// an underscore in a narrower one.
static const Part tune_round[] = {
    {CS_SECTION_A, 8, 0.44, 0.48},
    {CS_SECTION_A2, 8, 0.54, 0.58},
    {CS_SECTION_B, 8, 0.60, 0.66},
    {CS_SECTION_BREAK, 4, 0.28, 0.32},
    {CS_SECTION_A2, 8, 0.52, 0.62},
    {CS_SECTION_B, 8, 0.64, 0.68},
};
static const Part bed_round[] = {
    {CS_SECTION_A, 8, 0.48, 0.50},
    {CS_SECTION_A2, 8, 0.57, 0.57},
    {CS_SECTION_B, 8, 0.65, 0.63},
    {CS_SECTION_A2, 8, 0.53, 0.53},
    {CS_SECTION_A, 8, 0.60, 0.60},
    {CS_SECTION_B, 8, 0.68, 0.66},
    {CS_SECTION_A2, 8, 0.55, 0.55},
    {CS_SECTION_B, 8, 0.62, 0.60},
};
static const Part underscore_round[] = {
    {CS_SECTION_A, 8, 0.33, 0.33},
    {CS_SECTION_B, 8, 0.39, 0.39},
    {CS_SECTION_A2, 8, 0.36, 0.36},
    {CS_SECTION_B, 8, 0.42, 0.41},
};
enum { N_TUNE = 6, N_BED = 8, N_UNDERSCORE = 4 };

// ---- Writing rows of bars --------------------------------------------------

static void
put(Form *f, CsSectionKind kind, int n_bars, double from, double to)
{
  const int room = f->n - f->n_written;
  const int n    = n_bars < room ? n_bars : room;
  for (int i = 0; i < n; i++)
    f->bars[f->n_written++] = (Bar){kind, i == 0,
        cs_lerp(from, to, (double)i / n), cs_lerp(from, to, (i + 1.0) / n)};
}

static void
put_round(Form *f, const Part *parts, int n_parts, int n_bars)
{
  const int end = f->n_written + n_bars;
  for (int i = 0; f->n_written < end && f->n_written < f->n; i++) {
    const Part *p  = &parts[i % n_parts];
    const int left = end - f->n_written;
    // A rest shorter than a phrase belongs to the section before it.
    const int n = left - p->n_bars < CS_PHRASE_BARS ? left : p->n_bars;
    put(f, p->kind, n, p->from, p->to);
  }
}

// ---- Templates (RULEBOOK 3.2) ----------------------------------------------

typedef struct Shape {
  int intro, body, build, climax, coda, outro;
} Shape;

/// A tune of `n` bars with a build and a climax at 62..88 % of the length.
static Shape
tune_shape(int n)
{
  Shape s        = {0};
  const int rest = n % CS_PHRASE_BARS;
  const int n4   = n - rest;
  s.climax       = n4 >= 96 ? 16 : n4 >= 32 ? 8 : n4 >= 8 ? 4 : 0;
  s.build        = n4 >= 56 ? 8 : n4 >= 12 ? 4 : 0;
  s.outro        = n4 >= 64 ? 8 : n4 >= 44 ? 4 : 0;
  s.intro        = n4 >= 80 ? 8 : n4 >= 16 ? 4 : 0;
  // In a long cue the tune comes once more after its climax.
  s.coda = n4 >= 96 ? n4 / 10 / CS_PHRASE_BARS * CS_PHRASE_BARS : 0;
  s.body = n4 - s.intro - s.build - s.climax - s.coda - s.outro;
  if (n4 >= 8)
    s.climax += rest;
  else if (n4 == 4 && rest > 0)
    s.climax = rest;
  else
    s.body = n;
  return s;
}

static void
lay_tune(Form *f)
{
  const Shape s = tune_shape(f->n);
  if (s.climax == 0) {
    put(f, CS_SECTION_A, f->n, 0.5, 0.85);
    return;
  }
  put(f, CS_SECTION_INTRO, s.intro, 0.22, 0.27);
  put_round(f, tune_round, N_TUNE, s.body);
  put(f, CS_SECTION_BUILD, s.build, 0.31, 0.88);
  put(f, CS_SECTION_CLIMAX, s.climax, 0.93, 1.0);
  put_round(f, tune_round, N_TUNE, s.coda);
  put(f, CS_SECTION_OUTRO, s.outro, 0.42, 0.30);
}

/// A tune that the asked events will shape: no build of its own.
static void
lay_plain_tune(Form *f)
{
  const int intro = f->n >= 16 ? 4 : 0;
  put(f, CS_SECTION_INTRO, intro, 0.22, 0.27);
  put_round(f, tune_round, N_TUNE, f->n - intro);
}

static void
lay_bed(Form *f)
{
  const bool is_loop = f->d->plan->ending == CS_ENDING_LOOP;
  const int intro    = !is_loop && f->n >= 16 ? 4 : 0;
  const int outro    = f->d->has_end && f->n >= 24 ? 4 : 0;
  put(f, CS_SECTION_INTRO, intro, 0.44, 0.46);
  put_round(f, bed_round, N_BED, f->n - intro - outro);
  put(f, CS_SECTION_OUTRO, outro, 0.48, 0.44);
}

static void
lay_underscore(Form *f)
{
  const int outro = f->d->has_end && f->n >= 20 ? 4 : 0;
  put_round(f, underscore_round, N_UNDERSCORE, f->n - outro);
  put(f, CS_SECTION_OUTRO, outro, 0.34, 0.31);
}

/// A slow swell and ebb of about a minute.
static void
lay_ambient(Form *f)
{
  const double bar_s = f->d->bar_quarters * 60.0 / f->d->plan->tempos[0].bpm;
  const int phrases  = (int)(30.0 / (bar_s * CS_PHRASE_BARS) + 0.5);
  const int n        = (phrases < 1 ? 1 : phrases) * CS_PHRASE_BARS;
  const Part parts[] = {
      {CS_SECTION_A, n, 0.24, 0.40},
      {CS_SECTION_A2, n, 0.40, 0.26},
      {CS_SECTION_B, n, 0.26, 0.44},
      {CS_SECTION_A2, n, 0.44, 0.24},
  };
  put_round(f, parts, 4, f->n);
}

/// Of a few bars: an upbeat and a hit. Its size depends on the function.
static void
lay_gesture(Form *f)
{
  static const double sizes[CS_N_FUNCTIONS] = {
      [CS_UNDERSCORE] = 0.45,
      [CS_BED]        = 0.65,
      [CS_STINGER]    = 0.95,
      [CS_THEMATIC]   = 0.90,
      [CS_AMBIENT]    = 0.40,
  };
  const double size = sizes[f->d->plan->function];
  if (f->n > 2)
    put(f, CS_SECTION_BUILD, f->n - 2, 0.55 * size, 0.85 * size);
  put(f, CS_SECTION_CLIMAX, f->n, 0.88 * size, size);
}

// ---- Where asked events fall -----------------------------------------------

static double
bar_start_s(const Form *f, int bar)
{
  const CsTimeline *t = f->d->time;
  return cs_seconds_of_tick(t, (double)cs_bar_tick(t, bar + f->d->n_pickup));
}

/// The bar on whose line the tempo was made to put an asked accent, or -1.
static int
bar_of_hit(const Form *f, double seconds)
{
  const CsPlan *plan = f->d->plan;
  for (size_t i = 0; i < plan->n_hits; i++)
    if (plan->hits[i].beat == 0.0 && fabs(plan->hits[i].at_s - seconds) < 0.001)
      return plan->hits[i].bar - f->d->n_pickup;
  return -1;
}

/// The phrase boundary nearest a moment, or, when it is more than `tolerance`
/// bars off, the nearest even bar. A moment that is an accent too has its bar.
static int
border_near(const Form *f, double seconds, double tolerance)
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
  const double even   = floor(at / 2.0 + 0.5) * 2.0;
  const double best   = fabs(phrase - at) <= tolerance ? phrase : even;
  if (f->n - at < 1.0)
    return f->n;
  return cs_clamp_int((int)best, 0, f->n);
}

/// The bars of an event; without an end, `usual` bars.
static void
span_of(const Form *f, const CsArcEvent *e, double tolerance, int usual,
    int *from, int *to)
{
  *from = e->has_start ? border_near(f, e->start_s, tolerance) : 0;
  if (!e->has_start && !e->has_end) // somewhere in the last part
    *from = (int)(0.72 * f->n) / CS_PHRASE_BARS * CS_PHRASE_BARS;
  *to = e->has_end ? border_near(f, e->end_s, tolerance)
                   : cs_clamp_int(*from + usual, 0, f->n);
  if (*from >= f->n)
    *from = f->n > CS_PHRASE_BARS ? f->n - CS_PHRASE_BARS : 0;
  if (*to <= *from)
    *to = cs_clamp_int(*from + CS_PHRASE_BARS, 0, f->n);
}

static void
set_border(Form *f, int bar)
{
  if (bar >= 0 && bar < f->n)
    f->bars[bar].is_border = true;
}

static void
clear_inside(Form *f, int from, int to, CsSectionKind kind)
{
  for (int i = from; i < to; i++) {
    f->bars[i].kind      = kind;
    f->bars[i].is_border = false;
  }
  set_border(f, from);
  set_border(f, to);
}

static void
ramp(Form *f, int from, int to, double first, double last)
{
  const double n = to > from ? to - from : 1.0;
  for (int i = from; i < to; i++) {
    f->bars[i].from = cs_lerp(first, last, (i - from) / n);
    f->bars[i].to   = cs_lerp(first, last, (i + 1 - from) / n);
  }
}

// ---- Asked events ----------------------------------------------------------

/// How far a build may rise: to the top, or by 0.4 where the function is quiet.
static double
top_of(const Form *f, double base, double amount)
{
  const CsFunction function = f->d->plan->function;
  const bool is_quiet = function == CS_UNDERSCORE || function == CS_AMBIENT;
  const double top    = is_quiet ? fmin(0.9, base + 0.45) : 1.0;
  return cs_lerp(base + 0.2, top, cs_clamp(amount, 0.0, 1.0));
}

static void
apply_build(Form *f, const CsArcEvent *e)
{
  int a = 0, b = 0;
  span_of(f, e, 1.5, f->n, &a, &b);
  if (!e->has_start) {
    a = (int)(0.72 * f->n) / CS_PHRASE_BARS * CS_PHRASE_BARS;
    b = e->has_end ? b : f->n;
  }
  if (b <= a)
    return;
  const double base =
      cs_clamp(a > 0 ? f->bars[a - 1].to : f->bars[a].from, 0.25, 0.34);
  const double top   = top_of(f, base, e->amount);
  const bool is_late = b == f->n;
  const int last     = b - a >= 2 * CS_PHRASE_BARS ? b - CS_PHRASE_BARS : b;
  clear_inside(f, a, b, CS_SECTION_BUILD);
  ramp(f, a, b, base, top);
  if (last < b && is_late) { // its peak is the climax: nothing comes after
    clear_inside(f, last, b, CS_SECTION_CLIMAX);
    ramp(f, a, last, base, cs_lerp(base, top, 0.6));
    ramp(f, last, b, cs_lerp(base, top, 0.7), top);
  }
  for (int i = a + 8; i < last; i += 8)
    set_border(f, i);
  if (is_late)
    return;
  const int c = cs_clamp_int(b + 2 * CS_PHRASE_BARS, 0, f->n);
  clear_inside(f, b, c, CS_SECTION_CLIMAX);
  ramp(f, b, c, fmax(0.0, top - 0.04), top);
}

/// Bars before a peak swell towards it, unless a build does so already.
static void
lead_up(Form *f, int a)
{
  const int n = a >= 2 * CS_PHRASE_BARS ? CS_PHRASE_BARS : a >= 4 ? 2 : 0;
  if (n == 0 || f->bars[a - 1].kind == CS_SECTION_BUILD)
    return;
  const double from = cs_clamp(f->bars[a - n].from, 0.3, 0.45);
  clear_inside(f, a - n, a, CS_SECTION_BUILD);
  ramp(f, a - n, a, from, fmin(0.88, from + 0.4));
}

static void
apply_peak(Form *f, const CsArcEvent *e)
{
  int a = 0, b = 0;
  CsArcEvent at = *e;
  if (!at.has_start) {
    at.has_start = true;
    at.start_s   = bar_start_s(f, (int)(0.75 * f->n) / 4 * 4);
  }
  span_of(
      f, &at, 1.0, f->n >= (at.kind == CS_ARC_DROP ? 16 : 32) ? 8 : 4, &a, &b);
  const double top = top_of(f, a > 0 ? f->bars[a - 1].from : 0.5, at.amount);
  lead_up(f, a);
  clear_inside(f, a, b, CS_SECTION_CLIMAX);
  ramp(f, a, b, fmax(0.0, top - 0.04), top);
}

/// From its start on the energy is a step higher, over a ramp when it has an
/// end.
static void
apply_rise(Form *f, const CsArcEvent *e)
{
  int a = 0, b = 0;
  span_of(f, e, 1.0, 0, &a, &b);
  if (!e->has_end)
    b = a;
  const double step = 0.25 * e->amount;
  set_border(f, a);
  set_border(f, b);
  for (int i = a; i < f->n; i++) {
    const double n  = b > a ? b - a : 1.0;
    const double x  = i >= b ? 1.0 : (i - a) / n;
    const double y  = i >= b ? 1.0 : (i + 1 - a) / n;
    f->bars[i].from = fmin(1.0, f->bars[i].from + step * x);
    f->bars[i].to   = fmin(1.0, f->bars[i].to + step * y);
  }
}

/// Down by a step; a fall to the very end sinks, one of some phrases is a break
/// from which the cue comes back.
static void
apply_fall(Form *f, const CsArcEvent *e)
{
  int a = 0, b = 0;
  span_of(f, e, 1.0, f->n, &a, &b);
  const double step = 0.35 * e->amount;
  const bool sinks  = b >= f->n && e->has_end;
  if (b - a <= 16 && b < f->n)
    clear_inside(f, a, b, CS_SECTION_BREAK);
  else if (sinks && b - a <= 8)
    clear_inside(f, a, b, CS_SECTION_OUTRO);
  set_border(f, a);
  set_border(f, b);
  for (int i = a; i < b; i++) {
    const double n  = b - a;
    const double x  = sinks ? fmax(0.3, (i - a) / n) : 1.0;
    const double y  = sinks ? fmax(0.3, (i + 1 - a) / n) : 1.0;
    f->bars[i].from = fmax(0.15, f->bars[i].from - step * x);
    f->bars[i].to   = fmax(0.15, f->bars[i].to - step * y);
  }
}

static void
apply_events(Form *f)
{
  typedef void Apply(Form *, const CsArcEvent *);
  static Apply *const applies[CS_N_ARC_KINDS] = {
      [CS_ARC_BUILD] = apply_build,
      [CS_ARC_PEAK]  = apply_peak,
      [CS_ARC_DROP]  = apply_peak,
      [CS_ARC_RISE]  = apply_rise,
      [CS_ARC_FALL]  = apply_fall,
  };
  // Builds first, then what stands on them, then steps up and down.
  static const CsArcKind order[] = {
      CS_ARC_BUILD, CS_ARC_PEAK, CS_ARC_DROP, CS_ARC_RISE, CS_ARC_FALL};
  const CsBrief *brief = f->d->brief;
  for (size_t k = 0; k < sizeof order / sizeof *order; k++)
    for (size_t i = 0; i < brief->n_arc; i++)
      if (brief->arc[i].kind == order[k])
        applies[order[k]](f, &brief->arc[i]);
}

/// Do asked events shape the course, so that the template must not?
static bool
is_shaped(const CsDraft *d)
{
  for (size_t i = 0; i < d->brief->n_arc; i++) {
    const CsArcEvent *e = &d->brief->arc[i];
    if (!e->has_start && !e->has_end)
      continue;
    if (e->kind == CS_ARC_BUILD || e->kind == CS_ARC_PEAK ||
        e->kind == CS_ARC_DROP || e->kind == CS_ARC_RISE ||
        e->kind == CS_ARC_FALL)
      return true;
  }
  return false;
}

// ---- Sections out of bars --------------------------------------------------

static const char *
name_section(CsArena *arena, CsSectionKind kind, int count)
{
  static const char *const marks[] = {"", "'", "''", "'''"};
  if (kind == CS_SECTION_A || kind == CS_SECTION_A2 || kind == CS_SECTION_B) {
    const char letter = kind == CS_SECTION_B ? 'B' : 'A';
    return count < 4 ? cs_arena_printf(arena, "%c%s", letter, marks[count])
                     : cs_arena_printf(arena, "%c%d", letter, count + 1);
  }
  if (count == 0)
    return cs_section_kind_names[kind];
  return cs_arena_printf(
      arena, "%s %d", cs_section_kind_names[kind], count + 1);
}

/// Counts of A and of its returns go together.
static int *
counter_of(int counts[CS_N_SECTION_KINDS], CsSectionKind kind)
{
  return &counts[kind == CS_SECTION_A2 ? CS_SECTION_A : kind];
}

static int
count_borders(const Form *f)
{
  int n = 0;
  for (int i = 0; i < f->n; i++)
    n += i == 0 || f->bars[i].is_border;
  return n;
}

static CsStatus
add_section(Form *f, int from, int to, int counts[CS_N_SECTION_KINDS])
{
  CsPlan *plan = f->d->plan;
  CsSection *s = &plan->sections[plan->n_sections++];
  const Bar *a = &f->bars[from];
  *s           = (CsSection){.kind = a->kind, .n_bars = to - from};
  int *count   = counter_of(counts, a->kind);
  if (a->kind == CS_SECTION_A && *count > 0)
    s->kind = CS_SECTION_A2;
  if (a->kind == CS_SECTION_A2 && *count == 0)
    s->kind = CS_SECTION_A;
  s->name = name_section(f->d->arena, s->kind, (*count)++);
  CS_TRY_NEW(s->name);
  s->energy[0] = floor(cs_clamp(a->from, 0.0, 1.0) * 1000.0 + 0.5) / 1000.0;
  s->energy[1] =
      floor(cs_clamp(f->bars[to - 1].to, 0.0, 1.0) * 1000.0 + 0.5) / 1000.0;
  return CS_OK;
}

static void
add_end(CsPlan *plan)
{
  const double energy                = plan->n_sections > 0
                                           ? plan->sections[plan->n_sections - 1].energy[1]
                                           : 0.9;
  plan->sections[plan->n_sections++] = (CsSection){
      .name   = cs_section_kind_names[CS_SECTION_END],
      .kind   = CS_SECTION_END,
      .n_bars = 1,
      .energy = {energy, energy},
  };
}

static bool
is_leftover(const Form *f, int from, int to)
{
  const CsSectionKind kind = f->bars[from].kind;
  return from > 0 && to - from < CS_PHRASE_BARS &&
         (kind == CS_SECTION_A || kind == CS_SECTION_A2 ||
             kind == CS_SECTION_B || kind == CS_SECTION_BREAK);
}

/// What events have left over of a section, less than a phrase, goes with the
/// section before it.
static void
join_leftovers(Form *f)
{
  int from = 0;
  for (int i = 1; i <= f->n; i++) {
    if (i < f->n && !f->bars[i].is_border)
      continue;
    if (is_leftover(f, from, i)) {
      const Bar *before = &f->bars[from - 1];
      for (int k = from; k < i; k++)
        f->bars[k] = (Bar){before->kind, false, before->to, before->to};
    }
    from = i;
  }
}

static CsStatus
cut_sections(Form *f)
{
  CsPlan *plan                   = f->d->plan;
  const size_t n                 = (size_t)count_borders(f) + 2;
  int counts[CS_N_SECTION_KINDS] = {0};
  plan->sections                 = CS_NEW_N(f->d->arena, CsSection, n);
  CS_TRY_NEW(plan->sections);
  int from = 0;
  for (int i = 1; i <= f->n; i++)
    if (i == f->n || f->bars[i].is_border) {
      CS_TRY(add_section(f, from, i, counts));
      from = i;
    }
  if (f->d->n_pickup > 0 && plan->n_sections > 0)
    plan->sections[0].n_bars += f->d->n_pickup;
  if (f->d->has_end)
    add_end(plan);
  return CS_OK;
}

/// A pick-up alone before the last downbeat is a section of its own.
static CsStatus
lay_pickup_only(Form *f)
{
  f->n           = 1;
  f->d->n_pickup = 0;
  lay_gesture(f);
  const CsStatus s = cut_sections(f);
  f->d->n_pickup   = 1;
  return s;
}

/// Lays the usual course. @return true when it has a build of its own, which
/// then stands for one that was asked without a time.
static bool
lay_template(Form *f)
{
  const CsDraft *d          = f->d;
  const CsFunction function = d->plan->function;
  const bool is_even        = (d->brief->said & CS_SAID_FLAT_ARC) != 0 ||
                       d->plan->ending == CS_ENDING_LOOP;
  if (d->plan->duration_s < 4.0 || function == CS_STINGER)
    lay_gesture(f);
  else if (function == CS_AMBIENT)
    lay_ambient(f);
  else if (function == CS_UNDERSCORE)
    lay_underscore(f);
  else if (function == CS_BED || is_even)
    lay_bed(f);
  else if (is_shaped(d))
    lay_plain_tune(f);
  else {
    lay_tune(f);
    return true;
  }
  return false;
}

CsStatus
cs_lay_form(CsDraft *d)
{
  Form f = {.d = d, .n = d->n_body - d->n_pickup};
  f.bars = CS_NEW_N(d->arena, Bar, (size_t)f.n + 1);
  CS_TRY_NEW(f.bars);
  if (f.n == 0 && d->n_pickup > 0)
    return lay_pickup_only(&f);
  const bool has_build = lay_template(&f);
  if (f.n_written < f.n)
    put(&f, CS_SECTION_A, f.n, 0.5, 0.6);
  if (!has_build)
    apply_events(&f);
  if (f.n >= 2 * CS_PHRASE_BARS)
    join_leftovers(&f);
  return cut_sections(&f);
}
