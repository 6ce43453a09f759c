/// Changes that are told without a verb of their own: "strings out, brass in",
/// "an accent on each", "nothing until 0:05"; and times that are taken back.
#include "grammar/arc.h"

#include <math.h>
#include <string.h>

enum { MAX_NEAR = 6, MAX_EACH = 64 };

static bool
is_text(const CsParse *p, size_t i, const char *word)
{
  const CsItem *item = cs_item_at(p, i, 0);
  const size_t n     = strlen(word);
  return item->end - item->begin == n &&
         memcmp(p->normal.text + item->begin, word, n) == 0;
}

/// A place that is said for what stands beside it.
static bool
is_place(const CsItem *item)
{
  return item->kind == CS_ITEM_TIME && cs_time_is_place(&item->time) &&
         item->time.form != CS_TIME_RANGE && !(item->flags & CS_FLAG_TOTAL);
}

/// The nearest place before item i in its sentence, or SIZE_MAX.
static size_t
place_before(const CsParse *p, size_t i)
{
  for (size_t k = i; k-- > 0 && p->items[k].sentence == p->items[i].sentence;)
    if (is_place(&p->items[k]))
      return k;
  return SIZE_MAX;
}

// ---- In and out -------------------------------------------------------------

/// "brass and timpani in": behind a player, with nothing of the clause after.
static bool
closes_clause(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  const CsItem *next = cs_item_at(p, i, 1);
  return i > 0 && cs_item_is_playable(&p->items[i - 1]) &&
         p->items[i - 1].clause == item->clause &&
         (next->clause != item->clause || next->kind == CS_ITEM_MARK ||
             cs_item_is(next, CS_MARK_AND));
}

static CsStatus
move_players(CsArc *arc, size_t i, CsArcKind kind)
{
  const CsParse *p   = arc->p;
  const size_t place = place_before(p, i);
  if (place == SIZE_MAX)
    return CS_OK;
  for (size_t k = i; k-- > place && p->items[k].clause == p->items[i].clause;) {
    const CsItem *item = &p->items[k];
    if (cs_item_is(item, CS_MARK_MUSIC_OUT) || cs_item_is(item, CS_MARK_IN))
      break;
    if (!cs_item_is_playable(item) || (item->flags & CS_FLAG_MAYBE))
      continue;
    CS_TRY(cs_draft_add(arc, kind, i, cs_item_played(item)));
    cs_draft_set_start(&arc->drafts[arc->n - 1], p->items[place].time.a);
  }
  return CS_OK;
}

static CsStatus
read_ins_and_outs(CsArc *arc)
{
  const CsParse *p = arc->p;
  for (size_t i = 0; i < p->n; i++) {
    const bool in  = is_text(p, i, "in");
    const bool out = is_text(p, i, "out");
    if ((in || out) && p->items[i].kind == CS_ITEM_ENTRY && closes_clause(p, i))
      CS_TRY(move_players(arc, i, in ? CS_ARC_ENTER : CS_ARC_EXIT));
  }
  return CS_OK;
}

// ---- Each -------------------------------------------------------------------

static CsStatus
hit_each(CsArc *arc, size_t i)
{
  CsParse *p = arc->p;
  int left   = MAX_EACH;
  for (size_t k = i;
       k-- > 0 && left > 0 && p->items[k].sentence == p->items[i].sentence;) {
    CsItem *item = &p->items[k];
    const bool written =
        item->time.form == CS_TIME_LENGTH || item->time.form == CS_TIME_MOMENT;
    const unsigned done = CS_FLAG_TOTAL | CS_FLAG_TAKEN;
    if (item->kind != CS_ITEM_TIME || !written || (item->flags & done))
      continue;
    CS_TRY(cs_draft_add(arc, CS_ARC_HIT, i, NULL));
    cs_draft_set_start(&arc->drafts[arc->n - 1], item->time.a);
    item->flags |= CS_FLAG_TAKEN;
    left--;
  }
  return CS_OK;
}

CsStatus
cs_arc_read_each(CsArc *arc)
{
  for (size_t i = 0; i < arc->p->n; i++) {
    const CsItem *item = &arc->p->items[i];
    if (cs_item_is_change(item) && item->change == CS_ARC_HIT &&
        !(item->flags & CS_FLAG_NEGATED) && cs_says_each(arc->p, i))
      CS_TRY(hit_each(arc, i));
  }
  return CS_OK;
}

// ---- Nothing ----------------------------------------------------------------

/// "nothing until 0:05", "no sound for the first 3 s": the time of a silence,
/// or SIZE_MAX. What is denied must be all that sounds.
static size_t
time_of_nothing(const CsParse *p, size_t i)
{
  bool all = is_text(p, i, "nothing");
  for (size_t k = i + 1; k < p->n && k <= i + MAX_NEAR; k++) {
    const CsItem *item = &p->items[k];
    if (item->clause != p->items[i].clause)
      break;
    if (item->kind == CS_ITEM_TIME) {
      const bool spans = item->time.form == CS_TIME_SPAN ||
                         item->time.form == CS_TIME_UNTIL ||
                         item->time.form == CS_TIME_FOR;
      return all && spans && !(item->flags & CS_FLAG_TAKEN) ? k : SIZE_MAX;
    }
    all |= is_text(p, k, "music") || is_text(p, k, "sound") ||
           is_text(p, k, "audio") || is_text(p, k, "notes");
    const bool filler = is_text(p, k, "music") || is_text(p, k, "sound") ||
                        is_text(p, k, "at all") || is_text(p, k, "audio") ||
                        cs_item_is_class(item, CS_CLASS_PLAIN) ||
                        cs_item_is(item, CS_MARK_MORE) ||
                        cs_item_is(item, CS_MARK_SOME);
    if (!filler)
      break;
  }
  return SIZE_MAX;
}

static CsStatus
read_nothing(CsArc *arc)
{
  CsParse *p   = arc->p;
  CsPlace from = {0};
  for (size_t i = 0; i < p->n; i++) {
    if (is_place(&p->items[i]) && p->items[i].time.a.anchor == CS_ANCHOR_START)
      from = p->items[i].time.a;
    const size_t at =
        cs_item_is(&p->items[i], CS_MARK_NO) ? time_of_nothing(p, i) : SIZE_MAX;
    if (at == SIZE_MAX)
      continue;
    CS_TRY(cs_draft_add(arc, CS_ARC_SILENCE, i, NULL));
    arc->cursor = from;
    CS_TRY(cs_draft_attach(arc, arc->n - 1, at));
  }
  return CS_OK;
}

// ---- Corrections ------------------------------------------------------------

/// "in at 0:10 ... no wait, 0:14": the later time stands for the earlier one.
static void
correct(CsParse *p, size_t i)
{
  CsItem *item = &p->items[i];
  for (size_t k = i; k-- > 0 && p->items[k].sentence + 3 >= item->sentence;) {
    CsItem *old = &p->items[k];
    if (cs_item_is_playable(old) || cs_item_is_change(old))
      return;
    if (old->kind != CS_ITEM_TIME)
      continue;
    if (!cs_time_is_place(&old->time) || (old->flags & CS_FLAG_TOTAL) ||
        old->time.a.anchor != CS_ANCHOR_START ||
        old->time.is_clock != item->time.is_clock)
      return;
    if (old->time.form == CS_TIME_SPAN)
      old->time.b = item->time.a;
    else
      old->time.a = item->time.a;
    item->flags |= CS_FLAG_TAKEN;
    return;
  }
}

void
cs_arc_correct_times(CsParse *p)
{
  for (size_t i = 1; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    const bool written =
        item->time.form == CS_TIME_LENGTH || item->time.form == CS_TIME_MOMENT;
    if (item->kind == CS_ITEM_TIME && written &&
        (item->flags & CS_FLAG_CORRECTS) && !(item->flags & CS_FLAG_TOTAL) &&
        item->time.a.anchor == CS_ANCHOR_START)
      correct(p, i);
  }
}

CsStatus
cs_arc_read_short(CsArc *arc)
{
  CS_TRY(read_ins_and_outs(arc));
  return read_nothing(arc);
}
