/// The tag in front of an MP3 file, ID3v2.4. libsndfile 1.2.0 writes one that
/// takes UTF-8 for Latin-1.
#ifndef CS_GEN_IO_ID3_H
#define CS_GEN_IO_ID3_H

#include "gen/io/tags.h"

/// @param bytes  Receives the tag, in the arena.
CS_NODISCARD CsStatus cs_id3_tag(
    CsArena *arena, const CsTags *tags, const char **bytes, size_t *n_bytes);

#endif
