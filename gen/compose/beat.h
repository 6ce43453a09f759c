/// What the kit and the single percussion instruments share: how busy they are,
/// how loud a stroke is, and how a bar of a pattern is played.
#ifndef CS_GEN_COMPOSE_BEAT_H
#define CS_GEN_COMPOSE_BEAT_H

#include "gen/compose/composer.h"

/// GM percussion keys that are spoken of by name.
enum {
  CS_KICK       = 36,
  CS_RIM        = 37,
  CS_SNARE      = 38,
  CS_CLAP       = 39,
  CS_LOW_TOM    = 41,
  CS_HAT        = 42,
  CS_PEDAL_HAT  = 44,
  CS_OPEN_HAT   = 46,
  CS_CRASH      = 49,
  CS_RIDE       = 51,
  CS_TAMBOURINE = 54,
  CS_CRASH_2    = 57,
  CS_CABASA     = 69,
  CS_MARACAS    = 70,
  CS_SHAKER     = 82
};

typedef struct CsBeat {
  CsComposer *c;
  size_t track;
  const CsInstrument *instrument; ///< NULL when the presets know none.
} CsBeat;

CsBeat cs_beat_of(CsComposer *c, size_t track);

/// Level 0..4 of the groove in a bar, by energy, arousal, density and function
/// (RULEBOOK 1.3, 5.4); at least 1 where the plan lets the track play.
int cs_beat_level(const CsComposer *c, int bar);

/// The same, raised to where the pattern's first line comes in: a track that
/// plays is heard.
int cs_beat_level_for(const CsBeat *b, const CsPattern *pattern, int bar);

/// How loud a stroke may be: inside what suits the drum and the function.
int cs_beat_velocity(const CsBeat *b, int64_t tick, int key, double velocity);

/// Add a stroke of a GM percussion key, given as the instrument plays it. Left
/// out when the plan excludes it or the instrument has no such drum.
CS_NODISCARD CsStatus cs_beat_add(
    CsBeat *b, int64_t tick, int key, double velocity);

/// Tick of a step of a pattern, in sixteenths or triplets.
int64_t cs_beat_tick(
    const CsComposer *c, const CsPattern *pattern, int bar, int step);

/// Steps of a pattern that fit a bar, and the column of its lines that a step
/// of the bar plays.
int cs_beat_steps(const CsComposer *c, const CsPattern *pattern, int bar);
int cs_beat_column(
    const CsComposer *c, const CsPattern *pattern, int bar, int step);

/// Strokes without a grid, about pattern->scatter_per_s a second.
CS_NODISCARD CsStatus cs_beat_scatter(
    CsBeat *b, const CsPattern *pattern, int bar);

/// A roll of one drum from a tick to another, growing louder and, in thirds of
/// its length, twice as dense (RULEBOOK 3.4).
CS_NODISCARD CsStatus cs_beat_roll(CsBeat *b, int key, int64_t from, int64_t to,
    double from_velocity, double to_velocity);

/// May this cue's function be loud: thematic cues and stingers?
bool cs_beat_is_bold(const CsComposer *c);

#endif
