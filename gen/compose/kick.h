/// The groove of a style: where the kick falls. It is a property of the style
/// and the plan's energies, never of the tracks that happen to play, so that
/// the bass keeps to it whether or not a kit is in the plan.
#ifndef CS_GEN_COMPOSE_KICK_H
#define CS_GEN_COMPOSE_KICK_H

#include "gen/compose/composer.h"

typedef struct CsKicks {
  int n;
  int64_t ticks[CS_MAX_STEPS];
} CsKicks;

/// The kicks of the style's groove in a bar, in order; none where the style has
/// no kit, the function no groove, or the energy is too low for a kick.
CsKicks cs_kicks_of_bar(const CsComposer *c, int bar);

/// What becomes of a pattern's kicks in a bar: they take up pushes of the
/// style's bass pattern where there is room for them, and every second bar of a
/// section moves one or two weak ones (RULEBOOK 5.4).
///
/// @param row  Velocities by step of the bar.
void cs_shape_kicks(const CsComposer *c, const CsPattern *pattern, int bar,
    uint8_t *row, int n_steps);

#endif
