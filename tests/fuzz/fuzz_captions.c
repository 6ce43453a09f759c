// Any text as SubRip or WebVTT captions: refused with its line, or a length
// that is a number.
#include "fuzz.h"

#include "gen/jobs/captions.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  CsArena *arena = cs_arena_new(NULL);
  double seconds = -1.0;
  fuzz_want(arena != NULL, "there is memory", "");
  const CsStatus status =
      cs_captions_length(arena, "x", (const char *)bytes, n_bytes, &seconds);
  fuzz_check_refusal(status, cs_arena_error(arena));
  if (status == CS_OK)
    fuzz_want(seconds >= 0.0 && seconds < 4e8, "captions have a length", "");
  else
    fuzz_want(strncmp(cs_arena_error(arena), "x line ", 7) == 0 ||
                  strstr(cs_arena_error(arena), "UTF-16") != NULL,
        "a refusal names the line, but of a file that has none",
        cs_arena_error(arena));
  cs_arena_free(arena);
  return 0;
}
