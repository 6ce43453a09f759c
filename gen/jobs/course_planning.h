/// What the files that plan a course share. Private to them.
#ifndef CS_GEN_JOBS_COURSE_PLANNING_H
#define CS_GEN_JOBS_COURSE_PLANNING_H

#include "gen/jobs/course.h"

typedef struct CsCoursePlanner {
  CsArena *arena;
  const CsEngine *engine;
  const CsCourseFile *file;
  CsCourseGoesOn *goes_on;
  void *user;
  CsCoursePlan *plan;
  size_t problems_capacity;
  int n_draws; ///< Tried in all.
  double
      *weights; ///< Of what is off between modules a and b: [a * n_units + b].
} CsCoursePlanner;

/// Set an option of a piece; it stands over an earlier one of that name.
/// course_piece.c
void cs_course_put(CsCoursePiece *piece, const char *name, const char *value);
void cs_course_take_out(CsCoursePiece *piece, const char *name);

CS_NODISCARD CsStatus cs_course_set(
    CsJob *job, const CsGivenOption *options, size_t n);

/// Give a piece all options but its draws.
CS_NODISCARD CsStatus cs_course_lay_piece(
    CsCoursePlanner *p, const CsCourseUnit *unit, CsCoursePiece *piece);

/// Decide style, key, meter and tempo of the course. What is wrong with its
/// words is told as wrong with its defaults. course_home.c
///
/// @param natural_bpm  Receives the tempo that the words alone would take.
CS_NODISCARD CsStatus cs_course_find_home(
    CsCoursePlanner *p, double *natural_bpm);

/// The tempo that a module's words lean to, near to that of the course.
CS_NODISCARD CsStatus cs_course_choose_tempo(
    CsCoursePlanner *p, double natural_bpm, CsCourseUnit *unit);

CS_NODISCARD CsStatus cs_course_seed_text(
    CsCoursePlanner *p, const char **text);

/// Keep what is wrong with a piece, or with all pieces of a module.
/// course_draw.c
CS_NODISCARD CsStatus cs_course_add_problem(CsCoursePlanner *p,
    const CsJson *node, const char *why, const char *module,
    const char **problem);

/// The notes of a piece as module number `index` tells them at first.
CS_NODISCARD CsStatus cs_course_begin_piece(
    CsCoursePlanner *p, CsCourseUnit *unit, size_t index, CsCoursePiece *piece);

/// Compose a piece anew with other draws. What is wrong with it is kept; its
/// job is NULL then.
CS_NODISCARD CsStatus cs_course_draw(CsCoursePlanner *p,
    const CsCourseUnit *unit, CsCoursePiece *piece, const CsRerolls *rerolls);

/// Find draws for the parts of a module with which it is neither a stranger to
/// any other module that has notes, nor the same; else those that come nearest,
/// by the weights. The draws it has stay where they will do. course_search.c
CS_NODISCARD CsStatus cs_course_relate(CsCoursePlanner *p, size_t module);

/// Gather the notes of a module, by which it is compared. course.c
void cs_course_collect_notes(CsCourseUnit *unit);

/// Note what the search hangs on: every piece before its draws, and the ground.
/// course_known.c
CS_NODISCARD CsStatus cs_course_find_asked(
    CsCoursePlanner *p, const CsGround *ground);

/// Were those draws found for the same course on the same ground?
bool cs_course_is_known(const CsCoursePlanner *p, const CsCourseDraws *known);

/// Compose every piece with draws that are known.
CS_NODISCARD CsStatus cs_course_recall(
    CsCoursePlanner *p, const CsCourseDraws *known);

/// Note the draws of the plan, to be known the next time.
CS_NODISCARD CsStatus cs_course_keep_draws(CsCoursePlanner *p);

#endif
