// Any bytes as a prompt: refused with its reason, or a brief that can be
// explained, written, read back as the same brief and planned from; a short
// plan is composed.
#include "fuzz.h"

#include <math.h>
#include <string.h>

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  (void)fuzz_engine();
  return 0;
}

/// What is said, without where: reading does not take the phrases back.
static const char *
text_of(CsArena *arena, const CsBrief *brief)
{
  CsBrief bare      = *brief;
  bare.n_understood = 0;
  bare.n_unknown    = 0;
  CsText text       = cs_text_new(arena);
  CsJsonWriter w    = cs_json_writer(&text, true);
  const char *json  = NULL;
  cs_brief_write_json(&bare, &w, NULL);
  fuzz_want(cs_text_take(&text, &json) == CS_OK, "a brief can be written", "");
  return json;
}

static void
check_spans(const CsBrief *brief, size_t n_bytes)
{
  for (size_t i = 0; i < brief->n_understood; i++)
    fuzz_want(brief->understood[i].begin < brief->understood[i].end &&
                  brief->understood[i].end <= n_bytes,
        "a phrase lies in the prompt", brief->understood[i].field);
  for (size_t i = 0; i < brief->n_unknown; i++)
    fuzz_want(brief->unknown[i].begin < brief->unknown[i].end &&
                  brief->unknown[i].end <= n_bytes,
        "an unknown stretch lies in the prompt", brief->unknown[i].text);
  for (size_t i = 0; i < brief->n_arc; i++)
    fuzz_want(!brief->arc[i].has_start || brief->arc[i].start_s >= -0.1,
        "a change does not begin before the cue",
        cs_arc_kind_names[brief->arc[i].kind]);
}

static void
read_again(CsArena *arena, const CsBrief *brief)
{
  const CsJson *root = NULL;
  CsBrief *again     = NULL;
  const char *text   = NULL;
  fuzz_want(cs_brief_explain(arena, brief, true, &text) == CS_OK,
      "a brief can be explained", cs_arena_error(arena));
  const char *json = text_of(arena, brief);
  fuzz_want(cs_json_parse(arena, "brief", json, strlen(json), &root) == CS_OK &&
                cs_brief_read_json(arena, root, &again) == CS_OK,
      "a brief reads what it wrote", cs_arena_error(arena));
  fuzz_want(strcmp(text_of(arena, again), json) == 0,
      "a brief that was read again is the same", json);
}

static void
plan(CsArena *arena, const CsBrief *brief)
{
  CsOptions options;
  CsPlan *made = NULL;
  cs_options_default(&options);
  const CsStatus status =
      cs_plan_make(arena, fuzz_engine()->presets, brief, &options.wish, &made);
  fuzz_check_refusal(status, cs_arena_error(arena));
  if (status == CS_OK) {
    fuzz_check_plan(arena, fuzz_engine()->presets, made);
    fuzz_compose(arena, fuzz_engine()->presets, made, brief);
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  CsArena *arena        = cs_arena_new(NULL);
  CsBrief *brief        = NULL;
  const CsStatus status = cs_brief_parse(arena, fuzz_engine()->lexicon,
      n_bytes > 0 ? (const char *)bytes : "", n_bytes, &brief);
  fuzz_check_refusal(status, cs_arena_error(arena));
  if (status == CS_OK) {
    check_spans(brief, n_bytes);
    read_again(arena, brief);
    plan(arena, brief);
  }
  cs_arena_free(arena);
  return 0;
}
