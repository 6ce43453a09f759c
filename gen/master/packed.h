/// Samples in 16 bits with one scale for all of a block: half the room of
/// floats, for what is only taken away from them, in part and for moments.
///
/// The largest sample is 32767 steps, so none comes back farther off than half
/// a step: 96 dB below it.
#ifndef CS_GEN_MASTER_PACKED_H
#define CS_GEN_MASTER_PACKED_H

#include <stddef.h>
#include <stdint.h>

/// Samples to steps.
///
/// @param samples  Finite. Where all are below -600 dBFS they are silence.
/// @return         The size of a step, in samples; 0 for silence.
float cs_pack(const float *samples, size_t n_samples, int16_t *steps);

/// Steps back to samples. @param step  As cs_pack() gave it.
void cs_unpack(
    const int16_t *steps, float step, size_t n_samples, float *samples);

#endif
