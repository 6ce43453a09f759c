/// The options of `make`, in one table: their names, what they accept, the help
/// line. Command line, C API and the record read it.
#ifndef CS_GEN_OPTIONS_H
#define CS_GEN_OPTIONS_H

#include "gen/alternates.h"
#include "gen/io/audio_file.h"
#include "gen/plan/plan.h"
#include "gen/words.h"

/// An option as it was given.
typedef struct CsGivenOption {
  const char *name;
  const char *value;
} CsGivenOption;

enum { CS_MAX_OPTIONS = 48 };

typedef struct CsOptions {
  const char *output; ///< NULL: a name made from the prompt.
  const char *stems_folder;
  CsAlternates alternates;
  const char *midi;
  const char *record;
  const char *picture;
  const char *soundfont; ///< NULL: the catalogue's default.
  CsWords words;         ///< A person's own words.
  /// A person's own style over the engine's presets; NULL: the engine's alone.
  const CsPresets *presets;
  const char *style_text; ///< The text of that style's file.
  CsPlanWish wish;        ///< Rate, seeds and fades are always filled.
  bool has_theme_seed;    ///< Else the theme's seed is the seed.
  /// The length that the times of a prompt are meant for; 0: the cue's own.
  double times_for_s;
  int n_takes;
  CsSampleFormat format;
  CsRenderWay render_way;
  int n_channels;
  int n_threads; ///< 0 = all cores.
  bool strict, quiet, verbose, json;
  CsGivenOption given[CS_MAX_OPTIONS]; ///< Each name once, in table order.
} CsOptions;

typedef CsStatus CsOptionSetter(CsArena *arena, const CsPresets *presets,
    CsOptions *options, const char *value);

typedef struct CsOptionRow {
  const char *name;     ///< Long name.
  char letter;          ///< Short name, or 0.
  const char *argument; ///< "FILE", "BPM"; NULL for a switch.
  const char *help;     ///< One line.
  bool decides_bytes;   ///< Belongs into the record, so that verify repeats it.
  CsOptionSetter *set;
} CsOptionRow;

extern const CsOptionRow cs_option_rows[];
extern const size_t cs_n_option_rows;

void cs_options_default(CsOptions *options);

/// The row of a long name, or NULL.
const CsOptionRow *cs_option_row(const char *name);

/// Fail, saying which option of the table is near.
CsStatus cs_option_unknown(CsArena *arena, const char *name);

/// Set one option from text; a later value replaces an earlier one.
///
/// @return CS_ERR_REQUEST: unknown (with the nearest name) or out of range, in
///         one sentence that names the option and what it accepts.
CS_NODISCARD CsStatus cs_options_set(CsArena *arena, const CsPresets *presets,
    CsOptions *options, const char *name, const char *value);

/// Does the value of "style" name a file ("mine.json") rather than a style?
bool cs_is_style_file(const char *value);

/// Take an option as not given: only its place among the given ones is
/// cleared, not what it set.
void cs_option_forget(CsOptions *options, const char *name);

/// Was that option given?
bool cs_option_is_given(const CsOptions *options, const char *name);

/// The given options that decide the bytes, as a JSON object name -> text.
void cs_options_write_json(
    const CsOptions *options, CsJsonWriter *writer, const char *key);

#endif
