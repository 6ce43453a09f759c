/// Bytes to a brief, and what a brief promises: for the targets that begin with
/// a prompt.
#ifndef CS_TESTS_FUZZ_FUZZ_BRIEF_H
#define CS_TESTS_FUZZ_FUZZ_BRIEF_H

#include "fuzz.h"

/// What is said, without where: reading does not take the phrases back.
static inline const char *
fuzz_brief_text(CsArena *arena, const CsBrief *brief)
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

static inline void
fuzz_check_spans(const CsBrief *brief, size_t n_bytes)
{
  for (size_t i = 0; i < brief->n_understood; i++)
    fuzz_want(brief->understood[i].begin < brief->understood[i].end &&
                  brief->understood[i].end <= n_bytes,
        "a phrase lies in the prompt", brief->understood[i].field);
  for (size_t i = 0; i < brief->n_unknown; i++)
    fuzz_want(brief->unknown[i].begin < brief->unknown[i].end &&
                  brief->unknown[i].end <= n_bytes,
        "an unknown stretch lies in the prompt", brief->unknown[i].text);
}

/// Changes lie in the cue and spans run forwards.
static inline void
fuzz_check_arc(const CsBrief *brief)
{
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *e = &brief->arc[i];
    const char *kind    = cs_arc_kind_names[e->kind];
    const double end_s  = brief->duration_s + 0.1;
    fuzz_want(!e->has_start || (e->start_s >= -0.1 && e->start_s <= end_s),
        "a change begins in the cue", kind);
    fuzz_want(!e->has_end || (e->end_s >= e->start_s && e->end_s <= end_s),
        "a change ends in the cue, behind its start", kind);
  }
}

static inline void
fuzz_read_again(CsArena *arena, const CsBrief *brief)
{
  const CsJson *root = NULL;
  CsBrief *again     = NULL;
  const char *text   = NULL;
  fuzz_want(cs_brief_explain(arena, brief, true, &text) == CS_OK &&
                cs_brief_explain(arena, brief, false, &text) == CS_OK,
      "a brief can be explained", cs_arena_error(arena));
  const char *json = fuzz_brief_text(arena, brief);
  fuzz_want(cs_json_parse(arena, "brief", json, strlen(json), &root) == CS_OK &&
                cs_brief_read_json(arena, root, &again) == CS_OK,
      "a brief reads what it wrote", cs_arena_error(arena));
  fuzz_want(strcmp(fuzz_brief_text(arena, again), json) == 0,
      "a brief that was read again is the same", json);
}

/// @return NULL where the prompt was refused, with its reason.
static inline CsBrief *
fuzz_brief(CsArena *arena, const CsLexicon *lexicon, const uint8_t *bytes,
    size_t n_bytes)
{
  CsBrief *brief        = NULL;
  const CsStatus status = cs_brief_parse(
      arena, lexicon, n_bytes > 0 ? (const char *)bytes : "", n_bytes, &brief);
  fuzz_check_refusal(status, cs_arena_error(arena));
  if (status != CS_OK)
    return NULL;
  fuzz_check_spans(brief, n_bytes);
  fuzz_check_arc(brief);
  fuzz_read_again(arena, brief);
  return brief;
}

#endif
