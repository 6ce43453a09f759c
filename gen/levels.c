#include "gen/levels.h"

#include "gen/base/mathx.h"
#include "gen/master/loudness.h"

enum {
  RATE         = 48000,
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
measure_note(CsArena *arena, CsSynth *synth, CsLoudness *loudness, int key,
    int velocity, double *level)
{
  float left[BLOCK_FRAMES], right[BLOCK_FRAMES], block[BLOCK_FRAMES * 2];
  CS_TRY(cs_loudness_begin(arena, loudness));
  cs_synth_note_on(synth, key, velocity);
  for (int at = 0; at < NOTE_FRAMES; at += BLOCK_FRAMES) {
    if (at == HELD_FRAMES)
      cs_synth_note_off(synth, key);
    if (!cs_synth_render(synth, left, right, BLOCK_FRAMES))
      return cs_fail(arena, CS_ERR_MEMORY, "out of memory for a note");
    for (size_t i = 0; i < BLOCK_FRAMES; i++) {
      block[2 * i]     = left[i];
      block[2 * i + 1] = right[i];
    }
    CS_TRY(cs_loudness_feed(arena, loudness, block, BLOCK_FRAMES));
  }
  cs_synth_stop(synth);
  CS_TRY(cs_loudness_end(arena, loudness));
  *level = cs_loudness_momentary(loudness);
  return CS_OK;
}

static CsStatus
measure_notes(CsArena *arena, CsSynth *synth, CsLoudness *loudness,
    const int keys[CS_LEVEL_KEYS], double *level)
{
  double sum    = 0.0;
  int n_audible = 0;
  for (int i = 0; i < CS_LEVEL_KEYS * N_VELOCITIES; i++) {
    double note = CS_SILENCE_DB;
    CS_TRY(measure_note(arena, synth, loudness, keys[i / N_VELOCITIES],
        velocities[i % N_VELOCITIES], &note));
    sum += note > CS_SILENCE_DB ? note : 0.0;
    n_audible += note > CS_SILENCE_DB ? 1 : 0;
  }
  *level = n_audible > 0 ? sum / n_audible : CS_SILENCE_DB;
  return CS_OK;
}

CsStatus
cs_level_measure(CsArena *arena, CsSf2 *font, int bank, int program,
    const int keys[CS_LEVEL_KEYS], double *level)
{
  bool is_played[CS_N_KEYS_PLAYED] = {false};
  CsLoudness *loudness             = NULL;
  const CsPatch *patch             = NULL;
  *level                           = CS_SILENCE_DB;
  for (int i = 0; i < CS_LEVEL_KEYS; i++)
    is_played[keys[i]] = true;
  CS_TRY(cs_patch_read(arena, font, bank, program, is_played, &patch));
  CS_TRY(cs_loudness_new(arena, RATE, 2, &loudness));
  CsSynth *synth  = cs_synth_new(patch, 0.0, RATE);
  CsStatus status = synth != NULL ? CS_OK : CS_ERR_MEMORY;
  if (status == CS_OK)
    status = measure_notes(arena, synth, loudness, keys, level);
  cs_synth_free(synth);
  cs_loudness_free(loudness);
  return status;
}
