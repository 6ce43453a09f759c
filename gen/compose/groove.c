#include "gen/compose/groove.h"

#include "gen/base/mathx.h"

enum { STEP_TICKS = CS_TICKS_PER_QUARTER / 4 };

// A cell is what the style swings in: a quarter where eighths swing, an eighth
// where sixteenths do. Inside it time is bent at the middle, so that notes
// between the two halves keep their share.
static int64_t
bend(double swing, int64_t cell, int64_t x)
{
  const int64_t half = cell / 2;
  const double turn  = swing * (double)cell;
  if (x <= half)
    return (int64_t)(turn * (double)x / (double)half + 0.5);
  return (int64_t)(turn +
                   ((double)cell - turn) * (double)(x - half) / (double)half +
                   0.5);
}

int64_t
cs_step_tick(const CsComposer *c, int bar, int step)
{
  const int64_t start    = cs_bar_tick(c->timeline, bar);
  const int64_t straight = (int64_t)step * STEP_TICKS;
  if (c->style == NULL || c->style->swing <= 0.5 ||
      cs_meter_is_compound(c->plan->meter))
    return start + straight;
  const int64_t cell =
      c->style->swing_unit == 16 ? 2 * STEP_TICKS : CS_TICKS_PER_QUARTER;
  const int64_t x = straight % cell;
  if (straight - x + cell > cs_bar_ticks(c->timeline, bar))
    return start + straight;
  return start + straight - x + bend(c->style->swing, cell, x);
}

int64_t
cs_step_span(const CsComposer *c, int bar, int step, int n_steps)
{
  const int64_t span =
      cs_step_tick(c, bar, step + n_steps) - cs_step_tick(c, bar, step);
  return span > 0 ? span : 1;
}

int
cs_bar_in_section(const CsComposer *c, int bar)
{
  return bar - cs_section_of_bar(c->timeline, bar)->first_bar;
}

int
cs_bars_left(const CsComposer *c, int bar)
{
  const CsSection *s = cs_section_of_bar(c->timeline, bar);
  return s->first_bar + s->n_bars - 1 - bar;
}

const CsSection *
cs_next_section(const CsComposer *c, int bar)
{
  const CsSection *s   = cs_section_of_bar(c->timeline, bar);
  const CsSection *end = c->plan->sections + c->plan->n_sections;
  return s + 1 < end ? s + 1 : NULL;
}

double
cs_block_energy(const CsComposer *c, int bar)
{
  const CsSection *s = cs_section_of_bar(c->timeline, bar);
  const int in       = bar - s->first_bar;
  if (s->kind == CS_SECTION_BUILD || s->n_bars <= 1)
    return cs_energy_at_bar(c->timeline, bar);
  const double middle = cs_clamp(in - in % 4 + 2, 0, s->n_bars);
  return cs_lerp(s->energy[0], s->energy[1], middle / s->n_bars);
}

bool
cs_key_is_excluded(const CsComposer *c, int drum_key)
{
  for (size_t i = 0; i < c->plan->exclude.n; i++)
    if (cs_drum_key_is(drum_key, c->plan->exclude.items[i]))
      return true;
  return false;
}
