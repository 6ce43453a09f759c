/// The samples of voices, two of them side by side: a filter waits for itself,
/// the machine reckons with two doubles as fast as with one, and most notes are
/// a left and a right voice.
#ifndef CS_GEN_SYNTH_LANES_H
#define CS_GEN_SYNTH_LANES_H

#include "gen/synth/lowpass.h"
#include "gen/synth/wave.h"

enum { CS_SYNTH_LANES = 2 };

/// A frame being summed up: left and right.
typedef double CsPair[2];

/// One voice in one step.
typedef struct CsLane {
  CsWaveStep wave;
  double amplitude, slope; ///< At the first frame, and by frame.
  double left, right;      ///< Gains of the channels.
  CsLowpass *filter;
  float window[CS_WAVE_WINDOW];
} CsLane;

/// Read, scale, filter and pan voices, and add them to what is there.
///
/// Between two samples lies a cubic, taken from a table of 256 places as
/// FluidSynth has it. A lane whose recording ends is silent from there on.
///
/// @param n         1..CS_SYNTH_LANES. The other lane's content is of no
///                  account, but it is changed.
/// @param is_first  Nothing is there yet: `out` is written, not added to.
/// @param out       A step.
void cs_lanes_add(
    CsLane lanes[CS_SYNTH_LANES], int n, bool is_first, CsPair *out);

/// A step as two channels of floats.
void cs_pairs_split(CsPair *pairs, float *left, float *right);

#endif
