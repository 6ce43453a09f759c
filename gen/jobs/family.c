#include "gen/jobs/family.h"

#include "gen/io/output.h"
#include "gen/jobs/family_parts.h"
#include "gen/jobs/inside.h"
#include "gen/jobs/naming.h"
#include "gen/judge.h"

#include <stdio.h>
#include <string.h>

// ---- Who there is -----------------------------------------------------------

static CsStatus
begin(CsFamily *f, CsJob **job)
{
  const CsStatus status = f->wish.begin(f->wish.user, job);
  if (status != CS_OK && *job != NULL && cs_arena_error(f->arena)[0] == '\0')
    (void)cs_fail(f->arena, status, "%s", cs_job_error(*job));
  return status;
}

/// A member that cannot be made says which one it is.
static CsStatus
compose(CsFamily *f, CsMember *m, CsJob *job)
{
  CsStatus status = cs_job_parse(job, f->wish.prompt);
  if (status == CS_OK)
    status = cs_job_compose(job);
  if (status == CS_OK)
    status = cs_job_refuse_warnings(job);
  if (status == CS_OK)
    status = cs_job_evidence(job->arena, job, &m->e);
  if (status != CS_OK)
    (void)cs_fail(f->arena, status, "%s%s%s",
        m->cut.kind == CS_CUT_FULL ? "" : m->cut.name,
        m->cut.kind == CS_CUT_FULL ? "" : ": ", cs_job_error(job));
  return status;
}

/// Over prompt, seed and whatever decides bytes.
static void
find_id(CsFamily *f, const CsOptions *options, const char *seed)
{
  char content[65];
  CsGivenOption given[CS_MAX_OPTIONS + 1];
  size_t n = 0;
  for (size_t i = 0; i < cs_n_option_rows; i++)
    if (options->given[i].name != NULL && cs_option_rows[i].decides_bytes &&
        strcmp(options->given[i].name, "seed") != 0)
      given[n++] = options->given[i];
  given[n++] = (CsGivenOption){"seed", seed};
  cs_content_of(f->wish.prompt, given, n, content);
  (void)snprintf(f->id, sizeof f->id, "%.16s", content);
}

static CsStatus
compose_full(CsFamily *f)
{
  char seed[32];
  CsMember *full = &f->members[0];
  CS_TRY(begin(f, &full->job));
  CS_TRY(cs_family_refuse_options(f, &full->job->options));
  CS_TRY(compose(f, full, full->job));
  full->n_draws = 1;
  (void)snprintf(seed, sizeof seed, "%llu",
      (unsigned long long)full->job->options.wish.seed);
  find_id(f, &full->job->options, seed);
  return cs_member_measure(f->arena, full, NULL, 0);
}

/// Stems in which something is written.
static unsigned
written_stems(const CsJob *job)
{
  unsigned stems = 0;
  for (size_t i = 0; i < job->score->n_parts; i++)
    if (job->score->parts[i].n_notes > 0)
      stems |= 1U << job->plan->tracks[i].stem;
  return stems;
}

/// Does an alternate hold something, and not all that the full one holds?
static CsStatus
is_alternate_worth_it(
    CsFamily *f, const char *name, bool *is_worth_it, CsText *notes)
{
  CsAlternates one;
  const unsigned all = written_stems(f->members[0].job);
  CS_TRY(cs_alternates_parse(f->arena, name, &one));
  const unsigned kept = one.items[0].stems & all;
  *is_worth_it        = kept != 0 && kept != all;
  if (!*is_worth_it)
    cs_text_addf(notes, "%s is left out: %s\n", name,
        kept == 0 ? "nothing would sound" : "it would be the full one");
  return CS_OK;
}

static const char *
file_of(CsFamily *f, const CsCut *cut)
{
  return cs_arena_printf(f->arena, "%s%s.%s",
      cut->kind == CS_CUT_ALTERNATE ? "full." : "", cut->name, f->wish.format);
}

/// The members that the full one has room for.
static CsStatus
gather(CsFamily *f, CsCuts *cuts)
{
  CsText notes = cs_text_new(f->arena);
  CS_TRY(
      cs_cuts_fit(f->arena, cuts, f->members[0].job->plan->duration_s, &notes));
  f->n = 0;
  for (size_t i = 0; i < cuts->n; i++) {
    bool is_worth_it = true;
    if (cuts->items[i].kind == CS_CUT_ALTERNATE)
      CS_TRY(
          is_alternate_worth_it(f, cuts->items[i].name, &is_worth_it, &notes));
    if (!is_worth_it)
      continue;
    CsMember *m = &f->members[f->n++];
    m->cut      = cuts->items[i];
    m->file     = file_of(f, &m->cut);
    CS_TRY_NEW(m->file);
  }
  return cs_text_take(&notes, &f->notes);
}

// ---- Drawing ----------------------------------------------------------------

static CsStatus
draw_member(CsFamily *f, CsMember *m, int nth, size_t n_kin)
{
  CS_TRY(begin(f, &m->job));
  CS_TRY(cs_family_ask(f, m->job, m, nth));
  CS_TRY(compose(f, m, m->job));
  return cs_member_measure(f->arena, m, f->members, n_kin);
}

/// Is less wrong with a draw, or as much but fewer bars are shared?
static bool
is_better(const CsMember *next, const CsMember *kept)
{
  if (kept->job == NULL || next->n_wrong != kept->n_wrong)
    return kept->job == NULL || next->n_wrong < kept->n_wrong;
  return next->figures.literal_share < kept->figures.literal_share &&
         kept->figures.literal_share > CS_MOST_LITERAL;
}

/// Keep the first draw that is as it must be, else the one with the least that
/// is not.
static CsStatus
choose_draw(CsFamily *f, size_t index)
{
  CsMember *kept = &f->members[index];
  CsMember next  = *kept;
  for (int nth = 0; nth < CS_FAMILY_DRAWS; nth++) {
    next.job              = NULL;
    const CsStatus status = draw_member(f, &next, nth, index);
    next.n_draws          = nth + 1;
    if (status == CS_OK && is_better(&next, kept)) {
      cs_job_free(kept->job);
      *kept = next;
    } else {
      cs_job_free(next.job);
    }
    CS_TRY(status);
    kept->n_draws = nth + 1;
    if (kept->n_wrong == 0)
      return CS_OK;
  }
  return CS_OK;
}

/// Where every file will stand; nothing may lie in the way.
static CsStatus
place_files(CsFamily *f)
{
  CS_TRY(cs_inside_open(f->arena, f->wish.folder));
  for (size_t i = 0; i < f->n; i++) {
    CsMember *m = &f->members[i];
    CS_TRY(
        cs_inside_path(f->arena, f->wish.folder, "output", m->file, &m->path));
    CS_TRY(cs_output_check(f->arena, m->path));
  }
  return CS_OK;
}

CsStatus
cs_family_compose(CsArena *arena, const CsFamilyWish *wish, CsFamily *family)
{
  CsCuts cuts;
  CsFamily *f = family;
  *f          = (CsFamily){.arena = arena, .wish = *wish, .n = 1, .notes = ""};
  CS_TRY(cs_cuts_parse(arena, wish->cuts, &cuts));
  CS_TRY(cs_family_read_wish(f));
  f->members[0].cut = cuts.items[0];
  CS_TRY(compose_full(f));
  CS_TRY(gather(f, &cuts));
  for (size_t i = 1; i < f->n; i++)
    if (f->members[i].cut.kind != CS_CUT_ALTERNATE)
      CS_TRY(choose_draw(f, i));
  return place_files(f);
}

void
cs_family_free(CsFamily *family)
{
  for (size_t i = 0; i < CS_MAX_CUTS; i++) {
    cs_job_free(family->members[i].job);
    family->members[i].job = NULL;
  }
}
