#include "gen/render/recording.h"

#include <math.h>
#include <stdlib.h>

enum {
  N_CHANNELS  = 2,
  STEP_FRAMES = 16 * CS_SYNTH_STEP_FRAMES, ///< Between looks at the level.
};

/// Below this, -114 dB of full scale, a tail is over.
static const float end_of_tail = 2e-6F;

/// A note on its way.
typedef struct Take {
  CsSynth *synth;
  CsRecording *recording;
  bool is_panned, is_right; ///< Which channel is kept of what is panned.
  bool has_died_away;
  size_t room; ///< What is not played on takes no memory: it is never touched.
  float unheard[STEP_FRAMES];
} Take;

static CsStatus
make_room(Take *t, size_t room)
{
  for (size_t c = 0; c < (t->is_panned ? 1 : N_CHANNELS); c++) {
    float **channel = &t->recording->channels[c];
    float *moved    = realloc(*channel, (room + 1) * sizeof *moved);
    if (moved == NULL)
      return CS_ERR_MEMORY;
    *channel = moved;
  }
  t->room = room;
  return CS_OK;
}

static CsStatus
go_on(Take *t, size_t n)
{
  CsRecording *r  = t->recording;
  const size_t at = r->n_frames;
  if (at + n > t->room)
    CS_TRY(make_room(t, at + n + at / 4));
  float *kept  = r->channels[0] + at;
  float *other = t->is_panned ? t->unheard : r->channels[1] + at;
  r->n_frames += n;
  return cs_synth_render(t->synth, t->is_right ? other : kept,
             t->is_right ? kept : other, n)
             ? CS_OK
             : CS_ERR_MEMORY;
}

static bool
has_died_away(const Take *t)
{
  const CsRecording *r = t->recording;
  for (size_t c = 0; c < (t->is_panned ? 1 : N_CHANNELS); c++)
    for (size_t i = r->n_frames - STEP_FRAMES; i < r->n_frames; i++)
      if (fabsf(r->channels[c][i]) > end_of_tail)
        return false;
  return true;
}

static void
choose_channels(Take *t, const CsNoteFacts *facts)
{
  const double *gains = facts->gains;
  t->is_panned        = facts->is_panned;
  t->is_right         = t->is_panned && gains[1] > gains[0];
  const double most   = gains[t->is_right];
  for (size_t c = 0; c < N_CHANNELS && t->is_panned; c++)
    t->recording->gains[c] = most > 0.0 ? (float)(gains[c] / most) : 0.0F;
}

static CsStatus
play_held(Take *t, int64_t n_held_frames)
{
  // A note that has ended by itself will not come back.
  for (int64_t at = 0; at < n_held_frames && !cs_synth_is_silent(t->synth);) {
    const int64_t left = n_held_frames - at;
    const int64_t n    = left < STEP_FRAMES ? left : STEP_FRAMES;
    CS_TRY(go_on(t, (size_t)n));
    at += n;
  }
  return CS_OK;
}

static CsStatus
play_tail(Take *t, int64_t n_longest)
{
  for (int64_t n = 0;
       n < n_longest && !cs_synth_is_silent(t->synth) && !t->has_died_away;
       n += STEP_FRAMES) {
    CS_TRY(go_on(t, STEP_FRAMES));
    t->has_died_away = has_died_away(t);
  }
  return CS_OK;
}

static CsStatus
play(Take *t, int key, int velocity, int64_t n_held, int64_t n_most)
{
  const bool is_held = n_held < n_most;
  cs_synth_note_on(t->synth, key, velocity);
  CS_TRY(play_held(t, is_held ? n_held : n_most));
  cs_synth_note_off(t->synth, key);
  return is_held ? play_tail(t, n_most - n_held) : CS_OK;
}

CsStatus
cs_record_note(CsSynth *synth, int key, int velocity, int64_t n_held_frames,
    int64_t n_most_frames, CsRecording *recording)
{
  const CsNoteFacts facts = cs_synth_facts(synth, key, velocity);
  const int64_t n_whole   = n_held_frames + facts.n_tail_frames + STEP_FRAMES;
  const int64_t n         = n_whole < n_most_frames ? n_whole : n_most_frames;
  Take t                  = {.synth = synth, .recording = recording};
  *recording              = (CsRecording){.n_frames = 0};
  choose_channels(&t, &facts);
  CsStatus status = make_room(&t, (size_t)n);
  if (status == CS_OK)
    status = play(&t, key, velocity, n_held_frames, n_most_frames);
  recording->is_whole = cs_synth_is_silent(synth) || t.has_died_away;
  cs_synth_stop(synth);
  if (status != CS_OK)
    cs_recording_clear(recording);
  return status;
}

void
cs_recording_clear(CsRecording *r)
{
  for (size_t c = 0; c < N_CHANNELS; c++)
    free(r->channels[c]);
  *r = (CsRecording){.n_frames = 0};
}

size_t
cs_recording_bytes(const CsRecording *r)
{
  const size_t n_channels = r->channels[1] != NULL ? N_CHANNELS : 1;
  return r->n_frames * n_channels * sizeof(float);
}
