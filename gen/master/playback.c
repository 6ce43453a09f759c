// The spooled mix coming back, with the limiter's gain for every frame.

#include "gen/master/mastering.h"

#include "gen/base/mathx.h"

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
cs_playback_new(CsArena *arena, CsMaster *m)
{
  CsPlayback *p = &m->play;
  CS_TRY(cs_new_block(arena, &p->frames));
  CS_TRY(cs_new_block(arena, &p->limits));
  p->gains = CS_NEW_N(arena, double, CS_BLOCK_FRAMES);
  CS_TRY_NEW(p->gains);
  return cs_gain_curve_new(arena, m->spool, m->wish.n_frames, &p->curve);
}

size_t
cs_n_blocks(const CsMaster *m)
{
  return (size_t)((m->wish.n_frames + CS_BLOCK_FRAMES - 1) / CS_BLOCK_FRAMES);
}

size_t
cs_playback_n_block(const CsMaster *m, int64_t first_frame)
{
  const int64_t n_left = m->wish.n_frames - first_frame;
  return n_left < CS_BLOCK_FRAMES ? (size_t)n_left : CS_BLOCK_FRAMES;
}

static CsStatus
load_faded(CsArena *arena, CsMaster *m, int64_t first_frame, size_t n,
    size_t signal, float *frames)
{
  CS_TRY(cs_tape_get(arena, &m->tape, first_frame, n, signal, frames));
  cs_fade_run(&m->fade, first_frame, frames, n, m->n_channels);
  return CS_OK;
}

/// The trim's gains and the rhythm of a signal, where both are there.
static CsStatus
trim(CsArena *arena, CsMaster *m, int64_t first_frame, size_t n, size_t rhythm,
    float *frames)
{
  const size_t block = (size_t)(first_frame / CS_BLOCK_FRAMES);
  if (rhythm == 0 || !cs_trim_changes(&m->trim, block))
    return CS_OK;
  CS_TRY(cs_gain_curve_get(
      arena, &m->trim.curves[m->trim.n_curve], block, m->trim.gains, n));
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

int64_t
cs_playback_lead_frame(const CsMaster *m)
{
  const int64_t n_lead = (int64_t)(loop_lead_s * m->wish.sample_rate);
  const int64_t at = m->wish.n_frames > n_lead ? m->wish.n_frames - n_lead : 0;
  return at - at % CS_BLOCK_FRAMES;
}

double
cs_playback_ceiling_db(const CsMaster *m)
{
  return m->wish.peak_dbtp - peak_margin_db;
}

// ---- The limiter ------------------------------------------------------------

/// Let the limiter hear frames and keep its curve.
static CsStatus
limit_frames(CsArena *arena, CsMaster *m, const float *frames, size_t n)
{
  cs_limiter_run(m->limiter, frames, n, m->play.limits);
  return cs_gain_curve_add(arena, &m->play.curve, m->play.limits, n);
}

/// Nothing in a block, or around it, comes near the ceiling.
static bool
passes(const CsMaster *m, size_t block)
{
  const float bound = cs_true_peak_bound(&m->peak, cs_extent_around(m, block));
  return cs_limiter_is_idle(m->limiter) &&
         (double)bound <= cs_limiter_threshold(m->limiter);
}

/// What the limiter would have heard last before a block. A loop's first block
/// comes after one that was not passed over, if that is short.
static CsStatus
remember_before(CsArena *arena, CsMaster *m, size_t block)
{
  const bool loops  = m->wish.n_preroll_frames > 0;
  const size_t last = block > 0 ? block - 1 : cs_n_blocks(m) - 1;
  const int64_t at  = (int64_t)last * CS_BLOCK_FRAMES;
  const size_t n    = cs_playback_n_block(m, at);
  if ((block == 0 && !loops) || n < (size_t)2 * CS_PEAK_MAX_HALF)
    return CS_OK;
  CS_TRY(cs_playback_load(arena, m, at, n, CS_SIGNAL_MIX, m->play.frames));
  cs_limiter_resume(m->limiter, m->play.frames, n);
  return CS_OK;
}

/// @param knows  Did the limiter hear what is before the block?
static CsStatus
limit_block(CsArena *arena, CsMaster *m, size_t block, bool *knows)
{
  const int64_t at    = (int64_t)block * CS_BLOCK_FRAMES;
  const size_t n      = cs_playback_n_block(m, at);
  const bool is_short = n < (size_t)2 * CS_PEAK_MAX_HALF;
  if (!is_short && passes(m, block)) {
    *knows = false;
    return cs_gain_curve_add(arena, &m->play.curve, NULL, n);
  }
  if (!*knows)
    CS_TRY(remember_before(arena, m, block));
  *knows = true;
  CS_TRY(cs_playback_load(arena, m, at, n, CS_SIGNAL_MIX, m->play.frames));
  return limit_frames(arena, m, m->play.frames, n);
}

/// The curve comes late: its end needs what follows, in a loop the start.
static CsStatus
limit_end(CsArena *arena, CsMaster *m, bool knows)
{
  const size_t n_late   = cs_limiter_lookahead(m->limiter);
  const size_t n_blocks = cs_n_blocks(m), n = cs_playback_n_block(m, 0);
  if (passes(m, n_blocks))
    return cs_gain_curve_add(arena, &m->play.curve, NULL, n_late);
  if (!knows)
    CS_TRY(remember_before(arena, m, n_blocks));
  if (m->wish.n_preroll_frames == 0)
    return limit_frames(arena, m, NULL, n_late);
  CS_TRY(cs_playback_load(arena, m, 0, n, CS_SIGNAL_MIX, m->play.frames));
  if (n >= n_late)
    return limit_frames(arena, m, m->play.frames, n_late);
  CS_TRY(limit_frames(arena, m, m->play.frames, n));
  return limit_frames(arena, m, NULL, n_late - n);
}

/// Only a loop has a pre-roll. Its limiter starts as its end leaves it, and
/// sees the start coming at the end, so that the seam is no step in gain.
CsStatus
cs_playback_limit(CsArena *arena, CsMaster *m, double gain_db)
{
  CsPlayback *p         = &m->play;
  const size_t n_blocks = cs_n_blocks(m);
  const bool loops      = m->wish.n_preroll_frames > 0;
  const int64_t lead    = loops ? cs_playback_lead_frame(m) : m->wish.n_frames;
  bool knows            = true; // that there is nothing
  p->gain               = cs_gain_from_db(gain_db);
  cs_limiter_begin(
      m->limiter, p->gain, cs_gain_from_db(cs_playback_ceiling_db(m)));
  cs_gain_curve_begin(&p->curve,
      cs_limiter_lookahead(m->limiter) + (size_t)(m->wish.n_frames - lead));
  for (size_t b = (size_t)(lead / CS_BLOCK_FRAMES); loops && b < n_blocks; b++)
    CS_TRY(limit_block(arena, m, b, &knows));
  for (size_t b = 0; b < n_blocks; b++)
    CS_TRY(limit_block(arena, m, b, &knows));
  return limit_end(arena, m, knows);
}

/// The gains of a block that has no curve: where the one before had none, they
/// are there already.
static void
set_even_gains(CsPlayback *p)
{
  if (p->even_gain >= p->gain && p->even_gain <= p->gain)
    return;
  for (size_t f = 0; f < CS_BLOCK_FRAMES; f++)
    p->gains[f] = p->gain;
  p->even_gain = p->gain;
}

static CsStatus
get_gains(CsArena *arena, CsPlayback *p, size_t block, size_t n)
{
  CS_TRY(cs_gain_curve_get(arena, &p->curve, block, p->limits, n));
  for (size_t f = 0; f < n; f++)
    p->gains[f] = p->gain * (double)p->limits[f];
  p->even_gain = 0.0;
  return CS_OK;
}

CsStatus
cs_playback_get(CsArena *arena, CsMaster *m, size_t block, size_t *n_frames)
{
  CsPlayback *p    = &m->play;
  const int64_t at = (int64_t)block * CS_BLOCK_FRAMES;
  const size_t n   = cs_playback_n_block(m, at);
  p->bends         = cs_gain_curve_bends(&p->curve, block);
  *n_frames        = n;
  CS_TRY(cs_playback_load(arena, m, at, n, CS_SIGNAL_MIX, p->frames));
  if (p->bends)
    return get_gains(arena, p, block, n);
  set_even_gains(p);
  return CS_OK;
}
