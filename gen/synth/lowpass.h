/// The resonant low-pass of soundfont voices: two poles (R. Bristow-Johnson,
/// Cookbook formulae for audio EQ biquad filter coefficients). What it does to
/// samples is in lanes.h.
#ifndef CS_GEN_SYNTH_LOWPASS_H
#define CS_GEN_SYNTH_LOWPASS_H

#include "gen/synth/envelope.h"

typedef enum CsTap {
  CS_TAP_A1,
  CS_TAP_A2,
  CS_TAP_B02, ///< Of the newest input and of the oldest.
  CS_TAP_B1,
  CS_N_TAPS
} CsTap;

enum { CS_SIDES = 2 };

/// One voice's filter; all zero is not started.
typedef struct CsLowpass {
  double cutoff_hz; ///< That it was last turned to.
  double taps[CS_N_TAPS];
  double increments[CS_N_TAPS]; ///< By frame, over the next step.
  bool is_moving;
  bool keeps_level; ///< Its history follows a large move of its gain.
  double history[CS_SIDES][2]; ///< Of each side of what is stereo.
} CsLowpass;

/// Quality for a resonance's height in centibels (8.1.3): 0 gives no hump.
double cs_lowpass_q(double centibels);

/// Taps that were found last: the voices of a note often ask for the same. All
/// zero at first.
typedef struct CsFoundTaps {
  double cutoff_hz, q;
  double taps[CS_N_TAPS];
} CsFoundTaps;

/// Turn a filter: at once when it starts, else evenly over the next step.
///
/// @param found  Of one sample rate.
void cs_lowpass_turn(CsLowpass *filter, double cutoff_hz, double q,
    int sample_rate, CsFoundTaps *found);

#endif
