#include "gen/jobs/naming.h"

#include "gen/base/hash.h"
#include "gen/base/text.h"

#include <string.h>

/// The end mark goes in, so that no two rows of texts read the same.
static void
add(CsHash *hash, const char *text)
{
  cs_hash_add(hash, text, strlen(text) + 1);
}

/// The next option after `before` in the order of names; NULL at the end.
static const CsGivenOption *
next_option(const CsGivenOption *options, size_t n, const char *before)
{
  const CsGivenOption *found = NULL;
  for (size_t i = 0; i < n; i++)
    if (options[i].name != NULL && strcmp(options[i].name, before) > 0 &&
        (found == NULL || strcmp(options[i].name, found->name) < 0))
      found = &options[i];
  return found;
}

void
cs_content_of(const char *prompt, const CsGivenOption *options,
    size_t n_options, char content[65])
{
  CsHash hash;
  cs_hash_begin(&hash);
  add(&hash, prompt != NULL ? prompt : "");
  const CsGivenOption *o = next_option(options, n_options, "");
  for (; o != NULL; o = next_option(options, n_options, o->name)) {
    add(&hash, o->name);
    add(&hash, o->value);
  }
  cs_hash_end(&hash, content);
}

CsStatus
cs_job_name(CsArena *arena, const char *prompt, const char *content,
    const char *ending, const char **name)
{
  char slug[CS_SLUG_BYTES];
  cs_slug(prompt, slug);
  *name = cs_arena_printf(
      arena, "%s-%.8s%s", slug[0] != '\0' ? slug : "cue", content, ending);
  return *name != NULL ? CS_OK : CS_ERR_MEMORY;
}
