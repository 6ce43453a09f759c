#define _GNU_SOURCE // O_TMPFILE
#define _FILE_OFFSET_BITS 64

#include "gen/master/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct CsSpool {
  const char *folder;
  int fd; ///< -1 until needed.
  CsChunks *chunks;
  char **pieces; ///< Of memory.
  size_t n_pieces, max_pieces;
  uint64_t n_bytes; ///< Put so far.
};

CsStatus
cs_spool_new(CsArena *arena, const char *folder, size_t n_memory_bytes,
    CsChunks *chunks, CsSpool **spool)
{
  CsSpool *s = CS_NEW(arena, CsSpool);
  CS_TRY_NEW(s);
  s->fd         = -1;
  s->chunks     = chunks;
  s->folder     = cs_arena_copy(arena, folder, strlen(folder));
  s->max_pieces = n_memory_bytes / CS_CHUNK_BYTES;
  s->pieces     = CS_NEW_N(arena, char *, s->max_pieces);
  if (s->folder == NULL || s->pieces == NULL)
    return CS_ERR_MEMORY;
  *spool = s;
  return CS_OK;
}

static CsStatus
fail_writing(CsArena *arena, const CsSpool *spool, int error)
{
  if (error == ENOSPC || error == EDQUOT || error == EFBIG)
    return cs_fail(arena, CS_ERR_WORK,
        "disk full while writing beside %s: free some space there or choose "
        "another output folder",
        spool->folder);
  return cs_fail(arena, CS_ERR_WORK,
      "cannot keep audio in a temporary file in %s: %s; choose an output "
      "folder that can be written",
      spool->folder, strerror(error));
}

/// Not every file system makes files without a name; there the name is taken
/// away at once.
static int
open_unnamed(const char *folder, const char *template)
{
  int fd = -1;
#ifdef O_TMPFILE
  fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    return fd;
#endif
  char path[4096];
  const int n = snprintf(path, sizeof path, "%s/%s", folder, template);
  if (n < 0 || (size_t)n >= sizeof path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  fd = mkostemp(path, O_CLOEXEC);
  if (fd >= 0)
    unlink(path);
  return fd;
}

static CsStatus
write_file(CsArena *arena, CsSpool *spool, const char *bytes, size_t n,
    uint64_t offset)
{
  if (spool->fd < 0)
    spool->fd = open_unnamed(spool->folder, ".cuesmith-XXXXXX");
  if (spool->fd < 0)
    return fail_writing(arena, spool, errno);
  while (n > 0) {
    const ssize_t n_done = pwrite(spool->fd, bytes, n, (off_t)offset);
    if (n_done < 0 && errno == EINTR)
      continue;
    if (n_done <= 0)
      return fail_writing(arena, spool, n_done < 0 ? errno : ENOSPC);
    bytes += n_done;
    offset += (uint64_t)n_done;
    n -= (size_t)n_done;
  }
  return CS_OK;
}

static CsStatus
read_file(
    CsArena *arena, CsSpool *spool, char *bytes, size_t n, uint64_t offset)
{
  while (n > 0) {
    const ssize_t n_done = pread(spool->fd, bytes, n, (off_t)offset);
    if (n_done < 0 && errno == EINTR)
      continue;
    if (n_done <= 0)
      return cs_fail(arena, CS_ERR_WORK,
          "cannot read the temporary file in %s: %s; try another output folder",
          spool->folder, n_done < 0 ? strerror(errno) : "it was cut short");
    bytes += n_done;
    offset += (uint64_t)n_done;
    n -= (size_t)n_done;
  }
  return CS_OK;
}

/// Bytes from `offset` on that lie in one piece of memory; 0 in the file.
static size_t
room_in_piece(const CsSpool *spool, uint64_t offset)
{
  if (offset / CS_CHUNK_BYTES >= spool->max_pieces)
    return 0;
  return CS_CHUNK_BYTES - (size_t)(offset % CS_CHUNK_BYTES);
}

static char *
place_in_memory(CsSpool *spool, uint64_t offset)
{
  const size_t piece = (size_t)(offset / CS_CHUNK_BYTES);
  if (piece == spool->n_pieces) {
    char *bytes = cs_chunk_take(spool->chunks);
    if (bytes == NULL)
      return NULL;
    spool->pieces[spool->n_pieces++] = bytes;
  }
  return spool->pieces[piece] + offset % CS_CHUNK_BYTES;
}

static uint64_t
in_file(const CsSpool *spool, uint64_t offset)
{
  return offset - (uint64_t)spool->max_pieces * CS_CHUNK_BYTES;
}

/// Write from an offset on, which is at most where the last write ended.
static CsStatus
write_at(CsArena *arena, CsSpool *spool, uint64_t offset, const char *bytes,
    size_t n_bytes)
{
  while (n_bytes > 0) {
    const size_t n_room = room_in_piece(spool, offset);
    const size_t n      = n_room > 0 && n_room < n_bytes ? n_room : n_bytes;
    if (n_room == 0) {
      CS_TRY(write_file(arena, spool, bytes, n, in_file(spool, offset)));
    } else {
      char *place = place_in_memory(spool, offset);
      if (place == NULL)
        return cs_fail(arena, CS_ERR_MEMORY,
            "no memory for %u bytes of audio; free some and try again",
            (unsigned)CS_CHUNK_BYTES);
      memcpy(place, bytes, n);
    }
    offset += n;
    bytes += n;
    n_bytes -= n;
  }
  return CS_OK;
}

CsStatus
cs_spool_put(CsArena *arena, CsSpool *spool, const void *bytes, size_t n_bytes)
{
  CS_TRY(write_at(arena, spool, spool->n_bytes, bytes, n_bytes));
  spool->n_bytes += n_bytes;
  return CS_OK;
}

CsStatus
cs_spool_set(CsArena *arena, CsSpool *spool, uint64_t first, const void *bytes,
    size_t n_bytes)
{
  assert(first + n_bytes <= spool->n_bytes);
  return write_at(arena, spool, first, bytes, n_bytes);
}

uint64_t
cs_spool_n_bytes(const CsSpool *spool)
{
  return spool->n_bytes;
}

CsStatus
cs_spool_get(
    CsArena *arena, CsSpool *spool, uint64_t first, void *bytes, size_t n_bytes)
{
  char *to = bytes;
  assert(first + n_bytes <= spool->n_bytes);
  while (n_bytes > 0) {
    const size_t n_room = room_in_piece(spool, first);
    const size_t n      = n_room > 0 && n_room < n_bytes ? n_room : n_bytes;
    if (n_room == 0)
      CS_TRY(read_file(arena, spool, to, n, in_file(spool, first)));
    else
      memcpy(to, place_in_memory(spool, first), n);
    first += n;
    to += n;
    n_bytes -= n;
  }
  return CS_OK;
}

void
cs_spool_free(CsSpool *spool)
{
  if (spool == NULL)
    return;
  for (size_t i = 0; i < spool->n_pieces; i++)
    cs_chunk_give(spool->pieces[i]);
  if (spool->fd >= 0)
    close(spool->fd);
}
