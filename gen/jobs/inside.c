#include "gen/jobs/inside.h"

#include "gen/base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

CsStatus
cs_inside_open(CsArena *arena, const char *folder)
{
  struct stat info;
  if (folder[0] == '\0')
    return cs_fail(arena, CS_ERR_REQUEST,
        "the name of the output folder is empty; give one with -o DIR");
  if (mkdir(folder, 0777) != 0 && errno != EEXIST)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the folder %s cannot be made: %s; name one that can be written",
        folder, strerror(errno));
  if (stat(folder, &info) != 0 || !S_ISDIR(info.st_mode))
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s is no folder; name one for the outputs with -o DIR", folder);
  return CS_OK;
}

static bool
is_part(const char *part, size_t n, const char *word)
{
  return n == strlen(word) && memcmp(part, word, n) == 0;
}

CsStatus
cs_inside_name(
    CsArena *arena, const char *what, const char *name, const char **clean)
{
  CsText text    = cs_text_new(arena);
  const size_t n = strlen(name);
  if (n == 0)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the name for \"%s\" is empty; give one, or leave it out", what);
  if (name[0] == '/')
    return cs_fail(arena, CS_ERR_REQUEST,
        "\"%s\" names %s outside the output folder; give a name inside it, "
        "without the first /",
        what, name);
  if (name[n - 1] == '/')
    return cs_fail(arena, CS_ERR_REQUEST,
        "\"%s\" ends in a slash: %s; leave the slash out", what, name);
  for (const char *part = name; *part != '\0';) {
    const size_t n_part = strcspn(part, "/");
    if (is_part(part, n_part, ".."))
      return cs_fail(arena, CS_ERR_REQUEST,
          "\"%s\" climbs out of the output folder: %s; give a name without "
          "..",
          what, name);
    if (n_part > 0 && !is_part(part, n_part, ".")) {
      if (text.n > 0)
        cs_text_add(&text, "/");
      cs_text_add_bytes(&text, part, n_part);
    }
    part += n_part;
    part += *part == '/';
  }
  CS_TRY(cs_text_take(&text, clean));
  return (*clean)[0] != '\0'
             ? CS_OK
             : cs_fail(arena, CS_ERR_REQUEST,
                   "\"%s\" names the output folder itself: %s; add a name",
                   what, name);
}

/// A part of the way: a folder that is there or is made, and no link.
static CsStatus
enter(CsArena *arena, const char *what, const char *path)
{
  struct stat info;
  const bool is_made = mkdir(path, 0777) == 0;
  if (!is_made && errno != EEXIST)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the folder %s of \"%s\" cannot be made: %s; choose another name", path,
        what, strerror(errno));
  if (lstat(path, &info) != 0)
    return cs_fail(arena, CS_ERR_REQUEST, "\"%s\": %s cannot be looked at: %s",
        what, path, strerror(errno));
  if (S_ISLNK(info.st_mode))
    return cs_fail(arena, CS_ERR_REQUEST,
        "\"%s\" leads through the link %s, which may leave the output folder; "
        "choose another name or remove the link",
        what, path);
  if (!S_ISDIR(info.st_mode))
    return cs_fail(arena, CS_ERR_REQUEST,
        "\"%s\" needs a folder where the file %s stands; choose another name",
        what, path);
  return CS_OK;
}

static CsStatus
check_last(CsArena *arena, const char *what, const char *path)
{
  struct stat info;
  if (lstat(path, &info) != 0)
    return errno == ENOENT
               ? CS_OK
               : cs_fail(arena, CS_ERR_REQUEST, "\"%s\": %s cannot be used: %s",
                     what, path, strerror(errno));
  if (S_ISREG(info.st_mode))
    return CS_OK;
  return cs_fail(arena, CS_ERR_REQUEST,
      "\"%s\" would write through %s, which is %s and no plain file; choose "
      "another name or remove it",
      what, path,
      S_ISLNK(info.st_mode)   ? "a link"
      : S_ISDIR(info.st_mode) ? "a folder"
                              : "a device or pipe");
}

/// Enter every folder of the name.
///
/// @param all  The last part is a folder, too.
static CsStatus
walk(CsArena *arena, const char *folder, const char *what, const char *name,
    bool all, const char **path)
{
  const char *clean = NULL;
  CS_TRY(cs_inside_name(arena, what, name, &clean));
  char *whole = cs_arena_printf(arena, "%s/%s", folder, clean);
  CS_TRY_NEW(whole);
  char *slash = strchr(whole + strlen(folder) + 1, '/');
  for (; slash != NULL; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    CS_TRY(enter(arena, what, whole));
    *slash = '/';
  }
  *path = whole;
  return all ? enter(arena, what, whole) : check_last(arena, what, whole);
}

CsStatus
cs_inside_path(CsArena *arena, const char *folder, const char *what,
    const char *name, const char **path)
{
  return walk(arena, folder, what, name, false, path);
}

CsStatus
cs_inside_folder(CsArena *arena, const char *folder, const char *what,
    const char *name, const char **path)
{
  return walk(arena, folder, what, name, true, path);
}
