/// Where the words lie on the plane of valence and arousal (RULEBOOK 1.3, 1.4).
#include "grammar/phrases.h"

#include <math.h>
#include <string.h>

/// A use, genre or tempo word is weaker evidence than a mood word.
static const double weak_weight = 0.35;

typedef struct Mean {
  double sum, weight, added;
  bool any;
} Mean;

static double
modifier(const CsParse *p, size_t i)
{
  double scale = 1.0;
  for (int step = -1; step >= -2; step--) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause)
      break;
    if (!cs_item_is(item, CS_MARK_BOOST) && !cs_item_is(item, CS_MARK_DAMP))
      break;
    scale *= item->entry->scale;
  }
  const CsItem *after = cs_item_at(p, i, 1);
  if (cs_item_is(after, CS_MARK_DAMP) && (after->flags & CS_FLAG_GLUED))
    scale *= after->entry->scale; // "italian-ish"
  return scale;
}

static CsStatus
add_value(CsParse *p, size_t i, Mean *mean, const char *field, double value)
{
  const CsEntry *entry = p->items[i].entry;
  const double scaled  = fmax(-1.0, fmin(1.0, value * modifier(p, i)));
  const double weight  = entry->class_of == CS_CLASS_MOOD ? 1.0 : weak_weight;
  if (value <= CS_UNSET)
    return CS_OK;
  mean->any = true;
  if (entry->adds) {
    mean->added += scaled;
    return CS_OK;
  }
  mean->sum += scaled * weight;
  mean->weight += weight;
  return cs_understand_number(
      p, i, i, field, scaled, weight < 1.0 ? "weak" : "word");
}

static bool
feels(const CsItem *item)
{
  const unsigned unwanted =
      CS_FLAG_NEGATED | CS_FLAG_NO_LEAD | CS_FLAG_LESS | CS_FLAG_STEP;
  return item->kind == CS_ITEM_ENTRY && !(item->flags & unwanted) &&
         (item->entry->valence > CS_UNSET || item->entry->arousal > CS_UNSET);
}

static CsStatus
note_dropped(CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i];
  if (!cs_item_is_class(item, CS_CLASS_MOOD) ||
      !(item->flags & (CS_FLAG_NEGATED | CS_FLAG_LESS)) ||
      (item->flags & CS_FLAG_STEP))
    return CS_OK;
  return cs_understand(
      p, i, i, "moods", "null", item->flags & CS_FLAG_LESS ? "less" : "scope");
}

static double
mean_of(const Mean *mean)
{
  const double base = mean->weight > 0.0 ? mean->sum / mean->weight : 0.0;
  return fmax(-1.0, fmin(1.0, base + mean->added));
}

static CsStatus
add_mood_name(CsParse *p, size_t i)
{
  const CsEntry *entry = p->items[i].entry;
  const char *name     = entry->name;
  if (entry->class_of != CS_CLASS_MOOD)
    return CS_OK;
  for (size_t k = 0; k < entry->like.n; k++)
    CS_TRY(cs_add_name(p->arena, &p->brief->moods, entry->like.items[k]));
  if (entry->like.n > 0)
    return CS_OK;
  if (name == NULL)
    name = entry->words.items[0];
  return cs_add_name(p->arena, &p->brief->moods, name);
}

CsStatus
cs_read_moods(CsParse *p)
{
  Mean valence = {0}, arousal = {0};
  for (size_t i = 0; i < p->n; i++) {
    CS_TRY(note_dropped(p, i));
    if (!feels(&p->items[i]))
      continue;
    const CsEntry *entry = p->items[i].entry;
    CS_TRY(add_value(p, i, &valence, "valence", entry->valence));
    CS_TRY(add_value(p, i, &arousal, "arousal", entry->arousal));
    if (entry->adds)
      CS_TRY(cs_understand_number(p, i, i,
          entry->arousal > CS_UNSET ? "arousal" : "valence",
          entry->arousal > CS_UNSET ? entry->arousal : entry->valence,
          "added"));
    CS_TRY(add_mood_name(p, i));
  }
  if (valence.any) {
    p->brief->valence = mean_of(&valence);
    p->brief->said |= CS_SAID_VALENCE;
  }
  if (arousal.any) {
    p->brief->arousal = mean_of(&arousal);
    p->brief->said |= CS_SAID_AROUSAL;
  }
  return CS_OK;
}
