/// Memory for sound: pieces of one size that are given back and taken again.
///
/// A page that a process touches for the first time costs as much as playing
/// what is written to it, so what one recording leaves another takes, and then
/// the spool. Pieces lie in large pages where the system has them.
#ifndef CS_GEN_BASE_CHUNKS_H
#define CS_GEN_BASE_CHUNKS_H

#include <stddef.h>

enum {
  CS_CHUNK_BYTES  = 16 << 10,
  CS_CHUNK_FLOATS = CS_CHUNK_BYTES / (int)sizeof(float),
};

typedef struct CsChunks CsChunks;

/// @return NULL when memory is short.
CsChunks *cs_chunks_new(void);

/// Make memory ready in a thread of its own while the caller does something
/// else: what is taken later is then touched already. Once for the life of
/// `chunks`; where there is one processor, or the system refuses, it is touched
/// when it is taken.
void cs_chunks_prepare(CsChunks *chunks, size_t n_bytes);

/// A piece of CS_CHUNK_BYTES of any content, aligned to a page; NULL when
/// memory is short. From any thread.
void *cs_chunk_take(CsChunks *chunks);

/// Give a piece back to whom it came from, in any thread. NULL is accepted.
void cs_chunk_give(void *chunk);

/// Free what every piece has been given back to; what is being made ready stops
/// there. NULL is accepted.
void cs_chunks_free(CsChunks *chunks);

#endif
