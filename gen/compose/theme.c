#include "gen/compose/theme.h"

#include "gen/base/mathx.h"
#include "gen/compose/groove.h"
#include "gen/compose/line.h"

#include <stdlib.h>
#include <string.h>

enum { N_MODELS = 96, PHRASE_BARS = 4 };

// One bar of the form.
typedef struct Unit {
  CsFigureKind kind;
  bool is_inverted;
  bool is_ornamented;
  int lift;        ///< Scale steps above where it would lie.
  bool turns_down; ///< Fragments go on a step lower instead of higher.
} Unit;

// How a bar came out the first time, to be said again over the same harmony.
typedef struct Model {
  Unit unit;
  uint16_t chords[2];
  int n;
  int keys[CS_FIGURE_NOTES];
} Model;

typedef struct Teller {
  CsComposer *c;
  CsMotif motif;
  CsTheme *theme;
  size_t capacity;
  int centre;
  double step_bias;
  Model models[N_MODELS];
  size_t n_models;
} Teller;

// Eight bars by form, as letters: M motif, A answer, K contrast, F fragment,
// H half cadence, C cadence (RULEBOOK 6.3).
static const char *const forms[CS_N_FORMS] = {
    [CS_FORM_SENTENCE] = "MAMHFFMC",
    [CS_FORM_PERIOD]   = "MAKHMAKC",
    [CS_FORM_LOOP]     = "MAMHMAKC",
};

// Shorter stretches, by their number of bars.
static const char *const short_forms[PHRASE_BARS + 1] = {
    "", "C", "MC", "MAC", "MAMC"};

static CsFigureKind
kind_of_letter(char letter)
{
  switch (letter) {
  case 'M':
    return CS_FIGURE_MOTIF;
  case 'A':
    return CS_FIGURE_ANSWER;
  case 'K':
    return CS_FIGURE_CONTRAST;
  case 'F':
    return CS_FIGURE_FRAGMENT;
  case 'H':
    return CS_FIGURE_HALF;
  case 'C':
    return CS_FIGURE_CADENCE;
  case 'L':
    return CS_FIGURE_LEAD;
  case 'B':
    return CS_FIGURE_BROAD;
  case 'b':
    return CS_FIGURE_BROAD_TAIL;
  default:
    return CS_FIGURE_REST;
  }
}

// --- Form -------------------------------------------------------------------

// Letter of a bar in a stretch that is told in eights, then fours, then less.
static char
told_letter(const char *eight, int bar, int n_bars)
{
  const int whole = n_bars - n_bars % 8;
  if (bar < whole)
    return eight[bar % 8];
  const int rest = n_bars - whole;
  const int in   = bar - whole;
  if (in < rest - rest % PHRASE_BARS)
    return short_forms[PHRASE_BARS][in];
  return short_forms[rest % PHRASE_BARS][in % PHRASE_BARS];
}

static char
letter_of_bar(const Teller *t, const CsSection *s, int bar)
{
  const int in   = bar - s->first_bar;
  const int left = s->n_bars - 1 - in;
  switch (s->kind) {
  case CS_SECTION_A:
  case CS_SECTION_A2:
  case CS_SECTION_CLIMAX:
    return told_letter(forms[t->motif.form], in, s->n_bars);
  case CS_SECTION_B:
    return told_letter("MKMHMAMC", in, s->n_bars);
  case CS_SECTION_BREAK:
    return "MA--"[in % 4];
  case CS_SECTION_BUILD:
    return left < 4 || s->n_bars <= 4 ? 'F' : "MFMF"[in % 4];
  case CS_SECTION_OUTRO:
    return left == 0 ? 'C' : "Bb--"[in % 4];
  case CS_SECTION_INTRO:
    return left >= 2 || s->n_bars < 2 ? '-' : left == 1 ? 'M' : 'A';
  case CS_SECTION_END:
  case CS_N_SECTION_KINDS:
    break;
  }
  return '-';
}

static bool
leads_to_end(const CsComposer *c, int bar)
{
  return c->end_bar > 0 && bar == c->end_bar - 1;
}

static Unit
unit_of_bar(const Teller *t, int bar)
{
  const CsSection *s = cs_section_of_bar(t->c->timeline, bar);
  const int in       = bar - s->first_bar;
  Unit unit          = {.kind = kind_of_letter(letter_of_bar(t, s, bar))};
  if (leads_to_end(t->c, bar) && s->kind != CS_SECTION_OUTRO)
    unit.kind = CS_FIGURE_LEAD;
  unit.is_inverted = s->kind == CS_SECTION_B && unit.kind == CS_FIGURE_MOTIF;
  unit.is_ornamented =
      s->kind == CS_SECTION_A2 &&
      (unit.kind == CS_FIGURE_MOTIF || unit.kind == CS_FIGURE_CONTRAST);
  if (s->kind == CS_SECTION_BUILD)
    unit.lift = in * 4 / (s->n_bars > 4 ? s->n_bars : 4);
  if (s->kind == CS_SECTION_CLIMAX) // it comes back as it was, then its summit
    unit.lift =
        4 * (s->n_bars - in) <= s->n_bars || in + 1 == s->n_bars ? 4 : 0;
  unit.turns_down = s->kind != CS_SECTION_BUILD && s->kind != CS_SECTION_CLIMAX;
  return unit;
}

// --- Register ---------------------------------------------------------------

int
cs_melody_centre(const CsComposer *c)
{
  // Dark cues lie low, but pads and chords reach to the seventies too: the
  // lower the wish, the more of the way to CLEAR it is lifted out of them.
  enum { CLEAR = 75, MOST = 5 };
  const double centre = 69 + 5 * c->plan->valence + 4 * c->plan->arousal;
  const double lift   = cs_clamp(0.7 * (CLEAR - centre), 0, MOST);
  return (int)(cs_clamp(centre + lift, 57, 81) + 0.5);
}

void
cs_melody_range(
    const CsComposer *c, size_t track, int *centre, int *low, int *high)
{
  enum { BELOW = 9, ABOVE = 10 };
  const CsTrack *t = &c->plan->tracks[track];
  const CsInstrument *instrument =
      cs_instrument_of_program(c->presets, t->bank, t->program);
  int bottom = t->range[0];
  int top    = t->range[1];
  if (instrument != NULL) {
    const int a = bottom > instrument->sweet[0] ? bottom : instrument->sweet[0];
    const int b = top < instrument->sweet[1] ? top : instrument->sweet[1];
    if (b - a >= 12) {
      bottom = a;
      top    = b;
    }
  }
  const int half = (top - bottom) / 2;
  *centre        = cs_clamp_int(*centre, bottom + (BELOW < half ? BELOW : half),
             top - (ABOVE < half ? ABOVE : half));
  *low           = *centre - BELOW > bottom ? *centre - BELOW : bottom;
  *high          = *centre + ABOVE < top ? *centre + ABOVE : top;
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

// --- Telling ----------------------------------------------------------------

static uint16_t
degree_pcs(const CsComposer *c, int64_t tick, unsigned degree_bits)
{
  int degrees[7];
  unsigned set = 0;
  cs_mode_degrees(c->plan->key.mode, degrees);
  for (int i = 0; i < 7; i++)
    if ((degree_bits >> i & 1u) != 0)
      set |= 1u << cs_mod(c->plan->key.tonic_pc + degrees[i], 12);
  return (uint16_t)(set & cs_chord_pcs(c, &cs_chord_at(c, tick)->chord));
}

// Degrees (bit 0 = the tonic) that an ending wants, kept only where the chord
// has one of them.
static uint16_t
wanted_end(const Teller *t, CsFigureKind kind, int64_t tick)
{
  switch (kind) {
  case CS_FIGURE_HALF:
    return degree_pcs(t->c, tick, 1u << 1 | 1u << 4 | 1u << 6);
  case CS_FIGURE_CADENCE:
    return degree_pcs(t->c, tick, 1u << 0 | 1u << 2);
  case CS_FIGURE_REST:
  case CS_FIGURE_MOTIF:
  case CS_FIGURE_ANSWER:
  case CS_FIGURE_CONTRAST:
  case CS_FIGURE_FRAGMENT:
  case CS_FIGURE_LEAD:
  case CS_FIGURE_BROAD:
  case CS_FIGURE_BROAD_TAIL:
  case CS_N_FIGURES:
    break;
  }
  return 0;
}

static bool
same_unit(Unit a, Unit b)
{
  return a.kind == b.kind && a.is_inverted == b.is_inverted &&
         a.lift == b.lift &&
         (a.kind != CS_FIGURE_FRAGMENT || a.turns_down == b.turns_down);
}

static void
chords_of_bar(const CsComposer *c, int bar, uint16_t chords[2])
{
  const int64_t start = cs_bar_tick(c->timeline, bar);
  const int64_t half  = cs_bar_ticks(c->timeline, bar) / 2;
  chords[0]           = cs_chord_pcs(c, &cs_chord_at(c, start)->chord);
  chords[1]           = cs_chord_pcs(c, &cs_chord_at(c, start + half)->chord);
}

static Model *
find_model(Teller *t, Unit unit, int bar, int n)
{
  uint16_t chords[2];
  chords_of_bar(t->c, bar, chords);
  for (size_t i = 0; i < t->n_models; i++) {
    Model *m = &t->models[i];
    if (same_unit(m->unit, unit) && m->chords[0] == chords[0] &&
        m->chords[1] == chords[1] && m->n >= n)
      return m;
  }
  return NULL;
}

static Model *
add_model(Teller *t, Unit unit, int bar)
{
  if (t->n_models == N_MODELS)
    return NULL;
  Model *m = &t->models[t->n_models++];
  m->unit  = unit;
  m->n     = 0;
  chords_of_bar(t->c, bar, m->chords);
  return m;
}

// The notes of a phrase on their way to keys.
typedef struct Phrase {
  CsLine line;
  CsThemeNote notes[CS_LINE_NOTES];
  bool is_ornament[CS_LINE_NOTES];
  int bar_first[PHRASE_BARS + 1]; ///< Index of each bar's first own note.
  int bar_n[PHRASE_BARS];
} Phrase;

static void
put_note(Teller *t, Phrase *p, int bar, CsFigureNote note, CsFigureKind kind)
{
  const CsComposer *c = t->c;
  if (note.step < 0) {
    bar--;
    note.step += bar >= 0 ? cs_steps_in_bar(c, bar) : 0;
  }
  const int room = bar < 0 ? 0 : cs_steps_in_bar(c, bar) - note.step;
  if (room <= 0 || note.step < 0 || p->line.n_notes >= CS_LINE_NOTES)
    return;
  const int n_steps = note.n_steps < room ? note.n_steps : room;
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  const int64_t in  = note.step * cs_step_ticks(c);
  const size_t i    = p->line.n_notes++;
  p->line.notes[i]  = (CsLineNote){.tick = cs_bar_tick(c->timeline, bar) + in,
       .n_ticks                          = n_steps * cs_step_ticks(c),
       .on_downbeat                      = note.step == 0,
       .on_beat                          = in % beat == 0,
       .interval                         = note.interval,
       .centre                           = t->centre};
  p->is_ornament[i] = false;
  p->notes[i]       = (CsThemeNote){
            .bar = bar, .step = note.step, .n_steps = n_steps, .kind = kind};
}

// A passing or neighbour note in the second half of a long gap. Gives the way
// that it goes, which the note after it need not go any more.
static int
put_ornament(
    Teller *t, Phrase *p, int bar, CsFigureNote before, CsFigureNote after)
{
  const int gap = after.step - before.step;
  if (gap < 4 || before.step < 0)
    return 0;
  const int way  = after.interval > 0 ? 1 : after.interval < 0 ? -1 : 1;
  const size_t n = p->line.n_notes;
  put_note(t, p, bar,
      (CsFigureNote){.step = before.step + gap - gap / 3,
          .n_steps         = gap / 3,
          .interval        = way},
      CS_FIGURE_MOTIF);
  if (p->line.n_notes == n)
    return 0;
  p->is_ornament[n] = true;
  return way;
}

static void
put_bar(Teller *t, Phrase *p, int bar, int at, Unit unit)
{
  const CsFigure *figure = &t->motif.figures[unit.kind];
  CsRng rng = cs_rng_at(t->c->plan->theme_seed, "ornament", 0, (uint64_t)bar);
  const bool ornaments = unit.is_ornamented && cs_rng_unit(&rng) < 0.4;
  const size_t first   = p->line.n_notes;
  p->bar_first[at]     = (int)first;
  for (int i = 0; i < figure->n; i++) {
    CsFigureNote note = figure->notes[i];
    note.interval     = unit.is_inverted ? -note.interval : note.interval;
    if (unit.kind == CS_FIGURE_FRAGMENT && i == figure->n / 2)
      note.interval -= unit.turns_down ? 2 : 0;
    if (ornaments && i > 0)
      note.interval -= put_ornament(t, p, bar, figure->notes[i - 1], note);
    put_note(t, p, bar, note, unit.kind);
  }
  p->bar_n[at] = (int)(p->line.n_notes - first);
  for (size_t i = first; i < p->line.n_notes; i++) {
    p->line.notes[i].starts_bar = i == first;
    p->line.notes[i].centre += 2 * unit.lift;
  }
  if (p->line.n_notes > first) {
    CsLineNote *last = &p->line.notes[p->line.n_notes - 1];
    last->wanted     = wanted_end(t, unit.kind, last->tick);
  }
}

// A bar's own notes, ornaments left out. Gives how many there are.
static int
own_notes(const Phrase *p, int bar, size_t own[CS_FIGURE_NOTES])
{
  int n = 0;
  for (int i = 0; i < p->bar_n[bar]; i++) {
    const size_t k = (size_t)(p->bar_first[bar] + i);
    if (!p->is_ornament[k] && n < CS_FIGURE_NOTES)
      own[n++] = k;
  }
  return n;
}

static bool
is_step(int from, int to)
{
  return from != to && abs(to - from) <= 2;
}

// May a note of an earlier bar be sung again where the harmony is another? On
// strong places it must be of the chord, elsewhere of the scale and not left
// hanging.
static bool
note_fits(const Teller *t, const CsLineNote *note, const Model *m, int i)
{
  const int key      = m->keys[i];
  const unsigned bit = 1u << cs_mod(key, 12);
  const uint16_t now =
      cs_chord_pcs(t->c, &cs_chord_at(t->c, note->tick)->chord);
  const uint16_t late = cs_chord_pcs(
      t->c, &cs_chord_at(t->c, note->tick + note->n_ticks - 1)->chord);
  const bool is_long = note->n_ticks >= CS_TICKS_PER_QUARTER;
  if (note->wanted != 0 && (note->wanted & bit) == 0)
    return false;
  if ((now & bit) != 0)
    return !is_long || (late & bit) != 0;
  return !note->on_downbeat && !is_long &&
         (cs_scale_at(t->c, note->tick) & bit) != 0 &&
         ((i > 0 && is_step(m->keys[i - 1], key)) ||
             (i + 1 < m->n && is_step(key, m->keys[i + 1])));
}

static bool
model_fits(const Teller *t, const Phrase *p, const size_t *own, const Model *m)
{
  for (int i = 0; i < m->n; i++)
    if (!note_fits(t, &p->line.notes[own[i]], m, i))
      return false;
  return true;
}

// The latest bar of the same kind that can be said again as it was.
static const Model *
find_fitting(
    const Teller *t, const Phrase *p, Unit unit, const size_t *own, int n)
{
  for (size_t k = t->n_models; k-- > 0;) {
    const Model *m = &t->models[k];
    if (m->n == n && same_unit(m->unit, unit) && model_fits(t, p, own, m))
      return m;
  }
  return NULL;
}

static void
use_models(Teller *t, Phrase *p, int first_bar, const Unit *units, int n_bars)
{
  size_t own[CS_FIGURE_NOTES];
  for (int b = 0; b < n_bars; b++) {
    const int n = own_notes(p, b, own);
    if (n != t->motif.figures[units[b].kind].n)
      continue; // Cut: it goes its own way.
    const Model *m = find_model(t, units[b], first_bar + b, n);
    if (m == NULL)
      m = find_fitting(t, p, units[b], own, n);
    for (int i = 0; m != NULL && i < n; i++)
      p->line.notes[own[i]].model = m->keys[i];
  }
}

static void
keep_models(
    Teller *t, const Phrase *p, int first_bar, const Unit *units, int n_bars)
{
  size_t own[CS_FIGURE_NOTES];
  for (int b = 0; b < n_bars; b++) {
    const int n = own_notes(p, b, own);
    if (n == 0 || n != t->motif.figures[units[b].kind].n ||
        find_model(t, units[b], first_bar + b, n) != NULL)
      continue;
    Model *m = add_model(t, units[b], first_bar + b);
    for (int i = 0; m != NULL && i < n; i++)
      m->keys[i] = p->line.notes[own[i]].key;
    if (m != NULL)
      m->n = n;
  }
}

// The last note of all, on the final downbeat.
static void
put_final(Teller *t, Phrase *p)
{
  const CsComposer *c = t->c;
  put_note(t, p, c->end_bar,
      (CsFigureNote){.step = 0, .n_steps = cs_steps_in_bar(c, c->end_bar)},
      CS_FIGURE_CADENCE);
  CsLineNote *last = &p->line.notes[p->line.n_notes - 1];
  last->starts_bar = true;
  last->wanted     = degree_pcs(c, last->tick, 1u << t->motif.final_degree);
  if (last->wanted == 0)
    last->wanted = degree_pcs(c, last->tick, 1u);
}

static int
stroke_of(const CsThemeNote *note, const CsLineNote *line)
{
  const int high = (line->key - line->centre) / 2;
  return 84 + cs_clamp_int(high, -5, 5) + (note->n_steps >= 6 ? 4 : 0);
}

static CsStatus
keep_notes(Teller *t, Phrase *p)
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

// The pick-up only where the phrase opens with the motif, and only into room
// that the bar before leaves.
static void
put_pickup(Teller *t, Phrase *p, int first_bar, Unit unit)
{
  if (unit.kind != CS_FIGURE_MOTIF || first_bar == 0)
    return;
  for (int i = 0; i < t->motif.n_pickup; i++)
    put_note(t, p, first_bar, t->motif.pickup[i], CS_FIGURE_MOTIF);
}

// Phrases begin and end within reach of the centre, so that whichever phrase is
// heard next, or after a rest of the part, no more than an octave lies between.
static void
hold_near(const Teller *t, CsLineNote *note)
{
  note->anchor = t->centre;
  note->reach  = 5;
}

// Four bars of a section at most; `*previous` is the key before it and after.
static CsStatus
tell_phrase(Teller *t, int first_bar, int n_bars, int *previous)
{
  Phrase phrase;
  Phrase *p = &phrase;
  Unit units[PHRASE_BARS];
  p->line.n_notes   = 0;
  p->line.composer  = t->c;
  p->line.low       = t->theme->low;
  p->line.high      = t->theme->high;
  p->line.max_leap  = 9;
  p->line.step_bias = t->step_bias;
  p->line.previous  = *previous;
  for (int b = 0; b < n_bars; b++) {
    units[b]                      = unit_of_bar(t, first_bar + b);
    t->theme->bars[first_bar + b] = units[b].kind;
    if (b == 0)
      put_pickup(t, p, first_bar, units[0]);
    put_bar(t, p, first_bar + b, b, units[b]);
  }
  if (leads_to_end(t->c, first_bar + n_bars - 1))
    put_final(t, p);
  if (p->line.n_notes == 0)
    return CS_OK;
  p->line.notes[0].centre += t->motif.start_offset;
  hold_near(t, &p->line.notes[0]);
  hold_near(t, &p->line.notes[p->line.n_notes - 1]);
  use_models(t, p, first_bar, units, n_bars);
  cs_line_solve(&p->line);
  keep_models(t, p, first_bar, units, n_bars);
  *previous = p->line.notes[p->line.n_notes - 1].key;
  return keep_notes(t, p);
}

// Every section starts afresh from the theme's own centre, so that what happens
// in one leaves the next as it was.
static CsStatus
tell_section(Teller *t, const CsSection *s)
{
  int previous = t->centre + t->motif.start_offset;
  for (int bar = 0; bar < s->n_bars; bar += PHRASE_BARS) {
    const int left = s->n_bars - bar;
    CS_TRY(tell_phrase(t, s->first_bar + bar,
        left < PHRASE_BARS ? left : PHRASE_BARS, &previous));
  }
  return CS_OK;
}

// The moves of the tune; rests of more than a bar part one phrase from the
// next. Bars in which its part is silent count too: what a section's energy
// leaves out must not move the tune elsewhere.
typedef struct Moves {
  size_t n, n_steps, n_wide, n_huge;
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
    last = note;
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
tell_all(Teller *t)
{
  t->theme->n_notes = 0;
  t->n_models       = 0;
  for (size_t s = 0; s < t->c->plan->n_sections; s++)
    CS_TRY(tell_section(t, &t->c->plan->sections[s]));
  return CS_OK;
}

static CsStatus
tell_in_balance(Teller *t)
{
  static const int shifts[] = {0, 0, 0, 1, -1, 2, -2, 3, -3, 1, -1};
  enum { N_TELLINGS = sizeof shifts / sizeof shifts[0] };
  const int centre           = t->centre;
  int best_shift             = 0;
  static const double middle = 0.55, tolerance = 0.06;
  double lean = 0.8, best_bias = 0.0, best_miss = 1e9;
  for (int i = 0; i < N_TELLINGS; i++) {
    t->centre = centre + shifts[i];
    CS_TRY(tell_all(t));
    const Moves moves = moves_of(t->theme);
    const double over =
        moves.n > 0 ? (double)moves.n_steps / (double)moves.n - middle : 0.0;
    const double miss = (over < 0 ? -over : over) + wide_leaps(&moves);
    if (miss < best_miss) {
      best_miss  = miss;
      best_bias  = t->step_bias;
      best_shift = shifts[i];
    }
    if (miss <= tolerance)
      return CS_OK;
    if ((over < 0) != (lean > 0))
      lean *= -0.6;
    t->step_bias += lean;
  }
  t->step_bias = best_bias;
  t->centre    = centre + best_shift;
  return tell_all(t);
}

// How short the shorter notes must be for the tune to be silent for at least 23
// hundredths of its span (RULEBOOK 6.1).
static double
gate_of(const CsTheme *theme, double quarters)
{
  double shorter = 0.0;
  double longer  = 0.0;
  int n_bars     = 0;
  int bar        = -1;
  for (size_t i = 0; i < theme->n_notes; i++) {
    const CsThemeNote *n = &theme->notes[i];
    *(n->n_steps < 6 ? &shorter : &longer) += n->n_steps;
    n_bars += n->bar != bar;
    bar = n->bar;
  }
  const double span = 4.0 * quarters * n_bars;
  return shorter > 0.0 ? cs_clamp((0.77 * span - longer) / shorter, 0.6, 0.96)
                       : 0.96;
}

static CsStatus
make_theme(CsComposer *c, size_t track, CsTheme *theme)
{
  Teller *t = CS_NEW(c->arena, Teller);
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
  theme->gate = gate_of(theme, cs_meter_quarters(c->plan->meter));
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
