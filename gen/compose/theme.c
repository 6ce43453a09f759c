#include "gen/compose/theme.h"

#include "gen/base/mathx.h"
#include "gen/compose/teller.h"

#include <stdlib.h>

// --- Telling ----------------------------------------------------------------

static int
stroke_of(const CsThemeNote *note, const CsLineNote *line)
{
  const int high = (line->key - line->centre) / 2;
  return 84 + cs_clamp_int(high, -5, 5) + (note->n_steps >= 6 ? 4 : 0);
}

static CsStatus
keep_notes(CsTeller *t, CsTunePhrase *p)
{
  CsTheme *theme = t->theme;
  void *notes    = theme->notes;
  CS_TRY(cs_arena_grow(t->c->arena, &notes, &t->capacity,
      theme->n_notes + p->line.n_notes, sizeof(CsThemeNote)));
  theme->notes = notes;
  for (size_t i = 0; i < p->line.n_notes; i++) {
    CsThemeNote note               = p->notes[i];
    note.key                       = p->line.notes[i].key;
    note.stroke                    = stroke_of(&note, &p->line.notes[i]);
    theme->notes[theme->n_notes++] = note;
  }
  return CS_OK;
}

// `*previous` is the key before the phrase and after.
static CsStatus
tell_phrase(CsTeller *t, int first_bar, int n_bars, int *previous)
{
  CsTunePhrase phrase;
  CsTunePhrase *p = &phrase;
  cs_phrase_lay_out(t, first_bar, n_bars, *previous, p);
  for (int b = 0; b < n_bars; b++)
    t->theme->bars[first_bar + b] = p->units[b].kind;
  if (p->line.n_notes == 0)
    return CS_OK;
  cs_recall_models(t, p);
  cs_line_solve(&p->line);
  cs_keep_models(t, p);
  *previous = p->line.notes[p->line.n_notes - 1].key;
  return keep_notes(t, p);
}

// Every section starts afresh from the theme's own centre, so that what happens
// in one leaves the next as it was.
static CsStatus
tell_section(CsTeller *t, const CsSection *s)
{
  const CsSection told = cs_told_section(t, s->first_bar);
  int previous =
      t->centre + t->motif.start_offset + cs_shift_of_bar(t->c, told.first_bar);
  for (int bar = 0; bar < told.n_bars; bar += CS_TUNE_PHRASE_BARS) {
    const int left = told.n_bars - bar;
    CS_TRY(tell_phrase(t, told.first_bar + bar,
        left < CS_TUNE_PHRASE_BARS ? left : CS_TUNE_PHRASE_BARS, &previous));
  }
  return CS_OK;
}

// --- Balance ----------------------------------------------------------------

// The moves of the tune; rests of more than a bar part one phrase from the
// next. Bars in which its part is silent count too: what a section's energy
// leaves out must not move the tune elsewhere.
typedef struct Moves {
  size_t n, n_steps, n_wide, n_huge;
  int low, high; ///< Keys.
} Moves;

static void
count_move(const CsThemeNote *from, const CsThemeNote *to, Moves *moves)
{
  const int size = abs(to->key - from->key);
  moves->n++;
  moves->n_steps += size == 1 || size == 2;
  moves->n_wide += size > 7;
  moves->n_huge += size > 12;
}

static Moves
moves_of(const CsTheme *theme)
{
  const CsThemeNote *last = NULL;
  Moves moves             = {0};
  for (size_t i = 0; i < theme->n_notes; i++) {
    const CsThemeNote *note = &theme->notes[i];
    if (last != NULL && note->bar - last->bar <= 2)
      count_move(last, note, &moves);
    moves.low  = last == NULL || note->key < moves.low ? note->key : moves.low;
    moves.high = note->key > moves.high ? note->key : moves.high;
    last       = note;
  }
  return moves;
}

// How far the wide leaps go beyond what a tune bears: 4 % over a fifth, none
// over an octave (RULEBOOK 6.1). Counts like a lack of steps.
static double
wide_leaps(const Moves *moves)
{
  const double share = (double)moves->n_wide / ((double)moves->n + 2.0);
  return (share > 0.035 ? 4.0 * (share - 0.035) + 0.06 : 0.0) +
         (double)moves->n_huge;
}

// The motif leaves the balance of steps and leaps open within limits; where the
// harmony tips it over, the whole tune is told again with a lean to the other
// side, later a little higher or lower too (RULEBOOK 6.1: 45 to 62 % steps).
static CsStatus
tell_all(CsTeller *t)
{
  t->theme->n_notes = 0;
  t->n_models       = 0;
  for (size_t s = 0; s < t->c->plan->n_sections; s++)
    CS_TRY(tell_section(t, &t->c->plan->sections[s]));
  return CS_OK;
}

// How far the tune spans less than a singable theme does (RULEBOOK 6.1).
static double
narrowness(const Moves *moves)
{
  enum { LEAST_SPAN = 9 };
  const int span = moves->high - moves->low;
  return span < LEAST_SPAN ? 0.03 * (LEAST_SPAN - span) : 0.0;
}

// What a telling can be made with, and how far it was off.
typedef struct Telling {
  double step_bias;
  int centre, steepness;
  bool fills_gaps;
  double miss;
} Telling;

static void
take(CsTeller *t, const Telling *telling)
{
  t->step_bias  = telling->step_bias;
  t->centre     = telling->centre;
  t->steepness  = telling->steepness;
  t->fills_gaps = telling->fills_gaps;
}

// By how much there are too many steps; too few are below 0.
static double
steps_over(const Moves *moves)
{
  static const double middle = 0.55;
  return moves->n > 0 ? (double)moves->n_steps / (double)moves->n - middle
                      : 0.0;
}

// What a lean does not bring about: a motif of few notes may have no room for
// steps but between them, and the fewer bar lines are crossed by leap the
// flatter phrases are.
static void
give_room(double over, Telling *telling)
{
  static const double far_off = 0.09;
  if (over < -far_off && telling->fills_gaps)
    telling->steepness = 0;
  telling->fills_gaps = telling->fills_gaps || over < -far_off;
  if (over > far_off)
    telling->steepness = 2;
}

static CsStatus
tell_in_balance(CsTeller *t)
{
  static const int shifts[] = {0, 0, 0, 1, -1, 2, -2, 3, -3, 1, -1};
  enum { N_TELLINGS = sizeof shifts / sizeof shifts[0], PATIENCE = 4 };
  enum { FEW_MOVES = 8 }; // a bar or two: shares say nothing, the motif all
  static const double tolerance = 0.04;
  const int centre              = t->centre;
  double lean                   = 0.8;
  Telling now                   = {.centre = centre, .steepness = 1};
  Telling best                  = {.miss = 1e9};
  for (int i = 0; i < N_TELLINGS; i++) {
    now.centre = centre + shifts[i];
    take(t, &now);
    CS_TRY(tell_all(t));
    const Moves moves = moves_of(t->theme);
    const double over = steps_over(&moves);
    now.miss =
        (over < 0 ? -over : over) + wide_leaps(&moves) + narrowness(&moves);
    if (now.miss < best.miss)
      best = now;
    if (now.miss <= tolerance || moves.n < FEW_MOVES)
      return CS_OK;
    if ((over < 0) != (lean > 0))
      lean *= -0.6;
    now.step_bias += lean;
    if (i >= PATIENCE)
      give_room(over, &now);
  }
  take(t, &best);
  return tell_all(t);
}

// How short the notes must be for the tune to be silent for at least 23
// hundredths of its span (RULEBOOK 6.1): the shorter ones first, and where that
// is not enough, as in a tune of long notes, those too.
static void
set_gates(CsTheme *theme, double quarters)
{
  double shorter = 0.0;
  double longer  = 0.0;
  int n_bars     = 0;
  int bar        = -1;
  for (size_t i = 0; i < theme->n_notes; i++) {
    const CsThemeNote *n = &theme->notes[i];
    *(n->n_steps < CS_LONG_STEPS ? &shorter : &longer) += n->n_steps;
    n_bars += n->bar != bar;
    bar = n->bar;
  }
  const double sung = 0.77 * 4.0 * quarters * n_bars;
  theme->gate =
      shorter > 0.0 ? cs_clamp((sung - longer) / shorter, 0.6, 0.96) : 0.96;
  theme->long_gate =
      longer > 0.0
          ? cs_clamp((sung - theme->gate * shorter) / longer, 0.75, 1.0)
          : 1.0;
}

static CsStatus
make_theme(CsComposer *c, size_t track, CsTheme *theme)
{
  CsTeller *t = CS_NEW(c->arena, CsTeller);
  CS_TRY_NEW(t);
  *theme    = (CsTheme){.track = track};
  t->c      = c;
  t->theme  = theme;
  t->centre = cs_melody_centre(c);
  CS_TRY_NEW(theme->bars =
                 CS_NEW_N(c->arena, CsFigureKind, (size_t)c->plan->n_bars + 1));
  cs_melody_range(c, track, &t->centre, &theme->low, &theme->high);
  cs_motif_make(c->plan->theme_seed, c->plan->meter, &t->motif);
  CS_TRY(tell_in_balance(t));
  set_gates(theme, cs_meter_quarters(c->plan->meter));
  return CS_OK;
}

CsStatus
cs_theme(CsComposer *c, size_t track, CsTheme *theme)
{
  if (c->theme == NULL || c->theme->track != track) {
    CsTheme *made = CS_NEW(c->arena, CsTheme);
    CS_TRY_NEW(made);
    CS_TRY(make_theme(c, track, made));
    c->theme = made;
  }
  *theme = *c->theme;
  return CS_OK;
}

// --- Questions --------------------------------------------------------------

int
cs_shift_of_bar(const CsComposer *c, int bar)
{
  return c->plan->n_key_changes == 0
             ? 0
             : cs_key_shift(c, cs_bar_tick(c->timeline, bar));
}

size_t
cs_first_track(const CsComposer *c, CsRole role)
{
  for (size_t i = 0; i < c->plan->n_tracks; i++)
    if (c->plan->tracks[i].role == role)
      return i;
  return c->plan->n_tracks;
}

size_t
cs_theme_find(const CsTheme *theme, int bar)
{
  size_t low  = 0;
  size_t high = theme->n_notes;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (theme->notes[middle].bar < bar)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}
