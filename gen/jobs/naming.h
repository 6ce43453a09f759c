/// What a job without a name of its own is called: after its prompt and what it
/// asks.
#ifndef CS_GEN_JOBS_NAMING_H
#define CS_GEN_JOBS_NAMING_H

#include "gen/options.h"

/// 64 small hex digits over a prompt and the options given with it, as texts.
/// The order of the options does not matter.
///
/// @param prompt   NULL is as good as "".
/// @param options  Each name once. Entries with `name` NULL are skipped.
void cs_content_of(const char *prompt, const CsGivenOption *options,
    size_t n_options, char content[65]);

/// "calm-piano-bed-1a2b3c4d.wav": the prompt's letters and digits and the first
/// 8 digits of the content.
///
/// @param ending  ".wav".
CS_NODISCARD CsStatus cs_job_name(CsArena *arena, const char *prompt,
    const char *content, const char *ending, const char **name);

#endif
