/// What the presets of the fonts measure (soundfonts/measured.json, made by
/// tests/tools/font_table.c).
#ifndef CS_SOUNDFONTS_MEASURED_H
#define CS_SOUNDFONTS_MEASURED_H

#include "soundfonts/recipe.h"

typedef struct CsMeasuredPreset {
  int font; ///< CsBankSource.
  const char *name;
  int bank, program;
  double level_db;    ///< See cs_level_measure() in gen/levels.h.
  double cents;       ///< Median over the keys, above equal temperament.
  double off_cents;   ///< The key farthest from that.
  double uneven_db;   ///< RMS distance of the keys from a straight line.
  double worst_db;    ///< The key farthest from that.
  double hnr_db;      ///< Harmonics to noise, by autocorrelation.
  int silent;         ///< Keys of the range that make no sound.
  double bright_hz;   ///< Spectral centroid at velocity 112.
  double vel;         ///< Its ratio to that at velocity 40.
  double fold_db;     ///< Gain when folded to mono.
  double attack_ms;   ///< To -6 dB of the peak.
  double waver_db;    ///< How much a held note's level moves.
  double dc_db;       ///< Against the note.
  double band_hz;     ///< All but -60 dB of the power lies below.
  double joint_db;    ///< Worst joint of a loop, against its level.
  int zones, rate_hz; ///< Rate on average.
  double mb;          ///< Of samples.
} CsMeasuredPreset;

typedef struct CsMeasuredFonts {
  CsMeasuredPreset *rows;
  size_t n_rows;
} CsMeasuredFonts;

CS_NODISCARD CsStatus cs_measured_load(
    CsArena *arena, const char *folder, CsMeasuredFonts **measured);

/// A font's row for a preset, or NULL.
const CsMeasuredPreset *cs_measured_find(
    const CsMeasuredFonts *measured, CsBankSource font, int bank, int program);

#endif
