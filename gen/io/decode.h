/// An encoded sound in memory, decoded: what a soundfont of kind SF3 holds.
/// Stands apart from audio_file.h, so that soundfonts/ need not see the master.
#ifndef CS_GEN_IO_DECODE_H
#define CS_GEN_IO_DECODE_H

#include "gen/base/arena.h"

/// Mono samples in an arena.
typedef struct CsDecoded {
  int16_t *samples;
  size_t n_frames;
  int sample_rate; ///< Hz.
} CsDecoded;

/// Decode a sound of any kind that libsndfile knows.
///
/// @param limit_frames  A sound that claims more is refused.
/// @return CS_ERR_REQUEST when it is damaged or not mono; a sound that breaks
///         off gives what there is.
CS_NODISCARD CsStatus cs_decode(CsArena *arena, const void *bytes,
    size_t n_bytes, size_t limit_frames, CsDecoded *out);

#endif
