// The same request made again: the same notes from the same seed, another tune
// from another (T56).

#include "gen/audit/facts.h"
#include "gen/audit/melody_line.h"
#include "gen/audit/properties.h"
#include "gen/audit/remake.h"
#include "gen/audit/share.h"

enum { FEW_NOTES = 8 };

static bool
same_notes(const CsPart *a, const CsPart *b)
{
  if (a->n_notes != b->n_notes)
    return false;
  for (size_t i = 0; i < a->n_notes; i++) {
    const CsNote *x = &a->notes[i];
    const CsNote *y = &b->notes[i];
    if (x->start_tick != y->start_tick || x->n_ticks != y->n_ticks ||
        x->key != y->key || x->velocity != y->velocity ||
        x->delay_ms != y->delay_ms)
      return false;
  }
  return true;
}

static bool
same_playing(const CsPerformance *a, const CsPerformance *b)
{
  if (a->n_notes != b->n_notes)
    return false;
  for (size_t i = 0; i < a->n_notes; i++) {
    const CsPlayedNote *x = &a->notes[i];
    const CsPlayedNote *y = &b->notes[i];
    if (x->on_frame != y->on_frame || x->off_frame != y->off_frame ||
        x->track != y->track || x->key != y->key || x->velocity != y->velocity)
      return false;
  }
  return true;
}

static CsStatus
same_again(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  CsEvidence again;
  CS_TRY(cs_remake_from_plan(scratch, e, e->plan, &again));
  size_t n_same = 0;
  for (size_t t = 0; t < e->score->n_parts; t++) {
    const bool is_same =
        same_notes(&e->score->parts[t], &again.score->parts[t]);
    n_same += is_same;
    if (!is_same)
      cs_finding_where(f, "%s", e->plan->tracks[t].instrument);
  }
  cs_finding_settle(
      f, cs_finding_true(n_same == e->score->n_parts &&
                         same_playing(e->performance, again.performance)));
  return CS_OK;
}

const CsProperty cs_property_T56a = {
    .id   = "T56a",
    .name = "the same again",
    .text = "The same plan and seed, composed and played once more, give the "
            "same notes.",
    .unit = "",
    .is_hard   = true,
    .is_costly = true,
    .fn        = same_again,
};

static CsStatus
another_seed(CsArena *scratch, const CsEvidence *e, CsFinding *f)
{
  CsEvidence other;
  double similarity = 0.0;
  const CsTune tune = cs_tune_of(e);
  if (e->brief == NULL || tune.n < FEW_NOTES)
    return CS_OK;
  CsPlanWish wish = *e->wish;
  wish.seed++;
  wish.theme_seed++;
  bool is_made = false;
  CS_TRY(cs_remake_from_brief(scratch, e, &wish, &other, &is_made));
  if (!is_made || cs_tune_of(&other).n < FEW_NOTES)
    return CS_OK;
  CS_TRY(cs_tune_similarity(scratch, e, &other, &similarity));
  *f = cs_finding_at_most(similarity, 0.6);
  return CS_OK;
}

const CsProperty cs_property_T56b = {
    .id   = "T56b",
    .name = "another seed, another tune",
    .text = "How alike the tune is to the one that the next seed gives for the "
            "same words: 60 % at most.",
    .unit = "share",
    .is_hard    = true,
    .mend_roles = CS_ROLE_BIT(CS_ROLE_MELODY),
    .is_costly  = true,
    .fn         = another_seed,
};
