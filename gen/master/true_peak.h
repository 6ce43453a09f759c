/// Peaks between the samples, as ITU-R BS.1770 annex 2 asks: four times
/// oversampling below 96 kHz, twice from there on.
#ifndef CS_GEN_MASTER_TRUE_PEAK_H
#define CS_GEN_MASTER_TRUE_PEAK_H

#include <stddef.h>

enum {
  CS_PEAK_FRAMES   = 4096, ///< Most of one call.
  CS_PEAK_MAX_HALF = 12,   ///< Frames on each side that a peak depends on.
};

typedef struct CsTruePeak {
  size_t n_channels, n_phases;
  size_t half; ///< Frames that an answer comes late.
  float taps[3][2 * CS_PEAK_MAX_HALF];
  float bound; ///< No peak is more than this times the samples near it.
  float last_between[2]; ///< Peak between the last frame answered and the next.
  float line[2 * (2 * CS_PEAK_MAX_HALF + CS_PEAK_FRAMES)];
} CsTruePeak;

void cs_true_peak_begin(CsTruePeak *peak, int sample_rate, size_t n_channels);

/// Peak around each frame: the largest of the frame's samples and of what lies
/// between it and its neighbours, over all channels.
///
/// @param frames  Interleaved; NULL for silence.
/// @param floor   What lies below need not be known: there the answer is some
///                value up to `floor`. It saves most of the work.
/// @param peaks   n_frames long; entry i belongs to the frame `half` frames
///                before frames[i].
void cs_true_peak_run(CsTruePeak *peak, const float *frames, size_t n_frames,
    float floor, float *peaks);

/// The running maximum: what it was or what the frames add to it.
float cs_true_peak_max(
    CsTruePeak *peak, const float *frames, size_t n_frames, float max);

#endif
