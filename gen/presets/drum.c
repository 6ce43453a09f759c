#include "gen/presets/reading.h"

#include <string.h>

// ---- Names ------------------------------------------------------------------

typedef struct DrumName {
  const char *name;
  int key;
} DrumName;

/// The General MIDI percussion map, as drum lines in patterns call it.
static const DrumName drum_names[] = {
    {"kick", 36},
    {"deep kick", 35},
    {"snare", 38},
    {"hard snare", 40},
    {"rim", 37},
    {"clap", 39},
    {"hat", 42},
    {"pedal hat", 44},
    {"open hat", 46},
    {"floor tom", 41},
    {"high floor tom", 43},
    {"low tom", 45},
    {"mid tom", 47},
    {"high mid tom", 48},
    {"high tom", 50},
    {"crash", 49},
    {"second crash", 57},
    {"ride", 51},
    {"ride bell", 53},
    {"second ride", 59},
    {"china", 52},
    {"splash", 55},
    {"tambourine", 54},
    {"cowbell", 56},
    {"vibraslap", 58},
    {"high bongo", 60},
    {"low bongo", 61},
    {"muted conga", 62},
    {"high conga", 63},
    {"low conga", 64},
    {"high timbale", 65},
    {"low timbale", 66},
    {"high agogo", 67},
    {"low agogo", 68},
    {"cabasa", 69},
    {"maracas", 70},
    {"short guiro", 73},
    {"long guiro", 74},
    {"clave", 75},
    {"woodblock", 76},
    {"low woodblock", 77},
    {"muted triangle", 80},
    {"triangle", 81},
    {"shaker", 82},
    {"sleigh bells", 83},
    {"bell tree", 84},
    {"castanets", 85},
    {"muted surdo", 86},
    {"surdo", 87},
};

int
cs_drum_key_of(const char *name)
{
  for (size_t i = 0; i < CS_N_ROWS(drum_names); i++)
    if (strcmp(drum_names[i].name, name) == 0)
      return drum_names[i].key;
  return -1;
}

CsStatus
cs_drum_key_read(CsArena *arena, const CsJson *node, const char *name, int *key)
{
  *key = cs_drum_key_of(name);
  if (*key >= 0)
    return CS_OK;
  const char *names[CS_N_ROWS(drum_names)];
  for (size_t i = 0; i < CS_N_ROWS(drum_names); i++)
    names[i] = drum_names[i].name;
  const char *nearest = cs_nearest_word(name, names, CS_N_ROWS(names));
  return cs_json_fail(arena, node,
      "the drum \"%s\" is unknown; %s%s%s, the names stand in "
      "presets/README.md",
      name, nearest != NULL ? "did you mean \"" : "choose another",
      nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

// ---- Groups -----------------------------------------------------------------

enum { N_GROUP_KEYS = 20, ANY_KEY = -1 };

/// A plain name and the keys that it means; the list ends at 0.
typedef struct DrumGroup {
  const char *name;
  int keys[N_GROUP_KEYS];
} DrumGroup;

#define KICK_KEYS 35, 36
#define SNARE_KEYS 38, 40
#define TOM_KEYS 41, 43, 45, 47, 48, 50
/// 27..29 are the hats of the orchestra kit.
#define HAT_KEYS 42, 44, 46, 27, 28, 29
#define BIG_CYMBAL_KEYS 49, 57, 51, 53, 59, 52, 55

/// Members of the kit proper are in "drums" through IN_KIT below.
static const DrumGroup groups[] = {
    {"kick", {KICK_KEYS}},
    {"bass drum", {KICK_KEYS}},
    {"snare", {SNARE_KEYS, 37}},
    {"rim", {37}},
    {"hi-hat", {HAT_KEYS}},
    {"hats", {HAT_KEYS}},
    {"cymbals", {BIG_CYMBAL_KEYS, HAT_KEYS}},
    {"ride", {51, 53, 59}},
    {"crash", {49, 57}},
    {"toms", {TOM_KEYS}},
    {"claps", {39}},
    {"shaker", {82, 69, 70}},
    {"maracas", {70}},
    {"cabasa", {69}},
    {"tambourine", {54}},
    {"triangle", {80, 81}},
    {"woodblock", {76, 77}},
    {"cowbell", {56}},
    {"claves", {75}},
    {"congas", {62, 63, 64}},
    {"bongos", {60, 61}},
    {"timbales", {65, 66}},
    {"agogo", {67, 68}},
    {"guiro", {73, 74}},
    {"castanets", {85}},
    {"sleigh bells", {83}},
    {"bell tree", {84}},
    {"bells", {53, 56, 67, 68, 80, 81, 83, 84}},
    {"surdo", {86, 87}},
    {"taiko", {86, 87}}, // What FluidR3 has there.
    {"hand drums", {60, 61, 62, 63, 64}},
    {"percussion", {ANY_KEY}},
};

/// The kit proper: what falls silent when a cue has "no drums".
static const int kit_keys[] = {
    KICK_KEYS, SNARE_KEYS, 37, 31, TOM_KEYS, HAT_KEYS, BIG_CYMBAL_KEYS};

/// Plain names of the whole kit.
static const char *const kit_names[] = {
    "drums", "drum kit", "kit", "beat", "brushes", "drum machine"};

static bool
holds(const int *keys, size_t n, int key)
{
  for (size_t i = 0; i < n && keys[i] != 0; i++)
    if (keys[i] == key || keys[i] == ANY_KEY)
      return true;
  return false;
}

bool
cs_drum_key_is(int key, const char *name)
{
  for (size_t i = 0; i < CS_N_ROWS(kit_names); i++)
    if (strcmp(kit_names[i], name) == 0)
      return holds(kit_keys, CS_N_ROWS(kit_keys), key);
  for (size_t i = 0; i < CS_N_ROWS(groups); i++)
    if (strcmp(groups[i].name, name) == 0)
      return holds(groups[i].keys, N_GROUP_KEYS, key);
  return false;
}

// ---- Which key an instrument plays ------------------------------------------

/// The orchestra kit has timpani where other kits have toms, hats, ride and
/// crash; its own hats and cymbals lie elsewhere (read from FluidR3's zones).
/// It has no ride: its closed hat ticks instead.
static const int orchestra_keys[][2] = {
    {42, 27},
    {44, 28},
    {46, 29},
    {51, 27},
    {53, 27},
    {49, 59},
    {52, 57},
};

enum {
  KIT_BANK          = 128,
  ORCHESTRA_PROGRAM = 48,
  FIRST_TIMPANI     = 41,
  LAST_TIMPANI      = 53
};

static int
orchestra_key(int key)
{
  for (size_t i = 0; i < CS_N_ROWS(orchestra_keys); i++)
    if (orchestra_keys[i][0] == key)
      return orchestra_keys[i][1];
  return key >= FIRST_TIMPANI && key <= LAST_TIMPANI ? -1 : key;
}

/// How high a drum sounds, 0..1, for instruments that have pitches instead.
typedef struct DrumHeight {
  int key;
  double height;
} DrumHeight;

static const DrumHeight heights[] = {
    {35, 0.0},
    {36, 0.0},
    {41, 0.15},
    {43, 0.3},
    {45, 0.45},
    {47, 0.6},
    {48, 0.8},
    {50, 1.0},
    {61, 0.4},
    {60, 0.8},
    {64, 0.3},
    {63, 0.6},
    {62, 0.9},
    {87, 0.0},
    {86, 0.1},
    {66, 0.5},
    {65, 0.9},
};

static int
pitched_key(const CsInstrument *instrument, int key)
{
  const int low = instrument->sweet[0], high = instrument->sweet[1];
  for (size_t i = 0; i < CS_N_ROWS(heights); i++)
    if (heights[i].key == key)
      return low + (int)(heights[i].height * (double)(high - low) + 0.5);
  return -1;
}

/// Drums that one player holds, and so one track plays.
static const int kinds[][N_GROUP_KEYS] = {
    {KICK_KEYS},
    {SNARE_KEYS},
    {42, 44, 46},
    {51, 53, 59},
    {49, 57},
    {TOM_KEYS},
    {60, 61},
    {62, 63, 64},
    {65, 66},
    {67, 68},
    {73, 74},
    {76, 77},
    {80, 81},
    {86, 87},
};

static bool
same_kind(int a, int b)
{
  for (size_t i = 0; i < CS_N_ROWS(kinds); i++)
    if (holds(kinds[i], N_GROUP_KEYS, a) && holds(kinds[i], N_GROUP_KEYS, b))
      return true;
  return a == b;
}

int
cs_drum_line_key(const CsInstrument *instrument, int key)
{
  if (instrument->drum_key >= 0)
    return same_kind(instrument->drum_key, key) ? key : -1;
  if (instrument->bank != KIT_BANK)
    return pitched_key(instrument, key);
  return instrument->program == ORCHESTRA_PROGRAM ? orchestra_key(key) : key;
}
