/// The signals of a cue, put aside block by block in a spool: of each block all
/// of them, one after the other, in floats or packed.
#ifndef CS_GEN_MASTER_TAPE_H
#define CS_GEN_MASTER_TAPE_H

#include "gen/master/spool.h"
#include "gen/render/render.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The mix and each stem, and what of each is rhythm.
enum { CS_MAX_SIGNALS = 2 * (1 + CS_N_STEMS) };

typedef struct CsTape {
  CsSpool *spool; ///< Holds nothing else before the last block.
  size_t n_channels;
  size_t n_blocks; ///< Of CS_BLOCK_FRAMES; the last may be shorter.
  size_t n_signals;
  float *steps[CS_MAX_SIGNALS]; ///< Of each block, as packed; NULL: in floats.
  int16_t *packed;              ///< A block on its way there or back.
} CsTape;

CS_NODISCARD CsStatus cs_tape_new(CsArena *arena, CsSpool *spool,
    size_t n_channels, size_t n_blocks, CsTape *tape);

/// One more signal, before the first block.
///
/// @param packs  In 16 bits (packed.h), for what is only taken away from
///               another signal; else in floats.
CS_NODISCARD CsStatus cs_tape_add(CsArena *arena, CsTape *tape, bool packs);

/// Put the next block of a signal, in the order of blocks and then of signals.
///
/// @param first_frame  Of the block.
/// @param n_frames     CS_BLOCK_FRAMES but in the last block.
/// @param frames       Interleaved.
CS_NODISCARD CsStatus cs_tape_put(CsArena *arena, CsTape *tape,
    int64_t first_frame, size_t n_frames, size_t signal, const float *frames);

/// A block of a signal that was put, and another in its place.
CS_NODISCARD CsStatus cs_tape_get(CsArena *arena, CsTape *tape,
    int64_t first_frame, size_t n_frames, size_t signal, float *frames);
CS_NODISCARD CsStatus cs_tape_set(CsArena *arena, CsTape *tape,
    int64_t first_frame, size_t n_frames, size_t signal, const float *frames);

#endif
