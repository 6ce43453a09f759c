/// A melodic line that keeps a shape and the rules of harmony at once.
///
/// The caller says when notes sound, which intervals are wanted and where the
/// line should lie; cs_line_solve() finds the keys that keep the wanted shape
/// at the least cost in broken rules (RULEBOOK 6.1, 6.2): chord tones on strong
/// and long notes, other notes entered or left by step, leaps few and turned
/// back.
#ifndef CS_GEN_COMPOSE_LINE_H
#define CS_GEN_COMPOSE_LINE_H

#include "gen/compose/composer.h"

enum { CS_LINE_NOTES = 96 };

/// One note to be found.
typedef struct CsLineNote {
  int64_t tick; ///< Where it starts, straight, for the harmony.
  int64_t n_ticks;
  bool on_downbeat;
  bool on_beat;
  bool starts_bar;   ///< First of its bar: the interval before counts less.
  int interval;      ///< Wanted, in scale steps from the note before.
  int centre;        ///< Key around which it should lie.
  double pull;       ///< How strongly, for each semitone squared; 0 = lightly.
  int top;           ///< Key above which it should not lie; 0 = none.
  uint16_t wanted;   ///< Pitch classes (absolute) to end on; 0 = any.
  int anchor, reach; ///< Keys it must stay near, and how near; reach 0 = free.
  int model;         ///< Key to repeat where the chord allows it; 0 = none.
  int key;           ///< Found.
} CsLineNote;

typedef struct CsLine {
  const CsComposer *composer;
  int low, high;    ///< Keys, both may be used.
  int max_leap;     ///< Semitones, never exceeded where a way exists.
  double step_bias; ///< Over 0 favours steps, under 0 wider moves.
  int previous;     ///< Key before the line; 0 = none.
  bool keeps_clear; ///< Of low intervals with the harmony (cs_is_muddy).
  size_t n_notes;
  CsLineNote notes[CS_LINE_NOTES];
} CsLine;

/// Fill in the keys.
void cs_line_solve(CsLine *line);

/// Pitch classes of a key's mode itself, absolute (a pentatonic has five).
uint16_t cs_mode_pcs_at_key(CsKey key);

#endif
