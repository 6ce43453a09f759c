/// Is a cue there already, and whole? For a run that goes on after a stop.
#ifndef CS_GEN_JOBS_MADE_H
#define CS_GEN_JOBS_MADE_H

#include "gen/engine.h"

/// Look at the output of a job whose options are set and whose prompt is not
/// parsed yet. It is there when its record was made from the same prompt and
/// options by this engine, version, soundfont and synthesizer; when its samples
/// have the record's hash (WAV, FLAC) or its length is the record's (others);
/// and when every other file that the job asks for stands beside it. Reading
/// and hashing 30 s of stereo takes some 20 ms.
///
/// @param record  Receives the record's text, or NULL: the cue is to be made.
/// @return CS_ERR_MEMORY; whatever else is in the way makes the cue one to be
///         made.
CS_NODISCARD CsStatus cs_made_look(
    CsJob *job, const char *prompt, const char **record);

#endif
