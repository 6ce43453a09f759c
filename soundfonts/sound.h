/// One preset of a soundfont bank, held in memory: what the house bank
/// synthesises, what the reader takes from a font, what the writer writes.
#ifndef CS_SOUNDFONTS_SOUND_H
#define CS_SOUNDFONTS_SOUND_H

#include "gen/base/arena.h"

#include <stdint.h>

/// A SoundFont 2.04 generator: its number and its amount, in the units of the
/// specification (timecents, centibels, cents ...). Ranges keep low in the low
/// byte and high in the high byte.
typedef struct CsGenerator {
  uint16_t number;
  int16_t amount;
} CsGenerator;

/// A SoundFont 2.04 modulator, as the specification packs it.
typedef struct CsModulator {
  uint16_t source, destination;
  int16_t amount;
  uint16_t amount_source, transform;
} CsModulator;

/// One recording and how it is played. Stereo sounds are two zones, panned.
typedef struct CsSoundZone {
  int low_key, high_key;           ///< 0..127, both included.
  int low_velocity, high_velocity; ///< 1..127, both included.
  const int16_t *samples;          ///< Mono.
  size_t n_frames;
  size_t loop_start, loop_end; ///< Frames; equal where it does not loop.
  int sample_rate;             ///< Hz.
  int root_key;                ///< Key that plays it at its own rate.
  int correction_cents;        ///< -99..99, added to the root.
  const char *sample_name;     ///< At most 20 bytes.
  /// All but key and velocity range, sample and sample modes, which the
  /// fields above say.
  const CsGenerator *generators;
  size_t n_generators;
  bool loops_until_release; ///< Else the loop goes on through the release.
  const CsModulator *modulators;
  size_t n_modulators;
} CsSoundZone;

typedef struct CsSound {
  const char *name; ///< At most 20 bytes.
  int bank;         ///< 0..127, or 128 for a kit.
  int program;      ///< 0..127.
  CsSoundZone *zones;
  size_t n_zones;
} CsSound;

/// A generator's amount in a zone, or what it is where absent.
int cs_zone_generator(const CsSoundZone *zone, int number, int absent);

#endif
