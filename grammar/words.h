/// The tokens of a prompt with the spelling that the lexicon knows.
#ifndef CS_GRAMMAR_WORDS_H
#define CS_GRAMMAR_WORDS_H

#include "grammar/phrases.h"
#include "grammar/tokens.h"

typedef struct CsWord {
  CsToken token;
  const char *text; ///< As known; as typed where it is not known.
  size_t n;
  char stem[CS_MAX_WORD_BYTES]; ///< Of `text`.
  size_t n_stem;
  bool has_stem;       ///< Some phrase of the lexicon has a word of that stem.
  int max_words;       ///< Of the longest phrase that may begin with it.
  bool misspelt;       ///< `text` is what it was taken for.
  const CsEntry *base; ///< Of a comparative: "calm" of "calmer"; else NULL.
} CsWord;

typedef struct CsWords {
  CsWord *items;
  size_t n;
} CsWords;

/// Split the normalised text of a parse. Words that are not known are taken for
/// the known word they are meant to be, names inside a sentence excepted.
CS_NODISCARD CsStatus cs_split_words(CsParse *p, CsWords *words);

/// Take a word for the known one that it is meant to be. For words whose stem
/// is known but makes no phrase. @return false when it stays as it is.
bool cs_correct_word(const CsParse *p, CsWords *words, size_t i);

/// Was the letter at that byte of the normalised text typed as a capital?
bool cs_is_capital(const CsParse *p, size_t at);

#endif
