/// Notes in frames with human timing and dynamics, and gain curves: the value
/// that performing gives and rendering takes.
#ifndef CS_GEN_PERFORM_PERFORMANCE_H
#define CS_GEN_PERFORM_PERFORMANCE_H

#include "gen/compose/score.h"

/// FluidSynth works in blocks of this length; every onset and note-off lies on
/// this grid, so that a note is a pure function of what it is, not of where.
enum { CS_GRID_FRAMES = 64 };

typedef struct CsPlayedNote {
  int64_t on_frame;  ///< Multiple of CS_GRID_FRAMES; negative in the pre-roll.
  int64_t off_frame; ///< The same, over on_frame.
  uint16_t track;
  uint8_t key;
  uint8_t velocity; ///< 1..127.
} CsPlayedNote;

typedef struct CsGainPoint {
  int64_t frame;
  double gain_db; ///< Linear in dB between points; constant outside.
} CsGainPoint;

typedef struct CsPlayedTrack {
  const CsTrack *track;
  CsGainPoint *gains; ///< Swells, section levels and ring-out; at least one.
  size_t n_gains;
} CsPlayedTrack;

typedef struct CsPerformance {
  const CsPlan *plan;
  const CsTimeline *timeline;
  int sample_rate;
  int64_t n_frames; ///< Of the finished cue.
  /// Rendered before frame 0 and thrown away, so that a loop begins with the
  /// tails of its own end. A multiple of CS_GRID_FRAMES; 0 unless looping.
  int64_t n_preroll_frames;
  CsPlayedTrack *tracks; ///< One per plan track.
  size_t n_tracks;
  CsPlayedNote *notes; ///< By on_frame, track, key.
  size_t n_notes;
} CsPerformance;

/// Play a score: groove, phrasing, dynamics (RULEBOOK 7). The score is written
/// straight; the style's swing is applied here.
CS_NODISCARD CsStatus cs_perform(CsArena *arena, const CsPresets *presets,
    const CsScore *score, CsPerformance **performance);

/// Gain curve of a track at a frame, in dB; its level_db comes on top.
double cs_track_gain_db(const CsPlayedTrack *track, int64_t frame);

/// The performance as text, a line per note and gain point.
CS_NODISCARD CsStatus cs_performance_dump(
    CsArena *arena, const CsPerformance *performance, const char **text);

#endif
