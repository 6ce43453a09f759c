// Between the passes: what was put aside goes through the filter that mends the
// tone of the whole, the mix and each stem through its own, so that they add up
// as before.

#include "gen/master/mastering.h"

#include <string.h>

/// Filter a block of one or two channels.
static void
run_filter(CsMaster *m, CsFilter *filter, float *frames, size_t n)
{
  float *both = m->play.frames; // nothing is played yet
  if (m->n_channels == 2) {
    cs_filter_run(filter, frames, n);
    return;
  }
  for (size_t f = 0; f < n; f++)
    both[2 * f] = both[2 * f + 1] = frames[f];
  cs_filter_run(filter, both, n);
  for (size_t f = 0; f < n; f++)
    frames[f] = both[2 * f];
}

/// Two signals of one block. Of the mix a copy is faded and given to `heard`.
static CsStatus
run_two(CsArena *arena, CsMaster *m, CsFilter *filters, int64_t at,
    size_t first, float *heard)
{
  float *const frames[]  = {m->scratch, m->trim.rhythm};
  const size_t n         = cs_playback_n_block(m, at);
  const size_t n_signals = first + 1 < m->n_signals ? 2 : 1;
  for (size_t i = 0; i < n_signals; i++)
    CS_TRY(cs_tape_get(arena, &m->tape, at, n, first + i, frames[i]));
  if (n_signals == 2 && m->n_channels == 2)
    cs_filter_run_both(
        &filters[first], frames[0], &filters[first + 1], frames[1], n);
  else
    for (size_t i = 0; i < n_signals; i++)
      run_filter(m, &filters[first + i], frames[i], n);
  for (size_t i = 0; i < n_signals && heard != NULL; i++)
    CS_TRY(cs_tape_set(arena, &m->tape, at, n, first + i, frames[i]));
  if (heard == NULL || first != CS_SIGNAL_MIX)
    return CS_OK;
  memcpy(heard, frames[0], n * m->n_channels * sizeof *heard);
  cs_fade_run(&m->fade, at, heard, n, m->n_channels);
  return CS_OK;
}

/// @param heard  NULL: the filters run, but nothing is kept.
static CsStatus
run_block(CsArena *arena, CsMaster *m, CsFilter filters[CS_MAX_SIGNALS],
    int64_t at, float *heard)
{
  for (size_t i = 0; i < m->n_signals; i += 2)
    CS_TRY(run_two(arena, m, filters, at, i, heard));
  return CS_OK;
}

/// A thread filters; the reader measures what comes out.
typedef struct Work {
  CsMaster *m;
  CsFilter filters[CS_MAX_SIGNALS];
  float *heard[CS_POOL_AHEAD]; ///< Of step i at i % CS_POOL_AHEAD.
} Work;

/// A step of the pool. It is asked for more steps than there are blocks.
static bool
run_next(void *user, size_t lane, int64_t step)
{
  Work *w     = user;
  CsMaster *m = w->m;
  (void)lane;
  if ((size_t)step >= cs_n_blocks(m))
    return true;
  m->pool_status = run_block(m->pool_arena, m, w->filters,
      step * CS_BLOCK_FRAMES, w->heard[step % CS_POOL_AHEAD]);
  return m->pool_status == CS_OK;
}

static CsStatus
hear_all(CsArena *arena, Work *w, CsPool *pool)
{
  CsMaster *m = w->m;
  for (size_t b = 0; b < cs_n_blocks(m); b++) {
    const int64_t at = (int64_t)b * CS_BLOCK_FRAMES;
    if (!cs_pool_await(pool))
      return cs_master_say_why(arena, m);
    CS_TRY(cs_mix_meter_hear(arena, m, &m->mix, at, w->heard[b % CS_POOL_AHEAD],
        cs_playback_n_block(m, at)));
    cs_pool_consume(pool);
  }
  return cs_mix_meter_end(arena, m, &m->mix);
}

static CsStatus
run_all(CsArena *arena, Work *w)
{
  const CsPoolWork work = {.step = run_next, .user = w};
  CsMaster *m           = w->m;
  for (size_t i = 0; i < CS_POOL_AHEAD; i++)
    CS_TRY(cs_new_block(arena, &w->heard[i]));
  // A loop's filters begin as its end leaves them.
  if (m->wish.n_preroll_frames > 0)
    for (int64_t at = cs_playback_lead_frame(m); at < m->wish.n_frames;
         at += CS_BLOCK_FRAMES)
      CS_TRY(run_block(arena, m, w->filters, at, NULL));
  CS_TRY(cs_loudness_begin(arena, m->mix.loudness));
  CsPool *pool = cs_pool_new(&work, 1, m->wish.n_threads);
  if (pool == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "no memory to mend the tone");
  const CsStatus status = hear_all(arena, w, pool);
  cs_pool_free(pool);
  return status;
}

CsStatus
cs_master_mend_tone(CsArena *arena, CsMaster *m)
{
  Work work = {.m = m};
  const CsFilter filter =
      cs_tone_filter(m->tone, &m->wish, m->measured.tone_db);
  if (filter.n_sections == 0)
    return CS_OK;
  for (size_t i = 0; i < m->n_signals; i++)
    work.filters[i] = filter;
  CS_TRY(run_all(arena, &work));
  m->is_plain = false;
  return cs_master_measure_again(arena, m);
}
