/// Power spectra of overlapping blocks of a sound that streams by.
#ifndef CS_GEN_AUDIT_SPECTRA_H
#define CS_GEN_AUDIT_SPECTRA_H

#include "gen/base/arena.h"

/// Edges of the band in which speech is understood (RULEBOOK T43).
#define CS_SPEECH_LOW_HZ 1000.0
#define CS_SPEECH_HIGH_HZ 4000.0

typedef struct CsSpectra CsSpectra;

/// Begin. The first block holds the first `n_hop` frames at its end and silence
/// before them; each later one begins n_hop frames after the one before.
///
/// Blocks are weighted by half a period of a sine. Where they overlap by half,
/// the squares of the weights add up to 1, so that every frame's energy is
/// counted once, wherever it falls.
///
/// @param n_points  Of a block: a power of two, 32 at least.
/// @param n_hop     1..n_points.
CS_NODISCARD CsStatus cs_spectra_new(CsArena *arena, size_t n_points,
    size_t n_hop, size_t n_channels, CsSpectra **spectra);

/// Take frames until a block is full.
///
/// @param frames    Interleaved; NULL for silence.
/// @param energies  n_points / 2 + 1 long, valid until the next call: energy of
///                  the weighted block per bin, as the sum over its frames of
///                  the channels' mean square; NULL while no block is full.
/// @return Frames taken.
size_t cs_spectra_take(CsSpectra *spectra, const float *frames, size_t n_frames,
    const float **energies);

/// Energies of `n` bins together.
float cs_spectra_sum(const float *energies, size_t n);

/// A power of two of points that last about so long.
size_t cs_spectra_points(int sample_rate, double seconds);

#endif
