/// What negations (scope.c) and corrections (corrections.c) share.
#ifndef CS_GRAMMAR_SCOPE_H
#define CS_GRAMMAR_SCOPE_H

#include "grammar/phrases.h"

/// A word that asks for something: no marker, unit or ordinary word.
bool cs_is_thing(const CsItem *item);

/// "slow? no: fast": an answer, not a negation.
bool cs_is_answer(const CsParse *p, size_t i);

/// The first thing behind a correction, or SIZE_MAX where a time or number
/// comes first.
size_t cs_thing_after(const CsParse *p, size_t i);

/// The time or number behind a correction is the one that holds.
void cs_mark_corrected(CsParse *p, size_t i);

#endif
