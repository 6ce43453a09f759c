/// A course decided: which jobs make its parts, and how its modules stand to
/// one another. The same file, presets and engine give the same decisions;
/// nothing that was built before plays a part.
#ifndef CS_GEN_JOBS_COURSE_H
#define CS_GEN_JOBS_COURSE_H

#include "gen/engine.h"
#include "gen/jobs/course_file.h"
#include "gen/jobs/relation.h"

/// What a part hangs on, besides what it asks for.
typedef struct CsGround {
  const char *engine;  ///< Version of program and engine.
  const char *presets; ///< Hash of words, presets and catalogue.
  const char *bank;    ///< Hash of the soundfont.
} CsGround;

/// What all modules share.
typedef struct CsCourseHome {
  const char *style; ///< Name.
  CsKey key;
  CsMeter meter;
  double tempo_bpm;
} CsCourseHome;

/// A part as a job: cs_course_job() makes it again.
typedef struct CsCoursePiece {
  const CsCoursePart *part;
  CsGivenOption options[CS_MAX_OPTIONS]; ///< All but output and threads.
  size_t n_options;
  CsRerolls rerolls;   ///< Its draws, the one of the harmony among them.
  CsJob *job;          ///< Composed; NULL where there is a problem.
  CsEvidence notes;    ///< Of that job.
  size_t n_missed;     ///< Hard properties that the notes miss.
  const char *problem; ///< One sentence; NULL where there is none.
} CsCoursePiece;

typedef struct CsCourseUnit {
  const CsCourseModule *module;
  double tempo_bpm;
  CsCoursePiece *pieces;
  size_t n_pieces;
  CsModuleNotes notes;
  const char *problem; ///< Of the whole module; NULL where there is none.
  int n_draws;         ///< Further draws that were tried for its parts.
} CsCourseUnit;

/// Modules `a` and `b`, a < b.
typedef struct CsCoursePair {
  size_t a, b;
  CsRelation relation;
} CsCoursePair;

/// The draws of a module that were found.
typedef struct CsUnitDraws {
  int n_further;     ///< How many others were tried.
  CsStrings rerolls; ///< One per piece, as --reroll reads it.
} CsUnitDraws;

/// The draws of a course, to be found again without a search.
typedef struct CsCourseDraws {
  const char *asked; ///< Hash of all that the search hangs on.
  CsUnitDraws *units;
  size_t n_units;
} CsCourseDraws;

typedef struct CsCoursePlan {
  const CsCourseFile *file;
  CsCourseHome home;
  CsCourseUnit *units; ///< One per module.
  size_t n_units;
  CsCoursePair *pairs; ///< Of modules that have notes.
  size_t n_pairs;
  CsCourseDraws draws;
  CsStrings problems; ///< The file's, and those of pieces.
} CsCoursePlan;

/// Is asked now and then. @return false to stop.
typedef bool CsCourseGoesOn(void *user);

/// Decide a course.
///
/// Every part shares the theme seed, and with it the motif; modules differ by
/// the harmony under it. A part of a module whose tunes are too near to another
/// module's, or too far from it, takes another draw of its harmony.
///
/// @param ground   What presets and engine are; names what draws hang on.
/// @param known    Draws found before: taken where they were found for the same
///                 course on the same ground, which saves the search and
///                 changes nothing. May be NULL.
/// @param goes_on  May be NULL.
/// @return CS_ERR_REQUEST when style, key or options of the whole course are
///         wrong; what is wrong with one part becomes its problem. The plan is
///         to be freed in either case.
CS_NODISCARD CsStatus cs_course_plan(CsArena *arena, const CsEngine *engine,
    const CsCourseFile *file, const CsGround *ground,
    const CsCourseDraws *known, CsCourseGoesOn *goes_on, void *user,
    CsCoursePlan *plan);

/// A fresh job set to what a piece says, its prompt understood.
///
/// @param job  Receives the job, also where setting it fails; the caller frees
///             it.
CS_NODISCARD CsStatus cs_course_job(
    const CsEngine *engine, const CsCoursePiece *piece, CsJob **job);

/// Free the jobs of a plan.
void cs_course_plan_free(CsCoursePlan *plan);

#endif
