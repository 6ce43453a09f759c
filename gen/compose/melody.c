#include "gen/base/mathx.h"
#include "gen/compose/groove.h"
#include "gen/compose/line.h"
#include "gen/compose/theme.h"

// Registers that keep out of the speaker's way (RULEBOOK 2.2), and of the tune
// of a gesture.
enum {
  BED_CENTRE            = 80,
  UNDERSCORE_CENTRE     = 85,
  UNDERSCORE_LOW_CENTRE = 49,
  SOFT_VELOCITY         = 58
};

typedef struct Voice {
  CsComposer *c;
  size_t track;
  int centre, low, high;
} Voice;

static Voice
voice_of(CsComposer *c, size_t track, int centre)
{
  Voice v = {.c = c, .track = track, .centre = centre};
  cs_melody_range(c, track, &v.centre, &v.low, &v.high);
  return v;
}

static void
begin_line(const Voice *v, int max_leap, CsLine *line)
{
  *line = (CsLine){.composer = v->c,
      .low                   = v->low,
      .high                  = v->high,
      .max_leap              = max_leap,
      .keeps_clear           = true};
}

static CsStatus
sing(const Voice *v, int64_t tick, int64_t n_ticks, int key, int velocity)
{
  return cs_add(v->c, v->track,
      (CsNote){.start_tick = tick,
          .n_ticks         = n_ticks > 0 ? n_ticks : 1,
          .key             = (uint8_t)key,
          .velocity        = (uint8_t)cs_clamp_int(velocity, 1, 127)});
}

// --- Thematic: the tune -----------------------------------------------------

// Notes are let go a little early, so that the line speaks, short ones before
// long ones. A note never reaches into the next one.
static int64_t
sung_ticks(const CsComposer *c, const CsTheme *theme, size_t i, int64_t start)
{
  const CsThemeNote *n = &theme->notes[i];
  int64_t length       = n->n_steps * cs_step_ticks(c);
  if (cs_is_end_bar(c, n->bar))
    return c->final_end_tick - start;
  const bool is_long = n->n_steps >= CS_LONG_STEPS;
  length =
      (int64_t)((is_long ? theme->long_gate : theme->gate) * (double)length);
  if (i + 1 == theme->n_notes)
    return length;
  const CsThemeNote *next = &theme->notes[i + 1];
  const int64_t room      = cs_step_tick(c, next->bar, next->step) - start;
  return length < room ? length : room;
}

static CsStatus
write_tune(CsComposer *c, size_t track)
{
  CsTheme theme;
  const Voice v = {.c = c, .track = track};
  CS_TRY(cs_theme(c, track, &theme));
  for (size_t i = 0; i < theme.n_notes; i++) {
    const CsThemeNote *n = &theme.notes[i];
    if (!cs_plays(c, track, n->bar))
      continue;
    const int64_t tick = cs_step_tick(c, n->bar, n->step);
    CS_TRY(sing(&v, tick, sung_ticks(c, &theme, i, tick), n->key,
        cs_velocity(c, track, tick, n->key, n->stroke)));
  }
  return CS_OK;
}

// --- Bed: a top line --------------------------------------------------------

// Which of four bars bring a note, and where in the bar it falls.
typedef struct TopRhythm {
  int n;
  int bars[4];
  int lengths[4]; ///< In bars.
} TopRhythm;

static const TopRhythm top_rhythms[] = {
    {2, {0, 2}, {2, 2}},
    {3, {0, 2, 3}, {2, 1, 1}},
    {4, {0, 1, 2, 3}, {1, 1, 1, 1}},
    {3, {0, 1, 2}, {1, 1, 2}},
    {1, {0}, {3}},
    {2, {0, 3}, {2, 1}},
};

// A section that comes back brings its line with it: one draw for A, A' and the
// climax, one for B, one for each other kind.
static uint64_t
family_of(CsSectionKind kind)
{
  return kind == CS_SECTION_A2 || kind == CS_SECTION_CLIMAX ? CS_SECTION_A
                                                            : kind;
}

static void
plan_top_line(const Voice *v, const CsSection *s, int first, CsLine *line)
{
  const CsComposer *c = v->c;
  const int n_bars    = s->first_bar + s->n_bars - first;
  CsRng rng = cs_rng_at(c->plan->theme_seed, "topline", family_of(s->kind),
      (uint64_t)(first - s->first_bar));
  const TopRhythm *r = &top_rhythms[cs_rng_below(
      &rng, sizeof top_rhythms / sizeof top_rhythms[0])];
  const bool is_late = cs_rng_unit(&rng) < 0.35;
  for (int i = 0; i < r->n && r->bars[i] < n_bars; i++) {
    const int bar  = first + r->bars[i];
    const int last = bar + r->lengths[i] < first + n_bars ? bar + r->lengths[i]
                                                          : first + n_bars;
    const int64_t start = cs_bar_tick(c->timeline, bar) +
                          (is_late ? cs_bar_ticks(c->timeline, bar) / 2 : 0);
    line->notes[line->n_notes++] = (CsLineNote){.tick = start,
        .n_ticks     = cs_bar_tick(c->timeline, last) - start,
        .on_downbeat = true,
        .interval    = (int)cs_rng_below(&rng, 5) - 2,
        .centre      = v->centre};
  }
}

// Groups begin and end close to the centre, so that no leap over a fifth lies
// between them, whichever of them play.
static void
hold_near(const Voice *v, CsLineNote *note)
{
  note->anchor = v->centre;
  note->reach  = 3;
}

static CsStatus
write_top_section(Voice *v, const CsSection *s)
{
  CsLine line;
  int previous = v->centre;
  for (int first = s->first_bar; first < s->first_bar + s->n_bars; first += 4) {
    begin_line(v, 7, &line);
    line.previous = previous;
    plan_top_line(v, s, first, &line);
    hold_near(v, &line.notes[0]);
    hold_near(v, &line.notes[line.n_notes - 1]);
    cs_line_solve(&line);
    for (size_t i = 0; i < line.n_notes; i++) {
      const CsLineNote *n = &line.notes[i];
      const int bar       = cs_bar_of_tick(v->c->timeline, n->tick);
      previous            = n->key;
      if (cs_plays(v->c, v->track, bar))
        CS_TRY(sing(v, n->tick, n->n_ticks * 94 / 100, n->key,
            cs_velocity(v->c, v->track, n->tick, n->key, 72)));
    }
  }
  return CS_OK;
}

static CsStatus
write_final_note(Voice *v, int stroke)
{
  const CsComposer *c = v->c;
  if (c->end_bar < 0 || !cs_plays(c, v->track, c->end_bar))
    return CS_OK;
  const uint16_t chord = cs_chord_pcs(cs_chord_at(c, c->final_tick));
  const int key        = cs_snap(v->centre, chord);
  if (key < v->low || key > v->high)
    return CS_OK;
  return sing(v, c->final_tick, c->final_end_tick - c->final_tick, key,
      cs_velocity(c, v->track, c->final_tick, key, stroke));
}

static CsStatus
write_top_line(CsComposer *c, size_t track)
{
  enum { BELOW_CENTRE = 5 };
  Voice v = voice_of(c, track, BED_CENTRE);
  if (v.low < v.centre - BELOW_CENTRE)
    v.low = v.centre - BELOW_CENTRE;
  for (size_t i = 0; i < c->plan->n_sections; i++)
    if (c->plan->sections[i].kind != CS_SECTION_END)
      CS_TRY(write_top_section(&v, &c->plan->sections[i]));
  return write_final_note(&v, 70);
}

// --- Underscore: cells ------------------------------------------------------

// Beats on which the notes of a cell fall; the theme keeps to one of them.
static const int cell_rhythms[][3] = {
    {0, 1, 2}, {0, 2, 3}, {0, 1, 3}, {1, 2, 3}};

static const int *
cell_rhythm(const CsComposer *c)
{
  enum { N_RHYTHMS = sizeof cell_rhythms / sizeof cell_rhythms[0] };
  CsRng rng       = cs_rng_at(c->plan->theme_seed, "cell.rhythm", 0, 0);
  const bool fits = cs_meter_beats(c->plan->meter) >= 4;
  return cell_rhythms[fits ? cs_rng_below(&rng, N_RHYTHMS) : 0];
}

// The head of the motif, two or three notes, slow, the last one left standing.
static CsStatus
write_cell(Voice *v, const CsMotif *motif, int bar, int n_notes)
{
  const CsComposer *c  = v->c;
  const CsFigure *head = &motif->figures[CS_FIGURE_MOTIF];
  const int64_t beat =
      (int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
  const int *at = cell_rhythm(c);
  CsLine line;
  begin_line(v, 5, &line);
  for (int i = 0; i < n_notes; i++)
    line.notes[line.n_notes++] =
        (CsLineNote){.tick = cs_bar_tick(c->timeline, bar) + at[i] * beat,
            .n_ticks = i + 1 < n_notes ? (at[i + 1] - at[i]) * beat : 2 * beat,
            .on_downbeat = i == 0 || i + 1 == n_notes,
            .on_beat     = true,
            .interval =
                i < head->n ? cs_clamp_int(head->notes[i].interval, -2, 2) : -1,
            .centre = v->centre};
  cs_line_solve(&line);
  for (size_t i = 0; i < line.n_notes; i++) {
    const CsLineNote *n = &line.notes[i];
    const int velocity  = cs_velocity(c, v->track, n->tick, n->key, 60);
    CS_TRY(sing(v, n->tick, n->n_ticks, n->key,
        velocity < SOFT_VELOCITY ? velocity : SOFT_VELOCITY));
  }
  return CS_OK;
}

// Low cells stay far enough above a bass for a third or a fifth with it not to
// growl (RULEBOOK 5.1, low-interval limits).
static void
stay_over_bass(Voice *v)
{
  enum { LOWEST = 48, SPAN = 7 };
  const bool has_bass =
      cs_first_track(v->c, CS_ROLE_BASS) < v->c->plan->n_tracks;
  const int top = v->c->plan->tracks[v->track].range[1];
  if (!has_bass || v->low >= LOWEST || top < LOWEST + SPAN)
    return;
  v->low = LOWEST;
  if (v->high < LOWEST + SPAN)
    v->high = LOWEST + SPAN;
  if (v->centre < LOWEST + SPAN / 2)
    v->centre = LOWEST + SPAN / 2;
}

static CsStatus
write_cells(CsComposer *c, size_t track)
{
  const bool shimmers = c->plan->tracks[track].range[1] >= UNDERSCORE_CENTRE;
  Voice v =
      voice_of(c, track, shimmers ? UNDERSCORE_CENTRE : UNDERSCORE_LOW_CENTRE);
  stay_over_bass(&v);
  CsMotif motif;
  cs_motif_make(c->plan->theme_seed, c->plan->meter, &motif);
  for (size_t i = 0; i < c->plan->n_sections; i++) {
    const CsSection *s = &c->plan->sections[i];
    CsRng rng =
        cs_rng_at(c->plan->theme_seed, "cells", (uint64_t)s->first_bar, 0);
    const int first = cs_first_phrase_bar(c->plan, s) - s->first_bar;
    const int last  = s->n_bars > first + 1 ? s->n_bars - 1 : first + 1;
    int in          = first + 1 + (int)cs_rng_below(&rng, 2);
    in              = in < last ? in : last - 1; // where else, if it is short
    while (in < last && s->kind != CS_SECTION_END) {
      const int n_notes = 2 + (int)cs_rng_below(&rng, 2);
      if (cs_plays(c, track, s->first_bar + in))
        CS_TRY(write_cell(&v, &motif, s->first_bar + in, n_notes));
      in += 3 + (int)cs_rng_below(&rng, 4);
    }
  }
  return CS_OK;
}

// --- Stinger: one gesture ---------------------------------------------------

// Longest sixteenth-based unit whose notes fill the way to the final downbeat;
// 0 when there is no room for two of them.
static int64_t
gesture_unit(const CsComposer *c, int n_before)
{
  static const int units[] = {8, 4, 2, 1};
  const double final_s = cs_seconds_of_tick(c->timeline, (double)c->final_tick);
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
    const int64_t unit  = units[i] * cs_step_ticks(c);
    const int64_t first = c->final_tick - n_before * unit;
    if (first < 0)
      continue;
    const double gap_s =
        (final_s - cs_seconds_of_tick(c->timeline, (double)first)) / n_before;
    if (gap_s <= 0.45)
      return gap_s >= 0.07 ? unit : 0;
  }
  return 0;
}

// The motif's shape drives at the tonic, which falls on the final downbeat.
static CsStatus
write_run_up(Voice *v, const CsMotif *motif, int n_before, int64_t unit)
{
  const CsComposer *c  = v->c;
  const CsFigure *head = &motif->figures[CS_FIGURE_MOTIF];
  CsLine line;
  begin_line(v, 12, &line);
  for (int i = 0; i <= n_before; i++)
    line.notes[line.n_notes++] =
        (CsLineNote){.tick = c->final_tick - (n_before - i) * unit,
            .n_ticks       = unit,
            .on_downbeat   = i == n_before || i == 0,
            .on_beat       = i % 2 == 0,
            .interval      = i > 0 ? head->notes[i % head->n].interval : 0,
            .centre        = v->centre + (i == n_before ? 4 : -2)};
  line.notes[n_before].wanted =
      (uint16_t)(1u << cs_mod(cs_chord_at(c, c->final_tick)->key.tonic_pc, 12));
  cs_line_solve(&line);
  for (size_t i = 0; i < line.n_notes; i++) {
    const CsLineNote *n = &line.notes[i];
    const bool is_last  = i + 1 == line.n_notes;
    CS_TRY(sing(v, n->tick,
        is_last ? c->final_end_tick - n->tick : n->n_ticks * 94 / 100, n->key,
        cs_velocity(
            c, v->track, n->tick, n->key, is_last ? 104 : 78 + 2 * (int)i)));
  }
  return CS_OK;
}

// No time before the downbeat: the chord is rolled up from it to the tonic.
static CsStatus
write_roll_up(Voice *v, int n_notes)
{
  const CsComposer *c  = v->c;
  const double start_s = cs_seconds_of_tick(c->timeline, (double)c->final_tick);
  const double left_s  = c->plan->duration_s - start_s;
  const double gap_s   = cs_clamp(0.3 * left_s / n_notes, 0.02, 0.08);
  const uint16_t chord = cs_chord_pcs(cs_chord_at(c, c->final_tick));
  int key =
      cs_nearest_key(v->centre + 5, c->plan->key.tonic_pc, v->low, v->high);
  for (int i = n_notes; i-- > 0 && key >= v->low;) {
    const int64_t tick = cs_tick_of_seconds(c->timeline, start_s + i * gap_s);
    CS_TRY(sing(v, tick, c->final_end_tick - tick, key,
        cs_velocity(c, v->track, c->final_tick, key, 84 + 4 * i)));
    do
      key--;
    while (key >= v->low && ((unsigned)chord >> (key % 12) & 1u) == 0);
  }
  return CS_OK;
}

static CsStatus
write_gesture(CsComposer *c, size_t track)
{
  CsMotif motif;
  Voice v   = voice_of(c, track, cs_melody_centre(c));
  CsRng rng = cs_rng_at(c->plan->theme_seed, "gesture", 0, 0);
  cs_motif_make(c->plan->theme_seed, c->plan->meter, &motif);
  for (int n = 2 + (int)cs_rng_below(&rng, 5); n >= 2; n--) {
    const int64_t unit = gesture_unit(c, n);
    if (unit > 0)
      return write_run_up(&v, &motif, n, unit);
  }
  return write_roll_up(&v, 3);
}

CsStatus
cs_write_melody(CsComposer *c, size_t track)
{
  if (c->plan->duration_s < 4.0)
    return write_gesture(c, track);
  switch (c->plan->function) {
  case CS_UNDERSCORE:
    return write_cells(c, track);
  case CS_BED:
    return write_top_line(c, track);
  case CS_STINGER:
    return write_gesture(c, track);
  case CS_THEMATIC:
    return write_tune(c, track);
  case CS_AMBIENT:
  case CS_N_FUNCTIONS:
    break;
  }
  return CS_OK;
}
