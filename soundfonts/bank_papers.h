/// What goes with a bank that was made here: its checksums, and where each of
/// its presets came from. A JSON file beside the bank, BANK.sf2.json.
#ifndef CS_SOUNDFONTS_BANK_PAPERS_H
#define CS_SOUNDFONTS_BANK_PAPERS_H

#include "gen/base/json.h"

/// A font that samples were taken from.
typedef struct CsBankOrigin {
  const char *name, *sha256, *licence, *holder;
  CsStrings presets; ///< Of the bank that its samples are in: "0:42".
} CsBankOrigin;

typedef struct CsBankPapers {
  double n_bytes;
  const char *ends_sha256; ///< Of the bank's first and last MiB.
  const char *sha256;      ///< Of the whole bank.
  CsBankOrigin *origins;
  size_t n_origins;
  CsStrings synthesised; ///< Presets that hold no sample of any font.
} CsBankPapers;

/// How the papers call a preset: "bank:program". NULL when memory is short.
const char *cs_bank_preset_name(CsArena *arena, int bank, int program);

/// @param bank  Path of the bank; the papers' is the same with ".json".
CS_NODISCARD CsStatus cs_bank_papers_write(
    CsArena *arena, const char *bank, const CsBankPapers *papers);

/// @return CS_ERR_REQUEST when they are missing or not what they should be.
CS_NODISCARD CsStatus cs_bank_papers_read(
    CsArena *arena, const char *bank, CsBankPapers *papers);

#endif
