#include "soundfonts/sf2_merge.h"

#include <string.h>

/// What a generator is when nobody sets it, and how far it goes (8.1.3).
typedef struct Fact {
  bool adds_up; ///< A preset may add to it.
  int usual, low, high;
} Fact;

static const Fact facts[CS_N_GENERATORS] = {
    [5]  = {true, 0, -12000, 12000},     // modulation LFO to pitch
    [6]  = {true, 0, -12000, 12000},     // vibrato LFO to pitch
    [7]  = {true, 0, -12000, 12000},     // modulation envelope to pitch
    [8]  = {true, 13500, 1500, 13500},   // filter cutoff
    [9]  = {true, 0, 0, 960},            // filter Q
    [10] = {true, 0, -12000, 12000},     // modulation LFO to filter
    [11] = {true, 0, -12000, 12000},     // modulation envelope to filter
    [13] = {true, 0, -960, 960},         // modulation LFO to volume
    [15] = {true, 0, 0, 1000},           // chorus send
    [16] = {true, 0, 0, 1000},           // reverb send
    [17] = {true, 0, -500, 500},         // pan
    [21] = {true, -12000, -12000, 5000}, // delay of the modulation LFO
    [22] = {true, 0, -16000, 4500},      // its rate
    [23] = {true, -12000, -12000, 5000}, // delay of the vibrato LFO
    [24] = {true, 0, -16000, 4500},      // its rate
    [25] = {true, -12000, -12000, 5000}, // modulation envelope: delay
    [26] = {true, -12000, -12000, 8000},
    [27] = {true, -12000, -12000, 5000},
    [28] = {true, -12000, -12000, 8000},
    [29] = {true, 0, 0, 1000},
    [30] = {true, -12000, -12000, 8000},
    [31] = {true, 0, -1200, 1200},
    [32] = {true, 0, -1200, 1200},
    [33] = {true, -12000, -12000, 5000}, // volume envelope: delay
    [34] = {true, -12000, -12000, 8000},
    [35] = {true, -12000, -12000, 5000},
    [36] = {true, -12000, -12000, 8000},
    [37] = {true, 0, 0, 1440},
    [38] = {true, -12000, -12000, 8000},
    [39] = {true, 0, -1200, 1200},
    [40] = {true, 0, -1200, 1200},
    // Under 0 is not in the specification, but fonts have it and are tuned on
    // it.
    [48] = {true, 0, -1440, 1440}, // attenuation
    [51] = {true, 0, -120, 120},   // semitones
    [52] = {true, 0, -99, 99},     // cents
    [56] = {true, 100, 0, 1200},   // cents per key
};

static const CsModulator usual_modulators[] = {
    {0x0502, 48, 960, 0, 0},      // velocity to attenuation
    {0x000D, 6, 50, 0, 0},        // pressure to vibrato
    {0x0081, 6, 50, 0, 0},        // modulation wheel to vibrato
    {0x0587, 48, 960, 0, 0},      // volume
    {0x028A, 17, 500, 0, 0},      // pan
    {0x058B, 48, 960, 0, 0},      // expression
    {0x00DB, 16, 200, 0, 0},      // reverb
    {0x00DD, 15, 200, 0, 0},      // chorus
    {0x020E, 59, 12700, 0x10, 0}, // pitch wheel
};

enum {
  N_USUAL = sizeof usual_modulators / sizeof *usual_modulators,
  LARGEST = 32767
};

const CsModulator *
cs_sf2_usual_modulators(size_t *n)
{
  *n = N_USUAL;
  return usual_modulators;
}

void
cs_sf2_zone_clear(CsSf2Zone *zone)
{
  memset(zone, 0, sizeof *zone);
  zone->keys[1]       = 127;
  zone->velocities[1] = 127;
}

static bool
same_route(const CsModulator *a, const CsModulator *b)
{
  return a->source == b->source && a->destination == b->destination &&
         a->amount_source == b->amount_source && a->transform == b->transform;
}

static CsModulator *
find(CsSf2Zone *zone, const CsModulator *wanted)
{
  for (size_t i = 0; i < zone->n_modulators; i++)
    if (same_route(&zone->modulators[i], wanted))
      return &zone->modulators[i];
  return NULL;
}

bool
cs_sf2_zone_add_modulator(CsSf2Zone *zone, const CsModulator *modulator)
{
  CsModulator *there = find(zone, modulator);
  if (there == NULL && zone->n_modulators == CS_MAX_MODULATORS)
    return false;
  if (there == NULL)
    there = &zone->modulators[zone->n_modulators++];
  *there = *modulator;
  return true;
}

static int16_t
within(int x, int low, int high)
{
  return (int16_t)(x < low ? low : x > high ? high : x);
}

/// Add a preset's modulator to the instrument's or the usual one.
static bool
add_to_modulator(CsSf2Zone *out, const CsModulator *more)
{
  CsModulator *there = find(out, more);
  for (size_t i = 0; there == NULL && i < N_USUAL; i++)
    if (same_route(&usual_modulators[i], more)) {
      if (!cs_sf2_zone_add_modulator(out, &usual_modulators[i]))
        return false;
      there = find(out, more);
    }
  if (there == NULL)
    return cs_sf2_zone_add_modulator(out, more);
  there->amount = within(there->amount + more->amount, -LARGEST, LARGEST);
  return true;
}

static bool
in_common(const int a[2], const int b[2], int out[2])
{
  out[0] = a[0] > b[0] ? a[0] : b[0];
  out[1] = a[1] < b[1] ? a[1] : b[1];
  return out[0] <= out[1];
}

bool
cs_sf2_zone_merge(
    const CsSf2Zone *instrument, const CsSf2Zone *preset, CsSf2Zone *out)
{
  *out = *instrument;
  if (!in_common(instrument->keys, preset->keys, out->keys) ||
      !in_common(instrument->velocities, preset->velocities, out->velocities))
    return false;
  for (int g = 0; g < CS_N_GENERATORS; g++) {
    if (!preset->is_set[g] || !facts[g].adds_up)
      continue;
    const int base = out->is_set[g] ? out->amounts[g] : facts[g].usual;
    out->amounts[g] =
        within(base + preset->amounts[g], facts[g].low, facts[g].high);
    out->is_set[g] = true;
  }
  for (size_t i = 0; i < preset->n_modulators; i++)
    if (!add_to_modulator(out, &preset->modulators[i]))
      return false;
  return true;
}
