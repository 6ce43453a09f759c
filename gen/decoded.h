/// How an encoded sound file plays back.
#ifndef CS_GEN_DECODED_H
#define CS_GEN_DECODED_H

#include "gen/engine.h"

/// True peak of a sound file as a player decodes it. An encoder leaves out what
/// is not heard, and what is left may reach higher than the mix did.
///
/// @param fd         Of the finished file; read from its start on. A pipe or
///                   device cannot be gone back to: *is_known is false then.
/// @param path       What messages call it.
/// @param peak_dbtp  -200 for silence.
CS_NODISCARD CsStatus cs_decoded_peak(CsArena *arena, int fd, const char *path,
    bool *is_known, double *peak_dbtp);

/// What is to be said of it: NULL where it keeps the ceiling of its delivery,
/// or where nothing was encoded. Who has lowered --peak has made room.
CS_NODISCARD CsStatus cs_decoded_warning(
    CsArena *arena, const CsJob *job, const char **sentence);

#endif
