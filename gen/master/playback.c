// The spooled mix coming back, with the limiter's gain for every frame.

#include "gen/master/mastering.h"

#include "gen/base/mathx.h"

#include <assert.h>
#include <string.h>

static const double peak_margin_db = 0.1; ///< Left under the ceiling.

/// Long enough that limiter and trim forget what was before.
static const double loop_lead_s = 1.0;

CsStatus
cs_new_block(CsArena *arena, float **samples)
{
  *samples = CS_NEW_N(arena, float, 2 * (size_t)CS_BLOCK_FRAMES);
  return *samples != NULL ? CS_OK : CS_ERR_MEMORY;
}

CsStatus
cs_playback_new(CsArena *arena, CsPlayback *play)
{
  CS_TRY(cs_new_block(arena, &play->now));
  CS_TRY(cs_new_block(arena, &play->ahead));
  CS_TRY(cs_new_block(arena, &play->start));
  play->curve = CS_NEW_N(arena, float, CS_CURVE_FRAMES);
  CS_TRY_NEW(play->curve);
  play->gains = CS_NEW_N(arena, double, CS_BLOCK_FRAMES);
  CS_TRY_NEW(play->gains);
  return CS_OK;
}

/// Sample in the spool where a signal's part of a block begins. The last block
/// is shorter.
static uint64_t
spool_place(const CsMaster *m, int64_t first_frame, size_t n, size_t signal)
{
  const uint64_t before = (uint64_t)first_frame * m->n_signals;
  return (before + signal * n) * m->n_channels;
}

size_t
cs_playback_n_block(const CsMaster *m, int64_t first_frame)
{
  const int64_t n_left = m->wish.n_frames - first_frame;
  return n_left < CS_BLOCK_FRAMES ? (size_t)n_left : CS_BLOCK_FRAMES;
}

CsStatus
cs_signal_get(CsArena *arena, CsMaster *m, int64_t first_frame, size_t n,
    size_t signal, float *frames)
{
  return cs_spool_get(arena, m->spool, spool_place(m, first_frame, n, signal),
      frames, n * m->n_channels);
}

CsStatus
cs_signal_set(CsArena *arena, CsMaster *m, int64_t first_frame, size_t n,
    size_t signal, const float *frames)
{
  return cs_spool_set(arena, m->spool, spool_place(m, first_frame, n, signal),
      frames, n * m->n_channels);
}

static CsStatus
load_faded(CsArena *arena, CsMaster *m, int64_t first_frame, size_t n,
    size_t signal, float *frames)
{
  CS_TRY(cs_signal_get(arena, m, first_frame, n, signal, frames));
  cs_fade_run(&m->fade, first_frame, frames, n, m->n_channels);
  return CS_OK;
}

/// The trim's curve and the rhythm of a signal, where both are there.
static CsStatus
trim(CsArena *arena, CsMaster *m, int64_t first_frame, size_t n, size_t rhythm,
    float *frames)
{
  if (!m->trim.is_on || rhythm == 0)
    return CS_OK;
  CS_TRY(cs_spool_get(arena, m->spool, m->trim.place + (uint64_t)first_frame,
      m->trim.curve, n));
  CS_TRY(load_faded(arena, m, first_frame, n, rhythm, m->trim.rhythm));
  cs_trim_run(&m->trim, frames, n, m->n_channels);
  return CS_OK;
}

CsStatus
cs_playback_load(CsArena *arena, CsMaster *m, int64_t first_frame, size_t n,
    size_t signal, float *frames)
{
  const size_t rhythm = m->signals[signal].rhythm;
  CS_TRY(load_faded(arena, m, first_frame, n, signal, frames));
  CS_TRY(trim(arena, m, first_frame, n, rhythm, frames));
  cs_leveller_run(&m->leveller, first_frame, frames, n, m->n_channels);
  return CS_OK;
}

static void
extend_curve(CsMaster *m, const float *frames, size_t n)
{
  CsPlayback *p = &m->play;
  assert(p->n_curve + n <= CS_CURVE_FRAMES);
  cs_limiter_run(m->limiter, frames, n, p->curve + p->n_curve);
  const size_t n_late = p->n_discard < n ? p->n_discard : n;
  if (n_late > 0)
    memmove(p->curve + p->n_curve, p->curve + p->n_curve + n_late,
        (n - n_late) * sizeof *p->curve);
  p->n_discard -= n_late;
  p->n_curve += n - n_late;
}

static CsStatus
read_ahead(CsArena *arena, CsMaster *m)
{
  CsPlayback *p = &m->play;
  p->n_ahead    = cs_playback_n_block(m, p->n_read);
  if (p->n_ahead == 0)
    return CS_OK;
  CS_TRY(cs_playback_load(arena, m, p->n_read, p->n_ahead, 0, p->ahead));
  p->n_read += (int64_t)p->n_ahead;
  extend_curve(m, p->ahead, p->n_ahead);
  if (p->n_read == m->wish.n_frames)
    extend_curve(m, p->start, cs_limiter_lookahead(m->limiter));
  return CS_OK;
}

int64_t
cs_playback_lead_frame(const CsMaster *m)
{
  const int64_t n_lead = (int64_t)(loop_lead_s * m->wish.sample_rate);
  const int64_t at = m->wish.n_frames > n_lead ? m->wish.n_frames - n_lead : 0;
  return at - at % CS_BLOCK_FRAMES;
}

/// Only a loop has a pre-roll. Its limiter starts as its end leaves it, and
/// sees the start coming at the end, so that the seam is no step in gain.
static CsStatus
join_ends(CsArena *arena, CsMaster *m)
{
  CsPlayback *p       = &m->play;
  const int64_t n_all = m->wish.n_frames;
  int64_t at          = cs_playback_lead_frame(m);
  p->n_discard += (size_t)(n_all - at);
  while (at < n_all) {
    const size_t n = cs_playback_n_block(m, at);
    CS_TRY(cs_playback_load(arena, m, at, n, 0, p->now));
    extend_curve(m, p->now, n);
    at += (int64_t)n;
  }
  return cs_playback_load(arena, m, 0, cs_playback_n_block(m, 0), 0, p->start);
}

double
cs_playback_ceiling_db(const CsMaster *m)
{
  return m->wish.peak_dbtp - peak_margin_db;
}

CsStatus
cs_playback_begin(CsArena *arena, CsMaster *m, double gain_db)
{
  CsPlayback *p = &m->play;
  p->gain       = cs_gain_from_db(gain_db);
  p->n_read = 0, p->n_curve = 0;
  p->lowest    = 1.0F;
  p->n_discard = cs_limiter_lookahead(m->limiter);
  cs_limiter_begin(
      m->limiter, p->gain, cs_gain_from_db(cs_playback_ceiling_db(m)));
  if (m->wish.n_preroll_frames > 0)
    CS_TRY(join_ends(arena, m));
  return read_ahead(arena, m);
}

CsStatus
cs_playback_next(CsArena *arena, CsMaster *m, size_t *n_frames)
{
  CsPlayback *p   = &m->play;
  const size_t n  = p->n_ahead;
  float *recycled = p->now;
  p->now          = p->ahead;
  p->ahead        = recycled;
  *n_frames       = n;
  if (n == 0)
    return CS_OK;
  CS_TRY(read_ahead(arena, m));
  assert(p->n_curve >= n);
  for (size_t f = 0; f < n; f++) {
    p->gains[f] = p->gain * (double)p->curve[f];
    p->lowest   = p->curve[f] < p->lowest ? p->curve[f] : p->lowest;
  }
  p->n_curve -= n;
  memmove(p->curve, p->curve + n, p->n_curve * sizeof *p->curve);
  return CS_OK;
}
