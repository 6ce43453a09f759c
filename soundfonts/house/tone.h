/// A tone as the kinds of synthesis hand it on: samples in double precision,
/// band-limited, with a loop that joins exactly.
#ifndef CS_SOUNDFONTS_HOUSE_TONE_H
#define CS_SOUNDFONTS_HOUSE_TONE_H

#include "soundfonts/house/recipe.h"

#include "gen/base/rng.h"

/// What is wanted.
typedef struct CsToneRequest {
  const char *name; ///< Names the random streams, with layer and zone.
  uint64_t layer, zone;
  double hz;     ///< Of the root key.
  double key;    ///< The same as a key.
  double top_hz; ///< No partial above.
  /// Seconds in which the player's envelope falls by 60 dB; 0 for a held tone.
  /// A tone that decays leaves this share of its decay to the player.
  double decay_s;
} CsToneRequest;

/// What came of it; the second channel is NULL for mono.
typedef struct CsTone {
  double *frames[2];
  size_t n_frames;
  size_t loop_start, loop_end; ///< Equal where it does not loop.
  int sample_rate;
} CsTone;

CS_NODISCARD CsStatus cs_tone_wave(CsArena *arena, const CsToneRequest *wanted,
    const CsWaveRecipe *recipe, CsTone *tone);
CS_NODISCARD CsStatus cs_tone_partials(CsArena *arena,
    const CsToneRequest *wanted, const CsPartialsRecipe *recipe, CsTone *tone);
CS_NODISCARD CsStatus cs_tone_fm(CsArena *arena, const CsToneRequest *wanted,
    const CsFmRecipe *recipe, CsTone *tone);
CS_NODISCARD CsStatus cs_tone_string(CsArena *arena,
    const CsToneRequest *wanted, const CsStringRecipe *recipe, CsTone *tone);
CS_NODISCARD CsStatus cs_tone_strokes(CsArena *arena,
    const CsToneRequest *wanted, const CsStrokesRecipe *recipe, CsTone *tone);

// ---- What the kinds share --------------------------------------------------

/// Frames before and after a loop that repeat it, for the synthesizer's
/// interpolation.
enum { CS_LOOP_MARGIN = 16 };

/// The stream of a channel or partial.
CsRng cs_tone_rng(
    const CsToneRequest *wanted, const char *purpose, uint64_t place);

/// The lowest rate whose images of a spectrum up to `top_hz` are far off.
int cs_tone_rate(double top_hz);

/// Gain of the hills and dips at a frequency.
double cs_peaks_gain(const CsPeak *peaks, size_t n_peaks, double hz);

/// Gain of a low pass of that many poles, and of a high pass of two.
double cs_low_pass_gain(double hz, double cutoff_hz, double poles);
double cs_high_pass_gain(double hz, double cutoff_hz);

/// Rooms for `n_channels` of n_frames.
CS_NODISCARD CsStatus cs_tone_room(
    CsArena *arena, CsTone *tone, size_t n_frames, size_t n_channels);

/// A head and a loop of whole periods: `cycles` of `hz` and about `loop_s`.
typedef struct CsTurns {
  size_t n_head, n_loop;
  double cycles; ///< Of the root key in the loop.
  int sample_rate;
} CsTurns;

CsTurns cs_tone_turns(double hz, double head_s, double loop_s, int sample_rate);

/// Frequency of a ratio to the root key that has whole cycles in the loop, in
/// cycles.
double cs_tone_cycles(const CsTurns *turns, double ratio);

/// A sine that turns by adding and multiplying only.
typedef struct CsTurner {
  double re, im, step_re, step_im;
} CsTurner;

CsTurner cs_turner(double phase, double step);

static inline double
cs_turner_next(CsTurner *t)
{
  const double out = t->im;
  const double re  = t->re * t->step_re - t->im * t->step_im;
  t->im            = t->re * t->step_im + t->im * t->step_re;
  t->re            = re;
  return out;
}

#endif
