#include "gen/audit/remake.h"

CsStatus
cs_remake_from_plan(
    CsArena *scratch, const CsEvidence *e, const CsPlan *plan, CsEvidence *made)
{
  CsScore *score             = NULL;
  CsPerformance *performance = NULL;
  CS_TRY(cs_compose(scratch, e->presets, plan, &score));
  CS_TRY(cs_perform(scratch, e->presets, score, &performance));
  *made = (CsEvidence){.presets = e->presets,
      .brief                    = e->brief,
      .wish                     = e->wish,
      .plan                     = plan,
      .score                    = score,
      .performance              = performance};
  return cs_evidence_gather(scratch, made);
}

CsStatus
cs_remake_from_brief(CsArena *scratch, const CsEvidence *e,
    const CsPlanWish *wish, CsEvidence *made, bool *is_made)
{
  CsPlan *plan = NULL;
  const CsStatus status =
      cs_plan_make(scratch, e->presets, e->brief, wish, &plan);
  *is_made = status == CS_OK;
  if (status == CS_ERR_REQUEST) {
    cs_arena_clear_error(scratch);
    return CS_OK;
  }
  CS_TRY(status);
  CsEvidence asked = *e;
  asked.wish       = wish;
  return cs_remake_from_plan(scratch, &asked, plan, made);
}
