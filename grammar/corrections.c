/// What a person takes back: "no, make it 40", "slow? no: fast".
#include "grammar/scope.h"

#include <stdint.h>
#include <string.h>

bool
cs_is_thing(const CsItem *item)
{
  return item->kind == CS_ITEM_ENTRY &&
         item->entry->class_of != CS_CLASS_MARKER &&
         item->entry->class_of != CS_CLASS_PLAIN &&
         item->entry->class_of != CS_CLASS_UNIT &&
         item->entry->class_of != CS_CLASS_FOREIGN;
}

void
cs_mark_corrected(CsParse *p, size_t i)
{
  const int sentence = p->items[i].sentence;
  for (size_t k = i + 1; k < p->n && p->items[k].sentence <= sentence + 1;
       k++) {
    CsItem *item = &p->items[k];
    if (item->kind == CS_ITEM_TIME || item->kind == CS_ITEM_NUMBER) {
      item->flags |= CS_FLAG_CORRECTS;
      return;
    }
  }
}

/// "slow? no: fast", "piano - no, harp": an answer, not a negation.
bool
cs_is_answer(const CsParse *p, size_t i)
{
  const CsItem *before = cs_item_at(p, i, -1);
  const CsItem *after  = cs_item_at(p, i, 1);
  return cs_item_is(&p->items[i], CS_MARK_NO) &&
         ((cs_item_is_mark(before, "?-") && cs_item_is_mark(after, ":,")) ||
             (cs_item_is_mark(before, ",") && cs_item_is_mark(after, ",")));
}

/// The first thing that stands after a correction.
size_t
cs_thing_after(const CsParse *p, size_t i)
{
  for (size_t k = i + 1; k < p->n && k < i + 8; k++) {
    if (p->items[k].sentence != p->items[i].sentence)
      break;
    if (p->items[k].kind == CS_ITEM_TIME || p->items[k].kind == CS_ITEM_NUMBER)
      return SIZE_MAX;
    if (cs_is_thing(&p->items[k]))
      return k;
  }
  return SIZE_MAX;
}

static bool
is_same_sort(const CsItem *a, const CsItem *b)
{
  return cs_is_thing(a) && cs_is_thing(b) &&
         a->entry->class_of == b->entry->class_of;
}

/// Things of the sort that follows the correction are taken back: all of the
/// question that is answered, else only the nearest.
static void
retract(CsParse *p, size_t i, bool answer)
{
  const size_t thing = cs_thing_after(p, i);
  if (thing == SIZE_MAX)
    return;
  p->items[i].flags |= CS_FLAG_CORRECTS;
  const int sentence = p->items[i].sentence;
  const bool asked   = answer && cs_item_is_mark(cs_item_at(p, i, -1), "?");
  for (size_t k = i; k-- > 0 && p->items[k].sentence >= sentence - 1;) {
    if (!is_same_sort(&p->items[k], &p->items[thing]))
      continue;
    p->items[k].flags |= CS_FLAG_NEGATED | CS_FLAG_NO_LEAD;
    if (!asked)
      return;
  }
}

/// Words that can only take something back; "actually" can mean anything.
static bool
takes_back(const CsParse *p, size_t i)
{
  static const char *const phrases[] = {"no wait", "wait no", "scratch that",
      "make that", "no make it", "strike that", "or rather", "change that"};
  const CsItem *item                 = &p->items[i];
  if (!cs_item_is(item, CS_MARK_CORRECTION))
    return false;
  for (size_t k = 0; k < sizeof phrases / sizeof *phrases; k++)
    if (strncmp(p->normal.text + item->begin, phrases[k], strlen(phrases[k])) ==
        0)
      return true;
  return false;
}

void
cs_read_retractions(CsParse *p)
{
  for (size_t i = 1; i < p->n; i++) {
    const bool answer = cs_is_answer(p, i);
    if (answer || takes_back(p, i))
      retract(p, i, answer);
  }
}
