/// What the files that read a course share. Private to them.
#ifndef CS_GEN_JOBS_COURSE_READING_H
#define CS_GEN_JOBS_COURSE_READING_H

#include "gen/jobs/course_file.h"
#include "gen/jobs/variables.h"

// ---- As it is written, course_schema.c --------------------------------------

typedef struct CsRawDefaults {
  const char *note, *brief, *style, *key, *output;
  double tempo_bpm;
  const CsJson *options;
} CsRawDefaults;

typedef struct CsRawCourse {
  const char *note, *title;
  double theme_seed;
  const CsJson *defaults, *variables, *parts, *modules;
} CsRawCourse;

typedef struct CsRawModule {
  const char *note, *name, *brief;
  int key;
  const CsJson *variables, *parts;
} CsRawModule;

typedef struct CsRawPart {
  const char *note, *name, *brief, *under, *output;
  int kind;
  int n_bars;
  double before_s, after_s;
  const CsJson *length, *options;
} CsRawPart;

/// Read an object field by field; what is left out stays as it was.
CS_NODISCARD CsStatus cs_raw_defaults_read(
    CsArena *arena, const CsJson *node, CsRawDefaults *raw);
CS_NODISCARD CsStatus cs_raw_course_read(
    CsArena *arena, const CsJson *node, CsRawCourse *raw);
CS_NODISCARD CsStatus cs_raw_module_read(
    CsArena *arena, const CsJson *node, CsRawModule *raw);
CS_NODISCARD CsStatus cs_raw_part_read(
    CsArena *arena, const CsJson *node, CsRawPart *raw);

// ---- While it is read -------------------------------------------------------

typedef struct CsCourseReader {
  CsArena *arena;
  const char *folder;
  const CsJson *root;
  CsRawCourse raw;
  CsRawDefaults defaults;
  CsScope course; ///< Its variables.
  CsCourseFile *out;
  size_t problems_capacity;
} CsCourseReader;

/// A module being read.
typedef struct CsModuleReader {
  CsCourseModule *module;
  const CsJson *node;
  CsRawModule raw;
  CsScope course, own; ///< The course's variables, then the module's over them.
} CsModuleReader;

/// Take the failure of a call as a problem; the reading goes on.
///
/// @param out  Receives the sentence; may be NULL.
CS_NODISCARD CsStatus cs_course_keep_problem(
    CsCourseReader *r, const char *module, CsStatus status, const char **out);

/// Put the place before a failure that does not know it.
CS_NODISCARD CsStatus cs_course_with_place(
    CsArena *arena, const CsJson *node, CsStatus status);

/// The place of a member, or of the object where it is left out.
const CsJson *cs_course_place(const CsJson *object, const char *key);

/// The object of the defaults, or the course where it has none.
const CsJson *cs_course_defaults(const CsCourseReader *r);

/// Put words together with a comma. @param node  For messages.
CS_NODISCARD CsStatus cs_course_join(CsCourseReader *r, const CsJson *node,
    const char *a, const char *b, const char **out);

/// The text of a member with its variables put in; NULL for NULL.
CS_NODISCARD CsStatus cs_course_expand(CsCourseReader *r, const CsScope *scope,
    const CsJson *object, const char *key, const char *text, const char **out);

/// Read a part of a module into the next of its places. What is wrong with it
/// becomes its problem. course_part.c
CS_NODISCARD CsStatus cs_course_read_part(
    CsCourseReader *r, const CsModuleReader *at, const CsJson *node);

#endif
