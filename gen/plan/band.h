/// The band of a cue under construction: what the files that choose tracks
/// share.
#ifndef CS_GEN_PLAN_BAND_H
#define CS_GEN_PLAN_BAND_H

#include "gen/plan/planning.h"

/// A track on its way, and why it is there.
typedef struct CsTrackDraft {
  CsTrack track;
  const CsInstrument *instrument;
  bool is_wanted; ///< The Brief named its instrument.
  /// Excluded: it is not heard, but takes its part in who enters when, so that
  /// the others play what they play beside it.
  bool is_ghost;
  bool is_nudged; ///< Its threshold was moved to make a change.
  bool is_pulse;  ///< The busiest layer of a bed: it plays throughout.
  int importance; ///< Lower ones fall first when there are too many.
} CsTrackDraft;

typedef struct CsBand {
  CsDraft *d;
  CsTrackDraft tracks[CS_MAX_TRACKS * 2];
  size_t n;
} CsBand;

/// Where a role sounds, before the instrument's own range narrows it
/// (RULEBOOK 5.1, register slots), and how it stands in the mix (8.4).
typedef struct CsRoleHabit {
  int range[2];
  double level_db;
  double enter;
  int importance;
  const char *pattern;
} CsRoleHabit;

extern const CsRoleHabit cs_role_habits[CS_N_ROLES];

// ---- Who may play: band.c --------------------------------------------------

bool cs_is_voice(const CsInstrument *instrument);
bool cs_is_harmony(CsRole role);
bool cs_is_struck(CsRole role);
/// Does a list of what must not be heard name that sound? "melody" and "bass"
/// on it name roles as well as sounds.
bool cs_rules_out_instrument(const CsStrings *exclude, const CsInstrument *in);
bool cs_rules_out_role(const CsStrings *exclude, CsRole role);
bool cs_is_instrument_excluded(
    const CsDraft *d, const CsInstrument *instrument);
bool cs_is_role_excluded(const CsDraft *d, CsRole role);

/// A role that the function has of itself, or that was asked for.
bool cs_is_role_usual(const CsDraft *d, CsRole role);
/// Usual and not excluded.
bool cs_may_play(const CsDraft *d, CsRole role);

// ---- Tracks: band.c --------------------------------------------------------

/// @param index  Which one of its role; seeds hang on it.
uint64_t cs_track_seed(const CsDraft *d, CsRole role, uint64_t index);

/// Add a track with its role's habits; NULL when the band is full.
CsTrackDraft *cs_add_track(
    CsBand *band, CsRole role, const CsInstrument *in, uint64_t index);
void cs_remove_track(CsBand *band, size_t at);

void cs_set_instrument(
    CsTrackDraft *draft, const CsInstrument *in, double level_db, int octave);
CS_NODISCARD CsStatus cs_give_usual_pattern(CsBand *band, CsTrackDraft *draft);

/// A ghost whose role may be heard gets an instrument in its place; NULL when
/// there is none.
CsTrackDraft *cs_stand_in(CsBand *band, CsRole role, const CsInstrument *in);

/// Of those that are heard.
bool cs_has_role(const CsBand *band, CsRole role);
bool cs_has_harmony(const CsBand *band);
bool cs_has_any(const CsBand *band);

// ---- What was asked --------------------------------------------------------

/// Every instrument of the Brief gets a track, or a warning says why not.
CS_NODISCARD CsStatus cs_add_wanted(CsBand *band); // wanted.c
/// Nobody else plays; a solo instrument takes all the parts that it can.
CS_NODISCARD CsStatus cs_keep_only_wanted(CsBand *band); // wanted.c
/// A named instrument tells the tune if one can, and none is drowned.
void cs_put_named_in_front(CsBand *band); // prominence.c

/// Does a track answer to a name: of its instrument, its family or its role?
bool cs_track_is(const CsPresets *presets, const CsTrack *track,
    const char *name); // entries.c

/// Who is left after a fall ("drops to just piano") gets chords to play then,
/// or, of those that sing and tell no tune, a line to hold.
CS_NODISCARD CsStatus cs_add_left(CsBand *band); // left.c
/// The others leave for that time: the plan's tracks get spans and waits.
CS_NODISCARD CsStatus cs_leave_alone(const CsDraft *d); // left.c

/// The spans of a track that entries and exits name.
CS_NODISCARD CsStatus cs_span_track(
    const CsDraft *d, CsTrack *track); // entries.c

// ---- When they play: thresholds.c ------------------------------------------

void cs_set_thresholds(CsBand *band);

/// Move thresholds so that the layers change every eight bars where the energy
/// does. The plan's tracks are those of the band, in the same order.
CS_NODISCARD CsStatus cs_keep_changing(CsBand *band);

/// Wherever no harmony would sound, its most faithful track stays in.
void cs_keep_harmony_sounding(CsBand *band, const CsTimeline *t);

/// Take ghosts out of the plan, and layers whose energy the cue never reaches
/// unless they were asked for. Waits stand: those of ghosts were meant, and who
/// never plays has kept nobody waiting.
void cs_drop_unheard(const CsBand *band, const CsTimeline *t);

#endif
