/// Changes over time: drafts are read from the items, settled, and fitted to
/// the length.
#include "grammar/arc.h"

/// A course that rises somewhere is not even.
static void
forget_flatness(CsBrief *brief)
{
  for (size_t k = 0; k < brief->n_arc; k++) {
    const CsArcKind kind = brief->arc[k].kind;
    if (kind == CS_ARC_BUILD || kind == CS_ARC_RISE || kind == CS_ARC_PEAK ||
        kind == CS_ARC_DROP)
      brief->said &= ~(unsigned)CS_SAID_FLAT_ARC;
  }
}

CsStatus
cs_read_arc(CsParse *p)
{
  CsArc arc = {.p = p, .lead = SIZE_MAX, .last = SIZE_MAX, .closed = SIZE_MAX};
  cs_arc_mark_changes(p);
  cs_arc_correct_times(p);
  CS_TRY(cs_arc_read_each(&arc));
  CS_TRY(cs_arc_read_changes(&arc));
  CS_TRY(cs_arc_read_short(&arc));
  CS_TRY(cs_arc_read_entrances(&arc));
  CS_TRY(cs_arc_read_states(&arc));
  CS_TRY(cs_arc_read_rounds(&arc));
  CS_TRY(cs_arc_read_rest(&arc));
  CS_TRY(cs_arc_settle(&arc));
  forget_flatness(p->brief);
  return cs_brief_fit_arc(p->arena, p->brief, p->length_s);
}
