/// The times of a draft: how each form of time places each kind of change.
#include "grammar/arc.h"

#include <string.h>

CsStatus
cs_draft_add(CsArc *arc, CsArcKind kind, size_t item, const char *target)
{
  void *list = arc->drafts;
  CS_TRY(cs_arena_grow(
      arc->p->arena, &list, &arc->capacity, arc->n + 1, sizeof *arc->drafts));
  arc->drafts = list;
  arc->drafts[arc->n++] =
      (CsArcDraft){.event = {.kind = kind, .amount = 1.0, .target = target},
          .item           = item,
          .beside         = SIZE_MAX};
  return CS_OK;
}

CsPlace
cs_draft_start(const CsArcDraft *draft)
{
  return (CsPlace){.at = draft->event.start_at, .anchor = draft->event.anchor};
}

CsPlace
cs_draft_end(const CsArcDraft *draft)
{
  return (CsPlace){
      .at = draft->event.end_at, .anchor = draft->event.end_anchor};
}

double
cs_draft_start_s(const CsArc *arc, const CsArcDraft *draft)
{
  return cs_place_seconds(arc->p, cs_draft_start(draft));
}

double
cs_cursor_s(const CsArc *arc)
{
  return cs_place_seconds(arc->p, arc->cursor);
}

void
cs_draft_set_start(CsArcDraft *draft, CsPlace place)
{
  draft->event.anchor    = place.anchor;
  draft->event.start_at  = place.at;
  draft->event.has_start = true;
  draft->has_moment      = true;
}

void
cs_draft_set_end(CsArcDraft *draft, CsPlace place)
{
  draft->event.end_anchor = place.anchor;
  draft->event.end_at     = place.at;
  draft->event.has_end    = true;
}

void
cs_draft_set_until(CsArc *arc, CsArcDraft *draft, const CsTime *time)
{
  if (draft->event.kind == CS_ARC_ENTER && !draft->event.has_start) {
    cs_draft_set_start(draft, time->a); // "waits until 0:24"
    return;
  }
  // What ends before the story so far began with the cue.
  const bool behind = cs_cursor_s(arc) < cs_place_seconds(arc->p, time->a);
  if (!draft->event.has_start && draft->every_s <= 0.0)
    cs_draft_set_start(draft, behind ? arc->cursor : (CsPlace){0});
  draft->lasts = true;
  cs_draft_set_end(draft, time->a);
}

void
cs_draft_fill(CsArcDraft *draft)
{
  cs_draft_set_start(draft, (CsPlace){.anchor = CS_ANCHOR_SHARE});
  cs_draft_set_end(draft, (CsPlace){.at = 1.0, .anchor = CS_ANCHOR_SHARE});
}

CsPlace
cs_place_later(const CsParse *p, CsPlace place, double seconds)
{
  if (place.anchor == CS_ANCHOR_SHARE)
    place = (CsPlace){.at = cs_place_seconds(p, place)};
  place.at += place.anchor == CS_ANCHOR_END ? -seconds : seconds;
  return place;
}

static void
set_span(const CsArc *arc, CsArcDraft *draft, CsPlace from, double seconds)
{
  const CsPlace end = cs_place_later(arc->p, from, seconds);
  if (from.anchor != end.anchor)
    from = (CsPlace){.at = cs_place_seconds(arc->p, from)};
  cs_draft_set_start(draft, from);
  cs_draft_set_end(draft, end);
}

void
cs_draft_set_length(CsArc *arc, CsArcDraft *draft, double seconds)
{
  static const CsPlace start = {.anchor = CS_ANCHOR_START};
  static const CsPlace end   = {.anchor = CS_ANCHOR_END};
  const CsArcKind kind       = draft->event.kind;
  if (draft->event.has_start && cs_place_is_end(cs_draft_start(draft))) {
    set_span(arc, draft, cs_place_later(arc->p, end, -seconds), seconds);
  } else if (draft->event.has_start && !draft->event.has_end) {
    set_span(arc, draft, cs_draft_start(draft), seconds);
    arc->cursor = cs_draft_end(draft);
  } else if (kind == CS_ARC_FADE_OUT) {
    set_span(arc, draft, cs_place_later(arc->p, end, -seconds), seconds);
  } else if (kind == CS_ARC_FADE_IN) {
    set_span(arc, draft, start, seconds);
  } else if ((kind == CS_ARC_SILENCE && draft->lasts) ||
             cs_cursor_s(arc) > 0.0) {
    set_span(arc, draft, arc->cursor, seconds);
    draft->has_moment = false; // a place may still be said
    draft->length_s   = seconds;
  } else {
    draft->length_s = seconds;
  }
}

void
cs_draft_set_place(CsArc *arc, CsArcDraft *draft, const CsTime *time)
{
  const bool spans = time->form == CS_TIME_SPAN || time->form == CS_TIME_RANGE;
  const bool had_length = draft->length_s > 0.0 && !draft->has_moment;
  draft->event.has_end  = false;
  draft->lasts          = time->lasts;
  cs_draft_set_start(draft, time->a);
  if (spans)
    cs_draft_set_end(draft, time->b);
  else if (had_length)
    cs_draft_set_length(arc, draft, draft->length_s);
  arc->cursor = spans && !cs_place_is_end(time->b) ? time->b : time->a;
}

static bool
ends_in(const CsParse *p, const CsItem *item, const char *word)
{
  const size_t n = strlen(word);
  return item->end - item->begin > n &&
         memcmp(p->normal.text + item->end - n, word, n) == 0;
}

/// "builds to the reveal at 0:30", "rises to 0:30": what goes up to something
/// ends where that is.
static bool
goes_up_to(const CsParse *p, const CsArcDraft *draft, size_t time_at)
{
  const CsItem *word   = &p->items[draft->item];
  const CsArcKind kind = draft->event.kind;
  bool to              = ends_in(p, word, " to") || ends_in(p, word, " into");
  if ((kind != CS_ARC_BUILD && kind != CS_ARC_RISE) || draft->has_moment ||
      word->clause != p->items[time_at].clause)
    return false;
  for (size_t k = draft->item + 1; k < time_at; k++) {
    to |= cs_item_is(&p->items[k], CS_MARK_TO) ||
          cs_item_is(&p->items[k], CS_MARK_UNTIL);
    // "lifts to E flat at 0:30" is there at once.
    if (cs_item_is_change(&p->items[k]) || p->items[k].kind == CS_ITEM_TIME ||
        p->items[k].kind == CS_ITEM_KEY)
      return false;
  }
  return to && draft->item < time_at;
}

/// "builds and is huge by 0:40": what changes little by little is done then.
static bool
is_done_by(const CsArcDraft *draft, const CsTime *time)
{
  const CsArcKind kind = draft->event.kind;
  return time->is_latest && !draft->has_moment &&
         (kind == CS_ARC_BUILD || kind == CS_ARC_FALL);
}

static CsStatus
set_moment(CsArc *arc, size_t which, size_t time_at)
{
  const CsTime *time      = &arc->p->items[time_at].time;
  const CsArcDraft *draft = &arc->drafts[which];
  const bool is_moment    = cs_time_is_moment(time);
  if (is_moment &&
      (is_done_by(draft, time) || goes_up_to(arc->p, draft, time_at))) {
    cs_draft_set_until(arc, &arc->drafts[which], time);
    arc->cursor = time->a;
    return CS_OK;
  }
  const bool again = time->form == CS_TIME_SPAN && draft->event.has_end &&
                     cs_item_is_mark(cs_item_at(arc->p, draft->item, 1), ":");
  if (draft->has_moment && (is_moment || again)) { // a list of places
    if (draft->is_next)
      return CS_OK; // the first of the list takes it
    CS_TRY(
        cs_draft_add(arc, draft->event.kind, draft->item, draft->event.target));
    arc->drafts[arc->n - 1].event.move = arc->drafts[which].event.move;
    which                              = arc->n - 1;
    arc->drafts[which].is_next         = true;
  }
  cs_draft_set_place(arc, &arc->drafts[which], time);
  return CS_OK;
}

CsStatus
cs_draft_attach(CsArc *arc, size_t which, size_t time_at)
{
  const CsTime *time = &arc->p->items[time_at].time;
  CsArcDraft *draft  = &arc->drafts[which];
  arc->p->items[time_at].flags |= CS_FLAG_TAKEN;
  switch (time->form) {
  case CS_TIME_UNTIL:
    cs_draft_set_until(arc, draft, time);
    arc->cursor = time->a;
    return CS_OK;
  case CS_TIME_EVERY:
    draft->every_s = time->a.at;
    return CS_OK;
  case CS_TIME_BESIDE:
    draft->beside     = time_at;
    draft->has_moment = true;
    return CS_OK;
  case CS_TIME_FOR:
    draft->lasts = true;
    cs_draft_set_length(arc, draft, time->a.at);
    return CS_OK;
  case CS_TIME_LENGTH:
    if (time->is_clock)
      return set_moment(arc, which, time_at);
    cs_draft_set_length(arc, draft, time->a.at);
    return CS_OK;
  case CS_TIME_LATER: // was made a moment
  case CS_TIME_MOMENT:
  case CS_TIME_SPAN:
  case CS_TIME_FROM:
  case CS_TIME_RANGE:
    return set_moment(arc, which, time_at);
  }
  return CS_OK;
}
