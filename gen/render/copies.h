/// A track whose distinct notes are rendered once each and then copied to every
/// place where they sound.
///
/// A note is a function of its preset, key, velocity and length alone: swells
/// are gains of the track, and onsets and lengths lie on the synthesizer's own
/// grid. One recording serves a whole class of velocities (layers.h), each copy
/// with its own gain.
#ifndef CS_GEN_RENDER_COPIES_H
#define CS_GEN_RENDER_COPIES_H

#include "gen/perform/performance.h"
#include "gen/render/note_store.h"

typedef struct CsCopies CsCopies;

/// What copies are made from.
typedef struct CsCopySource {
  const CsPatch *patch;
  CsPresetChoice preset;
  int sample_rate;
  int64_t end_frame;  ///< Nothing from here on is heard.
  CsNoteStore *store; ///< NULL: recordings are this job's alone.
  CsChunks *chunks;   ///< What they are kept in.
  const char *font;   ///< Checksum; NULL: nothing is shared.
} CsCopySource;

/// Sort out which notes of a track are one.
///
/// @param notes    In order of onset; read now.
/// @param is_live  True for each note that must be played live.
/// @return NULL when memory is short.
CsCopies *cs_copies_new(const CsCopySource *source,
    const CsPlayedNote *const *notes, size_t n_notes, const bool *is_live);

/// Choose which notes are recorded, over all tracks: the most frequent first,
/// as long as the memory lasts at every moment. A recording is there from its
/// first use to the end of its last.
///
/// @param copies   NULL where a track has none.
/// @param n_bytes  What recordings may take at once.
/// @return false when memory is short.
bool cs_copies_choose(CsCopies *const *copies, size_t n_copies, size_t n_bytes);

/// How long before its first use a note may be recorded, which
/// cs_copies_choose() reckons with.
#define CS_COPIES_LEAD_S 30.0

/// Put the chosen ones in their places.
///
/// @param is_live  For each note of cs_copies_new(); set where it is not
/// chosen.
void cs_copies_place(CsCopies *copies, bool *is_live);

/// Add the next block to what is there.
///
/// @param start      Its first frame; blocks follow each other.
/// @param channels   Left and right, n_frames long.
/// @param is_silent  In: they hold nothing yet, whatever their bytes are. Out:
///                   they still do.
/// @return CS_ERR_MEMORY when memory is short.
CS_NODISCARD CsStatus cs_copies_add(CsCopies *copies, int64_t start,
    size_t n_frames, float *const channels[2], bool *is_silent);

/// Onset of the next note that is still to be recorded; INT64_MAX when none is.
int64_t cs_copies_next_onset(CsCopies *copies);

/// Record that note, and some of those that are needed within CS_COPIES_LEAD_S
/// of a frame. Where memory is short they are left to cs_copies_add().
void cs_copies_record_ahead(CsCopies *copies, int64_t frame);

/// NULL is accepted.
void cs_copies_free(CsCopies *copies);

#endif
