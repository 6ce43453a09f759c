/// What a soloist does where nothing sings and one instrument is all the music.
#ifndef CS_GEN_COMPOSE_SOLO_H
#define CS_GEN_COMPOSE_SOLO_H

#include "gen/compose/strokes.h"

/// Is one instrument all the music?
bool cs_is_solo(const CsComposer *c);

/// Touches of the player's own: a stroke or two of a bar take a part of their
/// chord. They stay with their place in the section and come back with it, are
/// drawn from the track's seed, and leave the first stroke as it is. Only in
/// beds and underscores that one instrument plays alone; elsewhere the bar
/// stays as it was.
void cs_solo_touch(
    const CsComposer *c, size_t track, int bar, CsBarStrokes *strokes);

#endif
