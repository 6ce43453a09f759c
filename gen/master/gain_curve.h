/// A gain for each frame of a cue, mostly 1: only the blocks that are not are
/// kept.
#ifndef CS_GEN_MASTER_GAIN_CURVE_H
#define CS_GEN_MASTER_GAIN_CURVE_H

#include "gen/master/spool.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct CsGainCurve {
  CsSpool *spool; ///< Holds the blocks that are kept.
  int64_t n_frames;
  uint64_t *places; ///< Of each block in the spool, plus 1; 0: not yet there.
  bool *bends;      ///< Is a block anything but 1?
  size_t n_done;    ///< Blocks that are complete.
  size_t n_discard; ///< Gains still to come before the first frame's.
  float *gains;     ///< Of the block that fills.
  size_t n_gains;
  bool is_even; ///< They are all 1, and not written down.
  float lowest; ///< Of all so far.
} CsGainCurve;

CS_NODISCARD CsStatus cs_gain_curve_new(
    CsArena *arena, CsSpool *spool, int64_t n_frames, CsGainCurve *curve);

/// Begin anew. @param n_discard  Gains that come before the first frame's.
void cs_gain_curve_begin(CsGainCurve *curve, size_t n_discard);

/// The next gains; NULL for ones. What comes after the last frame's is ignored.
CS_NODISCARD CsStatus cs_gain_curve_add(
    CsArena *arena, CsGainCurve *curve, const float *gains, size_t n_gains);

/// Is a block of CS_BLOCK_FRAMES anything but 1?
bool cs_gain_curve_bends(const CsGainCurve *curve, size_t block);

/// The gains of a block that bends.
CS_NODISCARD CsStatus cs_gain_curve_get(CsArena *arena,
    const CsGainCurve *curve, size_t block, float *gains, size_t n_gains);

#endif
