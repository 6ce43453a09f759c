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

/// Compose a piece anew with other draws. What is wrong with it is kept; its
/// job is NULL then. course.c
CS_NODISCARD CsStatus cs_course_draw(CsCoursePlanner *p,
    const CsCourseUnit *unit, CsCoursePiece *piece, const CsRerolls *rerolls);

/// Find draws for the parts of a module with which it is neither a stranger to
/// any other module that has notes, nor the same; else those that come nearest,
/// by the weights. The draws it has stay where they will do. course_search.c
CS_NODISCARD CsStatus cs_course_relate(CsCoursePlanner *p, size_t module);

#endif
