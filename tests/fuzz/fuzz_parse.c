// Any bytes as a prompt: refused with its reason, or a brief that can be
// explained, written, read back as the same brief and fitted to other lengths.
// Nothing is planned, so that many more are tried than by fuzz_prompt.
#include "fuzz_brief.h"

static CsLexicon *lexicon;

static void
clean_up(void)
{
  cs_lexicon_free(lexicon);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  CsArena *arena = cs_arena_new(NULL);
  fuzz_want(cs_lexicon_load(arena, "grammar/lexicon", &lexicon) == CS_OK,
      "the words load", cs_arena_error(arena));
  cs_arena_free(arena);
  (void)atexit(clean_up);
  return 0;
}

/// As when --duration gives another length.
static void
fit(CsArena *arena, CsBrief *brief)
{
  static const double lengths_s[] = {7.5, 600.0, 0.5};
  for (size_t i = 0; i < sizeof lengths_s / sizeof *lengths_s; i++) {
    fuzz_want(cs_brief_fit_arc(arena, brief, lengths_s[i]) == CS_OK,
        "a brief fits another length", cs_arena_error(arena));
    fuzz_check_arc(brief);
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  CsArena *arena = cs_arena_new(NULL);
  CsBrief *brief = fuzz_brief(arena, lexicon, bytes, n_bytes);
  if (brief != NULL)
    fit(arena, brief);
  cs_arena_free(arena);
  return 0;
}
