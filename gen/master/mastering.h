/// What the files of the master share: its state, and the steps of the two
/// passes. Outside of gen/master/ nothing includes this.
#ifndef CS_GEN_MASTER_MASTERING_H
#define CS_GEN_MASTER_MASTERING_H

#include "gen/base/hash.h"
#include "gen/master/desk.h"
#include "gen/master/fade.h"
#include "gen/master/leveller.h"
#include "gen/master/limiter.h"
#include "gen/master/spool.h"
#include "gen/master/tone.h"
#include "gen/master/trim.h"
#include "gen/master/true_peak.h"

enum { CS_CURVE_FRAMES = 3 * CS_BLOCK_FRAMES };

/// The mix, coming back from the spool with the gain of each frame. It stays a
/// block ahead, because the limiter does.
typedef struct CsPlayback {
  int64_t n_read; ///< Frames taken from the spool.
  float *now, *ahead;
  float *start; ///< Of a loop: what its end runs into. Else silence.
  size_t n_ahead;
  double gain;
  float *curve; ///< The limiter's, from the first frame of `now` on.
  size_t n_curve, n_discard;
  double *gains; ///< Of the block: gain times curve.
  float lowest;  ///< Of the curve so far.
} CsPlayback;

/// What is put aside: the mix, the stems that are wanted and there, and what
/// of each is rhythm.
enum { CS_SIGNAL_MIX, CS_MAX_SIGNALS = 2 * (1 + CS_N_STEMS) };

typedef struct CsSignal {
  float *desk;   ///< As it leaves the desk.
  float *cue;    ///< A block of the cue, filling.
  size_t rhythm; ///< The signal that holds its rhythm; 0 where it has none.
} CsSignal;

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
  int64_t n_fed;     ///< Pre-roll included.
  size_t n_cue;      ///< Frames in the block of the cue that fills.
  int64_t n_spooled; ///< Frames.
  CsSpool *spool;

  CsTone *tone;
  CsLoudness *loudness;
  CsTruePeak peak;
  float max_peak;
  CsTrim trim;         ///< Off unless strokes stick out.
  CsLeveller leveller; ///< Off unless the range or the peaks ask for it.
  CsLimiter *limiter;
  CsPlayback play;

  int64_t n_out; ///< Frames given out.
  int32_t *mix_steps, *stem_steps[CS_N_STEMS];
  float *mix_floats, *stem_floats[CS_N_STEMS];
  uint8_t *bytes;
  CsHash hash;
  double end_energy;
  bool is_capped; ///< The gain stopped short of the target.
  CsMeasured measured;
};

/// Room for a block of both channels.
CS_NODISCARD CsStatus cs_new_block(CsArena *arena, float **samples);

/// Buffers of the playback.
CS_NODISCARD CsStatus cs_playback_new(CsArena *arena, CsPlayback *play);

/// Highest true peak that leaves the limiter.
double cs_playback_ceiling_db(const CsMaster *master);

/// Back to the first frame, with a gain before the limiter.
CS_NODISCARD CsStatus cs_playback_begin(
    CsArena *arena, CsMaster *master, double gain_db);

/// The next block of the mix is in play.now, its gains in play.gains;
/// `n_frames` 0 at the end.
CS_NODISCARD CsStatus cs_playback_next(
    CsArena *arena, CsMaster *master, size_t *n_frames);

/// Part of a signal as it was put aside, and another in its place.
CS_NODISCARD CsStatus cs_signal_get(CsArena *arena, CsMaster *master,
    int64_t first_frame, size_t n_frames, size_t signal, float *frames);
CS_NODISCARD CsStatus cs_signal_set(CsArena *arena, CsMaster *master,
    int64_t first_frame, size_t n_frames, size_t signal, const float *frames);

/// Part of a signal back from the spool: faded, trimmed and levelled.
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

/// Measure the mix again, as it is loaded.
CS_NODISCARD CsStatus cs_master_measure_again(CsArena *arena, CsMaster *master);

/// What the target is about, for the measured signal after a gain: integrated
/// loudness, of a stinger the largest momentary.
double cs_master_loudness_with(const CsMaster *master, double gain_db);

/// Between the passes: the gain that brings the spooled mix to its target, or
/// as near as limiting allows. `measured` and `is_capped` say which.
CS_NODISCARD CsStatus cs_master_choose_gain(CsArena *arena, CsMaster *master);

#endif
