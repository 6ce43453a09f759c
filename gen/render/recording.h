/// One note, played once and kept.
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

/// Play a note until nothing of it is left, or nobody will hear it.
///
/// @param synth      Silent, before and after.
/// @param n_most_frames  No more are wanted.
/// @param recording  Receives it, to be freed with cs_recording_clear().
/// @return CS_ERR_MEMORY when memory is short.
CS_NODISCARD CsStatus cs_record_note(CsSynth *synth, int key, int velocity,
    int64_t n_held_frames, int64_t n_most_frames, CsRecording *recording);

void cs_recording_clear(CsRecording *recording);

size_t cs_recording_bytes(const CsRecording *recording);

#endif
