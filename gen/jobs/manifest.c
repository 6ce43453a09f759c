#include "gen/jobs/manifest.h"

#include "gen/base/file.h"
#include "gen/io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ending[] = ".jsonl";

CsStatus
cs_manifest_name(CsArena *arena, const CsShard *shard, const char **name)
{
  *name = shard->n == 0 ? "manifest.jsonl"
                        : cs_arena_printf(arena, "manifest-%llu-of-%llu%s",
                              (unsigned long long)shard->index,
                              (unsigned long long)shard->n, ending);
  return *name != NULL ? CS_OK : CS_ERR_MEMORY;
}

/// Is that the manifest of a part? Of which?
static bool
read_name(const char *name, CsShard *shard)
{
  unsigned long long index = 0, n = 0;
  int n_read = 0;
  if (sscanf(name, "manifest-%20llu-of-%20llu.jsonl%n", &index, &n, &n_read) !=
          2 ||
      n_read == 0 || name[n_read] != '\0' || index >= n)
    return false;
  *shard = (CsShard){index, n};
  return true;
}

bool
cs_is_manifest(const char *name)
{
  const size_t n = strlen(name);
  return strncmp(name, "manifest", 8) == 0 && strchr(name, '/') == NULL &&
         n > strlen(ending) && strcmp(name + n - strlen(ending), ending) == 0;
}

CsStatus
cs_manifest_check_parts(
    CsArena *arena, const char *folder, const CsShard *shard)
{
  CsStrings names = {0};
  CS_TRY(cs_folder_list(arena, folder, ending, &names));
  for (size_t i = 0; i < names.n; i++) {
    CsShard other = {0, 0};
    if (read_name(names.items[i], &other) && other.n != shard->n)
      return cs_fail(arena, CS_ERR_REQUEST,
          "%s holds %s, so the list was split into %llu parts, and this array "
          "has %llu tasks; give the count of parts, --shard slurm/%llu, or "
          "another folder",
          folder, names.items[i], (unsigned long long)other.n,
          (unsigned long long)shard->n, (unsigned long long)other.n);
  }
  return CS_OK;
}

// ---- Joining ----------------------------------------------------------------

/// The manifest of a part, mapped: a thousand parts need no thousand open
/// files.
typedef struct Part {
  char *bytes; ///< NULL where it is empty.
  size_t n, at;
} Part;

typedef struct Join {
  CsArena *arena;
  const char *folder;
  Part *parts;
  uint64_t n_parts;
  CsOutputs *outputs;
  const char *path;
  int fd;
} Join;

/// How many parts the folder's manifests speak of.
static CsStatus
count_parts(Join *join)
{
  CsStrings names = {0};
  CsShard first = {0, 0}, other = {0, 0};
  CS_TRY(cs_folder_list(join->arena, join->folder, ending, &names));
  for (size_t i = 0; i < names.n; i++) {
    if (!read_name(names.items[i], &other))
      continue;
    if (first.n != 0 && other.n != first.n)
      return cs_fail(join->arena, CS_ERR_REQUEST,
          "%s holds manifests of %llu and of %llu parts; remove those of one",
          join->folder, (unsigned long long)first.n,
          (unsigned long long)other.n);
    first = other;
  }
  if (first.n == 0)
    return cs_fail(join->arena, CS_ERR_REQUEST,
        "%s holds no manifest-I-of-N.jsonl; name the folder that the parts "
        "were written to",
        join->folder);
  join->n_parts = first.n;
  return CS_OK;
}

static CsStatus
fail_part(Join *join, const char *name)
{
  if (errno == ENOENT)
    return cs_fail(join->arena, CS_ERR_REQUEST,
        "%s is missing in %s, so that part is not done; run it, then join",
        name, join->folder);
  return cs_fail(join->arena, CS_ERR_WORK, "%s/%s cannot be read: %s",
      join->folder, name, strerror(errno));
}

static CsStatus
open_part(Join *join, uint64_t index)
{
  const CsShard shard = {index, join->n_parts};
  Part *part          = &join->parts[index];
  const char *name    = NULL;
  struct stat info;
  CS_TRY(cs_manifest_name(join->arena, &shard, &name));
  const char *path = cs_arena_printf(join->arena, "%s/%s", join->folder, name);
  CS_TRY_NEW(path);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &info) != 0) {
    const CsStatus status = fail_part(join, name);
    if (fd >= 0)
      (void)close(fd);
    return status;
  }
  part->n = (size_t)info.st_size;
  if (part->n > 0)
    part->bytes = mmap(NULL, part->n, PROT_READ, MAP_PRIVATE, fd, 0);
  const bool is_mapped = part->bytes != MAP_FAILED;
  if (!is_mapped)
    part->bytes = NULL;
  const CsStatus status = is_mapped ? CS_OK : fail_part(join, name);
  (void)close(fd);
  return status;
}

/// The line of the list that a row speaks of; 0 where it is no row.
static uint64_t
line_of(const char *row, size_t n)
{
  static const char start[] = "{\"line\":";
  char digits[24]           = "";
  if (n < sizeof start || memcmp(row, start, sizeof start - 1) != 0)
    return 0;
  const size_t n_rest = n - (sizeof start - 1);
  memcpy(digits, row + sizeof start - 1,
      n_rest < sizeof digits ? n_rest : sizeof digits - 1);
  return strtoull(digits, NULL, 10);
}

/// Copy the next row of a part. Rows come in turn, part after part.
static CsStatus
copy_row(Join *join, Part *part, uint64_t *last_line)
{
  const char *row  = part->bytes + part->at;
  const char *end  = memchr(row, '\n', part->n - part->at);
  const size_t n   = end != NULL ? (size_t)(end - row) + 1 : 0;
  const uint64_t l = line_of(row, n);
  if (l <= *last_line)
    return cs_fail(join->arena, CS_ERR_REQUEST,
        "the manifests in %s do not fit together near line %llu, so they are "
        "not of one list; run the parts again with one list",
        join->folder, (unsigned long long)(l > 0 ? l : *last_line));
  *last_line = l;
  part->at += n;
  return cs_write_all(join->arena, join->fd, join->path, row, n);
}

static CsStatus
copy_rows(Join *join, uint64_t *n_rows)
{
  uint64_t last_line = 0;
  for (*n_rows = 0;; ++*n_rows) {
    Part *part = &join->parts[*n_rows % join->n_parts];
    if (part->at == part->n)
      break;
    CS_TRY(copy_row(join, part, &last_line));
  }
  for (uint64_t i = 0; i < join->n_parts; i++)
    if (join->parts[i].at < join->parts[i].n)
      return cs_fail(join->arena, CS_ERR_REQUEST,
          "the manifests in %s do not fit together: part %llu has more jobs "
          "than it can have; run the parts again with one list",
          join->folder, (unsigned long long)i);
  return CS_OK;
}

static CsStatus
run(Join *join, CsJoined *joined)
{
  CS_TRY(count_parts(join));
  joined->n_parts = join->n_parts;
  join->parts     = CS_NEW_N(join->arena, Part, (size_t)join->n_parts);
  CS_TRY_NEW(join->parts);
  for (uint64_t i = 0; i < join->n_parts; i++)
    CS_TRY(open_part(join, i));
  join->path = cs_arena_printf(join->arena, "%s/manifest.jsonl", join->folder);
  CS_TRY_NEW(join->path);
  CS_TRY(cs_outputs_new(join->arena, &join->outputs));
  CS_TRY(cs_outputs_open(join->arena, join->outputs, join->path, &join->fd));
  CS_TRY(copy_rows(join, &joined->n_jobs));
  return cs_outputs_commit(join->arena, join->outputs);
}

CsStatus
cs_manifest_join(CsArena *arena, const char *folder, CsJoined *joined)
{
  Join join             = {.arena = arena, .folder = folder, .fd = -1};
  const CsStatus status = run(&join, joined);
  cs_outputs_free(join.outputs);
  for (uint64_t i = 0; join.parts != NULL && i < join.n_parts; i++)
    if (join.parts[i].bytes != NULL)
      (void)munmap(join.parts[i].bytes, join.parts[i].n);
  return status;
}
