/// Artists and works that are given as the model to follow, known or not: "in
/// the style of X", "like X's songs", "X-esque", "X meets Y", "a song by X".
///
/// A name is a run of words with capitals that holds at least one that the
/// lexicon does not know, or knows as an ordinary word ("Massive Attack");
/// musical words ("like Bossa Nova") and days, peoples and places ("like Paris
/// in spring") are none. Where every word has a capital, or none has, only an
/// unknown word can be a name.
#include "grammar/phrases.h"

#include <string.h>

enum { MAX_NAME = 8 }; ///< Items of one name.

static bool
has_text(const CsParse *p, const CsItem *item, const char *text)
{
  const size_t n = strlen(text);
  return item->end - item->begin == n &&
         memcmp(p->normal.text + item->begin, text, n) == 0;
}

static bool
ends_in(const CsParse *p, const CsItem *item, const char *ending)
{
  const size_t n = strlen(ending);
  return item->end - item->begin > n &&
         memcmp(p->normal.text + item->end - n, ending, n) == 0;
}

static bool
is_possessive(const CsParse *p, const CsItem *item)
{
  return item->kind != CS_ITEM_MARK &&
         (ends_in(p, item, "'s") || ends_in(p, item, "s'"));
}

// ---- Names ------------------------------------------------------------------

/// Do capitals tell names in this prompt?
static bool
tells_names(const CsParse *p)
{
  return !p->shouts && !p->is_titled;
}

static bool
is_capital(const CsParse *p, const CsItem *item)
{
  return tells_names(p) && (item->flags & CS_FLAG_CAPITAL) &&
         (item->kind == CS_ITEM_WORD || item->kind == CS_ITEM_ENTRY) &&
         item->end - item->begin > 1; // "like I said"
}

/// Does the word show that the run it stands in is a name?
static bool
is_evidence(const CsParse *p, const CsItem *item)
{
  if (item->kind == CS_ITEM_WORD)
    return true;
  if (cs_item_is_class(item, CS_CLASS_PLAIN))
    return !item->entry->proper && !item->entry->cue;
  return cs_item_is_class(item, CS_CLASS_CANNOT) &&
         item->entry->code == CS_CODE_ARTIST && is_capital(p, item);
}

/// "of", "the", "and" inside a name: "Kings of Leon".
static bool
is_link(const CsParse *p, const CsItem *item)
{
  static const char *const words[] = {
      "of", "of the", "in the", "de", "van", "von"};
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    if (has_text(p, item, words[k]))
      return true;
  return cs_item_is(item, CS_MARK_SOME) || cs_item_is(item, CS_MARK_AND) ||
         cs_item_is(item, CS_MARK_IN);
}

/// The last item of the run of capitals that begins at i.
static size_t
end_of_name(const CsParse *p, size_t i)
{
  size_t last = i;
  for (size_t k = i + 1; k < p->n && k < i + MAX_NAME; k++) {
    const CsItem *item = &p->items[k];
    if (item->clause != p->items[i].clause || is_possessive(p, &p->items[last]))
      break;
    if (is_capital(p, item))
      last = k;
    else if (!is_link(p, item))
      break;
  }
  return last;
}

/// Is the run of items a name? A link other than "and" makes a title of any
/// words: "Explosions in the Sky".
static bool
is_name(const CsParse *p, size_t first, size_t last)
{
  bool capitals = false, linked = false;
  for (size_t k = first; k <= last; k++) {
    const CsItem *item = &p->items[k];
    if (is_capital(p, item)) {
      if (linked || is_evidence(p, item))
        return true;
      capitals = true;
    }
    linked |= capitals && is_link(p, item) && !cs_item_is(item, CS_MARK_AND);
  }
  return false;
}

/// "the cafe on Mozart Street"
static bool
is_address(const CsParse *p, size_t last)
{
  const CsItem *next = cs_item_at(p, last, 1);
  return cs_item_is(next, CS_MARK_PLACE) &&
         next->clause == p->items[last].clause &&
         (p->shouts || (next->flags & CS_FLAG_CAPITAL));
}

/// "a film about X", "for X's birthday", "an essay on X"
bool
cs_is_subject(const CsParse *p, size_t i)
{
  const CsItem *next = cs_item_at(p, i, 1);
  if (is_address(p, i))
    return true;
  if (cs_item_is(next, CS_MARK_LIKE_AFTER) ||
      (cs_item_is(next, CS_MARK_LIKE) && (next->flags & CS_FLAG_GLUED)))
    return false;
  for (int step = -1; step >= -3; step--) {
    const CsItem *item = cs_item_at(p, i, step);
    if (item->clause != p->items[i].clause)
      return false;
    if (has_text(p, item, "about") || cs_item_is(item, CS_MARK_FOR))
      return true;
    if (has_text(p, item, "on"))
      return cs_item_at(p, i, step - 1)->clause == item->clause;
    if (!cs_item_is(item, CS_MARK_SOME))
      return false;
  }
  return false;
}

/// The words of a name ask for nothing.
static CsStatus
answer_name(CsParse *p, size_t first, size_t last, size_t from, size_t to)
{
  for (size_t k = first; k <= last; k++)
    p->items[k].flags |= CS_FLAG_NO_LEAD;
  return cs_answer_cannot(p, from, to, CS_CODE_ARTIST);
}

// ---- Before a name ----------------------------------------------------------

/// "nothing like X", "not like X"
static bool
is_denied(const CsParse *p, size_t i)
{
  const CsItem *before = cs_item_at(p, i, -1);
  return (p->items[i].flags & CS_FLAG_NEGATED) ||
         (before->clause == p->items[i].clause &&
             (cs_item_is(before, CS_MARK_NO) ||
                 cs_item_is(before, CS_MARK_NOT)));
}

/// What is only an unknown word, where no capital tells, is a name behind a
/// strong likeness ("in the style of frobnitz"), and behind "like" where no
/// article makes it a thing and no ending a verb.
static bool
is_small_name(const CsParse *p, size_t i, size_t marker, bool article)
{
  enum { SHORTEST = 3, SHORTEST_WEAK = 4 };
  const CsItem *item = cs_item_at(p, i, 0);
  const bool strong  = p->items[marker].entry->scale < 1.0;
  const size_t n     = item->end - item->begin;
  if (item->kind != CS_ITEM_WORD || item->clause != p->items[marker].clause ||
      n < SHORTEST || memchr(p->normal.text + item->begin, CS_FOREIGN, n))
    return false;
  return strong ||
         (!article && n >= SHORTEST_WEAK && !ends_in(p, item, "ing") &&
             !ends_in(p, item, "ed") && !ends_in(p, item, "ly"));
}

/// "like the film X": what sort of name follows.
static bool
is_sort_of_work(const CsParse *p, const CsItem *item)
{
  static const char *const words[] = {"film", "movie", "game", "show", "series",
      "band", "artist", "composer", "singer", "duo", "group", "song", "track",
      "album", "soundtrack", "anime", "producer", "director"};
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    if (has_text(p, item, words[k]))
      return true;
  return false;
}

/// "think early X"
static bool
is_time_of_life(const CsParse *p, const CsItem *item)
{
  static const char *const words[] = {"early", "late", "later", "classic",
      "vintage", "old", "young", "modern", "recent", "peak", "mid"};
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    if (has_text(p, item, words[k]))
      return true;
  return false;
}

/// The item behind a likeness that a name may begin with. @param article  Set
/// when an article stands between.
static size_t
behind_like(const CsParse *p, size_t i, bool *article)
{
  size_t n = i + 1;
  *article = false;
  for (;; n++) {
    const CsItem *item = cs_item_at(p, n, 0);
    if (cs_item_is(item, CS_MARK_SOME))
      *article = true;
    else if (!cs_item_is_mark(item, "\"':"))
      break;
  }
  const bool sort = is_sort_of_work(p, cs_item_at(p, n, 0)) ||
                    is_time_of_life(p, cs_item_at(p, n, 0));
  return sort && n + 1 < p->n && is_capital(p, &p->items[n + 1]) ? n + 1 : n;
}

/// "like X, Y and Z": the names of the list that follow the one that ends at i.
static CsStatus
read_others(CsParse *p, size_t i)
{
  while (i + 2 < p->n) {
    const CsItem *link = &p->items[i + 1];
    const size_t first = i + 2;
    if ((!cs_item_is_mark(link, ",/") && !cs_item_is(link, CS_MARK_AND)) ||
        !is_capital(p, &p->items[first]) ||
        p->items[first].sentence != p->items[i].sentence)
      return CS_OK;
    const size_t last = end_of_name(p, first);
    if (!is_name(p, first, last))
      return CS_OK;
    CS_TRY(answer_name(p, first, last, first, last));
    i = last;
  }
  return CS_OK;
}

static CsStatus
read_like(CsParse *p, size_t i)
{
  bool article   = false;
  const size_t n = behind_like(p, i, &article);
  if (n >= p->n || p->items[n].sentence != p->items[i].sentence)
    return CS_OK;
  const size_t last = is_capital(p, &p->items[n]) ? end_of_name(p, n) : n;
  if (is_address(p, last) ||
      (!is_name(p, n, last) && !is_small_name(p, n, i, article)))
    return CS_OK;
  CS_TRY(answer_name(p, n, last, i, last));
  return read_others(p, last);
}

/// Two that are met: "X meets Y", but not "when X meets Y at 0:20".
static CsStatus
read_meets(CsParse *p, size_t i)
{
  size_t first = i;
  while (first > 0 && i - first < MAX_NAME &&
         p->items[first - 1].clause == p->items[i].clause &&
         is_capital(p, &p->items[first - 1]))
    first--;
  for (size_t k = cs_clause_start(p, i); k < p->n; k++) {
    if (p->items[k].clause != p->items[i].clause)
      break;
    if (cs_item_is(&p->items[k], CS_MARK_WHERE) ||
        p->items[k].kind == CS_ITEM_TIME)
      return CS_OK;
  }
  if (first < i && is_name(p, first, i - 1))
    CS_TRY(answer_name(p, first, i - 1, first, i));
  return read_like(p, i);
}

// ---- Behind a name ----------------------------------------------------------

/// The first item of the run of capitals that ends at i.
static size_t
start_of_name(const CsParse *p, size_t i)
{
  size_t first = i;
  while (first > 0 && i - first < MAX_NAME &&
         p->items[first - 1].clause == p->items[i].clause &&
         is_capital(p, &p->items[first - 1]))
    first--;
  return first;
}

/// "Zimmer-esque", "Daft Punk type beat", "frobnitz-inspired"
static CsStatus
read_like_after(CsParse *p, size_t i)
{
  const CsItem *before = cs_item_at(p, i, -1);
  if (i == 0 || before->clause != p->items[i].clause)
    return CS_OK;
  const size_t first = is_capital(p, before) ? start_of_name(p, i - 1) : i - 1;
  const bool glued   = (p->items[i].flags & CS_FLAG_GLUED) != 0;
  const bool small   = before->kind == CS_ITEM_WORD && glued &&
                     !(before->flags & CS_FLAG_CAPITAL) &&
                     !has_text(p, &p->items[i], "style");
  if (!small && !(is_capital(p, &p->items[first]) && is_name(p, first, i - 1)))
    return CS_OK;
  return answer_name(p, first, i - 1, first, i);
}

/// "Bowie's style", "the Frozen soundtrack"
static CsStatus
read_work(CsParse *p, size_t i)
{
  static const char *const of_artist[] = {
      "style", "sound", "album", "soundtrack", "vibe", "songs", "hits"};
  static const char *const of_work[] = {"soundtrack", "ost"};
  const CsItem *item = &p->items[i], *before = cs_item_at(p, i, -1);
  bool works = false;
  for (size_t k = 0;
       is_possessive(p, before) && k < sizeof of_artist / sizeof *of_artist;
       k++)
    works |= has_text(p, item, of_artist[k]);
  for (size_t k = 0; k < sizeof of_work / sizeof *of_work; k++)
    works |= has_text(p, item, of_work[k]);
  if (!works || i == 0 || before->clause != item->clause ||
      !is_capital(p, before) || (before->flags & CS_FLAG_USED))
    return CS_OK;
  const size_t first = start_of_name(p, i - 1);
  if (!is_name(p, first, i - 1) || cs_is_subject(p, first))
    return CS_OK;
  return answer_name(p, first, i - 1, first, i);
}

/// "a song by X", "the theme from X": of a piece that exists.
static CsStatus
read_source(CsParse *p, size_t i)
{
  static const char *const pieces[] = {"song", "songs", "track", "tune", "hit",
      "piece", "music", "score", "theme", "album", "soundtrack", "melody"};
  const CsItem *item = &p->items[i], *before = cs_item_at(p, i, -1);
  const bool by = cs_item_is(item, CS_MARK_BY);
  bool piece    = false;
  for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++)
    piece |= has_text(p, before, pieces[k]);
  if (!piece || !(by || cs_item_is(item, CS_MARK_FROM)) ||
      before->clause != item->clause)
    return CS_OK;
  size_t n = i + 1;
  while (cs_item_is(cs_item_at(p, n, 0), CS_MARK_SOME) ||
         cs_item_is_mark(cs_item_at(p, n, 0), "\"'"))
    n++;
  if (n >= p->n || p->items[n].clause != item->clause ||
      !is_capital(p, &p->items[n]))
    return CS_OK;
  const size_t last = end_of_name(p, n);
  return is_name(p, n, last) ? answer_name(p, n, last, i - 1, last) : CS_OK;
}

CsStatus
cs_read_names(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    const bool glued   = (item->flags & CS_FLAG_GLUED) != 0;
    if (cs_item_is(item, CS_MARK_LIKE_AFTER) ||
        (cs_item_is(item, CS_MARK_LIKE) && glued)) // "Zimmer-like"
      CS_TRY(read_like_after(p, i));
    else if (has_text(p, item, "meets"))
      CS_TRY(read_meets(p, i));
    else if (cs_item_is(item, CS_MARK_LIKE) && !is_denied(p, i))
      CS_TRY(read_like(p, i));
    else if (cs_item_is(item, CS_MARK_BY) || cs_item_is(item, CS_MARK_FROM))
      CS_TRY(read_source(p, i));
    if (cs_item_at(p, i, 0)->kind != CS_ITEM_MARK)
      CS_TRY(read_work(p, i));
  }
  return CS_OK;
}
