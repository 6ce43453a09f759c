/// The Fourier transform of complex blocks whose length is a power of two.
#ifndef CS_GEN_BASE_FFT_H
#define CS_GEN_BASE_FFT_H

#include "gen/base/arena.h"

typedef struct CsFft CsFft;

/// @param n_points  A power of two, 16 at least.
CS_NODISCARD CsStatus cs_fft_new(CsArena *arena, size_t n_points, CsFft **fft);

/// Where the input's points go: point i at places[i], n_points of them.
const uint32_t *cs_fft_places(const CsFft *fft);

/// Transform in place, from the order of cs_fft_places() to bin k at k. Nothing
/// is scaled.
void cs_fft_run(const CsFft *fft, float *re, float *im);

#endif
