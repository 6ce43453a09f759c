// The second pass: blocks of the spooled mix and stems with their gain, on the
// grid of the sample format, measured as they go out.

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

/// Frames of the block before the last 50 ms.
static size_t
n_before_end(const CsMaster *m, size_t n)
{
  const int64_t n_before = end_begins(m) - m->n_out;
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
quantise_mix(CsMaster *m, size_t n)
{
  const CsPlayback *p = &m->play;
  const size_t n_main = n_before_end(m, n), ch = m->n_channels;
  CsRng rng = cs_rng_at(
      m->wish.seed, "master.dither", 0, (uint64_t)m->n_out / CS_BLOCK_FRAMES);
  if (m->wish.format != CS_PCM_16) {
    quantise(m, p->frames, n, m->mix_steps);
    return;
  }
  cs_quantise(
      m->wish.format, p->frames, p->gains, n_main, ch, &rng, m->mix_steps);
  cs_quantise(m->wish.format, p->frames + n_main * ch, p->gains + n_main,
      n - n_main, ch, NULL, m->mix_steps + n_main * ch);
}

static CsStatus
quantise_stems(CsArena *arena, CsMaster *m, size_t n)
{
  int32_t *there[CS_N_STEMS] = {NULL};
  size_t n_there             = 0;
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    if (m->stem_steps[s] == NULL)
      continue;
    float *frames = m->stem_floats[s];
    CS_TRY(cs_playback_load(arena, m, m->n_out, n, m->stem_signals[s], frames));
    quantise(m, frames, n, m->stem_steps[s]);
    there[n_there++] = m->stem_steps[s];
  }
  cs_quantise_balance(
      m->wish.format, m->mix_steps, there, n_there, n * m->n_channels);
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
hear_peaks(CsMaster *m, size_t n)
{
  const bool hears    = can_be_highest(m, (size_t)(m->n_out / CS_BLOCK_FRAMES));
  const size_t n_tail = sizeof m->tail / sizeof *m->tail / m->n_channels;
  if (hears && !m->heard_tail)
    cs_true_peak_resume(&m->peak, m->tail, n_tail);
  if (hears)
    m->max_peak = cs_true_peak_max(&m->peak, m->mix_floats, n, m->max_peak);
  m->heard_tail = hears;
  keep_tail(m, m->mix_floats, n);
}

static void
measure(CsMaster *m, size_t n)
{
  const size_t n_samples = n * m->n_channels;
  cs_steps_to_floats(m->wish.format, m->mix_steps, n_samples, m->mix_floats);
  hear_peaks(m, n);
  for (size_t i = n_before_end(m, n) * m->n_channels; i < n_samples; i++)
    m->end_energy += (double)m->mix_floats[i] * (double)m->mix_floats[i];
  cs_pack_samples(
      m->wish.format, m->mix_steps, m->mix_floats, n_samples, m->bytes);
  cs_hash_add(&m->hash, m->bytes, n_samples * cs_sample_bytes(m->wish.format));
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
hand_out(CsMaster *m, size_t n, CsCueBlock *block)
{
  const bool is_float    = m->wish.format == CS_FLOAT_32;
  const size_t n_samples = n * m->n_channels;
  block->n_frames        = n;
  block->mix             = is_float ? NULL : m->mix_steps;
  block->mix_float       = m->mix_floats;
  block->mix_bytes       = m->bytes;
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    if (m->stem_steps[s] == NULL)
      continue;
    block->stems[s] = is_float ? NULL : m->stem_steps[s];
    if (!is_float)
      continue;
    cs_steps_to_floats(
        m->wish.format, m->stem_steps[s], n_samples, m->stem_floats[s]);
    block->stems_float[s] = m->stem_floats[s];
  }
}

CsStatus
cs_master_read(CsArena *arena, CsMaster *m, CsCueBlock *block)
{
  size_t n       = 0;
  *block         = (CsCueBlock){.n_frames = 0};
  const size_t b = (size_t)(m->n_out / CS_BLOCK_FRAMES);
  if (m->n_out == m->wish.n_frames) {
    finish(m);
    return CS_OK;
  }
  CS_TRY(cs_playback_get(arena, m, b, &n));
  quantise_mix(m, n);
  CS_TRY(quantise_stems(arena, m, n));
  measure(m, n);
  hand_out(m, n, block);
  m->n_out += (int64_t)n;
  return CS_OK;
}
