/// Which texts a long list held already: hashes alone are kept, 16 bytes each
/// beside the room to grow.
#ifndef CS_GEN_JOBS_SEEN_H
#define CS_GEN_JOBS_SEEN_H

#include "gen/cuesmith.h"

#include <stdint.h>

typedef struct CsSeen CsSeen;

/// @return NULL when memory is short.
CsSeen *cs_seen_new(void);

/// The line on which a text was put; 0 where it was not. Two texts of 10^6 are
/// taken for one with a chance below 10^-14.
///
/// @param kind  Texts of two kinds are never equal.
uint64_t cs_seen_line(const CsSeen *seen, char kind, const char *text);

/// Put a text; one that is there keeps its first line.
///
/// @param line  1..2^40 - 1.
/// @return CS_ERR_MEMORY.
CS_NODISCARD CsStatus cs_seen_put(
    CsSeen *seen, char kind, const char *text, uint64_t line);

/// NULL is accepted.
void cs_seen_free(CsSeen *seen);

#endif
