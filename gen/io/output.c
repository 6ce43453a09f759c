#define _GNU_SOURCE // O_TMPFILE

#include "gen/io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  MAX_TRIES      = 10000, ///< Names tried for one temporary.
  KEPT_NAME      = 200,   ///< Of the name, so that the longer one still fits.
  CREATE_MODE    = 0666,  ///< The umask takes its share.
  MODE_BITS      = 0777,
  SHOWN_IN_ERROR = 256,
  PROC_BYTES     = 64, ///< Holds the name of an open file under /proc.
};

/// Stands in the name of every temporary, before some hex digits.
static const char half_mark[] = ".cuesmith-";

typedef enum OutputKind {
  OUTPUT_FILE,   ///< Written beside, then renamed.
  OUTPUT_DIRECT, ///< FIFO or device.
  OUTPUT_STDOUT,
} OutputKind;

/// Where a path leads.
typedef struct Target {
  OutputKind kind;
  const char *path;   ///< As given, for messages.
  const char *final;  ///< Links followed.
  const char *folder; ///< Of `final`; "." where none is named.
  const char *name;   ///< Last part of `final`.
  const char *key;    ///< The same for two ways to name one file.
  bool exists;
  mode_t mode; ///< Of the file that stands there already.
} Target;

typedef struct Output Output;
struct Output {
  Target target;
  char *temporary;   ///< NULL when there is none, or it was renamed.
  bool lacks_a_name; ///< The file has none until the commit.
  int fd;            ///< -1 once closed.
  Output *next;      ///< Opened after this one.
};

struct CsOutputs {
  Output *first;
  Output **end;
  Output *last; ///< Renamed after all others; may be NULL.
};

// ---- Writing --------------------------------------------------------------

CsStatus
cs_write_failed(CsArena *arena, const char *path, int error_number)
{
  const char *shown = strcmp(path, "-") == 0 ? "standard output" : path;
  switch (error_number) {
  case ENOSPC:
  case EDQUOT:
    return cs_fail(arena, CS_ERR_WORK,
        "disk full while writing %s; free some space", shown);
  case EPIPE:
    return cs_fail(arena, CS_ERR_WORK,
        "the program that reads %s went away before the end", shown);
  case EFBIG:
    return cs_fail(arena, CS_ERR_WORK,
        "%s grows beyond the largest file allowed here; make it shorter or "
        "choose a compressed format",
        shown);
  default:
    return cs_fail(arena, CS_ERR_WORK, "%s cannot be written: %s", shown,
        strerror(error_number));
  }
}

CsStatus
cs_write_all(
    CsArena *arena, int fd, const char *path, const void *bytes, size_t n_bytes)
{
  const char *at = bytes;
  while (n_bytes > 0) {
    const ssize_t n = write(fd, at, n_bytes);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return cs_write_failed(arena, path, errno);
    at += n;
    n_bytes -= (size_t)n;
  }
  return CS_OK;
}

// ---- Where a path leads ---------------------------------------------------

CS_NODISCARD static CsStatus
split(CsArena *arena, Target *target)
{
  const char *slash = strrchr(target->final, '/');
  target->name      = slash != NULL ? slash + 1 : target->final;
  if (slash == NULL)
    target->folder = ".";
  else if (slash == target->final)
    target->folder = "/";
  else
    target->folder =
        cs_arena_copy(arena, target->final, (size_t)(slash - target->final));
  CS_TRY_NEW(target->folder);
  return CS_OK;
}

CS_NODISCARD static CsStatus
check_folder(CsArena *arena, const Target *target)
{
  struct stat info;
  if (stat(target->folder, &info) != 0)
    return errno == ENOENT || errno == ENOTDIR
               ? cs_fail(arena, CS_ERR_REQUEST,
                     "%s cannot be written: the folder %s does not exist; "
                     "create it first",
                     target->path, target->folder)
               : cs_fail(arena, CS_ERR_REQUEST, "%s cannot be written: %s",
                     target->path, strerror(errno));
  if (!S_ISDIR(info.st_mode))
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s cannot be written: %s is a file, not a folder", target->path,
        target->folder);
  if (access(target->folder, W_OK | X_OK) != 0)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s cannot be written: the folder %s is not writable; choose another "
        "folder or change its permissions",
        target->path, target->folder);
  return CS_OK;
}

/// Two paths to one file have one key: the folder's real path and the name.
CS_NODISCARD static CsStatus
find_key(CsArena *arena, Target *target)
{
  char *folder = realpath(target->folder, NULL);
  target->key  = cs_arena_printf(
       arena, "%s/%s", folder != NULL ? folder : target->folder, target->name);
  free(folder);
  CS_TRY_NEW(target->key);
  return CS_OK;
}

/// A link is followed, so that it stays one and the file it names is replaced.
CS_NODISCARD static CsStatus
follow_links(CsArena *arena, Target *target)
{
  struct stat info;
  target->final = target->path;
  if (lstat(target->path, &info) != 0 || !S_ISLNK(info.st_mode))
    return CS_OK;
  char *real = realpath(target->path, NULL);
  if (real == NULL)
    return CS_OK; // leads nowhere: the link itself is replaced
  target->final = cs_arena_copy(arena, real, strlen(real));
  free(real);
  CS_TRY_NEW(target->final);
  return CS_OK;
}

CS_NODISCARD static CsStatus
look_at_existing(CsArena *arena, Target *target)
{
  struct stat info;
  if (stat(target->path, &info) != 0) {
    if (errno == ENAMETOOLONG || errno == ELOOP || errno == EACCES)
      return cs_fail(arena, CS_ERR_REQUEST, "%.*s cannot be written: %s",
          SHOWN_IN_ERROR, target->path, strerror(errno));
    return CS_OK;
  }
  if (S_ISDIR(info.st_mode))
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s is a folder; add the name of a file", target->path);
  if (access(target->path, W_OK) != 0)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s exists and is write-protected; choose another name", target->path);
  target->exists = true;
  target->mode   = info.st_mode & MODE_BITS;
  if (!S_ISREG(info.st_mode))
    target->kind = OUTPUT_DIRECT;
  return CS_OK;
}

CS_NODISCARD static CsStatus
look(CsArena *arena, const char *path, Target *target)
{
  *target = (Target){.kind = OUTPUT_STDOUT, .path = path, .key = "-"};
  if (strcmp(path, "-") == 0)
    return CS_OK;
  const size_t n = strlen(path);
  if (n == 0)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the name of an output file is empty; give one such as cue.wav");
  target->kind = OUTPUT_FILE;
  CS_TRY(look_at_existing(arena, target));
  if (path[n - 1] == '/')
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s names a folder; add the name of a file", path);
  CS_TRY(follow_links(arena, target));
  CS_TRY(split(arena, target));
  if (target->kind == OUTPUT_FILE)
    CS_TRY(check_folder(arena, target));
  return find_key(arena, target);
}

CsStatus
cs_output_check(CsArena *arena, const char *path)
{
  Target target;
  return look(arena, path, &target);
}

// ---- Opening --------------------------------------------------------------

/// A name beside the target, by which a person who finds it after a power cut
/// knows whose it is.
static char *
temporary_name(CsArena *arena, const Target *target, int number)
{
  return cs_arena_printf(arena, "%s/.%.*s%s%06lx", target->folder, KEPT_NAME,
      target->name, half_mark,
      ((unsigned long)getpid() * 64UL + (unsigned long)number) & 0xffffffUL);
}

static void
proc_name(int fd, char name[PROC_BYTES])
{
  (void)snprintf(name, PROC_BYTES, "/proc/self/fd/%d", fd);
}

/// A file without a name leaves nothing behind, whatever ends the program. Not
/// every file system knows such files, and a name is given through /proc.
static bool
open_unnamed(Output *output)
{
  char name[PROC_BYTES];
#ifdef O_TMPFILE
  output->fd =
      open(output->target.folder, O_TMPFILE | O_RDWR | O_CLOEXEC, CREATE_MODE);
#endif
  if (output->fd < 0)
    return false;
  proc_name(output->fd, name);
  output->lacks_a_name = access(name, F_OK) == 0;
  if (output->lacks_a_name)
    return true;
  (void)close(output->fd);
  output->fd = -1;
  return false;
}

static CsStatus
open_named(CsArena *arena, Output *output)
{
  for (int i = 0; i < MAX_TRIES; i++) {
    char *path = temporary_name(arena, &output->target, i);
    CS_TRY_NEW(path);
    output->fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, CREATE_MODE);
    if (output->fd >= 0) {
      output->temporary = path;
      return CS_OK;
    }
    if (errno != EEXIST)
      break;
  }
  if (errno == ENOSPC || errno == EDQUOT)
    return cs_write_failed(arena, output->target.path, errno);
  return cs_fail(arena, CS_ERR_REQUEST, "%s cannot be written: %s",
      output->target.path, strerror(errno));
}

CS_NODISCARD static CsStatus
open_temporary(CsArena *arena, Output *output)
{
  if (!open_unnamed(output))
    CS_TRY(open_named(arena, output));
  if (output->target.exists)
    (void)fchmod(output->fd, output->target.mode);
  return CS_OK;
}

CS_NODISCARD static CsStatus
open_target(CsArena *arena, Output *output)
{
  switch (output->target.kind) {
  case OUTPUT_FILE:
    return open_temporary(arena, output);
  case OUTPUT_STDOUT:
    output->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    break;
  case OUTPUT_DIRECT:
    output->fd = open(output->target.path, O_WRONLY | O_CLOEXEC);
    break;
  }
  if (output->fd < 0)
    return cs_fail(arena, CS_ERR_REQUEST, "%s cannot be opened: %s",
        output->target.path, strerror(errno));
  return CS_OK;
}

CsStatus
cs_outputs_new(CsArena *arena, CsOutputs **outputs)
{
  *outputs = CS_NEW(arena, CsOutputs);
  CS_TRY_NEW(*outputs);
  (*outputs)->end = &(*outputs)->first;
  return CS_OK;
}

/// A device may be named twice; two results in one file would destroy one.
CS_NODISCARD static CsStatus
refuse_twice(CsArena *arena, const CsOutputs *outputs, const Target *target)
{
  if (target->kind == OUTPUT_DIRECT)
    return CS_OK;
  for (const Output *o = outputs->first; o != NULL; o = o->next)
    if (strcmp(o->target.key, target->key) == 0)
      return cs_fail(arena, CS_ERR_REQUEST,
          "%s is named for two outputs; give each its own file", target->path);
  return CS_OK;
}

CsStatus
cs_outputs_open(CsArena *arena, CsOutputs *outputs, const char *path, int *fd)
{
  Output *output = CS_NEW(arena, Output);
  CS_TRY_NEW(output);
  output->fd = -1;
  path       = cs_arena_copy(arena, path, strlen(path));
  CS_TRY_NEW(path);
  CS_TRY(look(arena, path, &output->target));
  CS_TRY(refuse_twice(arena, outputs, &output->target));
  CS_TRY(open_target(arena, output));
  *outputs->end = output;
  outputs->end  = &output->next;
  *fd           = output->fd;
  return CS_OK;
}

CS_NODISCARD static CsStatus
close_output(CsArena *arena, Output *output)
{
  const int fd = output->fd;
  output->fd   = -1;
  if (fd >= 0 && close(fd) != 0 && errno != EINTR)
    return cs_write_failed(arena, output->target.path, errno);
  return CS_OK;
}

CsStatus
cs_outputs_put(CsArena *arena, CsOutputs *outputs, const char *path,
    const char *bytes, size_t n_bytes)
{
  int fd          = -1;
  Output **opened = outputs->end;
  CS_TRY(cs_outputs_open(arena, outputs, path, &fd));
  CS_TRY(cs_write_all(arena, fd, path, bytes, n_bytes));
  return (*opened)->lacks_a_name ? CS_OK : close_output(arena, *opened);
}

// ---- Ending ---------------------------------------------------------------

static void
drop_output(Output *output)
{
  if (output->fd >= 0)
    (void)close(output->fd);
  output->fd = -1;
  if (output->temporary != NULL)
    (void)unlink(output->temporary);
  output->temporary = NULL;
}

/// Give a file its name: the final one, or where that is taken a temporary one.
CS_NODISCARD static CsStatus
give_name(CsArena *arena, Output *output)
{
  char file[PROC_BYTES];
  char *path = NULL;
  proc_name(output->fd, file);
  int done =
      linkat(AT_FDCWD, file, AT_FDCWD, output->target.final, AT_SYMLINK_FOLLOW);
  for (int i = 0; done != 0 && errno == EEXIST && i < MAX_TRIES; i++) {
    path = temporary_name(arena, &output->target, i);
    CS_TRY_NEW(path);
    done = linkat(AT_FDCWD, file, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
  }
  if (done != 0)
    return cs_fail(arena, CS_ERR_WORK, "%s cannot be put in its place: %s",
        output->target.path, strerror(errno));
  output->lacks_a_name = false;
  output->temporary    = path;
  return close_output(arena, output);
}

CS_NODISCARD static CsStatus
rename_output(CsArena *arena, Output *output)
{
  if (output->lacks_a_name)
    CS_TRY(give_name(arena, output));
  if (output->temporary == NULL)
    return CS_OK;
  if (rename(output->temporary, output->target.final) != 0)
    return cs_fail(arena, CS_ERR_WORK, "%s cannot be put in its place: %s",
        output->target.path, strerror(errno));
  output->temporary = NULL;
  return CS_OK;
}

void
cs_outputs_rename_last(CsOutputs *outputs, const char *path)
{
  for (Output *o = outputs->first; path != NULL && o != NULL; o = o->next)
    if (strcmp(o->target.path, path) == 0)
      outputs->last = o;
}

CsStatus
cs_outputs_commit(CsArena *arena, CsOutputs *outputs)
{
  CsStatus status = CS_OK;
  for (Output *o = outputs->first; status == CS_OK && o != NULL; o = o->next)
    if (!o->lacks_a_name)
      status = close_output(arena, o);
  for (Output *o = outputs->first; status == CS_OK && o != NULL; o = o->next)
    if (o != outputs->last)
      status = rename_output(arena, o);
  if (status == CS_OK && outputs->last != NULL)
    status = rename_output(arena, outputs->last);
  if (status != CS_OK)
    cs_outputs_free(outputs);
  return status;
}

void
cs_outputs_free(CsOutputs *outputs)
{
  if (outputs == NULL)
    return;
  for (Output *o = outputs->first; o != NULL; o = o->next)
    drop_output(o);
}

// ---- After a kill ---------------------------------------------------------

/// The mark in a temporary's name, or NULL.
static const char *
find_mark(const char *name)
{
  const char *found = NULL;
  for (const char *p = name; (p = strstr(p, half_mark)) != NULL; p++)
    found = p;
  if (name[0] != '.' || found == NULL || found == name)
    return NULL;
  const char *digits = found + strlen(half_mark);
  return strlen(digits) == 6 && strspn(digits, "0123456789abcdef") == 6 ? found
                                                                        : NULL;
}

bool
cs_output_is_half(const char *name)
{
  return find_mark(name) != NULL;
}

bool
cs_output_is_half_of(const char *half, const char *path)
{
  const char *half_name = strrchr(half, '/');
  const char *name      = strrchr(path, '/');
  const size_t n_folder = half_name != NULL ? (size_t)(half_name - half) : 0;
  if ((half_name != NULL) != (name != NULL) ||
      (name != NULL && ((size_t)(name - path) != n_folder ||
                           memcmp(half, path, n_folder) != 0)))
    return false;
  half_name        = half_name != NULL ? half_name + 1 : half;
  name             = name != NULL ? name + 1 : path;
  const char *mark = find_mark(half_name);
  const size_t n   = strlen(name) < KEPT_NAME ? strlen(name) : KEPT_NAME;
  return mark != NULL && (size_t)(mark - half_name - 1) == n &&
         memcmp(half_name + 1, name, n) == 0;
}
