/// Splits normalised text into words, digit runs and marks.
#ifndef CS_GRAMMAR_TOKENS_H
#define CS_GRAMMAR_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum CsTokenKind {
  CS_TOKEN_WORD, ///< Letters, apostrophes inside.
  CS_TOKEN_DIGITS,
  CS_TOKEN_MARK, ///< One byte that is neither.
} CsTokenKind;

typedef struct CsToken {
  CsTokenKind kind;
  size_t begin, end;
  bool space; ///< White space stands before it.
  bool line;  ///< A line break stands before it.
  bool glued; ///< Only a hyphen stands between it and the token before.
} CsToken;

/// The next token at or after `at`. @return false at the end of the text.
bool cs_next_token(const char *text, size_t n, size_t at, CsToken *token);

#endif
