#include "gen/compose/groove.h"

#include "gen/base/mathx.h"

int64_t
cs_step_tick(const CsComposer *c, int bar, int step)
{
  return cs_bar_tick(c->timeline, bar) + step * cs_step_ticks(c);
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
  return drum_key >= 0 && drum_key < 128 && c->is_excluded[drum_key];
}
