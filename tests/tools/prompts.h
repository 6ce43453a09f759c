/// Files of prompts, for tools: a prompt a line, as plain text, as JSON with a
/// member "prompt", or behind a tab, where the first line may be a heading.
#ifndef CS_TESTS_TOOLS_PROMPTS_H
#define CS_TESTS_TOOLS_PROMPTS_H

#include "gen/base/file.h"
#include "gen/base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void OnPrompt(void *user, const char *prompt);

static inline void
read_prompt(CsArena *arena, const char *path, const char *line, OnPrompt *fn,
    void *user)
{
  const CsJson *root = NULL;
  const char *tab    = strchr(line, '\t');
  if (line[0] != '{') {
    const char *prompt = tab != NULL ? tab + 1 : line;
    if (tab == NULL || strcmp(prompt, "prompt") != 0)
      fn(user, prompt);
    return;
  }
  if (cs_json_parse(arena, path, line, strlen(line), &root) == CS_OK &&
      cs_json_member(root, "prompt") != NULL)
    fn(user, cs_json_member(root, "prompt")->string);
}

/// Each prompt of a file. A file that cannot be read ends the program.
static inline void
read_prompts(const char *path, OnPrompt *fn, void *user)
{
  enum { MOST_BYTES = 1 << 24 };
  CsArena *arena    = cs_arena_new(NULL);
  const char *bytes = NULL;
  size_t n          = 0;
  if (arena == NULL ||
      cs_file_read(arena, path, MOST_BYTES, &bytes, &n) != CS_OK) {
    (void)fprintf(stderr, "%s cannot be read\n", path);
    exit(1);
  }
  char *text = cs_arena_copy(arena, bytes, n);
  for (char *line = text, *end; line != NULL && *line != '\0'; line = end) {
    end = strchr(line, '\n');
    if (end != NULL)
      *end++ = '\0';
    read_prompt(arena, path, line, fn, user);
  }
  cs_arena_free(arena);
}

#endif
