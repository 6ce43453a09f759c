#include "gen/master/tape.h"

#include "gen/master/packed.h"

#include <assert.h>

CsStatus
cs_tape_new(CsArena *arena, CsSpool *spool, size_t n_channels, size_t n_blocks,
    CsTape *tape)
{
  *tape =
      (CsTape){.spool = spool, .n_channels = n_channels, .n_blocks = n_blocks};
  tape->packed = CS_NEW_N(arena, int16_t, 2 * (size_t)CS_BLOCK_FRAMES);
  return tape->packed != NULL ? CS_OK : CS_ERR_MEMORY;
}

CsStatus
cs_tape_add(CsArena *arena, CsTape *tape, bool packs)
{
  assert(tape->n_signals < CS_MAX_SIGNALS);
  float **steps = &tape->steps[tape->n_signals++];
  if (!packs)
    return CS_OK;
  *steps = CS_NEW_N(arena, float, tape->n_blocks);
  return *steps != NULL ? CS_OK : CS_ERR_MEMORY;
}

static size_t
sample_bytes(const CsTape *tape, size_t signal)
{
  return tape->steps[signal] != NULL ? sizeof(int16_t) : sizeof(float);
}

/// Bytes that a sample of each of the first signals takes.
static size_t
row_bytes(const CsTape *tape, size_t n_signals)
{
  size_t n_bytes = 0;
  for (size_t i = 0; i < n_signals; i++)
    n_bytes += sample_bytes(tape, i);
  return n_bytes;
}

/// Where a block of a signal lies in the spool, and how.
typedef struct Piece {
  uint64_t place;
  size_t n_samples, n_bytes;
  float *step; ///< NULL: in floats.
} Piece;

static Piece
piece_at(const CsTape *tape, int64_t first_frame, size_t n, size_t signal)
{
  const uint64_t n_before = (uint64_t)first_frame * tape->n_channels;
  const size_t n_samples  = n * tape->n_channels;
  const size_t block      = (size_t)(first_frame / CS_BLOCK_FRAMES);
  float *steps            = tape->steps[signal];
  assert(first_frame % CS_BLOCK_FRAMES == 0 && block < tape->n_blocks);
  assert(n == CS_BLOCK_FRAMES || block + 1 == tape->n_blocks);
  return (Piece){
      .place = n_before * row_bytes(tape, tape->n_signals) +
               n_samples * row_bytes(tape, signal),
      .n_samples = n_samples,
      .n_bytes   = n_samples * sample_bytes(tape, signal),
      .step      = steps != NULL ? &steps[block] : NULL,
  };
}

/// The bytes of a block for the spool.
static const void *
bytes_of(CsTape *tape, const Piece *piece, const float *frames)
{
  if (piece->step == NULL)
    return frames;
  *piece->step = cs_pack(frames, piece->n_samples, tape->packed);
  return tape->packed;
}

CsStatus
cs_tape_put(CsArena *arena, CsTape *tape, int64_t first_frame, size_t n,
    size_t signal, const float *frames)
{
  const Piece piece = piece_at(tape, first_frame, n, signal);
  assert(piece.place == cs_spool_n_bytes(tape->spool));
  return cs_spool_put(
      arena, tape->spool, bytes_of(tape, &piece, frames), piece.n_bytes);
}

CsStatus
cs_tape_get(CsArena *arena, CsTape *tape, int64_t first_frame, size_t n,
    size_t signal, float *frames)
{
  const Piece piece = piece_at(tape, first_frame, n, signal);
  if (piece.step == NULL)
    return cs_spool_get(arena, tape->spool, piece.place, frames, piece.n_bytes);
  CS_TRY(cs_spool_get(
      arena, tape->spool, piece.place, tape->packed, piece.n_bytes));
  cs_unpack(tape->packed, *piece.step, piece.n_samples, frames);
  return CS_OK;
}

CsStatus
cs_tape_set(CsArena *arena, CsTape *tape, int64_t first_frame, size_t n,
    size_t signal, const float *frames)
{
  const Piece piece = piece_at(tape, first_frame, n, signal);
  return cs_spool_set(arena, tape->spool, piece.place,
      bytes_of(tape, &piece, frames), piece.n_bytes);
}
