#include "gen/render/player.h"

// ---- Our own ----------------------------------------------------------------

static void
synth_note_on(void *self, int key, int velocity)
{
  cs_synth_note_on(self, key, velocity);
}

static void
synth_note_off(void *self, int key)
{
  cs_synth_note_off(self, key);
}

static bool
synth_is_silent(void *self)
{
  return cs_synth_is_silent(self);
}

static bool
synth_render(void *self, float *left, float *right, size_t n_frames)
{
  return cs_synth_render(self, left, right, n_frames);
}

static void
synth_free(void *self)
{
  cs_synth_free(self);
}

CsPlayer
cs_player_of_synth(CsSynth *synth)
{
  return (CsPlayer){synth, synth_note_on, synth_note_off, synth_is_silent,
      synth_render, synth_free};
}

// ---- FluidSynth's -----------------------------------------------------------

static void
fluid_note_on(void *self, int key, int velocity)
{
  cs_fluid_note_on(self, key, velocity);
}

static void
fluid_note_off(void *self, int key)
{
  cs_fluid_note_off(self, key);
}

static bool
fluid_is_silent(void *self)
{
  return cs_fluid_is_silent(self);
}

static bool
fluid_render(void *self, float *left, float *right, size_t n_frames)
{
  return cs_fluid_render(self, left, right, n_frames);
}

static void
fluid_free(void *self)
{
  cs_fluid_voice_free(self);
}

CsPlayer
cs_player_of_fluid(CsFluidVoice *voice)
{
  return (CsPlayer){voice, fluid_note_on, fluid_note_off, fluid_is_silent,
      fluid_render, fluid_free};
}
