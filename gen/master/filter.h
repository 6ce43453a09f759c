/// Second-order filters over interleaved stereo.
#ifndef CS_GEN_MASTER_FILTER_H
#define CS_GEN_MASTER_FILTER_H

#include <stddef.h>

/// A second-order section with a0 = 1.
typedef struct CsBiquad {
  double b0, b1, b2, a1, a2;
} CsBiquad;

/// Butterworth high-pass, 12 dB per octave, -3 dB at `cutoff_hz`.
CsBiquad cs_highpass(int sample_rate, double cutoff_hz);

/// Bell of `gain_db` at `centre_hz`; `q` is centre over bandwidth, as in Robert
/// Bristow-Johnson's cookbook. A centre above 0.45 of the rate gives no change.
CsBiquad cs_bell(int sample_rate, double centre_hz, double q, double gain_db);

/// Shelves: `gain_db` below (low) or above (high) a corner, half of it at the
/// corner; without overshoot (Q 0.7071), from the same cookbook. A corner above
/// 0.45 of the rate gives no change.
CsBiquad cs_low_shelf(int sample_rate, double corner_hz, double gain_db);
CsBiquad cs_high_shelf(int sample_rate, double corner_hz, double gain_db);

enum { CS_MAX_SECTIONS = 4 };

/// Up to CS_MAX_SECTIONS in a row, with what they remember of both channels.
typedef struct CsFilter {
  size_t n_sections;
  CsBiquad sections[CS_MAX_SECTIONS];
  double memory[CS_MAX_SECTIONS][4];
} CsFilter;

void cs_filter_add(CsFilter *filter, CsBiquad section);

/// Filter in place.
///
/// @param frames  Interleaved stereo, 2 * n_frames long.
void cs_filter_run(CsFilter *filter, float *frames, size_t n_frames);

/// Two filters over two signals. The samples are those of one after the other;
/// it takes less time where both have as many sections.
void cs_filter_run_both(CsFilter *a, float *frames_a, CsFilter *b,
    float *frames_b, size_t n_frames);

#endif
