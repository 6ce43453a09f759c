/// Rows of bars from which the sections of a plan are cut: how the form and the
/// events that were asked for share their work.
#ifndef CS_GEN_PLAN_FORM_H
#define CS_GEN_PLAN_FORM_H

#include "gen/plan/planning.h"

/// What a bar is before sections are cut out of the row of bars.
typedef struct CsFormBar {
  CsSectionKind kind;
  bool is_border;  ///< A section begins here.
  bool is_asked;   ///< Because something was asked for there.
  double from, to; ///< Energy at its start and end.
} CsFormBar;

typedef struct CsForm {
  CsDraft *d;
  CsFormBar *bars;
  int n; ///< Bars without pick-up and END bar.
  int n_written;
} CsForm;

/// Write bars of one section, as many as there is room for.
void cs_form_put(
    CsForm *f, CsSectionKind kind, int n_bars, double from, double to);

/// Lay a theme of its own course in the form that was asked for, else in one of
/// those that the style takes and the length bears, drawn from the seed. A form
/// that has no room gives way with a warning.
CS_NODISCARD CsStatus cs_lay_tune(CsForm *f); // tune_forms.c

/// The same without a build and climax of its own, for asked events to shape.
CS_NODISCARD CsStatus cs_lay_plain_tune(CsForm *f); // tune_forms.c

/// Do asked events shape the course, so that the template must not?
bool cs_is_shaped(const CsDraft *d);

/// The bar of the row, 0..n, to which a change asked for at a moment is drawn:
/// the phrase boundary nearest to it, or, when that is more than `tolerance`
/// bars off, the nearest bar.
int cs_border_near(const CsForm *f, double seconds, double tolerance);

/// Find the bars at which the key is to change, and let sections begin there.
CS_NODISCARD CsStatus cs_cut_at_key_changes(CsForm *f); // key_changes.c

/// What is left over of a section, less than a phrase from its border on, goes
/// with the section before it. Nothing happens to what is no leftover.
void cs_join_leftover(CsForm *f, int from, int to);

/// Work the builds, falls, rises, peaks and drops that were asked for into a
/// row of bars, in the order of their times.
CS_NODISCARD CsStatus cs_shape_form(CsForm *f); // course.c

#endif
