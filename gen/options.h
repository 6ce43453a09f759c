/// The options of `make`, in one table: their names, what they accept, the help
/// line. Command line, C API and (later) batch columns read it.
#ifndef CS_GEN_OPTIONS_H
#define CS_GEN_OPTIONS_H

#include "gen/io/audio_file.h"
#include "gen/plan/plan.h"

typedef struct CsOptions {
  const char *output;
  const char *stems_folder;
  const char *midi;
  const char *record;
  const char *picture;
  const char *soundfont; ///< NULL: the catalogue's default.
  CsPlanWish wish;
  bool has_theme_seed;
  int n_takes;
  int sample_rate;
  CsSampleFormat format;
  int n_channels;
  int n_threads; ///< 0 = all cores.
  bool strict, quiet, verbose, json;
  CsJsonWriter *said;
} CsOptions;

typedef struct CsOptionRow {
  const char *name;     ///< Long name.
  char letter;          ///< Short name, or 0.
  const char *argument; ///< "FILE", "BPM"; NULL for a switch.
  const char *help;     ///< One line.
  bool decides_bytes;   ///< Belongs into the record.
} CsOptionRow;

extern const CsOptionRow cs_option_rows[];
extern const size_t cs_n_option_rows;

void cs_options_default(CsOptions *options);

/// Set one option from text.
/// @return CS_ERR_REQUEST: unknown (with the nearest name) or out of range, in
///         one sentence that names the option and what it accepts.
CS_NODISCARD CsStatus cs_options_set(CsArena *arena,
    const CsPresets *presets, CsOptions *options, const char *name,
    const char *value);

#endif
