/// The theme's material: a motif of one bar and the bars that are made of it,
/// drawn from the theme seed alone, so that every cue of a family shares it.
///
/// Pitches are scale steps from note to note; where they end up is decided
/// against the harmony (theme.c).
#ifndef CS_GEN_COMPOSE_MOTIF_H
#define CS_GEN_COMPOSE_MOTIF_H

#include "gen/base/rng.h"
#include "gen/music/vocabulary.h"

enum { CS_FIGURE_NOTES = 12 };

/// What a bar of melody is made of (RULEBOOK 6.2, 6.3).
typedef enum CsFigureKind {
  CS_FIGURE_REST,
  CS_FIGURE_MOTIF,
  CS_FIGURE_ANSWER,     ///< Second half of the idea; ends long, then breathes.
  CS_FIGURE_CONTRAST,   ///< The other thought of a period.
  CS_FIGURE_FRAGMENT,   ///< The motif's tail, twice.
  CS_FIGURE_HALF,       ///< Open end on 2, 5 or 7.
  CS_FIGURE_CADENCE,    ///< Closed end on 1 or 3.
  CS_FIGURE_LEAD,       ///< Walks into the final downbeat.
  CS_FIGURE_BROAD,      ///< First half of the motif, twice as slow.
  CS_FIGURE_BROAD_TAIL, ///< Second half of it.
  CS_N_FIGURES
} CsFigureKind;

typedef struct CsFigureNote {
  int step; ///< Sixteenths from the bar line; negative = pick-up.
  int n_steps;
  int interval; ///< Scale steps from the note before.
} CsFigureNote;

typedef struct CsFigure {
  int n;
  CsFigureNote notes[CS_FIGURE_NOTES];
} CsFigure;

/// How eight bars are built.
typedef enum CsThemeForm {
  CS_FORM_SENTENCE, ///< Idea, idea, fragments, cadence.
  CS_FORM_PERIOD,   ///< Question and answer.
  CS_FORM_LOOP,     ///< a a' a b in four bars.
  CS_N_FORMS
} CsThemeForm;

/// How a phrase of four bars goes (RULEBOOK 6.1).
typedef enum CsContour {
  CS_CONTOUR_ARCH,
  CS_CONTOUR_DOWN,
  CS_CONTOUR_UP,
  CS_CONTOUR_BOWL,
  CS_N_CONTOURS
} CsContour;

typedef struct CsMotif {
  CsThemeForm form;
  CsContour contour;          ///< Of A's phrases.
  CsContour contrast_contour; ///< Of B's.
  CsFigure figures[CS_N_FIGURES];
  int n_pickup; ///< Notes before the bar line at a phrase's start, 0..2.
  CsFigureNote pickup[2];
  int start_offset; ///< Semitones around the centre on which phrases start.
  int final_degree; ///< 0, 2 or 4: scale degree of the last note of all.
} CsMotif;

/// Draw the material. The same seed and meter give the same motif.
void cs_motif_make(uint64_t theme_seed, CsMeter meter, CsMotif *motif);

#endif
