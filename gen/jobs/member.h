/// One member of a family beside its kin: its figures, and what is wrong.
#ifndef CS_GEN_JOBS_MEMBER_H
#define CS_GEN_JOBS_MEMBER_H

#include "gen/engine.h"
#include "gen/jobs/cuts.h"
#include "gen/jobs/kin.h"

/// What a member may have in common with another, literally.
#define CS_MOST_LITERAL 0.40

/// How near a member is of kin, and how it ends.
typedef struct CsMemberFigures {
  double literal_share;     ///< Of its bars or the other's: the largest.
  const char *literal_with; ///< Name of that other; NULL for none.
  CsStatement theme;
  double tempo_bpm;
  double tempo_step; ///< Against the full one, as a share.
  double palette_share;
  bool is_same_key;
  double ring_s;       ///< From the last downbeat to the end; 0 = none.
  const char *cadence; ///< The chord that leads home and the last: "V I".
  bool has_lead;       ///< There is such a chord.
  bool is_closed;      ///< The last chord is the tonic (T18).
  size_t n_missed;     ///< Hard properties of the notes.
  const char *missed;  ///< The first: "T27a (steps of the tune)"; or NULL.
} CsMemberFigures;

typedef struct CsMember {
  CsCut cut;
  const char *file; ///< Inside the folder.
  const char *path;
  CsJob *job;     ///< Composed; NULL in an alternate.
  CsEvidence e;   ///< Of the job.
  int n_draws;    ///< Tried until it was as it must be.
  double density; ///< Against the full one's.
  int harmony;    ///< Which draw of the progressions.
  CsMemberFigures figures;
  const char *wrong;  ///< What is not as it must be; "" for nothing.
  size_t n_wrong;     ///< How many such things.
  const char *sha256; ///< Of its samples; NULL until it is written.
} CsMember;

/// Measure a member beside those that stand: the full one comes first among
/// them. Fills figures, wrong and n_wrong.
///
/// @param kin  Alternates among them are not looked at; NULL jobs neither.
CS_NODISCARD CsStatus cs_member_measure(
    CsArena *arena, CsMember *member, const CsMember *kin, size_t n_kin);

#endif
