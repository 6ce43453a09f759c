/// Notes, each played once and kept.
///
/// Notes that differ in length, or in how they die away, begin alike: they are
/// one start, played as long as the longest is held, and a tail for each, from
/// where it is let go.
#ifndef CS_GEN_RENDER_RECORDING_H
#define CS_GEN_RENDER_RECORDING_H

#include "gen/base/chunks.h"
#include "gen/synth/synth.h"

/// What was played. Where one channel is the other but for a gain, as of all
/// that is panned, only the louder is there.
typedef struct CsRecording {
  /// Left and right, or one and NULL: rows of `n_chunks` chunks with
  /// CS_CHUNK_FLOATS frames in each; those behind the last frame may be NULL.
  float **channels[2];
  size_t n_chunks;
  size_t n_frames;
  float gains[2]; ///< Of one channel: what makes it left and right.
  bool is_whole;  ///< Nothing sounds after it.
} CsRecording;

enum { CS_TAKES = 2 }; ///< What is played side by side.

/// Where a note is let go.
typedef struct CsNoteEnd {
  int velocity; ///< That it dies away with: cs_synth_note_off_as().
  int64_t n_held_frames;
  int64_t n_most_frames; ///< No more of its tail are wanted.
  CsRecording *tail;     ///< Receives it; cs_recording_clear() frees it.
} CsNoteEnd;

/// A note that is to be recorded.
typedef struct CsNoteWish {
  int key, velocity;
  int64_t n_start_frames; ///< As long as it is held at all.
  CsRecording *start;     ///< Receives it, as a tail is received.
  const CsNoteEnd *ends;  ///< By length, none longer than the start.
  size_t n_ends;
} CsNoteWish;

/// Play notes. What has ended by itself is no longer than it sounds.
///
/// @param synths  Silent, before and after, and of one patch. A recording does
///                not depend on what is played beside it.
/// @param chunks  What recordings are kept in; outlives them.
/// @return CS_ERR_MEMORY when memory is short; no recording is kept then.
CS_NODISCARD CsStatus cs_record_notes(CsSynth *const synths[CS_TAKES],
    const CsNoteWish *wishes, size_t n_wishes, CsChunks *chunks);

/// The frames of a channel that lie in a row from `place` on.
///
/// @param n  In: frames wanted, all of them there. Out: how many are in the
/// row.
static inline float *
cs_recording_row(
    const CsRecording *recording, size_t channel, size_t place, size_t *n)
{
  const size_t at     = place % CS_CHUNK_FLOATS;
  const size_t n_left = CS_CHUNK_FLOATS - at;
  *n                  = *n < n_left ? *n : n_left;
  return recording->channels[channel][place / CS_CHUNK_FLOATS] + at;
}

void cs_recording_clear(CsRecording *recording);

size_t cs_recording_bytes(const CsRecording *recording);

#endif
