/// A pattern in time: the strokes that a track's pattern gives in one bar, once
/// meter, function, build and phrase have had their say. Chordal parts and the
/// bass turn them into notes.
#ifndef CS_GEN_COMPOSE_STROKES_H
#define CS_GEN_COMPOSE_STROKES_H

#include "gen/compose/composer.h"

enum { CS_MAX_BAR_STROKES = 64 };

typedef struct CsBarStroke {
  int64_t tick;
  int64_t n_ticks; ///< Sounding length, the gate included.
  int velocity;
  unsigned tones;
  int degree;
  double spread_ms;
  double share; ///< Of the way to the next stroke; for who moves strokes.
} CsBarStroke;

typedef struct CsBarStrokes {
  CsBarStroke strokes[CS_MAX_BAR_STROKES];
  int n;
} CsBarStrokes;

/// How far into a build a bar is, 0..1 at its start; -1 outside builds. One
/// that leads on a tune that grows has come part of the way when it begins.
double cs_build_progress(const CsComposer *c, int bar);

/// Is the bar of a climax that a build leads to?
bool cs_is_climax_of_build(const CsComposer *c, int bar);

/// Does what has been built arrive in that bar: one of the last two of a build,
/// or of the climax with which a cue that builds to its end closes?
bool cs_is_summit(const CsComposer *c, int bar);

/// Is it a theme of so few players that little comes in when it grows? What
/// grows then is how they play.
bool cs_is_small_band(const CsComposer *c);

/// Do all go on in a climax with the pulse of the build that leads to it? They
/// do where few or soft ones play, so that little else comes in.
bool cs_all_keep_pulse(const CsComposer *c, int bar);

/// Place of a bar in its phrase of four, 0..3, counted from the section's
/// start; the last bar of a section is always 3.
int cs_phrase_bar(const CsComposer *c, int bar);

/// Does the bar hold the same one chord as the bar before it?
bool cs_repeats_chord(const CsComposer *c, int bar);

/// Onset grid of a build in a bar: beats, then eighths from half of it, then
/// sixteenths from three quarters, never finer than `finest` ticks; where that
/// allows no growth, the first half goes on a wider grid.
int64_t cs_build_grid(const CsComposer *c, int bar, int64_t finest);

/// The pattern in a bar: laid from the bar line (or on and on when it drifts),
/// cut at the bar's end, thinned to a grid that the cue's function allows.
CsBarStrokes cs_pattern_strokes(
    const CsComposer *c, const CsPattern *pattern, int bar);

/// Put strokes in order of time.
void cs_sort_strokes(CsBarStrokes *out);

/// Strokes on every step of a grid, in the order of the pattern's tones.
CsBarStrokes cs_pulse_strokes(
    const CsComposer *c, const CsPattern *pattern, int bar, int64_t grid);

/// Cut strokes in two where a chord begins inside them, so that no harmony
/// passes unheard; `degree` is that of the second part.
void cs_split_at_chords(const CsComposer *c, CsBarStrokes *strokes, int degree);

#endif
