// Any text as an edited plan: it is refused with its reason or gives a plan
// that can be laid out in time, written again as the same plan and, when it is
// short, composed, performed, drawn and exported.
#include "fuzz.h"

#include "gen/plan/timeline.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  (void)fuzz_engine();
  return 0;
}

static void
use(CsArena *arena, const CsPlan *plan)
{
  CsTimeline *t       = NULL;
  CsChordSpan *chords = NULL;
  size_t n_chords     = 0;
  fuzz_want(cs_timeline_make(arena, plan, &t) == CS_OK &&
                cs_timeline_chords(arena, t, &chords, &n_chords) == CS_OK,
      "a plan that was taken is whole", cs_arena_error(arena));
  for (size_t i = 0; i < plan->n_tracks; i++)
    (void)cs_track_plays(t, &plan->tracks[i], plan->n_bars - 1);
  fuzz_check_plan(arena, fuzz_engine()->presets, plan);
  fuzz_compose(arena, fuzz_engine()->presets, plan, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  CsArena *arena        = cs_arena_new(NULL);
  CsPlan *plan          = NULL;
  const CsStatus status = fuzz_read_plan(
      arena, fuzz_engine()->presets, (const char *)bytes, n_bytes, &plan);
  fuzz_check_refusal(status, cs_arena_error(arena));
  if (status == CS_OK)
    use(arena, plan);
  cs_arena_free(arena);
  return 0;
}
