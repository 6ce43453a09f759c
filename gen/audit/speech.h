/// How much lies where speech is understood, heard while a cue is made.
#ifndef CS_GEN_AUDIT_SPEECH_H
#define CS_GEN_AUDIT_SPEECH_H

#include "gen/audit/ear.h"

typedef struct CsSpeech CsSpeech;

CS_NODISCARD CsStatus cs_speech_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsSpeech **speech);

/// @param frames  Interleaved; NULL for silence.
CS_NODISCARD CsStatus cs_speech_hear(
    CsArena *arena, CsSpeech *speech, const float *frames, size_t n_frames);

/// Fill the speech band and the slices. Call it once.
///
/// @param n_frames  All that were heard.
CS_NODISCARD CsStatus cs_speech_report(
    CsArena *arena, CsSpeech *speech, int64_t n_frames, CsHeard *heard);

#endif
