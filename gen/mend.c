#include "gen/mend.h"

#include "gen/judge.h"

enum { MAX_DRAWS = 3 }; ///< Of all roles of one property together.

/// A cue made from a wish, in an arena that is thrown away.
typedef struct Trial {
  CsPlan *plan;
  CsScore *score;
  CsPerformance *performance;
} Trial;

static CsStatus
make_trial(
    const CsJob *job, CsArena *arena, const CsPlanWish *wish, Trial *trial)
{
  const CsPresets *presets = cs_job_presets(job);
  CS_TRY(cs_plan_make(arena, presets, job->brief, wish, &trial->plan));
  CS_TRY(cs_compose(arena, presets, trial->plan, &trial->score));
  return cs_perform(arena, presets, trial->score, &trial->performance);
}

/// What a cue misses.
typedef struct Missed {
  size_t n;
  unsigned roles; ///< Of the first that other notes may mend.
  const char *id; ///< Of that property.
} Missed;

static unsigned
roles_that_play(const CsPlan *plan)
{
  unsigned roles = 0;
  for (size_t i = 0; i < plan->n_tracks; i++)
    roles |= 1U << plan->tracks[i].role;
  return roles;
}

static CsStatus
judge_trial(const CsJob *job, CsArena *arena, const CsPlanWish *wish,
    const Trial *trial, unsigned allowed, Missed *missed)
{
  CsAudit audit;
  CsEvidence evidence = {
      .presets     = cs_job_presets(job),
      .brief       = job->brief,
      .wish        = wish,
      .plan        = trial->plan,
      .score       = trial->score,
      .performance = trial->performance,
  };
  CS_TRY(cs_evidence_gather(arena, &evidence));
  CS_TRY(cs_audit_run(arena, &evidence, true, &audit));
  *missed = (Missed){.n = audit.n_missed_hard};
  for (size_t i = 0; i < cs_n_properties && missed->roles == 0; i++) {
    const CsFinding *f = &audit.findings[i];
    if (!f->applies || f->holds || !cs_properties[i]->is_hard)
      continue;
    missed->roles =
        cs_properties[i]->mend_roles & allowed & roles_that_play(trial->plan);
    missed->id = cs_properties[i]->id;
  }
  return CS_OK;
}

/// Make a cue from a wish, judge it, and throw it away.
static CsStatus
try_wish(CsJob *job, const CsPlanWish *wish, unsigned allowed, Missed *missed)
{
  Trial trial    = {NULL};
  CsArena *arena = cs_arena_new(NULL);
  if (arena == NULL)
    return cs_fail(job->arena, CS_ERR_MEMORY, "not enough memory");
  CsStatus status = make_trial(job, arena, wish, &trial);
  if (status == CS_OK)
    status = judge_trial(job, arena, wish, &trial, allowed, missed);
  if (status != CS_OK)
    (void)cs_fail(job->arena, status, "%s", cs_arena_error(arena));
  cs_arena_free(arena);
  return status;
}

static CsStatus
judge_job(CsJob *job, unsigned allowed, Missed *missed)
{
  const Trial made = {job->plan, job->score, job->performance};
  CsArena *arena   = cs_arena_new(NULL);
  if (arena == NULL)
    return cs_fail(job->arena, CS_ERR_MEMORY, "not enough memory");
  const CsStatus status =
      judge_trial(job, arena, &job->options.wish, &made, allowed, missed);
  if (status != CS_OK)
    (void)cs_fail(job->arena, status, "%s", cs_arena_error(arena));
  cs_arena_free(arena);
  return status;
}

static CsPlanWish
draw_anew(const CsPlanWish *wish, unsigned roles, int n)
{
  CsPlanWish drawn = *wish;
  for (int r = 0; r < CS_N_ROLES; r++)
    if ((roles >> r & 1U) != 0)
      drawn.rerolls.roles[r] += n;
  return drawn;
}

static CsStatus
note_mended(CsJob *job, const char *id, unsigned roles, int n)
{
  const CsPlanWish draws = draw_anew(&(CsPlanWish){0}, roles, n);
  CsMended *mended       = &job->mended[job->n_mended++];
  mended->property       = id;
  return cs_rerolls_text(job->arena, &draws.rerolls, &mended->rerolls);
}

/// Where the mending of a cue stands.
typedef struct Mending {
  CsPlanWish wish;
  unsigned allowed; ///< Roles that may be drawn anew.
  Missed missed;    ///< With that wish.
  bool is_better;
} Mending;

/// Draw n of some roles; kept where less is missed.
static CsStatus
try_draw(CsJob *job, Mending *m, unsigned roles, int n)
{
  const CsPlanWish drawn = draw_anew(&m->wish, roles, n);
  Missed then            = {0};
  CS_TRY(try_wish(job, &drawn, m->allowed, &then));
  if (then.n >= m->missed.n)
    return CS_OK;
  CS_TRY(note_mended(job, m->missed.id, roles, n));
  m->wish      = drawn;
  m->missed    = then;
  m->is_better = true;
  return CS_OK;
}

/// Draw the roles of what misses anew until the cue misses less: each alone, so
/// that as much as can be stays, then all together.
static CsStatus
mend_one(CsJob *job, Mending *m)
{
  const unsigned roles = m->missed.roles;
  m->is_better         = false;
  for (unsigned r = 0; r < CS_N_ROLES && !m->is_better; r++)
    if ((roles >> r & 1U) != 0)
      CS_TRY(try_draw(job, m, 1U << r, 1));
  for (int n = 1; n <= MAX_DRAWS && roles != 0 && !m->is_better; n++)
    CS_TRY(try_draw(job, m, roles, n));
  return CS_OK;
}

static CsStatus
mend_all(CsJob *job, Mending *m)
{
  m->is_better = true;
  while (job->n_mended < CS_MAX_MENDED && m->missed.n > 0 && m->is_better)
    CS_TRY(mend_one(job, m));
  return CS_OK;
}

/// Roles that were asked to be drawn anew; harmony is drawn for all.
static unsigned
rerolled_roles(const CsRerolls *rerolls)
{
  unsigned roles = 0;
  for (unsigned r = 0; r < CS_N_ROLES; r++)
    roles |= rerolls->roles[r] > 0 ? 1U << r : 0U;
  return roles;
}

/// What was asked to be drawn anew changes nothing else: the cue is mended
/// without it first, then those roles alone.
static CsStatus
mend_rerolled(CsJob *job, Mending *m)
{
  const CsRerolls *asked = &job->options.wish.rerolls;
  m->wish.rerolls        = (CsRerolls){{0}, 0};
  CS_TRY(try_wish(job, &m->wish, m->allowed, &m->missed));
  CS_TRY(mend_all(job, m));
  for (int r = 0; r < CS_N_ROLES; r++)
    m->wish.rerolls.roles[r] += asked->roles[r];
  m->wish.rerolls.harmony = asked->harmony;
  m->allowed &= rerolled_roles(asked);
  CS_TRY(try_wish(job, &m->wish, m->allowed, &m->missed));
  return mend_all(job, m);
}

CsStatus
cs_job_mend(CsJob *job)
{
  const CsRerolls *asked = &job->options.wish.rerolls;
  Mending m              = {.wish = job->options.wish, .allowed = ~0U};
  Trial trial            = {NULL};
  job->n_mended          = 0;
  if (job->options.has_theme_seed)
    m.allowed &= ~(1U << CS_ROLE_MELODY);
  if (rerolled_roles(asked) != 0 || asked->harmony > 0) {
    CS_TRY(mend_rerolled(job, &m));
  } else {
    CS_TRY(judge_job(job, m.allowed, &m.missed));
    CS_TRY(mend_all(job, &m));
  }
  if (job->n_mended == 0)
    return CS_OK;
  CS_TRY(make_trial(job, job->arena, &m.wish, &trial));
  job->plan        = trial.plan;
  job->score       = trial.score;
  job->performance = trial.performance;
  return CS_OK;
}
