/// Alternates: mixes of some of the stems, delivered beside the full one. They
/// have its length and its gain, and their samples are sums of the stems'.
#ifndef CS_GEN_ALTERNATES_H
#define CS_GEN_ALTERNATES_H

#include "gen/io/tags.h"
#include "gen/master/master.h"

enum { CS_MAX_ALTERNATES = 16 };

typedef struct CsAlternate {
  const char *name; ///< As asked: "no-drums".
  unsigned stems;   ///< Bits over CsStem: what it holds.
} CsAlternate;

typedef struct CsAlternates {
  CsAlternate items[CS_MAX_ALTERNATES];
  size_t n;
} CsAlternates;

/// Read "no-melody,drums-bass,underscore": stems that are left out ("no-"
/// before them), stems that alone are left, or "underscore": no melody, no
/// drums, no effects.
///
/// @return CS_ERR_REQUEST with what is allowed.
CS_NODISCARD CsStatus cs_alternates_parse(
    CsArena *arena, const char *text, CsAlternates *alternates);

/// "cue.wav" and "no-drums" give "cue.no-drums.wav".
CS_NODISCARD CsStatus cs_alternate_path(CsArena *arena, const char *path,
    const CsAlternate *alternate, const char **out);

/// One alternate on its way: the sum of its stems, measured.
typedef struct CsSubmix CsSubmix;

/// @param submix  Free with cs_submix_free(), before the arena.
CS_NODISCARD CsStatus cs_submix_new(CsArena *arena, unsigned stems,
    CsSampleFormat format, int sample_rate, int n_channels, CsSubmix **submix);

/// Add the stems of a block up. A sum beyond full scale, which takes stems that
/// cancel each other out, stops there.
///
/// @param sum  Receives the block without stems, valid until the next call.
CS_NODISCARD CsStatus cs_submix_add(
    CsArena *arena, CsSubmix *submix, const CsCueBlock *block, CsCueBlock *sum);

/// After the last block: loudness, peak, hash and levels. Other fields of
/// `measured` stay as they are.
CS_NODISCARD CsStatus cs_submix_end(
    CsArena *arena, CsSubmix *submix, CsMeasured *measured, CsLevels *levels);

/// NULL is accepted.
void cs_submix_free(CsSubmix *submix);

#endif
