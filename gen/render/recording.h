/// Notes, each played once and kept.
#ifndef CS_GEN_RENDER_RECORDING_H
#define CS_GEN_RENDER_RECORDING_H

#include "gen/synth/synth.h"

/// A note from its first frame to the end of its tail. Where one channel is the
/// other but for a gain, as of all that is panned, only the louder is there.
typedef struct CsRecording {
  float *channels[2]; ///< Left and right, or one and NULL; from malloc.
  size_t n_frames;
  float gains[2]; ///< Of one channel: what makes it left and right.
  bool is_whole;  ///< Nothing sounds after it.
} CsRecording;

enum { CS_TAKES = 2 }; ///< Notes that are played side by side.

/// A note that is to be recorded.
typedef struct CsNoteWish {
  int key, velocity;
  int64_t n_held_frames, n_most_frames; ///< No more than those are wanted.
  CsRecording *recording; ///< Receives it; cs_recording_clear() frees it.
} CsNoteWish;

/// Play notes, each until nothing of it is left or nobody will hear it.
///
/// @param synths  Silent, before and after, and of one patch. A recording does
///                not depend on what is played beside it.
/// @return CS_ERR_MEMORY when memory is short; no recording is kept then.
CS_NODISCARD CsStatus cs_record_notes(
    CsSynth *const synths[CS_TAKES], const CsNoteWish *wishes, size_t n_wishes);

void cs_recording_clear(CsRecording *recording);

size_t cs_recording_bytes(const CsRecording *recording);

#endif
