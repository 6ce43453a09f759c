#include "gen/base/hash.h"

#include <nettle/sha2.h>

#include <assert.h>

static_assert(sizeof(struct sha256_ctx) <= sizeof(CsHash),
    "CsHash has no room for the library's context");

void
cs_hash_begin(CsHash *hash)
{
  sha256_init((struct sha256_ctx *)(void *)hash);
}

void
cs_hash_add(CsHash *hash, const void *bytes, size_t n_bytes)
{
  sha256_update((struct sha256_ctx *)(void *)hash, n_bytes, bytes);
}

void
cs_hash_end(CsHash *hash, char hex[65])
{
  static const char digits[] = "0123456789abcdef";
  uint8_t digest[SHA256_DIGEST_SIZE];
  sha256_digest((struct sha256_ctx *)(void *)hash, sizeof digest, digest);
  for (size_t i = 0; i < sizeof digest; i++) {
    hex[2 * i]     = digits[digest[i] >> 4];
    hex[2 * i + 1] = digits[digest[i] & 15];
  }
  hex[64] = '\0';
}
