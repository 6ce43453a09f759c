#include "grammar/tokens.h"

#include "grammar/normal.h"

static bool
is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool
is_word_byte(char c)
{
  return (c >= 'a' && c <= 'z') || c == CS_FOREIGN;
}

static bool
is_blank(char c)
{
  return c == ' ' || c == '\n';
}

/// A hyphen inside a compound joins; elsewhere it is a mark.
static bool
joins(const char *text, size_t n, size_t at)
{
  if (text[at] != '-' || at == 0 || at + 1 >= n)
    return false;
  const char a = text[at - 1], b = text[at + 1];
  return (is_word_byte(a) || is_digit(a) || a == '"' || a == '\'') &&
         (is_word_byte(b) || is_digit(b) || b == ':');
}

static size_t
word_end(const char *text, size_t n, size_t at)
{
  while (at < n && (is_word_byte(text[at]) || (text[at] == '\'' && at + 1 < n &&
                                                  is_word_byte(text[at + 1]))))
    at++;
  return at;
}

bool
cs_next_token(const char *text, size_t n, size_t at, CsToken *token)
{
  *token = (CsToken){.kind = CS_TOKEN_MARK, .space = at == 0};
  for (; at < n; at++) {
    if (is_blank(text[at])) {
      token->space = true;
      token->line |= text[at] == '\n';
    } else if (joins(text, n, at)) {
      token->glued = true;
    } else {
      break;
    }
  }
  if (at >= n)
    return false;
  token->begin = at;
  token->end   = at + 1;
  if (is_word_byte(text[at])) {
    token->kind = CS_TOKEN_WORD;
    token->end  = word_end(text, n, at);
  } else if (is_digit(text[at])) {
    token->kind = CS_TOKEN_DIGITS;
    while (token->end < n && is_digit(text[token->end]))
      token->end++;
  }
  return true;
}
