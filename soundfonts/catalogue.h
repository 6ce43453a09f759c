/// Which soundfonts are known, under which licence, and where this machine has
/// them.
#ifndef CS_SOUNDFONTS_CATALOGUE_H
#define CS_SOUNDFONTS_CATALOGUE_H

#include "soundfonts/bank_papers.h"

/// A soundfont of the catalogue (soundfonts/catalogue.json).
typedef struct CsKnownFont {
  const char *name;
  const char *file;  ///< Base name.
  CsStrings folders; ///< Where packages put it, or from the catalogue's.
  bool is_made;      ///< Made here: its papers know its checksums.
  double n_bytes;
  const char *ends_sha256; ///< Of its first and last MiB: quick to check.
  const char *sha256;      ///< Of the whole file.
  const char *licence;     ///< SPDX identifier.
  const char *holder;
  const char *get; ///< How to get it.
} CsKnownFont;

typedef struct CsCatalogue {
  const char *folder;
  CsKnownFont *fonts; ///< Best first.
  size_t n_fonts;
} CsCatalogue;

/// A soundfont on this machine.
typedef struct CsFont {
  const char *path;
  const char *name;    ///< Of the catalogue, or the file's base name.
  const char *licence; ///< "unknown" outside the catalogue.
  const char *holder;  ///< NULL outside the catalogue.
  char sha256[65];
  bool is_made;          ///< Our own bank, with its papers.
  CsBankOrigin *origins; ///< The fonts in it.
  size_t n_origins;
  CsStrings synthesised; ///< Its presets that are in no font.
} CsFont;

/// What cs_font_origin() gives beside the index of an origin.
enum { CS_ORIGIN_ITSELF = -1, CS_ORIGIN_SYNTHESISED = -2 };

/// Where the samples of a preset of a font came from: an index into its
/// origins, our own synthesis, or nowhere but the font itself.
int cs_font_origin(CsArena *arena, const CsFont *font, int bank, int program);

CS_NODISCARD CsStatus cs_catalogue_load(
    CsArena *arena, const char *folder, CsCatalogue **catalogue);

/// Path of a known font on this machine, or NULL.
const char *cs_catalogue_path(
    CsArena *arena, const CsCatalogue *catalogue, const CsKnownFont *known);

/// Choose the soundfont: `wanted`, or the first of the catalogue that is here.
///
/// A file of the catalogue is recognised by its length and the hash of its
/// ends, so that the whole file need not be read, and so is a bank whose papers
/// lie beside it; any other is hashed whole.
///
/// @param wanted  A path, or NULL.
/// @return CS_ERR_REQUEST naming the package to install when there is none.
CS_NODISCARD CsStatus cs_catalogue_choose(CsArena *arena,
    const CsCatalogue *catalogue, const char *wanted, CsFont *font);

#endif
