/// The tune of a thematic cue from its plan: a pure function of theme seed,
/// form, chords and the melody track's range. Energy plays no part in it, so
/// whoever answers or doubles the tune can work it out again.
#ifndef CS_GEN_COMPOSE_THEME_H
#define CS_GEN_COMPOSE_THEME_H

#include "gen/compose/composer.h"
#include "gen/compose/motif.h"

/// From how many sixteenths on a note of the tune is a long one.
enum { CS_LONG_STEPS = 6 };

typedef struct CsThemeNote {
  int bar;
  int step; ///< Sixteenth of that bar.
  int n_steps;
  int key;
  int stroke; ///< Weight for cs_velocity(); 80 is neutral.
  CsFigureKind kind;
} CsThemeNote;

typedef struct CsTheme {
  size_t track;       ///< Whose range it is told in.
  CsThemeNote *notes; ///< In order of time, never two at once.
  size_t n_notes;
  CsFigureKind *bars; ///< What every bar of the plan is made of.
  int low, high;      ///< Keys within which it moves.
  double gate;        ///< Sounding part of its shorter notes, 0.6..1.
  double long_gate;   ///< The same of those of CS_LONG_STEPS and more.
} CsTheme;

/// Keys in which a melody of a track should move: what the instrument plays
/// best, around a wanted centre.
///
/// @param centre  Receives the centre, moved where the range asks for it.
void cs_melody_range(
    const CsComposer *c, size_t track, int *centre, int *low, int *high);

/// Centre that valence and arousal ask for (RULEBOOK 1.3), lifted towards where
/// the accompaniment leaves room.
int cs_melody_centre(const CsComposer *c);

/// The tune as a track with that range plays it; worked out once, then kept in
/// the composer.
CS_NODISCARD CsStatus cs_theme(CsComposer *c, size_t track, CsTheme *theme);

/// Semitones by which a change of key has moved the tune in a bar.
int cs_shift_of_bar(const CsComposer *c, int bar);

/// Index of the first note in a bar or after it; n_notes when there is none.
size_t cs_theme_find(const CsTheme *theme, int bar);

/// First track of a role, or n_tracks.
size_t cs_first_track(const CsComposer *c, CsRole role);

#endif
