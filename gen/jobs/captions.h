/// How long a narration is, from its sound or from its captions.
#ifndef CS_GEN_JOBS_CAPTIONS_H
#define CS_GEN_JOBS_CAPTIONS_H

#include "gen/base/arena.h"

/// Seconds of a narration.
///
/// @param path  .srt or .vtt: the end of the captions. Anything else is read as
///              a sound file: its frames.
/// @return CS_ERR_REQUEST with the file, for captions its line, and the mend.
CS_NODISCARD CsStatus cs_narration_length(
    CsArena *arena, const char *path, double *seconds);

/// The last moment at which a caption of a SubRip or WebVTT text is shown.
///
/// Begins must not go back from one caption to the next, and none ends before
/// it begins (W3C WebVTT, section 4.1; SubRip has no standard and is held to
/// the same). Texts, settings, notes and styles are passed over.
///
/// @param name  What messages call the text.
/// @return CS_ERR_REQUEST for a text that is empty, has no caption, or a time
///         that cannot be read or is out of order.
CS_NODISCARD CsStatus cs_captions_length(CsArena *arena, const char *name,
    const char *text, size_t n_bytes, double *seconds);

#endif
