// The notes of a piece: composed, judged, drawn anew.

#include "gen/jobs/course_planning.h"

#include "gen/judge.h"

/// Further draws for a part that misses a hard property.
enum { MAX_MENDING = 6 };

CsStatus
cs_course_add_problem(CsCoursePlanner *p, const CsJson *node, const char *why,
    const char *module, const char **problem)
{
  CsStrings *list = &p->plan->problems;
  void *items     = list->items;
  *problem        = cs_arena_printf(p->arena, "%s: %s (module \"%s\")",
             cs_json_place(p->arena, node), why, module);
  CS_TRY_NEW(*problem);
  CS_TRY(cs_arena_grow(
      p->arena, &items, &p->problems_capacity, list->n + 1, sizeof *problem));
  list->items            = items;
  list->items[list->n++] = *problem;
  return CS_OK;
}

/// Judge a composed piece by its notes.
static CsStatus
judge(CsCoursePiece *piece)
{
  CsAudit audit;
  CS_TRY(cs_job_evidence(piece->job->arena, piece->job, &piece->notes));
  CS_TRY(cs_audit_run(piece->job->arena, &piece->notes, true, &audit));
  piece->n_missed = audit.n_missed_hard;
  return CS_OK;
}

/// Compose a piece from its options. What is wrong with it is kept.
static CsStatus
compose(CsCoursePlanner *p, const CsCourseUnit *unit, CsCoursePiece *piece)
{
  if (p->goes_on != NULL && !p->goes_on(p->user))
    return cs_fail(p->arena, CS_ERR_CANCELLED, "stopped on request");
  cs_job_free(piece->job);
  piece->job      = NULL;
  CsStatus status = cs_course_job(p->engine, piece, &piece->job);
  if (status == CS_OK)
    status = cs_job_compose(piece->job);
  if (status == CS_OK)
    return judge(piece);
  if (status == CS_ERR_REQUEST)
    status = cs_course_add_problem(p, piece->part->node,
        cs_job_error(piece->job), unit->module->name, &piece->problem);
  else if (piece->job != NULL)
    (void)cs_fail(p->arena, status, "%s", cs_job_error(piece->job));
  cs_job_free(piece->job);
  piece->job = NULL;
  return status;
}

/// Another draw of the harmony and of every role that plays, but for the tune:
/// modules go the same way with other steps.
static CsRerolls
own_draws(const CsCoursePiece *piece, int number)
{
  CsRerolls rerolls  = {{0}, number};
  const CsPlan *plan = piece->notes.plan;
  for (size_t i = 0; i < plan->n_tracks; i++)
    if (plan->tracks[i].role != CS_ROLE_MELODY)
      rerolls.roles[plan->tracks[i].role] = number;
  return rerolls;
}

CsStatus
cs_course_draw(CsCoursePlanner *p, const CsCourseUnit *unit,
    CsCoursePiece *piece, const CsRerolls *rerolls)
{
  const char *text = NULL;
  piece->rerolls   = *rerolls;
  CS_TRY(cs_rerolls_text(p->arena, rerolls, &text));
  cs_course_take_out(piece, "reroll");
  if (text[0] != '\0')
    cs_course_put(piece, "reroll", text);
  return compose(p, unit, piece);
}

/// A cue that misses a hard property takes the next draw, if that is better.
static CsStatus
mend_piece(CsCoursePlanner *p, CsCourseUnit *unit, CsCoursePiece *piece)
{
  for (int d = 1; d <= MAX_MENDING && piece->job != NULL && piece->n_missed > 0;
       d++) {
    const size_t n_problems = p->plan->problems.n;
    CsCoursePiece tried     = *piece;
    CsRerolls rerolls       = own_draws(piece, piece->rerolls.harmony + d);
    tried.job               = NULL;
    unit->n_draws++;
    CS_TRY(cs_course_draw(p, unit, &tried, &rerolls));
    p->plan->problems.n = n_problems;
    if (tried.job != NULL && tried.n_missed < piece->n_missed) {
      cs_job_free(piece->job);
      *piece = tried;
      break;
    }
    cs_job_free(tried.job);
  }
  return CS_OK;
}

CsStatus
cs_course_begin_piece(
    CsCoursePlanner *p, CsCourseUnit *unit, size_t index, CsCoursePiece *piece)
{
  CS_TRY(compose(p, unit, piece));
  if (piece->job != NULL && index > 0) {
    const CsRerolls rerolls = own_draws(piece, (int)index);
    CS_TRY(cs_course_draw(p, unit, piece, &rerolls));
  }
  return mend_piece(p, unit, piece);
}
