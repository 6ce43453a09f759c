// What the program reads before it works: the prompt, a person's own words and
// styles.

#include "gen/cli/cli.h"

#include "gen/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- The prompt -------------------------------------------------------------

static CsStatus
read_input(CsArena *arena, const char **text, size_t *n)
{
  char *buffer = CS_NEW_N(arena, char, CS_MAX_PROMPT_BYTES + 2);
  CS_TRY_NEW(buffer);
  *n    = fread(buffer, 1, CS_MAX_PROMPT_BYTES + 1, stdin);
  *text = buffer;
  if (ferror(stdin))
    return cs_fail(arena, CS_ERR_REQUEST, "standard input cannot be read: %s",
        strerror(errno));
  if (*n > CS_MAX_PROMPT_BYTES)
    return cs_fail(arena, CS_ERR_REQUEST,
        "standard input holds more than %d bytes, the longest prompt; shorten "
        "it",
        CS_MAX_PROMPT_BYTES);
  buffer[*n] = '\0';
  return CS_OK;
}

/// A text as a prompt: without the mark that some editors put in front.
static CsStatus
as_prompt(CsArena *arena, const char *what, const char *text, size_t n,
    const char **prompt)
{
  static const char mark[] = "\xef\xbb\xbf";
  if (memchr(text, '\0', n) != NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s holds a zero byte; a prompt is plain text in UTF-8", what);
  *prompt = n >= 3 && memcmp(text, mark, 3) == 0 ? text + 3 : text;
  return CS_OK;
}

CsStatus
cs_cli_prompt(CsCli *cli, const char **prompt)
{
  const CsArgs *args = &cli->args;
  const char *text   = NULL;
  size_t n           = 0;
  if (args->file != NULL && args->n_positional > 0)
    return cs_fail(cli->arena, CS_ERR_REQUEST,
        "a prompt and --file do not go together; leave one of them out");
  if (args->file != NULL && strcmp(args->file, "-") != 0) {
    CS_TRY(
        cs_file_read(cli->arena, args->file, CS_MAX_PROMPT_BYTES, &text, &n));
    return as_prompt(cli->arena, args->file, text, n, prompt);
  }
  if (args->file == NULL) {
    CS_TRY(cs_args_one(cli->arena, args, "the prompt", prompt));
    if (strcmp(*prompt, "-") != 0)
      return CS_OK;
  }
  CS_TRY(read_input(cli->arena, &text, &n));
  return as_prompt(cli->arena, "standard input", text, n, prompt);
}

// ---- The config folder
// --------------------------------------------------------------

/// @return NULL where no folder can be named.
static const char *
config_folder(CsArena *arena, const char *room)
{
  const char *config = getenv("XDG_CONFIG_HOME");
  const char *home   = getenv("HOME");
  if (config != NULL && config[0] == '/') // others are to be ignored
    return cs_arena_printf(arena, "%s/cuesmith/%s", config, room);
  if (home != NULL && home[0] != '\0')
    return cs_arena_printf(arena, "%s/.config/cuesmith/%s", home, room);
  return NULL;
}

const char *
cs_cli_cache_folder(CsArena *arena)
{
  const char *cache = getenv("XDG_CACHE_HOME");
  const char *home  = getenv("HOME");
  if (cache != NULL && cache[0] == '/') // others are to be ignored
    return cs_arena_printf(arena, "%s/cuesmith", cache);
  if (home != NULL && home[0] != '\0')
    return cs_arena_printf(arena, "%s/.cache/cuesmith", home);
  return NULL;
}

static bool
is_folder(const char *path)
{
  DIR *folder = opendir(path);
  if (folder != NULL)
    (void)closedir(folder);
  return folder != NULL;
}

CsStatus
cs_cli_own_words(CsCli *cli, CsJob *job)
{
  const char *folder = config_folder(cli->arena, "lexicon");
  const char *json   = NULL;
  CsStrings names    = {0};
  CsWords words      = {0};
  if (cli->args.plan != NULL || folder == NULL || !is_folder(folder))
    return CS_OK;
  CS_TRY(cs_folder_list(cli->arena, folder, ".json", &names));
  for (size_t i = 0; i < names.n; i++) {
    const char *path =
        cs_arena_printf(cli->arena, "%s/%s", folder, names.items[i]);
    CS_TRY_NEW(path);
    CS_TRY(cs_words_read(cli->arena, &words, path, CS_WORDS_OF_FOLDER));
  }
  if (words.n == 0)
    return CS_OK;
  CS_TRY(cs_words_json(cli->arena, &words, &json));
  return cs_job_set(job, "lexicon", json);
}

CsStatus
cs_cli_own_style(CsCli *cli, const char *name, const char **path)
{
  const char *folder = config_folder(cli->arena, "styles");
  *path              = NULL;
  if (folder == NULL || strchr(name, '/') != NULL)
    return CS_OK;
  const char *file = cs_arena_printf(cli->arena, "%s/%s.json", folder, name);
  CS_TRY_NEW(file);
  if (access(file, F_OK) == 0)
    *path = file;
  return CS_OK;
}

CsStatus
cs_cli_own_styles_folder(CsArena *arena, const char **folder)
{
  *folder = config_folder(arena, "styles");
  return CS_OK;
}

CsStatus
cs_cli_own_styles(CsCli *cli, CsStrings *names)
{
  const char *folder = config_folder(cli->arena, "styles");
  *names             = (CsStrings){0};
  if (folder == NULL || !is_folder(folder))
    return CS_OK;
  return cs_folder_list(cli->arena, folder, ".json", names);
}
