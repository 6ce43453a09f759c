#include "gen/render/recording.h"

#include <math.h>
#include <stdlib.h>

enum {
  N_CHANNELS  = 2,
  STEP_FRAMES = 16 * CS_SYNTH_STEP_FRAMES, ///< Between looks at the level.
};

/// Below this, -114 dB of full scale, a tail is over.
static const float end_of_tail = 2e-6F;

/// A start or a tail on its way.
typedef struct Take {
  CsChunks *chunks;
  CsSynth *own_synth;     ///< For starts.
  CsSynth *synth;         ///< That plays: the own, or a tail's.
  CsRecording *recording; ///< NULL: it rests.
  int64_t n_most_frames;
  const CsNoteWish *wish;   ///< Of a start; NULL: it is a tail.
  size_t next_end;          ///< Of a start.
  bool is_panned, is_right; ///< Which channel is kept of what is panned.
  size_t n_left;            ///< Frames of the stretch under way.
  float unheard[STEP_FRAMES];
} Take;

/// A note that was let go and is still to be played on.
typedef struct Tail {
  CsSynth *synth;
  const CsNoteWish *wish;
  const CsNoteEnd *end;
} Tail;

/// What is still to be recorded.
typedef struct Rest {
  const CsNoteWish *wishes; ///< Not begun.
  size_t n_wishes;
  Tail *tails;
  size_t n_tails;
} Rest;

static size_t
n_kept_channels(const Take *t)
{
  return t->is_panned ? 1 : N_CHANNELS;
}

/// Room for the chunks of so many frames.
static CsStatus
reserve(Take *t, size_t n_frames)
{
  CsRecording *r = t->recording;
  const size_t n = n_frames / CS_CHUNK_FLOATS + 1;
  for (size_t c = 0; c < n_kept_channels(t); c++) {
    float **moved = realloc(r->channels[c], n * sizeof *moved);
    if (moved == NULL)
      return CS_ERR_MEMORY;
    r->channels[c] = moved;
    for (size_t i = r->n_chunks; i < n; i++)
      moved[i] = NULL;
  }
  r->n_chunks = n;
  return CS_OK;
}

/// The chunks that the next frame goes to.
static CsStatus
make_room(Take *t)
{
  CsRecording *r     = t->recording;
  const size_t index = r->n_frames / CS_CHUNK_FLOATS;
  if (index >= r->n_chunks)
    CS_TRY(reserve(t, r->n_frames + r->n_frames / 4));
  for (size_t c = 0; c < n_kept_channels(t); c++) {
    float **chunk = &r->channels[c][index];
    if (*chunk == NULL)
      *chunk = cs_chunk_take(t->chunks);
    if (*chunk == NULL)
      return CS_ERR_MEMORY;
  }
  return CS_OK;
}

static bool
has_died_away(const Take *t)
{
  const CsRecording *r = t->recording;
  for (size_t c = 0; c < n_kept_channels(t); c++)
    for (size_t i = r->n_frames - STEP_FRAMES, n; i < r->n_frames; i += n) {
      n                = r->n_frames - i;
      const float *row = cs_recording_row(r, c, i, &n);
      for (size_t k = 0; k < n; k++)
        if (fabsf(row[k]) > end_of_tail)
          return false;
    }
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

// ---- Beginning and ending ---------------------------------------------------

static CsStatus
begin_start(Take *t, const CsNoteWish *wish)
{
  const CsNoteFacts facts =
      cs_synth_facts(t->own_synth, wish->key, wish->velocity);
  t->synth         = t->own_synth;
  t->wish          = wish;
  t->next_end      = 0;
  t->recording     = wish->start;
  t->n_most_frames = wish->n_start_frames;
  choose_channels(t, &facts);
  cs_synth_note_on(t->synth, wish->key, wish->velocity);
  return reserve(t, (size_t)wish->n_start_frames);
}

static CsStatus
begin_tail(Take *t, const Tail *tail)
{
  const CsNoteWish *wish = tail->wish;
  const CsNoteFacts facts =
      cs_synth_facts(tail->synth, wish->key, tail->end->velocity);
  const int64_t n_whole = facts.n_tail_frames + STEP_FRAMES;
  const int64_t n_most  = tail->end->n_most_frames;
  t->synth              = tail->synth;
  t->wish               = NULL;
  t->recording          = tail->end->tail;
  t->n_most_frames      = n_most;
  choose_channels(t, &facts);
  cs_synth_note_off_as(t->synth, wish->key, tail->end->velocity);
  return reserve(t, (size_t)(n_whole < n_most ? n_whole : n_most));
}

static void
end_take(Take *t)
{
  const bool is_tail = t->wish == NULL;
  t->recording->is_whole =
      cs_synth_is_silent(t->synth) ||
      (is_tail && t->recording->n_frames > 0 && has_died_away(t));
  cs_synth_stop(t->synth);
  if (t->synth != t->own_synth)
    cs_synth_free(t->synth);
  t->synth     = NULL;
  t->recording = NULL;
}

/// Notes that are let go now go on by themselves.
static CsStatus
branch_off(Take *t, Rest *rest)
{
  const CsNoteWish *w = t->wish;
  const int64_t at    = (int64_t)t->recording->n_frames;
  for (; t->next_end < w->n_ends && w->ends[t->next_end].n_held_frames == at;
       t->next_end++) {
    CsSynth *fork = cs_synth_fork(t->synth);
    if (fork == NULL)
      return CS_ERR_MEMORY;
    rest->tails[rest->n_tails++] = (Tail){fork, w, &w->ends[t->next_end]};
  }
  return CS_OK;
}

/// How much is played next; 0 when the start or the tail is over. What has
/// ended by itself will not come back.
static CsStatus
next_stretch(Take *t, Rest *rest, size_t *n_frames)
{
  const int64_t at = (int64_t)t->recording->n_frames;
  int64_t until    = t->n_most_frames;
  *n_frames        = 0;
  if (cs_synth_is_silent(t->synth))
    return CS_OK;
  if (t->wish == NULL) {
    const bool goes_on = at < until && (at == 0 || !has_died_away(t));
    *n_frames          = goes_on ? STEP_FRAMES : 0;
    return CS_OK;
  }
  CS_TRY(branch_off(t, rest));
  if (t->next_end < t->wish->n_ends)
    until = t->wish->ends[t->next_end].n_held_frames;
  if (at < until)
    *n_frames = until - at < STEP_FRAMES ? (size_t)(until - at) : STEP_FRAMES;
  return CS_OK;
}

static CsStatus
begin_next(Take *t, Rest *rest)
{
  if (rest->n_tails > 0)
    return begin_tail(t, &rest->tails[--rest->n_tails]);
  rest->n_wishes--;
  return begin_start(t, rest->wishes++);
}

/// Go on to the next stretch, of the same take or of the next.
static CsStatus
go_on(Take *t, Rest *rest)
{
  while (t->n_left == 0) {
    if (t->recording == NULL && rest->n_tails + rest->n_wishes == 0)
      return CS_OK;
    if (t->recording == NULL)
      CS_TRY(begin_next(t, rest));
    CS_TRY(next_stretch(t, rest, &t->n_left));
    if (t->n_left == 0)
      end_take(t);
  }
  return CS_OK;
}

// ---- Playing ----------------------------------------------------------------

/// How much a take plays at once: as far as its chunk goes.
static size_t
n_at_once(const Take *t)
{
  const size_t n_row =
      CS_CHUNK_FLOATS - t->recording->n_frames % CS_CHUNK_FLOATS;
  return t->n_left < n_row ? t->n_left : n_row;
}

static CsStatus
part_of(Take *t, size_t n, CsSynthPart *part)
{
  CsRecording *r = t->recording;
  size_t n_row   = n;
  CS_TRY(make_room(t));
  float *kept = cs_recording_row(r, 0, r->n_frames, &n_row);
  float *other =
      t->is_panned ? t->unheard : cs_recording_row(r, 1, r->n_frames, &n_row);
  *part = (CsSynthPart){
      t->synth, t->is_right ? other : kept, t->is_right ? kept : other};
  r->n_frames += n;
  t->n_left -= n;
  return CS_OK;
}

/// @param is_over  Set when no take has anything left.
static CsStatus
play_on(Take *takes, bool *is_over)
{
  CsSynthPart parts[CS_TAKES];
  size_t n = SIZE_MAX, n_parts = 0;
  for (size_t i = 0; i < CS_TAKES; i++)
    if (takes[i].recording != NULL && n_at_once(&takes[i]) < n)
      n = n_at_once(&takes[i]);
  for (size_t i = 0; i < CS_TAKES; i++)
    if (takes[i].recording != NULL)
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
    // A start that ends may leave tails to a take that was looked at before.
    for (size_t i = 0; i < 2 * (size_t)CS_TAKES; i++)
      CS_TRY(go_on(&takes[i % CS_TAKES], rest));
    CS_TRY(play_on(takes, &is_over));
  }
  return CS_OK;
}

static CsStatus
give_up(
    Take *takes, const Rest *rest, const CsNoteWish *wishes, size_t n_wishes)
{
  for (size_t i = 0; i < CS_TAKES; i++) {
    if (takes[i].synth != takes[i].own_synth)
      cs_synth_free(takes[i].synth);
    cs_synth_stop(takes[i].own_synth);
  }
  for (size_t i = 0; i < rest->n_tails; i++)
    cs_synth_free(rest->tails[i].synth);
  for (size_t i = 0; i < n_wishes; i++) {
    cs_recording_clear(wishes[i].start);
    for (size_t k = 0; k < wishes[i].n_ends; k++)
      cs_recording_clear(wishes[i].ends[k].tail);
  }
  return CS_ERR_MEMORY;
}

/// Nothing is there yet. @return How many ends there are.
static size_t
empty_all(const CsNoteWish *wishes, size_t n_wishes)
{
  size_t n_ends = 0;
  for (size_t i = 0; i < n_wishes; i++) {
    *wishes[i].start = (CsRecording){.n_frames = 0};
    for (size_t k = 0; k < wishes[i].n_ends; k++)
      *wishes[i].ends[k].tail = (CsRecording){.n_frames = 0};
    n_ends += wishes[i].n_ends;
  }
  return n_ends;
}

CsStatus
cs_record_notes(CsSynth *const synths[CS_TAKES], const CsNoteWish *wishes,
    size_t n_wishes, CsChunks *chunks)
{
  Take takes[CS_TAKES];
  Rest rest = {wishes, n_wishes, NULL, 0};
  for (size_t i = 0; i < CS_TAKES; i++) {
    takes[i].chunks    = chunks;
    takes[i].own_synth = synths[i];
    takes[i].synth     = NULL;
    takes[i].recording = NULL;
    takes[i].n_left    = 0;
  }
  rest.tails      = calloc(empty_all(wishes, n_wishes) + 1, sizeof *rest.tails);
  CsStatus status = rest.tails != NULL ? play_all(takes, &rest) : CS_ERR_MEMORY;
  if (status != CS_OK)
    status = give_up(takes, &rest, wishes, n_wishes);
  free(rest.tails);
  return status;
}

void
cs_recording_clear(CsRecording *r)
{
  for (size_t c = 0; c < N_CHANNELS; c++) {
    for (size_t i = 0; i < r->n_chunks && r->channels[c] != NULL; i++)
      cs_chunk_give(r->channels[c][i]);
    free(r->channels[c]);
  }
  *r = (CsRecording){.n_frames = 0};
}

size_t
cs_recording_bytes(const CsRecording *r)
{
  const size_t n_channels = r->channels[1] != NULL ? N_CHANNELS : 1;
  const size_t n_chunks = (r->n_frames + CS_CHUNK_FLOATS - 1) / CS_CHUNK_FLOATS;
  return n_chunks * n_channels * CS_CHUNK_BYTES;
}
