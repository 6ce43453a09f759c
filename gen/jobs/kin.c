#include "gen/jobs/kin.h"

#include "gen/audit/facts.h"
#include "gen/audit/melody_line.h"
#include "gen/base/mathx.h"

#include <string.h>

// ---- Tunes ------------------------------------------------------------------

CsStatus
cs_kin_melody(CsArena *scratch, const CsEvidence *a, const CsEvidence *b,
    bool *has_tunes, double *similarity)
{
  enum { FEW_NOTES = 8 };
  *similarity = 0.0;
  *has_tunes  = cs_tune_of(a).n >= FEW_NOTES && cs_tune_of(b).n >= FEW_NOTES;
  return *has_tunes ? cs_tune_similarity(scratch, a, b, similarity) : CS_OK;
}

/// Does a band have a role, and an instrument?
static bool
has_role(const CsPlan *plan, CsRole role)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (plan->tracks[i].role == role)
      return true;
  return false;
}

static bool
has_instrument(const CsPlan *plan, const char *name)
{
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (strcmp(plan->tracks[i].instrument, name) == 0)
      return true;
  return false;
}

double
cs_kin_palette_share(const CsEvidence *whole, const CsEvidence *part)
{
  size_t n = 0, n_known = 0;
  for (size_t i = 0; i < part->score->n_parts; i++) {
    const CsTrack *t = &part->plan->tracks[i];
    if (part->score->parts[i].n_notes == 0 || !has_role(whole->plan, t->role))
      continue;
    n++;
    n_known += has_instrument(whole->plan, t->instrument);
  }
  return n > 0 ? (double)n_known / (double)n : 1.0;
}

double
cs_kin_tempo_bpm(const CsEvidence *e)
{
  const CsTimeline *t = e->score->timeline;
  const int n_bars    = cs_n_body_bars(e);
  const int64_t from  = cs_bar_tick(t, 0);
  const int64_t to    = cs_bar_tick(t, n_bars);
  const double length_s =
      cs_seconds_of_tick(t, (double)to) - cs_seconds_of_tick(t, (double)from);
  return length_s > 0.0
             ? (double)(to - from) / CS_TICKS_PER_QUARTER * 60.0 / length_s
             : e->plan->tempos[0].bpm;
}

int
cs_kin_fifths_apart(CsKey a, CsKey b)
{
  const int up = cs_mod(7 * (a.tonic_pc - b.tonic_pc), 12);
  return up <= 6 ? up : 12 - up;
}
