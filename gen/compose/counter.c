#include "gen/base/mathx.h"
#include "gen/compose/frame.h"
#include "gen/compose/groove.h"
#include "gen/compose/line.h"
#include "gen/compose/theme.h"

#include <string.h>

// The second voice. It knows the tune as a pure function of the plan, so it can
// double it, answer it and stay out of its way without reading its notes.
typedef struct Second {
  CsComposer *c;
  size_t track;
  size_t melody; ///< n_tracks when the plan has no melody.
  CsTheme theme;
  int centre, low, high;
  int octave; ///< Between the tune and its doubling; 0 = thirds.
} Second;

static CsStatus
sing(const Second *v, int64_t tick, int64_t n_ticks, int key, int stroke)
{
  CsComposer *c = v->c;
  return cs_add(c, v->track,
      (CsNote){.start_tick = tick,
          .n_ticks         = n_ticks > 0 ? n_ticks : 1,
          .key             = (uint8_t)key,
          .velocity = (uint8_t)cs_velocity(c, v->track, tick, key, stroke)});
}

// --- Doubling ---------------------------------------------------------------

// The octave at which most of the tune lies in the second voice's range, or 0
// where neither serves.
static int
octave_of_doubling(const Second *v)
{
  size_t n[2] = {0, 0};
  for (size_t i = 0; i < v->theme.n_notes; i++) {
    const int key = v->theme.notes[i].key;
    n[0] += key - 12 >= v->low && key - 12 <= v->high;
    n[1] += key + 12 >= v->low && key + 12 <= v->high;
  }
  const int best = n[1] > n[0] ? 1 : 0;
  if (4 * n[best] < 3 * v->theme.n_notes)
    return 0;
  return best == 1 ? 12 : -12;
}

// The same octave all the way; notes beyond the range, and every note where no
// octave serves, are joined by the chord tone a third or so below.
static int
doubled_key(const Second *v, int64_t tick, int key)
{
  const int octave = key + v->octave;
  if (v->octave != 0 && octave >= v->low && octave <= v->high)
    return cs_unmuddied_key(v->c, tick, octave, v->low, v->high);
  const uint16_t chord = cs_chord_pcs(cs_chord_at(v->c, tick));
  const int below      = cs_snap(cs_clamp_int(key - 4, v->low, v->high), chord);
  return below >= v->low && below <= v->high
             ? cs_unmuddied_key(v->c, tick, below, v->low, v->high)
             : -1;
}

static CsStatus
double_tune(const Second *v, const CsThemeNote *n)
{
  CsComposer *c        = v->c;
  const int64_t tick   = cs_step_tick(c, n->bar, n->step);
  const int key        = doubled_key(v, tick, n->key);
  const int64_t length = cs_is_end_bar(c, n->bar)
                             ? c->final_end_tick - tick
                             : n->n_steps * cs_step_ticks(c) * 94 / 100;
  return key < 0 ? CS_OK : sing(v, tick, length, key, n->stroke - 4);
}

// --- Answering --------------------------------------------------------------

// The motif's last intervals on eighths, ending on a chord tone before the tune
// comes in again.
static void
plan_answer(const Second *v, int bar, int step, int n_notes, CsLine *line)
{
  const CsComposer *c = v->c;
  CsMotif motif;
  cs_motif_make(c->plan->theme_seed, c->plan->meter, &motif);
  const CsFigure *m = &motif.figures[CS_FIGURE_MOTIF];
  *line             = (CsLine){.composer = c,
                  .low                   = v->low,
                  .high                  = v->high,
                  .max_leap              = 7,
                  .keeps_clear           = true};
  for (int i = 0; i < n_notes; i++) {
    const int at                 = step + 2 * i;
    const int of                 = m->n - n_notes + i;
    line->notes[line->n_notes++] = (CsLineNote){
        .tick        = cs_bar_tick(c->timeline, bar) + at * cs_step_ticks(c),
        .n_ticks     = 2 * cs_step_ticks(c),
        .on_downbeat = i + 1 == n_notes,
        .on_beat     = at % 4 == 0,
        .interval    = i > 0 && of > 0 ? m->notes[of].interval : 0,
        .centre      = v->centre};
  }
}

static CsStatus
answer(const Second *v, int bar, int step)
{
  CsComposer *c     = v->c;
  const int room    = cs_steps_in_bar(c, bar) - step;
  const int n_notes = room / 2 < 4 ? room / 2 : 4;
  if (n_notes < 2)
    return CS_OK;
  CsLine line;
  plan_answer(v, bar, step, n_notes, &line);
  cs_line_solve(&line);
  for (size_t i = 0; i < line.n_notes; i++) {
    const CsLineNote *n = &line.notes[i];
    const int at        = step + 2 * (int)i;
    CS_TRY(sing(v, cs_step_tick(c, bar, at), 2 * cs_step_ticks(c) * 92 / 100,
        n->key, 76));
  }
  return CS_OK;
}

// --- Guide tones ------------------------------------------------------------

// A slow line of chord tones, one to a chord or bar, that moves as little as
// the harmony lets it.
static CsStatus
write_guide_section(const Second *v, const CsSection *s, const bool *wanted)
{
  CsComposer *c = v->c;
  CsLine line;
  const int bars_each = c->plan->function == CS_UNDERSCORE ? 2 : 1;
  int previous        = v->centre;
  for (int in = 0; in < s->n_bars; in += bars_each) {
    const int bar = s->first_bar + in;
    const int last =
        in + bars_each < s->n_bars ? bar + bars_each : s->first_bar + s->n_bars;
    const int64_t start = cs_bar_tick(c->timeline, bar);
    const int64_t end   = cs_bar_tick(c->timeline, last);
    line                = (CsLine){.composer = c,
                       .low                  = v->low,
                       .high                 = v->high,
                       .max_leap             = 7,
                       .previous             = previous,
                       .keeps_clear          = true,
                       .n_notes              = 1};
    line.notes[0]       = (CsLineNote){.tick = start,
              .n_ticks                       = end - start,
              .on_downbeat                   = true,
              .centre                        = v->centre};
    cs_line_solve(&line);
    previous = line.notes[0].key;
    if (wanted[bar])
      CS_TRY(sing(v, start,
          (cs_is_end_bar(c, bar) ? c->final_end_tick : end) - start, previous,
          72));
  }
  return CS_OK;
}

// --- Thematic ---------------------------------------------------------------

static bool
tune_sounds(const Second *v, int bar)
{
  return v->melody < v->c->plan->n_tracks && cs_plays(v->c, v->melody, bar) &&
         v->theme.bars[bar] != CS_FIGURE_REST;
}

static bool
doubles(const Second *v, int bar)
{
  const CsSection *s = cs_section_of_bar(v->c->timeline, bar);
  return s->kind == CS_SECTION_CLIMAX || cs_is_end_bar(v->c, bar);
}

// The first step of a bar on which the tune has come to rest for good, after a
// bar of the kind that breathes.
static int
rest_of_bar(const Second *v, size_t first, size_t n, int bar)
{
  const CsFigureKind kind = v->theme.bars[bar];
  if (kind != CS_FIGURE_ANSWER && kind != CS_FIGURE_HALF &&
      kind != CS_FIGURE_CADENCE)
    return cs_steps_in_bar(v->c, bar);
  int step = 0;
  for (size_t i = first; i < first + n; i++) {
    const CsThemeNote *note = &v->theme.notes[i];
    if (note->kind == CS_FIGURE_MOTIF && kind != CS_FIGURE_MOTIF)
      return cs_steps_in_bar(v->c, bar); // A pick-up wants the room.
    // A long note may be answered while it stands.
    const int held = note->n_steps < 6 ? note->n_steps : 4;
    step           = note->step + held;
  }
  return (step + 1) / 2 * 2;
}

static CsStatus
write_second_voice(Second *v)
{
  const CsComposer *c = v->c;
  bool *guides        = CS_NEW_N(c->arena, bool, (size_t)c->plan->n_bars + 1);
  CS_TRY_NEW(guides);
  size_t next = 0;
  for (int bar = 0; bar < c->plan->n_bars; bar++) {
    const size_t first = next;
    while (next < v->theme.n_notes && v->theme.notes[next].bar == bar)
      next++;
    if (!cs_plays(c, v->track, bar))
      continue;
    if (!tune_sounds(v, bar) && !cs_is_end_bar(c, bar))
      guides[bar] = true;
    else if (doubles(v, bar))
      for (size_t i = first; i < next; i++)
        CS_TRY(double_tune(v, &v->theme.notes[i]));
    else
      CS_TRY(answer(v, bar, rest_of_bar(v, first, next - first, bar)));
  }
  for (size_t i = 0; i < c->plan->n_sections; i++)
    CS_TRY(write_guide_section(v, &c->plan->sections[i], guides));
  return CS_OK;
}

static CsStatus
write_guides(Second *v)
{
  const CsComposer *c = v->c;
  bool *wanted        = CS_NEW_N(c->arena, bool, (size_t)c->plan->n_bars + 1);
  CS_TRY_NEW(wanted);
  for (int bar = 0; bar < c->plan->n_bars; bar++)
    wanted[bar] = cs_plays(c, v->track, bar);
  for (size_t i = 0; i < c->plan->n_sections; i++)
    CS_TRY(write_guide_section(v, &c->plan->sections[i], wanted));
  return CS_OK;
}

CsStatus
cs_write_counter(CsComposer *c, size_t track)
{
  enum { BELOW_THE_TUNE = 9, BELOW_THE_SPEAKER = 52 };
  const bool speaks =
      c->plan->function == CS_UNDERSCORE || c->plan->function == CS_BED;
  Second v = {.c = c,
      .track     = track,
      .melody    = cs_first_track(c, CS_ROLE_MELODY),
      .centre =
          speaks ? BELOW_THE_SPEAKER : cs_melody_centre(c) - BELOW_THE_TUNE};
  cs_melody_range(c, track, &v.centre, &v.low, &v.high);
  switch (c->plan->function) {
  case CS_THEMATIC:
    if (c->plan->duration_s < 4.0 || v.melody == c->plan->n_tracks)
      return write_guides(&v);
    CS_TRY(cs_theme(c, v.melody, &v.theme));
    v.octave = octave_of_doubling(&v);
    return write_second_voice(&v);
  case CS_UNDERSCORE:
  case CS_BED:
  case CS_STINGER:
    return write_guides(&v);
  case CS_AMBIENT:
  case CS_N_FUNCTIONS:
    break;
  }
  return CS_OK;
}
