/// What moves while a note sounds, in steps of CS_SYNTH_STEP_FRAMES: envelopes
/// of six stages (SoundFont 2.04, 9.1.7) and triangular oscillators.
#ifndef CS_GEN_SYNTH_ENVELOPE_H
#define CS_GEN_SYNTH_ENVELOPE_H

#include <stdbool.h>
#include <stdint.h>

enum { CS_SYNTH_STEP_FRAMES = 64 };

typedef enum CsStage {
  CS_STAGE_DELAY,
  CS_STAGE_ATTACK,
  CS_STAGE_HOLD,
  CS_STAGE_DECAY,
  CS_STAGE_SUSTAIN,
  CS_STAGE_RELEASE,
  CS_STAGE_FINISHED,
  CS_N_STAGES
} CsStage;

/// The course of an envelope: how many steps each stage lasts. Attack, decay
/// and release are even slopes that would cross the whole range in that time.
typedef struct CsEnvelopeCourse {
  uint32_t n_steps[CS_N_STAGES];
  double sustain; ///< 0..1.
  bool is_volume; ///< Its decay ends on the sustain level exactly.
} CsEnvelopeCourse;

typedef struct CsEnvelope {
  CsStage stage;
  uint32_t n_steps; ///< In this stage.
  double value;     ///< 0..1.
  double slope;     ///< What a step of this stage adds.
} CsEnvelope;

/// Go on by a step.
void cs_envelope_step(CsEnvelope *envelope, const CsEnvelopeCourse *course);

/// Let go, from `value` on.
void cs_envelope_release(
    CsEnvelope *envelope, const CsEnvelopeCourse *course, double value);

typedef struct CsLfo {
  int64_t delay_frames;
  double increment; ///< By step; turns round at 1 and -1.
  double value;
} CsLfo;

/// @param frame  Since the note's start, at the step's beginning.
void cs_lfo_step(CsLfo *lfo, int64_t frame);

#endif
