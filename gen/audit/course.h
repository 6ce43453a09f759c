/// How much happens bar by bar: the notes' level and density over time, and
/// where the request lets them change.
#ifndef CS_GEN_AUDIT_COURSE_H
#define CS_GEN_AUDIT_COURSE_H

#include "gen/audit/facts.h"

/// One entry per bar of the plan.
struct CsCourse {
  int n_bars;
  double *power;  ///< Power times seconds; see cs_course_level_db().
  double *events; ///< Onsets per track, summed.
  double *onsets; ///< Distinct onsets of all tracks together.
  bool *is_asked; ///< A change was asked for that goes on there.
  /// How many changes were asked for up to there: bars of the same number are
  /// meant to be of one kind.
  int *n_changes;
};

/// Fold the cue into bars, in one pass over its notes. Properties find it in
/// their evidence.
CS_NODISCARD CsStatus cs_course_make(
    CsArena *arena, const CsEvidence *e, const CsCourse **course);

/// A played note as it is heard: from when to when, and its power by velocity,
/// level and gain curve, the instruments being as loud as one another.
typedef struct CsSound {
  double on_s, off_s;
  double power;
} CsSound;

CsSound cs_sound_of(const CsEvidence *e, const CsPlayedNote *note);

/// Share a sound out among the bars that it sounds in: power times seconds.
///
/// @param bar    The one in which the sound before began, 0 at first; moves on.
/// @param power  One entry per bar of the plan.
void cs_share_sound(
    const CsEvidence *e, const CsSound *sound, int *bar, double *power);

/// Level of a run of bars as the notes have it, in dB of nothing in particular:
/// velocities by the squared law, track levels and gain curves, weighted by
/// sounding time.
double cs_course_level_db(
    const CsEvidence *e, const CsCourse *course, int from_bar, int to_bar);

/// How much happens in a bar: octaves of event density plus level in steps of
/// 6 dB (RULEBOOK 9, measured energy).
double cs_course_energy(const CsEvidence *e, const CsCourse *course, int bar);

/// A sum over bars, a second.
double cs_course_rate(
    const CsEvidence *e, const double *per_bar, int from_bar, int to_bar);

/// A run of bars, the end not included.
typedef struct CsStretch {
  int from, to;
} CsStretch;

/// The bars that an asked build covers: from where the plan begins it to where
/// it was asked to end, the climax that it leads to included.
///
/// @param event  A build of the brief.
CsStretch cs_build_bars(const CsEvidence *e, const CsArcEvent *event);

#endif
