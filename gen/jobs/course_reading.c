#include "gen/jobs/course_reading.h"

#include <string.h>

CsStatus
cs_course_keep_problem(
    CsCourseReader *r, const char *module, CsStatus status, const char **out)
{
  if (status != CS_ERR_REQUEST)
    return status;
  void *items      = r->out->problems.items;
  const char *why  = cs_arena_error(r->arena);
  const char *kept = module != NULL ? cs_arena_printf(r->arena,
                                          "%s (module \"%s\")", why, module)
                                    : cs_arena_copy(r->arena, why, strlen(why));
  CS_TRY_NEW(kept);
  cs_arena_clear_error(r->arena);
  CS_TRY(cs_arena_grow(r->arena, &items, &r->problems_capacity,
      r->out->problems.n + 1, sizeof kept));
  r->out->problems.items                       = items;
  r->out->problems.items[r->out->problems.n++] = kept;
  if (out != NULL)
    *out = kept;
  return CS_OK;
}

CsStatus
cs_course_with_place(CsArena *arena, const CsJson *node, CsStatus status)
{
  if (status != CS_ERR_REQUEST)
    return status;
  const char *why = cs_arena_error(arena);
  why             = cs_arena_copy(arena, why, strlen(why));
  CS_TRY_NEW(why);
  cs_arena_clear_error(arena);
  return cs_json_fail(arena, node, "%s", why);
}

const CsJson *
cs_course_place(const CsJson *object, const char *key)
{
  const CsJson *member = cs_json_member(object, key);
  return member != NULL ? member : object;
}

CsStatus
cs_course_join(CsCourseReader *r, const CsJson *node, const char *a,
    const char *b, const char **out)
{
  const bool has_a = a != NULL && a[0] != '\0';
  const bool has_b = b != NULL && b[0] != '\0';
  *out             = cs_arena_printf(r->arena, "%s%s%s", has_a ? a : "",
      has_a && has_b ? ", " : "", has_b ? b : "");
  CS_TRY_NEW(*out);
  return strlen(*out) <= CS_MAX_PROMPT_BYTES
             ? CS_OK
             : cs_json_fail(r->arena, node,
                   "the words of course, module and part are longer than %d "
                   "bytes together; shorten them",
                   CS_MAX_PROMPT_BYTES);
}

CsStatus
cs_course_expand(CsCourseReader *r, const CsScope *scope, const CsJson *object,
    const char *key, const char *text, const char **out)
{
  *out = NULL;
  if (text == NULL)
    return CS_OK;
  return cs_variables_expand(
      r->arena, scope, cs_course_place(object, key), text, out);
}

const CsJson *
cs_course_defaults(const CsCourseReader *r)
{
  return r->raw.defaults != NULL ? r->raw.defaults : r->root;
}
