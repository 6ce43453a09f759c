// Any text as a preset file: refused with its reason, or taken; by a style that
// was taken cues can be planned and composed. Which kind of file it is shows in
// the list that it holds.
#include "fuzz.h"

#include "gen/presets/reading.h"

#include <string.h>

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc, (void)argv;
  (void)fuzz_engine();
  return 0;
}

static CsPresetReader *
reader_for(const CsJson *root)
{
  static const struct {
    const char *list;
    CsPresetReader *reader;
  } rows[] = {
      {"instruments", cs_read_instruments},
      {"patterns", cs_read_patterns},
      {"progressions", cs_read_progressions},
  };
  for (size_t i = 0; root->kind == CS_JSON_OBJECT && i < 3; i++)
    if (cs_json_member(root, rows[i].list) != NULL &&
        cs_json_member(root, "tracks") == NULL)
      return rows[i].reader;
  return cs_read_style;
}

/// The shipped presets as they stand when that reader is called: what comes
/// before, and room for one more style.
static CsPresets
presets_before(CsArena *arena, CsPresetReader *reader)
{
  CsPresets p = *fuzz_engine()->presets;
  if (reader == cs_read_instruments)
    p.n_instruments = 0;
  if (reader == cs_read_progressions)
    p.n_progressions = 0;
  CsStyle *table = CS_NEW_N(arena, CsStyle, p.n_styles + 1);
  memcpy(table, p.styles, p.n_styles * sizeof *table);
  p.styles = table;
  return p;
}

static void
use_style(CsArena *arena, const CsPresets *presets)
{
  static const char *const prompts[] = {
      "12 s bed", "8 s theme that builds, in 3/4", "2 s stinger"};
  for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++) {
    CsOptions options;
    CsBrief *brief = NULL;
    CsPlan *plan   = NULL;
    cs_options_default(&options);
    options.wish.style = presets->styles[presets->n_styles - 1].name;
    fuzz_want(
        cs_brief_parse(arena, fuzz_engine()->lexicon, prompts[i],
            strlen(prompts[i]), &brief) == CS_OK &&
            cs_plan_make(arena, presets, brief, &options.wish, &plan) == CS_OK,
        "a style that was taken can be planned by", cs_arena_error(arena));
    fuzz_compose(arena, presets, plan, brief);
  }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
  CsArena *arena     = cs_arena_new(NULL);
  const CsJson *root = NULL;
  CsStatus status    = cs_json_parse(
         arena, "presets/fuzz.json", (const char *)bytes, n_bytes, &root);
  if (status == CS_OK) {
    CsPresetReader *reader = reader_for(root);
    CsPresets presets      = presets_before(arena, reader);
    status                 = reader(arena, root, &presets);
    if (status == CS_OK && reader == cs_read_style)
      use_style(arena, &presets);
  }
  fuzz_check_refusal(status, cs_arena_error(arena));
  cs_arena_free(arena);
  return 0;
}
