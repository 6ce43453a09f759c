// What is known of the mix between the passes. A cue is measured whole when it
// is put aside; after a trim or a limiter only the blocks are measured again
// that these change. (In 60 to 90 s of a bed or a trailer that is 1 to 14 %.)

#include "gen/master/mastering.h"

#include <string.h>

enum { EDGE = 2 }; ///< Frames that a bend needs beside its own, on both sides.

CsStatus
cs_mix_meter_new(CsArena *arena, const CsMaster *m, CsMixMeter *meter)
{
  CS_TRY(cs_loudness_new(
      arena, m->wish.sample_rate, m->n_channels, &meter->loudness));
  meter->extents = CS_NEW_N(arena, CsExtent, cs_n_blocks(m) + 1);
  return meter->extents != NULL ? CS_OK : CS_ERR_MEMORY;
}

void
cs_mix_meter_free(CsMixMeter *meter)
{
  cs_loudness_free(meter->loudness);
}

// ---- Extents ----------------------------------------------------------------

/// The last two frames and up to two that follow.
static CsExtent
extent_across(const CsMixMeter *meter, const float *next, size_t n, size_t ch)
{
  float edge[2 * EDGE * 2];
  const size_t n_next = n < EDGE ? n : EDGE;
  memcpy(edge, meter->last, EDGE * ch * sizeof *edge);
  memcpy(edge + EDGE * ch, next, n_next * ch * sizeof *edge);
  return cs_extent_of(edge, EDGE + n_next, ch);
}

static void
keep_last(CsMixMeter *meter, const float *frames, size_t n, size_t ch)
{
  const size_t n_new = n < EDGE ? n : EDGE, n_old = EDGE - n_new;
  memmove(meter->last, meter->last + n_new * ch, n_old * ch * sizeof(float));
  memcpy(meter->last + n_old * ch, frames + (n - n_new) * ch,
      n_new * ch * sizeof(float));
}

static void
hear_extent(const CsMaster *m, CsMixMeter *meter, size_t block,
    const float *frames, size_t n)
{
  const size_t ch = m->n_channels;
  if (block == 0) {
    memset(meter->last, 0, sizeof meter->last);
    memset(meter->first, 0, sizeof meter->first);
    memcpy(meter->first, frames, (n < EDGE ? n : EDGE) * ch * sizeof *frames);
  }
  meter->extents[block] = cs_extent_join(
      extent_across(meter, frames, n, ch), cs_extent_of(frames, n, ch));
  keep_last(meter, frames, n, ch);
}

/// What is between the last frame and what follows.
static void
end_extents(const CsMaster *m, CsMixMeter *meter)
{
  static const float silence[2 * EDGE];
  CsExtent end = extent_across(meter, silence, EDGE, m->n_channels);
  if (m->wish.n_preroll_frames > 0)
    end = cs_extent_join(
        end, extent_across(meter, meter->first, EDGE, m->n_channels));
  meter->extents[cs_n_blocks(m)] = end;
}

static CsExtent
extent_around(const CsMaster *m, const CsMixMeter *meter, size_t block)
{
  // The last block can be shorter than what a true peak hears.
  const size_t reach = 2, n_all = cs_n_blocks(m) + 1;
  const bool loops = m->wish.n_preroll_frames > 0;
  CsExtent extent  = {0.0F, 0.0F};
  for (size_t i = 0; i <= 2 * reach; i++) {
    const size_t at = block + n_all + i - reach; // one round on
    if (loops || (at >= n_all && at < 2 * n_all))
      extent = cs_extent_join(extent, meter->extents[at % n_all]);
  }
  return extent;
}

CsExtent
cs_extent_around(const CsMaster *m, size_t block)
{
  return extent_around(m, &m->trimmed, block);
}

// ---- True peaks -------------------------------------------------------------

static CsStatus
load(CsArena *arena, CsMaster *m, size_t block, size_t *n)
{
  const int64_t at = (int64_t)block * CS_BLOCK_FRAMES;
  *n               = cs_playback_n_block(m, at);
  return cs_playback_load(arena, m, at, *n, CS_SIGNAL_MIX, m->play.frames);
}

/// Highest true peak from a block's start to the middle of what follows it.
static CsStatus
hear_peaks(CsArena *arena, CsMaster *m, size_t block, float *max)
{
  CsTruePeak *peak = &m->peak;
  size_t n         = 0;
  cs_true_peak_begin(peak, m->wish.sample_rate, m->n_channels);
  if (block > 0) {
    CS_TRY(load(arena, m, block - 1, &n));
    cs_true_peak_resume(peak, m->play.frames, n);
  }
  CS_TRY(load(arena, m, block, &n));
  *max = cs_true_peak_max(peak, m->play.frames, n, *max);
  n    = 0;
  if (block + 1 < cs_n_blocks(m))
    CS_TRY(load(arena, m, block + 1, &n));
  const size_t n_next = n < peak->half ? n : peak->half;
  *max                = cs_true_peak_max(peak, m->play.frames, n_next, *max);
  *max                = cs_true_peak_max(peak, NULL, peak->half - n_next, *max);
  return CS_OK;
}

/// The block with the largest sample comes first: after it few of the others
/// can be higher.
static CsStatus
find_peak(CsArena *arena, CsMaster *m, CsMixMeter *meter)
{
  const size_t n_blocks = cs_n_blocks(m);
  size_t loudest        = 0;
  meter->peak           = 0.0F;
  for (size_t b = 1; b < n_blocks; b++)
    if (meter->extents[b].size > meter->extents[loudest].size)
      loudest = b;
  CS_TRY(hear_peaks(arena, m, loudest, &meter->peak));
  for (size_t b = 0; b < n_blocks; b++)
    if (cs_true_peak_bound(&m->peak, extent_around(m, meter, b)) > meter->peak)
      CS_TRY(hear_peaks(arena, m, b, &meter->peak));
  return CS_OK;
}

// ---- All of the mix ---------------------------------------------------------

CsStatus
cs_mix_meter_hear(CsArena *arena, const CsMaster *m, CsMixMeter *meter,
    int64_t first_frame, const float *frames, size_t n)
{
  hear_extent(m, meter, (size_t)(first_frame / CS_BLOCK_FRAMES), frames, n);
  return cs_loudness_feed(arena, meter->loudness, frames, n);
}

CsStatus
cs_mix_meter_end(CsArena *arena, CsMaster *m, CsMixMeter *meter)
{
  end_extents(m, meter);
  CS_TRY(find_peak(arena, m, meter));
  return cs_loudness_end(arena, meter->loudness);
}

static CsStatus
copy_meter(
    CsArena *arena, const CsMaster *m, CsMixMeter *to, const CsMixMeter *from)
{
  const size_t n_extents = cs_n_blocks(m) + 1;
  CS_TRY(cs_loudness_copy(arena, to->loudness, from->loudness, 1.0));
  memcpy(to->extents, from->extents, n_extents * sizeof *to->extents);
  memcpy(to->first, from->first, sizeof to->first);
  to->peak = from->peak;
  return CS_OK;
}

/// The extent of a block reaches to the two frames before it; the one after the
/// last block is theirs, and in a loop that of the first two.
static CsExtent
levelled_extent(const CsMaster *m, size_t block)
{
  const int64_t at      = (int64_t)block * CS_BLOCK_FRAMES;
  const size_t n_before = block > 0 ? EDGE : 0;
  const bool is_end     = at >= m->wish.n_frames;
  const int64_t first =
      is_end ? m->wish.n_frames - EDGE : at - (int64_t)n_before;
  const size_t n        = is_end ? EDGE : cs_playback_n_block(m, at) + n_before;
  const CsExtent extent = m->plain.extents[block];
  const CsExtent level  = cs_leveller_extent(&m->leveller, first, n, extent);
  return is_end ? cs_extent_join(
                      level, cs_leveller_extent(&m->leveller, 0, EDGE, extent))
                : level;
}

/// The mix levelled, without playing it.
static CsStatus
reckon_plain(CsArena *arena, CsMaster *m)
{
  const bool was_on = m->trim.is_on;
  CsMixMeter *plain = &m->plain;
  CS_TRY(copy_meter(arena, m, plain, &m->mix));
  m->is_plain     = true;
  m->plain_levels = m->leveller.gains;
  if (m->leveller.gains == NULL)
    return CS_OK;
  for (size_t hop = 0; hop < cs_loudness_n_hops(plain->loudness); hop++)
    cs_loudness_scale(
        plain->loudness, hop, cs_leveller_power(&m->leveller, hop));
  for (size_t b = 0; b <= cs_n_blocks(m); b++)
    plain->extents[b] = levelled_extent(m, b);
  cs_leveller_run(&m->leveller, 0, plain->first, EDGE, m->n_channels);
  m->trim.is_on         = false;
  const CsStatus status = find_peak(arena, m, plain);
  m->trim.is_on         = was_on;
  return status;
}

// ---- Blocks that have changed -----------------------------------------------

/// What is measured again, and how its blocks are had.
typedef struct Again {
  CsLoudness *loudness;
  CsMixMeter *meter; ///< Gets the extents; NULL where these are not asked for.
  const CsGainCurve *curve; ///< Changes the blocks in which it bends.
} Again;

/// Blocks that are measured again in one go.
typedef struct Stretch {
  size_t first_hop, end_hop;
  size_t first_block, end_block;
} Stretch;

static size_t
min_size(size_t a, size_t b)
{
  return a < b ? a : b;
}

/// Where a meter has to begin to measure a block: a hop before that in which
/// the block begins.
static size_t
lead_frame(size_t block, size_t n_hop)
{
  const size_t hop = block * CS_BLOCK_FRAMES / n_hop;
  return hop > 0 ? (hop - 1) * n_hop : 0;
}

/// The next stretch from a block on. Filters ring on into the hop after a
/// change; what begins before another could be led in belongs to this one.
static bool
find_stretch(const CsMaster *m, const Again *again, size_t from, Stretch *s)
{
  const size_t n_blocks = cs_n_blocks(m);
  const size_t n_hop    = cs_loudness_n_hop(again->loudness);
  const size_t n_hops   = cs_loudness_n_hops(again->loudness);
  size_t first = from, last = from;
  while (first < n_blocks && !cs_gain_curve_bends(again->curve, first))
    first++;
  if (first == n_blocks)
    return false;
  const size_t lead = lead_frame(first, n_hop);
  size_t end        = lead + 1;
  for (size_t b = first; b < n_blocks && lead_frame(b, n_hop) < end; b++)
    if (cs_gain_curve_bends(again->curve, b)) {
      last = b;
      end  = ((b + 1) * CS_BLOCK_FRAMES / n_hop + 2) * n_hop;
    }
  s->first_hop   = min_size(first * CS_BLOCK_FRAMES / n_hop, n_hops);
  s->end_hop     = min_size(end / n_hop, n_hops);
  s->first_block = min_size(lead / CS_BLOCK_FRAMES, first > 0 ? first - 1 : 0);
  const size_t n = (end + CS_BLOCK_FRAMES - 1) / CS_BLOCK_FRAMES;
  s->end_block   = min_size(n > last + 2 ? n : last + 2, n_blocks);
  return true;
}

/// A block as the limiter leaves it, or as it is loaded.
static CsStatus
get_block(CsArena *arena, CsMaster *m, const Again *again, size_t b, size_t *n)
{
  if (again->meter != NULL)
    return load(arena, m, b, n);
  CS_TRY(cs_playback_get(arena, m, b, n));
  for (size_t f = 0; f < *n; f++)
    for (size_t c = 0; c < m->n_channels; c++) {
      float *x = &m->play.frames[f * m->n_channels + c];
      *x       = (float)((double)*x * m->play.gains[f]);
    }
  return CS_OK;
}

/// Feed what a block has of frames `at` and on.
static CsStatus
feed_part(CsArena *arena, CsMaster *m, CsLoudness *loudness, size_t first,
    size_t n, size_t *at, size_t end)
{
  const size_t from = *at > first ? *at - first : 0;
  const size_t to   = end > first ? min_size(end - first, n) : 0;
  if (from >= to)
    return CS_OK;
  *at = first + to;
  return cs_loudness_feed(
      arena, loudness, m->play.frames + from * m->n_channels, to - from);
}

static CsStatus
measure_stretch(
    CsArena *arena, CsMaster *m, const Again *again, const Stretch *s)
{
  static const float silence[512];
  const size_t n_hop = cs_loudness_n_hop(again->loudness);
  const size_t end   = s->end_hop * n_hop;
  size_t at          = s->first_hop > 0 ? (s->first_hop - 1) * n_hop : 0;
  size_t n           = 0;
  cs_loudness_go_back(again->loudness, s->first_hop);
  for (size_t b = s->first_block; b < s->end_block; b++) {
    const size_t first = b * CS_BLOCK_FRAMES;
    CS_TRY(get_block(arena, m, again, b, &n));
    CS_TRY(feed_part(arena, m, again->loudness, first, n, &at, end));
    if (again->meter != NULL && (b > s->first_block || b == 0))
      hear_extent(m, again->meter, b, m->play.frames, n);
    else if (again->meter != NULL)
      keep_last(again->meter, m->play.frames, n, m->n_channels);
  }
  if (again->meter != NULL && s->end_block == cs_n_blocks(m))
    end_extents(m, again->meter);
  // The windows of a very short cue go on after its end.
  while (at < end) {
    const size_t n_fit =
        min_size(end - at, sizeof silence / sizeof *silence / m->n_channels);
    CS_TRY(cs_loudness_feed(arena, again->loudness, silence, n_fit));
    at += n_fit;
  }
  return CS_OK;
}

static CsStatus
measure_changes(CsArena *arena, CsMaster *m, const Again *again)
{
  Stretch s = {.end_block = 0};
  while (find_stretch(m, again, s.end_block, &s))
    CS_TRY(measure_stretch(arena, m, again, &s));
  return CS_OK;
}

static CsStatus
measure_trimmed(CsArena *arena, CsMaster *m)
{
  const Again again = {
      m->trimmed.loudness, &m->trimmed, &m->trim.curves[m->trim.n_curve]};
  CS_TRY(copy_meter(arena, m, &m->trimmed, &m->plain));
  if (!m->trim.is_on)
    return CS_OK;
  CS_TRY(measure_changes(arena, m, &again));
  return find_peak(arena, m, &m->trimmed);
}

CsStatus
cs_master_measure_again(CsArena *arena, CsMaster *m)
{
  m->is_limited = false;
  if (!m->is_plain || m->plain_levels != m->leveller.gains)
    CS_TRY(reckon_plain(arena, m));
  return measure_trimmed(arena, m);
}

static CsStatus
measure_limited(CsArena *arena, CsMaster *m)
{
  const Again again = {m->loudness, NULL, &m->play.curve};
  CS_TRY(
      cs_loudness_copy(arena, m->loudness, m->trimmed.loudness, m->play.gain));
  return measure_changes(arena, m, &again);
}

CsStatus
cs_master_limit(CsArena *arena, CsMaster *m, double gain_db)
{
  if (m->is_limited && m->limited_db == gain_db)
    return CS_OK;
  CS_TRY(cs_playback_limit(arena, m, gain_db));
  CS_TRY(measure_limited(arena, m));
  m->is_limited = true;
  m->limited_db = gain_db;
  return CS_OK;
}
