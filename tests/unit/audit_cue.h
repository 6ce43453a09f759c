/// A cue made from a prompt, and hands to break it with: its notes, its playing
/// and what is asked of it can be changed, then it is looked at again.
#ifndef CS_TESTS_UNIT_AUDIT_CUE_H
#define CS_TESTS_UNIT_AUDIT_CUE_H

#include "tests/unit/engine_fixture.h"

#include "gen/audit/facts.h"
#include "gen/judge.h"

#include "gen/base/mathx.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

typedef struct Cue {
  CsJob *job;
  CsEvidence e;
  CsPlan *plan;
  CsScore *score;
  CsPerformance *played;
  CsBrief *brief;
} Cue;

static inline void
check(const Cue *cue, CsStatus status)
{
  if (status != CS_OK)
    fail_msg("%s", cs_job_error(cue->job));
}

/// Bring the evidence up to date.
static inline void
look(Cue *cue)
{
  cue->job->brief = cue->brief;
  check(cue, cs_job_evidence(cue->job->arena, cue->job, &cue->e));
}

/// Play changed notes.
static inline void
replay(Cue *cue)
{
  cs_score_finish(cue->score);
  check(cue, cs_perform(cue->job->arena, engine->presets, cue->score,
                 &cue->job->performance));
  cue->played = cue->job->performance;
}

static inline Cue
cue_of(const char *prompt, const char *seed)
{
  Cue cue = {NULL};
  assert_int_equal(cs_job_new(engine, &cue.job), CS_OK);
  check(&cue, cs_job_set(cue.job, "seed", seed));
  check(&cue, cs_job_parse(cue.job, prompt));
  check(&cue, cs_job_compose(cue.job));
  cue.plan   = cue.job->plan;
  cue.score  = cue.job->score;
  cue.played = cue.job->performance;
  cue.brief  = cue.job->brief;
  look(&cue);
  return cue;
}

/// The hard properties that are missed, with blanks between.
static inline const char *
missed(Cue *cue, bool is_loud)
{
  CsAudit audit;
  CsText text      = cs_text_new(cue->job->arena);
  const char *list = "";
  check(cue, cs_audit_run(cue->job->arena, &cue->e, true, &audit));
  for (size_t i = 0; i < cs_n_properties; i++) {
    const CsFinding *f = &audit.findings[i];
    if (!f->applies || f->holds)
      continue;
    cs_text_addf(&text, "%s%s", text.n > 0 ? " " : "", cs_properties[i]->id);
    if (is_loud)
      print_message("    %s: %.3f (%.3f..%.3f) %s\n", cs_properties[i]->id,
          f->value, f->low, f->high, f->where);
  }
  assert_int_equal(cs_text_take(&text, &list), CS_OK);
  return list;
}

// --- Ways to break -----------------------------------------------------------

static inline CsPart *
part_of(Cue *cue, CsRole role)
{
  const size_t track = cs_track_of_role(&cue->e, role);
  assert_true(track < cue->score->n_parts);
  return &cue->score->parts[track];
}

static inline int64_t
bar_tick(const Cue *cue, int bar)
{
  return cs_bar_tick(cue->score->timeline, bar);
}

static inline void
add_note(Cue *cue, CsRole role, int64_t tick, int64_t n_ticks, int key)
{
  const size_t track = cs_track_of_role(&cue->e, role);
  assert_true(track < cue->score->n_parts);
  check(cue, cs_score_add_note(cue->job->arena, cue->score, track,
                 (CsNote){tick, n_ticks, (uint8_t)key, 90, 0.0F}));
}

static inline int64_t
tick_at(const Cue *cue, double seconds)
{
  return cs_tick_of_seconds(cue->score->timeline, seconds);
}

/// Take out what a part starts in a span, and end what sounds into it.
static inline void
clear_span(CsPart *part, int64_t from, int64_t to)
{
  size_t n = 0;
  for (size_t k = 0; k < part->n_notes; k++) {
    CsNote note = part->notes[k];
    if (note.start_tick >= from && note.start_tick < to)
      continue;
    if (note.start_tick < from && note.start_tick + note.n_ticks > from)
      note.n_ticks = from - note.start_tick;
    part->notes[n++] = note;
  }
  part->n_notes = n;
}

static inline void
clear_all(Cue *cue, int64_t from, int64_t to)
{
  for (size_t i = 0; i < cue->score->n_parts; i++)
    clear_span(&cue->score->parts[i], from, to);
}

static inline void
ask_event(Cue *cue, CsArcKind kind, double from_s, double to_s)
{
  cue->brief->arc    = CS_NEW(cue->job->arena, CsArcEvent);
  cue->brief->n_arc  = 1;
  cue->brief->arc[0] = (CsArcEvent){.kind = kind,
      .has_start                          = true,
      .has_end                            = to_s > from_s,
      .start_s                            = from_s,
      .end_s                              = to_s,
      .start_at                           = from_s,
      .end_at                             = to_s,
      .amount                             = 1.0};
}

static inline void
ask_ending(Cue *cue, CsEnding ending)
{
  cue->brief->said |= CS_SAID_ENDING;
  cue->brief->ending = ending;
}

static inline void
shift_keys(CsPart *part, int64_t from, int64_t to, int semitones)
{
  for (size_t k = 0; k < part->n_notes; k++)
    if (part->notes[k].start_tick >= from && part->notes[k].start_tick < to)
      part->notes[k].key = (uint8_t)(part->notes[k].key + semitones);
}

/// Where a section of that kind begins.
static inline double
section_s(const Cue *cue, CsSectionKind kind)
{
  for (size_t i = 0; i < cue->plan->n_sections; i++)
    if (cue->plan->sections[i].kind == kind)
      return cue->plan->sections[i].start_s;
  fail_msg("no section %s", cs_section_kind_names[kind]);
  return 0.0;
}

#endif
