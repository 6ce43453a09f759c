/// Loudness by ITU-R BS.1770-4 and EBU R 128.
#ifndef CS_GEN_MASTER_LOUDNESS_H
#define CS_GEN_MASTER_LOUDNESS_H

#include "gen/base/arena.h"

typedef struct CsLoudness CsLoudness;

/// Begin a measurement; free it with cs_loudness_free(). @param n_channels 1
/// or 2.
CS_NODISCARD CsStatus cs_loudness_new(
    CsArena *arena, int sample_rate, size_t n_channels, CsLoudness **loudness);

/// Forget what was measured.
CS_NODISCARD CsStatus cs_loudness_begin(CsArena *arena, CsLoudness *loudness);

/// Take over what another has measured, as it would be after a gain, given as a
/// factor. Both have one sample rate.
CS_NODISCARD CsStatus cs_loudness_copy(
    CsArena *arena, CsLoudness *to, const CsLoudness *from, double gain);

/// Multiply the power that was measured in a hop.
void cs_loudness_scale(CsLoudness *loudness, size_t hop, double power);

/// Measure some of it again: the frames fed next replace what was measured from
/// a hop on. They begin with the hop before it, which is only listened to, as
/// the filters have to settle: after a hop they have forgotten what was before
/// by more than 100 dB. Hop 0 has none before it.
void cs_loudness_go_back(CsLoudness *loudness, size_t hop);

/// @param frames  Interleaved.
CS_NODISCARD CsStatus cs_loudness_feed(
    CsArena *arena, CsLoudness *loudness, const float *frames, size_t n_frames);

/// After the last frame. A cue shorter than 400 ms is measured as if silence
/// followed it.
CS_NODISCARD CsStatus cs_loudness_end(CsArena *arena, CsLoudness *loudness);

/// Integrated loudness that the signal would have after a gain, in LUFS;
/// CS_SILENCE_DB where the gates leave nothing. (The gain moves quiet passages
/// over the absolute gate, so that it does not just add.)
double cs_loudness_integrated(const CsLoudness *loudness, double gain_db);

/// Largest momentary loudness, every 100 ms; CS_SILENCE_DB for silence.
double cs_loudness_momentary(const CsLoudness *loudness);

/// The 400 ms windows measured so far, a hop apart, and one's loudness.
size_t cs_loudness_n_windows(const CsLoudness *loudness);
double cs_loudness_window_lufs(const CsLoudness *loudness, size_t window);

/// Frames of a hop: a tenth of a second.
size_t cs_loudness_n_hop(const CsLoudness *loudness);

/// Hops measured so far, and the loudness of the `n_hops` that end with hop
/// `last_hop`, as a meter reads it: what was before the first hop is silence.
size_t cs_loudness_n_hops(const CsLoudness *loudness);
double cs_loudness_until(
    const CsLoudness *loudness, size_t last_hop, size_t n_hops);

/// Loudness range by EBU Tech 3342, in LU: how far the 3 s windows (one every
/// tenth of a second) lie apart between their 10th and 95th percentile. 0 for
/// less than 3 s.
CS_NODISCARD CsStatus cs_loudness_range(
    CsArena *arena, const CsLoudness *loudness, double *range_lu);

/// NULL is accepted.
void cs_loudness_free(CsLoudness *loudness);

#endif
