#include "gen/jobs/course_file.h"

#include "gen/base/file.h"
#include "gen/jobs/captions.h"
#include "gen/jobs/inside.h"
#include "gen/jobs/variables.h"

#include <stddef.h>
#include <string.h>

enum {
  MAX_COURSE_BYTES = 4 << 20,
  MAX_STYLE_BYTES  = 256 * 1024,
  MAX_LOOP_BARS    = 64,
};

const char *const cs_part_kind_names[CS_N_PART_KINDS] = {
    [CS_PART_INTRO]      = "intro",
    [CS_PART_BED]        = "bed",
    [CS_PART_TRANSITION] = "transition",
    [CS_PART_QUIZ]       = "quiz",
    [CS_PART_OUTRO]      = "outro",
};

/// What a part is where its author says nothing.
typedef struct Usual {
  double duration_s;
  int n_bars;
} Usual;

static const Usual usuals[CS_N_PART_KINDS] = {
    [CS_PART_INTRO]      = {.duration_s = 4.0},
    [CS_PART_BED]        = {0}, // the narration's
    [CS_PART_TRANSITION] = {.duration_s = 3.0},
    [CS_PART_QUIZ]       = {.n_bars = 8},
    [CS_PART_OUTRO]      = {.duration_s = 10.0},
};

static const char usual_output[] = "{{module}}/{{part}}.wav";

/// Options of `cuesmith make` that a course may set; the others it decides, or
/// they name files.
static const char *const allowed_options[] = {"function", "ending", "rate",
    "bits", "channels", "fade-in", "fade-out", "profile", "lufs", "peak"};

// ---- Schema -----------------------------------------------------------------

#define N_ROWS(table) (sizeof(table) / sizeof((table)[0]))
#define NOTE(type)                                                             \
  {                                                                            \
    .key = "note", .kind = CS_FIELD_STRING, .offset = offsetof(type, note),    \
    .what = "a remark for people"                                              \
  }

typedef struct RawDefaults {
  const char *note, *brief, *style, *key, *output;
  double tempo_bpm;
  const CsJson *options;
} RawDefaults;

static const CsField default_fields[] = {
    NOTE(RawDefaults),
    {.key       = "brief",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawDefaults, brief),
        .what   = "words for all modules"},
    {.key       = "style",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawDefaults, style),
        .what   = "one of `cuesmith list styles`, or a FILE.json"},
    {.key       = "tempo",
        .kind   = CS_FIELD_DOUBLE,
        .offset = offsetof(RawDefaults, tempo_bpm),
        .low    = 40,
        .high   = 240,
        .what   = "beats per minute"},
    {.key       = "key",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawDefaults, key),
        .what   = "a key such as \"D major\""},
    {.key       = "output",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawDefaults, output),
        .what   = "how files are called"},
    {.key       = "options",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawDefaults, options)},
};

typedef struct RawCourse {
  const char *note, *title;
  double theme_seed;
  const CsJson *defaults, *variables, *parts, *modules;
} RawCourse;

static const CsField course_fields[] = {
    NOTE(RawCourse),
    {.key       = "title",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawCourse, title),
        .what   = "the name of the course"},
    {.key       = "theme_seed",
        .kind   = CS_FIELD_DOUBLE,
        .offset = offsetof(RawCourse, theme_seed),
        .low    = 0,
        .high   = 9007199254740991.0,
        .what   = "whole number"},
    {.key       = "defaults",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawCourse, defaults)},
    {.key       = "variables",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawCourse, variables)},
    {.key       = "parts",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawCourse, parts)},
    {.key         = "modules",
        .kind     = CS_FIELD_NODE,
        .offset   = offsetof(RawCourse, modules),
        .what     = "the list of modules",
        .required = true},
};

typedef struct RawModule {
  const char *note, *name, *brief;
  int key;
  const CsJson *variables, *parts;
} RawModule;

static const char *const module_keys[CS_N_MODULE_KEYS] = {
    [CS_KEY_HOME] = "home", [CS_KEY_FIFTH] = "fifth"};

static const CsField module_fields[] = {
    NOTE(RawModule),
    {.key         = "name",
        .kind     = CS_FIELD_STRING,
        .offset   = offsetof(RawModule, name),
        .what     = "what {{module}} stands for",
        .required = true},
    {.key       = "brief",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawModule, brief),
        .what   = "words for this module"},
    {.key        = "key",
        .kind    = CS_FIELD_ENUM,
        .offset  = offsetof(RawModule, key),
        .what    = "where it stands to the key of the course",
        .names   = module_keys,
        .n_names = CS_N_MODULE_KEYS},
    {.key       = "variables",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawModule, variables)},
    {.key       = "parts",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawModule, parts)},
};

typedef struct RawPart {
  const char *note, *name, *brief, *under, *output;
  int kind;
  int n_bars;
  double before_s, after_s;
  const CsJson *length, *options;
} RawPart;

static const CsField part_fields[] = {
    NOTE(RawPart),
    {.key       = "name",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawPart, name),
        .what   = "what {{part}} stands for"},
    {.key         = "kind",
        .kind     = CS_FIELD_ENUM,
        .offset   = offsetof(RawPart, kind),
        .what     = "what the part is",
        .names    = cs_part_kind_names,
        .n_names  = CS_N_PART_KINDS,
        .required = true},
    {.key       = "brief",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawPart, brief),
        .what   = "words for this part"},
    {.key       = "length",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawPart, length)},
    {.key       = "under",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawPart, under),
        .what   = "a sound or caption file"},
    {.key       = "before",
        .kind   = CS_FIELD_DOUBLE,
        .offset = offsetof(RawPart, before_s),
        .low    = 0,
        .high   = 600,
        .what   = "seconds before the narration"},
    {.key       = "after",
        .kind   = CS_FIELD_DOUBLE,
        .offset = offsetof(RawPart, after_s),
        .low    = 0,
        .high   = 600,
        .what   = "seconds after the narration"},
    {.key       = "bars",
        .kind   = CS_FIELD_INT,
        .offset = offsetof(RawPart, n_bars),
        .low    = 1,
        .high   = MAX_LOOP_BARS,
        .what   = "bars of the loop"},
    {.key       = "output",
        .kind   = CS_FIELD_STRING,
        .offset = offsetof(RawPart, output),
        .what   = "how the file is called"},
    {.key       = "options",
        .kind   = CS_FIELD_NODE,
        .offset = offsetof(RawPart, options)},
};

// ---- Reading ----------------------------------------------------------------

typedef struct Reader {
  CsArena *arena;
  const char *folder;
  const CsJson *root;
  RawCourse raw;
  RawDefaults defaults;
  CsScope course; ///< Its variables.
  CsCourseFile *out;
  size_t problems_capacity;
} Reader;

/// A module being read.
typedef struct Current {
  CsCourseModule *module;
  const CsJson *node;
  RawModule raw;
  CsScope course, own; ///< The course's variables, then the module's over them.
  char number[16];
} Current;

/// Take the failure of a call as a problem; the reading goes on.
static CsStatus
keep_problem(Reader *r, const char *module, CsStatus status, const char **out)
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

/// Put the place before a failure that does not know it.
static CsStatus
with_place(Reader *r, const CsJson *node, CsStatus status)
{
  if (status != CS_ERR_REQUEST)
    return status;
  const char *why = cs_arena_error(r->arena);
  why             = cs_arena_copy(r->arena, why, strlen(why));
  CS_TRY_NEW(why);
  cs_arena_clear_error(r->arena);
  return cs_json_fail(r->arena, node, "%s", why);
}

/// The place of a member, or of the object where it is left out.
static const CsJson *
node_of(const CsJson *object, const char *key)
{
  const CsJson *member = cs_json_member(object, key);
  return member != NULL ? member : object;
}

/// Put words together with a comma. @param node  For messages.
static CsStatus
join(Reader *r, const CsJson *node, const char *a, const char *b,
    const char **out)
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

static CsStatus
expand_member(Reader *r, const CsScope *scope, const CsJson *object,
    const char *key, const char *text, const char **out)
{
  *out = NULL;
  if (text == NULL)
    return CS_OK;
  return cs_variables_expand(r->arena, scope, node_of(object, key), text, out);
}

static const CsJson *
defaults_node(const Reader *r)
{
  return r->raw.defaults != NULL ? r->raw.defaults : r->root;
}

// ---- A part -----------------------------------------------------------------

/// A part being read.
typedef struct Slot {
  const Current *at;
  const CsJson *node;
  RawPart raw;
  CsScope scope; ///< {{part}} and the module's.
  CsVariable own[1];
  CsCoursePart *part;
} Slot;

static CsStatus
read_words(Reader *r, Slot *s)
{
  const char *own = NULL;
  CS_TRY(expand_member(r, &s->scope, s->node, "brief", s->raw.brief, &own));
  return join(r, s->node, s->at->module->words, own, &s->part->prompt);
}

static CsStatus
read_length(Reader *r, Slot *s, double *seconds)
{
  const CsJson *node = s->raw.length;
  const char *text   = NULL;
  if (node->kind == CS_JSON_NUMBER) {
    *seconds = node->number;
    return CS_OK;
  }
  if (node->kind != CS_JSON_STRING)
    return cs_json_fail(r->arena, node,
        "a length is wanted here: seconds, or a text such as \"1:30\"");
  CS_TRY(cs_variables_expand(r->arena, &s->scope, node, node->string, &text));
  if (!cs_parse_time(text, seconds))
    return cs_json_fail(r->arena, node,
        "\"%.80s\" is no length; give a time such as 90, 1:30 or 1m30s", text);
  return CS_OK;
}

static CsStatus
read_narration(Reader *r, Slot *s, double *seconds)
{
  const CsJson *node = node_of(s->node, "under");
  const char *name   = NULL;
  CS_TRY(cs_variables_expand(r->arena, &s->scope, node, s->raw.under, &name));
  const char *path = name[0] == '/'
                         ? name
                         : cs_arena_printf(r->arena, "%s%s", r->folder, name);
  CS_TRY_NEW(path);
  CS_TRY(with_place(r, node, cs_narration_length(r->arena, path, seconds)));
  *seconds += s->raw.before_s + s->raw.after_s;
  return CS_OK;
}

static CsStatus
check_length_fields(Reader *r, const Slot *s)
{
  const RawPart *raw = &s->raw;
  const int n_given =
      (raw->length != NULL) + (raw->under != NULL) + (raw->n_bars > 0);
  if (n_given > 1)
    return cs_json_fail(r->arena, s->node,
        "\"length\", \"under\" and \"bars\" do not go together; keep one");
  if (raw->n_bars > 0 && raw->kind != CS_PART_QUIZ)
    return cs_json_fail(r->arena, node_of(s->node, "bars"),
        "bars are counted in a quiz loop only; give \"length\" instead");
  if ((raw->before_s > 0.0 || raw->after_s > 0.0) && raw->under == NULL)
    return cs_json_fail(r->arena, s->node,
        "\"before\" and \"after\" go with \"under\"; add them to \"length\" "
        "instead");
  if (n_given == 0 && raw->kind == CS_PART_BED)
    return cs_json_fail(r->arena, s->node,
        "a bed needs \"under\", the sound or captions of the narration, or a "
        "\"length\"");
  return CS_OK;
}

static CsStatus
read_time(Reader *r, Slot *s)
{
  CsCoursePart *part = s->part;
  CS_TRY(check_length_fields(r, s));
  part->n_bars     = s->raw.n_bars;
  part->duration_s = 0.0;
  if (s->raw.length != NULL)
    CS_TRY(read_length(r, s, &part->duration_s));
  else if (s->raw.under != NULL)
    CS_TRY(read_narration(r, s, &part->duration_s));
  else if (part->n_bars == 0) {
    part->duration_s = usuals[part->kind].duration_s;
    part->n_bars     = usuals[part->kind].n_bars;
  }
  if (part->n_bars == 0 && !(part->duration_s >= CS_MIN_DURATION_S &&
                               part->duration_s <= CS_MAX_DURATION_S))
    return cs_json_fail(r->arena,
        s->raw.under != NULL ? node_of(s->node, "under")
                             : node_of(s->node, "length"),
        "%.3f s is outside 0.5 s..12 h; give a length between",
        part->duration_s);
  return CS_OK;
}

static CsStatus
read_output(Reader *r, Slot *s)
{
  const CsJson *node  = node_of(s->node, "output");
  const char *pattern = s->raw.output, *name = NULL;
  if (pattern == NULL) {
    pattern = r->defaults.output != NULL ? r->defaults.output : usual_output;
    node    = r->defaults.output != NULL ? node_of(defaults_node(r), "output")
                                         : node_of(s->at->node, "name");
  }
  CsContainer container;
  CS_TRY(cs_variables_expand(r->arena, &s->scope, node, pattern, &name));
  CS_TRY(with_place(
      r, node, cs_inside_name(r->arena, "output", name, &s->part->output)));
  return with_place(
      r, node, cs_container_of(r->arena, s->part->output, &container));
}

static bool
is_allowed(const char *name)
{
  for (size_t i = 0; i < N_ROWS(allowed_options); i++)
    if (strcmp(allowed_options[i], name) == 0)
      return true;
  return false;
}

static CsStatus
fail_option(Reader *r, const CsJson *node)
{
  CsText text      = cs_text_new(r->arena);
  const char *list = "";
  for (size_t i = 0; i < N_ROWS(allowed_options); i++)
    cs_text_addf(&text, "%s%s", i > 0 ? ", " : "", allowed_options[i]);
  CS_TRY(cs_text_take(&text, &list));
  return cs_json_fail(
      r->arena, node, "a course sets no such option; allowed are: %s", list);
}

/// Later options stand over earlier ones of that name.
static void
put_option(CsCoursePart *part, const char *name, const char *value)
{
  size_t i = 0;
  while (i < part->n_options && strcmp(part->options[i].name, name) != 0)
    i++;
  part->options[i] = (CsGivenOption){name, value};
  part->n_options += i == part->n_options;
}

static CsStatus
read_options(Reader *r, Slot *s, const CsJson *object)
{
  if (object == NULL)
    return CS_OK;
  if (object->kind != CS_JSON_OBJECT)
    return cs_json_fail(r->arena, object,
        "an object of options and values is wanted here, such as "
        "{\"profile\": \"web\"}");
  for (const CsJson *m = object->first; m != NULL; m = m->next) {
    char number[32];
    const char *value = m->string;
    if (!is_allowed(m->key))
      return fail_option(r, m);
    if (m->kind == CS_JSON_NUMBER) {
      cs_format_number(m->number, number);
      value = cs_arena_copy(r->arena, number, strlen(number));
      CS_TRY_NEW(value);
    } else if (m->kind != CS_JSON_STRING) {
      return cs_json_fail(r->arena, m, "a text or a number is wanted here");
    }
    CS_TRY(cs_variables_expand(r->arena, &s->scope, m, value, &value));
    put_option(s->part, m->key, value);
  }
  return CS_OK;
}

static CsStatus
fill_part(Reader *r, Slot *s)
{
  CsCoursePart *part = s->part;
  CS_TRY(cs_json_read(
      r->arena, s->node, part_fields, N_ROWS(part_fields), &s->raw));
  part->kind = (CsPartKind)s->raw.kind;
  part->name =
      s->raw.name != NULL ? s->raw.name : cs_part_kind_names[part->kind];
  s->own[0] = (CsVariable){.name = "part", .value = part->name};
  if (strstr(part->name, "{{") != NULL)
    return cs_json_fail(r->arena, node_of(s->node, "name"),
        "a name holds no variables; write it out");
  CS_TRY(read_words(r, s));
  CS_TRY(read_time(r, s));
  CS_TRY(read_output(r, s));
  part->options = CS_NEW_N(r->arena, CsGivenOption, N_ROWS(allowed_options));
  CS_TRY_NEW(part->options);
  CS_TRY(read_options(r, s, r->defaults.options));
  return read_options(r, s, s->raw.options);
}

/// Two parts that write one file would destroy one.
static CsStatus
refuse_same_output(Reader *r, const Slot *s)
{
  for (size_t m = 0; m < r->out->n_modules; m++) {
    const CsCourseModule *module = &r->out->modules[m];
    for (size_t p = 0; p < module->n_parts; p++)
      if (&module->parts[p] != s->part && module->parts[p].output != NULL &&
          strcmp(module->parts[p].output, s->part->output) == 0)
        return cs_json_fail(r->arena, s->node,
            "the output %s is that of \"%s\" in module \"%s\", too; give each "
            "part a name of its own",
            s->part->output, module->parts[p].name, module->name);
  }
  return CS_OK;
}

static CsStatus
read_part(Reader *r, const Current *at, const CsJson *node)
{
  Slot s          = {.at = at, .node = node};
  s.part          = &at->module->parts[at->module->n_parts++];
  s.scope         = (CsScope){s.own, N_ROWS(s.own), &at->own};
  *s.part         = (CsCoursePart){.name = "?", .node = node};
  CsStatus status = fill_part(r, &s);
  if (status == CS_OK)
    status = refuse_same_output(r, &s);
  if (status != CS_OK)
    s.part->output = NULL;
  return keep_problem(r, at->module->name, status, &s.part->problem);
}

// ---- Modules ----------------------------------------------------------------

static CsStatus
want_list(Reader *r, const CsJson *node, const char *what, size_t most)
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
refuse_own_names(Reader *r, const CsVariable *items, size_t n)
{
  static const char *const own[] = {"title", "module", "number", "part"};
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < N_ROWS(own); k++)
      if (strcmp(items[i].name, own[k]) == 0)
        return cs_json_fail(r->arena, items[i].node,
            "{{%s}} has its value from the course; take another name", own[k]);
  return CS_OK;
}

static CsStatus
read_scope(Reader *r, const CsJson *node, CsScope *scope)
{
  CS_TRY(cs_variables_read(r->arena, node, &scope->items, &scope->n));
  return refuse_own_names(r, scope->items, scope->n);
}

static CsStatus
refuse_same_name(Reader *r, const Current *at)
{
  for (const CsCourseModule *m = r->out->modules; m < at->module; m++)
    if (strcmp(m->name, at->raw.name) == 0)
      return cs_json_fail(r->arena, node_of(at->node, "name"),
          "two modules are called \"%.80s\"; give each a name of its own",
          m->name);
  return CS_OK;
}

static CsStatus
fill_module(Reader *r, Current *at)
{
  const char *common = NULL, *own = NULL;
  CS_TRY(cs_json_read(
      r->arena, at->node, module_fields, N_ROWS(module_fields), &at->raw));
  if (strstr(at->raw.name, "{{") != NULL)
    return cs_json_fail(r->arena, node_of(at->node, "name"),
        "a name holds no variables; write it out");
  CS_TRY(refuse_same_name(r, at));
  at->module->name     = at->raw.name;
  at->module->in_fifth = at->raw.key == CS_KEY_FIFTH ||
                         (at->raw.key == CS_KEY_BY_TURNS &&
                             (at->module - r->out->modules) % 2 == 1);
  CS_TRY(read_scope(r, at->raw.variables, &at->own));
  CS_TRY(expand_member(
      r, &at->own, defaults_node(r), "brief", r->defaults.brief, &common));
  CS_TRY(expand_member(r, &at->own, at->node, "brief", at->raw.brief, &own));
  return join(r, at->node, common, own, &at->module->words);
}

static CsStatus
read_parts(Reader *r, Current *at)
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
    CS_TRY(read_part(r, at, p));
  return CS_OK;
}

static CsStatus
read_module(Reader *r, const CsJson *node)
{
  Current at          = {.node = node};
  const size_t number = r->out->n_modules + 1;
  at.module           = &r->out->modules[r->out->n_modules++];
  *at.module          = (CsCourseModule){.name = "?", .node = node};
  const char *digits  = cs_arena_printf(r->arena, "%02zu", number);
  CS_TRY_NEW(digits);
  const char *name = cs_json_text_of(node, "name");
  CsVariable own[] = {{.name = "title", .value = r->out->title},
      {.name = "module", .value = name != NULL ? name : ""},
      {.name = "number", .value = digits}};
  CsScope given    = {own, N_ROWS(own), NULL};
  at.course        = r->course;
  at.course.outer  = &given;
  at.own.outer     = &at.course;
  CsStatus status  = fill_module(r, &at);
  if (status == CS_OK)
    status = read_parts(r, &at);
  return keep_problem(r, name, status, NULL);
}

/// What the course sounds like by itself: its own values first, and those of
/// the first module that has what it lacks.
static CsStatus
read_course_words(Reader *r)
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
    CsScope given    = {own, N_ROWS(own), NULL};
    CS_TRY(cs_variables_read(
        r->arena, cs_json_member(node, "variables"), &module.items, &module.n));
    module.outer          = &given;
    CsScope course        = r->course;
    course.outer          = &module;
    const CsStatus status = expand_member(
        r, &course, defaults_node(r), "brief", r->defaults.brief, &out->words);
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
read_style(Reader *r)
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
  return with_place(r, node_of(defaults_node(r), "style"),
      cs_file_read(r->arena, path, MAX_STYLE_BYTES, &r->out->style, &n_bytes));
}

static CsStatus
read_top(Reader *r)
{
  CsCourseFile *out = r->out;
  r->raw            = (RawCourse){.title = "", .theme_seed = 1.0};
  CS_TRY(cs_json_read(
      r->arena, r->root, course_fields, N_ROWS(course_fields), &r->raw));
  if (r->raw.theme_seed != (double)(int64_t)r->raw.theme_seed)
    return cs_json_fail(r->arena, node_of(r->root, "theme_seed"),
        "a whole number is wanted here");
  if (r->raw.defaults != NULL)
    CS_TRY(cs_json_read(r->arena, r->raw.defaults, default_fields,
        N_ROWS(default_fields), &r->defaults));
  if (strstr(r->raw.title, "{{") != NULL)
    return cs_json_fail(r->arena, node_of(r->root, "title"),
        "a title holds no variables; write it out");
  CS_TRY(want_list(r, r->raw.modules, "modules", CS_MAX_MODULES));
  CS_TRY(read_scope(r, r->raw.variables, &r->course));
  if (r->defaults.brief == NULL)
    return cs_json_fail(r->arena, defaults_node(r),
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
  Reader r = {.arena = arena, .folder = folder, .out = course};
  *course  = (CsCourseFile){0};
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
