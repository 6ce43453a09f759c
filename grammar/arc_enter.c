/// Players that come and go without a change word: "drums from 0:20", "the last
/// ten seconds just piano", "no drums until the chorus at 0:24".
#include "grammar/arc.h"

#include <string.h>

/// Not a length, and no range of lengths.
static bool
is_stretch(const CsItem *item)
{
  const CsTimeForm form = item->time.form;
  return form == CS_TIME_UNTIL ||
         (cs_time_is_place(&item->time) && form != CS_TIME_LENGTH &&
             form != CS_TIME_RANGE);
}

static bool
is_place_of_player(const CsItem *item)
{
  return item->kind == CS_ITEM_TIME && is_stretch(item) &&
         !(item->time.is_timecode && (item->flags & CS_FLAG_TOTAL));
}

/// The place that an instrument in this clause is given: of several the one
/// behind it, "drums at 0:10 and bass at 0:20".
static size_t
place_in_clause(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  size_t before = SIZE_MAX, behind = SIZE_MAX, n = 0;
  for (size_t k = cs_clause_start(p, i);
       k < p->n && p->items[k].clause == clause; k++) {
    if (!is_place_of_player(&p->items[k]))
      continue;
    before = k < i && before == SIZE_MAX ? k : before;
    behind = k > i && behind == SIZE_MAX ? k : behind;
    n++;
  }
  return n > 1 && behind != SIZE_MAX ? behind
         : before != SIZE_MAX        ? before
                                     : behind;
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
    if (arc->drafts[k].event.kind == CS_ARC_ENTER &&
        arc->drafts[k].event.target != NULL &&
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
    const int kind = item->change;
    if (kind == CS_ARC_BUILD || kind == CS_ARC_FALL || kind == CS_ARC_EXIT ||
        kind == CS_ARC_SILENCE || kind == CS_ARC_FADE_OUT ||
        kind == CS_ARC_HIT || kind == CS_ARC_DROP)
      return true;
  }
  return false;
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

/// "(36-42 s): vinyl": is the time that of a section?
static bool
is_of_section(const CsParse *p, size_t i)
{
  for (size_t k = cs_sentence_start(p, i);
       k < p->n && p->items[k].sentence == p->items[i].sentence; k++)
    if (cs_item_is(&p->items[k], CS_MARK_SECTION))
      return true;
  return false;
}

/// "drums only in the second half": at no other time. "Drums alone" are alone.
static bool
is_only_then(const CsParse *p, size_t i, size_t place)
{
  return place > i + 1 && p->items[place].clause == p->items[i].clause &&
         cs_item_is(&p->items[place - 1], CS_MARK_ONLY) &&
         p->normal.text[p->items[place - 1].begin] != 'a';
}

/// "the last ten seconds just piano": the others leave, the piano stays.
static bool
is_left_alone(const CsParse *p, size_t i, size_t place)
{
  return p->items[place].time.form == CS_TIME_SPAN &&
         cs_clause_has(p, i, CS_MARK_ONLY) && !is_only_then(p, i, place);
}

/// "drums until 1:00", which says nothing else, and after which nothing is said
/// to come: the player stops then. "calm piano until 0:20, then strings" goes
/// on.
static bool
stops(const CsParse *p, size_t i)
{
  const int clause = p->items[i].clause;
  size_t k         = cs_clause_start(p, i);
  if (cs_clause_has(p, i, CS_MARK_ALONE)) // until the others come
    return false;
  for (; k < p->n && p->items[k].clause == clause; k++)
    if (p->items[k].kind == CS_ITEM_ENTRY &&
        !cs_item_is_class(&p->items[k], CS_CLASS_INSTRUMENT) &&
        !cs_item_is_class(&p->items[k], CS_CLASS_MARKER) &&
        !cs_item_is_class(&p->items[k], CS_CLASS_PLAIN))
      return false;
  while (k < p->n && p->items[k].kind == CS_ITEM_MARK)
    k++;
  return k >= p->n || !cs_item_is_then(&p->items[k]);
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

/// When one player comes and goes.
typedef struct Stay {
  bool enters, leaves;
  CsPlace in, out;
} Stay;

static bool
is_inside(const CsParse *p, CsPlace place)
{
  const double at = cs_place_seconds(p, place);
  return at > 0.25 && at < p->length_s - 0.25;
}

static Stay
stay_over(const CsParse *p, size_t i, size_t place)
{
  const CsTime *time = &p->items[place].time;
  const bool spans   = time->form == CS_TIME_SPAN;
  Stay stay          = {.in = time->a, .out = spans ? time->b : time->a};
  if (time->form == CS_TIME_UNTIL) {
    stay.leaves = stops(p, i) && is_inside(p, stay.out);
    return stay;
  }
  stay.enters = is_inside(p, stay.in);
  const bool ends =
      time->lasts || is_of_section(p, i) || is_only_then(p, i, place);
  stay.leaves = spans && ends && is_inside(p, stay.out) &&
                (stay.enters || (time->lasts && stops(p, i)));
  return stay;
}

static CsStatus
add_stay(CsArc *arc, size_t i, const Stay *stay)
{
  const char *name = cs_item_played(&arc->p->items[i]);
  if (stay->enters) {
    CS_TRY(cs_draft_add(arc, CS_ARC_ENTER, i, name));
    cs_draft_set_start(&arc->drafts[arc->n - 1], stay->in);
  }
  if (stay->leaves) {
    CS_TRY(cs_draft_add(arc, CS_ARC_EXIT, i, name));
    cs_draft_set_start(&arc->drafts[arc->n - 1], stay->out);
  }
  return CS_OK;
}

/// "Main(6-36s): lofi drums": the head of the sentence gives the place.
static size_t
place_in_head(const CsParse *p, size_t i)
{
  size_t place = SIZE_MAX;
  for (size_t k = cs_sentence_start(p, i); k < i; k++)
    if (p->items[k].kind == CS_ITEM_TIME &&
        p->items[k].time.form == CS_TIME_SPAN &&
        p->items[k].time.a.anchor == CS_ANCHOR_START &&
        !(p->items[k].flags & CS_FLAG_TAKEN))
      place = k;
  return place;
}

/// Where a time leaves the story, when it stood at `at` before.
static CsPlace
after_time(const CsParse *p, const CsItem *item, CsPlace at)
{
  const CsTime *time = &item->time;
  if (item->flags & CS_FLAG_TOTAL)
    return at;
  if (time->form == CS_TIME_FOR)
    return item->flags & CS_FLAG_TAKEN ? at : cs_place_later(p, at, time->a.at);
  if (time->form == CS_TIME_UNTIL)
    return time->a;
  return time->form == CS_TIME_SPAN ? time->b : at;
}

/// "8-bar intro, then drums": behind what was said before in the sentence.
static Stay
stay_behind(const CsParse *p, size_t i)
{
  const size_t clause = cs_clause_start(p, i);
  Stay stay           = {0};
  bool then           = false;
  for (size_t k = clause; k < i; k++)
    then |= cs_item_is_then(&p->items[k]);
  for (size_t k = cs_sentence_start(p, i); k < clause && then; k++)
    if (p->items[k].kind == CS_ITEM_TIME)
      stay.in = after_time(p, &p->items[k], stay.in);
  stay.enters = is_inside(p, stay.in);
  return stay;
}

/// The others leave: once for each time.
static CsStatus
leave_alone(CsArc *arc, size_t place)
{
  const CsTime *time = &arc->p->items[place].time;
  if (!is_inside(arc->p, time->a) || has_fall(arc, place))
    return CS_OK;
  CS_TRY(cs_draft_add(arc, CS_ARC_FALL, place, NULL));
  cs_draft_set_place(arc, &arc->drafts[arc->n - 1], time);
  return CS_OK;
}

static CsStatus
read_entrance(CsArc *arc, size_t i)
{
  CsParse *p   = arc->p;
  size_t place = place_in_clause(p, i);
  Stay stay    = {0};
  if (place == SIZE_MAX)
    stay = stay_behind(p, i);
  if (place == SIZE_MAX && !stay.enters)
    place = place_in_head(p, i);
  if (clause_changes_otherwise(p, i))
    return CS_OK;
  if (place != SIZE_MAX && is_left_alone(p, i, place))
    return leave_alone(arc, place);
  if (place != SIZE_MAX)
    stay = stay_over(p, i, place);
  const bool comes = stay.enters || stay.leaves;
  if (!comes || has_enter(arc, cs_item_played(&p->items[i])) ||
      was_playing(p, i))
    return CS_OK;
  return add_stay(arc, i, &stay);
}

static CsStatus
read_entrances(CsArc *arc)
{
  // Whoever is said to be away then was read before: "no drums in the last 20
  // s"
  const unsigned other = CS_FLAG_MAYBE | CS_FLAG_ENTERS | CS_FLAG_LEAVES;
  for (size_t i = 0; i < arc->p->n; i++)
    if (cs_item_is_playable(&arc->p->items[i]) &&
        !(arc->p->items[i].flags & other))
      CS_TRY(read_entrance(arc, i));
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
