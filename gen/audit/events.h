/// Where the request itself wants something to happen, so that evenness is not
/// to be expected there (RULEBOOK, below the table of section 9).
#ifndef CS_GEN_AUDIT_EVENTS_H
#define CS_GEN_AUDIT_EVENTS_H

#include "gen/audit/audit.h"

/// Does a span touch a requested event: a silence, a fade, a hit, a change that
/// the brief names, or a build or climax that answers one? Of an edited plan
/// its builds and climaxes are the request.
bool cs_is_eventful(const CsEvidence *e, double from_s, double to_s);

#endif
