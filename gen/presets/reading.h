/// What the readers of one preset file each share. Private to this folder.
#ifndef CS_GEN_PRESETS_READING_H
#define CS_GEN_PRESETS_READING_H

#include "gen/presets/presets.h"

/// Readers append to `presets`, whose earlier parts are loaded already:
/// instruments, patterns and progressions before styles.
typedef CsStatus CsPresetReader(
    CsArena *arena, const CsJson *root, CsPresets *presets);

CsPresetReader cs_read_instruments;
CsPresetReader cs_read_patterns;
CsPresetReader cs_read_progressions;
CsPresetReader cs_read_style;

/// GM percussion key of a drum's name in preset files ("open hat"), or -1.
int cs_drum_key_of(const char *name);

/// Refuse a drum name that is unknown, naming the nearest one.
CS_NODISCARD CsStatus cs_drum_key_read(
    CsArena *arena, const CsJson *node, const char *name, int *key);

/// The member of an object, which must be a list of low..high entries.
CS_NODISCARD CsStatus cs_list_member(CsArena *arena, const CsJson *object,
    const char *key, size_t low, size_t high, const CsJson **list);

#define CS_N_ROWS(table) (sizeof(table) / sizeof((table)[0]))

#endif
