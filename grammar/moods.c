/// Where the words lie on the plane of valence and arousal (RULEBOOK 1.3, 1.4).
#include "grammar/phrases.h"

#include <math.h>
#include <string.h>

/// A mood word that describes the cue counts twice as much as one that only
/// describes a player or a picture in it (RULEBOOK 1.4: "weight 2 for words
/// tagged head"). Uses, genres, images and tempo words are weaker evidence.
static const double head_weight = 2.0, modifier_weight = 1.0,
                    weak_weight = 0.35;

enum { MAX_PHRASE = 6 }; ///< Items from an adjective to its noun.

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

// ---- Head words -------------------------------------------------------------

/// "piece", "bed", "techno", "tune": the cue by another name.
static bool
is_cue(const CsItem *item)
{
  if (cs_item_is(item, CS_MARK_LIKE_AFTER)) // "vibe"
    return true;
  if (item->kind != CS_ITEM_ENTRY)
    return false;
  const CsEntry *entry = item->entry;
  return entry->cue || entry->class_of == CS_CLASS_FUNCTION ||
         entry->class_of == CS_CLASS_GENRE ||
         entry->class_of == CS_CLASS_ENDING ||
         (entry->class_of == CS_CLASS_INSTRUMENT &&
             strcmp(entry->name, "melody") == 0);
}

/// Words that stand between adjectives of one noun.
static bool
joins_adjectives(const CsItem *item)
{
  return cs_item_is(item, CS_MARK_AND) || cs_item_is(item, CS_MARK_BOOST) ||
         cs_item_is(item, CS_MARK_DAMP) || cs_item_is(item, CS_MARK_BUT) ||
         cs_item_is_class(item, CS_CLASS_MOOD) ||
         cs_item_is_class(item, CS_CLASS_TEMPO) ||
         cs_item_is_class(item, CS_CLASS_SETTING);
}

/// "darkly funny", "played tenderly": the form in -ly of a listed adjective.
static bool
is_adverb(const CsParse *p, size_t i)
{
  const CsItem *item   = &p->items[i];
  const char *text     = p->normal.text + item->begin;
  const size_t n       = item->end - item->begin;
  const CsStrings *all = &item->entry->words;
  if (n < 5 || memcmp(text + n - 2, "ly", 2) != 0)
    return false;
  for (size_t k = 0; k < all->n; k++)
    if (strlen(all->items[k]) == n && memcmp(all->items[k], text, n) == 0)
      return false; // "lovely"
  return true;
}

/// Said of something else: "like a warm hug", "for the sad farewell".
static bool
is_of_picture(const CsParse *p, size_t i)
{
  for (int step = -1; step >= -3; step--) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause)
      return false;
    if (cs_item_is(item, CS_MARK_LIKE) || cs_item_is(item, CS_MARK_FOR))
      return true;
    if (!cs_item_is(item, CS_MARK_SOME) && !joins_adjectives(item))
      return false;
  }
  return false;
}

/// "sad ones": the noun stands elsewhere.
static bool
is_pronoun(const CsParse *p, const CsItem *item)
{
  return item->end - item->begin == 4 &&
         memcmp(p->normal.text + item->begin, "ones", 4) == 0;
}

/// Does a mood word describe the cue? It does when the noun that it belongs to
/// is the cue ("warm piano music"), and where it stands without one ("tense,
/// 30 s", "it should be calm").
static bool
is_head(const CsParse *p, size_t i)
{
  bool noun = false;
  if (is_adverb(p, i))
    return false;
  for (int step = 1; step <= MAX_PHRASE; step++) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause || item->kind == CS_ITEM_MARK)
      break;
    if (is_cue(item))
      return true;
    if (joins_adjectives(item) || is_pronoun(p, item))
      continue;
    if (item->kind != CS_ITEM_WORD &&
        (item->kind != CS_ITEM_ENTRY ||
            (cs_item_is_class(item, CS_CLASS_MARKER) &&
                !cs_item_is(item, CS_MARK_SECTION))))
      break;
    noun = true;
  }
  return !noun && !is_of_picture(p, i);
}

// ---- Beginnings -------------------------------------------------------------

/// "starts calm", "opens very quiet": the mood of the beginning.
static bool
is_of_opening(const CsParse *p, size_t i)
{
  for (int step = -1; step >= -2; step--) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause || item->kind != CS_ITEM_ENTRY)
      return false;
    if (item->entry->opens)
      return true;
    if (!cs_item_is(item, CS_MARK_BOOST) && !cs_item_is(item, CS_MARK_DAMP))
      return false;
  }
  return false;
}

static bool
has_summit(const CsBrief *brief)
{
  for (size_t i = 0; i < brief->n_arc; i++)
    if (brief->arc[i].kind == CS_ARC_PEAK || brief->arc[i].kind == CS_ARC_DROP)
      return true;
  return false;
}

/// A quiet mood from which the cue leaves for a summit is not the mood of the
/// whole: "starts calm, explodes at 0:10".
static bool
is_left_behind(const CsParse *p, size_t i)
{
  return p->items[i].entry->arousal < 0.0 && is_of_opening(p, i) &&
         has_summit(p->brief);
}

static double
weight_of(const CsParse *p, size_t i)
{
  if (!cs_item_is_class(&p->items[i], CS_CLASS_MOOD))
    return weak_weight;
  return is_head(p, i) ? head_weight : modifier_weight;
}

static const char *
rule_of(double weight)
{
  return weight < modifier_weight ? "weak"
         : weight < head_weight   ? "modifier"
                                  : "word";
}

static CsStatus
add_value(CsParse *p, size_t i, Mean *mean, const char *field, double value)
{
  const CsEntry *entry = p->items[i].entry;
  const double scaled  = fmax(-1.0, fmin(1.0, value * modifier(p, i)));
  const double weight  = weight_of(p, i);
  if (value <= CS_UNSET)
    return CS_OK;
  mean->any = true;
  if (entry->adds) {
    mean->added += scaled;
    return CS_OK;
  }
  mean->sum += scaled * weight;
  mean->weight += weight;
  return cs_understand_number(p, i, i, field, scaled, rule_of(weight));
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
    if (is_left_behind(p, i))
      continue;
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
