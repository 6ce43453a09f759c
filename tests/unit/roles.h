/// Tracks of a plan by their role.
#ifndef CS_TESTS_UNIT_ROLES_H
#define CS_TESTS_UNIT_ROLES_H

#include "gen/plan/plan.h"

/// The first of a role, or NULL.
static inline const CsTrack *
find_role(const CsPlan *plan, CsRole role)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (plan->tracks[i].role == role)
      return &plan->tracks[i];
  return NULL;
}

#endif
