/// A record of CSV, taken apart (RFC 4180).
#ifndef CS_GEN_JOBS_CSV_H
#define CS_GEN_JOBS_CSV_H

#include "gen/base/arena.h"
#include "gen/base/json.h"

/// Split a record at its commas. Quotes around a field are taken off and
/// doubled ones inside become one; blanks around a field without quotes go.
///
/// @return CS_ERR_REQUEST for text beside quotes, and for a byte that is not
///         UTF-8 or is zero.
CS_NODISCARD CsStatus cs_csv_split(
    CsArena *arena, const char *text, size_t n_bytes, CsStrings *fields);

#endif
