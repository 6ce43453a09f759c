// Any bytes as a prompt, all the way: a brief (see fuzz_parse.c) is planned
// from, and a short plan is composed, performed, drawn and exported.
#include "fuzz_brief.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  (void)fuzz_engine();
  return 0;
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
  CsArena *arena = cs_arena_new(NULL);
  CsBrief *brief = fuzz_brief(arena, fuzz_engine()->lexicon, bytes, n_bytes);
  if (brief != NULL)
    plan(arena, brief);
  cs_arena_free(arena);
  return 0;
}
