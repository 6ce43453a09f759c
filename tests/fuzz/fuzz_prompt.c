/// libFuzzer target: no text may crash the parser, its JSON or its explanation.
#include "grammar/parse.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static CsLexicon *
lexicon(void)
{
  static CsLexicon *loaded; // once for all inputs
  CsArena *arena = loaded == NULL ? cs_arena_new(NULL) : NULL;
  if (loaded == NULL &&
      (arena == NULL ||
          cs_lexicon_load(arena, "grammar/lexicon", &loaded) != CS_OK))
    abort();
  cs_arena_free(arena);
  return loaded;
}

static void
check(CsArena *arena, const CsBrief *brief)
{
  CsText text         = cs_text_new(arena);
  CsJsonWriter writer = cs_json_writer(&text, true);
  const char *json = "", *explained = "";
  const CsJson *root = NULL;
  CsBrief *again     = NULL;
  cs_brief_write_json(brief, &writer, NULL);
  if (cs_text_take(&text, &json) != CS_OK ||
      cs_json_parse(arena, "brief", json, text.n, &root) != CS_OK ||
      cs_brief_read_json(arena, root, &again) != CS_OK ||
      cs_brief_explain(arena, brief, false, &explained) != CS_OK)
    abort();
  for (size_t i = 0; i < brief->n_arc; i++)
    if (brief->arc[i].has_start && brief->arc[i].start_s < -0.1)
      abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  CsArena *arena = cs_arena_new(NULL);
  CsBrief *brief = NULL;
  if (arena == NULL)
    abort();
  if (cs_brief_parse(arena, lexicon(), (const char *)data, size, &brief) ==
      CS_OK)
    check(arena, brief);
  cs_arena_free(arena);
  return 0;
}
