/// What is wanted and what is ruled out: instruments, genres, uses, density.
#include "grammar/phrases.h"

#include <string.h>

enum {
  NOT_WANTED = CS_FLAG_NEGATED | CS_FLAG_NO_LEAD,
};

bool
cs_item_is_wanted(const CsItem *item)
{
  return item->kind == CS_ITEM_ENTRY && !(item->flags & NOT_WANTED) &&
         item->entry->class_of != CS_CLASS_MARKER &&
         item->entry->class_of != CS_CLASS_PLAIN;
}

static bool
is_excluded(const CsItem *item)
{
  return item->kind == CS_ITEM_ENTRY && (item->flags & CS_FLAG_NEGATED) &&
         !(item->flags & (CS_FLAG_NO_LEAD | CS_FLAG_INSISTS));
}

// ---- Instruments ------------------------------------------------------------

static CsStatus
want(CsParse *p, size_t i, const char *name, const char *rule)
{
  CS_TRY(cs_add_name(p->arena, &p->brief->instruments, name));
  return cs_understand_text(p, i, i, "instruments", name, rule);
}

/// "bansuri": said, because another instrument is heard.
static CsStatus
note_substitute(CsParse *p, const CsEntry *entry)
{
  const char *sound   = entry->sound != NULL ? entry->sound : entry->name;
  const char *message = cs_arena_printf(p->arena,
      "%s: the sounds hold none; %s plays in its place", entry->instead_of,
      sound);
  CS_TRY_NEW(message);
  return cs_brief_warn(p->arena, p->brief, "instrument_substituted", message);
}

static CsStatus
want_entry(CsParse *p, size_t i)
{
  const CsEntry *entry = p->items[i].entry;
  const char *rule     = p->items[i].flags & CS_FLAG_LESS ? "less" : "word";
  if (p->items[i].flags & CS_FLAG_MAYBE)
    return cs_understand_text(p, i, i, "instruments", "", "may be left out");
  if (entry->class_of == CS_CLASS_INSTRUMENT &&
      strcmp(entry->name, "vocals") != 0 && strcmp(entry->name, "choir") != 0 &&
      strcmp(entry->name, "sound effects") != 0 &&
      strcmp(entry->name, "melody") != 0)
    CS_TRY(want(
        p, i, entry->name, entry->instead_of != NULL ? "nearest sound" : rule));
  if (entry->instead_of != NULL)
    CS_TRY(note_substitute(p, entry));
  for (size_t k = 0; k < entry->instruments.n; k++)
    CS_TRY(want(p, i, entry->instruments.items[k], "implied"));
  return CS_OK;
}

static CsStatus
exclude(CsParse *p, size_t i, const char *name, const char *rule)
{
  CS_TRY(cs_add_name(p->arena, &p->brief->exclude, name));
  return cs_understand_text(p, i, i, "exclude", name, rule);
}

static CsStatus
read_instrument(CsParse *p, size_t i)
{
  const CsItem *item   = &p->items[i];
  const CsEntry *entry = item->entry;
  if (is_excluded(item)) {
    // "no bansuri" leaves the flute free.
    if (entry->class_of == CS_CLASS_INSTRUMENT)
      return exclude(p, i,
          entry->instead_of != NULL ? entry->instead_of : entry->name, "scope");
    if (entry->class_of == CS_CLASS_CANNOT && entry->code == CS_CODE_VOCALS)
      return exclude(p, i, "vocals", "scope");
    return CS_OK;
  }
  if (!cs_item_is_wanted(item))
    return CS_OK;
  CS_TRY(want_entry(p, i));
  for (size_t k = 0; k < entry->exclude.n; k++)
    CS_TRY(exclude(p, i, entry->exclude.items[k], "implied"));
  return CS_OK;
}

/// "no drums, everyone uses drums" repeats the word in a full clause; "punchy
/// drums, no drums" asks for both.
static bool
is_asked_for(const CsParse *p, const char *name)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (!cs_item_is_class(item, CS_CLASS_INSTRUMENT) ||
        !cs_item_is_wanted(item) || (item->flags & CS_FLAG_MAYBE) ||
        strcmp(item->entry->name, name) != 0)
      continue;
    bool bare = true, given = false;
    for (size_t k = cs_clause_start(p, i);
         k < p->n && p->items[k].clause == item->clause; k++) {
      given |= k == cs_clause_start(p, i) && k < i &&
               cs_item_is(&p->items[k], CS_MARK_WITH);
      if ((p->items[k].kind == CS_ITEM_WORD ||
              cs_item_is_class(&p->items[k], CS_CLASS_PLAIN)))
        bare = false;
    }
    if (bare || given || (item->flags & CS_FLAG_INSISTS))
      return true;
  }
  return false;
}

static void
remove_name(CsStrings *names, const char *name)
{
  size_t n = 0;
  for (size_t i = 0; i < names->n; i++)
    if (strcmp(names->items[i], name) != 0)
      names->items[n++] = names->items[i];
  names->n = n;
}

/// A name that is both wanted and ruled out is ruled out.
static CsStatus
settle_conflicts(CsParse *p)
{
  CsBrief *brief = p->brief;
  for (size_t i = 0; i < brief->exclude.n; i++) {
    const char *name = brief->exclude.items[i];
    if (!cs_strings_have(&brief->instruments, name))
      continue;
    remove_name(&brief->instruments, name);
    if (!is_asked_for(p, name))
      continue;
    const char *message = cs_arena_printf(
        p->arena, "%s are asked for and ruled out; they are left out", name);
    CS_TRY_NEW(message);
    CS_TRY(cs_brief_warn(p->arena, brief, "contradiction", message));
  }
  return CS_OK;
}

static bool
has_instrument_near(const CsParse *p, size_t i)
{
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (cs_item_is_class(&p->items[k], CS_CLASS_INSTRUMENT) &&
        cs_item_is_wanted(&p->items[k]))
      return true;
  return false;
}

static bool
has_time_near(const CsParse *p, size_t i)
{
  for (size_t k = cs_sentence_start(p, i);
       k < p->n && p->items[k].sentence == p->items[i].sentence; k++)
    if (p->items[k].kind == CS_ITEM_TIME &&
        !(p->items[k].flags & CS_FLAG_TOTAL) &&
        p->items[k].time.form != CS_TIME_LENGTH)
      return true;
  return false;
}

/// A solo that comes at a time ("at 0:30 a guitar solo") is no solo cue; times
/// of what happens later do not concern it.
static bool
has_time_before(const CsParse *p, size_t i)
{
  for (size_t k = cs_sentence_start(p, i);
       k < p->n && (k < i || p->items[k].clause == p->items[i].clause); k++)
    if (p->items[k].kind == CS_ITEM_TIME &&
        !(p->items[k].flags & CS_FLAG_TOTAL) &&
        p->items[k].time.form != CS_TIME_LENGTH)
      return true;
  return false;
}

/// Does what joins the items of a list stand at i?
static bool
is_inside_list(const CsItem *item)
{
  return cs_item_is(item, CS_MARK_AND) || cs_item_is(item, CS_MARK_SOME) ||
         cs_item_is(item, CS_MARK_BIG) || cs_item_is_mark(item, ",+&/") ||
         cs_item_is_class(item, CS_CLASS_MOOD);
}

static bool
is_wanted_instrument(const CsItem *item)
{
  return cs_item_is_class(item, CS_CLASS_INSTRUMENT) &&
         cs_item_is_wanted(item) && strcmp(item->entry->name, "melody") != 0;
}

/// "solo cello", "solo, expressive cello", "cello solo", "cello, solo"; not
/// "rock with a solo".
static bool
is_solo_of_instrument(const CsParse *p, size_t i)
{
  enum { REACH = 4 };
  const size_t before = i > 1 && cs_item_is_mark(&p->items[i - 1], ",") ? 2 : 1;
  if (i >= before && is_wanted_instrument(&p->items[i - before]))
    return true;
  for (size_t k = i; k-- > 0 && k + 2 >= i;)
    if (cs_item_is(&p->items[k], CS_MARK_WITH))
      return false;
  for (size_t k = i + 1; k < p->n && k <= i + REACH; k++) {
    if (is_wanted_instrument(&p->items[k]))
      return true;
    if (p->items[k].kind == CS_ITEM_TIME ||
        cs_item_is(&p->items[k], CS_MARK_WITH))
      return false;
  }
  return false;
}

/// "only flute and harp", "kazoo and bagpipes only": does the list beside the
/// marker hold every instrument of the prompt?
static bool
covers_all_instruments(const CsParse *p, size_t i)
{
  size_t n_all = 0, n_after = 0, n_before = 0;
  for (size_t k = 0; k < p->n; k++)
    n_all += is_wanted_instrument(&p->items[k]);
  for (size_t k = i + 1; k < p->n; k++)
    if (is_wanted_instrument(&p->items[k]))
      n_after++;
    else if (!is_inside_list(&p->items[k]))
      break;
  for (size_t k = i; k-- > 0;)
    if (is_wanted_instrument(&p->items[k]))
      n_before++;
    else if (!is_inside_list(&p->items[k]))
      break;
  return n_all > 0 && (n_after == n_all || n_before == n_all);
}

/// "nothing but drums, with a flute on top": company that is shut out.
static CsStatus
contradict_nothing_but(CsParse *p)
{
  static const char phrase[] = "nothing but";
  for (size_t i = 0; i < p->n; i++) {
    bool with = false, other = false, only = false;
    if (!cs_item_is(&p->items[i], CS_MARK_ONLY) || has_time_near(p, i) ||
        strncmp(
            p->normal.text + p->items[i].begin, phrase, sizeof phrase - 1) != 0)
      continue;
    for (size_t k = i + 1;
         k < p->n && p->items[k].sentence == p->items[i].sentence; k++) {
      if (cs_item_is_then(&p->items[k]))
        break;
      with |= only && cs_item_is(&p->items[k], CS_MARK_WITH);
      other |= with && is_wanted_instrument(&p->items[k]);
      only |= is_wanted_instrument(&p->items[k]);
    }
    if (other)
      return cs_brief_warn(p->arena, p->brief, "contradiction",
          "nothing but one sound and company are asked for; both are kept");
  }
  return CS_OK;
}

/// only, solo, nothing else; and company that they exclude.
static CsStatus
read_only(CsParse *p)
{
  bool strong = false, backed = false;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (cs_item_is(item, CS_MARK_ALONE)) {
      strong = true;
      CS_TRY(cs_understand(p, i, i, "only_instruments", "true", "word"));
    } else if ((cs_item_is(item, CS_MARK_ONLY) && has_instrument_near(p, i) &&
                   !has_time_near(p, i)) ||
               (cs_item_is(item, CS_MARK_SOLO) && !has_time_before(p, i) &&
                   is_solo_of_instrument(p, i))) {
      p->brief->only_instruments |=
          p->brief->instruments.n == 1 ||
          (cs_item_is(item, CS_MARK_ONLY) && covers_all_instruments(p, i));
      if (p->brief->only_instruments)
        CS_TRY(cs_understand(p, i, i, "only_instruments", "true", "word"));
    }
    backed |= cs_item_is(item, CS_MARK_BACKED) && !(item->flags & NOT_WANTED);
  }
  CS_TRY(contradict_nothing_but(p));
  if (strong && !backed)
    p->brief->only_instruments = p->brief->instruments.n > 0;
  if (!strong || !backed)
    return CS_OK;
  return cs_brief_warn(p->arena, p->brief, "contradiction",
      "a lone instrument and company are asked for; both are kept");
}

// ---- Genres, uses -----------------------------------------------------------

static CsStatus
read_names(CsParse *p, size_t i)
{
  const CsEntry *entry = p->items[i].entry;
  CsBrief *brief       = p->brief;
  if (!cs_item_is_wanted(&p->items[i]))
    return CS_OK;
  if (entry->class_of == CS_CLASS_GENRE || entry->genre != NULL) {
    const char *name =
        entry->class_of == CS_CLASS_GENRE ? entry->name : entry->genre;
    CS_TRY(cs_add_name(p->arena, &brief->genres, name));
    CS_TRY(cs_understand_text(p, i, i, "genres", name, "word"));
  }
  if (entry->class_of == CS_CLASS_USE || entry->use != NULL) {
    const char *name =
        entry->class_of == CS_CLASS_USE ? entry->name : entry->use;
    CS_TRY(cs_add_name(p->arena, &brief->uses, name));
    CS_TRY(cs_understand_text(p, i, i, "uses", name, "word"));
  }
  return CS_OK;
}

// ---- Density ----------------------------------------------------------------

static CsStatus
read_density(CsParse *p)
{
  double sum = 0.0;
  int n      = 0;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind != CS_ITEM_ENTRY || item->entry->density <= CS_UNSET ||
        (item->flags & CS_FLAG_STEP))
      continue;
    const bool turned =
        (item->flags & CS_FLAG_NEGATED) || (item->flags & CS_FLAG_LESS);
    const double density =
        turned ? -0.5 * item->entry->density : item->entry->density;
    sum += density;
    n++;
    CS_TRY(cs_understand_number(
        p, i, i, "density", density, turned ? "scope" : "word"));
  }
  if (n == 0)
    return CS_OK;
  p->brief->density = sum / n;
  p->brief->said |= CS_SAID_DENSITY;
  return CS_OK;
}

CsStatus
cs_read_wants(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    if (p->items[i].kind != CS_ITEM_ENTRY)
      continue;
    CS_TRY(read_instrument(p, i));
    CS_TRY(read_names(p, i));
  }
  CS_TRY(settle_conflicts(p));
  CS_TRY(read_only(p));
  return read_density(p);
}
