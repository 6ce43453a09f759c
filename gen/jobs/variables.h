/// Texts with {{variables}} in them.
#ifndef CS_GEN_JOBS_VARIABLES_H
#define CS_GEN_JOBS_VARIABLES_H

#include "gen/base/json.h"

enum {
  CS_MAX_EXPANDED_BYTES = 16 * 1024, ///< Of a text with its variables put in.
  CS_MAX_VARIABLES      = 256,       ///< Of one object.
};

typedef struct CsVariable {
  const char *name;
  const char *value;  ///< May hold variables itself.
  const CsJson *node; ///< Where the value stands; NULL: the program set it.
} CsVariable;

/// The variables of one object, and where to look for others.
typedef struct CsScope CsScope;
struct CsScope {
  const CsVariable *items;
  size_t n;
  const CsScope *outer; ///< Or NULL.
};

/// Read an object of names and values: texts or numbers. A name is made of
/// letters, digits, "_" and "-".
///
/// @param node  NULL gives none.
CS_NODISCARD CsStatus cs_variables_read(
    CsArena *arena, const CsJson *node, const CsVariable **items, size_t *n);

/// Put the values in. What a value refers to is looked up from `scope` on, too.
///
/// @param node  Where the text stands, for messages.
/// @return CS_ERR_REQUEST with the place and the mend: no value, a value that
///         comes back to itself, a brace that is not closed, a text that grows
///         too long.
CS_NODISCARD CsStatus cs_variables_expand(CsArena *arena, const CsScope *scope,
    const CsJson *node, const char *text, const char **out);

#endif
