/// Timed moods: the steps between them are events.
#include "grammar/arc.h"

#include <math.h>

/// A jump of arousal that is heard as a step up or down.
static const double heard_step = 0.3;
/// Arousal from which the most excited stretch is a peak.
static const double peak_arousal = 0.6;

typedef struct State {
  size_t item;
  const CsTime *time;
  double arousal;
} State;

static bool
arousal_between(const CsParse *p, size_t from, size_t to, double *mean)
{
  double sum = 0.0;
  int n      = 0;
  for (size_t i = from; i < to; i++) {
    const CsItem *item = &p->items[i];
    const unsigned no  = CS_FLAG_NEGATED | CS_FLAG_NO_LEAD;
    if (item->kind != CS_ITEM_ENTRY || item->entry->arousal <= CS_UNSET ||
        (item->flags & no) || item->entry->adds)
      continue;
    sum += item->entry->arousal;
    n++;
  }
  *mean = n > 0 ? sum / n : 0.0;
  return n > 0;
}

/// "0:00-0:50 stalking, 0:50-1:10 chase": steps between states are events.
static CsStatus
read_states(CsArc *arc)
{
  CsParse *p   = arc->p;
  State before = {0};
  State top    = {.arousal = -2.0};
  size_t n     = 0;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind != CS_ITEM_TIME || item->time.form != CS_TIME_SPAN ||
        (item->time.a.anchor == CS_ANCHOR_END && n == 0) ||
        item->time.is_timecode)
      continue;
    size_t end = i + 1;
    while (end < p->n && p->items[end].kind != CS_ITEM_TIME)
      end++;
    State state = {.item = i, .time = &item->time};
    if (!arousal_between(p, i + 1, end, &state.arousal))
      continue;
    const double step = state.arousal - before.arousal;
    const bool taken  = item->flags & CS_FLAG_TAKEN;
    if (n > 0 && !taken && fabs(step) >= heard_step) {
      CS_TRY(
          cs_draft_add(arc, step > 0.0 ? CS_ARC_RISE : CS_ARC_FALL, i, NULL));
      cs_draft_set_place(arc, &arc->drafts[arc->n - 1], &item->time);
    }
    if (state.arousal > top.arousal)
      top = state;
    before = state;
    n++;
  }
  if (n < 2 || top.arousal < peak_arousal ||
      (p->items[top.item].flags & CS_FLAG_TAKEN))
    return CS_OK;
  CS_TRY(cs_draft_add(arc, CS_ARC_PEAK, top.item, NULL));
  cs_draft_set_place(arc, &arc->drafts[arc->n - 1], top.time);
  return CS_OK;
}

static bool
is_mood(const CsItem *item)
{
  return cs_item_is_class(item, CS_CLASS_MOOD) && !item->entry->adds &&
         !(item->flags & (CS_FLAG_NEGATED | CS_FLAG_NO_LEAD));
}

/// "ominous to triumphant": a way from one mood to another.
static CsStatus
read_passages(CsArc *arc)
{
  CsParse *p = arc->p;
  for (size_t i = 0; i + 2 < p->n && arc->n == 0; i++) {
    const CsItem *from = &p->items[i], *to = &p->items[i + 2];
    if (!is_mood(from) || !cs_item_is(&p->items[i + 1], CS_MARK_TO) ||
        !is_mood(to) || to->clause != from->clause)
      continue;
    const double step = to->entry->arousal - from->entry->arousal;
    if (fabs(step) < heard_step)
      continue;
    CS_TRY(cs_draft_add(arc, step > 0.0 ? CS_ARC_BUILD : CS_ARC_FALL, i, NULL));
    cs_draft_fill(&arc->drafts[arc->n - 1]);
  }
  return CS_OK;
}

CsStatus
cs_arc_read_states(CsArc *arc)
{
  CS_TRY(read_states(arc));
  return read_passages(arc);
}
