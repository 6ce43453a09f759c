/// What the files that read times share. Nothing else includes it.
#ifndef CS_GRAMMAR_TIMES_H
#define CS_GRAMMAR_TIMES_H

#include "grammar/phrases.h"

/// The item at i, or an empty mark beyond the ends.
const CsItem *cs_at(const CsParse *p, size_t i);
bool cs_at_is(const CsParse *p, size_t i, CsMarker marker);

/// A number that nothing else has taken.
bool cs_at_is_number(const CsParse *p, size_t i);

/// An amount of time: "20 s", "1:30", "8 bars".
bool cs_at_is_amount(const CsParse *p, size_t i);

/// Over "the", "a", "about", "exactly".
size_t cs_skip_some(const CsParse *p, size_t i);

/// The unit at i. @param counted A number or an article stands before it.
bool cs_unit_at(const CsParse *p, size_t i, bool counted, CsUnit *unit);

/// Bars and beats, which wait for the tempo.
bool cs_unit_is_musical(CsUnit unit);

/// So many of a unit; a form CS_TIME_LENGTH.
CsTime cs_amount_of(const CsParse *p, double n, CsUnit unit);

/// Put one time in the place of items first..last-1; `n` items are kept so far.
void cs_replace_by_time(
    CsParse *p, size_t *n, size_t first, size_t last, const CsTime *time);

/// "at 10, 20 and 30 s": the numbers of a list take the unit of the last one.
/// Runs before the amounts are read.
void cs_share_units(CsParse *p);

/// Join numbers and units to amounts.
void cs_read_amounts(CsParse *p);

/// "at 0:15 and 0:30": what goes on from a moment is a moment too. Runs after
/// times have their prepositions.
void cs_join_moments(CsParse *p);

#endif
