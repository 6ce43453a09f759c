/// From tones to zones: generators, loudness, sixteen bits.
#ifndef CS_SOUNDFONTS_HOUSE_ZONE_H
#define CS_SOUNDFONTS_HOUSE_ZONE_H

#include "soundfonts/house/tone.h"
#include "soundfonts/sound.h"

/// One tone and how it is played.
typedef struct CsToneZone {
  CsTone tone;
  double level_db;  ///< Against the other tones of the same keys.
  CsSoundZone zone; ///< All but the samples.
} CsToneZone;

/// Bring the loudest stretch of 50 ms of a tone to the same power.
void cs_tone_level(CsTone *tone);

/// The generators of a layer at a key.
CS_NODISCARD CsStatus cs_zone_generators(CsArena *arena, const CsLayer *layer,
    double key, bool transposes, CsSoundZone *zone);

/// The generators of a drum.
CS_NODISCARD CsStatus cs_zone_drum_generators(CsArena *arena,
    const CsDrumRecipe *drum, const CsKitKey *at, CsSoundZone *zone);

/// What zones of the same keys are brought to.
typedef struct CsZoneLevel {
  int key;              ///< Where they are measured.
  double loudness_lufs; ///< Largest momentary loudness at velocity 64.
  double attack_s;      ///< The slowest attack.
} CsZoneLevel;

/// Round tones to zones of that loudness; a stereo tone becomes two zones, left
/// first. Where the samples would be cut off, the zones stay softer.
///
/// @param scratch  Arena for what is thrown away.
/// @param zones    Receives them, appended at *n_zones.
CS_NODISCARD CsStatus cs_zones_finish(CsArena *arena, CsArena *scratch,
    const CsToneZone *tones, size_t n_tones, const CsZoneLevel *level,
    CsSoundZone *zones, size_t *n_zones);

#endif
