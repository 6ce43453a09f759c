/// Listening to the finished audio: one pass over its frames, then the figures
/// that RULEBOOK section 9 judges. It knows nothing of the plan.
#ifndef CS_GEN_AUDIT_EAR_H
#define CS_GEN_AUDIT_EAR_H

#include "gen/master/loudness.h"

#include <stdbool.h>
#include <stdint.h>

enum {
  CS_EAR_STEPS_PER_S = 10,  ///< Loudness curves have a point every 100 ms.
  CS_EAR_TICKS_PER_S = 100, ///< The power curve has a point every 10 ms.
  CS_N_OCTAVES       = 8,   ///< 63 Hz, 125 Hz ... 8 kHz.
};

/// Energy of a stretch, in all and from 1 to 4 kHz.
typedef struct CsSlice {
  float all, speech;
} CsSlice;

/// What was heard. Loudness in LUFS by ITU-R BS.1770, levels in dB of full
/// scale as the mean square of all samples (a full sine is at -3). Silence is
/// CS_SILENCE_DB.
typedef struct CsHeard {
  int64_t n_frames;
  int sample_rate;
  int n_channels;

  double integrated_lufs;
  double range_lu; ///< EBU loudness range; 0 under 3 s.
  double momentary_max_lufs;
  double true_peak_dbtp;
  /// Loudness of the 3 s (short term) and 0.4 s (momentary) that end at point
  /// i, (i + 1) / CS_EAR_STEPS_PER_S seconds from the start. What was before
  /// the start counts as silence.
  double *short_term_lufs;
  double *momentary_lufs;
  size_t n_points;
  double loudest_3_s_at_s; ///< Start of the loudest 3 s; 0 for a shorter cue.

  double rms_dbfs;
  /// Mean square of the samples of tick i, from i / CS_EAR_TICKS_PER_S seconds
  /// on; 1.0 is full scale. The last one may be shorter.
  float *powers;
  size_t n_ticks;
  double lead_s;    ///< Start of the first 10 ms within 30 dB of rms_dbfs.
  double peak_at_s; ///< Middle of the loudest 50 ms ...
  double peak_dbfs; ///< ... and their level.
  double last_50_ms_dbfs;
  double last_sample; ///< Largest of the channels, absolute, 1.0 full scale.

  double balance_db;   ///< Left over right; 0 for mono.
  double correlation;  ///< -1..1; 1 for mono, 0 where a side is silent.
  double mono_loss_db; ///< Level that folding to mono loses, >= 0.

  double octave_db[CS_N_OCTAVES]; ///< Level of each octave band.
  double speech_band_db;          ///< 1 to 4 kHz against the whole.
  /// Slice i lies around i * slice_s seconds and fades over to its neighbours.
  CsSlice *slices;
  size_t n_slices;
  double slice_s;

  /// Largest autocorrelation of the onset envelope at lags of 0.3 to 2 s, 0..1,
  /// and that lag.
  double pulse, pulse_lag_s;
} CsHeard;

typedef struct CsEar CsEar;

/// Begin to listen.
///
/// @param sample_rate  8000..192000.
/// @param n_channels   1 or 2.
/// @param ear          Free with cs_ear_free(), before the arena.
CS_NODISCARD CsStatus cs_ear_new(
    CsArena *arena, int sample_rate, int n_channels, CsEar **ear);

/// Begin to listen while a cue is made, for little more than a hundredth of the
/// time that making takes: no octaves and no pulse, which are reported as
/// silence, slices and the speech band only where they are wanted, and loudness
/// and true peak from whoever has measured them: see cs_ear_lend().
CS_NODISCARD CsStatus cs_ear_new_brief(CsArena *arena, int sample_rate,
    int n_channels, bool wants_speech_band, CsEar **ear);

/// Before the report of a brief ear: what was measured elsewhere.
///
/// @param loudness  Of the same frames, ended; as long as the report takes.
void cs_ear_lend(CsEar *ear, const CsLoudness *loudness, double true_peak_dbtp);

/// Hear interleaved frames, full scale 1.0. Some 10 MB an hour are kept.
CS_NODISCARD CsStatus cs_ear_hear(
    CsArena *arena, CsEar *ear, const float *frames, size_t n_frames);

/// All frames were heard: what are the figures? Call it once.
///
/// @param heard  Its curves live as long as the arena.
CS_NODISCARD CsStatus cs_ear_report(CsArena *arena, CsEar *ear, CsHeard *heard);

/// NULL is accepted.
void cs_ear_free(CsEar *ear);

/// Level of a mean square, in dB.
double cs_db_from_power(double power);

/// Middle of octave band i, in Hz.
double cs_octave_hz(size_t octave);

/// Mean square of the ticks that begin within a span; 0 where there are none.
double cs_heard_power(const CsHeard *heard, double start_s, double end_s);

/// Loudness of a span, not gated: the mean power of the 400 ms windows that lie
/// in it. CS_SILENCE_DB where none does.
double cs_heard_lufs(const CsHeard *heard, double start_s, double end_s);

#endif
