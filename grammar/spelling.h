/// Which known words lie near a word that no phrase knows.
#ifndef CS_GRAMMAR_SPELLING_H
#define CS_GRAMMAR_SPELLING_H

#include "grammar/lexicon.h"

enum { CS_MAX_NEAR = 3 };

/// The known word that a misspelt one is taken for, or NULL.
///
/// A word of four to seven letters is forgiven one edit, a longer one two; an
/// edit puts in, leaves out or replaces a letter, or swaps two neighbours. One
/// known word must be nearest. Of equally near ones the one that a slip of the
/// hand explains is meant: a letter left out or doubled, two swapped, or the
/// key beside the right one; then the one with the same first letter, then the
/// one that asks for something. Another form is no other word.
const CsKnownWord *cs_spelling_of(
    const CsLexicon *lexicon, const char *word, size_t n);

/// The nearest other words within `limit` edits, nearest first; of equally near
/// ones those that ask for something come first.
///
/// @return How many, at most CS_MAX_NEAR.
size_t cs_near_words(const CsLexicon *lexicon, const char *word, size_t n,
    size_t limit, const CsKnownWord *near[CS_MAX_NEAR]);

#endif
