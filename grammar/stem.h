/// The part of a word that its inflections share.
#ifndef CS_GRAMMAR_STEM_H
#define CS_GRAMMAR_STEM_H

#include <stddef.h>

/// Cut -s, -es, -ies, -ing, -ed, -ly and what they leave behind: "fades",
/// "fading" and "faded" give "fad", "stopping" and "stops" give "stop". Two
/// words are taken for forms of one when their stems agree; a stem is no word.
///
/// @param stem  Room for n bytes; no end mark is written.
/// @return Bytes of the stem; at least two letters and a vowel stay.
size_t cs_stem(const char *word, size_t n, char *stem);

#endif
