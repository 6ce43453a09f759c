// The notes of a phrase: figures laid into bars, before their keys are found.

#include "gen/base/mathx.h"
#include "gen/compose/groove.h"
#include "gen/compose/teller.h"

static uint16_t
degree_pcs(const CsComposer *c, int64_t tick, unsigned degree_bits)
{
  const CsChordSpan *span = cs_chord_at(c, tick);
  int degrees[7];
  unsigned set = 0;
  cs_mode_degrees(span->key.mode, degrees);
  for (int i = 0; i < 7; i++)
    if ((degree_bits >> i & 1u) != 0)
      set |= 1u << cs_mod(span->key.tonic_pc + degrees[i], 12);
  return (uint16_t)(set & cs_chord_pcs(span));
}

// Degrees (bit 0 = the tonic) that an ending wants, kept only where the chord
// has one of them.
static uint16_t
wanted_end(const CsTeller *t, CsFigureKind kind, int64_t tick)
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

static void
put_note(
    CsTeller *t, CsTunePhrase *p, int bar, CsFigureNote note, CsFigureKind kind)
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
       .centre                           = t->centre + cs_shift_of_bar(c, bar)};
  p->is_ornament[i] = false;
  p->notes[i]       = (CsThemeNote){
            .bar = bar, .step = note.step, .n_steps = n_steps, .kind = kind};
}

// A passing or neighbour note in the second half of a long gap. Gives the way
// that it goes, which the note after it need not go any more.
static int
put_ornament(CsTeller *t, CsTunePhrase *p, int bar, CsFigureNote before,
    CsFigureNote after)
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

// How strongly a bar begins where its phrase has got to. Tuned until phrases
// keep their contour and bar lines are crossed by step as often as by leap.
static const double level_pull = 0.045, summit_pull = 0.12;

// The highest notes are kept for the climax (RULEBOOK 6.3).
enum { SUMMIT_ROOM = 3 };

static void
put_bar(CsTeller *t, CsTunePhrase *p, int bar, int at, CsTuneUnit unit)
{
  const CsFigure *figure = &t->motif.figures[unit.kind];
  CsRng rng = cs_rng_at(t->c->plan->theme_seed, "ornament", 0, (uint64_t)bar);
  const bool is_open =
      unit.kind == CS_FIGURE_MOTIF || unit.kind == CS_FIGURE_CONTRAST;
  const bool ornaments = (t->fills_gaps && is_open) ||
                         (unit.is_ornamented && cs_rng_unit(&rng) < 0.4);
  const size_t first = p->line.n_notes;
  p->bar_first[at]   = (int)first;
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
    p->line.notes[i].pull       = i > first        ? 0.0
                                  : unit.is_summit ? summit_pull
                                                   : level_pull;
    p->line.notes[i].top = unit.is_summit ? 0 : p->line.high - SUMMIT_ROOM;
    p->line.notes[i].centre += t->steepness * unit.level;
  }
  if (p->line.n_notes > first) {
    CsLineNote *last = &p->line.notes[p->line.n_notes - 1];
    last->wanted     = wanted_end(t, unit.kind, last->tick);
  }
}

// The last note of all, on the final downbeat.
static void
put_final(CsTeller *t, CsTunePhrase *p)
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

static void
begin_line(const CsTeller *t, int previous, int shift, CsLine *line)
{
  const CsTrack *track = &t->c->plan->tracks[t->theme->track];
  line->low =
      cs_clamp_int(t->theme->low + shift, track->range[0], t->theme->low);
  line->high =
      cs_clamp_int(t->theme->high + shift, t->theme->high, track->range[1]);
  line->n_notes     = 0;
  line->composer    = t->c;
  line->max_leap    = 9;
  line->step_bias   = t->step_bias;
  line->previous    = previous;
  line->keeps_clear = true;
}

// The pick-up only where the phrase opens with the motif, and only into room
// that the bar before leaves.
static void
put_pickup(CsTeller *t, CsTunePhrase *p, int first_bar, CsTuneUnit unit)
{
  if (unit.kind != CS_FIGURE_MOTIF || first_bar == 0)
    return;
  for (int i = 0; i < t->motif.n_pickup; i++)
    if (cs_step_tick(t->c, first_bar, t->motif.pickup[i].step) >= 0)
      put_note(t, p, first_bar, t->motif.pickup[i], CS_FIGURE_MOTIF);
}

// Phrases begin and end within reach of the centre, so that whichever phrase is
// heard next, or after a rest of the part, no more than an octave lies between.
static void
hold_near(const CsTeller *t, int shift, CsLineNote *note)
{
  note->anchor = t->centre + shift;
  note->reach  = 5;
}

void
cs_phrase_lay_out(
    CsTeller *t, int first_bar, int n_bars, int previous, CsTunePhrase *p)
{
  const int shift = cs_shift_of_bar(t->c, first_bar);
  p->first_bar    = first_bar;
  p->n_bars       = n_bars;
  begin_line(t, previous, shift, &p->line);
  for (int b = 0; b < n_bars; b++) {
    p->units[b] = cs_tune_unit(t, first_bar + b);
    if (b == 0)
      put_pickup(t, p, first_bar, p->units[0]);
    put_bar(t, p, first_bar + b, b, p->units[b]);
  }
  if (cs_leads_to_end(t->c, first_bar + n_bars - 1))
    put_final(t, p);
  if (p->line.n_notes == 0)
    return;
  p->line.notes[0].centre += t->motif.start_offset;
  hold_near(t, shift, &p->line.notes[0]);
  hold_near(t, shift, &p->line.notes[p->line.n_notes - 1]);
}
