#include "gen/master/gain_curve.h"

#include "gen/render/render.h"

#include <assert.h>
#include <string.h>

CsStatus
cs_gain_curve_new(
    CsArena *arena, CsSpool *spool, int64_t n_frames, CsGainCurve *curve)
{
  const size_t n_blocks =
      (size_t)((n_frames + CS_BLOCK_FRAMES - 1) / CS_BLOCK_FRAMES);
  *curve        = (CsGainCurve){.spool = spool, .n_frames = n_frames};
  curve->places = CS_NEW_N(arena, uint64_t, n_blocks + 1);
  curve->bends  = CS_NEW_N(arena, bool, n_blocks + 1);
  curve->gains  = CS_NEW_N(arena, float, CS_BLOCK_FRAMES);
  if (curve->places == NULL || curve->bends == NULL || curve->gains == NULL)
    return CS_ERR_MEMORY;
  cs_gain_curve_begin(curve, 0);
  return CS_OK;
}

void
cs_gain_curve_begin(CsGainCurve *curve, size_t n_discard)
{
  curve->n_done    = 0;
  curve->n_discard = n_discard;
  curve->n_gains   = 0;
  curve->is_even   = true;
  curve->lowest    = 1.0F;
}

static size_t
n_of_block(const CsGainCurve *curve)
{
  const int64_t n_left =
      curve->n_frames - (int64_t)curve->n_done * CS_BLOCK_FRAMES;
  return n_left < CS_BLOCK_FRAMES ? (size_t)n_left : CS_BLOCK_FRAMES;
}

static CsStatus
keep_block(CsArena *arena, CsGainCurve *c, size_t n)
{
  const size_t n_bytes = n * sizeof *c->gains;
  uint64_t *place      = &c->places[c->n_done];
  c->bends[c->n_done]  = !c->is_even;
  if (!c->is_even && *place != 0)
    CS_TRY(cs_spool_set(arena, c->spool, *place - 1, c->gains, n_bytes));
  if (!c->is_even && *place == 0) {
    *place = cs_spool_n_bytes(c->spool) + 1;
    CS_TRY(cs_spool_put(arena, c->spool, c->gains, n_bytes));
  }
  c->n_done++;
  c->n_gains = 0;
  c->is_even = true;
  return CS_OK;
}

static bool
are_ones(const float *gains, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (gains[i] < 1.0F)
      return false;
  return true;
}

static void
fill_ones(float *gains, size_t n)
{
  for (size_t i = 0; i < n; i++)
    gains[i] = 1.0F;
}

/// Gains for the block that fills, which has room for them.
static void
append(CsGainCurve *c, const float *gains, size_t n)
{
  const bool is_even = gains == NULL || are_ones(gains, n);
  if (!is_even && c->is_even)
    fill_ones(c->gains, c->n_gains);
  c->is_even = c->is_even && is_even;
  if (!c->is_even && gains == NULL)
    fill_ones(c->gains + c->n_gains, n);
  else if (!c->is_even)
    memcpy(c->gains + c->n_gains, gains, n * sizeof *gains);
  for (size_t i = 0; i < n && !is_even; i++)
    c->lowest = gains[i] < c->lowest ? gains[i] : c->lowest;
  c->n_gains += n;
}

CsStatus
cs_gain_curve_add(CsArena *arena, CsGainCurve *c, const float *gains, size_t n)
{
  const size_t n_late = c->n_discard < n ? c->n_discard : n;
  c->n_discard -= n_late;
  for (size_t at = n_late; at < n;) {
    const size_t n_room = n_of_block(c) - c->n_gains;
    const size_t n_now  = n - at < n_room ? n - at : n_room;
    if (n_room == 0)
      return CS_OK;
    append(c, gains != NULL ? gains + at : NULL, n_now);
    at += n_now;
    if (n_now == n_room)
      CS_TRY(keep_block(arena, c, c->n_gains));
  }
  return CS_OK;
}

bool
cs_gain_curve_bends(const CsGainCurve *curve, size_t block)
{
  return curve->bends[block];
}

CsStatus
cs_gain_curve_get(CsArena *arena, const CsGainCurve *c, size_t block,
    float *gains, size_t n_gains)
{
  assert(block < c->n_done && c->bends[block]);
  return cs_spool_get(
      arena, c->spool, c->places[block] - 1, gains, n_gains * sizeof *gains);
}
