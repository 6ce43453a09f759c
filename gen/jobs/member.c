#include "gen/jobs/member.h"

#include "gen/audit/facts.h"
#include "gen/audit/properties.h"
#include "gen/jobs/kin_groove.h"

#include <math.h>
#include <stdio.h>

/// RULEBOOK 3.1, for commercial lengths.
static const double least_ring_s  = 1.5;
static const double least_palette = 0.8, rounding = 0.001;

// ---- Figures ----------------------------------------------------------------

static CsStatus
measure_literal(CsArena *scratch, CsMember *m, const CsMember *other)
{
  double ours = 0.0, theirs = 0.0;
  CS_TRY(cs_kin_literal_share(scratch, &other->e, &m->e, &ours));
  CS_TRY(cs_kin_literal_share(scratch, &m->e, &other->e, &theirs));
  const double share = fmax(ours, theirs);
  if (share > m->figures.literal_share) {
    m->figures.literal_share = share;
    m->figures.literal_with  = other->cut.name;
  }
  return CS_OK;
}

/// Drums alone come home by a turn that leads to a last stroke.
static CsStatus
measure_drum_end(CsArena *scratch, CsMember *m)
{
  CsDrumEnd end;
  CS_TRY(cs_kin_drum_end(scratch, &m->e, &end));
  m->figures.is_closed = end.is_struck;
  m->figures.has_lead  = end.is_led;
  m->figures.cadence   = end.is_led ? "turn, stroke" : "stroke";
  return CS_OK;
}

static CsStatus
measure_cadence(CsArena *arena, CsArena *scratch, CsMember *m)
{
  CsMemberFigures *f   = &m->figures;
  const CsEvidence *e  = &m->e;
  CsFinding last_chord = {.holds = true};
  CS_TRY(cs_property_T18.fn(scratch, e, &last_chord));
  f->is_closed = last_chord.holds;
  if (e->n_chords == 0)
    return CS_OK;
  const CsChordSpan *last = &e->chords[e->n_chords - 1];
  const CsChordSpan *lead = last;
  while (lead > e->chords && lead->chord.root == last->chord.root)
    lead--;
  const CsTimeline *t    = e->score->timeline;
  const int64_t bar_tick = cs_bar_tick(t, cs_n_body_bars(e));
  f->has_lead            = lead->chord.root != last->chord.root &&
                lead->end_tick >= bar_tick - cs_bar_ticks(t, 0);
  f->cadence = cs_arena_printf(
      arena, "%s %s", f->has_lead ? lead->symbol : "", last->symbol);
  CS_TRY_NEW(f->cadence);
  return CS_OK;
}

static CsStatus
measure_end(CsArena *arena, CsArena *scratch, CsMember *m)
{
  m->figures.ring_s    = m->e.plan->ring_out_s;
  m->figures.is_closed = true;
  if (!cs_has_cadence(&m->e))
    return CS_OK;
  return cs_has_pitches(&m->e) ? measure_cadence(arena, scratch, m)
                               : measure_drum_end(scratch, m);
}

static CsStatus
measure_missed(CsArena *arena, const CsAudit *audit, CsMemberFigures *f)
{
  f->n_missed = audit->n_missed_hard;
  for (size_t i = 0; i < cs_n_properties && f->missed == NULL; i++) {
    const CsFinding *found = &audit->findings[i];
    if (!found->applies || found->holds || !cs_properties[i]->is_hard)
      continue;
    f->missed = cs_arena_printf(arena, "%s (%s%s%s)", cs_properties[i]->id,
        cs_properties[i]->name, found->where[0] != '\0' ? ": " : "",
        found->where);
    CS_TRY_NEW(f->missed);
  }
  return CS_OK;
}

static CsStatus
measure_in(CsArena *arena, CsArena *scratch, CsMember *m, const CsMember *kin,
    size_t n_kin)
{
  CsAudit audit;
  const CsMember *full = n_kin > 0 ? &kin[0] : m;
  CsMemberFigures *f   = &m->figures;
  *f                   = (CsMemberFigures){.literal_share = 0.0};
  for (size_t i = 0; i < n_kin; i++)
    if (kin[i].job != NULL)
      CS_TRY(measure_literal(scratch, m, &kin[i]));
  CS_TRY(cs_kin_theme(scratch, &full->e, &m->e, &f->theme));
  CS_TRY(measure_end(arena, scratch, m));
  CS_TRY(cs_audit_run(scratch, &m->e, true, &audit));
  f->tempo_bpm     = cs_kin_tempo_bpm(&m->e);
  f->tempo_step    = f->tempo_bpm / cs_kin_tempo_bpm(&full->e) - 1.0;
  f->palette_share = cs_kin_palette_share(&full->e, &m->e);
  f->is_same_key   = m->e.plan->key.mode == full->e.plan->key.mode &&
                   m->e.plan->key.tonic_pc == full->e.plan->key.tonic_pc;
  return measure_missed(arena, &audit, f);
}

// ---- What is wrong ----------------------------------------------------------

/// Its own tempo, or twice it: a sting in double time.
static bool
is_near(double step)
{
  const double most = CS_TEMPO_NEAR + rounding;
  return fabs(step) <= most || fabs((step + 1.0) / 2.0 - 1.0) <= most;
}

static void
say(CsMember *m, CsText *text, const char *what)
{
  cs_text_addf(text, "%s%s", m->n_wrong++ > 0 ? ", " : "", what);
}

static void
judge_kinship(CsMember *m, CsText *text)
{
  static const char *const unstated[CS_N_CARRIERS] = {
      [CS_CARRIED_BY_TUNE]    = "does not state the motif",
      [CS_CARRIED_BY_HARMONY] = "does not go the way of the first chords",
      [CS_CARRIED_BY_GROOVE]  = "does not play the groove",
  };
  const CsMemberFigures *f = &m->figures;
  char what[160];
  if (f->literal_share > CS_MOST_LITERAL + rounding) {
    (void)snprintf(what, sizeof what,
        "has %.0f %% of its bars in common with %s (%.0f %% at most)",
        100.0 * f->literal_share, f->literal_with, 100.0 * CS_MOST_LITERAL);
    say(m, text, what);
  }
  if (f->theme.n_heard == 0 && unstated[f->theme.carrier] != NULL)
    say(m, text, unstated[f->theme.carrier]);
  if (!is_near(f->tempo_step))
    say(m, text, "goes in another tempo");
  if (f->palette_share < least_palette)
    say(m, text, "has other instruments");
  if (!f->is_same_key)
    say(m, text, "is in another key");
}

static void
judge_end(CsMember *m, CsText *text)
{
  const CsPlan *plan = m->e.plan;
  char what[160];
  if (m->cut.kind == CS_CUT_LOOP) {
    if (plan->n_bars != CS_LOOP_BARS)
      say(m, text, "is not of eight bars");
    return;
  }
  if (!cs_has_cadence(&m->e)) {
    say(m, text, "ends without a last chord");
    return;
  }
  if (m->figures.ring_s < least_ring_s - rounding) {
    (void)snprintf(what, sizeof what,
        "has its last downbeat %.2f s before the end (1.5 s at least)",
        m->figures.ring_s);
    say(m, text, what);
  }
  // Ambient music goes over into its last chord.
  if (!m->figures.is_closed ||
      (!m->figures.has_lead && plan->function != CS_AMBIENT))
    say(m, text,
        cs_has_pitches(&m->e) ? "does not come home on a cadence"
                              : "does not turn to a last stroke");
}

/// The full one is as it was asked, and judged by its own record.
static CsStatus
judge(CsArena *arena, CsMember *m)
{
  CsText text = cs_text_new(arena);
  m->n_wrong  = 0;
  if (m->cut.kind != CS_CUT_FULL) {
    judge_kinship(m, &text);
    judge_end(m, &text);
    if (m->figures.n_missed > 0) {
      cs_text_addf(
          &text, "%smisses %s", m->n_wrong > 0 ? ", " : "", m->figures.missed);
      m->n_wrong++;
    }
  }
  return cs_text_take(&text, &m->wrong);
}

CsStatus
cs_member_measure(
    CsArena *arena, CsMember *member, const CsMember *kin, size_t n_kin)
{
  CsArena *scratch = cs_arena_new(NULL);
  if (scratch == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "not enough memory");
  const CsStatus status = measure_in(arena, scratch, member, kin, n_kin);
  if (status != CS_OK && cs_arena_error(arena)[0] == '\0')
    (void)cs_fail(arena, status, "%s", cs_arena_error(scratch));
  cs_arena_free(scratch);
  CS_TRY(status);
  return judge(arena, member);
}
