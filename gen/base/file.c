#include "gen/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef CS_DATA_DIR
#define CS_DATA_DIR "/usr/local/share/cuesmith"
#endif

/// Room to begin with: for all that may be read, where the length of the file
/// is known, for the byte after it that finds the end, and an end mark.
static size_t
first_bytes(FILE *file, size_t limit_bytes)
{
  struct stat info;
  const bool known = fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode) &&
                     info.st_size > 0;
  const size_t n_bytes = known ? (size_t)info.st_size : 4096;
  return (n_bytes < limit_bytes ? n_bytes : limit_bytes) + 2;
}

static CsStatus
read_stream(CsArena *arena, const char *path, size_t limit_bytes, FILE *file,
    const char **bytes, size_t *n_bytes)
{
  void *room = NULL;
  size_t n = 0, capacity = 0;
  for (;;) {
    if (n + 1 >= capacity)
      CS_TRY(cs_arena_grow(arena, &room, &capacity,
          n > 0 ? n + 2 : first_bytes(file, limit_bytes), 1));
    const size_t n_more = fread((char *)room + n, 1, capacity - n - 1, file);
    n += n_more;
    if (n > limit_bytes)
      return cs_fail(arena, CS_ERR_REQUEST,
          "%s is longer than %zu bytes; give a smaller file", path,
          limit_bytes);
    if (n_more == 0)
      break;
  }
  if (ferror(file))
    return cs_fail(
        arena, CS_ERR_REQUEST, "%s cannot be read: %s", path, strerror(errno));
  ((char *)room)[n] = '\0';
  *bytes            = room;
  *n_bytes          = n;
  return CS_OK;
}

CsStatus
cs_file_read(CsArena *arena, const char *path, size_t limit_bytes,
    const char **bytes, size_t *n_bytes)
{
  FILE *file = fopen(path, "rb");
  if (file == NULL)
    return cs_fail(arena, CS_ERR_REQUEST, "%s cannot be opened: %s", path,
        strerror(errno));
  const CsStatus status =
      read_stream(arena, path, limit_bytes, file, bytes, n_bytes);
  (void)fclose(file);
  return status;
}

static CsStatus
parse_file(CsArena *scratch, const char *path, const char *title,
    size_t limit_bytes, const CsJson **root)
{
  const char *text = NULL;
  size_t n_bytes   = 0;
  CS_TRY(cs_file_read(scratch, path, limit_bytes, &text, &n_bytes));
  return cs_json_parse(scratch, title, text, n_bytes, root);
}

CsStatus
cs_file_read_json(CsArena *arena, CsArena *scratch, const char *path,
    const char *title, size_t limit_bytes, const CsJson **root)
{
  cs_arena_reset(scratch);
  cs_arena_clear_error(scratch);
  const CsStatus status = parse_file(scratch, path, title, limit_bytes, root);
  return status == CS_OK
             ? CS_OK
             : cs_fail(arena, status, "%s", cs_arena_error(scratch));
}

static int
by_bytes(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
ends_in(const char *name, const char *suffix)
{
  const size_t n = strlen(name), n_suffix = strlen(suffix);
  return n > n_suffix && strcmp(name + n - n_suffix, suffix) == 0;
}

const char *
cs_path_name(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash != NULL ? slash + 1 : path;
}

size_t
cs_path_stem(const char *path)
{
  const char *dot = strrchr(cs_path_name(path), '.');
  return dot != NULL ? (size_t)(dot - path) : strlen(path);
}

CsStatus
cs_folder_list(
    CsArena *arena, const char *path, const char *suffix, CsStrings *names)
{
  *names          = (CsStrings){0};
  size_t capacity = 0;
  CsStatus status = CS_OK;
  DIR *folder     = opendir(path);
  if (folder == NULL)
    return cs_fail(arena, CS_ERR_REQUEST, "the folder %s cannot be opened: %s",
        path, strerror(errno));
  for (const struct dirent *e; status == CS_OK && (e = readdir(folder));) {
    if (e->d_name[0] == '.' || !ends_in(e->d_name, suffix))
      continue;
    void *items = names->items;
    status      = cs_arena_grow(
             arena, &items, &capacity, names->n + 1, sizeof *names->items);
    char *name = cs_arena_copy(arena, e->d_name, strlen(e->d_name));
    if (status != CS_OK || name == NULL) {
      status = CS_ERR_MEMORY;
      break;
    }
    names->items             = items;
    names->items[names->n++] = name;
  }
  (void)closedir(folder);
  if (status == CS_OK && names->n > 1)
    qsort(names->items, names->n, sizeof *names->items, by_bytes);
  return status;
}

static CsStatus
look_for_data(CsArena *arena, const char *folder, bool *holds)
{
  static const char *const parts[] = {
      "grammar/lexicon", "presets", "soundfonts/catalogue.json"};
  *holds = true;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    const char *probe = cs_arena_printf(arena, "%s/%s", folder, parts[i]);
    CS_TRY_NEW(probe);
    *holds = *holds && access(probe, R_OK) == 0;
  }
  return CS_OK;
}

/// A folder that was named must be it.
static CsStatus
take_named(
    CsArena *arena, const char *folder, const char *hint, const char **path)
{
  bool holds = false;
  CS_TRY(look_for_data(arena, folder, &holds));
  if (!holds)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s lacks grammar/lexicon, presets or soundfonts/catalogue.json; name "
        "the folder that holds them%s",
        folder, hint);
  *path = cs_arena_copy(arena, folder, strlen(folder));
  return *path != NULL ? CS_OK : CS_ERR_MEMORY;
}

/// Look beside the running program: where it is installed, then where it is
/// built. `*path` stays as it is when nothing is there.
static CsStatus
look_beside_program(CsArena *arena, const char **path)
{
  static const char *const beside[] = {
      "../share/cuesmith", "..", "../..", "../../.."};
  char program[4096];
  const ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
  if (n <= 0)
    return CS_OK;
  program[n]  = '\0';
  char *slash = strrchr(program, '/');
  if (slash == NULL)
    return CS_OK;
  *slash = '\0';
  for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
    bool holds         = false;
    const char *folder = cs_arena_printf(arena, "%s/%s", program, beside[i]);
    CS_TRY_NEW(folder);
    CS_TRY(look_for_data(arena, folder, &holds));
    if (holds) {
      *path = folder;
      return CS_OK;
    }
  }
  return CS_OK;
}

CsStatus
cs_data_folder(CsArena *arena, const char *wanted, const char **path)
{
  const char *asked = getenv("CUESMITH_DATA");
  *path             = NULL;
  if (wanted != NULL && wanted[0] != '\0')
    return take_named(arena, wanted, "", path);
  if (wanted == NULL && asked != NULL && asked[0] != '\0')
    return take_named(arena, asked, " in CUESMITH_DATA", path);
  CS_TRY(look_beside_program(arena, path));
  bool holds = *path != NULL;
  if (holds)
    return CS_OK;
  CS_TRY(look_for_data(arena, CS_DATA_DIR, &holds));
  if (!holds)
    return cs_fail(arena, CS_ERR_REQUEST,
        "words and presets are not found; set CUESMITH_DATA to the folder with "
        "grammar, presets and soundfonts");
  *path = CS_DATA_DIR;
  return CS_OK;
}
