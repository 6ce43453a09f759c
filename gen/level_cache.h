/// Levels of a soundfont's presets that were measured once, kept in a file of a
/// cache folder. A cache that cannot be read or written is as good as none.
#ifndef CS_GEN_LEVEL_CACHE_H
#define CS_GEN_LEVEL_CACHE_H

#include "gen/base/json.h"

typedef struct CsCachedLevel {
  int bank, program;
  double level_db;
} CsCachedLevel;

typedef struct CsLevelCache {
  const char *path; ///< NULL: nothing is kept.
  CsCachedLevel *levels;
  size_t n_levels, capacity;
} CsLevelCache;

/// What is known of a font.
///
/// @param folder  Cache folder, or NULL.
/// @param sha256  Of the font.
CS_NODISCARD CsStatus cs_level_cache_read(CsArena *arena, const char *folder,
    const char *sha256, CsLevelCache *cache);

/// @return false when it is not known.
bool cs_level_cache_find(
    const CsLevelCache *cache, int bank, int program, double *level_db);

CS_NODISCARD CsStatus cs_level_cache_add(
    CsArena *arena, CsLevelCache *cache, CsCachedLevel level);

/// Keep what is known.
CS_NODISCARD CsStatus cs_level_cache_write(
    CsArena *arena, const char *folder, const CsLevelCache *cache);

#endif
