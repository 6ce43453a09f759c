#include "gen/synth/patch.h"

#include "gen/base/mathx.h"
#include "gen/synth/lowpass.h"
#include "gen/synth/units.h"
#include "soundfonts/sf2_merge.h"

#include <string.h>

enum { KIT_BANK = 128, FOR_EVER = INT32_MAX };

typedef struct Zone {
  CsSoundZone sound;
  int16_t amounts[CS_N_GENERATORS];
  const CsModulator *modulators;
  size_t n_modulators;
} Zone;

struct CsPatch {
  Zone *zones;
  size_t n_zones;
};

/// What generators are where no zone sets them, unless it is 0 (8.1.3).
static const CsGenerator usual_amounts[] = {
    {CS_GEN_FILTER_CUTOFF, 13500},
    {CS_GEN_SWAY_DELAY, -12000},
    {CS_GEN_VIBRATO_DELAY, -12000},
    {CS_GEN_SWEEP_DELAY, -12000},
    {CS_GEN_SWEEP_ATTACK, -12000},
    {CS_GEN_SWEEP_HOLD, -12000},
    {CS_GEN_SWEEP_DECAY, -12000},
    {CS_GEN_SWEEP_RELEASE, -12000},
    {CS_GEN_DELAY, -12000},
    {CS_GEN_ATTACK, -12000},
    {CS_GEN_HOLD, -12000},
    {CS_GEN_DECAY, -12000},
    {CS_GEN_RELEASE, -12000},
    {CS_GEN_KEY, -1},
    {CS_GEN_VELOCITY, -1},
    {CS_GEN_SCALE_TUNE, 100},
};

// ---- Reading ----------------------------------------------------------------

/// The preset that plays what was asked for, or -1.
static int
find_preset(const CsSf2 *font, int bank, int program)
{
  const bool is_kit = bank == KIT_BANK;
  int index         = cs_sf2_find(font, bank, program);
  if (index < 0 && !is_kit)
    index = cs_sf2_find(font, 0, program);
  if (index < 0)
    index = cs_sf2_find(font, is_kit ? KIT_BANK : 0, 0);
  size_t n                   = 0;
  const CsSf2Preset *presets = cs_sf2_presets(font, &n);
  for (size_t i = 0; i < n && index < 0; i++)
    if ((presets[i].bank == KIT_BANK) == is_kit)
      index = (int)i;
  return index;
}

/// Does a zone answer to one of the keys?
static bool
is_played(void *user, const CsSoundZone *zone)
{
  const bool *keys = user;
  for (int key = zone->low_key; key <= zone->high_key; key++)
    if (keys[key])
      return true;
  return false;
}

static CsStatus
take_zone(CsArena *arena, const CsSoundZone *sound, Zone *zone)
{
  CsModulator all[CS_MAX_MODULATORS];
  zone->sound = *sound;
  for (size_t i = 0; i < sizeof usual_amounts / sizeof *usual_amounts; i++)
    zone->amounts[usual_amounts[i].number] = usual_amounts[i].amount;
  for (size_t i = 0; i < sound->n_generators; i++)
    zone->amounts[sound->generators[i].number] = sound->generators[i].amount;
  zone->n_modulators = cs_modulators_of(sound, all);
  zone->modulators = cs_arena_keep(arena, all, zone->n_modulators, sizeof *all);
  return zone->modulators != NULL ? CS_OK : CS_ERR_MEMORY;
}

CsStatus
cs_patch_read(CsArena *arena, CsSf2 *font, int bank, int program,
    const bool keys[CS_N_KEYS_PLAYED], const CsPatch **patch)
{
  bool wanted[CS_N_KEYS_PLAYED];
  const int index = find_preset(font, bank, program);
  CsSound sound   = {0};
  CsPatch *made   = CS_NEW(arena, CsPatch);
  cs_units_prepare();
  CS_TRY_NEW(made);
  memcpy(wanted, keys, sizeof wanted);
  if (index >= 0)
    CS_TRY(cs_sf2_read(font, (size_t)index, is_played, wanted, &sound));
  made->zones = CS_NEW_N(arena, Zone, sound.n_zones);
  CS_TRY_NEW(made->zones);
  for (size_t i = 0; i < sound.n_zones; i++)
    CS_TRY(take_zone(arena, &sound.zones[i], &made->zones[i]));
  made->n_zones = sound.n_zones;
  *patch        = made;
  return CS_OK;
}

void
cs_patch_chokes(const CsPatch *patch, bool keys[CS_N_KEYS_PLAYED])
{
  memset(keys, 0, CS_N_KEYS_PLAYED * sizeof *keys);
  for (size_t i = 0; i < patch->n_zones; i++) {
    const Zone *z = &patch->zones[i];
    if (z->amounts[CS_GEN_EXCLUSIVE_CLASS] != 0)
      for (int key = z->sound.low_key; key <= z->sound.high_key; key++)
        keys[key] = true;
  }
}

// ---- What a zone plays for a note -------------------------------------------

/// A note being worked out.
typedef struct Asking {
  const Zone *zone;
  int key; ///< Played, or what the zone puts in its place.
  int sample_rate;
  double amounts[CS_N_GENERATORS];
} Asking;

static double
within(const Asking *a, int generator, double low, double high)
{
  return cs_clamp(a->amounts[generator], low, high);
}

static double
steps_per_s(const Asking *a)
{
  return (double)a->sample_rate / CS_SYNTH_STEP_FRAMES;
}

/// Whole steps of a time in timecents.
static uint32_t
steps_of(const Asking *a, int generator, double low, double high)
{
  const double timecents = within(a, generator, low, high);
  return (uint32_t)(cs_s_of_timecents(timecents) * steps_per_s(a));
}

/// Hold and decay grow shorter with the key and are rounded.
static uint32_t
keyed_steps_of(const Asking *a, int generator, int by_key, double high)
{
  const double timecents =
      a->amounts[generator] + a->amounts[by_key] * (60 - a->key);
  const double s = cs_s_of_timecents(cs_clamp(timecents, -12000.0, high));
  return (uint32_t)(s * steps_per_s(a) + 0.5);
}

/// As a float, which FluidSynth reckons with: see slope() in envelope.c.
static const double permille = (double)0.001F;

/// Where an envelope's generators stand in the table: delay, attack, hold,
/// decay, sustain and release follow each other, then hold and decay by key.
static CsEnvelopeCourse
course_of(const Asking *a, int delay, double shortest_release)
{
  enum { ATTACK = 1, HOLD, DECAY, SUSTAIN, RELEASE, HOLD_BY_KEY, DECAY_BY_KEY };
  const int g                = delay;
  CsEnvelopeCourse c         = {.is_volume = delay == CS_GEN_DELAY};
  c.n_steps[CS_STAGE_DELAY]  = steps_of(a, g, -12000.0, 5000.0);
  c.n_steps[CS_STAGE_ATTACK] = 1 + steps_of(a, g + ATTACK, -12000.0, 8000.0);
  c.n_steps[CS_STAGE_HOLD] =
      keyed_steps_of(a, g + HOLD, g + HOLD_BY_KEY, 5000.0);
  c.n_steps[CS_STAGE_DECAY] =
      keyed_steps_of(a, g + DECAY, g + DECAY_BY_KEY, 8000.0);
  c.n_steps[CS_STAGE_SUSTAIN] = FOR_EVER;
  c.n_steps[CS_STAGE_RELEASE] =
      1 + steps_of(a, g + RELEASE, shortest_release, 8000.0);
  c.n_steps[CS_STAGE_FINISHED] = FOR_EVER;
  c.sustain = cs_clamp(1.0 - permille * a->amounts[g + SUSTAIN], 0.0, 1.0);
  return c;
}

static CsLfo
lfo_of(const Asking *a, int delay, int frequency)
{
  const double delay_s = cs_s_of_timecents(within(a, delay, -12000.0, 5000.0));
  const double cents   = within(a, frequency, -16000.0, 4500.0);
  const double hz      = cs_exact_hz_of_cents(cents);
  return (CsLfo){.delay_frames = (int64_t)(delay_s * a->sample_rate),
      .increment               = 4.0 * hz / steps_per_s(a)};
}

static void
set_pitch(const Asking *a, CsZoneNote *n)
{
  const CsSoundZone *z = n->zone;
  const double root    = 100.0 * z->root_key - z->correction_cents;
  n->pitch_cents = a->amounts[CS_GEN_SCALE_TUNE] * (a->key - root / 100.0) +
                   root + 100.0 * a->amounts[CS_GEN_COARSE_TUNE] +
                   a->amounts[CS_GEN_FINE_TUNE];
  n->root_hz =
      cs_audible_hz_of_cents(root) * a->sample_rate / (double)z->sample_rate;
  n->modulation_to_pitch = within(a, CS_GEN_SWAY_TO_PITCH, -12000, 12000);
  n->vibrato_to_pitch    = within(a, CS_GEN_VIBRATO_TO_PITCH, -12000, 12000);
  n->sweep_to_pitch      = within(a, CS_GEN_SWEEP_TO_PITCH, -12000, 12000);
}

static void
set_level(const Asking *a, CsZoneNote *n)
{
  const double pan        = a->amounts[CS_GEN_PAN];
  const double centibels  = within(a, CS_GEN_ATTENUATION, 0.0, 1440.0);
  n->gain                 = cs_gain_of_centibels(centibels);
  n->left                 = cs_pan_gain_left(pan);
  n->right                = cs_pan_gain_right(pan);
  n->modulation_to_volume = within(a, CS_GEN_SWAY_TO_VOLUME, -960.0, 960.0);
}

static void
set_filter(const Asking *a, CsZoneNote *n)
{
  n->cutoff_cents         = a->amounts[CS_GEN_FILTER_CUTOFF];
  n->q                    = cs_lowpass_q(a->amounts[CS_GEN_FILTER_Q]);
  n->modulation_to_cutoff = within(a, CS_GEN_SWAY_TO_FILTER, -12000, 12000);
  n->sweep_to_cutoff      = within(a, CS_GEN_SWEEP_TO_FILTER, -12000, 12000);
}

static CsZoneNote
note_of(const Zone *zone, int key, int velocity,
    const CsControllers *controllers, int sample_rate)
{
  const int own_key      = zone->amounts[CS_GEN_KEY];
  const int own_velocity = zone->amounts[CS_GEN_VELOCITY];
  Asking a = {zone, own_key >= 0 ? own_key : key, sample_rate, {0}};
  for (int g = 0; g < CS_N_GENERATORS; g++)
    a.amounts[g] = zone->amounts[g];
  a.amounts[CS_GEN_ATTENUATION] *= 10.0 / CS_ATTENUATION_PER_DB;
  cs_modulate(zone->modulators, zone->n_modulators, a.key,
      own_velocity > 0 ? own_velocity : velocity, controllers, a.amounts);
  CsZoneNote n = {.zone = &zone->sound,
      .volume           = course_of(&a, CS_GEN_DELAY, -7200.0),
      .sweep            = course_of(&a, CS_GEN_SWEEP_DELAY, -12000.0),
      .modulation       = lfo_of(&a, CS_GEN_SWAY_DELAY, CS_GEN_SWAY_FREQUENCY),
      .vibrato = lfo_of(&a, CS_GEN_VIBRATO_DELAY, CS_GEN_VIBRATO_FREQUENCY),
      .exclusive_class = zone->amounts[CS_GEN_EXCLUSIVE_CLASS]};
  set_pitch(&a, &n);
  set_level(&a, &n);
  set_filter(&a, &n);
  return n;
}

static bool
answers(const CsSoundZone *z, int key, int velocity)
{
  return key >= z->low_key && key <= z->high_key &&
         velocity >= z->low_velocity && velocity <= z->high_velocity;
}

size_t
cs_patch_notes(const CsPatch *patch, int key, int velocity,
    const CsControllers *controllers, int sample_rate, CsZoneNote *notes,
    size_t most)
{
  size_t n = 0;
  for (size_t i = 0; i < patch->n_zones && n < most; i++)
    if (answers(&patch->zones[i].sound, key, velocity))
      notes[n++] =
          note_of(&patch->zones[i], key, velocity, controllers, sample_rate);
  return n;
}

// ---- Sides ------------------------------------------------------------------

static bool
are_equal(const double *a, const double *b, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (a[i] < b[i] || a[i] > b[i])
      return false;
  return true;
}

static bool
have_equal_steps(const CsEnvelopeCourse *a, const CsEnvelopeCourse *b)
{
  return memcmp(a->n_steps, b->n_steps, sizeof a->n_steps) == 0;
}

static bool
are_equally_long(const CsSoundZone *a, const CsSoundZone *b)
{
  return a->n_frames == b->n_frames && a->loop_start == b->loop_start &&
         a->loop_end == b->loop_end &&
         a->loops_until_release == b->loops_until_release;
}

enum { N_FACTS = 19 };

static void
list_facts(const CsZoneNote *n, double facts[N_FACTS])
{
  const double own[N_FACTS] = {n->gain, n->pitch_cents, n->root_hz,
      n->cutoff_cents, n->q, n->volume.sustain, n->sweep.sustain,
      n->modulation.increment, n->modulation.value,
      (double)n->modulation.delay_frames, n->vibrato.increment,
      n->vibrato.value, (double)n->vibrato.delay_frames, n->modulation_to_pitch,
      n->vibrato_to_pitch, n->sweep_to_pitch, n->modulation_to_cutoff,
      n->sweep_to_cutoff, n->modulation_to_volume};
  memcpy(facts, own, sizeof own);
}

bool
cs_are_sides(const CsZoneNote *a, const CsZoneNote *b)
{
  double facts[2][N_FACTS];
  list_facts(a, facts[0]);
  list_facts(b, facts[1]);
  return are_equal(facts[0], facts[1], N_FACTS) &&
         have_equal_steps(&a->volume, &b->volume) &&
         have_equal_steps(&a->sweep, &b->sweep) &&
         a->exclusive_class == b->exclusive_class &&
         are_equally_long(a->zone, b->zone);
}
