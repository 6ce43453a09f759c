// Draws that were found before, taken again without a search.

#include "gen/jobs/course_planning.h"

#include "gen/base/hash.h"

#include <string.h>

static void
hash_text(CsHash *hash, const char *text)
{
  cs_hash_add(hash, text, strlen(text) + 1);
}

CsStatus
cs_course_find_asked(CsCoursePlanner *p, const CsGround *ground)
{
  const CsCoursePlan *plan = p->plan;
  CsHash hash;
  char hex[65];
  cs_hash_begin(&hash);
  hash_text(&hash, ground->engine);
  hash_text(&hash, ground->presets);
  for (size_t u = 0; u < plan->n_units; u++) {
    hash_text(&hash, "module");
    for (size_t i = 0; i < plan->units[u].n_pieces; i++) {
      const CsCoursePiece *piece = &plan->units[u].pieces[i];
      hash_text(&hash, piece->problem != NULL ? "no part" : "part");
      if (piece->problem != NULL)
        continue;
      hash_text(&hash, cs_part_kind_names[piece->part->kind]);
      hash_text(&hash, piece->part->prompt);
      for (size_t k = 0; k < piece->n_options; k++) {
        hash_text(&hash, piece->options[k].name);
        hash_text(&hash, piece->options[k].value);
      }
    }
  }
  cs_hash_end(&hash, hex);
  p->plan->draws.asked = cs_arena_copy(p->arena, hex, strlen(hex));
  return p->plan->draws.asked != NULL ? CS_OK : CS_ERR_MEMORY;
}

bool
cs_course_is_known(const CsCoursePlanner *p, const CsCourseDraws *known)
{
  const CsCoursePlan *plan = p->plan;
  if (known == NULL || known->asked == NULL ||
      strcmp(known->asked, plan->draws.asked) != 0 ||
      known->n_units != plan->n_units)
    return false;
  for (size_t u = 0; u < plan->n_units; u++)
    if (known->units[u].rerolls.n != plan->units[u].n_pieces)
      return false;
  return true;
}

static CsStatus
recall_piece(CsCoursePlanner *p, const CsCourseUnit *unit, CsCoursePiece *piece,
    const char *text)
{
  CsRerolls rerolls = {{0}, 0};
  CS_TRY(cs_rerolls_parse(p->arena, text, &rerolls));
  return cs_course_draw(p, unit, piece, &rerolls);
}

CsStatus
cs_course_recall(CsCoursePlanner *p, const CsCourseDraws *known)
{
  for (size_t u = 0; u < p->plan->n_units; u++) {
    CsCourseUnit *unit = &p->plan->units[u];
    unit->n_draws      = known->units[u].n_further;
    for (size_t i = 0; i < unit->n_pieces; i++)
      if (unit->pieces[i].problem == NULL)
        CS_TRY(recall_piece(
            p, unit, &unit->pieces[i], known->units[u].rerolls.items[i]));
    cs_course_collect_notes(unit);
  }
  return CS_OK;
}

CsStatus
cs_course_keep_draws(CsCoursePlanner *p)
{
  CsCoursePlan *plan = p->plan;
  plan->draws.units  = CS_NEW_N(p->arena, CsUnitDraws, plan->n_units);
  CS_TRY_NEW(plan->draws.units);
  for (size_t u = 0; u < plan->n_units; u++) {
    const CsCourseUnit *unit = &plan->units[u];
    CsUnitDraws *kept        = &plan->draws.units[plan->draws.n_units++];
    kept->n_further          = unit->n_draws;
    kept->rerolls.items      = CS_NEW_N(p->arena, const char *, unit->n_pieces);
    CS_TRY_NEW(kept->rerolls.items);
    for (size_t i = 0; i < unit->n_pieces; i++) {
      const char **text = &kept->rerolls.items[kept->rerolls.n++];
      CS_TRY(cs_rerolls_text(p->arena, &unit->pieces[i].rerolls, text));
      if ((*text)[0] == '\0')
        *text = "harmony=0";
    }
  }
  return CS_OK;
}
