/// Texts by their hash: open addressing over a power of two of slots, which
/// doubles when two thirds are taken.
#ifndef CS_GRAMMAR_TEXT_TABLE_H
#define CS_GRAMMAR_TEXT_TABLE_H

#include "gen/base/arena.h"

typedef struct CsTextSlot {
  uint32_t hash;    ///< Low half of the hash of its bytes.
  uint32_t n;       ///< Bytes of the text.
  uint32_t place;   ///< How many came before it: the owner's row for it.
  const char *text; ///< NULL: nothing stands here.
} CsTextSlot;

typedef struct CsTextTable {
  CsTextSlot *slots;
  size_t n, n_slots;
} CsTextTable;

/// @param n_slots  At first; a power of two.
CS_NODISCARD CsStatus cs_text_table_new(
    CsArena *arena, size_t n_slots, CsTextTable *table);

/// Where a text stands; NULL where it does not.
const CsTextSlot *cs_text_table_find(
    const CsTextTable *table, uint64_t hash, const char *text, size_t n);

/// The same, with a place made for a text that is new: its slot has all but
/// `text`, which the caller sets to bytes that stay.
///
/// @param slot  Holds until the next text is added.
CS_NODISCARD CsStatus cs_text_table_take(CsArena *arena, CsTextTable *table,
    uint64_t hash, const char *text, size_t n, CsTextSlot **slot);

#endif
