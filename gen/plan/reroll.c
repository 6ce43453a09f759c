// One role is drawn anew: its tracks get other seeds, all else stands.

#include "gen/base/rng.h"
#include "gen/base/text.h"
#include "gen/plan/planning.h"

#include <stdlib.h>
#include <string.h>

static uint64_t
rerolled(uint64_t seed, int draw)
{
  CsRng rng = cs_rng_at(seed, "reroll", (uint64_t)draw, 0);
  return draw == 0 ? seed : cs_seed_53(cs_rng_next(&rng));
}

unsigned
cs_plan_reroll(CsPlan *plan, const CsRerolls *rerolls)
{
  unsigned missing = 0;
  for (int r = 0; r < CS_N_ROLES; r++)
    missing |= rerolls->roles[r] > 0 ? 1U << r : 0U;
  for (size_t i = 0; i < plan->n_tracks; i++) {
    CsTrack *t = &plan->tracks[i];
    t->seed    = rerolled(t->seed, rerolls->roles[t->role]);
    missing &= ~(1U << t->role);
  }
  // The tune hangs on the theme's seed, so that cues can share it.
  if (!(missing >> CS_ROLE_MELODY & 1U))
    plan->theme_seed =
        rerolled(plan->theme_seed, rerolls->roles[CS_ROLE_MELODY]);
  return missing;
}

// ---- As text ---------------------------------------------------------------

enum { N_NAMES = CS_N_ROLES + 1, MAX_DIGITS = 16 };

static const char *
name_of(int index)
{
  return index < CS_N_ROLES ? cs_role_names[index] : "harmony";
}

/// The count that a name stands for, or NULL.
static int *
count_of(CsRerolls *rerolls, const char *name)
{
  for (int i = 0; i < CS_N_ROLES; i++)
    if (strcmp(name, cs_role_names[i]) == 0)
      return &rerolls->roles[i];
  return strcmp(name, name_of(CS_N_ROLES)) == 0 ? &rerolls->harmony : NULL;
}

static CsStatus
fail_unknown(CsArena *arena, const char *name)
{
  const char *names[N_NAMES];
  CsText list = cs_text_new(arena);
  for (int i = 0; i < N_NAMES; i++) {
    names[i] = name_of(i);
    cs_text_addf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
  }
  const char *all = "";
  CS_TRY(cs_text_take(&list, &all));
  const char *near = cs_nearest_word(name, names, N_NAMES);
  return cs_fail(arena, CS_ERR_REQUEST,
      "--reroll \"%s\" is no role%s%s%s; roles are: %s", name,
      near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
      near != NULL ? "\"?" : "", all);
}

/// "drums=2" or "drums".
static CsStatus
read_one(CsArena *arena, const char *item, size_t n, CsRerolls *rerolls)
{
  const char *equals  = memchr(item, '=', n);
  const size_t n_name = equals != NULL ? (size_t)(equals - item) : n;
  const char *name    = cs_arena_copy(arena, item, n_name);
  const char *number =
      equals != NULL ? cs_arena_copy(arena, equals + 1, n - n_name - 1) : "1";
  CS_TRY_NEW(name);
  CS_TRY_NEW(number);
  int *count = count_of(rerolls, name);
  if (count == NULL)
    return fail_unknown(arena, name);
  char *end       = NULL;
  const long draw = strtol(number, &end, 10);
  if (number[0] < '0' || number[0] > '9' || *end != '\0' ||
      strlen(number) > MAX_DIGITS || draw > CS_MAX_REROLLS)
    return cs_fail(arena, CS_ERR_REQUEST,
        "--reroll %s \"%s\" does not work; give a whole number 0..%d", name,
        number, CS_MAX_REROLLS);
  *count = (int)draw;
  return CS_OK;
}

CsStatus
cs_rerolls_parse(CsArena *arena, const char *text, CsRerolls *rerolls)
{
  for (const char *at = text; at != NULL;) {
    const CsListItem item = cs_list_next(&at);
    CS_TRY(read_one(arena, item.text, item.n, rerolls));
  }
  return CS_OK;
}

CsStatus
cs_rerolls_text(CsArena *arena, const CsRerolls *rerolls, const char **text)
{
  CsText list      = cs_text_new(arena);
  const char *part = "";
  for (int i = 0; i < N_NAMES; i++) {
    const int draw = i < CS_N_ROLES ? rerolls->roles[i] : rerolls->harmony;
    if (draw == 0)
      continue;
    cs_text_addf(&list, "%s%s=%d", part, name_of(i), draw);
    part = ",";
  }
  return cs_text_take(&list, text);
}
