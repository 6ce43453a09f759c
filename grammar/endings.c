/// How the cue ends: words that name an ending, what stands last, and what
/// happens in the last moment.
#include "grammar/phrases.h"

#include <math.h>
#include <string.h>

enum { NOT_WANTED = CS_FLAG_NEGATED | CS_FLAG_NO_LEAD };

static bool
is_wanted_entry(const CsItem *item)
{
  return item->kind == CS_ITEM_ENTRY && !(item->flags & NOT_WANTED) &&
         item->entry->class_of != CS_CLASS_MARKER &&
         item->entry->class_of != CS_CLASS_PLAIN;
}

/// A loop has no final hit, and what fades away neither ends on one nor is cut.
static bool
excludes(CsEnding a, CsEnding b)
{
  static const CsEnding pairs[][2] = {{CS_ENDING_LOOP, CS_ENDING_BUTTON},
      {CS_ENDING_FADE, CS_ENDING_BUTTON}, {CS_ENDING_FADE, CS_ENDING_CUT}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    if ((a == pairs[i][0] && b == pairs[i][1]) ||
        (a == pairs[i][1] && b == pairs[i][0]))
      return true;
  return false;
}

static CsStatus
warn_two(CsParse *p, CsEnding first, CsEnding second)
{
  const char *message = cs_arena_printf(p->arena,
      "two endings are asked for, %s and %s; the second is kept",
      cs_ending_names[first], cs_ending_names[second]);
  CS_TRY_NEW(message);
  return cs_brief_warn(p->arena, p->brief, "contradiction", message);
}

static CsStatus
take(CsParse *p, size_t first, size_t last, CsEnding ending, const char *rule)
{
  CsBrief *brief     = p->brief;
  const CsEnding old = brief->ending;
  const bool both    = (brief->said & CS_SAID_ENDING) && old != ending;
  if (both && excludes(old, ending))
    CS_TRY(warn_two(p, old, ending));
  // A loop is the more specific wish: "fade in, loop" stays a loop.
  if (both && old == CS_ENDING_LOOP && ending != CS_ENDING_BUTTON)
    return CS_OK;
  brief->ending = ending;
  brief->said |= CS_SAID_ENDING;
  return cs_understand_text(
      p, first, last, "ending", cs_ending_names[ending], rule);
}

// ---- Named endings ----------------------------------------------------------

/// "ring over the cut": the cut of the picture.
static bool
is_picture_cut(const CsParse *p, size_t i)
{
  return p->items[i].entry->ending == CS_ENDING_CUT &&
         cs_item_is(cs_item_at(p, i, -1), CS_MARK_SOME);
}

static CsStatus
read_named(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (is_wanted_entry(item) && item->entry->ending >= 0 &&
        !cs_item_is_class(item, CS_CLASS_CHANGE) && !is_picture_cut(p, i))
      CS_TRY(take(p, i, i, (CsEnding)item->entry->ending, "word"));
  }
  return CS_OK;
}

// ---- The end that leads back ------------------------------------------------

/// "the last bar flows straight back into the first": from the end to the
/// start.
static CsStatus
read_leads_back(CsParse *p)
{
  size_t last = p->n;
  bool to     = false;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (last < p->n && item->clause != p->items[last].clause)
      last = p->n;
    const bool bar = item->kind == CS_ITEM_TIME &&
                     item->time.form == CS_TIME_SPAN &&
                     strncmp(p->normal.text + item->begin, "last", 4) == 0;
    if (bar || cs_item_is(item, CS_MARK_LAST) ||
        cs_item_is(item, CS_MARK_END)) {
      last = i;
      to   = false;
    }
    to |= cs_item_is(item, CS_MARK_TO) || cs_item_is(item, CS_MARK_WITH) ||
          cs_item_is(item, CS_MARK_JOINS);
    if (last < p->n && to &&
        (cs_item_is(item, CS_MARK_FIRST) || cs_item_is(item, CS_MARK_START)))
      return take(p, last, i, CS_ENDING_LOOP, "leads back");
  }
  return CS_OK;
}

// ---- A hit that stands last -------------------------------------------------

static bool
is_accent(const CsItem *item)
{
  return is_wanted_entry(item) &&
         (item->entry->kind == CS_ARC_HIT ||
             item->entry->function == CS_STINGER) &&
         (cs_item_is_class(item, CS_CLASS_CHANGE) ||
             cs_item_is_class(item, CS_CLASS_FUNCTION) ||
             cs_item_is_class(item, CS_CLASS_INSTRUMENT));
}

/// "a rimshot", "one snare hit": a struck instrument, once.
static bool
is_stroke(const CsParse *p, size_t i)
{
  static const char *const struck[] = {"snare", "kick", "cymbals", "claps",
      "timpani", "taiko", "drums", "tambourine", "percussion"};
  const CsItem *before              = cs_item_at(p, i, -1);
  const char last                   = p->normal.text[p->items[i].end - 1];
  const bool one                    = cs_item_is(before, CS_MARK_SOME) ||
                   (before->kind == CS_ITEM_NUMBER && before->number == 1.0) ||
                   (before->clause != p->items[i].clause && last != 's');
  if (!one || !is_wanted_entry(&p->items[i]) ||
      !cs_item_is_class(&p->items[i], CS_CLASS_INSTRUMENT))
    return false;
  for (size_t k = 0; k < sizeof struck / sizeof *struck; k++)
    if (strcmp(p->items[i].entry->name, struck[k]) == 0)
      return true;
  return false;
}

/// "stab and out"
static bool
is_followed_by_out(const CsParse *p, size_t i)
{
  return cs_item_is(cs_item_at(p, i, 1), CS_MARK_AND) &&
         cs_item_is(cs_item_at(p, i, 2), CS_MARK_MUSIC_OUT);
}

/// "to finish, one dry accent": the clause before says nothing but that it
/// ends.
static bool
follows_ending(const CsParse *p, size_t i)
{
  const size_t start = cs_clause_start(p, i);
  size_t k           = start;
  while (k > 0 && p->items[k - 1].kind == CS_ITEM_MARK)
    k--;
  if (k == start && start < i && p->items[start].kind == CS_ITEM_MARK)
    k = start;
  return k > 0 && cs_item_is(&p->items[k - 1], CS_MARK_ENDING) &&
         cs_clause_start(p, k - 1) + 1 >= k - 1 &&
         p->items[k - 1].sentence == p->items[i].sentence;
}

/// Does the clause speak of the end? "finish on a hit", "a sting as the
/// ending", "the last stab".
static bool
is_of_the_end(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == clause; k++) {
    const CsItem *item = &p->items[k];
    if (cs_item_is(item, CS_MARK_ENDING) || cs_item_is(item, CS_MARK_END) ||
        (cs_item_is(item, CS_MARK_LAST) && k < i && i - k <= 3))
      return true;
  }
  return follows_ending(p, i);
}

static CsStatus
read_last_hit(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const bool accent = is_accent(&p->items[i]);
    if (!accent && !is_stroke(p, i))
      continue;
    if ((accent && is_followed_by_out(p, i)) || is_of_the_end(p, i))
      return take(p, i, i, CS_ENDING_BUTTON, "at the end");
  }
  return CS_OK;
}

CsStatus
cs_read_endings(CsParse *p)
{
  CS_TRY(read_named(p));
  if (!(p->brief->said & CS_SAID_ENDING))
    CS_TRY(read_leads_back(p));
  if (!(p->brief->said & CS_SAID_ENDING))
    CS_TRY(read_last_hit(p));
  return CS_OK;
}

// ---- What the arc ends with -------------------------------------------------

/// A hit nearer to the end than this is the ending.
static const double button_s = 0.75;

CsStatus
cs_read_ending_of_arc(CsParse *p)
{
  CsBrief *brief = p->brief;
  if ((brief->said & CS_SAID_ENDING) || !(brief->said & CS_SAID_DURATION))
    return CS_OK;
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *e = &brief->arc[i];
    if (e->kind != CS_ARC_HIT || !e->has_start ||
        fabs(brief->duration_s - e->start_s) > button_s)
      continue;
    brief->ending = CS_ENDING_BUTTON;
    brief->said |= CS_SAID_ENDING;
    return CS_OK;
  }
  return CS_OK;
}
