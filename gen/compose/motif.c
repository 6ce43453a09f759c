#include "gen/compose/motif.h"

#include "gen/base/mathx.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ONSETS = 6, N_TRIES = 60 };

typedef struct Cell {
  int n;
  int on[MAX_ONSETS];
} Cell;

// Rhythm cells by length of the bar in sixteenths, RULEBOOK 6.2 and the same
// kind of figure for other meters: a long note, a short pair, room to breathe.
typedef struct CellBank {
  int n_steps;
  bool is_compound;
  int n_open, n_closing, n_leading;
  Cell open[18];   ///< Motif and contrast.
  Cell closing[8]; ///< Its last onset is the long note.
  Cell leading[4]; ///< Keeps walking to the next bar line.
} CellBank;

static const CellBank banks[] = {
    {.n_steps      = 16,
        .n_open    = 18,
        .open      = {{4, {0, 4, 6, 8}}, {4, {0, 3, 6, 8}}, {3, {0, 6, 8}},
                 {4, {0, 6, 8, 10}}, {4, {0, 2, 4, 8}}, {4, {2, 4, 6, 8}},
                 {4, {0, 3, 6, 12}}, {4, {2, 4, 6, 8}}, {4, {0, 4, 8, 10}},
                 {4, {0, 4, 6, 10}}, {5, {0, 4, 6, 8, 12}}, {5, {0, 3, 4, 6, 8}},
                 {5, {0, 2, 4, 6, 10}}, {4, {0, 3, 4, 8}}, {5, {0, 6, 8, 10, 12}},
                 {5, {0, 2, 3, 4, 8}}, {4, {2, 4, 8, 10}}, {4, {0, 4, 7, 8}}},
        .n_closing = 8,
        .closing   = {{2, {0, 4}}, {3, {0, 2, 4}}, {3, {0, 3, 6}},
              {4, {0, 2, 4, 6}}, {3, {0, 2, 6}}, {3, {0, 4, 6}}, {3, {2, 4, 6}},
              {4, {0, 2, 3, 4}}},
        .n_leading = 4,
        .leading   = {{4, {0, 4, 8, 12}}, {3, {0, 8, 12}}, {4, {0, 6, 8, 12}},
              {5, {0, 4, 8, 10, 12}}}},
    {.n_steps      = 12,
        .n_open    = 10,
        .open      = {{4, {0, 4, 6, 8}}, {3, {0, 4, 8}}, {3, {0, 6, 8}},
                 {4, {0, 2, 4, 8}}, {3, {0, 8, 10}}, {4, {0, 4, 6, 10}},
                 {4, {2, 4, 8, 12}}, {4, {0, 3, 4, 8}}, {3, {0, 4, 6}},
                 {3, {2, 4, 8}}},
        .n_closing = 5,
        .closing   = {{2, {0, 4}}, {3, {0, 2, 4}}, {1, {0}}, {4, {0, 2, 3, 4}},
              {2, {2, 4}}},
        .n_leading = 3,
        .leading   = {{3, {0, 4, 8}}, {2, {0, 8}}, {4, {0, 4, 6, 8}}}},
    {.n_steps        = 12,
        .is_compound = true,
        .n_open      = 9,
        .open        = {{4, {0, 4, 6, 10}}, {3, {0, 6, 10}}, {4, {0, 2, 4, 6}},
                   {3, {0, 4, 6}}, {5, {0, 2, 4, 6, 10}}, {4, {0, 4, 6, 8}},
                   {4, {2, 4, 6, 10}}, {5, {0, 4, 6, 8, 10}}, {4, {0, 3, 4, 6}}},
        .n_closing   = 4,
        .closing     = {{2, {0, 4}}, {3, {0, 2, 4}}, {1, {0}}, {2, {2, 4}}},
        .n_leading   = 3,
        .leading = {{3, {0, 6, 10}}, {4, {0, 4, 6, 10}}, {4, {0, 6, 8, 10}}}},
    {.n_steps   = 8,
        .n_open = 6,
        .open = {{3, {0, 2, 4}}, {3, {0, 3, 4}}, {3, {0, 4, 6}}, {3, {2, 4, 6}},
            {4, {0, 2, 4, 6}}, {4, {0, 1, 2, 4}}},
        .n_closing = 3,
        .closing   = {{2, {0, 2}}, {1, {0}}, {3, {0, 1, 2}}},
        .n_leading = 2,
        .leading   = {{2, {0, 4}}, {3, {0, 4, 6}}}},
};

// RULEBOOK 6.1, contour of phrases; 6.2, intervals, here by scale steps 0..5.
static const double contour_weights[CS_N_CONTOURS] = {38, 26, 22, 13};
static const double interval_weights[6]            = {9, 58, 19, 7, 5, 2};
static const double form_weights[CS_N_FORMS]       = {42, 40, 18};

static const CellBank *
bank_of(CsMeter meter)
{
  const int n_steps   = (int)(4 * cs_meter_quarters(meter));
  const bool compound = cs_meter_is_compound(meter);
  for (size_t i = 0; i < sizeof banks / sizeof banks[0]; i++)
    if (banks[i].n_steps <= n_steps && (!compound || banks[i].is_compound))
      return &banks[i];
  return &banks[sizeof banks / sizeof banks[0] - 1];
}

// --- Shape ------------------------------------------------------------------

static CsContour
draw_contour(CsRng *rng)
{
  return (CsContour)cs_rng_weighted(rng, contour_weights, CS_N_CONTOURS);
}

// Which way the line wants to go at a place 0..1 of the figure.
static int
heading(CsContour contour, double place, double turn)
{
  switch (contour) {
  case CS_CONTOUR_ARCH:
    return place < turn ? 1 : -1;
  case CS_CONTOUR_DOWN:
    return -1;
  case CS_CONTOUR_UP:
    return 1;
  case CS_CONTOUR_BOWL:
    return place < turn ? -1 : 1;
  case CS_N_CONTOURS:
    break;
  }
  return 0;
}

static void
draw_intervals(CsRng *rng, CsContour contour, int n, int *intervals)
{
  const double turn = cs_rng_between(rng, 0.3, 0.7);
  intervals[0]      = 0;
  for (int i = 1; i < n; i++) {
    const int size = (int)cs_rng_weighted(rng, interval_weights, 6);
    int way        = heading(contour, (double)i / n, turn);
    if (cs_rng_unit(rng) < 0.2)
      way = -way;
    intervals[i] = way * size;
  }
}

typedef struct Shape {
  int n_leaps;     ///< Of three scale steps or more.
  int n_leap_runs; ///< Leaps that are not turned back.
  int n_repeats;
  int range;
  int longest_run; ///< Scale steps outlined in one direction.
} Shape;

static Shape
shape_of(const int *intervals, int n)
{
  Shape s  = {0};
  int at   = 0;
  int low  = 0;
  int high = 0;
  int run  = 0;
  for (int i = 1; i < n; i++) {
    const int d = intervals[i];
    at += d;
    low  = at < low ? at : low;
    high = at > high ? at : high;
    s.n_leaps += abs(d) >= 3;
    s.n_repeats += d == 0;
    s.n_leap_runs += abs(intervals[i - 1]) >= 3 && d * intervals[i - 1] > 0;
    run           = run * d >= 0 ? run + d : d;
    s.longest_run = abs(run) > s.longest_run ? abs(run) : s.longest_run;
  }
  s.range = high - low;
  return s;
}

// RULEBOOK 6.2, what a motif may not be. A seventh is six scale steps.
static bool
is_singable(const Shape *s, int n, int n_leaps_wanted)
{
  return s->n_leap_runs == 0 && s->n_repeats <= 1 && s->range <= 6 &&
         s->range >= (n > 2 ? 3 : 1) && s->longest_run != 6 &&
         (n < 3 || s->n_leaps == n_leaps_wanted);
}

static void
draw_shape(CsRng *rng, CsContour contour, int n, int n_leaps, int *intervals)
{
  for (int i = 0; i < N_TRIES; i++) {
    draw_intervals(rng, contour, n, intervals);
    const Shape shape = shape_of(intervals, n);
    if (is_singable(&shape, n, n_leaps))
      return;
  }
  for (int i = 1; i < n; i++) // A plain turn, should the draws all be refused.
    intervals[i] = i % 2 == 1 ? (i == 1 && n_leaps > 0 ? 3 : 1) : -1;
}

// --- Figures ----------------------------------------------------------------

// Notes last until the next one, at most `longest` sixteenths.
static void
set_rhythm(const Cell *cell, int n_steps, int longest, CsFigure *figure)
{
  figure->n = cell->n;
  for (int i = 0; i < cell->n; i++) {
    const int next   = i + 1 < cell->n ? cell->on[i + 1] : n_steps;
    const int until  = next - cell->on[i];
    figure->notes[i] = (CsFigureNote){
        .step = cell->on[i], .n_steps = until < longest ? until : longest};
  }
}

static void
set_intervals(const int *intervals, CsFigure *figure)
{
  for (int i = 0; i < figure->n; i++)
    figure->notes[i].interval = intervals[i];
}

static Cell
pick(CsRng *rng, const Cell *cells, int n)
{
  return cells[cs_rng_below(rng, (uint32_t)n)];
}

static void
make_open(CsRng *rng, const CellBank *bank, int n_leaps, CsFigure *figure)
{
  int intervals[CS_FIGURE_NOTES];
  const Cell cell = pick(rng, bank->open, bank->n_open);
  set_rhythm(&cell, bank->n_steps, bank->n_steps * 3 / 8, figure);
  draw_shape(rng, draw_contour(rng), figure->n, n_leaps, intervals);
  set_intervals(intervals, figure);
}

// The motif without its end: it comes to rest on the last onset but one, or
// earlier where too little of the bar would be left for a long note.
static Cell
echo_cell(const CsFigure *motif, int n_steps)
{
  Cell echo = {0};
  for (int i = 0; i + 1 < motif->n && echo.n < MAX_ONSETS; i++)
    if (2 * motif->notes[i].step <= n_steps || echo.n == 0)
      echo.on[echo.n++] = motif->notes[i].step;
  return echo;
}

static int
closing_interval(CsRng *rng, int way)
{
  const double chance = cs_rng_unit(rng);
  return chance < 0.62   ? way
         : chance < 0.78 ? -way
         : chance < 0.93 ? 2 * way
                         : 0;
}

// Closing bars begin like the motif as often as `likeness` says, or else walk
// by step, most often down; the last note is the long one. Of a theme one bar
// at most is not made of the motif: three bars in five are to be (T33).
static void
make_closing(CsRng *rng, const CellBank *bank, const CsFigure *motif,
    double likeness, int longest, bool *has_free, CsFigure *figure)
{
  Cell cell          = pick(rng, bank->closing, bank->n_closing);
  const int way      = cs_rng_unit(rng) < 0.65 ? -1 : 1;
  const bool is_like = cs_rng_unit(rng) < likeness || *has_free;
  *has_free          = *has_free || !is_like;
  if (is_like)
    cell = echo_cell(motif, bank->n_steps);
  set_rhythm(&cell, bank->n_steps, longest, figure);
  for (int i = 1; i < figure->n; i++)
    figure->notes[i].interval =
        is_like ? motif->notes[i].interval : closing_interval(rng, way);
  figure->notes[0].interval = (int)cs_rng_below(rng, 4) - 2;
}

// The other thought: more often than not the motif with its end turned round.
static void
make_contrast(CsRng *rng, const CellBank *bank, const CsFigure *motif,
    bool *has_free, CsFigure *figure)
{
  if (cs_rng_unit(rng) < 0.25) {
    make_open(rng, bank, 0, figure);
    *has_free = true;
    return;
  }
  *figure           = *motif;
  const int n_turns = figure->n > 4 ? 2 : 1; // two in five may differ (T33)
  for (int i = figure->n - n_turns; i < figure->n; i++)
    figure->notes[i].interval = cs_clamp_int(-figure->notes[i].interval, -2, 2);
}

// The motif's last two to four notes, squeezed into half a bar and said twice,
// the second time a step on (phrase.c turns the direction).
static void
make_fragment(
    CsRng *rng, const CellBank *bank, const CsFigure *motif, CsFigure *figure)
{
  const int half  = bank->n_steps / 2;
  int n           = 2 + (int)cs_rng_below(rng, 2);
  n               = n < motif->n ? n : motif->n;
  const int first = motif->n - n;
  const int gap   = half >= 6 ? 2 : 1;
  figure->n       = 2 * n;
  for (int i = 0; i < 2 * n; i++) {
    const int within = i % n;
    const int start  = i < n ? 0 : half;
    figure->notes[i] = (CsFigureNote){.step = start + within * gap,
        .n_steps  = within + 1 < n ? gap : half - (n - 1) * gap - gap / 2,
        .interval = within > 0 ? motif->notes[first + within].interval : 0};
  }
  int back = 1;
  for (int i = 1; i < n; i++)
    back -= motif->notes[first + i].interval;
  figure->notes[n].interval = cs_clamp_int(back, -3, 3);
}

static void
make_lead(CsRng *rng, const CellBank *bank, CsFigure *figure)
{
  const Cell cell = pick(rng, bank->leading, bank->n_leading);
  const int way   = cs_rng_unit(rng) < 0.6 ? -1 : 1;
  set_rhythm(&cell, bank->n_steps, bank->n_steps * 3 / 8, figure);
  for (int i = 1; i < figure->n; i++)
    figure->notes[i].interval = cs_rng_unit(rng) < 0.8 ? way : -way;
}

// Twice as slow, over two bars.
static void
make_broad(
    const CellBank *bank, const CsFigure *motif, CsFigure *head, CsFigure *tail)
{
  head->n = tail->n = 0;
  for (int i = 0; i < motif->n; i++) {
    CsFigureNote note = motif->notes[i];
    const bool late   = 2 * note.step >= bank->n_steps;
    CsFigure *figure  = late ? tail : head;
    note.step         = 2 * note.step - (late ? bank->n_steps : 0);
    const int room    = bank->n_steps - note.step;
    note.n_steps      = 2 * note.n_steps < room ? 2 * note.n_steps : room;
    figure->notes[figure->n++] = note;
  }
}

static void
make_pickup(CsRng *rng, CsMotif *motif)
{
  motif->n_pickup = 0;
  if (motif->figures[CS_FIGURE_MOTIF].notes[0].step != 0 ||
      cs_rng_unit(rng) >= 0.25)
    return;
  motif->n_pickup = 1 + (int)cs_rng_below(rng, 2);
  for (int i = 0; i < motif->n_pickup; i++)
    motif->pickup[i] = (CsFigureNote){
        .step = -2 * (motif->n_pickup - i), .n_steps = 2, .interval = 1};
}

void
cs_motif_make(uint64_t theme_seed, CsMeter meter, CsMotif *motif)
{
  const CellBank *bank = bank_of(meter);
  CsFigure *f          = motif->figures;
  const int closing    = bank->n_steps * 7 / 16;
  memset(motif, 0, sizeof *motif);
  CsRng rng   = cs_rng_at(theme_seed, "theme.form", 0, 0);
  motif->form = (CsThemeForm)cs_rng_weighted(&rng, form_weights, CS_N_FORMS);
  static const double finals[3] = {80, 12, 8};
  motif->final_degree           = 2 * (int)cs_rng_weighted(&rng, finals, 3);
  motif->start_offset           = (int)cs_rng_below(&rng, 8) - 3;
  motif->contour                = draw_contour(&rng);
  motif->contrast_contour       = draw_contour(&rng);
  rng = cs_rng_at(theme_seed, "theme.motif", 0, (uint64_t)bank->n_steps);
  make_open(&rng, bank, 1, &f[CS_FIGURE_MOTIF]);
  bool has_free = false;
  rng = cs_rng_at(theme_seed, "theme.contrast", 0, (uint64_t)bank->n_steps);
  make_contrast(
      &rng, bank, &f[CS_FIGURE_MOTIF], &has_free, &f[CS_FIGURE_CONTRAST]);
  rng = cs_rng_at(theme_seed, "theme.closing", 0, (uint64_t)bank->n_steps);
  make_closing(&rng, bank, &f[CS_FIGURE_MOTIF], 0.9, bank->n_steps * 3 / 8,
      &has_free, &f[CS_FIGURE_ANSWER]);
  make_closing(&rng, bank, &f[CS_FIGURE_MOTIF], 0.85, closing, &has_free,
      &f[CS_FIGURE_HALF]);
  make_closing(&rng, bank, &f[CS_FIGURE_MOTIF], 0.85, closing, &has_free,
      &f[CS_FIGURE_CADENCE]);
  rng = cs_rng_at(theme_seed, "theme.fragment", 0, (uint64_t)bank->n_steps);
  make_fragment(&rng, bank, &f[CS_FIGURE_MOTIF], &f[CS_FIGURE_FRAGMENT]);
  make_lead(&rng, bank, &f[CS_FIGURE_LEAD]);
  make_broad(
      bank, &f[CS_FIGURE_MOTIF], &f[CS_FIGURE_BROAD], &f[CS_FIGURE_BROAD_TAIL]);
  make_pickup(&rng, motif);
}
