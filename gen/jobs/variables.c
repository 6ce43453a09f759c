#include "gen/jobs/variables.h"

#include <ctype.h>
#include <string.h>

enum { MAX_CHAIN = 16 };

// ---- Reading ----------------------------------------------------------------

static bool
is_name_char(char c)
{
  const unsigned char u = (unsigned char)c;
  return (u < 0x80 && isalnum(u)) || c == '_' || c == '-';
}

static bool
is_name(const char *name)
{
  size_t n = 0;
  while (is_name_char(name[n]))
    n++;
  return n > 0 && name[n] == '\0';
}

static CsStatus
read_value(CsArena *arena, const CsJson *node, const char **value)
{
  char number[32];
  if (node->kind == CS_JSON_STRING) {
    *value = node->string;
    return CS_OK;
  }
  if (node->kind != CS_JSON_NUMBER)
    return cs_json_fail(
        arena, node, "a text or a number is wanted as a variable's value");
  cs_format_number(node->number, number);
  *value = cs_arena_copy(arena, number, strlen(number));
  return *value != NULL ? CS_OK : CS_ERR_MEMORY;
}

CsStatus
cs_variables_read(
    CsArena *arena, const CsJson *node, const CsVariable **items, size_t *n)
{
  *items = NULL;
  *n     = 0;
  if (node == NULL)
    return CS_OK;
  if (node->kind != CS_JSON_OBJECT)
    return cs_json_fail(
        arena, node, "an object of names and values is wanted here");
  if (node->n_children > CS_MAX_VARIABLES)
    return cs_json_fail(arena, node, "%zu variables; at most %d are read",
        node->n_children, CS_MAX_VARIABLES);
  CsVariable *all = CS_NEW_N(arena, CsVariable, node->n_children);
  CS_TRY_NEW(all);
  for (const CsJson *m = node->first; m != NULL; m = m->next) {
    if (!is_name(m->key))
      return cs_json_fail(arena, m,
          "the name of a variable is made of letters, digits, _ and -");
    all[*n] = (CsVariable){.name = m->key, .node = m};
    CS_TRY(read_value(arena, m, &all[*n].value));
    ++*n;
  }
  *items = all;
  return CS_OK;
}

// ---- Expanding --------------------------------------------------------------

/// The variables whose values are being put in, outermost first.
typedef struct Chain {
  CsArena *arena;
  const CsScope *scope;
  CsText *text;
  const CsVariable *items[MAX_CHAIN];
  size_t n;
} Chain;

static const CsVariable *
find(const CsScope *scope, const char *name)
{
  for (; scope != NULL; scope = scope->outer)
    for (size_t i = 0; i < scope->n; i++)
      if (strcmp(scope->items[i].name, name) == 0)
        return &scope->items[i];
  return NULL;
}

static CsStatus
fail_missing(const Chain *chain, const CsJson *node, const char *name)
{
  const char *names[CS_MAX_VARIABLES];
  size_t n = 0;
  for (const CsScope *s = chain->scope; s != NULL; s = s->outer)
    for (size_t i = 0; i < s->n && n < CS_MAX_VARIABLES; i++)
      names[n++] = s->items[i].name;
  const char *nearest = cs_nearest_word(name, names, n);
  if (nearest != NULL)
    return cs_json_fail(chain->arena, node,
        "{{%.80s}} has no value; did you mean {{%.80s}}?", name, nearest);
  return cs_json_fail(chain->arena, node,
      "{{%.80s}} has no value; give it one under \"variables\"", name);
}

static CsStatus
fail_cycle(const Chain *chain, const CsVariable *again)
{
  CsText text      = cs_text_new(chain->arena);
  const char *list = "";
  size_t i         = 0;
  while (i < chain->n && chain->items[i] != again)
    i++;
  const CsJson *node = again->node;
  for (; i < chain->n; i++)
    cs_text_addf(&text, "{{%.40s}} -> ", chain->items[i]->name);
  cs_text_addf(&text, "{{%.40s}}", again->name);
  CS_TRY(cs_text_take(&text, &list));
  return cs_json_fail(chain->arena, node,
      "the value comes back to itself: %.300s; give one of them a plain value",
      list);
}

static CsStatus expand(Chain *chain, const CsJson *node, const char *text);

static CsStatus
put_value(Chain *chain, const CsJson *node, const char *name)
{
  const CsVariable *v = find(chain->scope, name);
  if (v == NULL)
    return fail_missing(chain, node, name);
  for (size_t i = 0; i < chain->n; i++)
    if (chain->items[i] == v)
      return fail_cycle(chain, v);
  if (chain->n == MAX_CHAIN)
    return cs_json_fail(chain->arena, node,
        "more than %d variables stand in one another; use fewer", MAX_CHAIN);
  chain->items[chain->n++] = v;
  CS_TRY(expand(chain, v->node != NULL ? v->node : node, v->value));
  chain->n--;
  return CS_OK;
}

/// The name between the braces, without blanks around it.
static CsStatus
take_name(const Chain *chain, const CsJson *node, const char *from,
    const char *to, const char **name)
{
  while (from < to && *from == ' ')
    from++;
  while (to > from && to[-1] == ' ')
    to--;
  *name = cs_arena_copy(chain->arena, from, (size_t)(to - from));
  CS_TRY_NEW(*name);
  if (!is_name(*name))
    return cs_json_fail(chain->arena, node,
        "{{%.80s}} is no name of a variable; use letters, digits, _ and -",
        *name);
  return CS_OK;
}

static CsStatus
expand(Chain *chain, const CsJson *node, const char *text)
{
  for (const char *at = text; *at != '\0';) {
    const char *open = strstr(at, "{{");
    const size_t n   = open != NULL ? (size_t)(open - at) : strlen(at);
    const char *name = NULL;
    cs_text_add_bytes(chain->text, at, n);
    if (chain->text->n > CS_MAX_EXPANDED_BYTES)
      return cs_json_fail(chain->arena, node,
          "the text grows beyond %d bytes with its variables; shorten it",
          CS_MAX_EXPANDED_BYTES);
    if (open == NULL)
      break;
    const char *close = strstr(open, "}}");
    if (close == NULL)
      return cs_json_fail(
          chain->arena, node, "a {{ is not closed; write {{name}}");
    CS_TRY(take_name(chain, node, open + 2, close, &name));
    CS_TRY(put_value(chain, node, name));
    at = close + 2;
  }
  return CS_OK;
}

CsStatus
cs_variables_expand(CsArena *arena, const CsScope *scope, const CsJson *node,
    const char *text, const char **out)
{
  CsText whole = cs_text_new(arena);
  Chain chain  = {.arena = arena, .scope = scope, .text = &whole};
  CS_TRY(expand(&chain, node, text));
  return cs_text_take(&whole, out);
}
