// What the tests of the grammar share: the words loaded, a prompt read, and
// looking things up in its Brief.
#ifndef CS_TESTS_GRAMMAR_FIXTURE_H
#define CS_TESTS_GRAMMAR_FIXTURE_H

#include "gen/base/file.h"
#include "grammar/parse.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct Fixture {
  CsArena *arena;
  CsLexicon *lexicon;
} Fixture;

static int
set_up(void **state)
{
  Fixture *f = calloc(1, sizeof *f);
  f->arena   = cs_arena_new(NULL);
  *state     = f;
  return cs_lexicon_load(f->arena, "grammar/lexicon", &f->lexicon) == CS_OK
             ? 0
             : -1;
}

static int
tear_down(void **state)
{
  Fixture *f = *state;
  cs_lexicon_free(f->lexicon);
  cs_arena_free(f->arena);
  free(f);
  return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static inline CsBrief *
parse(Fixture *f, const char *prompt)
{
  CsBrief *brief = NULL;
  if (cs_brief_parse(f->arena, f->lexicon, prompt, strlen(prompt), &brief) !=
      CS_OK)
    fail_msg("%s: %s", prompt, cs_arena_error(f->arena));
  return brief;
}

static inline bool
holds(const CsStrings *names, const char *name)
{
  for (size_t i = 0; i < names->n; i++)
    if (strcmp(names->items[i], name) == 0)
      return true;
  return false;
}

/// The message of the first warning with that code, or NULL.
static inline const char *
warning_of(const CsBrief *brief, const char *code)
{
  for (size_t i = 0; i < brief->n_warnings; i++)
    if (strcmp(brief->warnings[i].code, code) == 0)
      return brief->warnings[i].message;
  return NULL;
}

static inline bool
warns(const CsBrief *brief, const char *code)
{
  return warning_of(brief, code) != NULL;
}

/// The first phrase that became that field, or NULL.
static inline const CsPhrase *
phrase_of(const CsBrief *brief, const char *field)
{
  for (size_t i = 0; i < brief->n_understood; i++)
    if (strcmp(brief->understood[i].field, field) == 0)
      return &brief->understood[i];
  return NULL;
}

/// What was not understood and has that text, or NULL.
static inline const CsUnknown *
unknown_of(const CsBrief *brief, const char *text)
{
  for (size_t i = 0; i < brief->n_unknown; i++)
    if (strcmp(brief->unknown[i].text, text) == 0)
      return &brief->unknown[i];
  return NULL;
}

static inline const char *
json_of(Fixture *f, const CsBrief *brief)
{
  CsText text      = cs_text_new(f->arena);
  CsJsonWriter w   = cs_json_writer(&text, true);
  const char *json = "";
  cs_brief_write_json(brief, &w, NULL);
  assert_int_equal(cs_text_take(&text, &json), CS_OK);
  return json;
}

static inline const char *
explanation_of(Fixture *f, const CsBrief *brief)
{
  const char *text = "";
  assert_int_equal(cs_brief_explain(f->arena, brief, false, &text), CS_OK);
  return text;
}

#endif
