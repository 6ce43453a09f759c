/// The numbers that SoundFont 2.04 gives to generators and modulator sources
/// (sections 8.1 and 8.2), as far as banks are read, written and mended.
#ifndef CS_SOUNDFONTS_GENERATORS_H
#define CS_SOUNDFONTS_GENERATORS_H

enum {
  CS_GEN_START_OFFSET        = 0,
  CS_GEN_END_OFFSET          = 1,
  CS_GEN_LOOP_START_OFFSET   = 2,
  CS_GEN_LOOP_END_OFFSET     = 3,
  CS_GEN_START_COARSE_OFFSET = 4,
  CS_GEN_SWAY_TO_PITCH       = 5,  ///< Cents, of the modulation LFO.
  CS_GEN_VIBRATO_TO_PITCH    = 6,  ///< Cents.
  CS_GEN_SWEEP_TO_PITCH      = 7,  ///< Cents, of the modulation envelope.
  CS_GEN_FILTER_CUTOFF       = 8,  ///< Cents over 8.176 Hz; 13500 is open.
  CS_GEN_FILTER_Q            = 9,  ///< Centibels.
  CS_GEN_SWAY_TO_FILTER      = 10, ///< Cents.
  CS_GEN_SWEEP_TO_FILTER     = 11, ///< Cents, of the modulation envelope.
  CS_GEN_END_COARSE_OFFSET   = 12,
  CS_GEN_SWAY_TO_VOLUME      = 13, ///< Centibels.
  CS_GEN_CHORUS_SEND         = 15, ///< Tenths of a percent.
  CS_GEN_REVERB_SEND         = 16, ///< Tenths of a percent.
  CS_GEN_PAN                 = 17, ///< -500 left .. 500 right.
  CS_GEN_SWAY_DELAY          = 21, ///< Timecents.
  CS_GEN_SWAY_FREQUENCY      = 22, ///< Cents over 8.176 Hz.
  CS_GEN_VIBRATO_DELAY       = 23, ///< Timecents.
  CS_GEN_VIBRATO_FREQUENCY   = 24, ///< Cents over 8.176 Hz.
  CS_GEN_SWEEP_DELAY         = 25, ///< Of the modulation envelope; timecents.
  CS_GEN_SWEEP_ATTACK        = 26,
  CS_GEN_SWEEP_HOLD          = 27,
  CS_GEN_SWEEP_DECAY         = 28,
  CS_GEN_SWEEP_SUSTAIN       = 29, ///< Tenths of a percent under the peak.
  CS_GEN_SWEEP_RELEASE       = 30,
  CS_GEN_DELAY               = 33, ///< Of the volume; timecents.
  CS_GEN_ATTACK              = 34,
  CS_GEN_HOLD                = 35,
  CS_GEN_DECAY               = 36,
  CS_GEN_SUSTAIN             = 37, ///< Centibels under the peak.
  CS_GEN_RELEASE             = 38, ///< Timecents to -100 dB.
  CS_GEN_INSTRUMENT          = 41,
  CS_GEN_KEY_RANGE           = 43,
  CS_GEN_VELOCITY_RANGE      = 44,
  CS_GEN_LOOP_START_COARSE   = 45,
  CS_GEN_KEY                 = 46,
  CS_GEN_VELOCITY            = 47,
  CS_GEN_ATTENUATION         = 48, ///< Centibels, of which 0.4 count.
  CS_GEN_LOOP_END_COARSE     = 50,
  CS_GEN_COARSE_TUNE         = 51, ///< Semitones.
  CS_GEN_FINE_TUNE           = 52, ///< Cents.
  CS_GEN_SAMPLE              = 53,
  CS_GEN_SAMPLE_MODES        = 54, ///< 1 loops, 3 until the release.
  CS_GEN_SCALE_TUNE          = 56, ///< Cents per key.
  CS_GEN_EXCLUSIVE_CLASS     = 57,
  CS_GEN_ROOT_KEY            = 58,
  CS_N_GENERATORS            = 61
};

/// Sources of modulators, packed as in the file.
enum {
  CS_MOD_KEY_LINEAR                = 0x0003,
  CS_MOD_VELOCITY_NEGATIVE_LINEAR  = 0x0102,
  CS_MOD_VELOCITY_NEGATIVE_CONCAVE = 0x0502,
};

/// EMU's hardware, and so FluidSynth and every font tuned on it, takes 0.4 of
/// the attenuation that a zone asks for: this many units make one decibel.
#define CS_ATTENUATION_PER_DB 25.0

#endif
