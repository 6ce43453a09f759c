/// Bytes put aside between the two passes: the first in memory, the rest in a
/// file without a name, which goes when it is closed, however the program ends.
#ifndef CS_GEN_MASTER_SPOOL_H
#define CS_GEN_MASTER_SPOOL_H

#include "gen/base/arena.h"
#include "gen/base/chunks.h"

typedef struct CsSpool CsSpool;

/// An empty spool; free it with cs_spool_free().
///
/// @param folder          Where the file goes. It is made only when needed.
/// @param n_memory_bytes  Kept in memory before that.
/// @param chunks          What it is kept in; outlives the spool.
CS_NODISCARD CsStatus cs_spool_new(CsArena *arena, const char *folder,
    size_t n_memory_bytes, CsChunks *chunks, CsSpool **spool);

/// Append bytes.
///
/// @return CS_ERR_WORK naming the folder when the disk is full or refuses.
CS_NODISCARD CsStatus cs_spool_put(
    CsArena *arena, CsSpool *spool, const void *bytes, size_t n_bytes);

/// Bytes put so far.
uint64_t cs_spool_n_bytes(const CsSpool *spool);

/// Read bytes that were put.
///
/// @param first  Of all bytes put so far, the first that is read.
CS_NODISCARD CsStatus cs_spool_get(CsArena *arena, CsSpool *spool,
    uint64_t first, void *bytes, size_t n_bytes);

/// Put other bytes in the place of some that were put.
CS_NODISCARD CsStatus cs_spool_set(CsArena *arena, CsSpool *spool,
    uint64_t first, const void *bytes, size_t n_bytes);

/// NULL is accepted.
void cs_spool_free(CsSpool *spool);

#endif
