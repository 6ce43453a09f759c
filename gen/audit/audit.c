#include "gen/audit/audit.h"

#include "gen/audit/course.h"
#include "gen/audit/motif.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// ---- Findings ---------------------------------------------------------------

/// Figures are sums and quotients of many: what lies this near a limit keeps
/// it.
#define TOLERANCE 1e-9

CsFinding
cs_finding_within(double value, double low, double high)
{
  return (CsFinding){
      .applies = true,
      .holds   = value >= low - TOLERANCE && value <= high + TOLERANCE,
      .value   = value,
      .low     = low,
      .high    = high,
  };
}

CsFinding
cs_finding_at_most(double value, double high)
{
  return cs_finding_within(value, -(double)INFINITY, high);
}

CsFinding
cs_finding_at_least(double value, double low)
{
  return cs_finding_within(value, low, (double)INFINITY);
}

CsFinding
cs_finding_true(bool is_true)
{
  return cs_finding_within(is_true ? 1.0 : 0.0, 1.0, 1.0);
}

void
cs_finding_settle(CsFinding *finding, CsFinding verdict)
{
  memcpy(verdict.where, finding->where, sizeof verdict.where);
  *finding = verdict;
}

void
cs_finding_where(CsFinding *finding, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  (void)vsnprintf(finding->where, sizeof finding->where, format, args);
  va_end(args);
}

// ---- Evidence ---------------------------------------------------------------

static CsStatus
find_instruments(CsArena *arena, CsEvidence *e)
{
  e->instruments = CS_NEW_N(arena, const CsInstrument *, e->plan->n_tracks);
  CS_TRY_NEW(e->instruments);
  for (size_t i = 0; i < e->plan->n_tracks; i++) {
    const CsTrack *t      = &e->plan->tracks[i];
    const CsInstrument *x = cs_find_instrument(e->presets, t->instrument);
    e->instruments[i] =
        x != NULL ? x
                  : cs_instrument_of_program(e->presets, t->bank, t->program);
  }
  return CS_OK;
}

/// The brief's times fit its own length; another one moves them.
static CsStatus
fit_brief(CsArena *arena, CsEvidence *e)
{
  if (e->brief == NULL || e->brief->n_arc == 0)
    return CS_OK;
  CsBrief *brief = CS_NEW(arena, CsBrief);
  CS_TRY_NEW(brief);
  *brief     = *e->brief;
  brief->arc = CS_NEW_N(arena, CsArcEvent, brief->n_arc);
  CS_TRY_NEW(brief->arc);
  for (size_t i = 0; i < brief->n_arc; i++)
    brief->arc[i] = e->brief->arc[i];
  brief->warnings   = NULL;
  brief->n_warnings = 0;
  e->brief          = brief;
  const bool is_own = (brief->said & CS_SAID_DURATION) != 0 &&
                      brief->duration_s == e->plan->duration_s;
  return is_own ? CS_OK : cs_brief_fit_arc(arena, brief, e->plan->duration_s);
}

CsStatus
cs_evidence_gather(CsArena *arena, CsEvidence *evidence)
{
  CsChordSpan *chords = NULL;
  CS_TRY(find_instruments(arena, evidence));
  CS_TRY(fit_brief(arena, evidence));
  CS_TRY(cs_timeline_chords(
      arena, evidence->score->timeline, &chords, &evidence->n_chords));
  evidence->chords = chords;
  CS_TRY(cs_told_make(arena, evidence, &evidence->told));
  return cs_course_make(arena, evidence, &evidence->course);
}

// ---- The run ----------------------------------------------------------------

static void
count(CsAudit *audit, const CsProperty *property, const CsFinding *finding)
{
  audit->n_applied += finding->applies;
  if (!finding->applies || finding->holds)
    return;
  audit->n_missed_hard += property->is_hard;
  audit->n_missed_soft += !property->is_hard;
}

static CsStatus
measure_all(
    CsArena *scratch, const CsEvidence *evidence, bool is_quick, CsAudit *audit)
{
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsProperty *property = cs_properties[i];
    CsFinding *finding         = &audit->findings[i];
    *finding                   = (CsFinding){.holds = true};
    if ((is_quick && (!property->is_hard || property->is_costly)) ||
        (property->wants_sound && evidence->sound == NULL))
      continue;
    cs_arena_reset(scratch);
    CS_TRY(property->fn(scratch, evidence, finding));
    count(audit, property, finding);
  }
  return CS_OK;
}

CsStatus
cs_audit_run(
    CsArena *arena, const CsEvidence *evidence, bool is_quick, CsAudit *audit)
{
  *audit = (CsAudit){.findings = CS_NEW_N(arena, CsFinding, cs_n_properties)};
  CS_TRY_NEW(audit->findings);
  CsArena *scratch = cs_arena_new(NULL);
  if (scratch == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "not enough memory");
  const CsStatus status = measure_all(scratch, evidence, is_quick, audit);
  if (status != CS_OK)
    (void)cs_fail(arena, status, "%s", cs_arena_error(scratch));
  cs_arena_free(scratch);
  return status;
}
