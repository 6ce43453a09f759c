#include "gen/render/live.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/// A note-on, or a note-off where the velocity is 0.
typedef struct Event {
  int64_t frame;
  uint8_t key;
  uint8_t velocity;
} Event;

struct CsLive {
  CsPlayer player;
  Event *events; ///< By frame, note-offs first, then key.
  size_t n_events, next;
};

static int
by_frame(const void *a, const void *b)
{
  const Event *x = a, *y = b;
  if (x->frame != y->frame)
    return x->frame < y->frame ? -1 : 1;
  if ((x->velocity == 0) != (y->velocity == 0))
    return x->velocity == 0 ? -1 : 1;
  return (int)x->key - (int)y->key;
}

CsLive *
cs_live_new(CsPlayer player, const CsPlayedNote *const *notes, size_t n_notes)
{
  CsLive *live = calloc(1, sizeof *live);
  if (live != NULL)
    live->events = calloc(2 * n_notes + 1, sizeof *live->events);
  if (live == NULL || live->events == NULL) {
    player.free(player.self);
    free(live);
    return NULL;
  }
  live->player = player;
  for (size_t i = 0; i < n_notes; i++) {
    const CsPlayedNote *n = notes[i];
    assert(n->on_frame % CS_GRID_FRAMES == 0);
    assert(n->off_frame % CS_GRID_FRAMES == 0 && n->off_frame > n->on_frame);
    live->events[live->n_events++] = (Event){n->on_frame, n->key, n->velocity};
    live->events[live->n_events++] = (Event){n->off_frame, n->key, 0};
  }
  qsort(live->events, live->n_events, sizeof *live->events, by_frame);
  return live;
}

static void
play_events(CsLive *live, int64_t frame)
{
  const CsPlayer *p = &live->player;
  while (
      live->next < live->n_events && live->events[live->next].frame <= frame) {
    const Event *e = &live->events[live->next++];
    if (e->velocity == 0)
      p->note_off(p->self, e->key);
    else
      p->note_on(p->self, e->key, e->velocity);
  }
}

/// Play a stretch without events. A synthesizer without voices is not asked: it
/// would write zeros, and take its time.
static bool
play_stretch(
    CsLive *live, float *left, float *right, size_t n_frames, bool *is_silent)
{
  const CsPlayer *p = &live->player;
  if (p->is_silent(p->self)) {
    memset(left, 0, n_frames * sizeof *left);
    memset(right, 0, n_frames * sizeof *right);
    return true;
  }
  *is_silent = false;
  return p->render(p->self, left, right, n_frames);
}

/// Does nothing sound before `end`? Then nothing need be written.
static bool
rests(const CsLive *live, int64_t end)
{
  const CsPlayer *p = &live->player;
  return p->is_silent(p->self) && (live->next == live->n_events ||
                                      live->events[live->next].frame >= end);
}

bool
cs_live_play(CsLive *live, int64_t start, size_t n_frames, float *left,
    float *right, bool *is_silent)
{
  const int64_t end = start + (int64_t)n_frames;
  *is_silent        = true;
  if (rests(live, end))
    return true;
  for (int64_t at = start; at < end;) {
    play_events(live, at);
    int64_t until = end;
    if (live->next < live->n_events && live->events[live->next].frame < until)
      until = live->events[live->next].frame;
    if (!play_stretch(live, left + (at - start), right + (at - start),
            (size_t)(until - at), is_silent))
      return false;
    at = until;
  }
  return true;
}

void
cs_live_free(CsLive *live)
{
  if (live == NULL)
    return;
  live->player.free(live->player.self);
  free(live->events);
  free(live);
}
