#include "soundfonts/catalogue.h"

#include "gen/base/file.h"
#include "gen/base/hash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { END_BYTES = 1024 * 1024, MAX_CATALOGUE_BYTES = 1024 * 1024 };

#define FIELD(member) offsetof(CsKnownFont, member)

static const CsField font_fields[] = {
    {"name", CS_FIELD_STRING, FIELD(name), .what = "name", .required = true},
    {"file", CS_FIELD_STRING, FIELD(file), .what = "base name of the file",
        .required = true},
    {"folders", CS_FIELD_STRINGS, FIELD(folders), .what = "folders",
        .required = true},
    {"made", CS_FIELD_BOOL, FIELD(is_made), .what = "made here"},
    {"bytes", CS_FIELD_DOUBLE, FIELD(n_bytes), 1, 4e9, "length in bytes"},
    {"ends_sha256", CS_FIELD_STRING, FIELD(ends_sha256),
        .what = "SHA-256 of the first and last MiB"},
    {"sha256", CS_FIELD_STRING, FIELD(sha256), .what = "SHA-256"},
    {"licence", CS_FIELD_STRING, FIELD(licence), .what = "SPDX licence",
        .required = true},
    {"holder", CS_FIELD_STRING, FIELD(holder), .what = "copyright holder",
        .required = true},
    {"get", CS_FIELD_STRING, FIELD(get), .what = "where to get it",
        .required = true},
};

typedef struct CatalogueFile {
  const CsJson *soundfonts;
} CatalogueFile;

static const CsField file_fields[] = {
    {"soundfonts", CS_FIELD_NODE, offsetof(CatalogueFile, soundfonts),
        .what = "list of soundfonts", .required = true},
};

CsStatus
cs_catalogue_load(CsArena *arena, const char *folder, CsCatalogue **catalogue)
{
  const char *text   = NULL;
  size_t n_bytes     = 0;
  const CsJson *root = NULL;
  CatalogueFile file = {NULL};
  const char *path   = cs_arena_printf(arena, "%s/catalogue.json", folder);
  CS_TRY_NEW(path);
  CS_TRY(cs_file_read(arena, path, MAX_CATALOGUE_BYTES, &text, &n_bytes));
  CS_TRY(cs_json_parse(arena, path, text, n_bytes, &root));
  CS_TRY(cs_json_read(arena, root, file_fields, 1, &file));
  CsCatalogue *out = CS_NEW(arena, CsCatalogue);
  CS_TRY_NEW(out);
  out->fonts = CS_NEW_N(arena, CsKnownFont, file.soundfonts->n_children);
  CS_TRY_NEW(out->fonts);
  out->folder = folder;
  for (const CsJson *f = file.soundfonts->first; f != NULL; f = f->next) {
    CsKnownFont *font = &out->fonts[out->n_fonts++];
    CS_TRY(cs_json_read(
        arena, f, font_fields, sizeof font_fields / sizeof *font_fields, font));
    if (!font->is_made && (font->n_bytes == 0.0 || font->sha256 == NULL ||
                              font->ends_sha256 == NULL))
      return cs_json_fail(arena, f,
          "bytes, ends_sha256 and sha256 are needed, unless it is made here");
  }
  *catalogue = out;
  return CS_OK;
}

/// A path without the steps back that a folder of the catalogue's takes.
static const char *
tidy_path(CsArena *arena, const char *path)
{
  char *real = realpath(path, NULL);
  if (real == NULL)
    return path;
  const char *kept = cs_arena_copy(arena, real, strlen(real));
  free(real);
  return kept != NULL ? kept : path;
}

const char *
cs_catalogue_path(
    CsArena *arena, const CsCatalogue *catalogue, const CsKnownFont *known)
{
  for (size_t i = 0; i < known->folders.n; i++) {
    const char *folder = known->folders.items[i];
    const bool is_far  = folder[0] == '/';
    const char *path =
        is_far ? cs_arena_printf(arena, "%s/%s", folder, known->file)
               : cs_arena_printf(
                     arena, "%s/%s/%s", catalogue->folder, folder, known->file);
    if (path != NULL && access(path, R_OK) == 0)
      return is_far ? path : tidy_path(arena, path);
  }
  return NULL;
}

// ---- Choosing ---------------------------------------------------------------

static bool
hash_stretch(FILE *file, long from, int whence, size_t limit, CsHash *hash)
{
  unsigned char block[16384];
  if (fseek(file, from, whence) != 0)
    return false;
  size_t n = 1;
  for (size_t left = limit; left > 0 && n > 0; left -= n) {
    n = fread(block, 1, left < sizeof block ? left : sizeof block, file);
    cs_hash_add(hash, block, n);
  }
  return !ferror(file);
}

static bool
hash_ends(FILE *file, double n_bytes, char hex[65])
{
  CsHash hash;
  cs_hash_begin(&hash);
  if (n_bytes < 2.0 * END_BYTES ||
      !hash_stretch(file, 0, SEEK_SET, END_BYTES, &hash) ||
      !hash_stretch(file, -(long)END_BYTES, SEEK_END, END_BYTES, &hash))
    return false;
  cs_hash_end(&hash, hex);
  return true;
}

static bool
is_known(const CsCatalogue *catalogue, double n_bytes, const char *ends,
    CsFont *font)
{
  for (size_t i = 0; i < catalogue->n_fonts; i++) {
    const CsKnownFont *known = &catalogue->fonts[i];
    if (known->is_made || known->n_bytes != n_bytes ||
        strcmp(known->ends_sha256, ends) != 0)
      continue;
    font->name    = known->name;
    font->licence = known->licence;
    font->holder  = known->holder;
    (void)snprintf(font->sha256, sizeof font->sha256, "%s", known->sha256);
    return true;
  }
  return false;
}

static void
take_papers(const CsKnownFont *known, const CsBankPapers *papers, CsFont *font)
{
  font->name        = known->name;
  font->licence     = known->licence;
  font->holder      = known->holder;
  font->is_made     = true;
  font->origins     = papers->origins;
  font->n_origins   = papers->n_origins;
  font->synthesised = papers->synthesised;
  (void)snprintf(font->sha256, sizeof font->sha256, "%s", papers->sha256);
}

/// A bank made here has its papers beside it; those of another are no papers.
static CsStatus
look_for_papers(CsArena *arena, const CsCatalogue *catalogue, double n_bytes,
    const char *ends, CsFont *font)
{
  CsBankPapers papers   = {0};
  const CsStatus status = cs_bank_papers_read(arena, font->path, &papers);
  if (status != CS_OK) {
    if (status == CS_ERR_REQUEST)
      cs_arena_clear_error(arena);
    return status == CS_ERR_REQUEST ? CS_OK : status;
  }
  for (size_t i = 0; i < catalogue->n_fonts; i++)
    if (catalogue->fonts[i].is_made && papers.n_bytes == n_bytes &&
        strcmp(papers.ends_sha256, ends) == 0)
      take_papers(&catalogue->fonts[i], &papers, font);
  return CS_OK;
}

static CsStatus
identify(CsArena *arena, const CsCatalogue *catalogue, FILE *file,
    double n_bytes, CsFont *font)
{
  char ends[65];
  if (hash_ends(file, n_bytes, ends)) {
    if (is_known(catalogue, n_bytes, ends, font))
      return CS_OK;
    CS_TRY(look_for_papers(arena, catalogue, n_bytes, ends, font));
    if (font->is_made)
      return CS_OK;
  }
  CsHash hash;
  cs_hash_begin(&hash);
  if (!hash_stretch(file, 0, SEEK_SET, SIZE_MAX, &hash))
    return cs_fail(arena, CS_ERR_REQUEST, "the soundfont %s cannot be read: %s",
        font->path, strerror(errno));
  cs_hash_end(&hash, font->sha256);
  font->name    = cs_path_name(font->path);
  font->licence = "unknown";
  return CS_OK;
}

static CsStatus
open_font(CsArena *arena, const CsCatalogue *catalogue, const char *path,
    CsFont *font)
{
  struct stat info;
  *font      = (CsFont){.path = path};
  FILE *file = fopen(path, "rb");
  if (file == NULL)
    return cs_fail(arena, CS_ERR_REQUEST,
        "the soundfont %s cannot be opened: %s; name an SF2 or SF3 file with "
        "--soundfont",
        path, strerror(errno));
  CsStatus status = CS_OK;
  if (fstat(fileno(file), &info) != 0 || !S_ISREG(info.st_mode))
    status = cs_fail(arena, CS_ERR_REQUEST,
        "the soundfont %s is not a file; name an SF2 or SF3 file with "
        "--soundfont",
        path);
  else
    status = identify(arena, catalogue, file, (double)info.st_size, font);
  (void)fclose(file);
  return status;
}

CsStatus
cs_catalogue_choose(CsArena *arena, const CsCatalogue *catalogue,
    const char *wanted, CsFont *font)
{
  if (wanted != NULL)
    return open_font(arena, catalogue, wanted, font);
  for (size_t i = 0; i < catalogue->n_fonts; i++) {
    const char *path =
        cs_catalogue_path(arena, catalogue, &catalogue->fonts[i]);
    if (path != NULL)
      return open_font(arena, catalogue, path, font);
  }
  return cs_fail(arena, CS_ERR_REQUEST,
      "no soundfont is installed; install the %s, or name an SF2 file with "
      "--soundfont",
      catalogue->n_fonts > 0 ? catalogue->fonts[0].get : "catalogue's font");
}

int
cs_font_origin(CsArena *arena, const CsFont *font, int bank, int program)
{
  const char *name = cs_bank_preset_name(arena, bank, program);
  if (name == NULL)
    return CS_ORIGIN_ITSELF;
  for (size_t i = 0; i < font->n_origins; i++)
    if (cs_strings_have(&font->origins[i].presets, name))
      return (int)i;
  return cs_strings_have(&font->synthesised, name) ? CS_ORIGIN_SYNTHESISED
                                                   : CS_ORIGIN_ITSELF;
}
