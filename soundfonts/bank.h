/// Our own bank, made from the recipe and the fonts that are installed.
#ifndef CS_SOUNDFONTS_BANK_H
#define CS_SOUNDFONTS_BANK_H

#include "soundfonts/catalogue.h"
#include "soundfonts/house/house.h"
#include "soundfonts/measured.h"
#include "soundfonts/recipe.h"
#include "soundfonts/sound.h"

/// A bank in memory.
typedef struct CsBank {
  CsSound *sounds;
  CsBankSource *sources; ///< Of each sound, where its samples came from.
  size_t n_sounds;
  const char **warnings; ///< Rows that were made from another source.
  size_t n_warnings;
  /// Fonts that samples came from; NULL where none did.
  const CsKnownFont *fonts[CS_N_SOURCES];
} CsBank;

/// Make the bank. Each preset is as loud as FluidR3's, so that the balance is
/// the same whichever of the two is played. A row whose source is not installed
/// is taken from another that is, or from the house, which has something for
/// every program. With no font at all every sound of the house follows under
/// its own number.
///
/// @param arena  Owns the samples, some 300 MB.
/// @return CS_ERR_REQUEST when a font is damaged or a row of the recipe does
///         not fit it.
CS_NODISCARD CsStatus cs_bank_make(CsArena *arena, const CsRecipe *recipe,
    const CsMeasuredFonts *measured, const CsCatalogue *catalogue,
    CsHouse *house, CsBank *bank);

#endif
