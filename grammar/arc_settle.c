/// Drafts to the events of the brief: spans that are open are closed, repeated
/// ones dropped, the rest put in order of time.
#include "grammar/arc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NO_TIME = -1 };

/// The first time after a draft, in seconds, or NO_TIME.
static double
next_time(const CsArc *arc, const CsDraft *draft)
{
  const CsParse *p  = arc->p;
  const double from = cs_draft_start_s(arc, draft);
  double next       = NO_TIME;
  for (size_t i = draft->item + 1; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind != CS_ITEM_TIME || item->time.form == CS_TIME_LENGTH ||
        item->time.form == CS_TIME_FOR || item->time.form == CS_TIME_EVERY)
      continue;
    const double at = cs_place_seconds(p, item->time.a);
    if (at > from + 0.01 && (next < 0.0 || at < next))
      next = at;
  }
  return next;
}

static void
finish(CsArc *arc, CsDraft *draft)
{
  CsParse *p        = arc->p;
  CsArcEvent *event = &draft->event;
  const bool open   = event->has_start && !event->has_end;
  if (open && event->kind == CS_ARC_SILENCE) {
    const double next = next_time(arc, draft);
    if (next > 0.0)
      cs_draft_set_end(draft, (CsPlace){.at = next});
  }
  if (open && event->kind == CS_ARC_BUILD) { // up to the peak that follows
    for (size_t k = 0; k < arc->n; k++) {
      const CsDraft *peak = &arc->drafts[k];
      if ((peak->event.kind == CS_ARC_PEAK ||
              peak->event.kind == CS_ARC_DROP) &&
          peak->event.has_start &&
          cs_draft_start_s(arc, peak) > cs_draft_start_s(arc, draft)) {
        cs_draft_set_end(draft, cs_draft_start(peak));
        break;
      }
    }
  }
  if (!event->has_start && event->kind == CS_ARC_BUILD &&
      cs_clause_has(p, draft->item, CS_MARK_THROUGHOUT)) {
    cs_draft_fill(draft);
  }
}

static CsStatus
note_event(CsParse *p, const CsDraft *draft)
{
  const CsArcEvent *e = &draft->event;
  char start[32] = "", end[32] = "";
  cs_format_number(round(e->start_s * 1000.0) / 1000.0, start);
  cs_format_number(round(e->end_s * 1000.0) / 1000.0, end);
  const char *value = cs_arena_printf(p->arena, "\"%s%s%s%s%s%s%s%s\"",
      cs_arc_kind_names[e->kind], e->target != NULL ? " " : "",
      e->target != NULL ? e->target : "", e->has_start ? " " : "",
      e->has_start ? start : "", e->has_end ? ".." : "", e->has_end ? end : "",
      e->has_start || e->has_end ? " s" : "");
  CS_TRY_NEW(value);
  return cs_understand(p, draft->item, draft->item, "arc", value,
      e->has_start ? cs_anchor_names[e->anchor] : "word");
}

/// Does a change word only repeat what another field holds?
static bool
is_needless(const CsArc *arc, const CsDraft *draft)
{
  const CsEntry *entry = arc->p->items[draft->item].kind == CS_ITEM_ENTRY
                             ? arc->p->items[draft->item].entry
                             : NULL;
  if (entry == NULL || draft->event.has_start || draft->event.has_end)
    return false;
  return entry->class_of != CS_CLASS_CHANGE || entry->noun ||
         entry->kind == CS_ARC_HIT || entry->kind == CS_ARC_ENTER ||
         entry->kind == CS_ARC_EXIT;
}

/// A change word that asks for nothing without a time is still shown.
static CsStatus
note_untimed(CsParse *p, const CsDraft *draft)
{
  if (!cs_item_is_class(&p->items[draft->item], CS_CLASS_CHANGE) ||
      (p->items[draft->item].flags & CS_FLAG_USED))
    return CS_OK;
  return cs_understand(
      p, draft->item, draft->item, "arc", "null", "no time given");
}

static bool
is_repeated(const CsBrief *brief, const CsArcEvent *event)
{
  for (size_t i = 0; i < brief->n_arc; i++) {
    const CsArcEvent *other = &brief->arc[i];
    const bool same_target =
        (other->target == NULL) == (event->target == NULL) &&
        (other->target == NULL || strcmp(other->target, event->target) == 0);
    if (other->kind == event->kind && same_target &&
        other->has_start == event->has_start &&
        fabs(other->start_s - event->start_s) < 0.01)
      return true;
  }
  return false;
}

static int
by_start(const void *a, const void *b)
{
  const CsDraft *x = a, *y = b;
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
    CsArcEvent *e    = &arc->drafts[k].event;
    const CsDraft *d = &arc->drafts[k];
    e->start_s       = e->has_start ? cs_draft_start_s(arc, d) : 0.0;
    e->end_s = e->has_end ? cs_place_seconds(arc->p, cs_draft_end(d)) : 0.0;
    if (e->has_end && e->end_s < e->start_s) {
      e->has_end = false;
      e->end_s   = 0.0;
    }
  }
}

/// "getting quieter until the end" is a fade; "getting quieter" alone is none.
static CsStatus
note_implied_ending(CsParse *p, const CsDraft *draft)
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
  brief->arc     = CS_NEW_N(arc->p->arena, CsArcEvent, arc->n);
  CS_TRY_NEW(brief->arc);
  for (size_t k = 0; k < arc->n; k++)
    finish(arc, &arc->drafts[k]);
  place_all(arc);
  if (arc->n > 1)
    qsort(arc->drafts, arc->n, sizeof *arc->drafts, by_start);
  for (size_t k = 0; k < arc->n; k++) {
    const CsDraft *draft = &arc->drafts[k];
    if (is_needless(arc, draft)) {
      CS_TRY(note_untimed(arc->p, draft));
      continue;
    }
    if (is_repeated(brief, &draft->event))
      continue;
    brief->arc[brief->n_arc++] = draft->event;
    CS_TRY(note_event(arc->p, draft));
    CS_TRY(note_implied_ending(arc->p, draft));
  }
  return CS_OK;
}
