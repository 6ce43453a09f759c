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

CsStatus
cs_read_list_file(CsArena *arena, const CsJson *root, const char *key,
    const char *what, size_t most, const CsJson **list)
{
  const CsField field = {
      .key = key, .kind = CS_FIELD_NODE, .what = what, .required = true};
  CS_TRY(cs_json_read(arena, root, &field, 1, list));
  return cs_list_member(arena, root, key, 1, most, list);
}

/// What loading a folder goes on with.
typedef struct Loader {
  CsArena *arena;
  CsArena *scratch; ///< Holds one file at a time.
  const char *folder;
  CsPresets *presets;
} Loader;

/// Read one file below presets/. Messages call it by that short name, so that
/// they are the same wherever the data lies.
static CsStatus
read_file(const Loader *l, const char *name, CsPresetReader *reader)
{
  const char *path =
      cs_arena_printf(l->arena, "%s/presets/%s", l->folder, name);
  const char *title  = cs_arena_printf(l->arena, "presets/%s", name);
  const CsJson *root = NULL;
  CS_TRY_NEW(path);
  CS_TRY_NEW(title);
  CS_TRY(cs_file_read_json(
      l->arena, l->scratch, path, title, FILE_LIMIT_BYTES, &root));
  return reader(l->arena, root, l->presets);
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

CsStatus
cs_make_room(
    CsArena *arena, void **items, size_t n, size_t n_more, size_t n_bytes_each)
{
  size_t capacity = 0;
  void *all       = NULL;
  CS_TRY(cs_arena_grow(arena, &all, &capacity, n + n_more, n_bytes_each));
  if (n > 0)
    memcpy(all, *items, n * n_bytes_each);
  *items = all;
  return CS_OK;
}

// ---- Broken files -----------------------------------------------------------

static CsStatus
remember_broken(CsArena *arena, const char *file, CsPresets *presets)
{
  void *broken      = presets->broken;
  const char *why   = cs_arena_error(arena);
  CsBrokenPreset it = {
      .name    = cs_arena_copy(arena, file, strcspn(file, ".")),
      .message = cs_arena_copy(arena, why, strlen(why)),
  };
  CS_TRY_NEW(it.name);
  CS_TRY_NEW(it.message);
  CS_TRY(cs_make_room(arena, &broken, presets->n_broken, 1, sizeof it));
  presets->broken                      = broken;
  presets->broken[presets->n_broken++] = it;
  cs_arena_clear_error(arena);
  return CS_OK;
}

static CsPresetLayer
layer_of(const CsPresets *presets)
{
  return (CsPresetLayer){presets->n_instruments, presets->n_patterns,
      presets->n_progressions, presets->n_styles};
}

/// Take back what came after.
static void
cut_to(CsPresets *presets, CsPresetLayer layer)
{
  presets->n_instruments  = layer.n_instruments;
  presets->n_patterns     = layer.n_patterns;
  presets->n_progressions = layer.n_progressions;
  presets->n_styles       = layer.n_styles;
}

// ---- Loading ----------------------------------------------------------------

/// The files of a folder; a broken one is left out.
static CsStatus
read_room(const Loader *l, const char *room, CsPresetReader *reader)
{
  CsStrings names;
  CS_TRY(list_files(l->arena, l->folder, room, &names));
  for (size_t i = 0; i < names.n; i++) {
    const CsPresetLayer before = layer_of(l->presets);
    const char *name = cs_arena_printf(l->arena, "%s/%s", room, names.items[i]);
    CS_TRY_NEW(name);
    const CsStatus status = read_file(l, name, reader);
    if (status == CS_OK)
      continue;
    if (status != CS_ERR_REQUEST)
      return status;
    cut_to(l->presets, before);
    CS_TRY(remember_broken(l->arena, names.items[i], l->presets));
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

static CsStatus
read_all(const Loader *l)
{
  CS_TRY(read_file(l, "instruments.json", cs_read_instruments));
  CS_TRY(read_file(l, "progressions.json", cs_read_progressions));
  CS_TRY(read_file(l, "moods.json", cs_read_mood_table));
  CS_TRY(read_file(l, "delivery.json", cs_read_profiles));
  CS_TRY(read_room(l, "patterns", cs_read_patterns));
  CS_TRY(make_room_for_styles(l->arena, l->folder, l->presets));
  return read_room(l, "styles", cs_read_style);
}

CsStatus
cs_presets_load(CsArena *arena, const char *folder, CsPresets **presets)
{
  CsPresets *made  = CS_NEW(arena, CsPresets);
  CsArena *scratch = cs_arena_new(NULL);
  CsStatus status  = CS_ERR_MEMORY;
  if (made != NULL && scratch != NULL)
    status = read_all(&(Loader){arena, scratch, folder, made});
  cs_arena_free(scratch);
  CS_TRY(status);
  if (made->n_styles == 0)
    return cs_fail(
        arena, CS_ERR_REQUEST, "%s", made->broken[made->n_broken - 1].message);
  *presets = made;
  return CS_OK;
}

/// A copy whose lists can be changed; names and strokes are shared.
static CsStatus
copy_layer(CsArena *arena, const CsPresets *below, CsPresets *made)
{
  void *instruments = below->instruments, *patterns = below->patterns,
       *progressions = below->progressions, *styles = below->styles;
  CS_TRY(cs_make_room(arena, &instruments, below->n_instruments, 1,
      sizeof *below->instruments));
  CS_TRY(cs_make_room(
      arena, &patterns, below->n_patterns, 1, sizeof *below->patterns));
  CS_TRY(cs_make_room(arena, &progressions, below->n_progressions, 1,
      sizeof *below->progressions));
  CS_TRY(
      cs_make_room(arena, &styles, below->n_styles, 1, sizeof *below->styles));
  *made              = *below;
  made->instruments  = instruments;
  made->patterns     = patterns;
  made->progressions = progressions;
  made->styles       = styles;
  made->below        = layer_of(below);
  return CS_OK;
}

CsStatus
cs_presets_add_style(CsArena *arena, const CsPresets *below, const char *title,
    const char *text, size_t n_bytes, const CsPresets **presets,
    const char **style)
{
  const CsJson *root = NULL;
  CsPresets *made    = CS_NEW(arena, CsPresets);
  CS_TRY_NEW(made);
  CS_TRY(cs_json_parse(arena, title, text, n_bytes, &root));
  CS_TRY(copy_layer(arena, below, made));
  CS_TRY(cs_read_style(arena, root, made));
  *style   = cs_json_member(root, "name")->string;
  *presets = made;
  return CS_OK;
}
