/// The two steps from a prompt to a Brief: items, then what they mean.
#include "grammar/parse.h"

#include "grammar/phrases.h"
#include "grammar/spelling.h"

#include <stdlib.h>
#include <string.h>

static CsStatus
check_prompt(CsArena *arena, const char *prompt, size_t n)
{
  if (n > CS_MAX_PROMPT_BYTES)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the prompt has %zu bytes; at most %d are read, so shorten it", n,
        CS_MAX_PROMPT_BYTES);
  const size_t valid = cs_utf8_check(prompt, n);
  if (valid < n)
    return cs_fail(arena, CS_ERR_REQUEST,
        "byte %zu of the prompt is not UTF-8; save the text as UTF-8", valid);
  if (n > 0 && memchr(prompt, '\0', n) != NULL)
    return cs_fail(
        arena, CS_ERR_REQUEST, "the prompt holds a zero byte; remove it");
  return CS_OK;
}

static bool
is_blank(const CsNormal *normal)
{
  for (size_t i = 0; i < normal->n; i++)
    if (normal->text[i] != ' ' && normal->text[i] != '\n')
      return false;
  return true;
}

static int
by_place(const void *a, const void *b)
{
  const CsPhrase *x = a, *y = b;
  if (x->begin != y->begin)
    return x->begin < y->begin ? -1 : 1;
  if (x->end != y->end)
    return x->end < y->end ? -1 : 1;
  const int field = strcmp(x->field, y->field);
  return field != 0 ? field : strcmp(x->value, y->value);
}

/// Words within a slip or two; for the first unknown ones, whose search may
/// take its time, the nearest however far they are.
static CsStatus
find_nearest(CsParse *p, const CsItem *item, CsStrings *nearest)
{
  enum { NEAR_EDITS = 2, MAX_FAR_SEARCHES = 16 };
  const CsKnownWord *near[CS_MAX_NEAR];
  const char *word = p->normal.text + item->begin;
  const size_t n   = item->end - item->begin;
  if (item->kind == CS_ITEM_NUMBER || memchr(word, CS_FOREIGN, n) != NULL)
    return CS_OK;
  size_t n_near = cs_near_words(p->lexicon, word, n, NEAR_EDITS, near);
  if (n_near == 0 && p->brief->n_unknown < MAX_FAR_SEARCHES && n > NEAR_EDITS)
    n_near = cs_near_words(p->lexicon, word, n, n - 1, near);
  for (size_t i = 0; i < n_near; i++)
    CS_TRY(cs_add_name(p->arena, nearest, near[i]->text));
  return CS_OK;
}

static CsStatus
note_unknown(CsParse *p, const CsItem *item)
{
  CsBrief *brief    = p->brief;
  void *list        = brief->unknown;
  CsStrings nearest = {0};
  const size_t from = p->normal.from[item->begin];
  const size_t to   = p->normal.to[item->end - 1];
  CS_TRY(cs_arena_grow(p->arena, &list, &p->n_unknown, brief->n_unknown + 1,
      sizeof *brief->unknown));
  brief->unknown   = list;
  const char *text = cs_arena_copy(p->arena, brief->prompt + from, to - from);
  CS_TRY_NEW(text);
  CS_TRY(find_nearest(p, item, &nearest));
  brief->unknown[brief->n_unknown++] = (CsUnknown){from, to, text, nearest};
  return CS_OK;
}

/// A word that is known in other languages only says nothing here.
static bool
is_not_known(const CsItem *item)
{
  return !(item->flags & CS_FLAG_USED) &&
         (item->kind == CS_ITEM_WORD ||
             cs_item_is_class(item, CS_CLASS_FOREIGN));
}

/// A number that counts nothing and became no field: "the 432 version" counts
/// something, "piano, 432" does not.
static bool
is_idle_number(const CsParse *p, size_t i)
{
  const CsItem *item = &p->items[i], *next = cs_item_at(p, i, 1);
  return item->kind == CS_ITEM_NUMBER && !(item->flags & CS_FLAG_USED) &&
         (next->clause != item->clause || next->kind == CS_ITEM_MARK) &&
         !cs_item_is_mark(next, ":=-");
}

/// A misspelt word that became no field was still taken for another, which is
/// said.
static CsStatus
note_unknowns(CsParse *p)
{
  for (size_t i = 0; i < p->n; i++) {
    const CsItem *item = &p->items[i];
    if (item->kind == CS_ITEM_ENTRY && item->spelt != NULL &&
        !(item->flags & CS_FLAG_USED))
      CS_TRY(cs_understand_text(p, i, i, "word", item->spelt, "spelling"));
    if (is_not_known(item) || is_idle_number(p, i))
      CS_TRY(note_unknown(p, item));
  }
  return CS_OK;
}

static CsStatus
understand(CsParse *p)
{
  cs_read_retractions(p);
  CS_TRY(cs_mark_steps(p));
  CS_TRY(cs_read_settings(p));
  CS_TRY(cs_read_keys(p));
  CS_TRY(cs_read_times(p));
  cs_read_scopes(p);
  CS_TRY(cs_read_names(p));
  CS_TRY(cs_read_wants(p));
  CS_TRY(cs_read_foreground(p));
  CS_TRY(cs_read_endings(p));
  CS_TRY(cs_read_length(p));
  CS_TRY(cs_read_function(p));
  CS_TRY(cs_settle_length(p));
  CS_TRY(cs_read_cannots(p));
  CS_TRY(cs_read_arc(p));
  CS_TRY(cs_read_ending_of_arc(p));
  CS_TRY(cs_note_kept_key(p));
  CS_TRY(cs_read_form(p));
  CS_TRY(cs_read_moods(p));
  CS_TRY(cs_take_steps(p));
  CS_TRY(note_unknowns(p));
  if (p->brief->n_understood > 1)
    qsort(p->brief->understood, p->brief->n_understood,
        sizeof *p->brief->understood, by_place);
  return CS_OK;
}

static CsStatus
parse(CsParse *p)
{
  CS_TRY(cs_read_items(p));
  if (cs_is_foreign(p))
    return cs_brief_warn(p->arena, p->brief, "unknown_language",
        "the prompt is not in English, the only language that is understood; "
        "nothing was taken from it");
  return understand(p);
}

CsStatus
cs_brief_parse(CsArena *arena, const CsLexicon *lexicon, const char *prompt,
    size_t n_bytes, CsBrief **out)
{
  CS_TRY(check_prompt(arena, prompt, n_bytes));
  CsBrief *brief = CS_NEW(arena, CsBrief);
  CsParse *p     = CS_NEW(arena, CsParse);
  CS_TRY_NEW(brief);
  CS_TRY_NEW(p);
  *p            = (CsParse){.arena = arena,
                 .lexicon          = lexicon,
                 .rate             = 25.0,
                 .timecode_in      = -1.0,
                 .brief            = brief};
  brief->prompt = cs_arena_copy(arena, prompt, n_bytes);
  CS_TRY_NEW(brief->prompt);
  CS_TRY(cs_normalise(arena, brief->prompt, n_bytes, &p->normal));
  if (is_blank(&p->normal))
    return cs_fail(arena, CS_ERR_REQUEST,
        "the prompt is empty; describe the music, for example \"calm piano "
        "bed, 30 s\"");
  p->matcher = cs_matcher_new();
  if (p->matcher == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "not enough memory");
  const CsStatus status = parse(p);
  cs_matcher_free(p->matcher);
  *out = brief;
  return status;
}
