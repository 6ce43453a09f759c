/// `list words`: every phrase with what it does.
#include "grammar/lexicon.h"

#include <stdlib.h>
#include <string.h>

static void
add_number(CsText *text, const char *name, double value)
{
  char number[32];
  if (value <= CS_UNSET)
    return;
  const double sign = value < 0.0 ? -1.0 : 1.0;
  cs_format_number(
      sign * (double)(long long)(value * sign * 1000.0 + 0.5) / 1000.0, number);
  cs_text_addf(text, " %s %s", name, number);
}

static void
add_names(CsText *text, const char *name, const CsStrings *names)
{
  for (size_t i = 0; i < names->n; i++)
    cs_text_addf(text, "%s%s", i == 0 ? name : ", ", names->items[i]);
}

static void
add_named(CsText *text, const char *name, int index, const char *const *names)
{
  if (index >= 0)
    cs_text_addf(text, " %s %s", name, names[index]);
}

/// What an entry does, in words: "mood valence 0.7 arousal 0.45".
static CsStatus
describe(CsArena *arena, const CsEntry *entry, const char **out)
{
  CsText text = cs_text_new(arena);
  cs_text_add(&text, cs_class_names[entry->class_of]);
  if (entry->name != NULL)
    cs_text_addf(&text, " %s", entry->name);
  if (entry->class_of == CS_CLASS_MARKER)
    cs_text_addf(&text, " %s", cs_marker_names[entry->marker]);
  if (entry->class_of == CS_CLASS_UNIT)
    cs_text_addf(&text, " %s", cs_unit_names[entry->unit]);
  add_number(&text, "valence", entry->valence);
  add_number(&text, "arousal", entry->arousal);
  add_number(&text, "density", entry->density);
  if (entry->bpm[1] > 0.0)
    cs_text_addf(&text, " tempo %g..%g", entry->bpm[0], entry->bpm[1]);
  add_named(&text, "function", entry->function, cs_function_names);
  add_named(&text, "ending", entry->ending, cs_ending_names);
  add_named(&text, "mode", entry->mode, cs_mode_names);
  add_named(&text, "form", entry->form, cs_form_names);
  add_named(&text, "warns", entry->code, cs_code_names);
  if (entry->kind >= 0)
    cs_text_addf(&text, " arc %s",
        entry->kind == CS_EVEN ? "even" : cs_arc_kind_names[entry->kind]);
  if (entry->meter != NULL)
    cs_text_addf(&text, " meter %s", entry->meter);
  if (entry->genre != NULL)
    cs_text_addf(&text, " genre %s", entry->genre);
  if (entry->use != NULL)
    cs_text_addf(&text, " use %s", entry->use);
  if (entry->instead_of != NULL)
    cs_text_addf(&text, " instead of %s", entry->instead_of);
  if (entry->sound != NULL)
    cs_text_addf(&text, " with the sound of %s", entry->sound);
  add_names(&text, " like ", &entry->like);
  add_names(&text, " with ", &entry->instruments);
  add_names(&text, " without ", &entry->exclude);
  return cs_text_take(&text, out);
}

typedef struct Row {
  const char *phrase;
  const CsEntry *entry;
} Row;

static int
by_phrase(const void *a, const void *b)
{
  const Row *x = a, *y = b;
  return strcmp(x->phrase, y->phrase);
}

/// Does a phrase, or what it stands for, hold the pattern?
static bool
is_asked_for(const CsEntry *entry, const char *phrase, const char *pattern)
{
  return pattern == NULL || strstr(phrase, pattern) != NULL ||
         (entry->name != NULL && strcmp(entry->name, pattern) == 0) ||
         strcmp(cs_class_names[entry->class_of], pattern) == 0;
}

/// Words of a person stand in place of the same ones below them.
static CsStatus
stands(CsArena *arena, const CsLexicon *lexicon, const CsEntry *entry,
    const char *phrase, bool *out)
{
  const CsEntry *found = NULL;
  CS_TRY(cs_lexicon_lookup(arena, lexicon, phrase, &found));
  *out = found == entry;
  return CS_OK;
}

static CsStatus
sorted_rows(CsArena *arena, const CsLexicon *lexicon, const char *pattern,
    Row **rows, size_t *n)
{
  *rows = CS_NEW_N(arena, Row, lexicon->exact.phrases.n);
  *n    = 0;
  CS_TRY_NEW(*rows);
  for (size_t i = 0; i < lexicon->n_entries; i++) {
    const CsEntry *entry = lexicon->entries[i];
    if (entry->class_of == CS_CLASS_FOREIGN)
      continue;
    for (size_t w = 0; w < entry->words.n; w++) {
      bool is_shown = is_asked_for(entry, entry->words.items[w], pattern);
      if (is_shown)
        CS_TRY(stands(arena, lexicon, entry, entry->words.items[w], &is_shown));
      if (is_shown)
        (*rows)[(*n)++] = (Row){entry->words.items[w], entry};
    }
  }
  if (*n > 1)
    qsort(*rows, *n, sizeof **rows, by_phrase);
  return CS_OK;
}

CsStatus
cs_lexicon_list(CsArena *arena, const CsLexicon *lexicon, const char *pattern,
    bool json, const char **out)
{
  Row *rows      = NULL;
  size_t n       = 0;
  CsText text    = cs_text_new(arena);
  CsJsonWriter w = cs_json_writer(&text, true);
  CS_TRY(sorted_rows(arena, lexicon, pattern, &rows, &n));
  if (json)
    cs_json_begin_array(&w, NULL);
  for (size_t i = 0; i < n; i++) {
    const char *does = "";
    CS_TRY(describe(arena, rows[i].entry, &does));
    if (!json) {
      cs_text_addf(&text, "%-28s %s\n", rows[i].phrase, does);
      continue;
    }
    cs_json_begin_flat_object(&w, NULL);
    cs_json_put_string(&w, "phrase", rows[i].phrase);
    cs_json_put_string(&w, "class", cs_class_names[rows[i].entry->class_of]);
    cs_json_put_string(&w, "does", does);
    cs_json_end_object(&w);
  }
  if (json)
    cs_json_end_array(&w);
  return cs_text_take(&text, out);
}
