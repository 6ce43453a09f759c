/// What our own bank is made of (soundfonts/recipe.json): for every preset the
/// font that it is taken from, what is mended, and why.
#ifndef CS_SOUNDFONTS_RECIPE_H
#define CS_SOUNDFONTS_RECIPE_H

#include "gen/base/json.h"

/// Where sounds come from.
typedef enum CsBankSource {
  CS_SOURCE_FLUID,     ///< FluidR3 GM.
  CS_SOURCE_MUSESCORE, ///< MuseScore General.
  CS_SOURCE_HOUSE,     ///< Synthesised, soundfonts/house.
  CS_N_SOURCES
} CsBankSource;

extern const char *const cs_source_names[CS_N_SOURCES];

/// The zones that hold a key, put right.
typedef struct CsBankMend {
  int key;
  double cents, db; ///< Added.
} CsBankMend;

typedef struct CsBankPreset {
  const char *name;
  int bank, program;
  int source;                  ///< CsBankSource.
  int from_bank, from_program; ///< In the source; its own when not given.
  double gain_db;              ///< Beyond what levels it with the others.
  double tune_cents;
  double harmonics;    ///< A low-pass that far above the key; 0 for none.
  double darken_cents; ///< How far it falls from velocity 127 to 0.
  double release_ms;   ///< To -100 dB; 0 keeps the font's.
  double seconds;      ///< Longer samples are faded out; 0 keeps them.
  double keys[2];      ///< Zones that play none of them are left out.
  int every;           ///< Of the sampled pitches only every second, third ...
  int up_to_velocity;  ///< Louder layers are left out; 127 for none.
  bool one_side;       ///< Of a stereo pair only the left, in the middle.
  const CsBankMend *mends;
  size_t n_mends;
  const char *why; ///< One line.
} CsBankPreset;

typedef struct CsRecipe {
  CsBankPreset *presets;
  size_t n_presets;
} CsRecipe;

/// @param folder  Holds recipe.json.
/// @return CS_ERR_REQUEST with the place when something in it is wrong.
CS_NODISCARD CsStatus cs_recipe_load(
    CsArena *arena, const char *folder, CsRecipe **recipe);

/// Read a recipe from its text. @param name For messages.
CS_NODISCARD CsStatus cs_recipe_read(CsArena *arena, const char *name,
    const char *text, size_t n_bytes, CsRecipe **recipe);

#endif
