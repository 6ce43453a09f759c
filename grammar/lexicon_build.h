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

/// Empty tables for that many entries, phrases and words at most; there is
/// always an empty place.
CS_NODISCARD CsStatus cs_lexicon_make_room(
    CsLexicon *lexicon, size_t n_entries, size_t n_phrases, size_t n_words);

/// Let a phrase stand for an entry; it replaces that of a lower level.
///
/// @param node  A string of a file, for the message.
/// @return CS_ERR_REQUEST for a phrase that stands already on this level, or
///         has no word or too many.
CS_NODISCARD CsStatus cs_lexicon_add_phrase(CsArena *arena, CsLexicon *lexicon,
    const CsJson *node, const CsEntry *entry);

/// Words by length, in byte order, for the search of near ones. Runs last.
CS_NODISCARD CsStatus cs_lexicon_sort_words(CsLexicon *lexicon);

#endif
