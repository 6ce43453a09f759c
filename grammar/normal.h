/// A prompt in one spelling, with a way back to the bytes that were typed.
#ifndef CS_GRAMMAR_NORMAL_H
#define CS_GRAMMAR_NORMAL_H

#include "gen/base/arena.h"

/// Lower-case ASCII: dashes, quotes, spaces, fractions and accidentals of
/// Unicode in their plain form, number words as digits ("seventy-five" is
/// "75"), `w/o` as "without". Letters of other scripts become CS_FOREIGN bytes.
typedef struct CsNormal {
  const char *source; ///< As typed.
  char *text;         ///< Ends with a zero byte.
  uint32_t *from;     ///< Per byte of text: where its source begins,
  uint32_t *to;       ///< and where it ends.
  size_t n;
  size_t n_foreign; ///< Letters of scripts other than Latin.
  size_t n_letters; ///< Letters of any script.
} CsNormal;

enum { CS_FOREIGN = 0x02 };

/// Only small letters and spaces, and no number among the words, as most phrases
/// of the lexicon are: normalising changes nothing.
bool cs_is_normal(const char *source, size_t n_bytes);

/// @param source  Valid UTF-8, `n_bytes` long; must outlive the result.
CS_NODISCARD CsStatus cs_normalise(
    CsArena *arena, const char *source, size_t n_bytes, CsNormal *out);

#endif
