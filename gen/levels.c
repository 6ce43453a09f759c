#include "gen/levels.h"

#include "gen/base/mathx.h"
#include "gen/master/loudness.h"

enum {
  RATE         = CS_LEVEL_RATE,
  HELD_FRAMES  = 38400,
  NOTE_FRAMES  = 48000,
  BLOCK_FRAMES = 4800,
  KIT_BANK     = 128,
  N_VELOCITIES = 2,
};

static const int velocities[N_VELOCITIES] = {64, 100};

void
cs_level_keys(const CsInstrument *in, int keys[CS_LEVEL_KEYS])
{
  static const int drums[CS_LEVEL_KEYS] = {36, 38, 47};
  const int low = in->sweet[0], span = in->sweet[1] - in->sweet[0];
  for (int i = 0; i < CS_LEVEL_KEYS; i++)
    keys[i] = in->bank == KIT_BANK ? drums[i] : low + span * (2 * i + 1) / 6;
}

static CsStatus
measure_note(CsArena *arena, CsFluidVoice *voice, CsLoudness *loudness, int key,
    int velocity, double *level)
{
  float block[BLOCK_FRAMES * 2];
  CS_TRY(cs_loudness_begin(arena, loudness));
  cs_fluid_note_on(voice, key, velocity);
  for (int at = 0; at < NOTE_FRAMES; at += BLOCK_FRAMES) {
    if (at == HELD_FRAMES)
      cs_fluid_note_off(voice, key);
    if (!cs_fluid_render(voice, block, block + 1, 2, BLOCK_FRAMES))
      return cs_fail(arena, CS_ERR_WORK, "FluidSynth failed on a single note");
    CS_TRY(cs_loudness_feed(arena, loudness, block, BLOCK_FRAMES));
  }
  CS_TRY(cs_loudness_end(arena, loudness));
  *level = cs_loudness_momentary(loudness);
  return CS_OK;
}

static CsStatus
measure_notes(CsArena *arena, CsFluidFont *font, CsLoudness *loudness,
    const CsPresetChoice *preset, const int keys[CS_LEVEL_KEYS], double *level)
{
  double sum    = 0.0;
  int n_audible = 0;
  for (int i = 0; i < CS_LEVEL_KEYS * N_VELOCITIES; i++) {
    CsFluidVoice *voice =
        cs_fluid_voice_new(font, RATE, preset, CS_FLUID_ONE_NOTE);
    double note = CS_SILENCE_DB;
    CS_TRY_NEW(voice);
    const CsStatus status = measure_note(arena, voice, loudness,
        keys[i / N_VELOCITIES], velocities[i % N_VELOCITIES], &note);
    cs_fluid_voice_free(voice);
    CS_TRY(status);
    sum += note > CS_SILENCE_DB ? note : 0.0;
    n_audible += note > CS_SILENCE_DB ? 1 : 0;
  }
  *level = n_audible > 0 ? sum / n_audible : CS_SILENCE_DB;
  return CS_OK;
}

CsStatus
cs_level_measure(CsArena *arena, CsFluidFont *font, int bank, int program,
    const int keys[CS_LEVEL_KEYS], double *level)
{
  const CsPresetChoice preset = {bank, program, 0.0};
  CsLoudness *loudness       = NULL;
  *level                     = CS_SILENCE_DB;
  CS_TRY(cs_loudness_new(arena, RATE, 2, &loudness));
  // Keeps the samples in memory from note to note.
  CsFluidVoice *keeper =
      cs_fluid_voice_new(font, RATE, &preset, CS_FLUID_ONE_NOTE);
  const CsStatus status =
      measure_notes(arena, font, loudness, &preset, keys, level);
  cs_fluid_voice_free(keeper);
  cs_loudness_free(loudness);
  return status;
}
