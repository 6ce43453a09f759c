/// The samples of voices, two of them side by side: a filter waits for itself,
/// the machine reckons with two doubles as fast as with one, and most voices
/// have a left and a right side. Two such pairs go side by side where the
/// processor has vectors of four doubles (gen/base/wide.h).
#ifndef CS_GEN_SYNTH_LANES_H
#define CS_GEN_SYNTH_LANES_H

#include "gen/synth/lowpass.h"
#include "gen/synth/wave.h"

#include <stddef.h>

enum { CS_SYNTH_LANES = 2, CS_LANE_PAIRS = 2 };

/// A frame being summed up: left and right.
typedef double CsFrame[2];

/// One recording in one step.
typedef struct CsLane {
  CsWaveStep wave;
  double amplitude, slope; ///< At the first frame, and by frame.
  double left, right;      ///< Gains of the channels.
  CsLowpass *filter;
} CsLane;

/// Voices that go to one place.
typedef struct CsLanePair {
  CsLane lanes[CS_SYNTH_LANES];
  size_t n_lanes; ///< 1..CS_SYNTH_LANES. The other one's content is of no
                  ///< account, but it is changed.
  /// The sides of one voice, which are read, scaled and filtered alike: of the
  /// second lane the gains alone count.
  bool are_sides;
  CsFrame *out;  ///< A step.
  bool is_first; ///< Nothing is there: `out` is written, not added to.
  /// Of one lane after the other; of sides, sample by sample.
  float window[CS_SYNTH_LANES * CS_WAVE_WINDOW];
} CsLanePair;

/// Read, scale, filter and pan voices, and add them to what is there. What a
/// pair gives does not depend on the other, to the bit.
///
/// Between two samples lies a cubic, taken from a table of 256 places as
/// FluidSynth has it. A lane whose recording ends is silent from there on.
///
/// @param n_pairs  1..CS_LANE_PAIRS; no two of them go to the same place.
void cs_lanes_add(CsLanePair *pairs, size_t n_pairs);

/// A step as two channels of floats: the sum of two places.
///
/// @param more  NULL: nothing is added.
void cs_frames_split(CsFrame *frames, CsFrame *more, float *left, float *right);

#endif
