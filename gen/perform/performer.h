/// What the files of this room share: the plan in time, and the few numbers
/// that a style gives to playing.
#ifndef CS_GEN_PERFORM_PERFORMER_H
#define CS_GEN_PERFORM_PERFORMER_H

#include "gen/base/rng.h"
#include "gen/perform/performance.h"

/// Random values of the drift, kept where tracks and chords ask for the same.
typedef struct CsDriftValue {
  int64_t place;
  bool is_known;
  double value;
} CsDriftValue;

enum { CS_DRIFT_VALUES = 4096 }; ///< Of all octaves; later ones take places.

typedef struct CsPerformer {
  CsArena *arena;
  const CsPlan *plan;
  const CsTimeline *timeline;
  CsChordSpan *chords;
  size_t n_chords;
  int rate;
  int64_t n_frames;
  int64_t n_preroll_frames;
  int64_t first_tick;  ///< Of the first note of all; it comes on time.
  double swing;        ///< 0.5 straight.
  int64_t swing_ticks; ///< Length of the notes that swing.
  double humanise;
  CsDriftValue *drift; ///< CS_DRIFT_VALUES.
} CsPerformer;

/// A track at work.
typedef struct CsPlayer {
  size_t index;
  const CsTrack *track;
  const CsPart *part;
  const CsInstrument *instrument; ///< NULL where presets do not know it.
  bool is_kit;
  bool is_held;      ///< Lasts as long as the note.
  double middle_key; ///< Of the track's range: no edit elsewhere moves it.
  CsRngPurpose timing, velocity, spread; ///< What is drawn for each note.
} CsPlayer;

/// One note's place among those that its track strikes together.
typedef struct CsStrike {
  int n;          ///< How many.
  int index;      ///< Counted from the lowest key.
  bool is_spread; ///< The score spreads them already.
} CsStrike;

/// A phrase of a tune, in ticks.
typedef struct CsPhraseSpan {
  int64_t start_tick, end_tick;
} CsPhraseSpan;

// ---- timing.c ---------------------------------------------------------------

/// Where a tick falls when the style swings.
int64_t cs_swung_tick(const CsPerformer *p, int64_t tick);

/// What the hands do to an onset: shared drift and private part, in ms.
double cs_timing_deviation_ms(
    const CsPerformer *p, const CsPlayer *player, int64_t tick);

/// Seconds from the file's start.
double cs_onset_s(const CsPerformer *p, const CsPlayer *player,
    const CsNote *note, CsStrike strike);
double cs_release_s(
    const CsPerformer *p, const CsPlayer *player, const CsNote *note);

// ---- dynamics.c -------------------------------------------------------------

/// How hard a note is struck, 1..127.
uint8_t cs_played_velocity(const CsPerformer *p, const CsPlayer *player,
    const CsNote *note, CsPhraseSpan phrase);

/// The phrase that begins with note `first`. @param end Receives the index
/// after its last note.
CsPhraseSpan cs_phrase_at(
    const CsPerformer *p, const CsPlayer *player, size_t first, size_t *end);

// ---- curve.c ----------------------------------------------------------------

/// A part of a track's gain. Frames rise strictly.
typedef struct CsCurve {
  CsGainPoint *points;
  size_t n;
  size_t capacity;
} CsCurve;

/// Go on to a gain; a frame not after the last one moves that one's gain.
CS_NODISCARD CsStatus cs_curve_add(
    const CsPerformer *p, CsCurve *curve, double frame, double gain_db);

/// Gain at a frame, 0 of an empty curve; `cursor` begins at 0 and frames may
/// not fall.
double cs_curve_at(const CsCurve *curve, size_t *cursor, int64_t frame);

/// Where a bar begins, fractions allowed.
double cs_frame_of_bar(const CsPerformer *p, double bar);

// ---- swells.c ---------------------------------------------------------------

/// Does the track breathe with the harmony: a pad, or held strings or voices?
bool cs_swells(const CsPlayer *player);

/// A swell over every chord, for those who do. @param share Of its full depth.
CS_NODISCARD CsStatus cs_write_swells(
    const CsPerformer *p, const CsPlayer *player, double share, CsCurve *curve);

// ---- evenness.c -------------------------------------------------------------

/// What a track's level leaves out, in dB: n notes struck together are louder
/// by 10 log10 n, and the master's tone lifts a bass. Most of that is taken
/// back (RULEBOOK 8.4). By the role's usual number of voices, not by counting:
/// so an edit of one section leaves the level of the others.
double cs_channel_gain_db(const CsPerformer *p, const CsTrack *track);

/// Energy of the notes by bar; NULL where nothing is evened.
CS_NODISCARD CsStatus cs_weigh_bars(const CsPerformer *p, const CsScore *score,
    const CsPlayer *players, double **bar_energies);

/// The gain that takes part of it back. @param glide_s In which it changes.
CS_NODISCARD CsStatus cs_write_evenness(const CsPerformer *p,
    const double *bar_energies, double glide_s, CsCurve *curve);

// ---- ride.c -----------------------------------------------------------------

/// What the notes of a score are heard with.
typedef struct CsHeardWith {
  const CsCurve *levels, *evenness;
  const double *bar_energies; ///< Of the notes, see cs_weigh_bars().
} CsHeardWith;

/// Find what the hand on the fader adds in each bar, so that energy is heard as
/// it was planned.
///
/// @param bar_db  Holds plan->n_bars zeroes; receives the gains.
CS_NODISCARD CsStatus cs_find_ride(const CsPerformer *p, const CsScore *score,
    const CsHeardWith *with, double *bar_db);

/// The gains of the bars as a curve for all tracks.
CS_NODISCARD CsStatus cs_write_ride(
    const CsPerformer *p, const double *bar_db, CsCurve *curve);

// ---- gains.c ----------------------------------------------------------------

/// How far an energy lies outside those that the function keeps to of itself; 0
/// within them.
double cs_unusual_energy(const CsPerformer *p, double energy);

/// Section levels, builds, swells, ring-out and silences of every track.
///
/// @param players  One per track.
CS_NODISCARD CsStatus cs_write_gains(const CsPerformer *p, const CsScore *score,
    const CsPlayer *players, CsPlayedTrack *tracks);

// ---- notes.c ----------------------------------------------------------------

/// Notes in frames that grow.
typedef struct CsPlayedNotes {
  CsPlayedNote *items;
  size_t n;
  size_t capacity;
} CsPlayedNotes;

/// The nearest frame on the grid.
int64_t cs_grid_frame(double frame);

/// Lengths of notes come in classes on the grid, so that notes that are nearly
/// alike are alike and need to be rendered once only: 3 % apart of what sounds
/// as long as it is held, 12 % and at most 120 ms of what was struck or
/// plucked.
///
/// @param n_frames  Over 0.
/// @return The nearest class.
int64_t cs_length_class(
    const CsPerformer *p, const CsPlayer *player, double n_frames);

CS_NODISCARD CsStatus cs_add_played_note(
    CsArena *arena, CsPlayedNotes *notes, CsPlayedNote note);

/// Keep notes out of the plan's silences and let them end before the file does.
void cs_clip_notes(const CsPerformer *p, CsPlayedNotes *notes);

/// Add what sounds before frame 0 of a loop: the notes of its own end.
CS_NODISCARD CsStatus cs_wrap_notes(CsPerformer *p, CsPlayedNotes *notes);

/// Shorten notes that are struck again on the same key of the same track, and
/// put all in order.
///
/// @param players  One for each track.
CS_NODISCARD CsStatus cs_part_notes(
    const CsPerformer *p, const CsPlayer *players, CsPlayedNotes *notes);

#endif
