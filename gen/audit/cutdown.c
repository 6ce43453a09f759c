// Another length of the same theme (T60).

#include "gen/audit/facts.h"
#include "gen/audit/motif.h"
#include "gen/audit/properties.h"
#include "gen/audit/remake.h"

enum { CUT_S = 30, LEAST_STATEMENTS = 1 };

static bool
can_be_cut(const CsEvidence *e)
{
  return e->brief != NULL && e->plan->function == CS_THEMATIC &&
         cs_is_metred(e) && cs_has_cadence(e) && e->plan->duration_s > CUT_S &&
         e->plan->n_silences == 0;
}

/// How often the cue's motif is heard in the short one. Derived bars would not
/// tell one theme from another: nearly the same is wanted.
static CsStatus
count_statements(CsArena *scratch, const CsEvidence *e, const CsEvidence *cut,
    int *n_statements)
{
  const double most_distance = 0.2;
  CsTelling whole, part;
  *n_statements = 0;
  CS_TRY(cs_hear_tune(scratch, e, &whole));
  CS_TRY(cs_hear_tune(scratch, cut, &part));
  const int motif = whole.n_bars > 0 ? cs_find_motif(&whole) : -1;
  for (int b = 0; b < part.n_bars && motif >= 0; b++)
    *n_statements +=
        cs_told_distance(&whole.bars[motif], &part.bars[b]) <= most_distance;
  return CS_OK;
}

static CsStatus
cut_down(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  CsEvidence cut;
  CsFinding ending = {.holds = true};
  int n_statements = 0;
  bool is_made     = false;
  if (!can_be_cut(e) ||
      cs_track_of_role(e, CS_ROLE_MELODY) == e->score->n_parts)
    return CS_OK;
  CsPlanWish wish   = *e->wish;
  wish.has_duration = true;
  wish.duration_s   = CUT_S;
  CS_TRY(cs_remake_from_brief(scratch, e, &wish, &cut, &is_made));
  if (!is_made)
    return CS_OK;
  CS_TRY(count_statements(scratch, e, &cut, &n_statements));
  CS_TRY(cs_property_T18.fn(scratch, &cut, &ending));
  *f = cs_finding_true(n_statements >= LEAST_STATEMENTS && ending.holds);
  cs_finding_where(f, "%d statements%s%.100s", n_statements,
      ending.holds ? "" : "; the end: ", ending.holds ? "" : ending.where);
  return CS_OK;
}

const CsProperty cs_property_T60 = {
    .id   = "T60",
    .name = "cut-down",
    .text = "In thirty seconds of the same theme its motif is present, nearly "
            "as it was, and they end on the final chord (T18).",
    .unit = "",
    .is_costly = true,
    .fn        = cut_down,
};
