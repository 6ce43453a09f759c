/// What a manifest says of a cue, taken from its record: a cue that was made
/// just now and one that stood there already read the same.
#ifndef CS_GEN_JOBS_ROW_H
#define CS_GEN_JOBS_ROW_H

#include "gen/base/json.h"

/// Write the figures of a record as members of the object that is open: status
/// ("made" or "missed"), function, style, seconds, lufs, momentary_lufs,
/// peak_dbtp, tempo_bpm, key, seed, warnings ("code: message"), missed (ids of
/// hard properties), sha256 of the samples.
///
/// @return CS_ERR_REQUEST when the text is no record.
CS_NODISCARD CsStatus cs_row_put_record(
    CsArena *arena, const char *record, size_t n_bytes, CsJsonWriter *writer);

/// How many hard properties the record says are missed.
CS_NODISCARD CsStatus cs_row_n_missed(
    CsArena *arena, const char *record, size_t n_bytes, size_t *n_missed);

#endif
