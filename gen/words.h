/// A person's own words on their way from files to the lexicon and the record.
#ifndef CS_GEN_WORDS_H
#define CS_GEN_WORDS_H

#include "grammar/parse.h"

enum { CS_MAX_WORD_FILES = 32 };

/// Which words win: those of a file that was named stand above those of the
/// config folder, which stand above the built-in ones.
enum { CS_WORDS_OF_FOLDER = 1, CS_WORDS_OF_OPTION = 2 };

typedef struct CsWords {
  CsUserWords files[CS_MAX_WORD_FILES];
  size_t n;
} CsWords;

/// Read one file of words.
CS_NODISCARD CsStatus cs_words_read(
    CsArena *arena, CsWords *words, const char *path, int level);

/// Read a list as cs_words_json() writes it, which begins with "[".
CS_NODISCARD CsStatus cs_words_parse(
    CsArena *arena, CsWords *words, const char *json);

/// The words with their text whole, so that a record can repeat them: a list of
/// {"file", "level", "words"}. Files stand by their name without a folder.
CS_NODISCARD CsStatus cs_words_json(
    CsArena *arena, const CsWords *words, const char **json);

#endif
