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

typedef struct CsTickSpan {
  int64_t start, end;
} CsTickSpan;

typedef struct CsKeySpan {
  int low, high; ///< Both allowed.
} CsKeySpan;

typedef struct CsComposer {
  CsArena *arena;
  const CsPresets *presets;
  const CsPlan *plan;
  const CsStyle *style;
  const CsTimeline *timeline;
  CsChordSpan *chords;
  size_t n_chords;
  CsScore *score;
  int64_t end_tick;       ///< The file's end; no note reaches beyond it.
  int end_bar;            ///< Bar of the final downbeat, -1 when there is none.
  int64_t final_tick;     ///< The final downbeat, or end_tick.
  int64_t final_end_tick; ///< Where notes of the final chord are let go.
  CsTickSpan *silences;   ///< plan->silences in ticks.
  size_t n_silences;
  unsigned pedals;             ///< Bit per track whose instrument has a pedal.
  bool is_excluded[128];       ///< GM percussion keys that were asked away.
  const struct CsTheme *theme; ///< The tune, once cs_theme() has been asked.
  struct CsFrame *frame;       ///< What pads and chords share.
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

/// Let whoever comes in be heard, and hold what would be an empty bar, once all
/// parts are written.
CS_NODISCARD CsStatus cs_show_presence(CsComposer *c); // presence.c

/// Make an accent of every asked hit, once all parts are written.
CS_NODISCARD CsStatus cs_accent_hits(CsComposer *c);

/// Ready to write: timeline, chords, silences and empty parts are made.
CS_NODISCARD CsStatus cs_composer_begin(CsArena *arena,
    const CsPresets *presets, const CsPlan *plan, CsComposer *c);

/// The chord that sounds at a tick.
const CsChordSpan *cs_chord_at(const CsComposer *c, int64_t tick);

/// Pitch classes (absolute, bit 0 = C) of the key's scale where that chord
/// sounds: the mode's seven notes, altered where the chord alters them.
uint16_t cs_scale_at(const CsComposer *c, int64_t tick);

/// Pitch classes (absolute) of a chord, bass left out.
uint16_t cs_chord_pcs(const CsChordSpan *span);

/// Semitones from the tonic of the cue's beginning to the one in force at a
/// tick, -5..6.
int cs_key_shift(const CsComposer *c, int64_t tick);

/// The nearest key to `key` whose pitch class is in the set; ties go down.
int cs_snap(int key, uint16_t pitch_classes);

/// The key of that pitch class in low..high that lies nearest to `key`, or -1
/// when none does; ties go down.
int cs_nearest_key(int key, int pitch_class, int low, int high);

enum { CS_VOICING_KEYS = 8 };

/// Notes of a chord for a track, low to high.
typedef struct CsVoicing {
  int n;
  int keys[CS_VOICING_KEYS];
} CsVoicing;

bool cs_voicing_has(const CsVoicing *v, int key); // voicing.c

/// How voices are to be led.
typedef struct CsLeading {
  uint64_t seed;           ///< Decides between equals.
  CsKeySpan keys;          ///< Range.
  int n_voices;            ///< 3..6 wanted; fewer where the chord has fewer.
  const CsVoicing *beside; ///< One per chord, not to be rubbed, or NULL.
} CsLeading;

/// A voicing per chord of the cue, led smoothly by the cost function of
/// RULEBOOK 5.1. Independent of energy and of other tracks.
///
/// @param voicings  Receives c->n_chords voicings in the arena.
CS_NODISCARD CsStatus cs_lead_voices(
    CsComposer *c, const CsLeading *how, CsVoicing **voicings);

/// Smallest gap allowed above a lowest key (RULEBOOK 5.1, low-interval limits).
int cs_low_gap(int key);

/// Where pads and chords of a function lie, if their instruments reach it.
CsKeySpan cs_usual_slot(CsFunction function);

/// Keys in which a track keeps its chords: the slot of its role and the cue's
/// function, fitted into the track's range.
CsKeySpan cs_voicing_window(const CsComposer *c, size_t track);

/// A voicing per chord for a track that plays chords. Tracks of one slot take
/// theirs from the same leading and leave out what they cannot reach, so that
/// they double instead of rubbing; a bass instrument gets the bass note alone.
CS_NODISCARD CsStatus cs_track_voicings(
    CsComposer *c, size_t track, int n_voices, CsVoicing **voicings);

/// Keys for the final chord of a track: root in two octaves, fifth, the third
/// once and no seventh (jazz and lo-fi keep theirs), near `centre`.
CsVoicing cs_final_voicing(const CsComposer *c, size_t track, int centre);

/// Velocity of the last chord before dynamics: a landing or a dissolve.
int cs_final_velocity(const CsComposer *c);

/// Add the final chord of the track at the final downbeat.
///
/// @param spread_ms  Between neighbouring keys, low to high.
CS_NODISCARD CsStatus cs_add_final(
    CsComposer *c, size_t track, const CsVoicing *keys, double spread_ms);

/// Pattern of a track for a bar: chosen by the section's energy among the
/// track's patterns, one per section, in the plan's meter. NULL when the track
/// has none.
const CsPattern *cs_pattern_at(const CsComposer *c, size_t track, int bar);

/// The same for a role among patterns that lie low to high between two
/// energies. Of alternatives the first.
const CsPattern *cs_pattern_among(const CsComposer *c, CsRole role,
    const CsStrings *patterns, double enter, double leave, int bar);

/// The energy that decides how busy the patterns are: the energy itself, but in
/// a bed one value for all that a bed does unasked (RULEBOOK T42).
double cs_groove_energy(const CsComposer *c, double energy);

/// Sixteenths in a bar of the plan's meter, and ticks of one.
int cs_steps_in_bar(const CsComposer *c, int bar);
int64_t cs_step_ticks(const CsComposer *c);

/// Velocity of a stroke: its own weight (80 is neutral) around the cue's
/// dynamics centre, moved by the section's energy, the metric accent and a
/// small deviation of the track's own, kept in the range of the cue's function
/// (RULEBOOK 1.3, 2.1, 7.3).
int cs_velocity(
    const CsComposer *c, size_t track, int64_t tick, int key, int stroke);

/// Does the track play in a bar? As cs_track_plays(); besides, whoever plays in
/// the last bar before the final downbeat (and has no spans) plays that too.
bool cs_plays(const CsComposer *c, size_t track, int bar);

/// Most onsets a second that one track may bring, by the cue's function and
/// density, and the smallest grid in ticks that keeps to it in that bar: 1/16,
/// 1/8, beat, half bar or bar.
double cs_max_onset_rate(const CsComposer *c);
int64_t cs_finest_grid(const CsComposer *c, int bar, double max_rate);

/// Is nothing to be heard at that tick?
bool cs_in_silence(const CsComposer *c, int64_t tick);

/// Where a note from `start` to `end` must end: at the first asked silence
/// after its start, or at the file's end.
int64_t cs_sounding_end(const CsComposer *c, int64_t start, int64_t end);

/// Add a note of the track. It ends at the file's end at the latest; on an
/// instrument with a pedal also where a chord begins that it is foreign to. A
/// note that begins inside an asked silence is left out, one that begins before
/// it is cut at its start; neither is taken up again when the silence is over.
/// A pitched note outside the track's range is a broken promise of the writer
/// (assert).
CS_NODISCARD CsStatus cs_add(CsComposer *c, size_t track, CsNote note);

/// Is it the bar of the final downbeat (CS_SECTION_END)?
bool cs_is_end_bar(const CsComposer *c, int bar);

#endif
