/// What a musician tunes, loaded from presets/*.json: instruments, patterns,
/// progressions, moods and styles. Read-only once loaded, shared by threads.
#ifndef CS_GEN_PRESETS_PRESETS_H
#define CS_GEN_PRESETS_PRESETS_H

#include "gen/base/json.h"
#include "gen/music/chord.h"
#include "gen/music/vocabulary.h"

/// How an instrument's sound behaves while a note is held.
typedef enum CsSustain {
  CS_SUSTAIN_DECAYS, ///< Struck or plucked: dies away by itself.
  CS_SUSTAIN_HELD,   ///< Bowed, blown, organ, pad: lasts as long as the note.
} CsSustain;

/// An instrument of the soundfont (RULEBOOK 8.2).
typedef struct CsInstrument {
  const char *name;   ///< Plain name, "electric piano".
  CsStrings families; ///< Families it is a member of: "strings", "guitar".
  CsStrings aliases;  ///< Other plain names that it can stand for.
  int bank, program;  ///< General MIDI, program 0-based; bank 128 = kits.
  int range[2];       ///< Lowest and highest MIDI key it can play.
  int sweet[2];       ///< Keys where it sounds best.
  double trim_db;     ///< Added so that it is as loud as the piano.
  double attack_ms;   ///< Time to -6 dB of its peak.
  CsSustain sustain;
  int grade;    ///< 0 = holds up exposed, 1 = in a mix, 2 = avoid.
  int drum_key; ///< For a drum of a kit its key, else -1.
} CsInstrument;

enum { CS_MAX_STEPS = 32 };

/// One stroke of an accompaniment or bass pattern.
typedef struct CsStroke {
  int step;     ///< Sixteenths from the bar line.
  int n_steps;  ///< Length in sixteenths.
  int velocity; ///< 1..127 before dynamics.
  /// Accompaniment: bits of chord tones low to high, 0 = all. A bit beyond
  /// the chord's notes goes on an octave higher (of three notes, bit 3 is the
  /// lowest again, 12 semitones up). Bass: 0.
  unsigned tones;
  int degree;       ///< Bass: 1, 3, 5, 7, 8 (octave), 0 = approach note.
  double spread_ms; ///< Strum or roll, per tone; negative = downwards.
} CsStroke;

typedef enum CsPatternKind {
  CS_PATTERN_CHORDS, ///< Accompaniment, RULEBOOK 5.2 (A..).
  CS_PATTERN_BASS,   ///< RULEBOOK 5.3 (B..).
  CS_PATTERN_DRUMS,  ///< RULEBOOK 5.4 (D..).
  CS_PATTERN_FILL,   ///< Drum fills (f..).
} CsPatternKind;

/// One line of a drum pattern.
typedef struct CsDrumLine {
  int key;                      ///< GM percussion key.
  int from_energy;              ///< Level 0..4 at which it comes in.
  int velocities[CS_MAX_STEPS]; ///< 0 = rest.
} CsDrumLine;

/// A pattern of one bar (or `n_steps` sixteenths that phase against the bar).
/// Variants for other meters share its family: see cs_pattern_for_meter().
typedef struct CsPattern {
  const char *id;   ///< "A05", "B04", "D03", "F2".
  const char *name; ///< One line for a musician.
  const char
      *family; ///< Id of the pattern that it is a variant of, or its own.
  CsPatternKind kind;
  CsMeter meter;   ///< Written for; adapted to others by rule.
  int n_steps;     ///< Sixteenths; 12-step swing bars hold 12 triplets.
  bool is_triplet; ///< Steps are thirds of an eighth pair, not sixteenths.
  bool drifts;     ///< Goes round in n_steps whatever the bar line.
  bool is_pedal;   ///< Bass: stays on the key's tonic under all chords.
  double gate;     ///< Sounding part of a stroke's length, 0.1..1.2.
  /// > 0: nothing is on the grid; strokes (or lines) are picked at random,
  /// this many a second on average, and their steps mean nothing.
  double scatter_per_s;
  int from_step;    ///< Fill: replaces the groove from here to the bar's end.
  bool crash_after; ///< Fill: lands on a crash at the next downbeat.
  CsStroke *strokes;
  size_t n_strokes;
  CsDrumLine *lines;
  size_t n_lines;
} CsPattern;

/// A chord progression (RULEBOOK 4.4), one symbol per bar.
typedef struct CsProgression {
  const char *id;
  const char *name;  ///< What it sounds like, one line.
  CsStrings chords;  ///< Bar by bar; "%" holds, "IV V" shares a bar.
  CsStrings cadence; ///< How it ends: "IV", "I".
  unsigned modes;    ///< Bits over CsMode.
  double arousal[2];
} CsProgression;

enum { CS_MAX_MOOD_MODES = 4 };

/// What a mood word asks for besides its place between unpleasant and pleasant,
/// calm and excited (RULEBOOK 1.4).
typedef struct CsMood {
  CsStrings words; ///< As a brief has them among moods, genres and uses.
  CsMode modes[CS_MAX_MOOD_MODES]; ///< The usual one first.
  size_t n_modes;
  double tempo_bpm[2];
  CsStrings progressions; ///< Ids; those of other modes wait for theirs.
} CsMood;

/// One layer of a style's texture.
typedef struct CsStyleTrack {
  CsRole role;
  CsStrings instruments; ///< Choices, best first.
  /// From low to high energy. An entry may name alternatives, "A12|A13", of
  /// which the track's seed takes one.
  CsStrings patterns;
  double enter;    ///< Energy from which it plays, 0..1.
  double leave;    ///< Energy above which it rests, 1.01 = never.
  double level_db; ///< Against the cue at its climax.
  double pan;      ///< -1 left .. 1 right.
  int octave;      ///< Shift in octaves.
} CsStyleTrack;

/// What a style likes to hear in a chord (RULEBOOK 4.5).
typedef enum CsVoicingKind {
  CS_VOICING_TRIADS,   ///< Three notes and no more.
  CS_VOICING_ADDED,    ///< Triads with a ninth added here and there.
  CS_VOICING_OPEN,     ///< Seconds instead of thirds.
  CS_VOICING_CLOSE,    ///< Triads, in dark moods with tritones and seconds.
  CS_VOICING_SEVENTHS, ///< Sevenths and ninths are the plain chords.
  CS_N_VOICING_KINDS
} CsVoicingKind;

/// Semitones above a root that are no tension (RULEBOOK 1.3): of triads,
/// suspensions and added ninths; and of sixths and sevenths, where those are
/// the plain chords.
#define CS_PLAIN_STEPS                                                         \
  (1U << 0 | 1U << 2 | 1U << 3 | 1U << 4 | 1U << 5 | 1U << 7)
#define CS_SEVENTH_STEPS (1U << 9 | 1U << 10 | 1U << 11)

/// A style (RULEBOOK 8.3).
typedef struct CsStyle {
  const char *name;  ///< "corporate".
  const char *title; ///< One line.
  bool is_flavour;   ///< Strongly coloured: wants to be asked for by a word.
  double tempo_bpm[2];
  CsStrings meters;  ///< "4/4" ...; the first is the usual one.
  unsigned modes;    ///< Bits over CsMode.
  double valence[2]; ///< Where on the plane it is at home.
  double arousal[2];
  double fit[CS_N_FUNCTIONS]; ///< How well it serves each function, 0..1.
  CsStrings genres;           ///< Genre names that call for it.
  CsStrings uses;             ///< Use names that call for it.
  CsStrings moods;            ///< Mood words that call for it.
  CsStrings progressions;
  CsVoicingKind voicing;
  /// How gladly it takes each form of a theme; below 0 where it says nothing.
  double forms[CS_N_FORMS_OF_TUNES];
  double suspensions; ///< Share of sections in which chords wait, 0..1.
  double swing;       ///< 0.5 straight .. 0.67 triplet, share of a beat.
  int swing_unit;     ///< 8 or 16: which notes swing.
  double humanise;    ///< 0..1.2, factor on deviations.
  double room;        ///< Size of the room, 0.2..1.
  double wet_db;      ///< Level of the room against the dry sound.
  CsStyleTrack *tracks;
  size_t n_tracks;
} CsStyle;

/// How a cue is delivered (RULEBOOK 2.3), presets/delivery.json.
typedef struct CsProfile {
  const char *name;            ///< "web"; several words with commas between.
  const char *about;           ///< One line.
  double lufs[CS_N_FUNCTIONS]; ///< Integrated; stinger: largest momentary.
  double peak_dbtp;            ///< Ceiling of the true peak.
  bool carves_speech;          ///< Everything but stingers leaves a voice room.
} CsProfile;

/// A file of presets/ that was left out, and what is wrong with it.
typedef struct CsBrokenPreset {
  const char *name;    ///< "corporate": the file's name without its folder.
  const char *message; ///< One sentence: file, place, what is allowed.
} CsBrokenPreset;

/// How many of each belong to the layer below: a person's own file may put
/// another in the place of those.
typedef struct CsPresetLayer {
  size_t n_instruments, n_patterns, n_progressions, n_styles;
} CsPresetLayer;

typedef struct CsPresets {
  CsInstrument *instruments;
  size_t n_instruments;
  CsPattern *patterns;
  size_t n_patterns;
  CsProgression *progressions;
  size_t n_progressions;
  CsMood *moods;
  size_t n_moods;
  CsStyle *styles;
  size_t n_styles;
  CsProfile *profiles; ///< The first is the usual one.
  size_t n_profiles;
  CsBrokenPreset *broken;
  size_t n_broken;
  CsPresetLayer below;
} CsPresets;

/// Load presets/ of a data folder: instruments.json, progressions.json,
/// moods.json, delivery.json, patterns/*.json, styles/*.json. References
/// between them are checked. A file of the two folders that is broken is left
/// out and stands in `broken`.
///
/// @param arena  Owns everything that is loaded.
/// @return CS_ERR_REQUEST when the instruments, the progressions, the profiles
///         or all styles are missing or broken.
CS_NODISCARD CsStatus cs_presets_load(
    CsArena *arena, const char *folder, CsPresets **presets);

/// Lay a person's own style, and what it brings, over presets that stay as they
/// are. It may have the name of one that is there, and takes its place then.
///
/// @param title    What messages call the text, usually a file name.
/// @param presets  Receives the two layers as one.
/// @param style    Receives the name of the style.
/// @return CS_ERR_REQUEST with file, JSON path and what is allowed.
CS_NODISCARD CsStatus cs_presets_add_style(CsArena *arena,
    const CsPresets *below, const char *title, const char *text, size_t n_bytes,
    const CsPresets **presets, const char **style);

/// NULL when there is none of that name.
const CsStyle *cs_find_style(const CsPresets *presets, const char *name);
/// Of an entry with alternatives, "A12|A13", the first.
const CsPattern *cs_find_pattern(const CsPresets *presets, const char *id);
/// The nth of them, or NULL; the pattern itself is the 0th of its own id.
const CsPattern *cs_find_alternative(
    const CsPresets *presets, const char *entry, size_t n);
const CsProgression *cs_find_progression(
    const CsPresets *presets, const char *id);

/// The profile of that name, whose words may come in any order, or NULL.
const CsProfile *cs_find_profile(const CsPresets *presets, const char *name);

/// The mood that has the word, or NULL.
const CsMood *cs_find_mood(const CsPresets *presets, const char *word);

enum { CS_MAX_MOODS_FOUND = 16 };

typedef struct CsMoods {
  const CsMood *items[CS_MAX_MOODS_FOUND];
  size_t n;
} CsMoods;

/// The moods that words of several lists name, each once, in their order.
CsMoods cs_moods_of_words(
    const CsPresets *presets, const CsStrings *const *lists, size_t n_lists);

/// The beats a minute at which all of them are at home; where they have none in
/// common, the mean of their middles twice. @return false where there is none.
bool cs_moods_tempo(const CsMoods *moods, double bpm[2]);

/// Has it a bar of that meter, or one that fits a whole number of times? One
/// that keeps to no bar line goes with any.
bool cs_pattern_has_bar(const CsPattern *pattern, CsMeter meter);

/// What a pattern plays in a meter.
///
/// The rule that composers follow: the same meter; else, of the family, the one
/// whose bar fits a whole number of times (12/8 plays 6/8 twice, 6/4 plays 3/4
/// twice), compound meters before simple ones when the meter is compound; else,
/// of its kind, the one in that meter that has its drums and is nearly as busy;
/// else `pattern` itself, which is then cut off at the bar line or goes round
/// again.
///
/// @return Never NULL.
const CsPattern *cs_pattern_for_meter(
    const CsPresets *presets, const CsPattern *pattern, CsMeter meter);

/// By name first, then by alias.
const CsInstrument *cs_find_instrument(
    const CsPresets *presets, const char *name);

/// The instrument that owns a bank and program, or NULL.
const CsInstrument *cs_instrument_of_program(
    const CsPresets *presets, int bank, int program);

/// Is it that instrument, an alias of it, or a member of that family?
/// "percussion" holds all drums; "drums" leaves shakers and claps free.
bool cs_instrument_is(const CsInstrument *instrument, const char *name);

/// Is a GM percussion key ruled out by a plain name ("kick", "cymbals",
/// "drums", "percussion", "hi-hat", "claps")?
bool cs_drum_key_is(int key, const char *name);

/// The key that an instrument plays for a drum line's GM percussion key: a kit
/// the key itself; a single drum (`drum_key`) its own kind of drum only; a
/// pitched drum (taiko, timpani) a key of its sweet range, low drums low.
///
/// @return -1 when the line is none of its drums: leave the line out.
int cs_drum_line_key(const CsInstrument *instrument, int key);

#endif
