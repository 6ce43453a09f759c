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
  float straight, bent;  ///< See cs_true_peak_bound().
  float last_between[2]; ///< Peak between the last frame answered and the next.
  float line[2 * (2 * CS_PEAK_MAX_HALF + CS_PEAK_FRAMES)];
} CsTruePeak;

/// How far samples reach: the largest, and the largest bend, which is how far a
/// sample lies from the straight line through its two neighbours, times two.
typedef struct CsExtent {
  float size, bend;
} CsExtent;

void cs_true_peak_begin(CsTruePeak *peak, int sample_rate, size_t n_channels);

/// The extent of interleaved frames; the first and the last have no bend.
CsExtent cs_extent_of(const float *frames, size_t n_frames, size_t n_channels);

/// The larger of both in each.
CsExtent cs_extent_join(CsExtent a, CsExtent b);

/// No peak is higher whose half frames on each side reach no farther.
float cs_true_peak_bound(const CsTruePeak *peak, CsExtent extent);

/// Go on as if these frames had been the last.
///
/// @param frames    Interleaved.
/// @param n_frames  2 * half or more.
void cs_true_peak_resume(
    CsTruePeak *peak, const float *frames, size_t n_frames);

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
