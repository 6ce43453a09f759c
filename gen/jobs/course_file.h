/// A course as its author wrote it: a template of parts, the modules that fill
/// it, and variables. gen/jobs/README.md describes the file for a person.
#ifndef CS_GEN_JOBS_COURSE_FILE_H
#define CS_GEN_JOBS_COURSE_FILE_H

#include "gen/base/json.h"
#include "gen/options.h"

enum { CS_MAX_MODULES = 200, CS_MAX_MODULE_PARTS = 20 };

typedef enum CsPartKind {
  CS_PART_INTRO,      ///< A sting that opens the module.
  CS_PART_BED,        ///< Under narration.
  CS_PART_TRANSITION, ///< A short sting between two chapters.
  CS_PART_QUIZ,       ///< A loop of whole bars.
  CS_PART_OUTRO,      ///< Ends on a cadence.
  CS_N_PART_KINDS
} CsPartKind;

extern const char *const cs_part_kind_names[CS_N_PART_KINDS];

/// One file to be made.
typedef struct CsCoursePart {
  const char *name;
  CsPartKind kind;
  const char *prompt;     ///< The words of course, module and part.
  double duration_s;      ///< 0 where bars are counted.
  int n_bars;             ///< Of a quiz loop; 0 where a length is given.
  const char *output;     ///< Inside the output folder.
  CsGivenOption *options; ///< What the author set of `cuesmith make`.
  size_t n_options;
  const CsJson *node;  ///< Where it stands in the file.
  const char *problem; ///< Why it cannot be made: one sentence with the place;
                       ///< NULL where it can.
} CsCoursePart;

/// Where a module stands to the key of the course.
typedef enum CsModuleKey {
  CS_KEY_BY_TURNS, ///< Home, a fifth above, home ...
  CS_KEY_HOME,
  CS_KEY_FIFTH,
  CS_N_MODULE_KEYS
} CsModuleKey;

typedef struct CsCourseModule {
  const char *name;
  const char *words; ///< Of course and module; NULL: they have a problem.
  bool in_fifth;     ///< A fifth above the key of the course.
  CsCoursePart *parts;
  size_t n_parts;
  const CsJson *node; ///< Where it stands in the file.
} CsCourseModule;

typedef struct CsCourseFile {
  const char *title;
  double theme_seed;
  const CsJson *defaults; ///< Where they stand in the file.
  const char *words;      ///< What decides style, key and tempo of the course.
  const char *style;      ///< Name, or the text of a file; NULL: by the words.
  double tempo_bpm;       ///< 0: by the words.
  const char *key;        ///< NULL: by the words.
  CsCourseModule *modules;
  size_t n_modules;
  CsStrings problems; ///< All that keeps a part from being made, in file order.
} CsCourseFile;

/// Read a course. What is wrong with one part or module becomes a problem; the
/// others are complete. Files that parts name are looked for beside the course.
///
/// @return CS_ERR_REQUEST when nothing of it can be used: no JSON, an unknown
///         key at the top, no module.
CS_NODISCARD CsStatus cs_course_read(
    CsArena *arena, const char *path, CsCourseFile *course);

/// The same from a text. @param folder  Where files lie that parts name.
CS_NODISCARD CsStatus cs_course_read_text(CsArena *arena, const char *name,
    const char *folder, const char *text, size_t n_bytes, CsCourseFile *course);

#endif
