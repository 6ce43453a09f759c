/// A track whose distinct notes are rendered once each and then copied to every
/// place where they sound.
///
/// A note is a function of its preset, key, velocity and length alone: swells
/// are gains of the track, and onsets and lengths lie on the synthesizer's own
/// grid. Its velocity changes the level alone until the sound changes with it;
/// where it does is found by listening, so one recording serves a whole layer
/// of velocities, each copy with its own gain.
#ifndef CS_GEN_RENDER_COPIES_H
#define CS_GEN_RENDER_COPIES_H

#include "gen/perform/performance.h"
#include "gen/render/fluid.h"

typedef struct CsCopies CsCopies;

/// Sort out which notes are worth a recording: those that sound at least twice,
/// the most frequent first, as long as the memory lasts.
///
/// @param prober   Of the same preset as `voice`; listened to and left.
/// @param voice    Taken over, unless it fails. It plays one note at a time.
/// @param notes    Of one track; read now.
/// @param is_live  Receives for each note whether it has to be played live.
///                 Where it is true already, it stays so.
/// @param n_bytes  What recordings may take; what they are expected to take is
///                 subtracted.
/// @return NULL when memory is short.
CsCopies *cs_copies_new(CsFluidVoice *prober, CsFluidVoice *voice,
    int sample_rate, const CsPlayedNote *const *notes, size_t n_notes,
    bool *is_live, size_t *n_bytes);

/// Add the next block to what is there.
///
/// @param start      Its first frame; blocks follow each other.
/// @param out        Interleaved stereo, n_frames long.
/// @param is_silent  In: `out` holds nothing yet, whatever its bytes are. Out:
///                   it still does.
/// @return false when memory is short or the synthesizer fails.
bool cs_copies_add(CsCopies *copies, int64_t start, size_t n_frames, float *out,
    bool *is_silent);

/// NULL is accepted.
void cs_copies_free(CsCopies *copies);

#endif
