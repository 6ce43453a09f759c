#include "soundfonts/sound.h"

int
cs_zone_generator(const CsSoundZone *zone, int number, int absent)
{
  for (size_t i = 0; i < zone->n_generators; i++)
    if (zone->generators[i].number == number)
      return zone->generators[i].amount;
  return absent;
}
