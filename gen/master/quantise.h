/// From floats to the grid of a sample format, so that stems add up to the mix.
#ifndef CS_GEN_MASTER_QUANTISE_H
#define CS_GEN_MASTER_QUANTISE_H

#include "gen/base/rng.h"
#include "gen/master/master.h"

/// Grid steps in 1.0.
double cs_grid_of(CsSampleFormat format);

/// Round samples times `gains` to the grid.
///
/// @param gains       One per frame.
/// @param dither      Triangular, two steps wide, on samples other than 0; NULL
///                    for none. It draws once per sample either way.
/// @param n_channels  Samples in a frame.
void cs_quantise(CsSampleFormat format, const float *samples,
    const double *gains, size_t n_frames, size_t n_channels, CsRng *dither,
    int32_t *steps);

/// The same with one gain and no dither.
void cs_quantise_evenly(CsSampleFormat format, const float *samples,
    double gain, size_t n_samples, int32_t *steps);

/// Change stems by the few steps that are missing until they add up to the mix.
///
/// The loudest stem takes them. Where a stem alone would pass the end of the
/// scale (the mix never does) it stops there, and what is cut off goes to the
/// others: the sum is the mix always.
///
/// @param stems      n_stems arrays of n_samples steps.
void cs_quantise_balance(CsSampleFormat format, const int32_t *mix,
    int32_t *const *stems, size_t n_stems, size_t n_samples);

/// Steps as floats, full scale 1.0; exact.
void cs_steps_to_floats(CsSampleFormat format, const int32_t *steps,
    size_t n_samples, float *samples);

#endif
