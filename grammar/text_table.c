#include "grammar/text_table.h"

#include <string.h>

CsStatus
cs_text_table_new(CsArena *arena, size_t n_slots, CsTextTable *table)
{
  *table = (CsTextTable){CS_NEW_N(arena, CsTextSlot, n_slots), 0, n_slots};
  CS_TRY_NEW(table->slots);
  return CS_OK;
}

/// Where a text stands, or the empty slot where it would.
static CsTextSlot *
slot_of(const CsTextTable *table, uint64_t hash, const char *text, size_t n)
{
  const size_t mask = table->n_slots - 1;
  size_t i          = hash & mask;
  while (table->slots[i].text != NULL &&
         !(table->slots[i].hash == (uint32_t)hash && table->slots[i].n == n &&
             memcmp(table->slots[i].text, text, n) == 0))
    i = (i + 1) & mask;
  return &table->slots[i];
}

const CsTextSlot *
cs_text_table_find(
    const CsTextTable *table, uint64_t hash, const char *text, size_t n)
{
  const CsTextSlot *slot = slot_of(table, hash, text, n);
  return slot->text != NULL ? slot : NULL;
}

static CsStatus
make_room(CsArena *arena, CsTextTable *table)
{
  if (table->n < table->n_slots / 3 * 2)
    return CS_OK;
  const CsTextTable old = *table;
  CS_TRY(cs_text_table_new(arena, 2 * old.n_slots, table));
  table->n = old.n;
  for (size_t i = 0; i < old.n_slots; i++) {
    const CsTextSlot *slot = &old.slots[i];
    if (slot->text != NULL)
      *slot_of(table, slot->hash, slot->text, slot->n) = *slot;
  }
  return CS_OK;
}

CsStatus
cs_text_table_take(CsArena *arena, CsTextTable *table, uint64_t hash,
    const char *text, size_t n, CsTextSlot **slot)
{
  CS_TRY(make_room(arena, table));
  *slot = slot_of(table, hash, text, n);
  if ((*slot)->text == NULL) {
    (*slot)->hash  = (uint32_t)hash;
    (*slot)->n     = (uint32_t)n;
    (*slot)->place = (uint32_t)table->n++;
  }
  return CS_OK;
}
