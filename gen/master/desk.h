/// The mixing desk: stems to the unmastered mix, with filters and room, and to
/// wet stems that add up to it.
#ifndef CS_GEN_MASTER_DESK_H
#define CS_GEN_MASTER_DESK_H

#include "gen/master/master.h"

typedef struct CsDesk CsDesk;

/// Where a block goes; all interleaved stereo.
typedef struct CsDeskOut {
  float *mix;
  /// What the mix has of the rhythm section: drums, bass and effects as they
  /// stand in it, without their room.
  float *rhythm;
  float *stems[CS_N_STEMS];        ///< Each that was wanted; else unused.
  float *stem_rhythms[CS_N_STEMS]; ///< The same of a stem, where it has some.
} CsDeskOut;

/// Does a stem belong to the rhythm section?
bool cs_desk_is_rhythm(CsStem stem);

/// @param has_stem  Which stems sound; only they get a room of their own, and
///                  only where wish->wants_stems.
CS_NODISCARD CsStatus cs_desk_new(CsArena *arena, const CsMasterWish *wish,
    const bool has_stem[CS_N_STEMS], CsDesk **desk);

/// Mix a block. The mix does not depend on whether stems are wanted.
///
/// @param block     A NULL stem is silent.
/// @param n_frames  Of the block, at most CS_BLOCK_FRAMES.
void cs_desk_run(CsDesk *desk, const CsStemBlock *block, size_t n_frames,
    const CsDeskOut *out);

#endif
