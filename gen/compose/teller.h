/// How a tune is told, between the files that tell it: what every bar is made
/// of (tune_form.c), its notes on their way to keys (phrase.c), bars that are
/// said again (recall.c) and the whole in balance (theme.c).
#ifndef CS_GEN_COMPOSE_TELLER_H
#define CS_GEN_COMPOSE_TELLER_H

#include "gen/compose/line.h"
#include "gen/compose/theme.h"

enum { CS_TUNE_PHRASE_BARS = 4, CS_TUNE_MODELS = 96 };

/// One bar of the form.
typedef struct CsTuneUnit {
  CsFigureKind kind;
  bool is_inverted;
  bool is_ornamented;
  int level;       ///< Semitones above the tune's centre.
  bool is_summit;  ///< May have the highest notes of all.
  bool turns_down; ///< Fragments go on a step lower instead of higher.
} CsTuneUnit;

/// How a bar came out the first time, to be said again over the same harmony.
typedef struct CsTuneModel {
  CsTuneUnit unit;
  CsKey key;          ///< That it was said in.
  uint16_t chords[2]; ///< Pitch classes in each half, above its tonic.
  int n;
  int keys[CS_FIGURE_NOTES];
} CsTuneModel;

typedef struct CsTeller {
  CsComposer *c;
  CsMotif motif;
  CsTheme *theme;
  size_t capacity;
  int centre;
  double step_bias;
  int steepness;   ///< Of the phrases' contours: 1, or 0 or 2 for balance.
  bool fills_gaps; ///< Ornaments wherever the motif has room for one.
  CsTuneModel models[CS_TUNE_MODELS];
  size_t n_models;
} CsTeller;

/// The notes of a phrase on their way to keys.
typedef struct CsTunePhrase {
  CsLine line;
  CsThemeNote notes[CS_LINE_NOTES];
  bool is_ornament[CS_LINE_NOTES];
  CsTuneUnit units[CS_TUNE_PHRASE_BARS];
  int first_bar, n_bars;
  int bar_first[CS_TUNE_PHRASE_BARS]; ///< Index of each bar's first own note.
  int bar_n[CS_TUNE_PHRASE_BARS];
} CsTunePhrase;

/// The section of a bar without the pick-up that stands before its phrases.
CsSection cs_told_section(const CsTeller *t, int bar);

/// What a bar of the plan is made of.
CsTuneUnit cs_tune_unit(const CsTeller *t, int bar);

/// Does the bar walk into the final downbeat?
bool cs_leads_to_end(const CsComposer *c, int bar);

/// Lay out the notes of up to four bars of one section, without keys: pick-up,
/// figures, ornaments, and the last note of all where they lead to it.
///
/// @param previous  The key before it.
void cs_phrase_lay_out(
    CsTeller *t, int first_bar, int n_bars, int previous, CsTunePhrase *p);

/// Wish that bars which were said before over harmony that bears them come
/// again with the same keys.
void cs_recall_models(CsTeller *t, CsTunePhrase *p);

/// Remember how the bars of a phrase came out.
void cs_keep_models(CsTeller *t, const CsTunePhrase *p);

#endif
