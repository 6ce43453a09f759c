#include "soundfonts/house/house.h"

#include "gen/base/file.h"
#include "gen/base/mathx.h"
#include "soundfonts/house/zone.h"

#include <math.h>

enum { MAX_FILE_BYTES = 1024 * 1024, KIT_BANK = 128, MAX_KEY = 127 };

static const double top_hz = 17500.0; // As high as anything may sound.

struct CsHouse {
  CsArena *arena;
  CsHouseRecipes recipes;
  CsSoundZone **drums; ///< Two for stereo ones; NULL before they are made.
  size_t *n_drum_zones;
};

CsStatus
cs_house_parse(CsArena *arena, const char *name, const char *text,
    size_t n_bytes, CsHouse **house)
{
  const CsJson *root = NULL;
  CsHouse *h         = CS_NEW(arena, CsHouse);
  CS_TRY_NEW(h);
  CS_TRY(cs_json_parse(arena, name, text, n_bytes, &root));
  CS_TRY(cs_house_read(arena, root, &h->recipes));
  h->arena = arena;
  h->drums = CS_NEW_N(arena, CsSoundZone *, h->recipes.n_drums);
  CS_TRY_NEW(h->drums);
  h->n_drum_zones = CS_NEW_N(arena, size_t, h->recipes.n_drums);
  CS_TRY_NEW(h->n_drum_zones);
  *house = h;
  return CS_OK;
}

CsStatus
cs_house_load(CsArena *arena, const char *folder, CsHouse **house)
{
  const char *text = NULL;
  size_t n_bytes   = 0;
  const char *path = cs_arena_printf(arena, "%s/house.json", folder);
  CS_TRY_NEW(path);
  CS_TRY(cs_file_read(arena, path, MAX_FILE_BYTES, &text, &n_bytes));
  return cs_house_parse(arena, path, text, n_bytes, house);
}

size_t
cs_house_n_sounds(const CsHouse *house)
{
  return house->recipes.n_sounds + house->recipes.n_kits;
}

CsSound
cs_house_outline(const CsHouse *house, size_t index)
{
  const CsHouseRecipes *r = &house->recipes;
  if (index < r->n_sounds)
    return (CsSound){.name = r->sounds[index].name,
        .bank              = r->sounds[index].bank,
        .program           = r->sounds[index].program};
  const CsKitRecipe *kit = &r->kits[index - r->n_sounds];
  return (CsSound){
      .name = kit->name, .bank = KIT_BANK, .program = kit->program};
}

size_t
cs_house_stand_in(const CsHouse *house, int bank, int program)
{
  const CsHouseRecipes *r = &house->recipes;
  if (bank == KIT_BANK)
    return r->n_sounds; // The first kit, or none.
  for (size_t i = 0; bank == 0 && i < r->n_sounds; i++)
    for (size_t p = 0; p < r->sounds[i].stands_for.n; p++)
      if ((int)r->sounds[i].stands_for.items[p] == program)
        return i;
  return cs_house_n_sounds(house);
}

// ---- Sounds with keys -------------------------------------------------------

static double
hz_of_key(double key)
{
  return 440.0 * cs_exp2((key - 69.0) / 12.0);
}

static CsStatus
make_tone(CsArena *arena, const CsToneRequest *wanted, const CsLayer *layer,
    CsTone *tone)
{
  switch (layer->kind) {
  case CS_LAYER_WAVE:
    return cs_tone_wave(arena, wanted, &layer->wave, tone);
  case CS_LAYER_PARTIALS:
    return cs_tone_partials(arena, wanted, &layer->partials, tone);
  case CS_LAYER_FM:
    return cs_tone_fm(arena, wanted, &layer->fm, tone);
  case CS_LAYER_STRING:
    return cs_tone_string(arena, wanted, &layer->string, tone);
  case CS_LAYER_STROKES:
    return cs_tone_strokes(arena, wanted, &layer->strokes, tone);
  case CS_N_LAYER_KINDS:
    break;
  }
  return CS_OK;
}

/// Keys that share samples.
typedef struct Keys {
  int low, high; ///< What the samples are made for.
  int root;
  size_t zone;
} Keys;

static CsStatus
make_layer(CsArena *arena, CsArena *scratch, const CsSoundRecipe *r,
    size_t layer, const Keys *keys, CsToneZone *made)
{
  const CsLayer *l           = &r->layers[layer];
  const CsToneRequest wanted = {.name = r->name,
      .layer                          = layer,
      .zone                           = keys->zone,
      .hz                             = hz_of_key(keys->root + l->transpose),
      .key                            = keys->root,
      .top_hz  = top_hz / cs_exp2((keys->high - keys->root) / 12.0),
      .decay_s = l->envelope.decay_s * cs_exp2((60 - keys->root) / 12.0 *
                                               l->envelope.decay_tracking)};
  *made                      = (CsToneZone){.level_db = l->level_db};
  CS_TRY(make_tone(scratch, &wanted, l, &made->tone));
  cs_tone_level(&made->tone);
  CsSoundZone *zone = &made->zone;
  // The outer zones go on to the ends, so that no key is silent.
  zone->low_key       = keys->low <= r->range[0] ? 0 : keys->low;
  zone->high_key      = keys->high >= r->range[1] ? MAX_KEY : keys->high;
  zone->low_velocity  = 1;
  zone->high_velocity = 127;
  zone->root_key      = keys->root;
  zone->sample_name =
      cs_arena_printf(arena, "%.10s %d.%zu", r->name, keys->root, layer + 1);
  CS_TRY_NEW(zone->sample_name);
  return cs_zone_generators(arena, l, keys->root, r->transposes, zone);
}

static double
slowest_attack_s(const CsSoundRecipe *r)
{
  double slowest = 0.0;
  for (size_t i = 0; i < r->n_layers; i++) {
    const CsLayer *l = &r->layers[i];
    slowest          = fmax(slowest, l->envelope.attack_ms / 1000.0);
    if (l->kind == CS_LAYER_STROKES)
      slowest = fmax(slowest, l->strokes.length_s);
  }
  return slowest;
}

static CsStatus
make_keys(CsArena *arena, CsArena *scratch, const CsHouse *house,
    const CsSoundRecipe *r, const Keys *keys, CsSound *sound)
{
  const double middle     = (r->sweet[0] + r->sweet[1]) / 2.0;
  const CsZoneLevel level = {.key = keys->root,
      .loudness_lufs = house->recipes.reference_lufs + r->level_db +
                       r->slope_db * (keys->root - middle) / 12.0,
      .attack_s = slowest_attack_s(r)};
  CsToneZone *tones       = CS_NEW_N(scratch, CsToneZone, r->n_layers);
  CS_TRY_NEW(tones);
  for (size_t i = 0; i < r->n_layers; i++)
    CS_TRY(make_layer(arena, scratch, r, i, keys, &tones[i]));
  return cs_zones_finish(arena, scratch, tones, r->n_layers, &level,
      sound->zones, &sound->n_zones);
}

static CsStatus
make_sound(CsArena *arena, CsArena *scratch, const CsHouse *house,
    const CsSoundRecipe *r, CsSound *sound)
{
  const int step       = r->transposes ? r->zone_semitones : MAX_KEY + 1;
  const int n_steps    = (r->range[1] - r->range[0]) / step;
  const size_t n_zones = (size_t)n_steps + 1;
  sound->zones = CS_NEW_N(arena, CsSoundZone, 2 * n_zones * r->n_layers);
  CS_TRY_NEW(sound->zones);
  for (size_t z = 0; z < n_zones; z++) {
    Keys keys = {.low = r->range[0] + (int)z * step, .zone = z};
    keys.high = cs_clamp_int(keys.low + step - 1, keys.low, r->range[1]);
    keys.root = r->transposes ? (keys.low + keys.high + 1) / 2 : 60;
    CS_TRY(make_keys(arena, scratch, house, r, &keys, sound));
    cs_arena_reset(scratch);
  }
  return CS_OK;
}

// ---- Kits -------------------------------------------------------------------

/// Synthesise a drum, unless it is there already.
static CsStatus
make_drum(CsHouse *house, CsArena *scratch, size_t index)
{
  const CsDrumRecipe *r = &house->recipes.drums[index];
  if (house->drums[index] != NULL)
    return CS_OK;
  const CsToneRequest wanted = {.name = r->name, .hz = 261.6, .key = 60};
  const CsZoneLevel level    = {.key = 60,
         .loudness_lufs              = house->recipes.reference_lufs + r->level_db,
         .attack_s                   = r->strokes.length_s};
  CsToneZone made            = {.level_db = 0.0};
  CS_TRY(cs_tone_strokes(scratch, &wanted, &r->strokes, &made.tone));
  cs_tone_level(&made.tone);
  made.zone            = (CsSoundZone){.low_key = 0,
                 .high_key                      = MAX_KEY,
                 .low_velocity                  = 1,
                 .high_velocity                 = 127,
                 .root_key                      = 60,
                 .sample_name                   = r->name};
  const CsKitKey plain = {.key = 60};
  CS_TRY(cs_zone_drum_generators(house->arena, r, &plain, &made.zone));
  CsSoundZone *zones = CS_NEW_N(house->arena, CsSoundZone, 2);
  CS_TRY_NEW(zones);
  CS_TRY(cs_zones_finish(house->arena, scratch, &made, 1, &level, zones,
      &house->n_drum_zones[index]));
  house->drums[index] = zones;
  return CS_OK;
}

/// Put a drum on a key.
static CsStatus
place_drum(
    CsArena *arena, const CsHouse *house, const CsKitKey *at, CsSound *sound)
{
  const CsDrumRecipe *r = &house->recipes.drums[at->index];
  for (size_t i = 0; i < house->n_drum_zones[at->index]; i++) {
    CsSoundZone *zone    = &sound->zones[sound->n_zones++];
    const bool is_stereo = house->n_drum_zones[at->index] == 2;
    CsKitKey placed      = *at;
    if (is_stereo)
      placed.pan = cs_clamp((i == 0 ? -1.0 : 1.0) + at->pan, -1.0, 1.0);
    *zone                  = house->drums[at->index][i];
    zone->low_key          = at->key;
    zone->high_key         = at->key;
    zone->root_key         = at->key - (int)floor(at->tune);
    zone->correction_cents = (int)(100.0 * (at->tune - floor(at->tune)));
    CS_TRY(cs_zone_drum_generators(arena, r, &placed, zone));
  }
  return CS_OK;
}

static CsStatus
make_kit(CsArena *arena, CsArena *scratch, CsHouse *house, const CsKitRecipe *r,
    CsSound *sound)
{
  sound->zones = CS_NEW_N(arena, CsSoundZone, 2 * r->n_keys);
  CS_TRY_NEW(sound->zones);
  for (size_t i = 0; i < r->n_keys; i++) {
    CS_TRY(make_drum(house, scratch, r->keys[i].index));
    CS_TRY(place_drum(arena, house, &r->keys[i], sound));
    cs_arena_reset(scratch);
  }
  return CS_OK;
}

CsStatus
cs_house_make(CsArena *arena, CsHouse *house, size_t index, CsSound *sound)
{
  const CsHouseRecipes *r = &house->recipes;
  CsArena *scratch        = cs_arena_new(NULL);
  if (scratch == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "out of memory");
  *sound = cs_house_outline(house, index);
  const CsStatus status =
      index < r->n_sounds
          ? make_sound(arena, scratch, house, &r->sounds[index], sound)
          : make_kit(
                arena, scratch, house, &r->kits[index - r->n_sounds], sound);
  if (status != CS_OK)
    (void)cs_fail(arena, status, "%s", cs_arena_error(scratch));
  cs_arena_free(scratch);
  return status;
}
