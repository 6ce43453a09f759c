/// Players that come and go without a change word: "drums from 0:20", "the last
/// ten seconds just piano", "no drums until the chorus at 0:24".
#include "grammar/arc.h"

#include <string.h>

/// The place that an instrument in this clause is given.
static size_t
place_in_clause(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  size_t first     = i;
  while (first > 0 && p->items[first - 1].clause == clause)
    first--;
  for (size_t k = first; k < p->n && p->items[k].clause == clause; k++) {
    const CsItem *item = &p->items[k];
    if (item->kind == CS_ITEM_TIME && cs_time_is_place(&item->time) &&
        !(item->time.form == CS_TIME_LENGTH) &&
        !(item->time.is_timecode && (item->flags & CS_FLAG_TOTAL)))
      return k;
  }
  return SIZE_MAX;
}

static bool
was_playing(const CsParse *p, size_t i)
{
  const char *name = cs_item_played(&p->items[i]);
  for (size_t k = 0; k < i; k++)
    if (cs_item_is_playable(&p->items[k]) &&
        strcmp(cs_item_played(&p->items[k]), name) == 0)
      return true;
  return false;
}

static bool
has_enter(const CsArc *arc, const char *name)
{
  for (size_t k = 0; k < arc->n; k++)
    if (arc->drafts[k].event.target != NULL &&
        !(arc->p->items[arc->drafts[k].item].flags & CS_FLAG_LEAVES) &&
        strcmp(arc->drafts[k].event.target, name) == 0)
      return true;
  return false;
}

static bool
clause_changes_otherwise(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == clause; k++) {
    const CsItem *item = &p->items[k];
    if (k == i || !cs_item_is_change(item))
      continue;
    const int kind = item->entry->kind;
    if (kind == CS_ARC_BUILD || kind == CS_ARC_FALL || kind == CS_ARC_EXIT ||
        kind == CS_ARC_SILENCE || kind == CS_ARC_FADE_OUT ||
        kind == CS_ARC_HIT || kind == CS_ARC_DROP)
      return true;
  }
  return false;
}

/// "(36-42 s): vinyl": does the section after this one leave the player out?
static bool
leaves(const CsParse *p, const CsItem *place, size_t i)
{
  bool section = false;
  for (size_t k = cs_sentence_start(p, i);
       k < p->n && p->items[k].sentence == p->items[i].sentence; k++)
    section |= p->items[k].sentence == p->items[i].sentence &&
               cs_item_is(&p->items[k], CS_MARK_SECTION);
  return section && place->time.form == CS_TIME_SPAN &&
         cs_place_seconds(p, place->time.b) < p->length_s - 0.5;
}

bool
cs_clause_has(const CsParse *p, size_t i, CsMarker marker)
{
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == p->items[i].clause; k++)
    if (cs_item_is(&p->items[k], marker))
      return true;
  return false;
}

/// "the last ten seconds just piano": the others leave, the piano stays.
static bool
is_left_alone(const CsParse *p, size_t i, const CsTime *time)
{
  return time->form == CS_TIME_SPAN && cs_clause_has(p, i, CS_MARK_ONLY);
}

static bool
has_fall(const CsArc *arc, size_t place)
{
  for (size_t k = 0; k < arc->n; k++)
    if (arc->drafts[k].event.kind == CS_ARC_FALL &&
        arc->drafts[k].item == place)
      return true;
  return false;
}

static CsStatus
read_entrances(CsArc *arc)
{
  CsParse *p = arc->p;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (!cs_item_is_playable(item) || (item->flags & CS_FLAG_MAYBE))
      continue;
    size_t place = place_in_clause(p, i);
    if (place == SIZE_MAX && i > 0) {
      // "Main(6-36s): lofi drums": the head of the sentence gives the place.
      for (size_t k = cs_sentence_start(p, i); k < i; k++)
        if (p->items[k].kind == CS_ITEM_TIME &&
            p->items[k].time.form == CS_TIME_SPAN &&
            p->items[k].time.a.anchor == CS_ANCHOR_START &&
            !(p->items[k].flags & CS_FLAG_TAKEN))
          place = k;
    }
    const char *name = cs_item_played(item);
    if (place == SIZE_MAX || has_enter(arc, name) ||
        clause_changes_otherwise(p, i) || was_playing(p, i))
      continue;
    const CsTime *time = &p->items[place].time;
    // "no drums in the first 20 s", "no drums in the last 20 s"
    if (item->flags & (CS_FLAG_ENTERS | CS_FLAG_LEAVES))
      continue;
    const double start = cs_place_seconds(p, time->a);
    if (start <= 0.25 || start >= p->length_s - 0.25 ||
        time->form == CS_TIME_RANGE)
      continue;
    if (is_left_alone(p, i, time)) {
      if (!has_fall(arc, place)) {
        CS_TRY(cs_draft_add(arc, CS_ARC_FALL, place, NULL));
        cs_draft_set_place(arc, &arc->drafts[arc->n - 1], time);
      }
      continue;
    }
    CS_TRY(cs_draft_add(arc, CS_ARC_ENTER, i, name));
    cs_draft_set_start(&arc->drafts[arc->n - 1], time->a);
    if (leaves(p, &p->items[place], i)) {
      CS_TRY(cs_draft_add(arc, CS_ARC_EXIT, i, name));
      cs_draft_set_start(&arc->drafts[arc->n - 1], time->b);
    }
  }
  return CS_OK;
}

/// "no drums until 0:20", "no drums in the first 20 s"
static CsStatus
read_late_entrances(CsArc *arc)
{
  CsParse *p = arc->p;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (!(item->flags & CS_FLAG_ENTERS) || !cs_item_is_playable(item) ||
        has_enter(arc, cs_item_played(item)))
      continue;
    for (size_t k = i + 1; k < p->n && p->items[k].clause == item->clause;
         k++) {
      const CsTime *time = &p->items[k].time;
      if (p->items[k].kind != CS_ITEM_TIME)
        continue;
      CS_TRY(cs_draft_add(arc, CS_ARC_ENTER, i, cs_item_played(item)));
      cs_draft_set_start(&arc->drafts[arc->n - 1],
          time->form == CS_TIME_SPAN ? time->b : time->a);
      p->items[k].flags |= CS_FLAG_TAKEN;
      break;
    }
  }
  return CS_OK;
}

/// "the last 15 s without drums", "no drums from 0:40"
static CsStatus
read_early_exits(CsArc *arc)
{
  CsParse *p = arc->p;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (!(item->flags & CS_FLAG_LEAVES) || !cs_item_is_playable(item))
      continue;
    for (size_t k = cs_clause_start(p, i);
         k < p->n && p->items[k].clause == item->clause; k++) {
      const CsTime *time = &p->items[k].time;
      if (p->items[k].kind != CS_ITEM_TIME)
        continue;
      CS_TRY(cs_draft_add(arc, CS_ARC_EXIT, i, cs_item_played(item)));
      cs_draft_set_start(&arc->drafts[arc->n - 1], time->a);
      p->items[k].flags |= CS_FLAG_TAKEN;
      break;
    }
  }
  return CS_OK;
}

/// "just shimmering pads until 0:45": one layer is left from here on.
static CsStatus
read_thinnings(CsArc *arc)
{
  CsParse *p = arc->p;
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (!cs_item_is(item, CS_MARK_ONLY))
      continue;
    for (size_t k = i + 1; k < p->n && p->items[k].clause == item->clause;
         k++) {
      CsItem *next = &p->items[k];
      if (next->kind != CS_ITEM_TIME || next->time.form != CS_TIME_UNTIL ||
          (next->flags & CS_FLAG_TAKEN))
        continue;
      CsPlace from = {0};
      for (size_t j = 0; j < arc->n; j++)
        if (arc->drafts[j].item < i && arc->drafts[j].event.has_end)
          from = cs_draft_end(&arc->drafts[j]);
      if (cs_place_seconds(p, from) <= 0.0)
        continue;
      CS_TRY(cs_draft_add(arc, CS_ARC_FALL, i, NULL));
      arc->cursor = from;
      CS_TRY(cs_draft_attach(arc, arc->n - 1, k));
    }
  }
  return CS_OK;
}

CsStatus
cs_arc_read_entrances(CsArc *arc)
{
  CS_TRY(read_late_entrances(arc));
  CS_TRY(read_early_exits(arc));
  CS_TRY(read_entrances(arc));
  return read_thinnings(arc);
}
