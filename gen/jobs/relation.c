#include "gen/jobs/relation.h"

#include "gen/audit/melody_line.h"
#include "gen/jobs/kin.h"

#include <math.h>
#include <string.h>

bool
cs_relation_sings(const CsEvidence *e)
{
  enum { FEW_NOTES = 8 }; // as cs_kin_melody() wants
  return cs_tune_of(e).n >= FEW_NOTES;
}

CsStatus
cs_relation_of_tunes(CsArena *scratch, const CsEvidence *a, const CsEvidence *b,
    double *weight, double *similarity)
{
  bool has_tunes = false;
  CS_TRY(cs_kin_melody(scratch, a, b, &has_tunes, similarity));
  *weight = has_tunes ? (double)(cs_tune_of(a).n + cs_tune_of(b).n) : 0.0;
  return CS_OK;
}

/// Tunes of like parts, each counted by its notes: what a person hears most of
/// decides how alike two modules are.
static CsStatus
measure_tunes(CsArena *scratch, const CsModuleNotes *a, const CsModuleNotes *b,
    CsRelation *r)
{
  double sum = 0.0, weights = 0.0;
  for (int k = 0; k < CS_N_PART_KINDS; k++) {
    double weight = 0.0, similarity = 0.0;
    if (a->parts[k] == NULL || b->parts[k] == NULL)
      continue;
    CS_TRY(cs_relation_of_tunes(
        scratch, a->parts[k], b->parts[k], &weight, &similarity));
    sum += weight * similarity;
    weights += weight;
  }
  r->has_tunes  = weights > 0.0;
  r->similarity = r->has_tunes ? sum / weights : 0.0;
  return CS_OK;
}

static void
measure_palette(const CsModuleNotes *a, const CsModuleNotes *b, CsRelation *r)
{
  r->palette    = 1.0;
  r->same_style = true;
  for (int k = 0; k < CS_N_PART_KINDS; k++) {
    const CsEvidence *x = a->parts[k], *y = b->parts[k];
    if (x == NULL || y == NULL)
      continue;
    // A long bed has layers that a short one has no time for.
    const double share =
        fmax(cs_kin_palette_share(x, y), cs_kin_palette_share(y, x));
    r->palette = fmin(r->palette, share);
    r->same_style =
        r->same_style && strcmp(x->plan->style, y->plan->style) == 0;
  }
}

typedef struct Tempos {
  double slowest_bpm, fastest_bpm;
  const CsKey *key;
} Tempos;

static void
look(const CsModuleNotes *m, Tempos *t)
{
  for (int k = 0; k < CS_N_PART_KINDS; k++)
    if (m->parts[k] != NULL) {
      const double bpm = cs_kin_tempo_bpm(m->parts[k]);
      t->slowest_bpm   = fmin(t->slowest_bpm, bpm);
      t->fastest_bpm   = fmax(t->fastest_bpm, bpm);
      t->key           = &m->parts[k]->plan->key;
    }
}

CsStatus
cs_relation_measure(CsArena *scratch, const CsModuleNotes *a,
    const CsModuleNotes *b, CsRelation *relation)
{
  Tempos tempos = {.slowest_bpm = 1e9};
  *relation     = (CsRelation){.tempo_ratio = 1.0, .same_mode = true};
  look(a, &tempos);
  const CsKey *key = tempos.key;
  look(b, &tempos);
  if (tempos.fastest_bpm > 0.0)
    relation->tempo_ratio = tempos.fastest_bpm / tempos.slowest_bpm;
  if (key != NULL) {
    relation->n_fifths  = cs_kin_fifths_apart(*key, *tempos.key);
    relation->same_mode = key->mode == tempos.key->mode;
  }
  measure_palette(a, b, relation);
  return measure_tunes(scratch, a, b, relation);
}

double
cs_relation_off(const CsRelation *r)
{
  if (!r->has_tunes)
    return 0.0;
  return fmax(0.0, fmax(CS_LEAST_SIMILARITY - r->similarity,
                       r->similarity - CS_MOST_SIMILARITY));
}

bool
cs_relation_has_key(const CsRelation *r)
{
  return r->n_fifths <= CS_MOST_FIFTHS && r->same_mode;
}

bool
cs_relation_has_palette(const CsRelation *r)
{
  return r->same_style && r->palette >= 1.0;
}

bool
cs_relation_has_tempo(const CsRelation *r)
{
  return r->tempo_ratio <= CS_MOST_TEMPO_RATIO;
}

bool
cs_relation_holds(const CsRelation *r)
{
  return cs_relation_off(r) <= 0.0 && cs_relation_has_key(r) &&
         cs_relation_has_palette(r) && cs_relation_has_tempo(r);
}
