#include "gen/jobs/course_planning.h"

#include <string.h>

/// How often modules may move one after the other.
enum { MAX_ROUNDS = 5 };

// ---- Modules ----------------------------------------------------------------

void
cs_course_collect_notes(CsCourseUnit *unit)
{
  unit->notes = (CsModuleNotes){{NULL}};
  for (size_t i = 0; i < unit->n_pieces; i++) {
    const CsCoursePiece *piece = &unit->pieces[i];
    const CsEvidence **place   = &unit->notes.parts[piece->part->kind];
    if (piece->job != NULL && *place == NULL)
      *place = &piece->notes;
  }
}

static bool
has_notes(const CsCourseUnit *unit)
{
  for (int k = 0; k < CS_N_PART_KINDS; k++)
    if (unit->notes.parts[k] != NULL)
      return true;
  return false;
}

// ---- All modules together ---------------------------------------------------

/// Weigh what is off between two modules more, so that it gives way last.
static void
press(CsCoursePlanner *p, size_t a, size_t b)
{
  static const double harder = 3.0;
  const size_t n             = p->plan->n_units;
  p->weights[a * n + b] *= harder;
  p->weights[b * n + a] *= harder;
}

/// How far all pairs together are from what was asked. What is off is pressed.
static CsStatus
measure_off(CsCoursePlanner *p, double *off)
{
  const CsCoursePlan *plan = p->plan;
  CsArena *scratch         = cs_arena_new(NULL);
  CsStatus status          = scratch != NULL ? CS_OK : CS_ERR_MEMORY;
  *off                     = 0.0;
  for (size_t a = 0; status == CS_OK && a < plan->n_units; a++)
    for (size_t b = a + 1; status == CS_OK && b < plan->n_units; b++) {
      CsRelation r = {0};
      status       = cs_relation_measure(
                scratch, &plan->units[a].notes, &plan->units[b].notes, &r);
      cs_arena_reset(scratch);
      if (status != CS_OK || cs_relation_off(&r) <= 0.0)
        continue;
      *off += cs_relation_off(&r);
      press(p, a, b);
    }
  cs_arena_free(scratch);
  return status;
}

/// Take the draws of all pieces down.
static void
note_draws(const CsCoursePlan *plan, CsRerolls *noted)
{
  for (size_t u = 0; u < plan->n_units; u++)
    for (size_t i = 0; i < plan->units[u].n_pieces; i++)
      *noted++ = plan->units[u].pieces[i].rerolls;
}

/// Go back to draws that were taken down.
static CsStatus
take_draws(CsCoursePlanner *p, const CsRerolls *noted)
{
  for (size_t u = 0; u < p->plan->n_units; u++) {
    CsCourseUnit *unit = &p->plan->units[u];
    for (size_t i = 0; i < unit->n_pieces; i++, noted++)
      if (unit->pieces[i].job != NULL &&
          memcmp(noted, &unit->pieces[i].rerolls, sizeof *noted) != 0)
        CS_TRY(cs_course_draw(p, unit, &unit->pieces[i], noted));
    cs_course_collect_notes(unit);
  }
  return CS_OK;
}

static CsStatus
relate_once(CsCoursePlanner *p)
{
  for (size_t i = 0; i < p->plan->n_units; i++)
    CS_TRY(cs_course_relate(p, i));
  return CS_OK;
}

/// A module finds its place among those before it; where that was not to be
/// had, all may move. What was off once weighs more from then on, which leads
/// out of places where no module alone can better anything. The best that was
/// found stands.
static CsStatus
relate_all(CsCoursePlanner *p)
{
  size_t n    = 0;
  double best = 0.0, off = 0.0;
  for (size_t u = 0; u < p->plan->n_units; u++)
    n += p->plan->units[u].n_pieces;
  CsRerolls *noted = CS_NEW_N(p->arena, CsRerolls, n);
  CS_TRY_NEW(noted);
  CS_TRY(measure_off(p, &best));
  note_draws(p->plan, noted);
  off = best;
  for (int round = 0; round < MAX_ROUNDS && best > 0.0; round++) {
    CS_TRY(relate_once(p));
    CS_TRY(measure_off(p, &off));
    if (off < best) {
      best = off;
      note_draws(p->plan, noted);
    }
  }
  return off > best ? take_draws(p, noted) : CS_OK;
}

static CsStatus
weigh_evenly(CsCoursePlanner *p)
{
  const size_t n = p->plan->n_units;
  p->weights     = CS_NEW_N(p->arena, double, n *n);
  CS_TRY_NEW(p->weights);
  for (size_t i = 0; i < n * n; i++)
    p->weights[i] = 1.0;
  return CS_OK;
}

/// A module whose words cannot be planned has no parts that can be made.
static CsStatus
give_up(CsCoursePlanner *p, CsCourseUnit *unit)
{
  const char *why = cs_arena_error(p->arena);
  why             = cs_arena_copy(p->arena, why, strlen(why));
  CS_TRY_NEW(why);
  cs_arena_clear_error(p->arena);
  CS_TRY(cs_course_add_problem(
      p, unit->module->node, why, unit->module->name, &unit->problem));
  for (size_t i = 0; i < unit->module->n_parts; i++)
    unit->pieces[unit->n_pieces++] = (CsCoursePiece){
        .part = &unit->module->parts[i], .problem = unit->problem};
  return CS_OK;
}

/// Everything of a module but its draws.
static CsStatus
lay_unit(CsCoursePlanner *p, CsCourseUnit *unit, double natural_bpm)
{
  const CsCourseModule *module = unit->module;
  unit->pieces = CS_NEW_N(p->arena, CsCoursePiece, module->n_parts);
  CS_TRY_NEW(unit->pieces);
  if (module->words == NULL)
    return CS_OK;
  const CsStatus status = cs_course_choose_tempo(p, natural_bpm, unit);
  if (status == CS_ERR_REQUEST)
    return give_up(p, unit);
  CS_TRY(status);
  for (size_t i = 0; i < module->n_parts; i++) {
    CsCoursePiece *piece = &unit->pieces[unit->n_pieces++];
    piece->part          = &module->parts[i];
    piece->problem       = piece->part->problem;
    if (piece->problem == NULL)
      CS_TRY(cs_course_lay_piece(p, unit, piece));
  }
  return CS_OK;
}

static CsStatus
search_unit(CsCoursePlanner *p, size_t index)
{
  CsCourseUnit *unit = &p->plan->units[index];
  for (size_t i = 0; i < unit->n_pieces; i++)
    if (unit->pieces[i].problem == NULL)
      CS_TRY(cs_course_begin_piece(p, unit, index, &unit->pieces[i]));
  cs_course_collect_notes(unit);
  return cs_course_relate(p, index);
}

static CsStatus
search(CsCoursePlanner *p)
{
  CS_TRY(weigh_evenly(p));
  for (size_t i = 0; i < p->plan->n_units; i++)
    CS_TRY(search_unit(p, i));
  return relate_all(p);
}

// ---- The whole --------------------------------------------------------------

static CsStatus
measure_pairs(CsCoursePlanner *p)
{
  CsCoursePlan *plan = p->plan;
  const size_t n     = plan->n_units;
  plan->pairs        = CS_NEW_N(p->arena, CsCoursePair, n * (n - 1) / 2);
  CS_TRY_NEW(plan->pairs);
  for (size_t a = 0; a < n; a++)
    for (size_t b = a + 1; b < n; b++) {
      if (!has_notes(&plan->units[a]) || !has_notes(&plan->units[b]))
        continue;
      CsCoursePair *pair = &plan->pairs[plan->n_pairs++];
      *pair              = (CsCoursePair){.a = a, .b = b};
      CS_TRY(cs_relation_measure(p->arena, &plan->units[a].notes,
          &plan->units[b].notes, &pair->relation));
    }
  return CS_OK;
}

static CsStatus
take_problems(CsCoursePlanner *p)
{
  const CsStrings *given = &p->file->problems;
  CsStrings *own         = &p->plan->problems;
  void *items            = NULL;
  CS_TRY(cs_arena_grow(p->arena, &items, &p->problems_capacity, given->n + 1,
      sizeof *given->items));
  own->items = items;
  own->n     = given->n;
  if (given->n > 0)
    memcpy(own->items, given->items, given->n * sizeof *given->items);
  return CS_OK;
}

CsStatus
cs_course_plan(CsArena *arena, const CsEngine *engine, const CsCourseFile *file,
    const CsGround *ground, const CsCourseDraws *known, CsCourseGoesOn *goes_on,
    void *user, CsCoursePlan *plan)
{
  CsCoursePlanner p  = {.arena = arena,
       .engine                 = engine,
       .file                   = file,
       .goes_on                = goes_on,
       .user                   = user,
       .plan                   = plan};
  double natural_bpm = 0.0;
  *plan              = (CsCoursePlan){.file = file};
  plan->units        = CS_NEW_N(arena, CsCourseUnit, file->n_modules);
  CS_TRY_NEW(plan->units);
  CS_TRY(take_problems(&p));
  CS_TRY(cs_course_find_home(&p, &natural_bpm));
  for (size_t i = 0; i < file->n_modules; i++) {
    CsCourseUnit *unit = &plan->units[plan->n_units++];
    unit->module       = &file->modules[i];
    CS_TRY(lay_unit(&p, unit, natural_bpm));
  }
  CS_TRY(cs_course_find_asked(&p, ground));
  CS_TRY(
      cs_course_is_known(&p, known) ? cs_course_recall(&p, known) : search(&p));
  CS_TRY(cs_course_keep_draws(&p));
  return measure_pairs(&p);
}

void
cs_course_plan_free(CsCoursePlan *plan)
{
  for (size_t i = 0; i < plan->n_units; i++)
    for (size_t k = 0; k < plan->units[i].n_pieces; k++) {
      cs_job_free(plan->units[i].pieces[k].job);
      plan->units[i].pieces[k].job = NULL;
    }
}
