#include "gen/presets/presets.h"

#include "gen/base/file.h"
#include "gen/presets/reading.h"

#include <string.h>

enum { FILE_LIMIT_BYTES = 1 << 20, MAX_STYLES = 256 };

CsStatus
cs_list_member(CsArena *arena, const CsJson *object, const char *key,
    size_t low, size_t high, const CsJson **list)
{
  const CsJson *found = cs_json_member(object, key);
  if (found == NULL)
    return cs_json_fail(arena, object, "the list \"%s\" is missing", key);
  if (found->kind != CS_JSON_ARRAY)
    return cs_json_fail(arena, found, "a list [...] is wanted here");
  if (found->n_children < low || found->n_children > high)
    return cs_json_fail(arena, found, "%zu entries; allowed are %zu..%zu",
        found->n_children, low, high);
  *list = found;
  return CS_OK;
}

/// Read one file below presets/. Messages call it by that short name, so that
/// they are the same wherever the data lies.
static CsStatus
read_file(CsArena *arena, const char *folder, const char *name,
    CsPresetReader *reader, CsPresets *presets)
{
  const char *path   = cs_arena_printf(arena, "%s/presets/%s", folder, name);
  const char *title  = cs_arena_printf(arena, "presets/%s", name);
  const char *text   = NULL;
  size_t n_bytes     = 0;
  const CsJson *root = NULL;
  CS_TRY_NEW(path);
  CS_TRY_NEW(title);
  CS_TRY(cs_file_read(arena, path, FILE_LIMIT_BYTES, &text, &n_bytes));
  CS_TRY(cs_json_parse(arena, title, text, n_bytes, &root));
  return reader(arena, root, presets);
}

static CsStatus
list_files(
    CsArena *arena, const char *folder, const char *room, CsStrings *names)
{
  const char *path = cs_arena_printf(arena, "%s/presets/%s", folder, room);
  CS_TRY_NEW(path);
  CS_TRY(cs_folder_list(arena, path, ".json", names));
  if (names->n == 0)
    return cs_fail(
        arena, CS_ERR_REQUEST, "%s holds no .json file; restore it", path);
  return CS_OK;
}

static CsStatus
read_room(CsArena *arena, const char *folder, const char *room,
    CsPresetReader *reader, CsPresets *presets)
{
  CsStrings names;
  CS_TRY(list_files(arena, folder, room, &names));
  for (size_t i = 0; i < names.n; i++) {
    const char *name = cs_arena_printf(arena, "%s/%s", room, names.items[i]);
    CS_TRY_NEW(name);
    CS_TRY(read_file(arena, folder, name, reader, presets));
  }
  return CS_OK;
}

static CsStatus
make_room_for_styles(CsArena *arena, const char *folder, CsPresets *presets)
{
  CsStrings names;
  CS_TRY(list_files(arena, folder, "styles", &names));
  if (names.n > MAX_STYLES)
    return cs_fail(arena, CS_ERR_REQUEST,
        "%s/presets/styles holds %zu files; at most %d are read", folder,
        names.n, MAX_STYLES);
  presets->styles = CS_NEW_N(arena, CsStyle, names.n);
  CS_TRY_NEW(presets->styles);
  return CS_OK;
}

CsStatus
cs_presets_load(CsArena *arena, const char *folder, CsPresets **presets)
{
  CsPresets *made = CS_NEW(arena, CsPresets);
  CS_TRY_NEW(made);
  CS_TRY(
      read_file(arena, folder, "instruments.json", cs_read_instruments, made));
  CS_TRY(read_file(
      arena, folder, "progressions.json", cs_read_progressions, made));
  CS_TRY(read_room(arena, folder, "patterns", cs_read_patterns, made));
  CS_TRY(make_room_for_styles(arena, folder, made));
  CS_TRY(read_room(arena, folder, "styles", cs_read_style, made));
  *presets = made;
  return CS_OK;
}
