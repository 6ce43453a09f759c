/// Other notes for the roles of a cue whose notes miss a hard property.
#ifndef CS_GEN_MEND_H
#define CS_GEN_MEND_H

#include "gen/engine.h"

/// After planning from a brief: judge the notes by what is quick to judge.
/// Where a hard property misses that other notes may mend, draw the roles at
/// fault anew, a few times; the first draw that misses less is kept, as if it
/// had been asked for with --reroll. Fills job->plan, score, performance and
/// mended.
///
/// Where roles were asked to be drawn anew, they alone are mended beyond what
/// the cue without them is mended by, so that all others keep their notes. The
/// tune is left alone where its theme was asked for by a seed: other cues share
/// it.
CS_NODISCARD CsStatus cs_job_mend(CsJob *job);

#endif
