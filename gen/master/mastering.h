/// What the files of the master share: its state, and the steps of the two
/// passes. Outside of gen/master/ nothing includes this.
#ifndef CS_GEN_MASTER_MASTERING_H
#define CS_GEN_MASTER_MASTERING_H

#include "gen/base/hash.h"
#include "gen/master/gain_curve.h"
#include "gen/master/desk.h"
#include "gen/master/fade.h"
#include "gen/master/leveller.h"
#include "gen/master/limiter.h"
#include "gen/master/spool.h"
#include "gen/master/tape.h"
#include "gen/master/tone.h"
#include "gen/master/trim.h"
#include "gen/master/true_peak.h"
#include "gen/base/pool.h"

/// What is known of the whole mix, so that most of it need not be played again
/// to know what a gain or a curve does to it.
typedef struct CsMixMeter {
  CsLoudness *loudness;
  /// Of each block together with the two frames before it, then of the two last
  /// frames with what follows: silence, and of a loop its start.
  CsExtent *extents;
  float first[4], last[4]; ///< The cue's first two frames, the last two heard.
  float peak;              ///< Highest true peak.
} CsMixMeter;

/// The mix coming back from the spool with the limiter's gain of each frame.
typedef struct CsPlayback {
  double gain;       ///< Before the limiter.
  CsGainCurve curve; ///< The limiter's.
  float *frames;     ///< A block of the mix.
  bool bends;        ///< Does the curve in it?
  double *gains;     ///< Of its frames: gain times curve.
  double even_gain;  ///< What all gains are, or 0 where they differ.
  float *limits;     ///< Of its frames: the curve, where it bends.
} CsPlayback;

/// What is put aside: the mix, the stems that are wanted and there, and what
/// of each is rhythm. This is the first.
enum { CS_SIGNAL_MIX };

typedef struct CsSignal {
  float **out; ///< Where the desk puts it: there, or...
  float *desk; ///< ...here, where it does not fill a block of the cue.
  /// Blocks of the cue: block i, which fills or is being put aside, at
  /// i % CS_POOL_AHEAD.
  float *blocks[CS_POOL_AHEAD];
  size_t rhythm; ///< The signal that holds its rhythm; 0 where it has none.
} CsSignal;

/// A block that goes out.
typedef struct CsFinished {
  size_t n_frames;
  int32_t *mix, *stems[CS_N_STEMS];
  float *mix_floats, *stem_floats[CS_N_STEMS];
  uint8_t *mix_bytes;
} CsFinished;

struct CsMaster {
  CsMasterWish wish;
  size_t n_channels;
  bool has_stem[CS_N_STEMS];
  CsSignal signals[CS_MAX_SIGNALS];
  size_t n_signals;
  size_t stem_signals[CS_N_STEMS]; ///< 0 where not wanted or not there.
  CsDesk *desk; ///< NULL until the first block says which stems there are.
  CsDeskOut desk_out;
  CsFade fade;
  int64_t n_fed;        ///< Frames, pre-roll included.
  int64_t n_cue;        ///< Frames of the cue that have left the desk.
  CsChunks *own_chunks; ///< NULL where others' are used.
  CsSpool *spool;
  CsTape tape; ///< What is put aside, in the spool.

  float *scratch; ///< A block, between the passes.
  CsTone *tone;
  CsTruePeak peak;
  CsMixMeter mix;            ///< As it was put aside.
  CsMixMeter plain;          ///< Levelled, before trim and limiter...
  bool is_plain;             ///< ...if it is known...
  const float *plain_levels; ///< ...with these levels.
  CsMixMeter trimmed;        ///< After the trim.
  bool is_limited;      ///< The limiter's curve and `loudness` are those...
  double limited_db;    ///< ...of this gain.
  CsLoudness *loudness; ///< After the limiter; at the end of the finished cue.
  float max_peak;       ///< Of the finished cue.
  float tail[2 * 2 * CS_PEAK_MAX_HALF]; ///< The last frames that went out.
  bool heard_tail;     ///< Did the meter of true peaks hear them?
  CsTrim trim;         ///< Off unless strokes stick out.
  CsLeveller leveller; ///< Off unless the range or the peaks ask for it.
  CsLimiter *limiter;
  CsPlayback play;

  int64_t n_out;                      ///< Frames given out.
  CsFinished finished[CS_POOL_AHEAD]; ///< Of step i at i % CS_POOL_AHEAD.
  CsMasterEar ear;
  CsPool *pool; ///< Puts blocks aside, then finishes them ahead of the reader.
  CsArena *pool_arena, *ear_arena;  ///< For messages of threads.
  CsStatus pool_status, ear_status; ///< Why they stopped.
  CsHash hash;
  double end_energy;
  bool is_capped; ///< The gain stopped short of the target.
  CsMeasured measured;
};

/// Why the pool stopped, when no thread is at work in it any more.
CsStatus cs_master_say_why(CsArena *arena, const CsMaster *master);

/// Room for a block of both channels.
CS_NODISCARD CsStatus cs_new_block(CsArena *arena, float **samples);

/// Buffers of the playback.
CS_NODISCARD CsStatus cs_playback_new(CsArena *arena, CsMaster *master);

/// Highest true peak that leaves the limiter.
double cs_playback_ceiling_db(const CsMaster *master);

/// Blocks of the cue.
size_t cs_n_blocks(const CsMaster *master);

/// Work out the limiter's curve for a gain before it. Only blocks are played
/// whose true peaks may be too high, and those in which the limiter recovers.
CS_NODISCARD CsStatus cs_playback_limit(
    CsArena *arena, CsMaster *master, double gain_db);

/// A block of the mix to play.frames, and its gains to play.gains.
CS_NODISCARD CsStatus cs_playback_get(
    CsArena *arena, CsMaster *master, size_t block, size_t *n_frames);

/// The farthest that samples reach in a block and as far around it as true
/// peaks hear.
CsExtent cs_extent_around(const CsMaster *master, size_t block);

/// A block of a signal back from the tape: faded, trimmed and levelled.
CS_NODISCARD CsStatus cs_playback_load(CsArena *arena, CsMaster *master,
    int64_t first_frame, size_t n_frames, size_t signal, float *frames);

/// Of a loop, the frame of a block from which on its end leads to its start.
int64_t cs_playback_lead_frame(const CsMaster *master);

/// Frames of the block of the cue that begins at a frame.
size_t cs_playback_n_block(const CsMaster *master, int64_t first_frame);

/// Bring the octaves of all signals nearer to the spectrum of finished music,
/// and measure the mix again, where that asks for it.
CS_NODISCARD CsStatus cs_master_mend_tone(CsArena *arena, CsMaster *master);

/// Find where strokes have to be trimmed, for a gain to come; from then on what
/// is loaded is trimmed, and the mix is measured so. Where nothing sticks out
/// all stays as it was. It may be asked again for more gain.
///
/// @param gain_db  The gain before the limiter that is likely.
CS_NODISCARD CsStatus cs_trim_set(
    CsArena *arena, CsMaster *master, double gain_db);

/// Is there a rhythm, and no stroke that has given all that it may?
bool cs_trim_can_more(const CsMaster *master);

CS_NODISCARD CsStatus cs_mix_meter_new(
    CsArena *arena, const CsMaster *master, CsMixMeter *meter);

/// Take the next block of the mix.
CS_NODISCARD CsStatus cs_mix_meter_hear(CsArena *arena, const CsMaster *master,
    CsMixMeter *meter, int64_t first_frame, const float *frames,
    size_t n_frames);

/// After the last block. Works out the true peak of the mix as it is loaded.
CS_NODISCARD CsStatus cs_mix_meter_end(
    CsArena *arena, CsMaster *master, CsMixMeter *meter);

void cs_mix_meter_free(CsMixMeter *meter);

/// Measure the mix again, as it is loaded now: what levelling does to it is
/// reckoned, what is trimmed is played.
CS_NODISCARD CsStatus cs_master_measure_again(CsArena *arena, CsMaster *master);

/// Limit the mix with a gain and measure the loudness behind the limiter,
/// unless that is done.
CS_NODISCARD CsStatus cs_master_limit(
    CsArena *arena, CsMaster *master, double gain_db);

/// What the target is about, for a measured signal after a gain: integrated
/// loudness, of a stinger the largest momentary.
double cs_master_loudness_with(
    const CsMaster *master, const CsLoudness *loudness, double gain_db);

/// Between the passes: the gain that brings the spooled mix to its target, or
/// as near as limiting allows. `measured` and `is_capped` say which.
CS_NODISCARD CsStatus cs_master_choose_gain(CsArena *arena, CsMaster *master);

#endif
