/// The Fourier transform of complex blocks whose length is a power of two.
#ifndef CS_GEN_BASE_FFT_H
#define CS_GEN_BASE_FFT_H

#include "gen/base/arena.h"

typedef struct CsFft CsFft;

/// @param n_points  A power of two, 32 at least.
CS_NODISCARD CsStatus cs_fft_new(CsArena *arena, size_t n_points, CsFft **fft);

/// Where bins are found: bin k at places[k], n_points of them.
const uint32_t *cs_fft_places(const CsFft *fft);

/// Transform in place, from point i at i to bins in the order of
/// cs_fft_places(). Nothing is scaled.
void cs_fft_run(const CsFft *fft, float *re, float *im);

/// Lay a block out for cs_fft_run(): each frame by its weight, the first
/// channel as real part, the second as imaginary part. The energies of a bin
/// and of its mirror image then add up to those of both channels.
///
/// @param frames      Interleaved, as many as the transform has points.
/// @param n_channels  1 or 2.
void cs_fft_weigh(const CsFft *fft, const float *frames, size_t n_channels,
    const float *window, float *re, float *im);

#endif
