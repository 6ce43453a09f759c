// The second pass: blocks of the spooled mix and stems with their gain, on the
// grid of the sample format, measured as they go out. Threads finish them, take
// their hash and hear them ahead of the reader, who writes them.

#include "gen/master/mastering.h"

#include "gen/base/mathx.h"
#include "gen/master/quantise.h"

#include <math.h>
#include <string.h>

static const double dry_end_s = 0.05; ///< No dither, and measured apart.

static int64_t
end_begins(const CsMaster *m)
{
  const int64_t n = (int64_t)(dry_end_s * m->wish.sample_rate + 0.5);
  return m->wish.n_frames > n ? m->wish.n_frames - n : 0;
}

/// Frames of a block before the last 50 ms.
static size_t
n_before_end(const CsMaster *m, size_t block, size_t n)
{
  const int64_t n_before = end_begins(m) - (int64_t)block * CS_BLOCK_FRAMES;
  return n_before < 0 ? 0 : n_before < (int64_t)n ? (size_t)n_before : n;
}

/// Samples to steps with the gains of the block, undithered.
static void
quantise(const CsMaster *m, const float *frames, size_t n, int32_t *steps)
{
  const CsPlayback *p = &m->play;
  if (p->bends)
    cs_quantise(
        m->wish.format, frames, p->gains, n, m->n_channels, NULL, steps);
  else
    cs_quantise_evenly(
        m->wish.format, frames, p->gain, n * m->n_channels, steps);
}

static void
quantise_mix(const CsMaster *m, size_t block, CsFinished *f)
{
  const CsPlayback *p = &m->play;
  const size_t n = f->n_frames, ch = m->n_channels;
  const size_t n_main = n_before_end(m, block, n);
  CsRng rng = cs_rng_at(m->wish.seed, "master.dither", 0, (uint64_t)block);
  if (m->wish.format != CS_PCM_16) {
    quantise(m, p->frames, n, f->mix);
    return;
  }
  cs_quantise(m->wish.format, p->frames, p->gains, n_main, ch, &rng, f->mix);
  cs_quantise(m->wish.format, p->frames + n_main * ch, p->gains + n_main,
      n - n_main, ch, NULL, f->mix + n_main * ch);
}

static CsStatus
quantise_stems(CsArena *arena, CsMaster *m, size_t block, CsFinished *f)
{
  const int64_t at           = (int64_t)block * CS_BLOCK_FRAMES;
  const size_t n             = f->n_frames;
  const bool is_float        = m->wish.format == CS_FLOAT_32;
  int32_t *there[CS_N_STEMS] = {NULL};
  size_t n_there             = 0;
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    if (m->stem_signals[s] == 0)
      continue;
    CS_TRY(cs_playback_load(
        arena, m, at, n, m->stem_signals[s], f->stem_floats[s]));
    quantise(m, f->stem_floats[s], n, f->stems[s]);
    there[n_there++] = f->stems[s];
  }
  cs_quantise_balance(
      m->wish.format, f->mix, there, n_there, n * m->n_channels);
  for (size_t s = 0; s < CS_N_STEMS && is_float; s++)
    if (m->stem_signals[s] != 0)
      cs_steps_to_floats(
          m->wish.format, f->stems[s], n * m->n_channels, f->stem_floats[s]);
  return CS_OK;
}

/// Can a true peak in a block be higher than all so far? The extents are those
/// before the limiter, which bends no sample where its curve does not.
static bool
can_be_highest(const CsMaster *m, size_t block)
{
  const size_t end  = block + 3 < cs_n_blocks(m) ? block + 3 : cs_n_blocks(m);
  const double step = 1.0 / cs_grid_of(m->wish.format);
  CsExtent extent   = cs_extent_around(m, block);
  for (size_t b = block > 0 ? block - 1 : 0; b < end; b++)
    if (cs_gain_curve_bends(&m->play.curve, b))
      return true;
  // Dither and rounding move a sample by at most one step and a half.
  extent.size = (float)((double)extent.size * m->play.gain + 2.0 * step);
  extent.bend = (float)((double)extent.bend * m->play.gain + 8.0 * step);
  return cs_true_peak_bound(&m->peak, extent) > m->max_peak;
}

static void
keep_tail(CsMaster *m, const float *frames, size_t n_frames)
{
  const size_t n_all = sizeof m->tail / sizeof *m->tail;
  const size_t n     = n_frames * m->n_channels;
  const size_t n_new = n < n_all ? n : n_all, n_old = n_all - n_new;
  memmove(m->tail, m->tail + n_new, n_old * sizeof *m->tail);
  memcpy(m->tail + n_old, frames + (n - n_new), n_new * sizeof *m->tail);
}

static void
hear_peaks(CsMaster *m, size_t block, const CsFinished *f)
{
  const bool hears    = can_be_highest(m, block);
  const size_t n      = f->n_frames;
  const size_t n_tail = sizeof m->tail / sizeof *m->tail / m->n_channels;
  if (hears && !m->heard_tail)
    cs_true_peak_resume(&m->peak, m->tail, n_tail);
  if (hears)
    m->max_peak = cs_true_peak_max(&m->peak, f->mix_floats, n, m->max_peak);
  m->heard_tail = hears;
  keep_tail(m, f->mix_floats, n);
}

static void
measure(CsMaster *m, size_t block, const CsFinished *f)
{
  const float *x    = f->mix_floats;
  const size_t n    = f->n_frames * m->n_channels;
  const size_t from = n_before_end(m, block, f->n_frames) * m->n_channels;
  hear_peaks(m, block, f);
  for (size_t i = from; i < n; i++)
    m->end_energy += (double)x[i] * (double)x[i];
}

static CsStatus
finish_block(CsArena *arena, CsMaster *m, size_t block, CsFinished *f)
{
  CS_TRY(cs_playback_get(arena, m, block, &f->n_frames));
  const size_t n = f->n_frames * m->n_channels;
  quantise_mix(m, block, f);
  CS_TRY(quantise_stems(arena, m, block, f));
  cs_steps_to_floats(m->wish.format, f->mix, n, f->mix_floats);
  cs_pack_samples(m->wish.format, f->mix, f->mix_floats, n, f->mix_bytes);
  measure(m, block, f);
  return CS_OK;
}

/// What is done with a block, in a chain.
enum { FINISHING, HASHING, HEARING, N_LANES };

static CsStatus
do_next(CsMaster *m, size_t lane, size_t block)
{
  CsFinished *f = &m->finished[block % CS_POOL_AHEAD];
  if (lane == FINISHING)
    return finish_block(m->pool_arena, m, block, f);
  if (lane == HASHING)
    cs_hash_add(&m->hash, f->mix_bytes,
        f->n_frames * m->n_channels * cs_sample_bytes(m->wish.format));
  else if (m->ear.hear != NULL)
    return m->ear.hear(m->ear.user, m->ear_arena, f->mix_floats, f->n_frames);
  return CS_OK;
}

/// A step of the pool. It is asked for more steps than there are blocks.
static bool
finish_next(void *user, size_t lane, int64_t step)
{
  CsMaster *m = user;
  if ((size_t)step >= cs_n_blocks(m))
    return true;
  const CsStatus status = do_next(m, lane, (size_t)step);
  if (lane == FINISHING)
    m->pool_status = status;
  if (lane == HEARING)
    m->ear_status = status;
  return status == CS_OK;
}

static CsStatus
new_finished(CsArena *arena, const CsMaster *m, CsFinished *f)
{
  const size_t n = 2 * (size_t)CS_BLOCK_FRAMES;
  CS_TRY(cs_new_block(arena, &f->mix_floats));
  f->mix       = CS_NEW_N(arena, int32_t, n);
  f->mix_bytes = CS_NEW_N(arena, uint8_t, n * sizeof(float));
  if (f->mix == NULL || f->mix_bytes == NULL)
    return CS_ERR_MEMORY;
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    if (m->stem_signals[s] == 0)
      continue;
    CS_TRY(cs_new_block(arena, &f->stem_floats[s]));
    f->stems[s] = CS_NEW_N(arena, int32_t, n);
    CS_TRY_NEW(f->stems[s]);
  }
  return CS_OK;
}

static CsStatus
begin_finishing(CsArena *arena, CsMaster *m)
{
  const CsPoolWork work = {.step = finish_next, .user = m, .is_chain = true};
  for (size_t i = 0; i < CS_POOL_AHEAD; i++)
    CS_TRY(new_finished(arena, m, &m->finished[i]));
  m->pool = cs_pool_new(&work, N_LANES, m->wish.n_threads);
  return m->pool != NULL
             ? CS_OK
             : cs_fail(arena, CS_ERR_MEMORY, "no memory for the last pass");
}

static void
finish(CsMaster *m)
{
  CsMeasured *r      = &m->measured;
  const double n_end = (double)(m->wish.n_frames - end_begins(m));
  if (r->sha256[0] != '\0')
    return; // asked again after the end
  if (m->heard_tail)
    m->max_peak = cs_true_peak_max(&m->peak, NULL, m->peak.half, m->max_peak);
  r->integrated_lufs = cs_loudness_integrated(m->loudness, 0.0);
  r->momentary_lufs  = cs_loudness_momentary(m->loudness);
  r->true_peak_dbtp  = cs_db_from_gain((double)m->max_peak);
  r->limiting_db     = 0.0 - cs_db_from_gain((double)m->play.curve.lowest);
  r->end_rms_dbfs =
      cs_db_from_gain(sqrt(m->end_energy / (n_end * (double)m->n_channels)));
  const double reached = cs_master_loudness_with(m, m->loudness, 0.0);
  if (m->is_capped && reached < r->target_lufs)
    r->target_lufs = reached;
  r->gave_way_lu = m->wish.target_lufs - r->target_lufs;
  cs_hash_end(&m->hash, r->sha256);
}

static void
hand_out(const CsMaster *m, const CsFinished *f, CsCueBlock *block)
{
  const bool is_float = m->wish.format == CS_FLOAT_32;
  *block              = (CsCueBlock){
                   .n_frames  = f->n_frames,
                   .mix       = is_float ? NULL : f->mix,
                   .mix_float = f->mix_floats,
                   .mix_bytes = f->mix_bytes,
  };
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    block->stems[s]       = is_float ? NULL : f->stems[s];
    block->stems_float[s] = is_float ? f->stem_floats[s] : NULL;
  }
}

CsStatus
cs_master_read(CsArena *arena, CsMaster *m, CsCueBlock *block)
{
  const int64_t step = m->n_out / CS_BLOCK_FRAMES;
  *block             = (CsCueBlock){.n_frames = 0};
  if (m->n_out == m->wish.n_frames) {
    finish(m);
    return CS_OK;
  }
  if (step == 0)
    CS_TRY(begin_finishing(arena, m));
  else
    cs_pool_consume(m->pool); // the caller is done with the last block
  if (!cs_pool_await(m->pool)) {
    cs_pool_free(m->pool);
    m->pool = NULL;
    return cs_master_say_why(arena, m);
  }
  const CsFinished *f = &m->finished[step % CS_POOL_AHEAD];
  hand_out(m, f, block);
  m->n_out += (int64_t)f->n_frames;
  return CS_OK;
}
