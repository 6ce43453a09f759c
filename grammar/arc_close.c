/// Open spans: a silence ends with the next thing that is said to happen, a
/// build with the top that follows.
#include "grammar/arc.h"

#include <stdlib.h>

/// A place on the line of the cue, in order of time.
typedef struct Mark {
  double at_s;
  CsPlace place;
} Mark;

typedef struct Line {
  Mark *marks;
  size_t n;
} Line;

static int
by_time(const void *a, const void *b)
{
  const Mark *x = a, *y = b;
  if (x->at_s != y->at_s)
    return x->at_s < y->at_s ? -1 : 1;
  return (int)x->place.anchor - (int)y->place.anchor;
}

static void
add_mark(const CsArc *arc, Line *line, CsPlace place)
{
  line->marks[line->n++] =
      (Mark){.at_s = cs_place_seconds(arc->p, place), .place = place};
}

static bool
is_top(const CsArcDraft *draft)
{
  return draft->event.kind == CS_ARC_PEAK || draft->event.kind == CS_ARC_DROP;
}

/// Is it a moment or a stretch, and no length?
static bool
is_somewhere(const CsItem *item)
{
  const CsTimeForm form = item->time.form;
  return item->kind == CS_ITEM_TIME && form != CS_TIME_LENGTH &&
         form != CS_TIME_FOR && form != CS_TIME_EVERY && form != CS_TIME_BESIDE;
}

/// Where drafts begin: all with every other time, or only the tops.
static CsStatus
draw_line(const CsArc *arc, bool tops, Line *line)
{
  const CsParse *p = arc->p;
  *line =
      (Line){.marks = CS_NEW_N(p->arena, Mark, arc->n + (tops ? 0 : p->n) + 1)};
  CS_TRY_NEW(line->marks);
  for (size_t k = 0; k < arc->n; k++)
    if (arc->drafts[k].event.has_start && (!tops || is_top(&arc->drafts[k])))
      add_mark(arc, line, cs_draft_start(&arc->drafts[k]));
  for (size_t i = 0; i < p->n && !tops; i++)
    if (is_somewhere(&p->items[i]))
      add_mark(arc, line, p->items[i].time.a);
  if (line->n > 1)
    qsort(line->marks, line->n, sizeof *line->marks, by_time);
  return CS_OK;
}

/// The first place behind a time, or NULL.
static const CsPlace *
next_on(const Line *line, double from_s)
{
  size_t low = 0, high = line->n;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (line->marks[middle].at_s > from_s + 0.01)
      high = middle;
    else
      low = middle + 1;
  }
  return low < line->n ? &line->marks[low].place : NULL;
}

/// "builds to a drop at 0:40": the top that a build without a place leads to,
/// or NULL.
static const CsArcDraft *
goal_of(const CsArc *arc, size_t which)
{
  const CsParse *p        = arc->p;
  const CsArcDraft *draft = &arc->drafts[which];
  if (draft->event.kind != CS_ARC_BUILD || draft->event.has_start ||
      draft->event.has_end || draft->length_s > 0.0)
    return NULL;
  for (size_t k = which + 1; k < arc->n; k++) {
    const CsArcDraft *top = &arc->drafts[k];
    if (top->item <= draft->item ||
        p->items[top->item].clause != p->items[draft->item].clause)
      return NULL;
    if (!top->event.has_start ||
        !(is_top(top) || top->event.kind == CS_ARC_HIT ||
            top->event.kind == CS_ARC_KEY))
      continue;
    for (size_t i = draft->item + 1; i < top->item; i++)
      if (cs_item_is(&p->items[i], CS_MARK_TO) ||
          cs_item_is(&p->items[i], CS_MARK_UNTIL))
        return top;
  }
  return NULL;
}

/// "a crescendo over the entire 1:20", which is the length.
static bool
has_total(const CsParse *p, size_t i)
{
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (p->items[k].kind == CS_ITEM_TIME &&
        p->items[k].time.form == CS_TIME_FOR &&
        (p->items[k].flags & CS_FLAG_TOTAL))
      return true;
  return false;
}

static void
close_build(CsArc *arc, size_t which)
{
  CsArcDraft *draft      = &arc->drafts[which];
  const CsArcDraft *goal = goal_of(arc, which);
  if (goal != NULL) {
    cs_draft_set_start(draft, (CsPlace){0});
    cs_draft_set_end(draft, cs_draft_start(goal));
  }
  if (!draft->event.has_start &&
      (cs_clause_has(arc->p, draft->item, CS_MARK_THROUGHOUT) ||
          draft->length_s > 0.99 * arc->p->length_s ||
          has_total(arc->p, draft->item)))
    cs_draft_fill(draft);
}

CsStatus
cs_arc_close(CsArc *arc)
{
  Line all, tops;
  CS_TRY(draw_line(arc, false, &all));
  CS_TRY(draw_line(arc, true, &tops));
  for (size_t k = 0; k < arc->n; k++) {
    CsArcDraft *draft    = &arc->drafts[k];
    const CsArcKind kind = draft->event.kind;
    const bool open      = draft->event.has_start && !draft->event.has_end;
    if (draft->every_s > 0.0)
      continue;
    const CsPlace *end = NULL;
    if (open && kind == CS_ARC_SILENCE)
      end = next_on(&all, cs_draft_start_s(arc, draft));
    if (open && kind == CS_ARC_BUILD)
      end = next_on(&tops, cs_draft_start_s(arc, draft));
    if (end != NULL)
      cs_draft_set_end(draft, *end);
    if (kind == CS_ARC_BUILD)
      close_build(arc, k);
  }
  return CS_OK;
}
