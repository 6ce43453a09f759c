/// A bar of a drum pattern as cells that a hand may change before they are
/// played.
#ifndef CS_GEN_COMPOSE_DRUM_BAR_H
#define CS_GEN_COMPOSE_DRUM_BAR_H

#include "gen/compose/beat.h"

enum { CS_MAX_DRUM_LINES = 24 };

/// What is struck on each step of a bar, line by line.
typedef struct CsDrumBar {
  int n_lines;
  int n_steps;
  int keys[CS_MAX_DRUM_LINES];                         ///< GM percussion keys.
  uint8_t velocities[CS_MAX_DRUM_LINES][CS_MAX_STEPS]; ///< 0 = a rest.
} CsDrumBar;

/// The lines of a pattern that are heard at a level of the groove.
void cs_drum_bar_read(const CsBeat *b, const CsPattern *pattern, int bar,
    int level, CsDrumBar *out);

/// The line of a key, or -1.
int cs_drum_bar_line(const CsDrumBar *cells, int key);

/// Play the cells before a step.
///
/// @param pattern  Says whether steps are triplets; NULL: sixteenths.
CS_NODISCARD CsStatus cs_drum_bar_play(CsBeat *b, const CsPattern *pattern,
    int bar, const CsDrumBar *cells, int until_step);

#endif
