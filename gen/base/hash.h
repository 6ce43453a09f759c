/// SHA-256. The only file that includes nettle is hash.c.
#ifndef CS_GEN_BASE_HASH_H
#define CS_GEN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/// A hash under way; copyable.
typedef struct CsHash {
  uint64_t state[32]; ///< Room for the library's context.
} CsHash;

void cs_hash_begin(CsHash *hash);
void cs_hash_add(CsHash *hash, const void *bytes, size_t n_bytes);
/// 64 small hex digits and an end mark.
void cs_hash_end(CsHash *hash, char hex[65]);

#endif
