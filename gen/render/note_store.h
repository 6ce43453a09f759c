/// Notes that were played once, kept for the jobs after.
///
/// A tail is a function of its name alone, a start one of its name and length,
/// and so is what is known of a key's velocities: a job gives the same bytes
/// whether it finds them here or makes them itself, in any order and with any
/// number of threads. The store may be used by several threads at once and
/// never takes more than the bytes it was given; what was not used for longest
/// goes first.
#ifndef CS_GEN_RENDER_NOTE_STORE_H
#define CS_GEN_RENDER_NOTE_STORE_H

#include "gen/render/layers.h"
#include "gen/render/recording.h"

typedef struct CsNoteStore CsNoteStore;

/// What a preset sounds like: equal names are equal sounds.
typedef struct CsPresetName {
  const char *font; ///< Checksum of the soundfont.
  int sample_rate;
  CsPresetChoice preset;
} CsPresetName;

enum { CS_START_OF_NOTES = 0 };

typedef struct CsNoteName {
  uint32_t preset; ///< From cs_note_store_preset().
  uint8_t key, velocity;
  int64_t n_held_frames; ///< Of a tail, or CS_START_OF_NOTES.
  uint8_t tail_velocity; ///< Of a tail: that it dies away with.
} CsNoteName;

/// @param most_bytes  Of all recordings together.
/// @return NULL when memory is short.
CsNoteStore *cs_note_store_new(size_t most_bytes);

/// What the samples that it is given must lie in; the store's own.
CsChunks *cs_note_store_chunks(CsNoteStore *store);

/// Number of a preset, to be used in names. @return 0 when memory is short:
/// nothing is found of it or kept.
uint32_t cs_note_store_preset(CsNoteStore *store, const CsPresetName *name);

/// A recording, not to be changed, which stays until it is let go; NULL when it
/// is not there.
CsRecording *cs_note_store_find(CsNoteStore *store, const CsNoteName *name);

/// Give a recording to the store, which owns its samples from then on. Of two
/// starts the longer stays.
///
/// @return What cs_note_store_find() now gives, which may be another's of the
///         same name and no shorter; NULL when there is no room, or a shorter
///         one is in use: the samples stay the caller's.
CsRecording *cs_note_store_keep(
    CsNoteStore *store, const CsNoteName *name, CsRecording recording);

/// The caller is done with a recording that was found or kept.
void cs_note_store_let_go(CsNoteStore *store, CsRecording *recording);

/// Add what is known of a key's velocities to `layers`, and the other way
/// round.
void cs_note_store_learn(
    CsNoteStore *store, uint32_t preset, int key, CsKeyLayers *layers);

/// What recordings take, and how often they were found and not found.
typedef struct CsNoteStoreUse {
  size_t n_bytes, n_found, n_missed;
} CsNoteStoreUse;

CsNoteStoreUse cs_note_store_use(CsNoteStore *store);

/// Free the store. Every recording must have been let go. NULL is accepted.
void cs_note_store_free(CsNoteStore *store);

#endif
