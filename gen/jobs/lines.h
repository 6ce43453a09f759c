/// A list of jobs as a stream of records: a line of JSON Lines, or a record of
/// CSV (RFC 4180), whose quoted fields may hold line breaks. Only a window of
/// the list is in memory, however long it is.
#ifndef CS_GEN_JOBS_LINES_H
#define CS_GEN_JOBS_LINES_H

#include "gen/base/arena.h"

/// The longest record.
enum { CS_MAX_JOB_BYTES = 256 * 1024 };

typedef struct CsLines CsLines;

/// One record that is not blank.
typedef struct CsLine {
  const char *text; ///< Without the line's end; valid until the next call.
  size_t n_bytes;
  uint64_t number;   ///< 1-based line of the list on which it begins.
  const char *fault; ///< NULL, or why it cannot be read; `text` is then "".
} CsLine;

typedef enum CsSupply {
  CS_SUPPLY_LINE,
  CS_SUPPLY_LATER, ///< A pipe has nothing at the moment.
  CS_SUPPLY_END,
} CsSupply;

/// @param path  "-" is standard input.
/// @return CS_ERR_REQUEST when it cannot be opened.
CS_NODISCARD CsStatus cs_lines_open(
    CsArena *arena, const char *path, CsLines **lines);

/// The next record. The first decides what the list is: by the ending of its
/// name (.csv, .jsonl, .ndjson, .json), else by whether it begins with "{".
///
/// @return CS_ERR_WORK when reading fails.
CS_NODISCARD CsStatus cs_lines_next(
    CsArena *arena, CsLines *lines, CsLine *line, CsSupply *supply);

/// Known once there was a record.
bool cs_lines_are_csv(const CsLines *lines);

/// The part of a file that was handed out, 0..1; -1 where its length is not
/// known.
double cs_lines_share(const CsLines *lines);

/// NULL is accepted.
void cs_lines_close(CsLines *lines);

#endif
