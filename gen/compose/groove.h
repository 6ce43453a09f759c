/// Places in the form: steps of a bar, bars of a section, energy of a phrase.
#ifndef CS_GEN_COMPOSE_GROOVE_H
#define CS_GEN_COMPOSE_GROOVE_H

#include "gen/compose/composer.h"

/// Tick of a sixteenth of a bar, straight: swing is played, not written.
///
/// @param step  0-based; steps beyond the bar count on into the next one.
int64_t cs_step_tick(const CsComposer *c, int bar, int step);

/// The bar's place in its section, and the bars that are left after it.
int cs_bar_in_section(const CsComposer *c, int bar);
int cs_bars_left(const CsComposer *c, int bar);

/// The section after the one that holds a bar; NULL for the last.
const CsSection *cs_next_section(const CsComposer *c, int bar);

/// Energy of the four bars (counted from the section's start) that hold a bar;
/// of the bar itself in a build. Looks at no other section.
double cs_block_energy(const CsComposer *c, int bar);

/// Is a plain name on the plan's list of what must not be heard?
bool cs_key_is_excluded(const CsComposer *c, int drum_key);

#endif
