/// Momentary loudness of a stereo buffer, by ITU-R BS.1770-4.
#ifndef CS_SOUNDFONTS_HOUSE_LOUDNESS_H
#define CS_SOUNDFONTS_HOUSE_LOUDNESS_H

#include <stddef.h>

/// The largest loudness of 400 ms, every 100 ms, in LUFS. What is shorter is
/// followed by silence.
///
/// @param stereo  Interleaved, n_frames long, at 48 kHz.
/// @return CS_SILENCE_DB for silence.
double cs_house_loudness(const float *stereo, size_t n_frames);

#endif
