/// What drums say where they are all the music: nothing else tells one bar from
/// the next, leads home or makes a cue its own. gen/jobs/README.md has the
/// rule that ties families of such cues.
#ifndef CS_GEN_COMPOSE_DRUM_BAND_H
#define CS_GEN_COMPOSE_DRUM_BAND_H

#include "gen/compose/drum_bar.h"

/// Are drums all the music: has nobody notes of harmony, bass or tune?
bool cs_is_drum_band(const CsComposer *c);

/// Touches of the player's own: soft strokes off the beat, the same all through
/// a section and when it comes back, and a soft one left out here and there.
/// The accents, which are the groove, stay. Drawn from the track's seed; in a
/// band with notes the bar stays as it is.
void cs_drum_band_touch(
    const CsBeat *b, const CsPattern *pattern, int bar, CsDrumBar *cells);

/// Does a bar of drums alone end otherwise than the one before it? Every other
/// one does (T36), and the one that leads to the last downbeat.
bool cs_drum_band_turns(const CsComposer *c, int bar);

/// Turn a bar of a kit: a kick more before the bar line, or one less; where the
/// function lets drums go no finer, a touch more or less. Before the kick has
/// come in another drum turns.
void cs_drum_band_turn(
    const CsBeat *b, const CsPattern *pattern, int bar, CsDrumBar *cells);

/// Is it the bar that leads drums alone to their last downbeat?
bool cs_drum_band_leads_home(const CsComposer *c, int bar);

#endif
