#include "gen/jobs/job_list.h"

#include "gen/base/json.h"
#include "gen/jobs/csv.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = CS_MAX_OPTIONS + 1 };

struct CsJobList {
  CsArena *arena; ///< Of the columns, and of what ends the reading.
  const char *path;
  CsLines *lines;
  uint64_t n_jobs;
  CsStrings columns; ///< Of CSV, once its header was read.
};

CsStatus
cs_job_list_open(CsArena *arena, const char *path, CsJobList **list)
{
  *list           = NULL;
  CsJobList *made = CS_NEW(arena, CsJobList);
  CS_TRY_NEW(made);
  made->arena = arena;
  made->path  = strcmp(path, "-") == 0 ? "standard input" : path;
  CS_TRY(cs_lines_open(arena, path, &made->lines));
  *list = made;
  return CS_OK;
}

void
cs_job_list_close(CsJobList *list)
{
  if (list != NULL)
    cs_lines_close(list->lines);
}

double
cs_job_list_share(const CsJobList *list)
{
  return cs_lines_share(list->lines);
}

// ---- Names ------------------------------------------------------------------

/// Options of a run, not of a cue.
static bool
belongs_to_run(const char *name)
{
  static const char *const names[] = {"threads", "json", "quiet", "verbose"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0)
      return true;
  return false;
}

/// @param row  Receives NULL for the prompt.
static CsStatus
find_name(CsArena *arena, const char *name, const CsOptionRow **row)
{
  const char *names[MAX_COLUMNS] = {"prompt"};
  *row                           = NULL;
  if (strcmp(name, names[0]) == 0)
    return CS_OK;
  if (strcmp(name, "takes") == 0)
    return cs_fail(arena, CS_ERR_REQUEST,
        "\"takes\" does not go in a list; write one job for each seed");
  if (belongs_to_run(name))
    return cs_fail(arena, CS_ERR_REQUEST,
        "\"%s\" is no matter of one job; give --%s to `cuesmith batch`", name,
        name);
  *row = cs_option_row(name);
  if (*row != NULL)
    return CS_OK;
  for (size_t i = 0; i < cs_n_option_rows; i++)
    names[i + 1] = cs_option_rows[i].name;
  const char *near = cs_nearest_word(name, names, cs_n_option_rows + 1);
  if (near != NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "\"%s\" is unknown; did you mean \"%s\"?", name, near);
  return cs_fail(arena, CS_ERR_REQUEST,
      "\"%s\" is unknown; a job has a prompt and options as in `cuesmith "
      "--help`, without the dashes",
      name);
}

static void
add_option(CsListedJob *job, const CsOptionRow *row, const char *value)
{
  job->options[job->n_options++] = (CsGivenOption){row->name, value};
}

/// A switch as text: yes adds it, no leaves it out.
static CsStatus
add_switch(
    CsArena *arena, CsListedJob *job, const CsOptionRow *row, const char *value)
{
  static const char *const yes[] = {"true", "yes", "1"};
  static const char *const no[]  = {"false", "no", "0"};
  for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
    if (strcmp(value, no[i]) == 0)
      return CS_OK;
    if (strcmp(value, yes[i]) != 0)
      continue;
    add_option(job, row, "");
    return CS_OK;
  }
  return cs_fail(arena, CS_ERR_REQUEST,
      "\"%s\" is a switch and \"%s\" no answer; give true or false", row->name,
      value);
}

static CsStatus
add_text(CsArena *arena, CsListedJob *job, const char *name, const char *value)
{
  const CsOptionRow *row = NULL;
  CS_TRY(find_name(arena, name, &row));
  if (row == NULL)
    job->prompt = value;
  else if (row->argument == NULL)
    return add_switch(arena, job, row, value);
  else
    add_option(job, row, value);
  return CS_OK;
}

// ---- JSON -------------------------------------------------------------------

static CsStatus
add_member(CsArena *arena, CsListedJob *job, const CsJson *member)
{
  char number[32];
  const CsOptionRow *row = NULL;
  switch (member->kind) {
  case CS_JSON_NULL:
    return find_name(arena, member->key, &row);
  case CS_JSON_STRING:
    return add_text(arena, job, member->key, member->string);
  case CS_JSON_NUMBER:
    cs_format_number(member->number, number);
    const char *text = cs_arena_copy(arena, number, strlen(number));
    CS_TRY_NEW(text);
    return add_text(arena, job, member->key, text);
  case CS_JSON_BOOL:
    CS_TRY(find_name(arena, member->key, &row));
    if (row != NULL && row->argument == NULL)
      return add_switch(
          arena, job, row, member->number != 0.0 ? "true" : "false");
    break;
  case CS_JSON_ARRAY:
  case CS_JSON_OBJECT:
    CS_TRY(find_name(arena, member->key, &row));
    break;
  }
  return cs_fail(arena, CS_ERR_REQUEST, "\"%s\" takes a text or a number here",
      member->key);
}

/// The list is one line long in the parser's eyes: its column is the news.
static CsStatus
parse_line(CsArena *arena, const CsLine *line, const CsJson **root)
{
  const CsStatus status =
      cs_json_parse(arena, "", line->text, line->n_bytes, root);
  if (status != CS_ERR_REQUEST)
    return status;
  const char *said = cs_arena_error(arena);
  const char *column =
      strncmp(said, " line", 5) == 0 ? strstr(said, "column ") : NULL;
  const char *from = column != NULL ? column : said + strspn(said, " :");
  const char *kept = cs_arena_copy(arena, from, strlen(from));
  CS_TRY_NEW(kept);
  cs_arena_clear_error(arena);
  return cs_fail(arena, CS_ERR_REQUEST,
      "%s; a job is one object on one line, {\"prompt\": \"...\"}", kept);
}

static CsStatus
read_object(CsArena *arena, const CsLine *line, CsListedJob *job)
{
  const CsJson *root = NULL;
  CS_TRY(parse_line(arena, line, &root));
  if (root->kind != CS_JSON_OBJECT)
    return cs_fail(arena, CS_ERR_REQUEST,
        "a job is an object; write {\"prompt\": \"...\"} on each line");
  for (const CsJson *m = root->first; m != NULL; m = m->next)
    CS_TRY(add_member(arena, job, m));
  return CS_OK;
}

// ---- CSV --------------------------------------------------------------------

static CsStatus
check_column(CsArena *arena, const CsStrings *columns, size_t at)
{
  const CsOptionRow *row = NULL;
  const char *name       = columns->items[at];
  if (name[0] == '\0')
    return cs_fail(
        arena, CS_ERR_REQUEST, "column %zu has no name; give it one", at + 1);
  for (size_t i = 0; i < at; i++)
    if (strcmp(columns->items[i], name) == 0)
      return cs_fail(arena, CS_ERR_REQUEST,
          "the column \"%s\" is there twice; remove one", name);
  if (strpbrk(name, ";\t") != NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "\"%s\" is no column; separate columns with commas", name);
  return find_name(arena, name, &row);
}

static CsStatus
read_header(CsJobList *list, const CsLine *line)
{
  CsArena *arena = list->arena;
  CsStatus status =
      line->fault != NULL
          ? cs_fail(arena, CS_ERR_REQUEST, "%s", line->fault)
          : cs_csv_split(arena, line->text, line->n_bytes, &list->columns);
  bool has_prompt = false;
  for (size_t i = 0; status == CS_OK && i < list->columns.n; i++) {
    status     = check_column(arena, &list->columns, i);
    has_prompt = has_prompt || strcmp(list->columns.items[i], "prompt") == 0;
  }
  if (status == CS_OK && !has_prompt)
    status = cs_fail(arena, CS_ERR_REQUEST,
        "the header names no column \"prompt\"; the first line of a CSV list "
        "names the columns, such as prompt,duration,output");
  if (status != CS_ERR_REQUEST)
    return status;
  const char *said = cs_arena_error(arena);
  const char *kept = cs_arena_copy(arena, said, strlen(said));
  CS_TRY_NEW(kept);
  cs_arena_clear_error(arena);
  return cs_fail(arena, CS_ERR_REQUEST, "%s line %llu: %s", list->path,
      (unsigned long long)line->number, kept);
}

/// An empty field is as good as none.
static CsStatus
read_row(
    CsArena *arena, const CsJobList *list, const CsLine *line, CsListedJob *job)
{
  CsStrings fields;
  CS_TRY(cs_csv_split(arena, line->text, line->n_bytes, &fields));
  if (fields.n != list->columns.n)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the row has %zu fields and the header %zu; put a field with commas in "
        "quotes",
        fields.n, list->columns.n);
  for (size_t i = 0; i < fields.n; i++)
    if (fields.items[i][0] != '\0')
      CS_TRY(add_text(arena, job, list->columns.items[i], fields.items[i]));
  return CS_OK;
}

// ---- The next job -----------------------------------------------------------

static CsStatus
read_job(
    CsArena *arena, const CsJobList *list, const CsLine *line, CsListedJob *job)
{
  if (line->fault != NULL)
    return cs_fail(arena, CS_ERR_REQUEST, "%s", line->fault);
  CS_TRY(cs_lines_are_csv(list->lines) ? read_row(arena, list, line, job)
                                       : read_object(arena, line, job));
  return job->prompt != NULL
             ? CS_OK
             : cs_fail(arena, CS_ERR_REQUEST,
                   "the job has no prompt; give it one, {\"prompt\": \"...\"}");
}

/// A broken line is the job's fault and nobody else's.
static CsStatus
keep_fault(CsArena *arena, CsStatus status, CsListedJob *job)
{
  if (status != CS_ERR_REQUEST)
    return status;
  const char *said = cs_arena_error(arena);
  job->fault       = cs_arena_copy(arena, said, strlen(said));
  CS_TRY_NEW(job->fault);
  cs_arena_clear_error(arena);
  return CS_OK;
}

CsStatus
cs_job_list_next(
    CsArena *arena, CsJobList *list, CsListedJob *job, CsSupply *supply)
{
  CsLine line;
  CS_TRY(cs_lines_next(list->arena, list->lines, &line, supply));
  if (*supply == CS_SUPPLY_LINE && cs_lines_are_csv(list->lines) &&
      list->columns.n == 0) {
    CS_TRY(read_header(list, &line));
    CS_TRY(cs_lines_next(list->arena, list->lines, &line, supply));
  }
  if (*supply == CS_SUPPLY_END && list->n_jobs == 0)
    return cs_fail(list->arena, CS_ERR_REQUEST,
        cs_lines_are_csv(list->lines)
            ? "%s holds no job; write the names of the options in the "
              "first row and a job in each row below"
            : "%s holds no job; write one on each line, {\"prompt\": "
              "\"...\"}",
        list->path);
  if (*supply != CS_SUPPLY_LINE)
    return CS_OK;
  *job = (CsListedJob){.line = line.number, .index = list->n_jobs++};
  return keep_fault(arena, read_job(arena, list, &line, job), job);
}
