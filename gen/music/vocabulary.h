/// The words of music that every room shares: functions, endings, modes, keys,
/// meters, roles and stems, with their names and a few facts of theory.
#ifndef CS_GEN_MUSIC_VOCABULARY_H
#define CS_GEN_MUSIC_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What a cue is for.
typedef enum CsFunction {
  CS_UNDERSCORE, ///< Dramatic scoring under dialogue.
  CS_BED,        ///< Even support under speech or activity.
  CS_STINGER,    ///< A few seconds that punctuate.
  CS_THEMATIC,   ///< A tune in the foreground.
  CS_AMBIENT,    ///< Texture without pulse or tune.
  CS_N_FUNCTIONS
} CsFunction;

typedef enum CsEnding {
  CS_ENDING_RING,   ///< Last chord is left to decay.
  CS_ENDING_BUTTON, ///< A last accent on the beat, and out.
  CS_ENDING_FADE,   ///< Dies away while the music goes on.
  CS_ENDING_CUT,    ///< Broken off, no cadence.
  CS_ENDING_LOOP,   ///< The end joins the start.
  CS_N_ENDINGS
} CsEnding;

/// How the sections of a theme follow one another (gen/plan/tune_forms.c).
typedef enum CsTuneForm {
  CS_TUNE_ARC,    ///< A A' B, a break, round; build, climax.
  CS_TUNE_AABA,   ///< The last A is the climax; no build.
  CS_TUNE_VERSES, ///< A B A' B, B higher; build, climax.
  CS_TUNE_ABAC,   ///< A B A', a break, build, climax.
  CS_TUNE_RONDO,  ///< A comes back between others.
  CS_TUNE_DIRECT, ///< No intro.
  CS_TUNE_HOOK,   ///< The tune full at once, then from the beginning.
  CS_N_FORMS_OF_TUNES
} CsTuneForm;

typedef enum CsMode {
  CS_MAJOR, ///< Ionian.
  CS_MINOR, ///< Aeolian.
  CS_DORIAN,
  CS_PHRYGIAN,
  CS_LYDIAN,
  CS_MIXOLYDIAN,
  CS_LOCRIAN,
  CS_HARMONIC_MINOR,
  CS_PHRYGIAN_DOMINANT,
  CS_MAJOR_PENTATONIC,
  CS_MINOR_PENTATONIC,
  CS_BLUES,
  CS_WHOLE_TONE,
  CS_OCTATONIC,
  CS_N_MODES
} CsMode;

/// A key: pitch class of the tonic (0 = C) and mode.
typedef struct CsKey {
  int tonic_pc;
  CsMode mode;
} CsKey;

/// 6/8 is {6, 8}. Numerator 1..16, denominator 2, 4, 8 or 16.
typedef struct CsMeter {
  int numerator;
  int denominator;
} CsMeter;

/// What a track does in the texture.
typedef enum CsRole {
  CS_ROLE_PAD,    ///< Sustained chords.
  CS_ROLE_CHORDS, ///< Rhythmic harmony: comping, strumming, pulses.
  CS_ROLE_MOTION, ///< Arpeggios and ostinatos.
  CS_ROLE_BASS,
  CS_ROLE_DRUMS,      ///< The kit.
  CS_ROLE_PERCUSSION, ///< Shakers, low drums, timpani, hand percussion.
  CS_ROLE_MELODY,     ///< Tune, top-line, cells or gesture, by function.
  CS_ROLE_COUNTER,    ///< Answer and doubling of the tune.
  CS_ROLE_COLOUR,     ///< Bells, sparkle, harp runs.
  CS_ROLE_EFFECTS,    ///< Risers, swells, impacts.
  CS_N_ROLES
} CsRole;

/// Role groups that are written as separate files.
typedef enum CsStem {
  CS_STEM_DRUMS,
  CS_STEM_BASS,
  CS_STEM_HARMONY,
  CS_STEM_PADS,
  CS_STEM_MELODY,
  CS_STEM_EFFECTS,
  CS_N_STEMS
} CsStem;

extern const char *const cs_function_names[CS_N_FUNCTIONS];
extern const char *const cs_ending_names[CS_N_ENDINGS];
extern const char *const cs_form_names[CS_N_FORMS_OF_TUNES];
extern const char *const cs_mode_names[CS_N_MODES]; ///< "major", "dorian" ...
extern const char *const cs_role_names[CS_N_ROLES];
extern const char *const cs_stem_names[CS_N_STEMS];

/// Index of `name` in a table of names, or -1.
int cs_name_index(const char *name, const char *const *names, size_t n);

/// The stem that a role belongs to.
CsStem cs_stem_of_role(CsRole role);

/// Pitch classes of a mode above its tonic, bit i = i semitones.
uint16_t cs_mode_pitch_classes(CsMode mode);

/// The seven-note scale that chords are built in: the mode itself, or for a
/// pentatonic, blues or symmetric mode its nearest seven-note parent.
/// @param semitones  Receives 7 values, semitones of degrees 1..7.
void cs_mode_degrees(CsMode mode, int semitones[7]);

/// Has the mode a minor third above its tonic?
bool cs_mode_is_minor(CsMode mode);

/// "D minor", "F# major", "Bb dorian". `out` holds 32 bytes.
void cs_key_name(CsKey key, char *out);

/// Read "D minor", "F#m", "Bb", "e flat major", "C♯ dorian". A bare tonic is
/// major. @return false when it is no key ("H#").
bool cs_key_parse(const char *text, CsKey *key);

/// "C#" or "Db", as the key of that tonic and mode is usually spelled.
const char *cs_tonic_name(CsKey key);

/// Read "3/4". @return false unless numerator 1..16, denominator 2, 4, 8, 16.
bool cs_meter_parse(const char *text, CsMeter *meter);

/// Quarter notes in a bar: 6/8 gives 3.
double cs_meter_quarters(CsMeter meter);

/// Is it felt in dotted beats: 6/8, 9/8, 12/8?
bool cs_meter_is_compound(CsMeter meter);

/// Felt beats in a bar (6/8 gives 2, 3/4 gives 3), and quarters of one beat.
int cs_meter_beats(CsMeter meter);
double cs_meter_beat_quarters(CsMeter meter);

#endif
