/// What the files of a job say of themselves.
#ifndef CS_GEN_TAGS_H
#define CS_GEN_TAGS_H

#include "gen/engine.h"
#include "gen/io/tags.h"

/// The tags of a planned job: the prompt, its style, a mark for each section
/// and hit. The date is that of SOURCE_DATE_EPOCH (seconds since 1970), and
/// missing where that is not set: no clock enters a file.
CS_NODISCARD CsStatus cs_job_tags(const CsJob *job, CsTags *tags);

/// The levels of a finished cue.
CS_NODISCARD CsStatus cs_levels_of(CsArena *arena, const CsMeasured *measured,
    const CsLoudness *loudness, CsLevels *levels);

#endif
