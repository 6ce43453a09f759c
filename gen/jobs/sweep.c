#include "gen/jobs/sweep.h"

#include "gen/io/output.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 32 };

static CsStatus
add(CsArena *arena, CsSweep *sweep, const char *path)
{
  void *paths = sweep->paths;
  CS_TRY(cs_arena_grow(
      arena, &paths, &sweep->capacity, sweep->n + 1, sizeof *sweep->paths));
  sweep->paths             = paths;
  sweep->paths[sweep->n++] = path;
  return CS_OK;
}

static bool
is_folder(DIR *parent, const char *name)
{
  struct stat info;
  return fstatat(dirfd(parent), name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR(info.st_mode);
}

static CsStatus look(
    CsArena *arena, const char *path, int depth, CsSweep *sweep);

static CsStatus
look_at(CsArena *arena, DIR *parent, const char *path, const char *name,
    int depth, CsSweep *sweep)
{
  const bool is_half = cs_output_is_half(name);
  if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
      (!is_half && !is_folder(parent, name)))
    return CS_OK;
  const char *inner = cs_arena_printf(arena, "%s/%s", path, name);
  CS_TRY_NEW(inner);
  return is_half ? add(arena, sweep, inner)
                 : look(arena, inner, depth + 1, sweep);
}

/// A folder that cannot be read holds nothing of ours.
static CsStatus
look(CsArena *arena, const char *path, int depth, CsSweep *sweep)
{
  CsStatus status = CS_OK;
  DIR *folder     = depth < MAX_DEPTH ? opendir(path) : NULL;
  if (folder == NULL)
    return CS_OK;
  for (const struct dirent *e = readdir(folder); status == CS_OK && e != NULL;
       e                      = readdir(folder))
    status = look_at(arena, folder, path, e->d_name, depth, sweep);
  (void)closedir(folder);
  return status;
}

CsStatus
cs_sweep_find(CsArena *arena, const char *folder, CsSweep *sweep)
{
  *sweep = (CsSweep){NULL, 0, 0};
  return look(arena, folder, 0, sweep);
}

void
cs_sweep_output(const CsSweep *sweep, const char *folder, const char *name)
{
  const size_t n_folder = strlen(folder);
  for (size_t i = 0; i < sweep->n; i++) {
    const char *path = sweep->paths[i];
    if (cs_output_is_half_of(path + n_folder + 1, name))
      (void)unlink(path);
  }
}
