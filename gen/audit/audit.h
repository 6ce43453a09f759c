/// What was asked against what was made. Each property is measured on the notes
/// or on the audio, never read from what the plan says of itself; the plan and
/// the brief serve only as the request: what was wanted, and where.
///
/// The rows are RULEBOOK section 9 (T01 to T60) and the requested facts of the
/// Brief (R01 on). gen/audit/README.md lists them with their thresholds.
#ifndef CS_GEN_AUDIT_AUDIT_H
#define CS_GEN_AUDIT_AUDIT_H

#include "gen/audit/ear.h"
#include "gen/perform/performance.h"

typedef struct CsCourse CsCourse;
typedef struct CsTold CsTold;

/// What a property is measured on. Nothing here is owned.
typedef struct CsEvidence {
  const CsPresets *presets;
  const CsBrief *brief;   ///< NULL when the cue came from an edited plan.
  const CsPlanWish *wish; ///< What the options asked for.
  const CsPlan *plan;
  const CsScore *score;
  const CsPerformance *performance;
  const CsHeard *sound; ///< NULL: only what notes can prove is measured.
  bool is_decoded;      ///< The sound was encoded with loss.
  /// What the master aimed at in the end, as it reports it (CsMeasured): the
  /// asked loudness, or less where limiting ended. With `sound`.
  double target_lufs;
  // What many properties ask for, worked out by cs_evidence_gather():
  const CsChordSpan *chords; ///< Of the plan, in time.
  size_t n_chords;
  const CsInstrument **instruments; ///< One per track; NULL where unknown.
  const CsTold *told;               ///< The tune; gen/audit/motif.h.
  const CsCourse *course;           ///< Bar by bar; gen/audit/course.h.
} CsEvidence;

/// Complete what the caller has filled in up to `sound`: work out the rest, and
/// fit the brief's times to the length of the plan (in a copy). The sound may
/// be set later.
CS_NODISCARD CsStatus cs_evidence_gather(CsArena *arena, CsEvidence *evidence);

/// What was found. The limits are those that hold for this cue; an open side is
/// infinite.
typedef struct CsFinding {
  bool applies;
  bool holds;
  double value; ///< In the property's unit; 1 or 0 where it is true or not.
  double low, high;
  char where[160]; ///< The place that speaks against it, for a person; or "".
} CsFinding;

/// Measure one property. `scratch` is thrown away after the call.
///
/// @param finding  Comes in as "does not apply, holds".
/// @return CS_ERR_MEMORY only; a cue that cannot be measured does not apply.
typedef CsStatus CsPropertyFn(
    CsArena *scratch, const CsEvidence *evidence, CsFinding *finding);

/// A row of the contract.
typedef struct CsProperty {
  const char *id; ///< "T27", "R03"; several rows may share one, as T27a, T27b.
  const char *name; ///< A few words: "melodic leaps".
  const char *text; ///< What is measured and what is wanted, one sentence.
  const char *unit; ///< "share", "dB", "s", "st" (semitones) ...; "" if none.
  bool is_hard;     ///< A miss fails the cue.
  bool wants_sound; ///< Measured only when evidence->sound is there.
  bool is_costly;   ///< Makes the cue again; left out where time is short.
  /// Whose notes to write anew when it misses, as a bit mask of 1 << CsRole; 0
  /// when other notes would not help.
  unsigned mend_roles;
  CsPropertyFn *fn;
} CsProperty;

/// All rows, by id (gen/audit/properties.h).
extern const CsProperty *const cs_properties[];
extern const size_t cs_n_properties;

typedef struct CsAudit {
  CsFinding *findings; ///< One per row of cs_properties.
  size_t n_applied;
  size_t n_missed_hard;
  size_t n_missed_soft;
} CsAudit;

/// Measure every row that applies.
///
/// @param evidence   Gathered.
/// @param is_quick   Leave out the soft rows and the costly ones; they do not
///                   apply then. This is what runs whenever a cue is made.
CS_NODISCARD CsStatus cs_audit_run(
    CsArena *arena, const CsEvidence *evidence, bool is_quick, CsAudit *audit);

/// A finding in which a value has to lie within limits.
CsFinding cs_finding_within(double value, double low, double high);
CsFinding cs_finding_at_most(double value, double high);
CsFinding cs_finding_at_least(double value, double low);
/// A finding that is true or not.
CsFinding cs_finding_true(bool is_true);
/// Take a verdict over, but for its place: the one noted while measuring stays.
void cs_finding_settle(CsFinding *finding, CsFinding verdict);
/// Say where; printf style, cut to what fits.
void cs_finding_where(CsFinding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
