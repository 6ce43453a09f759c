/// What soundfonts/house.json says: how each sound is made. Every struct holds
/// the numbers of one JSON object; the tables that check them are in read.c.
#ifndef CS_SOUNDFONTS_HOUSE_RECIPE_H
#define CS_SOUNDFONTS_HOUSE_RECIPE_H

#include "gen/base/json.h"

/// A list of numbers.
typedef struct CsNumbers {
  const double *items;
  size_t n;
} CsNumbers;

/// A hill or a dip in a spectrum, fixed in Hz: a formant, a body.
typedef struct CsPeak {
  double hz, gain_db, octaves;
} CsPeak;

typedef enum CsWaveSource {
  CS_WAVE_SAW,
  CS_WAVE_PULSE,
  CS_WAVE_TRIANGLE,
  CS_WAVE_SINE,
  CS_N_WAVE_SOURCES
} CsWaveSource;

/// A steady, looped tone made from its spectrum: the band-limited sources of
/// subtractive synthesis, ensembles of them, and breath.
typedef struct CsWaveRecipe {
  int source;
  CsNumbers harmonics_db; ///< Takes the place of the source where not empty.
  double pulse_width;
  double tilt_db;
  double low_pass_hz, low_pass_tracking, low_pass_poles;
  double high_pass_hz;
  int voices;
  double detune_cents, blur_cents;
  double steady; ///< Share of each partial that does not beat.
  double breath_db, breath_hz, breath_octaves;
  double loop_s;
  bool stereo;
  const CsPeak *peaks;
  size_t n_peaks;
} CsWaveRecipe;

/// One partial of a struck thing.
typedef struct CsPartial {
  double ratio, level_db;
  double decay_share; ///< Of the envelope's decay, 0..1.
} CsPartial;

/// A sum of partials that decay each at its own rate.
typedef struct CsPartialsRecipe {
  const CsPartial *partials; ///< Written out, or by the law below.
  size_t n_partials;
  int harmonics;
  double tilt_db, even_db;
  double inharmonicity; ///< Partial k lies at k sqrt(1 + B k k).
  double strike_at;     ///< Share of the string, 0 for none.
  double damping;       ///< Partial k lasts 1 / (1 + damping (k - 1)).
  double hammer_hz, hammer_tracking;
  int strings;
  double detune_cents;
  double onset_ms;
  double head_s, loop_s;
  const CsPeak *peaks;
  size_t n_peaks;
} CsPartialsRecipe;

/// A carrier whose phase a modulator moves.
typedef struct CsFmPair {
  double carrier, modulator; ///< Ratios to the key.
  double index, index_end;   ///< In radians, at the stroke and in the loop.
  double index_decay_s;
  double level_db;
  double decay_share; ///< Of the envelope's decay, 0..1.
} CsFmPair;

typedef struct CsFmRecipe {
  const CsFmPair *pairs;
  size_t n_pairs;
  double index_tracking; ///< Octaves of index lost in an octave upwards.
  double onset_ms;
  double head_s, loop_s;
} CsFmRecipe;

/// A plucked string: a waveguide.
typedef struct CsStringRecipe {
  double pluck_at;
  double pick_hz, pick_tracking;
  double damping; ///< 0..1: how much faster the high partials die.
  double onset_ms;
  double head_s, loop_s;
} CsStringRecipe;

typedef enum CsStrokeSource {
  CS_STROKE_TONE,
  CS_STROKE_NOISE,
  CS_STROKE_METAL,
  CS_N_STROKE_SOURCES
} CsStrokeSource;

typedef enum CsNoiseFilter {
  CS_NOISE_LOW_PASS,
  CS_NOISE_BAND_PASS,
  CS_NOISE_HIGH_PASS,
  CS_N_NOISE_FILTERS
} CsNoiseFilter;

/// One stroke of a sound without a key: a tone that glides, filtered noise, or
/// a crowd of partials.
typedef struct CsStroke {
  int source;
  double at_ms, level_db;
  double attack_ms;
  double decay_ms; ///< Time to fall by 60 dB.
  bool swells;     ///< The attack grows evenly in dB, not in amplitude.
  double hz, from_hz, glide_ms;
  double second_db, third_db; ///< Harmonics of a tone, CS_SILENCE_DB for none.
  int filter;
  double q;
  double to_hz; ///< Metal: partials lie between hz and to_hz.
  int partials;
  int repeats;
  double every_ms, fading_db;
} CsStroke;

typedef struct CsStrokesRecipe {
  const CsStroke *strokes;
  size_t n_strokes;
  double length_s;
  bool stereo, reversed;
} CsStrokesRecipe;

typedef struct CsHouseEnvelope {
  double attack_ms, hold_ms;
  double decay_s;        ///< To fall by 60 dB, at key 60; 0 for a held tone.
  double decay_tracking; ///< Halvings in an octave upwards.
  double sustain_db;
  double release_ms; ///< To fall by 60 dB.
} CsHouseEnvelope;

typedef struct CsHouseFilter {
  double cutoff_hz; ///< At key 60 and the hardest stroke; 0 for no filter.
  double tracking, resonance_db;
  double velocity_octaves; ///< Lost from the hardest stroke to the softest.
  double sweep_octaves, sweep_attack_ms, sweep_decay_ms, sweep_sustain;
} CsHouseFilter;

typedef struct CsVibrato {
  double hz, cents, delay_ms;
} CsVibrato;

typedef enum CsLayerKind {
  CS_LAYER_WAVE,
  CS_LAYER_PARTIALS,
  CS_LAYER_FM,
  CS_LAYER_STRING,
  CS_LAYER_STROKES,
  CS_N_LAYER_KINDS
} CsLayerKind;

typedef struct CsLayer {
  CsLayerKind kind;
  double level_db;
  double transpose; ///< Semitones.
  CsWaveRecipe wave;
  CsPartialsRecipe partials;
  CsFmRecipe fm;
  CsStringRecipe string;
  CsStrokesRecipe strokes;
  CsHouseEnvelope envelope;
  CsHouseFilter filter;
  CsVibrato vibrato;
} CsLayer;

typedef struct CsSoundRecipe {
  const char *name;
  int bank, program;
  CsNumbers stands_for; ///< Programs of bank 0 that it can play.
  int range[2], sweet[2];
  int zone_semitones;
  bool transposes; ///< Else every key plays the same.
  double level_db, slope_db;
  const CsLayer *layers;
  size_t n_layers;
} CsSoundRecipe;

typedef struct CsDrumRecipe {
  const char *name;
  double level_db;
  CsHouseFilter filter;
  double release_ms;
  CsStrokesRecipe strokes;
} CsDrumRecipe;

typedef struct CsKitKey {
  int key;
  const char *drum;
  double tune, pan;
  int choke;    ///< Drums of the same number cut each other off; 0 for none.
  size_t index; ///< Of the drum.
} CsKitKey;

typedef struct CsKitRecipe {
  const char *name;
  int program;
  const CsKitKey *keys;
  size_t n_keys;
} CsKitRecipe;

/// The whole file.
typedef struct CsHouseRecipes {
  double reference_lufs;
  CsSoundRecipe *sounds;
  size_t n_sounds;
  CsDrumRecipe *drums;
  size_t n_drums;
  CsKitRecipe *kits;
  size_t n_kits;
} CsHouseRecipes;

/// Read and check a file of recipes.
///
/// @return CS_ERR_REQUEST with the file, the place and what is allowed.
CS_NODISCARD CsStatus cs_house_read(
    CsArena *arena, const CsJson *root, CsHouseRecipes *recipes);

#endif
