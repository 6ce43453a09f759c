// A part of a module: its words, how long it lasts, its file and its options.

#include "gen/jobs/course_reading.h"

#include "gen/jobs/captions.h"
#include "gen/jobs/inside.h"

#include <string.h>

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

/// A part being read.
typedef struct Slot {
  const CsModuleReader *at;
  const CsJson *node;
  CsRawPart raw;
  CsScope scope; ///< {{part}} and the module's.
  CsVariable own[1];
  CsCoursePart *part;
} Slot;

static CsStatus
read_words(CsCourseReader *r, Slot *s)
{
  const char *own = NULL;
  CS_TRY(cs_course_expand(r, &s->scope, s->node, "brief", s->raw.brief, &own));
  return cs_course_join(
      r, s->node, s->at->module->words, own, &s->part->prompt);
}

static CsStatus
read_length(CsCourseReader *r, Slot *s, double *seconds)
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
read_narration(CsCourseReader *r, Slot *s, double *seconds)
{
  const CsJson *node = cs_course_place(s->node, "under");
  const char *name   = NULL;
  CS_TRY(cs_variables_expand(r->arena, &s->scope, node, s->raw.under, &name));
  const char *path = name[0] == '/'
                         ? name
                         : cs_arena_printf(r->arena, "%s%s", r->folder, name);
  CS_TRY_NEW(path);
  CS_TRY(cs_course_with_place(
      r->arena, node, cs_narration_length(r->arena, path, seconds)));
  *seconds += s->raw.before_s + s->raw.after_s;
  return CS_OK;
}

static CsStatus
check_length_fields(CsCourseReader *r, const Slot *s)
{
  const CsRawPart *raw = &s->raw;
  const int n_given =
      (raw->length != NULL) + (raw->under != NULL) + (raw->n_bars > 0);
  if (n_given > 1)
    return cs_json_fail(r->arena, s->node,
        "\"length\", \"under\" and \"bars\" do not go together; keep one");
  if (raw->n_bars > 0 && raw->kind != CS_PART_QUIZ)
    return cs_json_fail(r->arena, cs_course_place(s->node, "bars"),
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
read_time(CsCourseReader *r, Slot *s)
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
        s->raw.under != NULL ? cs_course_place(s->node, "under")
                             : cs_course_place(s->node, "length"),
        "%.3f s is outside 0.5 s..12 h; give a length between",
        part->duration_s);
  return CS_OK;
}

static CsStatus
read_output(CsCourseReader *r, Slot *s)
{
  const CsJson *node  = cs_course_place(s->node, "output");
  const char *pattern = s->raw.output, *name = NULL;
  if (pattern == NULL) {
    pattern = r->defaults.output != NULL ? r->defaults.output : usual_output;
    node    = r->defaults.output != NULL
                  ? cs_course_place(cs_course_defaults(r), "output")
                  : cs_course_place(s->at->node, "name");
  }
  CsContainer container;
  CS_TRY(cs_variables_expand(r->arena, &s->scope, node, pattern, &name));
  CS_TRY(cs_course_with_place(r->arena, node,
      cs_inside_name(r->arena, "output", name, &s->part->output)));
  return cs_course_with_place(
      r->arena, node, cs_container_of(r->arena, s->part->output, &container));
}

static bool
is_allowed(const char *name)
{
  for (size_t i = 0; i < CS_N_ROWS(allowed_options); i++)
    if (strcmp(allowed_options[i], name) == 0)
      return true;
  return false;
}

static CsStatus
fail_option(CsCourseReader *r, const CsJson *node)
{
  CsText text      = cs_text_new(r->arena);
  const char *list = "";
  for (size_t i = 0; i < CS_N_ROWS(allowed_options); i++)
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
read_options(CsCourseReader *r, Slot *s, const CsJson *object)
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
fill_part(CsCourseReader *r, Slot *s)
{
  CsCoursePart *part = s->part;
  CS_TRY(cs_raw_part_read(r->arena, s->node, &s->raw));
  part->kind = (CsPartKind)s->raw.kind;
  part->name =
      s->raw.name != NULL ? s->raw.name : cs_part_kind_names[part->kind];
  s->own[0] = (CsVariable){.name = "part", .value = part->name};
  if (strstr(part->name, "{{") != NULL)
    return cs_json_fail(r->arena, cs_course_place(s->node, "name"),
        "a name holds no variables; write it out");
  CS_TRY(read_words(r, s));
  CS_TRY(read_time(r, s));
  CS_TRY(read_output(r, s));
  part->options = CS_NEW_N(r->arena, CsGivenOption, CS_N_ROWS(allowed_options));
  CS_TRY_NEW(part->options);
  CS_TRY(read_options(r, s, r->defaults.options));
  return read_options(r, s, s->raw.options);
}

/// Two parts that write one file would destroy one.
static CsStatus
refuse_same_output(CsCourseReader *r, const Slot *s)
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

CsStatus
cs_course_read_part(
    CsCourseReader *r, const CsModuleReader *at, const CsJson *node)
{
  Slot s          = {.at = at, .node = node};
  s.part          = &at->module->parts[at->module->n_parts++];
  s.scope         = (CsScope){s.own, CS_N_ROWS(s.own), &at->own};
  *s.part         = (CsCoursePart){.name = "?", .node = node};
  CsStatus status = fill_part(r, &s);
  if (status == CS_OK)
    status = refuse_same_output(r, &s);
  if (status != CS_OK)
    s.part->output = NULL;
  return cs_course_keep_problem(r, at->module->name, status, &s.part->problem);
}
