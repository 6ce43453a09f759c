#include "gen/jobs/cuts.h"

#include "gen/alternates.h"
#include "gen/base/json.h"
#include "grammar/parse.h"

#include <string.h>

const char *const cs_cut_kind_names[CS_N_CUT_KINDS] = {
    [CS_CUT_FULL]      = "full",
    [CS_CUT_LENGTH]    = "cut",
    [CS_CUT_STING]     = "sting",
    [CS_CUT_LOOP]      = "loop",
    [CS_CUT_ALTERNATE] = "alternate",
};

/// A shorter one has no room for a theme and 1.5 s of its last chord.
static const double shortest_s = 5.0;

static CsStatus
read_length(CsArena *arena, const char *name, CsCut *cut)
{
  char number[32];
  if (cut->length_s < shortest_s || cut->length_s > CS_MAX_DURATION_S)
    return cs_fail(arena, CS_ERR_REQUEST,
        "--cuts \"%s\": a cut lasts %g s to 12 h; name a length between, or "
        "sting",
        name, shortest_s);
  cs_format_number(cut->length_s, number);
  cut->kind = CS_CUT_LENGTH;
  cut->name = cs_arena_copy(arena, number, strlen(number));
  CS_TRY_NEW(cut->name);
  return CS_OK;
}

/// Alternates are told by the reader of --alt, whose sentence speaks of --alt.
static CsStatus
read_alternate(CsArena *arena, const char *name)
{
  CsAlternates one      = {.n = 0};
  const CsStatus status = cs_alternates_parse(arena, name, &one);
  if (status != CS_ERR_REQUEST)
    return status;
  cs_arena_clear_error(arena);
  return cs_fail(arena, CS_ERR_REQUEST,
      "--cuts \"%s\" does not work; give lengths (60 or 1:30), sting, loop, "
      "and "
      "alternates of the full one (underscore, no-drums, no-melody, drums-bass "
      "...)",
      name);
}

static CsStatus
read_cut(CsArena *arena, const char *name, CsCut *cut)
{
  *cut = (CsCut){.name = name, .kind = CS_CUT_ALTERNATE};
  if (cs_parse_time(name, &cut->length_s))
    return read_length(arena, name, cut);
  cut->length_s = CS_STING_S;
  for (int kind = 0; kind < CS_CUT_ALTERNATE; kind++)
    if (kind != CS_CUT_LENGTH && strcmp(name, cs_cut_kind_names[kind]) == 0)
      cut->kind = (CsCutKind)kind;
  return cut->kind == CS_CUT_ALTERNATE ? read_alternate(arena, name) : CS_OK;
}

static CsStatus
add_cut(CsArena *arena, const char *name, CsCuts *cuts)
{
  CsCut cut;
  CS_TRY(read_cut(arena, name, &cut));
  if (cut.kind == CS_CUT_FULL)
    return CS_OK;
  for (size_t i = 0; i < cuts->n; i++)
    if (strcmp(cuts->items[i].name, cut.name) == 0)
      return cs_fail(arena, CS_ERR_REQUEST,
          "--cuts names %s twice; leave one of them out", cut.name);
  if (cuts->n == CS_MAX_CUTS)
    return cs_fail(arena, CS_ERR_REQUEST,
        "--cuts: at most %d are made at once; ask for fewer", CS_MAX_CUTS - 1);
  cuts->items[cuts->n++] = cut;
  return CS_OK;
}

CsStatus
cs_cuts_parse(CsArena *arena, const char *text, CsCuts *cuts)
{
  *cuts = (CsCuts){.n = 1, .is_usual = text == NULL};
  cuts->items[0] =
      (CsCut){.name = cs_cut_kind_names[CS_CUT_FULL], .kind = CS_CUT_FULL};
  for (const char *at = text != NULL ? text : CS_USUAL_CUTS; at != NULL;) {
    const CsListItem item = cs_list_next(&at);
    const char *name      = cs_arena_copy(arena, item.text, item.n);
    CS_TRY_NEW(name);
    CS_TRY(add_cut(arena, name, cuts));
  }
  return CS_OK;
}

CsStatus
cs_cuts_fit(CsArena *arena, CsCuts *cuts, double full_s, CsText *notes)
{
  size_t n = 0;
  for (size_t i = 0; i < cuts->n; i++) {
    const CsCut *cut = &cuts->items[i];
    const bool is_timed =
        cut->kind == CS_CUT_LENGTH || cut->kind == CS_CUT_STING;
    if (!is_timed || cut->length_s < full_s) {
      cuts->items[n++] = *cut;
      continue;
    }
    if (!cuts->is_usual)
      return cs_fail(arena, CS_ERR_REQUEST,
          "--cuts %s: the full one lasts %g s and a cut of it is shorter; "
          "leave "
          "it out, or ask for a longer --duration",
          cut->name, full_s);
    cs_text_addf(
        notes, "%s is left out: the full one lasts %g s\n", cut->name, full_s);
  }
  cuts->n = n;
  return CS_OK;
}
