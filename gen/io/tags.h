/// What a sound file says of itself: who made it, from what, where its sections
/// begin. Each container holds as much of it as it can.
#ifndef CS_GEN_IO_TAGS_H
#define CS_GEN_IO_TAGS_H

#include "gen/base/arena.h"

/// A place in the file that an editor shows.
typedef struct CsMark {
  int64_t frame;
  const char *label;
} CsMark;

/// Texts are UTF-8; NULL where there is nothing to say.
typedef struct CsTags {
  const char *title;       ///< One line.
  const char *description; ///< The prompt, whole.
  const char *software;    ///< "cuesmith 0.1.0".
  const char *genre;       ///< The style.
  const char *rights;      ///< One line.
  const char *date;        ///< "2026-11-21".
  const CsMark *marks;     ///< In order of time.
  size_t n_marks;
  bool loops; ///< The file goes round from its last frame to its first.
} CsTags;

/// Loudness as a broadcast file states it (EBU Tech 3285 supplement 6).
/// CS_UNKNOWN_LEVEL where it was not measured.
typedef struct CsLevels {
  double integrated_lufs, range_lu, true_peak_dbtp, momentary_lufs,
      short_term_lufs; ///< The last two are the largest.
} CsLevels;

#define CS_UNKNOWN_LEVEL 327.67

#endif
