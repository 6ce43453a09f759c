/// The tempo map of a MIDI file: whole microseconds a quarter, so that played
/// times come out right although the tempo is rounded.
#ifndef CS_GEN_IO_MIDI_TIME_H
#define CS_GEN_IO_MIDI_TIME_H

#include "gen/perform/performance.h"

/// A stretch of one tempo.
typedef struct CsMidiTempo {
  int64_t tick;
  int64_t at; ///< Microseconds times CS_TICKS_PER_QUARTER.
  int64_t us_per_quarter;
} CsMidiTempo;

typedef struct CsMidiTime {
  CsMidiTempo *tempos;
  size_t n_tempos;
  /// Of the bar before the music, when the plan has a lead-in; else 0. The
  /// file's tick 0 is the cue's frame 0, and bar 0 begins here.
  int64_t lead_in_ticks;
  int sample_rate;
} CsMidiTime;

/// Work the map out.
///
/// Where rounding has led away from it, the tempo is set anew at the start of a
/// section, or after 64 bars, so that bar lines stay where they are heard at
/// any length.
CS_NODISCARD CsStatus cs_midi_time_make(
    CsArena *arena, const CsPerformance *performance, CsMidiTime *time);

/// The tick nearest to a frame of the cue.
int64_t cs_midi_tick_of_frame(const CsMidiTime *time, int64_t frame);

#endif
