/// What every part writer of this room shares: the plan in time, its chords and
/// scales, voicings, and a way to add notes that keeps the cue's rules.
///
/// One function per role writes one track of the plan. The order of writing is
/// fixed (harmony before melody before effects), but no writer reads another
/// track's notes except through the questions below, so that changing one track
/// leaves the others as they were.
#ifndef CS_GEN_COMPOSE_COMPOSER_H
#define CS_GEN_COMPOSE_COMPOSER_H

#include "gen/base/rng.h"
#include "gen/compose/score.h"

typedef struct CsComposer {
  CsArena *arena;
  const CsPresets *presets;
  const CsPlan *plan;
  const CsStyle *style;
  const CsTimeline *timeline;
  CsChordSpan *chords;
  size_t n_chords;
  CsScore *score;
} CsComposer;

/// Writes the notes of plan->tracks[track].
typedef CsStatus CsPartWriter(CsComposer *c, size_t track);

CsPartWriter cs_write_pad;        // harmony.c
CsPartWriter cs_write_chords;     // texture.c
CsPartWriter cs_write_motion;     // texture.c
CsPartWriter cs_write_bass;       // bass.c
CsPartWriter cs_write_drums;      // drums.c
CsPartWriter cs_write_percussion; // drums.c
CsPartWriter cs_write_melody;     // melody.c
CsPartWriter cs_write_counter;    // melody.c
CsPartWriter cs_write_colour;     // colour.c
CsPartWriter cs_write_effects;    // effects.c

/// The chord that sounds at a tick.
const CsChordSpan *cs_chord_at(const CsComposer *c, int64_t tick);

/// Pitch classes (absolute, bit 0 = C) of the key's scale where that chord
/// sounds: the mode's seven notes, altered where the chord alters them.
uint16_t cs_scale_at(const CsComposer *c, int64_t tick);

/// Pitch classes (absolute) of a chord, bass left out.
uint16_t cs_chord_pcs(const CsComposer *c, const CsChord *chord);

/// The nearest key to `key` whose pitch class is in the set; ties go down.
int cs_snap(int key, uint16_t pitch_classes);

/// Notes of a chord for a track, low to high.
typedef struct CsVoicing {
  int n;
  int keys[8];
} CsVoicing;

/// A voicing per chord of the cue, led smoothly by the cost function of
/// RULEBOOK 5.1. Independent of energy and of other tracks.
///
/// @param low,high  Range of keys.
/// @param n_voices  3..6 wanted; fewer where the chord has fewer notes.
/// @param voicings  Receives c->n_chords voicings in the arena.
CS_NODISCARD CsStatus cs_lead_voices(CsComposer *c, uint64_t seed, int low,
    int high, int n_voices, CsVoicing **voicings);

/// Pattern of a track for a bar: chosen by the section's energy among the
/// track's patterns, one per section. NULL when the track has none.
const CsPattern *cs_pattern_at(const CsComposer *c, size_t track, int bar);

/// Sixteenths in a bar of the plan's meter, and ticks of one.
int cs_steps_in_bar(const CsComposer *c, int bar);
int64_t cs_step_ticks(const CsComposer *c);

/// Add a note of the track. It is cut at the end of the music (the cue's last
/// tick), left out inside asked silences, and refused (assert) outside the
/// track's range.
CS_NODISCARD CsStatus cs_add(CsComposer *c, size_t track, CsNote note);

/// Is it the bar of the final downbeat (CS_SECTION_END)?
bool cs_is_end_bar(const CsComposer *c, int bar);

#endif
