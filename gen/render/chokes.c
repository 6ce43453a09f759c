#include "gen/render/chokes.h"

#include "soundfonts/generators.h"

#include <string.h>

enum { KIT_BANK = 128 };

static bool
note_zone(void *user, const CsSoundZone *zone)
{
  bool *keys    = user;
  bool is_class = false;
  for (size_t i = 0; i < zone->n_generators; i++)
    if (zone->generators[i].number == CS_GEN_EXCLUSIVE_CLASS)
      is_class = zone->generators[i].amount != 0;
  for (int key = zone->low_key; is_class && key <= zone->high_key; key++)
    keys[key] = true;
  return false; // the samples are of no use here
}

void
cs_find_chokes(CsSf2 *font, int bank, int program, bool keys[CS_N_KEYS])
{
  const int index = font != NULL ? cs_sf2_find(font, bank, program) : -1;
  CsSound sound;
  memset(keys, 0, CS_N_KEYS * sizeof *keys);
  if (index >= 0 &&
      cs_sf2_read(font, (size_t)index, note_zone, keys, &sound) == CS_OK)
    return;
  for (int key = 0; key < CS_N_KEYS; key++)
    keys[key] = bank == KIT_BANK;
}
