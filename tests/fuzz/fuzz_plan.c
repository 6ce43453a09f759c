// Any text as an edited plan: it is refused or gives a plan that can be laid
// out in time, asked about and written again.
#include "gen/base/text.h"
#include "gen/plan/plan.h"
#include "gen/plan/timeline.h"

#include <stdlib.h>

static CsArena *presets_arena; // lives as long as the program
static CsPresets *presets;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  presets_arena = cs_arena_new(NULL);
  if (presets_arena == NULL ||
      cs_presets_load(presets_arena, ".", &presets) != CS_OK)
    abort();
  return 0;
}

static void
use(CsArena *arena, const CsPlan *plan)
{
  CsTimeline *t       = NULL;
  CsChordSpan *chords = NULL;
  size_t n_chords     = 0;
  if (cs_timeline_make(arena, plan, &t) != CS_OK ||
      cs_timeline_chords(arena, t, &chords, &n_chords) != CS_OK)
    abort(); // a plan that was taken must be whole
  for (size_t i = 0; i < plan->n_tracks; i++)
    (void)cs_track_plays(t, &plan->tracks[i], plan->n_bars - 1);
  CsText text      = cs_text_new(arena);
  CsJsonWriter w   = cs_json_writer(&text, true);
  const char *json = NULL;
  cs_plan_write_json(plan, &w, NULL);
  if (cs_text_take(&text, &json) != CS_OK)
    abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  CsArena *arena     = cs_arena_new(NULL);
  const CsJson *root = NULL;
  CsPlan *plan       = NULL;
  if (cs_json_parse(arena, "plan.json", (const char *)bytes, n_bytes, &root) ==
          CS_OK &&
      cs_plan_read_json(arena, presets, root, &plan) == CS_OK)
    use(arena, plan);
  cs_arena_free(arena);
  return 0;
}
