#include "soundfonts/mend.h"

#include "gen/base/mathx.h"
#include "soundfonts/generators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  N_KEYS   = 128,
  KIT_BANK = 128,
  SEMITONE = 100,
  FINE     = 99,
  /// Ten seconds. MuseScore's piano has a second set of voices that come in so
  /// slowly; no note of a cue lasts until they are heard.
  SLOWEST_ATTACK = 3986,
  USUAL_ATTACK   = -12000,
  LOUDEST        = 127,
  FILTER_OPEN    = 13500,
};

/// A joint less wide than this is cut off unheard.
static const double fade_share = 0.25;

// ---- Generators -------------------------------------------------------------

CsStatus
cs_zone_set_generator(CsArena *arena, CsSoundZone *zone, int number, int amount)
{
  CsGenerator *list = CS_NEW_N(arena, CsGenerator, zone->n_generators + 1);
  size_t n          = 0;
  CS_TRY_NEW(list);
  for (size_t i = 0; i < zone->n_generators; i++)
    if (zone->generators[i].number != number)
      list[n++] = zone->generators[i];
  list[n++]          = (CsGenerator){(uint16_t)number, (int16_t)amount};
  zone->generators   = list;
  zone->n_generators = n;
  return CS_OK;
}

static CsStatus
add_modulator(CsArena *arena, CsSoundZone *zone, const CsModulator *more)
{
  CsModulator *list = CS_NEW_N(arena, CsModulator, zone->n_modulators + 1);
  CS_TRY_NEW(list);
  if (zone->n_modulators > 0)
    memcpy(list, zone->modulators, zone->n_modulators * sizeof *list);
  zone->modulators = list;
  for (size_t i = 0; i < zone->n_modulators; i++)
    if (list[i].source == more->source &&
        list[i].destination == more->destination &&
        list[i].amount_source == more->amount_source) {
      list[i].amount = (int16_t)cs_clamp_int(
          list[i].amount + more->amount, -INT16_MAX, INT16_MAX);
      return CS_OK;
    }
  list[zone->n_modulators++] = *more;
  return CS_OK;
}

// ---- Tuning and level -------------------------------------------------------

static CsStatus
add_cents(CsArena *arena, CsSoundZone *z, double cents)
{
  int fine      = cs_zone_generator(z, CS_GEN_FINE_TUNE, 0) + (int)lrint(cents);
  int semitones = cs_zone_generator(z, CS_GEN_COARSE_TUNE, 0);
  for (; fine > FINE; fine -= SEMITONE)
    semitones++;
  for (; fine < -FINE; fine += SEMITONE)
    semitones--;
  if (semitones != cs_zone_generator(z, CS_GEN_COARSE_TUNE, 0))
    CS_TRY(cs_zone_set_generator(arena, z, CS_GEN_COARSE_TUNE, semitones));
  return cs_zone_set_generator(arena, z, CS_GEN_FINE_TUNE, fine);
}

/// Attenuations under 0, which the specification does not know, are made up for
/// in scale_samples().
static CsStatus
add_db(CsArena *arena, CsSoundZone *z, double db)
{
  const int now  = cs_zone_generator(z, CS_GEN_ATTENUATION, 0);
  const int then = now - (int)lrint(db * CS_ATTENUATION_PER_DB);
  return then == now
             ? CS_OK
             : cs_zone_set_generator(arena, z, CS_GEN_ATTENUATION, then);
}

static CsStatus
mend_key(CsArena *arena, const CsBankMend *mend, CsSound *sound)
{
  bool is_found = false;
  for (size_t i = 0; i < sound->n_zones; i++) {
    CsSoundZone *z = &sound->zones[i];
    if (mend->key < z->low_key || mend->key > z->high_key)
      continue;
    is_found = true;
    if (mend->cents != 0.0)
      CS_TRY(add_cents(arena, z, mend->cents));
    if (mend->db != 0.0)
      CS_TRY(add_db(arena, z, mend->db));
  }
  if (!is_found)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the recipe mends key %d of \"%s\", which no zone plays", mend->key,
        sound->name);
  return CS_OK;
}

// ---- Samples ----------------------------------------------------------------

/// Zones with the same samples get the same new ones.
static bool
share_samples(CsSound *sound, size_t zone, const int16_t *const *before,
    const size_t *lengths)
{
  CsSoundZone *z = &sound->zones[zone];
  for (size_t i = 0; i < zone; i++)
    if (before[i] == before[zone] && lengths[i] == lengths[zone]) {
      z->samples  = sound->zones[i].samples;
      z->n_frames = sound->zones[i].n_frames;
      return true;
    }
  return false;
}

/// Change the samples of each zone once.
static CsStatus
each_sample(CsArena *arena, CsSound *sound, double amount,
    CsStatus (*change)(CsArena *arena, double amount, CsSoundZone *zone))
{
  const int16_t **before = CS_NEW_N(arena, const int16_t *, sound->n_zones);
  size_t *lengths        = CS_NEW_N(arena, size_t, sound->n_zones);
  if (before == NULL || lengths == NULL)
    return CS_ERR_MEMORY;
  for (size_t i = 0; i < sound->n_zones; i++) {
    before[i]  = sound->zones[i].samples;
    lengths[i] = sound->zones[i].n_frames;
  }
  for (size_t i = 0; i < sound->n_zones; i++)
    if (!share_samples(sound, i, before, lengths))
      CS_TRY(change(arena, amount, &sound->zones[i]));
  return CS_OK;
}

static CsStatus
scale_zone(CsArena *arena, double gain, CsSoundZone *z)
{
  int16_t *made = CS_NEW_N(arena, int16_t, z->n_frames);
  CS_TRY_NEW(made);
  for (size_t i = 0; i < z->n_frames; i++)
    made[i] = (int16_t)cs_clamp(
        floor(z->samples[i] * gain + 0.5), INT16_MIN, INT16_MAX);
  z->samples = made;
  return CS_OK;
}

/// How much louder all samples of a sound can be, in units of attenuation.
static int
room_of(const CsSound *sound)
{
  int peak = 1;
  for (size_t i = 0; i < sound->n_zones; i++)
    for (size_t k = 0; k < sound->zones[i].n_frames; k++) {
      const int x = abs(sound->zones[i].samples[k]);
      peak        = x > peak ? x : peak;
    }
  return (
      int)(cs_db_from_gain((double)INT16_MAX / peak) * CS_ATTENUATION_PER_DB);
}

/// What attenuation should not do, because it would be under 0, the samples do
/// as far as they have room. (FluidSynth takes the rest as it is meant.)
static CsStatus
scale_samples(CsArena *arena, CsSound *sound)
{
  int least = 0;
  for (size_t i = 0; i < sound->n_zones; i++) {
    const int a = cs_zone_generator(&sound->zones[i], CS_GEN_ATTENUATION, 0);
    least       = a < least ? a : least;
  }
  const int room = least < 0 ? room_of(sound) : 0;
  const int more = -least < room ? -least : room;
  if (more <= 0)
    return CS_OK;
  CS_TRY(each_sample(
      arena, sound, cs_gain_from_db(more / CS_ATTENUATION_PER_DB), scale_zone));
  for (size_t i = 0; i < sound->n_zones; i++) {
    CsSoundZone *z = &sound->zones[i];
    CS_TRY(cs_zone_set_generator(arena, z, CS_GEN_ATTENUATION,
        cs_zone_generator(z, CS_GEN_ATTENUATION, 0) + more));
  }
  return CS_OK;
}

/// End a sample after so many seconds, faded out.
static CsStatus
crop_zone(CsArena *arena, double seconds, CsSoundZone *z)
{
  const size_t n = (size_t)(seconds * z->sample_rate);
  if (n >= z->n_frames || n == 0)
    return CS_OK;
  const size_t n_fade = (size_t)((double)n * fade_share);
  int16_t *made       = CS_NEW_N(arena, int16_t, n);
  CS_TRY_NEW(made);
  for (size_t i = 0; i < n; i++) {
    const size_t left = n - i;
    const double x    = left < n_fade ? (double)left / (double)n_fade : 1.0;
    made[i] = (int16_t)floor(z->samples[i] * x * x * (3.0 - 2.0 * x) + 0.5);
  }
  z->samples  = made;
  z->n_frames = n;
  return CS_OK;
}

static CsStatus
crop_samples(CsArena *arena, double seconds, CsSound *sound)
{
  CS_TRY(each_sample(arena, sound, seconds, crop_zone));
  for (size_t i = 0; i < sound->n_zones; i++) {
    CsSoundZone *z = &sound->zones[i];
    if (z->loop_end > z->n_frames)
      z->loop_start = z->loop_end = 0;
  }
  return CS_OK;
}

// ---- Zones ------------------------------------------------------------------

enum { ANY_VELOCITY = -1 };

static bool
plays(const CsSound *sound, int key, int velocity)
{
  for (size_t i = 0; i < sound->n_zones; i++) {
    const CsSoundZone *z = &sound->zones[i];
    if (z->low_key <= key && key <= z->high_key &&
        (velocity == ANY_VELOCITY ||
            (z->low_velocity <= velocity && velocity <= z->high_velocity)))
      return true;
  }
  return false;
}

/// Let the zones that play one key play the next one too.
static void
stretch(CsSound *sound, int from, int key)
{
  for (size_t i = 0; i < sound->n_zones; i++) {
    CsSoundZone *z = &sound->zones[i];
    if (z->low_key > from || z->high_key < from)
      continue;
    z->low_key  = key < z->low_key ? key : z->low_key;
    z->high_key = key > z->high_key ? key : z->high_key;
  }
}

void
cs_mend_silent_keys(CsSound *sound)
{
  for (int key = 1; key < N_KEYS; key++)
    if (!plays(sound, key, ANY_VELOCITY) && plays(sound, key - 1, ANY_VELOCITY))
      stretch(sound, key - 1, key);
  for (int key = N_KEYS - 2; key >= 0; key--)
    if (!plays(sound, key, ANY_VELOCITY) && plays(sound, key + 1, ANY_VELOCITY))
      stretch(sound, key + 1, key);
}

bool
cs_mend_wants(void *row, const CsSoundZone *zone)
{
  const CsBankPreset *r = row;
  return zone->low_key <= r->keys[1] && zone->high_key >= r->keys[0] &&
         zone->low_velocity <= r->up_to_velocity &&
         cs_zone_generator(zone, CS_GEN_ATTACK, USUAL_ATTACK) < SLOWEST_ATTACK;
}

/// The loudest layer that is left takes the place of louder ones.
static void
stretch_loudest(CsSound *sound)
{
  int most = 0;
  for (size_t i = 0; i < sound->n_zones; i++)
    if (sound->zones[i].high_velocity > most)
      most = sound->zones[i].high_velocity;
  for (size_t i = 0; i < sound->n_zones; i++)
    if (sound->zones[i].high_velocity == most)
      sound->zones[i].high_velocity = LOUDEST;
}

/// Keep the zones of every nth pitch that was sampled; their neighbours are
/// stretched over the gaps afterwards.
static void
thin_out(CsSound *sound, int every)
{
  bool is_root[N_KEYS] = {false}, is_kept[N_KEYS] = {false};
  int n_roots = 0;
  size_t n    = 0;
  for (size_t i = 0; i < sound->n_zones; i++)
    is_root[sound->zones[i].root_key & (N_KEYS - 1)] = true;
  for (int key = 0; key < N_KEYS; key++)
    if (is_root[key])
      is_kept[key] = n_roots++ % every == 0;
  for (size_t i = 0; i < sound->n_zones; i++)
    if (is_kept[sound->zones[i].root_key & (N_KEYS - 1)])
      sound->zones[n++] = sound->zones[i];
  sound->n_zones = n;
}

/// Of two sides the left one, put in the middle: sides that were recorded far
/// apart take each other away in mono.
static CsStatus
take_one_side(CsArena *arena, CsSound *sound)
{
  size_t n = 0;
  for (size_t i = 0; i < sound->n_zones; i++)
    if (cs_zone_generator(&sound->zones[i], CS_GEN_PAN, 0) <= 0)
      sound->zones[n++] = sound->zones[i];
  sound->n_zones = n;
  for (size_t i = 0; i < n; i++)
    CS_TRY(cs_zone_set_generator(arena, &sound->zones[i], CS_GEN_PAN, 0));
  return CS_OK;
}

/// A low-pass that lies so many harmonics above the key at full velocity and
/// falls with it: FluidR3 plays most instruments as bright at 40 as at 112.
/// Where the font has a lower one on its own, that stays the upper bound.
static CsStatus
darken_softly(CsArena *arena, const CsBankPreset *row, CsSoundZone *z)
{
  // 0 cents of the generator are key 0; modulators count keys in 128ths.
  const int low    = cs_clamp_int(z->low_key, (int)row->keys[0], N_KEYS - 1);
  const int high   = cs_clamp_int(z->high_key, 0, (int)row->keys[1]);
  const int middle = (low + high) / 2;
  const int wanted = (int)lrint(1200.0 * cs_log2(row->harmonics));
  const int now    = cs_zone_generator(z, CS_GEN_FILTER_CUTOFF, FILTER_OPEN);
  const int most   = now - SEMITONE * middle;
  const CsModulator track = {
      CS_MOD_KEY_LINEAR, CS_GEN_FILTER_CUTOFF, SEMITONE * N_KEYS, 0, 0};
  const CsModulator darken = {CS_MOD_VELOCITY_NEGATIVE_LINEAR,
      CS_GEN_FILTER_CUTOFF, (int16_t)-lrint(row->darken_cents), 0, 0};
  CS_TRY(cs_zone_set_generator(
      arena, z, CS_GEN_FILTER_CUTOFF, wanted < most ? wanted : most));
  CS_TRY(add_modulator(arena, z, &track));
  return add_modulator(arena, z, &darken);
}

static CsStatus
mend_zone(CsArena *arena, const CsBankPreset *row, double db, CsSoundZone *z)
{
  if (db != 0.0)
    CS_TRY(add_db(arena, z, db));
  if (row->tune_cents != 0.0)
    CS_TRY(add_cents(arena, z, row->tune_cents));
  if (row->release_ms > 0.0) {
    const int time = (int)lrint(1200.0 * cs_log2(row->release_ms / 1000.0));
    CS_TRY(cs_zone_set_generator(arena, z, CS_GEN_RELEASE, time));
  }
  if (row->harmonics > 0.0)
    CS_TRY(darken_softly(arena, row, z));
  return CS_OK;
}

/// A row that thins out or leaves out too much shows here.
static CsStatus
check_sounding(CsArena *arena, const CsBankPreset *row, const CsSound *sound)
{
  static const int velocities[] = {20, 64, 100, LOUDEST};
  for (int key = (int)row->keys[0]; key <= (int)row->keys[1]; key++)
    for (size_t v = 0; v < sizeof velocities / sizeof *velocities; v++)
      if (!plays(sound, key, velocities[v]))
        return cs_fail(arena, CS_ERR_REQUEST,
            "the recipe leaves key %d of \"%s\" silent at velocity %d", key,
            sound->name, velocities[v]);
  return CS_OK;
}

CsStatus
cs_mend_sound(
    CsArena *arena, const CsBankPreset *row, double level_db, CsSound *sound)
{
  sound->name    = row->name;
  sound->bank    = row->bank;
  sound->program = row->program;
  stretch_loudest(sound);
  if (row->every > 1)
    thin_out(sound, row->every);
  if (row->one_side)
    CS_TRY(take_one_side(arena, sound));
  if (row->seconds > 0.0)
    CS_TRY(crop_samples(arena, row->seconds, sound));
  for (size_t i = 0; i < sound->n_zones; i++)
    CS_TRY(mend_zone(arena, row, row->gain_db + level_db, &sound->zones[i]));
  CS_TRY(cs_mend_layers(arena, sound));
  if (row->bank != KIT_BANK)
    cs_mend_silent_keys(sound);
  for (size_t i = 0; i < row->n_mends; i++)
    CS_TRY(mend_key(arena, &row->mends[i], sound));
  if (row->bank != KIT_BANK)
    CS_TRY(check_sounding(arena, row, sound));
  return scale_samples(arena, sound);
}
