#include "gen/master/mastering.h"

#include "gen/base/mathx.h"

#include <assert.h>
#include <string.h>

static const size_t spool_memory_bytes = (size_t)64 << 20;

// ---- Before the first block -------------------------------------------------

static CsStatus
choose_chunks(CsMaster *m)
{
  if (m->wish.chunks == NULL)
    m->wish.chunks = m->own_chunks = cs_chunks_new();
  return m->wish.chunks != NULL ? CS_OK : CS_ERR_MEMORY;
}

static CsStatus
set_up(CsArena *arena, CsMaster *m)
{
  const int rate    = m->wish.sample_rate;
  const int64_t n   = m->wish.n_frames;
  const size_t n_ch = m->n_channels;
  cs_true_peak_begin(&m->peak, rate, n_ch);
  m->pool_arena = cs_arena_new(NULL);
  m->ear_arena  = cs_arena_new(NULL);
  CS_TRY_NEW(m->pool_arena);
  CS_TRY_NEW(m->ear_arena);
  CS_TRY(choose_chunks(m));
  CS_TRY(cs_spool_new(arena, m->wish.spool_folder, spool_memory_bytes,
      m->wish.chunks, &m->spool));
  CS_TRY(cs_tape_new(arena, m->spool, n_ch, cs_n_blocks(m), &m->tape));
  CS_TRY(cs_new_block(arena, &m->scratch));
  CS_TRY(cs_playback_new(arena, m));
  CS_TRY(cs_tone_new(arena, &m->tone));
  CS_TRY(cs_trim_new(arena, rate, n, m->spool, &m->trim));
  CS_TRY(cs_limiter_new(arena, rate, n_ch, &m->limiter));
  CS_TRY(cs_mix_meter_new(arena, m, &m->mix));
  CS_TRY(cs_mix_meter_new(arena, m, &m->plain));
  CS_TRY(cs_mix_meter_new(arena, m, &m->trimmed));
  return cs_loudness_new(arena, rate, n_ch, &m->loudness);
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
add_signal(CsArena *arena, CsMaster *m, bool is_rhythm, float **out)
{
  CsSignal *signal = &m->signals[m->n_signals];
  CS_TRY(cs_new_block(arena, &signal->desk));
  for (size_t i = 0; i < CS_POOL_AHEAD; i++)
    CS_TRY(cs_new_block(arena, &signal->blocks[i]));
  signal->out = out;
  m->n_signals++;
  return cs_tape_add(arena, &m->tape, is_rhythm);
}

/// The rhythm stands behind the signal that it is part of, from which some of
/// it may be taken away.
static CsStatus
add_rhythm(CsArena *arena, CsMaster *m, float **out)
{
  CS_TRY(add_signal(arena, m, true, out));
  m->signals[m->n_signals - 2].rhythm = m->n_signals - 1;
  return CS_OK;
}

static CsStatus
add_stem(CsArena *arena, CsMaster *m, CsStem s)
{
  m->stem_signals[s] = m->n_signals;
  CS_TRY(add_signal(arena, m, false, &m->desk_out.stems[s]));
  if (cs_desk_is_rhythm(s))
    CS_TRY(add_rhythm(arena, m, &m->desk_out.stem_rhythms[s]));
  return CS_OK;
}

// ---- First pass -------------------------------------------------------------

/// Half of left plus right, in place.
static void
fold_to_mono(float *frames, size_t n_frames)
{
  for (size_t f = 0; f < n_frames; f++)
    frames[f] = 0.5F * (frames[2 * f] + frames[2 * f + 1]);
}

static CsStatus
spool_signal(CsArena *arena, CsMaster *m, int64_t at, size_t n, size_t signal)
{
  const int64_t block = at / CS_BLOCK_FRAMES;
  float *frames       = m->signals[signal].blocks[block % CS_POOL_AHEAD];
  if (m->n_channels == 1)
    fold_to_mono(frames, n);
  return cs_tape_put(arena, &m->tape, at, n, signal, frames);
}

/// Measure and put aside a block of the cue. The fades come when it is played.
static CsStatus
spool_block(CsArena *arena, CsMaster *m, int64_t block)
{
  const size_t slot = (size_t)(block % CS_POOL_AHEAD);
  const int64_t at  = block * CS_BLOCK_FRAMES;
  const size_t n    = cs_playback_n_block(m, at);
  float *frames     = m->signals[CS_SIGNAL_MIX].blocks[slot];
  for (size_t i = 0; i < m->n_signals; i++)
    CS_TRY(spool_signal(arena, m, at, n, i));
  cs_fade_run(&m->fade, at, frames, n, m->n_channels);
  cs_tone_hear(m->tone, frames, n, m->n_channels);
  return cs_mix_meter_hear(arena, m, &m->mix, at, frames, n);
}

/// A step of the pool, which falls behind the desk.
static bool
spool_next(void *user, size_t lane, int64_t step)
{
  CsMaster *m = user;
  (void)lane;
  m->pool_status = spool_block(m->pool_arena, m, step);
  return m->pool_status == CS_OK;
}

/// The first block says which stems there are.
static CsStatus
open_desk(CsArena *arena, CsMaster *m, const CsStemBlock *block)
{
  bool has_rhythm = false;
  for (size_t s = 0; s < CS_N_STEMS; s++) {
    m->has_stem[s] = block->stems[s] != NULL;
    has_rhythm |= m->has_stem[s] && cs_desk_is_rhythm((CsStem)s);
  }
  CS_TRY(add_signal(arena, m, false, &m->desk_out.mix));
  if (has_rhythm)
    CS_TRY(add_rhythm(arena, m, &m->desk_out.rhythm));
  for (size_t s = 0; s < CS_N_STEMS; s++)
    if (m->has_stem[s] && m->wish.wants_stems)
      CS_TRY(add_stem(arena, m, (CsStem)s));
  const CsPoolWork work = {.step = spool_next, .user = m, .is_fed = true};
  m->pool               = cs_pool_new(&work, 1, m->wish.n_threads);
  if (m->pool == NULL)
    return cs_fail(arena, CS_ERR_MEMORY, "no memory for the first pass");
  return cs_desk_new(arena, &m->wish, m->has_stem, &m->desk);
}

CsStatus
cs_master_say_why(CsArena *arena, const CsMaster *m)
{
  const bool is_ear = m->pool_status == CS_OK;
  return cs_fail(arena, is_ear ? m->ear_status : m->pool_status, "%s",
      cs_arena_error(is_ear ? m->ear_arena : m->pool_arena));
}

static size_t
slot_of_cue(const CsMaster *m)
{
  return (size_t)(m->n_cue / CS_BLOCK_FRAMES % CS_POOL_AHEAD);
}

/// Frames `first` and on, as they left the desk, go into the cue.
static CsStatus
take_frames(CsArena *arena, CsMaster *m, size_t first, size_t n_frames)
{
  while (first < n_frames) {
    const size_t slot    = slot_of_cue(m);
    const size_t n_there = (size_t)(m->n_cue % CS_BLOCK_FRAMES);
    const size_t n_room  = CS_BLOCK_FRAMES - n_there;
    const size_t n_left  = n_frames - first;
    const size_t n       = n_room < n_left ? n_room : n_left;
    for (size_t i = 0; i < m->n_signals; i++)
      memcpy(m->signals[i].blocks[slot] + 2 * n_there,
          m->signals[i].desk + 2 * first, 2 * n * sizeof(float));
    m->n_cue += (int64_t)n;
    first += n;
    if (n == n_room && !cs_pool_feed(m->pool))
      return cs_master_say_why(arena, m);
  }
  return CS_OK;
}

/// What has begun to fill is the last block.
static CsStatus
end_spooling(CsArena *arena, CsMaster *m)
{
  bool is_well = true;
  if (m->n_cue % CS_BLOCK_FRAMES > 0)
    is_well = cs_pool_feed(m->pool);
  if (!is_well || !cs_pool_settle(m->pool))
    return cs_master_say_why(arena, m);
  cs_pool_free(m->pool);
  m->pool = NULL;
  return cs_mix_meter_end(arena, m, &m->mix);
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
  const int64_t n_before = n_preroll - m->n_fed;
  const int64_t n_skip   = n_before < 0 ? 0 : n_before < n ? n_before : n;
  const bool fills =
      n_skip == 0 && n == CS_BLOCK_FRAMES && m->n_cue % CS_BLOCK_FRAMES == 0;
  for (size_t i = 0; i < m->n_signals; i++) {
    CsSignal *signal = &m->signals[i];
    *signal->out     = fills ? signal->blocks[slot_of_cue(m)] : signal->desk;
  }
  cs_desk_run(m->desk, block, (size_t)n, &m->desk_out);
  m->n_fed += n;
  if (!fills)
    return take_frames(arena, m, (size_t)n_skip, (size_t)n);
  m->n_cue += n;
  return cs_pool_feed(m->pool) ? CS_OK : cs_master_say_why(arena, m);
}

CsStatus
cs_master_decide(CsArena *arena, CsMaster *m)
{
  const int64_t n_all       = m->wish.n_preroll_frames + m->wish.n_frames;
  const CsStemBlock silence = {.n_frames = CS_BLOCK_FRAMES};
  while (m->n_fed < n_all)
    CS_TRY(cs_master_feed(arena, m, &silence));
  CS_TRY(end_spooling(arena, m));
  CS_TRY(cs_master_measure_again(arena, m));
  CS_TRY(cs_master_mend_tone(arena, m));
  CS_TRY(cs_master_choose_gain(arena, m));
  CS_TRY(cs_master_limit(arena, m, m->measured.gain_db));
  cs_true_peak_begin(&m->peak, m->wish.sample_rate, m->n_channels);
  m->heard_tail = true; // it is silence
  cs_hash_begin(&m->hash);
  return CS_OK;
}

void
cs_master_set_ear(CsMaster *master, CsMasterEar ear)
{
  master->ear = ear;
}

// ---- After the last block ---------------------------------------------------

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
  cs_pool_free(m->pool);
  cs_arena_free(m->pool_arena);
  cs_arena_free(m->ear_arena);
  cs_loudness_free(m->loudness);
  cs_mix_meter_free(&m->mix);
  cs_mix_meter_free(&m->plain);
  cs_mix_meter_free(&m->trimmed);
  cs_spool_free(m->spool);
  cs_chunks_free(m->own_chunks);
}
