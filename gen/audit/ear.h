/// Listening to the finished audio: one pass over its frames, then the figures
/// that RULEBOOK section 9 judges. It knows nothing of the plan.
#ifndef CS_GEN_AUDIT_EAR_H
#define CS_GEN_AUDIT_EAR_H

#include "gen/base/arena.h"

#include <stdint.h>

enum {
  CS_EAR_STEPS_PER_S = 10, ///< Loudness curves have a point every 100 ms.
  CS_N_OCTAVES       = 8,  ///< 63 Hz, 125 Hz ... 8 kHz.
};

/// What was heard. Loudness in LUFS by ITU-R BS.1770 (libebur128), levels in dB
/// of full scale; silence is -infinity.
typedef struct CsHeard {
  int64_t n_frames;
  int sample_rate;
  int n_channels;
  double integrated_lufs;
  double range_lu; ///< EBU loudness range.
  double momentary_max_lufs;
  double true_peak_dbtp;
  /// Loudness of the 3 s (short term) and 0.4 s (momentary) that end at point
  /// i, (i + 1) / CS_EAR_STEPS_PER_S seconds from the start.
  double *short_term_lufs;
  double *momentary_lufs;
  size_t n_points;
  double lead_s;          ///< Start of the first 10 ms within 30 dB of the RMS.
  double last_50_ms_dbfs; ///< RMS.
  double last_sample; ///< Largest of the channels, absolute, 1.0 full scale.
  double peak_at_s;   ///< Middle of the loudest 50 ms.
  double loudest_3_s_at_s;        ///< Start of the loudest 3 s.
  double balance_db;              ///< Left over right.
  double correlation;             ///< -1..1; 1 for mono.
  double mono_loss_db;            ///< Level that folding to mono loses, >= 0.
  double octave_db[CS_N_OCTAVES]; ///< Power per octave band.
  double speech_band_db;          ///< Power of 1 to 4 kHz against the whole.
  /// Largest autocorrelation of the onset envelope at lags of 0.3 to 2 s, 0..1.
  double pulse;
} CsHeard;

typedef struct CsEar CsEar;

/// Begin to listen.
///
/// @param ear  Free with cs_ear_free().
CS_NODISCARD CsStatus cs_ear_new(
    CsArena *arena, int sample_rate, int n_channels, CsEar **ear);

/// Hear interleaved frames, full scale 1.0.
CS_NODISCARD CsStatus cs_ear_hear(
    CsArena *arena, CsEar *ear, const float *frames, size_t n_frames);

/// All frames were heard: what are the figures?
///
/// @param heard  Its curves live as long as the arena.
CS_NODISCARD CsStatus cs_ear_report(CsArena *arena, CsEar *ear, CsHeard *heard);

/// NULL is accepted.
void cs_ear_free(CsEar *ear);

#endif
