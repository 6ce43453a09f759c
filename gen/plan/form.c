#include "gen/base/mathx.h"
#include "gen/plan/form.h"

#include <math.h>
#include <string.h>

/// A part of a template.
typedef struct Part {
  CsSectionKind kind;
  int n_bars;
  double from, to;
} Part;

// RULEBOOK 3.2: a bed keeps within a narrow band, an underscore in a narrower
// one. The forms of tunes are in tune_forms.c.
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
enum { N_BED = 8, N_UNDERSCORE = 4 };

// ---- Writing rows of bars --------------------------------------------------

void
cs_form_put(CsForm *f, CsSectionKind kind, int n_bars, double from, double to)
{
  const int room = f->n - f->n_written;
  const int n    = n_bars < room ? n_bars : room;
  for (int i = 0; i < n; i++)
    f->bars[f->n_written++] = (CsFormBar){kind, i == 0, false,
        cs_lerp(from, to, (double)i / n), cs_lerp(from, to, (i + 1.0) / n)};
}

static void
put_round(CsForm *f, const Part *parts, int n_parts, int n_bars)
{
  const int end = f->n_written + n_bars;
  for (int i = 0; f->n_written < end && f->n_written < f->n; i++) {
    const Part *p  = &parts[i % n_parts];
    const int left = end - f->n_written;
    // A rest shorter than a phrase belongs to the section before it.
    const int n = left - p->n_bars < CS_PHRASE_BARS ? left : p->n_bars;
    cs_form_put(f, p->kind, n, p->from, p->to);
  }
}

// ---- Templates (RULEBOOK 3.2) ----------------------------------------------

static void
lay_bed(CsForm *f)
{
  const bool is_loop = f->d->plan->ending == CS_ENDING_LOOP;
  const int intro    = !is_loop && f->n >= 16 ? 4 : 0;
  const int outro    = f->d->has_end && f->n >= 24 ? 4 : 0;
  cs_form_put(f, CS_SECTION_INTRO, intro, 0.44, 0.46);
  put_round(f, bed_round, N_BED, f->n - intro - outro);
  cs_form_put(f, CS_SECTION_OUTRO, outro, 0.48, 0.44);
}

static void
lay_underscore(CsForm *f)
{
  const int outro = f->d->has_end && f->n >= 20 ? 4 : 0;
  put_round(f, underscore_round, N_UNDERSCORE, f->n - outro);
  cs_form_put(f, CS_SECTION_OUTRO, outro, 0.34, 0.31);
}

/// A slow swell and ebb of about a minute.
static void
lay_ambient(CsForm *f)
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
lay_gesture(CsForm *f)
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
    cs_form_put(f, CS_SECTION_BUILD, f->n - 2, 0.55 * size, 0.85 * size);
  cs_form_put(f, CS_SECTION_CLIMAX, f->n, 0.88 * size, size);
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
count_borders(const CsForm *f)
{
  int n = 0;
  for (int i = 0; i < f->n; i++)
    n += i == 0 || f->bars[i].is_border;
  return n;
}

static CsStatus
add_section(CsForm *f, int from, int to, int counts[CS_N_SECTION_KINDS])
{
  CsPlan *plan       = f->d->plan;
  CsSection *s       = &plan->sections[plan->n_sections++];
  const CsFormBar *a = &f->bars[from];
  *s                 = (CsSection){.kind = a->kind, .n_bars = to - from};
  int *count         = counter_of(counts, a->kind);
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
is_leftover(const CsForm *f, int from, int to)
{
  const CsSectionKind kind = f->bars[from].kind;
  if (from > 1 && to - from > 1 && f->bars[from - 1].kind == CS_SECTION_INTRO)
    return false; // There the tune begins.
  return from > 0 && to - from < CS_PHRASE_BARS && !f->bars[from].is_asked &&
         (kind == CS_SECTION_A || kind == CS_SECTION_A2 ||
             kind == CS_SECTION_B || kind == CS_SECTION_BREAK);
}

void
cs_join_leftover(CsForm *f, int from, int to)
{
  if (!is_leftover(f, from, to))
    return;
  const CsFormBar *before = &f->bars[from - 1];
  for (int k = from; k < to; k++)
    f->bars[k] =
        (CsFormBar){before->kind, false, false, before->to, before->to};
}

/// What events have left over of sections goes with the sections before them.
static void
join_leftovers(CsForm *f)
{
  int from = 0;
  for (int i = 1; i <= f->n; i++) {
    if (i < f->n && !f->bars[i].is_border)
      continue;
    cs_join_leftover(f, from, i);
    from = i;
  }
}

static CsStatus
cut_sections(CsForm *f)
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
lay_pickup_only(CsForm *f)
{
  f->n           = 1;
  f->d->n_pickup = 0;
  lay_gesture(f);
  const CsStatus s = cut_sections(f);
  f->d->n_pickup   = 1;
  return s;
}

/// Lays the usual course.
///
/// @param has_build  Receives whether it has a build of its own, which then
///                   stands for one that was asked without a time.
static CsStatus
lay_template(CsForm *f, bool *has_build)
{
  const CsDraft *d          = f->d;
  const CsFunction function = d->plan->function;
  const bool is_even        = (d->brief->said & CS_SAID_FLAT_ARC) != 0 ||
                       d->plan->ending == CS_ENDING_LOOP;
  *has_build = false;
  if (d->plan->duration_s < 4.0 || function == CS_STINGER)
    lay_gesture(f);
  else if (function == CS_AMBIENT)
    lay_ambient(f);
  else if (function == CS_UNDERSCORE)
    lay_underscore(f);
  else if (function == CS_BED || is_even)
    lay_bed(f);
  else if (cs_is_shaped(d))
    return cs_lay_plain_tune(f);
  else {
    *has_build = true;
    return cs_lay_tune(f);
  }
  return CS_OK;
}

double
cs_calm_of(const CsDraft *d)
{
  static const double lively = -0.1, calmest = -0.6;
  const CsFunction function = d->plan->function;
  if ((function != CS_THEMATIC && function != CS_STINGER) || cs_is_shaped(d) ||
      d->brief->only_instruments)
    return 0.0; // the others keep low of themselves, and so does a lone player
  return cs_clamp((lively - d->plan->arousal) / (lively - calmest), 0.0, 1.0);
}

double
cs_calmed(double energy, double share)
{
  static const double lowest = 0.03, slope = 0.68;
  return cs_lerp(energy, lowest + slope * energy, share);
}

static void
calm_down(CsForm *f)
{
  const double share = cs_calm_of(f->d);
  for (int i = 0; i < f->n; i++) {
    f->bars[i].from = cs_calmed(f->bars[i].from, share);
    f->bars[i].to   = cs_calmed(f->bars[i].to, share);
  }
}

CsStatus
cs_lay_form(CsDraft *d)
{
  CsForm f = {.d = d, .n = d->n_body - d->n_pickup};
  f.bars   = CS_NEW_N(d->arena, CsFormBar, (size_t)f.n + 1);
  CS_TRY_NEW(f.bars);
  if (f.n == 0 && d->n_pickup > 0)
    return lay_pickup_only(&f);
  bool has_build = false;
  CS_TRY(lay_template(&f, &has_build));
  if (f.n_written < f.n)
    cs_form_put(&f, CS_SECTION_A, f.n, 0.5, 0.6);
  calm_down(&f);
  if (!has_build)
    CS_TRY(cs_shape_form(&f));
  if (f.n >= 2 * CS_PHRASE_BARS)
    join_leftovers(&f);
  CS_TRY(cs_cut_at_key_changes(&f));
  return cut_sections(&f);
}
