// "No percussion, apart from a shaker": what was asked for by its own name is
// spared where its family is ruled out, since the more specific words win.

#include "gen/plan/band.h"

#include <string.h>

/// Was that very instrument asked for, and not ruled out by the same name?
static bool
is_spared(const CsDraft *d, const CsInstrument *in)
{
  const CsBrief *brief = d->brief;
  for (size_t i = 0; i < brief->instruments.n; i++) {
    const char *name = brief->instruments.items[i];
    if (cs_find_instrument(d->presets, name) == in &&
        !cs_strings_have(&brief->exclude, name))
      return true;
  }
  return false;
}

/// Is that the name of a family of which a member was asked for?
static bool
holds_spared(const CsDraft *d, const char *name)
{
  const CsStrings family = {&name, 1};
  for (size_t i = 0; i < d->presets->n_instruments; i++) {
    const CsInstrument *in = &d->presets->instruments[i];
    if (is_spared(d, in) && cs_rules_out_instrument(&family, in))
      return true;
  }
  return false;
}

/// A name of the instrument that rules out nobody who is spared: "brass" is an
/// instrument and a family. NULL where it has none.
static const char *
own_name(const CsDraft *d, const CsInstrument *in)
{
  if (!holds_spared(d, in->name))
    return in->name;
  for (size_t i = 0; i < in->aliases.n; i++)
    if (!holds_spared(d, in->aliases.items[i]))
      return in->aliases.items[i];
  return NULL;
}

static void
add_once(CsStrings *list, const char *name)
{
  if (!cs_strings_have(list, name))
    list->items[list->n++] = name;
}

/// All others of the family, each by its own name.
static void
add_others(const CsDraft *d, const char *name, CsStrings *list)
{
  const CsStrings family = {&name, 1};
  if (strcmp(name, "percussion") == 0)
    add_once(list, "drums");
  for (size_t i = 0; i < d->presets->n_instruments; i++) {
    const CsInstrument *in = &d->presets->instruments[i];
    if (is_spared(d, in) || !cs_rules_out_instrument(&family, in))
      continue;
    const char *its_name = own_name(d, in);
    if (its_name != NULL)
      add_once(list, its_name);
  }
}

CsStatus
cs_spare_wanted(CsDraft *d)
{
  const CsStrings *asked = &d->brief->exclude;
  CsBrief *brief         = CS_NEW(d->arena, CsBrief);
  CS_TRY_NEW(brief);
  *brief               = *d->brief;
  brief->exclude       = (CsStrings){.n = 0};
  brief->exclude.items = CS_NEW_N(
      d->arena, const char *, asked->n + d->presets->n_instruments + 1);
  CS_TRY_NEW(brief->exclude.items);
  for (size_t i = 0; i < asked->n; i++)
    if (holds_spared(d, asked->items[i]))
      add_others(d, asked->items[i], &brief->exclude);
    else
      add_once(&brief->exclude, asked->items[i]);
  d->brief = brief;
  return CS_OK;
}
