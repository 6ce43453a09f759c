/// Every decision of a cue, made, in time: the value that planning gives and
/// composing takes. No field is open any more.
#ifndef CS_GEN_PLAN_PLAN_H
#define CS_GEN_PLAN_PLAN_H

#include "gen/base/arena.h"
#include "gen/base/json.h"
#include "gen/music/vocabulary.h"
#include "gen/presets/presets.h"
#include "grammar/brief.h"

/// Section kinds, RULEBOOK 3.2.
typedef enum CsSectionKind {
  CS_SECTION_INTRO,
  CS_SECTION_A,
  CS_SECTION_A2, ///< A', the varied return.
  CS_SECTION_B,
  CS_SECTION_BREAK,
  CS_SECTION_BUILD,
  CS_SECTION_CLIMAX,
  CS_SECTION_OUTRO,
  CS_SECTION_END, ///< Last downbeat and ring-out: one bar, to the file's end.
  CS_N_SECTION_KINDS
} CsSectionKind;

extern const char *const cs_section_kind_names[CS_N_SECTION_KINDS];

typedef struct CsSection {
  const char *name; ///< "A", "A'", "B" ... what a person reads.
  CsSectionKind kind;
  int first_bar; ///< 0-based.
  int n_bars;
  double energy[2]; ///< At its start and end, 0..1; linear between.
  /// One entry per bar: a chord symbol, "%" for the chord before, or two to
  /// four symbols with spaces that share the bar evenly. Always n_bars long.
  CsStrings chords;
  double start_s, end_s; ///< Worked out; ignored on input.
} CsSection;

/// A tempo from a bar line on.
typedef struct CsTempo {
  int bar;     ///< 0-based.
  double bpm;  ///< Quarter notes a minute.
  double at_s; ///< Worked out; ignored on input.
} CsTempo;

/// A bar that is shorter than the meter says: a pick-up or one before a hit.
typedef struct CsShortBar {
  int bar;
  double quarters; ///< Its length in quarter notes.
} CsShortBar;

/// Another key from a bar line on.
typedef struct CsKeyChange {
  int bar; ///< 0-based, 1 at least.
  CsKey key;
  double at_s; ///< Worked out; ignored on input.
} CsKeyChange;

/// A moment on which an accent must fall.
typedef struct CsHit {
  double at_s;    ///< Where it was asked.
  int bar;        ///< 0-based bar and beat on which it falls.
  double beat;    ///< Quarters from the bar line.
  double is_at_s; ///< Where it falls; worked out.
} CsHit;

typedef struct CsSpan {
  double start_s, end_s;
} CsSpan;

/// A run of bars.
typedef struct CsBars {
  int first_bar; ///< 0-based (1-based in JSON).
  int n_bars;
} CsBars;

typedef struct CsTrack {
  CsRole role;
  CsStem stem;
  const char *instrument; ///< Plain name, "piano" (JSON: "name").
  int bank, program;
  int range[2];        ///< Keys it may use.
  double level_db;     ///< Role level and instrument trim together.
  double pan;          ///< -1..1.
  CsStrings patterns;  ///< Low to high energy; may be empty.
  double enter, leave; ///< Energies between which it plays.
  /// When not empty, the track plays in these spans whatever the energy says,
  /// and nowhere else.
  CsSpan *spans;
  size_t n_spans;
  /// Bars in which it holds back though the energy calls it, so that not too
  /// many layers come in at once.
  CsBars *waits;
  size_t n_waits;
  uint64_t seed;
} CsTrack;

typedef struct CsPlan {
  int engine;
  uint64_t seed;
  uint64_t theme_seed;
  CsFunction function;
  const char *style;
  const char *style_reason; ///< Why that style, one sentence.
  CsKey key;                ///< Of the beginning.
  CsKeyChange *key_changes; ///< In order.
  size_t n_key_changes;
  CsMeter meter;
  double duration_s;
  uint64_t n_frames;
  int sample_rate;
  double lead_in_s;  ///< Time before bar 0; 0 for most.
  double ring_out_s; ///< From the last downbeat to the end; 0 = none.
  int n_bars;        ///< All bars, the one of CS_SECTION_END included.
  CsTempo *tempos;   ///< The first at bar 0.
  size_t n_tempos;
  CsShortBar *short_bars;
  size_t n_short_bars;
  CsSection *sections; ///< In order, without gaps, n_bars in all.
  size_t n_sections;
  CsHit *hits;
  size_t n_hits;
  CsSpan *silences;
  size_t n_silences;
  CsTrack *tracks;
  size_t n_tracks;
  CsStrings exclude; ///< Plain names that must not be heard (drum keys too).
  CsEnding ending;
  double fade_in_s, fade_out_s;
  double loudness_lufs;    ///< Target; for a stinger largest momentary.
  double peak_dbtp;        ///< Ceiling.
  double valence, arousal; ///< What the composer writes towards.
  double density;          ///< -1..1.
  CsWarning *warnings;     ///< What planning had to give up.
  size_t n_warnings;
} CsPlan;

/// The key that is in force in a bar.
CsKey cs_key_at_bar(const CsPlan *plan, int bar);

/// All keys for a person: "C major", "C major, D major from bar 33 (66.7 s)".
CS_NODISCARD CsStatus cs_plan_keys_text(
    CsArena *arena, const CsPlan *plan, const char **text);

enum { CS_MAX_REROLLS = 9999 };

/// How far a tempo that should be near another may be bent to fit a length, as
/// a share. RULEBOOK 3.3 looks for tempos within 12 %; within 8 % every length
/// from 15 s on has a whole number of bars, and the theme keeps its gait.
#define CS_TEMPO_NEAR 0.08

/// Which draw of its notes a role takes, 0 for the first. A role that is drawn
/// anew gets other seeds for its tracks; the rest of the cue keeps its notes,
/// except that what doubles or answers a tune follows the melody.
typedef struct CsRerolls {
  int roles[CS_N_ROLES];
  /// Other progressions in the same key; what plays chords follows them.
  int harmony;
} CsRerolls;

/// What a person set outside the prompt. A field that is not set has its `has_`
/// false or is NULL.
typedef struct CsPlanWish {
  bool has_duration, has_tempo, has_key, has_meter, has_function, has_ending,
      has_lufs, has_peak;
  double duration_s, tempo_bpm, lufs, peak_dbtp;
  CsKey key;
  CsMeter meter;
  CsFunction function;
  CsEnding ending;
  const char *style;
  const CsProfile *profile; ///< NULL: the usual one.
  double fade_in_s, fade_out_s;
  int sample_rate;
  uint64_t seed, theme_seed;
  /// Which instruments, of roles other than the melody; not given: `seed`.
  bool has_palette_seed;
  uint64_t palette_seed;
  bool has_density;
  double density; ///< -1..1, as in the brief.
  /// Bend the tempo by CS_TEMPO_NEAR from here at most; 0: where words, style
  /// and function want it. A tempo that is said or wished comes before it.
  double tempo_near_bpm;
  CsRerolls rerolls;
} CsPlanWish;

/// Decide everything.
///
/// @param brief  Warnings that planning finds go into the plan, not here.
/// @return CS_ERR_REQUEST for a length out of range, an unknown style.
CS_NODISCARD CsStatus cs_plan_make(CsArena *arena, const CsPresets *presets,
    const CsBrief *brief, const CsPlanWish *wish, CsPlan **plan);

/// Give the tracks of the named roles other seeds, and the plan another theme
/// where the melody is named. Draw n of a plan is draw n of the same request.
///
/// @return The roles that no track has, bit r = role r; rerolls->harmony is not
///         looked at, since a plan's chords are written out.
unsigned cs_plan_reroll(CsPlan *plan, const CsRerolls *rerolls);

/// Read "bass", "drums=2" or a list of such with commas into `rerolls`; without
/// a number the second draw is meant, which is 1.
///
/// @return CS_ERR_REQUEST with what is allowed.
CS_NODISCARD CsStatus cs_rerolls_parse(
    CsArena *arena, const char *text, CsRerolls *rerolls);

/// The list that cs_rerolls_parse() reads back: "bass=1,drums=2".
CS_NODISCARD CsStatus cs_rerolls_text(
    CsArena *arena, const CsRerolls *rerolls, const char **text);

/// The Plan as JSON (DESIGN, section 5).
void cs_plan_write_json(
    const CsPlan *plan, CsJsonWriter *writer, const char *key);

/// Read a plan that may have been edited by hand; check and complete it.
///
/// @return CS_ERR_REQUEST with file, JSON path and what is allowed. A tempo
/// that
///         would move the last downbeat out of its range names the range.
CS_NODISCARD CsStatus cs_plan_read_json(CsArena *arena,
    const CsPresets *presets, const CsJson *node, CsPlan **plan);

/// The ceiling that a delivery asks for, in dBTP: the profile's, or that of
/// --peak where it is higher. A lower --peak leaves room for what encoding
/// adds.
double cs_delivery_peak_dbtp(
    const CsPresets *presets, const CsPlanWish *wish, const CsPlan *plan);

#endif
