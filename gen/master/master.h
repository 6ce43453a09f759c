/// Stems to Cue: high-pass, room, balance, loudness, limiting, exact cut, and
/// quantisation that lets the stems add up to the mix.
///
/// Nothing here holds a whole cue: the blocks run through twice. The first pass
/// measures and spools the unmastered mix (and stems) to an unnamed file; the
/// second applies the gain, limits, quantises and hands out blocks.
#ifndef CS_GEN_MASTER_MASTER_H
#define CS_GEN_MASTER_MASTER_H

#include "gen/master/loudness.h"
#include "gen/plan/plan.h"
#include "gen/render/render.h"

typedef enum CsSampleFormat {
  CS_PCM_16,
  CS_PCM_24,
  CS_FLOAT_32,
  CS_N_SAMPLE_FORMATS
} CsSampleFormat;

extern const char *const cs_sample_format_names[CS_N_SAMPLE_FORMATS];

/// Bytes of one sample in a file.
size_t cs_sample_bytes(CsSampleFormat format);

/// Samples as the data chunk of a WAV file holds them: little endian.
///
/// @param whole   Integer formats; else NULL.
/// @param floats  CS_FLOAT_32; else NULL.
/// @param out     n_samples * cs_sample_bytes() long.
void cs_pack_samples(CsSampleFormat format, const int32_t *whole,
    const float *floats, size_t n_samples, unsigned char *out);

typedef struct CsMasterWish {
  CsFunction function;
  int sample_rate;
  int n_channels; ///< 1 or 2.
  CsSampleFormat format;
  int64_t n_frames;         ///< Of the finished cue.
  int64_t n_preroll_frames; ///< Thrown away first.
  double target_lufs;       ///< Integrated; largest momentary for a stinger.
  bool keeps_target;        ///< Reach it whatever limiting it takes.
  double peak_dbtp;
  double fade_in_s, fade_out_s;
  bool ends_silent;   ///< Fade the last 250 ms (or 10 %) to zero.
  bool carves_speech; ///< What lies under a voice leaves it room.
  double room;        ///< Size, 0.2..1.
  double wet_db;
  bool wants_stems;
  uint64_t seed;            ///< Of the dither.
  const char *spool_folder; ///< Where the unnamed file goes.
  CsChunks *chunks;         ///< What sound is kept in; NULL: the master's own.
  int n_threads; ///< With two or more, blocks are finished ahead of the reader.
} CsMasterWish;

/// What was measured on the finished cue. (Its loudness is that behind the
/// limiter: rounding to steps, with dither -93 dB below full scale, comes
/// after, which no gated loudness hears.)
typedef struct CsMeasured {
  double integrated_lufs; ///< -inf is reported as -200.
  double momentary_lufs;  ///< Largest.
  double true_peak_dbtp;
  double target_lufs;  ///< As reached for: lowered where limiting ended.
  double gave_way_lu;  ///< By how much it was lowered.
  double gain_db;      ///< Static gain of the master.
  double limiting_db;  ///< Most that the limiter took away.
  double trimming_db;  ///< Most that drums, bass and effects gave way before.
  double levelling_db; ///< Most that the slow compression took away.
  double end_rms_dbfs; ///< Of the last 50 ms.
  double tone_db[8];   ///< What was given to the octaves from 63 Hz on.
  char sha256[65];     ///< Of the sample data bytes, little endian.
} CsMeasured;

/// A block of the finished cue. Integer formats: whole numbers of the format's
/// scale in int32 (16 bit: -32768..32767, 24 bit: -8388608..8388607). Float:
/// multiples of 2^-23. In both, the stems add up to the mix exactly.
typedef struct CsCueBlock {
  size_t n_frames;
  const int32_t *mix;               ///< Integer formats, else NULL.
  const float *mix_float;           ///< The same as floats, exactly.
  const uint8_t *mix_bytes;         ///< The same as cs_pack_samples() gives it.
  const int32_t *stems[CS_N_STEMS]; ///< NULL where not asked or empty.
  const float *stems_float[CS_N_STEMS];
} CsCueBlock;

typedef struct CsMaster CsMaster;

CS_NODISCARD CsStatus cs_master_new(
    CsArena *arena, const CsMasterWish *wish, CsMaster **master);

/// First pass: take a block of stems, in order. Frames past the cue's end are
/// ignored. Missing frames at the end count as silence.
CS_NODISCARD CsStatus cs_master_feed(
    CsArena *arena, CsMaster *master, const CsStemBlock *block);

/// Between the passes: choose the gain.
CS_NODISCARD CsStatus cs_master_decide(CsArena *arena, CsMaster *master);

/// Somebody hears the finished mix.
typedef struct CsMasterEar {
  /// The frames of a block, interleaved; one block after the other, each from
  /// whatever thread is free and before it is read.
  ///
  /// @param why  For the message of a failure.
  CsStatus (*hear)(
      void *user, CsArena *why, const float *frames, size_t n_frames);
  void *user;
} CsMasterEar;

/// Before the first block is read. @param ear  `hear` may be NULL.
void cs_master_set_ear(CsMaster *master, CsMasterEar ear);

/// Second pass: the next block; n_frames 0 at the end.
CS_NODISCARD CsStatus cs_master_read(
    CsArena *arena, CsMaster *master, CsCueBlock *block);

/// After the last block.
const CsMeasured *cs_master_measured(const CsMaster *master);

/// After the last block: the loudness of the finished cue over time.
const CsLoudness *cs_master_loudness(const CsMaster *master);

/// Did any track sound in that stem?
bool cs_master_has_stem(const CsMaster *master, CsStem stem);

void cs_master_free(CsMaster *master);

#endif
