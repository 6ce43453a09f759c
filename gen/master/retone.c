// Between the passes: what was put aside goes through the filter that mends the
// tone of the whole, the mix and each stem through its own, so that they add up
// as before.

#include "gen/master/mastering.h"

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

/// Two signals of one block. The mix is measured as it goes.
static CsStatus
run_two(CsArena *arena, CsMaster *m, CsFilter *filters, int64_t at,
    size_t first, bool is_kept)
{
  float *const frames[]  = {m->scratch, m->trim.rhythm};
  const size_t n         = cs_playback_n_block(m, at);
  const size_t n_signals = first + 1 < m->n_signals ? 2 : 1;
  for (size_t i = 0; i < n_signals; i++)
    CS_TRY(cs_signal_get(arena, m, at, n, first + i, frames[i]));
  if (n_signals == 2 && m->n_channels == 2)
    cs_filter_run_both(
        &filters[first], frames[0], &filters[first + 1], frames[1], n);
  else
    for (size_t i = 0; i < n_signals; i++)
      run_filter(m, &filters[first + i], frames[i], n);
  for (size_t i = 0; i < n_signals && is_kept; i++)
    CS_TRY(cs_signal_set(arena, m, at, n, first + i, frames[i]));
  if (!is_kept || first != CS_SIGNAL_MIX)
    return CS_OK;
  cs_fade_run(&m->fade, at, frames[0], n, m->n_channels);
  return cs_mix_meter_hear(arena, m, &m->plain, at, frames[0], n);
}

static CsStatus
run_filters(CsArena *arena, CsMaster *m, CsFilter filters[CS_MAX_SIGNALS],
    int64_t first_frame, bool is_kept)
{
  for (int64_t at = first_frame; at < m->wish.n_frames; at += CS_BLOCK_FRAMES)
    for (size_t i = 0; i < m->n_signals; i += 2)
      CS_TRY(run_two(arena, m, filters, at, i, is_kept));
  return CS_OK;
}

CsStatus
cs_master_mend_tone(CsArena *arena, CsMaster *m)
{
  CsFilter filters[CS_MAX_SIGNALS];
  const CsFilter filter =
      cs_tone_filter(m->tone, &m->wish, m->measured.tone_db);
  if (filter.n_sections == 0)
    return CS_OK;
  for (size_t i = 0; i < m->n_signals; i++)
    filters[i] = filter;
  // A loop's filters begin as its end leaves them.
  if (m->wish.n_preroll_frames > 0)
    CS_TRY(run_filters(arena, m, filters, cs_playback_lead_frame(m), false));
  CS_TRY(cs_loudness_begin(arena, m->plain.loudness));
  CS_TRY(run_filters(arena, m, filters, 0, true));
  CS_TRY(cs_mix_meter_end(arena, m, &m->plain));
  return cs_master_measure_again(arena, m);
}
