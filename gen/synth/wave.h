/// A recording read at any speed.
#ifndef CS_GEN_SYNTH_WAVE_H
#define CS_GEN_SYNTH_WAVE_H

#include "gen/synth/envelope.h"
#include "soundfonts/sound.h"

enum {
  /// Frames between which a cubic is laid: one before, two after.
  CS_WAVE_POINTS = 4,
  /// Four octaves over a recording's own speed; what is faster plays at this.
  CS_WAVE_MOST_SPEED = 16,
  CS_WAVE_WINDOW     = CS_SYNTH_STEP_FRAMES * CS_WAVE_MOST_SPEED + 8,
};

/// Where a voice is in its recording.
typedef struct CsWave {
  const CsSoundZone *zone;
  /// The other side of a stereo sound, as long and with the same loop; else
  /// NULL.
  const CsSoundZone *other;
  uint64_t phase; ///< Frames, 32 bits behind the point.
  bool loops;     ///< Now; set by its owner.
  bool has_looped;
} CsWave;

/// What a step reads: frames of the recording in a row, loops unrolled.
typedef struct CsWaveStep {
  uint64_t phase;     ///< Within the window, of the first frame.
  uint64_t increment; ///< From frame to frame.
  int n_frames; ///< Before the recording ends; a whole step where it goes on.
} CsWaveStep;

/// Lay the next step's frames out and move on.
///
/// @param speed   Frames of the recording by frame of the output, over 0.
/// @param window  Room for CS_WAVE_WINDOW, twice that for two sides, whose
///                samples take turns. Its first frame is the one before the
///                phase.
/// @param step    Is written: where they lie.
void cs_wave_step(CsWave *wave, double speed, float *window, CsWaveStep *step);

#endif
