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
  const CsNoteWish *wish;   ///< NULL: the synthesizer rests.
  bool is_panned, is_right; ///< Which channel is kept of what is panned.
  bool is_let_go;           ///< The note was.
  bool has_died_away;
  size_t room; ///< What is not played on takes no memory: it is never touched.
  size_t n_left; ///< Frames of the stretch under way.
  float unheard[STEP_FRAMES];
} Take;

static CsStatus
make_room(Take *t, size_t room)
{
  for (size_t c = 0; c < (t->is_panned ? 1 : N_CHANNELS); c++) {
    float **channel = &t->wish->recording->channels[c];
    float *moved    = realloc(*channel, (room + 1) * sizeof *moved);
    if (moved == NULL)
      return CS_ERR_MEMORY;
    *channel = moved;
  }
  t->room = room;
  return CS_OK;
}

static bool
has_died_away(const Take *t)
{
  const CsRecording *r = t->wish->recording;
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
    t->wish->recording->gains[c] = most > 0.0 ? (float)(gains[c] / most) : 0.0F;
}

static CsStatus
begin(Take *t, const CsNoteWish *wish)
{
  const CsNoteFacts facts = cs_synth_facts(t->synth, wish->key, wish->velocity);
  const int64_t n_whole =
      wish->n_held_frames + facts.n_tail_frames + STEP_FRAMES;
  const int64_t n =
      n_whole < wish->n_most_frames ? n_whole : wish->n_most_frames;
  t->wish          = wish;
  t->is_let_go     = false;
  t->has_died_away = false;
  *wish->recording = (CsRecording){.n_frames = 0};
  choose_channels(t, &facts);
  cs_synth_note_on(t->synth, wish->key, wish->velocity);
  return make_room(t, (size_t)n);
}

static void
end(Take *t)
{
  t->wish->recording->is_whole =
      cs_synth_is_silent(t->synth) || t->has_died_away;
  cs_synth_stop(t->synth);
  t->wish = NULL;
}

/// How much is played next; 0 when the note is over. What has ended by itself
/// will not come back.
static size_t
next_stretch(Take *t)
{
  const CsNoteWish *w = t->wish;
  const int64_t at    = (int64_t)w->recording->n_frames;
  const bool is_cut   = w->n_held_frames >= w->n_most_frames;
  const int64_t held  = is_cut ? w->n_most_frames : w->n_held_frames;
  if (cs_synth_is_silent(t->synth))
    return 0;
  if (at < held)
    return held - at < STEP_FRAMES ? (size_t)(held - at) : STEP_FRAMES;
  if (!t->is_let_go)
    cs_synth_note_off(t->synth, w->key);
  else
    t->has_died_away = has_died_away(t);
  t->is_let_go = true;
  return is_cut || t->has_died_away || at >= w->n_most_frames ? 0 : STEP_FRAMES;
}

/// Notes that are still to be recorded.
typedef struct Rest {
  const CsNoteWish *wishes;
  size_t n_wishes;
} Rest;

/// Go on to the next stretch, of the same note or of the next.
static CsStatus
go_on(Take *t, Rest *rest)
{
  while (t->n_left == 0) {
    if (t->wish != NULL)
      t->n_left = next_stretch(t);
    if (t->wish != NULL && t->n_left == 0)
      end(t);
    if (t->wish != NULL)
      continue;
    if (rest->n_wishes == 0)
      return CS_OK;
    rest->n_wishes--;
    CS_TRY(begin(t, rest->wishes++));
  }
  return CS_OK;
}

static CsStatus
part_of(Take *t, size_t n, CsSynthPart *part)
{
  CsRecording *r  = t->wish->recording;
  const size_t at = r->n_frames;
  if (at + n > t->room)
    CS_TRY(make_room(t, at + n + at / 4));
  float *kept  = r->channels[0] + at;
  float *other = t->is_panned ? t->unheard : r->channels[1] + at;
  *part        = (CsSynthPart){
             t->synth, t->is_right ? other : kept, t->is_right ? kept : other};
  r->n_frames += n;
  t->n_left -= n;
  return CS_OK;
}

/// @param is_over  Set when no take has anything left.
static CsStatus
play_on(Take *takes, size_t n_takes, bool *is_over)
{
  CsSynthPart parts[CS_TAKES];
  size_t n = SIZE_MAX, n_parts = 0;
  for (size_t i = 0; i < n_takes; i++)
    if (takes[i].wish != NULL && takes[i].n_left < n)
      n = takes[i].n_left;
  for (size_t i = 0; i < n_takes; i++)
    if (takes[i].wish != NULL)
      CS_TRY(part_of(&takes[i], n, &parts[n_parts++]));
  *is_over = n_parts == 0;
  return *is_over || cs_synths_render(parts, n_parts, n) ? CS_OK
                                                         : CS_ERR_MEMORY;
}

static CsStatus
play_all(Take *takes, Rest *rest)
{
  bool is_over = false;
  while (!is_over) {
    for (size_t i = 0; i < CS_TAKES; i++)
      CS_TRY(go_on(&takes[i], rest));
    CS_TRY(play_on(takes, CS_TAKES, &is_over));
  }
  return CS_OK;
}

CsStatus
cs_record_notes(
    CsSynth *const synths[CS_TAKES], const CsNoteWish *wishes, size_t n_wishes)
{
  Take takes[CS_TAKES];
  Rest rest = {wishes, n_wishes};
  for (size_t i = 0; i < CS_TAKES; i++) {
    takes[i].synth  = synths[i];
    takes[i].wish   = NULL;
    takes[i].n_left = 0;
  }
  for (size_t i = 0; i < n_wishes; i++)
    *wishes[i].recording = (CsRecording){.n_frames = 0};
  const CsStatus status = play_all(takes, &rest);
  for (size_t i = 0; i < CS_TAKES; i++)
    cs_synth_stop(synths[i]);
  for (size_t i = 0; i < n_wishes && status != CS_OK; i++)
    cs_recording_clear(wishes[i].recording);
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
