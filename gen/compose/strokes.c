#include "gen/compose/strokes.h"

#include "gen/base/mathx.h"

static int64_t
beat_ticks(const CsComposer *c)
{
  return (
      int64_t)(cs_meter_beat_quarters(c->plan->meter) * CS_TICKS_PER_QUARTER);
}

/// The bar in which what a build ends has begun to grow.
static int
growth_begin(const CsPlan *plan, const CsSection *build)
{
  const CsSection *s = build;
  while (cs_goes_on_growing(plan, s))
    s--;
  return s->first_bar;
}

double
cs_build_progress(const CsComposer *c, int bar)
{
  const CsSection *section = cs_section_of_bar(c->timeline, bar);
  if (section->kind != CS_SECTION_BUILD)
    return -1.0;
  const int first = growth_begin(c->plan, section);
  const int end   = section->first_bar + section->n_bars;
  return (double)(bar - first) / (end - first);
}

bool
cs_is_climax_of_build(const CsComposer *c, int bar)
{
  const CsSection *s = cs_section_of_bar(c->timeline, bar);
  return s->kind == CS_SECTION_CLIMAX && s > c->plan->sections &&
         s[-1].kind == CS_SECTION_BUILD;
}

bool
cs_is_summit(const CsComposer *c, int bar)
{
  enum { SUMMIT_BARS = 2 };
  const CsSection *s  = cs_section_of_bar(c->timeline, bar);
  const int end       = s->first_bar + s->n_bars;
  const bool is_close = cs_is_climax_of_build(c, bar) &&
                        end >= c->plan->n_bars - (c->end_bar >= 0 ? 1 : 0);
  return (s->kind == CS_SECTION_BUILD || is_close) && end - bar <= SUMMIT_BARS;
}

bool
cs_is_small_band(const CsComposer *c)
{
  enum { FEW = 4 };
  const CsPlan *plan = c->plan;
  int n_players      = 0;
  for (size_t i = 0; i < plan->n_tracks; i++)
    n_players += plan->tracks[i].role != CS_ROLE_EFFECTS;
  return plan->function == CS_THEMATIC && n_players <= FEW;
}

bool
cs_all_keep_pulse(const CsComposer *c, int bar)
{
  return (c->plan->function == CS_UNDERSCORE || cs_is_small_band(c)) &&
         cs_is_climax_of_build(c, bar);
}

int
cs_phrase_bar(const CsComposer *c, int bar)
{
  const CsSection *section = cs_section_of_bar(c->timeline, bar);
  const int place          = bar - section->first_bar;
  return place == section->n_bars - 1 && section->n_bars > 1 ? 3 : place % 4;
}

bool
cs_repeats_chord(const CsComposer *c, int bar)
{
  if (bar == 0)
    return false;
  const int64_t start     = cs_bar_tick(c->timeline, bar);
  const int64_t end       = cs_bar_tick(c->timeline, bar + 1);
  const CsChordSpan *now  = cs_chord_at(c, start);
  const CsChordSpan *then = cs_chord_at(c, cs_bar_tick(c->timeline, bar - 1));
  const bool is_one       = now->end_tick >= end;
  const bool was_one      = then->end_tick >= start;
  const bool is_same_chord =
      now == then || (now->chord.root == then->chord.root &&
                         now->chord.bass == then->chord.bass &&
                         now->chord.is_minor == then->chord.is_minor);
  return is_one && was_one && is_same_chord;
}

int64_t
cs_build_grid(const CsComposer *c, int bar, int64_t finest)
{
  const double progress = cs_build_progress(c, bar);
  const int64_t beat    = beat_ticks(c);
  const int64_t bar_len = cs_meter_beats(c->plan->meter) * beat;
  const int64_t eighth =
      cs_meter_is_compound(c->plan->meter) ? beat / 3 : beat / 2;
  const int64_t grid = progress >= 0.75  ? eighth / 2
                       : progress >= 0.5 ? eighth
                                         : beat;
  if (grid > finest)
    return grid;
  // the finest grid is reached early: then at least begin on a wider one
  const int64_t wide =
      cs_meter_beats(c->plan->meter) % 2 == 0 ? 2 * beat : bar_len;
  if (progress >= 0.5)
    return finest;
  return finest < beat ? beat : finest < wide ? wide : bar_len;
}

// --- How fast it goes -------------------------------------------------------

/// Onsets a second that a mood calls for in a section: RULEBOOK 1.3, more where
/// the energy is high, and finer by half a grid at a climax.
static double
mood_rate(const CsComposer *c, const CsSection *section)
{
  const CsPlan *plan  = c->plan;
  const double energy = 0.5 * (section->energy[0] + section->energy[1]);
  const double climax = section->kind == CS_SECTION_CLIMAX ? 0.6 : 0.0;
  return 2.6 * cs_exp2(1.15 * plan->arousal + 0.5 * plan->density +
                       0.9 * (energy - 0.5) + climax);
}

/// Is every line of its grid struck, or nearly: an arpeggio, a pulse?
static bool
runs(const CsPattern *pattern)
{
  uint32_t steps = 0;
  int n          = 0;
  for (size_t i = 0; i < pattern->n_strokes; i++)
    steps |= 1U << (pattern->strokes[i].step % CS_MAX_STEPS);
  for (; steps != 0; steps &= steps - 1)
    n++;
  return 4 * n >= 3 * pattern->n_steps;
}

/// How much slower than written a running figure goes: in eighths where the
/// mood has no sixteenths (RULEBOOK 1.3: the grid whose rate is nearest), so
/// that there is somewhere to go for a climax. What is syncopated stays, and so
/// does a style that lives in sixteenths.
static int
slowing_of(const CsComposer *c, const CsPattern *pattern, int bar)
{
  const int64_t start = cs_bar_tick(c->timeline, bar);
  const bool lives_in_sixteenths =
      c->style->swing > 0.5 && c->style->swing_unit == 16;
  if (c->plan->function != CS_THEMATIC || pattern->is_triplet ||
      lives_in_sixteenths || !runs(pattern))
    return 1;
  const double sixteenth_s =
      cs_seconds_of_tick(c->timeline, (double)(start + cs_step_ticks(c))) -
      cs_seconds_of_tick(c->timeline, (double)start);
  const double wanted = mood_rate(c, cs_section_of_bar(c->timeline, bar));
  return wanted * sixteenth_s * 1.414 < 1.0 ? 2 : 1;
}

// --- Laying a pattern -------------------------------------------------------

/// A bar that strokes are laid into.
typedef struct Bar {
  int64_t start, end;
  int64_t step; ///< Ticks of a step of the pattern.
  int64_t grid; ///< Finest that the function allows.
} Bar;

static int64_t
pattern_step(const CsComposer *c, const CsPattern *pattern, int bar)
{
  return pattern->is_triplet ? CS_TICKS_PER_QUARTER / 3
                             : slowing_of(c, pattern, bar) * cs_step_ticks(c);
}

/// Tick on which the pattern's first round begins.
static int64_t
pattern_origin(
    const CsComposer *c, const CsPattern *pattern, int bar, int64_t step)
{
  const CsSection *section = cs_section_of_bar(c->timeline, bar);
  const int64_t start      = cs_bar_tick(c->timeline, bar);
  const int64_t round      = step * pattern->n_steps;
  const int64_t n_ticks    = cs_bar_ticks(c->timeline, bar);
  if (pattern->drifts)
    return cs_bar_tick(c->timeline, section->first_bar);
  if (round >= 2 * n_ticks && round % n_ticks == 0)
    return start - (bar - section->first_bar) % (round / n_ticks) * n_ticks;
  return start;
}

static void
push(CsBarStrokes *out, CsBarStroke stroke)
{
  if (out->n < CS_MAX_BAR_STROKES && stroke.n_ticks > 0)
    out->strokes[out->n++] = stroke;
}

/// The grid line that a stroke belongs to: its own place where the grid is fine
/// enough for the pattern, else the line before it.
static int64_t
grid_line(const Bar *bar, int64_t tick, bool is_triplet)
{
  if (is_triplet && bar->grid <= CS_TICKS_PER_QUARTER / 2)
    return tick;
  return tick - (tick - bar->start) % bar->grid;
}

/// On a wider grid the strokes that were written on it come first; another one
/// takes a line only when nothing is there, so that an off-beat figure is
/// straightened and not lost.
static bool
is_taken(const CsBarStrokes *out, int64_t tick)
{
  for (int i = 0; i < out->n; i++)
    if (out->strokes[i].tick == tick)
      return true;
  return false;
}

static CsBarStroke
stroke_at(const CsStroke *from, int64_t tick, int64_t step)
{
  return (CsBarStroke){.tick = tick,
      .n_ticks               = from->n_steps * step,
      .velocity              = from->velocity,
      .tones                 = from->tones,
      .degree                = from->degree,
      .spread_ms             = from->spread_ms};
}

/// @param is_second  Lay the strokes off the grid, on lines still free.
static void
lay_round(CsBarStrokes *out, const CsPattern *pattern, const Bar *bar,
    int64_t from, bool is_second)
{
  for (size_t i = 0; i < pattern->n_strokes; i++) {
    const CsStroke *stroke = &pattern->strokes[i];
    const int64_t tick     = from + stroke->step * bar->step;
    if (tick < bar->start || tick >= bar->end)
      continue;
    const int64_t line = grid_line(bar, tick, pattern->is_triplet);
    if (is_second ? line != tick && !is_taken(out, line) : line == tick)
      push(out, stroke_at(stroke, line, bar->step));
  }
}

void
cs_sort_strokes(CsBarStrokes *out)
{
  for (int i = 1; i < out->n; i++) {
    const CsBarStroke stroke = out->strokes[i];
    int k                    = i;
    for (; k > 0 && out->strokes[k - 1].tick > stroke.tick; k--)
      out->strokes[k] = out->strokes[k - 1];
    out->strokes[k] = stroke;
  }
}

/// Fill the holes that thinning left, apply the gate and end at the bar line
/// where the pattern does not mean to ring on.
static void
set_lengths(
    CsBarStrokes *out, const CsPattern *pattern, const Bar *bar, double arousal)
{
  const double gate = cs_clamp(pattern->gate * (1.0 - 0.1 * arousal), 0.1, 1.2);
  for (int i = 0; i < out->n; i++) {
    CsBarStroke *s     = &out->strokes[i];
    const int64_t next = i + 1 < out->n ? out->strokes[i + 1].tick : bar->end;
    const int64_t hole =
        next - s->tick < bar->grid ? next - s->tick : bar->grid;
    if (s->n_ticks < hole && bar->grid > bar->step)
      s->n_ticks = hole;
    s->n_ticks = (int64_t)((double)s->n_ticks * gate);
    if (s->n_ticks < 30)
      s->n_ticks = 30;
  }
}

CsBarStrokes
cs_pattern_strokes(const CsComposer *c, const CsPattern *pattern, int bar)
{
  CsBarStrokes out    = {.n = 0};
  const Bar b         = {.start = cs_bar_tick(c->timeline, bar),
              .end              = cs_bar_tick(c->timeline, bar + 1),
              .step             = pattern_step(c, pattern, bar),
              .grid             = cs_finest_grid(c, bar, cs_max_onset_rate(c))};
  const int64_t round = b.step * pattern->n_steps;
  if (round <= 0)
    return out;
  int64_t from = pattern_origin(c, pattern, bar, b.step);
  from += (b.start - from) / round * round;
  for (int64_t at = from; at < b.end; at += round)
    lay_round(&out, pattern, &b, at, false);
  for (int64_t at = from; at < b.end; at += round)
    lay_round(&out, pattern, &b, at, true);
  cs_sort_strokes(&out);
  set_lengths(&out, pattern, &b, c->plan->arousal);
  return out;
}

CsBarStrokes
cs_pulse_strokes(
    const CsComposer *c, const CsPattern *pattern, int bar, int64_t grid)
{
  CsBarStrokes out    = {.n = 0};
  const int64_t start = cs_bar_tick(c->timeline, bar);
  const int64_t end   = cs_bar_tick(c->timeline, bar + 1);
  const int64_t beat  = beat_ticks(c);
  for (int64_t tick = start; tick < end; tick += grid) {
    CsBarStroke stroke = {.tick = tick, .n_ticks = grid, .degree = 1};
    const size_t i     = (size_t)((tick - start) / grid);
    if (pattern != NULL && pattern->n_strokes > 0) {
      const CsStroke *from = &pattern->strokes[i % pattern->n_strokes];
      stroke.tones         = from->tones;
      stroke.spread_ms     = grid >= beat ? from->spread_ms : 0.0;
    }
    stroke.velocity = (tick - start) % beat == 0 ? 88 : 74;
    stroke.n_ticks  = grid * 17 / 20;
    push(&out, stroke);
  }
  return out;
}

void
cs_split_at_chords(const CsComposer *c, CsBarStrokes *strokes, int degree)
{
  for (int i = 0; i < strokes->n; i++) {
    CsBarStroke *s          = &strokes->strokes[i];
    const CsChordSpan *span = cs_chord_at(c, s->tick);
    const int64_t end       = s->tick + s->n_ticks;
    if (end <= span->end_tick || span->end_tick >= c->final_tick)
      continue;
    s->n_ticks = span->end_tick - s->tick;
    const bool is_struck =
        i + 1 < strokes->n && strokes->strokes[i + 1].tick <= span->end_tick;
    const int bar      = cs_bar_of_tick(c->timeline, s->tick);
    const int64_t line = cs_bar_tick(c->timeline, bar + 1);
    if (is_struck || span->end_tick >= line || strokes->n == CS_MAX_BAR_STROKES)
      continue;
    for (int k = strokes->n++; k > i + 1; k--)
      strokes->strokes[k] = strokes->strokes[k - 1];
    strokes->strokes[i + 1]         = *s;
    strokes->strokes[i + 1].tick    = span->end_tick;
    strokes->strokes[i + 1].n_ticks = end - span->end_tick;
    strokes->strokes[i + 1].degree  = degree;
  }
}
