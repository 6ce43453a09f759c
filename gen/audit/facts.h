/// What properties ask of the notes again and again: where things are, what
/// sounds there, how dense it is. Each question costs no more than a look-up or
/// one pass over the notes that it is about; ask for spans, not for all.
///
/// Parts hold their notes by start, then key. Bars are 0-based.
#ifndef CS_GEN_AUDIT_FACTS_H
#define CS_GEN_AUDIT_FACTS_H

#include "gen/audit/audit.h"

/// Onsets this near count as one (RULEBOOK 9).
#define CS_MELD_S 0.03

/// What begins later than that before the end cannot be heard as a hit.
#define CS_LEAST_HEARD_S 0.3

enum { CS_TICKS_PER_STEP = CS_TICKS_PER_QUARTER / 4 }; ///< A sixteenth.

// ---- What kind of cue -------------------------------------------------------

/// Drums, percussion, effects.
bool cs_is_struck_role(CsRole role);
/// Do the track's keys mean pitches?
bool cs_is_pitched(const CsEvidence *e, size_t track);
/// Does anything but drums play? They have neither chord nor key.
bool cs_has_pitches(const CsEvidence *e);
/// Has it bars to be heard: no ambient, no stinger, 4 s at least?
bool cs_is_metred(const CsEvidence *e);
/// Is it a sting of up to 15 s? A longer cue of that function is a little
/// theme: it has bars, and its last chord is its strongest (RULEBOOK 3.2).
bool cs_is_sting(const CsEvidence *e);
/// Is it long enough to be of its function? Under 4 s every cue is a gesture
/// with a ring (RULEBOOK 9).
bool cs_has_function(const CsEvidence *e, CsFunction function);
/// Does it end with a last chord: a ring or a button?
bool cs_has_cadence(const CsEvidence *e);
/// The last moment at which a hit was asked that can be heard; -1 for none.
double cs_last_hit_s(const CsEvidence *e);
/// Was one asked for later than that?
bool cs_is_hit_asked_after(const CsEvidence *e, double seconds);
/// Did the prompt ask for such an event?
bool cs_has_said(const CsEvidence *e, CsArcKind kind);

// ---- Where ------------------------------------------------------------------

double cs_seconds_at(const CsEvidence *e, int64_t tick);
/// Start of a bar; bar n_bars gives the end.
double cs_bar_s(const CsEvidence *e, int bar);
/// The bar whose line is nearest to a time.
int cs_bar_near(const CsEvidence *e, double seconds);
/// Bars before the last downbeat: all where there is none.
int cs_n_body_bars(const CsEvidence *e);
const CsSection *cs_section_at(const CsEvidence *e, int64_t tick);
/// Quarter notes a minute at a bar.
double cs_bpm_at(const CsEvidence *e, int bar);
/// Ticks of a felt beat.
int64_t cs_beat_ticks(const CsEvidence *e);
/// Does the request keep a span silent, wholly or in part?
bool cs_is_asked_silence(const CsEvidence *e, double from_s, double to_s);
/// Onset of a played note in seconds.
double cs_played_s(const CsEvidence *e, const CsPlayedNote *note);

// ---- Notes ------------------------------------------------------------------

/// The first track of a role that has notes, or n_parts.
size_t cs_track_of_role(const CsEvidence *e, CsRole role);
/// Index of the first note that starts at `tick` or later.
size_t cs_first_from(const CsPart *part, int64_t tick);
/// Does it sound in that span of ticks?
bool cs_sounds_between(const CsNote *note, int64_t from, int64_t to);
/// Distinct onset times in a span: of one track, or of all (`track` < 0), where
/// those of several tracks that meet count once.
size_t cs_count_onsets(
    const CsEvidence *e, int track, double from_s, double to_s);
/// Onsets a second, counted per track and summed (RULEBOOK 9, event density).
double cs_event_density(const CsEvidence *e, int from_bar, int to_bar);

/// A note and whose it is.
typedef struct CsPlacedNote {
  const CsNote *note;
  size_t track;
} CsPlacedNote;

/// Which tracks: one bit per role.
#define CS_ROLE_BIT(role) (1U << (role))
#define CS_ALL_ROLES (CS_ROLE_BIT(CS_N_ROLES) - 1U)

/// All notes of tracks with those roles, by start, then track, then key.
///
/// @param only_pitched  Leave out tracks whose keys mean no pitches.
CS_NODISCARD CsStatus cs_notes_in_time(CsArena *scratch, const CsEvidence *e,
    unsigned roles, bool only_pitched, CsPlacedNote **notes, size_t *n_notes);

/// Notes that sound at a moment which moves on through the cue.
typedef struct CsSweep {
  const CsPlacedNote *notes; ///< All, in time.
  size_t n_notes, next;
  CsPlacedNote *active; ///< Those that sound, by start.
  size_t n_active, capacity;
} CsSweep;

/// Move on to a tick that is no earlier than the last: then `active` holds what
/// has begun by then and lasts beyond it.
CS_NODISCARD CsStatus cs_sweep_to(
    CsArena *scratch, CsSweep *sweep, int64_t tick);

// ---- Harmony ----------------------------------------------------------------

/// The chord that was wanted at a tick, or NULL.
const CsChordSpan *cs_chord_span_at(const CsEvidence *e, int64_t tick);
/// The key that was wanted at a tick.
CsKey cs_key_at(const CsEvidence *e, int64_t tick);
/// Pitch class of a note above the tonic that is wanted where it begins.
int cs_above_tonic(const CsEvidence *e, const CsNote *note);
/// Is a key one of a chord's tones?
bool cs_is_chord_tone(const CsChordSpan *chord, int key);

#endif
