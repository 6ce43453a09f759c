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

static CsStatus
run_filters(CsArena *arena, CsMaster *m, CsFilter filters[CS_MAX_SIGNALS],
    int64_t first_frame, bool is_kept)
{
  for (int64_t at = first_frame; at < m->wish.n_frames; at += CS_BLOCK_FRAMES) {
    const size_t n = cs_playback_n_block(m, at);
    for (size_t i = 0; i < m->n_signals; i++) {
      CS_TRY(cs_signal_get(arena, m, at, n, i, m->scratch));
      run_filter(m, &filters[i], m->scratch, n);
      if (is_kept)
        CS_TRY(cs_signal_set(arena, m, at, n, i, m->scratch));
    }
  }
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
  CS_TRY(run_filters(arena, m, filters, 0, true));
  return cs_master_measure_anew(arena, m);
}
