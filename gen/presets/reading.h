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
CsPresetReader cs_read_profiles;
CsPresetReader cs_read_mood_table;
CsPresetReader cs_read_style;

/// Append what a list holds.
CS_NODISCARD CsStatus cs_add_instruments(
    CsArena *arena, const CsJson *list, CsPresets *presets);
CS_NODISCARD CsStatus cs_add_patterns(
    CsArena *arena, const CsJson *list, CsPatternKind kind, CsPresets *presets);
CS_NODISCARD CsStatus cs_add_progressions(
    CsArena *arena, const CsJson *list, CsPresets *presets);

/// Read the bar of a pattern whose kind is set: "voices" of chords and bass,
/// "lines" of drums. A pattern without steps gets their number.
CS_NODISCARD CsStatus cs_read_voices(
    CsArena *arena, const CsJson *object, CsPattern *pattern);
CS_NODISCARD CsStatus cs_read_drum_lines(
    CsArena *arena, const CsJson *object, CsPattern *pattern);

/// Make room for more: the items move to where `n` and `n_more` find place.
CS_NODISCARD CsStatus cs_make_room(
    CsArena *arena, void **items, size_t n, size_t n_more, size_t n_bytes_each);

/// GM percussion key of a drum's name in preset files ("open hat"), or -1.
int cs_drum_key_of(const char *name);

/// Refuse a drum name that is unknown, naming the nearest one.
CS_NODISCARD CsStatus cs_drum_key_read(
    CsArena *arena, const CsJson *node, const char *name, int *key);

/// The list that is all a file holds, of 1..most entries.
///
/// @param what  For messages: "list of moods".
CS_NODISCARD CsStatus cs_read_list_file(CsArena *arena, const CsJson *root,
    const char *key, const char *what, size_t most, const CsJson **list);

/// The progression of that id, which must be there.
CS_NODISCARD CsStatus cs_want_progression(CsArena *arena, const CsJson *id,
    const CsPresets *presets, const CsProgression **progression);

/// The member of an object, which must be a list of low..high entries.
CS_NODISCARD CsStatus cs_list_member(CsArena *arena, const CsJson *object,
    const char *key, size_t low, size_t high, const CsJson **list);

#endif
