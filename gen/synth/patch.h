/// A preset of a soundfont made ready to be played: its zones with all that
/// they ask for in one place.
#ifndef CS_GEN_SYNTH_PATCH_H
#define CS_GEN_SYNTH_PATCH_H

#include "gen/synth/envelope.h"
#include "gen/synth/modulators.h"
#include "soundfonts/sf2_read.h"

enum { CS_N_KEYS_PLAYED = 128 };

/// What a track sounds like.
typedef struct CsPresetChoice {
  int bank, program; ///< Bank 128 holds the kits.
  double pan;        ///< -1..1, added to the preset's own.
} CsPresetChoice;

typedef struct CsPatch CsPatch;

/// Read a preset. Where the font lacks it, the same program of bank 0, else the
/// piano; a missing kit is replaced by another kit or is silent, but never by a
/// piano.
///
/// @param font   In an arena that outlives the patch.
/// @param keys   Those that will be played: only their samples are read.
/// @param patch  In the arena; not changed by playing, so that threads may
///               share it.
/// @return CS_ERR_REQUEST in one sentence when the preset is damaged.
CS_NODISCARD CsStatus cs_patch_read(CsArena *arena, CsSf2 *font, int bank,
    int program, const bool keys[CS_N_KEYS_PLAYED], const CsPatch **patch);

/// Keys that end each other, as hats do: their zones have an exclusive class.
///
/// @param keys  Receives true for each.
void cs_patch_chokes(const CsPatch *patch, bool keys[CS_N_KEYS_PLAYED]);

/// What a zone plays for one note: everything that does not change while it
/// sounds.
typedef struct CsZoneNote {
  const CsSoundZone *zone;
  CsEnvelopeCourse volume, sweep;
  CsLfo modulation, vibrato; ///< As they start.
  double pitch_cents, root_hz;
  double modulation_to_pitch, vibrato_to_pitch, sweep_to_pitch; ///< Cents.
  double cutoff_cents, q;
  double modulation_to_cutoff, sweep_to_cutoff; ///< Cents.
  double modulation_to_volume;                  ///< Centibels.
  double gain;                                  ///< Of the attenuation.
  double left, right;
  int exclusive_class; ///< 0: none.
} CsZoneNote;

/// The zones that answer to a key and velocity.
///
/// @param notes  Room for `most`.
/// @return How many; those that find no room are left out.
size_t cs_patch_notes(const CsPatch *patch, int key, int velocity,
    const CsControllers *controllers, int sample_rate, CsZoneNote *notes,
    size_t most);

/// Are two of a note's zones the sides of a stereo sound: alike but for their
/// samples and their gains?
bool cs_are_sides(const CsZoneNote *a, const CsZoneNote *b);

#endif
