#include "gen/jobs/course_file.h"

#include "gen/base/file.h"
#include "gen/jobs/course_reading.h"

#include <string.h>

enum {
  MAX_COURSE_BYTES = 4 << 20,
  MAX_STYLE_BYTES  = 256 * 1024,
};

// ---- Modules ----------------------------------------------------------------

static CsStatus
want_list(CsCourseReader *r, const CsJson *node, const char *what, size_t most)
{
  if (node->kind != CS_JSON_ARRAY)
    return cs_json_fail(r->arena, node, "a list of %s is wanted here", what);
  if (node->n_children == 0 || node->n_children > most)
    return cs_json_fail(
        r->arena, node, "%zu %s; give 1..%zu", node->n_children, what, most);
  return CS_OK;
}

/// Names that the program gives values to.
static CsStatus
refuse_own_names(CsCourseReader *r, const CsVariable *items, size_t n)
{
  static const char *const own[] = {"title", "module", "number", "part"};
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < CS_N_ROWS(own); k++)
      if (strcmp(items[i].name, own[k]) == 0)
        return cs_json_fail(r->arena, items[i].node,
            "{{%s}} has its value from the course; take another name", own[k]);
  return CS_OK;
}

static CsStatus
read_scope(CsCourseReader *r, const CsJson *node, CsScope *scope)
{
  CS_TRY(cs_variables_read(r->arena, node, &scope->items, &scope->n));
  return refuse_own_names(r, scope->items, scope->n);
}

static CsStatus
refuse_same_name(CsCourseReader *r, const CsModuleReader *at)
{
  for (const CsCourseModule *m = r->out->modules; m < at->module; m++)
    if (strcmp(m->name, at->raw.name) == 0)
      return cs_json_fail(r->arena, cs_course_place(at->node, "name"),
          "two modules are called \"%.80s\"; give each a name of its own",
          m->name);
  return CS_OK;
}

static CsStatus
fill_module(CsCourseReader *r, CsModuleReader *at)
{
  const char *common = NULL, *own = NULL;
  CS_TRY(cs_raw_module_read(r->arena, at->node, &at->raw));
  if (strstr(at->raw.name, "{{") != NULL)
    return cs_json_fail(r->arena, cs_course_place(at->node, "name"),
        "a name holds no variables; write it out");
  CS_TRY(refuse_same_name(r, at));
  at->module->name     = at->raw.name;
  at->module->in_fifth = at->raw.key == CS_KEY_FIFTH ||
                         (at->raw.key == CS_KEY_BY_TURNS &&
                             (at->module - r->out->modules) % 2 == 1);
  CS_TRY(read_scope(r, at->raw.variables, &at->own));
  CS_TRY(cs_course_expand(
      r, &at->own, cs_course_defaults(r), "brief", r->defaults.brief, &common));
  CS_TRY(cs_course_expand(r, &at->own, at->node, "brief", at->raw.brief, &own));
  return cs_course_join(r, at->node, common, own, &at->module->words);
}

static CsStatus
read_parts(CsCourseReader *r, CsModuleReader *at)
{
  const CsJson *list = at->raw.parts != NULL ? at->raw.parts : r->raw.parts;
  if (list == NULL)
    return cs_json_fail(r->arena, at->node,
        "the module has no \"parts\", and the course has none for all modules; "
        "give one of them a list");
  CS_TRY(want_list(r, list, "parts", CS_MAX_MODULE_PARTS));
  at->module->parts = CS_NEW_N(r->arena, CsCoursePart, list->n_children);
  CS_TRY_NEW(at->module->parts);
  for (const CsJson *p = list->first; p != NULL; p = p->next)
    CS_TRY(cs_course_read_part(r, at, p));
  return CS_OK;
}

static CsStatus
read_module(CsCourseReader *r, const CsJson *node)
{
  CsModuleReader at   = {.node = node};
  const size_t number = r->out->n_modules + 1;
  at.module           = &r->out->modules[r->out->n_modules++];
  *at.module          = (CsCourseModule){.name = "?", .node = node};
  const char *digits  = cs_arena_printf(r->arena, "%02zu", number);
  CS_TRY_NEW(digits);
  const char *name = cs_json_text_of(node, "name");
  CsVariable own[] = {{.name = "title", .value = r->out->title},
      {.name = "module", .value = name != NULL ? name : ""},
      {.name = "number", .value = digits}};
  CsScope given    = {own, CS_N_ROWS(own), NULL};
  at.course        = r->course;
  at.course.outer  = &given;
  at.own.outer     = &at.course;
  CsStatus status  = fill_module(r, &at);
  if (status == CS_OK)
    status = read_parts(r, &at);
  return cs_course_keep_problem(r, name, status, NULL);
}

/// What the course sounds like by itself: its own values first, and those of
/// the first module that has what it lacks.
static CsStatus
read_course_words(CsCourseReader *r)
{
  CsCourseFile *out = r->out;
  out->words        = "";
  for (size_t i = 0; i < out->n_modules && r->defaults.brief != NULL; i++) {
    const CsJson *node = r->raw.modules->first;
    for (size_t k = 0; k < i; k++)
      node = node->next;
    CsScope module = {0};
    if (out->modules[i].words == NULL)
      continue;
    CsVariable own[] = {{.name = "title", .value = out->title},
        {.name = "module", .value = out->modules[i].name},
        {.name = "number", .value = "01"}};
    CsScope given    = {own, CS_N_ROWS(own), NULL};
    CS_TRY(cs_variables_read(
        r->arena, cs_json_member(node, "variables"), &module.items, &module.n));
    module.outer          = &given;
    CsScope course        = r->course;
    course.outer          = &module;
    const CsStatus status = cs_course_expand(r, &course, cs_course_defaults(r),
        "brief", r->defaults.brief, &out->words);
    if (status != CS_ERR_REQUEST)
      return status;
    cs_arena_clear_error(r->arena);
  }
  if (out->problems.n == 0)
    return CS_OK;
  return cs_fail(r->arena, CS_ERR_REQUEST, "%s; no module is left to be made",
      out->problems.items[0]);
}

// ---- The course -------------------------------------------------------------

/// A style that is a file lies beside the course.
static CsStatus
read_style(CsCourseReader *r)
{
  const char *style = r->defaults.style;
  size_t n_bytes    = 0;
  r->out->style     = style;
  if (style == NULL || !cs_is_style_file(style))
    return CS_OK;
  const char *path = style[0] == '/'
                         ? style
                         : cs_arena_printf(r->arena, "%s%s", r->folder, style);
  CS_TRY_NEW(path);
  return cs_course_with_place(r->arena,
      cs_course_place(cs_course_defaults(r), "style"),
      cs_file_read(r->arena, path, MAX_STYLE_BYTES, &r->out->style, &n_bytes));
}

static CsStatus
read_top(CsCourseReader *r)
{
  CsCourseFile *out = r->out;
  r->raw            = (CsRawCourse){.title = "", .theme_seed = 1.0};
  CS_TRY(cs_raw_course_read(r->arena, r->root, &r->raw));
  if (r->raw.theme_seed != (double)(int64_t)r->raw.theme_seed)
    return cs_json_fail(r->arena, cs_course_place(r->root, "theme_seed"),
        "a whole number is wanted here");
  if (r->raw.defaults != NULL)
    CS_TRY(cs_raw_defaults_read(r->arena, r->raw.defaults, &r->defaults));
  if (strstr(r->raw.title, "{{") != NULL)
    return cs_json_fail(r->arena, cs_course_place(r->root, "title"),
        "a title holds no variables; write it out");
  CS_TRY(want_list(r, r->raw.modules, "modules", CS_MAX_MODULES));
  CS_TRY(read_scope(r, r->raw.variables, &r->course));
  if (r->defaults.brief == NULL)
    return cs_json_fail(r->arena, cs_course_defaults(r),
        "\"brief\" is missing under \"defaults\"; give the words for all "
        "modules, for example \"warm corporate, no drums\"");
  out->defaults   = r->raw.defaults;
  out->title      = r->raw.title;
  out->theme_seed = r->raw.theme_seed;
  out->tempo_bpm  = r->defaults.tempo_bpm;
  out->key        = r->defaults.key;
  return read_style(r);
}

CsStatus
cs_course_read_text(CsArena *arena, const char *name, const char *folder,
    const char *text, size_t n_bytes, CsCourseFile *course)
{
  CsCourseReader r = {.arena = arena, .folder = folder, .out = course};
  *course          = (CsCourseFile){0};
  if (n_bytes == 0)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s line 1: the file is empty; a course begins with {", name);
  CS_TRY(cs_json_parse_lines(arena, name, text, n_bytes, &r.root));
  CS_TRY(read_top(&r));
  course->modules = CS_NEW_N(arena, CsCourseModule, r.raw.modules->n_children);
  CS_TRY_NEW(course->modules);
  for (const CsJson *m = r.raw.modules->first; m != NULL; m = m->next)
    CS_TRY(read_module(&r, m));
  return read_course_words(&r);
}

CsStatus
cs_course_read(CsArena *arena, const char *path, CsCourseFile *course)
{
  const char *text = NULL;
  size_t n_bytes   = 0;
  const char *folder =
      cs_arena_copy(arena, path, (size_t)(cs_path_name(path) - path));
  CS_TRY_NEW(folder);
  CS_TRY(cs_file_read(arena, path, MAX_COURSE_BYTES, &text, &n_bytes));
  return cs_course_read_text(arena, path, folder, text, n_bytes, course);
}
