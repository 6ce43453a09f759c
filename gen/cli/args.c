#include "gen/cli/cli.h"

#include <string.h>

/// Options of single commands.
typedef struct CommandOption {
  const char *name;
  bool has_value;
} CommandOption;

static const CommandOption command_options[] = {
    {"shard", true},
    {"resume", false},
    {"join", true},
    {"dry-run", false},
    {"cuts", true},
    {"format", true},
    {"beside", true},
};

enum { N_COMMAND_OPTIONS = sizeof command_options / sizeof *command_options };

typedef struct Reader {
  CsArena *arena;
  int n, at;
  char *const *words;
  CsArgs *args;
} Reader;

static CsStatus
add_option(Reader *r, const char *name, const char *value)
{
  CsArgs *args = r->args;
  if (args->n_options == sizeof args->options / sizeof *args->options)
    return cs_fail(
        r->arena, CS_ERR_REQUEST, "too many options; give each one once");
  args->options[args->n_options++] = (CsGivenOption){name, value};
  return CS_OK;
}

/// The value of an option: after "=", or the next word.
static CsStatus
take_value(
    Reader *r, const char *name, const char *attached, const char **value)
{
  *value = attached;
  if (attached != NULL)
    return CS_OK;
  if (r->at >= r->n)
    return cs_fail(
        r->arena, CS_ERR_REQUEST, "the option %s needs a value after it", name);
  *value = r->words[r->at++];
  return CS_OK;
}

/// Options of the program rather than of a cue.
static bool
is_general(Reader *r, const char *name)
{
  if (strcmp(name, "help") == 0 || strcmp(name, "h") == 0)
    r->args->wants_help = true;
  else if (strcmp(name, "version") == 0 || strcmp(name, "V") == 0)
    r->args->wants_version = true;
  else
    return false;
  return true;
}

static const CommandOption *
find_command_option(const char *name)
{
  for (size_t i = 0; i < N_COMMAND_OPTIONS; i++)
    if (strcmp(command_options[i].name, name) == 0)
      return &command_options[i];
  return NULL;
}

bool
cs_args_is_of_command(const char *name)
{
  return find_command_option(name) != NULL;
}

/// @param attached  What stands after "=", or NULL.
static CsStatus
read_value(Reader *r, const char *word, const char *name, bool has_value,
    const char *attached)
{
  const char *value = "";
  if (!has_value && attached != NULL)
    return cs_fail(
        r->arena, CS_ERR_REQUEST, "the option --%s takes no value", name);
  if (has_value)
    CS_TRY(take_value(r, word, attached, &value));
  return add_option(r, name, value);
}

static CsStatus
read_long(Reader *r, const char *word)
{
  const char *equals = strchr(word, '=');
  const size_t n     = equals != NULL ? (size_t)(equals - word) : strlen(word);
  const char *name   = cs_arena_copy(r->arena, word + 2, n - 2);
  const char *value  = equals != NULL ? equals + 1 : NULL;
  CS_TRY_NEW(name);
  if (is_general(r, name))
    return CS_OK;
  if (strcmp(name, "plan") == 0)
    return take_value(r, "--plan", value, &r->args->plan);
  if (strcmp(name, "file") == 0)
    return take_value(r, "--file", value, &r->args->file);
  const CsOptionRow *row       = cs_option_row(name);
  const CommandOption *command = find_command_option(name);
  if (command != NULL)
    return read_value(r, word, name, command->has_value, value);
  if (row == NULL)
    return cs_option_unknown(r->arena, name);
  return read_value(r, word, row->name, row->argument != NULL, value);
}

static const CsOptionRow *
row_of_letter(char letter)
{
  for (size_t i = 0; i < cs_n_option_rows; i++)
    if (cs_option_rows[i].letter == letter)
      return &cs_option_rows[i];
  return NULL;
}

static CsStatus
read_short(Reader *r, const char *word)
{
  if (is_general(r, word + 1))
    return CS_OK;
  if (word[1] == 'f')
    return take_value(
        r, "-f", word[2] != '\0' ? word + 2 : NULL, &r->args->file);
  const CsOptionRow *row = row_of_letter(word[1]);
  const char *value      = word[2] != '\0' ? word + 2 : NULL;
  if (row == NULL || (row->argument == NULL && value != NULL))
    return cs_fail(r->arena, CS_ERR_REQUEST,
        "the option %s is unknown; cuesmith --help lists them", word);
  if (row->argument == NULL)
    return add_option(r, row->name, "");
  CS_TRY(take_value(r, word, value, &value));
  return add_option(r, row->name, value);
}

static CsStatus
read_positional(Reader *r, const char *word)
{
  CsArgs *args = r->args;
  if (args->n_positional == sizeof args->positional / sizeof *args->positional)
    return cs_fail(r->arena, CS_ERR_REQUEST,
        "\"%s\" is one argument too many; put the prompt in quotes", word);
  args->positional[args->n_positional++] = word;
  return CS_OK;
}

/// "--dur 56s --mode dorian" in one argument is a prompt written like options:
/// no option has a blank in its name.
static bool
is_prompt(const char *word)
{
  return word[1] == '-' && word[strcspn(word, " =")] == ' ';
}

CsStatus
cs_args_parse(CsArena *arena, int n, char *const *words, CsArgs *args)
{
  Reader r             = {arena, n, 0, words, args};
  bool only_positional = false;
  *args                = (CsArgs){0};
  while (r.at < n) {
    const char *word = words[r.at++];
    if (only_positional || word[0] != '-' || word[1] == '\0' || is_prompt(word))
      CS_TRY(read_positional(&r, word));
    else if (strcmp(word, "--") == 0)
      only_positional = true;
    else if (word[1] == '-')
      CS_TRY(read_long(&r, word));
    else
      CS_TRY(read_short(&r, word));
  }
  return CS_OK;
}

const char *
cs_args_option(const CsArgs *args, const char *name)
{
  for (size_t i = args->n_options; i > 0; i--)
    if (strcmp(args->options[i - 1].name, name) == 0)
      return args->options[i - 1].value;
  return NULL;
}

static bool
holds_word(const char *list, const char *word)
{
  const size_t n = strlen(word);
  for (const char *p = list; (p = strstr(p, word)) != NULL; p += n)
    if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
      return true;
  return false;
}

CsStatus
cs_args_allow(CsArena *arena, const CsArgs *args, const char *command,
    const char *allowed)
{
  for (size_t i = 0; i < args->n_options; i++)
    if (!holds_word(allowed, args->options[i].name))
      return cs_fail(arena, CS_ERR_REQUEST,
          "the option --%s does not go with `%s`; leave it out",
          args->options[i].name, command);
  if (args->file != NULL && !holds_word(allowed, "file"))
    return cs_fail(arena, CS_ERR_REQUEST,
        "the option --file does not go with `%s`; leave it out", command);
  if (args->plan != NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the option --plan does not go with `%s`; use `cuesmith make --plan`",
        command);
  return CS_OK;
}

CsStatus
cs_args_one(
    CsArena *arena, const CsArgs *args, const char *what, const char **out)
{
  if (args->n_positional == 0)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s is missing; cuesmith --help shows how it is called", what);
  if (args->n_positional > 1)
    return cs_fail(arena, CS_ERR_REQUEST,
        "\"%s\" is one argument too many; put %s in quotes",
        args->positional[1], what);
  *out = args->positional[0];
  return CS_OK;
}
