/// What the files that build a lexicon share. Nothing else includes it.
#ifndef CS_GRAMMAR_LEXICON_BUILD_H
#define CS_GRAMMAR_LEXICON_BUILD_H

#include "grammar/lexicon.h"

/// Read one entry whose class is set, by the keys that its class may have.
///
/// @param entry  Holds the defaults before; strings stay in the arena.
/// @return CS_ERR_REQUEST with file and JSON path.
CS_NODISCARD CsStatus cs_entry_read(
    CsArena *arena, const CsJson *node, CsEntry *entry);

/// Empty tables.
CS_NODISCARD CsStatus cs_lexicon_start(CsLexicon *lexicon);

/// An entry for the caller to fill, the last of the lexicon.
CS_NODISCARD CsStatus cs_lexicon_add_entry(CsLexicon *lexicon, CsEntry **entry);

/// Let one of an entry's words stand for it; it replaces that of a lower level.
///
/// @param node  The string of the file, for its place in `words` and messages.
/// @return CS_ERR_REQUEST for a phrase that stands already on this level, or
///         has no word or too many.
CS_NODISCARD CsStatus cs_lexicon_add_phrase(CsArena *arena, CsLexicon *lexicon,
    const CsJson *node, const CsEntry *entry);

/// Words by length, in byte order, for the search of near ones. Runs last.
CS_NODISCARD CsStatus cs_lexicon_sort_words(CsLexicon *lexicon);

#endif
