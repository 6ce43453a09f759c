/// The cue made once more, by itself or by a changed request, to compare with.
#ifndef CS_GEN_AUDIT_REMAKE_H
#define CS_GEN_AUDIT_REMAKE_H

#include "gen/audit/audit.h"

/// Compose and play a plan.
///
/// @param e     What the plan is a plan of: its presets, brief and wish.
/// @param made  Receives the evidence, without sound.
CS_NODISCARD CsStatus cs_remake_from_plan(CsArena *scratch, const CsEvidence *e,
    const CsPlan *plan, CsEvidence *made);

/// Plan, compose and play the brief of a cue with another wish.
///
/// @param is_made  Receives false where the brief refuses that wish; `made` is
///                 empty then.
CS_NODISCARD CsStatus cs_remake_from_brief(CsArena *scratch,
    const CsEvidence *e, const CsPlanWish *wish, CsEvidence *made,
    bool *is_made);

#endif
