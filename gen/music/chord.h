/// Chord symbols relative to a key, as plans and presets write them.
#ifndef CS_GEN_MUSIC_CHORD_H
#define CS_GEN_MUSIC_CHORD_H

#include "gen/music/vocabulary.h"

enum { CS_MAX_CHORD_TONES = 6 };

/// A chord above a tonic. All numbers are semitones.
typedef struct CsChord {
  int root;    ///< Above the key's tonic, 0..11.
  int bass;    ///< Bass note above the key's tonic, 0..11.
  int n_tones; ///< 1..CS_MAX_CHORD_TONES.
  /// Above the root, rising; tones[0] is 0. Triad members come first in
  /// sounding order, then colour: 1 3 5, add9 = 14, 7th = 10 or 11.
  int tones[CS_MAX_CHORD_TONES];
  bool is_minor; ///< A minor third and no major one.
  bool is_diminished;
  bool is_dominant; ///< Major third and minor seventh, or V, V7, Vsus4.
  bool has_slash;   ///< The bass was written.
} CsChord;

/// @param semitones  Above the root, 0..11.
bool cs_chord_has_tone(const CsChord *chord, int semitones);

/// Read a chord symbol.
///
/// Numeral I..VII with b or # in front, capital = major, small = minor triad,
/// counted from the major scale whatever the mode (bVI in minor is 8
/// semitones). Digits 1..7 instead of a numeral name a root without a third
/// ("1sus2"). Then a quality: 5 6 7 9 13 add9 6/9 maj7 maj9 maj7#11 (maj7) sus2
/// sus4 7sus4 m7 m9 dim ° °7 ø aug + 7b9 i9. Then `/1` (key tonic in the bass)
/// or `/3 /5 /7` (that chord member in the bass), or `/` and a numeral (an
/// applied chord, "V7/V"), then optionally a bass again: "V7/V/3".
///
/// @return false when it cannot be read; `chord` is untouched then.
bool cs_chord_parse(const char *symbol, CsChord *chord);

/// Pitch classes above the key's tonic, bit i = i semitones; bass included.
uint16_t cs_chord_pitch_classes(const CsChord *chord);

#endif
