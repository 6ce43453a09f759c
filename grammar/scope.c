/// How far a negation, a hedge or a reduction reaches.
///
/// A negation runs over nouns joined by and/or/nor and slashes; over commas
/// only when an "or" closes the list or a heading ("exclude:") opens it. It
/// ends at but, keep, though, just, with, at a time, or with the sentence.
#include "grammar/scope.h"

#include <string.h>

static bool
ends_scope(const CsItem *item)
{
  return cs_item_is(item, CS_MARK_BUT) || cs_item_is(item, CS_MARK_YES) ||
         cs_item_is(item, CS_MARK_ONLY) || cs_item_is(item, CS_MARK_WITH) ||
         cs_item_is_then(item) || cs_item_is(item, CS_MARK_RATHER) ||
         cs_item_is(item, CS_MARK_NO) || item->kind == CS_ITEM_TIME;
}

static bool
joins_list(const CsItem *item)
{
  return cs_item_is(item, CS_MARK_AND) || cs_item_is_mark(item, "/+,\"'([");
}

static bool
is_or(const CsParse *p, size_t i)
{
  const char first = p->normal.text[p->items[i].begin];
  return cs_item_is(&p->items[i], CS_MARK_AND) &&
         (first == 'o' || first == 'n');
}

/// Does an "or" close the comma list that begins at i?
static bool
is_closed_list(const CsParse *p, size_t i)
{
  const int sentence = p->items[i].sentence;
  size_t n_plain     = 0;
  for (; i < p->n && p->items[i].sentence == sentence; i++) {
    const CsItem *item = &p->items[i];
    if (cs_item_is(item, CS_MARK_AND))
      return is_or(p, i);
    if (ends_scope(item))
      return false;
    n_plain = cs_is_thing(item) || joins_list(item) ? 0 : n_plain + 1;
    if (n_plain > 2)
      return false;
  }
  return false;
}

/// "--avoid", "--no"
static bool
is_switch(const CsParse *p, size_t i)
{
  return cs_item_is_mark(cs_item_at(p, i, -1), "-") &&
         cs_item_is_mark(cs_item_at(p, i, -2), "-") &&
         p->items[i].begin == cs_item_at(p, i, -1)->end;
}

/// "exclude: a, b, c", "negative prompt: a, b", "no=a,b", "--avoid a, b"
static bool
is_heading(const CsParse *p, size_t i)
{
  if (is_switch(p, i))
    return true;
  size_t n = i + 1;
  while (n < p->n && cs_item_is_mark(&p->items[n], "\"'"))
    n++;
  return n < p->n && cs_item_is_mark(&p->items[n], ":=");
}

/// A field ends where the next "word:" or "word=" begins.
static bool
begins_field(const CsParse *p, size_t i)
{
  if (is_switch(p, i))
    return true;
  size_t n = i + 1;
  while (n < p->n && cs_item_is_mark(&p->items[n], "\"'"))
    n++;
  return n < p->n && cs_item_is_mark(&p->items[n], ":=") &&
         p->items[i].kind != CS_ITEM_MARK;
}

/// "no drums until 0:20" is an entrance.
static bool
ends_in_until(const CsParse *p, size_t i)
{
  const int sentence = p->items[i].sentence;
  const int clause   = p->items[i].clause;
  for (; i < p->n && p->items[i].sentence == sentence &&
         p->items[i].clause == clause;
       i++) {
    const CsItem *item = &p->items[i];
    if (cs_item_is(item, CS_MARK_UNTIL) || cs_item_is(item, CS_MARK_BEFORE))
      return true;
    if (item->kind == CS_ITEM_TIME) {
      const bool first = item->time.form == CS_TIME_SPAN &&
                         item->time.a.anchor != CS_ANCHOR_END &&
                         item->time.a.at <= 0.0;
      return (item->time.form == CS_TIME_UNTIL &&
                 !cs_place_is_end(item->time.a)) ||
             first;
    }
  }
  return false;
}

/// "the last 15 s without drums", "no drums from 0:40" are exits.
static bool
begins_with_time(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == clause; k++) {
    const CsItem *item = &p->items[k];
    bool late          = item->kind == CS_ITEM_TIME &&
                (item->time.form == CS_TIME_FROM ||
                    (item->time.form == CS_TIME_SPAN &&
                        item->time.a.anchor == CS_ANCHOR_END));
    late |= item->kind == CS_ITEM_TIME && item->time.form == CS_TIME_MOMENT &&
            strncmp(p->normal.text + item->begin, "after", 5) == 0;
    if (late && (item->time.a.anchor == CS_ANCHOR_END || item->time.a.at > 0.0))
      return true;
  }
  return false;
}

/// A quality before a thing: "no big drums", "no aggressive drums".
static bool
is_quality(const CsParse *p, size_t i)
{
  const CsItem *item      = &p->items[i];
  const CsItem *next      = cs_item_at(p, i, 1);
  const bool before_thing = cs_is_thing(next) &&
                            !cs_item_is_class(next, CS_CLASS_MOOD) &&
                            next->clause == item->clause;
  return before_thing &&
         (cs_item_is(item, CS_MARK_BIG) || cs_item_is(item, CS_MARK_BOOST) ||
             cs_item_is_class(item, CS_CLASS_MOOD) ||
             cs_item_is_class(item, CS_CLASS_TEMPO));
}

/// Negate from i on. @param strong  "no X" excludes; "not X" only drops.
static void
negate_from(CsParse *p, size_t i, bool heading)
{
  const size_t start = i;
  const bool closed  = i < p->n && is_closed_list(p, i);
  const bool enters  = i < p->n && ends_in_until(p, i);
  const bool leaves  = i < p->n && !heading && begins_with_time(p, i);
  bool quality = false, joined = true, any = false, last = false;
  for (; i < p->n; i++) {
    CsItem *item = &p->items[i];
    // "no builds or drops, piano": the list ends behind its "or".
    if (cs_item_is_mark(item, ",") && last && !heading &&
        !is_or(p, i + 1 < p->n ? i + 1 : i))
      break;
    last |= is_or(p, i);
    if (item->sentence != p->items[start].sentence && !heading)
      break;
    if (heading &&
        (item->kind == CS_ITEM_MARK ? item->sentence != p->items[start].sentence
                                    : begins_field(p, i)))
      break;
    if (ends_scope(item) && !(heading && item->kind != CS_ITEM_TIME))
      break;
    if (!heading &&
        (cs_item_is_mark(item, ":") || (cs_item_is_mark(item, ",") && !closed)))
      break;
    if (cs_is_thing(item) && (joined || heading)) {
      const bool is_q = is_quality(p, i);
      if (item->entry->class_of == CS_CLASS_MOOD || is_q || !quality)
        item->flags |= enters ? CS_FLAG_ENTERS
                       : leaves && cs_item_is_class(item, CS_CLASS_INSTRUMENT)
                           ? CS_FLAG_LEAVES
                           : CS_FLAG_NEGATED;
      if (quality && !is_q)
        item->flags |= CS_FLAG_NO_LEAD;
      quality = is_q;
      any     = true;
    } else if (is_quality(p, i)) {
      quality = true;
    } else if (any && item->kind != CS_ITEM_MARK &&
               !cs_item_is(item, CS_MARK_SOME) && !joins_list(item)) {
      joined = cs_item_is_class(item, CS_CLASS_PLAIN) ? joined : false;
    }
    // "no vocals and lots of guitar": a new noun phrase ends the list.
    if (any && !heading &&
        (cs_item_is(item, CS_MARK_MORE) || cs_item_is(item, CS_MARK_PLENTY)))
      break;
  }
}

/// "they told me no X, but I want X": a negation that is only reported.
static bool
is_reported(const CsParse *p, size_t i)
{
  const int sentence   = p->items[i].sentence;
  const CsEntry *thing = NULL;
  bool but             = false;
  for (size_t k = i + 1; k < p->n && p->items[k].sentence == sentence; k++) {
    const CsItem *item = &p->items[k];
    if (cs_is_thing(item) && thing == NULL)
      thing = item->entry;
    else if (but && cs_is_thing(item) && item->entry == thing)
      return true;
    but |= cs_item_is(item, CS_MARK_BUT);
    if (but && (cs_item_is(item, CS_MARK_NO) || cs_item_is(item, CS_MARK_NOT)))
      return false;
  }
  return false;
}

/// "everything but the drums stops at 0:50": what goes on, not what is missing.
static bool
leaves_out_of_change(const CsParse *p, size_t i)
{
  const char *text = p->normal.text + p->items[i].begin;
  if (strncmp(text, "every", 5) != 0 && strncmp(text, "all but", 7) != 0)
    return false;
  for (size_t k = i + 1; k < p->n && p->items[k].clause == p->items[i].clause;
       k++)
    if (p->items[k].kind == CS_ITEM_ENTRY && p->items[k].entry->kind >= 0 &&
        p->items[k].entry->kind != CS_EVEN)
      return true;
  return false;
}

/// "I tried trombones, so none of those": the instruments named before.
static void
negate_those(CsParse *p, size_t i)
{
  int clause = -1;
  for (size_t k = i;
       k-- > 0 && p->items[k].sentence >= p->items[i].sentence - 1;) {
    CsItem *item = &p->items[k];
    if (!cs_item_is_class(item, CS_CLASS_INSTRUMENT) ||
        (item->flags & CS_FLAG_NEGATED))
      continue;
    if (clause >= 0 && item->clause != clause)
      return;
    clause = item->clause;
    item->flags |= CS_FLAG_NEGATED;
  }
}

static bool
says_want(const CsParse *p, const CsItem *item)
{
  const size_t n   = item->end - item->begin;
  const char *last = p->normal.text + item->end - (n < 4 ? n : 4);
  return n >= 4 &&
         (memcmp(last, "want", 4) == 0 || memcmp(last, "need", 4) == 0);
}

/// "it's the guitar I don't want": what stands before, when nothing follows.
static bool
negates_before(CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  bool wants       = says_want(p, &p->items[i]);
  for (size_t k = i + 1; k < p->n && p->items[k].clause == clause; k++) {
    const CsItem *item = &p->items[k];
    wants |= says_want(p, item);
    if (item->kind != CS_ITEM_MARK && !cs_item_is_class(item, CS_CLASS_PLAIN))
      return false;
  }
  for (size_t k = i; wants && k-- > 0 && p->items[k].clause == clause;)
    if (cs_item_is_class(&p->items[k], CS_CLASS_INSTRUMENT)) {
      p->items[k].flags |= CS_FLAG_NEGATED;
      p->items[k].flags &= ~(unsigned)CS_FLAG_INSISTS;
      return true;
    }
  return false;
}

/// "no piano - no, wait, yes to piano": what is insisted on after it was ruled
/// out is not ruled out.
static void
allow_again(CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  for (size_t k = i + 1; k < p->n && p->items[k].clause == clause; k++)
    for (size_t m = i; cs_is_thing(&p->items[k]) && m-- > 0 &&
                       p->items[m].sentence >= p->items[i].sentence - 1;)
      if (p->items[m].entry == p->items[k].entry &&
          (p->items[m].flags & CS_FLAG_NEGATED))
        p->items[m].flags |= CS_FLAG_NO_LEAD;
}

/// "not too loud and fade out": a change or an ending behind an "and" is a wish
/// of its own where what was ruled out is of another sort.
static bool
begins_other_wish(const CsParse *p, size_t i, const CsItem *thing)
{
  const CsItem *next = cs_item_at(p, i, 1);
  return cs_item_is(&p->items[i], CS_MARK_AND) && !is_or(p, i) &&
         (cs_item_is_class(next, CS_CLASS_CHANGE) ||
             cs_item_is_class(next, CS_CLASS_ENDING)) &&
         next->entry->class_of != thing->entry->class_of;
}

/// "not", "never", "don't": over the rest of the clause.
static void
drop_from(CsParse *p, size_t i)
{
  const int clause    = p->items[i - 1].clause;
  const bool enters   = i < p->n && ends_in_until(p, i);
  const CsItem *thing = NULL;
  for (; i < p->n && p->items[i].clause == clause; i++) {
    CsItem *item = &p->items[i];
    if (ends_scope(item) && !cs_item_is(item, CS_MARK_WITH))
      return;
    if (thing != NULL && begins_other_wish(p, i, thing))
      return;
    if (!cs_is_thing(item))
      continue;
    item->flags |= enters ? CS_FLAG_ENTERS : CS_FLAG_NEGATED;
    thing = item;
  }
}

/// "drums off", but not "drums off the line"
static bool
is_switched_off(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i], *next = cs_item_at(p, i, 1);
  if (strncmp(p->normal.text + item->begin, "off", item->end - item->begin) !=
      0)
    return true;
  return next->clause != item->clause || next->kind == CS_ITEM_MARK ||
         cs_item_is(next, CS_MARK_AND) || cs_item_is(next, CS_MARK_BUT);
}

/// "synths, drum machines and guitars are banned": the list before the verb.
static bool
negate_subjects(CsParse *p, size_t i)
{
  static const char *const verbs[] = {"is", "are", "be", "must", "should"};
  const CsItem *verb               = cs_item_at(p, i, -1);
  const size_t n                   = verb->end - verb->begin;
  bool is_verb                     = false;
  for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
    is_verb |= cs_item_is_class(verb, CS_CLASS_PLAIN) &&
               n == strlen(verbs[k]) &&
               memcmp(p->normal.text + verb->begin, verbs[k], n) == 0;
  if (!is_verb)
    return false;
  const int sentence = p->items[i].sentence;
  for (size_t k = i - 1; k-- > 0 && p->items[k].sentence == sentence;) {
    CsItem *item = &p->items[k];
    if (cs_item_is_class(item, CS_CLASS_INSTRUMENT) ||
        cs_item_is_class(item, CS_CLASS_CANNOT))
      item->flags |= CS_FLAG_NEGATED;
    else if (!joins_list(item) && !cs_item_is(item, CS_MARK_SOME) &&
             !cs_item_is_class(item, CS_CLASS_MOOD))
      break;
  }
  return true;
}

/// "vocals: none", "choir-free", "drums off": what stands before.
static void
negate_before(CsParse *p, size_t i)
{
  if (!is_switched_off(p, i) || negate_subjects(p, i))
    return;
  for (size_t k = i; k > 0 && i - k < 4; k--) {
    CsItem *item     = &p->items[k - 1];
    const bool asked = cs_item_is_mark(cs_item_at(p, i, -1), "?");
    if (item->sentence != p->items[i].sentence && !asked)
      return;
    if (cs_is_thing(item)) {
      item->flags |= CS_FLAG_NEGATED;
      item->flags &= ~(unsigned)CS_FLAG_NO_LEAD;
      return;
    }
    if (!cs_item_is_mark(item, ":=\"'?"))
      return;
  }
}

/// "keep claps, whistling and voices well away": what stands between. @return
/// Whether something keeps away.
static bool
negate_kept_away(CsParse *p, size_t i)
{
  const int sentence = p->items[i].sentence;
  size_t away        = i + 1;
  while (away < p->n && p->items[away].sentence == sentence &&
         !cs_item_is(&p->items[away], CS_MARK_AWAY))
    away++;
  if (away == p->n || p->items[away].sentence != sentence)
    return false;
  for (size_t k = i + 1; k < away; k++)
    if (cs_is_thing(&p->items[k]))
      p->items[k].flags |= CS_FLAG_NEGATED;
  return true;
}

static bool
begins_with(const CsParse *p, const CsItem *item, const char *word)
{
  return strncmp(p->normal.text + item->begin, word, strlen(word)) == 0;
}

/// "leave the cymbals in their case": what stands between.
static void
negate_left_away(CsParse *p, size_t i)
{
  const size_t start = cs_clause_start(p, i);
  size_t leave       = i;
  while (leave > start && !begins_with(p, &p->items[leave], "leav"))
    leave--;
  if (!begins_with(p, &p->items[leave], "leav"))
    return;
  for (size_t k = leave + 1; k < i; k++)
    if (cs_item_is_class(&p->items[k], CS_CLASS_INSTRUMENT))
      p->items[k].flags |= CS_FLAG_NEGATED;
}

/// "the snare is what I'd steer clear of": a denial with nothing behind it.
static bool
negates_what_is(CsParse *p, size_t i)
{
  const CsItem *next = cs_item_at(p, i, 1);
  const int clause   = p->items[i].clause;
  const bool verb    = p->items[i].end - p->items[i].begin > 6;
  if (!verb || next->clause == clause)
    return false;
  for (size_t k = i; k-- > 0 && p->items[k].clause == clause;)
    if (cs_item_is_class(&p->items[k], CS_CLASS_INSTRUMENT)) {
      p->items[k].flags |= CS_FLAG_NEGATED;
      p->items[k].flags &= ~(unsigned)CS_FLAG_INSISTS;
      return true;
    }
  return false;
}

static void
flag_clause_from(CsParse *p, size_t i, unsigned flag, size_t n_things)
{
  const int clause = p->items[i - 1].clause;
  for (; i < p->n && p->items[i].clause == clause && n_things > 0; i++)
    if (cs_is_thing(&p->items[i])) {
      p->items[i].flags |= flag;
      n_things--;
    } else if (ends_scope(&p->items[i])) {
      return;
    }
}

static void
flag_clause(CsParse *p, size_t i, unsigned flag)
{
  const int clause = p->items[i].clause;
  size_t first     = i;
  while (first > 0 && p->items[first - 1].clause == clause)
    first--;
  for (size_t k = first; k < p->n && p->items[k].clause == clause; k++)
    if (cs_is_thing(&p->items[k]))
      p->items[k].flags |= flag;
}

/// "X-like", "X-ish": a likeness, not the thing.
static void
read_likeness(CsParse *p, size_t i)
{
  if (i > 0 && (p->items[i].flags & CS_FLAG_GLUED) &&
      cs_is_thing(&p->items[i - 1]))
    p->items[i - 1].flags |= CS_FLAG_NO_LEAD;
}

/// Trailing: "a harp is fine", "bells optional".
static bool
is_trailing(const CsParse *p, size_t i)
{
  return i > 0 && cs_is_thing(&p->items[i - 1]) &&
         !cs_is_thing(cs_item_at(p, i, 1));
}

/// "don't leave out the harp", "no reason to avoid brass": a negation right
/// behind another takes it back.
static bool
is_denied(const CsParse *p, size_t i)
{
  const CsItem *before = cs_item_at(p, i, -1);
  return cs_item_is(cs_item_at(p, i, 0), CS_MARK_NO) &&
         cs_item_is(before, CS_MARK_NOT) &&
         before->clause == cs_item_at(p, i, 0)->clause;
}

/// Is a negation the end of its sentence? "timpani? Never."
static bool
says_nothing_more(const CsParse *p, size_t i)
{
  const CsItem *next   = cs_item_at(p, i, 1);
  const CsItem *before = cs_item_at(p, i, -1);
  return next->clause != p->items[i].clause && cs_item_is_mark(before, ":?=");
}

/// "any percussion except drums" leaves the drums out; behind a negation an
/// exception lets in.
static bool
excepts(const CsParse *p, size_t i)
{
  static const char *const words[] = {
      "except", "apart from", "other than", "save for"};
  const char *text = p->normal.text + p->items[i].begin;
  bool is_except = false, inclusive = false;
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    is_except |= strncmp(text, words[k], strlen(words[k])) == 0;
  for (size_t k = i;
       is_except && k-- > 0 && p->items[k].sentence == p->items[i].sentence;) {
    const char *word = p->normal.text + p->items[k].begin;
    if (cs_item_is(&p->items[k], CS_MARK_NO) ||
        cs_item_is(&p->items[k], CS_MARK_NOT) ||
        cs_item_is(&p->items[k], CS_MARK_NONE_OF))
      return false;
    if (p->items[k].kind == CS_ITEM_ENTRY && p->items[k].entry->kind >= 0 &&
        p->items[k].entry->kind != CS_EVEN)
      return false; // "everything stops except the piano", which goes on
    inclusive |=
        strncmp(word, "any", 3) == 0 || strncmp(word, "all ", 4) == 0 ||
        strncmp(word, "every", 5) == 0 || strncmp(word, "whatever", 8) == 0;
  }
  return inclusive;
}

/// "lose the tambourine", without a time: it is not wanted at all. "Bass drops
/// out at 0:40" and "lose the bass at 0:40" are exits.
static void
read_removal(CsParse *p, size_t i)
{
  static const char *const verbs[] = {"lose", "kill", "take out", "remove",
      "cut the", "drop the", "mute the", "pull the", "ditch", "tacet"};
  const char *text                 = p->normal.text + p->items[i].begin;
  const int sentence               = p->items[i].sentence;
  bool removes                     = false;
  for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
    removes |= p->items[i].end - p->items[i].begin >= strlen(verbs[k]) &&
               strncmp(text, verbs[k], strlen(verbs[k])) == 0;
  for (size_t k = cs_sentence_start(p, i);
       k < p->n && p->items[k].sentence == sentence; k++)
    removes = removes && (p->items[k].kind != CS_ITEM_TIME ||
                             p->items[k].time.form == CS_TIME_LENGTH);
  if (!removes)
    return;
  if (strncmp(text, "tacet", 5) == 0)
    negate_before(p, i);
  else
    negate_from(p, i + 1, false);
}

static void
read_marker(CsParse *p, size_t i)
{
  switch (p->items[i].entry->marker) {
  case CS_MARK_NO:
    if ((p->items[i].flags & CS_FLAG_CORRECTS) || is_denied(p, i)) {
      allow_again(p, i);
      break;
    }
    if (cs_is_answer(p, i) && cs_thing_after(p, i) == SIZE_MAX)
      cs_mark_corrected(p, i);
    else if (!is_reported(p, i) && !leaves_out_of_change(p, i) &&
             !negates_before(p, i) && !negates_what_is(p, i))
      negate_from(p, i + 1, is_heading(p, i));
    break;
  case CS_MARK_NO_HEADING:
    if (is_heading(p, i))
      negate_from(p, i + 1, true);
    break;
  case CS_MARK_NONE_OF_THOSE:
    negate_those(p, i);
    break;
  case CS_MARK_NOT:
  case CS_MARK_RATHER:
    if (is_denied(p, i + 1))
      flag_clause_from(p, i + 2, CS_FLAG_INSISTS, 8);
    else if (cs_item_is_mark(cs_item_at(p, i, 1), ":"))
      negate_from(p, i + 2, true); // "the music mustn't: swell, peak"
    else if (says_nothing_more(p, i))
      negate_before(p, i); // "percussion: never"
    else if (!negates_before(p, i))
      drop_from(p, i + 1);
    break;
  case CS_MARK_NONE_OF:
    if (is_heading(p, i)) // "not wanted: vocals"
      negate_from(p, i + 1, true);
    else
      negate_before(p, i);
    break;
  case CS_MARK_LESS: // "guitar-less"
    if ((p->items[i].flags & CS_FLAG_GLUED) && i > 0 &&
        cs_is_thing(&p->items[i - 1])) {
      p->items[i - 1].flags |= CS_FLAG_NEGATED;
      p->items[i - 1].flags &= ~(unsigned)CS_FLAG_INSISTS;
      break;
    }
    flag_clause_from(p, i + 1, CS_FLAG_LESS, 1);
    break;
  case CS_MARK_SPARING:
    flag_clause_from(p, i + 1, CS_FLAG_LESS, 1);
    break;
  case CS_MARK_MAYBE:
    if (is_trailing(p, i))
      flag_clause(p, i, CS_FLAG_MAYBE);
    else
      flag_clause_from(p, i + 1, CS_FLAG_MAYBE, 8);
    break;
  case CS_MARK_YES:
  case CS_MARK_DOUBLE:
    if (cs_item_is(&p->items[i], CS_MARK_YES) && negate_kept_away(p, i))
      break;
    flag_clause_from(p, i + 1, CS_FLAG_INSISTS, 8);
    allow_again(p, i);
    break;
  case CS_MARK_CORRECTION:
    cs_mark_corrected(p, i);
    break;
  case CS_MARK_BUT:
    if (excepts(p, i))
      negate_from(p, i + 1, false);
    break;
  case CS_MARK_MUSIC_OUT: // "trumpets are out", but not "out at 0:50"
    if (cs_item_at(p, i, 1)->clause != p->items[i].clause ||
        cs_item_at(p, i, 1)->kind == CS_ITEM_MARK)
      (void)negate_subjects(p, i);
    break;
  case CS_MARK_AWAY: // "leave the cymbals in their case"
    negate_left_away(p, i);
    break;
  case CS_MARK_LIKE:
    read_likeness(p, i);
    break;
  default:
    break;
  }
}

void
cs_read_scopes(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    CsItem *item = &p->items[i];
    if (item->kind == CS_ITEM_ENTRY && item->entry->class_of == CS_CLASS_MARKER)
      read_marker(p, i);
    if (cs_item_is_class(item, CS_CLASS_CHANGE) &&
        item->entry->kind == CS_ARC_EXIT)
      read_removal(p, i);
    if (item->kind == CS_ITEM_WEIGHT && item->number < 0.0 && i > 0 &&
        cs_is_thing(&p->items[i - 1]))
      p->items[i - 1].flags |= CS_FLAG_NEGATED;
  }
}
