/// Drafts to the events of the brief: spans that are open are closed, repeated
/// ones dropped, the rest put in order of time.
#include "grammar/arc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Times beside another change that are worked out, beyond what a person writes:
// each is looked for among all drafts.
enum { MAX_EVERY = 64, MAX_BESIDE = 64 };

// ---- Times that hang on other events ----------------------------------------

/// Is the draft what "after the drop", "before the strings come in" speaks of?
static bool
is_meant(const CsArcDraft *draft, const CsItem *what, int kind)
{
  const char *target = draft->event.target;
  if (!cs_item_is_class(what, CS_CLASS_INSTRUMENT))
    return (int)draft->event.kind == kind;
  return target != NULL && strcmp(target, what->entry->name) == 0 &&
         (int)draft->event.kind == kind;
}

/// The nearest draft in the prompt that a time counts from, or NULL.
static const CsArcDraft *
reference_of(const CsArc *arc, const CsArcDraft *draft)
{
  const CsParse *p = arc->p;
  size_t i         = draft->beside + 1;
  while (cs_item_is(cs_item_at(p, i, 0), CS_MARK_SOME))
    i++;
  const CsItem *what = cs_item_at(p, i, 0), *verb = cs_item_at(p, i, 1);
  const bool player = cs_item_is_class(what, CS_CLASS_INSTRUMENT);
  const bool leaves =
      verb->kind == CS_ITEM_ENTRY && verb->entry->kind == CS_ARC_EXIT;
  const int kind          = !player  ? what->entry->kind
                            : leaves ? CS_ARC_EXIT
                                     : CS_ARC_ENTER;
  const CsArcDraft *found = NULL;
  size_t nearest          = SIZE_MAX;
  for (size_t k = 0; k < arc->n; k++) {
    const CsArcDraft *other = &arc->drafts[k];
    const size_t apart = other->item < i ? i - other->item : other->item - i;
    if (other->item != draft->item && other->event.has_start &&
        is_meant(other, what, kind) && apart < nearest) {
      found   = other;
      nearest = apart;
    }
  }
  return found;
}

static void
place_beside(CsArc *arc, CsArcDraft *draft)
{
  const CsArcDraft *from = reference_of(arc, draft);
  if (from == NULL)
    return;
  const double seconds = arc->p->items[draft->beside].time.a.at;
  cs_draft_set_start(
      draft, cs_place_later(arc->p, cs_draft_start(from), seconds));
}

/// "a second of silence before the drop at 0:24": what has only a length, and
/// stands before another change of its clause, ends where that begins.
static void
place_before(CsArc *arc, size_t which)
{
  const CsParse *p  = arc->p;
  CsArcDraft *draft = &arc->drafts[which];
  bool before       = false;
  if (draft->has_moment || draft->length_s <= 0.0)
    return;
  for (size_t k = which + 1; k < arc->n && !draft->has_moment; k++) {
    const CsArcDraft *next = &arc->drafts[k];
    if (p->items[next->item].clause != p->items[draft->item].clause)
      return;
    for (size_t i = draft->item + 1; i < next->item; i++)
      before |= cs_item_is_before(p, &p->items[i]);
    if (!before || !next->event.has_start)
      continue;
    const CsPlace end    = cs_draft_start(next);
    draft->event.has_end = false;
    cs_draft_set_start(draft, cs_place_later(p, end, -draft->length_s));
    cs_draft_set_end(draft, end);
  }
}

// ---- Events from drafts -----------------------------------------------------

/// One more like a draft, at another place.
static CsStatus
add_like(CsArc *arc, size_t which, CsArcKind kind, CsPlace place)
{
  const CsArcDraft like = arc->drafts[which];
  CS_TRY(cs_draft_add(arc, kind, like.item, like.event.target));
  CsArcDraft *fresh   = &arc->drafts[arc->n - 1];
  fresh->event.amount = like.event.amount;
  fresh->event.move   = like.event.move;
  cs_draft_set_start(fresh, place);
  return CS_OK;
}

/// "steps up every 15 s": one event at each. Where no start is said the first
/// one comes after one step.
static CsStatus
repeat(CsArc *arc, size_t which)
{
  CsParse *p         = arc->p;
  CsArcDraft *draft  = &arc->drafts[which];
  const double step  = draft->every_s;
  const double end_s = draft->event.has_end
                           ? cs_place_seconds(p, cs_draft_end(draft))
                           : p->length_s;
  const CsPlace first =
      draft->event.has_start ? cs_draft_start(draft) : (CsPlace){.at = step};
  const double from_s  = cs_place_seconds(p, first);
  draft->event.has_end = false;
  cs_draft_set_start(draft, first);
  for (int k = 1; k < MAX_EVERY && from_s + step * k < end_s - 0.01; k++)
    CS_TRY(add_like(arc, which, arc->drafts[which].event.kind,
        cs_place_later(p, first, step * k)));
  return CS_OK;
}

/// Players come and go at moments: "drums drop out for 4 bars" lets them come
/// back, "drums enter from 0:20 to 0:40" lets them go.
static CsStatus
split_stay(CsArc *arc, size_t which)
{
  CsArcDraft *draft  = &arc->drafts[which];
  const bool exits   = draft->event.kind == CS_ARC_EXIT;
  const bool moment  = exits || draft->event.kind == CS_ARC_ENTER;
  const CsPlace end  = cs_draft_end(draft);
  const double end_s = cs_place_seconds(arc->p, end);
  if (!moment || !draft->event.has_end)
    return CS_OK;
  draft->event.has_end = false;
  if ((!exits && !draft->lasts) || end_s > arc->p->length_s - 0.25)
    return CS_OK;
  return add_like(arc, which, exits ? CS_ARC_ENTER : CS_ARC_EXIT, end);
}

/// "fade up from nothing over 8 bars": two words for one change.
static void
mark_doubles(CsArc *arc)
{
  const CsItem *items = arc->p->items;
  for (size_t k = 1; k < arc->n; k++) {
    CsArcDraft *a = &arc->drafts[k - 1], *b = &arc->drafts[k];
    if (a->event.kind == CS_ARC_KEY || a->event.kind != b->event.kind ||
        a->event.target != b->event.target || a->item == b->item ||
        items[a->item].clause != items[b->item].clause)
      continue;
    a->said_again = !a->event.has_start && b->event.has_start;
    b->said_again = !b->event.has_start && a->event.has_start;
    if (a->said_again && b->event.stay.n == 0) // "pare it down to one pad"
      b->event.stay = a->event.stay;
    if (b->said_again && a->event.stay.n == 0)
      a->event.stay = b->event.stay;
  }
}

/// "rises at 1:00 with a key change": where the clause says that it is.
static void
place_key_changes(CsArc *arc)
{
  const CsItem *items = arc->p->items;
  for (size_t k = 0; k < arc->n; k++) {
    CsArcDraft *draft = &arc->drafts[k];
    if (draft->event.kind != CS_ARC_KEY || draft->event.has_start ||
        draft->said_again)
      continue;
    for (size_t m = 0; m < arc->n && !draft->event.has_start; m++)
      if (arc->drafts[m].event.has_start &&
          items[arc->drafts[m].item].clause == items[draft->item].clause)
        cs_draft_set_start(draft, cs_draft_start(&arc->drafts[m]));
  }
}

static bool
says_where_to(const CsArcDraft *draft)
{
  const CsKeyMove *move = &draft->event.move;
  return move->has_tonic || move->has_mode || move->semitones != 0;
}

/// "a key change at 1:00, up a tone": one change, of which one word says when
/// and another where to.
static void
join_key_changes(CsArc *arc)
{
  for (size_t k = 0; k < arc->n; k++)
    for (size_t m = 0; m < arc->n; m++) {
      CsArcDraft *timed = &arc->drafts[k], *other = &arc->drafts[m];
      if (m == k || timed->event.kind != CS_ARC_KEY ||
          other->event.kind != CS_ARC_KEY || other->said_again ||
          timed->said_again || other->event.has_start ||
          (says_where_to(other) && says_where_to(timed)) ||
          (!timed->event.has_start && !says_where_to(timed)))
        continue;
      if (says_where_to(other))
        timed->event.move = other->event.move;
      other->said_again = true;
    }
}

static CsStatus
finish(CsArc *arc)
{
  const size_t n  = arc->n;
  size_t n_beside = 0;
  for (size_t k = 0; k < n && n_beside < MAX_BESIDE; k++)
    if (arc->drafts[k].beside != SIZE_MAX) {
      place_beside(arc, &arc->drafts[k]);
      n_beside++;
    }
  for (size_t k = 0; k < n; k++)
    place_before(arc, k);
  mark_doubles(arc);
  CS_TRY(cs_arc_close(arc));
  join_key_changes(arc);
  place_key_changes(arc);
  for (size_t k = 0; k < n; k++) {
    if (arc->drafts[k].every_s > 0.0)
      CS_TRY(repeat(arc, k));
    CS_TRY(split_stay(arc, k));
  }
  return CS_OK;
}

/// Where a change of key leads: " +2", " E minor".
static CsStatus
tell_move(CsArena *arena, const CsKeyMove *move, const char **text)
{
  char step[16] = "";
  if (move->semitones != 0 && !move->has_tonic)
    (void)snprintf(step, sizeof step, " %+d", move->semitones);
  *text = cs_arena_printf(arena, "%s%s%s%s%s", step, move->has_tonic ? " " : "",
      move->has_tonic ? cs_tonic_name(move->key) : "",
      move->has_mode ? " " : "",
      move->has_mode ? cs_mode_names[move->key.mode] : "");
  CS_TRY_NEW(*text);
  return CS_OK;
}

/// Who is left: ", bass and pad stay".
static CsStatus
tell_rest(CsArena *arena, const CsStrings *rest, const char **text)
{
  CsText list = cs_text_new(arena);
  for (size_t i = 0; i < rest->n; i++)
    cs_text_addf(&list, "%s%s",
        i == 0             ? ", "
        : i + 1 == rest->n ? " and "
                           : ", ",
        rest->items[i]);
  if (rest->n > 0)
    cs_text_add(&list, rest->n > 1 ? " stay" : " stays");
  return cs_text_take(&list, text);
}

static CsStatus
note_event(CsParse *p, const CsArcDraft *draft)
{
  const CsArcEvent *e = &draft->event;
  const char *move    = "";
  CsKeyMove said;
  const size_t last =
      e->kind == CS_ARC_KEY ? cs_key_move(p, draft->item, &said) : draft->item;
  CS_TRY(tell_move(p->arena, &e->move, &move));
  char start[32] = "", end[32] = "";
  cs_format_number(round(e->start_s * 1000.0) / 1000.0, start);
  cs_format_number(round(e->end_s * 1000.0) / 1000.0, end);
  const char *rest = "";
  CS_TRY(tell_rest(p->arena, &e->stay, &rest));
  const char *value = cs_arena_printf(p->arena, "\"%s%s%s%s%s%s%s%s%s%s\"",
      cs_arc_kind_names[e->kind], move, e->target != NULL ? " " : "",
      e->target != NULL ? e->target : "", e->has_start ? " " : "",
      e->has_start ? start : "", e->has_end ? ".." : "", e->has_end ? end : "",
      e->has_start || e->has_end ? " s" : "", rest);
  CS_TRY_NEW(value);
  return cs_understand(p, draft->item, last, "arc", value,
      e->has_start ? cs_anchor_names[e->anchor] : "word");
}

/// Does a change word only repeat what another field holds?
static bool
is_needless(const CsArc *arc, const CsArcDraft *draft)
{
  const CsEntry *entry = arc->p->items[draft->item].kind == CS_ITEM_ENTRY
                             ? arc->p->items[draft->item].entry
                             : NULL;
  if (entry == NULL || draft->event.has_start || draft->event.has_end ||
      draft->event.kind == CS_ARC_KEY)
    return false;
  return entry->class_of != CS_CLASS_CHANGE || entry->noun ||
         entry->kind == CS_ARC_HIT || entry->kind == CS_ARC_ENTER ||
         entry->kind == CS_ARC_EXIT;
}

/// A change word that asks for nothing without a time is still shown.
static CsStatus
note_untimed(CsParse *p, const CsArcDraft *draft)
{
  if (!cs_item_is_class(&p->items[draft->item], CS_CLASS_CHANGE) ||
      (p->items[draft->item].flags & CS_FLAG_USED))
    return CS_OK;
  return cs_understand(
      p, draft->item, draft->item, "arc", "null", "no time given");
}

/// Events are in order of time, so that only those of the same moment count.
static bool
is_repeated(const CsBrief *brief, const CsArcEvent *event)
{
  for (size_t i = brief->n_arc; i-- > 0;) {
    const CsArcEvent *other = &brief->arc[i];
    if (other->has_start != event->has_start ||
        fabs(other->start_s - event->start_s) >= 0.01)
      return false;
    const bool same_target =
        (other->target == NULL) == (event->target == NULL) &&
        (other->target == NULL || strcmp(other->target, event->target) == 0);
    if (other->kind == event->kind && same_target)
      return true;
  }
  return false;
}

static int
by_start(const void *a, const void *b)
{
  const CsArcDraft *x = a, *y = b;
  if (x->event.has_start != y->event.has_start)
    return x->event.has_start ? -1 : 1;
  if (x->event.start_s < y->event.start_s)
    return -1;
  if (x->event.start_s > y->event.start_s)
    return 1;
  if (x->item != y->item)
    return x->item < y->item ? -1 : 1;
  return (int)x->event.kind - (int)y->event.kind;
}

static void
place_all(CsArc *arc)
{
  for (size_t k = 0; k < arc->n; k++) {
    CsArcEvent *e       = &arc->drafts[k].event;
    const CsArcDraft *d = &arc->drafts[k];
    e->start_s          = e->has_start ? cs_draft_start_s(arc, d) : 0.0;
    e->end_s = e->has_end ? cs_place_seconds(arc->p, cs_draft_end(d)) : 0.0;
  }
}

/// "getting quieter until the end" is a fade; "getting quieter" alone is none.
static CsStatus
note_implied_ending(CsParse *p, const CsArcDraft *draft)
{
  const CsItem *item = &p->items[draft->item];
  CsBrief *brief     = p->brief;
  if (!cs_item_is_class(item, CS_CLASS_CHANGE) || item->entry->ending < 0 ||
      !draft->event.has_end || draft->event.end_s < p->length_s - 0.1 ||
      (brief->said & CS_SAID_ENDING))
    return CS_OK;
  brief->ending = (CsEnding)item->entry->ending;
  brief->said |= CS_SAID_ENDING;
  return cs_understand_text(p, draft->item, draft->item, "ending",
      cs_ending_names[brief->ending], "until the end");
}

CsStatus
cs_arc_settle(CsArc *arc)
{
  CsBrief *brief = arc->p->brief;
  CS_TRY(finish(arc));
  brief->arc = CS_NEW_N(arc->p->arena, CsArcEvent, arc->n);
  CS_TRY_NEW(brief->arc);
  place_all(arc);
  if (arc->n > 1)
    qsort(arc->drafts, arc->n, sizeof *arc->drafts, by_start);
  for (size_t k = 0; k < arc->n; k++) {
    const CsArcDraft *draft = &arc->drafts[k];
    if (is_needless(arc, draft)) {
      CS_TRY(note_untimed(arc->p, draft));
      continue;
    }
    if (draft->said_again || is_repeated(brief, &draft->event))
      continue;
    brief->arc[brief->n_arc++] = draft->event;
    CS_TRY(note_event(arc->p, draft));
    CS_TRY(note_implied_ending(arc->p, draft));
  }
  return CS_OK;
}
