/// A picture of the cue that a person wants to look at, as SVG: energy curve
/// and sections with bar numbers, requested events, piano roll coloured by
/// role, waveform of the result.
#ifndef CS_GEN_IO_PICTURE_H
#define CS_GEN_IO_PICTURE_H

#include "gen/perform/performance.h"
#include "gen/master/master.h"
#include "grammar/brief.h"

enum { CS_PICTURE_COLUMNS = 1600 };

/// Gathers the outline of the waveform while the cue streams by.
typedef struct CsOutline {
  int64_t n_frames; ///< Of the whole cue.
  int64_t n_seen;
  float low[CS_PICTURE_COLUMNS], high[CS_PICTURE_COLUMNS];
  double energy[CS_PICTURE_COLUMNS]; ///< Sum of squares per column.
  int64_t n_summed[CS_PICTURE_COLUMNS];
} CsOutline;

void cs_outline_begin(CsOutline *outline, int64_t n_frames);
/// Interleaved, full scale 1.0.
void cs_outline_add(
    CsOutline *outline, const float *frames, size_t n_frames, int n_channels);

/// At most 2 MB at any length. Self-contained, no scripts, no fonts fetched.
///
/// @param brief    May be NULL (a plan without a prompt).
/// @param outline  May be NULL (before rendering).
CS_NODISCARD CsStatus cs_picture_draw(CsArena *arena,
    const CsPerformance *performance, const CsBrief *brief,
    const CsOutline *outline, const CsMeasured *measured, const char **svg);

#endif
