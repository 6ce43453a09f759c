/// Prompt text to Brief.
#ifndef CS_GRAMMAR_PARSE_H
#define CS_GRAMMAR_PARSE_H

#include "grammar/brief.h"

/// The compiled words: read-only once loaded, shared by threads.
typedef struct CsLexicon CsLexicon;

/// Load and compile every JSON file of a lexicon folder.
///
/// @param folder   For example "grammar/lexicon".
/// @param arena    For messages; the lexicon owns its own memory.
/// @param lexicon  Free with cs_lexicon_free().
/// @return CS_ERR_REQUEST naming file, JSON path and allowed values.
CS_NODISCARD CsStatus cs_lexicon_load(
    CsArena *arena, const char *folder, CsLexicon **lexicon);

/// A person's own words: the text of a file like those of the lexicon, or of a
/// list of such ("class" once per part, "about" may be left out).
typedef struct CsUserWords {
  const char *name; ///< What messages call it.
  const char *json;
  size_t n_bytes;
  int level; ///< 1 and up; a phrase replaces the same one of a lower level.
} CsUserWords;

/// The lexicon of a folder with the words of a person merged over it.
///
/// @return CS_ERR_REQUEST also for a pattern that takes too long on a short
///         text. Nothing is loaded then.
CS_NODISCARD CsStatus cs_lexicon_load_with(CsArena *arena, const char *folder,
    const CsUserWords *users, size_t n_users, CsLexicon **lexicon);
void cs_lexicon_free(CsLexicon *lexicon);

/// Every word with what it does, as text lines or JSON (`list words`).
CS_NODISCARD CsStatus cs_lexicon_list(CsArena *arena, const CsLexicon *lexicon,
    const char *pattern, bool json, const char **text);

/// Understand a prompt.
///
/// @param prompt   Valid UTF-8 without zero bytes, 1..CS_MAX_PROMPT_BYTES.
/// @return CS_ERR_REQUEST for an empty (or only blank) prompt, one that is too
///         long or is not UTF-8. A length out of range is a warning here.
CS_NODISCARD CsStatus cs_brief_parse(CsArena *arena, const CsLexicon *lexicon,
    const char *prompt, size_t n_bytes, CsBrief **brief);

/// Read a time as a user types it for --duration: 90, 90s, 1:30, 1m30s,
/// 00:01:30:12@25 (also 29.97 drop frame, written 29.97df or with `;`).
///
/// @return false when it is no time; `seconds` is untouched then.
bool cs_parse_time(const char *text, double *seconds);

#endif
