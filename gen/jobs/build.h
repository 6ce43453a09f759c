/// A course built: what is due is made, what is up to date is kept.
#ifndef CS_GEN_JOBS_BUILD_H
#define CS_GEN_JOBS_BUILD_H

#include "gen/jobs/course.h"
#include "gen/jobs/rebuild.h"

#define CS_REPORT_NAME "report.json"

typedef enum CsPartFate {
  CS_PART_DUE,    ///< To be built; left so by a dry run or a stop.
  CS_PART_BUILT,  ///< Made now.
  CS_PART_KEPT,   ///< Stood there, up to date.
  CS_PART_FAILED, ///< Its problem says why.
  CS_N_PART_FATES
} CsPartFate;

extern const char *const cs_part_fate_names[CS_N_PART_FATES];

/// A part and what became of it.
typedef struct CsPartRow {
  const CsCourseUnit *unit;
  CsCoursePiece *piece;
  const char *request;
  CsPartFate fate;
  const char *why;      ///< Why it is due, or was; NULL where it is kept.
  const char *problem;  ///< NULL where there is none.
  const CsBuilt *built; ///< The file as it stands; NULL where there is none.
  CsStrings warnings;   ///< "code: message".
} CsPartRow;

/// Is asked and told now and then, on the thread of cs_course_build().
///
/// @return false to stop: what is finished stays.
typedef bool CsBuildProgress(void *user, size_t n_done, size_t n_due);

typedef struct CsBuildWish {
  const char *course;       ///< Its file.
  const char *folder;       ///< Where the outputs go; made where it is missing.
  const char *soundfont;    ///< NULL: the catalogue's.
  const char *cache_folder; ///< See CsJob; or NULL.
  int n_threads;            ///< 0: all cores.
  bool is_dry;              ///< Only decide; nothing is written.
  CsBuildProgress *on_progress; ///< May be NULL.
  void *user;
} CsBuildWish;

typedef struct CsCourseBuild {
  CsCourseFile file;
  CsCoursePlan plan;
  CsGround ground;
  CsBuildState state;
  CsPartRow *rows; ///< In the order of the file.
  size_t n_rows;
  CsStrings problems; ///< All that keeps a part or module from being made.
  size_t n_missed;    ///< Parts that miss a hard property.
  size_t n_off;       ///< Pairs of modules that are not related as asked.
} CsCourseBuild;

/// Build a course.
///
/// Each finished part is noted in the folder at once, so that a build that was
/// stopped goes on where it was. At the end the report is written beside them.
///
/// @param build  Filled as far as it came.
/// @return CS_OK also where parts failed. CS_ERR_REQUEST: the course or the
///         folder cannot be used at all; CS_ERR_CANCELLED.
CS_NODISCARD CsStatus cs_course_build(CsArena *arena, const CsEngine *engine,
    const CsBuildWish *wish, CsCourseBuild *build);

size_t cs_build_count(const CsCourseBuild *build, CsPartFate fate);

/// The report as JSON, and as a table for people.
CS_NODISCARD CsStatus cs_build_report_json(
    CsArena *arena, const CsCourseBuild *build, const char **json);
CS_NODISCARD CsStatus cs_build_report_table(
    CsArena *arena, const CsCourseBuild *build, const char **text);

#endif
