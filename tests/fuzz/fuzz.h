/// What the fuzz targets share.
#ifndef CS_TESTS_FUZZ_FUZZ_H
#define CS_TESTS_FUZZ_FUZZ_H

#include "gen/audit/audit.h"
#include "gen/compose/score.h"
#include "gen/engine.h"
#include "gen/io/midi.h"
#include "gen/io/picture.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

/// A promise of the library that was broken: end with the reason in the log.
static inline void
fuzz_want(bool holds, const char *promise, const char *detail)
{
  if (holds)
    return;
  (void)fprintf(stderr, "broken: %s: %s\n", promise, detail);
  abort();
}

/// Lives as long as the program.
static inline const CsEngine *
fuzz_engine(void)
{
  static CsEngine *engine;
  char why[CS_MESSAGE_BYTES];
  if (engine == NULL)
    fuzz_want(cs_engine_open(".", why, &engine) == CS_OK, "it opens", why);
  return engine;
}

/// A refusal says why, in one line.
static inline void
fuzz_check_refusal(CsStatus status, const char *why)
{
  if (status == CS_OK)
    return;
  fuzz_want(status == CS_ERR_REQUEST, "bad input is a bad request", why);
  fuzz_want(why[0] != '\0', "a refusal says why", "");
}

static inline CsStatus
fuzz_read_plan(CsArena *arena, const CsPresets *presets, const char *bytes,
    size_t n_bytes, CsPlan **plan)
{
  const CsJson *root = NULL;
  CS_TRY(cs_json_parse(arena, "plan.json", bytes, n_bytes, &root));
  return cs_plan_read_json(arena, presets, root, plan);
}

static inline const char *
fuzz_plan_text(CsArena *arena, const CsPlan *plan)
{
  CsText text      = cs_text_new(arena);
  CsJsonWriter w   = cs_json_writer(&text, true);
  const char *json = NULL;
  cs_plan_write_json(plan, &w, NULL);
  fuzz_want(cs_text_take(&text, &json) == CS_OK, "a plan can be written", "");
  return json;
}

/// A plan reads back from its own JSON as the same plan.
static inline void
fuzz_check_plan(CsArena *arena, const CsPresets *presets, const CsPlan *plan)
{
  CsPlan *again    = NULL;
  const char *json = fuzz_plan_text(arena, plan);
  const CsStatus status =
      fuzz_read_plan(arena, presets, json, strlen(json), &again);
  if (status != CS_OK)
    (void)fprintf(stderr, "%s\n", json);
  fuzz_want(
      status == CS_OK, "a plan reads what it wrote", cs_arena_error(arena));
  const char *other = fuzz_plan_text(arena, again);
  if (strcmp(other, json) != 0)
    (void)fprintf(stderr, "%s\n", other);
  fuzz_want(strcmp(other, json) == 0, "a plan that was read is the same", json);
}

/// Whatever was made can be judged by its notes.
static inline void
fuzz_audit(CsArena *arena, CsEvidence evidence)
{
  const CsPlanWish wish = {.sample_rate = evidence.plan->sample_rate,
      .peak_dbtp                        = -1.0,
      .seed                             = evidence.plan->seed,
      .theme_seed                       = evidence.plan->theme_seed};
  CsAudit audit;
  evidence.wish = &wish;
  fuzz_want(cs_evidence_gather(arena, &evidence) == CS_OK &&
                cs_audit_run(arena, &evidence, true, &audit) == CS_OK,
      "what was made can be judged", cs_arena_error(arena));
}

/// Write the notes of a short plan, perform, draw, export and judge them.
static inline void
fuzz_compose(CsArena *arena, const CsPresets *presets, const CsPlan *plan,
    const CsBrief *brief)
{
  CsScore *score    = NULL;
  CsPerformance *p  = NULL;
  const char *bytes = NULL;
  size_t n_bytes    = 0;
  if (plan->duration_s > 20.0 || plan->n_bars > 30 || plan->n_tracks > 16)
    return; // too slow to try many
  fuzz_want(cs_compose(arena, presets, plan, &score) == CS_OK,
      "a plan that was taken can be composed", cs_arena_error(arena));
  fuzz_want(cs_perform(arena, presets, score, &p) == CS_OK,
      "a score can be performed", cs_arena_error(arena));
  fuzz_want(cs_midi_write(arena, p, "fuzz", &bytes, &n_bytes) == CS_OK,
      "a performance can be exported", cs_arena_error(arena));
  fuzz_want(cs_picture_draw(arena, p, brief, NULL, NULL, &bytes) == CS_OK,
      "a performance can be drawn", cs_arena_error(arena));
  fuzz_audit(arena, (CsEvidence){.presets = presets,
                        .brief            = brief,
                        .plan             = plan,
                        .score            = score,
                        .performance      = p});
}

#endif
