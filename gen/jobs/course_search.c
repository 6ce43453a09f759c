// Another draw of the harmony under a theme moves its tune: which draws give a
// module its place among the others?

#include "gen/jobs/course_planning.h"

#include <string.h>

enum {
  FIRST_DRAWS   = 6,
  MOST_DRAWS    = 24,
  MAX_ALL_DRAWS = 3000, ///< Of a whole course: a minute of work.
};

/// Draws of each part by the number of parts that sing, so that all their
/// combinations are a million at most.
static const size_t most_draws[CS_N_PART_KINDS + 1] = {
    0, MOST_DRAWS, MOST_DRAWS, MOST_DRAWS, MOST_DRAWS, 15};

/// How a tune stands to the like part of another module.
typedef struct Likeness {
  double weight; ///< 0: one of the two does not sing.
  double similarity;
} Likeness;

/// A part that sings, with the draws that were tried.
typedef struct Voice {
  CsCoursePiece *piece;
  CsPartKind kind;
  CsCoursePiece tried[MOST_DRAWS]; ///< The first is the one it had.
  Likeness *likeness[MOST_DRAWS];  ///< To every module.
  size_t n;
  size_t chosen;
} Voice;

typedef struct Search {
  CsCoursePlanner *p;
  CsArena *arena;
  size_t module;
  Voice *voices;
  size_t n_voices;
  double off; ///< Of the chosen draws.
} Search;

// ---- Draws ------------------------------------------------------------------

static CsStatus
measure(Search *s, const Voice *v, const CsEvidence *notes, Likeness **likeness)
{
  const CsCoursePlan *plan = s->p->plan;
  CsArena *scratch         = cs_arena_new(NULL);
  CsStatus status          = scratch != NULL ? CS_OK : CS_ERR_MEMORY;
  *likeness                = CS_NEW_N(s->arena, Likeness, plan->n_units);
  if (*likeness == NULL)
    status = CS_ERR_MEMORY;
  for (size_t i = 0; status == CS_OK && i < plan->n_units; i++) {
    const CsEvidence *other = plan->units[i].notes.parts[v->kind];
    if (i == s->module || other == NULL)
      continue;
    status = cs_relation_of_tunes(scratch, notes, other, &(*likeness)[i].weight,
        &(*likeness)[i].similarity);
    cs_arena_reset(scratch);
  }
  cs_arena_free(scratch);
  return status;
}

/// Try one more draw; one that cannot be made or misses more is passed over.
static CsStatus
try_draw(Search *s, Voice *v, int number)
{
  CsCourseUnit *unit      = &s->p->plan->units[s->module];
  const size_t n_problems = s->p->plan->problems.n;
  CsCoursePiece *tried    = &v->tried[v->n];
  *tried                  = v->tried[0];
  tried->job              = NULL;
  CsRerolls rerolls       = tried->rerolls;
  rerolls.harmony         = number;
  unit->n_draws++;
  s->p->n_draws++;
  CS_TRY(cs_course_draw(s->p, unit, tried, &rerolls));
  s->p->plan->problems.n = n_problems;
  if (tried->job == NULL || tried->n_missed > v->tried[0].n_missed) {
    cs_job_free(tried->job);
    return CS_OK;
  }
  v->n++;
  return measure(s, v, &tried->notes, &v->likeness[v->n - 1]);
}

/// Draws in the order of the module's own number, round in a circle, without
/// the one that it has.
static CsStatus
try_draws(Search *s, Voice *v, size_t from, size_t to)
{
  const int had = v->tried[0].rerolls.harmony;
  for (size_t d = from; d < to && s->p->n_draws < MAX_ALL_DRAWS; d++) {
    const int number = (int)((s->module + d) % MOST_DRAWS);
    if (number != had)
      CS_TRY(try_draw(s, v, number));
  }
  return CS_OK;
}

// ---- Combinations -----------------------------------------------------------

/// How far a combination is from what was asked, to all modules together.
static double
off_of(const Search *s, const size_t *picks)
{
  double off = 0.0;
  for (size_t i = 0; i < s->p->plan->n_units; i++) {
    CsRelation r  = {0};
    double weight = 0.0;
    for (size_t k = 0; k < s->n_voices; k++) {
      const Likeness *l = &s->voices[k].likeness[picks[k]][i];
      weight += l->weight;
      r.similarity += l->weight * l->similarity;
    }
    r.has_tunes = weight > 0.0;
    if (r.has_tunes)
      r.similarity /= weight;
    off += s->p->weights[s->module * s->p->plan->n_units + i] *
           cs_relation_off(&r);
  }
  return off;
}

/// The next combination, the first part moving fastest.
static bool
advance(const Search *s, size_t *picks)
{
  for (size_t k = 0; k < s->n_voices; k++) {
    if (++picks[k] < s->voices[k].n)
      return true;
    picks[k] = 0;
  }
  return false;
}

/// Choose the best of all combinations; the first of those that are equal.
static void
choose(Search *s)
{
  size_t picks[CS_N_PART_KINDS] = {0};
  bool is_first                 = true;
  do {
    const double off = off_of(s, picks);
    if (is_first || off < s->off) {
      s->off = off;
      for (size_t k = 0; k < s->n_voices; k++)
        s->voices[k].chosen = picks[k];
    }
    is_first = false;
  } while (s->off > 0.0 && advance(s, picks));
}

// ---- A module ---------------------------------------------------------------

static CsStatus
open_voices(Search *s)
{
  CsCourseUnit *unit = &s->p->plan->units[s->module];
  s->voices          = CS_NEW_N(s->arena, Voice, CS_N_PART_KINDS);
  CS_TRY_NEW(s->voices);
  for (size_t i = 0; i < unit->n_pieces; i++) {
    CsCoursePiece *piece  = &unit->pieces[i];
    const CsPartKind kind = piece->part->kind;
    if (piece->job == NULL || unit->notes.parts[kind] != &piece->notes ||
        !cs_relation_sings(&piece->notes))
      continue;
    Voice *v    = &s->voices[s->n_voices++];
    v->piece    = piece;
    v->kind     = kind;
    v->tried[0] = *piece;
    v->n        = 1;
    CS_TRY(measure(s, v, &piece->notes, &v->likeness[0]));
  }
  return CS_OK;
}

static CsStatus
search(Search *s)
{
  const size_t most = most_draws[s->n_voices];
  choose(s);
  for (size_t n = 1, next = FIRST_DRAWS; s->off > 0.0 && n < most; next *= 2) {
    const size_t to = next < most ? next : most;
    for (size_t k = 0; k < s->n_voices; k++)
      CS_TRY(try_draws(s, &s->voices[k], n, to));
    choose(s);
    n = to;
  }
  return CS_OK;
}

/// The pieces take the chosen draws over; the others go.
static void
settle(Search *s)
{
  for (size_t k = 0; k < s->n_voices; k++) {
    Voice *v = &s->voices[k];
    for (size_t i = 0; i < v->n; i++)
      if (i != v->chosen)
        cs_job_free(v->tried[i].job);
    *v->piece = v->tried[v->chosen];
  }
}

CsStatus
cs_course_relate(CsCoursePlanner *p, size_t module)
{
  Search s        = {.p = p, .arena = cs_arena_new(NULL), .module = module};
  CsStatus status = s.arena != NULL ? open_voices(&s) : CS_ERR_MEMORY;
  if (status == CS_OK)
    status = search(&s);
  settle(&s);
  cs_arena_free(s.arena);
  return status;
}
