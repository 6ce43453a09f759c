/// What the request names, found among the tracks: by what they play, not by
/// what the plan says of them.
#ifndef CS_GEN_AUDIT_ASKED_H
#define CS_GEN_AUDIT_ASKED_H

#include "gen/audit/facts.h"

/// Notes of a track that a plain name means: all of them when the name is its
/// role, its instrument, an alias, a family, or "vocals" for a voice; of a kit,
/// those on the keys that the name means.
///
/// @param first  Receives the first such note, NULL for none. May be NULL.
size_t cs_count_named(
    const CsEvidence *e, size_t track, const char *name, const CsNote **first);

/// The first note that starts at a tick or later and that a name means, or
/// NULL.
const CsNote *cs_first_named(
    const CsEvidence *e, size_t track, const char *name, int64_t tick);

/// Does the request name that track? True where there is no brief: an edited
/// plan has what its maker put there.
bool cs_is_wanted(const CsEvidence *e, size_t track);

#endif
