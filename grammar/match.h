/// Patterns for what is written with digits, through PCRE2 with its compiler to
/// machine code. match.c is the only file that includes pcre2.h.
#ifndef CS_GRAMMAR_MATCH_H
#define CS_GRAMMAR_MATCH_H

#include "gen/base/arena.h"

#include <stdint.h>

typedef struct CsShape CsShape;

/// A named part of a match: (?<h>...) fills group 'h'.
typedef struct CsGroup {
  size_t begin, end; ///< In the text; equal when the group is absent.
} CsGroup;

typedef struct CsShapeMatch {
  size_t begin, end;
  CsGroup groups[26]; ///< By letter, 'a'..'z'.
} CsShapeMatch;

/// Compile a pattern that matches only where it is asked to.
///
/// @param why  CS_MESSAGE_BYTES long; the reason of a failure.
/// @return CS_ERR_REQUEST when it is no regular expression.
CS_NODISCARD CsStatus cs_shape_new(
    const char *pattern, char *why, CsShape **shape);

/// Has the pattern a group of that name?
bool cs_shape_has_group(const CsShape *shape, char name);

/// Does matching run out of its limits on one of many short texts made of the
/// pattern's own letters? Such a pattern backtracks without end.
bool cs_pattern_is_slow(const char *pattern);
void cs_shape_free(CsShape *shape);

/// Room for one thread's matches.
typedef struct CsMatcher CsMatcher;
CsMatcher *cs_matcher_new(void);
void cs_matcher_free(CsMatcher *matcher);

/// Match at one place. Work is bounded: a pattern that needs more than a few
/// thousand steps, or more than the next 256 bytes, does not match.
bool cs_shape_match(CsMatcher *matcher, const CsShape *shape, const char *text,
    size_t n, size_t at, CsShapeMatch *match);

#endif
