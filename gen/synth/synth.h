/// A preset played note by note: the voices of our own that stand where
/// FluidSynth's would, several times as fast, and alike to the last bit that
/// can be heard (tests/unit/test_synth.c compares the two).
#ifndef CS_GEN_SYNTH_SYNTH_H
#define CS_GEN_SYNTH_SYNTH_H

#include "gen/synth/patch.h"

typedef struct CsSynth CsSynth;

/// @param patch  Outlives the synthesizer; may be shared.
/// @param pan    -1..1, added to the preset's own.
/// @return NULL when memory is short.
CsSynth *cs_synth_new(const CsPatch *patch, double pan, int sample_rate);

/// Take effect with the next frame rendered. Velocity 1..127; where memory is
/// short for another voice, the note is left out and cs_synth_render() fails.
void cs_synth_note_on(CsSynth *synth, int key, int velocity);
void cs_synth_note_off(CsSynth *synth, int key);

/// Let a key go as if it had been struck with another velocity, which in many
/// presets decides how long a note dies away.
void cs_synth_note_off_as(CsSynth *synth, int key, int velocity);

/// What can be told of a note before it is played.
typedef struct CsNoteFacts {
  bool is_panned;  ///< One sound but for its place between left and right.
  double gains[2]; ///< Of each channel, where it is panned.
  /// At most this long does it sound after it was let go.
  int64_t n_tail_frames;
} CsNoteFacts;

CsNoteFacts cs_synth_facts(const CsSynth *synth, int key, int velocity);

/// Another that sounds as this one does and goes on by itself; NULL when memory
/// is short.
CsSynth *cs_synth_fork(const CsSynth *synth);

/// Silence all voices at once.
void cs_synth_stop(CsSynth *synth);

/// Is nothing sounding, and nothing going to before the next note-on?
bool cs_synth_is_silent(const CsSynth *synth);

/// Render both channels.
///
/// @param left, right  Each channel's samples, `n_frames` of them.
/// @param n_frames     A multiple of CS_SYNTH_STEP_FRAMES.
/// @return false when memory was short.
bool cs_synth_render(
    CsSynth *synth, float *left, float *right, size_t n_frames);

/// A synthesizer and what it plays: each channel's samples.
typedef struct CsSynthPart {
  CsSynth *synth;
  float *left, *right;
} CsSynthPart;

/// Render several, each as it would be alone, to the bit. Two notes in one
/// breath take little more time than one, where the processor has AVX2.
///
/// @param parts     One or more, each of a synthesizer of its own.
/// @param n_frames  As cs_synth_render().
bool cs_synths_render(
    const CsSynthPart *parts, size_t n_parts, size_t n_frames);

/// NULL is accepted.
void cs_synth_free(CsSynth *synth);

#endif
