#include "gen/master/master.h"

#include "gen/base/hash.h"
#include "gen/base/mathx.h"
#include "gen/master/desk.h"
#include "gen/master/fade.h"
#include "gen/master/leveller.h"
#include "gen/master/limiter.h"
#include "gen/master/loudness.h"
#include "gen/master/quantise.h"
#include "gen/master/spool.h"
#include "gen/master/true_peak.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double max_limiting_db = 3.0;  ///< RULEBOOK 2.3.
static const double peak_margin_db  = 0.1;  ///< Left under the ceiling.
static const double max_gain_db     = 60.0; ///< More would only lift noise.
static const double dry_end_s       = 0.05; ///< No dither, and measured apart.

/// Long enough that the limiter forgets what was before.
static const double loop_lead_s = 1.0;

/// From here on a limiter lowers the loudness by a figure that counts.
static const double audible_limiting_db = 0.3;
/// Errors in LU: below the first nothing is corrected; a correction below the
/// second is small enough to be trusted unheard.
static const double close_lu = 0.05, near_lu = 0.1;
enum { MAX_ROUNDS = 4 };

static const size_t spool_memory_bytes = (size_t)64 << 20;

enum { CURVE_FRAMES = 3 * CS_BLOCK_FRAMES };

/// The mix, coming back from the spool with the gain of each frame. It stays a
/// block ahead, because the limiter does.
typedef struct Playback {
  int64_t n_read; ///< Frames taken from the spool.
  float *now, *ahead;
  float *start; ///< Of a loop: what its end runs into. Else silence.
  size_t n_ahead;
  double gain;
  float *curve; ///< The limiter's, from the first frame of `now` on.
  size_t n_curve, n_discard;
  double *gains; ///< Of the block: gain times curve.
  float lowest;  ///< Of the curve so far.
} Playback;

struct CsMaster {
  CsMasterWish wish;
  size_t n_channels;
  bool has_stem[CS_N_STEMS];
  size_t n_stems; ///< That are wanted and there.
  CsDesk *desk;   ///< NULL until the first block says which stems there are.
  CsFade fade;
  int64_t n_fed; ///< Pre-roll included.

  float *mix, *stems[CS_N_STEMS];         ///< As they leave the desk.
  float *cue_mix, *cue_stems[CS_N_STEMS]; ///< A block of the cue, filling.
  size_t n_cue;
  int64_t n_spooled; ///< Frames.
  CsSpool *spool;

  CsLoudness *loudness;
  CsTruePeak peak;
  float max_peak;
  CsLeveller leveller; ///< Off unless the level would give way.
  CsLimiter *limiter;
  Playback play;

  int64_t n_out; ///< Frames given out.
  int32_t *mix_steps, *stem_steps[CS_N_STEMS];
  float *mix_floats, *stem_floats[CS_N_STEMS];
  uint8_t *bytes;
  CsHash hash;
  double end_energy;
  bool is_capped; ///< The gain stopped short of the target.
  CsMeasured measured;
};

// ---- Before the first block -------------------------------------------------

static CsStatus
new_samples(CsArena *arena, float **samples)
{
  *samples = CS_NEW_N(arena, float, 2 * (size_t)CS_BLOCK_FRAMES);
  return *samples != NULL ? CS_OK : CS_ERR_MEMORY;
}

static CsStatus
new_playback(CsArena *arena, Playback *play)
{
  CS_TRY(new_samples(arena, &play->now));
  CS_TRY(new_samples(arena, &play->ahead));
  CS_TRY(new_samples(arena, &play->start));
  play->curve = CS_NEW_N(arena, float, CURVE_FRAMES);
  CS_TRY_NEW(play->curve);
  play->gains = CS_NEW_N(arena, double, CS_BLOCK_FRAMES);
  CS_TRY_NEW(play->gains);
  return CS_OK;
}

static CsStatus
new_buffers(CsArena *arena, CsMaster *m)
{
  const size_t n = 2 * (size_t)CS_BLOCK_FRAMES;
  CS_TRY(new_samples(arena, &m->mix));
  CS_TRY(new_samples(arena, &m->cue_mix));
  CS_TRY(new_samples(arena, &m->mix_floats));
  m->mix_steps = CS_NEW_N(arena, int32_t, n);
  CS_TRY_NEW(m->mix_steps);
  m->bytes = CS_NEW_N(arena, uint8_t, n * sizeof(float));
  CS_TRY_NEW(m->bytes);
  return new_playback(arena, &m->play);
}

static CsStatus
set_up(CsArena *arena, CsMaster *m)
{
  const int rate = m->wish.sample_rate;
  CS_TRY(new_buffers(arena, m));
  CS_TRY(cs_limiter_new(arena, rate, m->n_channels, &m->limiter));
  CS_TRY(
      cs_spool_new(arena, m->wish.spool_folder, spool_memory_bytes, &m->spool));
  CS_TRY(cs_loudness_new(arena, rate, m->n_channels, &m->loudness));
  cs_true_peak_begin(&m->peak, rate, m->n_channels);
  return CS_OK;
}

CsStatus
cs_master_new(CsArena *arena, const CsMasterWish *wish, CsMaster **master)
{
  assert(wish->n_channels == 1 || wish->n_channels == 2);
  CsMaster *m = CS_NEW(arena, CsMaster);
  CS_TRY_NEW(m);
  m->wish               = *wish;
  m->n_channels         = (size_t)wish->n_channels;
  m->fade               = cs_fade_of(wish);
  const CsStatus status = set_up(arena, m);
  if (status != CS_OK) {
    cs_master_free(m);
    return status;
  }
  *master = m;
  return CS_OK;
}

static CsStatus
new_stem_buffers(CsArena *arena, CsMaster *m, size_t s)
{
  CS_TRY(new_samples(arena, &m->stems[s]));
  CS_TRY(new_samples(arena, &m->cue_stems[s]));
  CS_TRY(new_samples(arena, &m->stem_floats[s]));
  m->stem_steps[s] = CS_NEW_N(arena, int32_t, 2 * (size_t)CS_BLOCK_FRAMES);
  CS_TRY_NEW(m->stem_steps[s]);
  m->n_stems++;
  return CS_OK;
}

/// The first block says which stems there are.
static CsStatus
open_desk(CsArena *arena, CsMaster *m, const CsStemBlock *block)
{
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    m->has_stem[s] = block->stems[s] != NULL;
    if (m->has_stem[s] && m->wish.wants_stems)
      CS_TRY(new_stem_buffers(arena, m, s));
  }
  return cs_desk_new(arena, &m->wish, m->has_stem, &m->desk);
}

// ---- First pass
// ---------------------------------------------------------------

/// Half of left plus right, in place.
static void
fold_to_mono(float *frames, size_t n_frames)
{
  for (size_t f = 0; f < n_frames; f++)
    frames[f] = 0.5F * (frames[2 * f] + frames[2 * f + 1]);
}

static CsStatus
spool_signal(CsArena *arena, CsMaster *m, float *frames)
{
  if (m->n_channels == 1)
    fold_to_mono(frames, m->n_cue);
  cs_fade_run(&m->fade, m->n_spooled, frames, m->n_cue, m->n_channels);
  return cs_spool_put(arena, m->spool, frames, m->n_cue * m->n_channels);
}

/// Measure and put aside the block of the cue that has filled up.
static CsStatus
spool_block(CsArena *arena, CsMaster *m)
{
  CS_TRY(spool_signal(arena, m, m->cue_mix));
  CS_TRY(cs_loudness_feed(arena, m->loudness, m->cue_mix, m->n_cue));
  m->max_peak = cs_true_peak_max(&m->peak, m->cue_mix, m->n_cue, m->max_peak);
  for (size_t s = 0; s < CS_N_STEMS; s++)
    if (m->cue_stems[s] != NULL)
      CS_TRY(spool_signal(arena, m, m->cue_stems[s]));
  m->n_spooled += (int64_t)m->n_cue;
  m->n_cue = 0;
  return CS_OK;
}

static void
append(float *to, size_t n_there, const float *from, size_t first, size_t n)
{
  memcpy(to + 2 * n_there, from + 2 * first, 2 * n * sizeof *to);
}

/// Frames `first` and on, as they left the desk, go into the cue.
static CsStatus
take_frames(CsArena *arena, CsMaster *m, size_t first, size_t n_frames)
{
  while (first < n_frames) {
    const size_t n_room = CS_BLOCK_FRAMES - m->n_cue;
    const size_t n_left = n_frames - first;
    const size_t n      = n_room < n_left ? n_room : n_left;
    append(m->cue_mix, m->n_cue, m->mix, first, n);
    for (size_t s = 0; s < CS_N_STEMS; s++)
      if (m->cue_stems[s] != NULL)
        append(m->cue_stems[s], m->n_cue, m->stems[s], first, n);
    m->n_cue += n;
    first += n;
    if (m->n_cue == CS_BLOCK_FRAMES)
      CS_TRY(spool_block(arena, m));
  }
  return CS_OK;
}

CsStatus
cs_master_feed(CsArena *arena, CsMaster *m, const CsStemBlock *block)
{
  const int64_t n_preroll = m->wish.n_preroll_frames;
  const int64_t n_wanted  = n_preroll + m->wish.n_frames - m->n_fed;
  const int64_t n_given   = (int64_t)block->n_frames;
  const int64_t n         = n_given < n_wanted ? n_given : n_wanted;
  assert(n_given <= CS_BLOCK_FRAMES);
  if (m->desk == NULL)
    CS_TRY(open_desk(arena, m, block));
  if (n <= 0)
    return CS_OK;
  cs_desk_run(m->desk, block, (size_t)n, m->mix, m->stems);
  const int64_t n_before = n_preroll - m->n_fed;
  const int64_t n_skip   = n_before < 0 ? 0 : n_before < n ? n_before : n;
  m->n_fed += n;
  return take_frames(arena, m, (size_t)n_skip, (size_t)n);
}

// ---- Playback
// -----------------------------------------------------------------

/// Sample in the spool where a signal's part of a block begins: signal 0 is the
/// mix, then come the stems. The last block is shorter.
static uint64_t
spool_place(const CsMaster *m, int64_t first_frame, size_t n, size_t signal)
{
  const uint64_t before = (uint64_t)first_frame * (1 + m->n_stems);
  return (before + signal * n) * m->n_channels;
}

static size_t
n_block_at(const CsMaster *m, int64_t first_frame)
{
  const int64_t n_left = m->wish.n_frames - first_frame;
  return n_left < CS_BLOCK_FRAMES ? (size_t)n_left : CS_BLOCK_FRAMES;
}

/// Part of a signal back from the spool, levelled.
static CsStatus
load(CsArena *arena, CsMaster *m, int64_t first_frame, size_t n, size_t signal,
    float *frames)
{
  CS_TRY(cs_spool_get(arena, m->spool, spool_place(m, first_frame, n, signal),
      frames, n * m->n_channels));
  cs_leveller_run(&m->leveller, first_frame, frames, n, m->n_channels);
  return CS_OK;
}

static void
extend_curve(CsMaster *m, const float *frames, size_t n)
{
  Playback *p = &m->play;
  assert(p->n_curve + n <= CURVE_FRAMES);
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
  Playback *p = &m->play;
  p->n_ahead  = n_block_at(m, p->n_read);
  if (p->n_ahead == 0)
    return CS_OK;
  CS_TRY(load(arena, m, p->n_read, p->n_ahead, 0, p->ahead));
  p->n_read += (int64_t)p->n_ahead;
  extend_curve(m, p->ahead, p->n_ahead);
  if (p->n_read == m->wish.n_frames)
    extend_curve(m, p->start, cs_limiter_lookahead(m->limiter));
  return CS_OK;
}

/// Only a loop has a pre-roll. Its limiter starts as its end leaves it, and
/// sees the start coming at the end, so that the seam is no step in gain.
static CsStatus
join_ends(CsArena *arena, CsMaster *m)
{
  Playback *p          = &m->play;
  const int64_t n_all  = m->wish.n_frames;
  const int64_t n_last = (int64_t)(loop_lead_s * m->wish.sample_rate);
  int64_t at           = n_all > n_last ? n_all - n_last : 0;
  at -= at % CS_BLOCK_FRAMES;
  p->n_discard += (size_t)(n_all - at);
  while (at < n_all) {
    const size_t n = n_block_at(m, at);
    CS_TRY(load(arena, m, at, n, 0, p->now));
    extend_curve(m, p->now, n);
    at += (int64_t)n;
  }
  return load(arena, m, 0, n_block_at(m, 0), 0, p->start);
}

static CsStatus
play_begin(CsArena *arena, CsMaster *m, double gain_db)
{
  Playback *p = &m->play;
  p->gain     = cs_gain_from_db(gain_db);
  p->n_read = 0, p->n_curve = 0;
  p->lowest    = 1.0F;
  p->n_discard = cs_limiter_lookahead(m->limiter);
  cs_limiter_begin(
      m->limiter, p->gain, cs_gain_from_db(m->wish.peak_dbtp - peak_margin_db));
  if (m->wish.n_preroll_frames > 0)
    CS_TRY(join_ends(arena, m));
  return read_ahead(arena, m);
}

/// The next block of the mix is in play.now, its gains in play.gains.
static CsStatus
play_next(CsArena *arena, CsMaster *m, size_t *n_frames)
{
  Playback *p     = &m->play;
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

// ---- Between the passes
// -------------------------------------------------------

static double
loudness_with(const CsMaster *m, double gain_db)
{
  if (m->wish.function != CS_STINGER)
    return cs_loudness_integrated(m->loudness, gain_db);
  const double lufs = cs_loudness_momentary(m->loudness);
  return lufs > CS_SILENCE_DB ? lufs + gain_db : CS_SILENCE_DB;
}

/// The gain that brings the measured signal to the target, no limiter yet. A
/// huge gain opens the absolute gate first; then the gate is as it will be.
static double
plain_gain_db(const CsMaster *m)
{
  const double open_db = 200.0;
  const double lufs    = loudness_with(m, open_db);
  if (lufs <= CS_SILENCE_DB)
    return 0.0;
  double gain_db = m->wish.target_lufs - (lufs - open_db);
  for (int i = 0; i < 3; i++) {
    const double reached = loudness_with(m, gain_db);
    if (reached > CS_SILENCE_DB)
      gain_db += m->wish.target_lufs - reached;
  }
  return gain_db;
}

/// Play everything through the limiter and measure it.
static CsStatus
simulate(CsArena *arena, CsMaster *m, double gain_db, double *lufs)
{
  size_t n = 0;
  CS_TRY(cs_loudness_begin(arena, m->loudness));
  CS_TRY(play_begin(arena, m, gain_db));
  for (;;) {
    CS_TRY(play_next(arena, m, &n));
    if (n == 0)
      break;
    for (size_t f = 0; f < n; f++)
      for (size_t c = 0; c < m->n_channels; c++) {
        const size_t i   = f * m->n_channels + c;
        m->mix_floats[i] = (float)((double)m->play.now[i] * m->play.gains[f]);
      }
    CS_TRY(cs_loudness_feed(arena, m->loudness, m->mix_floats, n));
  }
  CS_TRY(cs_loudness_end(arena, m->loudness));
  *lufs = loudness_with(m, 0.0);
  return CS_OK;
}

/// Coarse enough that the last bit of the meter's own arithmetic decides
/// nothing.
static double
rounded_db(double db)
{
  return floor(db * 1024.0 + 0.5) / 1024.0;
}

/// The more is limited, the less a dB of gain adds to the loudness. How much it
/// added between the last two gains tried says where to try next; the first of
/// them is where the limiter begins.
static CsStatus
make_up_for_limiting(
    CsArena *arena, CsMaster *m, double free_db, double cap_db, double *gain_db)
{
  double last_db = free_db, last_lufs = loudness_with(m, free_db);
  for (int round = 0; round < MAX_ROUNDS; round++) {
    double lufs = 0.0;
    CS_TRY(simulate(arena, m, *gain_db, &lufs));
    const double missing = m->wish.target_lufs - lufs;
    m->is_capped         = missing > 0.0 && *gain_db >= cap_db;
    if (fabs(missing) < close_lu || m->is_capped || lufs <= CS_SILENCE_DB)
      break;
    const double slope =
        cs_clamp((lufs - last_lufs) / (*gain_db - last_db), 0.1, 1.0);
    const double next_db = rounded_db(*gain_db + missing / slope);
    last_db              = *gain_db;
    last_lufs            = lufs;
    *gain_db             = next_db < cap_db ? next_db : cap_db;
    if (fabs(missing) < near_lu || *gain_db == last_db)
      break;
  }
  return CS_OK;
}

/// Measure the spooled mix again, as the leveller leaves it.
static CsStatus
measure_again(CsArena *arena, CsMaster *m)
{
  CS_TRY(cs_loudness_begin(arena, m->loudness));
  cs_true_peak_begin(&m->peak, m->wish.sample_rate, m->n_channels);
  m->max_peak = 0.0F;
  for (int64_t at = 0; at < m->wish.n_frames; at += CS_BLOCK_FRAMES) {
    const size_t n = n_block_at(m, at);
    CS_TRY(load(arena, m, at, n, 0, m->mix_floats));
    CS_TRY(cs_loudness_feed(arena, m->loudness, m->mix_floats, n));
    m->max_peak = cs_true_peak_max(&m->peak, m->mix_floats, n, m->max_peak);
  }
  m->max_peak = cs_true_peak_max(&m->peak, NULL, m->peak.half, m->max_peak);
  return cs_loudness_end(arena, m->loudness);
}

/// The plain gain, and what limiting allows.
static double
wanted_gain_db(CsMaster *m, double *cap_db)
{
  const double peak_db = cs_db_from_gain((double)m->max_peak);
  const double most_db =
      m->wish.peak_dbtp - peak_margin_db + max_limiting_db - peak_db;
  const double gain_db = rounded_db(plain_gain_db(m));
  *cap_db      = rounded_db(most_db < max_gain_db ? most_db : max_gain_db);
  m->is_capped = gain_db > *cap_db;
  return m->is_capped ? *cap_db : gain_db;
}

/// Level the climax, and stay with it where that brings the cue nearer to its
/// target. (A single stroke in a quiet place is out of its reach.)
static CsStatus
try_levelling(CsArena *arena, CsMaster *m, double *gain_db, double *cap_db)
{
  const double before = loudness_with(m, *gain_db);
  m->leveller.n_loop  = m->wish.n_preroll_frames > 0 ? m->wish.n_frames : 0;
  CS_TRY(cs_leveller_set(arena, m->loudness, &m->leveller));
  CS_TRY(measure_again(arena, m));
  *gain_db = wanted_gain_db(m, cap_db);
  if (loudness_with(m, *gain_db) > before + near_lu)
    return CS_OK;
  m->leveller = (CsLeveller){.gains = NULL};
  CS_TRY(measure_again(arena, m));
  *gain_db = wanted_gain_db(m, cap_db);
  return CS_OK;
}

static CsStatus
choose_gain(CsArena *arena, CsMaster *m)
{
  double cap_db  = 0.0;
  double gain_db = wanted_gain_db(m, &cap_db);
  // A stinger's target is its loudest place itself: levelling gains nothing.
  if (m->is_capped && cap_db < max_gain_db && m->wish.function != CS_STINGER)
    CS_TRY(try_levelling(arena, m, &gain_db, &cap_db));
  const double free_db = cap_db - max_limiting_db;
  if (!m->is_capped && gain_db > free_db + audible_limiting_db)
    CS_TRY(make_up_for_limiting(arena, m, free_db, cap_db, &gain_db));
  m->measured.gain_db      = gain_db;
  m->measured.target_lufs  = m->wish.target_lufs;
  m->measured.levelling_db = m->leveller.most_db;
  return CS_OK;
}

CsStatus
cs_master_decide(CsArena *arena, CsMaster *m)
{
  const int64_t n_all       = m->wish.n_preroll_frames + m->wish.n_frames;
  const CsStemBlock silence = {.n_frames = CS_BLOCK_FRAMES};
  while (m->n_fed < n_all)
    CS_TRY(cs_master_feed(arena, m, &silence));
  if (m->n_cue > 0)
    CS_TRY(spool_block(arena, m));
  m->max_peak = cs_true_peak_max(&m->peak, NULL, m->peak.half, m->max_peak);
  CS_TRY(cs_loudness_end(arena, m->loudness));
  CS_TRY(choose_gain(arena, m));
  CS_TRY(cs_loudness_begin(arena, m->loudness));
  cs_true_peak_begin(&m->peak, m->wish.sample_rate, m->n_channels);
  m->max_peak = 0.0F;
  cs_hash_begin(&m->hash);
  return play_begin(arena, m, m->measured.gain_db);
}

// ---- Second pass
// --------------------------------------------------------------

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

static void
quantise_mix(CsMaster *m, size_t n)
{
  const Playback *p   = &m->play;
  const size_t n_main = n_before_end(m, n), ch = m->n_channels;
  CsRng rng = cs_rng_at(
      m->wish.seed, "master.dither", 0, (uint64_t)m->n_out / CS_BLOCK_FRAMES);
  const bool dithers = m->wish.format == CS_PCM_16;
  cs_quantise(m->wish.format, p->now, p->gains, n_main, ch,
      dithers ? &rng : NULL, m->mix_steps);
  cs_quantise(m->wish.format, p->now + n_main * ch, p->gains + n_main,
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
    CS_TRY(load(arena, m, m->n_out, n, 1 + n_there, frames));
    cs_quantise(m->wish.format, frames, m->play.gains, n, m->n_channels, NULL,
        m->stem_steps[s]);
    there[n_there++] = m->stem_steps[s];
  }
  cs_quantise_balance(
      m->wish.format, m->mix_steps, there, n_there, n * m->n_channels);
  return CS_OK;
}

static CsStatus
measure(CsArena *arena, CsMaster *m, size_t n)
{
  const size_t ch = m->n_channels, n_samples = n * ch;
  cs_steps_to_floats(m->wish.format, m->mix_steps, n_samples, m->mix_floats);
  CS_TRY(cs_loudness_feed(arena, m->loudness, m->mix_floats, n));
  m->max_peak = cs_true_peak_max(&m->peak, m->mix_floats, n, m->max_peak);
  for (size_t i = n_before_end(m, n) * ch; i < n_samples; i++)
    m->end_energy += (double)m->mix_floats[i] * (double)m->mix_floats[i];
  cs_pack_samples(
      m->wish.format, m->mix_steps, m->mix_floats, n_samples, m->bytes);
  cs_hash_add(&m->hash, m->bytes, n_samples * cs_sample_bytes(m->wish.format));
  return CS_OK;
}

static CsStatus
finish(CsArena *arena, CsMaster *m)
{
  CsMeasured *r      = &m->measured;
  const double n_end = (double)(m->wish.n_frames - end_begins(m));
  if (r->sha256[0] != '\0')
    return CS_OK; // asked again after the end
  CS_TRY(cs_loudness_end(arena, m->loudness));
  m->max_peak = cs_true_peak_max(&m->peak, NULL, m->peak.half, m->max_peak);
  r->integrated_lufs = cs_loudness_integrated(m->loudness, 0.0);
  r->momentary_lufs  = cs_loudness_momentary(m->loudness);
  r->true_peak_dbtp  = cs_db_from_gain((double)m->max_peak);
  r->limiting_db     = 0.0 - cs_db_from_gain((double)m->play.lowest);
  r->end_rms_dbfs =
      cs_db_from_gain(sqrt(m->end_energy / (n_end * (double)m->n_channels)));
  const double reached = loudness_with(m, 0.0);
  if (m->is_capped && reached < r->target_lufs)
    r->target_lufs = reached;
  cs_hash_end(&m->hash, r->sha256);
  return CS_OK;
}

static void
hand_out(CsMaster *m, size_t n, CsCueBlock *block)
{
  const bool is_float    = m->wish.format == CS_FLOAT_32;
  const size_t n_samples = n * m->n_channels;
  block->n_frames        = n;
  block->mix             = is_float ? NULL : m->mix_steps;
  block->mix_float       = is_float ? m->mix_floats : NULL;
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
  size_t n = 0;
  *block   = (CsCueBlock){.n_frames = 0};
  CS_TRY(play_next(arena, m, &n));
  if (n == 0)
    return finish(arena, m);
  quantise_mix(m, n);
  CS_TRY(quantise_stems(arena, m, n));
  CS_TRY(measure(arena, m, n));
  hand_out(m, n, block);
  m->n_out += (int64_t)n;
  return CS_OK;
}

const CsMeasured *
cs_master_measured(const CsMaster *m)
{
  return &m->measured;
}

const CsLoudness *
cs_master_loudness(const CsMaster *master)
{
  return master->loudness;
}

bool
cs_master_has_stem(const CsMaster *m, CsStem stem)
{
  return m->has_stem[stem];
}

void
cs_master_free(CsMaster *m)
{
  if (m == NULL)
    return;
  cs_loudness_free(m->loudness);
  cs_spool_free(m->spool);
}
