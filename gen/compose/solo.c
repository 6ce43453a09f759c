#include "gen/compose/solo.h"

#include "gen/base/mathx.h"
#include "gen/compose/groove.h"

#include <string.h>

bool
cs_is_solo(const CsComposer *c)
{
  const CsPlan *plan = c->plan;
  for (size_t i = 1; i < plan->n_tracks; i++)
    if (strcmp(plan->tracks[i].instrument, plan->tracks[0].instrument) != 0)
      return false;
  return true;
}

static bool
is_even_solo(const CsComposer *c)
{
  const CsFunction function = c->plan->function;
  return (function == CS_BED || function == CS_UNDERSCORE) && cs_is_solo(c);
}

/// Bits of the tones that are left of a chord: low, inner, outer, high ones.
static const unsigned parts[] = {0x3, 0x6, 0x5, 0xe};

static void
take_part(CsBarStroke *stroke, CsRng *rng)
{
  enum { N_PARTS = sizeof parts / sizeof *parts };
  const unsigned part = parts[cs_rng_below(rng, N_PARTS)];
  if (stroke->tones == 0)
    stroke->tones = part;
  else if ((stroke->tones & (stroke->tones - 1)) == 0) // a figure's one tone
    stroke->tones = stroke->tones == 1 ? 2 : stroke->tones >> 1;
}

void
cs_solo_touch(const CsComposer *c, size_t track, int bar, CsBarStrokes *strokes)
{
  enum { FEW = 4 };
  if (!is_even_solo(c) || strokes->n < 2)
    return;
  const CsSectionKind kind = cs_section_of_bar(c->timeline, bar)->kind;
  const CsSectionKind told = kind == CS_SECTION_A2 ? CS_SECTION_A : kind;
  CsRng rng = cs_rng_at(c->plan->tracks[track].seed, "solo.touch",
      (uint64_t)told, (uint64_t)cs_bar_in_section(c, bar));
  for (int k = 0; k < (strokes->n >= FEW ? 2 : 1); k++) {
    const uint32_t n = (uint32_t)strokes->n - 1U;
    take_part(&strokes->strokes[1 + cs_rng_below(&rng, n)], &rng);
  }
}
